"""Passages that stand on the server with other data than the file has."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotate.codebook.config_xml import parse_config
from annotate.errors import InputError, ServerError
from annotate.studio.client import Connection
from annotate.studio.inventory import Inventory, Standing, some


@dataclass(frozen=True)
class Changes:
    """By task id, the data to stand there from now on."""

    data: Mapping[int, Mapping[str, Any]]


def compare(inventory: Inventory, wanted: Mapping[str, Mapping[str, Any]], config: str) -> Changes:
    """Find what has to change, and refuse what must not.

    One passage id is one text. What the label config shows to annotators must not change under their
    annotations; the rest (a title put right, an address found later) may. Keys that only the server
    has are kept.

    Raises
    ------
    ServerError
        If a passage stands there with another text, was annotated with another label config, or would be
        shown otherwise than it was annotated.

    """
    shown = _shown(config)
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
            f"{len(other_text)} passages stand there with another text under the same passage_id: "
            f"{some(other_text)}; nothing was pushed, ingest the documents again or push into a new project"
        )
    if other_config:
        raise ServerError(
            f"{len(other_config)} passages were annotated with another label config: {some(other_config)}; "
            "nothing was pushed, push into a new project"
        )
    if other_view:
        raise ServerError(
            f"{len(other_view)} annotated passages would be shown otherwise than they were annotated: "
            f"{some(other_view)}; nothing was pushed, push into a new project"
        )
    return Changes(changes)


def require_shown(wanted: Mapping[str, Mapping[str, Any]], config: str) -> None:
    """See that each passage has what the label config shows, before there is a project without passages.

    The server asks it of every tag with a name and a value with a variable in it.

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


def _shown(config: str) -> set[str]:
    """The keys of the data that the config puts before annotators."""
    values = (value for tag in parse_config(config).iter() for value in tag.attrib.values())
    return {key for value in values for key in re.findall(r"\$(\w+)", value)}


def _named(passage: str, task: Standing) -> str:
    return f"{passage} (task {task.task_id})"
