"""Figures within their passage, intervals, and what a calculation comes to."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from annotate.figures.figure import Figure

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


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage with its figures in order."""

    item: str
    document: str
    source: str
    start: int
    text: str
    parts: Sequence[Part]

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
        """Whether the stated and the computed intervals meet, hedges and rounding considered."""
        vague = VAGUENESS if any(part.hedge in _VAGUE for part in self.inputs) else 0.0
        low, high = widened(self.computed, max(vague, self.slack))
        stated = widened(self.stated.interval, VAGUENESS if self.stated.hedge in _VAGUE else 0.0)
        margin = self._rounding()
        return stated[0] - margin <= high and low <= stated[1] + margin

    def _rounding(self) -> float:
        """Half a unit of the last digit that is written; trailing zeros count as rounding."""
        if not self.rounded or (self.stated.hedge is not None and self.stated.hedge not in _VAGUE):
            return _NEXT_TO_NOTHING
        written = self.passage.text[self.stated.start : self.stated.end]
        digits = _LAST_DIGIT.search(written) if self.stated in self.passage.parts else None
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
