"""A project's tasks with their annotations, as Label Studio exports them."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from annotate.errors import ServerError
from annotate.studio.client import Connection
from annotate.studio.projects import list_tasks

Progress = Callable[[int, int], None]

# Label Studio refuses more than 995 ids in one address, and web servers before it do at 8 KB
_PAGE_IDS = 250
_EXPORT_SECONDS = 600.0
_TRIES, _PAUSE = 6, 1.1  # seconds


def export_tasks(
    connection: Connection,
    project_id: int,
    on_progress: Progress | None = None,
    *,
    only: Iterable[int] | None = None,
) -> list[dict[str, Any]]:
    """Export every task, annotated or not, by number, in pages of ids; or ``only`` those of these ids.

    One call for a large project takes minutes and much of the server's memory. It is also the only
    listing that says who annotated.

    Raises
    ------
    ServerError
        If not just the tasks that were listed come.

    """
    ids = sorted(
        set(only) if only is not None else {task["id"] for task in list_tasks(connection, project_id)}
    )
    tasks: list[dict[str, Any]] = []
    for first in range(0, len(ids), _PAGE_IDS):
        tasks += _page(connection, project_id, ids[first : first + _PAGE_IDS])
        if on_progress is not None:
            on_progress(len(tasks), len(ids))
    if Counter(task["id"] for task in tasks) != Counter(ids):
        raise ServerError(
            f"project {project_id}: {len(tasks)} of {len(ids)} tasks were exported; "
            "somebody deletes tasks, try again"
        )
    return sorted(tasks, key=lambda task: int(task["id"]))


def _page(connection: Connection, project_id: int, ids: list[int]) -> list[dict[str, Any]]:
    """Export these tasks.

    Label Studio names an export's file by the second and its content: of two in one second, one may find
    the file of the other gone, and answer nothing.
    """
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE)
        found = connection.get(
            f"api/projects/{project_id}/export",
            "exporting the tasks",
            timeout=_EXPORT_SECONDS,
            exportType="JSON",
            download_all_tasks="true",
            download_resources="false",
            **{"ids[]": ids},
        )
        if isinstance(found, list):
            return found
    raise ServerError(f"project {project_id}: Label Studio answered {_TRIES} exports with nothing; try again")
