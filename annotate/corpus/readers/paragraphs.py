"""Lines on pages become paragraphs: by gaps, letters' size, short lines and hyphens."""

import itertools
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """A line of a page: its text, where it begins (points from the lower left), its letters' size, and the page's number."""

    text: str
    x: float
    y: float
    size: float
    page: int = 0


_GAP = 1.3  # of the usual distance of lines
_SIZE = 0.08  # by which sizes of the same text differ at most
_SMALLER = 0.93  # of the size of the text: notes; the text, of the size of headings
_MUCH = 0.4  # of the letters in the commonest size: the largest size with so many is that of the text
_INDENT = 0.7  # of the letters' size
_SHORT = 0.7  # of the usual length: the next word would have had room, so the line was meant to end
_SHORTISH = 0.88  # the same, if other signs say so as well
_SHORTEST = 0.45  # the same, against other signs
_USUAL = 0.9  # quantile of the lengths of lines, in characters
_ENDS = re.compile(r"[.!?…:。！？؟۔।][\"'”’»›)\]\d]*$")  # noqa: RUF001 - these very characters
_BULLET = re.compile(r"[•‣▪●○◦■□➢✓*–—-]\s")  # noqa: RUF001 - dashes


class Setting(NamedTuple):
    """How a document is set: for each size, the distance of lines and their length in characters; the text's size."""

    distances: dict[float, float]
    lengths: dict[float, int]
    text: float


def joined(pages: Sequence[Sequence[Line]]) -> tuple[list[str], list[tuple[int, int]]]:
    """Join the lines of pages into paragraphs.

    A paragraph ends where the gap to the next line is wider than usual, the letters change their size, the
    line is so short that the next word would have had room, or the next line is indented after a
    full stop. It goes on over the end of a page or a column where its sentence does, and headings never do;
    notes at the foot of the page come after it.

    Returns
    -------
    (paragraphs, pages)
        With each change of the page, in the order of the paragraphs parted by a sign each: where it is, and the page's number.

    """
    setting = _setting(pages)
    paragraphs: list[list[Line]] = []
    for lines in pages:
        previous: Line | None = None
        for line in lines:
            if not paragraphs:
                paragraphs.append([line])
            elif previous is None or line.y > previous.y + line.size:
                _continue(paragraphs, line, setting)
            elif _begins(paragraphs[-1], line, setting):
                paragraphs.append([line])
            else:
                paragraphs[-1].append(line)
            previous = line
    words = Words([line.text for lines in pages for line in lines])
    texts: list[str] = []
    changes: list[tuple[int, int]] = []
    at = 0
    for paragraph in paragraphs:
        lines_of_it = [line.text for line in paragraph]
        for number, line in enumerate(paragraph):
            if not changes or changes[-1][1] != line.page:
                before = len(glued(lines_of_it[:number], words)) if number else 0
                changes.append((at + before, line.page))
        texts.append(glued(lines_of_it, words))
        at += len(texts[-1]) + 1
    return texts, changes


def _setting(pages: Sequence[Sequence[Line]]) -> Setting:
    gaps: dict[float, list[float]] = defaultdict(list)
    lengths: dict[float, list[int]] = defaultdict(list)
    for lines in pages:
        for upper, lower in itertools.pairwise(lines):
            if _alike(upper, lower) and 0 < upper.y - lower.y < 4 * lower.size:
                gaps[_rounded(lower)].append(round(upper.y - lower.y, 1))
        for line in lines:
            lengths[_rounded(line)].append(len(line.text))
    return Setting(
        {size: _usual_gap(found) for size, found in gaps.items()},
        {size: sorted(found)[int(_USUAL * (len(found) - 1))] for size, found in lengths.items()},
        _of_text(lengths),
    )


def _of_text(lengths: dict[float, list[int]]) -> float:
    """The size of the text: the largest in which much is set."""
    letters = {size: sum(found) for size, found in lengths.items()}
    most = max(letters.values(), default=0)
    return max((size for size, count in letters.items() if count >= _MUCH * most), default=0.0)


def _usual_gap(gaps: list[float]) -> float:
    """The distance within paragraphs: the commonest, and of equally common ones the smallest."""
    counts = Counter(gaps)
    most = max(counts.values())
    return min(gap for gap, count in counts.items() if count >= 0.6 * most)


def _rounded(line: Line) -> float:
    return round(line.size * 2) / 2


def _alike(one: Line, other: Line) -> bool:
    return abs(one.size - other.size) <= _SIZE * max(one.size, other.size)


def _begins(paragraph: list[Line], line: Line, setting: Setting) -> bool:
    """Whether a line begins a paragraph, below a line of the same column."""
    last = paragraph[-1]
    if not _alike(last, line):
        return True
    distance = setting.distances.get(_rounded(line))
    if distance and last.y - line.y > _GAP * distance:
        return True
    if _BULLET.match(line.text) and (_ENDS.search(last.text) or _BULLET.match(paragraph[0].text)):
        return True
    if line.x - last.x > _INDENT * line.size and _ENDS.search(last.text):
        return True
    return _was_meant_to_end(last, line, setting)


def _was_meant_to_end(last: Line, line: Line, setting: Setting) -> bool:
    usual = setting.lengths.get(_rounded(last), 0)
    needed = len(last.text) + 1 + len(line.text.split(maxsplit=1)[0])
    if line.text[0].islower() or last.text.endswith(("-", "\u00ad", ",")):
        return needed < _SHORTEST * usual and not last.text.endswith(("-", "\u00ad"))
    return needed < (_SHORTISH if _ENDS.search(last.text) else _SHORT) * usual


def _continue(paragraphs: list[list[Line]], line: Line, setting: Setting) -> None:
    """Put the first line of a page or a column where it belongs."""
    is_heading = _SMALLER * line.size > setting.text
    for paragraph in [] if is_heading else reversed(paragraphs):
        last = paragraph[-1]
        if last.size < _SMALLER * line.size:
            continue  # a note at the foot of the page
        if _alike(last, line) and not _ENDS.search(last.text) and not _was_meant_to_end(last, line, setting):
            paragraph.append(line)
            return
        break
    paragraphs.append([line])


_BROKEN = re.compile(r"(?P<first>[^\W\d_]+)[-‐\u00ad]$")  # noqa: RUF001 - a hyphen
_REST = re.compile(r"(?P<second>[^\W\d_]+)")
_DASH = re.compile(r"(?:\w[-‐–]|—|/)$")  # noqa: RUF001 - dashes
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")  # noqa: RUF001 - a hyphen
# Scripts that part words with nothing: Han, Hiragana and Katakana, with their punctuation.
_UNPARTED = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60"
_UNPARTED_END = re.compile(f"[{_UNPARTED}]$")
_UNPARTED_START = re.compile(f"[{_UNPARTED}]")
_LONG = 25  # characters: a line of running text
_OFTEN = 0.03  # of such lines end in a hyphen where words are broken; compounds alone come to less
# First parts that keep their hyphen.
_PARTS = {"all", "cross", "ex", "half", "non", "one", "self", "so", "two", "three", "vice", "well"}


class Words:
    """The words that a document writes within its lines, whole or with hyphens."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.known = {_plain(word.group()) for line in lines for word in _WORD.finditer(line)}
        broken = [
            _plain(first["first"] + second["second"])
            for upper, lower in itertools.pairwise(lines)
            if (first := _BROKEN.search(upper)) and (second := _REST.match(lower))
        ]
        long = sum(len(line) >= _LONG for line in lines)
        self.hyphenates = any(word in self.known for word in broken) or len(broken) >= max(3, _OFTEN * long)

    def knows(self, word: str) -> bool:
        """Whether the word stands within a line."""
        return _plain(word) in self.known

    def keep_hyphen(self, first: str, second: str) -> bool:
        """Whether a hyphen at a line's end belongs to the word.

        As the document writes the word elsewhere. Where it does not, the hyphen is taken to have come with the
        line's end if the document breaks words at all, except after such parts as ``self-``.
        """
        first, second = _plain(first), _plain(second)
        if first + second in self.known:
            return False
        return not self.hyphenates or f"{first}-{second}" in self.known or first in _PARTS


def _plain(word: str) -> str:
    return word.casefold().replace("‐", "-")  # noqa: RUF001 - a hyphen


def glued(lines: Sequence[str], words: Words) -> str:
    """Glue the lines of a paragraph together."""
    pieces = [lines[0]]
    for line in lines[1:]:
        last = pieces.pop()
        if _is_undone(last, line, words):
            pieces += [last[:-1], line]
        elif _parted(last, line):
            pieces += [last, " ", line]
        else:
            pieces += [last, line]
    return "".join(pieces).replace("\u00ad", "")


def _is_undone(last: str, line: str, words: Words) -> bool:
    if last.endswith("\u00ad"):
        return True
    first, second = _BROKEN.search(last), _REST.match(line)
    if first is None or second is None:
        return False
    if _has_hyphens(last, line):  # Aix-/en-Provence
        return words.knows(first["first"] + second["second"])
    if not line[0].islower():  # OP-/TIONAL, but not Anglo-/American
        return words.knows(first["first"] + second["second"])
    return not words.keep_hyphen(first["first"], second["second"])


def _has_hyphens(last: str, line: str) -> bool:
    """Whether the word that goes over a line's end has other hyphens in it."""
    return "-" in last.rsplit(maxsplit=1)[-1][:-1] or "-" in line.split(maxsplit=1)[0].rstrip("-")


def _parted(last: str, line: str) -> bool:
    return not (_DASH.search(last) or (_UNPARTED_END.search(last) and _UNPARTED_START.match(line)))


_ROWS = 3  # of columns
_JUMBLED = 0.15  # of the lines stand above the one before, where a file has no order
_MARGIN = 6.0  # points by which lines of a column may be out of line
_NEAR = 1.8  # of its size is the next line of a column below the one before
_OF_A_COLUMN = 15  # characters of a line of a column of text
_GOING_ON = 0.3  # of the lines of a text begin with a small letter
_SAME_LINE = 0.45  # of the letters' size: a raised number stands on its line


def beside(one: Line, other: Line) -> bool:
    """Whether a part stands behind another on one line."""
    return abs(one.y - other.y) < _SAME_LINE * max(one.size, other.size) and other.x > one.x


def in_columns(parts: list[Line]) -> list[Line]:
    """Put columns of text one after the other where the file goes from one to the other in each row, or has no order.

    They are columns, and no table, if their parts begin at the same places, and if most lines of each are long and many
    go on a sentence in a small letter.
    """
    parts = _in_rows(parts) if _is_jumbled(parts) else parts
    rows = [list(row) for row in _rows(parts) if len(row) > 1]
    most = max((len(row) for row in rows), key=[len(row) for row in rows].count, default=0)
    rows = [row for row in rows if len(row) == most]
    if len(rows) < _ROWS:
        return parts
    lefts = [statistics.median(parts[row[column]].x for row in rows) for column in range(most)]
    rows = [
        row for row in rows if all(abs(parts[n].x - x) < _MARGIN for n, x in zip(row, lefts, strict=True))
    ]
    if len(rows) < _ROWS or not all(_is_text([parts[row[column]] for row in rows]) for column in range(most)):
        return parts
    first, last = rows[0][0], rows[-1][-1] + 1
    while last < len(parts) and _is_next(parts[last - 1], parts[last], lefts):
        last += 1
    columns: list[list[Line]] = [[] for _ in lefts]
    for part in parts[first:last]:
        columns[max(0, sum(part.x >= left - _MARGIN for left in lefts) - 1)].append(part)
    return [*parts[:first], *itertools.chain(*columns), *parts[last:]]


def _rows(parts: list[Line]) -> Iterator[range]:
    """Runs of parts that stand beside each other, by their numbers."""
    begin = 0
    for n in range(1, len(parts) + 1):
        if n == len(parts) or not beside(parts[n - 1], parts[n]):
            yield range(begin, n)
            begin = n


def _is_jumbled(parts: list[Line]) -> bool:
    """Whether a file has the lines of a page in no order: many stand above the one before, and not in a next column."""
    steps = itertools.pairwise(parts)
    back = sum(two.y > one.y + one.size and two.x < one.x + _MARGIN for one, two in steps)
    return back >= _ROWS and back > _JUMBLED * len(parts)


def _in_rows(parts: list[Line]) -> list[Line]:
    """The parts of a page from top to bottom, and from left to right within a row."""
    rows: list[list[Line]] = []
    for part in sorted(parts, key=lambda part: -part.y):
        if rows and abs(rows[-1][0].y - part.y) < _SAME_LINE * max(rows[-1][0].size, part.size):
            rows[-1].append(part)
        else:
            rows.append([part])
    return [part for row in rows for part in sorted(row, key=lambda part: part.x)]


def _is_next(above: Line, line: Line, lefts: list[float]) -> bool:
    """Whether a line is the next of one of the columns."""
    near = beside(above, line) or 0 < above.y - line.y < _NEAR * line.size
    return near and min(abs(line.x - left) for left in lefts) < _MARGIN


def _is_text(lines: list[Line]) -> bool:
    long = statistics.median(len(line.text) for line in lines) >= _OF_A_COLUMN
    going_on = sum(line.text[0].islower() for line in lines[1:])
    return long and going_on >= _GOING_ON * (len(lines) - 1)
