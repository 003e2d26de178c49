"""Label Studio's export, a list of tasks with their annotations, becomes tables.

Pure functions: no file, no network. What is left out is a row of ``exclusions``, with one of
:data:`REASONS`: the first seven concern annotations, the others single answers. :data:`STRICT` names
those that stop a reader who did not ask for exclusion: they mean that the config is the wrong one, or
that two ratings claim to be one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.errors import ExportError, counted
from annotate.study.annotation_rows import KINDS, Rows, rows_of
from annotate.study.annotations import (
    OnEdited,
    Reader,
    is_imported,
    left_to_adjudication,
    made_for,
    sort_copies,
)
from annotate.study.answers import Answer, Excluded
from annotate.study.exported import (
    ADJUDICATION,
    PASSAGE_COLUMNS,
    further_facts,
    passage_of,
    round_of,
    said_twice,
    told_of_twins,
)
from annotate.study.marks import Unit, marks_with_text, possible_units
from annotate.study.people import NOBODY, annotator_id, identified
from annotate.study.ratings import canonical_ratings
from annotate.study.repeated import Section, Sections
from annotate.study.spans import COLUMNS as SPAN_COLUMNS
from annotate.study.spans import inside_frame, relation_frame

REASONS: Mapping[str, str] = {
    "cancelled": "skipped by the annotator",
    "no_annotator": "nobody is named as the annotator: the account may have been deleted",
    "ground_truth": "imported as ground truth, which is not a rating by an annotator",
    "adjudicated": "made by an adjudicator: a decision, which is not a rating by an annotator",
    "edited_by_another": "last changed by somebody else, or forged: not the annotator's own",
    "superseded": "an earlier annotation of the same passage by the same annotator",
    "empty": "nothing was answered and nothing was marked",
    "unknown_control": "an answer to a control that the label config does not have",
    "unknown_category": "a choice, label or relation that the label config does not have",
    "malformed": "an answer that the format does not allow, or out of bounds",
    "blank": "an answer that says nothing: no choice, no text, a mark without a label",
    "several_choices": "several values where one is allowed",
    "answered_twice": "a second answer to one control in one annotation",
    "hidden": "an answer to a question that was hidden when it was submitted",
    "span_mismatch": "a marked stretch whose place does not give the text that was marked",
    "unknown_offsets": "a marked stretch without its text, whose offsets may count one thing or another",
    "marks_incomplete": "an annotator's marks on a passage, for the agreement on marks: one of them was left out",
    "no_stretch": "a relation to, or an answer inside, a marked stretch that cannot be read",
    "not_tabulated": "an answer to a control of no use for text",
    "suggested": "coded with a suggested label in sight, and left out on request",
    "missing": "a row of a table whose category stands for no judgement, as --missing says",
}
STRICT = ("unknown_control", "unknown_category", "superseded")
_TWO = 2

RANK = "uncertainty_rank"
"""The key of a task's data that holds its place in the order of annotate suggest, in six digits."""

RATING_COLUMNS = (
    "item", "source", "annotator", "variable", "category",
    "document", "annotation", "created_at", "updated_at", "lead_time", "round", "suggested",
)  # fmt: skip
ANNOTATED_COLUMNS = ("item", "annotator", "annotation", "round", "marks_whole")
EXCLUSION_COLUMNS = ("reason", "item", "annotator", "annotation", "variable", "detail")
COMMENT_COLUMNS = ("item", "annotator", "variable", "text", "annotation")


@dataclass(frozen=True)
class Tables:
    """What an export says: judgements, marked text, free text, the passages, and what was left out.

    ``annotated`` has one row for each annotation that counts: who annotated what, also where nothing was answered
    and nothing marked; ``marks_whole`` is False where one of its marks was left out.
    What else the tasks say of a passage in a word, such as a country, is a column of the ratings and the passages.
    ``gold`` are the judgements of annotations that were starred as ground truth, as in the ratings; ``annotator`` is
    None where it was imported. ``cautions`` are sentences on what was kept though it may be doubted.
    """

    ratings: pd.DataFrame
    spans: pd.DataFrame
    comments: pd.DataFrame
    passages: pd.DataFrame
    exclusions: pd.DataFrame
    annotated: pd.DataFrame
    relations: pd.DataFrame
    inside: pd.DataFrame
    gold: pd.DataFrame
    cautions: tuple[str, ...]


def tabulate(
    tasks: Sequence[Mapping[str, Any]],
    codebook: Codebook,
    where: str = "export",
    *,
    on_edited: OnEdited = "keep",
) -> Tables:
    """Turn an export into tables.

    Parameters
    ----------
    tasks
        Label Studio's JSON: ``[{"id": .., "data": {..}, "annotations": [..]}, ..]``.
    codebook
        The codebook of the project's label config.
    where
        The file's name, for messages.
    on_edited
        What to do with annotations that were starred as ground truth and last changed by somebody else: whether
        more than the star was changed cannot be known. ``keep`` counts them among the ``cautions``.

    Returns
    -------
    Tables
        All of them, also when nobody has annotated yet (then ``ratings`` is empty, with its columns).

    Raises
    ------
    ExportError
        If a task has not the shape of one, or two tasks give one passage id to different texts.

    """
    made_of: dict[str, list[dict[str, Any]]] = {name: [] for name in KINDS}
    exclusions = made_of["exclusion"]
    passages: dict[str, dict[str, Any]] = {}
    sections = Sections(codebook)
    annotations: dict[tuple[str, int], dict[str, list[Mapping[str, Any]]]] = {}
    shown: dict[tuple[str, int], Mapping[str, Any]] = {}
    copies: dict[tuple[str, int], list[str]] = {}
    latest: dict[str, int] = {}
    decided: dict[str, dict[str, Any]] = {}
    tasks = identified(tasks)
    for number, task in enumerate(tasks, start=1):
        passage = passage_of(task, f"{where}: task {number}")
        if task["data"].get(ADJUDICATION):
            exclusions.extend(
                left_to_adjudication(passage["item"], made_for(task, f"{where}: task {number}"))
            )
            decided.setdefault(passage["item"], passage)
            continue
        known = passages.setdefault(passage["item"], passage)
        if (known["text"], known["source"]) != (passage["text"], passage["source"]):
            msg = f"{where}: task {number}: item {passage['item']} stands for another text or source before; export one project at a time"
            raise ExportError(msg)
        which = (known["item"], round_of(task["data"], f"{where}: task {number}"))
        # tasks without our id may be two places with the same words: no later time, but a contradiction
        copy = str(task.get("id") or number)
        made = annotations.setdefault(which, {}).setdefault(
            copy if task["data"].get("passage_id") else "", []
        )
        made.extend(made_for(task, f"{where}: task {number}"))
        copies.setdefault(which, []).append(copy)
        shown.setdefault(which, task["data"])
        latest[known["item"]] = max(which[1], latest.get(known["item"], 0))
    reader = Reader(codebook, _units(tasks, codebook))
    starred = again = 0
    answered = (*codebook.variables, *codebook.region_variables)
    asked = {one.shows for one in answered} | {one.shows for one in codebook.span_variables}
    facts = further_facts([task for task in tasks if not task["data"].get(ADJUDICATION)], asked)
    judged: dict[str, dict[str, Any]] = {}
    for (item, repeat), by_copy in annotations.items():
        found = sort_copies(
            list(by_copy.values()),
            marks_only=not codebook.variables,
            on_edited=on_edited,
        )
        data = shown[item, repeat]
        passages[item] |= {name: _fact(data.get(name)) for name in facts}
        parts = sections.of(passages[item], data)
        judged |= {row["item"]: row for row in sections.items(parts) if row["item"] not in judged}
        exclusions.extend(
            {**_with_twins(row, copies[item, repeat], data), "item": item} for row in found.left_out
        )
        starred += found.starred
        for part in sections.items(parts):
            judged[part["item"]]["n_annotations"] += len(found.kept) if repeat == 1 else 0
        for time, of_time in enumerate((found.kept, *found.again)):
            again += len(of_time) if time else 0
            number = latest[item] + time if time else repeat
            for rows, answers in _read(of_time, parts, sections, reader, number):
                for kind, row in rows_of(rows, answers, codebook):
                    made_of[kind].append(row)
        latest[item] += len(found.again)
        for rows, answers in _read(found.gold, parts, sections, reader, repeat):
            made_of["gold"] += _gold(rows, answers)
    return Tables(
        ratings=_rating_frame(made_of["rating"], facts, where),
        spans=_frame(made_of["span"], SPAN_COLUMNS).astype(
            {"start": "int64", "end": "int64", "round": "int64"}
        ),
        comments=_frame(made_of["free_text"], COMMENT_COLUMNS),
        passages=_frame(list((judged | decided | judged).values()), (*PASSAGE_COLUMNS, *facts)).astype(
            {"n_annotations": "int64"}
        ),
        exclusions=_frame(exclusions, EXCLUSION_COLUMNS),
        annotated=_frame(made_of["annotated"], ANNOTATED_COLUMNS).astype(
            {"round": "int64", "marks_whole": "bool"}
        ),
        relations=relation_frame(made_of["relation"]),
        inside=inside_frame(made_of["inside"]),
        gold=_frame(made_of["gold"], RATING_COLUMNS),
        cautions=(
            *_cautions(starred, copies, shown, again),
            *told_of_twins(tasks),
            *_ordered(shown, annotations),
        ),
    )


def _read(
    made: Sequence[Mapping[str, Any]],
    parts: Sequence[Section],
    sections: Sections,
    reader: Reader,
    repeat: int,
) -> Iterator[tuple[Rows, list[Answer | Excluded]]]:
    """Read the annotations of a task, item by item."""
    for annotation in made:
        found = list(sections.split(annotation, parts))
        once = next((own["result"] for part, own in found if part.repeat is None), ())
        for part, own in found:
            beside = once if part.repeat else ()
            answers = list(reader.answers(own, part.data, repeat=part.repeat, beside=beside))
            yield Rows(part.passage, own, repeat), answers


def _gold(rows: Rows, answers: Sequence[Answer | Excluded]) -> Iterator[dict[str, Any]]:
    """The judgements of a starred annotation, and whose own it is."""
    for answer in answers:
        if isinstance(answer, Answer) and answer.kind == "rating":
            own = annotator_id(rows.annotation.get("completed_by"))
            nobody = own == NOBODY or is_imported(rows.annotation)
            yield {**rows.rating(answer), "annotator": None if nobody else own}


def _with_twins(row: dict[str, Any], copies: Sequence[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """Say which tasks are one passage where an annotator seems to have annotated it twice."""
    if len(copies) < _TWO or row["reason"] != "superseded":
        return row
    return {**row, "detail": f"{row['detail']}; {said_twice(copies, data)}"}


def _cautions(
    starred: int,
    copies: Mapping[tuple[str, int], Sequence[str]],
    shown: Mapping[tuple[str, int], Mapping[str, Any]],
    again: int,
) -> Iterator[str]:
    if starred:
        yield (
            f"{counted(starred, 'annotation starred as ground truth was', 'annotations starred as ground truth were')} last changed by somebody else than their "
            "annotator, and are kept as the annotator's own: a star changes no answer, and what else was changed is "
            "not recorded; --on-edited exclude leaves them out"
        )
    twice = [which for which, numbers in copies.items() if len(numbers) > 1]
    if twice:
        more = f" (and {len(twice) - 1} more such)" if len(twice) > 1 else ""
        coded = (
            f"; {counted(again, 'annotation is', 'annotations are')} the annotator's second of one passage: none is left out, each counts as a later round"
            if again
            else ""
        )
        yield f"{said_twice(copies[twice[0]], shown[twice[0]])}{more}{coded}; give each task a passage_id if they are not one"


def _ordered(
    shown: Mapping[tuple[str, int], Mapping[str, Any]],
    annotations: Mapping[tuple[str, int], Mapping[str, Sequence[Mapping[str, Any]]]],
) -> Iterator[str]:
    """Say that passages were served by how uncertain they are, if some are not coded yet."""
    first = [which for which, data in shown.items() if data.get(RANK) and which[1] == 1]
    coded = sum(any(annotations[which].values()) for which in first)
    if 0 < coded < len(first):
        yield (
            f"{coded} of {counted(len(first), 'passage')} {'was' if coded == 1 else 'were'} coded in the order of annotate suggest, the most uncertain first: they "
            "are not a random sample, and agreement and shares among them are not those of all passages until all are coded"
        )


def _units(tasks: Sequence[Mapping[str, Any]], codebook: Codebook) -> tuple[Unit, ...]:
    """What the offsets of this export may count."""
    return possible_units(marks_with_text(tasks, {one.name: one for one in codebook.span_variables}))


def _frame(rows: list[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))


def _fact(value: object) -> str | None:
    """A fact in words: 3 and 3.0 are one."""
    whole = isinstance(value, float) and value.is_integer()
    return None if value is None else str(int(value) if whole and isinstance(value, float) else value)


def _rating_frame(rows: list[dict[str, Any]], facts: Sequence[str], where: str) -> pd.DataFrame:
    frame = _frame(rows, (*RATING_COLUMNS, *facts)).astype({"lead_time": "float64"})
    if frame.empty:
        return frame.astype({"round": "int64"})
    return canonical_ratings(frame, where=where)
