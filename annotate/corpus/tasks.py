"""Tasks on disk: Label Studio's own JSON, a list of ``{"data": {...}}``."""

import json
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.files import read_text, whole

Task = dict[str, dict[str, Any]]
REQUIRED = ("passage_id", "source", "text")


def write_tasks(tasks: list[Task], path: Path) -> None:
    """Write a task file, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_tasks(path: Path) -> list[Task]:
    """Read and check a task file.

    Raises
    ------
    InputError
        If it is no JSON, no list of tasks, empty, lacks a passage id, source or text, or has an id twice.

    """
    text = read_text(path)
    try:
        tasks = json.loads(text)
    except json.JSONDecodeError as error:
        msg = (
            f"{path}: line {error.lineno}: no JSON ({error.msg}); a task file is what annotate ingest writes"
        )
        raise InputError(msg) from error
    if not isinstance(tasks, list) or not tasks:
        msg = f'{path}: no list of tasks; a task file is a list of {{"data": {{...}}}}, as annotate ingest writes it'
        raise InputError(msg)
    seen: dict[str, int] = {}
    for number, task in enumerate(tasks, start=1):
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(data, dict):
            msg = f'{path}: task {number} has no "data"; make the file with annotate ingest'
            raise InputError(msg)
        for key in REQUIRED:
            if not isinstance(data.get(key), str) or not data[key].strip():
                msg = f"{path}: task {number} has no {key}; make the file with annotate ingest"
                raise InputError(msg)
        identity = data["passage_id"]
        if identity in seen:
            msg = f"{path}: tasks {seen[identity]} and {number} have the same passage_id {identity}; keep one"
            raise InputError(msg)
        seen[identity] = number
    return tasks
