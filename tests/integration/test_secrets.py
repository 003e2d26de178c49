"""No token, password, salt or address stands where it must not in what a whole run writes and says; the server calls nowhere."""

import ipaddress
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pandas as pd
import psutil
import pytest

from annotate.studio import server
from annotate.studio.accounts import submit
from annotate.studio.client import Connection
from annotate.studio.folder import FOLDER_VARIABLE

pytestmark = pytest.mark.server
PROJECT = "Secrets of a whole run"


class Watch:
    """Looks at what our processes ask of whom, and at their command lines, as long as the block runs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.strangers: set[str] = set()
        self.looks = 0
        self.lines: set[str] = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._end.wait(0.05):
            family = [psutil.Process(self.pid), *psutil.Process().children(recursive=True)]
            for one in family:
                try:
                    self.lines.add(" ".join(one.cmdline()))
                    if one.pid != self.pid:
                        continue
                    ends = [link.raddr.ip for link in one.net_connections(kind="inet") if link.raddr]
                except psutil.Error:
                    continue
                self.looks += 1
                self.strangers |= {ip for ip in ends if not ipaddress.ip_address(ip).is_loopback}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


@pytest.fixture(scope="module")
def whole(
    studio: server.ServerState,
    connection: Connection,
    person: Callable[[str], Connection],
    make_tasks: Callable[..., list[dict[str, Any]]],
    config: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, str, Watch]:
    """The folder that a whole run wrote into, all that it said, and what was watched meanwhile."""
    home = tmp_path_factory.mktemp("secrets")
    coders = [person(name) for name in ("ada", "ben")]
    (home / "tasks.json").write_text(json.dumps(make_tasks(4)), encoding="utf-8")
    (home / "config.xml").write_text(config, encoding="utf-8")
    (home / "people.txt").write_text("ada@example.org\nben@example.org\nzoe@example.org\n", encoding="utf-8")
    told: list[str] = []
    assert studio.pid is not None

    def run(*arguments: str, fails: bool = False, **more: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "annotate", *arguments],
            cwd=home, env={**os.environ, FOLDER_VARIABLE: str(studio.folder), **more},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told.append(done.stdout + done.stderr)
        assert bool(done.returncode) == fails, told[-1]
        assert "Traceback" not in told[-1]

    project = ["--project", PROJECT, "--config", "config.xml"]
    login = server.credentials(studio.folder)
    with Watch(studio.pid) as watch:
        run("assign", "tasks.json", "--annotators", "people.txt", "--overlap", "2", "-o", "assigned.json",
            "--plan", "plan.csv", *project)  # fmt: skip
        tasks = connection.get("api/tasks/", "listing the tasks", project=_number(connection))
        assert isinstance(tasks, dict)
        for place, task in enumerate(tasks["tasks"]):
            for coder in coders:
                value = {"choices": ["incident" if place % 2 else "practice"]}
                result = {"from_name": "claim_type", "to_name": "text", "type": "choices", "value": value}
                submit(coder, task["id"], [result], 3.0)
        run("annotators", "add", "people.txt", "-o", "passwords.csv")
        run("server", "status")
        run("status", PROJECT, "--format", "json")
        run("pull", PROJECT)
        snapshot = f"exports/{next((home / 'exports').iterdir()).name}"
        for command in ("workbook", "report"):
            ending = "xlsx" if command == "workbook" else "html"
            run(command, snapshot, "-o", f"study.{ending}", "--replicates", "5")
        run("disagreements", snapshot, "--format", "csv", "-o", "disagreements.csv")
        run("status", "No such project", fails=True)
        password = {
            "LABEL_STUDIO_URL": "http://me:the-hidden-word@127.0.0.1:1",
            "LABEL_STUDIO_API_KEY": login.token,
        }
        run("status", PROJECT, fails=True, **password)
        run(
            "status",
            PROJECT,
            fails=True,
            LABEL_STUDIO_URL=str(studio.url),
            LABEL_STUDIO_API_KEY="wrong-token-of-mine",
        )
        run("pull", PROJECT, LABEL_STUDIO_URL=str(studio.url), LABEL_STUDIO_API_KEY=login.token)
    return home, "\n".join(told), watch


def _number(connection: Connection) -> int:
    from annotate.studio.projects import find_project

    return find_project(connection, PROJECT).id


def _unpacked(path: Path) -> bytes:
    """What stands in a file, also in one whose parts are packed."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv().encode()
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def written(home: Path) -> Iterator[tuple[Path, bytes]]:
    for path in home.rglob("*"):
        if path.is_file() and path.name not in ("people.txt", "people.txt.salt", "passwords.csv"):
            yield path, _unpacked(path)


def test_no_token_and_no_password_stands_anywhere(
    whole: tuple[Path, str, Watch], studio: server.ServerState
) -> None:
    home, told, watch = whole
    login = server.credentials(studio.folder)
    salt = (home / "people.txt.salt").read_text(encoding="ascii").strip()
    passwords = [line.split(",")[1] for line in (home / "passwords.csv").read_text("utf-8").splitlines()[1:]]
    assert passwords
    assert (home / "passwords.csv").stat().st_mode & 0o077 == 0
    secrets = [login.token, login.password, salt, *passwords, "the-hidden-word", "wrong-token-of-mine"]
    log = studio.log.read_bytes()
    for secret in secrets:
        assert secret not in told
        assert not [line for line in watch.lines if secret in line]
        assert [path for path, data in written(home) if secret.encode() in data] == []
        assert secret.encode() not in log


def test_no_address_is_handed_on(whole: tuple[Path, str, Watch]) -> None:
    home, _, _ = whole
    assert len(list(written(home))) > 10
    assert [path for path, data in written(home) if b"@example.org" in data] == []


def test_the_server_calls_nowhere(whole: tuple[Path, str, Watch], connection: Connection) -> None:
    _, _, watch = whole
    assert watch.looks > 20
    assert watch.strangers == set()
