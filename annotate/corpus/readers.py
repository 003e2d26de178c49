"""Files become documents: the canonical text, its hash, and what is known of it."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from annotate.errors import InputError
from annotate.files import read_text

FORMATS = (".txt", ".md")
_MARKDOWN_TITLE = re.compile(r"^#[ \t]+(\S.*)$", re.MULTILINE)
_CLOSING = re.compile(
    r"(?<![ \t])[ \t]+#*$"
)  # of a heading such as "# Title ##"; in "# C#" the sign belongs to it


@dataclass(frozen=True)
class Document:
    r"""A document as it was read.

    ``text`` is canonical: every offset refers to it, in Unicode code points, with ``\\n`` for line ends.
    """

    path: Path
    text: str
    title: str | None = None
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.text.encode()).hexdigest())


def read_document(path: Path) -> Document:
    """Read a ``.txt`` or ``.md`` file.

    Raises
    ------
    InputError
        If it is missing, empty, of another kind, or not decodable.

    """
    if path.suffix.lower() not in FORMATS and not path.is_dir():
        msg = f"{path}: documents are read from {' and '.join(FORMATS)} files; convert it first"
        raise InputError(msg)
    text = read_text(path)
    if not any(sign.isprintable() and not sign.isspace() for sign in text):
        msg = f"{path}: the document is empty; leave it out or put its text in"
        raise InputError(msg)
    if "\0" in text:
        msg = f"{path}: holds a NUL character at offset {text.index(chr(0))}; it is no text file"
        raise InputError(msg)
    heading = _MARKDOWN_TITLE.search(text) if path.suffix.lower() == ".md" else None
    return Document(path, text, _CLOSING.sub("", heading.group(1)) if heading else None)
