"""What one annotation says, as rows of the tables that an export becomes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from annotate.codebook.read import Codebook
from annotate.study.annotations import suggested_by
from annotate.study.answers import Answer, Excluded, is_number
from annotate.study.exported import PASSAGE_COLUMNS, as_cell
from annotate.study.people import annotator_id
from annotate.study.spans import read_inside, read_relations, spans_by_region


@dataclass(frozen=True)
class Rows:
    """The cells that all rows from one annotation of one passage, in one round, share."""

    passage: Mapping[str, Any]
    annotation: Mapping[str, Any]
    repeat: int

    @cached_property
    def _who(self) -> dict[str, Any]:
        return {
            "item": self.passage["item"],
            "annotator": annotator_id(self.annotation.get("completed_by")),
            "annotation": str(self.annotation.get("id")),
        }

    @cached_property
    def _rated(self) -> dict[str, Any]:
        """What all judgements share."""
        annotation = self.annotation
        return {
            **self._who,
            "source": self.passage["source"],
            "document": self.passage["document"],
            "created_at": as_cell(annotation.get("created_at")),
            "updated_at": as_cell(annotation.get("updated_at")),
            "lead_time": lead_time if is_number(lead_time := annotation.get("lead_time")) else None,
            "round": self.repeat,
            "suggested": suggested_by(annotation),
            **{name: fact for name, fact in self.passage.items() if name not in PASSAGE_COLUMNS},
        }

    def annotated(self, *, whole: bool) -> dict[str, Any]:
        """That the annotator annotated the passage, and whether all marks are known."""
        return {**self._who, "round": self.repeat, "marks_whole": whole}

    def rating(self, answer: Answer) -> dict[str, Any]:
        """A judgement."""
        return {**self._rated, "variable": answer.variable, "category": answer.value}

    def span(self, answer: Answer) -> dict[str, Any]:
        """A marked stretch."""
        return {
            **self._who,
            "source": self.passage["source"],
            "label": answer.value,
            "start": answer.start,
            "end": answer.end,
            "text": answer.text,
            "region": answer.region,
            "round": self.repeat,
        }

    def about_spans(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """A relation between marked stretches, or an answer inside one."""
        place = {name: self.passage[name] for name in ("document", "source")}
        return {**self._who, **place, **found, "round": self.repeat}

    def comment(self, answer: Answer) -> dict[str, Any]:
        """A free text."""
        return {**self._who, "variable": answer.variable, "text": answer.value}

    def exclusion(self, excluded: Excluded) -> dict[str, Any]:
        """What was left out, and why."""
        return {
            **self._who,
            "reason": excluded.reason,
            "variable": excluded.variable,
            "detail": excluded.detail,
        }


def rows_of(
    rows: Rows, answers: Sequence[Answer | Excluded], codebook: Codebook
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Turn what one annotation says into rows of the tables; relations once all its spans are known."""
    tables = {"rating": rows.rating, "free_text": rows.comment}
    spans: list[dict[str, Any]] = []  # those that were marked twice among them: relations may lead to either
    marked: set[tuple[str, str, int, int]] = set()
    marking, lost = {control.name for control in codebook.span_variables}, 0
    for answer in answers:
        if isinstance(answer, Excluded):
            yield "exclusion", rows.exclusion(answer)
            lost += answer.variable in marking
        elif answer.kind == "span":
            spans.append(row := rows.span(answer))
            place = (answer.variable, answer.value, answer.start, answer.end)
            if place in marked:
                detail = f"{answer.value} on {answer.text!r:.60}, marked before"
                yield "exclusion", rows.exclusion(Excluded("answered_twice", answer.variable, detail))
            else:
                marked.add(place)
                yield "span", row
        elif answer.kind != "inside":
            yield answer.kind, tables[answer.kind](answer)
    if lost:
        detail = f"{lost} of its marks left out; the others stay in the table of spans"
        yield "exclusion", rows.exclusion(Excluded("marks_incomplete", "", detail))
    yield "annotated", rows.annotated(whole=not lost)
    regions = spans_by_region(spans)
    inside = [answer for answer in answers if isinstance(answer, Answer) and answer.kind == "inside"]
    for kind, found in (
        ("relation", read_relations(rows.annotation.get("result", []), regions, codebook)),
        ("inside", read_inside(inside, regions)),
    ):
        for one in found:
            if isinstance(one, Excluded):
                yield "exclusion", rows.exclusion(one)
            else:
                yield kind, rows.about_spans(one)
