"""A proxy that spoils one request of a run, by a seeded schedule, and what is lost or doubled of it on a real server."""

import contextlib
import multiprocessing
import random
import re
import secrets
import signal
import socket
import struct
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from annotate.codebook.read import read_codebook
from annotate.coordination.assignment import Annotator
from annotate.coordination.linking import link_tasks
from annotate.coordination.suggestion import PREFIX
from annotate.errors import AnnotateError
from annotate.provenance import candidates
from annotate.studio import late, refusals, server
from annotate.studio.accounts import add_account, people, submit
from annotate.studio.adjudicate import push_cases
from annotate.studio.assign import assign
from annotate.studio.client import Connection, connect
from annotate.studio.offered import list_views
from annotate.studio.projects import all_projects, list_tasks
from annotate.studio.pull import look, pull
from annotate.studio.push import push, push_pairs
from annotate.studio.replies import PREDICTIONS
from annotate.studio.suggest import order_queue, push_suggestions
from annotate.study.exported import ADJUDICATION
from annotate.study.merging import merge
from annotate.study.passages import read_passages
from annotate.study.snapshot import read_manifest
from annotate.study.surveyed import RANK

KINDS = (
    "refused", "reset before", "reset after", "late", "doubled", "429", "500", "502", "503", "502 after",
    "locked", "page", "truncated", "cut off", "null", "list", "slow", "token expired",
)  # fmt: skip
KILLS = ("killed before", "killed after", "killed, late", "killed later", "killed by the clock")
"""Our own process is killed: before the server hears of the request, after it did it and before it says so, before the
server acts some seconds later, some milliseconds after the reply, or at any moment of the run, whatever it is about."""
FALLS = ("server killed before", "server killed meanwhile", "server killed after")
"""The server is killed, and started again: before it hears of the request, some milliseconds later, or before the reply."""
ACTS_SECONDS, LATEST_SECONDS = 6.0, 3.0
HANG_SECONDS = 120.0
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_PAGE = b"<html><body>Sign in to the network</body></html>"


@dataclass(frozen=True)
class Fault:
    """What happens to which request of a run: the ``at``-th of all, or of those that change something."""

    kind: str
    at: int
    writes: bool
    seconds: float


def schedule(seed: int, requests: Sequence[str], kinds: Sequence[str]) -> Fault:
    """Draw a fault of these kinds for a run that makes these requests when nothing is spoilt."""
    drawn = random.Random(seed)
    changing = [one for one in requests if one.startswith(_WRITES)]
    writes = bool(changing) and drawn.random() < 2 / 3
    at = drawn.randrange(len(changing) if writes else len(requests))
    return Fault(drawn.choice(kinds), at, writes, drawn.uniform(0.1, LATEST_SECONDS))


def verb_of(seed: int) -> str:
    """Which verb a seed tries."""
    return list(VERBS)[seed % len(VERBS)]


class FaultyProxy:
    """A web proxy before a server on a port of this machine; each request has a connection of its own."""

    def __init__(self, port: int) -> None:
        self.upstream = port
        self.seen: list[str] = []
        self.struck = False
        self.kill: Callable[[], None] = lambda: None
        self.kill_server: Callable[[], None] = lambda: None
        self._fault: Fault | None = None
        self._expired = False
        self._lock = threading.Lock()
        self._closed = False
        self.listens = threading.Event()
        self.listens.set()
        self._working: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def arm(self, fault: Fault | None) -> None:
        """Begin a run."""
        with self._lock:
            self.seen, self.struck, self._fault, self._expired = [], False, fault, False

    def drain(self) -> None:
        """Wait until the server has done everything that it was asked for, however late."""
        for thread in list(self._working):
            thread.join()
        self._working = []

    def close(self) -> None:
        self._closed = True
        _end(self._listener)
        self._accepting.join()
        self.drain()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                time.sleep(0.01)
                continue
            self._in_background(self._serve, client)

    def _in_background(self, do: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=do, args=arguments, daemon=True)
        self._working.append(thread)
        thread.start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.closing(client), contextlib.suppress(OSError):
            request = _message(client)
            if request:
                self._answer(client, request, self._next(request))

    def _next(self, request: bytes) -> Fault | None:
        with self._lock:
            line = request.split(b" HTTP/", 1)[0].decode()
            self.seen.append(line)
            fault = self._fault
            if fault is None or self._expired:
                return fault
            if fault.writes and not line.startswith(_WRITES):
                return None
            which = [one for one in self.seen if not fault.writes or one.startswith(_WRITES)]
            if self.struck or len(which) - 1 != fault.at:
                return None
            self.struck, self._expired = True, fault.kind == "token expired"
            return fault

    def _answer(self, client: socket.socket, request: bytes, fault: Fault | None) -> None:
        kind, seconds = (fault.kind, fault.seconds) if fault else ("", 0.0)
        if kind in _INSTEAD:
            client.sendall(_INSTEAD[kind])
        elif kind in _SPOILT:
            client.sendall(_SPOILT[kind](self._forward(request)))
        elif kind in _BROKEN:
            self._break(client, request, kind, seconds)
        elif kind == "slow":
            reply = self._forward(request)
            piece = len(reply) // 20 + 1
            for first in range(0, len(reply), piece):
                client.sendall(reply[first : first + piece])
                time.sleep(0.05)
        else:
            if kind == "doubled":
                self._in_background(self._forward, request)
            client.sendall(self._forward(request))
            if kind == "refused":
                self._be_away()
            if kind == "killed later":
                time.sleep(seconds / 10)
                self.kill()

    def _break(self, client: socket.socket, request: bytes, kind: str, seconds: float) -> None:
        """Answer nothing, because the connection breaks, or the process is killed."""
        if kind in ("reset after", "killed after", "server killed after"):
            self._forward(request)
        if kind == "server killed meanwhile":
            self._in_background(self._forward_or_fail, request)
            time.sleep(seconds / 10)
        if kind.startswith("killed"):
            self.kill()
        if kind.startswith("server killed"):
            self.kill_server()
        _reset(client)
        if kind.endswith("late"):
            time.sleep(seconds)
            self._forward(request)

    def _forward(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        head = re.sub(rb"(?i)\r\n(connection|accept-encoding):[^\r]*", b"", head)
        with socket.create_connection(("127.0.0.1", self.upstream)) as server:
            server.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
            reply = b"".join(iter(lambda: server.recv(65536), b""))
        head, _, body = reply.partition(b"\r\n\r\n")
        return re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head) + b"\r\nConnection: close\r\n\r\n" + body

    def _forward_or_fail(self, request: bytes) -> None:
        with contextlib.suppress(OSError):
            self._forward(request)

    def _be_away(self) -> None:
        """Refuse connections for a moment."""
        self.listens.clear()
        _end(self._listener)
        time.sleep(0.3)
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.listens.set()


def _message(source: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = source.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    said = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while said and len(body) < int(said[1]):
        body += source.recv(65536)
    return head + b"\r\n\r\n" + body


def _body(reply: bytes) -> bytes:
    return reply.partition(b"\r\n\r\n")[2]


def _reply(status: int, body: bytes, headers: bytes = b"") -> bytes:
    return (
        f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n".encode()
        + headers
        + b"Connection: close\r\n\r\n"
        + body
    )


_INSTEAD = {
    "429": _reply(429, b'{"detail": "later"}', b"Retry-After: 1\r\n"),
    "locked": _reply(
        500,
        b'{"id": "1", "status_code": 500, "version": "1", "detail": "database is locked", "exc_info": null}',
    ),
    "token expired": _reply(401, b'{"detail": "Token is expired"}'),
    **{status: _reply(int(status), _PAGE) for status in ("500", "502", "503")},
}
"""What comes in the place of the server's reply; the server hears nothing."""
_SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "502 after": lambda _: _reply(502, _PAGE),
    "page": lambda _: _reply(200, _PAGE),
    "null": lambda _: _reply(200, b"null"),
    "list": lambda _: _reply(200, b"[]"),
    "truncated": lambda reply: _reply(200, _body(reply)[: len(_body(reply)) // 2]),
    "cut off": lambda reply: reply[: len(reply) - len(_body(reply)) // 2 - 1],
}
"""What becomes of the server's reply."""
_BROKEN = ("reset before", "reset after", "late", "killed before", "killed after", "killed, late", *FALLS)


def _reset(client: socket.socket) -> None:
    """Break a connection as a router does that has lost it."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def _end(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()


# --- what is done through it, and how it has to end ------------------------------------------------

CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Choices name="claim_type" toName="text" choice="single" required="true">
    <Choice value="incident"/><Choice value="practice"/>
  </Choices>
</View>"""
CHOSEN = {"from_name": "claim_type", "to_name": "text", "type": "choices", "value": {"choices": ["incident"]}}
PEOPLE = [Annotator(f"{name}@example.org", salt="0" * 32) for name in ("ada", "ben", "cleo")]


def make_tasks(count: int, **more: object) -> list[dict[str, Any]]:
    return [
        {
            "data": {
                "passage_id": f"p{n:03}",
                "document_id": "d",
                "source": "Quarry Gazette",
                "text": f"The quarry closed in {n}.",
                **more,
            }
        }
        for n in range(count)
    ]


@dataclass(frozen=True)
class Place:
    """Where one run works: a project of its own, a folder of its own, and projects that are there to be read."""

    title: str
    folder: Path
    coded: Sequence[str]


Count = Counter[Any]


@dataclass(frozen=True)
class Verb:
    """What a run does, what has to be there before it, and what is there after it, beside what should be."""

    run: Callable[[Connection, Place], Any]
    there: Callable[[Connection, Place], tuple[Count, Count]]
    before: Callable[[Connection, Place], Any] = lambda _, __: None


def _settings(connection: Connection, place: Place) -> dict[str, Any]:
    return {"project": place.title, "config": CONFIG, "instructions": "", "connection": connection}


def _tasks_of(connection: Connection, place: Place) -> tuple[Counter[str], list[int]]:
    """The passages of the project, and of any other with its title; and the projects' numbers."""
    homes = [one.id for one in all_projects(connection) if one.title == place.title]
    tasks = [task for home in homes for task in list_tasks(connection, home, "data")]
    return Counter(task["data"]["passage_id"] for task in tasks), homes


def _pushed(count: int) -> Callable[[Connection, Place], tuple[Count, Count]]:
    def there(connection: Connection, place: Place) -> tuple[Count, Count]:
        found, homes = _tasks_of(connection, place)
        wanted = Counter(task["data"]["passage_id"] for task in make_tasks(count))
        return found + Counter({"project": len(homes)}), wanted + Counter({"project": 1})

    return there


def _assigned(connection: Connection, place: Place) -> tuple[Count, Count]:
    found, wanted = _pushed(8)(connection, place)
    titles: Counter[str] = Counter()
    for home in _tasks_of(connection, place)[1]:
        titles += Counter(str(one["data"].get("title")) for one in list_views(connection, home))
    keys = Counter(f"tab {one.key}" for one in PEOPLE)
    tabs = Counter({f"tab {title}": count for title, count in titles.items() if f"tab {title}" in keys})
    return found + tabs, wanted + keys


def _predicted(connection: Connection, place: Place, wanted: Count) -> tuple[Count, Count]:
    found: Count = Counter()
    for home in _tasks_of(connection, place)[1]:
        for one in connection.get("api/predictions/", "listing", PREDICTIONS, project=home):
            found[one["model_version"]] += 1
    return found, wanted


def _cases() -> list[dict[str, Any]]:
    return [
        {
            "data": {**task["data"], ADJUDICATION: ["claim_type"]},
            "predictions": [{"model_version": v, "result": [CHOSEN]} for v in ("settled", "Coder 1")],
        }
        for task in make_tasks(4)
    ]


def _adjudicated(connection: Connection, place: Place) -> tuple[Count, Count]:
    found, wanted = _pushed(4)(connection, place)
    predicted, as_many = _predicted(connection, place, Counter({"settled": 4, "Coder 1": 4}))
    return found + predicted, wanted + as_many


def _suggest(connection: Connection, place: Place) -> None:
    order_queue({"p000": 2, "p001": 1}, project=place.title, connection=connection)
    push_suggestions(
        {f"p{n:03}": {"claim_type": ("incident", 0.9)} for n in range(3)},
        version=f"{PREFIX}1",
        prefix=PREFIX,
        project=place.title,
        codebook=read_codebook(CONFIG),
        connection=connection,
    )


def _suggested(connection: Connection, place: Place) -> tuple[Count, Count]:
    found, wanted = _pushed(4)(connection, place)
    predicted, as_many = _predicted(connection, place, Counter({f"{PREFIX}1": 3}))
    ranked: Count = Counter()
    for home in _tasks_of(connection, place)[1]:
        ranked += Counter(RANK for task in list_tasks(connection, home, "data") if RANK in task["data"])
    return found + predicted + ranked, wanted + as_many + Counter({RANK: 2})


def _snapshots(tasks: int, annotations: int) -> Callable[[Connection, Place], tuple[Count, Count]]:
    """Every snapshot in the folder is whole, there is one at least, and nothing half made lies beside it."""

    def there(_: Connection, place: Place) -> tuple[Count, Count]:
        made = sorted(place.folder.iterdir()) if place.folder.is_dir() else []
        kept = [read_manifest(folder) for folder in made if not folder.name.startswith(".")]
        found = Counter({"half made": len(made) - len(kept)})
        for manifest in kept:
            found["tasks"] = max(found["tasks"], manifest["counts"]["tasks"])
            found["ratings"] = max(found["ratings"], manifest["counts"]["ratings"])
        return +found, Counter({"tasks": tasks, "ratings": annotations})

    return there


def _merge(connection: Connection, place: Place) -> None:
    parts = [pull(one, output=place.folder, connection=connection) for one in place.coded]
    merge(parts, place.folder / f"both-{len(list(place.folder.iterdir()))}")


def _status(connection: Connection, place: Place) -> None:
    assert look(place.coded[0], connection).followed().done == CODED


def _addresses(place: Place) -> list[str]:
    return [f"{name}-{place.folder.name}@example.org" for name in ("dora", "emil")]


def _accounts(connection: Connection, place: Place) -> tuple[Count, Count]:
    known = Counter(people(connection).values())
    wanted = _addresses(place)
    return Counter({one: known[one] for one in wanted}), Counter(wanted)


def _pairs() -> tuple[list[Any], Any]:
    from annotate.codebook.read import load_codebook
    from annotate.files import bundled

    book = load_codebook(bundled("link_config.xml"))
    passages = read_passages(bundled("tasks/example.json"))
    return link_tasks(
        candidates(passages, most=40), passages, top=5, control=0.0, config_sha256=book.sha256
    ), book


def _link(connection: Connection, place: Place) -> None:
    tasks, book = _pairs()
    push_pairs(
        tasks, project=place.title, config=book.config, overlap=2, instructions="", connection=connection
    )


def _linked(connection: Connection, place: Place) -> tuple[Count, Count]:
    found, homes = _tasks_of(connection, place)
    return found + Counter({"project": len(homes)}), Counter(
        ["project", *(task["data"]["passage_id"] for task in _pairs()[0])]
    )


PASSAGES, CODED = 23, 5

VERBS: dict[str, Verb] = {
    "push": Verb(
        lambda connection, place: push(make_tasks(PASSAGES), overlap=2, **_settings(connection, place)),
        _pushed(PASSAGES),
    ),
    "pull": Verb(
        lambda connection, place: pull(place.coded[0], output=place.folder, connection=connection),
        _snapshots(CODED, CODED),
    ),
    "assign": Verb(
        lambda connection, place: assign(make_tasks(8), PEOPLE, overlap=2, **_settings(connection, place)),
        _assigned,
    ),
    "adjudicate": Verb(
        lambda connection, place: push_cases(_cases(), prefilled="settled", **_settings(connection, place)),
        _adjudicated,
    ),
    "merge": Verb(_merge, _snapshots(2 * CODED, 2 * CODED)),
    "suggest": Verb(
        _suggest,
        _suggested,
        lambda connection, place: push(make_tasks(4), overlap=1, **_settings(connection, place)),
    ),
    "link": Verb(_link, _linked),
    "annotators": Verb(
        lambda connection, place: [
            add_account(connection, one, "a-good-password") for one in _addresses(place)
        ],
        _accounts,
    ),
    "status": Verb(_status, lambda _, __: (Counter(), Counter())),
}
"""What a command does with the server. The command line adds nothing but words."""


def code_two_projects(connection: Connection) -> list[str]:
    """Two projects with different passages, one annotation each."""
    titles = []
    for number in range(2):
        title = f"Coded {number} {secrets.token_hex(3)}"
        tasks = make_tasks(CODED)
        for task in tasks:
            task["data"]["passage_id"] += f"-{number}"
        home = push(
            tasks, project=title, config=CONFIG, overlap=1, instructions="", connection=connection
        ).project_id
        for task in list_tasks(connection, home):
            submit(connection, task["id"], [CHOSEN], 2.0)
        titles.append(title)
    return titles


# --- a run, and what came of it ---------------------------------------------------------------------


@dataclass
class Outcome:
    """What one schedule did. ``failed``: the first run ended with a clear line; the second then has to succeed."""

    verb: str
    kind: str
    seed: int
    failed: str = ""
    lost: int = 0
    doubled: int = 0
    tracebacks: list[str] = field(default_factory=list)
    hung: bool = False

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.tracebacks or self.hung)


_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


class _HungError(BaseException):
    """The run does not end."""


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _HungError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def short_waits() -> Iterator[None]:
    """Let the waits of a run be short. The server of a schedule acts within ``LATEST_SECONDS`` all the same."""
    kept = late.ACTS_SECONDS, refusals.PAUSES
    late.ACTS_SECONDS, refusals.PAUSES = ACTS_SECONDS, (0.1, 0.2, 0.4)
    try:
        yield
    finally:
        late.ACTS_SECONDS, refusals.PAUSES = kept


def _alone(name: str, place: Place, url: str, token: str, begun: Any) -> None:
    """A run in a process of its own, which is killed."""
    with short_waits(), connect(url, token) as connection:
        begun.set()
        VERBS[name].run(connection, place)


class Laboratory:
    """A real server behind a faulty proxy, on which verbs are tried.

    The server is killed and started again only if the folder of its data is given.
    """

    def __init__(
        self, direct: Connection, port: int, token: str, folder: Path, data: Path | None = None
    ) -> None:
        self.direct, self.token, self.folder, self.data = direct, token, folder, data
        self.proxy = FaultyProxy(port)
        self.proxy.kill_server = self._fell
        self.kinds = KINDS + KILLS + (FALLS if data else ())
        self._seconds: dict[str, float] = {}
        self._revived = threading.Thread()
        self.coded = code_two_projects(direct)
        self._requests: dict[str, list[str]] = {}
        self._tried, self._tag = 0, secrets.token_hex(3)

    def close(self) -> None:
        self.proxy.close()

    def requests(self, name: str) -> list[str]:
        """The requests of a run that nothing disturbs."""
        if name not in self._requests:
            clean = Outcome(name, "none", 0)
            place = self._place(name)
            VERBS[name].before(self.direct, place)
            begun = time.monotonic()
            clean.failed = self._run(name, place, None, clean)
            self._seconds[name] = time.monotonic() - begun
            self._requests[name] = self.proxy.seen
            self._compare(name, place, clean)
            assert clean.good, clean
            assert not clean.failed, clean
        return self._requests[name]

    def try_out(self, name: str, seed: int) -> Outcome:
        """Run a verb under the schedule of a seed, run it again if it failed, and see what is there."""
        return self.try_fault(name, schedule(seed, self.requests(name), self.kinds), seed)

    def try_fault(self, name: str, fault: Fault, seed: int = -1) -> Outcome:
        """Do as :func:`try_out` with a fault of one's own."""
        self.requests(name)
        outcome, place = Outcome(name, fault.kind, seed), self._place(name)
        VERBS[name].before(self.direct, place)
        run = self._run_and_kill if fault.kind in KILLS else self._run
        outcome.failed = run(name, place, fault, outcome)
        self._await_server()
        self.proxy.listens.wait(HANG_SECONDS)
        if outcome.failed and (again := self._run(name, place, None, outcome)):
            outcome.tracebacks.append(f"the second run failed too: {again}")
        if not outcome.hung:
            self._compare(name, place, outcome)
        return outcome

    def _place(self, name: str) -> Place:
        self._tried += 1
        which = f"{self._tag}-{self._tried}"
        return Place(f"{name} {which}", self.folder / f"{name}-{which}", self.coded)

    def _run_and_kill(self, name: str, place: Place, fault: Fault, outcome: Outcome) -> str:
        by_clock = fault.kind == "killed by the clock"
        self.proxy.arm(None if by_clock else fault)
        begun = _PROCESSES.Event()
        started = _PROCESSES.Process(target=_alone, args=(name, place, self.proxy.url, self.token, begun))
        self.proxy.kill = started.kill
        started.start()
        if by_clock:
            begun.wait(HANG_SECONDS)
            time.sleep(fault.seconds / LATEST_SECONDS * self._seconds[name])
            started.kill()
        started.join(HANG_SECONDS)
        outcome.hung = started.is_alive()
        started.kill()
        started.join()
        self.proxy.kill = lambda: None  # a request that is still under way finds no process to kill
        started.close()
        return "killed"

    def _run(self, name: str, place: Place, fault: Fault | None, outcome: Outcome) -> str:
        """Run once; returns the line with which it failed."""
        self.proxy.arm(fault)
        try:
            with _at_most(HANG_SECONDS), connect(self.proxy.url, self.token) as connection:
                VERBS[name].run(connection, place)
        except AnnotateError as error:
            line = str(error)
            if "\n" in line:
                outcome.tracebacks.append(line)
            return line or "no word"
        except _HungError:
            outcome.hung = True
        except Exception:  # noqa: BLE001 - it is what is looked for
            outcome.tracebacks.append(traceback.format_exc())
        return ""

    def _fell(self) -> None:
        """Kill the server, and have it started again."""
        assert self.data is not None
        pid = server.status(self.data).pid
        if pid is not None:
            fallen = psutil.Process(pid)
            fallen.kill()
            fallen.wait(HANG_SECONDS)
        again = (self.data, self.proxy.upstream)  # where the others look for it
        self._revived = threading.Thread(target=server.start, args=again, kwargs={"timeout": 600})
        self._revived.start()

    def _await_server(self) -> None:
        if self._revived.ident is not None:
            self._revived.join()

    def _compare(self, name: str, place: Place, outcome: Outcome) -> None:
        self.proxy.drain()
        found, wanted = VERBS[name].there(self.direct, place)
        outcome.lost += (wanted - found).total()
        outcome.doubled += (found - wanted).total()
