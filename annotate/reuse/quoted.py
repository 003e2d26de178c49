"""Which stretches of a document stand between quotation marks.

A quotation may run over several passages, and each of its paragraphs may open anew without a mark that
closes the one before. A mark that nobody closes reaches to the end of its own passage, no further.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable

Span = tuple[int, int]

_MARK = re.compile("[\"'\u00ab\u00bb\u2018\u2019\u201a\u201c-\u201e\u2039\u203a\u300c-\u300f]")
_LAST = re.compile(r"(?<=[\w.,!?\u2026])['\u2019](?!\w)")
_CLOSES = {
    "\u201c": '\u201d"',  # English, and a straight one by mistake
    "\u201d": "\u201d",  # Swedish, Finnish
    "\u201e": "\u201c\u201d",  # German, Polish
    '"': '"\u201d',
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab\u00bb",  # German books, Danish
    "\u2039": "\u203a",
    "\u203a": "\u2039\u203a",
    "\u2018": "\u2019",
    "\u201a": "\u2018\u2019",
    "'": "'",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
}
_ALWAYS_OPENS = "\u201c\u201e\u00ab\u2039\u201a\u300c\u300e"
_APOSTROPHES = "'\u2019"
_APART = 8  # code points between two passages that follow each other
_LONGEST = 4000  # code points of a quotation that is closed in a later passage


def quoted(passages: Iterable[tuple[int, str]]) -> list[Span]:
    """Find what is quoted in the passages of one document.

    Parameters
    ----------
    passages
        Start and text of each, in order.

    Returns
    -------
    list of (start, end)
        Offsets in the document, marks excluded, in order and disjoint; of quotations within quotations,
        the outer one.

    """
    spans: list[Span] = []
    opened: int | None = None
    closers, own_end, last_end = "", 0, 0
    for start, text in passages:
        if opened is not None and (start - last_end > _APART or start - opened > _LONGEST):
            spans.append((opened, own_end))
            opened = None
        for mark in _MARK.finditer(text):
            at = mark.start()
            if opened is None:
                if _opens(text, at):
                    opened, closers, own_end = start + at + 1, _CLOSES[text[at]], start + len(text)
            elif text[at] in closers and _closes(text, at):
                spans.append((opened, start + at))
                opened = None
        last_end = start + len(text)
    return spans if opened is None else [*spans, (opened, own_end)]


def _opens(text: str, at: int) -> bool:
    mark, before, after = text[at], text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if mark in _ALWAYS_OPENS:
        return True
    if mark not in _CLOSES or before.isalnum() or not after or after.isspace():
        return False
    if mark in "'\u2018":
        return after.isalnum() and _LAST.search(text, at + 2) is not None
    return not before or before.isspace() or before in "([{\u2013\u2014-\u2026/:"


def _closes(text: str, at: int) -> bool:
    mark, before, after = text[at], text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if mark in _APOSTROPHES:
        return not after.isalnum()
    opens_anew = mark in '"\u201d\u00bb\u203a' and (not before or before.isspace()) and after.isalnum()
    return not opens_anew


def share_within(words: list[Span], spans: list[Span]) -> float:
    """What share of some words stands within spans that are in order and disjoint, in code points."""
    ends = [end for _, end in spans]
    inside = 0
    for start, end in words:
        span = bisect_right(ends, start)
        if span < len(spans) and spans[span][0] < end:
            inside += min(end, spans[span][1]) - max(start, spans[span][0])
    return inside / max(sum(end - start for start, end in words), 1)
