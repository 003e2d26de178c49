"""Unsettled passages into a project of their own, the annotators' answers with them as predictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.errors import ServerError, counted
from annotate.studio.client import Connection
from annotate.studio.folder import exclusive, lock_place
from annotate.studio.inventory import Standing, take_inventory
from annotate.studio.offered import column_name, ensure_predictions, ensure_view, list_columns, list_views
from annotate.studio.projects import find_project, is_there
from annotate.studio.push import Progress, push
from annotate.study.exported import ADJUDICATION

Case = Mapping[str, Any]

_LOCK_SECONDS = 120.0
_TAB = "Adjudication"
_SHOWN = frozenset({"id", "text", "completed_at", "data"})  # columns of the tab


@dataclass(frozen=True)
class AdjudicationReport:
    """What was found and done, in passages.

    ``created`` were sent now. ``waiting`` were in the project without a decision; where annotators had changed
    their choices, these were brought up to date. ``decided`` were there with a decision (or a skip) and stay as
    they are; ``outdated`` of them have been coded differently since. ``doubled`` ones stand more than once, see
    :class:`~annotate.studio.push.PushReport`. ``link`` opens them one after another,
    ``url`` the list.
    """

    project_id: int
    title: str
    url: str
    link: str
    created: int
    waiting: int
    decided: int
    outdated: int
    doubled: tuple[str, ...] = ()


def push_cases(
    cases: Sequence[Case],
    *,
    project: str,
    config: str,
    prefilled: str,
    instructions: str = "",
    connection: Connection,
    on_progress: Progress | None = None,
) -> AdjudicationReport:
    """Push passages to be adjudicated into the project of that title, each exactly once.

    Parameters
    ----------
    cases
        ``data`` and ``predictions``, as :func:`annotate.coordination.adjudication.cases` makes them.
    project
        Title or number. It is made if there is none; one that holds other tasks is refused.
    config
        The adjudication's label config.
    prefilled
        The ``model_version`` of the prediction that an adjudicator's answers begin with.
    instructions, connection, on_progress
        As :func:`~annotate.studio.push.push` takes them.

    Raises
    ------
    ServerError
        If the project holds tasks that are not of an adjudication, or as :func:`~annotate.studio.push.push` raises it.

    """
    with exclusive(
        lock_place("adjudicate", connection.url, project.strip()),
        wait=_LOCK_SECONDS,
        busy=f"project {project!r}: another adjudication is still pushed into it; wait for it to end",
    ):
        decided = _decided(connection, project)
        left = [case for case in cases if case["data"]["passage_id"] not in decided]
        created = 0
        doubled: tuple[str, ...] = ()
        if left:
            report = push(
                [{"data": case["data"]} for case in left],
                project=project,
                config=config,
                overlap=1,
                instructions=instructions,
                connection=connection,
                on_progress=on_progress,
            )
            created, doubled = report.created, report.doubled
        home = find_project(connection, project)
        there = take_inventory(connection, home.id).by_passage
        wanted = {there[case["data"]["passage_id"]][0].task_id: case["predictions"] for case in left}
        ensure_predictions(connection, home.id, wanted)
        shown = {"show_collab_predictions": True, "model_version": prefilled}
        connection.ask("PATCH", f"api/projects/{home.id}/", "showing the predictions", json=shown)
        _ensure_tab(connection, home.id)
    data = {case["data"]["passage_id"]: case["data"] for case in cases}
    done = {passage: data[passage] for passage in data.keys() & decided.keys()}
    return AdjudicationReport(
        project_id=home.id,
        title=home.title,
        url=connection.page_url(f"projects/{home.id}/data"),
        link=connection.page_url(f"projects/{home.id}/data?labeling=1"),
        created=created,
        waiting=len(left) - created,
        decided=len(done),
        outdated=sum(_changed(decided[passage], data) for passage, data in done.items()),
        doubled=doubled,
    )


def _decided(connection: Connection, title: str) -> dict[str, Standing]:
    """The passages of the project, if there is one, that have been decided or skipped."""
    if not is_there(connection, title):
        return {}
    home = find_project(connection, title)
    inventory = take_inventory(connection, home.id)
    others = [task for task in inventory.tasks if not task.data.get(ADJUDICATION)]
    if others or inventory.foreign:
        raise ServerError(
            f"project {home.title!r}: holds {counted(len(others) + inventory.foreign, 'task that is', 'tasks that are')} not of an adjudication; "
            "give the title of a new project"
        )
    return {
        passage: task for passage, tasks in inventory.by_passage.items() for task in tasks if task.annotations
    }


def _changed(task: Standing, data: Mapping[str, Any]) -> bool:
    return any(task.data.get(key) != value for key, value in data.items())


def _ensure_tab(connection: Connection, project_id: int) -> None:
    """Make the first tab of a new project, without the columns that say nothing to a person."""
    if list_views(connection, project_id):
        return
    hidden = [column_name(one) for one in list_columns(connection, project_id) if one["id"] not in _SHOWN]
    view = {
        "title": _TAB,
        "type": "list",
        "target": "tasks",
        "hiddenColumns": {"explore": hidden, "labeling": hidden},
    }
    ensure_view(connection, project_id, view)
