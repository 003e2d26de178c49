"""When a control is in sight: ``visibleWhen`` and its parameters, read from a config and held against answers.

The screen of Label Studio 1.23.2 decides as :func:`in_sight` does. What it cannot know afterwards is which
region was selected at a time: a control that needs a selected region may have been seen if there is one, and
one that needs none may always have been.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    """The conditions of an XML element, all of which must hold: its own, and those of all around it."""
    found = []
    for one in (tag, *tag.iterancestors()):
        when, choices = one.get("visibleWhen") or "", one.get("whenChoiceValue") or ""
        if when in CONDITIONS or (not when and choices):
            labels = one.get("whenLabelValue") or ""
            found.append(
                Condition(
                    when,
                    one.get("whenTagName") or "",
                    tuple(choices.split(",")) if choices else (),
                    tuple(labels.split(",")) if labels else (),
                )
            )
    return tuple(found)


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
