"""Suggestions in a project: an order of work, and, only where it was asked for, labels filled in.

The order goes into the data of the tasks, and tabs are sorted by it. It shows no label to anybody. Label
Studio's own "uncertainty sampling" needs predictions, which annotators would see; this does not.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from annotate.codebook.read import Codebook, config_hash
from annotate.coordination.assignment.plan import QUEUE
from annotate.errors import ServerError
from annotate.studio.client import Connection
from annotate.studio.folder import exclusive, lock_place
from annotate.studio.inventory import Changes, take_inventory, update_data
from annotate.studio.offered import Prediction, ensure_predictions, ensure_view, hidden_columns, list_views
from annotate.studio.projects import Project, find_project
from annotate.studio.push import Progress
from annotate.study.surveyed import RANK

TAB = "Most uncertain first"
_LOCK_SECONDS = 120.0


@dataclass(frozen=True)
class Ordered:
    """The result of ordering: ``ordered`` passages have their place, ``absent`` ones are not in the project.

    ``link`` opens the label stream in this order. It is None where annotators have tabs of their own;
    ``tabs`` of these are sorted by the order now.
    """

    project: Project
    ordered: int
    absent: int
    tabs: int
    link: str | None


@dataclass(frozen=True)
class Suggested:
    """The result of suggesting: ``pushed`` passages have suggestions now, ``already_there`` had them before.

    ``begun`` passages have annotations or skips and got none; ``absent`` ones are not in the project.
    ``withdrawn`` suggestions, such as those of a former model, were taken back, because they are not suggested any
    more and nobody has begun on their passages.
    """

    project: Project
    pushed: int
    already_there: int
    begun: int
    absent: int
    withdrawn: int


def order_queue(
    ranks: Mapping[str, int],
    *,
    project: str,
    connection: Connection,
    on_progress: Progress | None = None,
) -> Ordered:
    """Make a project serve its passages in this order; other passages come after, in the order that they had.

    Parameters
    ----------
    ranks
        From passage id to its place, from 1.
    project
        Title or number.
    connection
        The coordinator's.
    on_progress
        Called with how many passages have their place, and how many shall.

    Raises
    ------
    ServerError
        If there is no such project, or the server refuses.

    """
    home = find_project(connection, project)
    with _alone(connection, home):
        inventory = take_inventory(connection, home.id)
        wanted: dict[int, Mapping[str, Any]] = {}
        for task in inventory.tasks:
            rank = ranks.get(str(task.passage_id))
            data = {key: value for key, value in task.data.items() if key != RANK}
            data |= {} if rank is None else {RANK: f"{rank:06}"}
            if data != task.data:
                wanted[task.task_id] = data
        for done in update_data(connection, Changes(wanted)):
            if on_progress is not None:
                on_progress(done, len(wanted))
        there = ranks.keys() & inventory.by_passage.keys()
        tabs, link = _sort_tabs(connection, home) if there else (0, None)
    return Ordered(home, len(there), len(ranks) - len(there), tabs, link)


def push_suggestions(
    suggested: Mapping[str, Mapping[str, tuple[str, float]]],
    *,
    version: str,
    prefix: str,
    project: str,
    codebook: Codebook,
    connection: Connection,
) -> Suggested:
    """Show suggestions to annotators, on passages on which nobody has begun.

    Whoever opens such a passage finds the answers filled in. Label Studio writes the model's version into
    each annotation made there. Doing it again changes nothing. What is suggested now takes the place of what was
    suggested before.

    Parameters
    ----------
    suggested
        From passage id to variable to category and probability.
    version, prefix
        The model's name, and what the names of all our models begin with.
    project, connection
        See :func:`order_queue`.
    codebook
        Of the project.

    Raises
    ------
    ServerError
        If the project has another label config or does not exist, or the server refuses.

    """
    home = find_project(connection, project)
    if config_hash(home.config) != codebook.sha256:
        raise ServerError(
            f"project {home.title!r}: has another label config than what was learnt from; nothing was pushed"
        )
    with _alone(connection, home):
        inventory = take_inventory(connection, home.id)
        wanted: dict[int, list[Prediction]] = {}
        for task in inventory.tasks:
            if not task.annotations:
                answers = suggested.get(str(task.passage_id))
                wanted[task.task_id] = [] if answers is None else [_prediction(answers, version, codebook)]
        brought = ensure_predictions(connection, home.id, wanted, prefix=prefix)
        shown = sum(map(len, wanted.values()))
        if shown:
            settings = {"show_collab_predictions": True, "model_version": version}
            connection.ask("PATCH", f"api/projects/{home.id}/", "showing the suggestions", json=settings)
    return Suggested(
        project=home,
        pushed=brought.sent,
        already_there=shown - brought.sent,
        begun=sum(task.annotations > 0 and task.passage_id in suggested for task in inventory.tasks),
        absent=len(suggested.keys() - inventory.by_passage.keys()),
        withdrawn=brought.removed,
    )


def _alone(connection: Connection, home: Project) -> AbstractContextManager[None]:
    return exclusive(
        lock_place("push", connection.url, home.title),
        wait=_LOCK_SECONDS,
        busy=f"project {home.title!r}: a push into it still runs on this machine; wait for it to end",
    )


def _sort_tabs(connection: Connection, home: Project) -> tuple[int, str | None]:
    """Sort the annotators' own tabs; where there are none, make one for all."""
    ordering = [f"tasks:data.{RANK}"]
    own = [
        one
        for one in list_views(connection, home.id)
        if one["data"].get("ordering") in ([f"tasks:data.{QUEUE}"], ordering)
        and one["data"].get("title") != TAB
    ]
    hidden = hidden_columns(connection, home.id)
    columns = {"hiddenColumns": {"explore": hidden, "labeling": hidden}}
    for one in own:
        body = {"project": home.id, "data": {**one["data"], "ordering": ordering, **columns}}
        connection.ask("PATCH", f"api/dm/views/{one['id']}/", "sorting a tab", json=body)
    if own:
        return len(own), None
    view = {
        "title": TAB,
        "type": "list",
        "target": "tasks",
        "filters": {"conjunction": "and", "items": []},
        "ordering": ordering,
        "selected": {"all": True, "list": []},
        **columns,
    }
    number = ensure_view(connection, home.id, view)
    return 0, connection.page_url(f"projects/{home.id}/data?tab={number}&labeling=1")


def _prediction(answers: Mapping[str, tuple[str, float]], version: str, codebook: Codebook) -> dict[str, Any]:
    result = []
    for name, (category, _) in answers.items():
        variable = codebook.variable(name)
        kind = "rating" if variable.kind == "rating" else "choices"
        value = int(category) if kind == "rating" else [category]
        result.append({"from_name": name, "to_name": variable.to_name, "type": kind, "value": {kind: value}})
    score = min(probability for _, probability in answers.values())
    return {"result": result, "score": score, "model_version": version}
