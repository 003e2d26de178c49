r"""Where a mark lies in its passage, whatever its offsets count and however its text was written down.

A browser counts CRLF as one character, older versions and other tools count UTF-16 units, and the text of a mark
comes with a line break as a backslash and an n, with other white space at its edges, or composed otherwise. So
each way of counting is tried, and the text that it gives is held against the mark's own, first as it is, then
with more and more of this undone. The place is always that of the mark's own offsets: nothing is searched for.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from annotate.codebook.read import SpanVariable
from annotate.codebook.repeats import look_up
from annotate.study.pages import Turns, has_markup, page_of

Unit = Literal["code points", "UTF-16 units", "code points, CRLF as one", "UTF-16 units, CRLF as one"]
UNITS: tuple[Unit, ...] = get_args(Unit)
Place = tuple[int, int]

_PIECES = re.compile(r"\r\n|.", re.DOTALL)


def place(mark: "Mark", units: Collection[Unit] = UNITS) -> Place | None:
    r"""Find the offsets of a mark in code points.

    Parameters
    ----------
    mark
        As it was read.
    units
        What the offsets of this export may count, see :class:`Units`; it decides where no text does.

    Returns
    -------
    tuple of int, or None
        None if no way of counting gives the text; or, without a text, if the ways of counting that are possible
        lead to different places.

    >>> place(Mark("one\r\ntwo", places("one\r\ntwo", 4, 7), "two", ""))
    (5, 8)
    >>> place(Mark("one\ntwo", places("one\ntwo", 0, 7), "one\\ntwo", ""))
    (0, 7)

    """
    if mark.text is None:
        where = {mark.found[unit] for unit in units if unit in mark.found}
        return where.pop() if len(where) == 1 else None
    for read in (*_READINGS, *((_without_any_space,) if mark.shown else ())):
        wanted = {read(mark.text), read(_unescaped(mark.text))}
        for here in mark.found.values():
            if read(mark.passage[slice(*here)]) in wanted:
                return here
    if mark.turns:
        fits = (here for here in mark.found.values() if _said_in_turns(mark.passage[slice(*here)], mark.text))
        return next(fits, None)
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


class Units:
    """Tells what offsets may count, by marks with a text.

    Only those tell that lie elsewhere by another way of counting. If they contradict each other, all is possible.
    """

    def __init__(self) -> None:
        self._left = set(UNITS)

    def add(self, mark: "Mark") -> None:
        """Look at a mark."""
        if len(set(mark.found.values())) == 1 and len(mark.found) == len(UNITS):
            return  # all ways of counting agree
        passage, marked = mark.passage, mark.text or ""
        fits = {unit for unit, where in mark.found.items() if _alike(passage[slice(*where)], marked)}
        self._left &= fits or self._left

    @property
    def possible(self) -> tuple[Unit, ...]:
        """What they may count."""
        return tuple(unit for unit in UNITS if unit in self._left) or UNITS


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


def _without_any_space(text: str) -> str:
    return "".join(_composed(text).split()) or text


def _said_in_turns(said: str, marked: str) -> bool:
    """Whether a marked text is what turns say, a line each, and between them what the screen shows: names and times.

    It must begin with the first of them and end with the last.
    """
    first, *others = ("".join(_composed(line).split()) for line in said.split("\n"))
    text = "".join(_composed(_unescaped(marked)).split())
    if not (others and text.startswith(first) and text.endswith(others[-1])):
        return False
    at = len(first)
    for line in others[:-1]:
        found = text.find(line, at)
        if found < 0:
            return False
        at = found + len(line)
    return at <= len(text) - len(others[-1])


_READINGS: tuple[Callable[[str], str], ...] = (str, _with_plain_lines, _composed, _without_spaces)


@dataclass(frozen=True)
class Mark:
    """A marked stretch as an export has it.

    ``passage`` is the text that it lies in, ``found`` the place of it by each way of counting, ``text`` what was
    marked or None, ``said`` its offsets for people. ``shown`` tells that a browser laid the text out, so that the
    white space of what was marked is the browser's own; ``turns`` that it is a dialogue, where a mark over several
    turns may bring the names and times that stand between them.
    """

    passage: str
    found: Mapping[Unit, Place]
    text: str | None
    said: str
    shown: bool = False
    turns: bool = False


def read_mark(value: Mapping[str, Any], shown: object, control: SpanVariable) -> Mark | str:
    """Read a marked stretch of what a task ``shown``; a text says what is wrong with it."""
    marked = value.get("text")
    if not isinstance(marked, str | None):
        return f"a span of the text {marked!r:.40}"
    if control.medium == "Paragraphs" and isinstance(shown, list):
        return _in_turns(value, Turns(shown, control.text_key), marked)
    start, end = value.get("start"), value.get("end")
    overall = value.get("globalOffsets")
    if isinstance(shown, str) and (control.medium == "HyperText" or "startOffset" in value):
        page = page_of(shown) if has_markup(shown) else None
        passage = shown if page is None else page.text
        if isinstance(overall, Mapping):
            start, end = overall.get("start"), overall.get("end")
        elif page is not None:
            start = page.place(start, value.get("startOffset"))
            end = page.place(end, value.get("endOffset"))
        elif not (type(start) is int and type(end) is int):
            start, end = value.get("startOffset"), value.get("endOffset")  # of a page without markup
    else:
        page, passage = None, shown if isinstance(shown, str) else ""
    start, end = _whole(start), _whole(end)
    if not isinstance(shown, str) or start is None or end is None:
        return f"a span from {value.get('start')!r:.40} to {value.get('end')!r:.40} of {type(shown).__name__}"
    return Mark(passage, places(passage, start, end), marked, f"{start} to {end}", page is not None)


def _whole(offset: object) -> int | None:
    """An offset; some converters write it as a text, or as 3.0."""
    if isinstance(offset, str) and re.fullmatch("[0-9]{1,9}", offset):
        return int(offset)
    if isinstance(offset, float) and offset.is_integer():
        return int(offset)
    return offset if type(offset) is int else None


def _in_turns(value: Mapping[str, Any], turns: Turns, marked: str | None) -> Mark | str:
    first, last = turns.start_of(value.get("start")), turns.start_of(value.get("end"))
    start, end = value.get("startOffset"), value.get("endOffset")
    said = f"turn {value.get('start')!r:.20} at {start!r:.20} to turn {value.get('end')!r:.20} at {end!r:.20}"
    if first is None or last is None or type(start) is not int or type(end) is not int:
        return f"a span from {said}"
    found: dict[Unit, Place] = {}
    for unit in UNITS:
        here = _within(turns.text[first:], start, unit), _within(turns.text[last:], end, unit)
        if here[0] is not None and here[1] is not None and first + here[0] < last + here[1]:
            found[unit] = first + here[0], last + here[1]
    return Mark(turns.text, found, marked, said, shown=True, turns=True)


def _within(text: str, offset: int, unit: Unit) -> int | None:
    steps = _steps(text, unit)
    return steps[offset] if 0 <= offset < len(steps) else None


def marks_with_text(
    tasks: Iterable[Mapping[str, Any]], controls: Mapping[str, SpanVariable]
) -> Iterator[Mark]:
    """Go through all marks of an export that say their text, but those of repeated questions."""
    for task in tasks:
        for annotation in task["annotations"]:
            for result in annotation.get("result") or ():
                name = result.get("from_name") if isinstance(result, Mapping) else None
                control = controls.get(name) if isinstance(name, str) else None
                value = result.get("value") if control is not None else None
                if control is not None and isinstance(value, Mapping):
                    mark = read_mark(value, look_up(task["data"], control.shows), control)
                    if isinstance(mark, Mark) and mark.text is not None:
                        yield mark
