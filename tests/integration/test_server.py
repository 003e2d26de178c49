"""The embedded server's life, and whom a connection is refused to."""

import contextlib
import http.server
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from annotate.errors import ServerError
from annotate.studio import server
from annotate.studio.accounts import create_account, invitation_link
from annotate.studio.client import Connection, connect, connect_embedded
from annotate.studio.folder import Memory, read_memory, server_folder, write_memory
from annotate.studio.process import end
from annotate.studio.projects import find_project
from tests.patience import PATIENCE_SECONDS, until

pytestmark = pytest.mark.server


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """Somebody else's process."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def own(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A server's folder that these tests share: it runs or not, as the test before left it."""
    folder = tmp_path_factory.mktemp("own") / "server"
    shutil.copytree(template, folder)
    yield folder
    server.stop(folder)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_start_stop_and_start_again(own: Path) -> None:
    server.stop(own)
    said: list[str] = []
    state = server.start(own, on_progress=said.append)
    assert state.running
    assert said
    assert server.status(own) == state
    assert server.start(own) == state  # the same process, not a second one
    assert server.stop(own)
    after = server.status(own)
    assert (after.running, after.pid, after.url) == (False, None, state.url)
    assert not psutil.pid_exists(state.pid or 0)
    assert not server.stop(own)
    with ThreadPoolExecutor(2) as pool:  # two starts at once make one server
        again, other = pool.map(server.start, [own, own])
    assert again == other
    assert again.port == state.port
    assert again.pid != state.pid


def test_another_port_is_refused_while_it_runs(own: Path) -> None:
    state = server.start(own)
    assert state.port is not None
    with pytest.raises(ServerError, match="annotate server stop"):
        server.start(own, state.port + 1)


def test_a_taken_port(copied: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"port {port}: taken"):
            server.start(copied, port)
        write_memory(server_folder(copied), Memory(port))  # a remembered one gives way
        assert server.start(copied).port != port


class Squatter(threading.Thread):
    """A program of somebody else's that takes a port as soon as it is known, and answers like Label Studio."""

    def __init__(self, state: Path) -> None:
        super().__init__()
        self.state, self.heard, self.over = state, b"", threading.Event()
        self.listener: socket.socket | None = None
        self.sits = threading.Event()

    def run(self) -> None:
        while self.listener is None and not self.over.is_set():
            with contextlib.suppress(OSError, ValueError):
                said = json.loads(self.state.read_text())
                if said["pid"] is not None:
                    self.listener = socket.create_server(("127.0.0.1", said["port"]))
        self.sits.set()
        body = b'{"release": "1.23.2", "label-studio-os-package": {}, "id": 1, "email": "me@localhost"}'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        while self.listener is not None:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                client.settimeout(5)
                self.heard += client.recv(65536)
                client.sendall(head.encode() + body)

    def leave(self) -> None:
        self.over.set()
        if self.listener is not None:
            with contextlib.suppress(OSError):
                self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
        self.join(PATIENCE_SECONDS)


def test_a_program_that_takes_the_port_first_is_not_sent_the_token(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANNOTATE_SERVER_DIR", str(copied))
    squatter = Squatter(copied / "state.json")
    squatter.start()
    try:
        with ThreadPoolExecutor(1) as pool:
            started = pool.submit(server.start, copied)
            assert squatter.sits.wait(PATIENCE_SECONDS)
            assert server.status(copied).running  # the process runs, and somebody else has its port
            for act in (connect, lambda: connect_embedded(copied)):
                with pytest.raises(ServerError, match="this server does not listen on its port"):
                    act()
            with pytest.raises(ServerError, match="another program took it while the server was starting"):
                started.result()
        assert not server.status(copied).running
        assert b"token" not in squatter.heard.lower()
        assert server.credentials(copied).token.encode() not in squatter.heard
        state = server.start(copied)  # on another port, though the other program sits there still
        assert squatter.listener is not None
        assert state.port != squatter.listener.getsockname()[1]
        with connect() as opened:
            assert opened.version.startswith("1.")
    finally:
        squatter.leave()


def test_a_program_that_takes_the_port_after_the_server_ended_is_not_sent_the_token(copied: Path) -> None:
    """Also not in the middle of a command, whose connection is open already."""
    state = server.start(copied)
    with connect_embedded(copied) as opened:
        opened.get("api/projects/", "listing")
        psutil.Process(state.pid).kill()
        until(lambda: not server.status(copied).running, "it runs although it was killed")
        squatter = Squatter(copied / "state.json")
        squatter.start()
        try:
            assert squatter.sits.wait(PATIENCE_SECONDS)
            with pytest.raises(ServerError, match="this server does not listen on its port"):
                opened.get("api/projects/", "listing")
            assert squatter.heard == b""
        finally:
            squatter.leave()


def test_only_the_owner_can_read_the_credentials(studio: server.ServerState) -> None:
    assert mode(studio.folder / "credentials.json") == 0o600
    assert mode(studio.log) == 0o600
    assert mode(studio.folder) == 0o700
    login = server.credentials()
    assert login.password not in repr(login)
    assert login.token not in repr(login)
    assert studio.pid is not None
    command = " ".join(psutil.Process(studio.pid).cmdline())
    assert login.password not in command
    assert login.token not in command


def test_it_listens_on_this_machine_only_and_calls_nobody(
    studio: server.ServerState, connection: Connection
) -> None:
    connection.get("api/projects/", "listing")
    # the page that fetches tips from a code host, which is not there for it
    assert httpx.get(f"{studio.url}/heidi-tips/", trust_env=False).status_code == 404
    assert studio.pid is not None
    connections = psutil.Process(studio.pid).net_connections()
    listening = {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}
    assert {c.raddr.ip for c in connections if c.raddr} <= {"127.0.0.1"}


def test_no_connection_stays_open_on_which_answers_would_wait(studio: server.ServerState) -> None:
    """On one that stays open, each answer waits 40 ms for the acknowledgement of its first piece."""

    def kept() -> list[object]:
        found = psutil.Process().net_connections(kind="tcp4")
        return [
            one
            for one in found
            if one.raddr and one.raddr.port == studio.port and one.status == psutil.CONN_ESTABLISHED
        ]

    before = len(kept())
    with connect() as one:
        for _ in range(3):
            one.ask("GET", "api/version", "asking for the version")
            until(lambda: len(kept()) <= before, "a connection stays open")


def test_a_browser_page_of_another_host_name_is_refused(studio: server.ServerState) -> None:
    answer = httpx.get(f"{studio.url}/api/version", headers={"Host": "evil.example"}, trust_env=False)
    assert answer.status_code == 400


def test_nobody_signs_up_without_the_link(studio: server.ServerState, connection: Connection) -> None:
    with httpx.Client(base_url=studio.url or "", trust_env=False) as browser:
        page = browser.get("/user/signup/")
        form = {"email": "x@example.org", "password": "a-long-password"}
        token = browser.cookies["csrftoken"]
        answer = browser.post("/user/signup/", data={**form, "csrfmiddlewaretoken": token})
    assert page.status_code == 200
    assert answer.status_code == 403
    assert "token=" in invitation_link(connection)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no zombies there")
def test_a_server_whose_end_nobody_asked_for_has_ended() -> None:
    """Its parent may be another program, which is busy."""
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        try:
            child = psutil.Process(int(parent.stdout.readline()))
            end(child)
            assert child.status() == psutil.STATUS_ZOMBIE
        finally:
            parent.kill()


def test_it_outlives_the_command_that_started_it_and_the_users_environment_does_not_reach_it(
    own: Path, tmp_path: Path
) -> None:
    server.stop(own)
    outside = tmp_path / "outside"
    environment = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(outside),
        "LABEL_STUDIO_HOST": "https://example.org",
        "HOST": "somewhere",
        "DEBUG": "release",
        "DJANGO_DB": "default",
        "USERNAME": "me",
        "HOME": str(outside),
    }
    code = f"from annotate.studio import server; server.start({str(own)!r})"
    subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, check=True, timeout=PATIENCE_SECONDS
    )
    assert server.status(own).running
    assert not outside.exists()


def test_a_process_that_took_over_the_id_is_not_stopped(
    copied: Path, bystander: subprocess.Popen[bytes]
) -> None:
    folder = server_folder(copied)
    born = psutil.Process(bystander.pid).create_time()
    for created in (born - 100, born):  # an id used again; and a file that lies
        write_memory(folder, Memory(8080, bystander.pid, created))
        assert not server.status(copied).running
        assert not server.stop(copied)
        assert bystander.poll() is None
    memory = read_memory(folder)
    assert memory is not None
    assert memory.pid is None


def test_after_kill_9_it_starts_again(own: Path) -> None:
    state = server.start(own)
    assert state.pid is not None
    psutil.Process(state.pid).kill()
    until(lambda: not server.status(own).running, "it runs although it was killed")
    assert server.start(own).running


def test_a_failed_start_names_the_log_and_leaves_nothing(copied: Path) -> None:
    (copied / "data" / "label_studio.sqlite3").write_bytes(b"no database at all, " * 100)
    with pytest.raises(ServerError, match="file is not a database") as caught:
        server.start(copied)
    assert str(copied / "server.log") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not server.status(copied).running


def test_waiting_has_an_end(copied: Path) -> None:
    with pytest.raises(ServerError, match="did not answer on port"):
        server.start(copied, timeout=0.0)
    assert not server.status(copied).running


@pytest.mark.parametrize("name", ["state.json", "credentials.json"])
@pytest.mark.parametrize("content", ["{", "[1]", "{}"])
def test_broken_files_are_named(copied: Path, name: str, content: str) -> None:
    whole = (copied / name).read_text()
    (copied / name).write_text(content)
    with pytest.raises(ServerError, match=name):
        server.start(copied)
    (copied / name).write_text(whole)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("state.json", '{"port": 1e999}'),
        ("state.json", '{"port": 8080, "pid": -1, "created": 1}'),
        ("state.json", '{"port": 8080, "pid": 7}'),
        ("credentials.json", '{"email": "a@b", "password": null, "token": ""}'),
        ("credentials.json", '{"email": "a@b", "password": "c", "token": "\\u00e9\\n"}'),
    ],
)
def test_files_with_values_that_annotate_did_not_write(copied: Path, name: str, content: str) -> None:
    (copied / name).write_text(content)
    with pytest.raises(ServerError, match=f"{name}: .* did not write|{name}: is not what annotate wrote"):
        server.start(copied)
    (copied / name).unlink()


def test_a_broken_credentials_file_is_not_to_be_removed_alone(copied: Path) -> None:
    """The server would not know the token of a new one."""
    (copied / "credentials.json").write_text("{")
    with pytest.raises(ServerError, match="put the file of its first start back, or remove the folder"):
        server.start(copied)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_no_port(copied: Path, port: int) -> None:
    with pytest.raises(ServerError, match=f"port {port}: is not a port; give a number from 1 to 65535"):
        server.start(copied, port)
    assert not server.status(copied).running


@pytest.mark.parametrize("below", ["", "sub/folder"])
def test_a_file_in_the_place_of_the_folder(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("")
    for act in (server.start, server.status, server.stop, server.credentials):
        with pytest.raises(ServerError, match="is or lies in a file, the server needs a folder"):
            act(tmp_path / "file" / below)


def test_never_started(tmp_path: Path) -> None:
    state = server.status(tmp_path / "none")
    assert (state.running, state.url, state.port) == (False, None, None)
    assert not server.stop(tmp_path / "none")
    with pytest.raises(ServerError, match="annotate server start"):
        server.credentials(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_without_label_studio_it_says_how_to_get_it(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from importlib.machinery import PathFinder\n"
        "class Without(PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        return None if name == 'label_studio' else super().find_spec(name, path, target)\n"
        "sys.meta_path = [Without if f is PathFinder else f for f in sys.meta_path]\n"
        "from annotate.errors import ServerError\n"
        "from annotate.studio import server\n"
        "try:\n"
        f"    server.start({str(tmp_path)!r})\n"
        "except ServerError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
    )
    assert "pip install 'annotate[server]'" in done.stdout


# --- connections ---------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:The .parse_obj. method is deprecated:DeprecationWarning")  # in the SDK
def test_both_kinds_of_token(studio: server.ServerState, connection: Connection) -> None:
    legacy = server.credentials().token
    pat = connection.ask("POST", "api/token/", "making a personal access token")["token"]
    assert pat.count(".") == 2
    for token in (legacy, pat):
        with connect(studio.url, token) as opened:
            assert opened.email == "coordinator@localhost"
            assert opened.version.startswith("1.")
            assert opened.get("api/projects/", "listing")["count"] >= 0


def test_address_and_token_from_the_environment(
    studio: server.ServerState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", f" {studio.url}/ ")
    with pytest.raises(ServerError, match="LABEL_STUDIO_API_KEY: not set"):
        connect()
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", server.credentials().token)
    with connect() as opened:
        assert (opened.url, opened.embedded) == (studio.url, False)
    monkeypatch.delenv("LABEL_STUDIO_URL")
    with pytest.raises(ServerError, match="LABEL_STUDIO_URL: not set"):
        connect()


@pytest.mark.parametrize("token", ["0" * 40, "nonsense", "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.x"])
def test_a_wrong_token(studio: server.ServerState, token: str) -> None:
    with pytest.raises(ServerError, match="does not accept the token") as caught:
        connect(studio.url, token)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("token", ["müller", "two\nlines", "two words"])
def test_no_token_at_all(studio: server.ServerState, token: str) -> None:
    with pytest.raises(ServerError, match="LABEL_STUDIO_API_KEY: is not a token"):
        connect(studio.url, token)


def test_a_forged_personal_token(studio: server.ServerState) -> None:
    claims = "eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6ODEwMjQ5NDA4NywidXNlcl9pZCI6MX0"
    with pytest.raises(ServerError, match="does not accept the token"):
        connect(studio.url, f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{claims}.AAAA")


def test_no_server_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ServerError, match="no server answers there"):
        connect(f"http://127.0.0.1:{port}", "0" * 40)


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_no_such_host(scheme: str) -> None:
    with pytest.raises(ServerError, match="no server answers there"):
        connect(f"{scheme}://no-such-host.invalid", "0" * 40, insecure=scheme == "http")


@pytest.mark.parametrize(
    "host", ["no-such-host.invalid", "192.0.2.1", "[2001:db8::1]:8080", "localhost.example.org"]
)
def test_a_token_is_not_sent_over_plain_http_to_another_machine(host: str) -> None:
    with pytest.raises(ServerError, match=r"plain http to another machine, .* --insecure"):
        connect(f"http://{host}", "0" * 40)


@pytest.mark.parametrize(
    "url",
    [
        "https://ann:hush-hush@label.example.org", "http://ann:hush-hush@127.0.0.1:8080", "ann:hush-hush@label.example.org",
        "https://ann:hush-hush@[", "https://ann:hush-hush@x:y", "//ann:hush-hush@x", "label.example.org?key=hush-hush",
        "http://[?key=hush-hush", "label.example.org#hush-hush",
    ],
)  # fmt: skip
def test_a_password_in_the_address_is_never_repeated(url: str) -> None:
    with pytest.raises(
        ServerError, match=r"has a user name or a password in it|not the address of a server"
    ) as caught:
        connect(url, "0" * 40)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://example.org", "http://", "http://[", "http://x:y"])
def test_no_address(url: str) -> None:
    with pytest.raises(ServerError, match="not the address of a server"):
        connect(url, "0" * 40)


def test_a_server_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.studio.client._ANSWER_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(ServerError, match="no answer in time"):
            connect(f"http://127.0.0.1:{port}", "0" * 40)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (200, b"<html>Welcome</html>", "is not a Label Studio server"),
        (200, b'{"release": "9"}', "is not a Label Studio server"),
        (200, b"[]", "is not a Label Studio server"),
        (404, b"not here", "is not a Label Studio server"),
        (502, b"<html>Bad gateway</html>", "failed while asking for its version"),
        (301, b"", "sends on to https://elsewhere.example/"),
    ],
)
def test_something_else_answers(status: int, body: bytes, message: str) -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "https://ann:hush-hush@elsewhere.example/?next=hush-hush")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        try:
            with pytest.raises(ServerError, match=message) as caught:
                connect(f"http://127.0.0.1:{other.server_port}", "0" * 40)
        finally:
            other.shutdown()
            thread.join()
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


def test_the_address_of_a_page_is_no_address(studio: server.ServerState) -> None:
    with pytest.raises(ServerError, match="without a path of a page"):
        connect(f"{studio.url}/projects", server.credentials().token)


def test_no_embedded_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    monkeypatch.setenv("ANNOTATE_SERVER_DIR", str(tmp_path))
    with pytest.raises(ServerError, match="annotate server start"):
        connect()


def test_a_project_that_is_not_there(connection: Connection) -> None:
    for name in ("One of several", "One of several", "Another"):
        connection.ask("POST", "api/projects/", "making", json={"title": name})
    with pytest.raises(ServerError, match=r"'Anoter': not on .*; there are: 'Another' \("):
        find_project(connection, "Anoter")
    with pytest.raises(ServerError, match=r"give the number of one: [0-9]+, [0-9]+"):
        find_project(connection, "One of several")
    found = find_project(connection, "Another")
    assert find_project(connection, found.id) == find_project(connection, str(found.id)) == found


def test_accounts(connection: Connection) -> None:
    first = create_account(connection, "olga@example.org", "a-good-password")
    again = create_account(connection, "olga@example.org", "a-good-password")
    assert first == again
    assert first.token not in repr(first)
    with connect(connection.url, first.token) as opened:
        assert (opened.user_id, opened.email) == (first.id, "olga@example.org")
    with pytest.raises(ServerError, match=r"account olga@example\.org: "):
        create_account(connection, "olga@example.org", "another-password")
    with pytest.raises(ServerError, match="8–128 characters"):  # noqa: RUF001 - the server's dash
        create_account(connection, "shorty@example.org", "short")
    with pytest.raises(ServerError, match="account nobody: "):
        create_account(connection, "nobody", "a-good-password")


def test_the_state_file_says_where_it_is(studio: server.ServerState) -> None:
    said = json.loads((studio.folder / "state.json").read_text())
    assert said["url"] == studio.url
    assert said["pid"] == studio.pid
    assert said["created"] == pytest.approx(psutil.Process(studio.pid).create_time())
