"""Tokens with exact offsets, and the pieces that a long text is cut into."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from annotate.figures.grammar import lexicon as lex

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
            | \d++(?:[.,'\u2019\u00a0\u2007\u2009\u202f]\d++)*+)          # 60,000  1.5  1'000
    | (?P<word>[¼½¾⅐-⅞]
            | (?:[A-Za-z]\.){2,}+                                   # p.m.  U.S.
            | [^\W\d_¼½¾⅐-⅞]++(?:['\u2019][^\W\d_]++)*+)
    | (?P<mark>[^\s])
    """,
    re.VERBOSE,
)
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
END = Token(-1, -1, "", "", "end", 2)


def tokens(text: str, start: int, end: int) -> list[Token]:
    """Cut ``text[start:end]`` into tokens, with sentinels behind the last: an index below 0 meets them too."""
    found: list[Token] = []
    at = start
    gap = 2
    for match in _TOKEN.finditer(text, start, end):
        begin, stop = match.span()
        if found:
            gap = 0 if begin == at else 1
        word = match.group()
        found.append(Token(begin, stop, word, word.lower(), match.lastgroup or "mark", gap))
        at = stop
    return found + [END] * MARGIN


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
