"""Brennan and Prediger's coefficient: chance falls on every category alike."""

import numpy as np

from annotate.agreement.result import Agreement
from annotate.counts.patterns import FloatArray, Patterns
from annotate.counts.weights import UNWEIGHTED


def brennan_prediger(patterns: Patterns, samples: FloatArray) -> Agreement:
    """Expected agreement is ``sum(W) / K^2``, without weights ``1 / K``; K is what the variable offers.

    Brennan & Prediger (1981), Educational and Psychological Measurement 41, pp. 687-699. For two annotators
    the same as Bennett's S (Bennett, Alpert & Goldstein 1954), for more as Randolph's free-marginal kappa
    (2005). With weights and missing ratings: Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.,
    ch. 4. Where nobody declared the categories, K counts those used on the variable in the whole table.
    """
    weights = patterns.weight_matrix(UNWEIGHTED)
    return Agreement(patterns.observed(samples, weights), np.full(len(samples), weights.mean()))
