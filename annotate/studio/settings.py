"""A project and its settings: made once, and changed only where no annotation is under them."""

import secrets
from collections.abc import Sequence
from typing import Any

from annotate.codebook.read import config_hash
from annotate.errors import ServerError, counted
from annotate.studio.client import Connection
from annotate.studio.inventory import Inventory, take_inventory
from annotate.studio.late import once
from annotate.studio.projects import MADE_BY, Project, all_projects, find_project, is_there, read_project
from annotate.studio.replies import COUNTS

# Annotators go through the passages in their order, do not see each other's work, and may skip one
# for others to take it. Nothing is filled in for them.
_SETTINGS: dict[str, Any] = {
    "sampling": "Sequential sampling",
    "show_skip_button": True,
    "skip_queue": "REQUEUE_FOR_OTHERS",
    "enable_empty_annotation": False,
    "show_annotation_history": False,
    "show_collab_predictions": False,
    "overlap_cohort_percentage": 100,
}


def ensure_project(
    connection: Connection, title: str, config: str, overlap: int, instructions: str
) -> Project:
    """Find the project with that title or number, or make it.

    Raises
    ------
    ServerError
        If several have the title, or the server refuses the title or the config.

    """
    title = title.strip()
    if not title:
        raise ServerError("the project's title is empty; give one of 3 to 50 characters")
    if is_there(connection, title):
        return _without_spares(connection, title)
    if title.isdecimal():
        raise ServerError(
            f"project number {title}: not on {connection.url}; a new one needs a title with a letter in it"
        )
    if not title.isprintable():
        raise ServerError(f"project {title!r}: a title has no line breaks and tabs; give another")
    settings = {
        **_SETTINGS,
        "title": title,
        "description": MADE_BY + secrets.token_hex(8),
        "label_config": config,
        "maximum_annotations": overlap,
        "show_instruction": bool(instructions.strip()),
        "expert_instruction": instructions,
    }
    once(
        connection,
        lambda: connection.ask("POST", "api/projects/", f"making the project {title!r}", json=settings),
        lambda: is_there(connection, title),
        f"the new project {title!r}",
    )
    return _without_spares(connection, title)


def _without_spares(connection: Connection, title: str) -> Project:
    """Find the project of that title, and delete empty ones of the same title that a push has made besides."""
    home = find_project(connection, title)
    for other in all_projects(connection):
        if other.title == home.title and other.id != home.id and read_project(connection, other.id).spare:
            _delete_project(connection, other.id)
            connection.tell(
                f"project {home.title!r}: number {other.id}, empty and made by a push, was deleted; it stood beside {home.id}"
            )
    return home


def _delete_project(connection: Connection, number: int) -> None:
    once(
        connection,
        lambda: connection.ask("DELETE", f"api/projects/{number}/", "deleting a second, empty project"),
        lambda: all(one.id != number for one in all_projects(connection)),
        f"project {number} to be gone",
    )


def check_config(
    connection: Connection, project: Project, inventory: Inventory, config: str, rehashed: Sequence[str]
) -> None:
    """Refuse another label config if annotations have been made with the one of the project.

    Raises
    ------
    ServerError
        If the config, or the one that the tasks were made with, differs from the project's, and
        annotations exist.

    """
    counts = connection.get(f"api/projects/{project.id}/", "reading the project", COUNTS)
    made = max(
        inventory.annotations, counts["total_annotations_number"] + counts["skipped_annotations_number"]
    )
    if not made:
        return
    if config_hash(config) != config_hash(project.config):
        raise ServerError(
            f"project {project.title!r}: the label config changed, and {counted(made, 'annotation was', 'annotations were')} made with the "
            "former one; pull them, then push into a new project, or push with the former config"
        )
    if rehashed:
        raise ServerError(
            f"project {project.title!r}: made with another label config than the project's: {counted(len(rehashed), 'task')} (passage {rehashed[0]} ...); "
            f"the project has {counted(made, 'annotation')}; ingest with its config, or push into a new project"
        )


def update_settings(
    connection: Connection, project: Project, config: str, overlap: int, instructions: str
) -> None:
    """Set the label config, the overlap and the instructions to those of the push.

    Without instructions, those that the project has stay, such as some written in the browser.
    """
    settings: dict[str, Any] = {}
    if instructions.strip():
        settings |= {"show_instruction": True, "expert_instruction": instructions}
    if config_hash(config) != config_hash(project.config):
        settings["label_config"] = config
    if settings:
        connection.ask("PATCH", f"api/projects/{project.id}/", "updating the project", json=settings)
    if project.overlap != overlap:
        _patch_overlap(connection, project, overlap)


def ensure_overlap(connection: Connection, project: Project, inventory: Inventory, overlap: int) -> None:
    """Make each passage go to this number of annotators, also passages that were there before.

    Label Studio applies a change of the project's overlap to all tasks, unless some tasks have an overlap above 1;
    then it changes only these. Setting it to 1 in between reaches all.

    Raises
    ------
    ServerError
        If a task keeps another overlap.

    """
    if all(task.overlap == overlap for task in inventory.tasks):
        return
    for value in (overlap + 1, 1, overlap):
        _patch_overlap(connection, project, value)
    inventory = take_inventory(connection, project.id)
    other = [task for task in inventory.tasks if task.overlap != overlap]
    if other:
        raise ServerError(
            f"project {project.title!r}: {counted(len(other), 'task keeps', 'tasks keep')} another overlap than {overlap}, such as task "
            f"{other[0].task_id} with {other[0].overlap}; set it in the project's settings in Label Studio"
        )


def _patch_overlap(connection: Connection, project: Project, overlap: int) -> None:
    connection.ask(
        "PATCH", f"api/projects/{project.id}/", "setting the overlap", json={"maximum_annotations": overlap}
    )
