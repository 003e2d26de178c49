"""What a study says: ``provenance``, ``workbook``, ``report``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import (
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
)
from annotate.cli.reading import read_rated
from annotate.cli.speech import say, say_exclusions

if TYPE_CHECKING:
    from annotate.codebook import Level
    from annotate.study import Study
    from annotate.summary import Summary

app = typer.Typer()


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

    study = read_rated(export, config, on_invalid, output)
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
    study = read_rated(export, config, on_invalid, output, said)
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
    study = read_rated(export, config, on_invalid, output, said)
    summary = _summary(study, said, replicates, confidence, seed)
    write_report(output, study, summary.agreement, summary.provenance, confidence=confidence)
    say(f"{output}: written")


def _summary(
    study: "Study", level: "dict[str, Level]", replicates: int, confidence: float, seed: int
) -> "Summary":
    from annotate.summary import summarise

    return summarise(study, level=level, replicates=replicates, confidence=confidence, seed=seed)
