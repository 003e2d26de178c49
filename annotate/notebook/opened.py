"""A study with methods: each one line over the function that the command line calls."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path
from typing import Any, get_args

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement import DEFAULT
from annotate.codebook.read import load_codebook
from annotate.codebook.scale import Scale
from annotate.coordination.changes import State, changes
from annotate.coordination.suggestion import unsuggested
from annotate.errors import InputError
from annotate.notebook.asked import By, columns, interval_of, names, path_of
from annotate.notebook.rated import Levels, Order, RatedStudy
from annotate.notebook.results import Changed, Result
from annotate.notebook.told import ToldStudy
from annotate.present.hub import write_dataset
from annotate.present.label_tables import changed_agreement, changed_labels, changed_ratings, changes_lines
from annotate.present.package import write_package
from annotate.present.report import write_report
from annotate.present.summary import Summary, summarise
from annotate.present.wording import study_lines
from annotate.present.workbook import write_workbook
from annotate.sampling import Interval
from annotate.study.annotations import OnEdited
from annotate.study.study import OnInvalid, Study, read_study, study_of_ratings


@dataclass(frozen=True, repr=False)
class OpenStudy(RatedStudy, ToldStudy):
    """A study that answers questions.

    It is a :class:`~annotate.study.study.Study`, with its tables ``ratings``, ``spans``, ``comments``,
    ``passages`` and ``exclusions``. Every method computes from them anew; nothing is changed.

    Where a method takes ``level``, it is a level of measurement for all variables, such as ``"nominal"``, or one
    for each of some variables; by default the codebook says it. ``order`` gives the categories of a variable, in
    order, where the codebook does not. ``by`` is a column of the ratings, or several.
    """

    def __repr__(self) -> str:
        return "\n".join(study_lines(self))

    def _repr_html_(self) -> str:
        return "<br>".join(map(escape, study_lines(self)))

    def report(
        self,
        path: Path | str,
        *,
        level: Levels | None = None,
        order: Order | None = None,
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
        names: bool = False,
        texts: bool = True,
    ) -> None:
        """Write the report, a self-contained HTML page; see :func:`annotate.present.report.write_report`."""
        write_report(
            path_of(path),
            self._summary(
                self._scaled(level, order),
                interval_of("auto", replicates, confidence, seed, cluster),
                names=names,
                texts=texts,
            ),
        )

    def workbook(
        self,
        path: Path | str,
        *,
        level: Levels | None = None,
        order: Order | None = None,
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
        names: bool = False,
        texts: bool = True,
    ) -> None:
        """Write everything into an Excel workbook; see :func:`annotate.present.workbook.write_workbook`."""
        write_workbook(
            path_of(path),
            self._summary(
                self._scaled(level, order),
                interval_of("auto", replicates, confidence, seed, cluster),
                names=names,
                texts=texts,
            ),
        )

    def tables(
        self,
        path: Path | str,
        *,
        huggingface: Path | str | None = None,
        level: Levels | None = None,
        order: Order | None = None,
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
        names: bool = False,
        texts: bool = True,
    ) -> None:
        """Write every table into a folder; see :func:`annotate.present.package.write_package`.

        With ``huggingface`` also the folder that ``datasets.load_dataset`` reads; see :func:`annotate.present.hub.write_dataset`.
        """
        found = self._summary(
            self._scaled(level, order),
            interval_of("auto", replicates, confidence, seed, cluster),
            names=names,
            texts=texts,
        )
        write_package(path_of(path), found)
        if huggingface is not None:
            write_dataset(path_of(huggingface, "huggingface"), found)

    def changes(
        self,
        since: "Study | Path | str",
        by: By = (),
        *,
        coefficients: By = DEFAULT,
        level: Levels | None = None,
        order: Order | None = None,
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Changed:
        """Say what has changed since an earlier state: ratings, agreement, labels; see :func:`annotate.coordination.changes.changes`.

        ``since`` is the earlier study, or its snapshot.
        """
        earlier = _opened(since) if isinstance(since, Study) else open_study(path_of(since, "since"))
        found = changes(
            State(earlier, earlier._scaled(level, order)),  # noqa: SLF001 (one of us)
            State(self, self._scaled(level, order)),
            by=columns(by),
            coefficients=names("coefficients", coefficients),
            interval=interval_of("auto", replicates, confidence, seed, cluster),
        )
        book, passages = self.codebook or earlier.codebook, self.passages
        return Changed(
            found.ratings,
            self.exclusions,
            for_reading=lambda frame: changed_ratings(frame, passages, book),
            notes=tuple(changes_lines(found)),
            agreement=Result(found.agreement, self.exclusions, for_reading=changed_agreement),
            labels=Result(
                found.labels,
                self.exclusions,
                for_reading=lambda frame: changed_labels(frame, passages, book),
            ),
            counts=found.counts,
        )

    def _summary(
        self, scales: Mapping[str, Scale], interval: Interval, *, names: bool, texts: bool
    ) -> Summary:
        _ = self.rated  # refused where there is nothing to measure
        return summarise(self, scales=scales, interval=interval, names=names, texts=texts)

    def without_suggested(self) -> "OpenStudy":
        """Leave out what was coded with a suggested label in sight; it is counted among the exclusions."""
        return _opened(unsuggested(self))


def open_study(
    ratings: Path | str | IntoFrame,
    *,
    config: Path | str | None = None,
    on_invalid: OnInvalid = "error",
    on_edited: OnEdited = "keep",
    missing: By = (),
) -> OpenStudy:
    """Open a study: a snapshot, a Label Studio JSON export, or a table of ratings.

    Parameters
    ----------
    ratings
        A snapshot folder, a JSON export, or a table of ratings: a file (.csv, .parquet) or a frame of pandas,
        polars, Spark or DuckDB, with the columns item, source, annotator, variable and category.
    config, on_invalid, on_edited, missing
        See :func:`annotate.read_study`.

    Returns
    -------
    OpenStudy
        It prints what it holds and what was left out, and its methods compute what the commands do.

    Raises
    ------
    InputError, ExportError, ConfigError, TableError
        In one line: what, where, what to do.

    """
    for name, said, known in (
        ("on_invalid", on_invalid, get_args(OnInvalid)),
        ("on_edited", on_edited, get_args(OnEdited)),
    ):
        if said not in known:
            raise InputError(f"{name}: {said!r} is not known; there are {', '.join(known)}")
    label_config = None if config is None else path_of(config, "config")
    frame = _in_memory(ratings)
    if frame is not None:
        codebook = None if label_config is None else load_codebook(label_config)
        found = study_of_ratings(frame, codebook, "data frame", missing=missing)
    else:
        if not isinstance(ratings, str | Path):
            raise InputError(
                f"open_study: {type(ratings).__name__} is neither a path nor a frame; give a string, a pathlib.Path, "
                "or a frame of pandas, polars, Spark or DuckDB"
            )
        path = path_of(ratings, "open_study")
        found = read_study(
            path, config=label_config, on_invalid=on_invalid, on_edited=on_edited, missing=missing
        )
    return _opened(found)


def _in_memory(ratings: object) -> pd.DataFrame | None:
    """The rows of a frame of any engine; None if it is not a frame."""
    if isinstance(ratings, pd.DataFrame):  # one with two columns of a name is refused with the other mistakes
        return ratings
    table: Any = nw.from_native(ratings, pass_through=True)
    if isinstance(table, nw.LazyFrame):
        table = table.collect(backend="pandas")
    return table.to_pandas() if isinstance(table, nw.DataFrame) else None


def _opened(study: Study) -> OpenStudy:
    return OpenStudy(**{one.name: getattr(study, one.name) for one in fields(Study)})
