"""Pull and status: everything that is there, and nobody's address."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from annotate.coordination.following import follow
from annotate.errors import InputError, ServerError
from annotate.sampling import Interval
from annotate.studio.accounts import skip, submit
from annotate.studio.client import Connection
from annotate.studio.pull import look, pull
from annotate.studio.push import push
from annotate.study.snapshot import read_manifest

pytestmark = pytest.mark.server

MakeTasks = Callable[..., list[dict[str, Any]]]


def chosen(category: str) -> list[dict[str, Any]]:
    value = {"choices": [category]}
    return [{"from_name": "claim_type", "to_name": "text", "type": "choices", "value": value}]


TITLE = "Half done, and pulled"


@pytest.fixture(scope="module")
def project(connection: Connection, annotators: list[Connection], config: str, make_tasks: MakeTasks) -> int:
    """Five passages, overlap 2: one complete, one half done with a skip, a draft on a third."""
    report = push(
        make_tasks(5), project=TITLE, config=config, overlap=2, instructions="", connection=connection
    )
    ids = [task["id"] for task in connection.get("api/tasks/", "x", project=report.project_id)["tasks"]]
    ada, ben, cleo = annotators
    submit(ada, ids[0], chosen("incident"), 3.0)
    submit(ben, ids[0], chosen("practice"), 4.0)
    submit(ada, ids[1], chosen("incident"), 5.0)
    skip(cleo, ids[1], 1.0)
    ben.ask(
        "POST", f"api/tasks/{ids[2]}/drafts", "drafting", json={"result": chosen("incident"), "lead_time": 1}
    )
    return report.project_id


def test_pull_brings_everything(
    project: int,
    connection: Connection,
    annotators: list[Connection],
    config: str,
    tmp_path: Path,
) -> None:
    said: list[tuple[int, int]] = []
    folder = pull(
        TITLE, output=tmp_path / "exports", connection=connection, on_progress=lambda *at: said.append(at)
    )
    assert said[-1] == (5, 5)
    assert re.fullmatch(r"half-done-and-pulled-\d{4}-\d\d-\d\dT\d{6}Z", folder.name)
    tasks = json.loads((folder / "tasks.json").read_text())
    assert [task["data"]["passage_id"] for task in tasks] == [f"p{n:05}" for n in range(5)]
    assert [len(task["annotations"]) for task in tasks] == [2, 2, 0, 0, 0]
    ada, ben, cleo = (one.user_id for one in annotators)
    assert [(a["completed_by"], a["was_cancelled"]) for t in tasks for a in t["annotations"]] == [
        (ada, False),
        (ben, False),
        (ada, False),
        (cleo, True),
    ]
    assert tasks[0]["annotations"][1]["result"][0]["value"] == {"choices": ["practice"]}
    assert tasks[0]["annotations"][1]["lead_time"] == 4.0
    assert (folder / "label_config.xml").read_text() == config
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["project"] == {"id": project, "title": TITLE, "overlap": 2}
    assert manifest["server"] == {"url": connection.url, "label_studio": connection.version}
    assert manifest["drafts_left_out"] == 1
    assert manifest["annotators"] == [
        {"id": ada, "annotations": 2, "skipped": 0},
        {"id": ben, "annotations": 1, "skipped": 0},
        {"id": cleo, "annotations": 0, "skipped": 1},
    ]
    assert manifest["counts"]["tasks"] == 5


def test_no_address_leaves_the_server_unless_asked(
    project: int, connection: Connection, tmp_path: Path
) -> None:
    folder = pull(project, output=tmp_path / "without", connection=connection)
    for path in folder.iterdir():
        assert b"@example.org" not in path.read_bytes()
        assert b"@localhost" not in path.read_bytes()
    asked = pull(str(project), output=tmp_path / "with", connection=connection, emails=True)
    manifest = json.loads((asked / "manifest.json").read_text())
    emails = [one["email"] for one in manifest["annotators"]]
    assert emails == [f"{name}@example.org" for name in ("ada", "ben", "cleo")]


def test_status(project: int, connection: Connection, annotators: list[Connection]) -> None:
    said: list[tuple[int, int]] = []
    seen = look(TITLE, connection, on_progress=lambda done, total: said.append((done, total)))
    assert said == [(5, 5)]
    assert (seen.project.id, seen.project.title) == (project, TITLE)
    found = follow(
        seen.tasks,
        overlap=seen.project.overlap,
        config=seen.project.config,
        now=seen.at,
        addresses=seen.addresses,
        interval=Interval(replicates=10),
    )
    assert (found.overlap, found.tasks, found.complete, found.annotations, found.skipped) == (2, 5, 1, 3, 1)
    done = {one.annotator: (one.done, one.skipped) for one in found.annotators}
    ada, ben, cleo = (f"A{one.user_id}" for one in annotators)
    assert (done[ada], done[ben], done[cleo]) == ((2, 0), (1, 0), (0, 1))
    assert [(one.source, one.passages, one.complete) for one in found.sources] == [
        ("Harbour Post", 2, 0),
        ("Quarry Gazette", 3, 1),
    ]


def test_many_tasks_come_by_pages(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks, tmp_path: Path
) -> None:
    push(make_tasks(1300), project=title, config=config, overlap=1, instructions="", connection=connection)
    folder = pull(title, output=tmp_path, connection=connection)
    tasks = json.loads((folder / "tasks.json").read_text())
    assert {task["data"]["passage_id"] for task in tasks} == {f"p{n:05}" for n in range(1300)}
    assert len(look(title, connection).tasks) == 1300


@pytest.mark.parametrize("how", ["request", "reply"])
def test_a_broken_connection_leaves_no_snapshot(
    how: str,
    project: int,
    through_proxy: Connection,
    proxy: Any,
    tmp_path: Path,
) -> None:
    proxy.spoil(f"GET /api/projects/{project}/export", how, times=10)
    with pytest.raises(ServerError, match="the connection broke while exporting"):
        pull(project, output=tmp_path, connection=through_proxy)
    assert list(tmp_path.iterdir()) == []
    proxy.spoil(f"GET /api/projects/{project}/export", how)
    assert pull(project, output=tmp_path, connection=through_proxy).is_dir()  # reading again is harmless


def test_pulls_in_the_same_second(project: int, connection: Connection, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: pull(project, output=tmp_path, connection=connection), range(4)))
    assert len(set(folders)) == 4
    assert sorted(tmp_path.iterdir()) == sorted(folders)
    for folder in folders:
        assert read_manifest(folder)["counts"]["tasks"] == 5


@pytest.mark.parametrize("below", ["", "sub/folder"])
def test_a_file_in_the_place_of_the_snapshots(
    project: int, connection: Connection, tmp_path: Path, below: str
) -> None:
    (tmp_path / "file").write_text("")
    asked: list[int] = []
    with pytest.raises(InputError, match="file: is a file, snapshots need a folder"):
        pull(
            project,
            output=tmp_path / "file" / below,
            connection=connection,
            on_progress=lambda done, _: asked.append(done),
        )
    assert not asked  # said before the work, not after it


def test_tasks_deleted_meanwhile(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks, tmp_path: Path
) -> None:
    project = push(
        make_tasks(2), project=title, config=config, overlap=2, instructions="", connection=connection
    ).project_id
    ids = [task["id"] for task in connection.get("api/tasks/", "x", project=project)["tasks"]]

    def delete(_done: int, _total: int) -> None:
        connection.ask("DELETE", f"api/tasks/{ids[-1]}/", "deleting")

    with pytest.raises(ServerError, match="changed while it was pulled"):
        pull(project, output=tmp_path, connection=connection, on_progress=delete)
    assert list(tmp_path.iterdir()) == []


def test_a_project_that_is_not_there(connection: Connection, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="'No such project': not on"):
        pull("No such project", output=tmp_path / "exports", connection=connection)
    with pytest.raises(ServerError, match="'No such project': not on"):
        look("No such project", connection)
    assert not (tmp_path / "exports").exists()
