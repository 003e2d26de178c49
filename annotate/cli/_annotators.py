"""The annotators: ``annotators add``, ``pairs``, ``leave-one-out``, ``majority``, ``rounds``."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from annotate.cli._groups import Scaled, Table, coefficients, drawn_together, narrowed, weighted, written
from annotate.cli._help import Group, command, takes
from annotate.cli.options import By, Cluster, Coefficients, Confidence, DataDir, Insecure, Seed
from annotate.cli.speech import give, say, say_exclusions, tell
from annotate.errors import InputError, counted

app = typer.Typer(
    cls=Group,
    help="Accounts for annotators (add), and how each agrees with the others (pairs, leave-one-out, majority), with ground truth (gold) and with themselves (rounds).",
    epilog="annotate annotators pairs exports/example",
    no_args_is_help=True,
)


@command(app, "add", example="annotate annotators add people.csv -o passwords.csv")
def annotators_add(
    file: Annotated[
        Path, typer.Argument(help="The annotators: a line each, an e-mail address, or name,email.")
    ],
    data_dir: DataDir = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write the passwords to this new file, for nobody else to read, and show none.",
        ),
    ] = None,
    insecure: Insecure = False,
) -> None:
    """Make accounts on the embedded server, or give the invitation link of another one."""
    from annotate.coordination.assignment import read_annotators
    from annotate.studio.accounts import add_account, invitation_link, new_password
    from annotate.studio.client import connect_embedded

    people = read_annotators(file)
    with connect_embedded(data_dir, insecure=insecure, tell=tell) as connection:
        if not connection.embedded:
            give(invitation_link(connection))
            say(
                f"{connection.url} is not the embedded server: give the annotators this link, with which they make their own accounts"
            )
            return
        made = 0
        with _announcing(output) as announce:
            for one in people:
                password = new_password()
                if add_account(connection, one.email, password):
                    announce(one.email, password)
                    made += 1
                else:
                    say(f"{one.email}: has an account already, with the password it had")
    say(f"{counted(made, 'account')} made; log in at {connection.page_url('user/login/')}")
    if made:
        say(
            f"the passwords are {f'in {output}' if output else 'above'}; they are kept nowhere else, so hand them on now"
        )


@contextmanager
def _announcing(output: Path | None) -> Iterator[Callable[[str, str], None]]:
    """Give a function that takes each address with its password as soon as the account is made.

    So none is lost when a later account fails. Without a file they go to standard output; a file is
    new, has mode 0600, and is removed again if nothing was written.

    Raises
    ------
    InputError
        If the file exists or cannot be made.

    """
    if output is None:
        yield lambda email, password: give(f"{email}\t{password}")
        return
    try:
        handle = os.open(output, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise InputError(
            f"{output}: exists already, and may hold passwords that are kept nowhere else; name a new file"
        ) from error
    except OSError as error:
        raise InputError(f"{output}: cannot be written ({error.strerror})") from error
    written = 0
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")

            def announce(email: str, password: str) -> None:
                nonlocal written
                rows.writerows(
                    [("email", "password"), (email, password)] if not written else [(email, password)]
                )
                written += 1
                file.flush()
                os.fsync(file.fileno())

            yield announce
    finally:
        if not written:
            output.unlink(missing_ok=True)


@command(app, "pairs", example="annotate annotators pairs exports/example")
@takes(table=written, read=weighted)
def pairs(
    read: Scaled,
    table: Table,
    by: By = None,
    coefficient: Coefficients = None,
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
) -> None:
    """Compute the agreement of every two annotators, with jackknife intervals."""
    from annotate.agreement import Interval
    from annotate.agreement import pairs as measured
    from annotate.agreement.annotators._pairs import PAIRWISE
    from annotate.present.study_tables import pairs_table

    result = measured(
        read.study.rated,
        by=tuple(by or ()),
        coefficients=coefficients(coefficient, PAIRWISE),
        scales=read.scales,
        interval=Interval(confidence=confidence, cluster=drawn_together(cluster)),
    )
    say_exclusions(read.study)
    table.write(result, lambda frame: pairs_table(frame, read.study.codebook), study=read.study)


@command(
    app, "kinds", example="annotate annotators kinds exports/example --annotators people.csv --kind team"
)
@takes(table=written, read=weighted)
def kinds(
    read: Scaled,
    table: Table,
    annotators: Annotated[
        Path,
        typer.Option(
            "--annotators", help="A table of the annotators: annotator, and columns that tell kinds."
        ),
    ],
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="Which of its columns tells the kind, such as team or language."),
    ] = None,
    by: By = None,
    coefficient: Coefficients = None,
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
    seed: Seed = 0,
) -> None:
    """Compute agreement within and between kinds of annotators, and test which agree better on the same items."""
    from annotate.agreement import DEFAULT, Interval, read_kinds
    from annotate.agreement import kinds as measured
    from annotate.present.study_tables import kinds_tables

    result = measured(
        read.study.rated,
        read_kinds(annotators, kind),
        by=tuple(by or ()),
        coefficients=coefficients(coefficient, DEFAULT),
        scales=read.scales,
        interval=Interval(confidence=confidence, seed=seed, cluster=drawn_together(cluster)),
    )
    say_exclusions(read.study)
    table.write(result, lambda frame: kinds_tables(frame, tuple(by or ())), study=read.study)


@command(app, "machine", example="annotate annotators machine ratings.csv --machine gpt --epsilon 0.2")
@takes(table=written, read=weighted)
def machine(
    read: Scaled,
    table: Table,
    epsilon: Annotated[
        float,
        typer.Option(
            "--epsilon",
            min=0.0,
            max=0.99,
            help="How much closer a person may be and the machine still win: 0.2 for experts, 0.1 for crowds.",
        ),
    ] = 0.15,
    by: By = None,
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
    seed: Seed = 0,
) -> None:
    """Compute how machines agree with people, and whether one may replace a person (alternative annotator test)."""
    from annotate.agreement import Interval, machines
    from annotate.present.study_tables import machines_table

    if read.everybody is None:
        raise InputError("which annotators are machines? say --machine NAME, as often as there are some")
    result = machines(
        read.everybody.rated,
        read.machines,
        by=tuple(by or ()),
        scales=read.scales,
        epsilon=epsilon,
        interval=Interval(confidence=confidence, seed=seed, cluster=drawn_together(cluster)),
    )
    say_exclusions(read.everybody)
    table.write(result, lambda frame: machines_table(frame, tuple(by or ())), study=read.everybody)


@command(app, "leave-one-out", example="annotate annotators leave-one-out exports/example")
@takes(table=written, read=weighted)
def leave_one_out(
    read: Scaled,
    table: Table,
    by: By = None,
    coefficient: Coefficients = None,
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
) -> None:
    """Compute agreement without each annotator in turn: who lowers it, who raises it."""
    from annotate.agreement import Interval
    from annotate.agreement import leave_one_out as measured

    result = measured(
        read.study.rated,
        by=tuple(by or ()),
        coefficients=coefficients(coefficient, ("krippendorff_alpha",)),
        scales=read.scales,
        interval=Interval(confidence=confidence, cluster=drawn_together(cluster)),
    )
    say_exclusions(read.study)
    table.write(result, study=read.study)


@command(app, "majority", example="annotate annotators majority exports/example")
@takes(table=written, read=narrowed)
def majority(
    read: Scaled, table: Table, by: By = None, confidence: Confidence = 0.95, cluster: Cluster = "auto"
) -> None:
    """Compute how often each annotator chooses what most of the others chose."""
    from annotate.agreement import Interval
    from annotate.agreement import majority as measured

    result = measured(
        read.study.rated,
        by=tuple(by or ()),
        scales=read.scales,
        interval=Interval(confidence=confidence, cluster=drawn_together(cluster)),
    )
    say_exclusions(read.study)
    table.write(result, study=read.study)


@command(app, "gold", example="annotate annotators gold export.json --config label_config.xml")
@takes(table=written, read=narrowed)
def gold(read: Scaled, table: Table, confidence: Confidence = 0.95, cluster: Cluster = "auto") -> None:
    """Compute how often each annotator chooses what is starred as ground truth, their own stars left out."""
    from annotate.agreement import Interval
    from annotate.consensus import with_gold

    result = with_gold(
        read.in_memory.first_round,
        read.study.gold,
        scales=read.scales,
        interval=Interval(confidence=confidence, cluster=drawn_together(cluster)),
    )
    say_exclusions(read.study)
    table.write(result, study=read.study)


@command(app, "rounds", example="annotate annotators rounds exports/example")
@takes(table=written, read=weighted)
def rounds(
    read: Scaled,
    table: Table,
    by: By = None,
    coefficient: Coefficients = None,
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
) -> None:
    """Compute the agreement of each annotator with themselves, where passages came a second time."""
    from annotate.agreement import Interval
    from annotate.agreement import rounds as measured
    from annotate.agreement.annotators._pairs import PAIRWISE
    from annotate.present.study_tables import pairs_table

    result = measured(
        read.study.rows,
        by=tuple(by or ()),
        coefficients=coefficients(coefficient, PAIRWISE),
        scales=read.scales,
        interval=Interval(confidence=confidence, cluster=drawn_together(cluster)),
    )
    say_exclusions(read.study)
    if result.empty:
        say("nothing to show: nobody has coded a passage a second time; see annotate assign --repeat")
    table.write(result, lambda frame: pairs_table(frame, read.study.codebook), study=read.study)
