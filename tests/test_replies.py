"""A server that answers 200 with what Label Studio never answers: one clear line, and never a traceback.

Behind every command stands a real web server with right replies. Then one thing at a time is spoilt in one of
them: a key is left out, or a value is another one.
"""

import contextlib
import copy
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from annotate.codebook.read import config_hash, read_codebook
from annotate.coordination.assignment import Annotator
from annotate.coordination.following import follow
from annotate.errors import AnnotateError, ServerError
from annotate.studio.accounts import add_account, label_stream, skip, submit
from annotate.studio.adjudicate import push_cases
from annotate.studio.assign import assign
from annotate.studio.client import Connection, connect
from annotate.studio.folder import lock_place
from annotate.studio.offered import GUARD
from annotate.studio.pull import look, look_again, pull
from annotate.studio.push import push
from annotate.studio.refusals import LostReplyError, refused
from annotate.studio.suggest import TAB, order_queue, push_suggestions
from annotate.study.exported import ADJUDICATION

CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Choices name="claim_type" toName="text"><Choice value="incident"/><Choice value="practice"/></Choices>
</View>"""
CHOSEN = {"from_name": "claim_type", "to_name": "text", "type": "choices", "value": {"choices": ["incident"]}}
DATA = {
    "passage_id": "p1",
    "source": "Quarry Gazette",
    "text": "The quarry closed.",
    "config_sha256": config_hash(CONFIG),
}
ANNOTATION = {
    "id": 11,
    "completed_by": 2,
    "was_cancelled": False,
    "result": [CHOSEN],
    "lead_time": 3.0,
    "created_at": "2026-03-02T10:00:00Z",
    "updated_at": "2026-03-02T10:00:00Z",
}
PROJECT = {
    "id": 7,
    "title": "Harbour",
    "label_config": CONFIG,
    "maximum_annotations": 1,
    "task_number": 1,
    "total_annotations_number": 1,
    "skipped_annotations_number": 0,
}
TASK = {"id": 5, "data": DATA, "overlap": 1, "total_annotations": 1, "cancelled_annotations": 0, "drafts": []}
COLUMN = {"id": "text", "parent": "data", "visibility_defaults": {"labeling": True}}
Json = Any


def replies() -> dict[str, Json]:
    """The right reply to each GET, and to some POSTs, by path."""
    return copy.deepcopy(
        {
            "/api/version": {"release": "1.23.2", "label-studio-os-package": {}},
            "/api/current-user/whoami": {"id": 1, "email": "coordinator@example.org"},
            "/api/users/": [
                {"id": 1, "email": "coordinator@example.org"},
                {"id": 2, "email": "ada@example.org"},
            ],
            "/api/invite": {"invite_url": "/user/signup/?token=1"},
            "/api/projects/": {"results": [PROJECT], "next": None},
            "/api/projects/7/": PROJECT,
            "/api/tasks/": {"tasks": [TASK], "total": 1},
            "/api/projects/7/export": [
                {
                    "id": 5,
                    "data": DATA,
                    "annotations": [ANNOTATION],
                    "drafts": [],
                    "updated_at": "2026-03-02T10:00:00Z",
                }
            ],
            "/api/predictions/": [{"id": 3, "task": 5, "model_version": "theirs", "result": [CHOSEN]}],
            "/api/dm/views/": [
                {"id": number, "data": {"title": title}}
                for number, title in enumerate(
                    [GUARD, Annotator("ada@example.org", salt="s").key, TAB, "Adjudication"]
                )
            ],
            "/api/dm/columns/": {"columns": [COLUMN, {"id": "data"}]},
            "/api/projects/7/next": {"id": 5, "data": DATA},
            "/api/tasks/5/annotations/": [ANNOTATION],
            "POST /api/tasks/5/annotations/": {"id": 12},
        }
    )


class WrongServer(ThreadingHTTPServer):
    """Answers with ``self.replies``, and notes what was asked for. A PATCH and a DELETE get ``{}``.

    The requests for ``self.spoilt`` are first answered with status, headers and body of ``self.faults``, one by one;
    a status of 0 breaks the connection, one below sends the body a byte at a time.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.replies = replies()
        self.asked: set[str] = set()
        self.spoilt = ""
        self.faults: list[tuple[int, dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: WrongServer

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path
        name = path if self.command == "GET" else f"{self.command} {path}"
        self.server.asked.add(name)
        if name == self.server.spoilt and self.server.faults:
            status, headers, body = self.server.faults.pop(0)
            self.close_connection = not status or "Content-Length" in headers
            if status > 0:
                self._send(status, body, headers)
            if status < 0:
                self._drip(body, headers)
            return
        reply = self.server.replies.get(name, {})
        body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self._send(200, body, {})

    def _drip(self, body: bytes, headers: dict[str, str]) -> None:
        """Send a byte at a time until nobody listens any more."""
        self._send(200, b"", headers)
        self.wfile.flush()
        with contextlib.suppress(OSError):
            for place in range(len(body)):
                self.connection.sendall(body[place : place + 1])
                time.sleep(0.05)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[WrongServer]:
    with WrongServer() as opened:
        thread = threading.Thread(target=opened.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def connection(server: WrongServer) -> Iterator[Connection]:
    with connect(server.url, "a-token") as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("annotate.studio.projects._PAUSE", 0.0)
    monkeypatch.setattr("annotate.studio.refusals.PAUSES", ())
    monkeypatch.setattr("annotate.studio.late.ACTS_SECONDS", 0.0)
    monkeypatch.setattr("annotate.studio.late._FIRST_LOOK", 0.0)
    monkeypatch.setattr("annotate.studio.accounts._BUSY_SECONDS", 0.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def _connect(connection: Connection, _: Path) -> None:
    connect(connection.url, "a-token").close()


def _pull(connection: Connection, folder: Path) -> None:
    pull("Harbour", output=folder, connection=connection, emails=True)


def _status(connection: Connection, _: Path) -> None:
    seen = look_again(look("Harbour", connection), connection)
    follow(seen.tasks, overlap=1, config=seen.project.config, now=seen.at, addresses=seen.addresses)


def _push(connection: Connection, _: Path) -> None:
    push(
        [{"data": DATA}], project="Harbour", config=CONFIG, overlap=1, instructions="", connection=connection
    )


def _assign(connection: Connection, _: Path) -> None:
    assign(
        [{"data": DATA}],
        [Annotator("ada@example.org", salt="s")],
        project="Harbour",
        overlap=1,
        config=CONFIG,
        instructions="",
        connection=connection,
        hand_on=True,
    )


def _adjudicate(connection: Connection, _: Path) -> None:
    case = {
        "data": {**DATA, ADJUDICATION: ["claim_type"]},
        "predictions": [{"model_version": "settled", "result": []}],
    }
    push_cases([case], project="Harbour", config=CONFIG, prefilled="settled", connection=connection)


def _order(connection: Connection, _: Path) -> None:
    order_queue({"p1": 1}, project="Harbour", connection=connection)


def _suggest(connection: Connection, _: Path) -> None:
    push_suggestions(
        {"p1": {"claim_type": ("incident", 0.9)}},
        version="annotate-suggest 1",
        prefix="annotate-suggest ",
        project="Harbour",
        codebook=read_codebook(CONFIG),
        connection=connection,
    )


def _annotate(connection: Connection, _: Path) -> None:
    task = next(label_stream(connection, 7), None)
    if task is not None:
        submit(connection, task["id"], [CHOSEN], 3.0)
        skip(connection, task["id"], 3.0)


Run = Callable[[Connection, Path], None]
COMMANDS: dict[str, tuple[Run, list[str]]] = {
    "connect": (_connect, ["/api/version", "/api/current-user/whoami"]),
    "pull": (_pull, ["/api/projects/", "/api/projects/7/", "/api/users/", "/api/projects/7/export"]),
    "status": (_status, ["/api/tasks/", "/api/projects/7/export"]),
    "push": (_push, ["/api/tasks/", "/api/projects/7/"]),
    "assign": (_assign, ["/api/dm/views/", "/api/users/"]),
    "adjudicate": (_adjudicate, ["/api/predictions/"]),
    "order": (_order, ["/api/dm/columns/"]),
    "suggest": (_suggest, ["/api/predictions/"]),
    "annotate": (
        _annotate,
        ["/api/projects/7/next", "/api/tasks/5/annotations/", "POST /api/tasks/5/annotations/"],
    ),
}
"""What is done, and the replies that are spoilt while it is."""


def right(command: str) -> dict[str, Json]:
    """The right replies, with nothing left to do for a command."""
    found = replies()
    if command in ("adjudicate", "suggest"):
        found["/api/tasks/"]["tasks"][0]["total_annotations"] = 0
    if command == "adjudicate":
        found["/api/tasks/"]["tasks"][0]["data"][ADJUDICATION] = ["claim_type"]
        found["/api/predictions/"] = [{"id": 3, "task": 5, "model_version": "settled", "result": []}]
    if command == "suggest":
        found["/api/predictions/"] = [
            {"id": 3, "task": 5, "model_version": "annotate-suggest 1", "result": [CHOSEN]}
        ]
    return found


def spoilt(value: Json) -> Iterator[Json]:
    """The value with one thing in it left out, or another."""
    others: list[Json] = [None, [], {}, "other", -1, [None], {"id": None}, b"<html>Sign in</html>"]
    yield from (other for other in others if other != value)
    yield from _within(value)


def _within(value: Json) -> Iterator[Json]:
    places = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for place in places:
        changed = copy.copy(value)
        del changed[place]
        yield changed
        others = [other for other in (None, [None], {}, "other", -1) if other != value[place]]
        for other in [*others, *_within(value[place])]:
            changed = copy.copy(value)
            changed[place] = other
            yield changed


@pytest.mark.parametrize("command", COMMANDS)
def test_whatever_is_wrong_in_a_reply_is_one_clear_line(
    command: str, server: WrongServer, connection: Connection, tmp_path: Path
):
    (run, paths), good, tried = COMMANDS[command], right(command), 0
    server.replies, server.asked = good, set()
    run(connection, tmp_path)
    before = {"/api/tasks/5/annotations/": {"POST /api/tasks/5/annotations/": None}}  # then it is looked for
    assert server.asked >= set(paths) - before.keys()
    said: list[str] = []
    for path in paths:
        for wrong in spoilt(good[path]):
            server.replies = good | before.get(path, {}) | {path: wrong}
            tried += 1
            try:
                run(connection, tmp_path / str(tried))
            except AnnotateError as error:
                said.append(str(error))
    assert len(said) > tried / 4
    assert not [line for line in said if "\n" in line or len(line) > 1000]


def test_every_reply_is_spoilt():
    assert {path for _, paths in COMMANDS.values() for path in paths} == replies().keys() - {"/api/invite"}


def test_making_an_account_needs_an_invitation(server: WrongServer, connection: Connection):
    for wrong in spoilt(replies()["/api/invite"]):
        server.replies = replies() | {"/api/invite": wrong}
        with pytest.raises(ServerError):  # this server has no form, so that none is made
            add_account(connection, "ben@example.org", "a password")


@pytest.mark.parametrize(
    ("path", "wrong", "words"),
    [
        ("/api/projects/", None, r"listing the projects is not what Label Studio answers \(input should be"),
        ("/api/projects/", {}, r"listing the projects .* \(results: field required\)"),
        ("/api/projects/", {"results": [{"id": 7}]}, r"\(results\.0\.title: field required\)"),
        ("/api/projects/7/", [], "reading the project is not what Label Studio answers"),
        ("/api/users/", None, "listing the accounts is not what Label Studio answers"),
        ("/api/users/", [{"id": 1}], r"\(0\.email: field required\)"),
        (
            "/api/projects/7/export",
            {"detail": "later"},
            "exporting the tasks is not what Label Studio answers",
        ),
        ("/api/projects/7/export", [{"id": 5, "data": {}}], r"\(0\.annotations: field required\)"),
        ("/api/projects/7/export", None, "answered 6 exports with nothing; try again"),
        (
            "/api/tasks/",
            {"tasks": [{"id": "5"}], "total": 1},
            r"\(tasks\.0\.id: input should be a valid integer\)",
        ),
        ("/api/tasks/", b"<html>Sign in</html>", "the answer while listing the tasks is not JSON"),
    ],
)
def test_the_line_says_where_and_what(
    path: str, wrong: Json, words: str, server: WrongServer, connection: Connection, tmp_path: Path
):
    server.replies = replies() | {path: wrong}
    with pytest.raises(ServerError, match=words) as caught:
        _pull(connection, tmp_path)
    assert str(caught.value).startswith((connection.url, "project 7"))
    assert not list(tmp_path.glob("*/manifest.json"))


def test_a_field_that_was_asked_for_and_does_not_come_is_named(
    server: WrongServer, connection: Connection, tmp_path: Path
):
    without = {key: value for key, value in TASK.items() if key != "overlap"}
    server.replies = replies() | {"/api/tasks/": {"tasks": [without], "total": 1}}
    with pytest.raises(
        ServerError, match="task 5 is listed without overlap; see whether the server's version"
    ):
        _push(connection, tmp_path)


def test_a_list_that_never_ends_is_left(server: WrongServer, connection: Connection, tmp_path: Path):
    server.replies = replies() | {"/api/projects/": {"results": [PROJECT], "next": "http://further"}}
    _pull(connection, tmp_path)
    server.replies = replies() | {"/api/tasks/": {"tasks": [TASK], "total": 10**12}}
    with pytest.raises(ServerError, match="1 of 1000000000000 tasks were listed"):
        _pull(connection, tmp_path)


FAULTS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "broken": (0, {}, b""),
    "cut off": (200, {"Content-Length": "900"}, b"[{"),
    "truncated": (200, {}, b'{"results": [{"id": 7, "ti'),
    "a page": (200, {}, b"<html>Sign in</html>"),
    "null": (200, {}, b"null"),
    "too many": (429, {"Retry-After": "7"}, b"{}"),
    "failed": (500, {}, b"<h1>Server Error (500)</h1>"),
    "bad gateway": (502, {}, b"<html>"),
    "unavailable": (503, {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, b""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_question_that_broke_is_asked_again_so_many_times(
    fault: str,
    server: WrongServer,
    connection: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    waited: list[float] = []
    monkeypatch.setattr("annotate.studio.refusals.PAUSES", (0.5, 1.0, 2.0))
    asleep, here = (
        time.sleep,
        threading.current_thread(),
    )  # other threads of this process sleep as they are used to

    def sleep(seconds: float) -> None:
        (waited.append if threading.current_thread() is here else asleep)(seconds)

    monkeypatch.setattr("annotate.studio.refusals.time.sleep", sleep)
    server.replies, server.spoilt = replies(), "/api/projects/"
    server.faults = [FAULTS[fault]] * 3
    said: list[str] = []
    _pull(replace(connection, tell=said.append), tmp_path / "first")
    assert waited == {"too many": [7.0] * 3, "unavailable": [0.0] * 3}.get(fault, [0.5, 1.0, 2.0])
    assert len(said) == (3 if fault == "too many" else 0)
    server.faults = [FAULTS[fault]] * 4
    with pytest.raises(ServerError, match="while listing the projects"):
        _pull(connection, tmp_path / "second")
    assert server.faults == []
    assert not (tmp_path / "second").exists()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_request_that_changes_something_is_not_sent_again(
    fault: str, server: WrongServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("annotate.studio.refusals.PAUSES", (0.0,) * 3)
    server.spoilt, server.faults = "POST /api/projects/", [FAULTS[fault]] * 2
    with contextlib.suppress(ServerError):  # null is an answer of which nothing is used
        connection.ask("POST", "api/projects/", "making a project", json={})
    assert len(server.faults) == 1
    server.faults = []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("method", "again"), [("PATCH", False), ("POST", True)])
def test_what_may_be_done_twice_is_asked_again(
    fault: str,
    method: str,
    again: bool,
    server: WrongServer,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("annotate.studio.refusals.PAUSES", (0.0,) * 3)
    monkeypatch.setattr("annotate.studio.refusals.time.sleep", lambda _: None)
    server.replies, server.spoilt, server.faults = replies(), f"{method} /api/tasks/5/", [FAULTS[fault]] * 3
    connection.ask(method, "api/tasks/5/", "updating a passage", json={"data": {}}, again=again)
    assert len(server.faults) == (2 if fault == "null" else 0)  # of null nothing is used
    server.faults = [FAULTS[fault]] * 4
    with contextlib.nullcontext() if fault == "null" else pytest.raises(ServerError, match="while updating"):
        connection.ask(method, "api/tasks/5/", "updating a passage", json={"data": {}}, again=again)
    server.faults = []


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "99999"}, 60.0),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 60.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
    ],
)
def test_how_long_a_server_asks_one_to_wait(said: dict[str, str], seconds: float | None):
    found = refused("http://here", "asking", 503, None, said)
    assert isinstance(found, LostReplyError)
    assert found.after == seconds
    assert not found.ended


def test_what_label_studio_itself_failed_at_has_ended():
    body = {
        "id": "1",
        "status_code": 500,
        "version": "1.23.2",
        "detail": "database is locked",
        "exc_info": None,
    }
    found = refused("http://here", "importing", 500, body)
    assert isinstance(found, LostReplyError)
    assert found.ended


@pytest.mark.parametrize(
    ("text", "age", "waits"),
    [
        ('["p9"]', 0.0, True),
        ('["p9"]', -1e6, True),  # the clock was put back
        ('["p9"]', 1e6, False),
        ('["p1"]', 0.0, False),  # is there
        ("", 0.0, False),
        ("[1", 0.0, False),
        ("7", 0.0, False),
        ("{}", 0.0, False),
    ],
)
def test_the_note_of_a_push_that_broke_off(
    text: str,
    age: float,
    waits: bool,
    server: WrongServer,
    connection: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("annotate.studio.late.ACTS_SECONDS", 0.2 if waits else 1e5)
    server.replies = replies()
    note = lock_place("sent", connection.url, "7")
    note.parent.mkdir(parents=True)
    note.write_text(text)
    os.utime(note, (time.time() - age,) * 2)
    said: list[str] = []
    _push(replace(connection, tell=said.append), tmp_path)
    assert len(said) == waits
    assert not note.exists()


def test_projects_are_listed_again_if_some_are_missing(
    server: WrongServer, connection: Connection, tmp_path: Path
):
    page = {"results": [PROJECT], "next": None}
    server.replies, server.spoilt = replies() | {"/api/projects/": page | {"count": 1}}, "/api/projects/"
    server.faults = [(200, {}, json.dumps(page | {"count": 2}).encode())] * 2
    _pull(connection, tmp_path)
    assert server.faults == []
    server.replies = replies() | {"/api/projects/": page | {"count": 2}}
    with pytest.raises(ServerError, match="1 of 2 projects were listed"):
        _pull(connection, tmp_path)


def test_an_answer_that_drips_for_ever_is_left(
    server: WrongServer, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("annotate.studio.client._WHOLE_ANSWER_SECONDS", 0.3)
    server.replies, server.spoilt = replies(), "/api/projects/"
    server.faults = [(-1, {"Content-Length": "1000000"}, b" " * 1000)]
    with pytest.raises(ServerError, match="no answer in time while listing the projects"):
        _pull(connection, tmp_path)


def test_an_annotation_whose_reply_is_wrong_is_looked_for(server: WrongServer, connection: Connection):
    server.replies = replies() | {"POST /api/tasks/5/annotations/": None}
    here = replace(connection, user_id=2)
    assert submit(here, 5, [CHOSEN], 3.0) == 11
