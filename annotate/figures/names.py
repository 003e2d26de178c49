"""Numbers that only name, and amounts that are not understood, are not figures."""

from unicodedata import category, normalize

from annotate.figures import words as lex
from annotate.figures.candidates import Candidate, locator, month
from annotate.figures.grammar import LINE_BREAK, Match, Node, Rules, Token, year_at
from annotate.figures.nouns import singular
from annotate.figures.numbers import Number
from annotate.figures.rated import unit_at
from annotate.figures.spelled import number_at

NAMES: Rules[Candidate, Node] = Rules("locator", "before")
_BARE_WORDS_FROM = 20
_BEFORE = lex.CODES | {"Rs", "US"}


@locator(NAMES, "sign of a number", r"[§№#] ?$", "see § 5 and #12 =")
def _sign(_m: Match, _t: list[Token], _: Candidate) -> bool:
    return True


@locator(NAMES, "letters before it", r"[^\W\d_]$", "the G7 and B12 =")
def _lettered(m: Match, t: list[Token], c: Candidate) -> bool:
    before, side = t[m.start - 1], c.unit.kind == "measure" and t[m.start - 2].kind == "num"  # 3x5 feet
    return before.kind == "word" and before.text not in _BEFORE and not (side and before.text == "x")


@locator(NAMES, "joined by a hyphen to what is before it", r"[^\W_][\u2010\u2011\u2212-]$", "COVID-19 =")
def _hyphened(_m: Match, _t: list[Token], _: Candidate) -> bool:
    return True


@locator(NAMES, "apostrophe or plus", r"[+'\u2019\u2018]$", "the summer of '40 =")
def _apostrophe(m: Match, t: list[Token], c: Candidate) -> bool:
    return c.bare and t[m.start - 2].kind != "mark"


@locator(NAMES, "part of an address or a path", r"[@=_\\%^]$|\S[/:.]$", "see item_4 and p.4 =", "p=4 =",
         "The first axis, a=39%, and the second !=  39 percent")  # fmt: skip
def _label(_m: Match, t: list[Token], c: Candidate) -> bool:
    return t[c.number.start - 1].text != "=" or c.unit.kind not in ("percent", "money", "measure")


@locator(NAMES, "enclosed", r"(?P<open>[\[(]) ?$", "as [12] and (3) say =", "it grew (by 3) != 3")
def _enclosed(m: Match, t: list[Token], c: Candidate) -> bool:
    small = t[c.end].text == ")" and c.whole.value < 1000  # noqa: PLR2004 - a note
    return c.bare and (m["open"] == "[" or small)


@locator(NAMES, "number of a list", r"^$", "1. The list begins. =", "2) Peas =")
def _listed(_: Match, t: list[Token], c: Candidate) -> bool:
    return c.bare and t[c.end].text in (".", ")", ":") and t[c.end].gap == 0


@locator(NAMES, "label behind it", r"", "see 4_b =")
def _tight(_: Match, t: list[Token], c: Candidate) -> bool:
    return c.bare and t[c.end].text in ("_", "@", "\\", "=") and t[c.end].gap == 0


@locator(NAMES, "abbreviation before it", r"\w\. ?$", "case No. 118 and Sec. 5 =")
def _abbreviated(m: Match, t: list[Token], c: Candidate) -> bool:
    return _nameable(t, m.start, c) and t[m.start - 1].gap == 0 and t[m.start - 2].lower in lex.ABBREVIATED


@locator(NAMES, "name before it", r"", "The ISBN 12 and Ward 3 =", "See page 4. =", "In case 40 people come != 40 people",
          "a Boeing 737 on Highway 61 =")  # fmt: skip
def _name_before(m: Match, t: list[Token], c: Candidate) -> bool:
    if not _nameable(t, m.start, c) or t[m.start - 1].kind != "word":
        return False
    before, bare = t[m.start - 1], c.unit.kind in ("", "joined")
    if before.lower in lex.UNCLEAR_MONEY:
        return False
    word, opens = singular(before.lower), _opens(t, m.start - 1)
    if word in lex.IDENTIFIERS and bare:
        return True
    if not _plain(t, m.start, c):
        return False
    if word in lex.NUMBERED | lex.NUMBERED_IF_BARE:
        return bare or (before.text[0].isupper() and not opens) or word not in lex.NUMBERED_IF_BARE
    return not c.reading.titled and bare and _capital(before) and not opens


@locator(NAMES, "name behind it", r"", "near 12 Baker Street =", "the 610 Office =", "the Seven Sisters =")
def _name_behind(m: Match, t: list[Token], c: Candidate) -> bool:
    j = c.end
    if not (_nameable(t, m.start, c) and _plain(t, m.start, c)):
        return False
    while _capital(t[j]) and t[j].gap == 1:
        if t[j].lower in lex.NAMED_BEHIND:
            return True
        j += 1
    if c.reading.titled or j == c.end or t[c.end].gap != 1:
        return False
    capital_word = c.whole.form == "words" and _capital(t[m.start]) and not _opens(t, m.start)
    return c.unit.kind in ("", "joined") or (capital_word and c.unit.end <= j)


def _nameable(t: list[Token], i: int, c: Candidate) -> bool:
    return c.hedge is None and c.whole.form in ("digits", "words") and t[i].gap < LINE_BREAK


def _plain(t: list[Token], i: int, c: Candidate) -> bool:
    """Whether a number has no scale and no separator, as numbers of things have none."""
    return c.whole.value == c.whole.coefficient and "," not in t[i].text


def _capital(token: Token) -> bool:
    capital = token.kind == "word" and token.text[0].isupper()
    return capital and token.lower not in lex.STOPS and not month(token)


def _opens(t: list[Token], i: int) -> bool:
    """Whether a token opens a sentence, where every word has a capital."""
    before = t[i - 1]
    return i <= 0 or before.kind == "end" or before.text in tuple(".!?:;—–“\"'‘(*#") or t[i].gap > 1  # noqa: RUF001


@locator(NAMES, "joined or weak", r"", "a two-way road =", "a third day =")
def _weak(_: Match, _t: list[Token], c: Candidate) -> bool:
    return c.unit.kind == "joined" or (c.number.weak and c.second is None and c.hedge is None)


@locator(NAMES, "pronoun", r"", "One day one of the guards saw no one, and another one; the two slept. =",
          "One man and two women came. != 1 man; 2 woman")  # fmt: skip
def _pronoun(_: Match, t: list[Token], c: Candidate) -> bool:
    number = c.number
    if number.form != "words" or number.value != number.coefficient or c.second:
        return False
    if number.value == 1:
        return not _one_counts(t, number, c)
    if c.unit.kind or c.hedge:
        return False
    before, behind = t[number.start - 1].lower, t[number.end].lower
    if number.value == 0 or before in lex.PRONOUNS_BEFORE or before in lex.HYPHENS:
        return True
    factor = before == "of" and t[number.start - 2].lower == "factor"
    gapped = c.gapped and before in (",", "and", "but", ";")
    told = factor or before == "another" or behind in lex.BE or gapped or c.unit.rate is not None
    return not told and number.value <= _BARE_WORDS_FROM


def _one_counts(t: list[Token], number: Number, c: Candidate) -> bool:
    before, unit = t[number.start - 1].lower, c.unit
    if before in lex.PRONOUNS_BEFORE or before in ("a", "another"):
        return False
    if unit.kind in ("duration", "measure", "percent"):
        return unit.unit in lex.ALLOWED_AFTER_ONE or unit.kind == "percent" or c.hedge is not None
    if unit.kind != "count" or unit.end == number.end:
        return False
    joined = t[unit.end].lower in ("and", "or", ",") and _number_word(t[unit.end + 1])
    listed = before in ("and", ",") and any(map(_number_word, t[max(number.start - 5, 0) : number.start]))
    counted = unit.unit in ("death", "casualty", "fatality", "injury")
    return counted or c.hedge is not None or before in lex.EVIDENCE_FOR_ONE or joined or listed


def _number_word(token: Token) -> bool:
    return token.kind == "num" or token.lower in lex.CARDINALS


_LAST_LATIN = "\u024f"
_ABBREVIATION = 5  # letters of an abbreviation
_KNOWN = (
    lex.STOPS
    | lex.FOLLOW
    | lex.PREPOSITIONS
    | lex.BE
    | lex.NOT_PLURAL
    | lex.NUMBER_WORDS
    | lex.ORDINALS
    | lex.CLOCK
    | lex.NOT_A_RATE
    | frozenset(lex.PERIODS)
    | frozenset(word for phrase in lex.HEDGES_BEFORE for word in phrase)
    | frozenset(word for phrase in lex.HEDGES_BEHIND for word in phrase)
)
_SUBSTANCE = 4  # tokens of what a measure is of: CO2
_RATED = frozenset(lex.MEASURES) | frozenset(lex.PERIODS)
_SIGNS = frozenset({"\u2031"})  # per ten thousand
_KNOWN = frozenset(word for word in _KNOWN if len(word) > 1 or word in ("a", "i"))
_MONEY = frozenset(lex.CURRENCY_NAMES) | frozenset(name.rpartition(" ")[2] for name in lex.NATIONAL)


_UNCLEAR = frozenset({"mil", "score"})  # a thousand, a million or an inch; a score that no rule has read
_UNCLEAR_BEFORE = {"gross": ("of",), "light": ("year", "years", "minute", "minutes", "second", "seconds")}
_JOINS = lex.words("to of in out times")
_SMALLER = lex.words("rood roods perch perches pint pints quart quarts peck pecks stone thousand hundred")


def not_understood(c: Candidate, start: int) -> int | None:  # noqa: C901, PLR0911 - a return for each reason
    """The token behind what is not understood at a figure whose currency or number begins at token ``start``.

    None where all is understood. Not understood are letters, digits and signs that touch the amount, a sign of a
    currency that is not known, a word between the number and its currency, and a word right behind a bare number
    that is neither a noun that it counts nor one that is allowed there.
    """
    t, unit, j = c.reading.line.t, c.unit, c.unit.end
    token, sign = t[j], t[j].text[:1] or " "
    if (end := _unclear(c, start)) is not None:
        return end
    if c.pair is None and unit.rate is None and (end := _number_behind(c, j)):
        return end
    if (
        unit.kind == "measure"
        and token.text == "/"
        and token.gap == t[j + 1].gap == 0
        and t[j + 1].kind == "word"
    ):
        return j + 2
    if unit.kind == "measure" and unit.rate is None and (end := _rated_behind(t, j)):
        return end
    if (
        not unit.kind and token.text == "." and t[j + 1].text in lex.DASHES and token.gap == t[j + 1].gap == 0
    ):  # 300.-
        return j + 2
    if token.lower == "to" and t[j + 1].lower == "the" and t[j + 2].kind == "num":  # 10 to the 6th
        return j + 3
    if sign in _SIGNS or (category(sign) == "So" and normalize("NFKC", sign)[:1].isalpha()):  # a sign for kg
        return j + 1
    if unit.kind == "measure" and j == c.end:  # one of several sides: 3x5 feet
        return None
    glued = token.gap == 0 and (token.kind in ("word", "num") or category(sign) in ("Sc", "So"))
    if glued or (token.gap == 1 and category(sign) == "Sc" and token.text not in lex.SIGNS):
        return j + 1
    counted = singular(t[c.end].lower) in ("of", "de", "di", unit.unit)
    if unit.kind == "count" and unit.unit in _MONEY and not counted:
        return j
    if token.kind != "word" or token.gap != 1 or unit.kind not in ("", "money"):
        return None
    ratio = c.number.form == "fraction" or (c.pair is not None and c.pair.ratio)
    bare = not unit.kind and unit.rate is None and c.number.form != "open" and not ratio
    return j + 1 if _odd(t, j) or (bare and not _known(t, j)) else None


def _unclear(c: Candidate, start: int) -> int | None:
    """The token behind what may be read in several ways: kr 40, 5 mil, 12 gross of pens, 2.1 mb/d, 1.200,-."""
    t, unit, j = c.reading.line.t, c.unit, c.unit.end
    between = t[c.end].lower
    behind = t[c.end + 1].lower in _UNCLEAR_BEFORE.get(between, ())
    if _unclear_before(t, start) or between in _UNCLEAR or behind:
        return j if between not in _UNCLEAR and not behind else max(j, c.end + 1)
    if unit.unit == "megabyte" and unit.rate == "d":  # of oil, mb are a million barrels
        return j
    dashed = t[j].text == "," and t[j + 1].text in lex.DASHES and t[j].gap == t[j + 1].gap == 0
    return j + 2 if dashed and (not unit.kind or "." in t[c.number.start].text) else None


def _number_behind(c: Candidate, j: int) -> int | None:
    """The token behind a number right behind an amount, which may go on with it: £3 10z, Rs 5 lakh 20 thousand."""
    line, unit, t = c.reading.line, c.unit, c.reading.line.t
    if unit.kind not in ("money", "measure") or t[j].kind != "num" or t[j].gap != 1 or year_at(t[j]):
        return None
    second = number_at(line, j)
    if second is None:
        return None
    if second.form in ("locator", "unknown"):
        return second.end
    if unit_at(line, second.end, second).kind == "":
        return None if t[second.end].kind == "word" and t[second.end].lower in _JOINS else second.end
    return second.end + 1 if t[second.end].lower in _SMALLER else None


def _rated_behind(t: list[Token], j: int) -> int | None:
    """The token behind a rate of what the measure is of, which was not read: 400 g CO2/kWh."""
    for k in range(j, j + _SUBSTANCE):
        if k > j and t[k].text == "/" and t[k].gap == t[k + 1].gap == 0 and t[k + 1].lower in _RATED:
            return k + 2
        if t[k].gap != (k == j) or t[k].kind not in ("word", "num"):
            return None
    return None


def _unclear_before(t: list[Token], start: int) -> bool:
    """Whether letters or a sign that are not understood stand before token ``start`` and belong to it: X$5, kr 40."""
    before, tight = t[start - 1], t[start].gap == 0
    if not start:
        return False
    letters = t[start].text == "$" and tight and before.kind == "word"
    if before.text == "." and before.gap == 0:  # Fr. 300
        before = t[start - 2]
    sign = tight and category(before.text[0]) == "Sc" and before.text not in lex.SIGNS
    return letters or sign or (before.lower in lex.UNCLEAR_MONEY and t[start].kind == "num")


def alone(t: list[Token], end: int) -> bool:
    """Whether the word before token ``end`` looks like a unit, and no name goes on behind it: 30 MWq of power."""
    return _odd(t, end - 1) and not _capital(t[end])


def _odd(t: list[Token], j: int) -> bool:
    """Whether a word looks like a unit or a magnitude: a foreign script, -illion, kWp, TEU, qtl."""
    token, low = t[j], t[j].lower
    if low in _KNOWN:
        return False
    if any(letter > _LAST_LATIN or category(letter) == "No" for letter in token.text):
        return True
    if low.endswith(("illion", "illions", "illiard", "illiards")):
        return True
    short = len(low) <= _ABBREVIATION
    capitals = token.text[1:] != token.text[1:].lower() and not (
        t[j + 1].text.isupper() and t[j + 1].kind == "word"
    )
    return (short and capitals) or (short and not set(low) & set("aeiouyáéíóúàèìòùäöüâêîôûåøæ"))


def _known(t: list[Token], j: int) -> bool:
    """Whether a word may stand right behind a bare number and says nothing of what it is an amount of."""
    low = t[j].lower
    return low in _KNOWN or low.endswith(("ed", "ing", "ly", "n't", "'s", "\u2019s", "wards"))
