"""What kind of line a passage stands in: the text itself, or what stands around it on a page."""

import re
from collections.abc import Collection, Iterator, Sequence

from annotate.corpus import furniture
from annotate.corpus.layout import KINDS, Kind, settle
from annotate.corpus.segment import Span, lines_of, segment

__all__ = ["FURNITURE", "KINDS", "Kind", "kinds_of"]

FURNITURE = KINDS[1:]  # all but the text itself

_LONGEST = 1000  # characters: no notice of several sentences is longer
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
    kinds = [_kind_by_wording(line, folded) for line in words]
    settle(words, kinds)
    marked = (n for n, line in enumerate(words) if kinds[n] == "body" and line in headings)
    for number in marked:
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


def _kind_by_wording(line: str, title: str) -> Kind:
    if _MARKED.fullmatch(line) or (title and title in (_folded(line), _folded(_SITE.sub("", line)))):
        return "heading"
    if len(line) > furniture.LONGEST:
        return "boilerplate" if _is_notice_of_sentences(line) else "body"
    if furniture.is_byline(line):
        return "byline"
    if furniture.is_caption(line):
        return "caption"
    return "boilerplate" if furniture.is_boilerplate(line) or _is_notice_of_sentences(line) else "body"


def _is_notice_of_sentences(line: str) -> bool:
    """Whether every sentence of a line is boilerplate, or belongs to a plea that the line holds."""
    if len(line) > _LONGEST:
        return False
    sentences = [line[start:end] for start, end in segment(line)]
    if len(sentences) < 2:  # noqa: PLR2004 - a whole line has been judged
        return False
    if any(map(furniture.is_plea, sentences)):
        return all(furniture.is_boilerplate(s) or furniture.may_be_of_plea(s) for s in sentences)
    return all(map(furniture.is_boilerplate, sentences))


def _folded(line: str) -> str:
    return " ".join(re.findall(r"\w+", line.casefold()))
