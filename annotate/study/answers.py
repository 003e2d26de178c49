"""One answer in a Label Studio annotation: the server checks nothing, so it is checked here."""

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from annotate.codebook.read import PATH_SEPARATOR, Codebook, Variable
from annotate.study.ratings import encode_set


@dataclass(frozen=True)
class Answer:
    """A category on a variable, a marked span, or free text.

    ``value`` is the category as the ratings table writes it, the label of a span, or the text.
    """

    kind: Literal["rating", "span", "free_text"]
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


def read_answer(result: object, codebook: Codebook, data: Mapping[str, Any]) -> Iterator[Answer | Excluded]:
    """Read one entry of an annotation's ``result``; a span with two labels gives two answers."""
    if not isinstance(result, Mapping):
        yield Excluded("malformed", "", f"an answer that is no object: {result!r:.80}")
        return
    if result.get("type") == "relation":
        yield from _relation(result, codebook)
        return
    name = str(result.get("from_name"))
    value = result.get("value")
    if not isinstance(value, Mapping):
        yield Excluded("malformed", name, "an answer without a value")
        return
    for spans in codebook.span_variables:
        if spans.name == name:
            labels = {label.id for label in spans.labels}
            yield from _spans(result, value, labels, data.get(spans.shows))
            return
    if name in codebook.unread or any(variable.name == name for variable in codebook.region_variables):
        yield Excluded("not_tabulated", name, "kept in the raw export")
        return
    found = [variable for variable in codebook.variables if variable.name == name]
    if not found:
        names = ", ".join(variable.name for variable in codebook.variables)
        yield Excluded("unknown_control", name, f"the label config has {names}")
        return
    yield from _READERS[found[0].kind](value, found[0])


def _relation(result: Mapping[str, Any], codebook: Codebook) -> Iterator[Excluded]:
    """Relations stay in the raw export; only one that the config does not know is worth a word."""
    allowed = {relation.id for relation in codebook.relations}
    labels = result.get("labels") or []
    if not _strings(labels):
        yield Excluded("malformed", "relations", f"relation {labels!r:.80}")
        return
    for label in labels:
        if label not in allowed:
            yield Excluded("unknown_category", "relations", f"{label!r} is not in the label config")


def _choices(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    chosen = value.get("choices")
    if not _strings(chosen):
        yield Excluded("malformed", variable.name, f"choices {chosen!r:.80}")
        return
    yield from _categories([str(choice) for choice in chosen or []], variable)


def _taxonomy(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    paths = value.get("taxonomy")
    if not isinstance(paths, list) or not all(_strings(path) for path in paths):
        yield Excluded("malformed", variable.name, f"taxonomy {paths!r:.80}")
        return
    yield from _categories([PATH_SEPARATOR.join(path) for path in paths], variable)


def _categories(chosen: list[str], variable: Variable) -> Iterator[Answer | Excluded]:
    order = [category.id for category in variable.categories]
    unknown = [choice for choice in chosen if order and choice not in order]
    if unknown:
        yield Excluded("unknown_category", variable.name, f"{', '.join(unknown)} is not in the label config")
    elif variable.level == "set":
        yield Answer("rating", variable.name, encode_set(chosen, order))
    elif len(set(chosen)) > 1:
        yield Excluded("several_choices", variable.name, ", ".join(chosen))
    elif chosen:
        yield Answer("rating", variable.name, chosen[0])


def _rating(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    rating = value.get("rating")
    if not is_number(rating) or rating != int(rating):
        yield Excluded("malformed", variable.name, f"rating {rating!r:.80}")
    else:
        yield from _categories([str(int(rating))], variable)


def _number(value: Mapping[str, Any], variable: Variable) -> Iterator[Answer | Excluded]:
    number = value.get("number")
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
    if text:
        yield Answer("free_text", variable.name, text)


_READERS = {
    "choices": _choices,
    "taxonomy": _taxonomy,
    "rating": _rating,
    "number": _number,
    "textarea": _free_text,
}


def _spans(
    result: Mapping[str, Any], value: Mapping[str, Any], labels: set[str], passage: object
) -> Iterator[Answer | Excluded]:
    name = str(result.get("from_name"))
    chosen = value.get("labels", value.get("hypertextlabels", value.get("paragraphlabels")))
    start, end = value.get("start"), value.get("end")
    if not _strings(chosen) or type(start) is not int or type(end) is not int or not isinstance(passage, str):
        yield Excluded("malformed", name, f"a span from {start!r} to {end!r} labelled {chosen!r:.60}")
        return
    place = _code_points(passage, start, end, value.get("text"))
    if place is None:
        yield Excluded("span_mismatch", name, f"{start} to {end} is not {value.get('text')!r:.60}")
        return
    for label in chosen or []:
        if label not in labels:
            yield Excluded("unknown_category", name, f"{label!r} is not in the label config")
        else:
            yield Answer(
                "span", name, label, *place, text=passage[slice(*place)], region=str(result.get("id", ""))
            )


def _code_points(passage: str, start: int, end: int, marked: object) -> tuple[int, int] | None:
    """Find the offsets in code points; older versions and other tools count UTF-16 units."""
    if not 0 <= start < end:
        return None
    if end <= len(passage) and (marked is None or passage[start:end] == marked):
        return start, end
    units = passage.encode("utf-16-le", errors="surrogatepass")
    before = units[: 2 * start].decode("utf-16-le", errors="replace")
    inside = units[2 * start : 2 * end].decode("utf-16-le", errors="replace")
    if 2 * end <= len(units) and inside == marked:
        return len(before), len(before) + len(inside)
    return None


def is_number(value: object) -> TypeGuard[int | float]:
    """A finite number that a float can hold; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _strings(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
