"""Plain text and Markdown, as they stand."""

import re
from pathlib import Path

from annotate.corpus.readers.document import Document, facts
from annotate.corpus.readers.encoding import decode
from annotate.errors import InputError
from annotate.files import read_bytes

_MARKDOWN_TITLE = re.compile(r"^#[ \t]+(\S.*)$", re.MULTILINE)
_CLOSING = re.compile(
    r"(?<![ \t])[ \t]+#*$"
)  # of a heading such as "# Title ##"; in "# C#" the sign belongs to it


def read_plain(path: Path) -> Document:
    """Read a ``.txt`` file; only line ends are made alike.

    Raises
    ------
    InputError
        If it is missing, empty, no text, or holds a NUL.

    """
    text, notices = decode(read_bytes(path), path)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise InputError(f"{path}: holds a NUL character at offset {text.index(chr(0))}; it is no text file")
    return Document(path, text, notices=notices)


def read_markdown(path: Path) -> Document:
    """Read a ``.md`` file as it stands; its first heading of the first level is its title."""
    document = read_plain(path)
    heading = _MARKDOWN_TITLE.search(document.text)
    title = _CLOSING.sub("", heading.group(1)) if heading else None
    return Document(path, document.text, guessed=facts(title=title), notices=document.notices)
