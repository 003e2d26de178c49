"""The unit behind a number with its rate: a year, per cart, for every 100."""

from dataclasses import replace

from annotate.figures import words as lex
from annotate.figures.grammar import LINE_BREAK, Line, Match, Rules
from annotate.figures.nouns import Noun, noun_at, plural, singular
from annotate.figures.numbers import Number, numeral
from annotate.figures.units import COUNTED, JOINED, LENGTHS, MEASURES, MONEY, POWERS, UNITS, Unit

RATES: Rules[Unit, Unit] = Rules("rate", "behind")
PER: Rules[Unit, Unit] = Rules("rate", "behind")
_LONGEST_OF = 3  # words between "of" and a rate
_HEADS = {"capita": "person", "head": "person"}


def unit_at(line: Line, j: int, number: Number, currency: str | None = None) -> Unit:
    """Read unit and rate behind a number that ends at token ``j``; ``currency`` stood before it."""
    tables = (MONEY,) if currency else (MONEY, UNITS, JOINED, MEASURES, COUNTED)
    found = (unit for table in tables if (unit := table.read(line, j, number)) is not None)
    unit = next(found, Unit(j, None, "money" if currency else "", currency))
    if unit.rate is not None or unit.kind in ("age", "joined"):
        return unit
    rated = RATES.read(line, unit.end, unit) or unit
    return PER.read(line, rated.end, rated) or rated


@RATES.rule(
    "measure to a measure", r"/(?P<name>{measure}|l)(?P<power>[23](?!\d))?",
            "4.5 mg/l of salt = 4.5 milligram per litre", "30 µg/m3 of soot = 30 microgram per cubic metre")  # fmt: skip
def _concentration(m: Match, unit: Unit) -> Unit | None:
    if unit.kind != "measure":
        return None
    name = "litre" if m["name"] == "l" else lex.MEASURES[m["name"]]
    if m["power"] and name in LENGTHS:
        return replace(unit, end=m.end, rate=f"{POWERS[m['power']]} {name}")
    return replace(unit, end=m.start + 2, rate=name)


@RATES.rule("rate", r"/| ?(?:an?|per|each|every)", "15 cases a month = 15 case per month",
            "12.5 per 100,000 people = 12.5 per 100000 people", "6 litres per 100 km = 6 litre per 100 kilometre", "8 l/100 km = 8 litre per 100 kilometre", "7 carts/day = 7 cart per day", "30 kg/bag = 30 kilogram per bag")  # fmt: skip
def _rate(m: Match, unit: Unit) -> Unit | None:
    rated = _with_rate(m.line, unit, m.end)
    return None if rated is unit else rated


@RATES.rule("for every", r" for every(?= {n})", "4 carts for every 100 people = 4 cart per 100 people")
def _for_every(m: Match, unit: Unit) -> Unit:
    return _with_rate(m.line, unit, m.end)


@RATES.rule("rate behind what it is of", r" ?of(?= )", "40 carts of slate a year = 40 cart per year")
def _rate_behind(m: Match, unit: Unit) -> Unit | None:
    t = m.line.t
    for k in range(m.end, m.end + _LONGEST_OF) if unit.kind in ("count", "measure", "money") else ():
        if t[k].kind != "word" or t[k].gap > 1 or t[k].lower in lex.STOPS:
            break
        if t[k + 1].lower in ("a", "an", "per", "each", "every") and singular(t[k + 2].lower) in lex.PERIODS:
            return _with_rate(m.line, unit, k + 2)
    return None


@RATES.rule("adverb of a period", r" ?(?P<adverb>{adverb})", "7 carts daily = 7 cart per day")
def _adverb(m: Match, unit: Unit) -> Unit:
    return replace(unit, end=m.end, rate=lex.PERIOD_ADVERBS[m["adverb"]])


@PER.rule("second rate", r" ?per (?P<period>{period})", "€40 per cart per day = 40 EUR per cart per day")
def _second_rate(m: Match, unit: Unit) -> Unit | None:
    period = lex.PERIODS.get(m["period"])
    return replace(unit, end=m.end, rate=f"{unit.rate} per {period}") if unit.rate and period else None


def _with_rate(line: Line, unit: Unit, j: int) -> Unit:  # noqa: PLR0911 - a return for each form
    """The unit with the rate whose name begins at token ``j``, behind "a", "per" and the like."""
    t, word, by = line.t, line.t[j], line.t[j - 1].lower
    name = singular(word.lower)
    if by == "/" and word.text == "s":
        return replace(unit, end=j + 1, rate="second")
    if name in lex.PERIODS and word.gap < LINE_BREAK and t[j + 1].lower not in lex.NOT_A_RATE:
        return replace(unit, end=j + 1, rate=lex.PERIODS[name])
    if by == "/" and word.kind == "word" and unit.kind in ("count", "measure", "money") and not plural(word):
        return replace(unit, end=j + 1, rate=lex.MEASURES.get(name, name))
    if by not in ("per", "every") and not (by == "/" and word.kind == "num"):
        priced = unit.kind == "money" and word.lower in lex.PRICED
        return replace(unit, end=j + 1, rate=lex.MEASURES.get(name, name)) if priced else unit
    value, k = numeral(word.text) if word.kind == "num" else None, j + 1
    if value is not None and t[k].lower in lex.SCALES:
        value, k = value * lex.SCALES[t[k].lower], k + 1
    elif word.lower in lex.SCALES:
        value = lex.SCALES[word.lower]
    if value is not None:
        noun = noun_at(t, k)
        if (measure := lex.MEASURES.get(t[k].lower)) is not None:  # 6 litres per 100 km
            noun = Noun(k + 1, measure)
        return replace(
            unit, end=noun.end if noun else k, rate=f"{value:.0f}" + (f" {noun.lemma}" if noun else "")
        )
    if word.kind != "word" or word.lower in lex.STOPS:
        return unit
    return replace(unit, end=j + 1, rate=_HEADS.get(word.lower) or lex.MEASURES.get(name, name))
