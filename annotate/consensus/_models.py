"""Four models of how annotators come to their answers, each as :mod:`annotate.consensus.em` climbs them.

In all of them an item is of one true category, and annotators answer each by themselves.

- :class:`DawidSkene`: annotator j answers l to an item of category k with probability pi_kl^(j). Dawid & Skene (1979),
  Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied Statistics 28, pp. 20-28.
- :class:`OneCoin`: annotator j is right with one probability, whatever the category, and errs evenly. Its frequencies of
  categories are estimated too. Zhang, Chen, Zhou & Jordan (2016), Spectral methods meet EM, JMLR 17 (102), section 2.
- :class:`Mace`: annotator j knows the category, or guesses by a habit of their own. Hovy, Berg-Kirkpatrick, Vaswani & Hovy
  (2013), Learning whom to trust with MACE, NAACL, pp. 1120-1130; fitted by variational Bayes with their priors.
- :class:`Glad`: annotator j is right with probability sigma(alpha_j beta_i), by their ability and the ease of the item.
  Whitehill, Ruvolo, Wu, Bergsma & Movellan (2009), Whose vote should count more, NIPS 22, pp. 2035-2043.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from annotate.consensus._responses import Responses
from annotate.consensus.em import Model, Parameters, expect
from annotate.sampling import FloatArray

_SHRUNK = 0.1  # a leap takes no probability below this share of what it was: from 0 there is no way back
_RIGHT, _WRONG = 8.0, 2.0  # answers that are expected of each annotator to each category
_KNOWING, _HABIT = (
    0.5,
    10.0,
)  # of Beta and Dirichlet, as Hovy et al. (2013, section 3.1) and their program have them
_ABILITY = _EASE = (
    1.0  # means of normal priors, with variance 1: Whitehill et al. (2009, section 2.4) and their program
)
_ROUNDS, _CLOSE, _FLAT = 200, 1e-13, 1e-7  # of the search within a step of GLAD: steps, gain, slope


class DawidSkene:
    """Error rates of their own for each annotator and category; nothing is smoothed."""

    name = "dawid-skene"

    def maximise(self, found: Responses, posterior: FloatArray, _: Parameters | None) -> Parameters:
        """The parameters that are most likely given posteriors, eqs. 2.3 and 2.4 of the paper."""
        weights = found.n * posterior
        return self._of(weights.sum(axis=1) / found.n.sum(), found.totals(weights), found)

    def moved(self, found: Responses, leapt: tuple[FloatArray, ...], second: Parameters) -> Parameters:
        """Bring the leap back to probabilities."""
        prevalence, rates = (np.maximum(*both) for both in _least(leapt, second))
        return self._of(prevalence / prevalence.sum(), rates, found)

    def scores(self, found: Responses, parameters: Parameters, start: int, end: int) -> FloatArray:
        """Sum the logarithms of the rates."""
        return found.sums(parameters.log_rates, start, end)

    def n_parameters(self, found: Responses) -> int:
        """Frequencies of the categories, and the error rates of every annotator."""
        size = found.n_categories
        return (size - 1) + found.n_annotators * size * (size - 1)

    def figures(self, _: Parameters) -> dict[str, FloatArray]:
        """Nothing but the error rates."""
        return {}

    @staticmethod
    def _of(prevalence: FloatArray, counts: FloatArray, found: Responses) -> Parameters:
        """Divide by the sum over an annotator's answers, for each true category."""
        of = counts.reshape(found.n_annotators, found.n_categories, found.n_categories)
        total = of.sum(axis=1, keepdims=True)
        rates = np.divide(of, total, out=np.zeros_like(of), where=total > 0).reshape(counts.shape)
        return Parameters(prevalence, rates, (prevalence, rates))


class Expecting(DawidSkene):
    """Dawid & Skene's model, of annotators who are expected to be right before they have answered anything.

    A category of which hardly an item is true has error rates that rest on nothing, and may be filled with items on which a
    single annotator erred. So each annotator starts with :data:`_RIGHT` right answers to each category, and as many wrong ones
    as make up :data:`_WRONG` of all others together, and each category with one item, so that of few items none is certain:
    Dirichlet priors, whose logarithm is climbed with the likelihood.
    """

    def maximise(self, found: Responses, posterior: FloatArray, _: Parameters | None) -> Parameters:
        """The parameters that are most likely given posteriors and priors."""
        weights = found.n * posterior
        counts = found.totals(weights) + self._before(found)
        prevalence = (weights.sum(axis=1) + 1) / (found.n.sum() + found.n_categories)
        return self._expected(self._of(prevalence, counts, found), found)

    def moved(self, found: Responses, leapt: tuple[FloatArray, ...], second: Parameters) -> Parameters:
        """Bring the leap back to probabilities."""
        return self._expected(super().moved(found, leapt, second), found)

    def _expected(self, reached: Parameters, found: Responses) -> Parameters:
        bonus = (self._before(found) * reached.log_rates).sum() + np.log(reached.prevalence).sum()
        return replace(reached, bonus=float(bonus))

    @staticmethod
    def _before(found: Responses) -> FloatArray:
        size = found.n_categories
        own = np.eye(size)
        before = _RIGHT * own + (1 - own) * _WRONG / max(size - 1, 1)
        return np.asarray(np.tile(before, (found.n_annotators, 1)), dtype=float)


class OneCoin(DawidSkene):
    """One accuracy an annotator, errors spread evenly over the other categories."""

    name = "one-coin"

    def maximise(self, found: Responses, posterior: FloatArray, _: Parameters | None) -> Parameters:
        """The share of an annotator's answers that are right."""
        weights = found.n * posterior
        answers = _by_answer(found, found.totals(weights))
        right = np.trace(answers, axis1=1, axis2=2) / np.maximum(answers.sum(axis=(1, 2)), _NONE)
        return self._by_accuracy(weights.sum(axis=1) / found.n.sum(), right)

    def moved(self, _: Responses, leapt: tuple[FloatArray, ...], second: Parameters) -> Parameters:
        """Bring the leap back to probabilities."""
        (prevalence, least), (right, low) = _least(leapt, second)
        prevalence = np.maximum(prevalence, least)
        high = 1 - _SHRUNK * (1 - second.free[1])
        return self._by_accuracy(prevalence / prevalence.sum(), np.clip(right, low, high))

    def n_parameters(self, found: Responses) -> int:
        """Frequencies of the categories, and an accuracy for every annotator."""
        return found.n_categories - 1 + found.n_annotators

    @staticmethod
    def _by_accuracy(prevalence: FloatArray, right: FloatArray) -> Parameters:
        size = len(prevalence)
        own, wrong = np.eye(size), (1 - right) / max(size - 1, 1)
        rates = right[:, None, None] * own + wrong[:, None, None] * (1 - own)
        return Parameters(prevalence, rates.reshape(-1, size), (prevalence, right))


class Mace(DawidSkene):
    """Annotators who know, or guess by habit; all categories are as frequent as each other, as the authors have it.

    ``free`` are the posterior counts of knowing and guessing (A x 2) and of each guess (A x K), priors among them; what is
    climbed is the variational bound on the log-likelihood.
    """

    name = "mace"

    def maximise(self, found: Responses, posterior: FloatArray, before: Parameters | None) -> Parameters:
        """Share the right answers out to knowing and to guessing."""
        answers = _by_answer(found, found.totals(found.n * posterior))
        total = answers.sum(axis=2)
        if before is None:
            knows = np.full_like(total, 0.5 / (0.5 + 0.5 / found.n_categories))
        else:
            knows = _knows(*before.free)
        known = np.einsum("akk->ak", answers) * knows
        guessed = total - known
        both = np.column_stack([known.sum(axis=1), guessed.sum(axis=1)])
        return self._of_counts(both + _KNOWING, guessed + _HABIT)

    def moved(self, _: Responses, leapt: tuple[FloatArray, ...], second: Parameters) -> Parameters:
        """Keep the counts above nothing."""
        both, guessed = (np.maximum(*one) for one in _least(leapt, second))
        return self._of_counts(both, guessed)

    def n_parameters(self, found: Responses) -> int:
        """For every annotator how often they know, and their habit."""
        return found.n_annotators * found.n_categories

    def figures(self, parameters: Parameters) -> dict[str, FloatArray]:
        """How often each annotator knows: the mean of the posterior."""
        both = parameters.free[0]
        return {"competence": both[:, 0] / both.sum(axis=1)}

    @staticmethod
    def _of_counts(both: FloatArray, guessed: FloatArray) -> Parameters:
        size = guessed.shape[1]
        chance, habit = _expected(both), _expected(guessed)
        rates = chance[:, 1, None, None] * habit[:, :, None] + chance[:, 0, None, None] * np.eye(size)
        bonus = -_apart(both, _KNOWING) - _apart(guessed, _HABIT)
        return Parameters(np.full(size, 1 / size), rates.reshape(-1, size), (both, guessed), bonus)


class Glad:
    """Annotators of different ability, items of different ease; categories are as frequent as each other.

    ``free`` are the abilities (A,) and the logarithms of the ease of each pattern; what is climbed is the posterior density.
    Items with the same answers are as easy as each other, so that patterns do here too.
    """

    name = "glad"

    def maximise(self, found: Responses, posterior: FloatArray, before: Parameters | None) -> Parameters:
        """Search for abilities and ease: given the posteriors at the start, and then on the whole likelihood at once.

        The slope is the same (that of the expectation, Fisher's identity), and it takes far fewer steps.
        """
        from scipy.optimize import minimize

        item, cell = found.answers
        who, answer = np.divmod(cell, found.n_categories)
        n, people = found.n.astype(float), found.n_annotators
        weight, certain = n[item], posterior[answer, item]
        first = (np.full(people, _ABILITY), np.full(len(n), _EASE)) if before is None else before.free

        def downhill(free: FloatArray) -> tuple[float, FloatArray]:
            here = self._of(found, free[:people], free[people:])
            ability, ease = here.free
            factor = np.exp(np.minimum(ease, _MOST_EASE))
            x = ability[who] * factor[item]
            if before is None:
                right, height = certain, float(weight @ (certain * x - np.logaddexp(0, x))) + here.bonus
            else:
                now = expect(self, found, here)
                right, height = now.posterior[answer, item], now.log_likelihood
            slope = weight * (right - 1 / (1 + np.exp(-np.clip(x, -700, 700))))
            by_ability = np.bincount(who, slope * factor[item], people) - (ability - _ABILITY)
            by_ease = np.bincount(item, slope * x, len(n)) - n * (ease - _EASE)
            return -height, -np.concatenate([by_ability, by_ease])

        settings = {"maxiter": _ROUNDS, "ftol": _CLOSE, "gtol": _FLAT}
        end = minimize(downhill, np.concatenate(first), jac=True, method="L-BFGS-B", options=settings).x
        return self._of(found, end[:people], end[people:])

    def moved(self, found: Responses, leapt: tuple[FloatArray, ...], _: Parameters) -> Parameters:
        """Any ability and ease will do."""
        return self._of(found, *leapt)

    def scores(self, found: Responses, parameters: Parameters, start: int, end: int) -> FloatArray:
        """Sum over answers: right with the sigmoid of ability times ease, wrong evenly."""
        size = found.n_categories
        ability, ease = parameters.free
        end = min(end, len(found.n))
        total = np.zeros((end - start, size))
        spread = math.log(max(size - 1, 1))
        for cells in found.cells:
            here = cells[start:end]
            if not len(here):
                break
            who, answer = np.divmod(here, size)
            x = ability[who] * np.exp(np.minimum(ease[start : start + len(here)], _MOST_EASE))
            total[: len(here)] -= (np.logaddexp(0, x) + spread)[:, None]
            total[np.arange(len(here)), answer] += x + spread
        return total

    def n_parameters(self, found: Responses) -> int:
        """An ability for every annotator, and the ease of every item."""
        return found.n_annotators + int(found.n.sum())

    def figures(self, parameters: Parameters) -> dict[str, FloatArray]:
        """The ability of each annotator: 0 is guessing between two categories, below it is misleading."""
        return {"ability": parameters.free[0]}

    @staticmethod
    def _of(found: Responses, ability: FloatArray, ease: FloatArray) -> Parameters:
        size = found.n_categories
        bonus = -float(((ability - _ABILITY) ** 2).sum() + found.n @ (ease - _EASE) ** 2) / 2
        return Parameters(np.full(size, 1 / size), np.empty((0, size)), (ability, ease), bonus)


_NONE = 1e-12  # answers, of an annotator who has none
_MOST_EASE = 50.0  # e^50 times any ability is certain

MODELS: Mapping[str, Model] = {one.name: one for one in (DawidSkene(), OneCoin(), Mace(), Glad())}


def _least(leapt: tuple[FloatArray, ...], second: Parameters) -> list[tuple[FloatArray, FloatArray]]:
    """What a leap comes to, and the least that it may be."""
    return [(one, _SHRUNK * two) for one, two in zip(leapt, second.free, strict=True)]


def _by_answer(found: Responses, totals: FloatArray) -> FloatArray:
    """The answers of each annotator, by answer and true category (A x K x K)."""
    return totals.reshape(found.n_annotators, found.n_categories, found.n_categories)


def _expected(counts: FloatArray) -> FloatArray:
    """``exp(E[log p])`` of each row of a Dirichlet distribution."""
    from scipy.special import digamma

    return np.asarray(np.exp(digamma(counts) - digamma(counts.sum(axis=1, keepdims=True))), dtype=float)


def _knows(both: FloatArray, guessed: FloatArray) -> FloatArray:
    """How likely a right answer is to be known (A x K), not guessed."""
    chance = _expected(both)
    known = chance[:, :1]
    return np.asarray(known / (known + chance[:, 1:] * _expected(guessed)), dtype=float)


def _apart(counts: FloatArray, prior: float) -> float:
    """The divergence of Dirichlet distributions, one a row, from the prior with all parameters alike."""
    from scipy.special import digamma, gammaln

    total, size = counts.sum(axis=1, keepdims=True), counts.shape[1]
    logs = gammaln(total[:, 0]) - gammaln(counts).sum(axis=1) - gammaln(size * prior) + size * gammaln(prior)
    return float((logs + ((counts - prior) * (digamma(counts) - digamma(total))).sum(axis=1)).sum())
