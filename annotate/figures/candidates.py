"""What may be a figure, and the rules by which it is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from annotate.figures import words as lex
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


def locator(table: Rules[Candidate, Node], name: str, before: str, *examples: str) -> Callable[[Test], Test]:
    """Add a rule by which a number with such words ``before`` it is no figure."""

    def add(test: Test) -> Test:
        table.rule(name, before, *examples)(
            lambda m, candidate: _NOTHING if test(m, m.line.t, candidate) else None
        )
        return test

    return add
