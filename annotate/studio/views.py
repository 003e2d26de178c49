"""A tab of the Data Manager for each annotator: their passages, in their order, and nothing else.

Label Studio Community has no assignment. A tab filters and orders the tasks, and its link opens a label stream
with these tasks only. That is an order of work, not a protection: every account can open everything.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from annotate.coordination.assignment.plan import ASSIGNED, QUEUE
from annotate.errors import ServerError
from annotate.studio.client import Connection
from annotate.studio.refusals import LostReplyError
from annotate.studio.replies import COLUMNS, VIEWS, ColumnReply, ViewReply

View = dict[str, Any]

GUARD, NOBODY = "Use your link", "nobody"
_VIEWS = "api/dm/views/"


@dataclass(frozen=True)
class Tab:
    """An annotator's tab. ``link`` opens the label stream with their passages."""

    id: int
    key: str
    link: str


def ensure_tabs(connection: Connection, project_id: int, keys: Sequence[str]) -> list[Tab]:
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

    Raises
    ------
    ServerError
        If the server refuses.

    """
    hidden = hidden_columns(connection, project_id)
    numbers = [ensure_view(connection, project_id, _wanted(GUARD, NOBODY, hidden))]
    numbers += [ensure_view(connection, project_id, _wanted(key, key, hidden)) for key in keys]
    _put_first(connection, project_id, numbers)
    page = connection.page_url(f"projects/{project_id}/data")
    return [
        Tab(number, key, f"{page}?tab={number}&labeling=1")
        for key, number in zip(keys, numbers[1:], strict=True)
    ]


def ensure_view(connection: Connection, project_id: int, wanted: View) -> int:
    """Make the tab of that title, or correct it. Returns its number."""
    there = _titled(connection, project_id, wanted["title"])
    if there is None:
        with suppress(LostReplyError):  # it may have been made
            body = {"project": project_id, "data": wanted}
            connection.ask("POST", _VIEWS, "making a tab", json=body)
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
    """Put these tabs before all others, because a project opens with its first tab."""
    order = [one["id"] for one in list_views(connection, project_id)]
    wanted = [*numbers, *(number for number in order if number not in numbers)]
    if order != wanted:
        body = {"project": project_id, "ids": wanted}
        connection.ask("POST", f"{_VIEWS}order/", "ordering the tabs", json=body)


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
