"""Following and merging on a real server: what changes is seen, what is planted is named."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.agreement import measure
from annotate.codebook.scale import scales_of
from annotate.coordination.following import follow
from annotate.sampling import Interval
from annotate.studio import server
from annotate.studio.accounts import skip, submit
from annotate.studio.client import Connection
from annotate.studio.projects import read_project
from annotate.studio.pull import Look, look, look_again, pull
from annotate.studio.push import push
from annotate.study.study import read_study
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.server

MakeTasks = Callable[..., list[dict[str, Any]]]


def chosen(category: str) -> list[dict[str, Any]]:
    value = {"choices": [category]}
    return [{"from_name": "claim_type", "to_name": "text", "type": "choices", "value": value}]


def pushed(
    connection: Connection, title: str, config: str, tasks: list[dict[str, Any]], overlap: int
) -> list[int]:
    """The task ids, in the order of the passages."""
    report = push(
        tasks, project=title, config=config, overlap=overlap, instructions="", connection=connection
    )
    found = connection.get("api/tasks/", "x", project=report.project_id, page_size=1000)["tasks"]
    return sorted(task["id"] for task in found)


def warnings(seen: Look) -> list[tuple[str, str | None]]:
    home = seen.project
    found = follow(
        seen.tasks,
        overlap=home.overlap,
        config=home.config,
        now=seen.at,
        addresses=seen.addresses,
        interval=Interval(replicates=50),
    )
    return [(one.kind, one.annotator) for one in found.warnings]


def test_the_planted_one_is_named_and_nobody_else(
    connection: Connection, annotators: list[Connection], title: str, config: str, make_tasks: MakeTasks
) -> None:
    """Two annotators who agree in 22 of 24, and one who answers in two seconds, mostly something else."""
    ids = pushed(connection, title, config, make_tasks(24), 3)
    for number, task in enumerate(ids):
        right = ("incident", "practice")[number % 2]
        ada, ben, cleo = annotators
        submit(ada, task, chosen(right), 20.0 + number)
        submit(ben, task, chosen("incident" if number < 4 else right), 15.0 + number)
        submit(cleo, task, chosen(("practice", "incident")[number % 2] if number % 4 else right), 2.0)
    seen = look(title, connection)
    assert warnings(seen) == [("far_from_others", f"A{cleo.user_id}"), ("too_fast", f"A{cleo.user_id}")]


def test_another_look_sees_what_a_whole_one_sees(
    connection: Connection, annotators: list[Connection], title: str, config: str, make_tasks: MakeTasks
) -> None:
    ada, ben, cleo = annotators
    ids = pushed(connection, title, config, make_tasks(6), 2)
    seen = look(title, connection)
    assert warnings(seen) == []

    def again(before: Look) -> Look:
        after, whole = look_again(before, connection), look(title, connection)
        assert after.tasks == whole.tasks
        assert (after.project, after.addresses) == (whole.project, whole.addresses)
        return after

    first = submit(ada, ids[0], chosen("incident"), 3.0)
    skip(ben, ids[1], 1.0)
    seen = again(seen)
    submit(ada, ids[2], chosen("incident"), 3.0)
    submit(ada, ids[2], chosen("practice"), 3.0)
    ben.ask("PATCH", f"api/annotations/{first}/", "editing", json={"result": chosen("practice")})
    seen = again(seen)
    assert warnings(seen) == [
        ("edited_by_another", f"A{ada.user_id}"),
        ("several_annotations", f"A{ada.user_id}"),
    ]
    connection.ask("DELETE", f"api/annotations/{first}/", "deleting")
    connection.ask("DELETE", f"api/tasks/{ids[5]}/", "deleting")
    seen = again(seen)
    assert warnings(seen) == [("several_annotations", f"A{ada.user_id}")]
    pushed(connection, title, config, make_tasks(8), 2)  # two more, and the deleted one again
    seen = again(seen)
    assert len(seen.tasks) == 8
    project = seen.project.id
    connection.ask(
        "PATCH",
        f"api/projects/{project}/",
        "changing",
        json={"label_config": config.replace("practice", "custom")},
    )
    cleo.ask("POST", f"api/tasks/{ids[3]}/drafts", "drafting", json={"result": [], "lead_time": 1})
    assert ("config_changed", None) in warnings(look_again(seen, connection))
    assert ("held", f"A{cleo.user_id}") in warnings(look(title, connection))
    assert read_project(connection, project).config != config


@pytest.fixture
def command(studio: server.ServerState) -> Callable[..., list[str]]:
    """The command line of ``annotate status``."""
    return lambda *arguments: [sys.executable, "-m", "annotate", "status", *arguments]


def test_json_is_one_document(
    connection: Connection, annotators: list[Connection], title: str, config: str, make_tasks: MakeTasks,
    command: Callable[..., list[str]],
) -> None:  # fmt: skip
    ids = pushed(connection, title, config, make_tasks(3), 2)
    submit(annotators[0], ids[0], chosen("incident"), 3.0)
    submit(annotators[1], ids[0], chosen("practice"), 5.0)
    done = subprocess.run(command(title, "--format", "json"), capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert said["project"]["title"] == title
    assert [(one["email"], one["done"], one["open"]) for one in said["annotators"]] == [
        ("ada@example.org", 1, 2),
        ("ben@example.org", 1, 2),
    ]
    assert said["agreement"][0]["variable"] == "claim_type"
    assert said["agreement"][0]["n_pairable_items"] == 1
    assert (said["open"], len(said["days"]), said["warnings"]) == (4, 1, [])
    assert "1 of 3 tasks have all their annotations; 0 skips" in done.stderr
    table = subprocess.run(command(title), capture_output=True, text=True, check=True).stdout
    assert "ada@example.org" in table
    assert "Alpha" in table
    refused = subprocess.run(
        command(title, "--watch", "--format", "json"), capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert "without --format and --output" in refused.stderr


def test_watching_in_a_pipe_is_a_line_a_change(
    connection: Connection, annotators: list[Connection], title: str, config: str, make_tasks: MakeTasks,
    command: Callable[..., list[str]],
) -> None:  # fmt: skip
    ids = pushed(connection, title, config, make_tasks(3), 2)
    with subprocess.Popen(
        command(title, "--watch", "--every", "1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout is not None
        try:
            first = watching.stdout.readline()
            submit(annotators[0], ids[0], chosen("incident"), 3.0)
            second = watching.stdout.readline()
            watching.send_signal(signal.SIGINT)
            rest, words = watching.communicate(timeout=PATIENCE_SECONDS)
        finally:
            watching.kill()
    assert "Z 0 of 3 passages complete, 0 annotations, 6 open, 0 skips" in first
    assert f"0 of 3 passages complete, 1 annotation, 5 open, 0 skips; A{annotators[0].user_id} +1" in second
    assert (rest, watching.returncode) == ("", 0)
    assert words.endswith("stopped watching\n")


def test_watching_on_a_terminal_is_live(
    connection: Connection, annotators: list[Connection], title: str, config: str, make_tasks: MakeTasks,
    command: Callable[..., list[str]],
) -> None:  # fmt: skip
    ids = pushed(connection, title, config, make_tasks(3), 2)
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "50"}
    arguments = command(title, "--watch", "--every", "1")
    with subprocess.Popen(
        arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    ) as watching:
        os.close(theirs)
        try:
            assert "0 annotations done, 6 open" in _until(ours, "Ctrl+C ends this")
            submit(annotators[0], ids[0], chosen("incident"), 3.0)
            shown = _until(ours, "1 annotation done, 5 open")
            assert "\x1b[2K" in shown  # in place of what stood there
            watching.send_signal(signal.SIGINT)
            assert "stopped watching" in _until(ours, "stopped watching")
            assert watching.wait(timeout=PATIENCE_SECONDS) == 0
        finally:
            watching.kill()
            os.close(ours)


def _until(terminal: int, words: str) -> str:
    """What a terminal shows until these words come, colours left out."""
    shown = ""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while words not in shown:
        assert time.monotonic() < deadline, shown
        if select.select([terminal], [], [], 1)[0]:
            shown += re.sub(r"\x1b\[[0-9;]*m", "", os.read(terminal, 65536).decode())
    return shown


def test_two_projects_become_one_study(
    connection: Connection, annotators: list[Connection], title: str, config: str, make_tasks: MakeTasks,
    tmp_path: Path, run: Callable[..., tuple[int, str, str]],
) -> None:  # fmt: skip
    """One annotator a project, pulled and merged in one go, against both in one project."""
    first = ["incident", "practice", "incident", "incident", "practice"]
    second = ["incident", "practice", "practice", "incident", "practice"]
    together = pushed(connection, f"{title} both", config, make_tasks(5), 2)
    for name, who, answers in (("one", 0, first), ("two", 1, second)):
        ids = pushed(connection, f"{title} {name}", config, make_tasks(5), 1)
        for number, answer in enumerate(answers):
            submit(annotators[who], ids[number], chosen(answer), 9.0)
            submit(annotators[who], together[number], chosen(answer), 9.0)
    named = ("--project", f"{title} one", "--project", f"{title} two")
    code, out, err = run("merge", *named, "-o", "study/merged")
    assert code == 0, err
    assert len(list((tmp_path / "study").iterdir())) == 3  # each pull is kept
    merged = read_study(tmp_path / out.strip())
    single = read_study(pull(f"{title} both", output=tmp_path, connection=connection))
    ada, ben = (one.user_id for one in annotators[:2])
    assert sorted(merged.ratings["annotator"].unique()) == [f"A{ada}@1", f"A{ben}@2"]
    found, expected = (
        measure(one.ratings, scales=scales_of(one.levels, one.categories)) for one in (merged, single)
    )
    assert found.equals(expected)
    assert b"@example.org" not in (tmp_path / "study" / "merged" / "tasks.json").read_bytes()
    code, _, err = run("merge", *named[:2], *named[:2], "-o", "again")
    assert (code, "as two pulls of one project do" in err) == (1, True)
