"""A design within the tasks themselves, for annotators under pseudonyms; and what is free again when somebody leaves.

============= ===========================================================================
data          meaning
============= ===========================================================================
``assigned``  who has the passage, as pseudonyms between bars: ``|ann-1b2c3d4e|ann-5f60718a|``
``queue``     its place in the common order: the round, a hyphen, six digits: ``1-000042``
``repeat_of`` only where a passage comes again: the ``passage_id`` of the first time
``round``     only there: 2
============= ===========================================================================

A repeat is a task of its own, for Label Studio takes one annotation from an annotator a task. Its
``passage_id`` is the first one with ``-round2`` at the end.
"""

import csv
import hashlib
import hmac
import io
import os
import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from annotate.coordination.assignment._design import COLUMNS, FIRST, SECOND
from annotate.corpus.tasks import Task
from annotate.errors import InputError
from annotate.files import read_text
from annotate.study.people import annotator_id

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


ASSIGNED, QUEUE, REPEAT_OF, ROUND = "assigned", "queue", "repeat_of", "round"
_WHICH = [COLUMNS[0], COLUMNS[3]]
_PLACE = re.compile(r"[12]-(\d{6,})")
_KEY = re.compile(r"[^\s|]+")


def is_repeat(data: Mapping[str, Any]) -> bool:
    """Whether a task brings a passage for the second time."""
    return bool(data.get(REPEAT_OF))


def passage_of(data: Mapping[str, Any]) -> str:
    """The passage that a task brings, for the first time or again."""
    return str(data.get(REPEAT_OF) or data.get("passage_id"))


def people_of(data: Mapping[str, Any]) -> list[str]:
    """Read to whom a passage is assigned, by their keys; an empty list if to nobody.

    Raises
    ------
    InputError
        If ``assigned`` is not as :func:`write_plan` writes it.

    """
    assigned = data.get(ASSIGNED)
    if assigned is None:
        return []
    keys = assigned.strip("|").split("|") if isinstance(assigned, str) else [""]
    if len(set(keys)) < len(keys) or not all(_KEY.fullmatch(key) for key in keys):
        raise InputError(
            f"passage {passage_of(data)}: assigned {assigned!r} is not what annotate assign writes; take it out"
        )
    return keys


def items_of(tasks: Iterable[Task]) -> pd.DataFrame:
    """The passages of tasks, each once, as :func:`annotate.coordination.assignment.design` takes them."""
    rows = [(one["data"]["passage_id"], one["data"]["source"]) for one in tasks if not is_repeat(one["data"])]
    return pd.DataFrame(rows, columns=["item", "source"])


def read_plan(data: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Read the design from the data of tasks; tasks that are not assigned are left out.

    Returns
    -------
    DataFrame
        ``item``, ``source``, ``annotator``, ``round``, ``queue``: what ``done`` of the next design takes.

    Raises
    ------
    InputError
        If ``assigned`` is not as :func:`write_plan` writes it.

    """
    rows: list[tuple[str, str, str, int, int]] = []
    for one in data:
        item, keys = passage_of(one), people_of(one)
        place = _PLACE.fullmatch(str(one.get(QUEUE)))
        number = SECOND if is_repeat(one) else FIRST
        source = str(one.get("source") or "")
        rows += [(item, source, key, number, int(place[1]) if place else 0) for key in keys]
    plan = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    return plan.astype({"round": "int64", "queue": "int64"})


def joined_plan(here: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """Join two designs of one study; where both have a passage in a round, ``there`` goes first."""
    known = set(there[_WHICH].itertuples(index=False, name=None))
    new = [row not in known for row in here[_WHICH].itertuples(index=False, name=None)]
    return pd.concat([there, here.loc[new]], ignore_index=True) if any(new) else there


def write_plan(tasks: Sequence[Task], plan: pd.DataFrame) -> list[Task]:
    """Write a design into tasks, and add the tasks of second rounds that are missing at the end.

    The tasks keep their order and everything else. Rows of the design for passages that are not among
    the tasks are passed over.
    """
    blocks: dict[tuple[str, int], list[str]] = {}
    places: dict[tuple[str, int], int] = {}
    for row in plan.itertuples():
        which = (str(row.item), int(str(row.round)))
        blocks.setdefault(which, []).append(str(row.annotator))
        places[which] = int(str(row.queue))
    placed = {
        (item, number): {ASSIGNED: assigned_text(keys), QUEUE: f"{number}-{places[item, number]:06}"}
        for (item, number), keys in blocks.items()
    }
    written: list[Task] = []
    for task in tasks:
        data = task["data"]
        which = (data[REPEAT_OF], SECOND) if is_repeat(data) else (data["passage_id"], FIRST)
        written.append({**task, "data": {**data, **placed.get(which, {})}})
    there = {task["data"]["passage_id"] for task in written}
    first = {task["data"]["passage_id"]: task for task in written if not is_repeat(task["data"])}
    for (item, number), said in placed.items():
        identity = f"{item}-round{number}"
        if number == SECOND and item in first and identity not in there:
            again = {"passage_id": identity, **said, REPEAT_OF: item, ROUND: number}
            written.append({"data": {**first[item]["data"], **again}})
    return written


def renamed(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Replace the names of those to whom a task is assigned; a name that is not in ``names`` stays."""
    if not isinstance(data.get(ASSIGNED), str):
        return dict(data)
    keys = data[ASSIGNED].strip("|").split("|")
    return {**data, ASSIGNED: assigned_text(names.get(key, key) for key in keys)}


def assigned_text(keys: Iterable[str]) -> str:
    """Write to whom a passage is assigned. Bars around each name keep a filter from finding a name within another."""
    return "|" + "|".join(sorted(keys)) + "|"


_WHO = ["item", "round", "annotator"]

Work = Collection[tuple[str, int, str]]
"""Passage, round and annotator."""


def work_in(tasks: Iterable[Mapping[str, Any]], addresses: Mapping[int, str], salt: str) -> Work:
    """Find who has annotated what; a passage that was only skipped is not done.

    Parameters
    ----------
    tasks
        Exported, with annotations.
    addresses
        The accounts: e-mail address by number.
    salt
        Of the study.

    """
    keys = {annotator_id(number): annotator_key(email, salt) for number, email in addresses.items()}
    return {
        (passage_of(task["data"]), SECOND if is_repeat(task["data"]) else FIRST, keys[who])
        for task in tasks
        for one in task["annotations"]
        if (who := annotator_id(one.get("completed_by"))) in keys and not one.get("was_cancelled")
    }


def release(
    done: pd.DataFrame, items: Collection[str], stay: Collection[str], work: Work
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take what is not done from annotators who are not among those who ``stay``.

    Parameters
    ----------
    done
        The design so far, as :func:`annotate.coordination.assignment.read_plan` gives it.
    items
        The passages that can be given to others; those of other passages stay where they are.
    stay
        The annotators of the next design.
    work
        Who has done what. What somebody has done is never taken from them.

    Returns
    -------
    (kept, taken)
        The two parts of ``done``. A second time stays with those who leave where nobody else has it: only
        somebody who has coded a passage can code it again.

    """
    which = pd.MultiIndex.from_frame(done[_WHO])
    free = ~done["annotator"].isin(list(stay)) & done["item"].isin(list(items)) & ~which.isin(list(work))
    left = (~free).groupby([done["item"], done["round"]]).transform("sum")
    free &= (done["round"] == FIRST) | (left > 0)
    return done.loc[~free].reset_index(drop=True), done.loc[free].reset_index(drop=True)
