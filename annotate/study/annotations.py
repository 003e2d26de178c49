"""The annotations of a passage: which count, whose they are, and what was answered in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate.codebook.read import Codebook
from annotate.errors import ExportError
from annotate.study.answers import Answer, Excluded, read_answer
from annotate.study.marks import Unit
from annotate.study.ratings import encode_set

NOBODY = "A?"
UNNAMED_MODEL = "(unnamed model)"


def annotator_id(completed_by: object) -> str:
    """Give an annotator a pseudonym that stays: A and Label Studio's number of the user."""
    number = completed_by.get("id") if isinstance(completed_by, Mapping) else completed_by
    return f"A{number}" if isinstance(number, int | str) else NOBODY


def suggested_by(annotation: Mapping[str, Any]) -> str | None:
    """Name the model whose suggestion stood there when the annotation was made, or None.

    Label Studio copies the prediction that the project shows into each new annotation of the task, also
    where the annotator changed it; ``parent_prediction`` is the one that was taken over.
    """
    shown = annotation.get("prediction")
    if isinstance(shown, Mapping) and shown:
        return str(shown.get("model_version") or "").strip() or UNNAMED_MODEL
    return None if annotation.get("parent_prediction") is None else UNNAMED_MODEL


def made_for(task: Mapping[str, Any], where: str) -> list[Mapping[str, Any]]:
    """List the annotations of a task; what has not the shape of one is an ExportError."""
    for annotation in task["annotations"]:
        if not isinstance(annotation, Mapping) or not isinstance(annotation.get("result", []), list):
            msg = f'{where}: an annotation without "result"; export the project as JSON'
            raise ExportError(msg)
    return list(task["annotations"])


def own_annotations(
    annotations: Sequence[Mapping[str, Any]], *, marks_only: bool = False
) -> tuple[list[Mapping[str, Any]], list[dict[str, Any]]]:
    """Of one passage, keep the newest own annotation of each annotator; say why each other is left out.

    Where the label config asks for marks only, an annotation without any is an answer: there is nothing to mark.
    """
    left_out: list[dict[str, Any]] = []
    own: dict[str, list[Mapping[str, Any]]] = {}
    for annotation in annotations:
        reason = _annotation_reason(annotation)
        if reason and not (marks_only and reason[0] == "empty"):
            left_out.append(_annotation_row(annotation, *reason))
        else:
            own.setdefault(annotator_id(annotation.get("completed_by")), []).append(annotation)
    kept = []
    for of_one in own.values():
        *earlier, last = sorted(of_one, key=_when)
        kept.append(last)
        detail = f"annotation {last.get('id')} by the same annotator is newer"
        left_out.extend(_annotation_row(annotation, "superseded", detail) for annotation in earlier)
    return kept, left_out


def left_to_adjudication(item: str, made: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Leave out what an adjudicator made: it is read by :mod:`annotate.coordination.adjudication`."""
    for annotation in made:
        reason = _annotation_reason(annotation) or ("adjudicated", "a decision, read by annotate consensus")
        yield {**_annotation_row(annotation, *reason), "item": item}


def _when(annotation: Mapping[str, Any]) -> tuple[str, int]:
    number = annotation.get("id")
    return str(annotation.get("updated_at") or ""), number if isinstance(number, int) else 0


def _annotation_reason(annotation: Mapping[str, Any]) -> tuple[str, str] | None:
    if annotation.get("was_cancelled"):
        return "cancelled", "skipped by the annotator"
    if annotation.get("ground_truth"):
        return "ground_truth", "marked as ground truth"
    annotator, editor = annotator_id(annotation.get("completed_by")), annotation.get("updated_by")
    if annotator == NOBODY:
        return "no_annotator", "names nobody as its annotator"
    if editor is not None and annotator_id(editor) != annotator:
        return "edited_by_another", f"last changed by {annotator_id(editor)}"
    if not annotation.get("result"):
        return "empty", "nothing answered, nothing marked"
    return None


def _annotation_row(annotation: Mapping[str, Any], reason: str, detail: str) -> dict[str, Any]:
    return {
        "reason": reason,
        "annotator": annotator_id(annotation.get("completed_by")),
        "annotation": str(annotation.get("id")),
        "variable": None,
        "detail": detail,
    }


class Reader:
    """Reads what was answered in annotations made with one label config."""

    def __init__(self, codebook: Codebook, units: Sequence[Unit]) -> None:
        """Take what the offsets of the export may count; see :func:`annotate.study.marks.possible_units`."""
        self._codebook = codebook
        self._units = units
        # Label Studio sends nothing for a list in which nothing was ticked. In a submitted annotation that is an
        # answer, the empty set; in a list that may have been hidden it would be a guess.
        self._lists = tuple(
            variable.name
            for variable in codebook.variables
            if (variable.kind, variable.level, variable.required) == ("choices", "set", False)
            and not variable.conditions
        )

    def answers(self, annotation: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Answer | Excluded]:
        """Read each answer of an annotation; ``data`` are those of its task."""
        seen: set[str] = set()
        touched: set[str] = set()
        for result in annotation.get("result", []):
            for answer in read_answer(result, self._codebook, data, self._units):
                if isinstance(answer, Answer) and answer.kind == "rating":
                    if answer.variable in seen:
                        yield Excluded("answered_twice", answer.variable, answer.value)
                        continue
                    seen.add(answer.variable)
                touched.add(answer.variable)
                yield answer
        if seen:  # what was left out altogether says nothing about the lists either
            yield from (Answer("rating", name, encode_set(())) for name in self._lists if name not in touched)
