"""What a rule is: a name, a pattern, what it produces, and the examples that it is held to."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

from annotate.figures.tokens import Line
from annotate.figures.words import pattern


@dataclass(frozen=True, slots=True)
class Node:
    """What rules produce; it knows which ones."""

    rules: tuple[str, ...] = field(default=(), kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern matched: up to token ``end`` of a line, from token ``start``."""

    line: Line
    start: int
    end: int
    found: re.Match[str]

    def __getitem__(self, group: str) -> str:
        """The text of a named group, empty if it took no part."""
        return self.found[group] or ""


C = TypeVar("C")
N = TypeVar("N", bound=Node)
Production = Callable[[Match, C], N | None]
Place = Literal["here", "behind", "before"]


@dataclass(frozen=True, slots=True)
class Rule(Generic[C, N]):
    """A rule of one stage of reading.

    ``examples`` are texts with what is read in them, "half a dozen tiles = 6 tile" (see
    :func:`annotate.figures.figure.told`), with nothing behind the sign where nothing is to be read; a test reads
    them, and sees that this rule took part or, behind ``!=``, that it took none.
    """

    stage: str
    name: str
    pattern: re.Pattern[str]
    produce: Production[C, N]
    examples: tuple[str, ...]
    cased: bool


REGISTERED: list[Rule[Any, Any]] = []


class Rules(Generic[C, N]):
    """The rules of a stage, in the order in which they are tried: the first that produces something counts.

    A pattern is matched, in lower case unless it is ``cased``, ``here``, from the first letter of a token;
    ``behind`` a token, so that it sees the space before the next; or against the end of what stands ``before`` a
    token. It has to end where a token ends.
    """

    def __init__(self, stage: str, place: Place) -> None:
        self.stage, self.place = stage, place
        self.rules: list[Rule[C, N]] = []

    def rule(
        self, name: str, written: str, *examples: str, cased: bool = False
    ) -> Callable[[Production[C, N]], Production[C, N]]:
        """Add a rule, of which this decorates the production."""

        def add(produce: Production[C, N]) -> Production[C, N]:
            made = Rule(self.stage, name, pattern(written), produce, examples, cased)
            self.rules.append(made)
            REGISTERED.append(made)
            return produce

        return add

    def read(self, line: Line, j: int, context: C) -> N | None:
        """What the first rule that applies at token ``j`` produces."""
        before = line.before(j) if self.place == "before" else ""
        at = line.at[j] if self.place == "here" else line.behind(j)
        for rule in self.rules:
            if self.place == "before":
                found, end = rule.pattern.search(before), j
            elif (found := rule.pattern.match(line.text if rule.cased else line.low, at)) is not None:
                if (stop := line.ends.get(found.end())) is None:
                    continue
                end = max(stop, j)
            if found is not None and (node := rule.produce(Match(line, j, end, found), context)) is not None:
                return replace(node, rules=(rule.name, *node.rules))
        return None
