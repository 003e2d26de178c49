"""The figures of a text: hedge, number, unit and rate put together, with exact offsets."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from annotate.figures import words as lex
from annotate.figures.candidates import CHAINS, DATES, Candidate, Reading, carried_unit
from annotate.figures.grammar import Line, Node, Token, pieces, year_at
from annotate.figures.names import NAMES, alone, not_understood
from annotate.figures.nouns import LOWER, UPPER, hedge_before, hedge_behind, singular
from annotate.figures.numbers import Number, is_currency, year_like
from annotate.figures.ranges import (
    currency_before,
    minus_before,
    range_at,
    ratio_at,
    scaled_as_second,
    second_unit,
)
from annotate.figures.rated import unit_at
from annotate.figures.spelled import STARTS, number_at
from annotate.figures.units import Unit

NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: code points ``start`` to ``end`` of the text, an interval, and what it measures."""

    start: int
    end: int
    low: float
    high: float
    unit: str | None
    rate: str | None
    currency: str | None
    hedge: str | None
    kind: str


def told(figure: Figure) -> str:
    """A figure in a line, as the examples of rules have it: "31.. cart per day, at least"."""
    if figure.kind == NOT_UNDERSTOOD:
        return "?"
    low, high = (
        "" if math.isnan(bound) else f"{bound:.0f}" if bound % 1 == 0 else f"{bound:.12g}"
        for bound in (figure.low, figure.high)
    )
    value = low if low == high else f"{low}..{high}"
    rate = f"per {figure.rate}" if figure.rate else None
    what = " ".join(filter(None, [value, figure.currency or figure.unit, rate]))
    return ", ".join(filter(None, [what, figure.hedge, figure.kind if figure.kind == "ratio" else None]))


_WRITTEN = (STARTS | frozenset(lex.FRACTION_NAMES)) - {"a", "an", "few", "many", "several", *lex.VULGAR}
# By first letters, which are told apart at once: most of a text is passed over by this expression alone.
_BY_LETTER = (
    f"[{letter}{letter.upper()}](?i:{'|'.join(word[1:] for word in sorted(_WRITTEN) if word[0] == letter)})"
    for letter in sorted({word[0] for word in _WRITTEN})
)
_ONE_OF = "|".join(
    sorted(lex.DURATIONS | lex.LONG_MEASURES | frozenset(lex.COLLECTIONS))
)  # more than a year, nearly a mile
_CANDIDATE = re.compile(rf"\d|[¼½¾⅐-⅞]|\b(?:{'|'.join(_BY_LETTER)}|[aA](?i:n?\s(?:{_ONE_OF})))")
_IN_TWO = ("money", "duration", "measure")
_LEADS = ("between", "from")
_TITLE_WORDS, _TITLE_SHARE = 4, 0.7
_BEHIND_ONE = lex.words("in out of per percent and or to") | lex.DASHES | {"%"}


@dataclass(frozen=True, slots=True)
class Read(Node):
    """What was read at one place, and the rules that read it; no figure where the number only locates."""

    end: int  # the token behind it
    figure: Figure | None = None


def figures(text: str) -> Iterator[Figure]:
    """Find the figures of a text, in order and disjoint.

    The time taken grows with the length of the text, whatever it holds.
    """
    return (read.figure for read in readings(text) if read.figure)


def readings(text: str) -> Iterator[Read]:
    """All that is read in a text, in order, with the names of the rules."""
    for start, end in pieces(text):
        if _CANDIDATE.search(text, start, end):
            yield from _readings(Line(text, start, end))


def _readings(line: Line) -> Iterator[Read]:
    t = line.t
    long = [
        token.text[0].isupper() for token in t if token.kind == "word" and len(token.text) >= _TITLE_WORDS
    ]
    reading = Reading(line, len(long) >= _TITLE_WORDS and sum(long) >= _TITLE_SHARE * len(long))
    i = 0
    while t[i].kind != "end":
        read = _read(reading, i) if _starts(t, i) else None
        if read is not None:
            yield read
        i = read.end if read else i + 1


def _starts(t: list[Token], i: int) -> bool:
    token = t[i]
    if token.kind != "word":
        return token.kind == "num"
    if token.lower == "one" and t[i - 1].lower not in lex.EVIDENCE_FOR_ONE:
        behind = t[i + 1]
        return behind.lower in _BEHIND_ONE or not (
            behind.lower in lex.STOPS or behind.lower == "one" or behind.kind == "mark"
        )
    return token.lower in STARTS or token.lower.endswith("fold")


def _read(reading: Reading, i: int) -> Read | None:  # noqa: PLR0911 - a return for each form
    """What begins at token ``i``, if anything does."""
    line, t = reading.line, reading.line.t
    if t[i].lower.endswith("fold"):
        return _manifold(reading, i)
    if t[i].kind == "num" and (chain := CHAINS.read(line, i, None)) is not None:
        if t[i].gap == 0 and is_currency(t[i - 1]) and t[chain.end - 1].kind == "num":  # £3/10/6
            return _unknown(reading, i - 1, chain.end, chain.rules)
        return _located(reading, chain.end, chain.rules)
    if t[i].kind == t[i + 2].kind == "num" and t[i + 1].text == ":" and t[i + 1].gap == t[i + 2].gap == 0:
        return _colon(reading, i)
    number = number_at(line, i, conjoin=t[i - 1].lower != "between")
    if number is None:
        return None
    if number.form == "locator":
        if t[i].gap == 0 and is_currency(t[i - 1]) and t[number.end - 1].kind == "num":  # £3/10/6
            return _unknown(reading, i - 1, number.end, number.rules)
        return _located(reading, number.end, number.rules)
    if number.form == "unknown":
        return _lettered(reading, number)
    return _assembled(reading, number)


def _located(reading: Reading, end: int, rules: tuple[str, ...]) -> Read:
    reading.located = end
    return Read(end, rules=rules)


def _manifold(reading: Reading, i: int) -> Read | None:
    """A tenfold rise."""
    token = reading.line.t[i]
    value = {**lex.DIGIT_WORDS, **lex.TENS, **lex.SCALES}.get(token.lower.removesuffix("fold"))
    if not value:
        return None
    reading.floor = i + 1
    figure = Figure(token.start, token.end, value, value, "time", None, None, None, "multiple")
    return Read(i + 1, figure, rules=("manifold",))


def _colon(reading: Reading, i: int) -> Read:
    """A ratio, 2:1, or else a time."""
    line, t, end = reading.line, reading.line.t, i + 3
    first, second = number_at(line, i), number_at(line, i + 2)
    named = t[i - 1].lower in lex.NUMBERED
    if named or not (first and second and first.value and second.value) or len(t[i + 2].text) > 1:
        return _located(reading, end, ("time with a colon",))
    value = first.value / second.value
    reading.floor = end
    figure = Figure(t[i].start, t[i + 2].end, value, value, None, None, None, None, "ratio")
    return Read(end, figure, rules=("ratio with a colon",))


def _assembled(reading: Reading, number: Number) -> Read:
    line, t = reading.line, reading.line.t
    start, currency = currency_before(t, number.start)
    begin, start, hedge = _led(t, start)
    lead = begin if t[begin - 1].lower in _LEADS else start
    pair = ratio_at(line, number) if currency is None else None
    pair = pair or range_at(line, number, lead, currency)
    if pair is None and t[lead - 1].lower == "from":
        number = scaled_as_second(line, number)
    last = pair.second if pair else number
    unit, hedge_behind_it = _followed(line, last, pair.currency if pair else currency)
    if number.value == 1 and hedge and not unit.kind and not pair:
        unit = _only_one(t, unit)
    if pair and pair.signed and t[lead - 1].lower in ("minus", *lex.MINUS):
        lead = begin = start = lead - 1
    if pair and not pair.ratio and t[lead - 1].lower in _LEADS:
        start = lead - 1
        begin, outer = hedge_before(t, start, unit.kind)
        hedge = outer or hedge
    elif hedge:
        begin, hedge = hedge_before(t, start, unit.kind)
    begin = max(begin, reading.floor)
    hedge = hedge or hedge_behind_it
    if pair and pair.unit:
        unit = replace(unit, unit=pair.unit)
    while pair is None and unit.kind in _IN_TWO and (more := second_unit(line, number, unit)) is not None:
        value, end, unit = more  # 2h 15m 30s: what was read becomes smaller each time
        number = replace(number, value=value, end=end, rules=(*number.rules, "two units of one amount"))
    if pair is None:
        number, unit = _and_a_half(t, number, unit)
    rules = number.rules + (pair.rules if pair else ()) + unit.rules
    candidate = Candidate(reading, number, pair, unit, hedge)
    verdict = _verdict(candidate, start)
    behind = not_understood(candidate, start)
    if verdict is not None and not (verdict == ("name behind it",) and behind and alone(t, behind)):
        return _located(reading, last.end, rules + verdict)
    return _made(candidate, begin, rules) if behind is None else _unknown(reading, begin, behind, rules)


def _and_a_half(t: list[Token], number: Number, unit: Unit) -> tuple[Number, Unit]:
    """A century and a half."""
    whole = unit.kind in _IN_TWO and unit.kind != "money" and number.value % 1 == 0 and number.value
    if not whole or [token.lower for token in t[unit.end : unit.end + 3]] != ["and", "a", "half"]:
        return number, unit
    rules = (*number.rules, "unit and a half")
    return replace(number, value=number.value + 0.5, rules=rules), replace(unit, end=unit.end + 3)


def _lettered(reading: Reading, number: Number) -> Read:
    """A number that letters touch which are not known unit: not understood, if it is not a label."""
    start = currency_before(reading.line.t, number.start)[0]
    candidate = Candidate(reading, replace(number, form="digits"), None, Unit(number.end), None)
    verdict = _verdict(candidate, start) if start == number.start else None
    if verdict not in (None, ("name behind it",)):  # 5bio CHF
        return _located(reading, number.end, number.rules + verdict)
    return _unknown(reading, start, number.end, number.rules)


def _unknown(reading: Reading, begin: int, end: int, rules: tuple[str, ...]) -> Read:
    """A figure that is not understood: no bounds, lest the number stand for what the words may make of it."""
    t = reading.line.t
    while (further := _further(t, end)) is not None:
        end = further
    reading.floor, reading.last = end, None
    figure = Figure(
        t[begin].start, t[end - 1].end, math.nan, math.nan, None, None, None, None, NOT_UNDERSTOOD
    )
    return Read(end, figure, rules=(*rules, NOT_UNDERSTOOD))


_STONES, _POUNDS = ("st", "stone"), ("lb", "lbs", "pound", "pounds")


def _further(t: list[Token], end: int) -> int | None:
    """The token behind one more number of what is not understood: 11st 4lb, £3/10/6, 11 stone 4, 11 stone 4 pounds."""
    if t[end].text == "/" and t[end].gap == t[end + 1].gap == 0 and t[end + 1].kind == "num":
        return end + 2
    if t[end].kind != "num" or t[end].gap != 1 or year_at(t[end]):
        return None
    glued = t[end + 1].kind == "word" and t[end + 1].gap == 0
    glued |= t[end - 1].lower in _STONES and t[end + 1].lower in _POUNDS
    return end + 2 if glued else end + 1 if t[end + 1].kind != "word" else None


def _verdict(c: Candidate, start: int) -> tuple[str, ...] | None:
    """The rules by which a candidate that begins at token ``start`` is not a figure, or None if it is one."""
    if start < c.reading.floor:
        return ("part of the figure before",)
    if c.unit.kind == "money":
        return None
    if c.pair and c.pair.ratio:
        return ("year",) if year_like(c.reading.line.t, c.number) else None
    line, i = c.reading.line, c.number.start
    located = DATES.read(line, i, c) or NAMES.read(line, i, c)
    return located.rules if located else None


def _led(t: list[Token], start: int) -> tuple[int, int, str | None]:
    """Where the hedge before token ``start`` begins, where what it hedges begins, and the hedge."""
    begin, hedge = hedge_before(t, start, "")
    if hedge is None and t[start - 1].lower in ("a", "an"):  # roughly a $60 million business
        further, hedge = hedge_before(t, start - 1, "")
        if hedge is not None:
            return further, start - 1, hedge
    return begin, start, hedge


def _followed(line: Line, last: Number, currency: str | None) -> tuple[Unit, str | None]:
    """The unit behind a number, and a hedge before or behind that."""
    end, hedge = hedge_behind(line.t, last.end)
    unit = unit_at(line, end, last, currency)
    if hedge is None:
        end, hedge = hedge_behind(line.t, unit.end)
        unit = replace(unit, end=end)
    return unit, hedge


def _only_one(t: list[Token], unit: Unit) -> Unit:
    """At least one winery: what is hedged is a number, and the next word is what is counted."""
    j = unit.end
    noun = t[j].kind == "word" and t[j].gap == 1 and t[j].lower not in lex.STOPS
    return Unit(j + 1, singular(t[j].lower), "count", rules=("one thing counted",)) if noun else unit


def _made(c: Candidate, begin: int, rules: tuple[str, ...]) -> Read:
    """The figure of a candidate whose hedge begins at token ``begin``."""
    reading, number, pair, unit, hedge = c.reading, c.number, c.pair, c.unit, c.hedge
    t, ratio = reading.line.t, bool(pair and pair.ratio)
    low, high = (pair.low, pair.high) if pair else (number.value, number.value)
    begin, sign = (begin, 1) if pair and pair.signed else _signed(t, begin, number, unit)
    if hedge:
        rules += (f"hedge: {hedge}",)
    if number.form == "open":
        high, hedge = math.nan, hedge if hedge in LOWER | UPPER else "indefinite"
    elif hedge in LOWER and (pair is None or ratio):
        high = math.nan
    elif hedge in UPPER and (pair is None or ratio):
        low = math.nan
    if sign < 0:
        low, high = -high, -low
    counted, kind = unit.unit, unit.kind or "number"
    if not unit.kind and (counted := carried_unit(reading, begin, unit.end)) is not None:
        rules += ("thing counted before it",)
    if ratio or (number.form == "fraction" and unit.kind in ("", "ratio")):
        kind = "ratio"
    elif kind == "number" and counted:
        kind = "measure" if counted == "magnitude" else "count"
    reading.floor = unit.end
    if unit.kind:
        reading.last_end = unit.end
    reading.last = Unit(unit.end, counted, kind, unit.currency, unit.rate)
    start, end = t[begin].start, t[unit.end - 1].end
    figure = Figure(start, end, low, high, counted, unit.rate, unit.currency, hedge, kind)
    return Read(unit.end, figure, rules=rules)


_BEFORE_MINUS = lex.words("from to between and of at by than below above")


def _signed(t: list[Token], begin: int, number: Number, unit: Unit) -> tuple[int, int]:
    before = t[begin - 1]
    if begin < number.start and t[number.start - 1].text in lex.MINUS:  # $-40
        return begin, -1
    if begin < 1:
        return begin, 1
    if before.lower == "minus" and t[begin].kind == "num":
        return (begin, 1) if t[begin - 2].kind == "num" else (begin - 1, -1)
    if unit.kind not in ("percent", "measure", "money") and t[begin - 2].lower not in _BEFORE_MINUS:
        return begin, 1
    minus = before.lower == "minus" or minus_before(t, begin)
    return (begin - 1, -1) if minus else (begin, 1)
