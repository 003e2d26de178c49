"""Who codes what: ``assign``."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli._help import CODING, command
from annotate.cli.options import Config, Form, Insecure, read_codebook, refuse_overwriting
from annotate.cli.speech import give, progress, say, say_doubled, tell
from annotate.errors import InputError, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from annotate.coordination.assignment import Annotator
    from annotate.corpus.tasks import Task
    from annotate.studio.assign import Assigned
    from annotate.studio.offered import Tab

app = typer.Typer()


@command(
    app,
    "assign",
    CODING,
    example="annotate assign tasks.json --annotators people.csv --overlap 2 --project Port",
)
def assign(
    tasks: Annotated[Path, typer.Argument(help="A task file, as annotate ingest or assign writes it.")],
    annotators: Annotated[
        Path,
        typer.Option("--annotators", help="The annotators: a line each, an e-mail address, or name,email."),
    ],
    overlap: Annotated[int, typer.Option("--overlap", help="How many annotators code each passage.")],
    project: Annotated[
        str | None,
        typer.Option("--project", help="Push into this project too, and make a tab for each annotator."),
    ] = None,
    repeat: Annotated[
        float,
        typer.Option(
            "--repeat", help="The share of the passages that their annotators get again at the end."
        ),
    ] = 0.0,
    hand_on: Annotated[
        bool,
        typer.Option(
            "--hand-on",
            help="What annotators who are no longer listed have not done in the project goes to others.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same assignments.")] = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the tasks with the assignments to this file.")
    ] = None,
    messages: Annotated[
        Path | None,
        typer.Option(
            "--messages",
            help="With --project: write a message to send for each annotator into this new folder: link, address, password.",
        ),
    ] = None,
    passwords: Annotated[
        Path | None,
        typer.Option("--passwords", help="The file of annotate annotators add -o, for the messages."),
    ] = None,
    plan_file: Annotated[
        Path | None, typer.Option("--plan", help="Write the design to this table (.csv or .parquet).")
    ] = None,
    config: Config = None,
    instructions: Annotated[
        Path | None, typer.Option("--instructions", help="Guidelines for annotators, in Markdown.")
    ] = None,
    form: Form = None,
    insecure: Insecure = False,
) -> None:
    """Give each passage to the right number of annotators: blind, balanced, and extended later."""
    from annotate.coordination.assignment import (
        design,
        items_of,
        read_annotators,
        read_passwords,
        read_plan,
        salt_of,
        salt_place,
        write_messages,
        write_plan,
    )
    from annotate.corpus import read_tasks, write_tasks
    from annotate.files import whole
    from annotate.frames import READABLE, write_frame
    from annotate.present.study_tables import readable
    from annotate.present.tables import format_for, write_table

    for place in (output, plan_file):
        refuse_overwriting(
            place, *filter(None, [tasks, annotators, salt_place(annotators), config, instructions])
        )
    if plan_file is not None and plan_file.suffix.lower() not in READABLE:
        raise InputError(f"{plan_file}: a table is written to {' or '.join(READABLE)}; name such a file")
    _require_project(project, messages, passwords, hand_on=hand_on)
    passages = read_tasks(tasks)
    named = read_annotators(annotators)
    known = {} if passwords is None else read_passwords(passwords)
    salt = salt_of(annotators)
    people: Sequence[Annotator] = [replace(one, salt=salt) for one in named]
    tabs: Sequence[Tab] = ()
    addresses: Mapping[str, str] = {}
    if project is None:
        keys, done = [one.key for one in people], read_plan(task["data"] for task in passages)
        plan = design(items_of(passages), keys, overlap=overlap, seed=seed, done=done, repeat=repeat)
        passages = write_plan(passages, plan)
    else:
        made = _on_server(
            passages, people, project, overlap, repeat, hand_on, seed, config, instructions, insecure
        )
        plan, passages, tabs, addresses = made.plan, list(made.tasks), made.tabs, made.addresses
        people = made.annotators
        if messages is not None:
            write_messages(messages, made.messages(known))
        _say_messages(messages, made, known)
    if output is not None:
        write_tasks(passages, output)
    if plan_file is not None:
        with whole(plan_file) as temporary:
            write_frame(plan, temporary)
    _say_balance(plan, people, addresses)
    if output is None and plan_file is None and project is None:
        say("nothing was written: give --project, --output or --plan")
    table = _table(plan, people, tabs)
    shown = format_for(None, form)
    if shown not in ("table", "markdown"):
        write_table(table, shown)
        return
    write_table(readable(table.drop(columns=["annotator", "link"], errors="ignore")), shown)
    for row in table.to_dict("records") if tabs else ():
        give(f"\n{row['name'] or row['email']}:\n{row['link']}")  # alone on its line, to be copied whole


def _require_project(
    project: str | None, messages: Path | None, passwords: Path | None, *, hand_on: bool
) -> None:
    """Refuse what only a project can answer where none is named, and a folder that may hold passwords already."""
    if hand_on and project is None:
        raise InputError("--hand-on: only a project knows what is done; name it with --project")
    if messages is None and passwords is not None:
        raise InputError("--passwords: they go into the messages; say with --messages which folder to write")
    if messages is not None and project is None:
        raise InputError("--messages: only a project has links; name it with --project")
    if messages is not None and messages.exists():
        raise InputError(f"{messages}: exists already, and may hold passwords; name a new folder")


def _on_server(
    passages: "list[Task]",
    people: "Sequence[Annotator]",
    project: str,
    overlap: int,
    repeat: float,
    hand_on: bool,
    seed: int,
    config: Path | None,
    instructions: Path | None,
    insecure: bool,
) -> "Assigned":
    from annotate.codebook.guidelines import instructions as rendered
    from annotate.files import bundled
    from annotate.studio.assign import assign
    from annotate.studio.client import connect

    guide = instructions or (bundled("codebook.md") if config is None else None)
    with connect(insecure=insecure, tell=tell) as connection, progress("assigning") as advance:
        made = assign(
            passages,
            people,
            project=project,
            overlap=overlap,
            config=read_codebook(config).config,
            instructions=rendered(guide) if guide else "",
            connection=connection,
            seed=seed,
            repeat=repeat,
            hand_on=hand_on,
            on_progress=advance,
        )
    report = made.report
    say(f"{report.title}: {report.url}")
    say(
        f"{counted(report.created, 'task')} pushed, {counted(report.already_there, 'was', 'were')} there already, {report.updated} of them updated"
    )
    for (key, number), rows in made.taken.groupby(["annotator", "round"]):
        who = made.addresses.get(str(key), key)
        say(
            f"{counted(len(rows), 'passage')} of {who} left open: given to others"
            if number == 1
            else f"{counted(len(rows), 'second time')} of {who} left open: dropped"
        )
    say_doubled(report.doubled)
    if made.without_account:
        names = ", ".join(one.email for one in made.without_account)
        say(f"without an account yet: {names}; make one with annotate annotators add")
    return made


def _say_messages(folder: Path | None, made: "Assigned", passwords: "Mapping[str, str]") -> None:
    if folder is None:
        say("a message to send to each, with link, address and password: --messages and a folder")
        return
    missing = {one.key for one in made.without_account}
    without = [one.email for one in made.annotators if one.email not in passwords and one.key not in missing]
    say(
        f"{folder}: {counted(len(made.annotators), 'message')}, with links and addresses, for you alone to send"
    )
    if passwords and without:
        say(f"   no password is known of {', '.join(without)}: they log in with the one they have")


def _say_balance(plan: "pd.DataFrame", people: "Sequence[Annotator]", addresses: "Mapping[str, str]") -> None:
    from annotate.coordination.assignment import balance

    found = balance(plan)
    passages = plan.loc[plan["round"] == 1, "item"].nunique()
    say(
        f"{counted(passages, 'passage')}: {_from_to(found.loads)} an annotator, {_from_to(found.pairs)} shared by every two; "
        f"within a source, what annotators code differs by at most {found.source_loads}, and what two share by at most {found.source_pairs}"
    )
    if found.repeats[1]:
        say(f"{_from_to(found.repeats)} passages come to each annotator a second time, after all others")
    listed = {one.key for one in people}
    for key, count in plan["annotator"].value_counts().sort_index().items():
        if key not in listed:
            who = addresses.get(str(key), key)
            say(f"{who} is not in the list, and keeps {counted(int(count), 'earlier assignment')}")


def _from_to(numbers: tuple[int, int]) -> str:
    low, high = numbers
    return str(low) if low == high else f"{low} to {high}"


def _table(plan: "pd.DataFrame", people: "Sequence[Annotator]", tabs: "Sequence[Tab]") -> "pd.DataFrame":
    import pandas as pd

    links = {tab.key: tab.link for tab in tabs}
    rows = []
    for one in people:
        own = plan.loc[plan["annotator"] == one.key, "round"]
        who = {"annotator": one.key, "name": one.name, "email": one.email}
        counts = {"passages": int((own == 1).sum()), "repeats": int((own > 1).sum())}
        rows.append(who | counts | ({"link": links[one.key]} if tabs else {}))
    return pd.DataFrame(rows)
