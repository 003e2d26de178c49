"""The demo: documents, passages, a real server, scripted annotators, a snapshot, tables, a workbook, a report."""

import itertools
import os
import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from annotate.codebook.guidelines import instructions
from annotate.codebook.read import Codebook, load_codebook
from annotate.corpus import ingest, write_tasks
from annotate.demo.scripted import CAST, NOTE, Habits, Reference, code, read_reference
from annotate.errors import InputError
from annotate.files import bundled
from annotate.present.claim_tables import claims_table, ledger_table, profile_tables
from annotate.present.report import write_report
from annotate.present.source_sheet import sources_table
from annotate.present.study_tables import agreement_table
from annotate.present.summary import Summary, summarise
from annotate.present.tables import write_table
from annotate.present.workbook import write_workbook
from annotate.provenance.claims.measured import gather, measure
from annotate.provenance.origins import origins_of
from annotate.provenance.source_table import source_table
from annotate.sampling import Interval
from annotate.studio import server
from annotate.studio.accounts import Account, create_account, label_stream, skip, submit
from annotate.studio.client import Connection, connect
from annotate.studio.projects import all_projects
from annotate.studio.pull import pull
from annotate.studio.push import PushReport, push
from annotate.study.study import Study, read_study

__all__ = ["run"]

_CLAIMS = 3  # of the ledger, shown in the terminal
Say = Callable[[str], None]


@dataclass(frozen=True)
class Login:
    """What a person needs to annotate in the demo's server."""

    email: str
    password: str


def run(output: Path, *, serve: bool, say: Say) -> None:
    """Run the demo. Everything that it makes is in ``output``, also the data of its server.

    Parameters
    ----------
    output
        A folder; a second run adds another project and another snapshot.
    serve
        Leave the server up at the end, and print its address and the logins.
    say
        Takes each line that tells a person what happens. The tables go to standard output.

    Raises
    ------
    ServerError, InputError
        As the stations raise them. A server that was started here is stopped then.

    """
    if output.exists() and not output.is_dir():
        raise InputError(f"{output}: is a file; say another folder with --output")
    data = output / "server"
    ran_before = server.status(data).running
    book = load_codebook(bundled("label_config.xml"))
    tasks = _passages(output, book, say)
    say("starting an embedded Label Studio (the first start takes half a minute)")
    state = server.start(data)
    keep = ran_before
    try:
        say(f"   {state.url}, on this machine only")
        project, logins = _annotated(str(state.url), data, tasks, book, say)
        _results(output, str(state.url), data, project, say)
        if serve:
            _invite(str(state.url), data, tasks, book, logins, say)
        keep = keep or serve
    finally:
        if not keep:
            server.stop(data)
    if ran_before and not serve:
        say("\nThe server ran before the demo, and still does.")
    if keep:
        say(f"Stop the server with: {_command()} server stop --data-dir {shlex.quote(str(data))}")


def _passages(output: Path, book: Codebook, say: Say) -> Sequence[Mapping[str, Mapping[str, Any]]]:
    corpus = bundled("tasks/example")
    documents = sorted([*corpus.glob("*.txt"), *corpus.glob("*.md")])
    made = ingest(documents, config_sha256=book.sha256, manifest=corpus / "sources.csv")
    write_tasks(made.tasks, output / "tasks.json")
    say(f"{made.documents} invented documents became {len(made.tasks)} passages: {output / 'tasks.json'}")
    return made.tasks


def _annotated(
    url: str, data: Path, tasks: Sequence[Mapping[str, Mapping[str, Any]]], book: Codebook, say: Say
) -> tuple[int, list[Login]]:
    """Push the passages and let every scripted annotator work through their stream."""
    coordinator = server.credentials(data)
    reference = read_reference(bundled("tasks/example/codes.csv"))
    with connect(url, coordinator.token) as connection:
        title = _new_title(connection, "Demo")
        report = _push(connection, tasks, title, book)
        say(f"pushed {report.created} passages into the project “{title}”, {len(CAST)} annotators each")
        people = [_account(connection, habits, coordinator.password) for habits in CAST]
    say("three scripted annotators, not people, code them through Label Studio's own API:")
    for habits in CAST:
        say(f"   {habits.name}: {habits.words}")
    stopped = threading.Event()
    with ThreadPoolExecutor(len(CAST)) as pool:
        try:
            done = pool.map(
                lambda one: _work(url, one[0], one[1], report.project_id, reference, book, stopped), people
            )
            for (habits, _), (coded, skipped) in zip(people, done, strict=True):
                say(f"   {habits.name} coded {coded} passages and skipped {skipped}")
        finally:
            stopped.set()  # where one fails, or the person interrupts, nobody works on
    emails = [coordinator.email, *(account.email for _, account in people)]
    return report.project_id, [Login(email, coordinator.password) for email in emails]


def _push(
    connection: Connection, tasks: Sequence[Mapping[str, Mapping[str, Any]]], title: str, book: Codebook
) -> PushReport:
    guide = instructions(bundled("codebook.md"))
    return push(
        tasks, project=title, config=book.config, overlap=len(CAST), instructions=guide, connection=connection
    )


def _new_title(connection: Connection, words: str) -> str:
    taken = {project.title for project in all_projects(connection)}
    return next(title for number in itertools.count(1) if (title := f"{words} {number}") not in taken)


def _account(connection: Connection, habits: Habits, password: str) -> tuple[Habits, Account]:
    return habits, create_account(connection, f"{habits.name}@annotators.invalid", password)


def _work(
    url: str,
    habits: Habits,
    account: Account,
    project: int,
    reference: Reference,
    book: Codebook,
    stopped: threading.Event,
) -> tuple[int, int]:
    """Code what the server serves to this annotator, until it serves no more or work is stopped."""
    coded = skipped = 0
    pace = np.random.default_rng(account.id)
    with connect(url, account.token) as connection:
        for task in label_stream(connection, project):
            if stopped.is_set():
                break
            result = code(task["data"], reference, habits, book)
            seconds = round(float(pace.gamma(4.0, 6.0)), 1)  # as long as a person might take; nobody waits
            if result is None:
                skip(connection, task["id"], seconds)
                skipped += 1
            else:
                submit(connection, task["id"], result, seconds)
                coded += 1
    return coded, skipped


def _results(output: Path, url: str, data: Path, project: int, say: Say) -> None:
    with connect(url, server.credentials(data).token) as connection:
        folder = pull(project, output=output / "exports", connection=connection)
    study = read_study(folder)
    say(f"pulled {len(study.ratings)} ratings and {len(study.spans)} spans: {folder}")
    for reason, count in study.exclusions["reason"].value_counts().items():
        say(f"   left out and counted: {count} {reason}")
    summary = summarise(study)
    _show(summary, say)
    _show_ledger(summary, say)
    _show_origins(study, say)
    workbook, page = output / "annotate-demo.xlsx", output / "annotate-demo.html"
    write_workbook(workbook, summary, notes=[NOTE])
    write_report(page, summary, notes=[NOTE])
    say(f"workbook: {workbook}\nreport:   {page}")


def _show_ledger(summary: Summary, say: Say) -> None:
    claims = summary.ledger.claims
    say(
        f"\n{len(claims)} claims recur across the sources; the first {_CLAIMS}, by date, and whom each puts them down to:"
    )
    write_table(ledger_table(claims.head(_CLAIMS), summary.study.codebook), "table")


def _show_origins(study: Study, say: Say) -> None:
    gathered = gather(study, None, origins_of(study))
    claims = measure(gathered, Interval())
    say(
        f"\nIndependent origins of these claims, the first {_CLAIMS}; nobody has linked passages, so all is unconfirmed:"
    )
    write_table(claims_table(claims.head(_CLAIMS)), "table")
    say("\nEach source: agreement on its passages, the ground of its claims, and where these come from:")
    write_table(sources_table(source_table(gathered), study.codebook), "table")


def _show(summary: Summary, say: Say) -> None:
    overall = summary.agreement[summary.agreement["source"].isna()]
    say("\nAgreement of the scripted annotators, with 95 % intervals:")
    write_table(agreement_table(overall, (), summary.study.codebook), "table")
    say("\nProvenance by source: shares of the claims in each, with 95 % intervals:")
    write_table(profile_tables(summary.provenance, summary.study.codebook)[0], "table")


def _invite(
    url: str,
    data: Path,
    tasks: Sequence[Mapping[str, Mapping[str, Any]]],
    book: Codebook,
    logins: Sequence[Login],
    say: Say,
) -> None:
    """Push the passages once more, for people: the scripted annotators have used up the first project."""
    with connect(url, server.credentials(data).token) as connection:
        title = _new_title(connection, "Yours to annotate")
        project = _push(connection, tasks, title, book).project_id
    say(f"\nThe server stays up. Open {url}/projects/{project}/data?labeling=1 and log in as one of:")
    for login in logins:
        say(f"   {login.email}   {login.password}")
    say(f"The project “{title}” has the same passages, and nobody has coded them yet.")
    say(f'Pull it with: ANNOTATE_SERVER_DIR={shlex.quote(str(data))} {_command()} pull "{title}"')


def _command() -> str:
    """How to call this program in the printed commands; in a clone it is not on the PATH."""
    return "uv run annotate" if "UV_RUN_RECURSION_DEPTH" in os.environ else "annotate"
