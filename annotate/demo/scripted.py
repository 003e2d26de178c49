"""Scripted annotators: a reference coding, and what each of them habitually does otherwise.

They exist so that the demo has something to measure. Nobody should take their agreement for that of
people, so their habits are stated here once and printed wherever their work is shown.
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from annotate.codebook.read import Codebook
from annotate.frames import read_frame
from annotate.study.links import A_FROM_B, B_FROM_A, DERIVATION, RELATION, SAME, TOPIC

CLAIM_TYPE, NO_CLAIM = "claim_type", "no_claim"
OF_A_CLAIM = {"attribution": "author_voice", "evidentiary_basis": "none_offered", "certainty": "firm"}
SPANS = {
    "source_span": "SOURCE",
    "cue_span": "CUE",
    "claim_span": "CLAIM",
    "figure_span": "FIGURE",
    "cited_span": "CITED",
}
Result = dict[str, Any]


@dataclass(frozen=True)
class Habits:
    """How one scripted annotator departs from the reference.

    ``mistakes`` maps a category to what is chosen in its place and how often; ``slip`` is how often
    any choice is replaced by another at random; ``skip`` how often a passage is skipped;
    ``overlook`` how often a flag is not ticked; the labels in ``unmarked`` are never marked.
    """

    name: str
    words: str
    slip: float = 0.0
    skip: float = 0.0
    overlook: float = 0.0
    mistakes: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    unmarked: frozenset[str] = frozenset()


CAST = (
    Habits(
        "careful",
        "follows the reference coding, slips in 4 % of the choices, and overlooks 10 % of the flags",
        slip=0.04,
        overlook=0.1,
    ),
    Habits(
        "literal",
        "codes 40 % of the practices as incidents and half of the hedged claims as firm, slips in 6 %, "
        "marks no cue words, overlooks 40 % of the flags, and takes 40 % of narrower claims for the same",
        slip=0.06,
        overlook=0.4,
        mistakes={
            "practice": ("incident", 0.4),
            "hedged": ("firm", 0.5),
            "narrower": ("same_claim", 0.4),
        },
        unmarked=frozenset({"CUE"}),
    ),
    Habits(
        "hasty",
        "takes 40 % of the unnamed and vague sources for the text's own voice, sees no ground in 45 % of what rests "
        "on say-so, hearsay or another publication, slips in 10 %, skips 3 % of what is shown, overlooks 60 % of the flags, "
        "and calls 40 % of the claims independent of which nobody can tell",
        slip=0.10,
        overlook=0.6,
        skip=0.03,
        mistakes={
            "unnamed_specific": ("author_voice", 0.4),
            "vague_or_impersonal": ("author_voice", 0.4),
            "expert_or_body_judgement": ("none_offered", 0.45),
            "relayed_testimony": ("none_offered", 0.45),
            "media_or_secondary_text": ("none_offered", 0.45),
            "cannot_tell": ("independent", 0.4),
        },
    ),
)

NOTE = (
    "The annotators of this study are scripted, not people: they start from one reference coding of an "
    "invented corpus and depart from it by stated habits. The figures show how the tool works, and nothing else. "
    + "; ".join(f"“{habits.name}” {habits.words}" for habits in CAST)
    + "."
)

Reference = Mapping[tuple[str, int], Mapping[str, str]]


def read_reference(path: Path) -> Reference:
    """Read the reference coding: from (document, start) to the row of ``codes.csv``."""
    rows = read_frame(path).to_dict("records")
    return {
        (str(row["document_id"]), int(row["start"])): {str(key): str(value) for key, value in row.items()}
        for row in rows
    }


def code(
    passage: Mapping[str, Any], reference: Reference, habits: Habits, codebook: Codebook
) -> list[Result] | None:
    """Code one passage as this annotator would; None if they skip it.

    The same annotator codes the same passage the same way on every run.

    Returns
    -------
    list of dict
        Label Studio's ``result`` of an annotation.

    """
    rng = _habitual(passage, habits)
    if rng.random() < habits.skip:
        return None
    row = reference[passage["document_id"], int(passage["start"])]
    return [
        *_choices(row, habits, codebook, rng),
        *_flags(row, habits, codebook, rng),
        *_spans(row, str(passage["text"]), habits, codebook),
    ]


def _habitual(data: Mapping[str, Any], habits: Habits) -> np.random.Generator:
    """Chance that is the same whenever this annotator sees this passage or pair."""
    return np.random.default_rng(
        list(hashlib.sha256(f"{habits.name}:{data['passage_id']}".encode()).digest())
    )


Place = tuple[str, int]
LinkReference = Mapping[tuple[Place, Place], tuple[str, str]]
_TURNED: dict[str, str] = {A_FROM_B: B_FROM_A, B_FROM_A: A_FROM_B}


def read_link_reference(path: Path) -> LinkReference:
    """Read the reference coding of pairs: from the (document, start) of both to relation and derivation, in either order."""
    found: dict[tuple[Place, Place], tuple[str, str]] = {}
    for row in read_frame(path).fillna("").to_dict("records"):
        a, b = ((str(row[f"{side}_document"]), int(row[f"{side}_start"])) for side in ("a", "b"))
        relation, derivation = str(row[RELATION]), str(row[DERIVATION])
        found[a, b] = relation, derivation
        found[b, a] = relation, _TURNED.get(derivation, derivation)
    return found


def link(
    pair: Mapping[str, Any], reference: LinkReference, habits: Habits, codebook: Codebook
) -> list[Result] | None:
    """Code one pair of passages as this annotator would, as :func:`code` does a passage.

    What the reference does not list has the same topic at most.
    """
    rng = _habitual(pair, habits)
    if rng.random() < habits.skip:
        return None
    a, b = ((str(pair[f"{side}_document"]), int(pair[f"{side}_start"])) for side in ("a", "b"))
    relation, derivation = reference.get((a, b), (TOPIC, ""))
    chosen = _choose(relation, RELATION, habits, codebook, rng)
    said = [_choice(RELATION, [chosen], codebook)]
    if chosen == SAME:  # of what is not the same claim the reference does not say whence it is
        right = derivation or "cannot_tell"
        said.append(_choice(DERIVATION, [_choose(right, DERIVATION, habits, codebook, rng)], codebook))
    return said


def _choices(
    row: Mapping[str, str], habits: Habits, codebook: Codebook, rng: np.random.Generator
) -> Iterator[Result]:
    claim_type = _choose(row[CLAIM_TYPE], CLAIM_TYPE, habits, codebook, rng)
    yield _choice(CLAIM_TYPE, [claim_type], codebook)
    if claim_type == NO_CLAIM:
        return
    for variable, usual in OF_A_CLAIM.items():
        yield _choice(variable, [_choose(row[variable] or usual, variable, habits, codebook, rng)], codebook)


def _choose(right: str, variable: str, habits: Habits, codebook: Codebook, rng: np.random.Generator) -> str:
    if right in habits.mistakes:
        other, often = habits.mistakes[right]
        if rng.random() < often:
            return other
    if rng.random() < habits.slip:
        others = [category.id for category in codebook.variable(variable).categories if category.id != right]
        return str(rng.choice(others))
    return right


def _flags(
    row: Mapping[str, str], habits: Habits, codebook: Codebook, rng: np.random.Generator
) -> Iterator[Result]:
    ticked = [flag for flag in row["flags"].split(";") if flag and rng.random() >= habits.overlook]
    if ticked:
        yield _choice("flags", ticked, codebook)


def _spans(row: Mapping[str, str], text: str, habits: Habits, codebook: Codebook) -> Iterator[Result]:
    control = codebook.span_variables[0]
    for column, label in SPANS.items():
        marked = row[column]
        if marked and label not in habits.unmarked:
            start = text.index(marked)
            value = {"start": start, "end": start + len(marked), "text": marked, "labels": [label]}
            yield _result(control.name, control.to_name, "labels", value)


def _choice(variable: str, categories: Sequence[str], codebook: Codebook) -> Result:
    return _result(variable, codebook.variable(variable).to_name, "choices", {"choices": list(categories)})


def _result(name: str, to_name: str, kind: str, value: Mapping[str, Any]) -> Result:
    return {
        "id": uuid.uuid4().hex[:10],
        "from_name": name,
        "to_name": to_name,
        "type": kind,
        "value": dict(value),
        "origin": "manual",
    }
