"""Stretches of passages that annotators marked, one a row as the twin of the ratings table; and what is said of them.

Columns: item, source, annotator, label, start, end, text, annotation, region, round. ``start`` and
``end`` are offsets into the passage in Unicode code points; ``passage[start:end] == text``.

A relation is an arrow that somebody drew from one marked stretch to another, with a label. An answer inside a
stretch is one to a control with ``perRegion="true"``. Either stands on spans of the same annotation: what
leads to a span that could not be read is left out with it, and counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from annotate.codebook.read import Codebook
from annotate.errors import TableError
from annotate.frames import read_frame, write_frame
from annotate.study.answers import Answer, Excluded
from annotate.study.ratings import encode_set

COLUMNS = ("item", "source", "annotator", "label", "start", "end", "text", "annotation", "region", "round")
_NUMBERS = ("start", "end", "round")


def check_spans(
    frame: pd.DataFrame, passages: Mapping[str, str] | None = None, where: str = "spans"
) -> pd.DataFrame:
    """Check a table of spans and put it into canonical form.

    Parameters
    ----------
    frame
        The columns above.
    passages
        The text of each item; if given, the offsets must give the text that was marked.
    where
        The file's name, for messages.

    Raises
    ------
    TableError
        Naming the first offending row.

    """
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        msg = f"{where}: no column {', '.join(missing)}; a table of spans has {', '.join(COLUMNS)}"
        raise TableError(msg)
    table = frame.loc[:, list(COLUMNS)].reset_index(drop=True)
    for column in COLUMNS:
        table[column] = table[column].astype("int64" if column in _NUMBERS else "str")
    _first(table["start"].lt(0) | table["end"].le(table["start"]), table, where, "ends before it starts")
    if passages is not None:
        sliced = [
            passages.get(str(item), "")[start:end]
            for item, start, end in zip(table["item"], table["start"], table["end"], strict=True)
        ]
        _first(
            table["text"] != pd.Series(sliced, dtype="str"),
            table,
            where,
            "does not hold the text at its offsets",
        )
    return table


def _first(wrong: "pd.Series[bool]", table: pd.DataFrame, where: str, what: str) -> None:
    if wrong.any():
        row = table.iloc[int(np.flatnonzero(wrong)[0])]
        msg = (
            f"{where}: item {row['item']}, annotator {row['annotator']}, {row['label']} "
            f"{row['start']} to {row['end']}: the span {what}; {int(wrong.sum())} such in all"
        )
        raise TableError(msg)


def read_spans(path: Path) -> pd.DataFrame:
    """Read and check a table of spans, ``.csv`` or ``.parquet``."""
    return check_spans(read_frame(path), where=str(path))


def write_spans(frame: pd.DataFrame, path: Path) -> None:
    """Write a table of spans, ``.csv`` or ``.parquet``."""
    write_frame(frame, path)


_ENDS = tuple(f"{end}_{what}" for end in ("from", "to") for what in ("label", "start", "end", "text"))
RELATION_COLUMNS = (
    *("item", "document", "source", "annotator", "label", *_ENDS),
    *("both_ways", "annotation", "round"),
)
INSIDE_COLUMNS = (
    *("item", "document", "source", "annotator", "variable", "value"),
    *("label", "start", "end", "text", "annotation", "region", "round"),
)
NO_LABEL = "(no label)"

Row = dict[str, Any]
_Spans = Mapping[str, list[Row]]  # by region; a stretch with two labels has two rows


def relation_frame(rows: Sequence[Row] = ()) -> pd.DataFrame:
    """Make the table of relations, one row an arrow and label.

    Columns: item, document, source (who published the passage), annotator, label (of the relation), from_label,
    from_start, from_end, from_text and the same of ``to`` (the two stretches, in code points of the passage;
    a stretch with several labels has them as a set), both_ways (drawn in both directions; the end that stands
    first is then ``from``), annotation, round.
    """
    return _typed(pd.DataFrame(list(rows), columns=list(RELATION_COLUMNS)), "relations")


def inside_frame(rows: Sequence[Row] = ()) -> pd.DataFrame:
    """Make the table of answers inside marked stretches, one row an answer.

    Columns: item, document, source, annotator, variable, value (as the table of ratings writes a category; free
    text as it is), the label, start, end and text of the stretch, annotation, region, round.
    """
    return _typed(pd.DataFrame(list(rows), columns=list(INSIDE_COLUMNS)), "answers inside marked text")


def _typed(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    numbers = [name for name in frame.columns if name.rpartition("_")[2] in ("start", "end", "round")]
    words = [name for name in frame.columns if name not in (*numbers, "both_ways", "document")]
    try:
        typed = frame.astype(dict.fromkeys(numbers, "int64") | dict.fromkeys(words, "str"))
    except (TypeError, ValueError) as error:
        raise TableError(f"{where}: a place in the text is not a whole number; {error}") from error
    return typed.astype({"both_ways": "bool"}) if "both_ways" in typed else typed


def spans_by_region(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Gather the rows of the table of spans of one annotation by Label Studio's name of the stretch."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["region"], []).append(row)
    return found


def read_relations(results: Sequence[object], spans: _Spans, codebook: Codebook) -> Iterator[Row | Excluded]:
    """Read the relations among the results of one annotation, each once; ``spans`` are those of it."""
    seen: set[tuple[object, ...]] = set()
    for result in results:
        if not isinstance(result, Mapping) or result.get("type") != "relation":
            continue
        for found in _relation(result, spans, {relation.id for relation in codebook.relations}):
            if isinstance(found, Excluded):
                yield found
                continue
            key = tuple(found[name] for name in ("label", *_ENDS))
            if key in seen:
                yield Excluded("answered_twice", "relations", f"{found['label']}, the same two stretches")
            else:
                seen.add(key)
                yield found


def _relation(result: Mapping[str, Any], spans: _Spans, allowed: set[str]) -> Iterator[Row | Excluded]:
    labels = result.get("labels")
    labels = [labels] if isinstance(labels, str) else labels or [NO_LABEL]
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        yield Excluded("malformed", "relations", f"relation {labels!r:.80}")
        return
    direction = result.get("direction", "right")
    if direction not in ("right", "left", "bi"):
        yield Excluded("malformed", "relations", f"relation that points {direction!r:.80}")
        return
    ends = [spans.get(str(result.get(f"{end}_id"))) for end in ("from", "to")]
    for label in labels:
        if label not in allowed and label != NO_LABEL:
            yield Excluded("unknown_category", "relations", f"{label!r} is not in the label config")
        elif not ends[0] or not ends[1]:
            missing = " and ".join(
                f"{end} {result.get(f'{end}_id')!r:.40}"
                for end, of in zip(("from", "to"), ends, strict=True)
                if not of
            )
            yield Excluded(
                "no_stretch", "relations", f"{label} {missing}: no marked stretch that can be read"
            )
        else:
            first, last = ends[0], ends[1]
            if direction == "left" or (direction == "bi" and _place(last) < _place(first)):
                first, last = last, first
            yield {"label": label, **_end("from", first), **_end("to", last), "both_ways": direction == "bi"}


def _place(rows: list[Row]) -> tuple[int, int, str]:
    return rows[0]["start"], rows[0]["end"], rows[0]["label"]


def _end(name: str, rows: list[Row]) -> Row:
    labels = list(dict.fromkeys(row["label"] for row in rows))
    known = {what: rows[0][what] for what in ("start", "end", "text")}
    return {
        f"{name}_{what}": value
        for what, value in {"label": labels[0] if len(labels) == 1 else encode_set(labels), **known}.items()
    }


def read_inside(answers: Sequence[Answer], spans: _Spans) -> Iterator[Row | Excluded]:
    """Put each answer inside a stretch beside the stretch that it is in; one a control and stretch."""
    seen: set[tuple[str, str]] = set()
    for answer in answers:
        rows = spans.get(answer.region)
        if rows is None:
            detail = f"{answer.value!r:.60} inside {answer.region!r:.40}, no marked stretch that can be read"
            yield Excluded("no_stretch", answer.variable, detail)
        elif (answer.region, answer.variable) in seen:
            yield Excluded("answered_twice", answer.variable, answer.value)
        else:
            seen.add((answer.region, answer.variable))
            end = {what.removeprefix("in_"): value for what, value in _end("in", rows).items()}
            yield {"variable": answer.variable, "value": answer.value, "region": answer.region, **end}
