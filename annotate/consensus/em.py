"""The model of Dawid & Skene, and the way up to a maximum of its likelihood.

Dawid & Skene (1979), Maximum likelihood estimation of observer error-rates using the EM algorithm,
Applied Statistics 28, pp. 20-28: an item is of one true category; annotator j answers l to an item of
category k with probability pi_kl^(j), whatever the others answer and whatever j answered before.

Their steps are taken in pairs. Once they have become small, so that it is clear to which maximum they
lead, a leap is tried after each pair along the way that it points (SQUAREM, scheme S3 of Varadhan &
Roland 2008, Scandinavian Journal of Statistics 35, pp. 335-353). A leap that the likelihood would pay for
is not made, so it never falls.
"""

from dataclasses import dataclass

import numpy as np

from annotate.consensus._responses import Responses
from annotate.sampling import FloatArray

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
    return Parameters(weights.sum(axis=1) / found.n.sum(), _shares(found, found.totals(weights)))


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
        Steps of EM after which it ends in any case.
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
    return Parameters(leapt[0] / leapt[0].sum(), _shares(found, leapt[1]))


def _shares(found: Responses, counts: FloatArray) -> FloatArray:
    """Divide by the sum over an annotator's answers, for each true category."""
    of = counts.reshape(found.n_annotators, found.n_categories, found.n_categories)
    total = of.sum(axis=1, keepdims=True)
    rates = np.divide(of, total, out=np.zeros_like(of), where=total > 0)
    return np.asarray(rates.reshape(counts.shape), dtype=float)


def _log(probability: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(probability, _SMALLEST)), dtype=float)
