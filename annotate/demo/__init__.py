"""The demo: documents, passages, a real server, scripted annotators, a snapshot, tables, a workbook, a report."""

import itertools
import json
import os
import shlex
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from annotate.codebook.guidelines import instructions
from annotate.codebook.read import Codebook, load_codebook
from annotate.coordination.linking import NEAR, link_tasks
from annotate.corpus import ingest, write_tasks
from annotate.corpus.tasks import Task
from annotate.demo.planted import held_against, planted_table
from annotate.demo.scripted import (
    CAST,
    NOTE,
    Habits,
    Result,
    code,
    link,
    read_link_reference,
    read_reference,
)
from annotate.errors import InputError, counted
from annotate.files import bundled, whole
from annotate.present.claim_cards import claim_page
from annotate.present.claim_tables import claims_table, ledger_table, mentions_table, profile_tables
from annotate.present.graph_page import graph_page
from annotate.present.report import write_report
from annotate.present.source_sheet import sources_table
from annotate.present.study_tables import agreement_table
from annotate.present.summary import Summary, summarise
from annotate.present.tables import write_table
from annotate.present.workbook import write_workbook
from annotate.provenance import candidates
from annotate.provenance.claims.measured import Claims, gather, measure
from annotate.provenance.graph import graph_of
from annotate.provenance.origins import origins_of, read_origins
from annotate.provenance.source_table import source_table
from annotate.sampling import Interval
from annotate.studio import server
from annotate.studio.accounts import Account, create_account, label_stream, skip, submit
from annotate.studio.client import Connection, connect
from annotate.studio.projects import all_projects
from annotate.studio.pull import pull
from annotate.studio.push import PushReport, push, push_pairs
from annotate.study.links import CONFIG, read_links
from annotate.study.passages import passages_of, passages_of_study
from annotate.study.study import read_study

__all__ = ["run"]

_CLAIMS = 3  # of the ledger, shown in the terminal
_PAIRS = 70  # candidates that are linked
_SHOWN = "a relay of two steps"  # the claim of which the terminal shows each mention
Say = Callable[[str], None]


@dataclass(frozen=True)
class Projects:
    """The numbers of the projects of passages and of pairs."""

    passages: int
    pairs: int


@dataclass(frozen=True)
class Job:
    """A project, what it has (in words), and how what it shows is answered."""

    project: int
    what: str
    answer: Callable[..., list[Result] | None]


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
        projects, logins = _annotated(str(state.url), data, tasks, book, say)
        _results(output, str(state.url), data, projects, say)
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


def _passages(output: Path, book: Codebook, say: Say) -> list[Task]:
    corpus = bundled("tasks/example")
    documents = sorted([*corpus.glob("*.txt"), *corpus.glob("*.md")])
    made = ingest(documents, config_sha256=book.sha256, manifest=corpus / "sources.csv")
    write_tasks(made.tasks, output / "tasks.json")
    say(
        f"{counted(made.documents, 'invented document')} became {counted(len(made.tasks), 'passage')}: {output / 'tasks.json'}"
    )
    return made.tasks


def _annotated(
    url: str, data: Path, tasks: list[Task], book: Codebook, say: Say
) -> tuple[Projects, list[Login]]:
    """Push the passages and pairs of them, and let every scripted annotator work through both projects."""
    coordinator = server.credentials(data)
    corpus, linking = bundled("tasks/example"), load_codebook(bundled(CONFIG))
    reference, of_pairs = read_reference(corpus / "codes.csv"), read_link_reference(corpus / "links.csv")
    with connect(url, coordinator.token) as connection:
        report = _push(connection, tasks, _new_title(connection, "Demo"), book)
        say(
            f"pushed {counted(report.created, 'passage')} into the project “{report.title}”, {counted(len(CAST), 'annotator')} each"
        )
        pairs = _push_pairs(connection, tasks, linking)
        say(
            f"pushed {counted(pairs.created, 'pair')} of them into the project “{pairs.title}”: the best {_PAIRS} candidates, and others"
        )
        people = [_account(connection, habits, coordinator.password) for habits in CAST]
    jobs = (
        Job(report.project_id, "passages", partial(code, reference=reference, codebook=book)),
        Job(pairs.project_id, "pairs", partial(link, reference=of_pairs, codebook=linking)),
    )
    say("three scripted annotators, not people, code them through Label Studio's own API:")
    for habits in CAST:
        say(f"   {habits.name}: {habits.words}")
    stopped = threading.Event()
    with ThreadPoolExecutor(len(CAST)) as pool:
        try:
            done = pool.map(lambda one: _work(url, one[0], one[1], jobs, stopped), people)
            for (habits, _), counts in zip(people, done, strict=True):
                told = (f"{coded} {job.what} (skipped {skipped})" for job, (coded, skipped) in counts)
                say(f"   {habits.name} coded {' and '.join(told)}")
        finally:
            stopped.set()  # where one fails, or the person interrupts, nobody works on
    emails = [coordinator.email, *(account.email for _, account in people)]
    return Projects(report.project_id, pairs.project_id), [
        Login(email, coordinator.password) for email in emails
    ]


def _push(connection: Connection, tasks: list[Task], title: str, book: Codebook) -> PushReport:
    guide = instructions(bundled("codebook.md"))
    return push(
        tasks, project=title, config=book.config, overlap=len(CAST), instructions=guide, connection=connection
    )


def _push_pairs(connection: Connection, tasks: list[Task], book: Codebook) -> PushReport:
    """Push the best candidates for the same claim, and a control from below them."""
    passages = passages_of(tasks)
    pairs = link_tasks(
        candidates(passages, most=NEAR * _PAIRS), passages, top=_PAIRS, control=0.1, config_sha256=book.sha256
    )
    return push_pairs(
        pairs,
        project=_new_title(connection, "Same claim?"),
        config=book.config,
        overlap=len(CAST),
        instructions=instructions(bundled("linking.md")),
        connection=connection,
    )


def _new_title(connection: Connection, words: str) -> str:
    taken = {project.title for project in all_projects(connection)}
    return next(title for number in itertools.count(1) if (title := f"{words} {number}") not in taken)


def _account(connection: Connection, habits: Habits, password: str) -> tuple[Habits, Account]:
    return habits, create_account(connection, f"{habits.name}@annotators.invalid", password)


def _work(
    url: str, habits: Habits, account: Account, jobs: Sequence[Job], stopped: threading.Event
) -> list[tuple[Job, tuple[int, int]]]:
    """Code what the server serves to this annotator, project by project, until it serves no more or work is stopped."""
    pace = np.random.default_rng(account.id)
    done = []
    with connect(url, account.token) as connection:
        for job in jobs:
            coded = skipped = 0
            for task in label_stream(connection, job.project):
                if stopped.is_set():
                    break
                result = job.answer(task["data"], habits=habits)
                seconds = round(
                    float(pace.gamma(4.0, 6.0)), 1
                )  # as long as a person might take; nobody waits
                if result is None:
                    skip(connection, task["id"], seconds)
                    skipped += 1
                else:
                    submit(connection, task["id"], result, seconds)
                    coded += 1
            done.append((job, (coded, skipped)))
    return done


def _results(output: Path, url: str, data: Path, projects: Projects, say: Say) -> None:
    with connect(url, server.credentials(data).token) as connection:
        folder, linked = (
            pull(project, output=output / "exports", connection=connection)
            for project in (projects.passages, projects.pairs)
        )
    study = read_study(folder)
    say(f"pulled {counted(len(study.ratings), 'rating')} and {counted(len(study.spans), 'span')}: {folder}")
    for reason, count in study.exclusions["reason"].value_counts().items():
        say(f"   left out and counted: {count} {reason}")
    links = read_links(linked, passages_of_study(study))
    say(f"pulled {counted(len(links.labels), 'answer')} on {counted(len(links.pairs), 'pair')}: {linked}")
    names = bundled("tasks/example/origins.csv")
    origins = read_origins(names, origins_of(study))
    say(f"which names are one origin, as a coordinator would say it: {names}")
    claims = gather(study, links, origins)
    summary = summarise(study, claims=claims)
    _show(summary, say)
    _show_ledger(claims, say)
    workbook, page = output / "annotate-demo.xlsx", output / "annotate-demo.html"
    network, one_claim = output / "annotate-demo-graph.html", output / "annotate-demo-claim.html"
    write_workbook(workbook, summary, notes=[NOTE])
    write_report(page, summary, notes=[NOTE])
    shown = _show_origins(claims, say)
    pages = {network: graph_page(graph_of(claims), f"Claims and origins: {study.name}")}
    pages |= {one_claim: claim_page(claims, shown[0])} if shown else {}
    for path, text in pages.items():
        with whole(path) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")
    say(f"workbook: {workbook}\nreport:   {page}\ngraph:    {network}\none claim: {one_claim}")


def _show_ledger(claims: Claims, say: Say) -> None:
    found = claims.book.claims
    say(
        f"\n{counted(len(found), 'claim recurs', 'claims recur')} across the sources; the first {_CLAIMS}, by date, and whom each puts them down to:"
    )
    write_table(ledger_table(found.head(_CLAIMS), claims.study.codebook), "table")


def _show_origins(claims: Claims, say: Say) -> list[int]:
    """The table of sources, one claim with who has it from whom, and what was planted beside what was found.

    Gives the number of that claim.
    """
    say("\nEach source: agreement on its passages, the ground of its claims, and where these come from:")
    write_table(sources_table(source_table(claims), claims.study.codebook), "table")
    measured = measure(claims, Interval())
    planted = held_against(
        json.loads(bundled("tasks/example/planted.json").read_text("utf-8"))["claims"], claims, measured
    )
    shown = planted.loc[planted["shows"] == _SHOWN, "claim"]
    chosen = measured.loc[measured["claim"].isin(shown)]
    say(f"\nOne claim, planted as {_SHOWN}:")
    write_table(claims_table(chosen), "table")
    mentions = claims.book.mentions
    write_table(mentions_table(mentions.loc[mentions["claim"].isin(shown)], claims.study.codebook), "table")
    say("\nIndependent origins of each planted claim, as planted and as found through the coded links:")
    write_table(planted_table(planted), "table")
    return [int(number) for number in shown if number is not None]


def _show(summary: Summary, say: Say) -> None:
    overall = summary.agreement[summary.agreement["source"].isna()]
    say("\nAgreement of the scripted annotators, with 95 % intervals:")
    write_table(agreement_table(overall, (), summary.study.codebook), "table")
    say("\nProvenance by source: shares of the claims in each, with 95 % intervals:")
    write_table(profile_tables(summary.provenance, summary.study.codebook)[0], "table")


def _invite(
    url: str,
    data: Path,
    tasks: list[Task],
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
