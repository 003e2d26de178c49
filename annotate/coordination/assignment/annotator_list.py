"""The annotators of a study, from a list of addresses, and the pseudonyms under which tasks name them."""

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from annotate.errors import InputError
from annotate.files import read_text

_ADDRESS = re.compile(r"[^\s@,;|<>\"']+@[^\s@,;|<>\"']+")
_HEADINGS = frozenset({"email", "e-mail", "mail", "address", "name"})
_LONGEST = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


@dataclass(frozen=True)
class Annotator:
    """Somebody who codes. ``name`` is from the list; only the coordinator sees it."""

    email: str = field(repr=False)
    name: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        """The pseudonym; see :func:`annotator_key`."""
        return annotator_key(self.email)


def annotator_key(email: str) -> str:
    """Give the pseudonym of an address. It is the same on every machine, so no list of pseudonyms is kept.

    Tasks end up in exports and archives, so they hold no addresses. A pseudonym is not a secret: anyone who
    guesses an address can check the guess.

    >>> annotator_key("Ada@Example.org") == annotator_key("ada@example.org ")
    True
    """
    return "ann-" + hashlib.sha256(email.strip().lower().encode()).hexdigest()[:8]


def read_annotators(path: Path) -> list[Annotator]:
    """Read a list of annotators: a line each, an address or a name and an address (in any order).

    Comma, semicolon or tab separate the cells. Empty lines, lines that begin with ``#`` and a line of headings
    at the top are left out. Addresses are written in small letters, as the server does it.

    Raises
    ------
    InputError
        If a line has no address, several, or one of an earlier line, with its number; or if the list has no
        address at all.

    """
    text = read_text(path)
    found: dict[str, int] = {}
    annotators: list[Annotator] = []
    for number, line in enumerate(text.split("\n"), start=1):
        cells = _cells(line, f"{path}: line {number}")
        if not cells or (not annotators and {cell.lower() for cell in cells} <= _HEADINGS):
            continue
        one = _annotator(cells, f"{path}: line {number}")
        if one.key in found:
            raise InputError(f"{path}: lines {found[one.key]} and {number} name the same annotator; keep one")
        found[one.key] = number
        annotators.append(one)
    if not annotators:
        raise InputError(f"{path}: names no annotators; write one e-mail address a line")
    return annotators


def _cells(line: str, where: str) -> list[str]:
    if line.lstrip().startswith("#"):
        return []
    separator = max(",;\t", key=re.sub(r'"[^"]*"', "", line).count)
    try:
        rows = list(csv.reader(io.StringIO(line), delimiter=separator, strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise InputError(f"{where}: {error}; write an e-mail address, or name,email") from error
    return [cell.strip() for row in rows for cell in row if cell.strip()]


def _annotator(cells: list[str], where: str) -> Annotator:
    addresses = [cell for cell in cells if _ADDRESS.fullmatch(cell)]
    if not addresses:
        raise InputError(f"{where}: {', '.join(cells)!r} has no e-mail address; write one, or name,email")
    if len(addresses) > 1:
        raise InputError(f"{where}: has {len(addresses)} e-mail addresses; write one annotator a line")
    if len(addresses[0]) > _LONGEST:
        raise InputError(f"{where}: the e-mail address is longer than {_LONGEST} characters; correct it")
    name = " ".join(cell for cell in cells if cell != addresses[0])
    return Annotator(addresses[0].lower(), name)
