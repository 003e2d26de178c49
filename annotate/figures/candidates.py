"""What may be a figure, and the rules by which it is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from annotate.figures import words as lex
from annotate.figures.nouns import noun_at, plural, singular
from annotate.figures.numbers import Number
from annotate.figures.ranges import Pair
from annotate.figures.rules import Match, Node, Rules
from annotate.figures.tokens import Line, Token
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
    """Numbers up to the token ``end`` that are no figures."""

    end: int


Test = Callable[[Match, list[Token], Candidate], bool]
_NOTHING = Node()
_REACH = 14  # tokens from "the number of transplants" to its figure
_JOINS = frozenset({",", "and", "but", ";", "or"})


def locator(table: Rules[Candidate, Node], name: str, before: str, *examples: str) -> Callable[[Test], Test]:
    """Add a rule by which a number with such words ``before`` it is no figure."""

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
        if t[k].text in (".", "!", "?", ";") or t[k].gap > 1:
            break
    return None
