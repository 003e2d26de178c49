"""The way up to a maximum of the likelihood of a model of annotators, taken from several places.

A :class:`Model` says how a true category makes answers: see :mod:`annotate.consensus._models`. What is the same for all
of them stands here: the posterior of each item, the steps of EM (Dempster, Laird & Rubin 1977, Journal of the Royal
Statistical Society B 39, pp. 1-38), and where they start.

Steps are taken in pairs. Once they have become small, so that it is clear to which maximum they
lead, a leap is tried after each pair along the way that it points (SQUAREM, scheme S3 of Varadhan &
Roland 2008, Scandinavian Journal of Statistics 35, pp. 335-353). A leap that the likelihood would pay for
is not made, so it never falls.

The likelihood has many maxima, and it is the same if the categories change their names. So the first
climb starts where Dawid & Skene (1979, eq. 3.1) start, at the shares of the votes: its maximum is the one
whose categories are those that annotators meant. Each further climb trusts the annotators unequally, at
random, and so starts near the votes, but elsewhere. Where they end shows how much the data decide.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from annotate.consensus._responses import Responses
from annotate.counts.kernels import one_thread
from annotate.sampling import FloatArray, IntArray

_SMALLEST = 1e-300  # below it a probability is 0; its logarithm, unlike that of 0, can be added up
_AT_ONCE = 2**13  # values held while posteriors are computed: more would be asked of the system each time
_SMALL = 3e-4  # a step moves posteriors by less: on 300 simulated tables all leaps then ended where EM does
CLOSE = 1e-3
"""A climb whose posteriors are within this of others, on average over items, is on its way to them."""


@dataclass(frozen=True, eq=False)
class Parameters:
    """What a model estimates: ``prevalence`` (K,) of the true categories, and ``rates``.

    ``rates`` (annotators * K x K): in the row of an annotator and an answer, the probability of that
    answer to an item of each true category. A column of an annotator who never met that category is 0. ``free`` are
    the arrays that a leap moves, ``bonus`` is what is added to the log-likelihood: the logarithm of a prior, say.
    """

    prevalence: FloatArray
    rates: FloatArray
    free: tuple[FloatArray, ...] = ()
    bonus: float = 0.0

    @cached_property
    def log_rates(self) -> FloatArray:
        """The logarithm of the rates, that of 0 a large negative number that can be added up."""
        return _log(self.rates)


class Model(Protocol):
    """How annotators come to their answers, and how that is estimated."""

    @property
    def name(self) -> str:
        """What the model is called on the command line."""

    def maximise(self, found: Responses, posterior: FloatArray, before: Parameters | None) -> Parameters:
        """Find parameters given posteriors (K x patterns), no worse than those ``before`` (None at the start)."""

    def moved(self, found: Responses, leapt: tuple[FloatArray, ...], second: Parameters) -> Parameters:
        """Take the free arrays to where a leap ends, or as far as they may go from the ``second`` step."""

    def scores(self, found: Responses, parameters: Parameters, start: int, end: int) -> FloatArray:
        """The log-likelihood of some patterns given each true category (patterns x K)."""

    def n_parameters(self, found: Responses) -> int:
        """How many numbers are estimated."""

    def figures(self, parameters: Parameters) -> dict[str, FloatArray]:
        """What else the model says of each annotator (A,), by name."""


@dataclass(frozen=True, eq=False)
class Expected:
    """The posteriors (K x patterns) and the log-likelihood of some parameters."""

    posterior: FloatArray
    log_likelihood: float


@dataclass(frozen=True, eq=False)
class Climb:
    """Where a climb ended.

    ``path`` holds the log-likelihood at the start and after every pair of steps; it never falls.
    ``iterations`` are steps of EM, leaps not counted; ``joined`` says that it ended at posteriors that
    were known.
    """

    parameters: Parameters
    expected: Expected
    path: tuple[float, ...]
    iterations: int
    converged: bool
    joined: bool = False


def expect(model: Model, found: Responses, parameters: Parameters) -> Expected:
    """The posterior of every pattern (Dawid & Skene 1979, eq. 2.5), and the log-likelihood (the log of eq. 2.7)."""
    prior = _log(parameters.prevalence)
    posterior = np.empty((found.n_categories, len(found.n)))
    log_likelihood = parameters.bonus
    size = max(1, _AT_ONCE // found.n_categories)
    for start in range(0, len(found.n), size):
        scores = np.ascontiguousarray(model.scores(found, parameters, start, start + size).T)
        scores += prior[:, None]
        top = scores.max(axis=0)
        scores -= top
        np.exp(scores, out=scores)
        total = scores.sum(axis=0)
        posterior[:, start : start + size] = scores / total
        log_likelihood += float(found.n[start : start + size] @ (np.log(total) + top))
    return Expected(posterior, log_likelihood)


def distance(found: Responses, one: FloatArray, other: FloatArray) -> float:
    """How far posteriors are apart: the probability that they move, on average over items."""
    return float((np.abs(one - other) @ found.n).sum() / 2 / found.n.sum())


def climb(
    model: Model,
    found: Responses,
    posterior: FloatArray,
    *,
    tolerance: float,
    most: int,
    known: FloatArray | None = None,
) -> Climb:
    """Go up from some posteriors until a step gains no more than ``tolerance``.

    Parameters
    ----------
    model, found
        What is fitted, and the answers.
    posterior
        Where to start (K x patterns).
    tolerance
        The gain in log-likelihood of one step of EM below which it ends, as a share of the
        log-likelihood (of 1 if that is nearer to 0).
    most
        The highest number of EM steps.
    known
        Posteriors (K x patterns) of a maximum that is known; it ends when it is :data:`CLOSE` to them.

    """
    with one_thread():
        return _climb(model, found, posterior, tolerance, most, known)


def _climb(
    model: Model,
    found: Responses,
    posterior: FloatArray,
    tolerance: float,
    most: int,
    known: FloatArray | None,
) -> Climb:
    here = model.maximise(found, posterior, None)
    now = expect(model, found, here)
    path, iterations = [now.log_likelihood], 0
    converged = small = False
    joined = known is not None and distance(found, now.posterior, known) < CLOSE
    while not converged and not joined and iterations < most:
        first = model.maximise(found, now.posterior, here)
        after = expect(model, found, first)
        second = model.maximise(found, after.posterior, first)
        iterations += 2
        gain = after.log_likelihood - now.log_likelihood
        converged = gain <= tolerance * max(1.0, abs(after.log_likelihood))
        if converged and gain <= 0:  # nothing is left but rounding
            break
        small = small or distance(found, now.posterior, after.posterior) < _SMALL
        leapt = _leap(model, found, here, first, second) if small else second
        there = expect(model, found, leapt)
        if there.log_likelihood < after.log_likelihood:
            leapt, there = second, expect(model, found, second)
            if there.log_likelihood < after.log_likelihood:
                leapt, there = first, after  # by rounding
        here, now = leapt, there
        path.append(now.log_likelihood)
        joined = known is not None and distance(found, now.posterior, known) < CLOSE
    return Climb(here, now, tuple(path), iterations, converged, joined)


def _leap(
    model: Model, found: Responses, here: Parameters, first: Parameters, second: Parameters
) -> Parameters:
    ways = [
        (one - zero, two - 2 * one + zero)
        for zero, one, two in zip(here.free, first.free, second.free, strict=True)
    ]
    step, bend = (sum(float(np.square(way[of]).sum()) for way in ways) ** 0.5 for of in (0, 1))
    far = max(1.0, step / bend) if bend > 0 else 1.0
    if far == 1.0:
        return second
    leapt = tuple(
        zero + 2 * far * way[0] + far**2 * way[1] for zero, way in zip(here.free, ways, strict=True)
    )
    return model.moved(found, leapt, second)


def _log(probability: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(probability, _SMALLEST)), dtype=float)


_HIGHER = 1e-7  # share of the log-likelihood by which a maximum must be higher to count as higher


@dataclass(frozen=True)
class Start:
    """Where one climb ended, seen from the maximum that is kept.

    ``agrees`` says that it ended there too, ``n_differing`` how many items it decides otherwise.
    """

    log_likelihood: float
    agrees: bool
    n_differing: int


def shares(found: Responses, trust: FloatArray | None = None) -> FloatArray:
    """The share of the votes of each category, weighed by the ``trust`` in each annotator (K x patterns)."""
    weight = np.ones(found.n_annotators) if trust is None else trust
    cells = np.asarray(np.kron(weight[:, None], np.eye(found.n_categories)), dtype=float)
    scores = found.sums(cells).T
    return np.ascontiguousarray(scores / scores.sum(axis=0))


def best(
    model: Model,
    found: Responses,
    *,
    starts: int,
    keep: str,
    rng: np.random.Generator,
    tolerance: float,
    most: int,
) -> tuple[Climb, tuple[Start, ...]]:
    """Climb from several starts.

    Returns
    -------
    tuple
        The climb that is kept (from the votes; or, if ``keep`` is "highest", the one that got highest),
        and what became of each start, the votes first.

    """
    kept = climb(model, found, shares(found), tolerance=tolerance, most=most)
    ends = [(kept.expected.log_likelihood, _decided(kept), kept)]
    for _ in range(1, starts):
        trust = rng.exponential(size=found.n_annotators) + np.finfo(float).tiny
        known = kept.expected.posterior
        one = climb(model, found, shares(found, trust), tolerance=tolerance, most=most, known=known)
        if keep == "highest" and not one.joined and _above(one, kept):
            kept = one
        ends.append((one.expected.log_likelihood, _decided(one), kept if one.joined else one))
    decided = _decided(kept)
    return kept, tuple(
        Start(reached, end is kept, int(found.n[choice != decided].sum())) for reached, choice, end in ends
    )


def _above(one: Climb, other: Climb) -> bool:
    reached, before = one.expected.log_likelihood, other.expected.log_likelihood
    return reached > before + _HIGHER * max(1.0, abs(before))


def rivals(starts: tuple[Start, ...], log_likelihood: float) -> tuple[Start, ...]:
    """The starts that ended elsewhere, and as high as the maximum that is kept or higher."""
    near = log_likelihood - _HIGHER * max(1.0, abs(log_likelihood))
    return tuple(start for start in starts if not start.agrees and start.log_likelihood >= near)


def _decided(one: Climb) -> IntArray:
    return np.asarray(one.expected.posterior.argmax(axis=0), dtype=np.int64)
