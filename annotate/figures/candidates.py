"""What may be a figure, and numbers that only locate (years, dates, times, ages), which are not figures."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from annotate.figures import words as lex
from annotate.figures.grammar import Line, Match, Node, Rules, Token, year_at
from annotate.figures.nouns import noun_at, plural, singular
from annotate.figures.numbers import Number, year_like
from annotate.figures.ranges import Pair
from annotate.figures.units import Unit


@dataclass(slots=True)
class Reading:
    """Where the reading of a line stands."""

    line: Line
    titled: bool  # the line is set in title case, so that capitals say nothing
    floor: int = 0  # no figure may begin before this token
    located: int = -1  # the token behind the last number that only locates
    last: Unit | None = None
    last_end: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that was read, with what was read around it; of a range, the first number of it."""

    reading: Reading
    number: Number
    pair: Pair | None  # a range or a ratio that it begins
    unit: Unit
    hedge: str | None

    @property
    def second(self) -> Number | None:
        """The second number of a range or a ratio."""
        return self.pair.second if self.pair else None

    @property
    def whole(self) -> Number:
        """The number, or the range as a number of the size of its second."""
        last = self.second
        return replace(last, start=self.number.start, weak=False) if last else self.number

    @property
    def end(self) -> int:
        """The token behind the number or the range."""
        return (self.second or self.number).end

    @property
    def bare(self) -> bool:
        """Whether no unit was read."""
        return self.unit.kind == ""

    @property
    def gapped(self) -> bool:
        """Whether what is counted may be left out as it was said before: 12 deaths in May, 9 in June."""
        return self.reading.last is not None and self.reading.line.t[self.end].lower in lex.PREPOSITIONS


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Numbers up to the token ``end`` that are not figures."""

    end: int


Test = Callable[[Match, list[Token], Candidate], bool]
_NOTHING = Node()
_REACH = 14  # tokens from "the number of transplants" to its figure
_JOINS = frozenset({",", "and", "but", ";", "or"})


def locator(table: Rules[Candidate, Node], name: str, before: str, *examples: str) -> Callable[[Test], Test]:
    """Add a rule by which a number with such words ``before`` it is not a figure."""

    def add(test: Test) -> Test:
        table.rule(name, before, *examples)(
            lambda m, candidate: _NOTHING if test(m, m.line.t, candidate) else None
        )
        return test

    return add


def carried_unit(reading: Reading, begin: int, end: int) -> str | None:
    """The unit of a bare figure at tokens ``begin`` to ``end``, if the text has said it before.

    "The number of transplants is 60,000"; "a death toll of 60"; "12 deaths in May, 9 in June".
    """
    t, last = reading.line.t, reading.last
    if t[end].kind == "word" and t[end].gap == 1 and t[end].lower not in lex.STOPS:
        return None
    if t[begin - 1].text == ":" and plural(t[begin - 2]):  # Deaths: 1,234
        return singular(t[begin - 2].lower)
    named = _named_before(t, begin, max(begin - _REACH, reading.last_end, 0))
    gapped = t[begin - 1].lower in _JOINS and t[end].lower in lex.PREPOSITIONS
    if named is None and gapped and last is not None and last.kind == "count" and last.rate is None:
        return last.unit
    return named


def _named_before(t: list[Token], begin: int, floor: int) -> str | None:
    """The number of transplants, a death toll, a population, within the sentence."""
    for k in range(begin - 1, floor - 1, -1):
        word = t[k].lower
        if word in lex.TOTALS and t[k + 1].lower == "of":
            noun = noun_at(t, k + 2)
            return noun.lemma if noun and noun.end <= begin else None
        if word == "toll" and t[k - 1].lower == "death":
            return "death"
        if word == "population":
            return "people"
        if word == "magnitude" and k >= begin - 2:
            return word
        if t[k].text in (".", "!", "?", ";") or t[k].gap > 1:
            break
    return None


CHAINS: Rules[None, Chain] = Rules("locator", "here")
DATES: Rules[Candidate, Node] = Rules("locator", "before")
_LAST_DAY, _OLDEST = 31, 120
_DAYS = range(1, _LAST_DAY + 1)
_USUAL_YEARS = range(1500, 2100)
_YEAR_DIGITS, _HOURS, _CHAIN = 4, 24, 3
_MEASURED = frozenset(
    {*lex.SCALES, *lex.MEASURES, *lex.DURATIONS, *lex.CURRENCY_NAMES, *lex.DOLLARS_OF, "per", "percent"}
)
_SURE = ("percent", "money", "measure", "duration", "ratio")  # kinds that no year or page has
_JOINS_DATES = frozenset({",", "and", "or", "to", "&", *lex.DASHES})


def month(token: Token) -> bool:
    """Whether a word is the name of a month, with its capital."""
    return token.lower in lex.MONTHS and token.text[:1].isupper()


@CHAINS.rule("telephone number", r"(?:0\d{2,}+|(?<=\+){n}(?:{hyphen}|\))? ?{n})(?:(?:{hyphen}|\))? ?\d[\d\u2009]*+)+",
             "Call 0321 555 777 or (023) 5550 0999. =", "Call +99 5550 123456. =")  # fmt: skip
def _telephone(m: Match, _: None) -> Chain:
    return Chain(m.end)


@CHAINS.rule("number of a section", r"\A\d+\.\d+(?= )", "4.2 On 7 June it rained. =", "4.2 The mill =",
             "4.2 tonnes of peas lay there. != 4.2 tonne")  # fmt: skip
def _section(m: Match, _: None) -> Chain | None:
    behind = m.line.t[m.end]
    measured = singular(behind.lower) in _MEASURED or behind.text in lex.CODES
    word = behind.kind == "word" and behind.text[0].isupper() and not measured
    return Chain(m.end) if word or behind.kind == "num" else None


@CHAINS.rule("date, time or score", r"{n}(?:(?:{dash}|[/:.]){n})+", "on 14/09/2020 or 2020-09-14 =", "at 10:30:15 =",
             "Call 555-123-4567 or 192.168.0.1. =", "They won 3-1. =", "a ratio of 2:1 != 2, ratio")  # fmt: skip
def _chain(m: Match, _: None) -> Chain | None:
    t, i = m.line.t, m.start
    count = sum(1 + (t[j - 1].text == ":") * len(t[j].text) for j in range(i + 2, m.end, 2)) + 1
    if count > _CHAIN or (count == _CHAIN and t[i + 1].text != ":"):
        return Chain(m.end)
    first, second = t[i].text, t[i + 2].text
    whole = first.isdigit() and second.isdigit() and len(second) <= len(first) < _YEAR_DIGITS
    score = m.end == i + 3 and t[i + 1].text in lex.DASHES and whole and int(second) <= int(first)
    return Chain(m.end) if score else None


@locator(DATES, "two years, scores or pages", r"", "It ran 1992-1999. =", "They came 4-7 at noon. =")
def _bare_range(_: Match, t: list[Token], c: Candidate) -> bool:
    if c.second is None:
        return False
    years = year_like(t, c.number), year_like(t, c.second)
    if c.unit.kind in (*_SURE, "count") and not years[0]:
        return False
    if years[0] and (years[1] or c.bare):
        return True
    dashed = t[c.number.end].text in lex.DASHES
    return dashed and c.hedge is None and c.second.value < 100 and not c.unit.rate  # noqa: PLR2004 - two digits


@locator(
    DATES,
    "day of a month",
    r"",
    "On 14 September and on Sept. 14 it rained. =",
    "On 7, 8 and 9 July it rained. =",
    "On the 3rd of May 12 carts were lost. != 12 cart",
)
def _dated(m: Match, t: list[Token], c: Candidate) -> bool:
    if c.whole.form != "digits" or c.whole.value not in _DAYS or c.hedge:
        return False
    k = m.start - 2 if t[m.start - 1].text == "." else m.start - 1
    day = t[k - 1].kind == "num" or t[k - 1].lower in ("of", "rd", "th", "nd", "st")
    return (month(t[k]) and not (day and c.unit.kind == "count")) or _month_ahead(t, c.end)


def _month_ahead(t: list[Token], j: int) -> bool:
    """Whether a month follows at token ``j``, or behind further days: 9, 10 and 11 September."""
    for _ in range(_CHAIN):
        if month(t[j + 1] if t[j].lower == "of" else t[j]):
            return True
        day = t[j + 1].text
        if t[j].lower not in _JOINS_DATES or not (day.isdecimal() and int(day[:3]) in _DAYS):
            return False
        j += 2
    return False


@locator(
    DATES,
    "year",
    r"",
    "He came in 1999, in 2006 and since 2000. =",
    "The Act of 1994 =",
    "over 1999 hens != 1999.. hen, more than",
)
def _year(m: Match, t: list[Token], c: Candidate) -> bool:
    if not year_like(t, c.whole) or c.unit.kind in _SURE:
        return False
    i, before, value = m.start, t[m.start - 1], c.whole.value
    summed = t[c.end].lower == "in" and t[c.end + 1].lower in ("all", "total")
    if summed or before.lower in ("makes", "making", "totalling", "totaling", "totals"):
        return False
    dated = before.text == "," and (t[i - 2].kind == "num" or month(t[i - 2]))
    led = before.lower in lex.BEFORE_YEAR or month(before) or dated or before.text in ("(", "–", "-")  # noqa: RUF001
    if c.unit.kind != "count":
        return led or value in _USUAL_YEARS
    if c.hedge not in (None, "about"):
        return False
    if value not in _USUAL_YEARS:
        return led and before.lower not in ("the", "of", "and", "for", "to", "from")
    persons = c.unit.unit in lex.PERSONS
    near = c.unit.end <= c.end + 2 and (value % 100 == 0 or persons)
    return not near or (led and before.lower in ("in", "since", "until", "by") and not persons)


@locator(
    DATES,
    "time of day",
    r"\b(?:at |(?:half|quarter|minutes|five|ten|twenty) past )$",
    "at 7 =",
    "half past two =",
)
def _at(m: Match, t: list[Token], c: Candidate) -> bool:
    return t[m.start - 1].lower == "past" or (c.bare and c.unit.rate is None and c.whole.value <= _HOURS)


@locator(DATES, "clock or ago", r"", "5 p.m. and 5.30 am =", "Three weeks ago it rained. =")
def _timed(_: Match, t: list[Token], c: Candidate) -> bool:
    return t[c.end].lower in lex.CLOCK or (c.unit.kind == "duration" and t[c.unit.end].lower == "ago")


@locator(DATES, "age", r"", "A 34-year-old man and clerks aged 18 years or older =", "He was 34 years old. =")
def _age(m: Match, t: list[Token], c: Candidate) -> bool:
    if c.unit.kind == "age" or c.whole.value > _OLDEST:
        return c.unit.kind == "age"
    j = c.unit.end
    old = t[j].lower == "old" or (t[j].lower == "of" and t[j + 1].lower == "age")
    return (_aged(m, t) and c.unit.kind in ("", "duration")) or (c.unit.kind == "duration" and old)


def _aged(m: Match, t: list[Token]) -> bool:
    before, words = t[m.start - 1].lower, ("aged", "age", "ages", "turning", "turned")
    return before in words or (before in ("of", "between", "from") and t[m.start - 2].lower in words)


@locator(DATES, "age of somebody", r"", "A girl of 14 left. =", "He is 61. =", "children under 5 =", "Mr Orn, 34, of Kell =",
          "He is 61 feet below. != 61 foot", "It had a crew of 14. != 14")  # fmt: skip
def _age_of_somebody(m: Match, t: list[Token], c: Candidate) -> bool:
    if not c.bare or c.whole.value > _OLDEST:
        return False
    i, before, who = m.start, t[m.start - 1].lower, t[m.start - 2]
    if before in ("under", "over") and who.lower in ("be", "is", "are", "was", "were"):
        return True
    if _said_of_a_person(t, i, c.end):
        return True
    if before in ("under", "over", "above", "below") and (plural(who) or who.lower in ("those", "anyone")):
        return singular(who.lower) in lex.PERSONS | {"those", "anyone", "adult"}
    several = plural(who) and who.text[0].islower()
    person = who.text[:1].isupper() or who.lower in lex.PERSONS
    aside = before == "," and who.kind == "word" and c.whole.form == "digits" and not several
    return aside and (t[c.end].text == "," or (person and t[c.end].text in (".", ";", ")")))


def _said_of_a_person(t: list[Token], i: int, end: int) -> bool:
    """A boy of 15; he is 53."""
    if t[i - 1].lower == "of":
        return singular(t[i - 2].lower) in lex.GROWING_OLD
    k = (
        i - 1
        if t[i - 1].lower in ("now", "only", "just", "still", "already", "about", "nearly", "almost")
        else i
    )
    ends = t[end].kind != "word" or t[end].lower in ("and", "but", "when")
    return ends and t[k - 1].lower in ("is", "was", "am") and t[k - 2].lower in ("he", "she", "who", "i")


@locator(DATES, "votes or goals", r"\b(?:voted|vote of|won|lost|score of|scored|ended|beaten) $",
         "They voted 14 to 3. =", "a score of 3 to 1 =", "They lost 40 to 60 boats. != 40..60 boat")  # fmt: skip
def _votes(_: Match, t: list[Token], c: Candidate) -> bool:
    behind = t[c.end + 1]
    return c.bare and t[c.end].lower == "to" and behind.text.isdecimal() and int(behind.text) <= c.whole.value


@locator(DATES, "list of names or dates", r"", "Wards 4, 5 and 6 were shut. =", "On June 3, 4 and 5 it rained. =",
          "In 2017, 900 left. != 900")  # fmt: skip
def _continues(_: Match, t: list[Token], c: Candidate) -> bool:
    i, located = c.number.start, c.reading.located
    if (
        not c.bare
        or c.gapped
        or (t[located].text == "," and located == i - 1 and _after_date(t, i, c.number))
    ):
        return False
    return 0 <= located < i <= located + 2 and all(
        (token.lower or token.text) in _JOINS_DATES for token in t[located:i]
    )


def _after_date(t: list[Token], i: int, number: Number) -> bool:
    """Whether a year or a day ends before the comma at token ``i - 1``, and the number behind that is not a further one."""
    if year_like(t, number):
        return False
    first = i - 4 if t[i - 3].text in lex.DASHES or t[i - 3].text == "/" else i - 2
    return (month(t[i - 3]) and number.value > _LAST_DAY) or year_at(t[first])
