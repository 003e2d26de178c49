"""The model of Dawid & Skene, fitted to every variable of a table of ratings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from annotate.consensus._cautions import cautions, n_parameters
from annotate.consensus._responses import Responses, responses
from annotate.consensus.em import Climb
from annotate.consensus.judged import item_names, judged, members
from annotate.consensus.starts import Start, best
from annotate.counts.judgements import Judgements
from annotate.errors import StatisticsError
from annotate.sampling import FloatArray, IntArray, generator
from annotate.study.ratings import decode_set

if TYPE_CHECKING:
    from annotate.codebook.read import Level

STARTS, TOLERANCE, MOST = 5, 1e-11, 10_000
KEEP = ("votes", "highest")
ABSENT, PRESENT = "absent", "present"
"""The categories of a member of a set: whether the set holds it."""


@dataclass(frozen=True, eq=False)
class Fit:
    """The model of one variable; of a variable that holds sets, of one member.

    ``member`` is None but for sets, whose categories are :data:`ABSENT` and :data:`PRESENT`.
    ``categories`` (K) are those that were used, ``annotators`` (A) and ``items`` (I) names.
    """

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

        NaN in the rows of a category of which the annotator met no item.
        """
        found = self.responses
        rates = self.climb.parameters.rates.reshape(found.n_annotators, found.n_categories, -1)
        met = self.counts.sum(axis=2, keepdims=True) > _NOTHING
        return np.where(met, rates.transpose(0, 2, 1), np.nan)

    @property
    def log_likelihood(self) -> float:
        """At the maximum that is kept."""
        return self.climb.expected.log_likelihood

    @property
    def n_parameters(self) -> int:
        """Free parameters of the model."""
        return n_parameters(self.responses)


_NOTHING = 1e-9  # ratings; fewer are what rounding leaves of none


def dawid_skene(
    ratings: pd.DataFrame,
    *,
    level: Mapping[str, "Level"],
    categories: Mapping[str, Sequence[str]] | None = None,
    variables: Sequence[str] | None = None,
    seed: int = 0,
    starts: int = STARTS,
    keep: str = "votes",
    tolerance: float = TOLERANCE,
) -> tuple[Fit, ...]:
    """Estimate what is true of each item together with the error rates of each annotator.

    Parameters
    ----------
    ratings, level, categories
        As of :func:`~annotate.agreement.measure`; the order of an ordinal variable is not needed. A column
        ``round`` tells an annotator's repeats apart; each is one more observation of that annotator.
    variables
        Those to look at; None for all.
    seed, starts
        How many climbs, and of the random starts of all but the first, which starts at the votes.
    keep
        ``votes`` for the maximum that is reached from the votes, as in the paper; ``highest`` for the
        highest that was reached, whose categories may mean something else.
    tolerance
        The gain in log-likelihood of a step, as a share of it, below which a climb ends.

    Returns
    -------
    tuple of Fit
        One a variable, in the order of ``level``; of a variable that holds sets, one a member that
        was chosen by somebody.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.agreement.measure` does; and if a variable is not in the table or a setting
        is out of range.

    """
    if keep not in KEEP:
        raise StatisticsError(f"keep: {keep!r} is not known; there are {', '.join(KEEP)}")
    if starts < 1:
        raise StatisticsError(f"starts: {starts} is below 1; one start is the least")
    if not tolerance >= 0:
        raise StatisticsError(f"tolerance: {tolerance} is below 0; 0 goes on until nothing is gained")
    if seed < 0:
        raise StatisticsError(f"seed: {seed} is below 0; any whole number from 0 will do")
    found = []
    for one in judged(ratings, level=level, categories=categories, variables=variables):
        for member, names, chosen in _questions(one, (categories or {}).get(one.variable) or ()):
            kept, coded = np.unique(chosen, return_inverse=True)
            answers = responses(
                one.unit, one.annotator, coded, n_annotators=len(one.annotators), n_categories=len(kept)
            )
            climbed, ends = best(
                answers,
                starts=starts if len(kept) > 1 else 1,
                keep=keep,
                rng=generator(seed, "dawid-skene", one.variable, member),
                tolerance=tolerance,
                most=MOST,
            )
            found.append(
                Fit(
                    one.variable,
                    member,
                    tuple(names[place] for place in kept),
                    one.annotators,
                    item_names(one),
                    answers,
                    climbed,
                    ends,
                    cautions(answers, climbed, ends),
                )
            )
    return tuple(found)


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
