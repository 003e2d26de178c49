"""What an adjudicator decided, read from a snapshot or an export of the adjudication's project."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from annotate.errors import ExportError, InputError
from annotate.files import read_json
from annotate.study.exports import ADJUDICATION, item_id, tabulate
from annotate.study.snapshot import TASKS
from annotate.study.study import read_study


@dataclass(frozen=True)
class Decisions:
    """The decisions of an adjudication.

    ``categories`` has a row for each item and variable that was answered: item, variable, category.
    ``open`` gives the decided items with the variables that were open when they were pushed. ``waiting``
    counts the passages without a decision, ``again`` those that were decided more than once, where the last
    decision counts. ``exclusions`` is what was left out, such as a skip, as of an export.
    """

    categories: pd.DataFrame
    open: Mapping[str, tuple[str, ...]]
    waiting: int
    again: int
    exclusions: pd.DataFrame


def read_decisions(path: Path, *, config: Path | None = None) -> Decisions:
    """Read the decisions from a snapshot folder, or from a JSON export with its label config.

    Raises
    ------
    InputError
        If it holds no adjudication.
    ExportError, ConfigError
        As :func:`~annotate.study.study.read_study` does.

    """
    codebook = read_study(path, config=config, on_invalid="exclude").codebook
    tasks = [] if codebook is None else export_tasks(path)
    put = [task for task in tasks if task["data"].get(ADJUDICATION)]
    if codebook is None or not put:
        raise InputError(
            f"{path}: holds no adjudication; pull the project that annotate adjudicate pushed into"
        )
    tables = tabulate([_unmarked(task) for task in put], codebook, where=str(path))
    answered = tables.passages.loc[tables.passages["n_annotations"] > 0, "item"]
    opened = {item_id(task["data"]): _open(task["data"], path) for task in put}
    last = tables.ratings.sort_values(["updated_at", "annotation"], kind="stable").drop_duplicates(
        "item", keep="last"
    )
    kept = tables.ratings.merge(last[["item", "annotation"]], on=["item", "annotation"])
    return Decisions(
        categories=kept[["item", "variable", "category"]],
        open={item: opened[item] for item in answered},
        waiting=len(tables.passages) - len(answered),
        again=int((tables.passages["n_annotations"] > 1).sum()),
        exclusions=tables.exclusions,
    )


def export_tasks(path: Path) -> list[Mapping[str, Any]]:
    """The tasks of a snapshot folder or a JSON export that :func:`~annotate.study.study.read_study` has read."""
    file = path / TASKS if path.is_dir() else path
    return list(read_json(file, remedy="export the project again as JSON", error=ExportError))


def _unmarked(task: Mapping[str, Any]) -> Mapping[str, Any]:
    """The task as any other, so that what was decided is checked as a rating is."""
    return {**task, "data": {key: value for key, value in task["data"].items() if key != ADJUDICATION}}


def _open(data: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    names = data[ADJUDICATION]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{path}: item {item_id(data)}: {ADJUDICATION} is no list of variables; pull again")
    return tuple(names)
