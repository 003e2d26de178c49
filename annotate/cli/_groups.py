"""Groups of options, and what is made of them: a study, its scales, an interval, a table to write.

A group is a function with its options as parameters; :func:`annotate.cli._help.takes` gives them to a command.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.cli._help import takes
from annotate.cli.options import (
    Below,
    Cluster,
    Confidence,
    Config,
    Distance,
    Edited,
    Engine,
    Export,
    Form,
    Invalid,
    Levels,
    Machines,
    Memory,
    Missing,
    OnEdited,
    OnInvalid,
    Orders,
    Output,
    Replicates,
    Resample,
    Seed,
    SetDistance,
    SpreadsheetSafe,
    Variables,
    Weights,
    WithoutSuggested,
    read_levels,
    read_measures,
    read_orders,
    refuse_overwriting,
)
from annotate.cli.speech import say, say_cautions
from annotate.errors import InputError, counted
from annotate.present import Format

if TYPE_CHECKING:
    import pandas as pd

    from annotate.codebook.matrices import Matrix
    from annotate.codebook.scale import Level, Scale
    from annotate.coordination.adjudication import Decisions
    from annotate.sampling import Interval
    from annotate.study.queried import QueriedStudy
    from annotate.study.study import Study


@dataclass(frozen=True)
class Table:
    """Where a table goes, and in which format."""

    form: Format
    output: Path | None
    safe: bool = False

    @property
    def is_read(self) -> bool:
        """Whether a person reads it: then it is rounded, and set side by side."""
        return self.form in ("table", "markdown")

    def write(
        self,
        frame: "pd.DataFrame",
        reading: "Callable[[pd.DataFrame], pd.DataFrame | Sequence[pd.DataFrame]] | None" = None,
        *,
        study: "Study | QueriedStudy | None" = None,
    ) -> None:
        """Write a frame with every digit, or what ``reading`` makes of it for a person.

        Records in JSON say what was left out of the study, by reason, as the terminal does.
        """
        import pandas as pd

        from annotate.present.study_tables import readable
        from annotate.present.tables import spreadsheet_safe, with_left_out, write_tables

        if self.is_read:
            book = None if study is None else study.codebook
            shown = readable(frame, book) if reading is None else reading(frame)
            write_tables([shown] if isinstance(shown, pd.DataFrame) else shown, self.form, self.output)
        else:
            said = with_left_out(frame, study.left_out) if study and self.form == "json" else frame
            said = spreadsheet_safe(said) if self.safe else said
            write_tables([said], self.form, self.output)


def written(form: Form = None, output: Output = None, spreadsheet_safe: SpreadsheetSafe = False) -> Table:
    """The group of options that say how a table is written.

    Raises
    ------
    InputError
        As :func:`annotate.present.tables.format_for`, before anything is computed.

    """
    import typer

    from annotate.present.tables import format_for

    chosen = format_for(output, form)
    if spreadsheet_safe and chosen != "csv":
        raise typer.BadParameter("goes with --format csv", param_hint="--spreadsheet-safe")
    return Table(chosen, output, spreadsheet_safe)


@dataclass(frozen=True)
class Scaled:
    """A study, and how each of its variables is measured: as its codebook says, and as was said on top."""

    study: "Study | QueriedStudy"
    level: "Mapping[str, Level]"
    categories: Mapping[str, Sequence[str]]
    weights: "Mapping[str, str | Matrix]" = field(default_factory=dict)
    distance: "Mapping[str, str | Matrix]" = field(default_factory=dict)
    machines: tuple[str, ...] = ()
    everybody: "Study | QueriedStudy | None" = None  # with the machines, where some were named

    @property
    def in_memory(self) -> "Study":
        """The study with its tables; an :class:`InputError` if its table was left where it is."""
        from annotate.study.study import Study

        if not isinstance(self.study, Study):
            raise InputError(f"{self.study.name}: this takes a table in memory; say --engine pandas")
        return self.study

    def of_variables(self, names: Sequence[str]) -> "Scaled":
        """The same, of some variables only."""
        return replace(
            self,
            study=self.in_memory.of_variables(names),
            level={name: level for name, level in self.level.items() if name in names},
            categories={name: order for name, order in self.categories.items() if name in names},
            everybody=self.everybody and replace(self, study=self.everybody).in_memory.of_variables(names),
        )

    @property
    def scales(self) -> "dict[str, Scale]":
        """The scale of each variable whose level is known."""
        from annotate.codebook.scale import scales_of

        return scales_of(self.level, self.categories, weights=self.weights, distance=self.distance)


def rated(
    export: Export,
    config: Config = None,
    on_invalid: Invalid = "error",
    on_edited: Edited = "keep",
    missing: Missing = None,
    without_suggested: WithoutSuggested = False,
    output: Output = None,
) -> "Study":
    """The group of options that say which study is read; see :func:`read_rated`."""
    return read_rated(
        export,
        config,
        on_invalid,
        output,
        missing=missing or (),
        without_suggested=without_suggested,
        on_edited=on_edited,
    )


def marked(
    export: Export,
    config: Config = None,
    on_invalid: Invalid = "error",
    on_edited: Edited = "keep",
    without_suggested: WithoutSuggested = False,
    machine: Machines = None,
    output: Output = None,
) -> "Study":
    """The same for a study in which text was marked, whatever else was asked; without annotators that are machines."""
    study = read_rated(
        export,
        config,
        on_invalid,
        output,
        without_suggested=without_suggested,
        on_edited=on_edited,
        marks=True,
    )
    return study.without_machines(machine) if machine else study


def held(
    export: Export,
    level: Levels = None,
    order: Orders = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    on_edited: Edited = "keep",
    missing: Missing = None,
    without_suggested: WithoutSuggested = False,
    machine: Machines = None,
    output: Output = None,
) -> Scaled:
    """The same, with the levels of measurement; the study is without the annotators that are machines."""
    said, orders = read_levels(level), read_orders(order)
    study = read_rated(
        export,
        config,
        on_invalid,
        output,
        {**said, **orders},
        missing=missing or (),
        without_suggested=without_suggested,
        on_edited=on_edited,
    )
    return _without_machines(Scaled(study, {**study.levels, **said}, {**study.categories, **orders}), machine)


def scaled(
    export: Export,
    level: Levels = None,
    order: Orders = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    on_edited: Edited = "keep",
    missing: Missing = None,
    without_suggested: WithoutSuggested = False,
    machine: Machines = None,
    engine: Engine = "auto",
    memory: Memory = None,
    output: Output = None,
) -> Scaled:
    """The same for what any engine answers: a large table stays where it is."""
    if not by_queries(export, engine, memory):
        return held(
            export, level, order, config, on_invalid, on_edited, missing, without_suggested, machine, output
        )
    from annotate.study.study import require_variables

    said, orders = read_levels(level), read_orders(order)
    study = _queried(
        export,
        config,
        on_invalid,
        on_edited,
        missing or (),
        memory,
        output,
        without_suggested=without_suggested,
    )
    require_variables({**said, **orders}, [*study.levels, *study.variables])
    return _without_machines(Scaled(study, {**study.levels, **said}, {**study.categories, **orders}), machine)


def _without_machines(found: Scaled, machine: Sequence[str] | None) -> Scaled:
    if not machine:
        return found
    study = found.study
    return replace(found, study=study.without_machines(machine), machines=tuple(machine), everybody=study)


def by_queries(export: Path, engine: str, memory: str | None) -> bool:
    """Whether a table is to be left where it is: as was said, or as its size asks for.

    Raises
    ------
    InputError
        If memory is given out to what does not ask for it.

    """
    if memory is not None and engine == "pandas":
        raise InputError("--memory is for duckdb; pandas takes what the table takes")
    if engine != "auto" or memory is not None:
        return engine != "pandas"
    if export.suffix.lower() not in (".csv", ".parquet"):
        return False
    from annotate.study.queried import is_large

    return is_large(export)


def _queried(
    export: Path,
    config: Path | None,
    on_invalid: "OnInvalid",
    on_edited: "OnEdited",
    missing: Sequence[str],
    memory: str | None,
    output: Path | None,
    *,
    without_suggested: bool,
) -> "QueriedStudy":
    """A study whose ratings are never in memory."""
    from annotate.study.queried import read_queried

    refuse_overwriting(output, *filter(None, [export, config]))
    study = read_queried(
        export, config=config, on_invalid=on_invalid, on_edited=on_edited, missing=missing, memory=memory
    )
    if without_suggested:
        study = study.without_suggested()
    say_cautions(study)
    return study


@takes(found=scaled)
def narrowed(found: Scaled, variable: Variables = None) -> Scaled:
    """The same, of some variables only, if they are named."""
    return found.of_variables(variable) if variable else found


@takes(found=narrowed)
def weighted(
    found: Scaled, weights: Weights = None, distance: Distance = None, set_distance: SetDistance = "masi"
) -> Scaled:
    """The same, with weights and distances between categories."""
    return replace(
        found,
        weights=read_measures(weights, found.level, "--weights"),
        distance=dict.fromkeys(found.level, set_distance)
        | read_measures(distance, found.level, "--distance"),
    )


def drawn_together(named: str) -> str | None:
    """The column that a user names as cluster; None for items."""
    return None if named.casefold() == "none" else named


def resampled(
    replicates: Replicates = 1000, confidence: Confidence = 0.95, cluster: Cluster = "auto", seed: Seed = 0
) -> "Interval":
    """The group of options that say how sure one wants to be, and what is drawn together."""
    from annotate.sampling import Interval

    return Interval("auto", replicates, confidence, seed, drawn_together(cluster))


@takes(interval=resampled)
def summarised(interval: "Interval", resample: Resample = "items", below: Below = None) -> "Interval":
    """The same for everything of a study: annotators as a sample of agreement, and the chances to be below thresholds."""
    return replace(interval, resample=resample, below=tuple(below or ()))


def read_adjudicated(
    path: Path | None, config: Path | None, study: "Study | QueriedStudy"
) -> "Decisions | None":
    """The decisions that --adjudicated names: a snapshot, an export, a table, or a workbook that was filled in."""
    from annotate.coordination.adjudication import decisions_of_table, read_decisions

    if path is None:
        return None
    if path.suffix.lower() == ".xlsx":
        from annotate.present.workbook import read_decisions_sheet

        made = decisions_of_table(read_decisions_sheet(path), study, where=str(path))
    else:
        made = read_decisions(path, config=config, study=study)
    say(f"adjudication: {counted(len(made.open), 'passage')} decided, {made.waiting} not yet")
    for count, what in (
        (made.again, "were decided more than once: the last decision counts"),
        (made.strangers, "are not among the ratings, and were left out"),
        (len(made.exclusions), "answers or annotations were left out; see annotate pull"),
    ):
        if count:
            say(f"   {count} {what}")
    return made


def say_renamed(named: Iterable[str]) -> None:
    """Say which coefficient is meant where it is called by another name."""
    from annotate.agreement.registry import renamed

    for line in renamed(named):
        say(line)


def coefficients(named: list[str] | None, otherwise: Sequence[str]) -> str | tuple[str, ...]:
    """The coefficients that were named, or those that a command takes by itself."""
    say_renamed(named or ())
    return "all" if named and "all" in named else tuple(named or otherwise)


def read_rated(
    export: Path,
    config: Path | None,
    on_invalid: "OnInvalid",
    output: Path | None,
    said: Iterable[str] = (),
    *,
    on_edited: "OnEdited" = "keep",
    missing: Sequence[str] = (),
    without_suggested: bool = False,
    marks: bool = False,
) -> "Study":
    """Read a study in which something was rated; ``said`` are the variables that the options name.

    With ``marks``, one in which somebody annotated something, for what concerns marks only.

    Raises
    ------
    InputError
        If nothing is left to measure, or a variable that was named is not there.

    """
    from annotate.coordination.suggestion import unsuggested
    from annotate.study.study import read_study, require_variables

    refuse_overwriting(output, *filter(None, [export, config]))
    study = read_study(export, config=config, on_invalid=on_invalid, on_edited=on_edited, missing=missing)
    if without_suggested:
        study = unsuggested(study)
    _ = study.marked if marks else study.rated  # refused where there is nothing to measure
    say_cautions(study)
    require_variables(said, [*study.levels, *study.variables])
    return study
