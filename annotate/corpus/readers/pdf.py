"""PDF files: lines with their places on the page, without what runs at the edges."""

import io
import logging
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate.corpus.readers.document import Document, facts, raised, read_within, seen, unseen_notice
from annotate.corpus.readers.paragraphs import Line, beside, in_columns, joined
from annotate.errors import InputError, counted

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

LARGEST = 100 * 2**20  # bytes
_MOST_PAGES = 1000  # about 25 ms each
_END_WITHIN = 2048  # bytes before the end of the file, in which a whole PDF says that it ends
_UNKNOWN = re.compile(
    r"[\x00-\x08\x0e-\x1f\ufffd]"
)  # stands for letters of which the file does not say what they are
_HOLES = 0.3  # of the signs: where more are such, they stand between the letters and for none
_NAMED = 10  # pages
_WIDTH = 0.5  # of its size is a letter wide, on average
_RAISED, _SMALLER = 0.15, 0.92  # of the letters' size: how far above the line, and how large at most
_NO_TITLE = re.compile(
    r"untitled.*|about:.*|https?:.*|microsoft word.*|.*\.(?:docx?|odt|rtf|indd|qxd|pdf|html?|tex|pages|txt)",
    re.IGNORECASE,
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def read_pdf(path: Path) -> Document:
    """Read a ``.pdf`` file, one paragraph a line, without running heads, feet and page numbers.

    The title in its properties counts as a guess, as does its author. The date there says when the file was made:
    it is not used.

    Raises
    ------
    InputError
        If it is cut short, encrypted, damaged, too large, or holds pictures of text only.

    """
    data = read_within(path, LARGEST, "PDF")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = _opened(path, data)
    removed, notes, work = 0, 0, _work_for(path, len(data))
    _look_through(reader, work)
    pages: list[list[Line]] = []
    holes: dict[int, int] = {}
    for number in range(len(reader.pages)):
        lines, unseen, missing, marks = _lines(path, reader, number, work)
        notes += marks
        pages.append([line._replace(page=number + 1) for line in lines])
        removed += unseen
        if missing:
            holes[number + 1] = missing
    notices = unseen_notice(path, removed)
    if notes:
        notices += (f"{path}: {notes} marks of notes were left out",)
    if holes:
        where = ", ".join(f"{missing} on page {number}" for number, missing in [*holes.items()][:_NAMED])
        more = f" and more on {counted(len(holes) - _NAMED, 'other page')}" if len(holes) > _NAMED else ""
        notices += (
            f"{path}: letters are missing, {where}{more}: the file does not say which they are; they show as \ufffd",
        )
    blank = [str(number) for number, lines in enumerate(pages, start=1) if not lines]
    if len(blank) == len(pages):
        raise InputError(
            f"{path}: holds no text, pictures of it at most (a scan); recognise its text first (OCR)"
        )
    if blank:
        notices += (
            f"{path}: no text on {len(blank)} of {counted(len(pages), 'page')} ({', '.join(blank[:10])})",
        )
    kept, running = without_running(pages)
    paragraphs, changes = joined(kept)
    return Document(
        path,
        "\n".join(paragraphs),
        guessed=_guesses(reader),
        notices=notices,
        running=running,
        pages=tuple(changes),
    )


def _opened(path: Path, data: bytes) -> "PdfReader":
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    if b"%PDF-" not in data[:1024]:
        raise InputError(f"{path}: is not a PDF file; fetch it again")
    if b"%%EOF" not in data.rstrip(b"\0 \t\r\n")[-_END_WITHIN:]:
        raise InputError(f"{path}: is cut short; fetch it again")
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
    except DependencyError:
        locked = True
    except (PyPdfError, *_DAMAGES) as error:
        raise InputError(f"{path}: is damaged, its pages are not found; fetch it again") from error
    if locked:
        raise InputError(f"{path}: is encrypted; save it without a password")
    if not pages or pages > _MOST_PAGES:
        what = (
            f"{counted(pages, 'page')}, {_MOST_PAGES} at most; split it"
            if pages
            else "holds no pages; fetch it again"
        )
        raise InputError(f"{path}: {what}")
    return reader


# What pypdf lets through when a file is not what its own tables say.
_DAMAGES = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError, RecursionError,
    TypeError, ValueError, MemoryError,
)  # fmt: skip


def _lines(path: Path, reader: "PdfReader", number: int, work: "_Work") -> tuple[list[Line], int, int, int]:
    from pypdf.errors import PyPdfError

    try:
        return _lines_of(reader.pages[number], work)
    except (PyPdfError, *_DAMAGES) as error:
        raise InputError(f"{path}: page {number + 1} is damaged; fetch the file again") from error


def _lines_of(page: "PageObject", work: "_Work") -> tuple[list[Line], int, int, int]:
    """The lines of a page, how many signs that nobody sees were taken out, letters not known, and marks of notes."""
    parts: list[Line] = []
    removed = missing = notes = 0
    runs = _runs(page, work)
    letters = sum(len(text) for text, *_ in runs)
    sparse = sum(len(_UNKNOWN.findall(text)) for text, *_ in runs) < _HOLES * letters
    for line in _broken(runs):
        shown = [run for run in line if run[0].strip()]
        text, marks = _written(line, shown)
        notes += marks
        if sparse:
            text, count = _UNKNOWN.subn("\ufffd", text)
            missing += count
        text, unseen = seen(text.replace("\u00ad", "\ue0ad"))
        removed += unseen
        text = " ".join(text.translate(_LIGATURES).replace("\ue0ad", "\u00ad").split())
        if not text:
            continue
        x = shown[0][1]
        _, _, y, size = max(shown, key=lambda run: len(run[0]))
        parts.append(Line(text, x, y, size))
    lines: list[Line] = []
    for part in in_columns(parts):
        if lines and beside(lines[-1], part):
            last = lines.pop()
            above = _is_raised(part.y, part.size, last.y, last.size)
            behind = raised(last.text, part.text) if above else f" {part.text}"
            notes += behind is None
            lines.append(Line(f"{last.text}{behind or ''}", last.x, last.y, max(last.size, part.size)))
        else:
            lines.append(part)
    return lines, removed, missing, notes


def _written(line: "list[Run]", shown: "list[Run]") -> tuple[str, int]:
    """The text of a line, with what is raised above it as :func:`raised` writes it, and how many marks of notes it had."""
    base = max(shown, key=lambda run: len(run[0]), default=("", 0.0, 0.0, 0.0))
    text, notes = "", 0
    for run in line:
        mark = run[0].strip() and _is_raised(run[2], run[3], base[2], base[3])
        written = raised(text, run[0]) if mark else run[0]
        notes += written is None
        text += written or ""
    return text, notes


def _is_raised(y: float, size: float, line: float, letters: float) -> bool:
    """Whether smaller letters stand above the line of others, and not a whole line above it."""
    return size < _SMALLER * letters and _RAISED * letters < y - line < letters


Run = tuple[str, float, float, float]


def _broken(runs: list[Run]) -> Iterator[list[Run]]:
    """Put runs of letters into lines, at the breaks that pypdf sees, and at the gaps between columns."""
    line: list[Run] = []
    for text, x, y, size in runs:
        first, *others = text.split("\n")
        raises = bool(line) and _is_raised(y, size, *line[-1][2:])
        if line and first.strip() and not raises and _elsewhere(line[-1], x, first):
            yield line
            line = []
        line.append((first, x, y, size))
        for other in others:
            yield line
            line = [(other, x, y, size)]
    yield line


def _elsewhere(run: Run, x: float, text: str) -> bool:
    """Whether a text begins farther behind a run of letters than a space is wide, or, written from the left, before it."""
    before, begin, _, size = run
    back = x < begin - size and unicodedata.bidirectional(text.strip()[0]) not in ("R", "AL")
    return bool(before.strip()) and (back or x - begin > (_WIDTH * len(before.strip()) + 1) * size)


@dataclass
class _Work:
    """What may be done for a file yet: pages can share what they show, and pictures can show each other many times."""

    path: Path
    read: int  # bytes of what pages show, unpacked
    steps: int

    def spend(self, *, read: int = 0, steps: int = 0) -> None:
        """Take that much away.

        Raises
        ------
        InputError
            If it is more than there is.

        """
        self.read -= read
        self.steps -= steps
        if min(self.read, self.steps) < 0:
            raise InputError(
                f"{self.path}: its pages show the same over and over, far more than a file of its size does; "
                "it is not read, save its text as .txt"
            )


def _work_for(path: Path, size: int) -> _Work:
    """A page takes some 10 bytes to show a letter, and packs to a tenth of them."""
    return _Work(path, read=_ROOM + _UNPACKED * size, steps=_ROOM // 10 + _STEPS * size)


_ROOM, _UNPACKED, _STEPS = 4 * 2**20, 20, 4


def _look_through(reader: "PdfReader", work: _Work) -> None:
    """Take away what all pages show, before any is read, which takes far longer."""
    from pypdf.errors import PyPdfError

    for page in reader.pages:
        try:
            shown = page.get_contents()
            size = len(shown.get_data()) if shown is not None else 0
        except (PyPdfError, *_DAMAGES):
            continue  # reading it will say so
        work.spend(read=size)


def _runs(page: "PageObject", work: _Work) -> list[Run]:
    """The runs of letters of a page, each with the place where it begins and the height of its letters, in points."""
    runs: list[Run] = []

    def take(text: str, outer: list[float], inner: list[float], _: Any, size: float) -> None:
        if text:
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            along = inner[0] * outer[0] + inner[1] * outer[2], inner[0] * outer[1] + inner[1] * outer[3]
            if abs(along[1]) > abs(along[0]):  # set from bottom to top, or from top to bottom
                x, y = (y, -x) if along[1] > 0 else (-y, x)
            elif along[0] < 0:  # upside down
                x, y = -x, -y
            up = inner[2] * outer[0] + inner[3] * outer[2], inner[2] * outer[1] + inner[3] * outer[3]
            scale = max(map(abs, up)) or 1.0
            runs.append((text, x, y, abs(size) * scale))

    # a step that raises within a picture ends that picture only, so the steps are counted to the end
    page.extract_text(visitor_text=take, visitor_operand_before=lambda *_: work.spend(steps=1))
    work.spend()
    return runs


def _guesses(reader: "PdfReader") -> dict[str, str]:
    from pypdf.errors import PyPdfError

    try:
        properties = reader.metadata
        title, author = (properties.title, properties.author) if properties else (None, None)
    except (PyPdfError, *_DAMAGES):  # the pages are there all the same
        return {}
    return facts(title=None if title and _NO_TITLE.fullmatch(title.strip()) else title, author=author)


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
