"""Documents to passages, and checks: ``ingest``, ``check``, ``codebook``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from annotate.cli._groups import Table, written
from annotate.cli._help import PASSAGES, READING, command, snapshot, snapshots_offered, takes
from annotate.cli.options import Config, read_codebook, refuse_overwriting
from annotate.cli.speech import give, one_line, say
from annotate.errors import counted

if TYPE_CHECKING:
    from annotate.corpus import Ingested

Unit = Literal["sentence", "paragraph", "document"]

app = typer.Typer()


@command(app, "ingest", PASSAGES, example="annotate ingest articles/ --manifest sources.csv -o tasks.json")
def ingest(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Documents, or folders of them: .html, .pdf, .docx, .txt, .md; ready passages: .csv, .xlsx, .jsonl.",
            readable=False,  # what cannot be read is said, and the others are done
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The task file to write.")],
    source: Annotated[
        str | None, typer.Option("--source", help="Who published all of these documents.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            "--manifest",
            help="A table (.csv, .xlsx, .jsonl): file, source, title, author, published, url, document_id; only file is required.",
        ),
    ] = None,
    unit: Annotated[Unit, typer.Option("--unit", help="What a passage is.")] = "sentence",
    context: Annotated[
        int, typer.Option("--context", min=0, max=100, help="How many units to show before and after.")
    ] = 2,
    text_column: Annotated[
        str, typer.Option("--text-column", help="The column that holds ready passages.")
    ] = "text",
    skip_boilerplate: Annotated[
        bool,
        typer.Option(
            "--skip-boilerplate", help="Leave out headings, by-lines, captions and boilerplate, counted."
        ),
    ] = False,
    skip: Annotated[
        list[str] | None,
        typer.Option(
            "--skip",
            help="Leave out passages of this kind, counted: heading, byline, caption or boilerplate. Repeatable.",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first file that cannot be read.")
    ] = False,
    annotate_reuse: Annotated[
        bool,
        typer.Option(
            "--annotate-reuse",
            help="Put shared text and figures into the tasks; annotators are not shown them.",
        ),
    ] = False,
    texts: Annotated[
        Path | None,
        typer.Option("--texts", help="Write the texts that the offsets refer to into this folder."),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            "--language",
            help="Of all documents, such as german: its abbreviations and ordinals end no sentence (default: each tells it).",
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Cut documents into passages, and write them as Label Studio tasks."""
    from annotate.corpus import ingest, write_tasks, write_texts
    from annotate.corpus.folders import is_folder
    from annotate.corpus.segment import FURNITURE
    from annotate.provenance.profiles import with_findings

    named = [file for file in files if not is_folder(file)]
    refuse_overwriting(output, *named, *filter(None, [manifest, config]))
    made = ingest(
        files,
        config_sha256=read_codebook(config).sha256,
        source=source,
        manifest=manifest,
        unit=unit,
        context=context,
        text_column=text_column,
        skip=FURNITURE if skip_boilerplate else skip or (),
        strict=strict,
        ignored=[output, *filter(None, [texts])],
        language=language,
    )
    if made.tasks:
        if texts:
            write_texts(made.texts, texts, sources=made.files)
        write_tasks(with_findings(made.tasks) if annotate_reuse else made.tasks, output)
    _say_how(made)
    if made.tasks:
        passages = counted(len(made.tasks), "passage")
        words = f"{passages} from {counted(made.documents, 'document')} by {counted(made.sources, 'source')}"
        say(one_line(f"{output}: {words}"))
    if made.failures:
        raise typer.Exit(1)


def _say_how(made: "Ingested") -> None:
    """Say what a coordinator should know, what was not read, and last the list of it."""
    for notice in made.notices:
        say(one_line(notice))
    for failure in made.failures:
        say(one_line(f"annotate: {failure.message}"))
    if made.failures and (made.tasks or len(made.failures) > 1):
        names = ", ".join(dict.fromkeys(str(failure.path) for failure in made.failures))
        say(one_line(f"not read, {len(made.failures)}: {names}"))


@command(app, "check", PASSAGES, example="annotate check tasks.json exports/example")
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Task files, exports, snapshots (or latest, or a project's title), tables of ratings, label configs (.xml).",
            parser=snapshot,
            metavar="files...",
            autocompletion=snapshots_offered,
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Check files offline: what Label Studio and its SDK would let pass."""
    from annotate.study.passages import check_file, check_label_config

    findings = [check_label_config(config)] if config or not files else []
    findings += [check_file(path, config) for path in files or []]
    for finding in findings:
        for problem in finding.problems:
            say(one_line(f"{finding.path}: {problem}"))
        if not finding.problems:
            give(f"{finding.path}: {finding.summary}")
    if any(finding.problems for finding in findings):
        raise typer.Exit(1)


@command(app, "codebook", PASSAGES, example="annotate codebook --format markdown")
@takes(table=written)
def codebook(
    table: Table,
    refi: Annotated[
        Path | None,
        typer.Option(
            "--refi", help="Instead: write it as a REFI-QDA codebook (.qdc), which other programs read."
        ),
    ] = None,
    from_refi: Annotated[
        Path | None,
        typer.Option("--from-refi", help="Instead: make a label config of a REFI-QDA codebook (.qdc)."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            help="The label config, or a snapshot (or latest, or a project's title) for its own (default: the one that comes with annotate).",
            parser=snapshot,
            metavar="<path>",
            autocompletion=snapshots_offered,
            rich_help_panel=READING,
        ),
    ] = None,
) -> None:
    """Show the variables, categories, definitions and hotkeys of a label config."""
    from annotate.codebook.refi import config_of_refi, to_refi
    from annotate.files import write_text
    from annotate.present.label_tables import codebook_frame, codebook_table

    refuse_overwriting(refi or table.output, *filter(None, [config, from_refi]))
    if config is not None and config.is_dir():
        config /= "label_config.xml"
    if from_refi:
        made = config_of_refi(from_refi)
        if table.output:
            write_text(table.output, made)
        else:
            typer.echo(made, nl=False)
        return
    if refi:
        write_text(refi, to_refi(read_codebook(config)))
        return
    table.write(codebook_frame(read_codebook(config)), codebook_table)
