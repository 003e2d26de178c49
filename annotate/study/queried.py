"""A table of ratings that need not fit into memory: checked and counted by DuckDB, where it lies."""

import contextlib
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self

import duckdb
import pandas as pd

from annotate.codebook.read import Codebook, load_codebook
from annotate.errors import ExportError, InputError
from annotate.files import bundled
from annotate.frames import READABLE, WHITE, count_rows, quoted, write_frame
from annotate.study.annotations import OnEdited
from annotate.study.exported import PASSAGE_COLUMNS, not_an_export
from annotate.study.exports import STRICT, Filed, tabulate_into
from annotate.study.missing import markers
from annotate.study.people import require_machines
from annotate.study.queries import Checked, Entering
from annotate.study.ratings import REQUIRED
from annotate.study.snapshot import TASKS, about_snapshot, read_manifest, snapshot_codebook
from annotate.study.streamed import NotStreamedError, TaskFile
from annotate.study.study import (
    Described,
    OnInvalid,
    Study,
    about_export,
    read_study,
    refuse_invalid,
)

_MEMORY = re.compile(r"[1-9][0-9]*(\.[0-9]+)? ?[KMGT]i?B", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class QueriedRatings:
    """Checked ratings in a database, which go wherever a frame of ratings goes.

    ``relation`` has the columns of the ratings table, no blank cell in those that are needed, one rating of an
    annotator for each item and variable of a round, and one source for each item. ``documents`` says whether the column
    document tells which items are drawn together, where that is known.
    """

    relation: duckdb.DuckDBPyRelation
    documents: bool | None = None
    counted: dict[Any, Any] = field(default_factory=dict)  # what was counted already, for who asks again

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self.relation.columns

    def join(self, *args: Any, **kwargs: Any) -> Any:
        """Join the relation; with this, it is a lazy frame to a type checker."""
        return self.relation.join(*args, **kwargs)

    def explain(self, *args: Any, **kwargs: Any) -> Any:
        """Explain the relation."""
        return self.relation.explain(*args, **kwargs)


@dataclass(frozen=True)
class QueriedStudy(Described):
    """A table of ratings of which nothing is in memory; what it has in common with a study that is.

    ``rows`` are all rounds, ``rated`` the first. ``left_out`` counts by reason; there is no list.
    """

    rows: QueriedRatings
    rated: QueriedRatings
    variables: tuple[str, ...]
    left_out: Mapping[str, int]
    codebook: Codebook | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    whole: Callable[[], Study] | None = field(
        default=None, repr=False
    )  # reads the export that the table was made of

    def without_machines(self, names: Sequence[str]) -> "Self":
        """Leave out what machines coded, and count it with the reason ``machine``.

        Raises
        ------
        InputError
            If no annotator has that name.

        """
        require_machines(
            names, {row[0] for row in self.rows.relation.project("annotator").distinct().fetchall()}
        )
        theirs = ", ".join(map(quoted, names))
        return self._without("machine", f"annotator IN ({theirs})")

    def without_suggested(self) -> "Self":
        """Leave out what was coded with a suggestion in sight, and count it with the reason ``suggested``."""
        if "suggested" not in self.rows.columns:
            return self
        return self._without("suggested", f"trim(coalesce(suggested::VARCHAR, ''), {quoted(WHITE)}) <> ''")

    def _without(self, reason: str, condition: str) -> "Self":
        count = int(self.rows.relation.filter(condition).aggregate("count(*)").fetchall()[0][0])
        if not count:
            return self
        rows, rated = (
            QueriedRatings(one.relation.filter(f"NOT ({condition})")) for one in (self.rows, self.rated)
        )
        used = {row[0] for row in rows.relation.project("variable").distinct().fetchall()}
        variables = tuple(one for one in self.variables if one in used)
        return replace(
            self, rows=rows, rated=rated, variables=variables, left_out={**self.left_out, reason: count}
        )

    @property
    def ratings(self) -> pd.DataFrame:
        """All ratings, in memory: for what goes through them one by one."""
        found: pd.DataFrame = self.rows.relation.to_arrow_table().to_pandas()
        return found.astype(dict.fromkeys(REQUIRED, "str"))

    @cached_property
    def _read(self) -> Study | None:
        return None if self.whole is None else self.whole()

    @property
    def passages(self) -> pd.DataFrame:
        """The passages that have a text, for which an export is read; in a table of ratings none."""
        return pd.DataFrame(columns=list(PASSAGE_COLUMNS)) if self._read is None else self._read.passages

    @property
    def gold(self) -> pd.DataFrame:
        """What is starred as ground truth, for which an export is read; in a table of ratings nothing."""
        return pd.DataFrame(columns=[*REQUIRED]) if self._read is None else self._read.gold


MANY_ROWS, MANY_BYTES = 1_000_000, 50_000_000
"""From so many rows of a Parquet file, or bytes of a table of text, on, queries are faster and take less memory than a
table in memory."""


def is_large(path: Path) -> bool:
    """Whether a file is a table of ratings that is better left where it is."""
    if not path.is_file():
        return False
    kind = path.suffix.lower()
    if kind == ".parquet":
        with contextlib.suppress(InputError):
            return count_rows(path) >= MANY_ROWS
    return kind == ".csv" and path.stat().st_size >= MANY_BYTES


def read_queried(
    path: Path,
    *,
    config: Path | None = None,
    on_invalid: OnInvalid = "error",
    on_edited: OnEdited = "keep",
    missing: str | Sequence[str] = (),
    memory: str | None = None,
) -> QueriedStudy:
    """Check ratings by queries: of a table (.csv, .parquet) where it lies, of a snapshot in its own table.

    A Label Studio export is read as a stream, and its ratings are written to a temporary file.

    Parameters
    ----------
    path, config, on_invalid, on_edited, missing
        As of :func:`annotate.study.study.read_study`.
    memory
        How much memory DuckDB may take, such as ``"2GB"``; what takes more goes to a temporary folder on the disk.

    Raises
    ------
    InputError, ConfigError, ExportError, TableError
        As :func:`annotate.study.study.read_study`; and for a ``memory`` that is not an amount.

    """
    if memory is not None and not _MEMORY.fullmatch(memory):
        raise InputError(f"memory: {memory!r} is not an amount; write it as 2GB or 500MB")
    folder = Path(tempfile.mkdtemp(prefix="annotate-"))
    connection = duckdb.connect(folder / "study.duckdb")
    weakref.finalize(connection, shutil.rmtree, folder, ignore_errors=True)
    connection.execute(f"SET temp_directory = {quoted(folder / 'spilled')}")
    connection.execute("SET enable_progress_bar = false")
    if memory is not None:
        connection.execute(f"SET memory_limit = {quoted(memory)}")
    try:
        if path.suffix.lower() in READABLE and not path.is_dir():
            codebook = None if config is None else load_codebook(config)
            checked = Entering(connection, path, folder, codebook).checked(markers(missing))
            about = {"read": str(path), "kind": "table of ratings"}
            return _study(connection, checked, {"missing": checked.missing}, codebook, about)
        found = _exported(path, config, folder, on_invalid, on_edited)
        checked = Entering(connection, found.ratings, folder, None, str(path)).exported()
    except duckdb.OutOfMemoryException as error:
        raise InputError(
            f"{path}: takes more memory than {memory or 'there is'}; allow more with --memory"
        ) from error
    made = _study(connection, checked, found.left_out, found.codebook, found.about)
    whole = partial(read_study, path, config=config, on_invalid="exclude", on_edited=on_edited)
    cautions = tuple(dict.fromkeys([*found.cautions, *checked.cautions]))
    return replace(made, cautions=cautions, whole=whole)


def _study(
    connection: duckdb.DuckDBPyConnection,
    checked: Checked,
    left_out: Mapping[str, int],
    codebook: Codebook | None,
    about: Mapping[str, str],
) -> QueriedStudy:
    ratings = connection.sql("FROM ratings")
    one_round = checked.rounds == 1
    rows = QueriedRatings(ratings, checked.documents if one_round else None)
    return QueriedStudy(
        rows,
        rows if one_round else QueriedRatings(ratings.filter("round = 1")),
        checked.variables,
        {reason: count for reason, count in left_out.items() if count},
        codebook,
        about,
        checked.cautions,
    )


@dataclass(frozen=True)
class _Exported:
    """Where the ratings of an export lie, and what is said of it."""

    ratings: Path
    codebook: Codebook
    left_out: Mapping[str, int]
    about: Mapping[str, str]
    cautions: tuple[str, ...]


def _exported(
    path: Path, config: Path | None, folder: Path, on_invalid: OnInvalid, on_edited: OnEdited
) -> _Exported:
    """The ratings of a snapshot or an export as a Parquet file, which no more than a piece of was in memory."""
    if not path.is_dir() and path.suffix.lower() != ".json":
        raise InputError(not_an_export(str(path), path.suffix) if path.exists() else f"{path}: no such file")
    manifest = read_manifest(path) if path.is_dir() else {}
    codebook = (
        snapshot_codebook(path, config) if manifest else load_codebook(config or bundled("label_config.xml"))
    )
    counts = dict(manifest.get("counts") or {})
    if "cautions" in manifest and counts["ratings"] and on_edited == "keep":
        left_out = dict(counts.get("exclusions") or {})
        about = about_snapshot(path, manifest)
        return _Exported(path / "ratings.parquet", codebook, left_out, about, tuple(manifest["cautions"]))
    filed = _filed(path / TASKS if manifest else path, codebook, str(path), folder, on_edited)
    if filed is not None and counts.get("tasks") in (None, filed.tasks) and filed.ratings:
        if on_invalid == "error" and not manifest:
            refuse_invalid(filed.exclusions(STRICT), codebook, path)
        about = about_snapshot(path, manifest) if manifest else about_export(path, codebook)
        return _Exported(filed.place, codebook, filed.left_out, about, filed.cautions)
    study = read_study(path, config=config, on_invalid=on_invalid, on_edited=on_edited)
    _ = study.rated  # refused where there is nothing to measure
    write_frame(study.ratings, folder / "all.parquet")
    return _Exported(folder / "all.parquet", codebook, study.left_out, study.about, study.cautions)


def _filed(source: Path, codebook: Codebook, where: str, folder: Path, on_edited: OnEdited) -> Filed | None:
    """The tables of an export in files; None where anything is odd, which is said when it is read whole."""
    try:
        return tabulate_into(folder, TaskFile(source), codebook, where, on_edited=on_edited)
    except (NotStreamedError, ExportError):
        return None
