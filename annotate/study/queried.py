"""A table of ratings that need not fit into memory: checked and counted by DuckDB, where it lies."""

import contextlib
import re
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import duckdb
import pandas as pd

from annotate.codebook.read import Codebook, load_codebook
from annotate.errors import InputError
from annotate.frames import READABLE, WHITE, count_rows, quoted
from annotate.study.exported import PASSAGE_COLUMNS
from annotate.study.missing import markers
from annotate.study.people import require_machines
from annotate.study.queries import Entering
from annotate.study.ratings import REQUIRED
from annotate.study.study import Described

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

    @property
    def passages(self) -> pd.DataFrame:
        """The passages that have a text: in a table of ratings none."""
        return pd.DataFrame(columns=list(PASSAGE_COLUMNS))

    @property
    def gold(self) -> pd.DataFrame:
        """What is starred as ground truth: in a table of ratings nothing."""
        return pd.DataFrame(columns=[*REQUIRED])


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
    missing: str | Sequence[str] = (),
    memory: str | None = None,
) -> QueriedStudy:
    """Check a table of ratings (.csv, .parquet) by queries, and leave it where it is.

    Parameters
    ----------
    path, config, missing
        As of :func:`annotate.study.study.read_study`.
    memory
        How much memory DuckDB may take, such as ``"2GB"``; what takes more goes to a temporary folder on the disk.

    Raises
    ------
    InputError, ConfigError, TableError
        As :func:`annotate.study.study.read_study`; and for a ``memory`` that is not an amount.

    """
    if path.suffix.lower() not in READABLE:
        raise InputError(f"{path}: only a table of ratings (.csv, .parquet) is read by --engine duckdb")
    codebook = None if config is None else load_codebook(config)
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
        checked = Entering(connection, path, folder, codebook).checked(markers(missing))
    except duckdb.OutOfMemoryException as error:
        raise InputError(
            f"{path}: takes more memory than {memory or 'there is'}; allow more with --memory"
        ) from error
    ratings = connection.sql("FROM ratings")
    one_round = checked.rounds == 1
    rows = QueriedRatings(ratings, checked.documents if one_round else None)
    return QueriedStudy(
        rows,
        rows if one_round else QueriedRatings(ratings.filter("round = 1")),
        checked.variables,
        {"missing": checked.missing} if checked.missing else {},
        codebook,
        {"read": str(path), "kind": "table of ratings"},
        checked.cautions,
    )
