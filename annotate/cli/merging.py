"""Several exports to one study: ``merge``."""

from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import Config, Invalid
from annotate.cli.speech import one_line, say, say_exclusions
from annotate.merging import OnConfigChange

app = typer.Typer()


@app.command()
def merge(
    exports: Annotated[
        list[Path], typer.Argument(help="Two or more snapshot folders or Label Studio JSON exports.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of the new snapshot.")],
    annotators: Annotated[
        Path | None,
        typer.Option(
            "--annotators",
            help="A table (.csv) of the accounts that are one person: export (its number), annotator (A3), name (A1).",
        ),
    ] = None,
    on_config_change: Annotated[
        OnConfigChange,
        typer.Option("--on-config-change", help="Other label configs: stop, or read all with the first."),
    ] = "error",
    config: Config = None,
    on_invalid: Invalid = "error",
) -> None:
    """Merge exports of several projects or servers into one study, with annotators told apart."""
    from annotate.merging import merge
    from annotate.study import read_study

    made = merge(
        exports,
        output,
        annotators=annotators,
        config=config,
        on_invalid=on_invalid,
        on_config_change=on_config_change,
    )
    typer.echo(made.folder)
    for part in made.parts:
        names = ", ".join(name for (number, _), name in made.names.items() if number == part.number)
        say(one_line(f"{part.number}: {part.path}: {len(part.tasks)} tasks, annotators {names or 'none'}"))
    say(f"{made.passages} passages, {made.shared} of them in several exports")
    for notice in made.notices:
        say(one_line(notice))
    say_exclusions(read_study(made.folder))
