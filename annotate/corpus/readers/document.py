"""A document as it was read."""

import bisect
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from annotate.errors import InputError
from annotate.files import read_bytes


def host_of(url: str | None) -> str | None:
    """Name the host of an address, without ``www.``."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


FACTS = ("source", "title", "author", "published", "url")
TAKEN = frozenset(
    {
        *("passage_id", "guessed", "text", "before", "after", "start", "end", "kind", "page"),
        *("document_sha256", "config_sha256"),
    }
)
"""What tasks hold besides the facts of a manifest."""
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# What is never seen, and would only keep equal words from being found equal.
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\ufeff]")
_HALVES = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Document:
    r"""A document as it was read.

    ``text`` is canonical: every offset refers to it, in Unicode code points, with ``\\n`` for line ends.
    ``said`` holds the facts that a table states, ``guessed`` those that the file's metadata suggest;
    both by the names in ``FACTS``. ``pieces`` are the passages, where they came ready, and ``further`` what else was said
    of each. ``label`` is the
    document's id, where the file says it or holds several documents. ``headings`` are the lines that the
    file itself marks as such. ``running`` counts the running heads, feet and page numbers that are left out, ``around`` the
    letters and digits of a web page that are not part of its article. ``pages`` says where in the text each page of a PDF
    file begins: (offset, number). ``links`` are those of a web page: the words that lead on, and the address.
    """

    path: Path
    text: str
    said: Mapping[str, str] = field(default_factory=dict)
    guessed: Mapping[str, str] = field(default_factory=dict)
    pieces: tuple[tuple[int, int], ...] | None = None
    further: tuple[Mapping[str, str], ...] = ()
    label: str | None = None
    notices: tuple[str, ...] = ()
    running: int = 0
    around: int = 0
    pages: tuple[tuple[int, int], ...] = ()
    headings: frozenset[str] = frozenset()
    links: tuple[tuple[str, str], ...] = ()
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        if not any(sign.isprintable() and not sign.isspace() for sign in self.text):
            raise InputError(f"{self.path}: the document is empty; leave it out or put its text in")
        object.__setattr__(self, "sha256", hashlib.sha256(self.text.encode()).hexdigest())

    def page_of(self, offset: int) -> int | None:
        """The page of the file on which a place of the text stands, if the file has pages."""
        place = bisect.bisect_right(self.pages, offset, key=lambda each: each[0])
        return self.pages[max(0, place - 1)][1] if self.pages else None


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


def read_within(path: Path, largest: int, kind: str) -> bytes:
    """Read a file whole, if it is no larger than ``largest`` bytes.

    Raises
    ------
    InputError
        If it is larger, missing or unreadable.

    """
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        size = 0  # reading it will say what is wrong
    if size > largest:
        msg = f"{path}: {size / 2**20:.0f} MB of {kind}, {largest // 2**20} at most; split it, or save its text as .txt"
        raise InputError(msg)
    data = read_bytes(path)
    if not data.strip(b"\0 \t\r\n"):
        raise InputError(f"{path}: the file is empty; leave it out or fetch it again")
    return data


_POWER = re.compile(r"(?:^|[^\w.,])(?:10|2)\s?$")
_SQUARED = re.compile(r"(?:^|[\s\d/(])(?:m|km|cm|mm|dm|mi|ft|yd|in)$")
_EXPONENT = re.compile(r"[+−–-]?\d{1,3}")  # noqa: RUF001 - a minus and a dash
_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[*†‡§¶]+)[\])]?(?:[,;\s–-]+[\[(]?\d{1,3}[\])]?)*[.,]?")  # noqa: RUF001 - a dash


def raised(before: str, mark: str, *, linked: bool = False) -> str | None:
    """Write what is raised above its line: ``10^6``, ``km²``, ``1st``; None where it is the mark of a note.

    Parameters
    ----------
    before
        The text of the line up to it.
    mark
        The raised letters.
    linked
        Whether they lead to another place, as the marks of notes do.

    """
    bare = mark.strip()
    if not linked and _EXPONENT.fullmatch(bare):
        if _POWER.search(before):
            return "^" + bare.replace("−", "-").replace("–", "-")  # noqa: RUF001 - a minus and a dash
        if bare in {"2", "3"} and _SQUARED.search(before):
            return "²" if bare == "2" else "³"
    if _NOTE.fullmatch(bare) and (linked or not bare.isalpha()):
        return None
    return mark
