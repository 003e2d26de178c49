"""Drawing units with replacement, by patterns, and the intervals that come of it.

What looks alike (items with the same ratings, passages with the same shares) is one pattern. To draw
units with replacement is to draw from a multinomial over patterns, so a replicate costs the same
whatever the number of units (Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13).

The multinomial is drawn in three ways, each of them exact. Which one is taken follows from the patterns
alone, by what it costs.

- Few units a pattern are drawn one by one.
- Few patterns are drawn by numpy, one binomial after the other.
- Otherwise the rare patterns are drawn first, as independent Poisson numbers that are looked up in tables.
  Poisson numbers that are held to a sum are a multinomial; so a sample is kept with the chance that the
  common patterns come to the units that are left, and numpy draws these (Arratia & DeSalvo 2016,
  Probabilistic divide-and-conquer: a new exact simulation method, with integer partitions as an example,
  Combinatorics, Probability and Computing 25, pp. 324-351).
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from annotate.errors import StatisticsError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_FEW = 4  # up to so many units a pattern, drawing them one by one is fastest
_AT_ONCE = 2**14  # units held while they are drawn one by one: what the processor's cache has room for
_LOOKED_UP, _TABLES = 0.2, 4  # what a number from a table costs, and all the tables, if a binomial costs 1
_LARGEST = 2**12  # units of a pattern, above which tables are too long to pay
_KEPT = 260  # samples to be kept of those proposed at once
_CELLS = 2**19  # samples x patterns proposed at once at most
_BITS = 10  # of a random number that is looked up
_REACH = 9  # standard deviations, beyond which a Poisson number is less likely than a float tells from 0

AUTO = "auto"
ITEMS = "items"
RESAMPLED = (ITEMS, "annotators", "both")
INTERVALS = (AUTO, "percentile", "bca", "jackknife", "log_jackknife", "analytic", "none")


@dataclass(frozen=True)
class Interval:
    """How sure one wants to be: what interval, and from what draws.

    Parameters
    ----------
    kind
        ``percentile``, ``bca``, ``jackknife``, ``log_jackknife``, ``analytic`` or ``none``, see
        :func:`annotate.agreement.estimate`; ``auto`` is ``percentile`` over items, and over clusters
        ``log_jackknife``. Where there is one kind alone, it is that one; every result says what its interval is.
    replicates
        How often a bootstrap draws; 0 for no interval.
    confidence
        The level of the interval, between 0 and 1.
    seed
        The same seed gives the same digits on every engine; those of a group do not depend on other groups.
    cluster
        The column of the ratings whose rows are drawn together; None for items. ``auto`` is ``document`` where
        the ratings have it and some document has two items or more.
    resample
        ``items``, or their clusters, which takes the annotators as fixed; ``annotators`` as a sample of those who
        might have coded; or ``both``, see :mod:`annotate.agreement.two_way`.
    below
        Thresholds: how likely the coefficient is to be below each is told beside the interval, by the same draws.

    Raises
    ------
    StatisticsError
        If the kind is not known, or a number makes no sense.

    """

    kind: str = AUTO
    replicates: int = 1000
    confidence: float = 0.95
    seed: int = 0
    cluster: str | None = AUTO
    resample: str = ITEMS
    below: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is not an interval."""
        if self.kind not in INTERVALS:
            raise StatisticsError(f"interval {self.kind!r} is not known; there are {', '.join(INTERVALS)}")
        if self.replicates < 0:
            raise StatisticsError(f"replicates: {self.replicates} is below 0; say 0 for no interval, or 1000")
        if not 0 < self.confidence < 1:
            raise StatisticsError(f"confidence: {self.confidence} is not between 0 and 1; 0.95 is usual")
        check_seed(self.seed)
        if self.resample not in RESAMPLED:
            raise StatisticsError(
                f"resample: {self.resample!r} is not known; there are {', '.join(RESAMPLED)}"
            )
        if self.resample != ITEMS and self.kind not in (AUTO, "jackknife", "log_jackknife", "none"):
            raise StatisticsError(
                f"resample: {self.resample} goes by the jackknife, not by interval {self.kind}; leave one of them out"
            )
        for threshold in self.below:
            if not -1 < threshold < 1:
                raise StatisticsError(
                    f"below: {threshold:g} is not between -1 and 1; 0.667 and 0.8 are usual"
                )

    def with_annotators_fixed(self) -> "Interval":
        """The same, where annotators cannot be drawn.

        Raises
        ------
        StatisticsError
            If they are to be drawn.

        """
        if self.resample != ITEMS:
            raise StatisticsError(
                f"resample: {self.resample} is for the coefficients of measure only; leave it out here"
            )
        return self

    def kind_over(self, *, clusters: bool) -> str:
        """The kind of interval where clusters are drawn, or items."""
        return self.kind if self.kind != AUTO else "log_jackknife" if clusters else "percentile"


def check_seed(seed: int) -> None:
    """Refuse a seed below 0, which numpy does not take, by a StatisticsError."""
    if seed < 0:
        raise StatisticsError(f"seed: {seed} is below 0; any whole number from 0 will do")


def generator(seed: int, *names: object) -> np.random.Generator:
    """A stream of random numbers of its own for each thing that is resampled.

    It follows from the seed and the names (anything that JSON can write) alone, so that one more source
    or variable in a table does not change the digits of the others.
    """
    words = np.frombuffer(hashlib.sha256(json.dumps(names).encode()).digest(), dtype=np.uint32)
    return np.random.default_rng(np.random.SeedSequence([seed, *words.tolist()]))


def draw(n: IntArray, number: int, rng: np.random.Generator) -> FloatArray:
    """Draw as many units as there are, with replacement, ``number`` times: (number x P) units a pattern.

    ``n`` (P,) are the units of each pattern. Where the samples are drawn in portions, see
    :func:`drawing`.
    """
    return drawing(n, rng)(number)


def percentiles(values: FloatArray, confidence: float) -> tuple[float, float]:
    """The middle ``confidence`` of the values that are not NaN; (NaN, NaN) if there are none."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)


def t_quantile(probability: float, degrees: float) -> float:
    """The quantile of Student's t, for intervals from a standard error.

    >>> round(t_quantile(0.975, 10), 3)
    2.228
    """
    from scipy.special import stdtrit  # most intervals do not need it, and it takes its time to import

    return float(stdtrit(degrees, probability))


def wilson(share: float, n: float, confidence: float) -> tuple[float, float]:
    """Wilson's interval of a share of ``n``, which need not be whole; (NaN, NaN) of nothing.

    With everything right of few it stays wide, where a bootstrap would give no width at all (Wilson 1927,
    Journal of the American Statistical Association 22, pp. 209-212).

    >>> [round(limit, 4) for limit in wilson(1.0, 5, 0.95)]
    [0.5655, 1.0]
    """
    if not n > 0 or math.isnan(share):
        return float("nan"), float("nan")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


def drawing(n: IntArray, rng: np.random.Generator) -> Callable[[int], FloatArray]:
    """Prepare to draw as many units as there are, with replacement, from ``n`` (P,) units a pattern.

    What is returned takes a number of samples and gives units a pattern (samples x P): whole numbers, as
    floats, which is what they are multiplied as. It may be called again and again: in how many calls
    samples are drawn does not change them.
    """
    units = int(n.sum())
    if units <= _FEW * len(n):
        return lambda number: _one_by_one(n, number, rng)
    common = common_patterns(n)
    if common.all():
        return lambda number: rng.multinomial(units, n / units, size=number).astype(float)
    return _Halves(n, common, rng).draw


def _one_by_one(n: IntArray, number: int, rng: np.random.Generator) -> FloatArray:
    units = int(n.sum())
    owner = np.repeat(np.arange(len(n)), n)
    found = np.empty((number, len(n)))
    size = max(1, _AT_ONCE // max(1, units))
    for start in range(0, number, size):
        rows = found[start : start + size]
        drawn = owner[rng.integers(0, units, size=(len(rows), units))]
        drawn += np.arange(len(rows))[:, None] * len(n)
        rows[:] = np.bincount(drawn.ravel(), minlength=rows.size).reshape(rows.shape)
    return found


def common_patterns(n: IntArray) -> NDArray[np.bool_]:
    """Which patterns (P,) numpy is to draw: all, where tables do not pay.

    If these have a share q of the units, about sqrt(q) of the samples are kept.
    """
    order = np.argsort(-n, kind="stable")
    kept = np.sqrt(np.cumsum(n[order]) / n.sum())
    drawn = np.arange(1, len(n) + 1)
    rare = len(n) - drawn
    costs = drawn + (rare > 0) * _TABLES + rare * _LOOKED_UP / kept
    least = max(0, np.count_nonzero(n > _LARGEST) - 1)
    common = np.asarray(n == 0, dtype=np.bool_)
    common[order[: least + int(costs[least:].argmin()) + 1]] = True
    return common


class _Halves:
    """Samples whose rare patterns are drawn first, and whose common ones from what is left."""

    def __init__(self, n: IntArray, common: NDArray[np.bool_], rng: np.random.Generator) -> None:
        self._rng, self._units = rng, int(n.sum())
        self._common, left = np.flatnonzero(common), n[common].sum(keepdims=True)
        self._share = n[common] / left
        self._proposed = 1 + min(int(_KEPT * math.sqrt(self._units / left[0])), _CELLS // len(n))
        numbers, _, _, chance = _poisson(left)
        self._least, self._chance = numbers[0], np.append(chance, 0.0)  # the last is of all out of reach
        self._rare = np.flatnonzero(~common)
        self._table = _Tables(n[self._rare])
        self._waiting: FloatArray = np.empty((len(n), 0))

    def draw(self, number: int) -> FloatArray:
        """Draw so many samples (number x P); what is drawn beyond them waits for the next call."""
        found = np.empty((len(self._waiting), number))
        done = 0
        while done < number:
            if not self._waiting.size:
                self._waiting = self._batch()
            taken = self._waiting[:, : number - done]
            found[:, done : done + taken.shape[1]] = taken
            self._waiting = self._waiting[:, taken.shape[1] :]
            done += taken.shape[1]
        return found.T

    def _batch(self) -> FloatArray:
        """Propose some samples and keep some of them (P x samples)."""
        rare = self._table.draw(self._proposed, self._rng)
        left = self._units - rare.sum(axis=0, dtype=np.int64)
        chance = self._chance[np.clip(left - self._least, -1, len(self._chance) - 1)]
        kept = np.flatnonzero(self._rng.random(self._proposed) < chance)
        found = np.empty((len(self._waiting), len(kept)))
        found[self._rare] = rare[:, kept]
        found[self._common] = self._rng.multinomial(left[kept], self._share).T
        return found


class _Tables:
    """Poisson numbers from tables of 2^10 places a mean, each for a number or for the rest.

    A number of probability p has the whole part of ``2^10 p`` places. The fractions are the rest, from
    which is drawn by its distribution function. Marsaglia, Tsang & Wang (2004), Fast generation of discrete
    random variables, Journal of Statistical Software 11(3).
    """

    def __init__(self, mean: IntArray) -> None:
        means, self._of = np.unique(mean, return_inverse=True)  # patterns of a mean share a table
        self._numbers, table, start, chance = _poisson(means)
        places = chance * (2**_BITS / np.add.reduceat(chance, start))[table]
        whole = places.astype(np.int64)
        free = 2**_BITS - np.add.reduceat(whole, start)
        end = np.append(start[1:], len(table))
        numbers = np.insert(self._numbers, end, -1)
        self._place = np.repeat(numbers, np.insert(whole, end, free)).astype(np.int16)
        rest = np.cumsum(places - whole)
        before = np.append(0.0, rest[end[:-1] - 1])
        self._rest = (rest - before[table]) / (rest[end - 1] - before)[table] + table

    def draw(self, number: int, rng: np.random.Generator) -> NDArray[np.int16]:
        """Draw so many numbers of each pattern (P x number)."""
        random = rng.integers(0, 2**16, size=(len(self._of), number), dtype=np.uint16)
        found = self._place[(random >> (16 - _BITS)) + (self._of << _BITS)[:, None]].ravel()
        rest = np.flatnonzero(found < 0)
        place = self._of[rest // number] + rng.random(len(rest))
        found[rest] = self._numbers[np.searchsorted(self._rest, place)]
        return found.reshape(random.shape)


def _poisson(mean: IntArray) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """All numbers within reach of each mean (M,), one mean after the other, and their chances.

    Returns the numbers, the place of the mean that each belongs to, where each mean's numbers start (M,),
    and the chances in proportion to the largest of the mean, which is 1.
    """
    reach = _REACH * np.sqrt(mean) + _REACH
    least = np.maximum(0, mean - reach).astype(np.int64)
    size = (mean + reach).astype(np.int64) + 1 - least
    start = np.cumsum(size) - size
    of = np.repeat(np.arange(len(mean)), size)
    numbers = np.arange(len(of)) + (least - start)[of]
    steps = np.log(mean[of] / np.maximum(numbers, 1))
    steps[start] = 0.0
    logs = np.cumsum(steps)
    return numbers, of, start, np.exp(logs - np.maximum.reduceat(logs, start)[of])


BLOCK = 64  # samples that equal_blocks draws at a time
STRIP = 2**12  # units of them that are held together, as what they are multiplied with
_BELOW = 3.0  # standard deviations by which Poisson numbers are made to stay below the units that there are


def equal_blocks(units: int, rng: np.random.Generator) -> Iterator[NDArray[np.uint8]]:
    """Draw as many of many units as there are, with replacement: blocks (units x 64 samples), without end.

    Poisson numbers, of a mean a little below 1, are multinomial given their sum; as many further units are drawn one
    by one as are lacking, and in the one sample of a thousand that has too many some are taken away by a
    hypergeometric draw. So a sample is multinomial, exactly.
    """
    above, free, rest = _places(1 - _BELOW / math.sqrt(units))
    bits, odds, tops, cuts = rng.spawn(4)
    while True:
        found = np.empty((units, BLOCK), np.uint8)
        flat = found.reshape(-1)
        odd = []
        for start in range(0, units, STRIP):
            part = found[start : start + STRIP].reshape(-1)
            random = bits.integers(0, 2**64, size=part.size // 4, dtype=np.uint64).view("<u2")
            np.greater_equal(random, above[0], out=part.view(np.bool_))
            for least in above[1:]:
                part += (random >= least).view(np.uint8)
            odd.append(np.flatnonzero(random >= free) + start * BLOCK)
        places = np.concatenate(odd)
        flat[places] = np.searchsorted(rest, odds.random(len(places)), side="right")
        lacking = units - found.sum(axis=0, dtype=np.uint32).astype(np.int64)
        for sample in np.flatnonzero(lacking < 0):
            found[:, sample] = cuts.multivariate_hypergeometric(
                found[:, sample].astype(np.int64), units, method="marginals"
            )
        more = np.maximum(lacking, 0)
        drawn = tops.integers(0, units, size=int(more.sum())) * BLOCK
        np.add.at(flat, drawn + np.repeat(np.arange(BLOCK), more), np.uint8(1))  # of one type it is fast
        yield found


def _places(mean: float) -> tuple[NDArray[np.uint16], int, FloatArray]:
    """Where in 2^16 places Poisson numbers begin, from which place on none is given away, and the distribution of what is left."""
    numbers = np.arange(40)
    chance = np.exp(
        numbers * math.log(mean) - mean - np.array([math.lgamma(k + 1) for k in numbers.tolist()])
    )
    places = chance / chance.sum() * 2**16
    whole = places.astype(np.int64)
    ends, last = np.cumsum(whole), int(np.count_nonzero(whole))
    rest = np.cumsum(places - whole)
    return ends[: last - 1].astype(np.uint16), int(ends[-1]), rest / rest[-1]
