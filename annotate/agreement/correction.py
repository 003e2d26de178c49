"""P-values of several tests, corrected for there being several."""

from collections.abc import Callable

import numpy as np

from annotate.counts.patterns import FloatArray
from annotate.errors import StatisticsError


def holm(p_values: FloatArray) -> FloatArray:
    """Hold the chance of even one false finding, however the tests depend on each other.

    The i-th smallest of m is multiplied by ``m - i + 1``, and none may fall below a smaller one's. Holm
    (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics
    6, pp. 65-70.
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return adjusted


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Hold the expected share of false findings among the findings.

    The i-th smallest of m is multiplied by ``m / i``, and none may exceed a larger one's. It asks that
    the tests are independent or positively dependent. Benjamini & Hochberg (1995), Controlling the false
    discovery rate, Journal of the Royal Statistical Society B 57, pp. 289-300.
    """
    order = np.argsort(p_values, kind="stable")[::-1]
    factors = len(p_values) / np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.minimum.accumulate(p_values[order] * factors), 1.0)
    return adjusted


CORRECTIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "holm": holm,
    "benjamini_hochberg": benjamini_hochberg,
}


def check_correction(correction: str) -> None:
    """Refuse a correction that is not known, with those there are."""
    if correction not in CORRECTIONS:
        raise StatisticsError(f"correction {correction!r} is not known; there are {', '.join(CORRECTIONS)}")


def correct(p_values: FloatArray, correction: str) -> FloatArray:
    """Correct p-values (tests,) of one family; those that are NaN stay so and are no tests.

    Raises
    ------
    StatisticsError
        If the correction is not known.

    """
    check_correction(correction)
    adjusted = np.full(len(p_values), np.nan)
    tests = ~np.isnan(p_values)
    adjusted[tests] = CORRECTIONS[correction](p_values[tests])
    return adjusted
