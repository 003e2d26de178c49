"""Gwet's AC1: chance agreement only on items that are hard to rate."""

import numpy as np

from annotate.agreement.patterns import FloatArray, Patterns
from annotate.agreement.result import Agreement


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
    items = patterns.pairable_items(samples)
    observed = samples @ patterns.agreeing / np.where(items == 0, 1.0, items)
    ratings = patterns.ratings.astype(float)
    rated = samples @ (ratings > 0).astype(float)
    profile = patterns.counts / np.where(ratings == 0, 1.0, ratings)[:, None]
    prevalence = samples @ profile / np.where(rated == 0, 1.0, rated)[:, None]
    chance = (prevalence * (1 - prevalence)).sum(axis=1) / max(len(patterns.categories) - 1, 1)
    return Agreement(observed, chance)
