"""Observed agreement, which is not corrected for chance: of all categories, or of one against the rest."""

import numpy as np

from annotate.agreement.result import Agreement
from annotate.counts.patterns import FloatArray, Patterns

REST = "(any other)"  # what patterns of one category against the rest call the rest


def percent_agreement(patterns: Patterns, samples: FloatArray) -> Agreement:
    """Mean, over items with two ratings or more, of the share of agreeing pairs.

    Each item counts the same, however many ratings it has; the literature has a second definition, over
    pairs of ratings, which differs where ratings are missing. This one is Fleiss's (1971, Psychological
    Bulletin 76, p. 379) as Gwet (2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 2) extends it
    to missing ratings. Two ratings agree if they are the same category, whatever the level. What is
    observed with weights stands beside each weighted coefficient.
    """
    return Agreement(patterns.observed(samples), None)


def specific_agreement(patterns: Patterns, samples: FloatArray) -> Agreement:
    """Of the pairs of ratings of an item with one in the category, how often the other is in it too.

    ``sum n_ik (n_ik - 1) / sum n_ik (n_i - 1)`` over items i with two ratings or more, where ``n_ik`` of the
    ``n_i`` ratings are in category k, the first of ``patterns``. Uebersax (1982), Journal of Psychiatric
    Research 17, pp. 335-342; of two annotators and two categories the positive and negative agreement of
    Cicchetti & Feinstein (1990), Journal of Clinical Epidemiology 43, pp. 551-558. NaN if it was not used.
    """
    chosen, ratings = patterns.counts[:, 0].astype(float), patterns.ratings.astype(float)
    both, either = samples @ (chosen * (chosen - 1)), samples @ (chosen * (ratings - 1))
    return Agreement(np.where(either > 0, both / np.where(either == 0, 1.0, either), np.nan), None)
