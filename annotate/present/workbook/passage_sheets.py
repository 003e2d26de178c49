"""The sheets about passages: their texts, the ratings, the marked text, what was left out."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from annotate.frames import plain, records
from annotate.present.wording import source_name
from annotate.present.workbook.cell import Column, Value, as_date
from annotate.present.workbook.sheet import Sheet
from annotate.study.exports import REASONS
from annotate.study.study import Study
from annotate.study.words import Choices, in_words


def passages(study: Study) -> Sheet:
    """One row a passage: its text, and how often each answer was given."""
    order = dict.fromkeys([*study.levels, *study.ratings["variable"].unique()])
    variables = [name for name in order if (study.ratings["variable"] == name).any()]
    columns = [
        Column("Passage", "long", 60, "What the annotators read."),
        Column("Source", "long", 22, "Who published it."),
        Column("Annotators", "count", 12, "How many annotated it in the first round."),
        *(
            Column(in_words(name), "long", 24, "How often each answer was given.", "Answers")
            for name in variables
        ),
        Column("Comments", "long", 30, "Who wrote what.", folded=study.comments.empty),
        Column("Marked words", "long", 60, "Who marked which words as what.", tall=False, folded=True),
        Column("Kind", "text", 12, "Of the passage, as it was cut.", folded=True),
        Column("Document", "text", 22, "The document it is from.", folded=True),
        Column("Title", "long", 26),
        Column("Published", "date", 19, "A real date where it is given as one; times are in UTC."),
        Column("Address", "link", 26, folded=True),
        Column("From", "count", 9, "Place of its first character in the document.", folded=True),
        Column("To", "count", 9, "Place behind its last character.", folded=True),
        Column("Item", "text", 20, "The id of the passage, made from its document and place.", folded=True),
    ]
    first = study.spans.loc[study.spans["round"] == 1]
    coders = study.annotated.loc[study.annotated["round"] == 1]
    said = study.comments.loc[study.comments["annotation"].isin(coders["annotation"])]
    comments = _said(said, lambda row: f"{row['annotator']}: {row['text']}")
    marked = _said(first, lambda row: f"{row['annotator']} {row['label']}: {row['text']}")
    related = _said(study.first_relations, _related)
    inside = _said(
        study.first_inside, lambda row: f"{row['annotator']} {row['variable']}: {row['value']}, {row['text']}"
    )
    more = [("Relations", related, "Who drew an arrow from which words to which.")] if related else []
    more += [("Answers inside", inside, "Who answered what inside which words.")] if inside else []
    at = 5 + len(variables)  # behind the marked words; a variable may have any title
    columns[at:at] = [Column(title, "long", 60, told, tall=False, folded=True) for title, _, told in more]
    answers = _answers(study)
    people = coders.groupby("item")["annotator"].nunique().to_dict()

    def rows() -> Iterator[list[Value]]:
        for row in records(study.passages):
            item = row["item"]
            cells: list[Value] = [_text(row["text"]), source_name(row["source"]), int(people.get(item, 0))]
            cells += [answers.get((item, name)) for name in variables]
            cells += [comments.get(item), marked.get(item), *(said.get(item) for _, said, _ in more)]
            cells += [_text(row["kind"]), row["document"], _text(row["title"])]
            cells += [as_date(row["published"]), _text(row["url"]), _whole(row["start"]), _whole(row["end"])]
            yield [*cells, item]

    return Sheet(columns, rows(), len(study.passages), empty="No passages.")


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
    """How often each answer was given to each item and variable: "Specific event 2, Ongoing pattern 1"."""
    words = Choices(study.codebook)
    counts = study.first_round.groupby(["item", "variable", "category"]).size().rename("count").reset_index()
    counts = counts.sort_values(
        ["item", "variable", "count", "category"], ascending=[True, True, False, True]
    )
    found: dict[tuple[str, str], list[str]] = {}
    for item, variable, category, count in counts.itertuples(index=False):
        told = words.label(variable, category)
        found.setdefault((item, variable), []).append(f"{told.replace(', ', ' + ')} {count}")
    return {key: ", ".join(told) for key, told in found.items()}


def _said(frame: pd.DataFrame, tell: Callable[[Mapping[Any, Any]], str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for row in frame.to_dict("records"):
        found.setdefault(row["item"], []).append(tell(row))
    return {item: "\n".join(told) for item, told in found.items()}


_RATING_COLUMNS = {
    "source": Column("Source", "text", 26, "Who published it."),
    "annotator": Column("Annotator", "text", 12, "A pseudonym."),
    "variable": Column("Question", "text", 18, "What was asked."),
    "category": Column("Answer", "text", 26, "What was chosen, in the words of the codebook."),
    "round": Column("Round", "count", 9, "1, or the number of the repeat."),
    "lead_time": Column("Seconds", "seconds", 11, "From opening to submitting the passage."),
    "updated_at": Column("Changed (UTC)", "moment", 20),
    "suggested": Column("Suggested by", "text", 14, "The model whose suggestion the annotator saw."),
    "item": Column("Item", "text", 20, "The id of the passage."),
    "document": Column("Document", "text", 20, "The document it is from."),
    "annotation": Column("Annotation", "id", 12, "Label Studio's number of the annotation."),
}
_UNTOLD = ("created_at",)


def ratings(study: Study) -> Sheet:
    """One row a judgement, repeats among them, as in the table of ratings but in the words of the codebook."""
    table, words = study.ratings, Choices(study.codebook)
    told = [
        name
        for name in _RATING_COLUMNS
        if name in table.columns and (table.empty or table[name].notna().any())
    ]
    further = [name for name in table.columns if name not in {*_RATING_COLUMNS, *_UNTOLD}]
    columns = [_RATING_COLUMNS[name] for name in told] + [
        Column(in_words(name), "text", 16) for name in further
    ]
    read: dict[str, Callable[[Any], Value]] = {
        "updated_at": as_date,
        "annotation": _number,
        "suggested": _text,
        "variable": in_words,
    }

    def cells(name: str) -> Iterable[Value]:
        if name == "category":
            pairs = zip(table["variable"], table["category"], strict=True)
            return (words.label(variable, category) for variable, category in pairs)
        shown = read.get(name, _text if name in further else _as_it_is)
        known: dict[Any, Value] = {}
        found = []
        for value in map(plain, table[name].tolist()):
            if value not in known:
                known[value] = None if value is None else shown(value)
            found.append(known[value])
        return found

    rows = (list(row) for row in zip(*(cells(name) for name in [*told, *further]), strict=True))
    return Sheet(columns, rows, len(table), empty="No ratings yet.")


def _as_it_is(value: Any) -> Value:
    known: Value = value
    return known


def _number(value: Any) -> Value:
    """Label Studio's numbers are numbers; a spreadsheet keeps 15 digits."""
    return int(value) if re.fullmatch(r"[1-9][0-9]{0,14}", str(value)) else _text(value)


def spans(study: Study) -> Sheet:
    """One row a marked stretch of text."""
    labels = {
        one.id: one.label
        for control in (() if study.codebook is None else study.codebook.span_variables)
        for one in control.labels
    }
    columns = [
        Column("Marked words", "long", 60, tall=False),
        Column("Label", "text", 16, "What they were marked as."),
        Column("Annotator", "text", 12, "A pseudonym."),
        Column("Source", "text", 26, "Who published the passage."),
        Column("Round", "count", 9, "1, or the number of the repeat."),
        Column("From", "count", 9, "Place of the first character in the passage."),
        Column("To", "count", 9, "Place behind the last character."),
        Column("Item", "text", 20, "The id of the passage."),
    ]
    names = ("text", "label", "annotator", "source", "round", "start", "end", "item")
    rows = (
        [text, labels.get(label, label), *rest]
        for text, label, *rest in study.spans[list(names)].itertuples(index=False, name=None)
    )
    return Sheet(columns, rows, len(study.spans), empty="Nobody has marked text.")


def exclusions(study: Study) -> Sheet:
    """One row for each annotation or answer that was left out."""
    columns = [
        Column("Reason", "text", 20),
        Column("Meaning", "long", 44),
        Column("How many with this reason", "count", 16),
        Column("Annotator", "text", 12),
        Column("Question", "text", 19, "Empty where the whole annotation is left out."),
        Column("Detail", "long", 60),
        Column("Annotation", "id", 12, "Label Studio's number of the annotation."),
        Column("Item", "text", 20, "The passage."),
    ]
    counted = study.exclusions["reason"].value_counts()

    def rows() -> Iterator[Sequence[Value]]:
        for row in records(study.exclusions.sort_values("reason", kind="stable")):
            reason = row["reason"]
            cells: list[Value] = [
                in_words(reason),
                REASONS.get(reason, ""),
                int(counted[reason]),
                row["annotator"],
            ]
            cells += [row["variable"] and in_words(row["variable"]), row["detail"]]
            yield [*cells, _number(row["annotation"]), row["item"]]

    return Sheet(columns, rows(), len(study.exclusions), top=[left_out(study)], empty="Nothing was left out.")


def left_out(study: Study) -> str:
    """What was left out, counted by reason, in one sentence."""
    counted = study.exclusions["reason"].value_counts().sort_index()
    told = ", ".join(f"{number:,} {in_words(str(reason)).lower()}" for reason, number in counted.items())
    return f"Left out: {len(study.exclusions):,} ({told})." if told else "Left out: nothing."
