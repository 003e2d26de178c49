"""From observed and expected agreement to a coefficient, or to the reason why there is none.

Whatever the chance model, a coefficient is ``(observed - expected) / (1 - expected)``; the form is due
to Scott (1955, Public Opinion Quarterly 19, p. 323) and Cohen (1960, Educational and Psychological
Measurement 20, p. 40). This is the one place where it is computed, and the one place where a
coefficient is found undefined, so that all of them are undefined on the same tables.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NOTHING_PAIRABLE = "no item has two ratings"
ONE_CATEGORY = "only one category was used"
CHANCE_IS_CERTAIN = "expected agreement is 1"
PAIR_IS_CERTAIN = "two annotators used only one category on the items that both rated"
NOT_USED = "the category was not used on an item with two ratings"


@dataclass(frozen=True, eq=False)
class Agreement:
    """What a chance model says about one or many samples of items, each an array (samples,).

    ``expected`` is None where a coefficient is not corrected for chance. A coefficient that is the mean of
    several has arrays (samples x parts), NaN for a part that a sample does not have.
    """

    observed: FloatArray
    expected: FloatArray | None


@dataclass(frozen=True, eq=False)
class Settled:
    """Coefficients of many samples: NaN where ``undefined`` gives a reason, None elsewhere."""

    value: FloatArray
    observed: FloatArray
    expected: FloatArray
    undefined: NDArray[np.object_]


@dataclass(frozen=True)
class Estimate:
    """One coefficient of one group, with its interval; figures as computed, not rounded.

    ``interval`` says how ``ci_low`` and ``ci_high`` came about; it is None, and they are NaN, where no
    interval was asked for or there cannot be one. ``design_effect`` is how many times the variance by clusters is
    that by items; NaN where items are drawn. ``below`` are the chances that it is below the thresholds asked for. ``undefined`` is the reason for a ``value`` of NaN.
    """

    coefficient: str
    value: float
    observed: float
    expected: float
    ci_low: float
    ci_high: float
    interval: str | None
    design_effect: float
    undefined: str | None
    below: tuple[float, ...] = ()


def settle(agreement: Agreement, pairable_items: FloatArray, categories_used: IntArray) -> Settled:
    """Correct for chance and decide what is undefined.

    Parameters
    ----------
    agreement
        Observed and expected agreement of each sample.
    pairable_items, categories_used
        For each sample (samples,): how many items have two ratings or more, and how many categories
        occur in them.

    Notes
    -----
    A sample without a pairable item says nothing about agreement. One in which the pairable items hold
    a single category cannot tell agreement from a lack of variation (Krippendorff 2019, Content
    Analysis, 4th ed., ch. 12); a coefficient that is corrected for chance is undefined there, even if
    its formula yields a number, while plain agreement is 1.

    """
    parts = agreement.observed if agreement.observed.ndim > 1 else agreement.observed[:, None]
    reasons = [(np.isnan(parts).all(axis=1), NOT_USED)]
    chance = np.full_like(parts, np.nan)
    if agreement.expected is not None:
        chance = agreement.expected.reshape(parts.shape)
        certain = CHANCE_IS_CERTAIN if parts.shape[1] == 1 else PAIR_IS_CERTAIN
        reasons += [((chance >= 1).any(axis=1), certain), (categories_used < 2, ONE_CATEGORY)]  # noqa: PLR2004
    nothing = pairable_items == 0
    observed = np.where(nothing, np.nan, _mean(parts))
    expected = np.where(nothing, np.nan, _mean(chance))
    value = observed.copy()
    if agreement.expected is not None:
        value = _mean((parts - chance) / np.where(chance < 1, 1 - chance, 1.0))
    undefined = np.full(nothing.shape, None, dtype=object)
    for where, reason in (*reasons, (nothing, NOTHING_PAIRABLE)):
        if where.any():
            undefined[where], value[where] = reason, np.nan
    return Settled(value, observed, expected, undefined)


def _mean(parts: FloatArray) -> FloatArray:
    """Mean of the parts that are there (samples,), NaN where none is."""
    if parts.shape[1] == 1:
        return parts[:, 0]
    there = ~np.isnan(parts)
    number = there.sum(axis=1)
    total = np.where(there, parts, 0.0).sum(axis=1)
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan), dtype=float)
