"""One annotator's label stream: the next task the server hands out, and the answer to it.

It is the stream that a person works through in the browser. It does not show the work of others, and it gives each
task to as many annotators as the overlap of the project says.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate.errors import ServerError
from annotate.studio.client import Connection
from annotate.studio.refusals import LostReplyError, RefusedError
from annotate.studio.replies import ANNOTATIONS, NUMBERED, SERVED, ServedTask, checked

_NOT_FOUND = 404
_TRIES = 3
_BUSY_SECONDS = 0.5


def label_stream(connection: Connection, project_id: int) -> Iterator[ServedTask]:
    """Yield the tasks the server serves to this account, until it has no more.

    Each must be answered with :func:`submit` or :func:`skip` before the next is asked for.

    Raises
    ------
    ServerError
        If the server refuses, or serves a task again that was not answered.

    """
    last: int | None = None
    while (task := next_task(connection, project_id)) is not None:
        if task["id"] == last:
            raise ServerError(f"{connection.url}: task {last} is served again; submit or skip each task")
        last = task["id"]
        yield task


def next_task(connection: Connection, project_id: int) -> ServedTask | None:
    """The task the server serves to this account now, or None where there is no more for it."""
    try:
        return connection.get(f"api/projects/{project_id}/next", "asking for the next task", SERVED)
    except RefusedError as error:
        if error.status == _NOT_FOUND and "no tasks" in str(error):
            return None
        raise


def submit(
    connection: Connection, task_id: int, result: Sequence[Mapping[str, Any]], lead_time: float
) -> int:
    """Submit an annotation and return its number.

    Parameters
    ----------
    connection
        The annotator's own.
    task_id
        The task served.
    result
        Label Studio's list of regions and choices.
    lead_time
        Seconds spent on it.

    Raises
    ------
    ServerError
        If the server refuses, or stays too busy.

    """
    return _annotate(connection, task_id, {"result": list(result), "lead_time": lead_time})


def skip(connection: Connection, task_id: int, lead_time: float) -> int:
    """Skip a task: the skip is kept, and where nothing is assigned the task goes to somebody else."""
    return _annotate(connection, task_id, {"result": [], "lead_time": lead_time, "was_cancelled": True})


def _annotate(connection: Connection, task_id: int, annotation: Mapping[str, Any]) -> int:
    """Post once; after a broken reply post again only if it did not arrive.

    SQLite lets one writer in at a time, so that a busy server may fail with "database is locked".
    """
    path = f"api/tasks/{task_id}/annotations/"
    for attempt in range(_TRIES):
        try:
            return _post(connection, path, annotation)
        except LostReplyError:
            time.sleep(_BUSY_SECONDS * 2**attempt)
            arrived = _arrived(connection, path, annotation)
            if arrived is not None:
                return arrived
    return _post(connection, path, annotation)


def _post(connection: Connection, path: str, annotation: Mapping[str, Any]) -> int:
    doing = "submitting an annotation"
    reply = connection.ask("POST", path, doing, json=annotation)
    return checked(connection.url, doing, NUMBERED, reply)["id"]


def _arrived(connection: Connection, path: str, annotation: Mapping[str, Any]) -> int | None:
    """Find this annotation among those of the account, and give its number; None if it is not there."""
    for one in connection.get(path, "looking at the annotations of a task", ANNOTATIONS):
        if one["completed_by"] == connection.user_id and annotation.items() <= one.items():
            return one["id"]
    return None
