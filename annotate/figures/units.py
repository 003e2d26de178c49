"""What stands behind a number: percent, money, a measure, a duration or the thing counted."""

import re
from dataclasses import dataclass, replace

from annotate.figures import words as lex
from annotate.figures.grammar import Match, Node, Rules, Token
from annotate.figures.nouns import noun_at, plural, single_noun_at, singular
from annotate.figures.numbers import Number, length_ahead

POWERS = {"2": "square", "3": "cubic"}  # km2
LENGTHS = frozenset({"kilometre", "metre", "centimetre", "millimetre", "mile", "foot"})
LETTERS_LONGEST = 3  # km, kg, hrs: abbreviations follow digits only
_FIGURES = frozenset({"figure", "number"})  # the figure of 240 comes from ...


@dataclass(frozen=True, slots=True)
class Unit(Node):
    """What a number measures or counts, up to the token ``end``; ``kind`` is empty where nothing was found."""

    end: int
    unit: str | None = None
    kind: str = ""
    currency: str | None = None
    rate: str | None = None


MONEY: Rules[Number, Unit] = Rules("unit", "behind")
UNITS: Rules[Number, Unit] = Rules("unit", "behind")
JOINED: Rules[Number, Unit] = Rules("unit", "behind")
MEASURES: Rules[Number, Unit] = Rules("unit", "behind")
COUNTED: Rules[Number, Unit] = Rules("unit", "behind")


@UNITS.rule("percentage points", r"[- ]?(?:(?:[%％]|percent|pct|pc) |percentage[ -])points?| pp",  # noqa: RUF001
            "2.5 percentage points = 2.5 percentage point", "up 4% points = 4 percentage point")  # fmt: skip
def _points(m: Match, _: Number) -> Unit:
    return Unit(m.end, "percentage point", "percent")


@UNITS.rule(
    "parts of a percent",
    r" ?‰| basis points?| ?bps?",
    "4‰ of them = 4 per mille",
    "a rise of 25 basis points = 25 basis point",
)
def _parts(m: Match, _: Number) -> Unit:
    return Unit(m.end, "per mille" if m.found[0].strip() == "‰" else "basis point", "percent")


@UNITS.rule("percent", r" ?[%％]|[- ]?(?:percent|pct|pc|per[ -]cent)",  # noqa: RUF001
            "5% of it = 5 percent", "5 per cent of it = 5 percent", "a 7-percent rise = 7 percent")  # fmt: skip
def _percent(m: Match, _: Number) -> Unit:
    return Unit(m.end, "percent", "percent")


@MONEY.rule("code of a currency", r" ?(?P<code>{code})", "400 CHF = 400 CHF", cased=True)
def _code(m: Match, _: Number) -> Unit | None:
    ambiguous = m["code"] in lex.AMBIGUOUS_CODES and m.line.t[m.end].kind == "word"
    return None if ambiguous else Unit(m.end, None, "money", m["code"])


@MONEY.rule("sign of a currency behind", r" ?(?P<sign>[^\w\s])(?!\d)", "5€ = 5 EUR", "300 € per month = 300 EUR per month",
            "3bn€ = 3000000000 EUR")  # fmt: skip
def _sign_behind(m: Match, _: Number) -> Unit | None:
    return Unit(m.end, None, "money", lex.SIGNS[m["sign"]]) if m["sign"] in lex.SIGNS else None


@MONEY.rule(
    "abbreviation of a currency behind",
    r" ?(?P<letters>{currency_letters})(?:\.(?= [^\W\d_]))?",
    "40 zł = 40 PLN",
    cased=True,
)
def _letters_behind(m: Match, _: Number) -> Unit:
    return Unit(m.end, None, "money", lex.CURRENCY_LETTERS[m["letters"]])


@MONEY.rule("name of a currency", r"(?:{hyphen}|\.{dash}+)? ?(?:(?:of|de|di|d['\u2019]|in) ?)?(?:(?P<whose>{whose})[ -]?){0,2}(?P<name>{currency})",
            "5 million dollars = 5000000 USD", "5 million Canadian dollars = 5000000 CAD",
            "20 pounds sterling = 20 GBP", "7½ million pounds = 7500000 GBP",
            "4 million Mexican pesos = 4000000 MXN", "70 millones de euros = 70000000 EUR",
            "5.4 billion in euros = 5400000000 EUR", "300.- euros = 300 EUR", "3 trillion won = 3000000000000 KRW",
            "Of them 5 million won a prize. != 5000000",
            "two million pounds of peas != 2000000 pound")  # fmt: skip
def _currency(m: Match, _: Number) -> Unit | None:
    t, k = m.line.t, m.end - 1
    name, behind = singular(m["name"]), t[k + 1].lower
    if (code := lex.NATIONAL.get(f"{m['whose']} {name}")) is not None:
        return Unit(k + 1, None, "money", code)
    if name == "dollar":
        return Unit(k + 1, None, "money", lex.DOLLARS_OF.get(m["whose"], "USD"))
    if name in lex.CURRENCY_NAMES:
        return Unit(k + 1, None, "money", lex.CURRENCY_NAMES[name])
    if name == "pound" and behind == "sterling":
        return Unit(k + 2, None, "money", "GBP")
    if name == "won" and t[k - 1].lower in lex.LARGE and behind not in ("a", "an", "the", *lex.DETERMINERS):
        return Unit(k + 1, None, "money", "KRW")
    large = name == "pound" and t[k - 1].lower in lex.LARGE and behind != "of"
    return Unit(k + 1, None, "money", "GBP") if large else None


@JOINED.rule("square measure joined", r"{hyphen}(?P<square>{square})(?={hyphen}(?!{square}))",
             "an 11-square-mile fire = 11 square mile")  # fmt: skip
def _square_joined(m: Match, number: Number) -> Unit | None:
    inner = JOINED.read(m.line, m.end, number)
    return replace(inner, unit=f"{lex.SQUARES[m['square']]} {inner.unit}") if inner else None


@JOINED.rule("fold", r"{hyphen}fold", "a 10-fold rise = 10 time")
def _fold(m: Match, _: Number) -> Unit:
    return Unit(m.end, "time", "multiple")


@JOINED.rule("strong", r"{hyphen}strong", "a 40-strong crew = 40 people")
def _strong(m: Match, _: Number) -> Unit:
    return Unit(m.end, "people", "count")


@JOINED.rule("years old", r"{hyphen}{word}{hyphen}olds?", "a 34-year-old mill =")
def _old(m: Match, number: Number) -> Unit | None:
    blocked = m.line.t[m.start + 1].lower in lex.HYPHEN_BLOCKED or number.form == "fraction"
    return None if blocked else Unit(m.end, None, "age")


@JOINED.rule("noun joined", r"{hyphen}(?P<word>{word})", "a 40-bed ward = 40 bed", "a five-star inn =")
def _noun_joined(m: Match, number: Number) -> Unit:
    word = m["word"]
    name = lex.MEASURES.get(word) or lex.MEASURES.get(singular(word)) or singular(word)
    kind = "duration" if name in lex.DURATIONS else "measure" if name in lex.LONG_MEASURES else "count"
    if (
        (number.value == 1 and kind == "count")
        or len(word) == 1
        or word in lex.HYPHEN_BLOCKED
        or number.form == "fraction"
    ):
        return Unit(m.start, None, "joined")
    return Unit(m.end, name, kind)


@UNITS.rule("degree sign", r" ?(?:[°º](?: ?[CF](?![^\W\d_]))?|[℃℉])|[CF]", "45C in the shade = 45 degree",
            "minus 5 °C = -5 degree", "It was 40 ℃. = 40 degree", cased=True)  # fmt: skip
def _degree(m: Match, _: Number) -> Unit:
    return Unit(m.end, "degree", "measure")


@UNITS.rule("speed", r" ?(?P<speed>{speed})", "60 mph = 60 mile per hour")
def _speed(m: Match, _: Number) -> Unit:
    unit, rate = lex.SPEEDS[m["speed"]]
    return Unit(m.end, unit, "measure", rate=rate)


@UNITS.rule(
    "square measure",
    r" ?(?P<square>{square}\b)\.?",
    "40 sq. km = 40 square kilometre",
    "12 sq km = 12 square kilometre",
)
def _square(m: Match, number: Number) -> Unit | None:
    inner = MEASURES.read(m.line, m.end, number)
    return replace(inner, unit=f"{lex.SQUARES[m['square']]} {inner.unit}") if inner else None


@UNITS.rule("side of what has several", r" ?(?:by|[x×])", "3 by 5 feet = 3 foot; 5 foot",  # noqa: RUF001
            "a panel of 60 x 90 cm = 60 centimetre; 90 centimetre", "2x4 inch planks = 2 inch; 4 inch",
            "4 × 5 × 6 m = 4 metre; 5 metre; 6 metre", "It fell by 5 feet. != 5 foot")  # fmt: skip  # noqa: RUF001
def _side(m: Match, _: Number) -> Unit | None:
    name = length_ahead(m.line.t, m.start)
    return Unit(m.start, name, "measure") if name else None


@UNITS.rule("times sign", r"[x×](?![\d ]*\d)", "3x as hot = 3 time", "planks of 3x5 !=")  # noqa: RUF001
def _times_sign(m: Match, _: Number) -> Unit:
    return Unit(m.end, "time", "multiple")


@UNITS.rule("times", r" ?times", "three times as many = 3 time")
def _times(m: Match, _: Number) -> Unit:
    return Unit(m.end, "time", "multiple")


@UNITS.rule(
    "feet sign",
    r"\u2032(?!\w)|['\u2019](?= (?:long|tall|wide|high|deep|thick)\b)",
    "a 12\u2032 pole = 12 foot",
    "It is 40' long. = 40 foot",
    "51\u00b0 30\u2032 north != ?",
)
def _feet(m: Match, number: Number) -> Unit | None:
    return None if m.line.t[number.start - 1].text in ("\u00b0", "\u00ba") else Unit(m.end, "foot", "measure")


_OPENED = re.compile(r"(?<!\d)\"")


@UNITS.rule("inches sign", r"[\"\u201d\u2033](?!\w)", 'a 12" plank = 12 inch', "a 3/4\u2033 pipe = 0.75 inch",
            'She said "about 40" to him. != 40, about', "a \u201cmere 9\u201d != 9")  # fmt: skip
def _inches(m: Match, number: Number) -> Unit | None:
    """Not where it closes what it opened."""
    sign, before = m.found[0], m.line.text[: m.line.at[number.start]]
    opened = (
        len(_OPENED.findall(before)) % 2 if sign == '"' else before.count("\u201c") > before.count("\u201d")
    )
    return Unit(m.end, "inch", "measure") if sign == "\u2033" or not opened else None


@MEASURES.rule("pence", r"p", "a stamp of 40p = 40 penny", cased=True)
def _pence(m: Match, _: Number) -> Unit:
    return Unit(m.end, "penny", "measure")


@MEASURES.rule(
    "hours and inches", r"(?P<letters>h|in)", "It takes 3h to dry. = 3 hour", "a 2in nail = 2 inch"
)
def _letter(m: Match, _: Number) -> Unit:
    return Unit(m.end, "hour", "duration") if m["letters"] == "h" else Unit(m.end, "inch", "measure")


@MEASURES.rule("degrees", r" (?:(?:degrees?|deg\.?) )?(?:celsius|fahrenheit)| (?:degrees?|deg\.?) (?:c|f)",
               "5 degrees Celsius = 5 degree", "90 Fahrenheit in the shade = 90 degree", "6 deg. C = 6 degree")  # fmt: skip
def _degrees(m: Match, _: Number) -> Unit:
    return Unit(m.end, "degree", "measure")


@MEASURES.rule("measure", r" ?(?P<name>{word})(?P<power>[23](?!\d))?",
               "1,250 km2 of sand = 1250 square kilometre", "7 tonnes of peas = 7 tonne", "a 30m pole = 30 metre",
               "in 40 mins = 40 minute")  # fmt: skip
def _measure(m: Match, number: Number) -> Unit | None:
    token, power, behind = m.line.t[m.start], m["power"], m.line.t[m.start + 1]
    if behind.text in lex.HYPHENS and behind.gap == 0 and len(token.text) == 1:
        return None  # 5 T-shirts
    short = len(token.text) <= LETTERS_LONGEST and token.lower in lex.MEASURES
    if short and (number.form != "digits" or (token.text == "m" and number.coefficient != number.value)):
        return None
    name = lex.MEASURES.get(token.lower) or lex.MEASURES.get(singular(token.lower))
    before_noun = (
        behind.kind == "word" and behind.gap == 1 and behind.lower not in lex.STOPS
    )  # a 4 inch plank
    before_noun &= token.lower in lex.LONG_MEASURES
    if name is None or not (
        short or number.value <= 1 or plural(token) or token.lower == "foot" or before_noun
    ):
        return None
    if power and short and name in LENGTHS:
        return Unit(m.start + 2, f"{POWERS[power]} {name}", "measure")
    return Unit(m.start + 1, name, "duration" if name in lex.DURATIONS else "measure")


@MEASURES.rule("duration", r" ?(?P<name>{word})", "in 16 months = 16 month", "a 10 year plan = 10 year")
def _duration(m: Match, number: Number) -> Unit | None:
    name = singular(m["name"])
    some = number.value <= 1 or plural(m.line.t[m.start]) or name in lex.SPELLS
    return Unit(m.end, name, "duration") if name in lex.DURATIONS and some else None


@COUNTED.rule("magnitude", r" magnitude", "a quake of 6.1 magnitude = 6.1 magnitude")
def _magnitude(m: Match, _: Number) -> Unit:
    return Unit(m.end, "magnitude", "measure")


@COUNTED.rule("persons strong", r" strong(?! [^\W\d_])", "The crew is sixty strong. = 60 people")
def _persons_strong(m: Match, _: Number) -> Unit:
    return Unit(m.end, "people", "count")


@COUNTED.rule("of a percent", r" of (?:an?|one|1) (?:percent(?:age point)?|per cent)", "half of one percent = 0.5 percent",
              "a tenth of a percent = 0.1 percent")  # fmt: skip
def _of_percent(m: Match, number: Number) -> Unit | None:
    return Unit(m.end, "percent", "percent") if number.value < 1 else None


@COUNTED.rule(
    "of a measure", r" of an? (?P<name>{duration}|{long_measure})", "a quarter of a century = 0.25 century",
              ".25 of an inch = 0.25 inch")  # fmt: skip
def _of_measure(m: Match, number: Number) -> Unit | None:
    name = m["name"]
    return Unit(m.end, name, "duration" if name in lex.DURATIONS else "measure") if number.value < 1 else None


@COUNTED.rule("of what", r",? (?:of|de|di)", "thousands of tiles = 1000.. tile, indefinite", "five of the drivers = 5 driver",
            "half of the prisoners = 0.5 prisoner, ratio")  # fmt: skip
def _of(m: Match, number: Number) -> Unit | None:
    """Three of the five men: of which only three is marked."""
    t, fraction = m.line.t, number.form == "fraction"
    if m.found[0][0] == "," and number.form != "open":  # hundreds, perhaps thousands, of fish
        return None
    k = _after_determiners(t, m.end)
    among = (
        t[k].kind == "num"
        or (t[k].lower in lex.DIGIT_WORDS and t[k].lower != "one")
        or t[k].lower in lex.TENS
    )
    noun = noun_at(t, k + 1 if among else k)
    partitive = k > m.end or number.form != "digits" or t[m.end].lower == "of"
    if noun and not among and (partitive or plural(t[noun.end - 1])):
        return Unit(noun.end, noun.lemma, "ratio" if fraction else "count")
    known = noun is not None or t[k].lower in ("them", "us") or fraction
    return Unit(m.start, noun.lemma if noun else None, ("ratio" if fraction else "count") if known else "")


@COUNTED.rule(
    "share of what",
    r"(?= )",
    "half the mills = 0.5 mill, ratio",
    "a third were unsure = 0.333333333333, ratio",
)
def _share(m: Match, number: Number) -> Unit | None:
    if number.form != "fraction":
        return None
    t, j = m.line.t, m.start
    if t[j].lower in lex.DETERMINERS:
        noun = noun_at(t, _after_determiners(t, j))
        return Unit(noun.end, noun.lemma, "ratio") if noun else Unit(j, None, "ratio")
    noun = noun_at(t, j) if number.value > 1 else None
    return Unit(noun.end, noun.lemma, "count") if noun else Unit(j, None, "ratio")


@COUNTED.rule("figure of", r"(?= )", "The figure of 240 comes from him. = 240")
def _figure(m: Match, number: Number) -> Unit | None:
    of = m.line.t[number.start - 1].lower == "of" and m.line.t[number.start - 2].lower in _FIGURES
    return Unit(m.start) if of else None


@COUNTED.rule("thing counted", r"(?= )", "14 human rights groups = 14 group", "58 dead = 58 dead", "In 2020 three people died. = 3 people",
            "a couple of the inns = 2 inn")  # fmt: skip
def _counted(m: Match, number: Number) -> Unit | None:
    t, j = m.line.t, m.start
    if t[j].lower in lex.CARDINALS and t[j + 1].gap:  # in 2020 three people died
        return None
    if t[j - 1].lower == "of":
        j = _after_determiners(t, j)
    noun = single_noun_at(t, j) if number.value == 1 else noun_at(t, j)
    return Unit(noun.end, noun.lemma, "count") if noun else None


def _after_determiners(t: list[Token], j: int) -> int:
    while t[j].lower in lex.DETERMINERS:
        j += 1
    return j
