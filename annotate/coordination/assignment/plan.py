"""A design within the tasks themselves, for annotators under pseudonyms; and what is free again when somebody leaves.

============= ===========================================================================
data          meaning
============= ===========================================================================
``assigned``  who has the passage, as pseudonyms between bars: ``|ann-1b2c3d4e|ann-5f60718a|``
``queue``     its place in the common order: the round, a hyphen, six digits: ``1-000042``
``repeat_of`` only where a passage comes again: the ``passage_id`` of the first time
``round``     only there: 2
============= ===========================================================================

A repeat is a task of its own, for Label Studio takes one annotation from an annotator a task. Its
``passage_id`` is the first one with ``-round2`` at the end.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from annotate.coordination.assignment._design import COLUMNS, FIRST, SECOND
from annotate.coordination.assignment.people import annotator_key
from annotate.corpus.tasks import Task
from annotate.errors import InputError
from annotate.study.people import annotator_id

ASSIGNED, QUEUE, REPEAT_OF, ROUND = "assigned", "queue", "repeat_of", "round"
_WHICH = [COLUMNS[0], COLUMNS[3]]
_PLACE = re.compile(r"[12]-(\d{6,})")
_KEY = re.compile(r"[^\s|]+")


def is_repeat(data: Mapping[str, Any]) -> bool:
    """Whether a task brings a passage for the second time."""
    return bool(data.get(REPEAT_OF))


def passage_of(data: Mapping[str, Any]) -> str:
    """The passage that a task brings, for the first time or again."""
    return str(data.get(REPEAT_OF) or data.get("passage_id"))


def people_of(data: Mapping[str, Any]) -> list[str]:
    """Read to whom a passage is assigned, by their keys; an empty list if to nobody.

    Raises
    ------
    InputError
        If ``assigned`` is not as :func:`write_plan` writes it.

    """
    assigned = data.get(ASSIGNED)
    if assigned is None:
        return []
    keys = assigned.strip("|").split("|") if isinstance(assigned, str) else [""]
    if len(set(keys)) < len(keys) or not all(_KEY.fullmatch(key) for key in keys):
        raise InputError(
            f"passage {passage_of(data)}: assigned {assigned!r} is not what annotate assign writes; take it out"
        )
    return keys


def items_of(tasks: Iterable[Task]) -> pd.DataFrame:
    """The passages of tasks, each once, as :func:`annotate.coordination.assignment.design` takes them."""
    rows = [(one["data"]["passage_id"], one["data"]["source"]) for one in tasks if not is_repeat(one["data"])]
    return pd.DataFrame(rows, columns=["item", "source"])


def read_plan(data: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Read the design from the data of tasks; tasks that are not assigned are left out.

    Returns
    -------
    DataFrame
        ``item``, ``source``, ``annotator``, ``round``, ``queue``: what ``done`` of the next design takes.

    Raises
    ------
    InputError
        If ``assigned`` is not as :func:`write_plan` writes it.

    """
    rows: list[tuple[str, str, str, int, int]] = []
    for one in data:
        item, keys = passage_of(one), people_of(one)
        place = _PLACE.fullmatch(str(one.get(QUEUE)))
        number = SECOND if is_repeat(one) else FIRST
        source = str(one.get("source") or "")
        rows += [(item, source, key, number, int(place[1]) if place else 0) for key in keys]
    plan = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    return plan.astype({"round": "int64", "queue": "int64"})


def joined_plan(here: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """Join two designs of one study; where both have a passage in a round, ``there`` goes first."""
    known = set(there[_WHICH].itertuples(index=False, name=None))
    new = [row not in known for row in here[_WHICH].itertuples(index=False, name=None)]
    return pd.concat([there, here.loc[new]], ignore_index=True) if any(new) else there


def write_plan(tasks: Sequence[Task], plan: pd.DataFrame) -> list[Task]:
    """Write a design into tasks, and add the tasks of second rounds that are missing at the end.

    The tasks keep their order and everything else. Rows of the design for passages that are not among
    the tasks are passed over.
    """
    blocks: dict[tuple[str, int], list[str]] = {}
    places: dict[tuple[str, int], int] = {}
    for row in plan.itertuples():
        which = (str(row.item), int(str(row.round)))
        blocks.setdefault(which, []).append(str(row.annotator))
        places[which] = int(str(row.queue))
    placed = {
        (item, number): {ASSIGNED: assigned_text(keys), QUEUE: f"{number}-{places[item, number]:06}"}
        for (item, number), keys in blocks.items()
    }
    written: list[Task] = []
    for task in tasks:
        data = task["data"]
        which = (data[REPEAT_OF], SECOND) if is_repeat(data) else (data["passage_id"], FIRST)
        written.append({**task, "data": {**data, **placed.get(which, {})}})
    there = {task["data"]["passage_id"] for task in written}
    first = {task["data"]["passage_id"]: task for task in written if not is_repeat(task["data"])}
    for (item, number), said in placed.items():
        identity = f"{item}-round{number}"
        if number == SECOND and item in first and identity not in there:
            again = {"passage_id": identity, **said, REPEAT_OF: item, ROUND: number}
            written.append({"data": {**first[item]["data"], **again}})
    return written


def renamed(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Replace the names of those to whom a task is assigned; a name that is not in ``names`` stays."""
    if not isinstance(data.get(ASSIGNED), str):
        return dict(data)
    keys = data[ASSIGNED].strip("|").split("|")
    return {**data, ASSIGNED: assigned_text(names.get(key, key) for key in keys)}


def assigned_text(keys: Iterable[str]) -> str:
    """Write to whom a passage is assigned. Bars around each name keep a filter from finding a name within another."""
    return "|" + "|".join(sorted(keys)) + "|"


_WHO = ["item", "round", "annotator"]

Work = Collection[tuple[str, int, str]]
"""Passage, round and annotator."""


def work_in(tasks: Iterable[Mapping[str, Any]], addresses: Mapping[int, str], salt: str) -> Work:
    """Find who has annotated what; a passage that was only skipped is not done.

    Parameters
    ----------
    tasks
        Exported, with annotations.
    addresses
        The accounts: e-mail address by number.
    salt
        Of the study.

    """
    keys = {annotator_id(number): annotator_key(email, salt) for number, email in addresses.items()}
    return {
        (passage_of(task["data"]), SECOND if is_repeat(task["data"]) else FIRST, keys[who])
        for task in tasks
        for one in task["annotations"]
        if (who := annotator_id(one.get("completed_by"))) in keys and not one.get("was_cancelled")
    }


def release(
    done: pd.DataFrame, items: Collection[str], stay: Collection[str], work: Work
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take what is not done from annotators who are not among those who ``stay``.

    Parameters
    ----------
    done
        The design so far, as :func:`annotate.coordination.assignment.read_plan` gives it.
    items
        The passages that can be given to others; those of other passages stay where they are.
    stay
        The annotators of the next design.
    work
        Who has done what. What somebody has done is never taken from them.

    Returns
    -------
    (kept, taken)
        The two parts of ``done``. A second time stays with those who leave where nobody else has it: only
        somebody who has coded a passage can code it again.

    """
    which = pd.MultiIndex.from_frame(done[_WHO])
    free = ~done["annotator"].isin(list(stay)) & done["item"].isin(list(items)) & ~which.isin(list(work))
    left = (~free).groupby([done["item"], done["round"]]).transform("sum")
    free &= (done["round"] == FIRST) | (left > 0)
    return done.loc[~free].reset_index(drop=True), done.loc[free].reset_index(drop=True)
