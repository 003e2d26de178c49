"""Word documents: paragraphs and tables in the order in which they stand."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.corpus.readers.archive import check_archive
from annotate.corpus.readers.document import Document, facts, raised, seen, unseen_notice
from annotate.errors import InputError, counted

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_TEXTS = {f"{_W}sym": "\ufffd", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}
# Deleted text under tracked changes, where text was moved from, fields' codes, how signs are spoken, and the second copy
# of a text box.
_NOT_SHOWN = {
    f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr", f"{_W}rt",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip
_TEMPLATES = ("python-docx", "Word Document")  # authors and titles that nobody wrote
# What python-docx lets through when a part of the archive is not what its name says.
_DAMAGES = (
    zipfile.BadZipFile, zlib.error, AttributeError, EOFError, LookupError, OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
_NOTES = ("/footnotes", "/endnotes")
_AROUND = ("/header", "/footer")


def read_word(path: Path) -> Document:
    """Read a ``.docx`` file: one paragraph a line, one table row a line, footnotes at the end.

    Tracked changes are read as accepted. Hidden and struck text, headers and footers, and the marks of notes are left out, and counted; so are signs of a
    font of symbols, for which � stands. Formulas are read in the order of their signs.

    Title and author of its properties count as guesses. The dates there say when the file was made
    or kept, not when the text was published: they are not used.

    Raises
    ------
    InputError
        If it is not a Word file, is cut short, or would unpack to more than a document.

    """
    check_archive(path, ".docx")
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    left = _LeftOut()
    try:
        file = docx.Document(str(path))
        text, removed = seen("\n".join(_lines(file, left)))
        properties = file.core_properties
        guessed = facts(title=_written(properties.title), author=_written(properties.author))
    except (PackageNotFoundError, XMLSyntaxError, *_DAMAGES) as error:
        raise InputError(f"{path}: is not a Word document, or is damaged; save or fetch it again") from error
    notices = unseen_notice(path, removed)
    if left.hidden:
        notices += (f"{path}: left out: {counted(left.hidden, 'letter')} of hidden or struck text",)
    if left.around:
        notices += (f"{path}: left out: {counted(left.around, 'letter')} of headers and footers",)
    if left.notes:
        notices += (f"{path}: left out: {counted(left.notes, 'mark')} of notes",)
    if left.signs:
        notices += (f"{path}: {counted(left.signs, 'sign')} of a font of symbols, shown as \ufffd",)
    return Document(path, text, guessed=guessed, notices=notices)


@dataclass
class _LeftOut:
    """What is not read, counted: letters of hidden or struck text, and of headers and footers; marks of notes; signs that only their font knows."""

    hidden: int = 0
    around: int = 0
    notes: int = 0
    signs: int = 0


def _written(value: str) -> str | None:
    return None if value.strip() in _TEMPLATES else value


def _lines(file: "WordFile", left: _LeftOut) -> Iterator[str]:
    yield from _blocks(file.element.body, left)
    for relation in file.part.rels.values():
        if relation.reltype.endswith(_NOTES) and not relation.is_external:
            from docx.oxml import parse_xml

            for note in parse_xml(relation.target_part.blob):
                if note.get(f"{_W}type") is None:  # the others are the rules between text and notes
                    yield from _blocks(note, left)
        elif relation.reltype.endswith(_AROUND) and not relation.is_external:
            from docx.oxml import parse_xml

            texts = parse_xml(relation.target_part.blob).iter(f"{_W}t")
            left.around += sum(sign.isalnum() for text in texts for sign in text.text or "")


def _blocks(parent: "_Element", left: _LeftOut) -> Iterator[str]:
    """The lines of what holds paragraphs and tables: a body, a cell, a text box, a content control."""
    joined: list[_Element] = []  # paragraphs whose mark is deleted go on in the next
    for child in parent:
        if child.tag == f"{_W}p":
            joined.append(child)
            if not _goes_on(child):
                yield from _paragraph(joined, left)
                joined = []
            continue
        if child.tag in _NOT_SHOWN or not len(child):
            continue
        if joined:
            yield from _paragraph(joined, left)
            joined = []
        yield from _table(child, left) if child.tag == f"{_W}tbl" else _blocks(child, left)
    if joined:
        yield from _paragraph(joined, left)


def _goes_on(paragraph: "_Element") -> bool:
    """Whether the end of a paragraph is deleted, or was moved away, under tracked changes."""
    mark = paragraph.find(f"{_W}pPr/{_W}rPr")
    return mark is not None and any(mark.find(f"{_W}{name}") is not None for name in ("del", "moveFrom"))


def _paragraph(parts: "Sequence[_Element]", left: _LeftOut) -> Iterator[str]:
    boxes: list[_Element] = []
    text = ""
    for part in parts:
        for piece, mark in _texts(part, boxes, left):
            written = raised(text, piece) if mark else piece
            left.notes += written is None
            text += written or ""
    for line in text.split("\n"):
        if bare := " ".join(line.split()):
            yield bare
    for box in boxes:
        yield from _blocks(box, left)


def _texts(element: "_Element", boxes: "list[_Element]", left: _LeftOut) -> Iterator[tuple[str, bool]]:
    """The pieces of text in a paragraph, each with whether it is raised above its line."""
    for child in element:
        if child.tag == f"{_W}r" and any(_has(child, name) for name in ("vanish", "strike", "dstrike")):
            left.hidden += sum(len((text.text or "").strip()) for text in child.iter(f"{_W}t"))
        elif child.tag in (f"{_W}t", _MATH):
            yield child.text or "", _is_raised(element)
        elif child.tag in _TEXTS:
            left.signs += child.tag == f"{_W}sym"
            yield _TEXTS[child.tag], False
        elif child.tag == f"{_W}txbxContent":
            boxes.append(child)
        elif child.tag not in _NOT_SHOWN:
            yield from _texts(child, boxes, left)


def _has(run: "_Element", name: str) -> bool:
    """Whether a property of a run is on."""
    found = run.find(f"{_W}rPr/{_W}{name}")
    return found is not None and found.get(f"{_W}val") not in {"0", "false", "off"}


def _is_raised(run: "_Element") -> bool:
    found = run.find(f"{_W}rPr/{_W}vertAlign")
    return found is not None and found.get(f"{_W}val") == "superscript"


def _table(table: "_Element", left: _LeftOut) -> Iterator[str]:
    """One row a line; a table of one column is there for its looks, and gives its paragraphs."""
    rows = [[list(_blocks(cell, left)) for cell in _within(row, "tc")] for row in _within(table, "tr")]
    if all(len(row) <= 1 for row in rows):
        for row in rows:
            for cell in row:
                yield from cell
        return
    for row in rows:
        if line := " | ".join(" ".join(cell) for cell in row if cell):
            yield line


def _within(element: "_Element", name: str) -> "Iterator[_Element]":
    """The rows of a table or the cells of a row, also where a content control holds them."""
    for child in element:
        if child.tag == _W + name:
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"}:
            yield from _within(child, name)
