"""The two Admiralty scales as a second pass: ``rate`` puts passages before raters, ``rated`` holds their answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli._exchange import pushed
from annotate.cli._groups import Table, written
from annotate.cli._help import CLAIMS, command, snapshot, snapshots_offered, takes
from annotate.cli._origins import gathered
from annotate.cli.options import Edited, Insecure, Invalid, refuse_overwriting
from annotate.cli.speech import say, say_doubled, say_exclusions
from annotate.errors import InputError, counted

if TYPE_CHECKING:
    from annotate.provenance.claims.measured import Claims

app = typer.Typer()


@command(app, "rate", CLAIMS, example='annotate rate exports/example --project "How reliable?" --overlap 2')
@takes(found=gathered)
def rate(
    found: "Claims",
    project: Annotated[
        str | None,
        typer.Option(
            "--project", help="Push the passages into this project, which is made if there is none."
        ),
    ] = None,
    overlap: Annotated[
        int, typer.Option("--overlap", min=1, help="How many annotators rate each passage.")
    ] = 2,
    coded_by: Annotated[
        int | None,
        typer.Option(
            "--coded-by",
            min=1,
            help="Take passages that so many annotators have coded blind (default: as many as the project asked for; of an export, 2).",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the passages as a task file.")
    ] = None,
    rate_config: Annotated[
        Path | None,
        typer.Option(
            "--rate-config",
            help="A label config with both scales (default: the one that comes with annotate).",
        ),
    ] = None,
    instructions: Annotated[
        Path | None,
        typer.Option(
            "--instructions",
            help="Guidelines in Markdown (default: those that come with annotate, with its config).",
        ),
    ] = None,
    insecure: Insecure = False,
) -> None:
    """Let annotators rate source and claim by the Admiralty scales, publisher in sight, after the blind pass."""
    from annotate.codebook.read import load_codebook
    from annotate.corpus import write_tasks
    from annotate.files import bundled
    from annotate.provenance.admiralty import CONFIG, SCALES, asks_for_admiralty, to_rate
    from annotate.studio.push import push

    refuse_overwriting(output, *filter(None, [rate_config, instructions]))
    book = load_codebook(rate_config or bundled(CONFIG))
    if not asks_for_admiralty(book):
        raise InputError(
            f"{rate_config}: has no choices named {' and '.join(SCALES)} with their categories; begin with a copy of {CONFIG}"
        )
    asked = int(found.study.about.get("project overlap", 2))
    made = to_rate(found, config_sha256=book.sha256, coded_by=coded_by or asked)
    say(f"{counted(len(made.tasks), 'passage')} to rate")
    if made.open:
        say(
            f"left out: {counted(made.open, 'passage')} that fewer than {coded_by or asked} annotators have coded blind; rate them when they are done"
        )
    if made.no_claim:
        say(f"left out: {counted(made.no_claim, 'passage')} in which most annotators see no claim")
    if output is not None:
        write_tasks(made.tasks, output)
    if project is None:
        if output is None:
            say("nothing was written: give --project or --output")
        return
    guide = instructions or (bundled("admiralty.md") if rate_config is None else None)
    report = pushed(push, made.tasks, project, overlap, book, guide, insecure=insecure)
    say_doubled(report.doubled)


Rated = Annotated[
    Path,
    typer.Option(
        "--rated",
        help="The pulled snapshot of the project that annotate rate made.",
        parser=snapshot,
        metavar="<path>",
        autocompletion=snapshots_offered,
    ),
]


@command(app, "rated", CLAIMS, example="annotate rated exports/example --rated exports/ratings")
@takes(table=written, found=gathered)
def rated(
    found: "Claims",
    rated: Rated,
    table: Table,
    ratings: Annotated[
        bool,
        typer.Option(
            "--ratings",
            help="Instead: the ratings that stand, as a table for annotate agreement: without each 1 that is refused, and without F and 6.",
        ),
    ] = False,
    on_invalid: Invalid = "error",
    on_edited: Edited = "keep",
) -> None:
    """Show Admiralty ratings beside the origins of the claim, and refuse "confirmed" without two origins."""
    from annotate.files import bundled
    from annotate.present.claim_tables import rated_table
    from annotate.provenance.admiralty import CONFIG, checked
    from annotate.study.study import read_study

    refuse_overwriting(table.output, rated)
    config = None if rated.is_dir() else bundled(CONFIG)
    study = read_study(rated, config=config, on_invalid=on_invalid, on_edited=on_edited)
    made = checked(study, found)
    say_exclusions(study)
    if ratings:
        table.write(made.ratings)
    else:
        table.write(made.table, lambda frame: rated_table(frame, found.passages, study.codebook))
    say(
        f"{counted(made.refused, 'rating')} of 1 (confirmed by other sources) refused: fewer than two independent origins are known"
    )
    if ratings:
        say(f"{counted(made.not_judged, 'answer')} left out that nothing can be judged (F or 6)")
