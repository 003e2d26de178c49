# ruff: noqa: RUF001 - quotation marks, dashes and full stops of many languages
"""Documents become passages: lines as their author meant them, sentences in them, and what kind of line each stands in."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from typing import Literal, get_args

from annotate.corpus.furniture import KINDS, Kind, kinds_of_lines
from annotate.corpus.languages import language_of
from annotate.corpus.stops import CLOSING, LANGUAGES, goes_on, masked, missed_ends, tokenizer
from annotate.errors import InputError

Span = tuple[int, int]

_LINE = re.compile(r"[^\n]+")
_WIDEST = 100  # characters: a longer line was broken by its author and not by an editor
_HALF = 0.5  # of the lines with one directly below them: where fewer go on in it, it is verses, a list, or headings
_ITEM = re.compile(r"\s*(?:[-*+•‣·–—>#|]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s)")
_NUMBER = re.compile(r"\s*\(?(\d{1,3})[.)]\s")
_RULE = re.compile(r"\s*[-=_*~]{2,}\s*")
_ENDED = (".", "!", "?", ":", ";", "…")


def lines_of(text: str) -> Iterator[Span]:
    """Yield the lines of a text that are not blank, as (start, end).

    In hard-wrapped text a line holds all that an editor has broken at the right margin. Text counts as
    hard-wrapped where no line is longer than 100 characters, and half of the lines with another
    directly below are continued there by a small letter. Then a line goes on in the next if that
    begins with a small letter, or if its first word would not have fitted. List items, headings and
    indented paragraphs begin lines of their own. Within a sentence a number is that of an item only
    if another line begins with the one before or after it: "by 212 votes to / 188. Most" is not a list.
    """
    lines = [match.span() for match in _LINE.finditer(text) if not match.group().isspace()]
    joined = _continued(text, lines)
    start = None
    for number, (begin, end) in enumerate(lines):
        start = begin if start is None else start
        if not joined[number]:
            yield start, end
            start = None


def _continued(text: str, lines: Sequence[Span]) -> list[bool]:
    """Whether each line goes on in the next."""
    apart = [False] * len(lines)
    if len(lines) < 2 or max(end - start for start, end in lines) > _WIDEST:  # noqa: PLR2004 - a pair
        return apart
    pairs = [n for n, (one, two) in enumerate(pairwise(lines)) if two[0] == one[1] + 1]
    numbers = {number for line in lines if (number := _number(text[slice(*line)])) is not None}
    pairs = [n for n in pairs if _may_continue(text[slice(*lines[n])], text[slice(*lines[n + 1])], numbers)]
    if not pairs:
        return apart
    going_on = [n for n in pairs if _goes_on(text[slice(*lines[n])], text[slice(*lines[n + 1])])]
    if len(going_on) < max(1, _HALF * len(pairs)):
        return apart
    known = set(going_on)
    margin = max(len(text[slice(*lines[n])].rstrip()) for n in going_on)
    for n in pairs:
        word = text[slice(*lines[n + 1])].split(maxsplit=1)[0]
        apart[n] = n in known or len(text[slice(*lines[n])].rstrip()) + 1 + len(word) > margin
    return apart


def _number(line: str) -> int | None:
    """The number that a line begins with as a numbered item does."""
    match = _NUMBER.match(line)
    return int(match[1]) if match else None


def _is_item(line: str, above: str, numbers: Collection[int]) -> bool:
    """Whether a line is an item of a list; a number of no list may be the last word of a sentence."""
    number = _number(line)
    if number is None or above.rstrip().endswith(_ENDED):
        return bool(_ITEM.match(line))
    return number - 1 in numbers or number + 1 in numbers


def _may_continue(line: str, following: str, numbers: Collection[int]) -> bool:
    """Whether the form of the two lines allows that one goes on in the other."""
    indented = following[0].isspace() and not line[0].isspace() and not _ITEM.match(line)
    return not (
        indented
        or _is_item(following, line, numbers)
        or line.startswith("#")
        or _RULE.fullmatch(line)
        or _RULE.fullmatch(following)
    )


def _goes_on(line: str, following: str) -> bool:
    """Whether the next line cannot be the beginning of anything: it goes on with a small letter, or within a word."""
    bare, first = line.rstrip(), following.lstrip()[0]
    within = first.isalpha() and bare.endswith("-") and bare[-2:-1].isalpha()
    return within or (first.islower() and not bare.endswith(_ENDED))


Unit = Literal["sentence", "paragraph", "document"]
UNITS: tuple[str, ...] = get_args(Unit)

# Closing marks, and numbers of notes, with a space before them or without.
_TAIL = re.compile(rf"[{re.escape(CLOSING)}]*(?:[ ]?\[\d{{1,3}}(?: ?[,–-] ?\d{{1,3}})*\])*")


def segment(text: str, unit: Unit = "sentence", language: str | None = None) -> list[Span]:
    """Cut a document into passages.

    Parameters
    ----------
    text
        The canonical text of the document.
    unit
        ``sentence``: lines first, then nupunkt's sentence boundaries, corrected by
        :mod:`annotate.corpus.stops`. ``paragraph``: lines. ``document``: the whole. In text that an
        editor has wrapped, a line goes on where the next one continues it
        (:func:`annotate.corpus.segment.lines_of`).
    language
        One of :data:`annotate.corpus.stops.LANGUAGES`: its abbreviations and ordinal numbers end no sentence. By
        default it is told by the text.

    Returns
    -------
    list of (start, end)
        In code points, in order, disjoint, without white space at either end; together they hold
        every character of the text that is not white space.

    Raises
    ------
    InputError
        On a language of which nothing is known.

    """
    if language is not None and language not in LANGUAGES:
        raise InputError(f"language {language!r}: nothing is known of it; known are {', '.join(LANGUAGES)}")
    cut = _CUTTERS.get(unit)
    return list(_trimmed(text, cut(text) if cut else _sentences(text, language or language_of(text))))


def _sentences(text: str, language: str | None) -> Iterator[Span]:
    for start, end in lines_of(text):
        line = text[start:end].replace("\n", " ")
        at = 0
        for cut in sorted(end for end in _ends(line) if not goes_on(line, end, language)):
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
    "paragraph": lines_of,
    "document": _whole,
}


def _trimmed(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    for start, end in spans:
        piece = text[start:end]
        if bare := piece.strip():
            begin = start + piece.index(bare[0])
            yield begin, begin + len(bare)


__all__ = ["FURNITURE", "KINDS", "Kind", "kinds_of"]

FURNITURE = KINDS[1:]  # all but the text itself

_MARKED = re.compile(r"#{1,6}\s+\S.*")
_SITE = re.compile(r"\s+[|–—-]\s+.*")


def kinds_of(
    text: str, spans: Sequence[Span], *, title: str | None = None, headings: Collection[str] = ()
) -> list[Kind]:
    """Tell what kind each passage of a document is.

    Parameters
    ----------
    text
        The canonical text of the document.
    spans
        Passages in code points, in order, as :func:`segment` makes them.
    title
        The document's title, if known: a line that repeats it is a heading.
    headings
        Lines that are marked as headings where they come from: they need not look like one.

    Returns
    -------
    list of Kind
        One for each passage. A passage has the kind of its line: where only a part of a line is
        boilerplate, or a passage holds lines of several kinds, it is body.

    """
    lines = list(lines_of(text))
    words = [text[start:end].replace("\n", " ").strip() for start, end in lines]
    folded = _folded(title or "")
    kinds = kinds_of_lines(words)
    for number, line in enumerate(words):
        if (
            _MARKED.fullmatch(line)
            or _repeats(line, folded)
            or (kinds[number] == "body" and line in headings)
        ):
            kinds[number] = "heading"
    return list(_spread(lines, kinds, spans))


def _spread(lines: Sequence[Span], kinds: Sequence[Kind], spans: Sequence[Span]) -> Iterator[Kind]:
    """Give each span the kind that all of its lines have."""
    at = 0
    for start, end in spans:
        while at < len(lines) and lines[at][1] <= start:
            at += 1
        last, found = at, set()
        while last < len(lines) and lines[last][0] < end:
            found.add(kinds[last])
            last += 1
        yield found.pop() if len(found) == 1 else "body"


def _repeats(line: str, title: str) -> bool:
    return bool(title) and title in (_folded(line), _folded(_SITE.sub("", line)))


def _folded(line: str) -> str:
    return " ".join(re.findall(r"\w+", line.casefold()))
