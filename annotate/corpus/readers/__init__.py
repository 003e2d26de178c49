"""Files become documents: the canonical text, its hash, and what is known of it."""

from collections.abc import Callable
from pathlib import Path

from annotate.corpus.folders import is_folder
from annotate.corpus.readers.document import FACTS, Document
from annotate.corpus.readers.html import read_html
from annotate.corpus.readers.pdf import read_pdf
from annotate.corpus.readers.tables import TABLES, TEXT, read_ready
from annotate.corpus.readers.text import read_markdown, read_plain
from annotate.corpus.readers.word import read_word
from annotate.errors import InputError

__all__ = ["FACTS", "FORMATS", "TEXT", "Document", "read_documents"]

_OF_ONE: dict[str, Callable[[Path], Document]] = {
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_word,
    ".txt": read_plain,
    ".md": read_markdown,
}
FORMATS = (*_OF_ONE, *TABLES)


def read_documents(path: Path, *, text_column: str = TEXT) -> list[Document]:
    """Read a file as its ending says; tables of ready passages may hold several documents.

    Parameters
    ----------
    path
        A file with one of the endings in ``FORMATS``.
    text_column
        The column that holds the passages, where the file is a table.

    Raises
    ------
    InputError
        In one line, if the file is missing, empty, damaged, too large, or of another kind.

    """
    kind = path.suffix.lower()
    if is_folder(path):
        raise InputError(f"{path}: is a folder, a file is needed")
    if kind in _OF_ONE:
        return [_OF_ONE[kind](path)]
    if kind in TABLES:
        return read_ready(path, text_column)
    if not path.exists():
        raise InputError(f"{path}: no such file")
    raise InputError(f"{path}: documents are read from {', '.join(FORMATS)} files; convert it first")
