"""From the text in the table to the categories of a variable, as its level of measurement asks.

Nothing is guessed from what was observed: level and order are those of the scale.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from annotate.codebook.scale import LEVELS, Scale
from annotate.errors import StatisticsError, TableError
from annotate.study.ratings import decode_set, encode_set

# As people write numbers: float() would also read 1_0 as ten, and the digits of other scripts.
_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")


@dataclass(frozen=True)
class Places:
    """The categories of a variable, in order, and the place of each text that stands for one.

    Several texts may stand for one category: ``3`` and ``3.0`` are one number.
    """

    categories: tuple[str, ...]
    columns: dict[str, int]


class MisfitError(Exception):
    """A text that is no category of the variable; who wrote it where is for the caller to say."""

    def __init__(self, category: str, why: str) -> None:
        super().__init__(f"{category!r} {why}")
        self.category = category


def scale_of(variable: str, scales: Mapping[str, Scale]) -> Scale:
    """The scale of a variable.

    Raises
    ------
    StatisticsError
        If it has none.

    """
    scale = scales.get(variable)
    if scale is None:
        known = "|".join(LEVELS)
        raise StatisticsError(
            f"level of measurement of variable {variable} is not known; say --level {variable}={known}"
        )
    if not isinstance(scale, Scale):
        raise StatisticsError(f"variable {variable}: {scale!r} is no scale; write Scale({scale!r})")
    return scale


def place_texts(variable: str, scale: Scale, used: Collection[str]) -> Places:
    """Place the texts that were used.

    Raises
    ------
    StatisticsError
        If an ordinal variable has no declared order.
    MisfitError
        If a text is outside the declared categories, or not what the level asks for.

    """
    level, declared = scale.level, scale.categories
    if level in ("interval", "ratio"):
        return _numbers(used, declared, level)
    if level == "set":
        return _sets(used, declared)
    if level == "ordinal" and not declared:
        msg = (
            f"variable {variable} is ordinal and the order of its categories is not known; "
            f"declare them from low to high, with --order {variable}=A,B,C or in the label config"
        )
        raise StatisticsError(msg)
    categories = declared or tuple(sorted(used))
    _within(used, categories, categories)
    return Places(categories, {category: place for place, category in enumerate(categories)})


def _within(used: Collection[str], allowed: Collection[str], shown: Sequence[str]) -> None:
    for category in sorted(used):
        if category not in allowed:
            raise MisfitError(category, f"is not one of the declared categories {', '.join(shown)}")


def _numbers(used: Collection[str], declared: Sequence[str], level: str) -> Places:
    values = {text: _number(text, level) for text in sorted(used)}
    offered = {_number(text, level): text for text in reversed(declared)}
    if offered:
        _within(used, [text for text, value in values.items() if value in offered], declared)
    names = offered or {value: text for text, value in reversed(values.items())}
    ordered = sorted(names)
    place = {value: column for column, value in enumerate(ordered)}
    return Places(
        tuple(names[value] for value in ordered), {text: place[value] for text, value in values.items()}
    )


def _number(text: str, level: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise MisfitError(text, f"is no number, and level {level} needs one")
    if level == "ratio" and value < 0:
        raise MisfitError(text, "is below 0, which level ratio does not allow; say interval")
    return value


def _sets(used: Collection[str], declared: Sequence[str]) -> Places:
    names: dict[str, str] = {}
    for text in sorted(used):
        try:
            members = decode_set(text)
        except TableError as error:
            raise MisfitError(
                text, 'is no set; a set is written as a JSON array, such as ["a","b"]'
            ) from error
        for member in members:
            if declared and member not in declared:
                raise MisfitError(
                    text, f"holds {member}, which is not declared; declared are {', '.join(declared)}"
                )
        names[text] = encode_set(members, declared)
    place = {name: column for column, name in enumerate(sorted(set(names.values())))}
    return Places(tuple(place), {text: place[name] for text, name in names.items()})
