"""Two numbers that make one figure: ranges, and ratios such as one in five."""

from dataclasses import dataclass

from annotate.figures.grammar import lexicon as lex
from annotate.figures.grammar.locating import year_like
from annotate.figures.grammar.number import Number
from annotate.figures.grammar.numbers import number_at
from annotate.figures.grammar.tokens import Token
from annotate.figures.grammar.units import Unit, unit_at

_MEASURED = ("percent", "money", "measure", "duration")
_CHANGES = [
    "rise",
    "rose",
    "risen",
    "rising",
    "rises",
    "increas",
    "grow",
    "grew",
    "jump",
    "climb",
    "soar",
    "surg",
    "expand",
    "doubl",
    "tripl",
    "swell",
    "swoll",
    "gain",
    "fall",
    "fell",
    "drop",
    "declin",
    "decreas",
    "shrank",
    "shrink",
    "shrunk",
    "reduc",
    "cut",
    "slump",
    "plung",
    "plummet",
    "sank",
    "sink",
    "slid",
    "slip",
    "dwindl",
    "down",
    "went",
    "gone",
    "go",
    "goes",
    "going",
    "chang",
    "improv",
    "lower",
    "rais",
    "widen",
    "narrow",
    "mov",
    "up",
]
_CHANGE_WORDS = frozenset(word for word in _CHANGES if len(word) < 5)  # noqa: PLR2004 - the others are stems
_CHANGE_STEMS = tuple(word for word in _CHANGES if len(word) > 4)  # noqa: PLR2004
_REACH, _AHEAD = 8, 5
_SEPARATORS = frozenset({"to", "and", "or"})
_ROUND = frozenset({2, 3, 4, 6, 7, 8, 9, 12})
_THOUSAND = 1000
_CLOSE = 2.5  # "20 or 30", "two or three": not "5 or 500"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers read as one, up to the token ``end``."""

    first: Number
    second: Number
    low: float
    high: float
    end: int
    currency: str | None = None


def currency_before(t: list[Token], i: int) -> tuple[int, str | None]:
    """The currency that stands before the number at token ``i``: its first token, or ``i``, and its code."""
    sign, letters = t[i - 1], t[i - 2]
    if t[i].kind not in ("num", "word") or t[i].gap > 1:
        return i, None
    if sign.text in lex.SIGNS:
        code = lex.SIGN_PREFIXES.get(letters.lower) if sign.text == "$" and sign.gap == 0 else None
        return (i - 2, code) if code and letters.kind == "word" else (i - 1, lex.SIGNS[sign.text])
    if sign.text in lex.CODES:
        return i - 1, sign.text
    if sign.text == "." and letters.text == "Rs":
        return i - 2, "INR"
    return (i - 1, "INR") if sign.text == "Rs" else (i, None)


def range_at(  # noqa: PLR0911 - a return for each reason that there is none
    t: list[Token], first: Number, start: int, currency: str | None
) -> Pair | None:
    """The range that begins with ``first``, whose currency and "between" or "from" stand before ``start``."""
    before = t[start - 1].lower
    ahead = t[first.end : first.end + _AHEAD]
    if not any(token.lower in _SEPARATORS or token.text in lex.DASHES for token in ahead):
        return None
    unit = unit_at(t, first.end, first, currency)
    end = unit.end if unit.kind in _MEASURED and unit.rate is None else first.end
    behind = _separated(t, end, before)
    if behind is None:
        return None
    j = behind
    if t[j].text in lex.SIGNS or t[j].text in lex.CODES:
        j += 1
    elif t[j].kind == "word" and t[j + 1].text == "$" and t[j + 1].gap == 0:
        j += 2
    second = number_at(t, j)
    if second is None or second.form in ("locator", "open") or first.form == "open":
        return None
    if year_like(t, first) and not year_like(t, second):  # 5,000 in 2000 to 12,000 in 2005
        return None
    other = currency_before(t, j)[1] if j > behind else None
    if not _one_unit(t, unit, end, first, second, currency, other):
        return None
    low = _shared_thousands(t, first, second) or _shared_scale(first, second)
    if not low < second.value or (t[end].lower == "or" and second.value > _CLOSE * low):
        return None
    if before == "from" and _changed(t, start - 1):
        return None
    return Pair(first, second, low, second.value, second.end, currency or other)


def _separated(t: list[Token], end: int, before: str) -> int | None:
    """The token behind what separates the two numbers of a range."""
    token, behind = t[end], t[end + 1]
    if token.text in lex.HYPHENS and behind.lower == "to" and t[end + 2].text in lex.HYPHENS:
        return end + 3
    if token.text in lex.DASHES:
        glued = token.gap == 0 and behind.gap == 0
        spaced = token.gap == 1 and behind.gap == 1 and token.text != "—"
        return end + 1 if glued or spaced else None
    words = {"to", "and", "or"} if before == "between" else {"to", "or"}
    return end + 1 if token.lower in words and token.gap == 1 else None


def _one_unit(
    t: list[Token],
    unit: Unit,
    end: int,
    first: Number,
    second: Number,
    currency: str | None,
    other: str | None,
) -> bool:
    if other is not None and other != currency:
        return False
    if end == first.end:
        return True
    behind = unit_at(t, second.end, second, other)
    return (behind.unit, behind.kind) == (unit.unit, unit.kind)


def _shared_scale(first: Number, second: Number) -> float:
    """60 to 100 thousand: the scale of the second number is that of the first, too."""
    unscaled = first.value == first.coefficient
    if unscaled and second.value > second.coefficient > first.coefficient and second.coefficient:
        return first.value * (second.value / second.coefficient)
    return first.value


def _shared_thousands(t: list[Token], first: Number, second: Number) -> float | None:
    """20-23,000: the thousands of the second number are those of the first, too."""
    dashed = second.start == first.end + 1 and t[first.end].text in lex.DASHES and t[first.end].gap == 0
    whole = first.form == second.form == "digits" and t[first.start].text.isdecimal()
    if not (dashed and whole and "," in t[second.start].text and 0 < first.value < second.value / _THOUSAND):
        return None
    low = first.value
    while low < second.value / _THOUSAND:
        low *= _THOUSAND
    return low


def _changed(t: list[Token], i: int) -> bool:
    """Whether "from" before a number tells of a change: fell from 58 to 31."""
    near = [token.lower for token in t[max(i - _REACH, 0) : i]]
    return any(word in _CHANGE_WORDS or word.startswith(_CHANGE_STEMS) for word in near)


def ratio_at(t: list[Token], first: Number) -> Pair | None:
    """One in five, 3 out of 10, two of every three, a ratio of 3 to 1, 5-to-1."""
    j = first.end
    if (k := _to_one(t, first)) is not None:
        second = number_at(t, k)
        if second is None or second.form not in ("digits", "words") or not 0 < second.value < first.value:
            return None
        return Pair(first, second, first.value / second.value, first.value / second.value, second.end)
    words = tuple(token.lower for token in t[j : j + 2])
    if words in (("out", "of"), ("in", "every"), ("of", "every")):
        k = j + 2
        k += t[k].lower == "every"
        sure = True
    elif words[0] == "in" and t[j].gap == 1:
        k, sure = j + 1, False
    else:
        return None
    second = number_at(t, k)
    if second is None or second.form not in ("digits", "words") or not 0 < first.value < second.value:
        return None
    if (not sure and not _whole(second, t[k])) or unit_at(t, second.end, second).kind in _MEASURED:
        return None
    value = first.value / second.value
    return Pair(first, second, value, value, second.end)


def _to_one(t: list[Token], first: Number) -> int | None:
    """The token behind the "to" of a ratio."""
    j = first.end
    if t[j].text in lex.HYPHENS and t[j + 1].lower == "to" and t[j + 2].text in lex.HYPHENS:
        return j + 3
    spoken = t[j].lower == "to" and t[first.start - 1].lower == "of" and t[first.start - 2].lower == "ratio"
    return j + 1 if spoken else None


def _whole(number: Number, token: Token) -> bool:
    """Whether a number is one that people count in: ten, 100, 10,000, and no year or day."""
    year = token.kind == "num" and len(token.text) == 4  # noqa: PLR2004 - digits of a year
    return not year and (number.value in _ROUND or number.value % 5 == 0)
