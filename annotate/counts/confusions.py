"""Confusion matrices of many pairs at once: two annotators, or two rounds of one, on the items of both.

Each pair is a sample of the same cells (a category of the one, a category of the other), as a replicate
of a bootstrap is a sample of the same patterns; so the coefficients of all pairs are computed in one go.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from annotate.codebook.scale import Scale
from annotate.counts.assignments import Assignments, assign
from annotate.counts.judgements import met
from annotate.counts.patterns import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Confusions:
    """The confusion matrices of pairs, without their empty cells.

    Parameters
    ----------
    scale
        Of :class:`~annotate.counts.patterns.Patterns`.
    pairs
        Pairs x 3: the group, the first and the second member, sorted.
    cells
        Cells x 2: the category of the first and of the second member; every cell that any pair has.
    pair, cell, n
        The entries, sorted by pair: so many items of that pair are in that cell.

    """

    scale: Scale
    pairs: IntArray
    cells: IntArray
    pair: IntArray
    cell: IntArray
    n: IntArray

    @cached_property
    def patterns(self) -> Assignments:
        """The cells as patterns of who chose what, with the items of all pairs together."""
        n = np.bincount(self.cell, self.n, len(self.cells)).astype(np.int64)
        return assign(self.scale, ("first", "second"), self.cells, n)

    @cached_property
    def n_items(self) -> IntArray:
        """Items of each pair, those that both rated."""
        return np.bincount(self.pair, self.n, len(self.pairs)).astype(np.int64)

    def samples(self, start: int, end: int) -> FloatArray:
        """Items in each cell, for the pairs from ``start`` to before ``end`` (pairs x cells)."""
        low, high = np.searchsorted(self.pair, [start, end])
        dense = np.zeros((end - start, len(self.cells)))
        dense[self.pair[low:high] - start, self.cell[low:high]] = self.n[low:high]
        return dense


def confusions(
    unit: IntArray,
    member: IntArray,
    group: IntArray,
    category: IntArray,
    *,
    scale: Scale,
    also: IntArray | None = None,
) -> Confusions:
    """Set the judgements of each unit side by side.

    Parameters
    ----------
    unit, member, group, category
        Of each judgement. A unit lies in one group and has one judgement by a member.
    scale
        Of :class:`~annotate.counts.patterns.Patterns`.
    also
        Pairs (n x 3) to be listed even if they have no unit in common.

    """
    members, size = int(member.max(initial=0)) + 1, len(scale.categories)
    counts: pd.Series[int] = pd.Series(dtype="int64")
    for first, second in met(unit, member):
        keys = {
            "pair": (group[first] * members + member[first]) * members + member[second],
            "cell": category[first] * size + category[second],
        }
        counts = _added(counts, pd.DataFrame(keys).groupby(["pair", "cell"]).size())
    found = (
        counts.rename_axis(["pair", "cell"]).sort_index().rename("n").reset_index() if len(counts) else None
    )
    pair = _integers(found, "pair")
    rows = np.column_stack([pair // members**2, pair // members % members, pair % members])
    pairs = np.unique(rows if also is None else np.concatenate([rows, also]), axis=0)
    known = (pairs[:, 0] * members + pairs[:, 1]) * members + pairs[:, 2]
    cells, cell = np.unique(_integers(found, "cell"), return_inverse=True)
    return Confusions(
        scale,
        pairs,
        np.column_stack([cells // size, cells % size]),
        np.searchsorted(known, pair),
        cell.astype(np.int64),
        _integers(found, "n"),
    )


def _added(counts: "pd.Series[int]", more: "pd.Series[int]") -> "pd.Series[int]":
    return more if counts.empty else counts.add(more, fill_value=0).astype("int64")


def _integers(found: pd.DataFrame | None, column: str) -> IntArray:
    return np.zeros(0, dtype=np.int64) if found is None else found[column].to_numpy(dtype=np.int64)
