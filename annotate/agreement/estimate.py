"""Coefficients of one group of items, with their intervals, from its patterns."""

from collections.abc import Sequence

import numpy as np

from annotate.agreement.intervals import resamples
from annotate.agreement.patterns import PAIR, FloatArray, Patterns
from annotate.agreement.registry import COEFFICIENTS, Coefficient, select
from annotate.agreement.result import Estimate, Settled, settle
from annotate.errors import StatisticsError
from annotate.resampling import percentiles


def estimate(
    patterns: Patterns,
    coefficients: Sequence[str] = tuple(COEFFICIENTS),
    *,
    replicates: int = 1000,
    confidence: float = 0.95,
    rng: np.random.Generator | None = None,
) -> list[Estimate]:
    """Compute coefficients from patterns.

    Parameters
    ----------
    patterns
        Of :func:`~annotate.agreement.patterns.from_items`, or counted elsewhere.
    coefficients
        Names, see :data:`~annotate.agreement.registry.COEFFICIENTS`.
    replicates, confidence
        Bootstrap replicates (0 for no interval) and the level of the interval. All coefficients are
        computed on the same replicates.
    rng
        Where the replicates come from; a generator with seed 0 if none is given.

    Raises
    ------
    StatisticsError
        If a coefficient is not known, or replicates or confidence make no sense.

    """
    asked = select(coefficients)
    check_interval(replicates, confidence)
    reasons = {coefficient.name: coefficient.unfit(patterns) for coefficient in asked}
    chosen = [coefficient for coefficient in asked if reasons[coefficient.name] is None]
    whole = _settled(chosen, patterns, patterns.n[None, :].astype(float))
    draws: list[list[FloatArray]] = [[] for _ in chosen]
    # One item has nothing to vary: an interval of no width would pass for certainty.
    if patterns.n_pairable_items >= PAIR:
        for samples in resamples(patterns.n, patterns.ratings, replicates, rng or np.random.default_rng(0)):
            for values, settled in zip(draws, _settled(chosen, patterns, samples), strict=True):
                values.append(settled.value)
    found = {
        coefficient.name: _estimate(coefficient, settled, np.concatenate([*values, np.empty(0)]), confidence)
        for coefficient, settled, values in zip(chosen, whole, draws, strict=True)
    }
    return [
        found.get(coefficient.name) or _unfit(coefficient, reasons[coefficient.name]) for coefficient in asked
    ]


def check_interval(replicates: int, confidence: float) -> None:
    """Refuse a number of replicates or a confidence that make no sense."""
    if replicates < 0:
        raise StatisticsError(f"replicates: {replicates} is below 0; say 0 for no interval, or 1000")
    if not 0 < confidence < 1:
        raise StatisticsError(f"confidence: {confidence} is not between 0 and 1; 0.95 is usual")


def _settled(chosen: Sequence[Coefficient], patterns: Patterns, samples: FloatArray) -> list[Settled]:
    items, used = patterns.pairable_items(samples), patterns.categories_used(samples)
    return [settle(coefficient.compute(patterns, samples), items, used) for coefficient in chosen]


def _unfit(coefficient: Coefficient, reason: str | None) -> Estimate:
    nan = float("nan")
    return Estimate(coefficient.name, nan, nan, nan, nan, nan, None, reason)


def _estimate(coefficient: Coefficient, settled: Settled, values: FloatArray, confidence: float) -> Estimate:
    undefined = settled.undefined[0]
    low = high = float("nan")
    interval = None
    if undefined is None and len(values):
        low, high = percentiles(values, confidence)
        left_out = int(np.isnan(values).sum())
        interval = f"percentile bootstrap over items, {len(values)} replicates"
        interval += f", {left_out} undefined left out" if left_out else ""
    return Estimate(
        coefficient=coefficient.name,
        value=float(settled.value[0]),
        observed=float(settled.observed[0]),
        expected=float(settled.expected[0]),
        ci_low=low,
        ci_high=high,
        interval=interval,
        undefined=undefined,
    )
