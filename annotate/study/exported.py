"""One task of an export: the passage that it brings, and what is not a such task."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from annotate.errors import ExportError
from annotate.study.spellings import nfc

ADJUDICATION = "adjudication"
"""The key of the data that tells a task put before an adjudicator; there stands what was open."""


NO_SOURCE = "(no source)"


_LONGEST = 60


_AS_JSON = "export the project as JSON (not JSON_MIN, CSV or TSV)"


PASSAGE_COLUMNS = (
    "item", "document", "source", "title", "published", "url", "start", "end", "kind", "text", "links", "n_annotations",
)  # fmt: skip

OWN_KEYS = frozenset({
    *PASSAGE_COLUMNS, "passage_id", "document_id", "author", "before", "after", "guessed", "page", "document_sha256",
    "config_sha256", "repeat_of", "round", "assigned", "queue", "uncertainty_rank", "votes", ADJUDICATION,
    "annotator", "variable", "category", "annotation", "created_at", "updated_at", "lead_time", "suggested",
})  # fmt: skip
"""What else Annotate itself writes into tasks, and Label Studio shows in its list: no facts of a passage."""


_OBJECTS = (
    ({"completions"}, "one task of Label Studio before 1.0; import all of them into a newer one, and export"),
    ({"data", "annotations"}, "one task, and no list of tasks; put all of them into one list, or export"),
    ({"result", "task"}, "one annotation, as Label Studio writes it into a storage; export"),
    ({"images", "categories"}, "an export as COCO, which is of pictures; export"),
    (
        {"tasks"},
        "one page of a list of tasks, as the server's API gives it, and not all that was answered; export",
    ),
    ({"results"}, "one page of a list, as the server's API gives it; export"),
    (
        {"status_code", "detail"},
        "no export, but a message of the server that it gave none; sign in, and export",
    ),
)
_ENDINGS = {
    ".tsv": "a TSV file: if it is an export of Label Studio, it lacks skips, relations and ground truth; export the project as JSON; a table of ratings is read as .csv",
    ".conll": "an export as CoNLL, which has marks of one annotator and nothing else; export the project as JSON",
    ".zip": "a packed file; unpack it, and give the .json in it",
    ".jsonl": "JSON lines; export the project as JSON, which is one list of tasks",
}


def not_a_list(read: object, where: str) -> ExportError:
    """Name a JSON file that is not a list of tasks."""
    if isinstance(read, Mapping):
        for keys, what in _OBJECTS:
            if keys <= read.keys():
                return ExportError(f"{where}: {what} the project as JSON")
    return ExportError(f"{where}: not a list of tasks; {_AS_JSON}")


def not_an_export(where: str, ending: str) -> str:
    """Name a file by its ending that is neither an export, a snapshot nor a table."""
    known = "neither a Label Studio export (.json), a snapshot folder nor a table of ratings (.csv, .parquet)"
    return f"{where}: {_ENDINGS.get(ending.lower(), known)}"


def said_twice(copies: Sequence[str], data: Mapping[str, Any]) -> str:
    """Say which tasks are one passage, with its text."""
    text = data.get("text")
    said = (
        f", {text if len(text) <= _LONGEST else text[:_LONGEST] + '...'!r}" if isinstance(text, str) else ""
    )
    return f"tasks {' and '.join(copies)} have one text{said}, and count as one passage"


def as_meant(task: Any) -> Any:
    """The task as its converter meant it: no annotations or answers for null, True and False for their names."""
    if not isinstance(task, Mapping) or "annotations" not in task:
        return task
    made = task["annotations"]
    if made is None:
        return {**task, "annotations": []}
    if isinstance(made, list) and any(map(_meant, made)):
        return {
            **task,
            "annotations": [{**one, **meant} if (meant := _meant(one)) else one for one in made],
        }
    return task


def _meant(annotation: object) -> dict[str, Any]:
    """What of an annotation means something else than it says."""
    if not isinstance(annotation, Mapping):
        return {}
    told: dict[str, Any] = {}
    if annotation.get("result", ()) is None:
        told["result"] = []
    for key in ("was_cancelled", "ground_truth"):
        if isinstance(said := annotation.get(key), str):
            told[key] = said.strip().lower() not in ("", "0", "f", "false", "n", "no", "none", "null")
    return told


def check_task(task: Any, where: str) -> None:
    """Refuse what is not a task of a JSON export, with an :class:`ExportError`."""
    if not isinstance(task, Mapping):
        raise ExportError(f'{where}: no "data"; {_AS_JSON}')
    _refuse_others(task, where)
    try:
        json.dumps(task, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ExportError(
            f"{where}: holds half a character (a lone surrogate); correct the text and export again"
        ) from error


def passage_of(task: Mapping[str, Any]) -> dict[str, Any]:
    """The passage of a task, as a row."""
    data = task["data"]
    row: dict[str, Any] = dict.fromkeys(PASSAGE_COLUMNS)
    row |= {key: as_cell(data.get(key)) for key in ("title", "published", "url", "kind", "text", "links")}
    row |= {key: data[key] for key in ("start", "end") if type(data.get(key)) is int}
    row |= {
        "item": item_id(data),
        "source": nfc(str(data.get("source") or "").strip()) or NO_SOURCE,
        "document": nfc(str(data["document_id"])) if data.get("document_id") else None,
        "n_annotations": 0,
    }
    return row


def _refuse_others(task: Mapping[str, Any], where: str) -> None:
    """Name what is not a task of a JSON export."""
    if "completions" in task and "annotations" not in task:
        raise ExportError(
            f'{where}: has "completions": an export of Label Studio before 1.0; import it into a newer one, and export '
            "the project as JSON"
        )
    flat = {"annotation_id", "annotator"} & task.keys() or {"lead_time", "updated_at"} <= task.keys()
    if flat and not {"data", "annotations"} <= task.keys():
        raise ExportError(
            f"{where}: an export as JSON_MIN, which lacks skips, relations and ground truth; export the project as JSON"
        )
    for key, kind in (("data", Mapping), ("annotations", list)):
        if not isinstance(task.get(key), kind):
            raise ExportError(f'{where}: no "{key}"; {_AS_JSON}')


def round_of(data: Mapping[str, Any], where: str) -> int:
    """1, or which time it is that a repeated passage comes; see :mod:`annotate.coordination.assignment.plan`."""
    if not data.get("repeat_of"):
        return 1
    number = data.get("round")
    if type(number) is not int or number <= 1:
        raise ExportError(
            f"{where}: repeats item {data['repeat_of']} as round {number!r}; a repeat has a whole number from 2 on"
        )
    return number


def as_cell(value: object) -> str | None:
    """A text; what is not a text, such as the turns of a dialogue, as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def item_id(data: Mapping[str, Any]) -> str:
    """Name the item that a task brings: a repeat brings that of the first time."""
    return nfc(str(data.get("repeat_of") or data.get("passage_id") or "").strip()) or _content_id(data)


def _content_id(data: Mapping[str, Any]) -> str:
    """Name a task that was not made by ``annotate ingest`` by its content."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
