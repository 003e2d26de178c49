"""Distances and weights of one's own: a table of categories against categories, from a file or a frame.

Distances say how far two categories are apart: 0 for the same. Weights say how much two agree: 1 for the same. Both are
symmetric. The name, with the start of the SHA-256 of what was read, stands in every result that rests on them.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from annotate.errors import StatisticsError, counted
from annotate.files import lines, read_text, sha256_of

_DIGITS = 12  # of the hash: enough to tell files apart, and short enough for a table


@dataclass(frozen=True)
class Matrix:
    """A number for each two categories.

    Parameters
    ----------
    name
        What it is called in results.
    categories
        The categories (K,), in order where the variable has one.
    values
        K rows of K numbers: distances with 0 on the diagonal, or weights with 1 on it.

    Raises
    ------
    StatisticsError
        If it is not square and symmetric, a number is below 0 or none at all, a category stands twice, the diagonal is
        neither 0 nor 1 throughout, or a weight is above 1.

    """

    name: str
    categories: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        """Refuse what is neither distances nor weights."""
        size, names = len(self.categories), self.categories
        twice = [one for place, one in enumerate(names) if one in names[:place]]
        if twice:
            raise StatisticsError(f"{self.name}: the category {twice[0]!r} stands twice")
        if size == 0 or len(self.values) != size or any(len(row) != size for row in self.values):
            sizes = sorted({len(row) for row in self.values})
            raise StatisticsError(
                f"{self.name}: {size} categories need {size} rows of {size} numbers; there are {counted(len(self.values), 'row')} "
                f"of {' or '.join(map(str, sizes)) or 'none'}"
            )
        table = np.array(self.values, dtype=float)
        for what, wrong in (
            ("is not a finite number", ~np.isfinite(table)),
            ("is below 0", table < 0),
            ("is not the same the other way round: distances and weights are symmetric", table != table.T),
        ):
            if wrong.any():
                row, column = np.argwhere(wrong)[0]
                raise StatisticsError(
                    f"{self.name}: {names[row]} and {names[column]}: {table[row, column]:g} {what}"
                )
        diagonal = np.diag(table)
        if diagonal[0] not in (0, 1) or (diagonal != diagonal[0]).any():
            place = next(at for at, one in enumerate(diagonal) if one not in (0, 1) or one != diagonal[0])
            raise StatisticsError(
                f"{self.name}: {names[place]} with itself: {diagonal[place]:g}; the diagonal is 0 in distances, 1 in weights"
            )
        if diagonal[0] == 1 and (table > 1).any():
            row, column = np.argwhere(table > 1)[0]
            raise StatisticsError(
                f"{self.name}: {names[row]} and {names[column]}: {table[row, column]:g} is above 1, the weight of the same"
            )

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def holds_weights(self) -> bool:
        """Whether these are weights, not distances."""
        return self.values[0][0] == 1

    def of(self, categories: Sequence[str]) -> NDArray[np.float64]:
        """The weights, or the distances over the largest of them, of these categories (K x K)."""
        table = np.array(self.values, dtype=float)
        table = table if self.holds_weights else table / (float(table.max()) or 1.0)
        place = {category: at for at, category in enumerate(self.categories)}
        at = np.array([place[category] for category in categories], dtype=np.int64)
        return np.asarray(table[np.ix_(at, at)], dtype=float)


def read_matrix(path: Path) -> Matrix:
    """Read a table with the categories as its header and as its first column, from a .csv file.

    Raises
    ------
    InputError
        If the file is missing, or is not UTF-8.
    StatisticsError
        If it is neither distances nor weights, see :class:`Matrix`.

    """
    text = read_text(path)
    rows = [[cell.strip() for cell in cells] for _, cells in lines(text, path)]
    return _matrix(f"{path.name} (sha256 {sha256_of(path)[:_DIGITS]})", rows[0], rows[1:])


def matrix_of(frame: pd.DataFrame) -> Matrix:
    """Make one of a frame whose columns and index are the categories; other columns than the index are refused.

    >>> matrix_of(pd.DataFrame([[0, 2], [2, 0]], ["yes", "no"], ["yes", "no"])).of(["no", "yes"]).tolist()
    [[0.0, 1.0], [1.0, 0.0]]

    Raises
    ------
    StatisticsError
        If it is neither distances nor weights, see :class:`Matrix`.

    """
    rows = [[str(name), *cells] for name, cells in zip(frame.index, frame.to_numpy().tolist(), strict=True)]
    header = ["", *map(str, frame.columns)]
    text = "\n".join(",".join(map(str, row)) for row in [header, *rows])
    return _matrix(f"frame (sha256 {_hash(text.encode())})", header, rows)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def _matrix(name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Matrix:
    categories = tuple([unicodedata.normalize("NFC", one) for one in header[1:]])  # as ratings are, on entry
    rows = [[unicodedata.normalize("NFC", row[0]), *row[1:]] for row in rows]
    first = [row[0] for row in rows]
    if sorted(first) != sorted(categories):
        apart = sorted({*first} ^ {*categories}) or ["one that stands twice"]
        raise StatisticsError(
            f"{name}: the header and the first column are the same categories; they differ in {', '.join(apart)}"
        )
    numbers: dict[str, tuple[float, ...]] = {}
    for row in rows:
        try:
            numbers[row[0]] = tuple([float(cell) for cell in row[1:]])
        except (TypeError, ValueError) as error:
            raise StatisticsError(
                f"{name}: the row of {row[0]} holds what is not a number: {row[1:]}"
            ) from error
    return Matrix(name, categories, tuple([numbers[category] for category in dict.fromkeys(categories)]))
