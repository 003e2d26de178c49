"""Projects found by title or number, and their tasks, listed and exported."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from annotate.errors import ServerError, counted, some
from annotate.studio.client import Connection
from annotate.studio.replies import (
    EXPORT,
    PROJECT,
    PROJECTS,
    TASKS,
    ExportedTask,
    ProjectReply,
    TaskReply,
    UnexpectedReplyError,
)

PAGE = 1000
MADE_BY = "Made by annotate push, request "
"""What the description of a project begins with that a push made. The request is named behind it."""
_NAMED = 10
_LISTINGS = 3


@dataclass(frozen=True)
class Project:
    """A project on a server at the time of the request."""

    id: int
    title: str
    url: str
    config: str
    overlap: int
    tasks: int
    description: str = ""

    @property
    def spare(self) -> bool:
        """Whether a push made it, and nothing is in it: one request that is doubled on its way makes two projects."""
        return not self.tasks and self.description.startswith(MADE_BY)


def find_project(connection: Connection, named: str | int) -> Project:
    """Find a project by its title, exactly, or by its number.

    A title goes before a number. Of several with one title, spare ones are passed over.

    Raises
    ------
    ServerError
        If there is none (with the titles there are), or several have that title (with their numbers).

    """
    projects = all_projects(connection)
    wanted = str(named).strip()
    matching = [p for p in projects if p.title == wanted] or [p for p in projects if str(p.id) == wanted]
    if any(p.spare for p in matching):
        matching = [p for p in matching if not p.spare] or matching[:1]
    if len(matching) > 1:
        numbers = ", ".join(str(p.id) for p in matching)
        raise ServerError(
            f"project {wanted!r}: {counted(len(matching), 'project')} of this title on {connection.url}; "
            f"give the number of one: {numbers}"
        )
    if not matching:
        raise ServerError(
            f"project {wanted!r}: not on {connection.url}; there are: {_titles(projects, wanted)}"
        )
    return matching[0]


def is_there(connection: Connection, named: str | int) -> bool:
    """Whether a project has that title or number."""
    wanted = str(named).strip()
    return any(wanted in {project.title, str(project.id)} for project in all_projects(connection))


def all_projects(connection: Connection) -> list[Project]:
    """List the projects the account may see, by number.

    All are listed again if fewer or more came than there are, because one was made or deleted between two pages.

    Raises
    ------
    ServerError
        If that happens several times.

    """
    for _ in range(_LISTINGS):
        found, count = _all_projects(connection)
        if count is None or count == len(found):
            return sorted(found.values(), key=lambda project: project.id)
    raise ServerError(
        f"{connection.url}: {len(found)} of {count} projects were listed; somebody makes or deletes some, try again"
    )


def _all_projects(connection: Connection) -> tuple[dict[int, Project], int | None]:
    """The projects, and how many there should be, if the server says so."""
    found: dict[int, Project] = {}
    page = 1
    while True:
        answer = connection.get("api/projects/", "listing the projects", PROJECTS, page=page, page_size=100)
        new = {one["id"]: _project(connection, one) for one in answer["results"]}
        last = answer.get("next") is None or new.keys() <= found.keys()
        found |= new
        if last:
            return found, answer.get("count")
        page += 1


def read_project(connection: Connection, project_id: int) -> Project:
    """Read one project anew."""
    return _project(connection, connection.get(f"api/projects/{project_id}/", "reading the project", PROJECT))


def list_tasks(
    connection: Connection, project_id: int, *fields: str, computed: bool = False
) -> list[TaskReply]:
    """List all tasks of a project with the fields named, each once, by number.

    The fields ``drafts`` and ``annotators`` come empty unless they are ``computed``, which takes several times as
    long. Each page asks for what comes behind the last task, not for a page by its number: else a task that is
    deleted in between would move one that is there out of sight. Each is counted against the server's total, and
    all are listed again if one does not fit.

    Raises
    ------
    ServerError
        If fewer or more came than the server has, several times.

    """
    for _ in range(_LISTINGS):
        found, total, whole = _listed(connection, project_id, fields, computed=computed)
        if whole:
            break
    else:
        raise ServerError(
            f"project {project_id}: {len(found)} of {total} tasks were listed; somebody changes them, try again"
        )
    for task in found:
        if not task.keys() >= set(fields):
            lacking = ", ".join(sorted(set(fields) - task.keys()))
            raise UnexpectedReplyError(
                f"{connection.url}: task {task['id']} is listed without {lacking}; "
                "see whether the server's version is supported"
            )
    return found


def _listed(
    connection: Connection, project_id: int, fields: tuple[str, ...], *, computed: bool
) -> tuple[list[TaskReply], int, bool]:
    """The tasks by number, how many there should be, and whether these are they."""
    found: list[TaskReply] = []
    while True:
        query: dict[str, Any] = {"ordering": ["tasks:id"]}
        last = found[-1]["id"] if found else None
        if last is not None:
            behind = {"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": last}
            query["filters"] = {"conjunction": "and", "items": [behind]}
        answer = connection.get(
            "api/tasks/",
            "listing the tasks",
            TASKS,
            project=project_id,
            include=",".join(("id", *fields)),
            page_size=PAGE,
            fields="all" if computed else "task_only",
            query=json.dumps(query),
        )
        numbers = [task["id"] for task in answer["tasks"]]
        total = len(found) + answer["total"]
        in_order = numbers == sorted(set(numbers)) and (last is None or not numbers or numbers[0] > last)
        found += answer["tasks"]
        fits = in_order and len(numbers) == min(PAGE, answer["total"])
        if not fits or len(found) == total:
            return found, total, fits


def _project(connection: Connection, said: ProjectReply) -> Project:
    return Project(
        id=said["id"],
        title=said["title"] or "",
        url=connection.page_url(f"projects/{said['id']}"),
        config=said["label_config"] or "",
        overlap=said["maximum_annotations"],
        tasks=said["task_number"] or 0,
        description=said.get("description") or "",
    )


def _titles(projects: list[Project], wanted: str) -> str:
    """Name the projects, the most alike first."""
    if not projects:
        return "none yet"
    alike = sorted(projects, key=lambda p: -SequenceMatcher(None, wanted.lower(), p.title.lower()).ratio())
    return some((f"{p.title!r} ({p.id})" for p in alike), most=_NAMED)


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
) -> list[ExportedTask]:
    """Export every task, annotated or not, in pages, sorted by number; with ``only``, just the tasks with these ids.

    One call for a large project takes minutes and much of the server's memory. It is also the only
    listing that says who annotated.

    Where other tasks come than were listed, because some were deleted meanwhile, all are listed and exported again.

    Raises
    ------
    ServerError
        If that happens several times.

    """
    wanted = None if only is None else set(only)
    for attempt in range(_LISTINGS):
        if wanted is None or attempt:
            there = {task["id"] for task in list_tasks(connection, project_id)}
            ids = sorted(there if wanted is None else there & wanted)
        else:
            ids = sorted(wanted)
        tasks: list[ExportedTask] = []
        for first in range(0, len(ids), _PAGE_IDS):
            tasks += _page(connection, project_id, ids[first : first + _PAGE_IDS])
            if on_progress is not None:
                on_progress(len(tasks), len(ids))
        if Counter(task["id"] for task in tasks) == Counter(ids):
            return sorted(tasks, key=lambda task: task["id"])
    raise ServerError(
        f"project {project_id}: exported {len(tasks)} of {counted(len(ids), 'task')}; "
        "somebody deletes tasks, try again"
    )


def _page(connection: Connection, project_id: int, ids: list[int]) -> list[ExportedTask]:
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
            EXPORT,
            timeout=_EXPORT_SECONDS,
            exportType="JSON",
            download_all_tasks="true",
            download_resources="false",
            **{"ids[]": ids},
        )
        if found is not None:
            return found
    raise ServerError(f"project {project_id}: Label Studio answered {_TRIES} exports with nothing; try again")
