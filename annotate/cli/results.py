"""What a study says: ``provenance``, ``workbook``, ``report``."""

from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import (
    Confidence,
    Config,
    Export,
    Form,
    Invalid,
    Levels,
    Orders,
    Output,
    Replicates,
    Seed,
    read_levels,
    read_orders,
)
from annotate.cli.reading import read_rated
from annotate.cli.speech import say, say_exclusions

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
    order: Orders = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
) -> None:
    """Write everything into an Excel workbook."""
    from annotate.summary import summarise
    from annotate.workbook import write_workbook

    said, orders = read_levels(level), read_orders(order)
    study = read_rated(export, config, on_invalid, output, {**said, **orders})
    summary = summarise(
        study, level=said, categories=orders, replicates=replicates, confidence=confidence, seed=seed
    )
    write_workbook(output, study, summary.agreement, summary.provenance, confidence=confidence)
    say(f"{output}: written")


@app.command()
def report(
    export: Export,
    output: Annotated[Path, typer.Option("--output", "-o", help="The .html file to write.")],
    level: Levels = None,
    order: Orders = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
) -> None:
    """Write a self-contained HTML page with charts, tables and the text of the methods."""
    from annotate.report import write_report
    from annotate.summary import summarise

    said, orders = read_levels(level), read_orders(order)
    study = read_rated(export, config, on_invalid, output, {**said, **orders})
    summary = summarise(
        study, level=said, categories=orders, replicates=replicates, confidence=confidence, seed=seed
    )
    write_report(output, study, summary.agreement, summary.provenance, confidence=confidence)
    say(f"{output}: written")
