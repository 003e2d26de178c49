r"""Where a mark lies in its passage, whatever its offsets count and however its text was written down.

A browser counts CRLF as one character, older versions and other tools count UTF-16 units, and the text of a mark
comes with a line break as a backslash and an n, with other white space at its edges, or composed otherwise. So
each way of counting is tried, and the text that it gives is held against the mark's own, first as it is, then
with more and more of this undone. The place is always that of the mark's own offsets: nothing is searched for.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Literal, get_args

Unit = Literal["code points", "UTF-16 units", "code points, CRLF as one", "UTF-16 units, CRLF as one"]
UNITS: tuple[Unit, ...] = get_args(Unit)
Place = tuple[int, int]

_PIECES = re.compile(r"\r\n|.", re.DOTALL)


def place(
    passage: str, start: int, end: int, marked: str | None, units: Collection[Unit] = UNITS
) -> Place | None:
    r"""Find the offsets of a mark in code points.

    Parameters
    ----------
    passage
        The text that was annotated, as it is stored.
    start, end
        As the export has them.
    marked
        The text that was marked, or None where the export does not say.
    units
        What the offsets of this export may count, see :func:`possible_units`; it decides where no text does.

    Returns
    -------
    tuple of int, or None
        None if no way of counting gives the text; or, without a text, if the ways of counting that are possible
        lead to different places.

    >>> place("one\r\ntwo", 4, 7, "two")
    (5, 8)
    >>> place("one\ntwo", 0, 7, "one\\ntwo")
    (0, 7)

    """
    found = places(passage, start, end)
    if marked is None:
        where = {found[unit] for unit in units if unit in found}
        return where.pop() if len(where) == 1 else None
    for read in _READINGS:
        wanted = {read(marked), read(_unescaped(marked))}
        for here in found.values():
            if read(passage[slice(*here)]) in wanted:
                return here
    return None


def places(passage: str, start: int, end: int) -> dict[Unit, Place]:
    """Where a stretch lies, in code points, by each way of counting that can have its offsets."""
    if not 0 <= start < end:
        return {}
    if passage.isascii() and "\r\n" not in passage:  # then all of them count alike
        return dict.fromkeys(UNITS, (start, end)) if end <= len(passage) else {}
    found: dict[Unit, Place] = {}
    for unit in UNITS:
        steps = _steps(passage, unit)
        if end < len(steps):
            first, last = steps[start], steps[end]
            if first is not None and last is not None:
                found[unit] = first, last
    return found


def possible_units(marks: Iterable[tuple[str, int, int, str]]) -> tuple[Unit, ...]:
    """Tell what offsets may count, by marks with a text (passage, start, end, text).

    Only those tell that lie elsewhere by another way of counting. If they contradict each other, all is possible.
    """
    possible = set(UNITS)
    for passage, start, end, marked in marks:
        found = places(passage, start, end)
        fits = {unit for unit, where in found.items() if _alike(passage[slice(*where)], marked)}
        possible &= fits or possible
    return tuple(unit for unit in UNITS if unit in possible) or UNITS


def _alike(one: str, other: str) -> bool:
    return one in (other, _unescaped(other))


def _steps(passage: str, unit: Unit) -> list[int | None]:
    """The offset in code points of each place that a way of counting can name; None amid a character."""
    steps: list[int | None] = []
    pieces: Iterable[str] = _PIECES.findall(passage) if "CRLF" in unit else passage
    at = 0
    for piece in pieces:
        steps.append(at)
        if "UTF-16" in unit and piece > "\uffff":
            steps.append(None)
        at += len(piece)
    return [*steps, at]


def _unescaped(text: str) -> str:
    """Undo what a browser writes for a line break or a tab."""
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t")


def _with_plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", _with_plain_lines(text))


def _without_spaces(text: str) -> str:
    """White space as one blank, and none at the edges; what is white space only stays what it is."""
    return " ".join(_composed(text).split()) or text


_READINGS: tuple[Callable[[str], str], ...] = (str, _with_plain_lines, _composed, _without_spaces)


Mark = tuple[str, int, int, str | None]


def read_mark(value: Mapping[str, Any], passage: object) -> Mark | str | None:
    """Read a marked stretch: the passage, its offsets as the export has them, and its text if it says so.

    None if it lies in what has no plain text: HyperText with markup, the turns of Paragraphs. A text says what
    is wrong with it.
    """
    start, end, marked = value.get("start"), value.get("end"), value.get("text")
    overall = value.get("globalOffsets")
    if isinstance(overall, Mapping) and isinstance(passage, str) and not re.search("[<&]", passage):
        start, end = overall.get("start"), overall.get("end")  # of a page without markup, which is plain text
    elif "startOffset" in value or "endOffset" in value or isinstance(passage, list):
        return None
    if not isinstance(passage, str) or type(start) is not int or type(end) is not int:
        return f"a span from {start!r:.40} to {end!r:.40} of {type(passage).__name__}"
    if not isinstance(marked, str | None):
        return f"a span of the text {marked!r:.40}"
    return passage, start, end, marked


def marks_with_text(
    tasks: Iterable[Mapping[str, Any]], shown: Mapping[str, str]
) -> Iterator[tuple[str, int, int, str]]:
    """Go through all marks of an export that say their text; ``shown`` has the key of the data by control."""
    for task in tasks:
        for annotation in task["annotations"]:
            for result in annotation.get("result") or ():
                key = shown.get(str(result.get("from_name"))) if isinstance(result, Mapping) else None
                value = result.get("value") if key is not None else None
                mark = read_mark(value, task["data"].get(key)) if isinstance(value, Mapping) else None
                if isinstance(mark, tuple) and mark[3] is not None:
                    yield mark[0], mark[1], mark[2], mark[3]
