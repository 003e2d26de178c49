"""A document as it was read: its canonical text, what is said of it, and what was guessed."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from annotate.errors import InputError

FACTS = ("source", "title", "author", "published", "url")
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# What is never seen, and would only keep equal words from being found equal.
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\ufeff]")
_HALVES = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Document:
    r"""A document as it was read.

    ``text`` is canonical: every offset refers to it, in Unicode code points, with ``\\n`` for line ends.
    ``said`` holds the facts that a table states, ``guessed`` those that the file's metadata suggest;
    both by the names in ``FACTS``. ``pieces`` are the passages, where they came ready. ``label`` is the
    document's id, where the file says it or holds several documents. ``headings`` are the lines that the
    file itself marks as such.
    """

    path: Path
    text: str
    said: Mapping[str, str] = field(default_factory=dict)
    guessed: Mapping[str, str] = field(default_factory=dict)
    pieces: tuple[tuple[int, int], ...] | None = None
    label: str | None = None
    notices: tuple[str, ...] = ()
    running: int = 0
    headings: frozenset[str] = frozenset()
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        if not any(sign.isprintable() and not sign.isspace() for sign in self.text):
            raise InputError(f"{self.path}: the document is empty; leave it out or put its text in")
        object.__setattr__(self, "sha256", hashlib.sha256(self.text.encode()).hexdigest())


def seen(text: str) -> tuple[str, int]:
    r"""Drop control characters, soft hyphens and other signs that nobody sees; say how many.

    All line ends become ``\\n``. Half a character (a lone surrogate) becomes U+FFFD.
    """
    text, unseen = _UNSEEN.subn("", _LINE_ENDS.sub("\n", text))
    text, halves = _HALVES.subn("\ufffd", text)
    return text, unseen + halves


def unseen_notice(path: Path, removed: int) -> tuple[str, ...]:
    """Say that signs were dropped, if any were."""
    return (f"{path}: {removed} signs that nobody sees were taken out",) if removed else ()


def facts(**found: str | None) -> dict[str, str]:
    """Keep what was found, on one line each."""
    lines = {name: " ".join(seen(value)[0].split()) for name, value in found.items() if value}
    return {name: value for name, value in lines.items() if value}
