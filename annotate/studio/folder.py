"""The folder of an embedded server: what lies in it, who may read it, and the lock that one command at a time holds.

::

    server/                 mode 0700
        credentials.json    mode 0600: e-mail, password and token of the coordinator
        state.json          port, and the process while it runs
        server.log          mode 0600: what the server said since its last start; it names accounts and the invitation
        data/               Label Studio's own: the SQLite database, uploads, secret key
        config/             stands in for the user's configuration folders
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock, Timeout

from annotate.errors import ServerError

_ASK_SECONDS = 0.1


def lock_place(what: str, *which: str) -> Path:
    """Where the lock of one thing lies for this user: which push, to which folder."""
    key = hashlib.sha256("\n".join(which).encode(errors="surrogateescape")).hexdigest()[:24]
    return Path(platformdirs.user_cache_dir("annotate", appauthor=False)) / "locks" / f"{what}-{key}.lock"


@contextmanager
def exclusive(path: Path, *, wait: float, busy: str) -> Iterator[None]:
    """Hold the lock ``path`` while the block runs.

    The lock ends with the process, also after a crash; the file may stay. The lock works between processes and
    threads of one machine, not between machines.

    Parameters
    ----------
    path
        The lock file; its folder is made.
    wait
        Seconds to wait for whoever holds it.
    busy
        The message when it is still held after that.

    Raises
    ------
    ServerError
        If the lock stays taken, or its file cannot be made.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(path).acquire(timeout=wait, poll_interval=_ASK_SECONDS)
    except Timeout as error:
        raise ServerError(busy) from error
    except OSError as error:
        raise ServerError(
            f"{path}: the lock file cannot be made ({error.strerror}); make its folder writable"
        ) from error
    with held:
        yield


FOLDER_VARIABLE = "ANNOTATE_SERVER_DIR"
COORDINATOR = "coordinator@localhost"


@dataclass(frozen=True)
class Credentials:
    """Login and legacy API token of the coordinator of an embedded server."""

    email: str
    password: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True)
class Memory:
    """What is remembered of a server: its port, and its process from start to stop."""

    port: int
    pid: int | None = None
    created: float | None = None


@dataclass(frozen=True)
class ServerFolder:
    """The places in one embedded server's folder."""

    root: Path

    @property
    def credentials(self) -> Path:
        """The file with e-mail, password and token."""
        return self.root / "credentials.json"

    @property
    def state(self) -> Path:
        """The file with the port and the process."""
        return self.root / "state.json"

    @property
    def log(self) -> Path:
        """What the server printed since its last start."""
        return self.root / "server.log"

    @property
    def data(self) -> Path:
        """Label Studio's own data."""
        return self.root / "data"

    @property
    def config(self) -> Path:
        """Where Label Studio finds "the user's" configuration, data and cache folders."""
        return self.root / "config"

    @property
    def lock(self) -> Path:
        """Held while a server is started or stopped."""
        return self.root / "server.lock"

    def prepare(self) -> None:
        """Make the folder, for nobody else to read.

        Raises
        ------
        ServerError
            If it cannot be made.

        """
        try:
            for place in (self.root, self.data, self.config):
                place.mkdir(parents=True, exist_ok=True)
                place.chmod(0o700)
        except OSError as error:
            msg = f"{self.root}: the server's folder cannot be made ({error.strerror}); set {FOLDER_VARIABLE} to another"
            raise ServerError(msg) from error


def server_folder(data_dir: Path | str | None = None) -> ServerFolder:
    """Choose the folder: the one given, else ``ANNOTATE_SERVER_DIR``, else in the user's data folder.

    Raises
    ------
    ServerError
        If it is a file, or below one.

    """
    said = data_dir or os.environ.get(FOLDER_VARIABLE)
    root = Path(said) if said else Path(platformdirs.user_data_dir("annotate", appauthor=False)) / "server"
    root = root.expanduser().absolute()
    if _within_a_file(root):
        msg = f"{root}: is or lies in a file, the server needs a folder; set {FOLDER_VARIABLE} to another"
        raise ServerError(msg)
    return ServerFolder(root)


def _within_a_file(root: Path) -> bool:
    with contextlib.suppress(OSError):  # a folder that may not be looked into: making ours says so
        return any(place.is_file() for place in (root, *root.parents))
    return False


def read_credentials(folder: ServerFolder) -> Credentials | None:
    """The credentials, or None where the server was never started."""
    remedy = "put the file of its first start back, or remove the folder to begin anew"
    found = _read(folder.credentials, remedy)
    if found is None:
        return None
    for name in ("email", "password", "token"):
        # they go into the server's environment and into a header
        if not re.fullmatch(r"[!-~]+", str(found.get(name, ""))):
            msg = f"{folder.credentials}: has no {name}, or one that annotate did not write; {remedy}"
            raise ServerError(msg)
    return Credentials(str(found["email"]), str(found["password"]), str(found["token"]))


def ensure_credentials(folder: ServerFolder) -> Credentials:
    """The credentials; generated, and written with mode 0600, where there are none yet."""
    found = read_credentials(folder)
    if found is None:
        found = Credentials(COORDINATOR, secrets.token_urlsafe(18), secrets.token_hex(20))
        _write(folder.credentials, asdict(found))
    folder.credentials.chmod(0o600)
    return found


def read_memory(folder: ServerFolder) -> Memory | None:
    """What is remembered of the server, or None where it was never started."""
    remedy = "see that no server runs in this folder and remove the file"
    found = _read(folder.state, remedy)
    if found is None:
        return None
    port, pid, created = (found.get(name) for name in ("port", "pid", "created"))
    if not isinstance(port, int) or not (pid is created is None or _is_process(pid, created)):
        msg = f"{folder.state}: is not what annotate wrote; {remedy}"
        raise ServerError(msg)
    return Memory(port, pid, created)


def _is_process(pid: object, created: object) -> bool:
    return isinstance(pid, int) and pid > 0 and isinstance(created, int | float)


def write_memory(folder: ServerFolder, memory: Memory) -> None:
    """Remember the port and the process, whole or not at all."""
    url = f"http://127.0.0.1:{memory.port}"
    _write(folder.state, {**asdict(memory), "url": url})


def _read(path: Path, remedy: str) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise ServerError(msg) from error
    except ValueError as error:
        msg = f"{path}: is not JSON; {remedy}"
        raise ServerError(msg) from error
    if not isinstance(found, dict):
        msg = f"{path}: is not what annotate wrote; {remedy}"
        raise ServerError(msg)
    return found


def _write(path: Path, content: dict[str, Any]) -> None:
    draft = path.with_suffix(".new")
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror})"
        raise ServerError(msg) from error
