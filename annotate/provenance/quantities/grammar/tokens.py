"""Tokens with exact offsets, and the pieces that a long text is cut into."""

import re
from collections.abc import Iterator
from typing import NamedTuple

LIMIT = 8000  # characters of a piece: bounds the memory, whatever the text
_LINE = re.compile(r"[^\n]+")
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


class Token(NamedTuple):
    """A number as written, a word or any other character, with its place in the text."""

    start: int
    end: int
    text: str
    lower: str
    kind: str  # num, word, mark or end
    gap: int  # white space before it: 0 none, 1 some, 2 with a line break


LINE_BREAK = 2  # the gap before a token that begins a line
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
            gap = 0 if begin == at else 2 if "\n" in text[at:begin] else 1
        word = match.group()
        found.append(Token(begin, stop, word, word.lower(), match.lastgroup or "mark", gap))
        at = stop
    return found + [END] * MARGIN


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text into lines, and a long line at a space, after a sentence if one ends there."""
    for line in _LINE.finditer(text):
        start, end = line.span()
        while end - start > LIMIT:
            half, most = start + LIMIT // 2, start + LIMIT
            space = max(text.rfind(". ", half, most) + 1, 0) or text.rfind(" ", half, most)
            cut = space if space > 0 else most
            yield start, cut
            start = cut
        yield start, end
