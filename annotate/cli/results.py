"""What a study says: ``agreement``, ``provenance``, ``workbook``, ``report``."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import (
    By,
    Confidence,
    Config,
    Export,
    Form,
    Invalid,
    Levels,
    Output,
    Replicates,
    Seed,
    read_levels,
    refuse_overwriting,
)
from annotate.cli.speech import say, say_exclusions
from annotate.errors import InputError

if TYPE_CHECKING:
    from annotate.codebook import Level
    from annotate.study import OnInvalid, Study
    from annotate.summary import Summary

app = typer.Typer()


@app.command()
def agreement(
    export: Export,
    by: By = None,
    level: Levels = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    form: Form = "table",
    output: Output = None,
) -> None:
    """Compute inter-annotator agreement: percent agreement, Krippendorff's alpha, Gwet's AC1."""
    from annotate.agreement import measure
    from annotate.tables import side_by_side, write_table

    said = read_levels(level)
    study = _study(export, config, on_invalid, output, said)
    result = measure(
        study.first_round,
        by=tuple(by or ()),
        level={**study.levels, **said},
        categories=study.categories,
        replicates=replicates,
        confidence=confidence,
        seed=seed,
    )
    say_exclusions(study)
    if form in ("table", "markdown"):
        shown = [*(by or []), "variable", "n_items", "n_pairable_items", "n_annotators"]
        result = side_by_side(result, shown, "coefficient")
    write_table(result, form, output)


@app.command()
def provenance(
    export: Export,
    config: Config = None,
    on_invalid: Invalid = "error",
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    form: Form = "table",
    output: Output = None,
) -> None:
    """Profile each source: how much it attributes, to whom, and on what ground."""
    from annotate.provenance import profile
    from annotate.tables import profile_tables, write_table, write_tables

    study = _study(export, config, on_invalid, output)
    result = profile(
        study.first_round, study.passages, replicates=replicates, confidence=confidence, seed=seed
    )
    say_exclusions(study)
    if form not in ("table", "markdown"):
        write_table(result, form, output)
        return
    write_tables(profile_tables(result), form, output)


@app.command()
def workbook(
    export: Export,
    output: Annotated[Path, typer.Option("--output", "-o", help="The .xlsx file to write.")],
    level: Levels = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
) -> None:
    """Write everything into an Excel workbook."""
    from annotate.workbook import write_workbook

    said = read_levels(level)
    study = _study(export, config, on_invalid, output, said)
    summary = _summary(study, said, replicates, confidence, seed)
    write_workbook(output, study, summary.agreement, summary.provenance, confidence=confidence)
    say(f"{output}: written")


@app.command()
def report(
    export: Export,
    output: Annotated[Path, typer.Option("--output", "-o", help="The .html file to write.")],
    level: Levels = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
) -> None:
    """Write a self-contained HTML page with charts, tables and the text of the methods."""
    from annotate.report import write_report

    said = read_levels(level)
    study = _study(export, config, on_invalid, output, said)
    summary = _summary(study, said, replicates, confidence, seed)
    write_report(output, study, summary.agreement, summary.provenance, confidence=confidence)
    say(f"{output}: written")


def _study(
    export: Path, config: Path | None, on_invalid: "OnInvalid", output: Path | None, said: Iterable[str] = ()
) -> "Study":
    from annotate.study import read_study

    refuse_overwriting(output, *filter(None, [export, config]))
    study = read_study(export, config=config, on_invalid=on_invalid)
    if study.ratings.empty and not study.exclusions.empty:
        reasons = study.exclusions["reason"].value_counts().items()
        counts = ", ".join(f"{count} {reason}" for reason, count in reasons)
        raise InputError(f"{export}: nothing is left to measure; left out are {counts}")
    if study.ratings.empty:
        raise InputError(f"{export}: nobody has annotated a passage yet; pull again when somebody has")
    if study.first_round.empty:
        raise InputError(f"{export}: no ratings of round 1; agreement and provenance are of the first round")
    used = dict.fromkeys([*study.levels, *study.ratings["variable"]])
    for variable in said:
        if variable not in used:
            raise InputError(f"--level {variable}: no such variable; there are {', '.join(used)}")
    return study


def _summary(
    study: "Study", level: "dict[str, Level]", replicates: int, confidence: float, seed: int
) -> "Summary":
    from annotate.summary import summarise

    return summarise(study, level=level, replicates=replicates, confidence=confidence, seed=seed)
