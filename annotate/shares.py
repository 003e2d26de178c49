"""The interval of a share of few: Wilson's.

With everything right of few it stays wide, where a bootstrap would give no width at all.

Wilson (1927), Journal of the American Statistical Association 22, pp. 209-212.
"""

import math
from statistics import NormalDist


def wilson(share: float, n: float, confidence: float) -> tuple[float, float]:
    """The interval of a share of ``n``, which need not be whole; (NaN, NaN) of nothing.

    >>> [round(limit, 4) for limit in wilson(1.0, 5, 0.95)]
    [0.5655, 1.0]
    """
    if not n > 0 or math.isnan(share):
        return float("nan"), float("nan")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))
