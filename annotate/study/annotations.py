"""The annotations of a passage: which count, whose they are, and what was answered in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from annotate.codebook.controls import NO_REGION, NOT_CHOSEN, REGION, Answered, Condition, in_sight
from annotate.codebook.read import PATH_SEPARATOR, Codebook, Variable
from annotate.codebook.repeats import Repeat
from annotate.errors import ExportError
from annotate.study.answers import Answer, AnswerReader, Excluded
from annotate.study.marks import Unit
from annotate.study.people import NOBODY, annotator_id
from annotate.study.ratings import decode_set, encode_set

UNNAMED_MODEL = "(unnamed model)"
OnEdited = Literal["keep", "exclude"]


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
    for number, annotation in enumerate(task["annotations"], 1):
        if not isinstance(annotation, Mapping) or not isinstance(annotation.get("result", []), list):
            msg = f'{where}: annotation {number} of {len(task["annotations"])} has no "result"; export the project as JSON'
            raise ExportError(msg)
    return list(task["annotations"])


@dataclass(frozen=True)
class Sorted:
    """The annotations of one passage: those that count, and rows that say why each other is left out.

    ``gold`` are those that a person starred as ground truth, whether they count or not. ``starred`` counts those
    that are kept although somebody else changed them last: to star an annotation is to change it.
    """

    kept: list[Mapping[str, Any]]
    left_out: list[dict[str, Any]]
    gold: list[Mapping[str, Any]]
    starred: int


def sort_annotations(
    annotations: Sequence[Mapping[str, Any]], *, marks_only: bool = False, on_edited: OnEdited = "keep"
) -> Sorted:
    """Of one passage, keep the newest own annotation of each annotator; say why each other is left out.

    Parameters
    ----------
    annotations
        All that were made of it.
    marks_only
        Whether the label config asks for marks only: then an annotation without any is an answer.
    on_edited
        What to do with an annotation that was starred as ground truth and last changed by somebody else. The
        server keeps no record of what was changed: by the star alone, the annotator's answers are as they were.

    """
    left_out: list[dict[str, Any]] = []
    gold: list[Mapping[str, Any]] = []
    starred = 0
    own: dict[str, list[Mapping[str, Any]]] = {}
    for annotation in annotations:
        reason = _annotation_reason(annotation, on_edited)
        if annotation.get("ground_truth") and not annotation.get("was_cancelled"):
            gold.append(annotation)
        if reason and not (marks_only and reason[0] == "empty"):
            left_out.append(_annotation_row(annotation, *reason))
        else:
            starred += _is_edited(annotation)
            own.setdefault(annotator_id(annotation.get("completed_by")), []).append(annotation)
    kept = []
    for of_one in own.values():
        *earlier, last = sorted(of_one, key=_when)
        kept.append(last)
        detail = f"annotation {last.get('id')} by the same annotator is newer"
        left_out.extend(_annotation_row(annotation, "superseded", detail) for annotation in earlier)
    return Sorted(kept, left_out, gold, starred)


@dataclass(frozen=True)
class SortedCopies(Sorted):
    """The annotations of a passage that several tasks bring; ``again`` are those of annotators who had coded it before.

    Each of its lists holds one annotation an annotator: their second, their third, and so on.
    """

    again: list[list[Mapping[str, Any]]]


def sort_copies(
    copies: Sequence[Sequence[Mapping[str, Any]]], *, marks_only: bool = False, on_edited: OnEdited = "keep"
) -> SortedCopies:
    """Sort the annotations of all tasks that bring one passage, as a push does whose reply was lost.

    Who codes a passage in two tasks codes it twice, as with a planned repeat: the first time counts, and each other
    is kept as a later time. One annotation that comes with two tasks is one.
    """
    found = [sort_annotations(made, marks_only=marks_only, on_edited=on_edited) for made in copies]
    left_out = [row for one in found for row in one.left_out]
    own: dict[str, dict[str, Mapping[str, Any]]] = {}
    for at, annotation in ((at, kept) for at, one in enumerate(found) for kept in one.kept):
        times = own.setdefault(annotator_id(annotation.get("completed_by")), {})
        number = annotation.get("id")
        which = f"of copy {at}" if number is None else f"{number} of {annotation.get('created_at')}"
        if times.setdefault(which, annotation) is not annotation:
            left_out.append(
                _annotation_row(annotation, "superseded", "the same annotation under another task")
            )
    ordered = [sorted(times.values(), key=_when) for times in own.values()]
    most = max(map(len, ordered), default=0)
    kept, *again = [[times[time] for times in ordered if len(times) > time] for time in range(max(most, 1))]
    gold = [annotation for one in found for annotation in one.gold]
    return SortedCopies(kept, left_out, gold, sum(one.starred for one in found), again)


def left_to_adjudication(item: str, made: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Leave out what an adjudicator made: it is read by :mod:`annotate.coordination.adjudication`."""
    for annotation in made:
        reason = _annotation_reason(annotation) or ("adjudicated", "a decision, read by annotate consensus")
        yield {**_annotation_row(annotation, *reason), "item": item}


def _when(annotation: Mapping[str, Any]) -> tuple[str, int]:
    number = annotation.get("id")
    return str(annotation.get("updated_at") or ""), number if isinstance(number, int) else 0


def _annotation_reason(annotation: Mapping[str, Any], on_edited: OnEdited = "keep") -> tuple[str, str] | None:
    if annotation.get("was_cancelled"):
        return "cancelled", "skipped by the annotator"
    if annotation.get("ground_truth") and is_imported(annotation):
        return "ground_truth", "imported as ground truth"
    if annotator_id(annotation.get("completed_by")) == NOBODY:
        return "no_annotator", "names nobody as its annotator"
    if _is_edited(annotation) and (on_edited == "exclude" or not annotation.get("ground_truth")):
        return "edited_by_another", f"last changed by {annotator_id(annotation.get('updated_by'))}"
    if not annotation.get("result"):
        return "empty", "nothing answered, nothing marked"
    return None


def _is_edited(annotation: Mapping[str, Any]) -> bool:
    editor = annotation.get("updated_by")
    return editor is not None and annotator_id(editor) != annotator_id(annotation.get("completed_by"))


def is_imported(annotation: Mapping[str, Any]) -> bool:
    """Tell an annotation that was imported: nobody submitted it on the screen, which takes time and leaves a name.

    Seen on 1.23.2: the import sets neither ``updated_by`` nor ``lead_time``, unless the file brings one, and
    notes the file's own number as ``import_id``.
    """
    return annotation.get("import_id") is not None or (
        annotation.get("updated_by") is None and annotation.get("lead_time") is None
    )


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
        """Take what the offsets of the export may count; see :class:`annotate.study.marks.Units`."""
        self._reader = AnswerReader(codebook, units)
        self._names: dict[tuple[str, str], frozenset[str]] = {}
        variables = (*codebook.variables, *codebook.region_variables)
        self._conditions = {one.name: one.conditions for one in variables if one.conditions}
        self._choosing = {one.name: one for one in variables if one.kind in _CHOOSING}
        self._listed = frozenset(name for name, one in self._choosing.items() if one.kind == "choices")
        # Label Studio sends nothing for a list in which nothing was ticked. In a submitted annotation that is an
        # answer, the empty set; in a list that may have been hidden it would be a guess.
        self._lists = tuple(
            variable
            for variable in codebook.variables
            if (variable.kind, variable.level, variable.required) == ("choices", "set", False)
            and not variable.conditions
        )

    def answers(
        self,
        annotation: Mapping[str, Any],
        data: Mapping[str, Any],
        *,
        repeat: Repeat | None = None,
        beside: Sequence[object] = (),
    ) -> Iterator[Answer | Excluded]:
        """Read each answer of an annotation, or of the part of it that is one of several of a ``repeat``.

        ``data`` are those of its task; ``beside`` are the answers to what is asked once, which conditions may look at.
        """
        read = self._read(annotation.get("result") or (), data)
        answered = self._answered([*read, *self._read(beside, data)], "")
        marked = {one.region for one in read if isinstance(one, Answer) and one.kind == "span"}
        seen: set[str] = set()
        touched: set[str] = set()
        rated = False
        for answer in read:
            touched.add(answer.variable)
            if isinstance(answer, Answer) and answer.kind in ("rating", "free_text"):
                if not in_sight(answer.variable, self._conditions, answered):
                    yield Excluded("hidden", answer.variable, answer.value)
                    continue
                if answer.variable in seen:
                    yield Excluded("answered_twice", answer.variable, answer.value)
                    continue
                seen.add(answer.variable)
                rated |= answer.kind == "rating"
            elif isinstance(answer, Answer) and answer.kind == "inside" and answer.region in marked:
                there = self._answered(read, answer.region)
                if not in_sight(answer.variable, self._conditions, there):
                    yield Excluded("hidden", answer.variable, answer.value)
                    continue
            yield answer
        lists = [variable.name for variable in self._lists if variable.repeat == repeat]
        if rated:  # what was left out altogether says nothing about the lists either
            yield from (Answer("rating", name, encode_set(())) for name in lists if name not in touched)

    def _read(self, results: Sequence[object], data: Mapping[str, Any]) -> list[Answer | Excluded]:
        return [one for result in results for one in self._reader.read(result, data)]

    def _answered(self, read: Sequence[Answer | Excluded], region: str) -> Answered:
        """What conditions look at: of a question inside a stretch, what is said of the stretch and the passage."""
        answers = [
            one for one in read if isinstance(one, Answer) and (not region or one.region in ("", region))
        ]
        chosen: dict[str, list[frozenset[str]]] = {}
        for answer in answers:
            told = answer.kind == "rating" or (region and answer.kind == "inside")
            if told and answer.variable in self._choosing:
                named = self._choosing[answer.variable]
                values = decode_set(answer.value) if named.level == "set" else (answer.value,)
                chosen.setdefault(answer.variable, []).extend(self._named(value, named) for value in values)
        return Answered(
            chosen,
            self._listed,
            frozenset((answer.variable, answer.value) for answer in answers if answer.kind == "span"),
        )

    def _named(self, value: str, variable: Variable) -> frozenset[str]:
        """What a chosen category may be called in a condition, looked up once."""
        known = self._names.get((variable.name, value))
        if known is None:
            known = self._names[variable.name, value] = _names(value, variable)
        return known


def hidden_by(codebook: Codebook, answers: Mapping[str, str]) -> dict[str, tuple[str, ...] | None]:
    """Tell of each variable whether it is asked where these are the answers, a category (or set) by variable.

    It is ``()`` where the variable is certainly in sight, and otherwise the variables whose answers hide it. Of what is hidden
    by one that is hidden itself, they are those at the top. None where it cannot be told: where the condition is
    about a marked stretch, or about a variable without an answer. What is answered in a hidden variable counts as not
    chosen, as for :func:`annotate.codebook.controls.in_sight`.
    """
    sight = _Sight({one.name: one for one in (*codebook.variables, *codebook.region_variables)}, answers)
    return {name: sight.hidden_by(name) for name in sight.variables}


_CHOOSING = ("choices", "taxonomy")


@dataclass(frozen=True)
class _Sight:
    variables: Mapping[str, Variable]
    answers: Mapping[str, str]

    def hidden_by(self, name: str, *below: str) -> tuple[str, ...] | None:
        """What hides a variable; ``below`` are those that wait for it, taken as in sight."""
        if name in below:
            return ()
        found = [self._unmet(one, name, *below) for one in self.variables[name].conditions]
        blamed = tuple(dict.fromkeys(one for names in found for one in names or ()))
        return blamed or (None if None in found else ())

    def _unmet(self, one: Condition, *below: str) -> tuple[str, ...] | None:
        """The variables for which a condition does not hold; () if it holds."""
        if one.when in (REGION, NO_REGION):
            return None
        if one.control:
            top = self.hidden_by(one.control, *below) if one.control in self.variables else None
            met = False if top else self._chosen(one.control, one.choices)
            if met and top is None:
                return None
            met_by: tuple[str, ...] = (one.control,)
            unmet_by = top or met_by
        else:  # whatever is chosen anywhere, in sight or not
            kinds = _CHOOSING if one.when == "" else ("choices",)
            found = {
                name: self._chosen(name, () if one.when else one.choices)
                for name, variable in self.variables.items()
                if variable.kind in kinds
            }
            met_by, unmet_by = tuple(name for name, said in found.items() if said), tuple(found)
            met = True if met_by else None if None in found.values() else False
        if met is None or met != (one.when == NOT_CHOSEN):
            return None if met is None else ()
        return met_by if met else unmet_by

    def _chosen(self, name: str, choices: Sequence[str]) -> bool | None:
        """Whether one of the choices, or anything if there are none, is chosen; None if there is no answer."""
        variable, said = self.variables.get(name), self.answers.get(name)
        if variable is None or said is None or variable.kind not in _CHOOSING:
            return None
        values = decode_set(said) if variable.level == "set" else (said,)
        return any(not choices or bool(_names(value, variable) & {*choices}) for value in values)


def _names(value: str, variable: Variable) -> frozenset[str]:
    """What a chosen category may be called in a condition: as it is or as it is shown, the last of a path."""
    labels = [one.label for one in variable.categories if one.id == value]
    return frozenset(name.split(PATH_SEPARATOR)[-1] for name in (value, *labels))
