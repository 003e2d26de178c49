"""What stands behind a number: percent, money, a measure, a duration or the thing counted, and a rate."""

from dataclasses import dataclass, replace

from annotate.figures.grammar import lexicon as lex
from annotate.figures.grammar.nouns import Noun, noun_at, plural, single_noun_at, singular
from annotate.figures.grammar.number import Number
from annotate.figures.grammar.numerals import numeral
from annotate.figures.grammar.tokens import LINE_BREAK, Token

_SPELLS = lex.words("minute hour day week month year")  # five year survival
_POWERS = {"2": "square", "3": "cubic"}  # km2
_LENGTHS = frozenset({"kilometre", "metre", "centimetre", "millimetre", "mile", "foot"})
_LONGEST_OF = 3  # words between "of" and a rate
_LETTERS_LONGEST = 3  # km, kg, hrs: abbreviations follow digits only
_NOT_A_RATE = lex.words("later after before ago earlier old from long away apart")
_FIGURES = frozenset({"figure", "number"})  # the figure of 240 comes from ...
_PRICED = lex.words(
    "share person head piece unit ton tonne barrel litre gallon kilo kilogram ounce ticket copy"
)
_LARGE = lex.words("million billion trillion mn mln bn tn trn")
_DETERMINERS = lex.words("the these those his her its their our all my this")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number measures or counts, up to the token ``end``; ``kind`` is empty where nothing was found."""

    end: int
    unit: str | None = None
    kind: str = ""
    currency: str | None = None
    rate: str | None = None


def unit_at(t: list[Token], j: int, number: Number, currency: str | None = None) -> Unit:
    """Read unit and rate behind a number that ends at token ``j``; ``currency`` stood before it."""
    unit = _unit(t, j, number, currency)
    return _rated(t, unit)


def _unit(t: list[Token], j: int, number: Number, currency: str | None) -> Unit:
    if currency is not None:
        named = _money(t, j)
        return named if named and named.currency else Unit(named.end if named else j, None, "money", currency)
    found = _percent(t, j) or _money(t, j) or _hyphened(t, j, number) or _measure(t, j, number)
    return found or _counted(t, j, number)


def _percent(t: list[Token], j: int) -> Unit | None:
    if t[j].text == "-" and t[j].gap == 0 and t[j + 1].lower in ("percent", "percentage", "per"):
        j += 1
    token, behind = t[j], t[j + 1]
    if token.text in ("%", "％") or token.lower in ("percent", "pct", "pc"):  # noqa: RUF001 - a percent sign
        if behind.lower in ("point", "points"):
            return Unit(j + 2, "percentage point", "percent")
        return Unit(j + 1, "percent", "percent")
    if token.lower == "per" and behind.lower == "cent":
        return Unit(j + 2, "percent", "percent")
    if token.lower == "percentage" and behind.lower in ("point", "points"):
        return Unit(j + 2, "percentage point", "percent")
    return None


def _money(t: list[Token], j: int) -> Unit | None:
    if t[j].text in lex.CODES:
        return Unit(j + 1, None, "money", t[j].text)
    if t[j].text in lex.HYPHENS and t[j].gap == 0:
        j += 1
    if t[j].lower == "of" and t[j + 1].gap == 1:  # millions of dollars
        j += 1
    for k in (j, j + 1, j + 2):
        name = singular(t[k].lower)
        if t[k].kind == "word" and name in lex.CURRENCY_NAMES:
            code = lex.DOLLARS_OF.get(t[k - 1].lower, "USD") if name == "dollar" else lex.CURRENCY_NAMES[name]
            return Unit(k + 1, None, "money", code)
        if name == "pound" and t[k + 1].lower == "sterling":
            return Unit(k + 2, None, "money", "GBP")
        weighed = t[k + 1].lower == "of"  # 2 million pounds of peas
        if name == "pound" and t[k - 1].lower in _LARGE and not weighed:
            return Unit(k + 1, None, "money", "GBP")
        if t[k].lower not in lex.DOLLARS_OF and t[k].lower not in ("hong", "new"):
            return None
    return None


def _hyphened(t: list[Token], j: int, number: Number) -> Unit | None:  # noqa: PLR0911 - a return for each form
    """16-month, 40-bed, five-day: the noun is joined to the number, and in the singular."""
    if t[j].text not in lex.HYPHENS or t[j].gap or t[j + 1].kind != "word" or t[j + 1].gap:
        return None
    word = t[j + 1].lower
    if word in lex.SQUARES and t[j + 2].text in lex.HYPHENS:
        inner = None if t[j + 3].lower in lex.SQUARES else _hyphened(t, j + 2, number)
        return replace(inner, unit=f"{lex.SQUARES[word]} {inner.unit}") if inner else None
    name = lex.MEASURES.get(word) or lex.MEASURES.get(singular(word)) or singular(word)
    kind = "duration" if name in lex.DURATIONS else "measure" if name in lex.MEASURES.values() else "count"
    if word == "fold":
        return Unit(j + 2, "time", "multiple")
    if word == "strong":
        return Unit(j + 2, "people", "count")
    if word in lex.HYPHEN_BLOCKED or (number.value == 1 and kind == "count") or number.form == "fraction":
        return Unit(j, None, "joined")
    if t[j + 2].text in lex.HYPHENS and t[j + 2].gap == 0 and t[j + 3].lower in ("old", "olds"):
        return Unit(j + 4, None, "age")
    return Unit(j + 2, name, kind)


def _measure(t: list[Token], j: int, number: Number) -> Unit | None:  # noqa: PLR0911 - a return for each form
    token = t[j]
    if token.text in ("°", "º"):
        end = j + 2 if t[j + 1].text in ("C", "F") and t[j + 1].gap < LINE_BREAK else j + 1
        return Unit(end, "degree", "measure")
    if token.kind != "word" or token.gap > 1:
        return None
    if token.text in ("C", "F") and token.gap == 0:
        return Unit(j + 1, "degree", "measure")
    if token.lower in lex.SPEEDS:
        unit, rate = lex.SPEEDS[token.lower]
        return Unit(j + 1, unit, "measure", rate=rate)
    if token.lower in lex.SQUARES:
        inner = _named_measure(t, j + 1, number)
        return replace(inner, unit=f"{lex.SQUARES[token.lower]} {inner.unit}") if inner else None
    if token.lower == "times" and t[j + 1].lower not in lex.CODES:
        return Unit(j + 1, "time", "multiple")
    return _named_measure(t, j, number)


def _named_measure(t: list[Token], j: int, number: Number) -> Unit | None:  # noqa: PLR0911 - a return for each form
    token = t[j]
    if token.text == "p" and token.gap == 0:
        return Unit(j + 1, "penny", "measure")
    short = len(token.text) <= _LETTERS_LONGEST and token.lower in lex.MEASURES
    if short and (number.form != "digits" or (token.text == "m" and number.coefficient != number.value)):
        return None
    name = lex.MEASURES.get(token.lower) or lex.MEASURES.get(singular(token.lower))
    one = number.value <= 1
    if name and (short or one or plural(token) or token.lower == "foot"):
        power = _POWERS.get(t[j + 1].text) if short and t[j + 1].gap == 0 else None
        if power and name in _LENGTHS:
            return Unit(j + 2, f"{power} {name}", "measure")
        if name == "degree" and t[j + 1].lower in ("celsius", "fahrenheit", "c", "f"):
            return Unit(j + 2, name, "measure")
        return Unit(j + 1, name, "duration" if name in lex.DURATIONS else "measure")
    name = singular(token.lower)
    if name in lex.DURATIONS and (one or plural(token) or name in _SPELLS):
        return Unit(j + 1, name, "duration")
    return None


def _counted(t: list[Token], j: int, number: Number) -> Unit:  # noqa: PLR0911 - a return for each form
    if t[j].gap > 1 or t[j].gap == 0:
        return Unit(j)
    if t[j].lower == "magnitude":
        return Unit(j + 1, "magnitude", "measure")
    if t[j].lower == "of":
        return _of_phrase(t, j, number)
    if number.form == "fraction":
        if t[j].lower in _DETERMINERS:
            noun = noun_at(t, _after_determiners(t, j))
            return Unit(noun.end, noun.lemma, "ratio") if noun else Unit(j, None, "ratio")
        noun = noun_at(t, j) if number.value > 1 else None
        return Unit(noun.end, noun.lemma, "count") if noun else Unit(j, None, "ratio")
    if t[number.start - 1].lower == "of" and t[number.start - 2].lower in _FIGURES:
        return Unit(j)
    if t[j - 1].lower == "of":  # a couple of the hospitals
        j = _after_determiners(t, j)
    noun = single_noun_at(t, j) if number.value == 1 else noun_at(t, j)
    return _noun_unit(noun, j)


def _noun_unit(noun: Noun | None, j: int) -> Unit:
    return Unit(noun.end, noun.lemma, "count") if noun else Unit(j)


def _of_phrase(t: list[Token], j: int, number: Number) -> Unit:
    """Thousands of removals, half of the prisoners, three of the five men (of which only three is marked)."""
    kind = "ratio" if number.form == "fraction" else "count"
    k = _after_determiners(t, j + 1)
    nested = (
        t[k].kind == "num"
        or (t[k].lower in lex.DIGIT_WORDS and t[k].lower != "one")
        or t[k].lower in lex.TENS
    )
    noun = noun_at(t, k + 1) if nested else noun_at(t, k)
    partitive = k > j + 1 or number.form != "digits" or t[j + 1].lower == "of"
    if noun is None or nested or not (partitive or plural(t[noun.end - 1])):
        counted = noun.lemma if noun else None
        return Unit(
            j, counted, kind if noun or t[k].lower in ("them", "us") or number.form == "fraction" else ""
        )
    return Unit(noun.end, noun.lemma, kind)


def _after_determiners(t: list[Token], j: int) -> int:
    while t[j].lower in _DETERMINERS:
        j += 1
    return j


def _rated(t: list[Token], unit: Unit) -> Unit:
    """The unit with its rate, or both of them: €40 per cart per day."""
    rated = _rated_once(t, unit)
    j = rated.end
    period = lex.PERIODS.get(t[j + 1].lower)
    if rated.rate is None or t[j].lower != "per" or t[j].gap > 1 or period is None:
        return rated
    return replace(rated, end=j + 2, rate=f"{rated.rate} per {period}")


def _rated_once(t: list[Token], unit: Unit) -> Unit:  # noqa: PLR0911 - a return for each form
    if unit.rate is not None or unit.kind in ("age", "joined"):
        return unit
    j = unit.end
    if t[j].gap == 0 and t[j].text == "/":
        return _concentration(t, unit) or _with_rate(t, unit, j + 1)
    if t[j].gap > 1:
        return unit
    if t[j].lower in ("a", "an", "per", "each", "every"):
        return _with_rate(t, unit, j + 1)
    if t[j].lower == "for" and t[j + 1].lower == "every" and t[j + 2].kind == "num":
        return _with_rate(t, unit, j + 2)
    if t[j].lower == "of" and unit.kind in ("count", "measure", "money"):
        return _rated_behind(t, unit)
    if t[j].lower in lex.PERIOD_ADVERBS:
        return replace(unit, end=j + 1, rate=lex.PERIOD_ADVERBS[t[j].lower])
    return unit


def _concentration(t: list[Token], unit: Unit) -> Unit | None:
    """3 mg/l, 40 g/km, 7 kg/m3: a measure to a measure."""
    j = unit.end + 1
    name = "litre" if t[j].lower == "l" else lex.MEASURES.get(t[j].lower)
    if unit.kind != "measure" or name is None or t[j].gap:
        return None
    power = _POWERS.get(t[j + 1].text) if t[j + 1].gap == 0 and name in _LENGTHS else None
    return replace(unit, end=j + 2, rate=f"{power} {name}") if power else replace(unit, end=j + 1, rate=name)


def _rated_behind(t: list[Token], unit: Unit) -> Unit:
    """40 carts of slate a year."""
    j = unit.end + 1
    for k in range(j, j + _LONGEST_OF):
        if t[k].kind != "word" or t[k].gap > 1 or t[k].lower in lex.STOPS:
            break
        if t[k + 1].lower in ("a", "an", "per", "each", "every") and singular(t[k + 2].lower) in lex.PERIODS:
            return _with_rate(t, unit, k + 2)
    return unit


def _with_rate(t: list[Token], unit: Unit, j: int) -> Unit:
    word, by = t[j], t[j - 1].lower
    name = singular(word.lower)
    if name in lex.PERIODS and word.gap < LINE_BREAK and t[j + 1].lower not in _NOT_A_RATE:
        return replace(unit, end=j + 1, rate=lex.PERIODS[name])
    if by not in ("per", "every"):
        shared = unit.kind == "money" and word.lower in _PRICED
        return replace(unit, end=j + 1, rate=lex.MEASURES.get(name, name)) if shared else unit
    if word.kind == "num" and (value := numeral(word.text)) is not None:
        noun = noun_at(t, j + 1)
        scaled = t[j + 1].lower in lex.SCALES
        if scaled:
            value, noun = value * lex.SCALES[t[j + 1].lower], noun_at(t, j + 2)
        end = noun.end if noun else j + 2 if scaled else j + 1
        return replace(unit, end=end, rate=f"{value:.0f}" + (f" {noun.lemma}" if noun else ""))
    if word.lower in lex.SCALES:
        noun = noun_at(t, j + 1)
        end = noun.end if noun else j + 1
        return replace(
            unit, end=end, rate=f"{lex.SCALES[word.lower]:.0f}" + (f" {noun.lemma}" if noun else "")
        )
    if word.kind == "word" and word.lower not in lex.STOPS:
        return replace(
            unit,
            end=j + 1,
            rate={"capita": "person", "head": "person"}.get(word.lower) or lex.MEASURES.get(name, name),
        )
    return unit
