"""Gamma: agreement on where units are and what they are called, by the best alignment of all annotators' units.

Mathet, Widlöcher & Métivier (2015), The unified and holistic method gamma for inter-annotator agreement measure and
alignment, Computational Linguistics 41, pp. 437-479. A unitary alignment holds a unit, or none, of each annotator; its
disorder is the mean dissimilarity over the pairs of annotators, ``delta`` for a pair in which a unit is lacking. An alignment
puts every unit into one unitary alignment; its disorder is the sum of theirs over the mean number of units of an annotator.
The best alignment has the least. Gamma is ``1 - disorder / expected``, the expected disorder being the mean of that of
random continua.

The best alignment is a set partition, solved exactly by HiGHS (``scipy.optimize.milp``), of two annotators as an
assignment. A unitary alignment takes part only where none of its units would be better off alone, so candidates are few
where marks are far apart; more than :data:`MOST_CANDIDATES` are refused.

Random continua are those of the paper (section 5.2): each annotator gets the units of one drawn at random, moved round the
continuum by a random distance, and these distances differ by half the mean length of a unit at least. As there, 30 are drawn
first, and more until the expected disorder is known to 2 % with 95 % confidence, or as many as are allowed.

Several passages: those with the same annotators are put end to end, and make one continuum.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from scipy import sparse

from annotate.agreement.spans.marks import MarkedPassage
from annotate.sampling import FloatArray, IntArray

MOST_CANDIDATES = 300_000
FIRST_SAMPLES = 30
PRECISION = 0.02
_Z = 1.96

TOO_MANY = f"more than {MOST_CANDIDATES:,} alignments would have to be looked at; measure fewer passages, or one label"
NOTHING_EXPECTED = "the expected disorder is 0"


class TooManyError(Exception):
    """There are more candidates than are looked at."""


@dataclass(frozen=True, eq=False)
class Continuum:
    """The units of n annotators over one stretch from ``low`` to ``high``.

    ``annotator`` (U,) is the number of who made a unit, ``spans`` (U x 2) are start and end, ``label`` (U,) is what it is
    called.
    """

    annotators: int
    low: float
    high: float
    annotator: IntArray
    spans: FloatArray
    label: IntArray


@dataclass(frozen=True)
class Weighing:
    """How much position (alpha) and label (beta) count, and what the lack of a unit costs (delta)."""

    alpha: float = 1.0
    beta: float = 1.0
    delta: float = 1.0

    def between(self, one: Continuum, first: IntArray, other: Continuum, second: IntArray) -> FloatArray:
        """The dissimilarity of each two units, by their places (n,).

        Of position it is ``((|start - start'| + |end - end'|) / (length + length'))^2 delta``, of label ``delta`` unless
        it is the same (sections 4.3 f.).
        """
        a, b = one.spans[first], other.spans[second]
        apart = np.abs(a - b).sum(axis=1) / ((a[:, 1] - a[:, 0]) + (b[:, 1] - b[:, 0]))
        called = (one.label[first] != other.label[second]).astype(float)
        return np.asarray(self.delta * (self.alpha * apart**2 + self.beta * called), dtype=float)


def disorder(continuum: Continuum, weighing: Weighing = Weighing()) -> float:
    """The disorder of the best alignment; 0 without units.

    Raises
    ------
    TooManyError
        If there are too many candidates.

    """
    size = len(continuum.annotator)
    if not size:
        return 0.0
    mean = size / continuum.annotators
    pairs = continuum.annotators * (continuum.annotators - 1) // 2
    units, costs = _candidates(continuum, weighing, pairs)
    if not units:
        return size * weighing.delta / mean
    from scipy.optimize import Bounds, LinearConstraint, milp

    # What a candidate saves over its units alone; the units of what is chosen are apart.
    saved = np.array([len(one) for one in units]) * weighing.delta - np.array(costs)
    column = np.repeat(np.arange(len(units)), [len(one) for one in units])
    held = sparse.csr_array((np.ones(len(column)), (np.concatenate(units), column)), shape=(size, len(units)))
    found = milp(
        -saved,
        constraints=LinearConstraint(held, -np.inf, 1.0),
        integrality=np.ones(len(units)),
        bounds=Bounds(0.0, 1.0),
        options={"mip_rel_gap": 0.0},
    )
    return (size * weighing.delta + float(found.fun)) / mean


def _candidates(continuum: Continuum, weighing: Weighing, pairs: int) -> tuple[list[list[int]], list[float]]:
    """Unitary alignments of two units or more that may take part in the best one, and their disorders.

    To take a unit out of one with k units saves ``sum d(u, v)`` over the others and costs ``(pairs + k - 1) delta``, in
    units of one pair. So no unit of a candidate is as far as that from the others together.
    """
    n, delta = continuum.annotators, weighing.delta
    first, second, apart = _near(continuum, weighing, (pairs + n - 1) * delta)
    near: dict[int, dict[int, float]] = {}
    for one, other, far in zip(first.tolist(), second.tolist(), apart.tolist(), strict=True):
        near.setdefault(one, {})[other] = far
    units: list[list[int]] = []
    costs: list[float] = []

    def grow(chosen: list[int], sums: list[float], total: float, reach: dict[int, list[float]]) -> None:
        k = len(chosen)
        if k > 1 and max(sums) < (pairs + k - 1) * delta:
            units.append(chosen)
            costs.append((total + (pairs - k * (k - 1) // 2) * delta) / pairs)
            if len(units) > MOST_CANDIDATES:
                raise TooManyError
        for unit, far in reach.items():
            added = sum(far)
            if added >= (pairs + n - 1) * delta:
                continue
            theirs = near.get(unit, {})
            left = {
                other: [*reach[other], theirs[other]]
                for other in reach
                if other in theirs and continuum.annotator[other] > continuum.annotator[unit]
            }
            grow(
                [*chosen, unit],
                [*(one + two for one, two in zip(sums, far, strict=True)), added],
                total + added,
                left,
            )

    for unit in range(len(continuum.annotator)):
        grow([unit], [0.0], 0.0, {other: [far] for other, far in near.get(unit, {}).items()})
    return units, costs


def _near(continuum: Continuum, weighing: Weighing, most: float) -> tuple[IntArray, IntArray, FloatArray]:
    """Every two units of different annotators, the lower number first, that are less than ``most`` apart."""
    order = np.argsort(continuum.spans[:, 0], kind="stable")
    starts = continuum.spans[order, 0]
    lengths = continuum.spans[order, 1] - starts
    # |start - start'| alone is at most sqrt(most / alpha) times both lengths.
    reach = math.sqrt(most / (weighing.delta * weighing.alpha)) if weighing.alpha else math.inf
    ends = np.searchsorted(starts, starts + reach * (lengths + lengths.max(initial=0.0)), side="right")
    number = np.maximum(ends - np.arange(len(starts)) - 1, 0)
    if int(number.sum()) > 20 * MOST_CANDIDATES:
        raise TooManyError
    one = np.repeat(np.arange(len(starts)), number)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(number) - number, number)
    one, other = order[one], order[other]
    swap = continuum.annotator[one] > continuum.annotator[other]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    differ = continuum.annotator[one] != continuum.annotator[other]
    one, other = one[differ], other[differ]
    apart = weighing.between(continuum, one, continuum, other)
    close = apart < most
    return one[close], other[close], apart[close]


def shuffled(continuum: Continuum, rng: np.random.Generator) -> Continuum:
    """A random continuum: each annotator gets the units of one drawn at random, moved round by a random distance."""
    whole = continuum.high - continuum.low
    lengths = continuum.spans[:, 1] - continuum.spans[:, 0]
    least = float(lengths.mean()) / 2 if len(lengths) else 0.0
    pivots: list[float] = []
    parts: list[tuple[IntArray, FloatArray, IntArray]] = []
    for number in range(continuum.annotators):
        pivot = float(rng.random()) * whole
        for _ in range(100):  # where there is no room for another, it may be anywhere
            if all(abs(pivot - one) >= least for one in pivots):
                break
            pivot = float(rng.random()) * whole
        pivots.append(pivot)
        taken = np.flatnonzero(continuum.annotator == rng.integers(continuum.annotators))
        start = continuum.low + (continuum.spans[taken, 0] - continuum.low + pivot) % (whole or 1.0)
        spans = np.column_stack([start, start + lengths[taken]])
        parts.append((np.full(len(taken), number), spans, continuum.label[taken]))
    who, spans, label = (np.concatenate([part[place] for part in parts]) for place in range(3))
    return Continuum(continuum.annotators, continuum.low, continuum.high, who, spans, label)


def continua(passages: Sequence[MarkedPassage], labels: Sequence[str]) -> list[Continuum]:
    """The passages of the same annotators end to end, in characters; only units with one of the labels."""
    found = []
    for people, together in groupby(
        sorted(passages, key=lambda one: one.annotators), key=lambda one: one.annotators
    ):
        who: list[int] = []
        spans: list[tuple[int, int]] = []
        called: list[int] = []
        place = 0
        for passage in together:
            for number, label in enumerate(labels):
                for person, units in enumerate(passage.distinct(label)):
                    who += [person] * len(units)
                    spans += [(place + start, place + end) for start, end in units.tolist()]
                    called += [number] * len(units)
            place += len(passage.text)
        found.append(
            Continuum(
                len(people),
                0.0,
                float(place),
                np.array(who, dtype=np.int64),
                np.array(spans, dtype=float).reshape(-1, 2),
                np.array(called, dtype=np.int64),
            )
        )
    return found


@dataclass(frozen=True)
class Gamma:
    """Gamma of some continua: ``value`` is ``1 - disorder / expected``, from ``samples`` random ones of each."""

    value: float
    disorder: float
    expected: float
    samples: int
    undefined: str | None = None


def gamma(
    several: Sequence[Continuum],
    rng: np.random.Generator,
    *,
    most_samples: int = 300,
    weighing: Weighing = Weighing(),
) -> Gamma:
    """Compute gamma; the disorders of several continua weigh as many units as these have.

    ``most_samples`` is how many random continua are drawn at most; with 0 there is no value.
    """
    nan = math.nan
    marked = [one for one in several if len(one.annotator)]
    units = sum(len(one.annotator) for one in marked)
    if not units:
        return Gamma(nan, nan, nan, 0, "no annotator marked anything")
    try:
        observed = _together(marked, units, weighing)
        drawn = list(_draws(marked, units, rng, most_samples, weighing))
    except TooManyError:
        return Gamma(nan, nan, nan, 0, TOO_MANY)
    expected = float(np.mean(drawn)) if drawn else nan
    if not drawn:
        return Gamma(nan, observed, nan, 0, "no random continuum was asked for")
    if expected <= 0:
        return Gamma(nan, observed, expected, len(drawn), NOTHING_EXPECTED)
    return Gamma(1 - observed / expected, observed, expected, len(drawn))


def _together(several: Sequence[Continuum], units: int, weighing: Weighing) -> float:
    """The mean disorder over continua, weighed by their units."""
    return sum(disorder(one, weighing) * len(one.annotator) for one in several) / units


def _draws(
    several: Sequence[Continuum], units: int, rng: np.random.Generator, most: int, weighing: Weighing
) -> Iterator[float]:
    """Disorders of random continua, until their mean is known well enough."""
    found: list[float] = []
    needed = min(FIRST_SAMPLES, most)
    while len(found) < needed:
        found.append(_together([shuffled(one, rng) for one in several], units, weighing))
        yield found[-1]
        if len(found) == FIRST_SAMPLES and np.mean(found) > 0:
            spread = float(np.std(found, ddof=1) / np.mean(found))
            needed = min(most, max(FIRST_SAMPLES, math.ceil((spread * _Z / PRECISION) ** 2)))
