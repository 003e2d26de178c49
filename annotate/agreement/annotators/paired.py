"""The coefficients of many pairs at once, from their confusion matrices, each with an interval.

The interval is that of the jackknife over items, Efron & Tibshirani (1993), An Introduction to the
Bootstrap, ch. 11: items in one cell give one value when left out, so it costs no more than there are
cells, and it takes no seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotate.agreement._estimate import sampled
from annotate.agreement.registry import Coefficient
from annotate.counts.confusions import Confusions
from annotate.counts.patterns import FloatArray
from annotate.sampling import t_quantile

INTERVAL = "jackknife over items, t with n-1 degrees of freedom"
PAIRWISE = ("percent_agreement", "cohen_kappa", "krippendorff_alpha")
MOST = 30
"""Of more categories than this there is no interval: leaving out one item of each cell costs the square of
the cells, which are the square of the categories."""
_VALUES = 2**21  # samples x cells held at a time


@dataclass(frozen=True, eq=False)
class Figures:
    """One coefficient of every pair, each an array (pairs,); NaN where ``undefined`` gives a reason."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    undefined: NDArray[np.object_]


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
    error = _jackknife(confused, coefficient) if _few(confused) else np.full(number, np.nan)
    degrees, of = np.unique(np.maximum(confused.n_items - 1, 1), return_inverse=True)
    reach = np.array([t_quantile((1 + confidence) / 2, int(number)) for number in degrees])[of] * error
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


def _few(confused: Confusions) -> bool:
    """Whether there are so few categories that an interval can be had."""
    return len(confused.scale.categories) <= MOST


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
    told = np.full(len(limited), None if _few(confused) else f"none above {MOST} categories", dtype=object)
    told[limited] = INTERVAL
    data["interval"] = told
    return data
