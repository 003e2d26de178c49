"""A project's tasks with their annotations, as Label Studio exports them."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from annotate.errors import ServerError
from annotate.studio.client import Connection
from annotate.studio.projects import list_tasks

Progress = Callable[[int, int], None]

# Label Studio refuses more than 995 ids in one address, and web servers before it do at 8 KB
_PAGE_IDS = 250
_EXPORT_SECONDS = 600.0


def export_tasks(
    connection: Connection, project_id: int, on_progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Export every task, annotated or not, by number, in pages of ids.

    One call for a large project takes minutes and much of the server's memory. It is also the only
    listing that says who annotated.

    Raises
    ------
    ServerError
        If not just the tasks that were listed come.

    """
    ids = sorted(task["id"] for task in list_tasks(connection, project_id))
    tasks: list[dict[str, Any]] = []
    for first in range(0, len(ids), _PAGE_IDS):
        tasks += connection.get(
            f"api/projects/{project_id}/export",
            "exporting the tasks",
            timeout=_EXPORT_SECONDS,
            exportType="JSON",
            download_all_tasks="true",
            download_resources="false",
            **{"ids[]": ids[first : first + _PAGE_IDS]},
        )
        if on_progress is not None:
            on_progress(len(tasks), len(ids))
    if Counter(task["id"] for task in tasks) != Counter(ids):
        raise ServerError(
            f"project {project_id}: {len(tasks)} of {len(ids)} tasks were exported; "
            "somebody deletes tasks, try again"
        )
    return sorted(tasks, key=lambda task: int(task["id"]))
