"""What is offered to annotators: a tab of the Data Manager for each, and answers that stand ready under a task.

A tab shows an annotator their passages, in their order, and nothing else. Label Studio Community has no
assignment. A tab filters and orders the tasks, and its link opens a label stream with these tasks only. That is an order of work, not a protection: every account can open everything.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.coordination.assignment import annotator_key
from annotate.coordination.assignment.plan import ASSIGNED, QUEUE
from annotate.errors import ServerError, counted
from annotate.studio.accounts import people
from annotate.studio.client import Connection
from annotate.studio.late import once
from annotate.studio.refusals import LostReplyError
from annotate.studio.replies import COLUMNS, PREDICTIONS, VIEWS, ColumnReply, PredictionReply, ViewReply

View = dict[str, Any]

GUARD, NOBODY = "Use your link", "nobody"
_GUARDED = re.compile(rf"\|{NOBODY}:([^|\"]+)\|")
_VIEWS = "api/dm/views/"


@dataclass(frozen=True)
class Tab:
    """An annotator's tab. ``link`` opens the label stream with their passages."""

    id: int
    key: str
    link: str


def ensure_tabs(connection: Connection, project_id: int, keys: Sequence[str], salt: str) -> list[Tab]:
    """Make a tab for each annotator, named by the pseudonym, or correct the one that is there.

    The first tab is empty. An annotator who opens the project without the link, or presses a button to label,
    gets nothing there, and not the passages of another annotator.

    Parameters
    ----------
    connection
        The coordinator's.
    project_id
        The project, with its passages.
    keys
        Pseudonyms as they stand in ``data.assigned``.
    salt
        With which they were made. It stays in the filter of the first tab: no export has it, and whoever has an
        account on the server can list the addresses anyway.

    Raises
    ------
    ServerError
        If the server refuses.

    """
    hidden = hidden_columns(connection, project_id)
    numbers = [ensure_view(connection, project_id, _wanted(GUARD, f"{NOBODY}:{salt}", hidden))]
    numbers += [ensure_view(connection, project_id, _wanted(key, key, hidden)) for key in keys]
    _put_first(connection, project_id, numbers)
    return [
        Tab(number, key, _stream(connection, project_id, number))
        for key, number in zip(keys, numbers[1:], strict=True)
    ]


def tab_links(connection: Connection, project_id: int) -> dict[str, str]:
    """The link of each annotator's label stream, by e-mail address; of those who have a tab and an account.

    Raises
    ------
    ServerError
        If the server refuses.

    """
    views = list_views(connection, project_id)
    titles, salt = {one["data"].get("title"): one["id"] for one in views}, _salt(views)
    keys = {email: annotator_key(email, salt) for email in people(connection).values()}
    return {
        email: _stream(connection, project_id, titles[key]) for email, key in keys.items() if key in titles
    }


def project_salt(connection: Connection, project_id: int) -> str:
    """The salt of the pseudonyms in a project, see :func:`ensure_tabs`; empty if nothing is assigned there.

    Raises
    ------
    ServerError
        If the server refuses.

    """
    return _salt(list_views(connection, project_id))


def _salt(views: Sequence[ViewReply]) -> str:
    guards = [json.dumps(one["data"].get("filters")) for one in views if one["data"].get("title") == GUARD]
    found = (_GUARDED.search(filters) for filters in guards)
    return next((one[1] for one in found if one), "")


def _stream(connection: Connection, project_id: int, tab: int) -> str:
    return f"{connection.page_url(f'projects/{project_id}/data')}?tab={tab}&labeling=1"


def ensure_view(connection: Connection, project_id: int, wanted: View) -> int:
    """Make the tab of that title, or correct it. Returns its number."""
    there = _titled(connection, project_id, wanted["title"])
    if there is None:
        once(
            connection,
            lambda: connection.ask(
                "POST", _VIEWS, "making a tab", json={"project": project_id, "data": wanted}
            ),
            lambda: _titled(connection, project_id, wanted["title"]) is not None,
            f"the tab {wanted['title']!r}",
        )
        there = _titled(connection, project_id, wanted["title"])
        if there is None:
            raise ServerError(f"{connection.url}: tab {wanted['title']!r} could not be made; try again")
    elif any(there["data"].get(name) != value for name, value in wanted.items()):
        body = {"project": project_id, "data": {**there["data"], **wanted}}
        connection.ask("PATCH", f"{_VIEWS}{there['id']}/", "putting a tab right", json=body)
    return there["id"]


def _titled(connection: Connection, project_id: int, title: str) -> ViewReply | None:
    """The tab of that title; of several, the oldest."""
    views = [one for one in list_views(connection, project_id) if one["data"].get("title") == title]
    return min(views, key=lambda one: one["id"], default=None)


def list_views(connection: Connection, project_id: int) -> list[ViewReply]:
    """The tabs of a project."""
    return connection.get(_VIEWS, "listing the tabs", VIEWS, project=project_id)


def _put_first(connection: Connection, project_id: int, numbers: Sequence[int]) -> None:
    """Put these tabs before all others, because a project opens with its first tab.

    A tab that is the same as one of them goes: a request that was doubled on its way made it.
    """
    data = {one["id"]: one["data"] for one in list_views(connection, project_id)}
    ours = [data[number] for number in numbers if number in data]
    doubled = [number for number in data if number not in numbers and data[number] in ours]
    for number in doubled:
        _delete_tab(connection, project_id, number)
    order = [number for number in data if number not in doubled]
    wanted = [*numbers, *(number for number in order if number not in numbers)]
    if order != wanted:
        body = {"project": project_id, "ids": wanted}
        connection.ask("POST", f"{_VIEWS}order/", "ordering the tabs", json=body, again=True)


def _delete_tab(connection: Connection, project_id: int, number: int) -> None:
    once(
        connection,
        lambda: connection.ask("DELETE", f"{_VIEWS}{number}/", "deleting a second tab of the same title"),
        lambda: all(one["id"] != number for one in list_views(connection, project_id)),
        "a tab to be gone",
    )


def _wanted(title: str, key: str, hidden: Sequence[str]) -> View:
    return {
        "title": title,
        "type": "list",
        "target": "tasks",
        "filters": {
            "conjunction": "and",
            "items": [
                {
                    "filter": f"filter:tasks:data.{ASSIGNED}",
                    "operator": "contains",
                    "type": "String",
                    "value": f"|{key}|",
                }
            ],
        },
        "ordering": [f"tasks:data.{QUEUE}"],
        # Whoever once clicked "Label All Tasks" has a browser that drops the filters of every tab, unless
        # all tasks of the tab are selected: so they are.
        "selected": {"all": True, "list": []},
        "hiddenColumns": {"explore": list(hidden), "labeling": list(hidden)},
    }


def hidden_columns(connection: Connection, project_id: int) -> list[str]:
    """List the columns that annotators do not see: all but those that the label config shows."""
    return sorted(
        column_name(one)
        for one in list_columns(connection, project_id)
        if not (
            one.get("parent") == "data"
            and "visibility_defaults" in one
            and one["visibility_defaults"]["labeling"]
        )
    )


def list_columns(connection: Connection, project_id: int) -> list[ColumnReply]:
    """The columns that the tabs of a project may show."""
    return connection.get("api/dm/columns/", "listing the columns", COLUMNS, project=project_id)["columns"]


def column_name(column: ColumnReply) -> str:
    """How a tab names a column."""
    return f"tasks:{'data.' if column.get('parent') == 'data' else ''}{column['id']}"


Prediction = Mapping[str, Any]

BATCH = 500
_SECONDS = 600.0
_ROUNDS = 3


@dataclass(frozen=True)
class Brought:
    """What was done: how many predictions were missing and sent, and how many were out of date and removed."""

    sent: int
    removed: int


def ensure_predictions(
    connection: Connection, project_id: int, wanted: Mapping[int, Sequence[Prediction]], *, prefix: str = ""
) -> Brought:
    """Make these predictions the only ones of these tasks.

    A prediction is known by its task, ``model_version`` and ``result``. Where one of a task is not as wanted,
    all of that task are made anew, so that they keep their order. After a lost reply nothing is sent before it is
    known what became of the request, see :mod:`annotate.studio.late`.

    Parameters
    ----------
    connection
        The coordinator's.
    project_id
        The project of the tasks.
    wanted
        ``model_version`` and ``result`` of each, by task id, in the order in which they are shown. A task
        without any loses those that it has.
    prefix
        Predictions whose ``model_version`` begins otherwise are somebody else's and stay.

    Raises
    ------
    ServerError
        If the server refuses, or keeps breaking off.

    """
    surplus, missing = _compare(connection, project_id, wanted, prefix)
    brought = Brought(len(missing), len(surplus))
    for last in (*[False] * (_ROUNDS - 1), True):
        if not surplus and not missing:
            return brought
        try:
            for number in surplus:
                _withdraw(connection, project_id, number)
            for first in range(0, len(missing), BATCH):
                _send(connection, project_id, missing[first : first + BATCH])
        except LostReplyError:
            if last:
                raise
        surplus, missing = _compare(connection, project_id, wanted, prefix)
    if surplus or missing:
        raise ServerError(
            f"{connection.url}: {counted(len(surplus) + len(missing), 'prediction is', 'predictions are')} not there as they were sent; "
            "see that nothing else changes the predictions of this project, and try again"
        )
    return brought


def _withdraw(connection: Connection, project_id: int, number: int) -> None:
    once(
        connection,
        lambda: connection.ask("DELETE", f"api/predictions/{number}/", "removing an outdated prediction"),
        lambda: all(one["id"] != number for one in _predictions(connection, project_id)),
        f"prediction {number} to be gone",
    )


def _send(connection: Connection, project_id: int, missing: Sequence[Mapping[str, Any]]) -> None:
    wanted = Counter((one["task"], _key(one)) for one in missing)
    once(
        connection,
        lambda: connection.ask(
            "POST",
            f"api/projects/{project_id}/import/predictions",
            "sending the predictions",
            json=missing,
            timeout=_SECONDS,
        ),
        lambda: wanted <= Counter((one["task"], _key(one)) for one in _predictions(connection, project_id)),
        f"{counted(len(missing), 'prediction')}",
    )


def _predictions(connection: Connection, project_id: int) -> list[PredictionReply]:
    return connection.get("api/predictions/", "listing the predictions", PREDICTIONS, project=project_id)


def _compare(
    connection: Connection, project_id: int, wanted: Mapping[int, Sequence[Prediction]], prefix: str
) -> tuple[list[int], list[dict[str, Any]]]:
    """List the numbers of predictions that are not wanted, and the predictions that are missing."""
    there: dict[int, list[Prediction]] = {task: [] for task in wanted}
    for one in _predictions(connection, project_id):
        if one["task"] in there and str(one["model_version"] or "").startswith(prefix):
            there[one["task"]].append(one)
    surplus: list[int] = []
    missing: list[dict[str, Any]] = []
    for task, predictions in wanted.items():
        if Counter(map(_key, there[task])) != Counter(map(_key, predictions)):
            surplus += [one["id"] for one in there[task]]
            missing += [{"task": task, **one} for one in predictions]
    return surplus, missing


def _key(prediction: Prediction) -> str:
    return json.dumps([prediction["model_version"], prediction["result"]], sort_keys=True)
