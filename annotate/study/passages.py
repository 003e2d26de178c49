"""Passages with their texts, from whatever holds them; and what a check says of a file."""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd

from annotate.codebook.check import check_config
from annotate.codebook.read import load_codebook
from annotate.corpus.readers import FORMATS
from annotate.corpus.tasks import Task, is_task_file, read_tasks
from annotate.errors import AnnotateError, InputError, counted
from annotate.files import bundled, read_text
from annotate.frames import READABLE
from annotate.study.links import is_pair, of_pairs, pairs_for_passages
from annotate.study.study import Study, read_study

COLUMNS = ("item", "document", "source", "title", "published", "url", "start", "end", "kind", "text", "links")
_WORDS = ("document", "source", "title", "published", "url", "kind", "links")


def read_passages(path: Path, config: Path | None = None) -> pd.DataFrame:
    """Read the passages of a task file, a Label Studio JSON export or a snapshot folder.

    Returns
    -------
    DataFrame
        One row a passage, sorted by document and place: ``item`` (the passage id), ``document`` (the
        document's id; the source's name where a task does not say), ``source``, ``title``,
        ``published`` (as written), ``url``, ``start`` and ``end`` (code points of the document; of the
        passage itself where a task does not say), ``kind`` (``body`` where a task does not say),
        ``text`` and ``links`` (the addresses to which it leads, with blanks between). What is not known is None.

    Raises
    ------
    InputError, ExportError
        In one line: what, where, what to do. Pairs of passages, of a link project, are refused.

    """
    return read_passages_and_study(path, config)[0]


def read_passages_and_study(path: Path, config: Path | None = None) -> tuple[pd.DataFrame, Study | None]:
    """Read passages as :func:`read_passages` does, and the study with their ratings, where there is one."""
    if path.suffix.lower() == ".json" and is_task_file(path):
        tasks = read_tasks(path)
        if any(is_pair(task["data"]) for task in tasks):
            raise pairs_for_passages(str(path))
        return passages_of(tasks, str(path)), None
    if path.is_file() and path.suffix.lower() in FORMATS and path.suffix.lower() not in READABLE:
        raise InputError(f"{path}: is a document; make tasks of it with annotate ingest, and give those")
    study = read_study(path, config=config, on_invalid="exclude")
    if of_pairs(study):
        raise pairs_for_passages(str(path))
    if study.passages["text"].isna().all():
        raise InputError(f"{path}: holds no texts; give the tasks that annotate ingest wrote, or a snapshot")
    return passages_of_study(study, str(path)), study


def passages_of(tasks: list[Task], where: str = "tasks") -> pd.DataFrame:
    """Make the table of :func:`read_passages` of tasks that are at hand; a repeat of a passage is not a passage of its own.

    ``where`` they come from stands in messages.
    """
    rows = [_row(task["data"]) for task in tasks if not task["data"].get("repeat_of")]
    return _complete(pd.DataFrame(rows), where)


def passages_of_study(study: Study, where: str = "study") -> pd.DataFrame:
    """Make the table of :func:`read_passages` of a study; passages without text are left out."""
    return _complete(study.passages, where)


def _row(data: dict[str, Any]) -> dict[str, Any]:
    known = {name: data.get(name) for name in COLUMNS}
    return known | {"item": data["passage_id"].strip(), "document": data.get("document_id")}


def _complete(passages: pd.DataFrame, where: str) -> pd.DataFrame:
    table = passages.reindex(columns=list(COLUMNS)).astype(object)
    table = table.loc[table["text"].map(lambda text: isinstance(text, str) and bool(text))]
    table = table.where(table.notna(), None)
    for name in _WORDS:
        table[name] = _each(table, name, _words, where)
    table["document"] = table["document"].where(table["document"].notna(), table["source"])
    table["start"] = _each(table, "start", _place, where)
    table["end"] = [start + len(text) for start, text in zip(table["start"], table["text"], strict=True)]
    table["kind"] = table["kind"].where(table["kind"].notna(), "body")
    table = table.astype(object).where(table.notna(), None)
    table = table.sort_values(["document", "start", "item"], kind="stable", ignore_index=True)
    return table.astype({"start": "int64", "end": "int64"})


def _each(
    table: pd.DataFrame, name: str, read: Callable[[Any], str | int | None], where: str
) -> list[str | int | None]:
    """Read a column of what anybody may have written into tasks by hand."""
    found = []
    for item, value in zip(table["item"], table[name], strict=True):
        try:
            found.append(read(value))
        except ValueError as error:
            key = "document_id" if name == "document" else name
            raise InputError(f"{where}: passage {item}: {key} is {value!r}; {error}") from error
    return found


_FURTHEST = 2**53  # characters into a document: whole numbers are exact up to there


def _words(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError("write it as a text, in quotation marks")  # noqa: TRY004 - said to a user
    return str(value)


def _place(value: Any) -> int:
    if value is None:
        return 0
    known = isinstance(value, int | float) and not isinstance(value, bool)
    if not known or not 0 <= value < _FURTHEST or value % 1:
        raise ValueError("it is the place in the document, a whole number from 0 on")
    return int(value)


@dataclass(frozen=True)
class Finding:
    """What a check found in one file: the problems, or a summary where there is none."""

    path: Path
    problems: tuple[str, ...]
    summary: str = ""


def check_label_config(path: Path | None) -> Finding:
    """Check a label config (default: the bundled one) for what neither Label Studio nor its SDK finds."""
    path = path or bundled("label_config.xml")
    problems = tuple(str(problem) for problem in check_config(read_text(path)))
    if problems:
        return Finding(path, problems)
    book = load_codebook(path)
    unread = f"; answers to {', '.join(book.unread)} are not read, but counted" if book.unread else ""
    return Finding(
        path, (), f"ok, {counted(len(book.variables), 'variable')}, config {book.sha256[:12]}{unread}"
    )


def check_file(path: Path, config: Path | None) -> Finding:
    """Check a label config, a task file, an export, a snapshot or a table of ratings."""
    try:
        if path.suffix.lower() == ".xml":
            return check_label_config(path)
        if path.suffix.lower() == ".json" and is_task_file(path):
            return Finding(path, (), f"ok, {counted(len(read_tasks(path)), 'passage')}")
        study = read_study(path, config=None if path.is_dir() else config)
    except AnnotateError as error:
        return Finding(path, (str(error).removeprefix(f"{path}: "),))
    counts = f"ok, {counted(len(study.ratings), 'rating')} of {counted(len(study.passages), 'passage')}"
    marks = f", {counted(len(study.spans), 'mark')}" if len(study.spans) else ""
    said = "".join(f"; caution: {one}" for one in study.cautions)
    return Finding(path, (), f"{counts}{marks}, {counted(len(study.exclusions), 'exclusion')}{said}")
