"""Cells of a table that may stand for no judgement, or for no document: what R, pandas and Excel write there.

Whether ``NA`` is a missing judgement or a category is not to be seen in the table. So such a cell is refused
until somebody says which, except where the codebook has the category.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from annotate.errors import InputError, TableError, counted
from annotate.frames import quoted
from annotate.study.spellings import PERHAPS_CHANGED, shown, unseen

MARKERS = (
    "NA", "NaN", "nan", "-NaN", "-nan", "None", "NULL", "null", "N/A", "n/a", "<NA>", "NaT", "-", ".",
    "#N/A", "#N/A N/A", "#NA", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND",
)  # fmt: skip
"""What R, pandas, SAS and Excel write for a missing value."""
Ask = Callable[[str], Sequence[tuple[Any, ...]]]
NONE = "none"
"""Said instead of a marker: none of them is missing, all are categories."""


def missing_cells(
    table: pd.DataFrame,
    missing: Sequence[str],
    declared: Mapping[str, Collection[str]],
    where: str,
    weights: "pd.Series[int] | None" = None,
) -> "tuple[pd.Series[bool], tuple[str, ...]]":
    """Tell which judgements are missing, and what is to be said of it.

    Parameters
    ----------
    table
        With the columns item, source, annotator, variable and category, as text without white space around it.
    missing
        What stands for a missing judgement, such as ``NA``; a cell that holds nothing does so as well, or alone
        for an empty text. ``none``: what else looks like it is a category.
    declared
        The categories that the codebook has of each variable; they are never missing.
    where
        The file's name, for messages.
    weights
        How many rows each row stands for, 1 by default; the index numbers the first of them.

    Raises
    ------
    TableError
        If there is a cell that may be missing, and nobody said what it is; or nothing else.

    """
    said = [one.strip() for one in missing if one.strip() != NONE]
    cells = table["category"]
    looked = cells.isin([*MARKERS, *said, NONE])
    meant: set[tuple[str, str]] = set()
    counts: dict[str, int] = {}
    for variable, found in table.loc[looked].groupby("variable", sort=False)["category"]:
        for text, count in counts_of(found, weights).items():
            if text in declared.get(str(variable), ()):
                meant.add((str(variable), str(text)))
            else:
                counts[str(text)] = counts.get(str(text), 0) + int(count)
    open_ones = {text: count for text, count in counts.items() if text in MARKERS and text not in said}
    if open_ones and NONE not in map(str.strip, missing):
        of = len(table) if weights is None else int(weights.sum())
        raise TableError(_refusal(table, open_ones, where, of))
    blank = unseen(cells)
    gone = cells.isin(said) | (blank if said else False)
    if meant and gone.any():
        kept = pd.MultiIndex.from_frame(table[["variable", "category"]]).isin(list(meant))
        gone &= ~kept
    if gone.all():
        raise TableError(f"{where}: every category is missing; nothing is left to measure")
    return gone, tuple(_said(said, missing, counts, meant, blank=bool(blank.any())))


def counts_of(texts: "pd.Series[Any]", weights: "pd.Series[int] | None" = None) -> dict[str, int]:
    """How many rows have each text, the most frequent first, and of equals the first."""
    if weights is None:
        weights = pd.Series(1, index=texts.index)
    sums = weights.loc[texts.index].groupby(texts, sort=False).sum()
    return {str(text): int(n) for text, n in sums.sort_values(ascending=False, kind="stable").items()}


def _refusal(table: pd.DataFrame, counts: Mapping[str, int], where: str, of: int) -> str:
    told = ", ".join(f"{text} in {count}" for text, count in counts.items())
    first = int(table.index[table["category"].isin(list(counts))][0]) + 1
    options = " ".join(f"--missing {text if text.isalpha() else repr(text)}" for text in counts)
    return (
        f"{where}: {sum(counts.values())} of {counted(of, 'cell')} of category may stand for a missing judgement ({told}; "
        f"the first in row {first}); say {options} to leave these rows out, counted, or --missing {NONE} if they are "
        "categories"
    )


def _said(
    said: Collection[str],
    missing: Collection[str],
    counts: Mapping[str, int],
    meant: Collection[tuple[str, str]],
    *,
    blank: bool,
) -> list[str]:
    lines = [
        f"variable {name}: {text} is a category of the codebook, and so not missing"
        for name, text in sorted(meant)
        if text in said
    ]
    known = {text for _, text in meant}
    lines += [
        f"no category is {shown(text)}, which was said to be missing"
        for text in said
        if text and text not in counts and text not in known and not blank
    ]
    if NONE in map(str.strip, missing):
        kept = ", ".join(f"{text} ({count})" for text, count in counts.items() if text not in said)
        lines += [f"counted as categories, since nothing else was said to be missing: {kept}"] if kept else []
    return lines


def named_missing(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Say where a source, an annotator or an item has a name that stands for none; ``counts`` are rows by column and name."""
    return [
        f"{column} {text} ({counted(count, 'rating')}) counts as {'an' if column[0] in 'ai' else 'a'} {column} like any other"
        for column, found in counts.items()
        for text, count in found.items()
        if text in MARKERS
    ]


def document_cautions(ratings: pd.DataFrame) -> tuple[str, ...]:
    """Say that a column ``document`` does not tell which items are drawn together, and why; see :func:`untold_documents`."""
    if "document" not in ratings.columns or ratings.empty:
        return ()
    codes, values = pd.factorize(ratings["document"])
    blank = np.append(unseen(pd.Series(values, dtype=object).astype("str")).to_numpy(dtype=bool), True)[codes]
    item, items = pd.factorize(ratings["item"])
    of_item = np.full(len(items), -1)
    of_item[item[~blank]] = codes[~blank]
    torn = ~blank & (of_item[item] != codes)
    return untold_documents(len(np.unique(item[blank])), len(np.unique(item[torn])), len(items))


def untold_documents(blank: int, torn: int, items: int) -> tuple[str, ...]:
    """Say how many of the items have no document, or several; nothing where all, or none, have one.

    Intervals then draw items, which would otherwise happen in silence.
    """
    reasons = [f"{counted(blank, 'item')} of {items} {'has' if blank == 1 else 'have'} no document"] * (
        blank > 0
    )
    reasons += [f"{counted(torn, 'item')} of {items} {'has' if torn == 1 else 'have'} several documents"] * (
        torn > 0
    )
    if not reasons or blank == items:
        return ()
    said = (
        f"{' and '.join(reasons)}, so documents do not tell what is drawn together: intervals and tests draw single items, "
        "which is too sure where passages of one text resemble each other; give each item one document, or say --cluster none "
        "or another column"
    )
    return (said,)


class Documents:
    """The documents of a table that stays where it is, asked by ``rows``; ``texts`` are the columns of text of its view ``texts``."""

    def __init__(self, rows: Ask, texts: Collection[str]) -> None:
        self._rows, self._named = rows, "document" in texts

    def cautions(self, nothing: str) -> tuple[str, ...]:
        """Those of :func:`document_cautions`, of the view ``numbered``; ``nothing`` matches what no one sees."""
        cell = f"CASE WHEN regexp_matches(document::VARCHAR, {nothing}) THEN NULL ELSE document END"
        of_item = f"SELECT count({cell}) < count(*) AS blank, count(DISTINCT {cell}) > 1 AS torn FROM numbered GROUP BY item"
        found = self._rows(
            f"SELECT count(*) FILTER (blank), count(*) FILTER (torn), count(*) FROM ({of_item})"
        )
        return untold_documents(*map(int, found[0]))

    def marked(self) -> dict[str, dict[str, int]]:
        """How many rows have a document whose name stands for none, where documents are texts."""
        marks = ", ".join(map(quoted, MARKERS))
        found = self._counted(f"document IN ({marks})", "count(*) DESC, min(row_number)")
        return {"document": found} if self._named else {}

    def odd(self) -> dict[str, int]:
        """How many rows have each document, where one may be another in another spelling; none otherwise."""
        odd = self._counted(f"regexp_matches(document, {quoted(PERHAPS_CHANGED)})", "min(row_number)")
        return self._counted("true", "min(row_number)") if odd else {}

    def _counted(self, where: str, order: str) -> dict[str, int]:
        of = f"FROM texts WHERE document IS NOT NULL AND {where} GROUP BY document ORDER BY {order}"
        found = self._rows(f"SELECT document, count(*) {of}") if self._named else ()
        return {str(name): int(count) for name, count in found}


def markers(missing: "str | Sequence[str] | Any") -> tuple[str, ...]:
    """One marker, or several.

    Raises
    ------
    InputError
        If it is neither.

    """
    if isinstance(missing, str):
        return (missing,)
    if isinstance(missing, Sequence) and all(isinstance(one, str) for one in missing):
        return tuple(missing)
    raise InputError(f'missing: {missing!r:.60} is neither a text nor a list of texts; write missing="NA"')
