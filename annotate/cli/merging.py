"""Several exports to one study: ``merge``."""

from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import Config, Invalid
from annotate.cli.speech import one_line, progress, say, say_exclusions
from annotate.study.merging import OnConfigChange

app = typer.Typer()


@app.command()
def merge(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of the new snapshot.")],
    exports: Annotated[
        list[Path] | None, typer.Argument(help="Snapshot folders or Label Studio JSON exports.")
    ] = None,
    projects: Annotated[
        list[str] | None,
        typer.Option(
            "--project",
            help="A project to pull first, by title or number; its snapshot is put beside the new one. May be repeated.",
        ),
    ] = None,
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
    """Merge several projects, or exports of several servers, into one study, with annotators told apart."""
    from annotate.study.merging import merge, require_new, require_several
    from annotate.study.study import read_study

    exports, projects = exports or [], projects or []
    require_new(output)
    require_several(exports, projects)
    made = merge(
        [*exports, *_pulled(projects, output.parent)],
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


def _pulled(projects: list[str], into: Path) -> list[Path]:
    """Pull projects of the server that is connected to, each into a snapshot of its own."""
    if not projects:
        return []
    from annotate.studio.client import connect
    from annotate.studio.projects import find_project
    from annotate.studio.pull import pull

    folders = []
    with connect() as connection:
        for project in projects:  # nothing is pulled if one of them is not there
            find_project(connection, project)
        for project in projects:
            with progress(f"pulling {project}") as advance:
                folders.append(pull(project, output=into, connection=connection, on_progress=advance))
            say(one_line(f"pulled {project} into {folders[-1]}"))
    return folders
