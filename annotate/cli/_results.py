"""All that is computed, in one file: ``workbook``, ``report``, and the whole loop: ``demo``."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import (
    Confidence,
    Config,
    Export,
    Invalid,
    Levels,
    Orders,
    Replicates,
    Seed,
    read_levels,
    read_orders,
    read_rated,
)
from annotate.cli.speech import say

app = typer.Typer()


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


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder for all that the demo makes.")
    ] = Path("demo"),
    serve: Annotated[bool, typer.Option("--serve", help="Leave the server up and print the logins.")] = False,
) -> None:
    """Run the whole loop on an embedded Label Studio, with three scripted annotators."""
    from annotate.demo import run

    run(output, serve=serve, say=say)
