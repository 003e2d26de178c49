"""Assign passages on a server: extend the design that is there, push it, and make a tab for each annotator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from annotate.coordination.assignment import (
    Annotator,
    annotator_key,
    design,
    items_of,
    read_plan,
    release,
    work_in,
    write_plan,
)
from annotate.coordination.assignment.plan import Work, joined_plan
from annotate.corpus.tasks import Task
from annotate.studio.accounts import people
from annotate.studio.client import Connection
from annotate.studio.inventory import take_inventory
from annotate.studio.offered import Tab, ensure_tabs
from annotate.studio.projects import export_tasks, find_project, is_there
from annotate.studio.push import Progress, PushReport, push


@dataclass(frozen=True)
class Assigned:
    """What was assigned: the whole design, the tasks with it, the push, and everybody's tab.

    ``taken`` are the assignments that were taken from annotators who left, ``addresses`` the e-mail addresses
    of the accounts by their keys.
    """

    plan: pd.DataFrame
    taken: pd.DataFrame
    tasks: Sequence[Task]
    report: PushReport
    tabs: Sequence[Tab]
    without_account: Sequence[Annotator]
    addresses: Mapping[str, str]


def assign(
    tasks: Sequence[Task],
    annotators: Sequence[Annotator],
    *,
    project: str,
    overlap: int,
    config: str,
    instructions: str,
    connection: Connection,
    seed: int = 0,
    repeat: float = 0.0,
    hand_on: bool = False,
    on_progress: Progress | None = None,
) -> Assigned:
    """Assign passages in a project: a second time changes nothing, further passages extend the design.

    The parameters are those of :func:`annotate.coordination.assignment.design` and :func:`annotate.studio.push.push`.
    Assignments that are in the project stay, even if the tasks say otherwise. With ``hand_on``, passages of
    annotators who are no longer named go to others if they have not done them, see :func:`annotate.coordination.assignment.release`.

    Raises
    ------
    InputError, ConfigError, ServerError
        As design and push raise them; nothing has been pushed then.

    """
    there = standing_plan(connection, project)
    done = joined_plan(read_plan(task["data"] for task in tasks), there)
    keys = [one.key for one in annotators]
    items, taken = items_of(tasks), done.iloc[:0]
    if hand_on:
        done, taken = release(done, set(items["item"]), keys, _work(connection, project))
    plan = design(items, keys, overlap=overlap, seed=seed, done=done, repeat=repeat)
    written = write_plan(tasks, plan)
    report = push(
        written,
        project=project,
        config=config,
        overlap=overlap,
        instructions=instructions,
        connection=connection,
        on_progress=on_progress,
    )
    tabs = ensure_tabs(connection, report.project_id, keys)
    registered = {annotator_key(email): email for email in people(connection).values()}
    missing = [one for one in annotators if one.key not in registered]
    return Assigned(plan, taken, written, report, tabs, missing, registered)


def standing_plan(connection: Connection, project: str) -> pd.DataFrame:
    """Read the design that is in a project, given by title or number; empty if there is no such project.

    Raises
    ------
    ServerError
        If several projects have the title.
    InputError
        If a task there is assigned otherwise than ``annotate assign`` writes it.

    """
    if not is_there(connection, project):
        return read_plan([])
    tasks = take_inventory(connection, find_project(connection, project).id).tasks
    return read_plan(task.data for task in tasks)


def _work(connection: Connection, project: str) -> Work:
    """Who has annotated what in a project that may not be there yet."""
    if not is_there(connection, project):
        return set()
    return work_in(export_tasks(connection, find_project(connection, project).id), people(connection))
