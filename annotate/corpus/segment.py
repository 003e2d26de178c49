# ruff: noqa: RUF001 - quotation marks, dashes and full stops of many languages
"""Passages: spans of a document, disjoint, covering every character that is no white space."""

import re
from collections.abc import Callable, Iterator
from typing import Literal, get_args

from annotate.corpus.abbreviations import tokenizer
from annotate.corpus.lines import Span, lines_of
from annotate.corpus.stops import CLOSING, masked, missed_ends

Unit = Literal["sentence", "paragraph", "document"]
UNITS: tuple[str, ...] = get_args(Unit)

# Closing marks, and numbers of notes, with a space before them or without.
_TAIL = re.compile(rf"[{re.escape(CLOSING)}]*(?:[ ]?\[\d{{1,3}}(?: ?[,–-] ?\d{{1,3}})*\])*")


def segment(text: str, unit: Unit = "sentence") -> list[Span]:
    """Cut a document into passages.

    Parameters
    ----------
    text
        The canonical text of the document.
    unit
        ``sentence``: lines first, then nupunkt's sentence boundaries, corrected by
        :mod:`annotate.corpus.stops`. ``paragraph``: lines. ``document``: the whole. In text that an
        editor has wrapped, a line goes on where the next one continues it
        (:func:`annotate.corpus.lines.lines_of`).

    Returns
    -------
    list of (start, end)
        In code points, in order, disjoint, without white space at either end; together they hold
        every character of the text that is no white space.

    """
    return list(_trimmed(text, _CUTTERS[unit](text)))


def _sentences(text: str) -> Iterator[Span]:
    for start, end in lines_of(text):
        line = text[start:end].replace("\n", " ")
        at = 0
        for cut in sorted(_ends(line)):
            yield start + at, start + cut
            at = cut
        yield start + at, end


def _ends(line: str) -> set[int]:
    """Give the ends of the sentences of a line."""
    found = set(missed_ends(line))
    copy = masked(line)
    for start, end in tokenizer().span_tokenize(copy):
        found.add(_past_closing(line, start + len(copy[start:end].rstrip())))
    return found


def _past_closing(line: str, end: int) -> int:
    """Move an end past the closing marks and footnote numbers that stand directly after it."""
    after = _TAIL.match(line, end)
    return after.end() if after else end


def _whole(text: str) -> Iterator[Span]:
    yield 0, len(text)


_CUTTERS: dict[str, Callable[[str], Iterator[Span]]] = {
    "sentence": _sentences,
    "paragraph": lines_of,
    "document": _whole,
}


def _trimmed(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    for start, end in spans:
        piece = text[start:end]
        if bare := piece.strip():
            begin = start + piece.index(bare[0])
            yield begin, begin + len(bare)
