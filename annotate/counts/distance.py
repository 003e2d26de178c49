"""How far two categories are apart, as Krippendorff measures it, and how much they agree, as weights.

Each distance lies in [0, 1] over the categories of the variable: nominal and ratio distances and those of
sets do so by themselves; interval and ordinal ones are divided by the largest. A coefficient that divides one
mean distance by another does not depend on that, and observed agreement stays readable.

Weights say how much two categories agree, from 1 for the same to 0 for those furthest apart. Those of the
kappa family, of Brennan-Prediger's coefficient and of AC2 are as Gwet (2014, Handbook of
Inter-Rater Reliability, 4th ed., ch. 3) gives them. They take the numbers at levels interval and ratio, and the
places in the declared order, from 1, at level ordinal; ordinal weights take places always.
Krippendorff's alpha has distances instead: his ordinal distance
depends on the ratings and is not 1 minus the ordinal weight here. Where another distance is asked for by name, it is
1 minus the weight of that name; circular and bipolar ones are his (2019, ch. 12).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from annotate.codebook.matrices import Matrix
from annotate.codebook.scale import LEVEL_WEIGHTS, Scale
from annotate.counts.kernels import MANY, Kernel, Linear, Moments, Ratios, Same, Sum, Table
from annotate.errors import StatisticsError
from annotate.study.ratings import decode_set

FloatArray = NDArray[np.float64]


def nominal(categories: Sequence[str]) -> FloatArray:
    """0 for the same category, 1 for another (Krippendorff 2019, ch. 12)."""
    return np.asarray(1.0 - np.eye(len(categories)), dtype=float)


def interval(categories: Sequence[str]) -> FloatArray:
    """``(a - b)^2``, over the square of the widest difference (Krippendorff 2019, ch. 12)."""
    values = numbers(categories)
    widest = float(np.ptp(values)) if len(values) else 0.0
    return np.asarray(((values[:, None] - values[None, :]) / (widest or 1.0)) ** 2, dtype=float)


def ratio(categories: Sequence[str]) -> FloatArray:
    """``((a - b) / (a + b))^2`` of numbers not below 0; 0 for two zeros (Krippendorff 2019, ch. 12)."""
    values = numbers(categories)
    sums = values[:, None] + values[None, :]
    return np.asarray(
        ((values[:, None] - values[None, :]) / np.where(sums == 0, 1.0, sums)) ** 2, dtype=float
    )


def masi(categories: Sequence[str]) -> FloatArray:
    """``1 - J x M`` of two sets: J is Jaccard's index, M 1, 2/3, 1/3 or 0.

    M is 1 for the same set, 2/3 where one holds the other, 1/3 where each has something of its own and
    they share something, 0 where they share nothing. Two empty sets are the same set. Passonneau
    (2006), Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation, LREC,
    pp. 831-836.
    """
    shared, size = _overlap(categories)
    within = shared == np.minimum(size[:, None], size[None, :])
    same = shared == size[:, None] + size[None, :] - shared
    monotonicity = np.where(same, 1.0, np.where(within, 2 / 3, 1 / 3))
    return np.asarray(1.0 - _index(shared, size) * monotonicity, dtype=float)


def jaccard(categories: Sequence[str]) -> FloatArray:
    """``1 - J`` of two sets, J what they share over what either holds; 0 for two empty sets.

    Jaccard (1912), The distribution of the flora in the alpine zone, New Phytologist 11, pp. 37-50.
    """
    return np.asarray(1.0 - _index(*_overlap(categories)), dtype=float)


def _overlap(categories: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """How many members two sets share (K x K), and how many each holds (K,)."""
    sets = [set(decode_set(category)) for category in categories]
    members = sorted(set().union(*sets))
    holds = np.array([[member in one for member in members] for one in sets], dtype=float)
    holds = holds.reshape(len(sets), len(members))
    return holds @ holds.T, holds.sum(axis=1)


def _index(shared: FloatArray, size: FloatArray) -> FloatArray:
    either = size[:, None] + size[None, :] - shared
    return np.asarray(np.where(either == 0, 1.0, shared / np.where(either == 0, 1.0, either)), dtype=float)


def ranks(marginals: FloatArray) -> FloatArray:
    """Where each category stands on an ordinal scale: the middle of its ranks, over all (samples x K).

    Krippendorff's ordinal distance between c and k is the square of ``n_c / 2 + ... + n_k / 2``, the
    ratings from c to k with the two ends counted by half (2019, ch. 12; 2011, Computing Krippendorff's
    alpha-reliability, p. 6). That is the squared difference of their mid-ranks, so the ordinal distance
    is the interval distance of these numbers. They depend on the ratings, not on the names.
    """
    middle = np.cumsum(marginals, axis=-1) - marginals / 2
    total = marginals.sum(axis=-1, keepdims=True)
    return np.asarray(middle / np.where(total == 0, 1.0, total), dtype=float)


def numbers(categories: Sequence[str]) -> FloatArray:
    """The numbers that categories stand for.

    Raises
    ------
    StatisticsError
        If one stands for none.

    """
    try:
        # Halved, which changes no digit of a ratio, so that sums and differences never overflow.
        return np.array([float(category) for category in categories], dtype=float) / 2
    except ValueError as error:
        raise StatisticsError(f"categories {', '.join(categories)}: this level needs numbers") from error


# Levels whose distances follow from the categories alone. The ordinal one follows from the ratings.
FIXED: dict[str, Callable[[Sequence[str]], FloatArray]] = {
    "nominal": nominal,
    "interval": interval,
    "ratio": ratio,
}
SET_DISTANCES: dict[str, Callable[[Sequence[str]], FloatArray]] = {"masi": masi, "jaccard": jaccard}


@lru_cache(maxsize=4)  # a variable's groups come one after another
def matrix(scale: Scale) -> FloatArray:
    """Distances (K x K) of the categories of a scale, at a level other than ordinal."""
    if isinstance(scale.distance, Matrix):
        distances = scale.distance.of(scale.categories)
    elif scale.distance in SET_DISTANCES:
        distances = SET_DISTANCES[scale.distance](scale.categories)
    elif scale.distance is not None:
        distances = 1.0 - weight_matrix(scale.distance, scale.level, scale.categories)
    else:
        distances = FIXED[scale.level](scale.categories)
    distances.setflags(write=False)
    return distances


def by_ranks(scale: Scale) -> bool:
    """Whether distances follow from the ratings, by the ranks of the categories, and not from the categories alone."""
    return scale.level == "ordinal" and scale.distance is None


def distances_between(scale: Scale, marginals: FloatArray) -> FloatArray:
    """Distances (K x K) as alpha takes them; ``marginals`` (K,) are the ratings that ordinal ones go by."""
    if not by_ranks(scale):
        return matrix(scale)
    middle = ranks(marginals)
    return np.asarray(((middle[:, None] - middle) / (float(np.ptp(middle)) or 1.0)) ** 2, dtype=float)


@lru_cache(maxsize=4)  # a variable's groups come one after another
def distance_kernel(scale: Scale) -> Kernel:
    """The same distances, to be summed over pairs of ratings; of many categories without a table of them."""
    if len(scale.categories) <= MANY or scale.distance is not None:
        return Table(matrix(scale))
    if scale.level == "nominal":
        return Same(0.0, 1.0)
    values = numbers(scale.categories)
    return Ratios(values) if scale.level == "ratio" else Moments(values / (float(np.ptp(values)) or 1.0))


def kernel_between(scale: Scale, marginals: FloatArray) -> Kernel:
    """The distances of :func:`distances_between`; of many categories without a table of them."""
    if len(scale.categories) <= MANY:
        return Table(distances_between(scale, marginals))
    if not by_ranks(scale):
        return distance_kernel(scale)
    middle = ranks(marginals)
    return Moments(middle / (float(np.ptp(middle)) or 1.0))


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


def radical(places: FloatArray) -> FloatArray:
    """``1 - sqrt(|a - b| / widest)`` (Gwet 2014, ch. 3)."""
    apart = np.abs(places[:, None] - places[None, :])
    return 1.0 - np.sqrt(apart / (float(np.ptp(places)) or 1.0))


def ratio_weights(places: FloatArray) -> FloatArray:
    """``1 - ((a - b) / (a + b))^2``, over the largest of these squares; two zeros are the same (Gwet 2014, ch. 3)."""
    sums = places[:, None] + places[None, :]
    return _over_largest(((places[:, None] - places[None, :]) / np.where(sums == 0, 1.0, sums)) ** 2)


def circular(places: FloatArray) -> FloatArray:
    """``1 - sin(pi (a - b) / U)^2``, over the largest of these squares; U is the widest difference and one more.

    The last category is a step of one from the first, as the hour 23 is from 0 (Krippendorff 2019, ch. 12; Gwet 2014, ch. 3).
    """
    apart = places[:, None] - places[None, :]
    return _over_largest(np.sin(np.pi * apart / (float(np.ptp(places)) + 1)) ** 2)


def bipolar(places: FloatArray) -> FloatArray:
    """``1 - (a - b)^2 / ((a + b - 2 low) (2 high - a - b))``, over the largest of these.

    A difference weighs more near the poles than in the middle (Krippendorff 2019, ch. 12; Gwet 2014, ch. 3).
    """
    sums = places[:, None] + places[None, :]
    room = (sums - 2 * places.min(initial=np.inf)) * (2 * places.max(initial=-np.inf) - sums)
    return _over_largest((places[:, None] - places[None, :]) ** 2 / np.where(room == 0, 1.0, room))


def _over_largest(apart: FloatArray) -> FloatArray:
    return np.asarray(1.0 - apart / (float(apart.max(initial=0.0)) or 1.0), dtype=float)


WEIGHTS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "identity": identity,
    "linear": linear,
    "quadratic": quadratic,
    "ordinal": ordinal,
    "radical": radical,
    "ratio": ratio_weights,
    "circular": circular,
    "bipolar": bipolar,
}


TABLED = ("radical", "ratio", "circular", "bipolar")
"""What has no shorter form than a table of all pairs, however many categories there are."""
MOST_TABLED = 2000


def refused(what: str, name: str | Matrix | None, level: str, categories: Sequence[str]) -> str | None:
    """Why weights, or a distance, of that name are not defined for these categories, or None."""
    if name is None or isinstance(name, Matrix) or name == "identity" or name in SET_DISTANCES:
        return None
    if level in UNORDERED:
        return f"{name} {what} an order of the categories, which level {level} does not have"
    if name == "ratio" and level == "interval":
        return f"{name} {what} a zero, which level {level} does not have"
    if name in TABLED and len(categories) > MOST_TABLED:
        return f"{name} {what} a table of all pairs, and {len(categories)} categories are too many"
    return None


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
    if level in NUMERIC and name != "ordinal":
        # A circle has steps of 1, so its numbers are needed as they are; of the others only proportions count.
        return numbers(categories) * (2 if name == "circular" else 1)
    return np.arange(1, len(categories) + 1, dtype=float)


@lru_cache(maxsize=8)
def weight_kernel(name: str | Matrix, level: str, categories: tuple[str, ...]) -> Kernel:
    """The same weights, to be summed over pairs of ratings; of many categories without a table of most of them."""
    if isinstance(name, Matrix):
        return Table(name.of(categories))
    if len(categories) <= MANY or name in TABLED:
        return Table(weight_matrix(name, level, categories))
    if name == "identity":
        return Same()
    places = _places(name, level, categories)
    if name == "ordinal":
        part = -1 / (len(places) * (len(places) - 1))
        return Sum((Moments(places, 1.0, part), Linear(places, 0.0, part)))
    unit = places / (float(np.ptp(places)) or 1.0)
    return Linear(unit, 1.0, -1.0) if name == "linear" else Moments(unit, 1.0, -1.0)
