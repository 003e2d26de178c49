"""Which two figures may speak of one thing, by what they count, what they are worth and what stands around them."""

import math
from dataclasses import dataclass

import pandas as pd

from annotate.provenance.quantities.contexts import Context
from annotate.provenance.quantities.grammar import lexicon as lex
from annotate.provenance.quantities.relations import relation

_SMALL, _DISTINCT_FROM = 12, 100
_CHANCE = frozenset({"percent", "duration", "measure", "ratio", "multiple"})  # these recur by chance
_NEEDED = {2: 0, 1: 1, 0: 2}  # shared stems for one value to be one figure, by how telling the value is
_PAIR, _FEW, _MANY = 2, 3, 12  # the least count; documents that carry a value
_NEEDED_OTHER_UNIT = {2: 2, 1: 3}
_NEEDED_APART = 2  # shared stems for two values to be of one thing
_NEEDED_LOOSE = 3  # of persons, who are in every text
_NEEDED_CHANCE = 4
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
    family = (kind, None if counted or kind == "ratio" else unit, rate, currency)
    known = lex.SYNONYMS.get(unit, unit) if isinstance(unit, str) else None
    telling = _telling(low, high) - (kind in _CHANCE) - (hedge == "indefinite") * 2
    return Mention(document, source, (low, high, hedge), family, known, context, max(telling, 0))


def _telling(low: float, high: float) -> int:
    values = [value for value in (low, high) if not math.isnan(value)]
    if len(set(values)) > 1:
        return 2
    value = abs(values[0])
    digits = len(f"{value:.15g}".replace(".", "").strip("0").split("e")[0])
    if value <= _SMALL and value == int(value):
        return 0
    return 2 if digits > 1 and (value >= _DISTINCT_FROM or value != int(value)) else 1


def shared(a: Mention, b: Mention) -> frozenset[str]:
    """The stems that stand around both; death counts as one, however it is said."""
    both = a.context.stems & b.context.stems
    return both | {"die"} if a.context.dying and b.context.dying else both


def cited(a: Mention, b: Mention) -> frozenset[str]:
    """The stems of a source's name that stand around the figure of the other."""
    return (a.context.stems & b.context.publisher) | (b.context.stems & a.context.publisher)


def linked(a: Mention, b: Mention, *, carried: int) -> bool:
    """Whether two figures are taken to speak of one thing; ``carried``: how many documents have the value."""
    if a.family != b.family:
        return False
    stems = shared(a, b)
    units = _units(a, b)
    kind = relation(a.bounds, b.bounds)
    if kind == "same":
        return _one_figure(a, b, units, len(stems | cited(a, b)), carried)
    if a.document == b.document or _other_thing(a, b):
        return False
    if kind == "shared_bound" and units == "differ":
        return len(stems) >= _NEEDED_LOOSE and "indefinite" not in (a.bounds[2], b.bounds[2])
    return units in ("same", "persons") and speak_of_one(a, b)


def speak_of_one(a: Mention, b: Mention) -> bool:
    """Whether what stands around two different values shows that they are of one thing."""
    stems = shared(a, b)
    anchored = bool(stems & (a.context.anchors | b.context.anchors))
    loose = a.unit in lex.PERSONS or "indefinite" in (a.bounds[2], b.bounds[2])
    needed = _NEEDED_CHANCE if a.family[0] in _CHANCE else _NEEDED_LOOSE if loose else _NEEDED_APART
    return anchored and len(stems) >= needed and not _other_thing(a, b)


def _one_figure(a: Mention, b: Mention, units: str, stems: int, carried: int) -> bool:
    telling = a.telling
    thing = units == "same" and a.unit not in lex.PERSONS and a.family[0] not in _CHANCE
    if a.document == b.document:
        repeated = telling > 0 or (units == "same" and min(a.known) > _PAIR)
        return repeated and (units != "differ" or telling > 1)
    if units == "differ":
        return stems >= _NEEDED_OTHER_UNIT.get(telling, math.inf)
    if telling == 1 and thing and carried <= _FEW:
        return True
    return stems >= _NEEDED[telling] + (carried > _MANY)


def _units(a: Mention, b: Mention) -> str:
    if a.unit == b.unit and a.unit is not None:
        return "same"
    if a.unit is None or b.unit is None:
        return "open"
    return "persons" if a.unit in lex.PERSONS and b.unit in lex.PERSONS else "differ"


def _other_thing(a: Mention, b: Mention) -> bool:
    """Whether years, the numbers of things or death tell two figures apart, or one comes on top of the other."""
    years = a.context.years and b.context.years and not a.context.years & b.context.years
    names = {name for name, _ in a.context.numbered} & {name for name, _ in b.context.numbered}
    numbers = any(
        {number for name, number in a.context.numbered if name == one}.isdisjoint(
            {number for name, number in b.context.numbered if name == one}
        )
        for one in names
    )
    persons = a.unit in lex.PERSONS and b.unit in lex.PERSONS
    fates = persons and a.context.dying != b.context.dying
    return bool(years) or numbers or fates or a.context.added or b.context.added
