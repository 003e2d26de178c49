"""The controls of a label config: what each asks, what it offers, how its answers are measured, and when it is in sight.

Whether a control is in sight is told by ``visibleWhen`` and its parameters, held against answers.
The screen of Label Studio 1.23.2 decides as :func:`in_sight` does. What it cannot know afterwards is which
region was selected at a time: a control that needs a selected region may have been seen if there is one, and
one that needs none may always have been.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from annotate.codebook.config_xml import Element, Problem, UnusableConfigError
from annotate.codebook.repeats import Repeat, repeat_of
from annotate.codebook.scale import Level
from annotate.errors import ConfigError

CHOSEN, NOT_CHOSEN, REGION, NO_REGION = CONDITIONS = (
    "choice-selected",
    "choice-unselected",
    "region-selected",
    "no-region-selected",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One ``visibleWhen``, of a control or of what stands around it.

    ``control`` is whenTagName ("" for any), ``choices`` and ``labels`` are what whenChoiceValue and whenLabelValue
    name, each by itself enough. ``when`` is "" where whenChoiceValue stands alone: then any control may have it.
    """

    when: str
    control: str = ""
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def conditions_of(tag: Any) -> tuple[Condition, ...]:
    """The conditions of an XML element, all of which must hold: its own, and those of all around it.

    Of a control that is answered inside a stretch the screen asks its own only, and the label of the stretch.
    """
    found = []
    inside = is_per_region(tag)
    for one in (tag,) if inside else (tag, *tag.iterancestors()):
        when, name = one.get("visibleWhen") or "", one.get("whenTagName") or ""
        choices, labels = (
            tuple(said.split(",")) if said else ()
            for said in (one.get("whenChoiceValue"), one.get("whenLabelValue"))
        )
        if when in CONDITIONS or (not when and choices and not inside):
            found.append(Condition(when, name, choices, labels))
        if inside and labels:
            found.append(Condition(REGION, labels=labels))
    return tuple(found)


def is_per_region(tag: Any) -> bool:
    """Tell a control that is answered inside a marked stretch."""
    return "true" in (tag.get("perRegion"), tag.get("perItem"))


@dataclass(frozen=True, slots=True)
class Answered:
    """What an annotation holds, as conditions look at it.

    ``chosen`` has for each control with choices what was chosen there, each by all its names; ``lists`` are those
    of these controls that are Choices. ``marked`` are the control and label of each marked stretch.
    """

    chosen: Mapping[str, Sequence[frozenset[str]]]
    lists: frozenset[str]
    marked: frozenset[tuple[str, str]]


def in_sight(
    control: str, conditions: Mapping[str, Sequence[Condition]], answered: Answered, *below: str
) -> bool:
    """Tell whether a control was in sight when the annotation was submitted.

    What was chosen in a control that was hidden itself counts as not chosen. Controls that wait for each other
    (``below`` are those that are waited for) are taken as in sight.
    """
    return control in below or all(
        _holds(one, conditions, answered, (*below, control)) for one in conditions.get(control, ())
    )


def _holds(
    one: Condition,
    conditions: Mapping[str, Sequence[Condition]],
    answered: Answered,
    below: Sequence[str],
) -> bool:
    if one.when == REGION:
        return any(
            one.control in ("", control) and (not one.labels or label in one.labels)
            for control, label in answered.marked
        )
    if one.when == NO_REGION:
        return True
    if one.when == "":
        return any(names & {*one.choices} for of in answered.chosen.values() for names in of)
    if one.control == "":
        met = any(answered.chosen.get(name) for name in answered.lists)
    else:
        met = in_sight(one.control, conditions, answered, *below) and any(
            not one.choices or names & {*one.choices} for names in answered.chosen.get(one.control, ())
        )
    return bool(met) == (one.when == CHOSEN)


Kind = Literal["choices", "rating", "number", "taxonomy", "textarea", "pairwise"]


PATH_SEPARATOR = " > "


@dataclass(frozen=True, slots=True)
class Category:
    """One thing an annotator can choose.

    ``id`` is what Label Studio writes into a result: the alias where there is one, else the value.
    ``label`` is what the annotator sees, ``definition`` the hint, ``hotkey`` the key ("" for none).
    """

    id: str
    label: str
    definition: str = ""
    hotkey: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A control that is answered once a passage, or once a region where ``per_region``.

    ``level`` is None for free text, which is never coded. ``categories`` is empty for numbers, for
    free text, and for choices that come from the task's own data. ``minimum`` and ``maximum`` are
    the bounds of a number. ``shows`` is the key of the task's data that is judged ("" if the config does not say),
    ``offered_by`` the one that brings the choices ("" where the config lists them). ``conditions`` say when the
    control is in sight; all must hold. ``repeat`` is the Repeater that asks it again and again, if one does.
    """

    name: str
    kind: Kind
    level: Level | None
    categories: tuple[Category, ...]
    required: bool
    to_name: str
    minimum: float | None = None
    maximum: float | None = None
    per_region: bool = False
    shows: str = ""
    offered_by: str = ""
    conditions: tuple[Condition, ...] = ()
    repeat: Repeat | None = None


Medium = Literal["Text", "HyperText", "Paragraphs"]


@dataclass(frozen=True, slots=True)
class SpanVariable:
    """A control that marks stretches of text with labels; ``shows``, ``offered_by``, ``repeat`` as of a variable.

    ``medium`` is what shows the text; of turns, ``text_key`` has what is said in each.
    """

    name: str
    to_name: str
    labels: tuple[Category, ...]
    shows: str = ""
    offered_by: str = ""
    medium: Medium = "Text"
    text_key: str = "text"
    repeat: Repeat | None = None


def controls_of(root: Element, where: str) -> dict[str, Element]:
    """The controls of a config by name; a name that stands twice is a ConfigError."""
    found: dict[str, Element] = {}
    for tag in root.iter():
        name = tag.get("name")
        if name is None or tag.get("toName") is None:
            continue
        if name in found:
            what = f"name {name!r} is taken by line {found[name].sourceline}"
            raise unusable(where, tag, what, "give it a name of its own")
        found[name] = tag
    return found


def key_of(tag: Element) -> str:
    """The key of the task's data that a tag names with a dollar, or ""."""
    value = tag.get("value") or ""
    return value.removeprefix("$") if value.startswith("$") else ""


def unusable(where: str, tag: Element, what: str, remedy: str) -> ConfigError:
    """Make the error that a tag of a config gives, with its line."""
    return UnusableConfigError(where, Problem(tag.sourceline, tag.tag, what, remedy))


def category_of(tag: Element) -> Category:
    """Read one choice, label or relation."""
    value = tag.get("value", "")
    return Category(tag.get("alias") or value, value, tag.get("hint", ""), tag.get("hotkey", ""))


def distinct(members: Iterator[tuple[Element, Category]], where: str) -> tuple[Category, ...]:
    """Take categories in their order; one that stands twice is a ConfigError."""
    found: dict[str, Category] = {}
    for tag, category in members:
        if category.id in found:
            raise unusable(where, tag, f"{category.id!r} is there twice", "give it an alias of its own")
        found[category.id] = category
    return tuple(found.values())


def members(control: Element, member: str) -> Iterator[tuple[Element, Category]]:
    """The members of a control, whatever wraps them."""
    return ((tag, category_of(tag)) for tag in control.iter(member))


def _choices(tag: Element, where: str) -> tuple[Category, ...]:
    if tag.get("allowNested") == "true":
        return distinct(_paths(tag, ()), where)
    return distinct(members(tag, "Choice"), where)


def _paths(
    tag: Element, above: tuple[Category, ...], *, leaves: bool = False
) -> Iterator[tuple[Element, Category]]:
    for child in tag:
        if child.tag != "Choice":
            yield from _paths(child, above, leaves=leaves)
            continue
        own = category_of(child)
        path = (*above, own)
        if not leaves or child.find(".//Choice") is None:
            ids, labels = (PATH_SEPARATOR.join(getattr(c, field) for c in path) for field in ("id", "label"))
            yield child, Category(ids, labels, own.definition, own.hotkey)
        yield from _paths(child, path, leaves=leaves)


def _taxonomy(tag: Element, where: str) -> tuple[Category, ...]:
    return distinct(_paths(tag, (), leaves=tag.get("leafsOnly") == "true"), where)


def _rating(tag: Element, where: str) -> tuple[Category, ...]:
    highest = tag.get("maxRating", "5")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", highest):
        raise unusable(where, tag, f"maxRating {highest!r} is not a whole number from 1 to 999", "correct it")
    return tuple(Category(str(n), str(n)) for n in range(1, int(highest) + 1))


def _none(_tag: Element, _where: str) -> tuple[Category, ...]:
    return ()


def _sides(_tag: Element, _where: str) -> tuple[Category, ...]:
    return Category("left", "left"), Category("right", "right")


KINDS: dict[str, tuple[Kind, Callable[[Element, str], tuple[Category, ...]], tuple[Level, ...]]] = {
    "Choices": ("choices", _choices, ("nominal", "ordinal", "interval", "ratio")),
    "Rating": ("rating", _rating, ("ordinal", "interval")),
    "Number": ("number", _none, ("interval", "ratio", "ordinal")),
    "Taxonomy": ("taxonomy", _taxonomy, ("set",)),
    "TextArea": ("textarea", _none, ()),
    "Pairwise": ("pairwise", _sides, ("nominal",)),
}


def variable_of(tag: Element, keys: Mapping[str, str], where: str) -> Variable:
    """Read a control that is answered; ``keys`` has the key of the data by the name of the object."""
    kind, categories, levels = KINDS[tag.tag]
    if kind == "choices" and (tag.get("choice") == "multiple" or tag.get("allowNested") == "true"):
        levels = ("set",)
    variable = Variable(
        name=tag.get("name"),
        kind=kind,
        level=_level(tag, levels, where),
        categories=categories(tag, where),
        required=tag.get("required") == "true",
        to_name=tag.get("toName"),
        minimum=_bound(tag, "min", where) if kind == "number" else None,
        maximum=_bound(tag, "max", where) if kind == "number" else None,
        per_region=is_per_region(tag),
        shows=keys.get(tag.get("toName"), ""),
        offered_by="" if kind in ("number", "textarea") else key_of(tag),
        conditions=conditions_of(tag),
        repeat=repeat_of(tag),
    )
    if kind == "choices" and variable.level in ("interval", "ratio"):
        for category in variable.categories:
            if not _is_number(category.id):
                raise unusable(where, tag, f"level {variable.level!r} with {category.id!r}", "use numbers")
    return variable


def _level(tag: Element, allowed: tuple[Level, ...], where: str) -> Level | None:
    """Give the level of measurement: the config's own attribute ``level``, else the default of the tag."""
    said = tag.get("level")
    if said is None:
        return allowed[0] if allowed else None
    if said not in allowed:
        remedy = f"write {' or '.join(allowed)}" if allowed else "remove it: free text is not coded"
        raise unusable(where, tag, f"level {said!r} does not fit {tag.get('name')!r}", remedy)
    return cast("Level", said)


def _bound(tag: Element, attribute: str, where: str) -> float | None:
    said = tag.get(attribute)
    if said is None:
        return None
    if not _is_number(said):
        raise unusable(where, tag, f"{attribute} {said!r} is not a number", "correct it")
    return float(said)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None
