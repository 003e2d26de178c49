"""What every command reads: an export, a snapshot or a table of ratings, as one :class:`Study`."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd

from annotate.codebook.read import Codebook, Level, load_codebook
from annotate.codebook.scale import Scale
from annotate.errors import AnnotateError, ExportError, InputError, counted
from annotate.files import bundled, read_json, sha256_of
from annotate.frames import READABLE, read_frame
from annotate.study.annotations import OnEdited
from annotate.study.exported import PASSAGE_COLUMNS, not_a_list, not_an_export
from annotate.study.exports import (
    ANNOTATED_COLUMNS,
    COMMENT_COLUMNS,
    EXCLUSION_COLUMNS,
    RATING_COLUMNS,
    STRICT,
    Tables,
    tabulate,
)
from annotate.study.missing import document_cautions
from annotate.study.people import annotator_id, require_machines
from annotate.study.ratings import enter_ratings, round_cautions
from annotate.study.snapshot import TASKS, about_snapshot, read_manifest, snapshot_codebook
from annotate.study.spans import COLUMNS as SPAN_COLUMNS
from annotate.study.spans import inside_frame, relation_frame
from annotate.study.spellings import spelling_cautions
from annotate.study.streamed import STREAMED_FROM, NotStreamedError, TaskFile

OnInvalid = Literal["error", "exclude"]


class Described:
    """What the codebook of a study says of its variables, and what the study is called."""

    codebook: Codebook | None
    about: Mapping[str, str]

    @property
    def name(self) -> str:
        """What was read, for messages."""
        return self.about.get("read", "study")

    @property
    def levels(self) -> dict[str, Level]:
        """The level of measurement of each variable, where the codebook tells."""
        return {} if self.codebook is None else self.codebook.levels

    @property
    def scales(self) -> dict[str, Scale]:
        """How each variable is measured, where the codebook tells."""
        return {} if self.codebook is None else self.codebook.scales

    @property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """The ordered categories of each variable, where the codebook lists them."""
        if self.codebook is None:
            return {}
        return {
            variable.name: tuple(category.id for category in variable.categories)
            for variable in self.codebook.variables
            if variable.level not in (None, "set") and variable.categories
        }


def require_variables(names: Iterable[str], known: Iterable[str]) -> None:
    """Refuse the name of a variable that is not among the known ones, with an :class:`InputError`."""
    there = dict.fromkeys(known)
    for name in names:
        if name not in there:
            raise InputError(f"{name}: no such variable; there are {', '.join(there)}")


@dataclass(frozen=True)
class Study(Described):
    """The tables of one study and where they come from.

    ``codebook`` is None for a plain table of ratings. ``about`` says, for people, what was read. ``relations``
    are those that annotators drew between marked stretches, and ``inside`` what they answered inside one.
    ``cautions`` are sentences on what may not have been meant as it was read. ``key`` has the names or addresses of
    annotators by their pseudonyms, where what was read says them.
    """

    ratings: pd.DataFrame
    spans: pd.DataFrame
    comments: pd.DataFrame
    passages: pd.DataFrame
    exclusions: pd.DataFrame
    annotated: pd.DataFrame
    codebook: Codebook | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    relations: pd.DataFrame = field(default_factory=relation_frame)
    inside: pd.DataFrame = field(default_factory=inside_frame)
    gold: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(RATING_COLUMNS)))
    cautions: tuple[str, ...] = ()
    key: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def rows(self) -> pd.DataFrame:
        """The ratings of all rounds, for what takes any frame."""
        return self.ratings

    @property
    def first_round(self) -> pd.DataFrame:
        """The ratings without repeats, which are for an annotator's agreement with themselves."""
        return self.ratings.loc[self.ratings["round"] == 1]

    @property
    def variables(self) -> tuple[str, ...]:
        """What was rated, in the order of the ratings."""
        return tuple(dict.fromkeys(self.ratings["variable"]))

    @property
    def annotators(self) -> tuple[str, ...]:
        """Who answered or marked something that counts, in the order of their names."""
        return tuple(sorted({*self.ratings["annotator"], *self.spans["annotator"]}))

    @property
    def marked(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """What agreement on marks is computed from: the marks, who annotated what, and the passages.

        Repeats are left out, and all marks of an annotator on a passage of which one was left out: what they
        marked there is not known, so it is missing, and not nothing.

        Raises
        ------
        InputError
            If nobody has annotated anything, or no annotator's marks on a passage could all be read.

        """
        if self.annotated.empty:
            raise InputError(f"{self.name}: nobody has annotated a passage yet; pull again when somebody has")
        if not self.annotated["marks_whole"].any():
            counts = ", ".join(f"{count} {reason}" for reason, count in self.left_out.items())
            raise InputError(f"{self.name}: no marks are left to measure; left out are {counts}")
        first = self.annotated.loc[self.annotated["round"] == 1]
        spans = self.spans.loc[self.spans["round"] == 1]
        broken = pd.MultiIndex.from_frame(first.loc[~first["marks_whole"], ["item", "annotator"]])
        lost = pd.MultiIndex.from_frame(spans[["item", "annotator"]]).isin(broken)
        return spans.loc[~lost], first.loc[first["marks_whole"]], self.passages

    @property
    def first_relations(self) -> pd.DataFrame:
        """The relations between marked stretches without those of repeats."""
        return self.relations.loc[self.relations["round"] == 1]

    @property
    def relation_labels(self) -> list[str]:
        """The labels of relations that the codebook offers, then others that were used."""
        offered = [] if self.codebook is None else [label.id for label in self.codebook.relations]
        return list(dict.fromkeys([*offered, *sorted(set(self.first_relations["label"]))]))

    @property
    def first_inside(self) -> pd.DataFrame:
        """The answers inside marked stretches without those of repeats."""
        return self.inside.loc[self.inside["round"] == 1]

    def without_machines(self, names: Sequence[str]) -> "Self":
        """Put what machines coded among what is left out, with the reason ``machine``.

        Raises
        ------
        InputError
            If no annotator has that name.

        """
        require_machines(names, {*self.ratings["annotator"], *self.annotated["annotator"]})
        theirs = self.ratings["annotator"].isin(list(names))
        rated = self.ratings.loc[theirs]
        marked = self.annotated.loc[self.annotated["annotator"].isin(list(names))]
        only = ~marked["annotator"].isin(rated["annotator"])  # who marked text and rated nothing
        left_out = pd.concat([rated, marked.loc[only]]).assign(reason="machine", detail="")
        exclusions = pd.concat(
            [self.exclusions, left_out.reindex(columns=self.exclusions.columns)], ignore_index=True
        )
        spans, annotated, relations, inside = (
            frame.loc[~frame["annotator"].isin(list(names))]
            for frame in (self.spans, self.annotated, self.relations, self.inside)
        )
        ratings = self.ratings.loc[~theirs].reset_index(drop=True)
        return replace(
            self,
            ratings=ratings,
            exclusions=exclusions,
            spans=spans,
            annotated=annotated,
            relations=relations,
            inside=inside,
        )

    def of_variables(self, names: Sequence[str]) -> "Self":
        """Keep the ratings of some variables only; one that is not there is an :class:`InputError`."""
        require_variables(names, [*self.levels, *self.variables])
        kept = self.ratings["variable"].isin(list(names))
        return replace(self, ratings=self.ratings.loc[kept].reset_index(drop=True))

    @property
    def rated(self) -> pd.DataFrame:
        """The ratings of the first round, of which there are some.

        Raises
        ------
        InputError
            If nothing is left to measure, with what was left out.

        """
        if self.ratings.empty and not self.exclusions.empty and self.spans.empty:
            if set(self.exclusions["reason"]) == {"adjudicated"}:
                raise InputError(
                    f"{self.name}: an adjudicator's decisions, which are not annotators' ratings; give the study's own export "
                    "(and this one to annotate consensus, with --adjudicated)"
                )
            counts = ", ".join(f"{count} {reason}" for reason, count in self.left_out.items())
            raise InputError(f"{self.name}: nothing is left to measure; left out are {counts}")
        if self.ratings.empty and not self.annotated.empty:
            raise InputError(
                f"{self.name}: text was marked, and no question was answered; measure the marks with annotate spans "
                "agreement"
            )
        if self.ratings.empty:
            raise InputError(f"{self.name}: nobody has annotated a passage yet; pull again when somebody has")
        if self.first_round.empty:
            raise InputError(
                f"{self.name}: no ratings of round 1; agreement and provenance are of the first round"
            )
        return self.first_round

    @property
    def left_out(self) -> dict[str, int]:
        """How many annotations and answers were left out, by reason, the most frequent first."""
        counts = self.exclusions["reason"].value_counts()
        return {str(reason): int(count) for reason, count in counts.items()}

    @property
    def labels(self) -> tuple[str, ...] | None:
        """The labels with which text is marked, in order, where the codebook lists them."""
        controls = () if self.codebook is None else self.codebook.span_variables
        return tuple(label.id for control in controls for label in control.labels) or None


def read_study(
    path: Path | str,
    *,
    config: Path | str | None = None,
    on_invalid: OnInvalid = "error",
    on_edited: OnEdited = "keep",
    missing: str | Sequence[str] = (),
) -> Study:
    """Read a Label Studio JSON export, a snapshot folder, or a table of ratings (.csv, .parquet).

    Parameters
    ----------
    path
        What to read; its kind is told by its name.
    config
        The label config of a JSON export (default: the one that comes with the package). A
        snapshot has its own, and any other is refused.
    on_invalid
        For a JSON export: ``error`` stops at an unknown control or category and at two annotations
        of one passage by one annotator; ``exclude`` leaves them out and counts them. A snapshot has
        been counted when it was pulled, so it is always read with ``exclude``.
    on_edited
        For annotations that somebody else starred as ground truth, or changed before they did; which of the two
        cannot be known. ``keep`` keeps them as their annotator's own, and says how many there are in ``cautions``;
        ``exclude`` leaves them out and counts them.
    missing
        Of a table: what stands for a missing judgement, see :func:`annotate.study.ratings.check_ratings`; these rows
        are counted in ``exclusions``.

    Raises
    ------
    InputError, ExportError, ConfigError, TableError
        In one line: what, where, what to do.

    """
    path, config = Path(path), None if config is None else Path(config)
    if missing and path.exists() and path.suffix.lower() not in READABLE:
        raise InputError(f"{path}: missing is asked of tables of ratings only; leave it out")
    if path.is_dir():
        return _snapshot(path, config, on_edited)
    if path.suffix.lower() in READABLE:
        book = load_codebook(config) if config else None
        made = study_of_ratings(read_frame(path), book, str(path), missing=missing)
        return replace(made, about={**made.about, "sha256": _sha256(path)})
    if path.suffix.lower() != ".json":
        raise InputError(not_an_export(str(path), path.suffix) if path.exists() else f"{path}: no such file")
    codebook = load_codebook(config or bundled("label_config.xml"))
    tables = _tabulated(path, codebook, str(path), on_edited)
    if on_invalid == "error":
        refuse_invalid(tables.exclusions, codebook, path)
    return _study(tables, codebook, about_export(path, codebook), tables.key)


def _sha256(path: Path) -> str:
    """The hash of a file; of a pipe, which is read once, there is none."""
    return sha256_of(path) if path.is_file() else ""


def about_export(path: Path, codebook: Codebook) -> dict[str, str]:
    """What is said of an export."""
    about = {"read": str(path), "kind": "Label Studio export", "config_sha256": codebook.sha256}
    return {**about, "sha256": _sha256(path)}


def _snapshot(folder: Path, config: Path | None, on_edited: OnEdited) -> Study:
    manifest = read_manifest(folder)
    codebook = snapshot_codebook(folder, config)
    tables = _tabulated(folder / TASKS, codebook, str(folder), on_edited, manifest["counts"]["tasks"])
    about = about_snapshot(folder, manifest)
    listed = manifest.get("annotators") or []
    return _study(
        tables, codebook, about, {annotator_id(one): str(one["email"]) for one in listed if one.get("email")}
    )


def _study(tables: Tables, codebook: Codebook, about: Mapping[str, str], key: Mapping[str, str]) -> Study:
    rows = tables.ratings
    said = [*spelling_cautions(rows, codebook), *round_cautions(rows), *document_cautions(rows)]
    cautions = (*tables.cautions, *said)
    return Study(**{**vars(tables), "cautions": cautions, "key": key}, codebook=codebook, about=about)


def study_of_tasks(tasks: Sequence[Mapping[str, Any]], codebook: Codebook) -> Study:
    """Make a study of tasks as Label Studio exports them, such as those of a project that is still coded.

    Raises
    ------
    ExportError
        If they are not valid, see :func:`annotate.study.exports.tabulate`.

    """
    return Study(**{**vars(tabulate(tasks, codebook)), "key": {}}, codebook=codebook)


def study_of_ratings(
    frame: pd.DataFrame, codebook: Codebook | None, name: str, *, missing: str | Sequence[str] = ()
) -> Study:
    """Make a study of a table of ratings: it has no texts and no spans.

    Raises
    ------
    TableError
        If it is not valid, see :func:`annotate.study.ratings.check_ratings`.

    """
    entered = enter_ratings(frame, codebook, name, missing=missing)
    ratings = entered.ratings
    counts = ratings.groupby("item", sort=False)["annotator"].nunique()
    passages = entered.everything.reindex(columns=list(PASSAGE_COLUMNS))
    passages["n_annotations"] = passages["item"].map(counts).fillna(0).astype("int64")
    if "document" in ratings.columns:
        passages["document"] = passages["item"].map(
            ratings.drop_duplicates("item").set_index("item")["document"]
        )
    return Study(
        ratings,
        pd.DataFrame(columns=list(SPAN_COLUMNS)),
        pd.DataFrame(columns=list(COMMENT_COLUMNS)),
        passages,
        entered.left_out.assign(reason="missing").reindex(columns=list(EXCLUSION_COLUMNS)),
        ratings.reindex(columns=list(ANNOTATED_COLUMNS)).assign(marks_whole=True),
        codebook,
        {"read": name, "kind": "table of ratings"},
        cautions=entered.cautions,
    )


def _tabulated(
    path: Path, codebook: Codebook, where: str, on_edited: OnEdited, n_tasks: int | None = None
) -> Tables:
    """The tables of an export, which is read as a stream where it is large and nothing about it is odd."""
    if path.is_file() and path.stat().st_size >= STREAMED_FROM:
        with contextlib.suppress(NotStreamedError, AnnotateError):  # what is wrong is said below
            tasks = TaskFile(path)
            tables = tabulate(tasks, codebook, where=where, on_edited=on_edited)
            if n_tasks in (None, len(tasks)):
                return tables
    listed = _read_export(path)
    if n_tasks not in (None, len(listed)):
        msg = f"{where}: has {counted(len(listed), 'task')}, its manifest says {n_tasks}; pull the project again"
        raise ExportError(msg)
    return tabulate(listed, codebook, where=where, on_edited=on_edited)


def _read_export(path: Path) -> Sequence[Mapping[str, Any]]:
    tasks = read_json(path, remedy="export the project again as JSON", error=ExportError)
    if not isinstance(tasks, list):
        raise not_a_list(tasks, str(path))
    if not tasks:
        msg = f"{path}: the export holds no task; export a project that has some"
        raise ExportError(msg)
    return tasks


def refuse_invalid(exclusions: pd.DataFrame, codebook: Codebook, path: Path) -> None:
    """Stop at what cannot be read with this config, or is answered twice.

    Raises
    ------
    ExportError
        Naming the first, how many there are, and all controls that the config lacks.

    """
    strict = exclusions[exclusions["reason"].isin(STRICT)]
    if strict.empty:
        return
    row = strict.iloc[0]
    count = f" (and {len(strict) - 1} more such)" if len(strict) > 1 else ""
    remedy = "give the project's own label config with --config, or leave such answers out, counted, with --on-invalid exclude"
    if row["reason"] == "superseded":
        what = f"two annotations by one annotator, {row['annotation']} is the older: {row['detail']}"
        remedy = "leave the older out, counted, with --on-invalid exclude"
    elif row["reason"] == "unknown_control":
        unknown = dict.fromkeys(strict.loc[strict["reason"] == "unknown_control", "variable"])
        controls = [one.name for one in codebook.variables]
        controls += [one.name for one in codebook.span_variables]
        what = (
            f"annotation {row['annotation']}: answers {', '.join(unknown)}, which the label config does not have "
            f"(it has {', '.join(controls) or 'none'})"
        )
    else:
        what = f"annotation {row['annotation']}, {row['variable']}: {row['detail']}"
    raise ExportError(f"{path}: item {row['item']}, annotator {row['annotator']}: {what}{count}; {remedy}")
