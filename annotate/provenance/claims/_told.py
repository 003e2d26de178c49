"""Whom each passage has its claim from, by what annotators marked: one answer an annotator, and what most say.

The origin of a passage is the last that an annotator marked on the way to it: the Source that the claim is attributed
to (the first one marked, where no relation says which), and from there whom it relays. Without a Source it is the cited
work on which the passage rests; without one either, it is the publisher itself, if the text speaks for itself on
a ground of its own: what its writer saw, holds, found out or worked out. Else the origin is not known: who asserts and
gives no ground may have it from anywhere.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from annotate.provenance.origins import Origin, Origins
from annotate.study.study import Study

SOURCE, CITED, CLAIM = "SOURCE", "CITED", "CLAIM"
ATTRIBUTED, RELAYS, RESTS = "attributed_to", "relays", "rests_on"
OWN_VOICE = "author_voice"
OWN_GROUND = frozenset(
    {"first_hand_testimony", "physical_or_digital_record", "systematic_inquiry", "inference_or_calculation"}
)
VARIABLES = ("attribution", "evidentiary_basis")


@dataclass(frozen=True)
class Told:
    """What an annotator's marks say of one passage.

    ``origin`` is the name of whom it has its claim from, None where that is not known; ``is_own`` whether that is the
    publisher itself; ``hands`` names all on the way there, the nearest first; ``cites`` are the other sources of the corpus
    that it names.
    """

    origin: str | None = None
    is_own: bool = False
    hands: tuple[str, ...] = ()
    cites: frozenset[str] = frozenset()


Answers = Mapping[str, Mapping[str, Told]]
"""What each annotator said, by passage."""


def told(study: Study, origins: Origins) -> dict[str, dict[str, Told]]:
    """What each annotator's marks and answers say of whom each passage has its claim from, in the first round."""
    spans = study.spans.loc[(study.spans["round"] == 1) & study.spans["label"].isin((SOURCE, CITED))]
    marks = _by_coder(spans.sort_values(["item", "annotator", "start", "end"], kind="stable"))
    arrows = _by_coder(study.first_relations)
    rated = study.first_round
    answers = {
        (row["item"], row["annotator"], row["variable"]): str(row["category"])
        for row in rated.loc[rated["variable"].isin(VARIABLES)].to_dict("records")
    }
    source = dict(zip(study.passages["item"], study.passages["source"], strict=True))
    coders = {(item, annotator) for item, annotator, _ in answers} | set(marks)
    found: dict[str, dict[str, Told]] = {}
    for item, annotator in sorted(coders):
        said = tuple(answers.get((item, annotator, variable)) for variable in VARIABLES)
        found.setdefault(item, {})[annotator] = _told(
            marks.get((item, annotator), ()),
            arrows.get((item, annotator), ()),
            said,
            str(source[item]),
            origins,
        )
    return found


def _by_coder(frame: pd.DataFrame) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in frame.to_dict("records"):
        found.setdefault((row["item"], row["annotator"]), []).append(
            {str(key): value for key, value in row.items()}
        )
    return found


def _told(
    marks: Sequence[Mapping[str, Any]],
    arrows: Sequence[Mapping[str, Any]],
    said: tuple[str | None, ...],
    publisher: str,
    origins: Origins,
) -> Told:
    named = {
        mark["start"]: origins.of(str(mark["text"]), publisher) for mark in marks if mark["label"] == SOURCE
    }
    cited = {
        mark["start"]: origins.of(str(mark["text"]), publisher) for mark in marks if mark["label"] == CITED
    }
    way = [one for start in _way(named, arrows) if (one := named[start]) is not None]
    names = [one for one in (*named.values(), *cited.values()) if one is not None]
    cites = frozenset(one.name for one in names if one.is_source and one.name != publisher)
    attribution, basis = said
    if not way and attribution in (OWN_VOICE, None):
        rests = [
            arrow["to_start"] for arrow in arrows if arrow["label"] == RESTS and arrow["to_start"] in cited
        ]
        way = [one for start in [*rests, *cited][:1] if (one := cited[start]) is not None]
    if way:
        origin = _known(way[-1])
        return Told(
            origin, origin == publisher, tuple(one.name for one in way if one.name != publisher), cites
        )
    if attribution == OWN_VOICE and basis in OWN_GROUND:
        return Told(publisher, is_own=True, cites=cites)
    return Told(cites=cites)


def _way(named: Mapping[int, Origin | None], arrows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Where the Sources stand on the way from the claim to its origin, the nearest first."""
    arrows = list(arrows)
    relays = {
        arrow["from_start"]: arrow["to_start"]
        for arrow in arrows
        if arrow["label"] == RELAYS and {arrow["from_start"], arrow["to_start"]} <= named.keys()
    }
    nearest = [
        arrow["to_start"] for arrow in arrows if arrow["label"] == ATTRIBUTED and arrow["to_start"] in named
    ]
    nearest += [start for start in named if start not in relays.values()] or list(named)
    way = nearest[:1]
    while way and (further := relays.get(way[-1])) is not None and further not in way:
        way.append(further)
    return way


def _known(origin: Origin) -> str | None:
    return origin.name if origin.is_known else None


def most(answers: Mapping[str, Told], without: str | None = None) -> Told:
    """What most annotators of a passage say; an origin on which they are tied is not known.

    ``without`` one annotator, whose answers are left out. A source is cited if more than half of them say so.
    """
    said = [one for annotator, one in answers.items() if annotator != without]
    if not said:
        return Told()
    votes = Counter((one.origin, one.is_own) for one in said).most_common()
    origin, is_own = votes[0][0] if len(votes) == 1 or votes[0][1] > votes[1][1] else (None, False)
    hands = Counter(one.hands for one in said if (one.origin, one.is_own) == (origin, is_own))
    cited = Counter(name for one in said for name in one.cites)
    return Told(
        origin,
        is_own,
        max(hands, key=lambda way: (hands[way], -len(way), way), default=()),
        frozenset(name for name, count in cited.items() if 2 * count > len(said)),
    )
