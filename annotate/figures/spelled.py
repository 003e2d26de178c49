"""Numbers in words, halves and other fractions, and those that name only a magnitude."""

from annotate.figures import words as lex
from annotate.figures.grammar import LINE_BREAK, Line, Match, Rules, Token
from annotate.figures.nouns import noun_at
from annotate.figures.numbers import DIGITS, Number, locator, scaled

WORDS: Rules[bool, Number] = Rules("number", "here")
STARTS = (
    lex.NUMBER_WORDS
    | lex.SOME_SCALES
    | frozenset(lex.VULGAR)
    | {"half", "a", "an", "multi", "couple", "point", "quarter"}
    | lex.ZEROS
)
_TELLS = lex.words("of were was are said say")  # a quarter were unsure
_PARTS = {"half": 2, "quarter": 4, "third": 3}
_MOST_DECIMALS = 6
_DECIMALS = dict(list(lex.DIGIT_WORDS.items())[:10]) | dict.fromkeys(lex.ZEROS, 0)
_FIRST_YEARS = range(10, 21)  # nineteen eighty, twenty ten
_OF_WHICH = lex.words("of the his her its their our my all these those")
_BE = lex.words("are were is was have had")


def number_at(line: Line, i: int, *, conjoin: bool = True) -> Number | None:
    """Read the number that begins at token ``i``, if one does.

    ``conjoin=False`` keeps "and" for "between a hundred and two hundred".
    """
    token = line.t[i]
    if token.kind == "num":
        return DIGITS.read(line, i, conjoin)
    return WORDS.read(line, i, conjoin) if token.lower in STARTS else None


@WORDS.rule("fraction sign", r"{vulgar}", "½ of the beds = 0.5 bed, ratio")
def _vulgar(m: Match, _: bool) -> Number:
    value = lex.VULGAR[m.found[0]]
    return Number(m.start, m.end, value, "fraction", value)


@WORDS.rule("half of a scale", r"half(?:{hyphen}| an? | )(?P<scale>{scale})",
            "half a dozen tiles = 6 tile", "half-million tiles = 500000 tile")  # fmt: skip
def _half_scale(m: Match, _: bool) -> Number | None:
    return None if _ordinal_before(m) else Number(m.start, m.end, lex.SCALES[m["scale"]] / 2, "words", 0.5)


@WORDS.rule(
    "a half of a scale", r"an? half(?:{hyphen}| )(?P<scale>{scale})", "a half million hens = 500000 hen"
)
def _a_half_scale(m: Match, _: bool) -> Number:
    return Number(m.start, m.end, lex.SCALES[m["scale"]] / 2, "words", 0.5)


@WORDS.rule("point and digits in words", r"(?:(?P<zero>{zero}) )?point(?P<digits>(?: (?:{cardinal}|{zero}))+)",
            "zero point five percent = 0.5 percent", "nought point three million hens = 300000 hen",
            "growth of point five percent = 0.5 percent", "At this point five men left. != 5 man")  # fmt: skip
def _point(m: Match, _: bool) -> Number | None:
    part = _decimals(m.line.t, m.start + 2 if m["zero"] else m.start + 1)
    if part is None:
        return None
    number = scaled(m, part[1], part[0], "words")
    t, told = m.line.t, number.value != number.coefficient
    percent = t[number.end].lower in ("percent", "per", "percentage") or t[number.end].text == "%"
    return number if m["zero"] or told or percent else None


def _decimals(t: list[Token], j: int) -> tuple[float, int] | None:
    """The part of one that digits in words from token ``j`` on make, and the token behind them."""
    digits = ""
    while len(digits) < _MOST_DECIMALS and t[j].lower in _DECIMALS:
        digits, j = digits + str(_DECIMALS[t[j].lower]), j + 1
    return (float(f"0.{digits}"), j) if digits else None


@WORDS.rule("half a unit", r"half an?", "half an hour = 0.5 hour", "half a percent = 0.5 percent")
def _half_unit(m: Match, _: bool) -> Number | None:
    weak = m.line.t[m.end].lower not in {*lex.PERIODS, *lex.MEASURES, "percent", "per", "percentage"}
    return None if _ordinal_before(m) else Number(m.start, m.end, 0.5, "fraction", 0.5, weak=weak)


@WORDS.rule("half", r"half", "half of the prisoners = 0.5 prisoner, ratio", "the second half of it !=")
def _half(m: Match, _: bool) -> Number | None:
    behind = m.line.t[m.end]
    if _ordinal_before(m) or (behind.text in lex.HYPHENS and behind.gap == 0):
        return None
    return Number(m.start, m.end, 0.5, "fraction", 0.5, weak=behind.lower not in _OF_WHICH | _BE)


def _ordinal_before(m: Match) -> bool:
    before = m.line.t[m.start - 1].lower
    return before in lex.ORDINALS or before in ("other", "latter", "a")


@WORDS.rule("several of a scale", r"(?:a (?=few))?{some} (?P<scale>{any_scale})(?: (?P<more>{scale}))?",
            "several dozen families = 12.. family, indefinite",
            "a few hundred thousand families = 100000.. family, indefinite")  # fmt: skip
def _several(m: Match, _: bool) -> Number:
    scale = m["scale"]
    value = lex.SCALES.get(scale) or lex.PLURAL_SCALES[scale]
    return Number(m.start, m.end, value * lex.SCALES.get(m["more"], 1.0), "open", 1.0)


@WORDS.rule("scales alone", r"{plural_scale}(?: of {plural_scale}){0,2}",
            "thousands of tiles = 1000.. tile, indefinite", "tens of thousands = 10000.., indefinite")  # fmt: skip
def _plural_scale(m: Match, _: bool) -> Number | None:
    value = 1.0
    for token in m.line.t[m.start : m.end : 2]:
        value *= lex.PLURAL_SCALES[token.lower]
    alone = m.end == m.start + 1 and m.line.t[m.start].lower in ("tens", "scores")
    return None if alone and m.line.t[m.end].lower != "of" else Number(m.start, m.end, value, "open", 1.0)


@WORDS.rule("scale of money", r"(?:multi{hyphen})?(?P<scale>million|billion|trillion)(?={hyphen}{currency})",
            "a multi-million-dollar trade = 1000000.. USD, indefinite")  # fmt: skip
def _scale_of_money(m: Match, _: bool) -> Number:
    return Number(m.start, m.end, lex.SCALES[m["scale"]], "open", 1.0)


@WORDS.rule("couple", r"a couple(?: of)?(?: (?P<scale>{scale}))?",
            "a couple of hours = 2 hour", "a couple of hundred beds = 200 bed")  # fmt: skip
def _couple(m: Match, _: bool) -> Number | None:
    if not m["scale"]:
        return Number(m.start, m.end, 2.0, "words", 2.0) if m.end == m.start + 3 else None
    return Number(m.start, m.end, 2 * lex.SCALES[m["scale"]], "words", 2)


@WORDS.rule("score or gross", r"(?:an?|(?P<count>{cardinal})) (?P<name>{collection})(?P<of> of)?",
            "A score of boats sank. = 20 boat", "three score houses = 60 house", "two gross of nails = 288 nail",
            "a score of 85 != 85")  # fmt: skip
def _collection(m: Match, _: bool) -> Number | None:
    """Only where a plural is counted: a score may be one of a game or of a test."""
    if not (m["of"] or m["count"]) or noun_at(m.line.t, m.end) is None:
        return None
    count = {**lex.DIGIT_WORDS, **lex.TENS}.get(m["count"], 1)
    value = count * lex.COLLECTIONS[m["name"]]
    return Number(m.start, m.end - bool(m["of"]), value, "words", value)


@WORDS.rule("a fraction", r"an? (?!half|second){fraction}", "nearly a third = 0.333333333333, nearly, ratio",
            "a quarter of a million tiles = 250000 tile", "a quarter million tiles = 250000 tile",
            "a quarter century = 0.25 century")  # fmt: skip
def _a_fraction(m: Match, _: bool) -> Number:
    return _fraction(m.line, m.start, 1.0, m.end, weak=m.line.t[m.end].lower not in _TELLS)


@WORDS.rule("quarter of a scale", r"quarter(?: of a|{hyphen}| ) ?(?P<scale>{scale})",
            "quarter of a million people = 250000 people", "It cost quarter million dollars. = 250000 USD")  # fmt: skip
def _quarter(m: Match, _: bool) -> Number | None:
    return None if _ordinal_before(m) else Number(m.start, m.end, lex.SCALES[m["scale"]] / 4, "words", 0.25)


@WORDS.rule(
    "a unit",
    r"an?(?= (?:{duration}|{long_measure}))",
    "at least a decade = 1.. decade, at least",
    "It lasted a fortnight. = 1 fortnight",
    "15 cases a fortnight != 15 case per fortnight",
)
def _a_unit(m: Match, _: bool) -> Number:
    t = m.line.t
    span = t[m.start - 1].lower in lex.BEFORE_SPANS and t[m.end].lower in lex.SPANS
    span |= _is(t, m.end + 1, "and", "a", "half")  # an hour and a half
    return Number(m.start, m.end, 1.0, "words", 1.0, weak=not span)


@WORDS.rule("cardinal", r"(?P<article>an? (?={scale}))?(?:{cardinal}|{scale})",
            "twenty-one tiles = 21 tile", "a hundred and twenty tiles = 120 tile",
            "two and a half million tiles = 2500000 tile", "three and three-quarter million tiles = 3750000 tile", "a million and a quarter = 1250000", "five and three-quarters miles = 5.75 mile", "two-thirds of patients = 0.666666666667 patient, ratio",
            "two point five million tiles = 2500000 tile", "two lakhs of tiles = 200000 tile",
            "It stood in nineteen eighty-four. =", "his twenty-first birthday =")  # fmt: skip
def _cardinal(m: Match, conjoin: bool) -> Number | None:  # noqa: C901, PLR0911, PLR0912 - a return for each form
    t, i, article = m.line.t, m.start, bool(m["article"])
    if article:
        joined = t[i + 2].text in lex.HYPHENS and t[i + 2].gap == 0 and t[i + 3].lower != "plus"
        if t[i + 1].lower in lex.SHORT_SCALES or joined:
            return None  # a million-dollar business
    elif t[i].lower not in lex.CARDINALS:
        return None
    value, j, small = _spoken(t, i + 1 if article else i, article=article, conjoin=conjoin)
    hyphen = t[j].text in lex.HYPHENS and t[j].gap == 0 and t[j + 1].gap == 0
    k = j + 1 if hyphen else j
    scale_behind = hyphen and t[k + 1].lower in lex.SCALES  # three-quarter million
    names = lex.FRACTION_PLURALS if value > 1 and not scale_behind else lex.FRACTION_NAMES
    if t[k].lower in names and t[k].gap < LINE_BREAK and value:
        return _fraction(m.line, i, value, k + 1, weak=not hyphen and value == 1 and t[k + 1].lower != "of")
    if hyphen and t[k].lower in lex.ORDINALS:
        return locator(i, k + 1)
    if small and value in _FIRST_YEARS and t[j].gap == 1 and t[j].lower in lex.CARDINALS - {"one", "zero"}:
        return locator(i, _spoken(t, j, article=False, conjoin=False)[1])
    if t[j].lower == "point" and t[i - 1].lower != "at" and (part := _decimals(t, j + 1)):
        return scaled(m, part[1], value + part[0], "words")
    if hyphen and _is(t, j, "-", "and", "-", "a", "-", "half"):
        return scaled(m, j + 6, value + 0.5, "words")
    if conjoin and small and value and t[j].lower == "and" and t[j + 1].lower in lex.CARDINALS:
        part_of_one = WORDS.read(m.line, j + 1, conjoin)
        if part_of_one is not None and part_of_one.form == "fraction" and part_of_one.value < 1:
            return scaled(m, part_of_one.end, value + part_of_one.value, "words")
        if part_of_one is not None and part_of_one.form == "words" and 0 < part_of_one.coefficient < 1:
            scale = part_of_one.value / part_of_one.coefficient
            return Number(i, part_of_one.end, value * scale + part_of_one.value, "words", value)
    if conjoin and _is(t, j, "and", "a") and t[j + 2].lower in _PARTS:
        more = lex.SCALES.get(t[j - 1].lower, 1.0) / _PARTS[t[j + 2].lower]
        return scaled(m, j + 3, value + more, "words")
    if small:
        return scaled(m, j, value, "words")
    return Number(i, j, value, "words", value / lex.SCALES.get(t[j - 1].lower, 1.0))


def _spoken(t: list[Token], i: int, *, article: bool, conjoin: bool) -> tuple[float, int, bool]:
    """Add up number words from token ``i``: the value, the token behind, and whether no scale was met."""
    total, current, last, j = 0.0, 1.0 if article else 0.0, "unit" if article else "", i
    scaled = False
    while True:
        word = t[j].lower
        if word in lex.DIGIT_WORDS and (
            last in ("", "scale") or (last == "tens" and 0 < lex.DIGIT_WORDS[word] < lex.DIGIT_WORDS["ten"])
        ):
            current, last = current + lex.DIGIT_WORDS[word], "unit"
        elif word in lex.TENS and last in ("", "scale"):
            current, last = current + lex.TENS[word], "tens"
        elif word == "hundred" and last in ("unit", "tens"):
            current, last, scaled = current * 100, "scale", True
        elif word in lex.SCALES and word != "hundred" and current:
            total, current, last, scaled = total + current * lex.SCALES[word], 0.0, "scale", True
        else:
            return total + current, j, not scaled
        j += 1
        if t[j].gap == 0 and t[j].text in lex.HYPHENS and t[j + 1].gap == 0:
            if t[j + 1].lower not in lex.CARDINALS and t[j + 1].lower not in lex.SCALES:
                return total + current, j, not scaled
            j += 1
        elif conjoin and last == "scale" and t[j].lower == "and" and t[j + 1].lower in lex.CARDINALS:
            j += 1
        elif t[j].gap > 1 or t[j].lower not in lex.NUMBER_WORDS:
            return total + current, j, not scaled


def _fraction(line: Line, i: int, above: float, j: int, *, weak: bool) -> Number:
    t, name = line.t, line.t[j - 1].lower
    value = above / (lex.FRACTION_NAMES.get(name) or lex.FRACTION_PLURALS[name])
    if t[j].lower == "of" and t[j + 1].lower in ("a", "an") and t[j + 2].lower in lex.SCALES:
        return Number(i, j + 3, value * lex.SCALES[t[j + 2].lower], "words", value)
    if t[j].gap == 1 and t[j].lower in lex.SCALES:  # a quarter million
        return Number(i, j + 1, value * lex.SCALES[t[j].lower], "words", value)
    if t[j].lower in ("century", "hour", "mile", "pint"):
        return Number(i, j, value, "fraction", value)
    return Number(i, j, value, "fraction", value, weak=weak)


def _is(t: list[Token], j: int, *written: str) -> bool:
    return all(t[j + k].lower == word for k, word in enumerate(written))
