"""Documents to passages, and checks: ``ingest``, ``check``, ``codebook``."""

from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import Config, Form, Output, read_codebook, refuse_overwriting
from annotate.cli.speech import one_line, say
from annotate.corpus.segment import Unit

app = typer.Typer()


@app.command()
def ingest(
    files: Annotated[list[Path], typer.Argument(help="Documents: .txt and .md files.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The task file to write.")],
    source: Annotated[
        str | None, typer.Option("--source", help="Who published all of these documents.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            "--manifest",
            help="A CSV: file, source, title, published, url, document_id; only file is required.",
        ),
    ] = None,
    unit: Annotated[Unit, typer.Option("--unit", help="What a passage is.")] = "sentence",
    context: Annotated[
        int, typer.Option("--context", min=0, help="How many units to show before and after.")
    ] = 2,
    config: Config = None,
) -> None:
    """Cut documents into passages, and write them as Label Studio tasks."""
    from annotate.corpus import ingest, write_tasks

    refuse_overwriting(output, *files, *filter(None, [manifest, config]))
    made = ingest(
        files,
        config_sha256=read_codebook(config).sha256,
        source=source,
        manifest=manifest,
        unit=unit,
        context=context,
    )
    write_tasks(made.tasks, output)
    for notice in made.notices:
        say(notice)
    say(f"{output}: {len(made.tasks)} passages from {made.documents} documents by {made.sources} sources")


@app.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Task files, exports, snapshots, tables of ratings, label configs (.xml)."),
    ] = None,
    config: Config = None,
) -> None:
    """Check files offline: what Label Studio and its SDK would let pass."""
    from annotate.checks import check_file, check_label_config

    findings = [check_label_config(config)] if config or not files else []
    findings += [check_file(path, config) for path in files or []]
    for finding in findings:
        for problem in finding.problems:
            say(one_line(f"{finding.path}: {problem}"))
        if not finding.problems:
            typer.echo(f"{finding.path}: {finding.summary}")
    if any(finding.problems for finding in findings):
        raise typer.Exit(1)


@app.command()
def codebook(config: Config = None, form: Form = "table", output: Output = None) -> None:
    """Show the variables, categories, definitions and hotkeys of a label config."""
    from annotate.tables import codebook_frame, write_table

    write_table(codebook_frame(read_codebook(config)), form, output)
