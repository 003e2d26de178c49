"""A project as it stands: how far it is, and its tasks and annotations, brought home as a snapshot."""

import itertools
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from annotate.codebook.read import read_codebook
from annotate.coordination.assignment import annotator_key, earlier_key
from annotate.coordination.assignment.plan import renamed
from annotate.coordination.following import Followed, follow
from annotate.errors import InputError, ServerError
from annotate.studio.accounts import people
from annotate.studio.client import Connection
from annotate.studio.folder import exclusive, lock_place
from annotate.studio.offered import project_salt
from annotate.studio.projects import (
    PAGE,
    Progress,
    Project,
    export_tasks,
    find_project,
    list_tasks,
    read_project,
)
from annotate.studio.replies import TASKS, ExportedTask
from annotate.study.people import annotator_id
from annotate.study.snapshot import write_snapshot
from annotate.study.study import Study, study_of_tasks

# Label Studio dates a change before it writes it, so changes of the last seconds may not have been seen
_SETTLING = timedelta(seconds=10)


@dataclass(frozen=True)
class Look:
    """A project at one time: its tasks as exported, and the accounts' e-mail addresses by number."""

    project: Project
    tasks: Sequence[ExportedTask]
    addresses: Mapping[int, str]
    at: datetime
    salt: str = ""
    """Of the pseudonyms under which passages are assigned."""

    def study(self) -> Study:
        """What is coded so far, as a study.

        Raises
        ------
        ConfigError
            If the project's label config cannot be read.

        """
        return study_of_tasks(self.tasks, read_codebook(self.project.config))

    def tells_the_same_as(self, other: "Look") -> bool:
        """Whether there is nothing new to say, but for the time of day."""
        here, there = ((one.project, one.addresses, one.at.date(), one.tasks) for one in (self, other))
        return here == there

    def followed(self) -> Followed:
        """How far the project is, and what to look at; see :func:`annotate.coordination.following.follow`."""
        home = self.project
        return follow(
            self.tasks,
            overlap=home.overlap,
            config=home.config,
            now=self.at,
            addresses=self.addresses,
            salt=self.salt,
        )


def look(project: str | int, connection: Connection, *, on_progress: Progress | None = None) -> Look:
    """Read all of a project, given by title or number.

    ``on_progress`` is called with how many tasks have come, and how many there are.

    Raises
    ------
    ServerError
        If there is no such project or the server refuses.

    """
    home = find_project(connection, project)
    at = datetime.now(UTC)
    tasks = export_tasks(connection, home.id, on_progress)
    return Look(home, tasks, people(connection), at, project_salt(connection, home.id))


def look_again(before: Look, connection: Connection) -> Look:
    """Read what has changed since: tasks that are new or were worked on, and which are gone.

    Label Studio dates a task anew for every annotation, also a deleted one, but not for a draft: those of
    untouched tasks are seen as they were.

    Raises
    ------
    ServerError
        If the project is gone or the server refuses.

    """
    home = read_project(connection, before.project.id)
    at = datetime.now(UTC)
    changed = _changed(before, connection)
    tasks = {task["id"]: task for task in before.tasks}
    if changed is None or not tasks:
        tasks = {task["id"]: task for task in export_tasks(connection, home.id)}
    else:
        tasks |= {task["id"]: task for task in export_tasks(connection, home.id, only=changed)}
        if len(tasks) != home.tasks:
            there = {task["id"] for task in list_tasks(connection, home.id)}
            tasks = {number: task for number, task in tasks.items() if number in there}
    salt = before.salt or project_salt(connection, home.id)
    return Look(home, [tasks[number] for number in sorted(tasks)], people(connection), at, salt)


def _changed(before: Look, connection: Connection) -> list[int] | None:
    """The tasks dated after the last look; None if they are more than a page."""
    try:
        newest = max(datetime.fromisoformat(task.get("updated_at") or "") for task in before.tasks)
    except (TypeError, ValueError):  # no tasks, or one without a date
        return None
    since = newest - _SETTLING
    after = {
        "filter": "filter:tasks:updated_at",
        "operator": "greater",
        "type": "Datetime",
        "value": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    answer = connection.get(
        "api/tasks/",
        "asking which tasks have changed",
        TASKS,
        project=before.project.id,
        include="id",
        page_size=PAGE,
        fields="task_only",
        query=json.dumps({"filters": {"conjunction": "and", "items": [after]}}),
    )
    return [task["id"] for task in answer["tasks"]] if answer["total"] <= PAGE else None


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
    and are not judgements yet, are left out and counted in the manifest.

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
    # one name for one person: who has no account yet goes by a pseudonym that only the project's salt can explain
    salt = project_salt(connection, home.id)
    numbers = {key: annotator_id(number) for number, email in people(connection).items()
               for key in (annotator_key(email, salt), earlier_key(email))}  # fmt: skip
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
