"""Running heads, feet and page numbers: lines at a page's edge that return from page to page."""

import re

from annotate.corpus.readers.paragraphs import Line

_EDGE = 3  # lines from the top or the bottom of a page
_APART = 1.5  # of the size of the next letters: the gap between what runs and the text
_SIZE = 0.08  # by which sizes of the same text differ at most
_PLACE = 3.0  # points by which the place of a running line may differ between pages
_NUMBERED = re.compile(r"\d+|\b[ivxl]+\b(?=\W*$)")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.|seite|página|стр\.?|第)\s*)?\d{1,3}(?:\s*(?:/|of|von|de|из)\s*\d{1,3})?\W*",
    re.IGNORECASE,
)


def without_running(pages: list[list[Line]]) -> tuple[list[list[Line]], int]:
    """Leave out what runs at the edges of the pages.

    The outermost lines of a page run if lines of the same wording, digits aside, stand at the same height
    at the edge of another page, and if they are set apart from the text, by a gap or by their size. So
    does a line at the very edge that holds a page number only.

    Returns
    -------
    (pages, left out)
        The pages without these lines, and how many lines they are.

    """
    heights: dict[str, list[tuple[float, int]]] = {}
    for number, lines in enumerate(pages):
        for line in _edges(lines):
            heights.setdefault(_wording(line), []).append((line.y, number))
    kept = []
    for number, lines in enumerate(pages):
        downwards = sorted(lines, key=lambda line: -line.y)
        running: set[Line] = set()
        for inwards in (downwards, downwards[::-1]):
            running |= set(_running(inwards, number, heights))
        kept.append([line for line in lines if line not in running])
    return kept, sum(map(len, pages)) - sum(map(len, kept))


def _wording(line: Line) -> str:
    return _NUMBERED.sub("#", " ".join(line.text.casefold().split()))


def _edges(lines: list[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: -line.y)
    return ordered if len(ordered) <= 2 * _EDGE else ordered[:_EDGE] + ordered[-_EDGE:]


def _running(inwards: list[Line], page: int, heights: dict[str, list[tuple[float, int]]]) -> list[Line]:
    """The lines that run, of those of a page from an edge inwards."""
    count = 0
    for line in inwards[:_EDGE]:
        if not _returns(line, page, heights.get(_wording(line), [])):
            break
        count += 1
    while count and count < len(inwards) and not _apart(inwards[count - 1], inwards[count]):
        count -= 1
    if not count and len(inwards) > 1 and _PAGE_NUMBER.fullmatch(inwards[0].text):
        count = 1
    return inwards[:count]


def _apart(line: Line, following: Line) -> bool:
    if abs(line.size - following.size) > _SIZE * max(line.size, following.size):
        return True
    return abs(line.y - following.y) > _APART * following.size


def _returns(line: Line, page: int, heights: list[tuple[float, int]]) -> bool:
    return any(abs(y - line.y) <= _PLACE and other != page for y, other in heights)
