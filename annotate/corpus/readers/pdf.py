"""PDF files: lines with their places on the page, without what runs at the edges."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate.corpus.readers.document import Document, facts, read_within, seen, unseen_notice
from annotate.corpus.readers.paragraphs import Line, joined
from annotate.errors import InputError

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

LARGEST = 100 * 2**20  # bytes
_MOST_PAGES = 1000  # about 25 ms each
_END_WITHIN = 2048  # bytes before the end of the file, in which a whole PDF says that it ends
_SAME_LINE = 0.4  # of the letters' size: a raised number stands on its line
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
    removed = 0
    pages: list[list[Line]] = []
    for number in range(len(reader.pages)):
        lines, unseen = _lines(path, reader, number)
        pages.append(lines)
        removed += unseen
    notices = unseen_notice(path, removed)
    blank = [str(number) for number, lines in enumerate(pages, start=1) if not lines]
    if len(blank) == len(pages):
        raise InputError(
            f"{path}: holds no text, pictures of it at most (a scan); recognise its text first (OCR)"
        )
    if blank:
        notices += (f"{path}: no text on {len(blank)} of {len(pages)} pages ({', '.join(blank[:10])})",)
    kept, running = without_running(pages)
    text = "\n".join(joined(kept))
    return Document(path, text, guessed=_guesses(reader), notices=notices, running=running)


def _opened(path: Path, data: bytes) -> "PdfReader":
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    if b"%PDF-" not in data[:1024]:
        raise InputError(f"{path}: is no PDF file; fetch it again")
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
            f"{pages} pages, {_MOST_PAGES} at most; split it" if pages else "holds no pages; fetch it again"
        )
        raise InputError(f"{path}: {what}")
    return reader


# What pypdf lets through when a file is not what its own tables say.
_DAMAGES = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError, RecursionError,
    TypeError, ValueError, MemoryError,
)  # fmt: skip


def _lines(path: Path, reader: "PdfReader", number: int) -> tuple[list[Line], int]:
    from pypdf.errors import PyPdfError

    try:
        return _lines_of(reader.pages[number])
    except (PyPdfError, *_DAMAGES) as error:
        raise InputError(f"{path}: page {number + 1} is damaged; fetch the file again") from error


def _lines_of(page: "PageObject") -> tuple[list[Line], int]:
    lines: list[Line] = []
    removed = 0
    for runs in _broken(_runs(page)):
        text, unseen = seen("".join(text for text, *_ in runs).replace("\u00ad", "\ue0ad"))
        removed += unseen
        text = " ".join(text.translate(_LIGATURES).replace("\ue0ad", "\u00ad").split())
        if not text:
            continue
        shown = [run for run in runs if run[0].strip()]
        x = shown[0][1]
        _, _, y, size = max(shown, key=lambda run: len(run[0]))
        if lines and abs(lines[-1].y - y) < _SAME_LINE * size and x > lines[-1].x:
            last = lines.pop()
            lines.append(Line(f"{last.text} {text}", last.x, last.y, max(last.size, size)))
        else:
            lines.append(Line(text, x, y, size))
    return lines, removed


Run = tuple[str, float, float, float]


def _broken(runs: list[Run]) -> Iterator[list[Run]]:
    """Put runs of letters into lines, at the breaks that pypdf sees."""
    line: list[Run] = []
    for text, x, y, size in runs:
        first, *others = text.split("\n")
        line.append((first, x, y, size))
        for other in others:
            yield line
            line = [(other, x, y, size)]
    yield line


def _runs(page: "PageObject") -> list[Run]:
    """The runs of letters of a page, each with the place where it begins and the height of its letters, in points."""
    runs: list[Run] = []

    def take(text: str, outer: list[float], inner: list[float], _: Any, size: float) -> None:
        if text:
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            scale = abs(inner[2] * outer[1] + inner[3] * outer[3]) or 1.0
            runs.append((text, x, y, abs(size) * scale))

    page.extract_text(visitor_text=take)
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
