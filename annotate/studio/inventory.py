"""What is in a project already, and how it differs from what shall be there.

A passage is known by ``data.passage_id`` alone. Label Studio has no unique keys, ignores ids that are
sent, and SQLite gives a deleted task's id to another.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.codebook.config_xml import parse_config, shown_keys
from annotate.errors import InputError, ServerError, counted, some
from annotate.studio.client import Connection
from annotate.studio.late import once
from annotate.studio.projects import list_tasks
from annotate.studio.replies import TaskReply

_FIELDS = ("data", "overlap", "total_annotations", "cancelled_annotations")


@dataclass(frozen=True)
class Standing:
    """One task on the server. ``annotations`` counts skips too."""

    task_id: int
    data: Mapping[str, Any]
    overlap: int
    annotations: int

    @property
    def passage_id(self) -> str | None:
        """The passage, or None for a task that was not pushed by this program."""
        said = self.data.get("passage_id")
        return None if said is None else str(said)


@dataclass(frozen=True)
class Inventory:
    """The tasks of a project, by passage; ``foreign`` ones have no passage id."""

    by_passage: Mapping[str, Sequence[Standing]]
    foreign: int

    @property
    def tasks(self) -> list[Standing]:
        """Every task with a passage id."""
        return [task for tasks in self.by_passage.values() for task in tasks]

    @property
    def annotations(self) -> int:
        """Annotations and skips under the passages."""
        return sum(task.annotations for task in self.tasks)

    @property
    def twins(self) -> dict[str, Sequence[Standing]]:
        """The passages that stand more than once."""
        return {passage: tasks for passage, tasks in self.by_passage.items() if len(tasks) > 1}


def take_inventory(connection: Connection, project_id: int) -> Inventory:
    """List the tasks of a project."""
    found: defaultdict[str, list[Standing]] = defaultdict(list)
    foreign = 0
    for said in list_tasks(connection, project_id, *_FIELDS):
        task = _standing(said)
        if task.passage_id is None:
            foreign += 1
        else:
            found[task.passage_id].append(task)
    return Inventory(found, foreign)


def remove_twins(connection: Connection, project_id: int, inventory: Inventory) -> int:
    """Delete copies of a passage that nobody has worked on, until one is left.

    Copies come from a request that was doubled on its way, or whose reply was lost while the server was still at
    work. One with annotations, skips or drafts is never touched, and neither is one with other data.

    Returns
    -------
    int
        How many were deleted.

    """
    if not inventory.twins:
        return 0
    drafts = {
        task["id"]: len(task["drafts"])
        for task in list_tasks(connection, project_id, "drafts", computed=True)
    }
    removable: list[int] = []
    for tasks in inventory.twins.values():
        work = {task.task_id: task.annotations + drafts.get(task.task_id, 0) for task in tasks}
        kept, *others = sorted(tasks, key=lambda task: (-work[task.task_id], task.task_id))
        removable += [
            other.task_id for other in others if not work[other.task_id] and other.data == kept.data
        ]
    if not removable:
        return 0
    once(
        connection,
        lambda: connection.ask(
            "POST",
            "api/dm/actions",
            "deleting the copies of passages",
            params={"id": "delete_tasks", "project": project_id},
            json={"selectedItems": {"all": False, "included": removable}},
        ),
        lambda: not {task["id"] for task in list_tasks(connection, project_id)} & {*removable},
        f"{counted(len(removable), 'copy', 'copies')} to be gone",
    )
    return len(removable)


def _standing(said: TaskReply) -> Standing:
    return Standing(
        task_id=said["id"],
        data=said["data"],
        overlap=said["overlap"],
        annotations=(said["total_annotations"] or 0) + (said["cancelled_annotations"] or 0),
    )


@dataclass(frozen=True)
class Changes:
    """The new data of tasks, by task id."""

    data: Mapping[int, Mapping[str, Any]]


def compare(inventory: Inventory, wanted: Mapping[str, Mapping[str, Any]], config: str) -> Changes:
    """Find what has to change, and refuse what must not.

    One passage id is one text. What the label config shows to annotators must not change under their
    annotations; the rest (a title put right, an address found later) may. Keys that only the server
    has are kept.

    Raises
    ------
    ServerError
        If a passage is there with another text, was annotated with another label config, or would be
        shown otherwise than it was annotated.

    """
    shown = shown_keys(config)
    changes: dict[int, Mapping[str, Any]] = {}
    other_text: list[str] = []
    other_view: list[str] = []
    other_config: list[str] = []
    for passage, data in wanted.items():
        for task in inventory.by_passage.get(passage, ()):
            keys = {key for key, value in data.items() if task.data.get(key) != value}
            if "text" in keys:
                other_text.append(_named(passage, task))
            elif task.annotations and "config_sha256" in keys & task.data.keys():
                other_config.append(_named(passage, task))
            elif keys & shown and task.annotations:
                other_view.append(f"{_named(passage, task)}: {', '.join(sorted(keys & shown))}")
            elif keys:
                changes[task.task_id] = {**task.data, **data}
    if other_text:
        raise ServerError(
            f"{counted(len(other_text), 'passage is', 'passages are')} there with another text under the same passage_id: "
            f"{some(other_text)}; nothing was pushed, ingest the documents again or push into a new project"
        )
    if other_config:
        raise ServerError(
            f"{counted(len(other_config), 'passage was', 'passages were')} annotated with another label config: {some(other_config)}; "
            "nothing was pushed, push into a new project"
        )
    if other_view:
        raise ServerError(
            f"{counted(len(other_view), 'annotated passage')} would be shown otherwise than when annotated: "
            f"{some(other_view)}; nothing was pushed, push into a new project"
        )
    return Changes(changes)


def require_shown(wanted: Mapping[str, Mapping[str, Any]], config: str) -> None:
    """Check that each passage has what the label config shows, before a project is made.

    The server requires a value for every tag that has a name and whose value is a variable.

    Raises
    ------
    InputError
        If one lacks it.

    """
    values = [tag.get("value", "") for tag in parse_config(config).iter() if tag.get("name")]
    needed = {key for value in values for key in re.findall(r"\$(\w+)", value)[:1]}
    for number, (passage, data) in enumerate(wanted.items(), start=1):
        for key in sorted(needed):
            if data.get(key) is None:
                raise InputError(
                    f"task {number}: passage {passage} has no {key!r}, which the label config shows; "
                    "ingest the documents with this config, or add it"
                )


def update_data(connection: Connection, changes: Changes) -> Iterator[int]:
    """Write the changed data into the tasks, one by one, and yield how many are done."""
    for done, (task_id, data) in enumerate(changes.data.items(), start=1):
        connection.ask("PATCH", f"api/tasks/{task_id}/", "updating a passage", json={"data": dict(data)})
        yield done


def _named(passage: str, task: Standing) -> str:
    return f"{passage} (task {task.task_id})"
