"""Word documents: paragraphs and tables in the order in which they stand."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.corpus.readers.document import Document, check_archive, facts, seen, unseen_notice
from annotate.errors import InputError

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXTS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}
# Deleted text under tracked changes, where text was moved from, fields' codes, and the second copy of a text box.
_NOT_SHOWN = {
    f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip
_TEMPLATES = ("python-docx", "Word Document")  # authors and titles that nobody wrote
# What python-docx lets through when a part of the archive is not what its name says.
_DAMAGES = (
    zipfile.BadZipFile, zlib.error, AttributeError, EOFError, LookupError, OSError, RuntimeError, ValueError,
)  # fmt: skip
_NOTES = ("/footnotes", "/endnotes")


def read_word(path: Path) -> Document:
    """Read a ``.docx`` file: one paragraph a line, one table row a line, footnotes at the end.

    Title and author of its properties count as guesses. The dates there say when the file was made
    or kept, not when the text was published: they are not used.

    Raises
    ------
    InputError
        If it is no Word file, is cut short, or would unpack to more than a document.

    """
    check_archive(path, ".docx")
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    try:
        file = docx.Document(str(path))
        text, removed = seen("\n".join(_lines(file)))
        properties = file.core_properties
        guessed = facts(title=_written(properties.title), author=_written(properties.author))
    except (PackageNotFoundError, XMLSyntaxError, *_DAMAGES) as error:
        raise InputError(f"{path}: is no Word document, or is damaged; save or fetch it again") from error
    return Document(path, text, guessed=guessed, notices=unseen_notice(path, removed))


def _written(value: str) -> str | None:
    return None if value.strip() in _TEMPLATES else value


def _lines(file: "WordFile") -> Iterator[str]:
    yield from _blocks(file.element.body)
    for relation in file.part.rels.values():
        if relation.reltype.endswith(_NOTES) and not relation.is_external:
            from docx.oxml import parse_xml

            for note in parse_xml(relation.target_part.blob):
                if note.get(f"{_W}type") is None:  # the others are the rules between text and notes
                    yield from _blocks(note)


def _blocks(parent: "_Element") -> Iterator[str]:
    """The lines of what holds paragraphs and tables: a body, a cell, a text box, a content control."""
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child)
        elif child.tag == f"{_W}tbl":
            yield from _table(child)
        elif child.tag not in _NOT_SHOWN:
            yield from _blocks(child)


def _paragraph(paragraph: "_Element") -> Iterator[str]:
    boxes: list[_Element] = []
    for line in "".join(_texts(paragraph, boxes)).split("\n"):
        if bare := " ".join(line.split()):
            yield bare
    for box in boxes:
        yield from _blocks(box)


def _texts(element: "_Element", boxes: "list[_Element]") -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _TEXTS:
            yield _TEXTS[child.tag]
        elif child.tag == f"{_W}txbxContent":
            boxes.append(child)
        elif child.tag not in _NOT_SHOWN:
            yield from _texts(child, boxes)


def _table(table: "_Element") -> Iterator[str]:
    """One row a line; a table of one column is there for its looks, and gives its paragraphs."""
    rows = [[list(_blocks(cell)) for cell in _within(row, "tc")] for row in _within(table, "tr")]
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
