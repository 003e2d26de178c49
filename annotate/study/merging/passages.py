"""Tasks of several exports, joined by passage."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from annotate.errors import ExportError
from annotate.study.answers import text_keys
from annotate.study.exports import annotator_id
from annotate.study.merging.accounts import Accounts
from annotate.study.merging.parts import PERSONS, Json, Part

_NAMES = frozenset({"created_username"})
_ANYBODY = frozenset({"text", "source"})


def join_tasks(parts: Sequence[Part], accounts: Accounts) -> list[dict[str, Any]]:
    """Join the tasks of all parts: one for each passage and round, with the annotations of all.

    Its data are those of the first part that has it; what another part has otherwise stands under
    ``origin``. Drafts, which are nobody's judgement yet and carry e-mail addresses, are left out.

    Raises
    ------
    ExportError
        If a passage has two texts or two sources.

    """
    fields = _ANYBODY | _judged_fields(parts[0])
    joined: dict[tuple[str, str], dict[str, Any]] = {}
    known: dict[str, tuple[Part, Json]] = {}
    for part in parts:
        for task in part.tasks:
            data = task["data"]
            item, again = which(data)
            first, shown = known.setdefault(item, (part, data))
            for name in sorted(fields):
                if shown.get(name) != data.get(name):
                    raise ExportError(
                        f"{part.path}: passage {item} has another {name} than in {first.path}; "
                        "passages of one id are one text, so these are not of one study"
                    )
            new = {"id": len(joined) + 1, "data": data, "annotations": [], "predictions": [], "drafts": []}
            home = joined.setdefault((item, again), {**new, "origin": []})
            differs = {name: value for name, value in data.items() if home["data"].get(name) != value}
            home["origin"].append(
                {"part": part.number, "task": task.get("id")} | ({"data": differs} if differs else {})
            )
            home["predictions"] += task.get("predictions") or []
            home["annotations"] += [
                _annotation(one, part, home["id"], accounts) for one in task["annotations"]
            ]
    return list(joined.values())


def _judged_fields(part: Part) -> frozenset[str]:
    """What the data hold under the names that variables and spans are about."""
    keys, book = text_keys(part.codebook), part.codebook
    shown = {one.to_name for one in book.variables} | {one.to_name for one in book.span_variables}
    return frozenset(keys.get(name, "text") for name in shown)


def which(data: Json) -> tuple[str, str]:
    """The passage, by its id or all of its data, and the round; see :func:`annotate.study.exports.tabulate`."""
    item = str(data.get("repeat_of") or data.get("passage_id") or "").strip()
    return item or json.dumps(data, sort_keys=True), str(data.get("round") if data.get("repeat_of") else 1)


def _annotation(one: Json, part: Part, task: int, accounts: Accounts) -> dict[str, Any]:
    persons = {role: _account(one[role], part, accounts) for role in PERSONS if one.get(role) is not None}
    origin = {
        "part": part.number,
        "project": one.get("project"),
        "task": one.get("task"),
        "annotation": one.get("id"),
        "completed_by": _number(one.get("completed_by")),
    }
    kept = {key: value for key, value in one.items() if key not in _NAMES}
    return {**kept, **persons, "id": f"{one.get('id')}@{part.number}", "task": task, "origin": origin}


def _account(person: object, part: Part, accounts: Accounts) -> object:
    """What Label Studio would write for this annotator: the name without its A."""
    name = accounts.get((part.number, annotator_id(person)))
    return None if name is None else name[1:]


def _number(person: Any) -> Any:
    return person.get("id") if isinstance(person, dict) else person


def differences(tasks: Sequence[Json]) -> Iterator[str]:
    """Say in which data, other than the text, the parts differ, and in how many passages."""
    fields = Counter(name for task in tasks for one in task["origin"] for name in one.get("data", ()))
    if fields:
        named = ", ".join(f"{name} ({count})" for name, count in sorted(fields.items()))
        yield f"the parts differ in data of passages: {named}; those of the first part stand, the others' under origin"
