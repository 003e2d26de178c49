"""Quantiles of Student's t, for intervals from a standard error."""

import math
from statistics import NormalDist

import numpy as np

_MANY = 1000  # from so many degrees of freedom the expansion is exact to a double


def quantile(probability: float, degrees: int) -> float:
    """The quantile of Student's t with whole degrees of freedom, for probabilities from one half.

    Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.7.3 f. (the distribution, in closed
    form) and 26.7.5 (the expansion in the normal quantile).
    """
    normal = NormalDist().inv_cdf(probability)
    if degrees >= _MANY:
        return _expansion(normal, degrees)
    log_density = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2) - math.log(degrees * math.pi) / 2
    t = normal
    while True:  # Newton's steps from below climb to the quantile: the distribution is concave there
        density = math.exp(log_density - (degrees + 1) / 2 * math.log1p(t * t / degrees))
        step = (2 * probability - 1 - _central(t, degrees)) / (2 * density)
        t += step
        if step <= 1e-12 * t:
            return t


def _central(t: float, degrees: int) -> float:
    """The probability between -t and t."""
    angle = math.atan(t / math.sqrt(degrees))
    odd = degrees % 2
    factors = np.arange(2 + odd, degrees - 1, 2, dtype=float)
    series = 1 + float(np.cumprod((factors - 1) / factors * math.cos(angle) ** 2).sum())
    if not odd:
        return math.sin(angle) * series
    tail = math.sin(angle) * math.cos(angle) * series if degrees > 1 else 0.0
    return 2 / math.pi * (angle + tail)


def _expansion(z: float, degrees: int) -> float:
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / degrees ** (power + 1) for power, term in enumerate(terms))
