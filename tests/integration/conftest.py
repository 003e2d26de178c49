"""A real Label Studio for the tests: its database is made once, copies of it boot in seconds."""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import re
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from annotate.studio import server
from annotate.studio.accounts import create_account
from annotate.studio.client import Connection, connect
from annotate.studio.folder import FOLDER_VARIABLE
from tests.patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Choices name="claim_type" toName="text" choice="single" required="true">
    <Choice value="incident"/>
    <Choice value="practice"/>
  </Choices>
</View>"""

PASSWORD = "the-password-of-{}"
USER_VARIABLES = ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", FOLDER_VARIABLE)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """A server's folder with its database made, not running.

    A first start takes a minute of processor time. It is done once for all processes of a run, and again by a
    later run only if Label Studio or our way of starting it changed; ``pytest --cache-clear`` forgets it.
    """
    if importlib.util.find_spec("label_studio") is None:
        pytest.skip("Label Studio is not installed: uv sync, or pip install 'annotate[server]'")
    home = pytestconfig.cache.mkdir("label-studio")
    folder, key, copy = home / "server", home / "key", tmp_path_factory.mktemp("template") / "server"
    with FileLock(home / "lock"):
        if not key.exists() or key.read_text() != _what_a_first_start_depends_on():
            shutil.rmtree(folder, ignore_errors=True)
            server.start(folder, timeout=3 * PATIENCE_SECONDS)
            server.stop(folder)
            key.write_text(_what_a_first_start_depends_on())
        shutil.copytree(folder, copy)
    return copy


def _what_a_first_start_depends_on() -> str:
    sources = sorted(Path(server.__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return f"{sys.version} {importlib.metadata.version('label-studio')} {digest}"


@pytest.fixture
def does_not_act(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not there soon will not come any more."""
    monkeypatch.setattr("annotate.studio.late.ACTS_SECONDS", 0.5)


@pytest.fixture
def copied(template: Path, tmp_path: Path) -> Iterator[Path]:
    """A server's folder of the test's own, not running yet; what runs in it is stopped."""
    folder = tmp_path / "server"
    shutil.copytree(template, folder)
    yield folder
    server.stop(folder)


@pytest.fixture(scope="session")
def studio(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.ServerState]:
    """One running server for the whole run, which is also the one that ``connect()`` finds."""
    folder = tmp_path_factory.mktemp("running") / "server"
    shutil.copytree(template, folder)
    (folder / "state.json").unlink(missing_ok=True)  # else two that start at once would share the port in it
    with pytest.MonkeyPatch.context() as patch:
        for name in USER_VARIABLES:
            patch.delenv(name, raising=False)
        patch.setenv(FOLDER_VARIABLE, str(folder))
        patch.setenv("XDG_CACHE_HOME", str(folder.parent / "cache"))
        state = server.start()
        yield state
        server.stop()


@pytest.fixture(scope="session")
def connection(studio: server.ServerState) -> Iterator[Connection]:
    """The coordinator's connection."""
    with connect() as opened:
        assert opened.url == studio.url
        yield opened


@pytest.fixture
def run(
    run: Callable[..., tuple[int, str, str]], studio: server.ServerState, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """The command line, on the running server."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(studio.folder))
    return run


@pytest.fixture
def title(request: pytest.FixtureRequest) -> str:
    """A project title of the test's own."""
    return str(request.node.name).removeprefix("test_").replace("_", " ")[:50].strip()


@pytest.fixture(scope="session")
def config() -> str:
    return CONFIG


@pytest.fixture(scope="session")
def make_tasks() -> Callable[..., list[dict[str, Any]]]:
    """Tasks as ingest makes them; the source alternates."""

    def make(count: int, **more: object) -> list[dict[str, Any]]:
        return [
            {
                "data": {
                    "passage_id": f"p{number:05}",
                    "document_id": "d",
                    "source": ("Quarry Gazette", "Harbour Post")[number % 2],
                    "text": f"The quarry closed in year {number}.",
                    "before": "",
                    "after": "",
                    **more,
                }
            }
            for number in range(count)
        ]

    return make


@pytest.fixture(scope="session")
def person(connection: Connection) -> Iterator[Callable[[str], Connection]]:
    """Whoever is named, on the running server: an account of their own, made once a run."""
    known: dict[str, Connection] = {}
    with contextlib.ExitStack() as stack:

        def opened(name: str) -> Connection:
            if name not in known:
                account = create_account(connection, f"{name}@example.org", PASSWORD.format(name))
                known[name] = stack.enter_context(connect(connection.url, account.token))
            return known[name]

        yield opened


@pytest.fixture(scope="session")
def annotators(person: Callable[[str], Connection]) -> list[Connection]:
    """Three annotators with accounts of their own."""
    return [person(name) for name in ("ada", "ben", "cleo")]


@pytest.fixture
def log_in(
    new_page: Callable[..., "Page"], connection: Connection, person: Callable[[str], Connection]
) -> Callable[[str], "Page"]:
    """Log in whoever is named, by address and password, in a browser window of their own."""

    def opened(name: str) -> "Page":
        email = person(name).email
        page = new_page(viewport={"width": 1440, "height": 900})
        log_in_on(page, connection.url, email, name)
        return page

    return opened


def log_in_on(page: "Page", url: str, email: str, name: str) -> None:
    """Log in on a page of the browser."""
    page.goto(f"{url}/user/login/")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD.format(name))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/user/login" not in url, wait_until="commit")


class Proxy:
    """A real TCP proxy before the server that spoils chosen requests.

    ``spoil(start, how, times)``: of the requests that begin with ``start``, the next ``times`` are
    spoilt: "reply" lets the server do them and drops its reply, "request" drops them unseen, "hold"
    lets the server do them and never answers, "late" drops the connection and lets the server do them once
    ``release`` is set, "doubled" sends them twice.
    """

    def __init__(self, port: int) -> None:
        self.upstream = port
        self.seen: list[bytes] = []
        self.held = threading.Event()
        self.release = threading.Event()
        self.answered = threading.Event()
        self._plan: tuple[bytes, str, int] | None = None
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def spoil(self, start: str, how: str, times: int = 1) -> None:
        self._plan = (start.encode(), how, times)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for one in [self._listener, *self._sockets]:
            _shut(one)
        for thread in self._threads:
            thread.join(timeout=PATIENCE_SECONDS)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            upstream = socket.create_connection(("127.0.0.1", self.upstream))
            self._sockets += [client, upstream]
            spoilt: list[str] = []
            for target in (self._requests, self._replies):
                thread = threading.Thread(target=target, args=(client, upstream, spoilt))
                self._threads.append(thread)
                thread.start()

    def _requests(self, client: socket.socket, upstream: socket.socket, spoilt: list[str]) -> None:
        for chunk in _chunks(client):
            data = chunk
            line = data.split(b"\r\n", 1)[0]
            if b" HTTP/1.1" in line:
                self.seen.append(line)
            if self._plan and data.startswith(self._plan[0]):
                start, how, times = self._plan
                self._plan = (start, how, times - 1) if times > 1 else None
                if how == "request":
                    break
                data = _whole(data, client)
                if how == "doubled":
                    self._once_more(data)
                else:
                    spoilt.append(how)
                if how == "late":
                    _shut(client)
                    self.release.wait(PATIENCE_SECONDS)
                    upstream.sendall(data)
                    self.answered.wait(PATIENCE_SECONDS)
                    break
            try:
                upstream.sendall(data)
            except OSError:
                break
        _shut(client)
        _shut(upstream)

    def _once_more(self, request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.upstream)) as other:
            other.sendall(request)
            assert other.recv(65536).startswith(b"HTTP/1.1 2")

    def _replies(self, client: socket.socket, upstream: socket.socket, spoilt: list[str]) -> None:
        for data in _chunks(upstream):
            if spoilt:
                self.answered.set()
                if spoilt[0] == "hold":
                    self.held.set()
                    continue
                break
            try:
                client.sendall(data)
            except OSError:
                break
        _shut(client)
        _shut(upstream)


def _whole(start: bytes, source: socket.socket) -> bytes:
    """The request that begins so, with all of its body."""
    data = start
    while b"\r\n\r\n" not in data:
        data += source.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    said = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while said and len(body) < int(said[1]):
        body += source.recv(65536)
    return head + b"\r\n\r\n" + body


def _chunks(source: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            data = source.recv(65536)
        except OSError:
            return
        if not data:
            return
        yield data


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@pytest.fixture
def proxy(studio: server.ServerState) -> Iterator[Proxy]:
    assert studio.port is not None
    opened = Proxy(studio.port)
    yield opened
    opened.close()


@pytest.fixture
def through_proxy(proxy: Proxy, studio: server.ServerState) -> Iterator[Connection]:
    with connect(proxy.url, server.credentials().token) as opened:
        yield opened
