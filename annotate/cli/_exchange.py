"""To Label Studio and back: ``push``, ``pull``, ``status``, ``merge``, ``changes``."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from annotate.cli._groups import Table, coefficients, read_adjudicated, resampled, written
from annotate.cli._help import CODING, WHOLE, command, snapshot, snapshots_offered, takes
from annotate.cli.options import (
    Adjudicated,
    By,
    Coefficients,
    Config,
    Edited,
    Insecure,
    Invalid,
    Levels,
    Missing,
    Orders,
    Project,
    Variables,
    read_codebook,
    read_levels,
    read_orders,
    refuse_overwriting,
)
from annotate.cli.speech import (
    give,
    one_line,
    progress,
    say,
    say_cautions,
    say_doubled,
    say_exclusions,
    tell,
)
from annotate.errors import InputError, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from annotate.codebook.read import Codebook
    from annotate.coordination.changes import State
    from annotate.corpus.tasks import Task
    from annotate.sampling import Interval
    from annotate.studio.push import PushReport

app = typer.Typer()
OnConfigChange = Literal["error", "first"]


@command(app, "push", CODING, example="annotate push tasks.json --project Harbour --overlap 3")
def push(
    tasks: Annotated[Path, typer.Argument(help="A task file, as annotate ingest writes it.")],
    project: Annotated[
        str, typer.Option("--project", help="The project's title; it is made if there is none.")
    ],
    overlap: Annotated[
        int, typer.Option("--overlap", min=1, help="How many annotators code each passage.")
    ] = 2,
    config: Config = None,
    instructions: Annotated[
        Path | None, typer.Option("--instructions", help="Guidelines for annotators, in Markdown.")
    ] = None,
    insecure: Insecure = False,
) -> None:
    """Push passages into a project; each is there exactly once, however often this runs."""
    from annotate.corpus import read_tasks
    from annotate.files import bundled
    from annotate.studio.push import push

    passages = read_tasks(tasks)
    guide = instructions or (bundled("codebook.md") if config is None else None)
    book = read_codebook(config)
    report = pushed(push, passages, project, overlap, book, guide, insecure=insecure)
    if report.overlap != overlap:
        say(
            f"   they are assigned: {counted(report.overlap, 'annotator codes', 'annotators code')} each, not {overlap}"
        )
    if report.config_replaced:
        say("   the project had another label config, and no annotations; it has the one pushed now")
    for count, *what in (
        (report.updated, "passage had", "passages had", " other data beside the same text: updated"),
        (report.copies_removed, "untouched copy", "untouched copies", " of passages removed"),
        (
            report.rehashed,
            "passage was",
            "passages were",
            " made for another label config than the one pushed",
        ),
        (report.foreign, "task", "tasks", " of the project without a passage id, left as is"),
    ):
        if count:
            say(f"   {counted(count, what[0], what[1])}{what[2]}")
    if report.without_links:
        quoted = shlex.quote(report.title)
        say(
            "warning: nobody has a link to what is assigned to them, and annotate status cannot tell whose it is; run "
            f"annotate assign {shlex.quote(str(tasks))} --annotators <the list> --overlap {report.overlap} --project {quoted}, which assigns nothing anew"
        )
    say_doubled(report.doubled)


def pushed(
    send: "Callable[..., PushReport]",
    tasks: "Sequence[Task]",
    project: str,
    overlap: int,
    book: "Codebook",
    guide: Path | None,
    *,
    insecure: bool,
    one: str = "passage",
) -> "PushReport":
    """Push tasks with their label config and guidelines, and say where they are and how many came."""
    from annotate.codebook.guidelines import instructions
    from annotate.studio.client import connect

    with connect(insecure=insecure, tell=tell) as connection, progress("pushing") as advance:
        report = send(
            tasks,
            project=project,
            config=book.config,
            overlap=overlap,
            instructions=instructions(guide) if guide else "",
            connection=connection,
            on_progress=advance,
        )
    give(report.url)
    say(
        f"{report.title}: {counted(report.created, one)} pushed, "
        f"{counted(report.already_there, 'was', 'were')} there already"
    )
    return report


@command(app, "status", CODING, example="annotate status Harbour --watch")
@takes(table=written)
def status(
    project: Project,
    table: Table,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and show what changes, until Ctrl+C.")
    ] = False,
    every: Annotated[
        float, typer.Option("--every", min=1.0, help="With --watch: look again after so many seconds.")
    ] = 10.0,
    insecure: Insecure = False,
) -> None:
    """Say how far a project is, by source, annotator and day, how well they agree, and what to look at."""
    from annotate.cli._status import show
    from annotate.cli._status import watch as keep_watching
    from annotate.studio.client import connect
    from annotate.studio.pull import look

    if watch and (table.form != "table" or table.output is not None):
        raise typer.BadParameter("goes on until Ctrl+C: without --format and --output", param_hint="--watch")
    with connect(insecure=insecure, tell=tell) as connection:
        with progress("counting") as advance:
            seen = look(project, connection, on_progress=advance)
        if watch:
            keep_watching(seen, connection, every)
        else:
            show(seen, table.form, table.output)


@command(app, "desk", CODING, example="annotate desk Harbour --open")
def desk(
    project: Project,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder of snapshots, workbooks and reports.")
    ] = Path("exports"),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where to listen; 0: any free port.")
    ] = 0,
    every: Annotated[
        float, typer.Option("--every", min=1.0, help="Look at the server again after so many seconds.")
    ] = 10.0,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    insecure: Insecure = False,
) -> None:
    """Show a running project on a page of your own: progress, links, agreement, disagreements, files."""
    from annotate.desk import serve
    from annotate.studio.client import connect

    def ready(link: str) -> None:
        give(link)
        say("only this link opens the desk, and only on this machine; Ctrl+C ends it")
        if open_:
            typer.launch(link)

    with connect(insecure=insecure, tell=tell) as connection:
        try:
            serve(project, connection=connection, output=output, port=port, every=every, ready=ready)
        except KeyboardInterrupt:
            say("the desk is closed")


@command(app, "pull", CODING, example="annotate pull Harbour")
def pull(
    project: Project,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of snapshots.")] = Path(
        "exports"
    ),
    emails: Annotated[
        bool,
        typer.Option(
            "--emails",
            help="Keep the annotators' addresses in the snapshot's manifest: the key to A1, A2, ..., for --names.",
        ),
    ] = False,
    insecure: Insecure = False,
) -> None:
    """Pull a project's annotations into a new snapshot folder."""
    from annotate.studio.client import connect
    from annotate.studio.pull import pull
    from annotate.study.study import read_study

    with connect(insecure=insecure, tell=tell) as connection, progress("pulling") as advance:
        folder = pull(project, output=output, connection=connection, emails=emails, on_progress=advance)
    give(folder)
    study = read_study(folder)
    say_exclusions(study)
    say_cautions(study)
    if "adjudicated" in set(study.exclusions["reason"]):
        say(f"these are decisions: read them with annotate consensus EXPORT --adjudicated {folder}")


@command(app, "merge", CODING, example="annotate merge exports/first exports/second -o exports/both")
def merge(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of the new snapshot.")],
    exports: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Snapshot folders (or latest, or their projects' titles) or Label Studio JSON exports.",
            parser=snapshot,
            metavar="exports...",
            autocompletion=snapshots_offered,
        ),
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
    write_annotators: Annotated[
        Path | None,
        typer.Option(
            "--write-annotators",
            help="Write which accounts were taken for one person to this table (.csv), to correct it and give it back.",
        ),
    ] = None,
    on_config_change: Annotated[
        OnConfigChange,
        typer.Option("--on-config-change", help="Other label configs: stop, or read all with the first."),
    ] = "error",
    config: Config = None,
    on_invalid: Invalid = "error",
    insecure: Insecure = False,
) -> None:
    """Merge several projects, or exports of several servers, into one study, with annotators told apart."""
    from annotate.files import whole
    from annotate.study.merging import merge, require_new, require_several
    from annotate.study.parts import accounts_table
    from annotate.study.study import read_study

    exports, projects = exports or [], projects or []
    require_new(output)
    require_several(exports, projects)
    made = merge(
        [*exports, *_pulled(projects, output.parent, insecure=insecure)],
        output,
        annotators=annotators,
        config=config,
        on_invalid=on_invalid,
        on_config_change=on_config_change,
    )
    if write_annotators is not None:
        with whole(write_annotators) as temporary:
            accounts_table(made.names).to_csv(temporary, index=False, lineterminator="\n")
    give(made.folder)
    for part in made.parts:
        names = ", ".join(name for (number, _), name in made.names.items() if number == part.number)
        say(
            one_line(
                f"{part.number}: {part.path}: {counted(len(part.tasks), 'task')}, annotators {names or 'none'}"
            )
        )
    say(f"{counted(made.passages, 'passage')}, {made.shared} of them in several exports")
    for notice in made.notices:
        say(one_line(notice))
    say_exclusions(read_study(made.folder))


def _pulled(projects: list[str], into: Path, *, insecure: bool) -> list[Path]:
    """Pull projects of the server that is connected to, each into a snapshot of its own."""
    if not projects:
        return []
    from annotate.studio.client import connect
    from annotate.studio.projects import find_project
    from annotate.studio.pull import pull

    folders = []
    with connect(insecure=insecure, tell=tell) as connection:
        for project in projects:  # nothing is pulled if one of them is not there
            find_project(connection, project)
        for project in projects:
            with progress(f"pulling {project}") as advance:
                folders.append(pull(project, output=into, connection=connection, on_progress=advance))
            say(one_line(f"pulled {project} into {folders[-1]}"))
    return folders


@command(app, "changes", WHOLE, example="annotate changes exports/harbour-<time> latest")
@takes(table=written, interval=resampled)
def changes(
    before: Annotated[
        Path,
        typer.Argument(
            help="The earlier snapshot or export.",
            parser=snapshot,
            metavar="earlier",
            autocompletion=snapshots_offered,
        ),
    ],
    after: Annotated[
        Path,
        typer.Argument(
            help="The later one.", parser=snapshot, metavar="later", autocompletion=snapshots_offered
        ),
    ],
    table: Table,
    interval: "Interval",
    agreement: Annotated[bool, typer.Option("--agreement", help="Only agreement, before and after.")] = False,
    labels: Annotated[
        bool, typer.Option("--labels", help="Only the labels that are not what they were.")
    ] = False,
    by: By = None,
    coefficient: Coefficients = None,
    variable: Variables = None,
    adjudicated: Adjudicated = None,
    adjudicated_before: Annotated[
        Path | None,
        typer.Option(
            "--adjudicated-before",
            help="The decisions that stood at the time of the first snapshot; --adjudicated are those of the second.",
            parser=snapshot,
            metavar="<path>",
            autocompletion=snapshots_offered,
        ),
    ] = None,
    level: Levels = None,
    order: Orders = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    on_edited: Edited = "keep",
    missing: Missing = None,
) -> None:
    """Say what changed between two snapshots: ratings, agreement, labels.

    As csv, json or parquet it writes the ratings; with --agreement or --labels these.
    """
    from annotate.agreement import DEFAULT
    from annotate.coordination.changes import State
    from annotate.coordination.changes import changes as changed
    from annotate.present import label_tables
    from annotate.study.study import read_study, require_variables

    if agreement and labels:
        raise typer.BadParameter("ask for one at a time", param_hint="--agreement and --labels")
    refuse_overwriting(table.output, *filter(None, [before, after, config, adjudicated, adjudicated_before]))
    said, orders = read_levels(level), read_orders(order)

    def state(path: Path, decisions: Path | None) -> "State":
        from annotate.codebook.scale import scales_of

        study = read_study(
            path, config=config, on_invalid=on_invalid, on_edited=on_edited, missing=missing or ()
        )
        if "adjudicated" in set(study.exclusions["reason"]):
            raise InputError(
                f"{path}: an adjudicator's decisions; compare the studies, and give these with --adjudicated"
            )
        say_cautions(study)
        require_variables({**said, **orders}, [*study.levels, *study.variables])
        study = study.of_variables(variable) if variable else study
        scales = scales_of({**study.levels, **said}, {**study.categories, **orders})
        shown = {name: scale for name, scale in scales.items() if not variable or name in variable}
        return State(study, shown, read_adjudicated(decisions, config, study))

    earlier, later = state(before, adjudicated_before), state(after, adjudicated)
    found = changed(
        earlier,
        later,
        by=tuple(by or ()),
        coefficients=coefficients(coefficient, DEFAULT),
        interval=interval,
    )
    for line in label_tables.changes_lines(found):
        say(one_line(line))
    passages, book = later.study.passages, later.study.codebook or earlier.study.codebook
    if agreement:
        table.write(found.agreement, label_tables.changed_agreement)
    elif labels:
        table.write(found.labels, lambda frame: label_tables.changed_labels(frame, passages, book))
    else:
        table.write(found.ratings, lambda _: label_tables.changes_tables(found, passages, book))
