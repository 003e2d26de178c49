"""All that is computed, in one file: ``workbook``, ``report``, and the whole loop: ``demo``."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli._groups import Scaled, resampled, scaled
from annotate.cli._help import WHOLE, WRITING, command, takes
from annotate.cli.speech import say

if TYPE_CHECKING:
    from annotate.sampling import Interval

app = typer.Typer()


@command(app, "workbook", WHOLE, example="annotate workbook exports/example -o study.xlsx")
@takes(interval=resampled, read=scaled)
def workbook(
    read: Scaled,
    interval: "Interval",
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The .xlsx file to write.", rich_help_panel=WRITING),
    ],
) -> None:
    """Write everything into an Excel workbook."""
    from annotate.present.workbook import write_workbook

    _write(write_workbook, read, output, interval)


@command(app, "report", WHOLE, example="annotate report exports/example -o study.html")
@takes(interval=resampled, read=scaled)
def report(
    read: Scaled,
    interval: "Interval",
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The .html file to write.", rich_help_panel=WRITING),
    ],
) -> None:
    """Write a self-contained HTML page with charts, tables and the text of the methods."""
    from annotate.present.report import write_report

    _write(write_report, read, output, interval)


def _write(writer: Callable[..., None], read: Scaled, output: Path, interval: "Interval") -> None:
    from annotate.present.summary import summarise

    found = summarise(
        read.study,
        scales=read.scales,
        interval=interval,
    )
    writer(output, found)
    say(f"{output}: written")


@command(app, "demo", WHOLE, example="annotate demo --serve")
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder for all that the demo makes.")
    ] = Path("demo"),
    serve: Annotated[bool, typer.Option("--serve", help="Leave the server up and print the logins.")] = False,
) -> None:
    """Run the whole loop on an embedded Label Studio, with three scripted annotators."""
    from annotate.demo import run

    run(output, serve=serve, say=say)
