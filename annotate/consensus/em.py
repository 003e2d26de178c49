"""The model of Dawid & Skene: the way up to a maximum of its likelihood, taken from several places.

Dawid & Skene (1979), Maximum likelihood estimation of observer error-rates using the EM algorithm,
Applied Statistics 28, pp. 20-28: an item is of one true category; annotator j answers l to an item of
category k with probability pi_kl^(j), whatever the others answer and whatever j answered before.

Their steps are taken in pairs. Once they have become small, so that it is clear to which maximum they
lead, a leap is tried after each pair along the way that it points (SQUAREM, scheme S3 of Varadhan &
Roland 2008, Scandinavian Journal of Statistics 35, pp. 335-353). A leap that the likelihood would pay for
is not made, so it never falls.

The likelihood has many maxima, and it is the same if the categories change their names. So the first
climb starts where Dawid & Skene (1979, eq. 3.1) start, at the shares of the votes: its maximum is the one
whose categories are those that annotators meant. Each further climb trusts the annotators unequally, at
random, and so starts near the votes, but elsewhere. Where they end shows how much the data decide.
"""

from dataclasses import dataclass

import numpy as np

from annotate.consensus._responses import Responses
from annotate.sampling import FloatArray, IntArray

_SMALLEST = 1e-300  # below it a probability is 0; its logarithm, unlike that of 0, can be added up
_SHRUNK = 0.1  # a leap takes no probability below this share of what it was: from 0 there is no way back
_AT_ONCE = 2**13  # values held while posteriors are computed: more would be asked of the system each time
_SMALL = 3e-4  # a step moves posteriors by less: on 300 simulated tables all leaps then ended where EM does
CLOSE = 1e-3
"""A climb whose posteriors are within this of others, on average over items, is on its way to them."""


@dataclass(frozen=True, eq=False)
class Parameters:
    """What the model estimates: ``prevalence`` (K,) of the true categories, and ``rates``.

    ``rates`` (annotators * K x K): in the row of an annotator and an answer, the probability of that
    answer to an item of each true category. A column of an annotator who never met that category is 0.
    """

    prevalence: FloatArray
    rates: FloatArray


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


def expect(found: Responses, parameters: Parameters) -> Expected:
    """The posterior of every pattern, eq. 2.5 of the paper, and the log-likelihood, the log of eq. 2.7."""
    prior = _log(parameters.prevalence)
    rates = _log(parameters.rates)
    posterior = np.empty((found.n_categories, len(found.n)))
    log_likelihood = 0.0
    size = max(1, _AT_ONCE // found.n_categories)
    for start in range(0, len(found.n), size):
        scores = np.ascontiguousarray(found.sums(rates, start, start + size).T)
        scores += prior[:, None]
        top = scores.max(axis=0)
        scores -= top
        np.exp(scores, out=scores)
        total = scores.sum(axis=0)
        posterior[:, start : start + size] = scores / total
        log_likelihood += float(found.n[start : start + size] @ (np.log(total) + top))
    return Expected(posterior, log_likelihood)


def maximise(found: Responses, posterior: FloatArray) -> Parameters:
    """The parameters that are most likely given posteriors, eqs. 2.3 and 2.4 of the paper."""
    weights = found.n * posterior
    return Parameters(weights.sum(axis=1) / found.n.sum(), _divided(found, found.totals(weights)))


def distance(found: Responses, one: FloatArray, other: FloatArray) -> float:
    """How far posteriors are apart: the probability that they move, on average over items."""
    return float((np.abs(one - other) @ found.n).sum() / 2 / found.n.sum())


def climb(
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
    found
        The answers.
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
    here = maximise(found, posterior)
    now = expect(found, here)
    path, iterations = [now.log_likelihood], 0
    converged = small = False
    joined = known is not None and distance(found, now.posterior, known) < CLOSE
    while not converged and not joined and iterations < most:
        first = maximise(found, now.posterior)
        after = expect(found, first)
        second = maximise(found, after.posterior)
        iterations += 2
        gain = after.log_likelihood - now.log_likelihood
        converged = gain <= tolerance * max(1.0, abs(after.log_likelihood))
        if converged and gain <= 0:  # nothing is left but rounding
            break
        small = small or distance(found, now.posterior, after.posterior) < _SMALL
        leapt = _leap(found, here, first, second) if small else second
        there = expect(found, leapt)
        if there.log_likelihood < after.log_likelihood:
            leapt, there = second, expect(found, second)
            if there.log_likelihood < after.log_likelihood:
                leapt, there = first, after  # by rounding
        here, now = leapt, there
        path.append(now.log_likelihood)
        joined = known is not None and distance(found, now.posterior, known) < CLOSE
    return Climb(here, now, tuple(path), iterations, converged, joined)


def _leap(found: Responses, here: Parameters, first: Parameters, second: Parameters) -> Parameters:
    ways = [
        (one - zero, two - 2 * one + zero)
        for zero, one, two in (
            (here.prevalence, first.prevalence, second.prevalence),
            (here.rates, first.rates, second.rates),
        )
    ]
    step, bend = (sum(float(np.square(way[of]).sum()) for way in ways) ** 0.5 for of in (0, 1))
    far = max(1.0, step / bend) if bend > 0 else 1.0
    if far == 1.0:
        return second
    leapt = [
        np.maximum(zero + 2 * far * (way[0]) + far**2 * way[1], _SHRUNK * two)
        for zero, two, way in zip(
            (here.prevalence, here.rates), (second.prevalence, second.rates), ways, strict=True
        )
    ]
    return Parameters(leapt[0] / leapt[0].sum(), _divided(found, leapt[1]))


def _divided(found: Responses, counts: FloatArray) -> FloatArray:
    """Divide by the sum over an annotator's answers, for each true category."""
    of = counts.reshape(found.n_annotators, found.n_categories, found.n_categories)
    total = of.sum(axis=1, keepdims=True)
    rates = np.divide(of, total, out=np.zeros_like(of), where=total > 0)
    return np.asarray(rates.reshape(counts.shape), dtype=float)


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
    kept = climb(found, shares(found), tolerance=tolerance, most=most)
    ends = [(kept.expected.log_likelihood, _decided(kept), kept)]
    for _ in range(1, starts):
        trust = rng.exponential(size=found.n_annotators) + np.finfo(float).tiny
        known = kept.expected.posterior
        one = climb(found, shares(found, trust), tolerance=tolerance, most=most, known=known)
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
