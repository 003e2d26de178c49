"""Krippendorff's alpha from patterns, at every level of measurement.

Krippendorff (2019), Content Analysis, 4th ed., ch. 12; (2011), Computing Krippendorff's alpha-reliability,
Annenberg School, University of Pennsylvania.
"""

import numpy as np

from annotate.agreement.result import Agreement
from annotate.counts.distance import matrix, ranks
from annotate.counts.patterns import FloatArray, Patterns


def krippendorff_alpha(patterns: Patterns, samples: FloatArray) -> Agreement:
    """Alpha, ``1 - D_o / D_e``, given as agreements ``1 - D_o`` and ``1 - D_e``.

    ``D_o`` is the mean distance of two ratings of one item, in which a rating of an item with m ratings
    weighs the same whatever m is; ``D_e`` is the mean distance of any two ratings, drawn without
    replacement. Both are over items with two ratings or more: a rating that stands alone does not
    count. Distances lie in [0, 1], see :mod:`annotate.counts.distance`.
    """
    counts = patterns.counts.astype(float)
    if not patterns.pairable.all():
        samples, counts = samples[:, patterns.pairable], counts[patterns.pairable]
    ratings = counts.sum(axis=1)
    marginals = samples @ counts
    total = marginals.sum(axis=1)
    if patterns.level == "ordinal":
        within, between = _ordinal(samples, counts, marginals)
    else:
        distances = matrix(patterns.scale)
        within = samples @ ((counts @ distances * counts).sum(axis=1) / (ratings - 1))
        between = (marginals @ distances * marginals).sum(axis=1)
    pairs = total * (total - 1)
    return Agreement(
        1 - within / np.where(total == 0, 1.0, total), 1 - between / np.where(pairs == 0, 1.0, pairs)
    )


def _ordinal(samples: FloatArray, counts: FloatArray, marginals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sums of ordinal distances within items and over all pairs (samples,).

    The scale differs from sample to sample, so there is no one matrix of distances. Squared differences
    need none: over the ordered pairs of m numbers they add up to ``2 (m sum(x^2) - sum(x)^2)``.
    """
    scale = ranks(marginals)
    ratings = counts.sum(axis=1)
    spread = 2 * (ratings * (scale**2 @ counts.T) - (scale @ counts.T) ** 2)
    spread[:, np.count_nonzero(counts, axis=1) == 1] = 0.0  # exactly, whatever the rounding
    within = (samples * np.maximum(spread, 0.0) / (ratings - 1)).sum(axis=1)
    total = marginals.sum(axis=1)
    between = 2 * (total * (marginals * scale**2).sum(axis=1) - (marginals * scale).sum(axis=1) ** 2)
    widest = (scale[:, -1] - scale[:, 0]) ** 2
    unit = np.where(widest > 0, widest, 1.0)
    return within / unit, between / unit
