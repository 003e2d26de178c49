"""What speaks for one passage having its claim from another, besides annotators: shared text with dates, and naming.

It is unconfirmed: nobody looked. Where annotators were asked who has it from whom, their answer stands.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from annotate.provenance.claims._chains import Step
from annotate.provenance.claims._told import Told
from annotate.provenance.claims.pairs import Answer, taken
from annotate.reuse.documents import is_strong, namings, text_lengths
from annotate.study.links import CANNOT_TELL

QUOTATION = "quotation"


@dataclass(frozen=True)
class Evidence:
    """What the texts show.

    ``shared``: the later passage, and the earlier one with which it shares text. ``quotations``: pairs that quote the same.
    ``names``: a passage, and a document that it names by title, address or outlet, with the words.
    """

    shared: frozenset[Step]
    quotations: frozenset[Step]
    names: Mapping[Step, str]


def evidence(passages: pd.DataFrame, pairs: pd.DataFrame) -> Evidence:
    """Gather what the texts show of who has it from whom.

    Parameters
    ----------
    passages
        Of :func:`annotate.study.passages.read_passages`.
    pairs
        Of :func:`annotate.reuse.reuse`; strong ones count.

    """
    length = text_lengths(passages)
    strong = [pair for pair in pairs.to_dict("records") if is_strong(pair, length)]
    turned = {"a_to_b": ("b_item", "a_item"), "b_to_a": ("a_item", "b_item")}
    shared = {
        (pair[turned[pair["direction"]][0]], pair[turned[pair["direction"]][1]])
        for pair in strong
        if pair["kind"] != QUOTATION and pair["direction"] in turned
    }
    quotations = {(pair["a_item"], pair["b_item"]) for pair in strong if pair["kind"] == QUOTATION}
    of = dict(iter(passages.groupby("document")))
    names: dict[Step, str] = {}
    for naming in namings(passages):
        rows = of[naming.document]
        for item in rows.loc[(rows["start"] <= naming.start) & (rows["end"] >= naming.end), "item"]:
            names.setdefault((item, naming.named), naming.text)
    return Evidence(frozenset(shared), frozenset(quotations), names)


@dataclass(frozen=True)
class Place:
    """Where a passage stands."""

    document: str
    source: str


def confirmed(
    mentions: Collection[str],
    told: Mapping[str, Told],
    coded: Mapping[Step, Answer],
    place: Mapping[str, Place],
) -> Iterator[tuple[str, str, str]]:
    """Who has it from whom among these mentions, as annotators say: the taker, the giver, and ``coded`` or ``cites``.

    A mention that names another source of the corpus has it from that source's mentions of the claim, unless annotators of
    the pair say that it went the other way.
    """
    within = set(mentions)
    by_pair = {(taker, giver) for taker, giver in taken(coded) if {taker, giver} <= within}
    yield from ((taker, giver, "coded") for taker, giver in sorted(by_pair))
    for taker in mentions:
        for giver in mentions:
            if place[giver].source in told[taker].cites and not {(taker, giver), (giver, taker)} & by_pair:
                yield taker, giver, "cites"


def unconfirmed(
    mentions: Collection[str], coded: Mapping[Step, Answer], found: Evidence, place: Mapping[str, Place]
) -> Iterator[tuple[str, str, str]]:
    """Who may have it from whom, as the texts show, of pairs of which no annotator was asked: ``text`` or ``names``."""
    answered = {
        frozenset(both)
        for both, answer in coded.items()
        if answer.derivation is not None and answer.derivation != CANNOT_TELL
    }
    within = set(mentions)
    for taker, giver in sorted(found.shared):
        if {taker, giver} <= within and frozenset((taker, giver)) not in answered:
            yield taker, giver, "text"
    for taker in mentions:
        for giver in mentions:
            named = (taker, place[giver].document) in found.names
            if named and taker != giver and frozenset((taker, giver)) not in answered:
                yield taker, giver, "names"
