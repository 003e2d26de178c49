"""Numbers that only locate: years, dates, times, ages, and the numbers of things that have one."""

from annotate.figures.grammar import lexicon as lex
from annotate.figures.grammar.nouns import plural, singular
from annotate.figures.grammar.number import Number
from annotate.figures.grammar.tokens import LINE_BREAK, Token
from annotate.figures.grammar.units import Unit

_ABBREVIATED = lex.words("no nos nr p pp para paras vol fig art sec ch apt ext tel op cf v")
_BEFORE_YEAR = lex.words(
    "in since by until till from to of during before after late early mid the and for around circa between "
    "through year spring summer autumn fall winter mid- or this that on begin end"
)
_MAKES = lex.words("makes making totalling totaling totals")
_CLOCK = lex.words("a.m. p.m. am pm a.m p.m o'clock o’clock oclock gmt utc cet est edt bst noon midnight")  # noqa: RUF001
_AGED = lex.words("aged age ages turning turned")
_LATEST, LAST_DAY, _OLDEST = 2199, 31, 120
_DAYS = range(1, LAST_DAY + 1)
_YEARS = range(1100, _LATEST + 1)
_USUAL_YEARS = range(1500, 2100)
_YEAR_DIGITS = 4
_HOURS = 24
_CHAIN = 3
_AREA_DIGITS = 3
_WITHIN_TELEPHONE = lex.HYPHENS | {")"}
_MEASURED = frozenset(
    {*lex.SCALES, *lex.MEASURES, *lex.DURATIONS, *lex.CURRENCY_NAMES, *lex.DOLLARS_OF, "per", "percent"}
)
_DAY_JOINS = frozenset({",", "and", "or", "to", "&", *lex.DASHES})
_GROWING_OLD = lex.words("boy girl man woman child lad youth son daughter brother sister teenager pensioner")
_PRONOUNS = lex.words("he she who i")
_BE_AGED = lex.words("is was am")
_AGE_ADVERBS = lex.words("now only just still already about nearly almost")
_LABEL = frozenset("#§№@=_\\")
_TIGHT = frozenset("_@\\=")


def chain_end(t: list[Token], i: int) -> int | None:
    """The end of numbers joined by hyphens, slashes or colons: a telephone number, a date, a time, a section."""
    if (end := _telephone(t, i) or _section(t, i)) is not None:
        return end
    j, count = i + 1, 1
    while (
        t[j].text in (*lex.DASHES, "/", ":", ".")
        and t[j].gap == 0
        and t[j + 1].kind == "num"
        and t[j + 1].gap == 0
    ):
        if t[j].text == ":":
            count += len(t[j + 1].text)  # 10:30 is a time, 2:1 a ratio
        j, count = j + 2, count + 1
    if count > _CHAIN or (count == _CHAIN and t[i + 1].text != ":"):
        return j
    return j if j == i + 3 and t[i + 1].text in lex.DASHES and _score(t[i].text, t[i + 2].text) else None


def _telephone(t: list[Token], i: int) -> int | None:
    """The end of groups of digits, the first of which begins with 0 or stands behind a plus: 0123 555 777."""
    first = t[i].text
    abroad = t[i - 1].text == "+" and t[i].gap == 0
    if not abroad and not (first[0] == "0" and first.isdecimal() and len(first) >= _AREA_DIGITS):
        return None
    j, groups = i + 1, 0
    while True:
        k = j + 1 if t[j].gap == 0 and t[j].text in _WITHIN_TELEPHONE else j
        if t[k].kind != "num" or t[k].gap > 1 or not t[k].text.replace(" ", "").isdecimal():
            return j if groups > int(abroad) else None
        j, groups = k + 1, groups + 1


def _section(t: list[Token], i: int) -> int | None:
    """The end of a number such as 2.1 that opens a line, with the heading or the sentence behind it."""
    whole, dot, part = t[i].text.partition(".")
    behind = t[i + 1]
    if t[i].gap < LINE_BREAK or behind.gap != 1 or not (dot and whole.isdecimal() and part.isdecimal()):
        return None
    measured = singular(behind.lower) in _MEASURED or behind.text in lex.CODES
    word = behind.kind == "word" and behind.text[0].isupper() and not measured
    return i + 1 if word or behind.kind == "num" else None


def _score(first: str, second: str) -> bool:
    """Whether two numbers that a dash joins go down: 3-1, 52-48; a range goes up."""
    both = first.isdigit() and second.isdigit() and len(first) < _YEAR_DIGITS
    return both and len(second) <= len(first) and int(second) <= int(first)


def locates(t: list[Token], i: int, number: Number, unit: Unit, hedge: str | None, *, titled: bool) -> bool:
    """Whether the number at token ``i``, with what was read behind it, only locates.

    ``titled``: the line is set in title case, so that capitals say nothing.
    """
    return (
        _joined(t, i, unit)
        or _enclosed(t, i, number, unit)
        or _dated(t, i, number, hedge)
        or _year(t, i, number, unit, hedge)
        or _timed(t, i, number, unit)
        or _age(t, i, number, unit)
        or (hedge is None and _named(t, i, number, unit, titled=titled))
    )


def _joined(t: list[Token], i: int, unit: Unit) -> bool:
    before, token = t[i - 1], t[i]
    if token.gap or i == 0:
        return before.text in ("§", "№", "#")
    if before.kind == "word" and before.text not in lex.CODES:
        return before.text not in ("Rs", "US")
    if before.text in lex.HYPHENS and before.gap == 0:
        return t[i - 2].kind in ("word", "num")
    if before.text in ("+", "'", "’", "‘"):  # noqa: RUF001 - these very characters
        return unit.kind == "" and t[i - 2].kind != "mark"
    return before.text in _LABEL or (before.text in ("/", ":", ".") and before.gap == 0)


def _enclosed(t: list[Token], i: int, number: Number, unit: Unit) -> bool:
    behind = t[number.end]
    if unit.kind:
        return False
    if t[i - 1].text == "[" or (t[i - 1].text == "(" and behind.text == ")" and number.value < 1000):  # noqa: PLR2004
        return True
    listed = t[i].gap > 1 and behind.text in (".", ")", ":") and behind.gap == 0
    return listed or (behind.text in _TIGHT and behind.gap == 0)


def _dated(t: list[Token], i: int, number: Number, hedge: str | None) -> bool:
    if number.form not in ("digits", "words") or number.value not in _DAYS or hedge:
        return False
    before = t[i - 2] if t[i - 1].text == "." else t[i - 1]
    return number.form == "digits" and (month(before) or _month_ahead(t, number.end))


def _month_ahead(t: list[Token], j: int) -> bool:
    """Whether a month follows at token ``j``, or behind further days: 9, 10 and 11 September."""
    for _ in range(_CHAIN):
        if month(t[j + 1] if t[j].lower == "of" else t[j]):
            return True
        day = t[j + 1].text
        if t[j].lower not in _DAY_JOINS or not (day.isdecimal() and int(day[:3]) in _DAYS):
            return False
        j += 2
    return False


def month(token: Token) -> bool:
    """Whether a word is the name of a month, with its capital."""
    return token.lower in lex.MONTHS and token.text[:1].isupper()


def _year(t: list[Token], i: int, number: Number, unit: Unit, hedge: str | None) -> bool:
    if not year_like(t, number) or unit.kind in ("percent", "money", "measure", "duration", "ratio"):
        return False
    before = t[i - 1]
    summed = t[number.end].lower == "in" and t[number.end + 1].lower in ("all", "total")
    if summed or before.lower in _MAKES:
        return False
    dated = before.text == "," and (t[i - 2].kind == "num" or month(t[i - 2]))
    led = before.lower in _BEFORE_YEAR or month(before) or dated or before.text in ("(", "–", "-")  # noqa: RUF001
    if unit.kind == "count":
        if hedge is not None and hedge != "about":
            return False
        if number.value not in _USUAL_YEARS:
            return led and before.lower not in ("the", "of", "and", "for", "to", "from")
        near = unit.end <= number.end + 2 and (number.value % 100 == 0 or unit.unit in lex.PERSONS)
        return not near or (
            led and before.lower in ("in", "since", "until", "by") and unit.unit not in lex.PERSONS
        )
    return led or number.value in _USUAL_YEARS


def year_like(t: list[Token], number: Number) -> bool:
    """Whether a number is written as a year is: four digits, nothing else."""
    return number.end == number.start + 1 and year_at(t[number.start])


def year_at(token: Token) -> bool:
    """Whether a token is written as a year is: four digits."""
    return len(token.text) == _YEAR_DIGITS and token.text.isdecimal() and int(token.text) in _YEARS


def _timed(t: list[Token], i: int, number: Number, unit: Unit) -> bool:
    before, behind = t[i - 1].lower, t[number.end].lower
    past = before == "past" and t[i - 2].lower in ("half", "quarter", "minutes", "five", "ten", "twenty")
    if behind in _CLOCK or past or (unit.kind == "duration" and t[unit.end].lower == "ago"):
        return True
    return before == "at" and not unit.kind and number.value <= _HOURS


def _age(t: list[Token], i: int, number: Number, unit: Unit) -> bool:
    before, behind = t[i - 1].lower, t[unit.end].lower
    if unit.kind == "age" or number.value > _OLDEST:
        return unit.kind == "age"
    old = behind == "old" or (behind == "of" and t[unit.end + 1].lower == "age")
    aged = before in _AGED or (before in ("of", "between", "from") and t[i - 2].lower in _AGED)
    if unit.kind == "duration":
        return old or aged
    if unit.kind or aged:
        return aged and not unit.kind
    below = before in ("under", "over") and t[i - 2].lower in ("be", "is", "are", "was", "were")
    if below or _said_of_a_person(t, i, number):
        return True
    if before in ("under", "over", "above", "below") and (
        plural(t[i - 2]) or t[i - 2].lower in ("those", "anyone")
    ):
        return singular(t[i - 2].lower) in lex.PERSONS | {"those", "anyone", "adult"}
    person = t[i - 2].text[:1].isupper() or t[i - 2].lower in lex.PERSONS
    aside = before == "," and t[i - 2].kind == "word" and number.form == "digits" and not _several(t[i - 2])
    return aside and (t[number.end].text == "," or (person and t[number.end].text in (".", ";", ")")))


def _said_of_a_person(t: list[Token], i: int, number: Number) -> bool:
    """A boy of 15; he is 53."""
    if t[i - 1].lower == "of":
        return singular(t[i - 2].lower) in _GROWING_OLD
    k = i - 1 if t[i - 1].lower in _AGE_ADVERBS else i
    ends = t[number.end].kind != "word" or t[number.end].lower in ("and", "but", "when")
    return ends and t[k - 1].lower in _BE_AGED and t[k - 2].lower in _PRONOUNS


def _several(token: Token) -> bool:
    return plural(token) and token.text[0].islower()


def _named(t: list[Token], i: int, number: Number, unit: Unit, *, titled: bool) -> bool:
    before = t[i - 1]
    if number.form not in ("digits", "words") or t[i].gap > 1:
        return False
    if before.text == "." and before.gap == 0 and t[i - 2].lower in _ABBREVIATED:
        return True
    plain = number.value == number.coefficient and "," not in t[i].text
    word = singular(before.lower) if before.kind == "word" else ""
    bare = unit.kind in ("", "joined")
    if word in lex.IDENTIFIERS and bare:
        return True
    if plain and word in lex.NUMBERED | lex.NUMBERED_IF_BARE:
        inside = before.text[:1].isupper() and not _opens(t, i - 1)
        return bare or inside or word not in lex.NUMBERED_IF_BARE
    if plain and not titled and bare and _capital(before) and not _opens(t, i - 1):
        return True
    return plain and (_street(t, number.end) or (not titled and _name_of(t, i, number, unit, bare=bare)))


def _street(t: list[Token], j: int) -> bool:
    """Whether capitals behind a number end in a word for a street or an office."""
    while _capital(t[j]) and t[j].gap == 1:
        if t[j].lower in lex.NAMED_BEHIND:
            return True
        j += 1
    return False


def _name_of(t: list[Token], i: int, number: Number, unit: Unit, *, bare: bool) -> bool:
    """Whether a number opens a name: the 1948 Ommer Treaty, the Seven Sisters."""
    j = number.end
    if not _capital(t[j]) or t[j].gap != 1:
        return False
    while _capital(t[j]) and t[j].gap == 1:
        j += 1
    capital_word = number.form == "words" and _capital(t[i]) and not _opens(t, i)
    return bare or (capital_word and unit.end <= j)


def _capital(token: Token) -> bool:
    return (
        token.kind == "word" and token.text[0].isupper() and token.lower not in lex.STOPS and not month(token)
    )


def _opens(t: list[Token], i: int) -> bool:
    """Whether a token opens a sentence, where every word has a capital."""
    before = t[i - 1]
    return i <= 0 or before.kind == "end" or before.text in tuple(".!?:;—–“\"'‘(*#") or t[i].gap > 1  # noqa: RUF001
