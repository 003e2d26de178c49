"""Several exports become one study: the one-project-an-annotator habit, or a study on two servers.

Each part is a snapshot or a JSON export. Account 3 of one server is not account 3 of another, so
annotators are told apart by the part they come from: ``A3@1`` is account 3 of the first. One account of
one server is one person, and so are accounts of one address; all else has to be said. A passage is told by its id, and must have the same text.

The result is a snapshot like any other. An annotation in it is numbered by its own number and its part,
``91@2``, and says under ``origin`` where it comes from; the manifest names the parts with their sha256.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from annotate.errors import ExportError, InputError
from annotate.study.exports import tabulate
from annotate.study.parts import (
    Accounts,
    Json,
    Part,
    name_accounts,
    read_part,
    require_distinct,
    require_one_config,
    taken_as_one,
)
from annotate.study.people import NOBODY, PERSONS, annotator_id
from annotate.study.snapshot import write_snapshot
from annotate.study.study import OnInvalid

OnConfigChange = Literal["error", "first"]


@dataclass(frozen=True)
class Merged:
    """The snapshot that was written, how many passages it has, and how many of them stood in several parts.

    ``names`` are the annotators of each account, ``notices`` what a person should know.
    """

    folder: Path
    parts: Sequence[Part]
    passages: int
    shared: int
    names: Accounts
    notices: Sequence[str]


def merge(
    paths: Sequence[Path],
    output: Path,
    *,
    annotators: Path | None = None,
    config: Path | None = None,
    on_invalid: OnInvalid = "error",
    on_config_change: OnConfigChange = "error",
) -> Merged:
    """Merge snapshots and JSON exports into one new snapshot.

    Parameters
    ----------
    paths
        Two or more snapshot folders or Label Studio JSON exports.
    output
        The new snapshot's folder; it must not exist.
    annotators
        A table that says which accounts are one person, see :func:`~annotate.study.parts.name_accounts`.
    config
        The label config of JSON exports (default: the one that comes with the package).
    on_invalid
        ``error`` stops where one person annotated a passage in two parts, and at what
        :func:`annotate.study.study.read_study` stops at; ``exclude`` leaves out all but the newest and counts.
    on_config_change
        ``error`` stops if the parts have not the same label config; ``first`` reads all with the first.

    Raises
    ------
    InputError
        If there are fewer than two parts, one is not an export, one annotation stands in two, or the table of
        annotators is wrong.
    ExportError
        If label configs or the texts of a passage differ, or a person annotated a passage in two parts.

    """
    require_several(paths)
    require_new(output)
    parts = [read_part(number, path, config, on_invalid) for number, path in enumerate(paths, start=1)]
    require_distinct(parts)
    if on_config_change == "error":
        require_one_config(parts)
    accounts = name_accounts(parts, annotators)
    tasks = join_tasks(parts, accounts)
    if on_invalid == "error":
        _require_once(tasks, parts)
    book = parts[0].codebook
    folder = write_snapshot(output.parent, output.name, tasks, book.config, _manifest(parts, tasks, accounts))
    shared = {which(task["data"])[0] for task in tasks if len({one["part"] for one in task["origin"]}) > 1}
    return Merged(
        folder=folder,
        parts=parts,
        passages=len(tabulate(tasks, book).passages),
        shared=len(shared),
        names=accounts,
        notices=[*differences(tasks), *taken_as_one(parts, accounts)],
    )


def require_several(*parts: Sequence[object]) -> None:
    """See that there is something to merge.

    Raises
    ------
    InputError
        If there are fewer than two parts in all.

    """
    if sum(map(len, parts)) < 2:  # noqa: PLR2004
        raise InputError("merge takes two exports or more; one is read as it is")


def require_new(output: Path) -> None:
    """See that nothing is where the merged snapshot is to be.

    Raises
    ------
    InputError
        If something is.

    """
    if output.exists():
        raise InputError(f"{output}: exists already; a snapshot is never changed, say another folder")


def _require_once(tasks: Sequence[Json], parts: Sequence[Part]) -> None:
    """See that nobody annotated a passage in two parts."""
    found: dict[tuple[str, str], set[int]] = {}
    for task in tasks:
        seen: dict[str, set[int]] = {}
        for one in task["annotations"]:
            if not one.get("was_cancelled"):
                seen.setdefault(annotator_id(one.get("completed_by")), set()).add(one["origin"]["part"])
        which = str(task["data"].get("passage_id") or f"of task {task['origin'][0]['task']}")
        found |= {(which, name): those for name, those in seen.items() if len(those) > 1 and name != NOBODY}
    if found:
        (item, name), those = next(iter(found.items()))
        paths = " and ".join(str(part.path) for part in parts if part.number in those)
        more = f" (and {len(found) - 1} more such)" if len(found) > 1 else ""
        raise ExportError(
            f"{paths}: {name} annotated passage {item} in each{more}; correct the table of annotators, or keep the "
            "newest of each, counted, with --on-invalid exclude"
        )


def _manifest(parts: Sequence[Part], tasks: Sequence[Json], accounts: Accounts) -> dict[str, object]:
    return {
        "merged_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "project": {"title": " + ".join(part.title for part in parts)},
        "parts": [_said_of(part) for part in parts],
        "annotators": _annotators(tasks, accounts),
        "drafts_left_out": sum(
            int(part.manifest.get("drafts_left_out") or 0)
            + sum(len(task.get("drafts") or ()) for task in part.tasks)
            for part in parts
        ),
    }


def _said_of(part: Part) -> dict[str, Any]:
    said = ("project", "server", "pulled_at", "merged_at", "parts")
    return {
        "part": part.number,
        "name": part.path.name,
        "sha256": part.sha256,
        "config_sha256": part.codebook.sha256,
        "exclusions": len(part.study.exclusions),
        **{name: part.manifest[name] for name in said if name in part.manifest},
    }


def _annotators(tasks: Sequence[Json], accounts: Accounts) -> list[dict[str, object]]:
    """Each annotator of the study: which accounts they are, and how much they did."""
    made: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for task in tasks:
        for one in task["annotations"]:
            (skipped if one.get("was_cancelled") else made)[annotator_id(one.get("completed_by"))] += 1
    return [
        {
            "annotator": name,
            "annotations": made[name],
            "skipped": skipped[name],
            "accounts": [
                {"part": part, "annotator": own} for (part, own), as_ in accounts.items() if as_ == name
            ],
        }
        for name in sorted({*made, *skipped, *accounts.values()} - {NOBODY})
    ]


_NAMES = frozenset({"created_username"})
_ANYBODY = frozenset({"text", "source"})


def join_tasks(parts: Sequence[Part], accounts: Accounts) -> list[dict[str, Any]]:
    """Join the tasks of all parts: one for each passage and round, with the annotations of all.

    Its data are those of the first part that has it; what another part has otherwise stands under
    ``origin``. Drafts, which are not judgements yet and carry e-mail addresses, are left out.

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
    book = part.codebook
    shown = {one.shows for one in book.variables} | {one.shows for one in book.span_variables}
    return frozenset(key or "text" for key in shown)


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
