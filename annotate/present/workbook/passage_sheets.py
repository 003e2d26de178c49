"""The sheets about passages: their texts, the ratings, where annotators differ, what was left out."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from annotate.frames import records
from annotate.present import wording
from annotate.present.wording import source_name
from annotate.present.workbook.cell import Column, Value, as_date
from annotate.present.workbook.sheet import Rows, Sheet
from annotate.study.exports import REASONS
from annotate.study.ratings import decode_set
from annotate.study.study import Study
from annotate.study.words import in_words

MOST_ANNOTATORS = 60  # beyond, the answers to a passage share one column


def passages(study: Study) -> Sheet:
    """One row a passage: its text, and how often each answer was given."""
    order = dict.fromkeys([*study.levels, *study.ratings["variable"].unique()])
    variables = [name for name in order if (study.ratings["variable"] == name).any()]
    columns = [
        Column("Item", "text", 20, "Stable id of the passage, made from its document and place."),
        Column("Source", "name", 24, "Who published it."),
        Column("Text", "long", 60),
        Column("Annotators", "count", 12, "How many annotated it."),
        *(
            Column(in_words(name), "long", 30, "How often each answer was given.", band=True)
            for name in variables
        ),
        Column("Comments", "long", 36, "Who wrote what."),
        Column("Marked words", "long", 60, "Who marked which words as what.", tall=False),
        Column("Document", "text", 22, "The document it is from."),
        Column("Title", "long", 28),
        Column("Published", "date", 19, "A real date where it is given as one; times are in UTC."),
        Column("Address", "link", 28),
        Column("From", "count", 9, "Place of its first character in the document."),
        Column("To", "count", 9, "Place behind its last character."),
    ]
    answers = _answers(study)
    comments = _said(study.comments, lambda row: f"{row['annotator']}: {row['text']}")
    marked = _said(study.spans, lambda row: f"{row['annotator']} {row['label']}: {row['text']}")
    related = _said(study.relations, _related)
    inside = _said(
        study.inside, lambda row: f"{row['annotator']} {row['variable']}: {row['value']}, {row['text']}"
    )
    more = [("Relations", related, "Who drew an arrow from which words to which.")] if related else []
    more += [("Answers inside", inside, "Who answered what inside which words.")] if inside else []
    at = next(number for number, column in enumerate(columns) if column.title == "Document")
    columns[at:at] = [Column(title, "long", 60, told, tall=False) for title, _, told in more]
    rows: Rows = []
    for row in records(study.passages):
        item = row["item"]
        cells: list[Value] = [item, source_name(row["source"]), _text(row["text"]), row["n_annotations"]]
        cells += [answers.get((item, name)) for name in variables]
        cells += [comments.get(item), marked.get(item), *(said.get(item) for _, said, _ in more)]
        cells += [row["document"], _text(row["title"])]
        cells += [as_date(row["published"]), _text(row["url"]), _whole(row["start"]), _whole(row["end"])]
        rows.append(cells)
    return columns, rows


def _related(row: Mapping[Any, Any]) -> str:
    arrow = "↔" if row["both_ways"] else "→"
    return f"{row['annotator']} {row['label']}: {row['from_text']} {arrow} {row['to_text']}"


def _text(value: Any) -> str | None:
    """What a task's data may hold in place of a text is shown as it is written."""
    return None if value is None else str(value)


def _whole(value: Any) -> Value:
    """Offsets are whole numbers, which a column with gaps would show with decimals."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _answers(study: Study) -> dict[tuple[str, str], str]:
    """How often each answer was given to each item and variable: "incident 2, practice 1"."""
    counts = study.ratings.groupby(["item", "variable", "category"]).size().rename("count").reset_index()
    counts = counts.sort_values(
        ["item", "variable", "count", "category"], ascending=[True, True, False, True]
    )
    found: dict[tuple[str, str], list[str]] = {}
    for item, variable, category, count in counts.itertuples(index=False):
        told = category
        if study.levels.get(variable) == "set":
            told = " + ".join(decode_set(category)) or "none"
        found.setdefault((item, variable), []).append(f"{told} {count}")
    return {key: ", ".join(told) for key, told in found.items()}


def _said(frame: pd.DataFrame, tell: Callable[[Mapping[Any, Any]], str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for row in frame.to_dict("records"):
        found.setdefault(row["item"], []).append(tell(row))
    return {item: "\n".join(told) for item, told in found.items()}


_RATING_COLUMNS = {
    "item": Column("Item", "text", 20, "The passage."),
    "source": Column("Source", "text", 30, "Who published it."),
    "document": Column("Document", "text", 22, "The document it is from."),
    "annotator": Column("Annotator", "text", 12, "A pseudonym: A and Label Studio's number."),
    "variable": Column("Variable", "text", 19, "What was asked."),
    "category": Column("Category", "text", 30, "What was chosen; a set is a list in brackets."),
    "annotation": Column("Annotation", "id", 12, "Label Studio's number of the annotation."),
    "created_at": Column("Created (UTC)", "moment", 21),
    "updated_at": Column("Changed (UTC)", "moment", 21),
    "lead_time": Column("Seconds", "seconds", 11, "From opening to submitting the passage."),
    "round": Column("Round", "count", 9, "1, or the number of the repeat."),
    "suggested": Column("Suggested by", "text", 16, "The model whose suggestion the annotator saw."),
}


def ratings(study: Study) -> Sheet:
    """One row a judgement, as in the table of ratings."""
    own = [name for name in _RATING_COLUMNS if name in study.ratings.columns]
    further = [name for name in study.ratings.columns if name not in _RATING_COLUMNS]
    columns = [_RATING_COLUMNS[name] for name in own] + [
        Column(in_words(name), "text", 16) for name in further
    ]
    read: dict[str, Callable[[Any], Value]] = {
        "created_at": as_date,
        "updated_at": as_date,
        "annotation": _number,
        "suggested": _text,
    }
    rows: Rows = []
    for row in records(study.ratings):
        cells: list[Value] = [read.get(name, _as_it_is)(row[name]) for name in own]
        rows.append(cells + [_text(row[name]) for name in further])
    return columns, rows


def _as_it_is(value: Any) -> Value:
    known: Value = value
    return known


def _number(value: Any) -> Value:
    """Label Studio's numbers are numbers; a spreadsheet keeps 15 digits."""
    return int(value) if re.fullmatch(r"[1-9][0-9]{0,14}", str(value)) else _text(value)


def differences(study: Study, differing: pd.DataFrame) -> Sheet:
    """One row a passage and variable on which annotators differ, each annotator in a column."""
    given: dict[tuple[str, str], dict[str, str]] = {
        key: {} for key in zip(differing["item"], differing["variable"], strict=True)
    }
    for rating in study.first_round.to_dict("records"):
        if (key := (rating["item"], rating["variable"])) in given:
            given[key][rating["annotator"]] = rating["category"]
    annotators = sorted({name for answers in given.values() for name in answers}, key=_natural)
    texts = study.passages.set_index("item")["text"].to_dict()
    columns = [
        Column("Item", "text", 20, "The passage."),
        Column("Source", "name", 24, "Who published it."),
        Column("Text", "long", 60),
        Column("Disagreement", "share", 15, wording.DISAGREEMENT),
        Column("Variable", "text", 19, "What was asked."),
        Column("Agreeing pairs", "share", 12, "Share of pairs of annotators who gave the same answer."),
        Column("Ratings", "count", 10),
    ]
    many = len(annotators) > MOST_ANNOTATORS
    columns += (
        [Column("Answers", "long", 60)]
        if many
        else [Column(name, "long", 27, band=True) for name in annotators]
    )
    rows: Rows = []
    for row in records(differing):
        answers = given[row["item"], row["variable"]]
        text = texts.get(row["item"])
        cells: list[Value] = [
            row["item"],
            source_name(row["source"]),
            text if isinstance(text, str) else None,
        ]
        cells += [row["disagreement"], row["variable"], row["agreeing_pairs"], row["n_ratings"]]
        if many:
            cells.append("\n".join(f"{name}: {answers[name]}" for name in annotators if name in answers))
        else:
            cells += [answers.get(name) for name in annotators]
        rows.append(cells)
    return columns, rows


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """A2 before A10."""
    parts = re.split(r"(\d+)", name)
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def exclusions(study: Study) -> Sheet:
    """One row for each annotation or answer that was left out."""
    columns = [
        Column("Reason", "text", 20),
        Column("Meaning", "long", 44),
        Column("How many with this reason", "count", 16),
        Column("Item", "text", 20, "The passage."),
        Column("Annotator", "text", 12),
        Column("Annotation", "id", 12, "Label Studio's number of the annotation."),
        Column("Variable", "text", 19, "Empty where the whole annotation is left out."),
        Column("Detail", "long", 60),
    ]
    counted = study.exclusions["reason"].value_counts()
    rows: Rows = []
    for row in records(study.exclusions.sort_values("reason", kind="stable")):
        reason = row["reason"]
        cells: list[Value] = [reason, REASONS.get(reason, ""), int(counted[reason]), row["item"]]
        cells += [row["annotator"], _number(row["annotation"]), row["variable"], row["detail"]]
        rows.append(cells)
    return columns, rows


def left_out(study: Study) -> str:
    """What was left out, counted by reason, in one sentence."""
    counted = study.exclusions["reason"].value_counts().sort_index()
    told = ", ".join(f"{number:,} {in_words(str(reason)).lower()}" for reason, number in counted.items())
    return f"Left out: {len(study.exclusions):,} ({told})." if told else "Left out: nothing."
