"""The figures of a text: hedge, number, unit and rate put together, with exact offsets."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from annotate.figures.grammar import lexicon as lex
from annotate.figures.grammar.carry import carried_unit
from annotate.figures.grammar.evidence import EVIDENCE_FOR_ONE, Reading, counts
from annotate.figures.grammar.hedges import LOWER, UPPER, hedge_before, hedge_behind
from annotate.figures.grammar.locating import chain_end
from annotate.figures.grammar.nouns import singular
from annotate.figures.grammar.number import Number
from annotate.figures.grammar.numbers import LONG_MEASURES, STARTS, number_at
from annotate.figures.grammar.ranges import Pair, currency_before, range_at, ratio_at
from annotate.figures.grammar.tokens import Token, pieces, tokens
from annotate.figures.grammar.units import Unit, unit_at

_WRITTEN = (STARTS | frozenset(lex.FRACTION_NAMES)) - {"a", "an", "few", "many", "several", *lex.VULGAR}
# By first letters, which are told apart at once: most of a text is passed over by this expression alone.
_BY_LETTER = (
    f"[{letter}{letter.upper()}](?i:{'|'.join(word[1:] for word in sorted(_WRITTEN) if word[0] == letter)})"
    for letter in sorted({word[0] for word in _WRITTEN})
)
_ONE_OF = "|".join(sorted(lex.DURATIONS | LONG_MEASURES))  # more than a year, nearly a mile
_CANDIDATE = re.compile(rf"\d|[¼½¾⅐-⅞]|\b(?:{'|'.join(_BY_LETTER)}|[aA](?i:n?\s(?:{_ONE_OF})))")
_LEADS = ("between", "from")
_TITLE_WORDS, _TITLE_SHARE = 4, 0.7
_BEHIND_ONE = lex.words("in out of per percent and or to") | lex.DASHES | {"%"}


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


def figures(text: str) -> Iterator[Figure]:
    """Find the figures of a text, in order and disjoint.

    The time taken grows with the length of the text, whatever it holds.
    """
    for start, end in pieces(text):
        if _CANDIDATE.search(text, start, end):
            yield from _read(tokens(text, start, end))


def _read(t: list[Token]) -> Iterator[Figure]:
    reading = Reading(t, _title_case(t))
    i = 0
    while t[i].kind != "end":
        if not _starts(t, i):
            i += 1
            continue
        found, i = _figure(reading, i)
        if found:
            yield found


def _starts(t: list[Token], i: int) -> bool:
    token = t[i]
    if token.kind != "word":
        return token.kind == "num"
    if token.lower == "one" and t[i - 1].lower not in EVIDENCE_FOR_ONE:
        behind = t[i + 1]
        return behind.lower in _BEHIND_ONE or not (
            behind.lower in lex.STOPS or behind.lower == "one" or behind.kind == "mark"
        )
    return token.lower in STARTS or token.lower.endswith("fold")


def _title_case(t: list[Token]) -> bool:
    long = [
        token.text[0].isupper() for token in t if token.kind == "word" and len(token.text) >= _TITLE_WORDS
    ]
    return len(long) >= _TITLE_WORDS and sum(long) >= _TITLE_SHARE * len(long)


def _figure(reading: Reading, i: int) -> tuple[Figure | None, int]:
    t = reading.t
    if t[i].lower.endswith("fold"):
        return _manifold(reading, i)
    end = chain_end(t, i) if t[i].kind == "num" else None
    if end is not None:
        reading.located = end
        return None, end
    if (
        t[i].kind == "num"
        and t[i + 1].text == ":"
        and t[i + 1].gap == t[i + 2].gap == 0
        and t[i + 2].kind == "num"
    ):
        return _colon(reading, i)
    number = number_at(t, i, conjoin=t[i - 1].lower != "between")
    if number is None:
        return None, i + 1
    if number.form == "locator":
        reading.located = number.end
        return None, number.end
    return _assembled(reading, number)


def _manifold(reading: Reading, i: int) -> tuple[Figure | None, int]:
    token = reading.t[i]
    value = {**lex.DIGIT_WORDS, **lex.TENS, **lex.SCALES}.get(token.lower.removesuffix("fold"))
    if not value:
        return None, i + 1
    reading.floor = i + 1
    return Figure(token.start, token.end, value, value, "time", None, None, None, "multiple"), i + 1


def _colon(reading: Reading, i: int) -> tuple[Figure | None, int]:
    """A ratio, 2:1, or else a time."""
    first, second = number_at(reading.t, i), number_at(reading.t, i + 2)
    named = reading.t[i - 1].lower in lex.NUMBERED
    if named or not (first and second and first.value and second.value) or len(reading.t[i + 2].text) > 1:
        reading.located = i + 3
        return None, i + 3
    value = first.value / second.value
    reading.floor = i + 3
    start, end = reading.t[i].start, reading.t[i + 2].end
    return Figure(start, end, value, value, None, None, None, None, "ratio"), i + 3


def _assembled(reading: Reading, number: Number) -> tuple[Figure | None, int]:
    t = reading.t
    start, currency = currency_before(t, number.start)
    begin, start, hedge = _led(t, start)
    lead = begin if t[begin - 1].lower in _LEADS else start
    pair = ratio_at(t, number) if currency is None else None
    ratio = pair is not None
    pair = pair or range_at(t, number, lead, currency)
    last = pair.second if pair else number
    unit, hedge_behind_it = _followed(t, last, pair.currency if pair else currency)
    if number.value == 1 and hedge and not unit.kind and not pair:
        unit = _only_one(t, unit)
    if pair and not ratio and t[lead - 1].lower in _LEADS:
        start = lead - 1
        begin, outer = hedge_before(t, start, unit.kind)
        hedge = outer or hedge
    elif hedge:
        begin, hedge = hedge_before(t, start, unit.kind)
    begin = max(begin, reading.floor)
    hedge = hedge or hedge_behind_it
    if not counts(reading, start, number, pair, unit, hedge, ratio=ratio):
        reading.located = last.end
        return None, last.end
    return _made(reading, begin, number, pair, unit, hedge, ratio=ratio), unit.end


def _led(t: list[Token], start: int) -> tuple[int, int, str | None]:
    """Where the hedge before token ``start`` begins, where what it hedges begins, and the hedge."""
    begin, hedge = hedge_before(t, start, "")
    if hedge is None and t[start - 1].lower in ("a", "an"):  # roughly a $60 million business
        further, hedge = hedge_before(t, start - 1, "")
        if hedge is not None:
            return further, start - 1, hedge
    return begin, start, hedge


def _followed(t: list[Token], last: Number, currency: str | None) -> tuple[Unit, str | None]:
    """The unit behind a number, and a hedge before or behind that."""
    end, hedge = hedge_behind(t, last.end)
    unit = unit_at(t, end, last, currency)
    if hedge is None:
        end, hedge = hedge_behind(t, unit.end)
        unit = replace(unit, end=end)
    return unit, hedge


def _only_one(t: list[Token], unit: Unit) -> Unit:
    """At least one winery: what is hedged is a number, and the next word is what is counted."""
    j = unit.end
    noun = t[j].kind == "word" and t[j].gap == 1 and t[j].lower not in lex.STOPS
    return Unit(j + 1, singular(t[j].lower), "count") if noun else unit


def _made(
    reading: Reading,
    begin: int,
    number: Number,
    pair: Pair | None,
    unit: Unit,
    hedge: str | None,
    *,
    ratio: bool,
) -> Figure:
    t = reading.t
    low, high = (pair.low, pair.high) if pair else (number.value, number.value)
    begin, sign = _signed(t, begin, unit)
    if number.form == "open":
        high, hedge = math.nan, hedge or "indefinite"
    elif hedge in LOWER and (pair is None or ratio):
        high = math.nan
    elif hedge in UPPER and (pair is None or ratio):
        low = math.nan
    if sign < 0:
        low, high = -high, -low
    counted = unit.unit
    if not unit.kind:
        counted = carried_unit(t, begin, reading.last, reading.last_end, unit.end)
    kind = (
        "ratio"
        if ratio or (number.form == "fraction" and unit.kind in ("", "ratio"))
        else unit.kind or "number"
    )
    if kind == "number" and counted:
        kind = "count"
    reading.floor = unit.end
    if unit.kind:
        reading.last_end = unit.end
    reading.last = Unit(unit.end, counted, kind, unit.currency, unit.rate)
    return Figure(
        t[begin].start, t[unit.end - 1].end, low, high, counted, unit.rate, unit.currency, hedge, kind
    )


def _signed(t: list[Token], begin: int, unit: Unit) -> tuple[int, int]:
    before = t[begin - 1]
    if begin < 1:
        return begin, 1
    if before.lower == "minus" and t[begin].kind == "num":
        return (begin, 1) if t[begin - 2].kind == "num" else (begin - 1, -1)
    if unit.kind not in ("percent", "measure"):
        return begin, 1
    minus = before.lower == "minus" or (before.text in ("-", "−") and before.gap > 0 and t[begin].gap == 0)  # noqa: RUF001
    return (begin - 1, -1) if minus else (begin, 1)
