"""Two numbers that make one figure: ranges, ratios such as one in five, and two units of one amount."""

from dataclasses import dataclass, replace

from annotate.figures import words as lex
from annotate.figures.grammar import LINE_BREAK, Line, Match, Node, Rules, Token
from annotate.figures.numbers import Number, year_like
from annotate.figures.rated import unit_at
from annotate.figures.spelled import number_at
from annotate.figures.units import LETTERS_LONGEST, Unit

_MEASURED = ("percent", "money", "measure", "duration")
_REACH, _AHEAD = 8, 5
_CENTS, _TWO_DIGITS, _MINUTE = 100, 2, 60
_SHILLINGS, _OLD_PENCE = 20, 12  # of a pound, of a shilling
_HUNDREDTHS = lex.words("cent cents pence p paise paisa kopeck kopecks centavo centavos groszy centimes")
_SEPARATORS = frozenset({"to", "and", "or"})
_ROUND = frozenset({2, 3, 4, 6, 7, 8, 9, 12})
_THOUSAND = 1000
_LONG = 4  # digits of a sum of money
_PLACES = 6
_CHANGED = 10  # times the second number: from 4 to 3 million, not from 900 to 1.2 million
_CLOSE = 2.5  # "20 or 30", "two or three": not "5 or 500"


@dataclass(frozen=True, slots=True)
class Pair(Node):
    """Two numbers read as one, up to the token behind the second."""

    second: Number
    low: float
    high: float
    currency: str | None = None
    ratio: bool = False
    unit: str | None = None  # where the ends have two, the one that both are given in
    signed: bool = False  # whether the bounds have their signs already


@dataclass(frozen=True, slots=True)
class Begun:
    """The first number of what may be a range, with the token that its currency, or what stands before it, begins at."""

    first: Number
    start: int
    currency: str | None
    unit: Unit  # behind the first number
    negative: bool = False

    def word_before(self, line: Line) -> str:
        """The word before the range."""
        return line.t[self.start - self.negative - 1].lower


def minus_before(t: list[Token], i: int) -> bool:
    """Whether a minus belongs to the amount at token ``i``: it touches the amount, and nothing before it."""
    return t[i - 1].text in lex.MINUS and t[i - 1].gap > 0 and t[i].gap == 0


RANGES: Rules[Begun, Pair] = Rules("range", "behind")
RATIOS: Rules[Number, Pair] = Rules("ratio", "behind")


def currency_before(t: list[Token], i: int) -> tuple[int, str | None]:
    """The currency that stands before the number at token ``i``: its first token, or ``i``, and its code."""
    sign, letters = t[i - 1], t[i - 2]
    if t[i].kind not in ("num", "word") or t[i].gap > 1:
        return i, None
    if sign.text in lex.SIGNS:
        code = lex.SIGN_PREFIXES.get(letters.lower) if sign.text == "$" and sign.gap == 0 else None
        code = letters.text if letters.text in lex.CODES else code
        return (i - 2, code) if code and letters.kind == "word" else (i - 1, lex.SIGNS[sign.text])
    if sign.text in lex.MINUS and sign.gap == t[i].gap == 0 and letters.text in lex.SIGNS:  # $-40
        return i - 2, lex.SIGNS[letters.text]
    if sign.text in lex.CODES:
        large = (
            len(t[i].text) >= _LONG or t[i + 1].lower in lex.SUFFIXES or sign.text not in lex.AMBIGUOUS_CODES
        )
        return (i - 1, sign.text) if large else (i, None)
    if sign.text == "." and letters.text in lex.CURRENCY_LETTERS:
        return i - 2, lex.CURRENCY_LETTERS[letters.text]
    known = lex.CURRENCY_LETTERS.get(sign.text)
    return (i - 1, known) if known else (i, None)


def ratio_at(line: Line, first: Number) -> Pair | None:
    """The ratio that begins with a number."""
    return RATIOS.read(line, first.end, first)


def range_at(line: Line, first: Number, start: int, currency: str | None) -> Pair | None:
    """The range that begins with ``first``, whose currency and "between" or "from" stand before ``start``."""
    t = line.t
    ahead = t[first.end : first.end + _AHEAD]
    if not any(token.lower in _SEPARATORS or token.text in lex.DASHES for token in ahead):
        return None
    unit = unit_at(line, first.end, first, currency)
    end = unit.end if unit.kind in _MEASURED and unit.rate is None else first.end
    return RANGES.read(line, end, Begun(first, start, currency, unit, minus_before(t, start)))


@RANGES.rule("range to", r"{hyphen}to{hyphen}|{hyphen}? (?:(?:up )?to|or)", "60 to 100 thousand tiles = 60000..100000 tile",
             "a 5-to-7 percent rise = 5..7 percent", "an 8- to 16-metre mast = 8..16 metre", "about 20 or 30 men = 20..30 man, about",
             "from 3 up to 5 men = 3..5 man", "6 weeks to 3 months = 42..91.3125 day", "pipes of 80 cm to 2 m = 80..200 centimetre",
             "It was -5°C to 10 °C. = -5..10 degree", "from -5 to -10 degrees = -10..-5 degree", "a swing of -2 to +3 points = -2..3 point",
             "The count rose from 31 to 58 beds. != 31; 58 bed", "It rose from -5 to 10 degrees. != -5; 10 degree")  # fmt: skip
def _to(m: Match, begun: Begun) -> Pair | None:
    return _pair(m, begun)


@RANGES.rule("range between", r" and", "between 70,000 and 90,000 per year = 70000..90000 per year",
             "between -5 and 10 degrees = -5..10 degree")  # fmt: skip
def _between(m: Match, begun: Begun) -> Pair | None:
    return _pair(m, begun) if begun.word_before(m.line) == "between" else None


@RANGES.rule("range with a dash", r"(?:{dash}(?! )| (?!—){dash}(?= ))", "60,000–100,000 tiles = 60000..100000 tile",  # noqa: RUF001
             "$5-7 million = 5000000..7000000 USD", "30-45,000 gallons = 30000..45000 gallon")  # fmt: skip
def _dash(m: Match, begun: Begun) -> Pair | None:
    return _pair(m, begun)


def _pair(m: Match, begun: Begun) -> Pair | None:  # noqa: C901, PLR0911 - a return for each reason that there is none
    """The range whose second number, or its currency, begins behind what was matched."""
    t, first, j = m.line.t, begun.first, m.end
    negative, positive = t[j].lower == "minus" or minus_before(t, j + 1), t[j].lower in ("+", "plus")
    j += negative or positive
    if t[j].text in lex.SIGNS or t[j].text in lex.CODES:
        j += 1
    elif t[j].kind == "word" and t[j + 1].text == "$" and t[j + 1].gap == 0:
        j += 2
    second = number_at(m.line, j)
    if second is None or second.form in ("locator", "open") or first.form == "open":
        return None
    if year_like(t, first) and not year_like(t, second):  # 5,000 in 2000 to 12,000 in 2005
        return None
    other = currency_before(t, j)[1] if j > m.end else None
    if other not in (None, begun.currency):
        return None
    if m.start != first.end:
        behind = unit_at(m.line, second.end, second, other)
        if (behind.unit, behind.kind) != (begun.unit.unit, begun.unit.kind):
            return None if begun.negative or negative else _two_units(first, begun.unit, second, behind)
    low = _shared_thousands(t, first, second) or _shared_scale(first, second)
    if begun.negative or negative or positive:
        return _signed_pair(m, begun, second, low, -second.value if negative else second.value)
    if not low < second.value or (t[m.start].lower == "or" and second.value > _CLOSE * low):
        return None
    if begun.word_before(m.line) == "from" and _changed(t, begun.start - 1):
        return None
    return Pair(second, low, second.value, begun.currency or other)


def _signed_pair(m: Match, begun: Begun, second: Number, low: float, other: float) -> Pair | None:
    """-5 to 10, -5 to -10, minus 5 to minus 10: each end has its own sign."""
    t = m.line.t
    spoken = t[begun.start - 1].lower == "minus"
    low, high = sorted((-low if begun.negative or spoken else low, other))
    if low == high or (begun.word_before(m.line) == "from" and _changed(t, begun.start - begun.negative - 1)):
        return None
    return Pair(second, low, high, begun.currency, signed=True)


def _two_units(first: Number, unit: Unit, second: Number, behind: Unit) -> Pair | None:
    """6 weeks to 3 months: both in the smaller unit, or in days if that is not a whole part of the other."""
    one, other = lex.SIZES.get(unit.unit or ""), lex.SIZES.get(behind.unit or "")
    if one is None or other is None or one[0] != other[0]:
        return None
    name, size = (unit.unit, one[1]) if one[1] < other[1] else (behind.unit, other[1])
    if one[0] == "time" and max(one[1], other[1]) % size:
        name, size = "day", lex.SIZES["day"][1]
    low, high = (
        round(number.value * of / size, _PLACES) for number, of in ((first, one[1]), (second, other[1]))
    )
    return Pair(second, low, high, unit=name) if low < high else None


def _shared_scale(first: Number, second: Number) -> float:
    """60 to 100 thousand: the scale of the second number is that of the first, too."""
    unscaled = first.value == first.coefficient
    if unscaled and second.value > second.coefficient > first.coefficient and second.coefficient:
        return first.value * (second.value / second.coefficient)
    return first.value


def scaled_as_second(line: Line, first: Number) -> Number:
    """From 2.5 to 3 million, of a change: the scale of the second number is that of the first, too."""
    t, j = line.t, first.end
    if t[j].lower != "to" or first.form != "digits" or first.value != first.coefficient:
        return first
    j += 2 if t[j + 1].text in lex.SIGNS or t[j + 1].text in lex.CODES else 1
    second = number_at(line, j)
    if second is None or second.form != "digits" or second.value <= second.coefficient:
        return first
    if not 0 < first.value < min(_CHANGED * second.coefficient, _THOUSAND) or year_like(t, first):
        return first
    value = round(first.value * (second.value / second.coefficient), _PLACES)
    return replace(first, value=value, rules=(*first.rules, "scale of the second number"))


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
    return any(word in lex.CHANGES or word.startswith(lex.CHANGE_STEMS) for word in near)


@RATIOS.rule(
    "ratio to", r"{hyphen}to{hyphen}| ?to", "a ratio of 3 to 1 = 3, ratio", "a 5-to-1 margin = 5, ratio"
)
def _ratio_to(m: Match, first: Number) -> Pair | None:
    t, i = m.line.t, first.start
    spoken = t[i - 1].lower == "of" and t[i - 2].lower == "ratio"
    second = number_at(m.line, m.end) if spoken or m.end == m.start + 3 else None
    if second is None or second.form not in ("digits", "words") or not 0 < second.value < first.value:
        return None
    return Pair(second, first.value / second.value, first.value / second.value, ratio=True)


@RATIOS.rule("ratio out of", r" ?(?:out of(?: every)?|(?:in|of) every)", "3 out of 10 = 0.3, ratio",
             "two of every three men = 0.666666666667 man, ratio")  # fmt: skip
def _ratio_out_of(m: Match, first: Number) -> Pair | None:
    return _ratio(m, first, number_at(m.line, m.end))


@RATIOS.rule(
    "ratio with hyphens", r"{hyphen}(?:in|out{hyphen}of){hyphen}", "a one-in-ten chance = 0.1, ratio"
)
def _ratio_with_hyphens(m: Match, first: Number) -> Pair | None:
    return _ratio(m, first, number_at(m.line, m.end))


@RATIOS.rule(
    "ratio in", r" in", "one in five people = 0.2 people, ratio", "In 2017, 900 in 2,000 left. = 0.45, ratio"
)
def _ratio_in(m: Match, first: Number) -> Pair | None:
    second, token = number_at(m.line, m.end), m.line.t[m.end]
    year = token.kind == "num" and len(token.text) == 4  # noqa: PLR2004 - digits of a year
    whole = second is not None and not year and (second.value in _ROUND or second.value % 5 == 0)
    return _ratio(m, first, second) if whole else None


def _ratio(m: Match, first: Number, second: Number | None) -> Pair | None:
    if second is None or second.form not in ("digits", "words") or not 0 < first.value < second.value:
        return None
    if unit_at(m.line, second.end, second).kind in _MEASURED:
        return None
    return Pair(second, first.value / second.value, first.value / second.value, ratio=True)


def second_unit(  # noqa: C901, PLR0911 - a return for each form
    line: Line, number: Number, unit: Unit
) -> tuple[float, int, Unit] | None:
    """The amount with what a smaller unit behind it adds, the token behind the second number, and its unit.

    3 dollars 50 cents are 3.5 dollars; 1h 20m are 80 minutes.
    """
    t, j = line.t, unit.end
    short = (
        t[j].text == "." and len(t[j - 1].text) <= LETTERS_LONGEST and unit.kind == "measure"
    )  # 6 ft. 2 in.
    j += short or (t[j].text == "," and unit.kind == "duration")
    j += t[j].lower == "and"
    if (
        unit.unit == "minute" and t[j].text.isdecimal() and t[j + 1].text == "s" and t[j + 1].gap == 0
    ):  # 15m 30s
        return number.value * _MINUTE + float(t[j].text), j + 1, Unit(j + 2, "second", "duration")
    if unit.currency == "GBP" and unit.rate is None and not number.value % 1:
        old = _shillings(t, j)
        if old is not None:
            return number.value + old[0], old[1], replace(unit, end=old[1])
    second = number_at(line, j) if unit.rate is None and t[j].gap < LINE_BREAK else None
    if second is None or second.form not in ("digits", "words") or number.value % 1:
        return None
    inner, k = unit_at(line, second.end, second), second.end
    two = t[j].text.isdecimal() and len(t[j].text) == _TWO_DIGITS
    if unit.kind == "money":
        named = t[k].lower in _HUNDREDTHS
        if second.value >= _CENTS or not (
            named or (two and t[j - 1].kind == "word" and j == unit.end and t[k].kind != "word")
        ):
            return None
        return number.value + second.value / _CENTS, k, replace(unit, end=k + named)
    if unit.unit == "hour" and (
        t[k].text == "m" or (two and k == j + 1 and t[k].kind not in ("word", "num") and t[k].text != "%")
    ):
        inner = Unit(k + (t[k].text == "m"), "minute", "duration")
    short_of_word = t[k].kind != "word" or t[k].lower in lex.STOPS
    if unit.unit == "foot" and not inner.kind and k == j + 1 and t[j].text.isdecimal() and short_of_word:
        inner = Unit(k, "inch", "measure")  # 5 ft 11
    if unit.unit == "foot" and t[k].lower == "in":
        inner = Unit(k + 1, "inch", "measure")
    large, small = (lex.SIZES.get(one.unit or "") for one in (unit, inner))
    if large is None or small is None or large[0] != small[0] or t[inner.end].lower in lex.NOT_A_RATE:
        return None
    ratio = round(large[1] / small[1], 6)
    if not second.value < ratio or ratio % 1:
        return None
    return number.value * ratio + second.value, second.end, inner


def _shillings(t: list[Token], j: int) -> tuple[float, int] | None:
    """The part of a pound that shillings and old pence at token ``j`` are, and the token behind them: £3 10s 6d."""
    if not _few(t, j, _SHILLINGS, ("s", "shilling", "shillings")):
        return None
    value, end = int(t[j].text) / _SHILLINGS, j + 2
    if _few(t, end, _OLD_PENCE, ("d", "pence")):
        value, end = value + int(t[end].text) / (_SHILLINGS * _OLD_PENCE), end + 2
    return value, end


def _few(t: list[Token], j: int, most: int, names: tuple[str, ...]) -> bool:
    """Whether fewer than ``most`` of what has one of these names stand at token ``j``."""
    written = t[j].text
    few = written.isdecimal() and len(written) <= _TWO_DIGITS and int(written) < most
    return few and t[j].gap < LINE_BREAK and t[j + 1].lower in names
