"""Patterns of who chose what, for coefficients to which annotators are not interchangeable.

For people who bring ratings of their own, :func:`from_matrix` makes them of an items x annotators table.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from annotate.codebook.scale import Scale
from annotate.counts.patterns import IntArray, Patterns
from annotate.errors import StatisticsError

NONE = -1
NOMINAL = Scale("nominal")


@dataclass(frozen=True, eq=False, kw_only=True)
class Assignments(Patterns):
    """How many items got which choices from whom. Whatever takes patterns takes these too.

    Items with the same choices of the same annotators are one pattern; ``counts`` follows from ``codes``.

    Parameters
    ----------
    annotators
        The annotators (A,) with a rating.
    codes
        Patterns x annotators: the place of the category chosen in ``categories``, -1 for no rating.

    """

    annotators: tuple[str, ...]
    codes: IntArray

    def __post_init__(self) -> None:
        """Refuse what are no codes.

        Raises
        ------
        StatisticsError
            If the shapes do not fit, or a code is no place of a category.

        """
        super().__post_init__()
        shape = (len(self.n), len(self.annotators))
        if self.codes.shape != shape:
            msg = f"patterns: codes have shape {self.codes.shape}, but n and annotators ask for {shape}"
            raise StatisticsError(msg)


def assign(scale: Scale, annotators: Sequence[str], codes: IntArray, n: IntArray) -> Assignments:
    """Make patterns of codes, see :class:`Assignments`.

    Raises
    ------
    StatisticsError
        If the shapes do not fit, or a code is no place of a category.

    """
    n_categories = len(scale.categories)
    if codes.size and not NONE <= codes.min() <= codes.max() < n_categories:
        raise StatisticsError(
            f"codes: {codes.min()} to {codes.max()} are no places of {n_categories} categories; -1 is no rating"
        )
    pattern, annotator = np.nonzero(codes != NONE)
    cells = pattern * n_categories + codes[pattern, annotator]
    counts = np.bincount(cells, minlength=len(codes) * n_categories).reshape(len(codes), n_categories)
    return Assignments(scale, counts, n, annotators=tuple(annotators), codes=codes)


def from_matrix(ratings: Sequence[Sequence[str | None]], scale: Scale = NOMINAL) -> Assignments:
    """Make patterns of a table, items x annotators, of category or None.

    Where the scale has no categories, they are what was used, by the alphabet.

    >>> from_matrix([["yes", "no"], ["yes", None], ["yes", "no"]]).n.tolist()
    [1, 2]

    Raises
    ------
    StatisticsError
        If items differ in length, a category was not declared, or an ordinal variable has no order.

    """
    used = sorted({one for one in chain.from_iterable(ratings) if one is not None})
    offered = scale.categories or tuple(used)
    outside = [one for one in used if one not in offered]
    if outside or len({len(item) for item in ratings}) != 1:
        why = f"{outside[0]!r} is not one of {', '.join(offered)}" if outside else "items differ in length"
        raise StatisticsError(f"ratings: {why}; a table is needed, items x annotators")
    if scale.level == "ordinal" and not scale.categories:
        raise StatisticsError("categories: an ordinal variable needs them in order, from low to high")
    place: dict[str | None, int] = {None: NONE, **{name: column for column, name in enumerate(offered)}}
    codes, n = np.unique(
        np.array([[place[one] for one in item] for item in ratings], dtype=np.int64),
        axis=0,
        return_counts=True,
    )
    names = [f"annotator {number + 1}" for number in range(codes.shape[1])]
    return assign(replace(scale, categories=offered), names, codes, n.astype(np.int64))
