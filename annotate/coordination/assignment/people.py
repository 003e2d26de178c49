"""Who codes: a list of annotators, their pseudonyms, and what a coordinator sends to each."""

import csv
import hashlib
import hmac
import io
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from annotate.errors import InputError
from annotate.files import read_text
from annotate.study.words import visible

_ADDRESS = re.compile(r"[^\s@,;|<>\"']+@[^\s@,;|<>\"']+")
_HEADINGS = frozenset({"email", "e-mail", "mail", "address", "name"})
_SALT = re.compile(r"[0-9a-f]{32,}")
_LONGEST = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


@dataclass(frozen=True)
class Annotator:
    """Somebody who codes. ``name`` is from the list; only the coordinator sees it. ``salt`` is that of the study."""

    email: str = field(repr=False)
    name: str = field(default="", repr=False)
    salt: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        """The pseudonym; see :func:`annotator_key`."""
        return annotator_key(self.email, self.salt)


def annotator_key(email: str, salt: str) -> str:
    """Give the pseudonym of an address in a study.

    Tasks end up in exports and archives, so they hold no addresses. Who does not have the study's salt cannot check
    a guess at an address, nor see that two studies had the same annotator.

    >>> annotator_key("Ada@Example.org", "s") == annotator_key("ada@example.org ", "s")
    True
    >>> annotator_key("ada@example.org", "s") == annotator_key("ada@example.org", "t")
    False
    """
    return "ann-" + hmac.digest(salt.encode(), email.strip().lower().encode(), "sha256").hex()[:8]


def earlier_key(email: str) -> str:
    """The pseudonym that projects had which were assigned before there were salts."""
    return "ann-" + hashlib.sha256(email.strip().lower().encode()).hexdigest()[:8]


def salt_place(people: Path) -> Path:
    """Where the salt of a list of annotators is kept: beside the list."""
    return people.with_name(f"{people.name}.salt")


def salt_of(people: Path) -> str:
    """The salt of the study whose annotators are listed in a file: it stands beside the list, and is made if it lacks.

    It is never written into anything else on this machine, and nobody else may read it (mode 0600).

    Raises
    ------
    InputError
        If it cannot be written or read, or is not a salt.

    """
    place = salt_place(people)
    try:
        handle = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        pass
    except OSError as error:
        raise InputError(
            f"{place}: the salt of the pseudonyms cannot be written ({error.strerror})"
        ) from error
    else:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(16)}\n")
    salt = read_text(place).strip()
    if not _SALT.fullmatch(salt):
        raise InputError(
            f"{place}: is not a salt of pseudonyms; put back the one that annotate assign wrote, or delete it"
        )
    return salt


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
        if one.email in found:
            raise InputError(
                f"{path}: lines {found[one.email]} and {number} name the same annotator; keep one"
            )
        found[one.email] = number
        annotators.append(one)
    if not annotators:
        raise InputError(f"{path}: names no annotators; write one e-mail address a line")
    return annotators


def read_passwords(path: Path) -> dict[str, str]:
    """Read the passwords that ``annotate annotators add -o`` wrote, by address.

    Raises
    ------
    InputError
        If the file is not such a table.

    """
    head, *rows = [row for row in csv.reader(io.StringIO(read_text(path))) if row] or [[]]
    if head != ["email", "password"] or any(len(row) != len(head) for row in rows):
        raise InputError(
            f"{path}: not a table of email and password; give the file of annotate annotators add -o"
        )
    return {email.strip().lower(): password for email, password in rows}


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


def message_for(
    name: str,
    project: str,
    passages: str,
    link: str,
    *,
    email: str = "",
    password: str = "",
    invitation: str = "",
) -> str:
    """What a coordinator sends to an annotator; links and passwords stand alone on a line, to be copied whole.

    >>> print(message_for("Ada", "Harbour", "40 passages", "http://h/1", email="ada@h", password="x"))
    Hello Ada,
    <BLANKLINE>
    You have 40 passages to code in Harbour. This link opens them one after the other; come back to it as often as you like:
    <BLANKLINE>
    http://h/1
    <BLANKLINE>
    Log in with this address:
    <BLANKLINE>
    ada@h
    <BLANKLINE>
    and this password:
    <BLANKLINE>
    x
    """
    parts = [f"Hello {name}," if name else "Hello,"]
    if invitation:
        parts += [
            "First make your account, with the address below and a password of your own, here:",
            invitation,
        ]
    parts += [
        f"You have {passages} to code in {project}. This link opens them one after the other; come back to it as often as you like:",
        link,
    ]
    if email:
        parts += ["Log in with this address:", email]
    if password:
        parts += ["and this password:", password]
    return "\n\n".join(visible(part) for part in parts)


def write_messages(folder: Path, messages: Mapping[str, str]) -> None:
    """Write messages by address into a new folder, a file each, that nobody else can read (mode 0600).

    Raises
    ------
    InputError
        If the folder exists, or cannot be written.

    """
    try:
        folder.mkdir(mode=0o700)
        for email, text in messages.items():
            place = folder / f"{email.replace('/', '-')}.txt"
            with os.fdopen(
                os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8", newline=""
            ) as file:
                file.write(f"{text}\n")
    except FileExistsError as error:
        raise InputError(f"{folder}: exists already, and may hold passwords; name a new folder") from error
    except OSError as error:
        raise InputError(f"{folder}: the messages cannot be written ({error.strerror})") from error
