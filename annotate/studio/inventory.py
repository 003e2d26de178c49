"""What stands in a project already, compared with what is to be pushed.

A passage is known by ``data.passage_id`` alone. Label Studio has no unique keys, ignores ids that are
sent, and SQLite gives a deleted task's id to another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.errors import ServerError
from annotate.studio.client import Connection
from annotate.studio.projects import list_tasks

_FIELDS = ("data", "overlap", "total_annotations", "cancelled_annotations")
_NAMED = 5


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
    """List what stands in a project."""
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
    """Delete the copies of a passage that nobody has worked on, until it stands once.

    Copies come from a push whose reply was lost while the server was still at work. One with
    annotations, skips or drafts is never touched.

    Returns
    -------
    int
        How many were deleted.

    Raises
    ------
    ServerError
        If a passage stands twice with work under both, or with different data.

    """
    if not inventory.twins:
        return 0
    drafts = {
        task["id"]: len(task["drafts"])
        for task in list_tasks(connection, project_id, "drafts", computed=True)
    }
    removable: list[int] = []
    stuck: list[str] = []
    for passage, tasks in inventory.twins.items():
        work = {task.task_id: task.annotations + drafts.get(task.task_id, 0) for task in tasks}
        kept, *others = sorted(tasks, key=lambda task: (-work[task.task_id], task.task_id))
        if all(not work[other.task_id] and other.data == kept.data for other in others):
            removable += [other.task_id for other in others]
        else:
            stuck.append(f"{passage} (tasks {', '.join(map(str, sorted(work)))})")
    if stuck:
        raise ServerError(
            f"{connection.url}: {len(stuck)} passages stand more than once and have been worked on: "
            f"{some(stuck)}; delete all but one of each in Label Studio"
        )
    connection.ask(
        "POST",
        "api/dm/actions",
        "deleting the copies of passages",
        params={"id": "delete_tasks", "project": project_id},
        json={"selectedItems": {"all": False, "included": removable}},
    )
    return len(removable)


def some(names: Sequence[str]) -> str:
    """Name the first few of many."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _standing(said: Mapping[str, Any]) -> Standing:
    return Standing(
        task_id=said["id"],
        data=said["data"],
        overlap=said["overlap"],
        annotations=(said["total_annotations"] or 0) + (said["cancelled_annotations"] or 0),
    )
