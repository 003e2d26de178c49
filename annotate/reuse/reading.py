"""Passages read again where something was found: the exact spans and quotation marks.

A quotation may run over several passages, and each of its paragraphs may open anew without a mark that
closes the one before. A mark that nobody closes reaches to the end of its own passage, no further.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from difflib import Match, SequenceMatcher
from typing import Any

import pandas as pd

from annotate.corpus.dates import Published, read_published
from annotate.reuse.stems import places

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


NEEDED = ("item", "document", "source", "published", "start", "kind", "text")
MOSTLY = 0.5  # of the shared words must be quoted, on both sides, for the pair to be a quotation
NAMED = ("item", "document", "source", "published")

Stretch = tuple[int, Span]  # a passage, and the first and the last of its words, excluded


class Reader:
    """Makes rows of pairs of stretches; ``documents`` has the document of each passage."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._columns = {column: table[column].tolist() for column in NEEDED}
        self.documents: list[str] = self._columns["document"]
        self._of_document = table.groupby("document", sort=False).groups
        self._places: dict[int, list[Span]] = {}
        self._quoted: dict[str, list[Span]] = {}
        self._dates: dict[str, Published | None] = {}

    def row(self, one: int, other: int, words: list[tuple[Span, Span]]) -> dict[str, Any]:
        """What a pair of passages comes down to, the earlier one as a.

        ``words`` are the first and the last of each stretch, in either passage, the best stretch first.
        """
        turned = self.documents[other] < self.documents[one]
        sides = [other, one] if turned else [one, other]
        earlier, later = (self._earlier(sides[i], sides[1 - i]) for i in (0, 1))
        if later:
            sides.reverse()
        if turned != later:
            words = [(second, first) for first, second in words]
        is_quotation = all(self._is_quotation(*zip(sides, stretch, strict=True)) for stretch in words)
        row: dict[str, Any] = {
            "kind": "quotation" if is_quotation else "text",
            "direction": "a_to_b" if (earlier or later) and not is_quotation else None,
            "n_spans": len(words),
            "spans": [{} for _ in words],
        }
        for which, (name, passage) in enumerate(zip("ab", sides, strict=True)):
            offset = int(self._columns["start"][passage])
            row |= {f"{name}_{column}": self._columns[column][passage] for column in NAMED}
            for span, stretch in zip(row["spans"], words, strict=True):
                inside = self._words(passage)[slice(*stretch[which])]
                span |= {f"{name}_start": offset + inside[0][0], f"{name}_end": offset + inside[-1][1]}
            best = row["spans"][0]
            row |= {key: best[key] for key in (f"{name}_start", f"{name}_end")}
            start, end = row[f"{name}_start"] - offset, row[f"{name}_end"] - offset
            row[f"{name}_text"] = self._columns["text"][passage][start:end]
        return row

    def _words(self, passage: int) -> list[Span]:
        """Where the words of a passage are in it."""
        if passage not in self._places:
            self._places[passage] = places(self._columns["text"][passage])
        return self._places[passage]

    def _is_quotation(self, one: Stretch, other: Stretch) -> bool:
        """Whether most of the words that both have stand within quotation marks, on both sides."""
        quotations = [self._quotations(self.documents[passage]) for passage, _ in (one, other)]
        if not all(quotations):
            return False
        spans = [self._words(passage)[slice(*words)] for passage, words in (one, other)]
        texts = [self._columns["text"][passage] for passage, _ in (one, other)]
        a, b = ([text[a:b].casefold() for a, b in of] for text, of in zip(texts, spans, strict=True))
        # A copy of any length has all its words in common.
        blocks = [Match(0, 0, len(a))] if a == b else SequenceMatcher(None, a, b, False).get_matching_blocks()
        for side, (passage, _) in enumerate((one, other)):
            offset = int(self._columns["start"][passage])
            shared = [
                (offset + a, offset + b)
                for block in blocks
                for a, b in spans[side][block[side] : block[side] + block.size]
            ]
            if share_within(shared, quotations[side]) <= MOSTLY:
                return False
        return True

    def _earlier(self, one: int, other: int) -> bool:
        a, b = (self._date(self._columns["published"][passage]) for passage in (one, other))
        return a is not None and b is not None and a.earlier_than(b)

    def _date(self, written: object) -> Published | None:
        if not isinstance(written, str):
            return None
        if written not in self._dates:
            self._dates[written] = read_published(written)
        return self._dates[written]

    def _quotations(self, document: str) -> list[Span]:
        if document not in self._quoted:
            starts, texts = self._columns["start"], self._columns["text"]
            rows = sorted(self._of_document[document], key=lambda row: (starts[row], texts[row]))
            self._quoted[document] = quoted((int(starts[row]), texts[row]) for row in rows)
        return self._quoted[document]
