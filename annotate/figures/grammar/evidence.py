"""Whether a number that was read is a figure, and no year, name or pronoun."""

from dataclasses import dataclass

from annotate.figures.grammar import lexicon as lex
from annotate.figures.grammar.locating import LAST_DAY, locates, month, year_at, year_like
from annotate.figures.grammar.number import Number
from annotate.figures.grammar.ranges import Pair
from annotate.figures.grammar.tokens import Token
from annotate.figures.grammar.units import Unit

_PRONOUN_BEFORE = lex.words(
    "the these those them they we you all other others this that which last first next any no every each "
    "his her their our my its your such"
)
_BARE_WORDS_FROM = 20
EVIDENCE_FOR_ONE = lex.words("only just exactly least than")


@dataclass(slots=True)
class Reading:
    """Where the reading of one piece stands."""

    t: list[Token]
    titled: bool
    floor: int = 0  # no figure may begin before this token
    located: int = -1  # the token behind the last number that only locates
    last: Unit | None = None
    last_end: int = 0


def counts(  # noqa: PLR0911 - a return for each reason that it is none
    reading: Reading,
    start: int,
    number: Number,
    pair: Pair | None,
    unit: Unit,
    hedge: str | None,
    *,
    ratio: bool,
) -> bool:
    """Whether a number is a figure: it does not only locate, and is no pronoun or part of a name."""
    t = reading.t
    if start < reading.floor:
        return False
    if unit.currency is not None or unit.kind == "money":
        return True
    if ratio:
        return not year_like(t, number)
    if pair and _bare_range(t, pair, unit, hedge):
        return False
    last = pair.second if pair else number
    whole = Number(number.start, last.end, last.value, last.form, last.coefficient)
    if locates(t, number.start, number if not pair else whole, unit, hedge, titled=reading.titled):
        return False
    gapped = reading.last is not None and t[last.end].lower in lex.PREPOSITIONS
    if not unit.kind and not gapped and _continues(t, reading.located, number):
        return False
    if unit.kind == "joined" or (number.weak and not pair and hedge is None):
        return False
    return _evident(reading, number, pair, unit, hedge)


def _bare_range(t: list[Token], pair: Pair, unit: Unit, hedge: str | None) -> bool:
    """Years, scores and pages: 1992-99, 3-1, 4-7."""
    if unit.kind in ("percent", "money", "measure", "duration", "count", "ratio") and not year_like(
        t, pair.first
    ):
        return False
    if year_like(t, pair.first) and (year_like(t, pair.second) or not unit.kind):
        return True
    dashed = t[pair.first.end].text in lex.DASHES
    return dashed and hedge is None and pair.high < 100 and not unit.rate  # noqa: PLR2004 - two digits


def _continues(t: list[Token], located: int, number: Number) -> bool:
    """Whether a bare number goes on with a list of names or dates: Wards 1, 2 and 3, but not "in 1992, 600"."""
    i = number.start
    if t[located].text == "," and located == i - 1 and _after_date(t, located, number):
        return False
    between = [token.lower or token.text for token in t[located:i]] if 0 <= located < i else ["?"]
    return len(between) <= 2 and all(word in {",", "and", "or", "to", "&", *lex.DASHES} for word in between)  # noqa: PLR2004


def _after_date(t: list[Token], j: int, number: Number) -> bool:
    """Whether a year or a day ends before token ``j``, and the number behind that is no further one."""
    if month(t[j - 2]) and number.value > LAST_DAY:
        return not year_like(t, number)
    first = j - 3 if t[j - 2].text in lex.DASHES or t[j - 2].text == "/" else j - 1
    return year_at(t[first]) and not year_like(t, number)


def _evident(reading: Reading, number: Number, pair: Pair | None, unit: Unit, hedge: str | None) -> bool:
    """Whether a number word counts: "one day" and "the two" do not."""
    t = reading.t
    if number.form != "words" or number.value != number.coefficient or pair:
        return True
    before, behind = t[number.start - 1].lower, t[number.end].lower
    if number.value == 1:
        return _one(t, number, unit, hedge)
    if unit.kind or hedge:
        return True
    if number.value == 0:
        return False
    if before in _PRONOUN_BEFORE or before in lex.HYPHENS:
        return False
    gapped = reading.last is not None and behind in lex.PREPOSITIONS and before in (",", "and", "but", ";")
    factor = before == "of" and t[number.start - 2].lower == "factor"
    told = factor or before == "another" or behind in lex.BE or gapped or unit.rate is not None
    return told or number.value > _BARE_WORDS_FROM


def _one(t: list[Token], number: Number, unit: Unit, hedge: str | None) -> bool:
    if t[number.start - 1].lower in _PRONOUN_BEFORE | {"a", "another"}:
        return False
    if unit.kind in ("duration", "measure", "percent"):
        return unit.unit in lex.ALLOWED_AFTER_ONE or unit.kind == "percent" or hedge is not None
    if unit.kind != "count" or unit.end == number.end:
        return False
    before = t[number.start - 1].lower
    joined = t[unit.end].lower in ("and", "or", ",") and _number_word(t[unit.end + 1])
    listed = before in ("and", ",") and any(
        _number_word(token) for token in t[max(number.start - 5, 0) : number.start]
    )
    counted = unit.unit in ("death", "casualty", "fatality", "injury")
    return counted or hedge is not None or before in EVIDENCE_FOR_ONE or joined or listed


def _number_word(token: Token) -> bool:
    return token.kind == "num" or token.lower in lex.DIGIT_WORDS or token.lower in lex.TENS
