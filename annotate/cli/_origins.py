"""Whom claims are put down to, which passages say the same, and what follows for claims and sources."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli._groups import Table, marked, written
from annotate.cli._help import CLAIMS, READING, command, takes
from annotate.cli.options import refuse_overwriting
from annotate.cli.speech import say, say_exclusions
from annotate.errors import some
from annotate.present import counted

if TYPE_CHECKING:
    from annotate.provenance.origins import Origins
    from annotate.study.study import Study

app = typer.Typer()

OriginsFile = Annotated[
    Path | None,
    typer.Option(
        "--origins",
        help="The file that annotate origins wrote, with its columns origin and kind corrected.",
        rich_help_panel=READING,
    ),
]


def read_names(study: "Study", path: Path | None) -> "Origins":
    """The names in a study, as a coordinator's file has them, if there is one; names it lacks are said."""
    from annotate.provenance.origins import origins_of, read_origins

    found = origins_of(study)
    if path is None:
        return found
    read = read_origins(path, found)
    if read.unread:
        say(
            f"{path}: lacks {counted(len(read.unread), 'name')}, which {'stands for itself' if len(read.unread) == 1 else 'stand for themselves'}: {some(map(repr, read.unread), 3)}"
        )
    return read


@command(app, "origins", CLAIMS, example="annotate origins exports/example -o origins.csv")
@takes(table=written, study=marked)
def origins(
    study: "Study",
    table: Table,
    offers: Annotated[
        bool, typer.Option("--offers", help="Instead: names that may stand for one origin, with the reason.")
    ] = False,
    origins: OriginsFile = None,
) -> None:
    """List whom passages put claims down to, each name once, for a coordinator to say which are one."""
    from annotate.files import whole
    from annotate.frames import write_frame
    from annotate.present.claim_tables import origins_table
    from annotate.provenance.origins import offers as offered

    refuse_overwriting(table.output, *filter(None, [origins]))
    names = read_names(study, origins)
    say_exclusions(study)
    frame = offered(names.table, names.sources) if offers else names.table
    if (
        table.output is not None and table.form == "table"
    ):  # a file to be corrected, as its name's ending says
        with whole(table.output) as temporary:
            write_frame(frame, temporary)
        say(
            f"{table.output}: {counted(len(frame), 'offer' if offers else 'name')}; correct the columns origin and kind, and give it with --origins"
        )
    else:
        table.write(frame, None if offers else origins_table, study=study)
    if frame.empty:
        say(
            f"{study.name}: nobody marked a SOURCE or a CITED work"
            if names.table.empty
            else f"{study.name}: no two names are alike"
        )
