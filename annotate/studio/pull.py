"""Pull the tasks and annotations of a project into a snapshot."""

import itertools
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotate.coordination.assignment import annotator_key
from annotate.coordination.assignment.plan import renamed
from annotate.errors import InputError, ServerError
from annotate.studio.accounts import people
from annotate.studio.client import Connection
from annotate.studio.lock import exclusive, lock_place
from annotate.studio.projects import Progress, Project, export_tasks, find_project, read_project
from annotate.study.annotations import annotator_id
from annotate.study.snapshot import write_snapshot

_LOCK_SECONDS = 120.0


def pull(
    project: str | int,
    *,
    output: Path,
    connection: Connection,
    emails: bool = False,
    on_progress: Progress | None = None,
) -> Path:
    """Pull a project into a new snapshot folder below ``output``.

    Every task comes, annotated or not. Annotators stay numbers: drafts, which carry e-mail addresses
    and are nobody's judgement yet, are left out and counted in the manifest.

    Parameters
    ----------
    project
        Title or number.
    output
        The folder of snapshots.
    connection
        The server.
    emails
        Write the annotators' addresses into the manifest, beside their numbers.
    on_progress
        Called with how many tasks have come, and how many there are.

    Returns
    -------
    Path
        The snapshot folder, named after the project and the time (UTC).

    Raises
    ------
    InputError
        If the folder cannot be written to.
    ServerError
        If there is no such project, the server refuses, or the project changes meanwhile.

    """
    _check_folder(output)
    home = find_project(connection, project)
    began = datetime.now(UTC)
    exported = export_tasks(connection, home.id, on_progress)
    after = read_project(connection, home.id)
    if after.config != home.config or after.tasks != len(exported):
        raise ServerError(
            f"project {home.title!r}: its tasks or its label config changed while it was pulled; pull again"
        )
    drafts = sum(len(task.get("drafts") or []) for task in exported)
    # a pseudonym made of an address could be guessed at, and would stand beside its owner's work
    numbers = {annotator_key(email): annotator_id(number) for number, email in people(connection).items()}
    tasks = [_pseudonymous(task, numbers) for task in exported]
    meta = {
        "pulled_at": began.isoformat(timespec="seconds"),
        "server": {"url": connection.url, "label_studio": connection.version},
        "project": {"id": home.id, "title": home.title, "overlap": home.overlap},
        "annotators": _annotators(connection, tasks, emails=emails),
        "drafts_left_out": drafts,
    }
    with exclusive(
        lock_place("pull", str(output.absolute())),
        wait=_LOCK_SECONDS,
        busy=f"{output}: another pull still writes there; pull again",
    ):
        return write_snapshot(output, _free_name(output, home, began), tasks, home.config, meta)


def _check_folder(output: Path) -> None:
    """Check that a snapshot can be written there, because a large project takes minutes to export."""
    there = next(place for place in (output.absolute(), *output.absolute().parents) if place.exists())
    if not there.is_dir():
        raise InputError(f"{there}: is a file, snapshots need a folder; say another with --output")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(f"{there}: cannot be written to; say another folder with --output")


def _free_name(output: Path, project: Project, moment: datetime) -> str:
    """Find a free name for the folder; it gets a number if another pull began in the same second."""
    name = _folder_name(project, moment)
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain([name], numbered) if not (output / one).exists())


def _pseudonymous(task: Mapping[str, Any], numbers: Mapping[str, str]) -> dict[str, Any]:
    """Remove drafts and names of persons from a task; numbers of accounts stay."""
    annotations = [
        {key: _number(value) if key in _PERSONS else value for key, value in one.items() if key not in _NAMES}
        for one in task["annotations"]
    ]
    return {
        **{key: value for key, value in task.items() if key not in _NAMES},
        "data": renamed(task["data"], numbers),
        "annotations": annotations,
        "drafts": [],
        "comment_authors": [_number(value) for value in task.get("comment_authors") or []],
    }


_PERSONS = frozenset({"completed_by", "updated_by", "last_created_by"})
_NAMES = frozenset({"created_username"})


def _number(person: Any) -> Any:
    return person.get("id") if isinstance(person, Mapping) else person


def _annotators(
    connection: Connection, tasks: Sequence[Mapping[str, Any]], *, emails: bool
) -> list[dict[str, object]]:
    """Who annotated how much, by number."""
    made: Counter[int] = Counter()
    skipped: Counter[int] = Counter()
    for task in tasks:
        for annotation in task["annotations"]:
            (skipped if annotation["was_cancelled"] else made)[annotation["completed_by"]] += 1
    addresses = people(connection) if emails else {}
    return [
        {"id": person, "annotations": made[person], "skipped": skipped[person]}
        | ({"email": addresses.get(person)} if emails else {})
        for person in sorted(made.keys() | skipped.keys(), key=str)
    ]


def _folder_name(project: Project, moment: datetime) -> str:
    plain = unicodedata.normalize("NFKD", project.title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or f"project-{project.id}"
    return f"{slug}-{moment:%Y-%m-%dT%H%M%SZ}"
