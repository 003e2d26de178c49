"""Numbers in digits, with their fractions and scales."""

import re
from dataclasses import dataclass
from typing import Literal
from unicodedata import digit

from annotate.figures import words as lex
from annotate.figures.grammar import LINE_BREAK, Line, Match, Node, Rules, Token, year_at

Form = Literal["digits", "words", "fraction", "open", "locator", "unknown"]


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number of tokens ``start`` to ``end``: ``value``, which is a magnitude only if ``form`` is open.

    A ``locator`` (a year in words, an ordinal, 9/11) counts nothing. ``weak`` is one that needs more
    evidence: a fraction that may be an ordinal ("a third"). Behind an ``unknown`` one stand letters that are not
    understood.
    """

    start: int
    end: int
    value: float
    form: Form
    coefficient: float
    weak: bool = False


DIGITS: Rules[bool, Number] = Rules("number", "here")
_LARGEST_DENOMINATOR = 10
_PLACES = 6
_ABBREVIATION = 4  # letters of an abbreviation: Mrd., tys.
_MOST_SCALES = 2  # hundred thousand
_MOST_SIDES = 2
_BY = frozenset({"by", "x", "×"})  # noqa: RUF001
_BETWEEN = frozenset({"to", "and", "or", *lex.DASHES})

_MOST_DIGITS = 15  # that a float holds exactly: longer ones are identifiers
_PLAIN = re.compile(r"\d+|(?!00)\d*\.\d+")
_GROUPED = re.compile(
    r"\d{1,3}(?:([,'\u2019 \u00a0\u2007\u2009\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?"
)
_CONTINENTAL = re.compile(
    r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}\.\d{3},\d{1,2}|\d{1,3}(?:[ \u00a0\u202f]\d{3})+,\d+"
)


def numeral(written: str) -> float | None:
    """The value of a number in digits; None if it is not a number of things.

    A lone comma with three digits behind it and a lone full stop are read as English has them; continental
    separators only where nothing else is possible (``1.234.567``, ``1.234,56``). Leading zeros, several
    commas that do not group (``1,2,3``) and several stops (``1.2.3``) are not number.

    >>> numeral("60,000"), numeral("1.5"), numeral("1.234.567"), numeral("007")
    (60000.0, 1.5, 1234567.0, None)
    """
    if sum(map(str.isdigit, written)) > _MOST_DIGITS:
        return None
    if written.count("·") + written.count("\u066b") == 1:
        written = written.replace("·", ".").replace("\u066b", ".")
    if len(written) > 1 and written[0].isdigit() and not int(written[0]) and "." not in written:
        return None
    if _PLAIN.fullmatch(written):
        return float(written)
    if _GROUPED.fullmatch(written):
        return float(re.sub(r"[^\d.]", "", written))
    if _CONTINENTAL.fullmatch(written):
        return float(re.sub(r"[^\d,]", "", written).replace(",", "."))
    return None


def year_like(t: list[Token], number: Number) -> bool:
    """Whether a number is written as a year is: four digits, nothing else."""
    return number.end == number.start + 1 and year_at(t[number.start])


def _numeral(line: Line, i: int) -> float | None:
    return numeral(line.t[i].text)


@DIGITS.rule("digit in a key", r"{n}[\ufe0f\u20e3]", "Press 1\ufe0f\u20e3 now. =")
def _key(m: Match, _: bool) -> Number:
    return locator(m.start, m.start + 1)


@DIGITS.rule("power of ten", r"(?:(?P<factor>{n}) ?[x×] ?)?10(?:\^(?P<power>[-\u2212]?\d{1,2})|(?P<raised>\u207b?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))",  # noqa: RUF001
    "3 x 10^6 cells = 3000000 cell", "3.4 × 10⁻⁶ grams = 3.4e-06 gram", "2.5×10⁴ bees = 25000 bee")  # fmt: skip  # noqa: RUF001
def _power(m: Match, _: bool) -> Number | None:
    factor = numeral(m["factor"]) if m["factor"] else 1.0
    raised = "".join("-" if sign == "\u207b" else str(digit(sign)) for sign in m["raised"])
    return _powered(m, factor, int((m["power"] or raised).replace("\u2212", "-")))


@DIGITS.rule("exponent", r"(?P<factor>{n})e(?P<power>[-+\u2212]?\d{1,2})", "1.2e6 tonnes = 1200000 tonne", "2.5E-3 g = 0.0025 gram",
             "room 4E12 !=")  # fmt: skip
def _exponent(m: Match, _: bool) -> Number | None:
    power, behind = m["power"].replace("\u2212", "-"), m.line.t[m.end]
    measured = "." in m["factor"] or not power[0].isdigit() or behind.lower in lex.MEASURES
    return _powered(m, numeral(m["factor"]), int(power)) if measured else None


def _powered(m: Match, factor: float | None, power: int) -> Number | None:
    """The number that so many times a power of ten is."""
    value = float(f"{(factor or 0.0) * 10.0**power:.12g}")
    return Number(m.start, m.end, value, "digits", value) if value and abs(power) <= _MOST_DIGITS else None


@DIGITS.rule("decimal comma", r"\d+,\d{1,2}", "3,5 million hens = 3500000 hen", "a rise of 3,5% = 3.5 percent",
             "12,50 € a year = 12.5 EUR per year", "€12,50 = 12.5 EUR", "a walk of 3,5 km = 3.5 kilometre")  # fmt: skip
def _comma(m: Match, _: bool) -> Number | None:
    t, behind = m.line.t, m.line.t[m.end]
    measured = (
        behind.lower in lex.MEASURES
        or behind.lower in lex.CURRENCY_NAMES
        or behind.lower in ("percent", "per")
    )
    signed = behind.text == "%" or is_currency(behind) or is_currency(t[m.start - 1])
    if numeral(m.found[0]) is None and (measured or signed or _scale(m.line, m.end)):
        return scaled(m, m.end, float(m.found[0].replace(",", ".")))
    return None


@DIGITS.rule(
    "digits with a point in words", r"{n} point (?P<part>\d+)", "2 point 5 million hens = 2500000 hen"
)
def _point(m: Match, _: bool) -> Number | None:
    value = _numeral(m.line, m.start)
    return None if value is None or value % 1 else scaled(m, m.end, value + float(f"0.{m['part']}"))


@DIGITS.rule("digits and a fraction sign", r"{n} ?(?P<sign>{vulgar})", "7½ miles = 7.5 mile")
def _signed(m: Match, _: bool) -> Number | None:
    value = _numeral(m.line, m.start)
    return None if value is None else scaled(m, m.end, value + lex.VULGAR[m["sign"]])


@DIGITS.rule(
    "slashed",
    r"{n}/(?P<below>{n})",
    "3/4 of the beds = 0.75 bed, ratio",
    "a 1/4 inch gap = 0.25 inch",
    "Open 24/7. =",
    "He saw 9/11. =",
)
def _slashed(m: Match, _: bool) -> Number | None:
    if (above := _numeral(m.line, m.start)) is None:
        return None
    below, behind = numeral(m["below"]), m.line.t[m.end]
    proper = below is not None and above < below <= _LARGEST_DENOMINATOR and behind.text != "/"
    if below is None or not proper or behind.kind == "num":
        return locator(m.start, m.end)
    inches = behind.text in ('"', "\u2033", "\u201d") and behind.gap == 0
    weak = behind.lower != "of" and behind.lower not in lex.LONG_MEASURES and not inches
    return Number(m.start, m.end, above / below, "fraction", above / below, weak=weak)


@DIGITS.rule(
    "mixed number", r"\d{1,3} {n}/{n}", "7 1/2 tonnes = 7.5 tonne", "2 1/2 million hens = 2500000 hen"
)
def _mixed(m: Match, conjoin: bool) -> Number | None:
    value, part = _numeral(m.line, m.start), DIGITS.read(m.line, m.start + 1, conjoin)
    if value is None or part is None or part.form != "fraction" or not part.value:
        return None
    return scaled(m, m.end, value + part.value)


@DIGITS.rule(
    "feet before inches", r"\d{1,2}['\u2019\u2032]\d{1,2}(?=[\"\u201d\u2033])", "He is 6'2\" tall. = 74 inch"
)
def _feet_and_inches(m: Match, _: bool) -> Number:
    feet, inches = re.split("['\u2019\u2032]", m.found[0])
    value = 12.0 * int(feet) + int(inches)
    return Number(m.start, m.end, value, "digits", value)


@DIGITS.rule("digits and a half", r"{n} and a half", "It took 5 and a half hours. = 5.5 hour")
def _digits_and_half(m: Match, _: bool) -> Number | None:
    value = _numeral(m.line, m.start)
    return None if value is None else scaled(m, m.end, value + 0.5)


@DIGITS.rule(
    "digits",
    r"{n}",
    "40 beds = 40 bed",
    "1.2bn bricks = 1200000000 brick",
    "500k bricks = 500000 brick",
    "5m yen = 5000000 JPY",
    "3.5bnEUR = 3500000000 EUR",
)
def _digits(m: Match, _: bool) -> Number | None:
    value = _numeral(m.line, m.start)
    return None if value is None else scaled(m, m.end, value)


@DIGITS.rule("digits that are not a number", r"{n}", "1,2,3,4 =", "version 1.2.3 =", "the code 00712345 =")
def _no_number(m: Match, _: bool) -> Number:
    return locator(m.start, m.end)


def locator(i: int, j: int) -> Number:
    """A number that counts nothing."""
    return Number(i, j, 0.0, "locator", 0.0)


def is_currency(token: Token) -> bool:
    """Whether a token is the sign, the code or the abbreviation of a currency."""
    return token.text in lex.SIGNS or token.text in lex.CODES or token.text in lex.CURRENCY_LETTERS


def scaled(m: Match, j: int, value: float, form: Form = "digits") -> Number:
    """The number with the scales that follow at token ``j``; unknown if other letters touch it."""
    t, coefficient = m.line.t, value
    for _ in range(_MOST_SCALES):
        if (step := _scale(m.line, j)) is None:
            break
        value, j = round(value * step[0], _PLACES), step[1]  # 16.4 million is 16,400,000
    if t[j].kind == "word" and t[j].gap == 0 and not _unit_letters(t, j, scaled=coefficient != value):
        return (
            locator(m.start, j + 1)
            if _label(t, m.start, j)
            else Number(m.start, j + 1, value, "unknown", value)
        )
    return Number(m.start, j, value, form, coefficient)


def _label(t: list[Token], i: int, j: int) -> bool:
    """Whether letters that touch a number make a label or an ordinal of it: 3D, 21st, 1990s, 5pm."""
    letters = t[j].lower
    code = t[j + 1].kind == "num" and t[j + 1].gap == 0
    first = t[j - 1].text.endswith("1") and not t[j - 1].text.endswith("11")
    ordinal = (
        (letters == "st" and first)  # 11st are stones
        or letters in ("nd", "rd", "th", "s", "ths", "er", "ers", "e", "ad", "bc", "bce", "ce")
        or letters in lex.CLOCK
    )
    return (code or ordinal or len(letters) == 1) and not is_currency(t[i - 1])


def _unit_letters(t: list[Token], j: int, *, scaled: bool) -> bool:
    """Whether the letters that touch a number are a unit."""
    token = t[j]
    times = token.lower in _BY and (t[j + 1].kind != "num" or length_ahead(t, j) is not None)
    known = token.lower in lex.MEASURES or token.lower in lex.SPEEDS or is_currency(token) or times
    return (
        known
        or token.text in ("C", "F", "p", "pc", "pct", "percent", "h", "in", "bp", "bps", "pp")
        or token.lower in ("ish", *(lex.CURRENCY_NAMES if scaled else ()))
    )


def length_ahead(t: list[Token], j: int) -> str | None:
    """The measure of a side whose other sides begin at token ``j``: 3 by 5 feet, 60 x 90 cm."""
    for _ in range(_MOST_SIDES):
        other = t[j + 1]
        if t[j].lower not in _BY or not (other.kind == "num" or other.lower in lex.CARDINALS):
            return None
        j += 2
        name = lex.MEASURES.get(t[j].lower) or lex.MEASURES.get(t[j].lower.removesuffix("s"))
        name = "foot" if t[j].lower == "feet" else "inch" if t[j].lower == "inches" else name
        if lex.SIZES.get(name or "", ("",))[0] == "length":
            return name
    return None


def _scale(line: Line, j: int) -> tuple[float, int] | None:  # noqa: C901, PLR0911 - a return for each form
    """The scale at token ``j`` and the token behind it."""
    t, token = line.t, line.t[j]
    if token.kind == "word" and token.gap < LINE_BREAK:
        if token.lower in lex.SUFFIXES:
            return lex.SUFFIXES[token.lower], j + 1 + _abbreviated(t, j)
        if token.lower == "mil" and t[j + 1].lower in ("millones", "milhões"):
            return 1e3, j + 1
        if token.lower == "mia" and _milliard(t, j):
            return 1e9, j + 1 + _abbreviated(t, j)
        if token.lower in ("cr", "grand") and _money_before(t, j):
            return 1e7 if token.lower == "cr" else 1e3, j + 1
        if token.text == "MM":
            return 1e6, j + 1
        if token.text in ("K", "M", "B") and token.gap and (_counted(t[j + 1]) or _money_behind(t, j)):
            return lex.SCALE_LETTERS[token.lower], j + 1
        if token.text == "m" and token.gap and t[j + 1].lower in ("people", "men", "women", "children"):
            return 1e6, j + 1
        if token.gap == 0 and token.lower in lex.SCALE_LETTERS and _letter_scales(t, j):
            return lex.SCALE_LETTERS[token.lower], j + 1
        if token.text in ("m", "b", "M", "B") and _money_before(t, j) and t[j + 1].kind != "word":
            return lex.SCALE_LETTERS[token.lower], j + 1
    hyphen = token.text in lex.HYPHENS and token.gap == 0 and t[j + 1].gap == 0
    return (lex.SUFFIXES[t[j + 1].lower], j + 2) if hyphen and t[j + 1].lower in lex.SUFFIXES else None


def _milliard(t: list[Token], j: int) -> bool:
    """Whether Mia at token ``j`` is a milliard of money, and no name."""
    before = _money_before(t, j) or t[j - 2].lower in lex.UNCLEAR_MONEY
    return before or _money_behind(t, j + (t[j + 1].text == "."))


def _abbreviated(t: list[Token], j: int) -> bool:
    """Whether a full stop behind a scale is that of an abbreviation: 12 Mio. Euro."""
    stop, behind = t[j + 1], t[j + 2]
    goes_on = is_currency(behind) or behind.lower in lex.CURRENCY_NAMES or behind.text[:1].islower()
    return (
        stop.text == "." and stop.gap == 0 and behind.gap == 1 and len(t[j].text) <= _ABBREVIATION and goes_on
    )


def _letter_scales(t: list[Token], j: int) -> bool:
    """£30m and 30m people are millions, 30m alone are metres, 30b alone is a label."""
    letter = t[j].text
    if letter == "k" or _money_before(t, j) or _money_behind(t, j):
        return True
    if letter == "K":  # 573.15K may be a temperature
        return _counted(t[j + 1]) or t[j + 1].lower in _BETWEEN
    return letter != "b" and (_millions(t, j) or (letter != "B" and _beside_millions(t, j)))


def _beside_millions(t: list[Token], j: int) -> bool:
    """Whether the m at token ``j`` goes with millions before or behind it: 3m to 5 million."""
    if t[j - 2].lower in _BETWEEN and t[j - 3].lower == "million":
        return True
    beside = t[j + 1].lower in _BETWEEN and t[j + 2].kind == "num"
    return beside and (t[j + 3].lower == "million" or (t[j + 3].lower == "m" and _millions(t, j + 3)))


def _millions(t: list[Token], j: int) -> bool:
    """Whether the letter at token ``j`` means millions (or, if it is B, billions), by what is counted behind it."""
    behind = t[j + 1]
    shared = behind.lower == "of" and t[j + 2].lower in lex.OF_ALL
    return t[j].text == "M" or behind.lower in ("died", "were") or shared or _counted(behind)


def _counted(token: Token) -> bool:
    """Whether what stands behind a letter is counted in thousands or millions."""
    plural = token.lower.endswith(("s", "people", "men", "women", "children"))
    return token.kind == "word" and token.gap == 1 and token.lower not in lex.STOPS and plural


def _money_behind(t: list[Token], j: int) -> bool:
    """Whether a currency stands behind the letter at token ``j``: 5m yen."""
    behind = t[j + 1]
    return (
        is_currency(behind)
        or behind.lower in lex.CURRENCY_NAMES
        or behind.lower.removesuffix("s") in lex.CURRENCY_NAMES
    )


def _money_before(t: list[Token], j: int) -> bool:
    """Whether a currency stands before the number that ends at ``j``, or before the range it ends."""
    k = j - 2
    if t[k].text in lex.DASHES or t[k].lower == "to":
        k -= 3 if t[k - 1].lower in lex.SCALE_LETTERS or t[k - 1].lower in lex.SUFFIXES else 2
    return is_currency(t[k]) or (t[k].text == "." and is_currency(t[k - 1]))
