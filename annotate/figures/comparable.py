"""Which two figures may speak of one thing, by what they count, what they are worth and what stands around them."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from annotate.figures import words as lex
from annotate.figures.contexts import Context

_SMALL, _DISTINCT_FROM = 12, 100
_CHANCE = frozenset({"percent", "duration", "measure", "ratio", "multiple"})  # these recur by chance
_NEEDED = {2: 0, 1: 1, 0: 2}  # shared stems for one value to be one figure, by how telling the value is
_PAIR, _FEW, _MANY = 2, 3, 12  # the least count; documents that carry a value
_NEEDED_OTHER_UNIT = {2: 2, 1: 3}
_WORDS = {2: 1, 1: 2}  # of these no names, where the units differ
_NEEDED_APART = 2  # shared stems for two values to be of one thing
_NEEDED_LOOSE = 3  # of persons, who are in every text
_NEEDED_CHANCE = 4
_NEEDED_MONEY = {True: 3, False: 5}  # whether both say what became of it: it was paid, given, lost
_RARE = 4  # digits of a number that hardly stands in two texts by chance
_LARGE = 1000  # from which a range that both texts have is one
_COUNTS = frozenset({"count", "money"})  # of these, "12 of the people" is a part
_ANYBODY = lex.words(
    "people death body corpse victim life soul human"
)  # of whom men, pupils, miners are a part
Relation = Literal["same", "shared_bound", "overlap", "apart"]
TOLERANCE = 0.1  # "about 300" and "nearly 300" reach a tenth to either side
_VAGUE = frozenset({"about", "nearly"})
_SPANS = {
    "month": ("year", 1 / 12),
    "quarter": ("year", 1 / 4),
    "decade": ("year", 10),
    "century": ("year", 100),
    "week": ("day", 7),
    "fortnight": ("day", 14),
    "minute": ("hour", 1 / 60),
}  # spans of time that are whole parts of others
Bounds = tuple[float, float, str | None]
Family = tuple[str, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure with its surroundings."""

    document: str
    source: str
    bounds: Bounds
    family: Family  # what may be compared at all
    unit: str | None
    context: Context
    telling: int  # 0 a small or round number, 2 one that hardly recurs by chance

    @property
    def known(self) -> list[float]:
        """The bounds that are not open."""
        return sorted({value for value in self.bounds[:2] if not math.isnan(value)})


def mentions(quantities: pd.DataFrame, around: list[Context]) -> list[Mention]:
    """The figures of a table, in its order, each with its context."""
    names = ("document", "source", "low", "high", "hedge", "unit", "rate", "currency", "quantity_type")
    rows = zip(*(quantities[name] for name in names), around, strict=True)
    return [_mention(*row) for row in rows]


def _mention(
    document: str, source: str, low: float, high: float, hedge: str | None, unit: str | None, rate: str | None,
    currency: str | None, quantity_type: str, context: Context,
) -> Mention:  # fmt: skip
    counted = quantity_type in ("count", "number")
    kind = "count" if counted else quantity_type
    known = lex.SYNONYMS.get(unit, unit) if isinstance(unit, str) else None
    telling = _telling(low, high) - (kind in _CHANCE) - (hedge == "indefinite") * 2
    if kind == "duration" and known in _SPANS:  # half a century is 50 years, a fortnight is 14 days
        known, times = _SPANS[known]
        low, high = low * times, high * times
    family = (
        kind,
        None if counted or kind == "ratio" else known if kind == "duration" else unit,
        rate,
        currency,
    )
    if known is None and counted and context.persons:
        known = "people"  # "30 were killed"
    return Mention(document, source, (low, high, hedge), family, known, context, max(telling, 0))


def _digits(value: float) -> int:
    return len(f"{abs(value):.15g}".replace(".", "").strip("0").split("e")[0])


def _telling(low: float, high: float) -> int:
    values = [value for value in (low, high) if not math.isnan(value)]
    if not values:
        return 0
    if len(set(values)) > 1:
        return 2
    value = abs(values[0])
    if value <= _SMALL and value == int(value):
        return 0
    return 2 if _digits(value) > 1 and (value >= _DISTINCT_FROM or value != int(value)) else 1


def shared(a: Mention, b: Mention) -> frozenset[str]:
    """The stems that stand around both; death counts as one, however it is said."""
    both = a.context.stems & b.context.stems
    return both | {"die"} if a.context.dying and b.context.dying else both


def cited(a: Mention, b: Mention) -> frozenset[str]:
    """The stems of a source's name that stand around the figure of the other."""
    return (a.context.stems & b.context.publisher) | (b.context.stems & a.context.publisher)


def linked(a: Mention, b: Mention, *, carried: int) -> bool:
    """Whether two figures are taken to speak of one thing; ``carried``: how many documents have the value."""
    indefinite = a.bounds[2] == b.bounds[2] == "indefinite"  # two "millions" are not one figure
    if a.family != b.family or indefinite or not (a.known and b.known):
        return False
    stems = shared(a, b)
    units = _units(a, b)
    kind = relation(a.bounds, b.bounds)
    if kind == "same":
        return _one_figure(a, b, units, carried)
    if a.document == b.document or _other_thing(a, b):
        return False
    if kind == "shared_bound" and units == "differ":
        return len(stems) >= _NEEDED_LOOSE and "indefinite" not in (a.bounds[2], b.bounds[2])
    return units in ("same", "persons") and speak_of_one(a, b)


def speak_of_one(a: Mention, b: Mention) -> bool:
    """Whether what stands around two different values shows that they are of one thing.

    Of persons who live, and of sums of money, no more than one may have words of its own, or more must agree.
    """
    stems = shared(a, b)
    anchored = bool(stems & (a.context.anchors | b.context.anchors))
    loose = a.unit in lex.PERSONS or "indefinite" in (a.bounds[2], b.bounds[2])
    needed = _NEEDED_CHANCE if a.family[0] in _CHANCE else _NEEDED_LOOSE if loose else _NEEDED_APART
    own = min(len(a.context.stems - stems), len(b.context.stems - stems))
    if _persons(a, b) and not a.context.dying:
        needed += min(own, _PAIR)
    if a.family[0] == "money":
        needed = _NEEDED_MONEY[bool(a.context.deeds & b.context.deeds)] + _PAIR * own
    return anchored and len(stems) >= needed and not _other_thing(a, b)


def comparable_units(a: Mention, b: Mention) -> bool:
    """Whether two figures count the same, or persons, or are money of one currency."""
    return _units(a, b) in ("same", "persons")


def less(a: Mention, b: Mention) -> bool:
    """Whether it is said that one figure is of a part of what another counts: 12 children of 30 people."""
    somebody = _units(a, b) == "persons" and b.unit in _ANYBODY and a.unit not in _ANYBODY
    part = _is_part(a) and not _is_part(b)
    return part or somebody or (b.context.of_all and not a.context.of_all)


def _is_part(mention: Mention) -> bool:
    return mention.context.part and mention.family[0] in _COUNTS


def _one_figure(a: Mention, b: Mention, units: str, carried: int) -> bool:
    telling, money = a.telling, a.family[0] == "money"
    thing = units == "same" and a.unit not in lex.PERSONS and a.family[0] not in _CHANCE and not money
    if a.document == b.document:
        repeated = telling > 0 or (units == "same" and min(a.known) > _PAIR)
        return repeated and (units != "differ" or telling > 1)
    if {a.unit, b.unit} <= lex.BELONGING and _tells_apart(a):
        return True  # one range of people under two names: followers here, members there
    stems = shared(a, b)
    names = {stem for stem in a.context.anchors | b.context.anchors if not stem.isdigit()}
    words = stems - names - a.context.years
    many = len(stems | cited(a, b))
    if units == "differ":
        return many >= _NEEDED_OTHER_UNIT.get(telling, math.inf) and len(words - {"die"}) >= _WORDS[telling]
    if (telling == 1 and thing and carried <= _FEW) or (units == "same" and _large_range(a)):
        return True
    rare = all(_digits(value) >= _RARE for value in a.known)
    needed = _NEEDED[telling] + (carried > _MANY)
    if not rare and (units == "persons" or money):
        needed = max(needed, 1)
    return many >= needed and (units != "open" or rare or bool(words))


def _large_range(mention: Mention) -> bool:
    """Whether it is a range that two texts hardly give by chance, not "from 1,000 to 2,000 people"."""
    return mention.family[0] != "percent" and mention.unit not in lex.PERSONS and _tells_apart(mention)


def _tells_apart(mention: Mention) -> bool:
    if len(mention.known) != _PAIR:
        return False
    low, high = mention.known
    return high >= _LARGE and low > 0 and not math.log10(low).is_integer()


def _units(a: Mention, b: Mention) -> str:
    if a.unit == b.unit and (a.unit is not None or a.family[0] == "money"):
        return "same"  # the currency is in the family
    if a.unit is None or b.unit is None:
        return "open"
    return "persons" if _persons(a, b) else "differ"


def _other_thing(a: Mention, b: Mention) -> bool:
    """Whether it is said that two figures are of two things.

    By the years, weekdays, months or days, the numbers of things or the deeds around them, by death, as one
    comes on top of the other, or as they are of two parts.
    """
    names = {name for name, _ in a.context.numbered} & {name for name, _ in b.context.numbered}
    numbers = any(
        _apart(
            {number for name, number in a.context.numbered if name == one},
            {number for name, number in b.context.numbered if name == one},
        )
        for one in names
    )
    fates = _persons(a, b) and a.context.dying != b.context.dying
    deeds = _apart(a.context.deeds, b.context.deeds) and not (a.context.dying and b.context.dying)
    return (
        _other_time(a, b) or numbers or fates or deeds or a.context.added or b.context.added or _unlike(a, b)
    )


def _other_time(a: Mention, b: Mention) -> bool:
    """Whether dates differ, or one is of a year and the other of "last year" or "now"."""
    if _apart(a.context.years, b.context.years) or any(map(_apart, a.context.times, b.context.times)):
        return True
    told, other = a.context.times[-1], b.context.times[-1]
    return bool(
        (told and not a.context.years and b.context.years)
        or (other and not b.context.years and a.context.years)
    )


def _unlike(a: Mention, b: Mention) -> bool:
    """Whether two figures are of two parts, or each of a part of the other: women and children."""
    parts = _units(a, b) == "persons" and a.unit not in _ANYBODY and b.unit not in _ANYBODY
    return parts or (_is_part(a) and _is_part(b)) or (less(a, b) and less(b, a))


def _apart(one: Collection[str], other: Collection[str]) -> bool:
    return bool(one) and bool(other) and set(one).isdisjoint(other)


def _persons(a: Mention, b: Mention) -> bool:
    return a.unit in lex.PERSONS and b.unit in lex.PERSONS


def relation(a: tuple[float, float, str | None], b: tuple[float, float, str | None]) -> Relation:
    """Relate two figures, each (low, high, hedge), NaN where open.

    ``same``: the same bounds, whatever is hedged with "about" or "nearly". ``shared_bound``: not the same, but a
    bound of one is a bound of the other ("60,000 to 100,000" and "at least 100,000"). ``overlap``: both can be
    right, where "about" and "nearly" reach a tenth to either side. ``apart``: they cannot both be right, if they
    speak of one thing.

    >>> relation((240, 240, "about"), (240, 240, None)), relation((31, 31, None), (58, 58, None))
    ('same', 'apart')
    """
    if _equal(a[0], b[0]) and _equal(a[1], b[1]):
        return "same"
    if {bound for bound in a[:2] if not math.isnan(bound)} & {
        bound for bound in b[:2] if not math.isnan(bound)
    }:
        return "shared_bound"
    (a_low, a_high), (b_low, b_high) = _reach(*a), _reach(*b)
    return "overlap" if a_low <= b_high and b_low <= a_high else "apart"


def _equal(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def _reach(low: float, high: float, hedge: str | None) -> tuple[float, float]:
    share = TOLERANCE if hedge in _VAGUE else 0.0
    return (
        -math.inf if math.isnan(low) else low - share * abs(low),
        math.inf if math.isnan(high) else high + share * abs(high),
    )
