"""The figures of one claim: how many mentions, sources and origins it has, and what follows from who took it from whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd

from annotate.provenance.claims._chains import Chains, Step, chains, least
from annotate.provenance.claims._evidence import Evidence, Place, confirmed, unconfirmed
from annotate.provenance.claims._told import Answers, Told
from annotate.provenance.claims._told import most as most_told
from annotate.provenance.claims.pairs import Answer, Pairs, between, groups, most
from annotate.sampling import IntArray
from annotate.study.links import SAME

NOBODY = Told()
_Said = TypeVar("_Said", Told, Answer)


@dataclass(frozen=True)
class Coding:
    """What annotators said of passages and of pairs, and what the texts show."""

    told: Answers
    pairs: Pairs
    evidence: Evidence
    place: Mapping[str, Place]

    @cached_property
    def joined(self) -> Mapping[str, frozenset[str]]:
        """All that an annotator's answers may join with a passage, by passage."""
        same = [
            both for both, said in self.pairs.items() if any(one.relation == SAME for one in said.values())
        ]
        return {item: group for group in groups(same) for item in group}


@dataclass(frozen=True)
class Figures:
    """What is told of a claim by one reading of it.

    ``low`` and ``high`` are how many independent origins there are at least and at most. ``steps`` are who has it
    from whom, as annotators say, and ``maybe`` those that only the texts show.
    """

    mentions: tuple[str, ...]
    n_sources: int
    low: int
    high: int
    sure: Chains
    all: Chains
    steps: tuple[tuple[str, str, str], ...]
    maybe: tuple[tuple[str, str, str], ...]

    @property
    def circular(self) -> bool:
        """Whether mentions lead to each other, as annotators say."""
        return bool(self.sure.circles)

    @property
    def single_root(self) -> bool:
        """Whether the chains of two sources or more end in one origin, known or not."""
        return self.n_sources > 1 and self.high == 1

    @property
    def two_origins(self) -> bool:
        """Whether two independent origins or more are known."""
        return self.low > 1


HEADLINES = {
    "circular": "circular",
    "single_root": "of one origin",
    "two_origins": "of two origins or more",
}
"""What is said of a claim first, and looked at again with each annotator and each document left out."""


def figures_of(
    mentions: Sequence[str], told: Mapping[str, Told], answers: Mapping[Step, Answer], coding: Coding
) -> Figures:
    """The figures of a claim with these mentions, by one reading of passages and pairs."""
    said = {item: told.get(item, NOBODY) for item in mentions}
    steps = tuple(confirmed(mentions, said, answers, coding.place))
    told_already = {step[:2] for step in steps}
    found = unconfirmed(mentions, answers, coding.evidence, coding.place)
    maybe = tuple(step for step in found if step[:2] not in told_already)
    own = {item: one.origin for item, one in said.items()}
    hands = {item: len(one.hands) for item, one in said.items()}
    common = list(between(answers))
    sure = chains(mentions, own, [step[:2] for step in steps], common, hands)
    every = chains(mentions, own, [step[:2] for step in (*steps, *maybe)], common, hands) if maybe else sure
    n_sources = len({coding.place[item].source for item in mentions})
    return Figures(
        tuple(mentions),
        n_sources,
        least(every.known, every.one, len(mentions)),
        sure.high,
        sure,
        every,
        steps,
        maybe,
    )


@dataclass(frozen=True)
class Scope:
    """A claim, and all passages and pairs that bear on what its mentions are, if they are not ``fixed``."""

    mentions: tuple[str, ...]
    items: tuple[str, ...]
    pairs: tuple[Step, ...]
    fixed: bool = False

    @classmethod
    def of(cls, mentions: Sequence[str], coding: Coding, *, linked: bool) -> "Scope":
        """The scope of a claim; the mentions of one that nobody linked are fixed."""
        near = {other for item in mentions for other in coding.joined.get(item, ())} if linked else set()
        items = (*mentions, *sorted(near - set(mentions)))
        within = set(items)
        return cls(
            tuple(mentions), items, tuple(both for both in coding.pairs if set(both) <= within), not linked
        )

    def read(
        self,
        told: Mapping[str, Told],
        answers: Mapping[Step, Answer],
        coding: Coding,
        without: str | None = None,
    ) -> Figures:
        """The claim's figures by one reading: of what is joined then, what has most of its mentions.

        ``without`` is a document whose passages are left out.
        """
        items = [item for item in self.items if without is None or coding.place[item].document != without]
        kept = set(items)
        mentions = [item for item in self.mentions if item in kept]
        if not self.fixed and any(item in coding.joined for item in self.items):
            same = [
                both for both, answer in answers.items() if answer.relation == SAME and kept.issuperset(both)
            ]
            joined = groups(same)
            own = set(mentions)
            best = max(
                joined, key=lambda group: (len(group & own), -len(group)), default=frozenset(mentions[:1])
            )
            mentions = [item for item in items if item in (best if best & own else set(mentions[:1]))]
        return figures_of(mentions, told, answers, coding)


def settled(
    scope: Scope, coding: Coding, *, without: str | None = None, without_linking: str | None = None
) -> tuple[dict[str, Told], dict[Step, Answer]]:
    """What most annotators say of each passage and pair, without one who marks passages, or one who links."""
    told = {item: most_told(coding.told.get(item, {}), without) for item in scope.items}
    decided = {both: most(coding.pairs[both], without_linking) for both in scope.pairs}
    return told, {both: answer for both, answer in decided.items() if answer is not None}


SPREAD = ("n_mentions", "n_sources", "low", "high", "circular", "single_root")


@dataclass(frozen=True)
class Chances:
    """How likely each reading is: of a passage, of each of its annotators in their order; of a pair, of each answer."""

    passages: Mapping[str, Sequence[float]]
    pairs: Mapping[Step, Sequence[tuple[Answer, float]]]


def spread(
    scope: Scope, coding: Coding, draws: int, rng: np.random.Generator, chances: Chances | None = None
) -> pd.DataFrame:
    """Draw a reading of each passage and of each pair, and measure the claim.

    Without ``chances`` it is that of one of its annotators, with all that they said; else each has its probability.
    Readings that are drawn several times are measured once. The table has a row a draw, and the columns of
    :data:`SPREAD`.
    """
    told = [list(coding.told.get(item, {}).values()) or [NOBODY] for item in scope.items]
    if chances is None:
        passages, by_passage = _drawn(told, draws, rng)
        pairs, by_pair = _drawn([list(coding.pairs[both].values()) for both in scope.pairs], draws, rng)
    else:
        weighed = [chances.passages.get(item, (1.0,)) for item in scope.items]
        passages, by_passage = told, _weighed(weighed, draws, rng)
        given = [chances.pairs[both] for both in scope.pairs]
        pairs = [[answer for answer, _ in one] for one in given]
        by_pair = _weighed([[share for _, share in one] for one in given], draws, rng)
    readings, inverse = np.unique(np.hstack([by_passage, by_pair]), axis=0, return_inverse=True)
    rows = []
    for reading in readings:
        first, last = reading[: len(told)], reading[len(told) :]
        one = {item: said[at] for item, said, at in zip(scope.items, passages, first, strict=True)}
        both = {pair: said[at] for pair, said, at in zip(scope.pairs, pairs, last, strict=True)}
        found = scope.read(one, both, coding)
        rows.append((len(found.mentions), *(int(getattr(found, name)) for name in SPREAD[1:])))
    return pd.DataFrame(rows, columns=list(SPREAD)).iloc[inverse.ravel()].reset_index(drop=True)


def _drawn(
    said: Sequence[Sequence[_Said]], draws: int, rng: np.random.Generator
) -> tuple[list[list[_Said]], IntArray]:
    """The different answers on each, and which one is drawn (draws x each)."""
    options = [list(dict.fromkeys(one)) for one in said]
    chosen = np.zeros((draws, len(said)), dtype=np.int64)
    for column, (option, one) in enumerate(zip(options, said, strict=True)):
        if len(option) > 1:
            place = np.array([option.index(answer) for answer in one])
            chosen[:, column] = place[rng.integers(len(one), size=draws)]
    return options, chosen


def _weighed(shares: Sequence[Sequence[float]], draws: int, rng: np.random.Generator) -> IntArray:
    """Which reading of each is drawn (draws x each), with these probabilities."""
    chosen = np.zeros((draws, len(shares)), dtype=np.int64)
    for column, share in enumerate(shares):
        if len(share) > 1:
            chosen[:, column] = rng.choice(len(share), size=draws, p=np.asarray(share) / np.sum(share))
    return chosen
