"""How a project stands: all of it at first, and afterwards what has changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from annotate.studio.accounts import people
from annotate.studio.client import Connection
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

# Label Studio dates a change before it writes it, so changes of the last seconds may not have been seen
_SETTLING = timedelta(seconds=10)


@dataclass(frozen=True)
class Look:
    """A project at one time: its tasks as exported, and the accounts' e-mail addresses by number."""

    project: Project
    tasks: Sequence[ExportedTask]
    addresses: Mapping[int, str]
    at: datetime


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
    return Look(home, export_tasks(connection, home.id, on_progress), people(connection), at)


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
    return Look(home, [tasks[number] for number in sorted(tasks)], people(connection), at)


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
