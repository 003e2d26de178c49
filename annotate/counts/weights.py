"""How much two categories agree, from 1 for the same to 0 for those furthest apart.

The weights of the kappa family, of Brennan-Prediger's coefficient and of AC2, as Gwet (2014, Handbook of
Inter-Rater Reliability, 4th ed., ch. 3) gives them. Linear and quadratic weights take the numbers at
levels interval and ratio, and the places in the declared order at level ordinal; the others take places.
Krippendorff's alpha has distances instead, see :mod:`annotate.counts.distance`: his ordinal distance
depends on the ratings and is not 1 minus the ordinal weight here.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from annotate.codebook.scale import LEVEL_WEIGHTS
from annotate.counts.distance import numbers

FloatArray = NDArray[np.float64]

NUMERIC = ("interval", "ratio")
UNORDERED = ("nominal", "set")

# What a coefficient weighs with if nobody says. The kappas and Brennan-Prediger are known unweighted;
# AC2 is AC1 with the weights that the level asks for.
UNWEIGHTED: Mapping[str, str] = dict.fromkeys(("nominal", "ordinal", "interval", "ratio", "set"), "identity")
BY_LEVEL: Mapping[str, str] = LEVEL_WEIGHTS


def identity(places: FloatArray) -> FloatArray:
    """1 for the same category, 0 for another."""
    return np.asarray(np.eye(len(places)), dtype=float)


def linear(places: FloatArray) -> FloatArray:
    """``1 - |a - b| / widest`` (Cicchetti & Allison 1971, American Journal of EEG Technology 11)."""
    return 1.0 - np.abs(places[:, None] - places[None, :]) / (float(np.ptp(places)) or 1.0)


def quadratic(places: FloatArray) -> FloatArray:
    """``1 - (a - b)^2 / widest^2`` (Fleiss & Cohen 1973, Educational and Psychological Measurement 33)."""
    return 1.0 - ((places[:, None] - places[None, :]) / (float(np.ptp(places)) or 1.0)) ** 2


def ordinal(places: FloatArray) -> FloatArray:
    """``1 - C(d + 1, 2) / C(K, 2)`` for categories d places apart (Gwet 2014, ch. 3)."""
    apart = np.abs(places[:, None] - places[None, :])
    pairs = apart * (apart + 1) / 2
    return np.asarray(1.0 - pairs / (float(pairs.max(initial=0.0)) or 1.0), dtype=float)


WEIGHTS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "identity": identity,
    "linear": linear,
    "quadratic": quadratic,
    "ordinal": ordinal,
}


@lru_cache(maxsize=8)  # a variable's groups come one after another
def weight_matrix(name: str, level: str, categories: tuple[str, ...]) -> FloatArray:
    """Weights (K x K) of categories in order.

    >>> weight_matrix("linear", "ordinal", ("low", "middle", "high"))[0].tolist()
    [1.0, 0.5, 0.0]
    """
    weights = WEIGHTS[name](_places(name, level, categories))
    weights.setflags(write=False)
    return weights


def _places(name: str, level: str, categories: Sequence[str]) -> FloatArray:
    if level in NUMERIC and name in ("linear", "quadratic"):
        return numbers(categories)
    return np.arange(len(categories), dtype=float)
