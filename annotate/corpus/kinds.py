"""What kind of line a passage stands in: the text itself, or what stands around it on a page."""

import re
from collections.abc import Collection, Iterator, Sequence

from annotate.corpus.furniture import KINDS, Kind, kinds_of_lines
from annotate.corpus.segment import Span, lines_of

__all__ = ["FURNITURE", "KINDS", "Kind", "kinds_of"]

FURNITURE = KINDS[1:]  # all but the text itself

_MARKED = re.compile(r"#{1,6}\s+\S.*")
_SITE = re.compile(r"\s+[|–—-]\s+.*")  # noqa: RUF001 - the dashes before the name of a site


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
