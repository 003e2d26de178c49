"""What a study says: ``provenance``, ``workbook``, ``report``."""

from collections.abc import Callable
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
    from annotate.present.tables import profile_tables, write_table, write_tables
    from annotate.provenance import profile

    study = read_rated(export, config, on_invalid, output)
    result = profile(
        study.first_round, study.passages, replicates=replicates, confidence=confidence, seed=seed
    )
    say_exclusions(study)
    if form not in ("table", "markdown"):
        write_table(result, form, output)
        return
    write_tables(profile_tables(result), form, output)


def _add(name: str, ending: str, words: str, writer: Callable[[], Callable[..., None]]) -> None:
    """Add a command that writes all that is computed from a study into one file."""

    @app.command(name, help=words)
    def write(
        export: Export,
        output: Annotated[Path, typer.Option("--output", "-o", help=f"The {ending} file to write.")],
        level: Levels = None,
        order: Orders = None,
        config: Config = None,
        on_invalid: Invalid = "error",
        replicates: Replicates = 1000,
        confidence: Confidence = 0.95,
        seed: Seed = 0,
    ) -> None:
        from annotate.present.summary import summarise

        said, orders = read_levels(level), read_orders(order)
        study = read_rated(export, config, on_invalid, output, {**said, **orders})
        summary = summarise(
            study, level=said, categories=orders, replicates=replicates, confidence=confidence, seed=seed
        )
        found = (summary.agreement, summary.provenance)
        writer()(output, study, *found, ledger=summary.ledger, confidence=confidence)
        say(f"{output}: written")


def _workbook() -> Callable[..., None]:
    from annotate.present.workbook import write_workbook

    return write_workbook


def _report() -> Callable[..., None]:
    from annotate.present.report import write_report

    return write_report


_add("workbook", ".xlsx", "Write everything into an Excel workbook.", _workbook)
_add(
    "report",
    ".html",
    "Write a self-contained HTML page with charts, tables and the text of the methods.",
    _report,
)
