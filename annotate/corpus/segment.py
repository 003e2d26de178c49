"""Passages: spans of a document, disjoint, covering every character that is no white space."""

import re
from collections.abc import Callable, Iterator
from typing import Literal, get_args

import nupunkt

Unit = Literal["sentence", "paragraph", "document"]
UNITS: tuple[str, ...] = get_args(Unit)
Span = tuple[int, int]

# nupunkt is made for the Latin script: these end a sentence elsewhere, closing marks included.
_OTHER_ENDS = re.compile(r"[。！？؟।۔]+[\"'”’」』》）)\]]*")  # noqa: RUF001 - these very characters
_LINE = re.compile(r"[^\n]+")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_WRAPPED = 100  # no line is longer: the lines were broken by an editor, not by the author
_BLOCK = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+")


def segment(text: str, unit: Unit = "sentence") -> list[Span]:
    """Cut a document into passages.

    Parameters
    ----------
    text
        The canonical text of the document.
    unit
        ``sentence``: lines first, then nupunkt's sentence boundaries, then full stops of other
        scripts. ``paragraph``: lines; in hard-wrapped text (blank lines, and no line over 100
        characters) the blocks between blank lines.
        ``document``: the whole.

    Returns
    -------
    list of (start, end)
        In code points, in order, disjoint, without white space at either end; together they hold
        every character of the text that is no white space.

    """
    return list(_trimmed(text, _CUTTERS[unit](text)))


def _sentences(text: str) -> Iterator[Span]:
    for line in _LINE.finditer(text):
        if line.group().isspace():
            continue
        offset, at = line.start(), 0
        for _, end in nupunkt.sent_spans(line.group()):
            yield from _cut_at_other_ends(text, offset + at, offset + end)
            at = end
        yield from _cut_at_other_ends(text, offset + at, line.end())


def _cut_at_other_ends(text: str, start: int, end: int) -> Iterator[Span]:
    for mark in _OTHER_ENDS.finditer(text, start, end):
        yield start, mark.end()
        start = mark.end()
    yield start, end


def _paragraphs(text: str) -> Iterator[Span]:
    wrapped = _BLANK_LINE.search(text.strip()) and max(map(len, text.split("\n"))) <= _WRAPPED
    pattern = _BLOCK if wrapped else _LINE
    return (match.span() for match in pattern.finditer(text))


def _whole(text: str) -> Iterator[Span]:
    yield 0, len(text)


_CUTTERS: dict[str, Callable[[str], Iterator[Span]]] = {
    "sentence": _sentences,
    "paragraph": _paragraphs,
    "document": _whole,
}


def _trimmed(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    for start, end in spans:
        piece = text[start:end]
        if bare := piece.strip():
            begin = start + piece.index(bare[0])
            yield begin, begin + len(bare)
