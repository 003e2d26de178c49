"""Assign passages on a server: extend the design that is there, push it, and make a tab for each annotator."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from annotate.coordination.assignment import (
    Annotator,
    annotator_key,
    design,
    earlier_key,
    items_of,
    message_for,
    read_plan,
    release,
    work_in,
    write_plan,
)
from annotate.coordination.assignment.plan import Work, joined_plan, renamed
from annotate.corpus.tasks import Task
from annotate.errors import counted
from annotate.studio.accounts import invitation_link, people
from annotate.studio.client import Connection
from annotate.studio.inventory import take_inventory
from annotate.studio.offered import Tab, ensure_tabs, project_salt
from annotate.studio.projects import export_tasks, find_project, is_there
from annotate.studio.push import Progress, PushReport, push


@dataclass(frozen=True)
class Assigned:
    """What was assigned: the whole design, the tasks with it, the push, and everybody's tab.

    ``taken`` are the assignments that were taken from annotators who left, ``addresses`` the e-mail addresses
    of the accounts by their keys, ``annotators`` those who were named, with the salt of the project. ``invitation`` is the
    address at which who has no account makes one; nothing if all have one.
    """

    plan: pd.DataFrame
    taken: pd.DataFrame
    tasks: Sequence[Task]
    report: PushReport
    tabs: Sequence[Tab]
    without_account: Sequence[Annotator]
    addresses: Mapping[str, str]
    annotators: Sequence[Annotator]
    invitation: str = field(default="", repr=False)

    def messages(self, passwords: Mapping[str, str]) -> dict[str, str]:
        """What to send to each annotator, by address: the link, the address, and the password where it is known."""
        counts, missing = self.plan["annotator"].value_counts(), {one.key for one in self.without_account}
        return {
            one.email: message_for(
                one.name,
                self.report.title,
                counted(int(counts.get(one.key, 0)), "passage"),
                tab.link,
                email=one.email,
                password=passwords.get(one.email, ""),
                invitation=self.invitation if one.key in missing else "",
            )
            for one, tab in zip(self.annotators, self.tabs, strict=True)
        }


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
    Pseudonyms are made with the salt of the project, and of the annotators where the project has none yet.

    Raises
    ------
    InputError, ConfigError, ServerError
        As design and push raise them; nothing has been pushed then.

    """
    given, emails = annotators[0].salt, {one.email for one in annotators} | set(people(connection).values())
    there = standing_plan(connection, project)
    salt = _salt(connection, project) or given or secrets.token_hex(16)
    annotators = [replace(one, salt=salt) for one in annotators]
    tasks = [{**task, "data": renamed(task["data"], _keys(emails, salt, given))} for task in tasks]
    done = joined_plan(read_plan(task["data"] for task in tasks), there.replace(_keys(emails, salt, given)))
    keys = [one.key for one in annotators]
    items, taken = items_of(tasks), done.iloc[:0]
    if hand_on:
        done, taken = release(done, set(items["item"]), keys, _work(connection, project, salt))
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
    tabs = ensure_tabs(connection, report.project_id, keys, salt)
    registered = {annotator_key(email, salt): email for email in people(connection).values()}
    missing = [one for one in annotators if one.key not in registered]
    invitation = invitation_link(connection) if missing else ""
    return Assigned(plan, taken, written, report, tabs, missing, registered, annotators, invitation)


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


def _salt(connection: Connection, project: str) -> str:
    """The salt of a project that may not be there yet."""
    return (
        project_salt(connection, find_project(connection, project).id)
        if is_there(connection, project)
        else ""
    )


def _keys(emails: Iterable[str], salt: str, given: str) -> dict[str, str]:
    """The pseudonym of each address by those that it had with another salt, or before there were salts."""
    return {
        former: annotator_key(email, salt)
        for email in emails
        for former in (earlier_key(email), annotator_key(email, given))
    }


def _work(connection: Connection, project: str, salt: str) -> Work:
    """Who has annotated what in a project that may not be there yet."""
    if not is_there(connection, project):
        return set()
    return work_in(export_tasks(connection, find_project(connection, project).id), people(connection), salt)
