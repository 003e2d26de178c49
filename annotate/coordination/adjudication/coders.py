"""What each annotator answered on one passage, as it may be shown to an adjudicator: without a name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.sampling import generator
from annotate.study.annotations import annotator_id
from annotate.study.answers import Answer, Excluded, read_answer, text_keys

Json = Mapping[str, Any]

# What a result is made of; the rest (times, notes, who made it) is not for the adjudicator.
_PARTS = (
    "id",
    "from_name",
    "to_name",
    "type",
    "value",
    "parentID",
    "from_id",
    "to_id",
    "direction",
    "labels",
)


@dataclass(frozen=True)
class Coder:
    """One annotator of one passage: the categories by variable, the comments, and Label Studio's results."""

    categories: Mapping[str, str]
    comments: tuple[str, ...]
    results: tuple[Json, ...]


def coders(
    item: str, ratings: pd.DataFrame, tasks: Sequence[Json], codebook: Codebook, *, seed: int
) -> list[Coder]:
    """Give the annotators of an item in an order of its own, so that the first is not always the same.

    Parameters
    ----------
    item
        The item.
    ratings
        Those of the item, of the first round.
    tasks
        Its tasks, as Label Studio exports them.
    codebook
        Of the study's label config.
    seed
        The same seed gives the same order.

    """
    made = {
        (annotator_id(one.get("completed_by")), str(one.get("id"))): (one, task["data"])
        for task in tasks
        for one in task["annotations"]
    }
    keys = text_keys(codebook)
    found = []
    for (annotator, annotation), rows in ratings.groupby(["annotator", "annotation"], sort=True):
        one, data = made[str(annotator), str(annotation)]
        read = [(result, list(read_answer(result, codebook, keys, data))) for result in one["result"]]
        said = (answer for _, answers in read for answer in answers if isinstance(answer, Answer))
        found.append(
            Coder(
                dict(zip(rows["variable"], rows["category"], strict=True)),
                tuple(answer.value for answer in said if answer.kind == "free_text"),
                tuple(_usable(read)),
            )
        )
    return [found[place] for place in generator(seed, "adjudicate", item).permutation(len(found))]


def _usable(read: Sequence[tuple[Json, Sequence[Answer | Excluded]]]) -> Iterator[Json]:
    """The results that can be taken over: valid, each control once, and no words of the annotator's own."""
    seen: set[str] = set()
    for result, answers in read:
        rated = {answer.variable for answer in answers if getattr(answer, "kind", None) == "rating"}
        if result.get("type") != "textarea" and not rated & seen and all(map(_is_usable, answers)):
            seen |= rated
            yield {part: result[part] for part in _PARTS if part in result}


def _is_usable(answer: Answer | Excluded) -> bool:
    return isinstance(answer, Answer) or answer.reason == "not_tabulated"
