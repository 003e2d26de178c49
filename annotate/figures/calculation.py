"""What a calculation comes to, from figures within their passage; and sums, with their parts and total."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from annotate.figures import words as lex
from annotate.figures.read import Figure

Operation = Literal["sum", "difference", "product", "quotient", "percent", "change"]
Interval = tuple[float, float]
_SENTENCE_END = re.compile(r"[.!?][\"”\u2019)]*\s+[A-Z\"“]|\n")
_VAGUE = frozenset({"about", "nearly", "indefinite"})
_NEXT_TO_NOTHING = 1e-9
VAGUENESS = 0.1  # "about 300" reaches a tenth to either side
_LAST_DIGIT = re.compile(r"\d[\d,.\u2019']*")
_DAYS = {
    "second": 1 / 86400,
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "night": 1.0,
    "evening": 1.0,
    "morning": 1.0,
    "week": 7.0,
    "fortnight": 14.0,
    "month": 365.25 / 12,
    "quarter": 365.25 / 4,
    "year": 365.25,
    "decade": 3652.5,
    "century": 36525.0,
}
_EXACT = (
    {"second", "minute", "hour", "day", "night", "week", "fortnight"},
    {"month", "quarter", "year", "decade"},
)


@dataclass(frozen=True, slots=True)
class Part(Figure):
    """A figure in its passage: code points ``start`` to ``end`` of it."""

    @property
    def interval(self) -> Interval:
        """The bounds, infinite where open."""
        low = -math.inf if math.isnan(self.low) else self.low
        high = math.inf if math.isnan(self.high) else self.high
        return low, high

    @property
    def counted(self) -> bool:
        """Whether it counts things, or may."""
        return self.kind in ("count", "number")


@dataclass(frozen=True)
class Passage:
    """A passage with its figures in order."""

    item: str
    document: str
    source: str
    start: int
    text: str
    parts: Sequence[Part]

    @cached_property
    def own(self) -> frozenset[Part]:
        """Its figures, in no order."""
        return frozenset(self.parts)

    def between(self, i: int, j: int) -> str:
        """The text between two of its figures."""
        return self.text[self.parts[i].end : self.parts[j].start]

    def before(self, i: int, reach: int = 40) -> str:
        """The text before a figure, back to the one before it."""
        floor = self.parts[i - 1].end if i else 0
        return self.text[max(floor, self.parts[i].start - reach) : self.parts[i].start]

    def after(self, i: int, reach: int = 40) -> str:
        """The text behind a figure, up to the next."""
        stop = self.parts[i + 1].start if i + 1 < len(self.parts) else len(self.text)
        return self.text[self.parts[i].end : min(stop, self.parts[i].end + reach)]

    def one_sentence(self, i: int, j: int) -> bool:
        """Whether no sentence ends between two of its figures."""
        return not _SENTENCE_END.search(self.text, self.parts[i].end, self.parts[j].start)


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a text states, and what the figures that it gives come to."""

    passage: Passage
    operation: Operation
    inputs: Sequence[Part]
    stated: Part
    computed: Interval
    slack: float = 0.0  # share of the result that conversion leaves open
    rounded: bool = True  # whether the stated result may be rounded

    @property
    def agrees(self) -> bool:
        """Whether the stated and the computed intervals meet, hedges and rounding considered, and not in part only."""
        (low, high), (stated_low, stated_high) = self._compared()
        return stated_low <= high and low <= stated_high and not self.in_part

    @property
    def in_part(self) -> bool:
        """Whether two ranges meet, and each reaches where the other does not."""
        (low, high), (stated_low, stated_high) = self._compared()
        ranges = self.computed[0] < self.computed[1] and self.stated.interval[0] < self.stated.interval[1]
        finite = all(map(math.isfinite, (low, high, stated_low, stated_high)))
        meet = stated_low <= high and low <= stated_high
        below, above = stated_low < low and stated_high < high, low < stated_low and high < stated_high
        return ranges and finite and meet and (below or above)

    def _compared(self) -> tuple[Interval, Interval]:
        """The computed and the stated interval, with what hedges, conversion and rounding leave open."""
        vague = VAGUENESS if any(part.hedge in _VAGUE for part in self.inputs) else 0.0
        stated = widened(self.stated.interval, VAGUENESS if self.stated.hedge in _VAGUE else 0.0)
        margin = self._rounding()
        return widened(self.computed, max(vague, self.slack)), (stated[0] - margin, stated[1] + margin)

    def _rounding(self) -> float:
        """Half a unit of the last digit that is written; trailing zeros count as rounding. Of "one in eight" nothing is."""
        if self.stated.kind == "ratio":
            return _NEXT_TO_NOTHING
        if not self.rounded or (self.stated.hedge is not None and self.stated.hedge not in _VAGUE):
            return _NEXT_TO_NOTHING
        written = self.passage.text[self.stated.start : self.stated.end]
        digits = _LAST_DIGIT.search(written) if self.stated in self.passage.own else None
        shown = digits.group().rstrip(".,'\u2019").replace(",", "") if digits else ""
        if not shown.replace(".", "", 1).isdecimal() or not float(shown):
            return 0.5
        value = next(bound for bound in self.stated.interval if math.isfinite(bound))
        places = len(shown.partition(".")[2])
        zeros = 0 if places else len(shown) - len(shown.rstrip("0"))
        return 0.5 * abs(value / float(shown)) * 10.0 ** (zeros - places) + _NEXT_TO_NOTHING


def widened(interval: Interval, share: float) -> Interval:
    """The interval with a share of each bound more to either side; open sides stay open."""
    low, high = interval
    return (
        low if math.isinf(low) else low - share * abs(low),
        high if math.isinf(high) else high + share * abs(high),
    )


def days(unit: str | None) -> float | None:
    """How many days a period has."""
    return _DAYS.get(unit or "")


def inexact(one: str, other: str) -> bool:
    """Whether two periods have no whole ratio, as weeks and months have none."""
    return not any(one in family and other in family for family in _EXACT)


def times(a: Interval, b: Interval) -> Interval:
    """The product of two intervals of numbers that are not negative."""
    return _product(max(a[0], 0), max(b[0], 0)), _product(a[1], b[1])


def over(a: Interval, b: Interval) -> Interval | None:
    """The quotient of two intervals of numbers that are not negative, or None if it may divide by nothing."""
    if b[1] <= 0 or (b[0] <= 0 and math.isfinite(b[0])):
        return None
    low = 0.0 if math.isinf(b[1]) else max(a[0], 0) / b[1]
    high = math.inf if b[0] <= 0 or math.isinf(a[1]) else a[1] / b[0]
    return low, high


def _product(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


_MAKES = re.compile(
    r"(?:\b(?:mak(?:es?|ing)|giv(?:es?|ing)|bring(?:s|ing)?|add(?:s|ing)? up to|tot(?:al|als|alled|alling|aling)|"
    r"com(?:es?|ing) to|amount(?:s|ing)? to|sum(?:s|ming)? to|equals?|a (?:grand )?total of|the total (?:is|was|to|at)|"
    r"in total|altogether|in all|all told|the sum of)|=)[,:]?\s*(?:to |it |them |that |up |a total of |the total to |"
    r"the (?:total )?number to |in all )?$",
    re.IGNORECASE,
)
_IN_ALL = re.compile(
    r"\W*(?:\w+ ){0,2}(?:in all|in total|altogether|all told|all together|combined)\b", re.IGNORECASE
)
_JOIN = re.compile(r",|;|\band\b|\bplus\b|\+|/", re.IGNORECASE)
_OPENS = re.compile(r"^[^.!?]{0,30}?:\s*(?:\w+ ){0,2}$")
_OF_THESE = re.compile(r"^\W*(?:of|among) (?:these|those|them|whom|which)(?: (\w+))?", re.IGNORECASE)
_OF_THE = re.compile(r"\b(?:of|among) (?:the|these|those|its|their|all) $", re.IGNORECASE)
_APART, _FEWEST = 120, 2


def sums(passage: Passage, before: Passage | None) -> Iterator[Calculation]:
    """Find the sums of a passage; ``before`` is the passage before it, which may hold the total."""
    for k in range(len(passage.parts)):
        yield from _total_last(passage, k)
        yield from _total_first(passage, k)
    yield from _of_these(passage, before)


def _total_last(passage: Passage, k: int) -> Iterator[Calculation]:
    """12 here, 19 there and 23 elsewhere, which makes 64 in all."""
    if not (_MAKES.search(passage.before(k)) or _IN_ALL.match(passage.after(k))):
        return
    total, first = passage.parts[k], k
    while first > 0 and _joined(passage, first - 1, first) and _alike(passage.parts[first - 1], total):
        first -= 1
    parts = passage.parts[first:k]
    if len(parts) >= _FEWEST:
        yield _sum(passage, parts, total)


def _total_first(passage: Passage, k: int) -> Iterator[Calculation]:
    """64 people: 12 men, 29 women and 23 children."""
    if k + _FEWEST >= len(passage.parts) or not _OPENS.match(passage.between(k, k + 1)):
        return
    total, last = passage.parts[k], k + 1
    while last + 1 < len(passage.parts) and _joined(passage, last, last + 1):
        last += 1
    parts = passage.parts[k + 1 : last + 1]
    if len(parts) >= _FEWEST and all(_alike(part, total) for part in parts):
        found = _sum(passage, parts, total)
        if found.agrees or all(_counts_among(part, total) for part in parts):
            yield found


def _of_these(passage: Passage, before: Passage | None) -> Iterator[Calculation]:
    """31 died. Of these, 12 were men, 9 women and 10 children.

    Parts that do not reach the total may not be all of them: only those that do are reported.
    """
    if not passage.parts:
        return
    first = 0
    opening = _OF_THESE.match(passage.text[: passage.parts[0].start])
    total = _last_counted(before, opening.group(1)) if opening and before else None
    if total is None and _OF_THE.search(passage.before(0)):
        total, first = passage.parts[0], 1
    if total is None or first >= len(passage.parts):
        return
    last = first
    while last + 1 < len(passage.parts) and _joined(passage, last, last + 1):
        last += 1
    parts = passage.parts[first : last + 1]
    if len(parts) >= _FEWEST and all(_alike(part, total) for part in parts):
        found = _sum(passage, parts, total)
        if found.computed[1] >= total.interval[0]:
            yield found


def _last_counted(passage: Passage | None, noun: str | None) -> Part | None:
    parts = [part for part in passage.parts if part.counted] if passage else []
    named = [part for part in parts if noun and part.unit and noun.lower().startswith(part.unit[:4])]
    return next(reversed(named or parts), None)


def _joined(passage: Passage, i: int, j: int) -> bool:
    gap = passage.between(i, j)
    return len(gap) <= _APART and bool(_JOIN.search(gap)) and passage.one_sentence(i, j)


def _alike(part: Part, total: Part) -> bool:
    """Whether one can be a part of the other: both counts, or both in one unit."""
    if part.rate != total.rate or part.currency != total.currency:
        return False
    return (part.counted and total.counted) or (
        part.kind == total.kind and part.unit == total.unit and part.kind not in ("ratio", "multiple")
    )


def _counts_among(part: Part, total: Part) -> bool:
    persons = part.unit in lex.PERSONS and total.unit in lex.PERSONS
    return persons or part.unit is None or total.unit is None or part.unit == total.unit


def _sum(passage: Passage, parts: Sequence[Part], total: Part) -> Calculation:
    low = sum(part.interval[0] for part in parts)
    high = sum(part.interval[1] for part in parts)
    return Calculation(passage, "sum", parts, total, (low, high), rounded=any(part.low % 1 for part in parts))
