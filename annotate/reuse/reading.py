"""Passages read again where something was found: the exact spans, dates and quotation marks."""

from difflib import Match, SequenceMatcher
from typing import Any

import pandas as pd

from annotate.reuse.published import Published, read_published
from annotate.reuse.quoted import Span, quoted, share_within
from annotate.reuse.words import places

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

    def row(self, one: Stretch, other: Stretch) -> dict[str, Any]:
        """What a pair comes down to, the earlier one as a."""
        sides = sorted((one, other), key=lambda side: self.documents[side[0]])
        earlier, later = (self._earlier(sides[i][0], sides[1 - i][0]) for i in (0, 1))
        if later:
            sides.reverse()
        is_quotation = self._is_quotation(*sides)
        row: dict[str, Any] = {
            "kind": "quotation" if is_quotation else "text",
            "direction": "a_to_b" if (earlier or later) and not is_quotation else None,
        }
        for name, (passage, words) in zip("ab", sides, strict=True):
            spans = self._words(passage)[slice(*words)]
            start, end = spans[0][0], spans[-1][1]
            offset = int(self._columns["start"][passage])
            row |= {f"{name}_{column}": self._columns[column][passage] for column in NAMED}
            row |= {f"{name}_start": offset + start, f"{name}_end": offset + end}
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
