"""A model fitted to every variable, and what it says of each annotator and of itself, as tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.codebook.scale import Scale
from annotate.consensus._cautions import DAWID_SKENE, cautions
from annotate.consensus._models import MODELS, Expecting
from annotate.consensus._responses import Responses, responses
from annotate.consensus._votes import item_names, judged, members
from annotate.consensus.em import Climb, Start, best
from annotate.counts.judgements import Judgements
from annotate.errors import StatisticsError
from annotate.sampling import AUTO, FloatArray, IntArray, check_seed, generator
from annotate.study.ratings import decode_set

STARTS, TOLERANCE, MOST = 5, 1e-11, 10_000
KEEP = ("votes", "highest")
GLAD = "glad"
ABSENT, PRESENT = "absent", "present"
"""The categories of a member of a set: whether the set holds it."""


@dataclass(frozen=True, eq=False)
class Fit:
    """The model of one variable; of a variable that holds sets, of one member.

    ``member`` is None but for sets, whose categories are :data:`ABSENT` and :data:`PRESENT`.
    ``categories`` (K) are those that were used, ``annotators`` (A) and ``items`` (I) names, ``method`` the model's.
    ``clusters`` are the document of each item (I,) and the column that tells it; None where items are drawn.
    """

    method: str
    clusters: tuple[IntArray, str] | None
    variable: str
    member: str | None
    categories: tuple[str, ...]
    annotators: "pd.Index[Any]"
    items: "pd.Index[Any]"
    responses: Responses
    climb: Climb
    starts: tuple[Start, ...]
    cautions: tuple[str, ...]

    @cached_property
    def posterior(self) -> FloatArray:
        """The probability of each category being the true one (I x K); rows sum to 1."""
        return self.climb.expected.posterior.T[self.responses.pattern]

    @cached_property
    def n_ratings(self) -> IntArray:
        """Ratings of each item (I,), repeats among them."""
        return self.responses.n_answers[self.responses.pattern]

    @property
    def prevalence(self) -> FloatArray:
        """How frequent each category is (K,)."""
        return self.climb.parameters.prevalence

    @cached_property
    def counts(self) -> FloatArray:
        """Ratings by annotator, true category and answer (A x K x K), as the posteriors have it."""
        found = self.responses
        total = found.totals(found.n * self.climb.expected.posterior)
        return total.reshape(found.n_annotators, found.n_categories, -1).transpose(0, 2, 1)

    @cached_property
    def error_rates(self) -> FloatArray:
        """The probability of each answer, by annotator and true category (A x K x K).

        Of ``dawid-skene`` they are parameters, of other models shares of :attr:`counts`. NaN in the rows of a category of which the annotator met no item.
        """
        met = self.counts.sum(axis=2, keepdims=True)
        if self.method != DAWID_SKENE:  # they have none of their own
            nothing = np.full(self.counts.shape, np.nan)
            return np.asarray(np.divide(self.counts, met, out=nothing, where=met > _NOTHING), dtype=float)
        found = self.responses
        rates = self.climb.parameters.rates.reshape(found.n_annotators, found.n_categories, -1)
        return np.where(met > _NOTHING, rates.transpose(0, 2, 1), np.nan)

    @property
    def log_likelihood(self) -> float:
        """At the maximum that is kept; of ``mace`` the variational bound, of ``glad`` with the priors."""
        return self.climb.expected.log_likelihood

    @property
    def figures(self) -> dict[str, FloatArray]:
        """What the model says of each annotator (A,) besides: ``competence`` of mace, ``ability`` of glad."""
        return MODELS[self.method].figures(self.climb.parameters)

    @property
    def ease(self) -> FloatArray | None:
        """How easy each item is (I,), beta of ``glad``, 1 over its difficulty; None of other models."""
        if self.method != GLAD:
            return None
        return np.asarray(np.exp(self.climb.parameters.free[1])[self.responses.pattern], dtype=float)

    @property
    def n_parameters(self) -> int:
        """Free parameters of the model."""
        return MODELS[self.method].n_parameters(self.responses)


_NOTHING = 1e-9  # ratings; fewer are what rounding leaves of none


def fitted(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    method: str = DAWID_SKENE,
    variables: Sequence[str] | None = None,
    seed: int = 0,
    starts: int = STARTS,
    keep: str = "votes",
    tolerance: float = TOLERANCE,
    cluster: str | None = AUTO,
    expecting: bool = False,
) -> tuple[Fit, ...]:
    """Estimate what is true of each item together with how reliable each annotator is.

    Parameters
    ----------
    ratings, scales
        As of :func:`~annotate.agreement.measure`; the order of an ordinal variable is not needed. A column
        ``round`` tells an annotator's repeats apart; each is one more observation of that annotator.
    method
        The model: ``dawid-skene``, ``one-coin``, ``mace`` or ``glad``; see :mod:`annotate.consensus._models`.
    variables
        Those to look at; None for all.
    seed, starts
        How many climbs, and of the random starts of all but the first, which starts at the votes.
    keep
        ``votes`` for the maximum that is reached from the votes, as in the paper; ``highest`` for the
        highest that was reached, whose categories may mean something else.
    tolerance
        The gain in log-likelihood of a step, as a share of it, below which a climb ends.
    cluster
        What is drawn together when :func:`annotators` asks how sure the figures are; it changes nothing else.
    expecting
        Of ``dawid-skene``: expect annotators to be right rather than wrong before they have answered, so that a
        category that is hardly ever true is not made of single errors.

    Returns
    -------
    tuple of Fit
        One a variable, in the order of ``scales``; of a variable that holds sets, one a member that
        was chosen by somebody.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.agreement.measure` does; and if a variable is not in the table or a setting
        is out of range.

    """
    if method not in MODELS:
        raise StatisticsError(f"method: {method!r} is not known; there are {', '.join(MODELS)}")
    if keep not in KEEP:
        raise StatisticsError(f"keep: {keep!r} is not known; there are {', '.join(KEEP)}")
    if starts < 1:
        raise StatisticsError(f"starts: {starts} is below 1; one start is the least")
    if not tolerance >= 0:
        raise StatisticsError(f"tolerance: {tolerance} is below 0; 0 goes on until nothing is gained")
    check_seed(seed)
    if expecting and method != DAWID_SKENE:
        raise StatisticsError(f"expecting: only {DAWID_SKENE} has it, not {method}")
    model, found = Expecting() if expecting else MODELS[method], []
    for one in judged(ratings, scales=scales, variables=variables, cluster=cluster):
        clusters = _clusters(one)
        for member, names, chosen in _questions(one, scales[one.variable].categories):
            kept, coded = np.unique(chosen, return_inverse=True)
            answers = responses(
                one.unit, one.annotator, coded, n_annotators=len(one.annotators), n_categories=len(kept)
            )
            climbed, ends = best(
                model,
                answers,
                starts=starts if len(kept) > 1 else 1,
                keep=keep,
                rng=generator(seed, method, one.variable, member),
                tolerance=tolerance,
                most=MOST,
            )
            found.append(
                Fit(
                    method,
                    clusters,
                    one.variable,
                    member,
                    tuple(names[place] for place in kept),
                    one.annotators,
                    item_names(one),
                    answers,
                    climbed,
                    ends,
                    cautions(model, answers, climbed, ends),
                )
            )
    return tuple(found)


def _clusters(one: Judgements) -> tuple[IntArray, str] | None:
    """The document of each unit."""
    if one.cluster is None or one.clustered_by is None:
        return None
    found = np.zeros(int(one.unit.max()) + 1, dtype=np.int64)
    found[one.unit] = one.cluster
    return found, one.clustered_by


def _questions(
    one: Judgements, declared: Sequence[str]
) -> Iterator[tuple[str | None, tuple[str, ...], IntArray]]:
    """What is asked of the annotators: the category; of sets, for each member whether it is there."""
    asked = members(one, declared) if one.level == "set" else ()
    if not asked:  # or sets that are all empty
        yield None, one.categories, one.category
        return
    sets = [decode_set(name) for name in one.categories]
    for member in asked:
        holds = np.array([member in chosen for chosen in sets], dtype=np.int64)
        yield member, (ABSENT, PRESENT), holds[one.category]


def models(fits: Sequence[Fit]) -> pd.DataFrame:
    """Say how each model was fitted and whether it is to be believed.

    Returns
    -------
    DataFrame
        One row a fit: variable, member, n_items, n_annotators, n_ratings, n_categories, n_parameters,
        log_likelihood, iterations, converged, n_starts, n_agreeing (starts that ended at the maximum that
        is kept), highest (the log-likelihood of the start that got highest), n_differing (items that it
        decides otherwise), caution (keys of :data:`~annotate.consensus._cautions.MEANINGS`, joined by ``; ``,
        or None).

    """
    rows = [_model(fit) for fit in fits]
    text = dict.fromkeys(("member", "caution"), object)
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=text.get(name)) for name in rows[0]}
    )


def _model(fit: Fit) -> dict[str, object]:
    highest = max(fit.starts, key=lambda start: start.log_likelihood)
    return {
        "variable": fit.variable,
        "member": fit.member,
        "n_items": len(fit.items),
        "n_annotators": len(fit.annotators),
        "n_ratings": fit.responses.n_ratings,
        "n_categories": len(fit.categories),
        "n_parameters": fit.n_parameters,
        "log_likelihood": fit.log_likelihood,
        "iterations": fit.climb.iterations,
        "converged": fit.climb.converged,
        "n_starts": len(fit.starts),
        "n_agreeing": sum(start.agrees for start in fit.starts),
        "highest": highest.log_likelihood,
        "n_differing": highest.n_differing,
        "caution": "; ".join(fit.cautions) or None,
    }
