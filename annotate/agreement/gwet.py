"""Gwet's AC1 and AC2: chance agreement only on items that are hard to rate."""

from annotate.agreement.result import Agreement
from annotate.counts.patterns import FloatArray, Patterns
from annotate.counts.weights import BY_LEVEL


def gwet_ac1(patterns: Patterns, samples: FloatArray) -> Agreement:
    """AC1, for any number of annotators and missing ratings.

    Expected agreement is ``sum(p_k (1 - p_k)) / (K - 1)``, where the prevalence ``p_k`` is the mean over
    **all** rated items, those with one rating among them, of the share of the item's ratings in category
    k. Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, pp. 29-48, eq. 7 f.;
    with missing ratings (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5.

    K counts the categories that the variable offers. Where nobody declared them it counts those used on
    the variable in the whole table, so that a group's AC1 does not rise or fall with what happened to be
    chosen in it. AC1 is nominal: at other levels two categories are the same or not, and of a set-valued
    variable each set that was used is a category.
    """
    return Agreement(patterns.observed(samples), _variety(patterns, samples))


def gwet_ac2(patterns: Patterns, samples: FloatArray) -> Agreement:
    """AC2, which is AC1 with weights W: expected is ``sum(W) / (K (K - 1)) x sum(p_k (1 - p_k))``.

    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5. Where no weights are asked for they
    go by the level: identity for nominal variables and sets (then AC2 is AC1), Gwet's ordinal weights for
    ordinal ones, quadratic weights for interval and ratio.
    """
    weights = patterns.weight_matrix(BY_LEVEL)
    share = float(weights.sum()) / len(weights)  # with identity weights 1
    return Agreement(patterns.observed(samples, weights), share * _variety(patterns, samples))


def _variety(patterns: Patterns, samples: FloatArray) -> FloatArray:
    """How likely two ratings are to differ, over the most likely that they can be (samples,)."""
    prevalence = patterns.prevalence(samples)
    spread: FloatArray = (prevalence * (1 - prevalence)).sum(axis=1)
    return spread / max(len(patterns.categories) - 1, 1)
