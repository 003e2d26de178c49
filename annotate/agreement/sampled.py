"""A coefficient on many samples of items at once, and the strata that samples are drawn within."""

from annotate.agreement import intervals
from annotate.agreement.registry import Coefficient
from annotate.agreement.result import Settled, settle
from annotate.counts.patterns import FloatArray, IntArray, Patterns

CELLS = 2**19  # samples x patterns held at a time


def sampled(coefficient: Coefficient, patterns: Patterns, samples: FloatArray) -> Settled:
    """Compute and settle a coefficient on samples (samples x P: items of each pattern in each sample)."""
    return settle(
        coefficient.compute(patterns, samples),
        patterns.pairable_items(samples),
        patterns.categories_used(samples),
    )


def strata(patterns: Patterns) -> list[IntArray]:
    """The patterns that have items: those with two ratings or more, and those with one.

    Items are drawn within these, as :mod:`annotate.agreement.intervals` says why: how many items get a
    second rating is the plan of a study, not a chance finding. An empty stratum keeps its place.
    """
    return intervals.strata(patterns.n, patterns.ratings)
