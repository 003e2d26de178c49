"""What the grammar is made of: lines of tokens with exact offsets, and rules, which are held to their examples."""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Generic, Literal, NamedTuple, TypeVar, cast

from annotate.figures import words as lex
from annotate.figures.words import pattern

LIMIT = 8000  # characters of a piece: bounds the memory, whatever the text
_LINE = re.compile(r"[^\n]+")
_LABEL = re.compile(
    r"[^\W\d_]+[ ]?[:=\t]|(?:[^\W\d_]|[ivx]+)\)|\d[\d.]*+(?:[.):]?\s+[A-Z]|[.):]\s)"
)  # wounded: 12, 2. Costs
_ENDS = 32  # characters of a line's beginning and end that tell whether it goes on
_FULL_LINE = 40  # characters: a cell of a table is shorter
_TOKEN = re.compile(
    r"""
      (?P<num>(?<![\d.,])\d{1,3}(?:[ ]\d{3}){1,4}+(?!\d|[ ]\d)(?:[.,]\d++)?+(?![\d,]|\.\d)  # 12 500 000
            | \d++(?:[.,'\u2019\u00a0\u2007\u2009\u202f·\u066b]\d++)*+    # 60,000  1.5  1'000
            | (?<![^\s(\[$£€¥₹<>≈~\u2013-])\.\d++(?![.\d]))                   # .5
    | (?P<word>[¼½¾⅐-⅞]
            | (?:[A-Za-z]\.){2,}+                                   # p.m.  U.S.
            | [^\W\d_¼½¾⅐-⅞]++(?:['\u2019][^\W\d_]++)*+)
    | (?P<mark>[^\s])
    """,
    re.VERBOSE,
)
_JOINED_SCALES = lex.SHORT_SCALES | frozenset(lex.SCALE_LETTERS)  # 3.5bnEUR
_LEADING = lex.STOPS | lex.words("some least most many few excess minimum maximum aged each every")


class Token(NamedTuple):
    """A number as written, a word or any other character, with its place in the text."""

    start: int
    end: int
    text: str
    lower: str
    kind: str  # num, word, mark or end
    gap: int  # white space before it: 0 none, 1 some, 2 at the beginning of a piece


LINE_BREAK = 2  # the gap before a token that begins a piece
MARGIN = 16  # sentinels behind the last token: rules look that far ahead, and that far back from the first
_YEAR_DIGITS, _YEARS = 4, range(1100, 2200)
END = Token(-1, -1, "", "", "end", 2)


def year_at(token: Token) -> bool:
    """Whether a token is written as a year is: four digits."""
    return len(token.text) == _YEAR_DIGITS and token.text.isdecimal() and int(token.text) in _YEARS


class Line:
    """The tokens of a piece of text, and the same as a string that expressions are matched against.

    In ``text``, and in ``low``, its lower case, tokens stand beside each other as they were written, with one
    space for all white space between them. ``t`` has sentinels behind the last token: an index below 0 meets
    them too.
    """

    __slots__ = ("at", "ends", "low", "t", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.t: list[Token] = []
        self.at: list[int] = []  # where each token begins in text
        self.ends: dict[int, int] = {
            0: 0
        }  # the token that follows, by the place where the one before it ends
        written: list[str] = []
        place, stop, gap = 0, start, LINE_BREAK
        for begin, word, kind in self._words(text, start, end):
            if self.t:
                gap = 0 if begin == stop else 1
            stop = begin + len(word)
            if gap == 1:
                written.append(" ")
                place += 1
            self.t.append(Token(begin, stop, word, word.lower(), kind, gap))
            self.at.append(place)
            written.append(word.replace(" ", "\u2009"))
            place += len(word)
            self.ends[place] = len(self.t)
        self.text = "".join(written)
        low = self.text.lower()
        self.low = low if len(low) == place else "".join(map(_lower, self.text))
        self.at += [place] * (MARGIN + 1)
        self.t += [END] * MARGIN

    def _words(self, text: str, start: int, end: int) -> Iterator[tuple[int, str, str]]:
        """The tokens, with "3 400" behind a month, and "bnEUR", in two."""
        for match in _TOKEN.finditer(text, start, end):
            begin, word, kind = match.start(), match.group(), match.lastgroup or "mark"
            cut = 0
            if kind == "num" and " " in word and self.t and _month(self.t[-1].text):
                cut = word.index(" ")
            elif kind == "word" and self.t and self.t[-1].kind == "num" and word[-3:] in lex.CODES:
                cut = len(word) - 3 if word[:-3].lower() in _JOINED_SCALES else 0
            if cut:
                yield begin, word[:cut], kind
            rest = word[cut:].lstrip()
            yield begin + len(word) - len(rest), rest, kind

    def behind(self, j: int) -> int:
        """The place behind token ``j - 1``: an expression that matches there sees the space before token ``j``."""
        return self.at[j] - (self.t[j].gap == 1)

    def before(self, j: int, reach: int = 4) -> str:
        """The text of a few tokens before token ``j``, in lower case, up to its first letter."""
        return self.low[self.at[max(j - reach, 0)] : self.at[j]]


def _lower(letter: str) -> str:
    low = letter.lower()
    return low if len(low) == 1 else letter


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text where a line does not go on, and what is long at a space, after a sentence if one ends there."""
    for begin, end in _unwrapped(text):
        start = begin
        while end - start > LIMIT:
            half, most = start + LIMIT // 2, start + LIMIT
            space = max(text.rfind(". ", half, most) + 1, 0) or text.rfind(" ", half, most)
            cut = space if space > 0 else most
            yield start, cut
            start = cut
        yield start, end


def _unwrapped(text: str) -> Iterator[tuple[int, int]]:
    """Lines, with those that go on from the line before joined to it."""
    start, begin, end = 0, 0, -1
    for line in _LINE.finditer(text):
        wrapped = end >= 0 and line.start() == end + 1 and _goes_on(text, begin, end)
        if end >= 0 and not wrapped:
            yield start, end
        if not wrapped:
            start = line.start()
        begin, end = line.span()
    if end >= 0:
        yield start, end


def _goes_on(text: str, begin: int, end: int) -> bool:
    """Whether the line ``text[begin:end]`` goes on behind its line break, as hard-wrapped text does.

    It does if the next line begins in lower case, or the line ends in a word that leads on ("at least",
    "the"). Numbers on two lines belong to a list or a table, unless a full line of text lies between, and
    so does a number that is alone on its line below another.
    """
    ahead = text[end + 1 : end + _ENDS].partition("\n")[0].lstrip()
    words = text[max(begin, end - _ENDS) : end].split()
    if not ahead or not words:
        return False
    last, label = words[-1], _LABEL.match(ahead)
    if ahead[0].islower():
        cell = len(words) == 1 and last[-1].isdigit() and begin > 1 and text[begin - 2] != "\n"
        return label is None and not cell
    if last[-1].isdigit():
        return ahead[0] == "%" or _month(ahead)
    if last.lower() in _LEADING:
        return True
    full = end - begin >= _FULL_LINE and (last[-1].isalpha() or last[-1] == ",") and label is None
    return ahead[0].isdigit() and (full or _month(last) or last in lex.CODES)


def _month(words: str) -> bool:
    first = words.split(maxsplit=1)[0].strip(".,")
    return first.istitle() and first.lower() in lex.MONTHS


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
    :func:`annotate.figures.read.told`), with nothing behind the sign where nothing is to be read; a test reads
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
        self._by_letters: dict[str, tuple[Rule[C, N], ...]] = {}

    def rule(
        self, name: str, written: str, *examples: str, cased: bool = False
    ) -> Callable[[Production[C, N]], Production[C, N]]:
        """Add a rule, of which this decorates the production."""

        def add(produce: Production[C, N]) -> Production[C, N]:
            made = Rule(self.stage, name, pattern(written), produce, examples, cased)
            self.rules.append(made)
            self._by_letters.clear()
            REGISTERED.append(made)
            return produce

        return add

    def read(self, line: Line, j: int, context: C) -> N | None:
        """What the first rule that applies at token ``j`` produces."""
        if self.place == "before":
            return self._read_before(line, j, context)
        at = line.at[j] if self.place == "here" else line.behind(j)
        ahead = line.low[at : at + _AHEAD]
        if (rules := self._by_letters.get(ahead)) is None:
            rules = tuple(rule for rule in self.rules if may_begin(rule.pattern.pattern, ahead))
            if len(self._by_letters) > _MOST_KNOWN:
                self._by_letters.clear()
            self._by_letters[ahead] = rules
        for rule in rules:
            found = rule.pattern.match(line.text if rule.cased else line.low, at)
            if found is None or (stop := line.ends.get(found.end())) is None:
                continue
            if (node := rule.produce(Match(line, j, max(stop, j), found), context)) is not None:
                return replace(node, rules=(rule.name, *node.rules))
        return None

    def _read_before(self, line: Line, j: int, context: C) -> N | None:
        before = line.before(j)
        for rule in self.rules:
            found = rule.pattern.search(before) if rule.pattern.pattern else _NO_WORDS
            if found is not None and (node := rule.produce(Match(line, j, j, found), context)) is not None:
                return replace(node, rules=(rule.name, *node.rules))
        return None


_AHEAD = 2  # letters by which rules are told apart before they are tried: a space, and the letter behind it
_MOST_KNOWN = 4096
_NO_WORDS = cast("re.Match[str]", re.match("", ""))


def may_begin(written: str, letters: str) -> bool:
    """Whether an expression can match where these letters, in lower case, begin; True where it is not known.

    So most rules need not be tried at a place. The expression is read by Python's own parser of them.
    """
    return bool(_ends(_parsed(written), letters, 0))


@functools.lru_cache(maxsize=1024)
def _parsed(written: str) -> Any:
    return _parser.parse(written)


def _ends(parsed: Any, letters: str, at: int) -> set[int]:
    """How many of the letters a part of an expression can have consumed, which begins behind the first ``at``."""
    places = {at}
    for operation, argument in parsed:
        places = {
            end
            for place in places
            for end in ({place} if place == len(letters) else _step(str(operation), argument, letters, place))
        }
    return places


def _step(operation: str, argument: Any, letters: str, at: int) -> set[int]:
    if operation in ("LITERAL", "IN"):
        members = [("LITERAL", argument)] if operation == "LITERAL" else argument
        return {at + 1} if any(_is_one(str(kind), of, letters[at]) for kind, of in members) else set()
    if operation == "BRANCH":
        return set().union(*(_ends(one, letters, at) for one in argument[1]))
    if operation in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _ends(argument[-1] if operation == "SUBPATTERN" else argument, letters, at)
    if operation.endswith("_REPEAT"):
        least, _, inner = argument
        found, new = ({at} if least == 0 else set()), {at}
        while new := {end for place in new for end in _ends(inner, letters, place)} - found:
            found |= new
        return found
    return {at} if operation in ("ASSERT", "ASSERT_NOT", "AT") else {at + 1}


def _is_one(kind: str, of: Any, letter: str) -> bool:
    """Whether a member of a class of letters can be this one, in either case."""
    if kind == "LITERAL":
        return chr(of) in (letter, letter.upper())
    if kind == "RANGE":
        return any(of[0] <= ord(one) <= of[1] for one in (letter, letter.upper()) if len(one) == 1)
    return letter.isdigit() if str(of) == "CATEGORY_DIGIT" else True
