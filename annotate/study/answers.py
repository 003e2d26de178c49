"""One answer in a Label Studio annotation: the server checks nothing, so it is checked here."""

import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeGuard

from annotate.codebook.read import PATH_SEPARATOR, Category, Codebook, SpanVariable, Variable
from annotate.codebook.repeats import look_up
from annotate.study.marks import UNITS, Unit, place, read_mark
from annotate.study.pages import begin_of
from annotate.study.ratings import encode_set

_WRITTEN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")


@dataclass(frozen=True)
class Answer:
    """A category on a variable, a marked span, free text, or an answer inside a marked span.

    ``value`` is the category as the ratings table writes it, the label of a span, or the text.
    """

    kind: Literal["rating", "span", "free_text", "inside"]
    variable: str
    value: str
    start: int = 0
    end: int = 0
    text: str = ""
    region: str = ""


@dataclass(frozen=True)
class Excluded:
    """An answer that cannot be used, and why."""

    reason: str
    variable: str
    detail: str


class AnswerReader:
    """Reads answers to the controls of a label config."""

    def __init__(self, codebook: Codebook, units: Sequence[Unit] = UNITS) -> None:
        """Look the controls up; ``units`` are what the offsets of the export may count."""
        self._codebook, self._units, self._unread = codebook, units, codebook.unread
        self._several = len({one.shows for one in codebook.span_variables}) > 1
        self._spans = {one.name: one for one in codebook.span_variables}
        self._variables = {one.name: one for one in (*codebook.variables, *codebook.region_variables)}

    def read(self, result: object, data: Mapping[str, Any]) -> Iterator[Answer | Excluded]:
        """Read one entry of an annotation's ``result``; a span with two labels gives two answers."""
        if not isinstance(result, Mapping):
            yield Excluded("malformed", "", f"an answer that is not an object: {result!r:.80}")
            return
        if result.get("type") == "relation":
            return  # read by annotate.study.spans, once all spans of the annotation are known
        name, value = result.get("from_name"), result.get("value")
        if not isinstance(name, str):
            yield Excluded("malformed", "", f"an answer to {name!r:.80}, which names no control")
            return
        if not isinstance(value, Mapping):
            yield Excluded("malformed", name, "an answer without a value")
            return
        if name in self._spans:
            control = self._spans[name]
            begin = begin_of(data, self._codebook, control) if self._several else 0
            yield from _spans(result, control, data, self._units, begin)
            yield from _note(result, control)
        elif name in self._variables:
            yield from _answered(result, value, self._variables[name], data)
        elif name in self._unread:
            yield Excluded("not_tabulated", name, "kept in the raw export")
        else:
            yield Excluded("unknown_control", name, f"the label config has {', '.join(self._variables)}")


def _answered(
    result: Mapping[str, Any], value: Mapping[str, Any], variable: Variable, data: Mapping[str, Any]
) -> Iterator[Answer | Excluded]:
    if not variable.categories and (offers := offered(data, variable.offered_by)):
        variable = replace(variable, categories=tuple(Category(one, one) for one in offers))
    for answer in _READERS[variable.kind](value, variable):
        if variable.per_region and isinstance(answer, Answer):
            yield replace(answer, kind="inside", region=str(result.get("id", "")))
        else:
            yield answer


def _choices(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    yield _chosen(value.get("choices"), variable)


def _taxonomy(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    yield _chosen(value.get("taxonomy"), variable)


def _paths(values: object) -> list[str] | None:
    """Read choices: each is a text, or a path of texts where choices are nested. None if it is neither."""
    values = [values] if isinstance(values, str) else values
    if not isinstance(values, list):
        return None
    paths = [[one] if isinstance(one, str) else one for one in values]
    return [PATH_SEPARATOR.join(path) for path in paths] if all(map(_strings, paths)) else None


def _chosen(values: object, variable: Variable) -> Answer | Excluded:
    chosen = _paths(values)
    if chosen is None:
        return Excluded("malformed", variable.name, f"{variable.kind} {values!r:.80}")
    return _category(chosen, variable)


def _by_id(written: str, categories: Sequence[Category]) -> str:
    """The id of what was chosen: an answer from before a choice had its alias has what annotators see."""
    if any(written == one.id for one in categories):
        return written
    seen = [one.id for one in categories if one.label == written]
    return seen[0] if len(seen) == 1 else written


def _category(chosen: list[str], variable: Variable) -> Answer | Excluded:
    order = [category.id for category in variable.categories]
    chosen = [_by_id(choice, variable.categories) for choice in chosen]
    unknown = [choice for choice in chosen if order and choice not in order]
    if unknown:
        return Excluded("unknown_category", variable.name, f"{', '.join(unknown)} is not in the label config")
    if variable.level == "set":
        return Answer("rating", variable.name, encode_set(chosen, order))
    if len(set(chosen)) > 1:
        return Excluded("several_choices", variable.name, ", ".join(chosen))
    if not chosen or not chosen[0].strip():
        return Excluded("blank", variable.name, "nothing was chosen")
    return Answer("rating", variable.name, chosen[0])


def _in_digits(value: object) -> object:
    """The number that a converter wrote as a text, where it is one."""
    written = value.strip() if isinstance(value, str) else ""
    return float(written) if _WRITTEN.fullmatch(written) else value


def _rating(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    rating = _in_digits(value.get("rating"))
    if not is_number(rating) or rating != int(rating):
        yield Excluded("malformed", variable.name, f"rating {rating!r:.80}")
    else:
        yield _category([str(int(rating))], variable)


def _number(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    number = _in_digits(value.get("number"))
    low = -math.inf if variable.minimum is None else variable.minimum
    high = math.inf if variable.maximum is None else variable.maximum
    if not is_number(number):
        yield Excluded("malformed", variable.name, f"number {number!r:.80}")
    elif not low <= number <= high:
        yield Excluded("malformed", variable.name, f"number {number} is not between {low:g} and {high:g}")
    else:
        yield Answer(
            "rating", variable.name, str(int(number)) if number == int(number) else repr(float(number))
        )


def _free_text(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    texts = value.get("text")
    texts = [texts] if isinstance(texts, str) else texts
    if not _strings(texts):
        yield Excluded("malformed", variable.name, f"text {texts!r:.80}")
        return
    text = "\n".join(texts or []).strip()
    yield Answer("free_text", variable.name, text) if text else Excluded("blank", variable.name, "no text")


def _selected(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    """Which of the two was selected, ``left`` or ``right``; ``none`` if the choice was taken back."""
    selected = value.get("selected")
    yield _chosen([] if selected in (None, "none") else selected, variable)


_READERS = {
    "choices": _choices,
    "taxonomy": _taxonomy,
    "rating": _rating,
    "number": _number,
    "textarea": _free_text,
    "pairwise": _selected,
}


def is_number(value: object) -> TypeGuard[int | float]:
    """A finite number that a float can hold; True and False are not numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _strings(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _spans(
    result: Mapping[str, Any],
    control: SpanVariable,
    data: Mapping[str, Any],
    units: Sequence[Unit],
    begin: int,
) -> Iterator[Answer | Excluded]:
    """The labels of a marked stretch, whose text begins at ``begin`` of the passage."""
    value = result["value"]
    chosen = value.get("labels", value.get("hypertextlabels", value.get("paragraphlabels")))
    if chosen is not None and not _strings(chosen):
        yield Excluded("malformed", control.name, f"a span labelled {chosen!r:.60}")
        return
    if not chosen:
        yield Excluded("blank", control.name, f"a mark without a label, on {value.get('text')!r:.60}")
        return
    mark = read_mark(value, look_up(data, control.shows), control)
    if isinstance(mark, str):
        yield Excluded("malformed", control.name, mark)
        return
    where = place(mark, units)
    if where is None:
        untold = mark.text is None
        detail = "without the text that was marked" if untold else f"is not {mark.text!r:.60}"
        reason = "unknown_offsets" if untold else "span_mismatch"
        yield Excluded(reason, control.name, f"{mark.said}{',' if untold else ''} {detail}")
        return
    labels = [label.id for label in control.labels] or offered(data, control.offered_by)
    for label in (_by_id(one, control.labels) for one in chosen):
        if label not in labels and (labels or not control.offered_by):
            yield Excluded("unknown_category", control.name, f"{label!r} is not in the label config")
        else:
            text, region = mark.passage[slice(*where)], str(result.get("id", ""))
            start, end = where[0] + begin, where[1] + begin
            yield Answer("span", control.name, label, start, end, text=text, region=region)


def _note(result: Mapping[str, Any], control: SpanVariable) -> Iterator[Answer]:
    """What an annotator wrote down beside a marked stretch: a free text under the name of the control."""
    meta = result.get("meta")
    texts = meta.get("text") if isinstance(meta, Mapping) else None
    texts = [texts] if isinstance(texts, str) else texts
    if _strings(texts) and (note := "\n".join(texts or []).strip()):
        yield Answer("free_text", control.name, note)


def offered(data: Mapping[str, Any], key: str) -> list[str]:
    """What a task offers to choose, by its own data: texts, or objects with a value, an alias and children."""
    return list(_offered(look_up(data, key), ())) if key else []


def _offered(members: object, above: tuple[str, ...]) -> Iterator[str]:
    for member in members if isinstance(members, list) else ():
        one = member if isinstance(member, Mapping) else {"value": member}
        path = (*above, str(one.get("alias") or one.get("value")))
        yield PATH_SEPARATOR.join(path)
        yield from _offered(one.get("children"), path)
