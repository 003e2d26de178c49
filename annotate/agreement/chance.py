"""Krippendorff's alpha, Gwet's AC1 and AC2, and observed agreement, each from patterns.

Alpha, at every level of measurement: Krippendorff (2019), Content Analysis, 4th ed., ch. 12; (2011), Computing
Krippendorff's alpha-reliability, Annenberg School, University of Pennsylvania. AC1 and AC2 expect chance agreement
only on items that are hard to rate. Observed agreement is not corrected for chance.
"""

from typing import Any

import numpy as np

from annotate.agreement.result import Agreement
from annotate.counts.distance import BY_LEVEL, by_ranks, ranks
from annotate.counts.kernels import MANY, Same
from annotate.counts.patterns import FloatArray, Patterns
from annotate.counts.samples import Samples


def krippendorff_alpha(patterns: Patterns, samples: Samples) -> Agreement:
    """Alpha, ``1 - D_o / D_e``, given as agreements ``1 - D_o`` and ``1 - D_e``.

    ``D_o`` is the mean distance of two ratings of one item, in which a rating of an item with m ratings
    weighs the same whatever m is; ``D_e`` is the mean distance of any two ratings, drawn without
    replacement. Both are over items with two ratings or more: a rating that stands alone does not
    count. Distances lie in [0, 1], see :mod:`annotate.counts.distance`.
    """
    paired, ratings = patterns.paired, patterns.ratings * patterns.pairable.astype(float)
    total = samples @ ratings
    if by_ranks(patterns.scale):
        within, between = _ordinal(samples, paired, ratings)
    else:
        distances = patterns.distances
        within = samples @ (patterns.within(distances) * patterns.pairable / np.maximum(ratings - 1, 1.0))
        between = patterns.between(samples, distances, "paired")
    pairs = total * (total - 1)
    return Agreement(
        1 - within / np.where(total == 0, 1.0, total), 1 - between / np.where(pairs == 0, 1.0, pairs)
    )


def _ordinal(samples: Samples, counts: Any, ratings: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sums of ordinal distances within items and over all pairs (samples,).

    ``counts`` are of the patterns that can be paired, and empty for others; ``ratings`` (P,) are their sums.

    The scale differs from sample to sample, so there is no one matrix of distances. Squared differences
    need none: over the ordered pairs of m numbers they add up to ``2 (m sum(x^2) - sum(x)^2)``.
    """
    marginals = samples @ counts
    scale = ranks(marginals)
    spread = 2 * (ratings * (scale**2 @ counts.T) - (scale @ counts.T) ** 2)
    spread[:, (counts > 0).sum(axis=1) == 1] = 0.0  # exactly, whatever the rounding
    within = (np.asarray(samples) * np.maximum(spread, 0.0) / np.maximum(ratings - 1, 1.0)).sum(axis=1)
    total = marginals.sum(axis=1)
    between = 2 * (total * (marginals * scale**2).sum(axis=1) - (marginals * scale).sum(axis=1) ** 2)
    widest = (scale[:, -1] - scale[:, 0]) ** 2
    unit = np.where(widest > 0, widest, 1.0)
    return within / unit, between / unit


def gwet_ac1(patterns: Patterns, samples: Samples) -> Agreement:
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


def gwet_ac2(patterns: Patterns, samples: Samples) -> Agreement:
    """AC2, which is AC1 with weights W: expected is ``sum(W) / (K (K - 1)) x sum(p_k (1 - p_k))``.

    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5. Where no weights are asked for they
    go by the level: identity for nominal variables and sets (then AC2 is AC1), Gwet's ordinal weights for
    ordinal ones, quadratic weights for interval and ratio.
    """
    weights = patterns.weighing(BY_LEVEL)
    share = weights.mean(len(patterns.categories)) * len(patterns.categories)  # with identity weights 1
    return Agreement(patterns.observed(samples, weights), share * _variety(patterns, samples))


def _variety(patterns: Patterns, samples: Samples) -> FloatArray:
    """How likely two ratings are to differ, over the most likely that they can be (samples,)."""
    if len(patterns.categories) > MANY:
        spread = np.minimum(1.0, samples @ patterns.ratings) - patterns.likely(samples, Same())
    else:
        prevalence = patterns.prevalence(samples)
        spread = (prevalence * (1 - prevalence)).sum(axis=1)
    return spread / max(len(patterns.categories) - 1, 1)


REST = "(any other)"  # what patterns of one category against the rest call the rest


def percent_agreement(patterns: Patterns, samples: Samples) -> Agreement:
    """Mean, over items with two ratings or more, of the share of agreeing pairs.

    Each item counts the same, however many ratings it has; the literature has a second definition, over
    pairs of ratings, which differs where ratings are missing. This one is Fleiss's (1971, Psychological
    Bulletin 76, p. 379) as Gwet (2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 2) extends it
    to missing ratings. Two ratings agree if they are the same category, whatever the level. What is
    observed with weights stands beside each weighted coefficient.
    """
    return Agreement(patterns.observed(samples), None)


def specific_agreement(patterns: Patterns, samples: Samples) -> Agreement:
    """Of the pairs of ratings of an item with one in the category, how often the other is in it too.

    ``sum n_ik (n_ik - 1) / sum n_ik (n_i - 1)`` over items i with two ratings or more, where ``n_ik`` of the
    ``n_i`` ratings are in category k, the first of ``patterns``. Uebersax (1982), Journal of Psychiatric
    Research 17, pp. 335-342; of two annotators and two categories the positive and negative agreement of
    Cicchetti & Feinstein (1990), Journal of Clinical Epidemiology 43, pp. 551-558. NaN if it was not used.
    """
    chosen, ratings = patterns.counts[:, 0].astype(float), patterns.ratings.astype(float)
    both, either = samples @ (chosen * (chosen - 1)), samples @ (chosen * (ratings - 1))
    return Agreement(np.where(either > 0, both / np.where(either == 0, 1.0, either), np.nan), None)
