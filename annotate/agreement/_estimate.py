"""Coefficients of one group of items, with their intervals, from its patterns."""

from collections.abc import Callable, Sequence

import numpy as np

from annotate.agreement.analytic import analytic
from annotate.agreement.bca import bca
from annotate.agreement.bootstrap import percentile
from annotate.agreement.intervals import Limits, Measured, Settings
from annotate.agreement.jackknife import jackknife
from annotate.agreement.registry import DEFAULT, Coefficient, select
from annotate.agreement.result import Estimate, Settled, settle
from annotate.counts.patterns import PAIR, FloatArray, Patterns
from annotate.errors import StatisticsError


def _none(measured: Measured, _: Settings) -> list[Limits]:
    return [Limits()] * len(measured.names)


INTERVALS: dict[str, Callable[[Measured, Settings], list[Limits]]] = {
    "percentile": percentile,
    "bca": bca,
    "jackknife": jackknife,
    "analytic": analytic,
    "none": _none,
}


def estimate(
    patterns: Patterns,
    coefficients: str | Sequence[str] = DEFAULT,
    *,
    interval: str = "percentile",
    replicates: int = 1000,
    confidence: float = 0.95,
    rng: np.random.Generator | None = None,
) -> list[Estimate]:
    """Compute coefficients from patterns.

    Parameters
    ----------
    patterns
        Of :func:`~annotate.counts.patterns.from_items`, or counted elsewhere.
    coefficients
        Names, see :data:`~annotate.agreement.registry.COEFFICIENTS`.
    interval
        ``percentile`` or ``bca`` (bootstraps over items), ``jackknife`` (over items), ``analytic`` (Gwet's
        standard errors) or ``none``.
    replicates, confidence
        Bootstrap replicates (0 for no interval) and the level of the interval. All coefficients are
        computed on the same replicates.
    rng
        Where the replicates come from; a generator with seed 0 if none is given.

    Raises
    ------
    StatisticsError
        If a coefficient or the interval is not known, or replicates or confidence make no sense.

    """
    asked = select(coefficients)
    check_interval(replicates, confidence, interval)
    reasons = {coefficient.name: coefficient.unfit(patterns) for coefficient in asked}
    chosen = [coefficient for coefficient in asked if reasons[coefficient.name] is None]
    whole = _settled(chosen, patterns, patterns.n[None, :].astype(float))
    settings = Settings(replicates, confidence, rng or np.random.default_rng(0))
    found = {
        coefficient.name: _estimate(coefficient, settled, limits)
        for coefficient, settled, limits in zip(
            chosen, whole, _limits(patterns, chosen, whole, interval, settings), strict=True
        )
    }
    return [
        found.get(coefficient.name) or _unfit(coefficient, reasons[coefficient.name]) for coefficient in asked
    ]


def check_interval(replicates: int, confidence: float, interval: str = "percentile") -> None:
    """Refuse an interval, a number of replicates or a confidence that make no sense."""
    if interval not in INTERVALS:
        raise StatisticsError(f"interval {interval!r} is not known; there are {', '.join(INTERVALS)}")
    if replicates < 0:
        raise StatisticsError(f"replicates: {replicates} is below 0; say 0 for no interval, or 1000")
    if not 0 < confidence < 1:
        raise StatisticsError(f"confidence: {confidence} is not between 0 and 1; 0.95 is usual")


def _settled(chosen: Sequence[Coefficient], patterns: Patterns, samples: FloatArray) -> list[Settled]:
    items, used = patterns.pairable_items(samples), patterns.categories_used(samples)
    return [settle(coefficient.compute(patterns, samples), items, used) for coefficient in chosen]


def _limits(
    patterns: Patterns,
    chosen: Sequence[Coefficient],
    whole: Sequence[Settled],
    interval: str,
    settings: Settings,
) -> list[Limits]:
    """The interval of each coefficient; none for one that is undefined."""
    defined = [place for place, settled in enumerate(whole) if settled.undefined[0] is None]
    found = [Limits()] * len(chosen)
    # One item has nothing to vary: an interval of no width would pass for certainty.
    if not defined or patterns.n_pairable_items < PAIR:
        return found
    having = [chosen[place] for place in defined]
    measured = Measured(
        names=tuple(coefficient.name for coefficient in having),
        level=patterns.level,
        n=patterns.n,
        ratings=patterns.ratings,
        values=np.array([whole[place].value[0] for place in defined]),
        lowest=np.array([-np.inf if coefficient.chance_corrected else 0.0 for coefficient in having]),
        compute=lambda samples: np.array([one.value for one in _settled(having, patterns, samples)]),
    )
    for place, limits in zip(defined, INTERVALS[interval](measured, settings), strict=True):
        found[place] = limits
    return found


def _unfit(coefficient: Coefficient, reason: str | None) -> Estimate:
    nan = float("nan")
    return Estimate(coefficient.name, nan, nan, nan, nan, nan, None, reason)


def _estimate(coefficient: Coefficient, settled: Settled, limits: Limits) -> Estimate:
    return Estimate(
        coefficient=coefficient.name,
        value=float(settled.value[0]),
        observed=float(settled.observed[0]),
        expected=float(settled.expected[0]),
        ci_low=limits.low,
        ci_high=limits.high,
        interval=limits.how,
        undefined=settled.undefined[0],
    )
