"""Percent agreement: how often two ratings of one item are the same."""

from annotate.agreement.result import Agreement
from annotate.counts.patterns import FloatArray, Patterns


def percent_agreement(patterns: Patterns, samples: FloatArray) -> Agreement:
    """Mean, over items with two ratings or more, of the share of agreeing pairs.

    Each item counts the same, however many ratings it has; the literature has a second definition, over
    pairs of ratings, which differs where ratings are missing. This one is Fleiss's (1971, Psychological
    Bulletin 76, p. 379) as Gwet (2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 2) extends it
    to missing ratings. Two ratings agree if they are the same category, whatever the level. What is
    observed with weights stands beside each weighted coefficient.
    """
    return Agreement(patterns.observed(samples), None)
