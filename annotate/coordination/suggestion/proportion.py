"""Intervals of shares among passages that come in documents.

Passages of a document are alike, also in whether a model gets them right, so that they count for fewer
than they are: for n / deff, where deff = 1 + (m - 1) rho, m passages a document (weighted by its size) and
the intraclass correlation rho of being right. Kish (1965), Survey Sampling, ch. 5; Rao & Scott (1992),
Biometrics 48, pp. 577-585, for the effective size.
"""

import numpy as np
from numpy.typing import NDArray

from annotate.sampling import IntArray


def intraclass(right: NDArray[np.bool_], documents: IntArray) -> float:
    """How alike passages of a document are in being right, from 0 to 1, by analysis of variance.

    ``right`` (N,) and the number of each passage's document (N,). Donner & Klar (2000), Design and
    Analysis of Cluster Randomization Trials, p. 9.
    """
    sizes = np.bincount(documents)
    sizes = sizes[sizes > 0]
    n, k = int(sizes.sum()), len(sizes)
    if k < 2 or n == k:  # noqa: PLR2004 - one document, or one passage in each
        return 0.0
    sums = np.bincount(documents, weights=right.astype(float))[np.bincount(documents) > 0]
    between = float((sums**2 / sizes).sum() - sums.sum() ** 2 / n) / (k - 1)
    within = float(sums.sum() - (sums**2 / sizes).sum()) / (n - k)
    average = (n - float((sizes**2).sum()) / n) / (k - 1)
    spread = between + (average - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else 0.0


def effective(documents: IntArray, rho: float) -> float:
    """For how many independent passages these count, given the document of each."""
    sizes = np.bincount(documents)
    n = float(sizes.sum())
    return n / (1 + (float((sizes**2).sum()) / n - 1) * rho) if n else 0.0
