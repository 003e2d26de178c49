"""Predictions of tasks: send each once, and replace those that are out of date."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.errors import ServerError
from annotate.studio.client import Connection
from annotate.studio.refusals import LostReplyError
from annotate.studio.replies import PREDICTIONS

Prediction = Mapping[str, Any]

BATCH = 500
_SECONDS = 600.0
_BROKEN_REPLIES = 5


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
    all of that task are made anew, so that they keep their order. No request is repeated: after a broken reply
    what stands there is listed again.

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
    broken = 0
    while surplus or missing:
        before = broken
        try:
            for number in surplus:
                connection.ask("DELETE", f"api/predictions/{number}/", "removing an outdated prediction")
            for first in range(0, len(missing), BATCH):
                connection.ask(
                    "POST",
                    f"api/projects/{project_id}/import/predictions",
                    "sending the predictions",
                    json=missing[first : first + BATCH],
                    timeout=_SECONDS,
                )
        except LostReplyError:
            broken += 1
            if broken > _BROKEN_REPLIES:
                raise
        surplus, missing = _compare(connection, project_id, wanted, prefix)
        if broken == before and (surplus or missing):
            raise ServerError(
                f"{connection.url}: {len(surplus) + len(missing)} predictions do not stand there as they were sent; "
                "see that nothing else changes the predictions of this project, and try again"
            )
    return brought


def _compare(
    connection: Connection, project_id: int, wanted: Mapping[int, Sequence[Prediction]], prefix: str
) -> tuple[list[int], list[dict[str, Any]]]:
    """List the numbers of predictions that are not wanted, and the predictions that are missing."""
    there: dict[int, list[Prediction]] = {task: [] for task in wanted}
    for one in connection.get("api/predictions/", "listing the predictions", PREDICTIONS, project=project_id):
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
