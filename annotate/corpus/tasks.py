"""Tasks on disk, Label Studio's own JSON, and the canonical texts beside them."""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from annotate.corpus.folders import resolved_path
from annotate.errors import InputError
from annotate.files import read_json, whole

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
        If it is not JSON, not a list of tasks, empty, lacks a passage id, source or text, has an id twice, or
        holds what JSON or UTF-8 cannot (NaN, half a surrogate pair).

    """
    tasks = read_json(path, remedy="a task file is what annotate ingest writes")
    if not isinstance(tasks, list) or not tasks:
        msg = f'{path}: not a list of tasks; a task file is a list of {{"data": {{...}}}}, as annotate ingest writes it'
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
        _check_text(data, f"{path}: task {number}")
        identity = data["passage_id"].strip()
        if identity in seen:
            msg = f"{path}: tasks {seen[identity]} and {number} have the same passage_id {identity}; keep one"
            raise InputError(msg)
        seen[identity] = number
    return tasks


def is_task_file(path: Path) -> bool:
    """Tell tasks from an export: tasks have no annotations."""
    tasks = read_json(path, remedy="a task file is what annotate ingest writes")
    return not (
        isinstance(tasks, list) and tasks and isinstance(tasks[0], dict) and "annotations" in tasks[0]
    )


def _check_text(data: dict[str, Any], where: str) -> None:
    """Refuse what Python's reader lets pass and a server does not."""
    try:
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        msg = f"{where}: holds half a character (a lone surrogate); correct the text"
        raise InputError(msg) from error
    except ValueError as error:
        raise InputError(f"{where}: holds NaN or Infinity, which is not JSON; leave it out") from error


_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST = 80  # characters of a file's name


def write_texts(texts: Mapping[str, str], folder: Path, *, sources: Sequence[Path] = ()) -> dict[str, Path]:
    r"""Write each text to ``folder/<document id>.txt``, in UTF-8 with ``\\n`` for line ends.

    An id that cannot name a file is written with ``_`` for each sign that a file's name cannot have, and with the beginning of
    its sha256.

    Returns
    -------
    dict
        From document id to the file.

    Raises
    ------
    InputError
        If one of the files would be written over a file among ``sources``, or cannot be written.

    """
    paths = {identity: folder / f"{_name(identity)}.txt" for identity in texts}
    read = {resolved_path(source) for source in sources}
    for path in paths.values():
        if resolved_path(path) in read:
            raise InputError(f"{path}: would write over what is read; choose another folder for the texts")
    for identity, path in paths.items():
        with whole(path) as temporary:
            temporary.write_bytes(texts[identity].encode())
    return paths


def _name(identity: str) -> str:
    name = _UNSAFE.sub("_", identity).strip(".")[:_LONGEST]
    return name if name == identity else f"{name}-{sha256(identity.encode()).hexdigest()[:8]}"
