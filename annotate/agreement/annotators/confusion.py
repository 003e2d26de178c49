"""Confusion matrices of many pairs at once: two annotators, or two rounds of one, on the items of both.

Each pair is a sample of the same cells (a category of the one, a category of the other), as a replicate
of a bootstrap is a sample of the same patterns; so the coefficients of all pairs are computed in one go.

The interval is that of the jackknife over items, Efron & Tibshirani (1993), An Introduction to the
Bootstrap, ch. 11: items in one cell give one value when left out, so it costs no more than there are
cells, and it takes no seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from annotate.agreement._estimate import sampled
from annotate.agreement.registry import Coefficient
from annotate.agreement.student import quantile
from annotate.codebook.scale import Scale
from annotate.counts.assignments import Assignments, assign
from annotate.counts.judgements import met
from annotate.counts.patterns import FloatArray, IntArray

INTERVAL = "jackknife over items, t with n-1 degrees of freedom"
PAIRWISE = ("percent_agreement", "cohen_kappa", "krippendorff_alpha")
MOST = 30
"""Of more categories than this there is no interval: leaving out one item of each cell costs the square of
the cells, which are the square of the categories."""
_VALUES = 2**21  # samples x cells held at a time


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

    @property
    def few(self) -> bool:
        """Whether there are so few categories that an interval can be had."""
        return len(self.scale.categories) <= MOST

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


@dataclass(frozen=True, eq=False)
class Figures:
    """One coefficient of every pair, each an array (pairs,); NaN where ``undefined`` gives a reason."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    undefined: NDArray[np.object_]


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


def figures(confused: Confusions, coefficient: Coefficient, confidence: float) -> Figures:
    """A coefficient of every pair, with its interval."""
    number, unfit = len(confused.pairs), coefficient.unfit(confused.patterns)
    value, undefined = np.full(number, np.nan), np.full(number, unfit, dtype=object)
    if unfit:
        return Figures(value, value, value, undefined)
    size = max(1, _VALUES // max(1, len(confused.cells)))
    for start in range(0, number, size):
        end = min(start + size, number)
        settled = sampled(coefficient, confused.patterns, confused.samples(start, end))
        value[start:end], undefined[start:end] = settled.value, settled.undefined
    error = _jackknife(confused, coefficient) if confused.few else np.full(number, np.nan)
    degrees, of = np.unique(np.maximum(confused.n_items - 1, 1), return_inverse=True)
    reach = np.array([quantile((1 + confidence) / 2, int(number)) for number in degrees])[of] * error
    lowest = -1.0 if coefficient.chance_corrected else 0.0
    return Figures(value, np.maximum(value - reach, lowest), np.minimum(value + reach, 1.0), undefined)


def _jackknife(confused: Confusions, coefficient: Coefficient) -> FloatArray:
    """Standard error of each pair; NaN with fewer than two items, or where it is undefined without one."""
    left_out = np.empty(len(confused.cell))
    size = max(1, _VALUES // max(1, len(confused.cells)))
    for start in range(0, len(left_out), size):
        pair, cell = confused.pair[start : start + size], confused.cell[start : start + size]
        samples = confused.samples(int(pair[0]), int(pair[-1]) + 1)[pair - pair[0]]
        samples[np.arange(len(cell)), cell] -= 1
        left_out[start : start + size] = sampled(coefficient, confused.patterns, samples).value
    items, number = confused.n_items.astype(float), len(confused.pairs)
    mean = np.bincount(confused.pair, confused.n * left_out, number) / np.maximum(items, 1)
    squares = np.bincount(confused.pair, confused.n * (left_out - mean[confused.pair]) ** 2, number)
    return np.where(items > 1, np.sqrt((items - 1) / np.maximum(items, 1) * squares), np.nan)


def columns(
    confused: Confusions, coefficients: Sequence[Coefficient], confidence: float
) -> dict[str, object]:
    """The columns of a frame of pairs, from the number of items on; see :func:`figures`."""
    data: dict[str, object] = {"n_items": confused.n_items}
    limited = np.zeros(len(confused.pairs), dtype=bool)
    for coefficient in coefficients:
        name, found = coefficient.name, figures(confused, coefficient, confidence)
        data[name], data[f"{name}_ci_low"], data[f"{name}_ci_high"] = found.value, found.low, found.high
        data[f"{name}_undefined"] = found.undefined
        limited |= ~np.isnan(found.low)
    told = np.full(len(limited), None if confused.few else f"none above {MOST} categories", dtype=object)
    told[limited] = INTERVAL
    data["interval"] = told
    return data
