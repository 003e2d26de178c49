"""An embedded Label Studio Community for one machine: started, found again, and stopped.

It keeps its data in a folder of its own (:mod:`annotate.studio.folder`), listens on 127.0.0.1 only, and
goes on when the command that started it ends.
"""

import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

from annotate.errors import ServerError
from annotate.studio.folder import (
    Credentials,
    Memory,
    ServerFolder,
    ensure_credentials,
    exclusive,
    read_credentials,
    read_memory,
    server_folder,
    write_memory,
)
from annotate.studio.process import HOST, await_ready, end, listening_ports, own_process, server_environment

START_SECONDS = 180.0


@dataclass(frozen=True)
class ServerState:
    """An embedded server, running or not. ``port`` and ``url`` are None where it was never started."""

    running: bool
    url: str | None
    port: int | None
    pid: int | None
    folder: Path
    log: Path


def start(
    data_dir: Path | str | None = None,
    port: int | None = None,
    *,
    on_progress: Callable[[str], None] | None = None,
    timeout: float = START_SECONDS,
) -> ServerState:
    """Start the embedded server, or return the one that runs already.

    The first start makes the database and the coordinator's account, which takes about half a minute;
    later ones a few seconds.

    Parameters
    ----------
    data_dir
        The server's folder; ``ANNOTATE_SERVER_DIR`` or the user's data folder where not said.
    port
        Where to listen; the last one, or any free one, where not said.
    on_progress
        Called about once a second with what is being waited for.
    timeout
        Seconds for which it may do nothing; it must answer within ten times as long.

    Raises
    ------
    ServerError
        If Label Studio is not installed, the port is taken, or it does not come up; the message names
        the log and its last telling line.

    """
    folder = server_folder(data_dir)
    folder.prepare()
    with exclusive(
        folder.lock, wait=timeout, busy=f"{folder.root}: another start or stop of this server still runs"
    ):
        memory = read_memory(folder)
        process = own_process(memory)
        if memory is None or process is None:
            _require_label_studio()
            login = ensure_credentials(folder)
            memory, process = _launch(folder, login, _choose_port(port, memory))
        elif port not in (None, memory.port):
            msg = f"{folder.root}: this server runs already on port {memory.port}; stop it first: annotate server stop"
            raise ServerError(msg)
        else:
            login = ensure_credentials(folder)
        ready = False
        try:
            await_ready(memory.port, process, login, folder, timeout=timeout, on_progress=on_progress)
            ready = True
        finally:
            if not ready:  # also when interrupted: nothing half-started is left behind
                end(process)
                write_memory(folder, Memory(memory.port))
    return _state(folder, memory, process)


def stop(data_dir: Path | str | None = None, *, timeout: float = 20.0) -> bool:
    """Stop the embedded server, and only it: the process that was started, by its id and birth.

    Returns
    -------
    bool
        Whether one was running.

    Raises
    ------
    ServerError
        If it does not end.

    """
    folder = server_folder(data_dir)
    if not folder.root.exists():
        return False
    with exclusive(
        folder.lock, wait=START_SECONDS, busy=f"{folder.root}: this server is being started or stopped"
    ):
        memory = read_memory(folder)
        process = own_process(memory)
        if process is not None:
            end(process, timeout=timeout)
        if memory is not None and memory.pid is not None:
            write_memory(folder, Memory(memory.port))
    return process is not None


def status(data_dir: Path | str | None = None) -> ServerState:
    """Say whether the embedded server runs, and where.

    Raises
    ------
    ServerError
        If what is remembered of it cannot be read.

    """
    folder = server_folder(data_dir)
    memory = read_memory(folder)
    return _state(folder, memory, own_process(memory))


def listening(data_dir: Path | str | None = None) -> Callable[[], None]:
    """Give a check to be made before anything secret is sent: that the server itself listens on its port.

    A process that runs need not listen yet, or any more, and another program may have its port.

    Raises
    ------
    ServerError
        When the check is made, if another program listens there, or none.

    """
    folder = server_folder(data_dir)
    memory = read_memory(folder)
    process = own_process(memory)

    def check() -> None:
        if memory is None or process is None or memory.port not in listening_ports(process):
            msg = f"{folder.root}: this server does not listen on its port; wait if it is starting, else: annotate server start"
            raise ServerError(msg)

    return check


def credentials(data_dir: Path | str | None = None) -> Credentials:
    """Login and token of the coordinator of the embedded server.

    Raises
    ------
    ServerError
        If it was never started.

    """
    folder = server_folder(data_dir)
    found = read_credentials(folder)
    if found is None:
        msg = f"{folder.root}: no embedded server has been started here; start it with: annotate server start"
        raise ServerError(msg)
    return found


def _state(folder: ServerFolder, memory: Memory | None, process: psutil.Process | None) -> ServerState:
    port = memory.port if memory else None
    return ServerState(
        running=process is not None,
        url=f"http://{HOST}:{port}" if port else None,
        port=port,
        pid=process.pid if process else None,
        folder=folder.root,
        log=folder.log,
    )


def _require_label_studio() -> None:
    if importlib.util.find_spec("label_studio") is None:
        msg = "Label Studio is not installed: pip install 'annotate[server]', or set LABEL_STUDIO_URL to use another"
        raise ServerError(msg)


def _launch(folder: ServerFolder, credentials: Credentials, port: int) -> tuple[Memory, psutil.Process]:
    command = [
        *(sys.executable, "-m", "label_studio.server", "start"),
        *("--no-browser", "--enable-legacy-api-token", "--internal-host", HOST, "--port", str(port)),
    ]
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
    try:
        with _private_log(folder.log) as log:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter, fixed arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder.root,
                env=server_environment(folder, credentials),
                start_new_session=True,  # it outlives the command and its terminal
                creationflags=flags,
                umask=-1 if sys.platform == "win32" else 0o077,
            )
    except OSError as error:
        msg = f"{folder.log}: the server cannot be started ({error.strerror})"
        raise ServerError(msg) from error
    process = psutil.Process(child.pid)
    memory = Memory(port, child.pid, process.create_time())
    write_memory(folder, memory)
    child.returncode = 0  # from here on state.json and psutil look after it; without this Popen would warn
    return memory, process


def _private_log(path: Path) -> BinaryIO:
    """The log, empty, for nobody else to read: it names accounts and the invitation."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _choose_port(said: int | None, memory: Memory | None) -> int:
    if said is not None:
        if said not in range(1, 65536):
            msg = f"port {said}: is not a port; give a number from 1 to 65535, or leave it out to have one chosen"
            raise ServerError(msg)
        if not _free(said):
            msg = f"port {said}: taken by another program on this machine; give another, or leave it out to have one chosen"
            raise ServerError(msg)
        return said
    if memory is not None and memory.port > 0 and _free(memory.port):
        return memory.port
    while True:
        with socket.socket() as found:
            found.bind((HOST, 0))
            port: int = found.getsockname()[1]
        if _free(port):
            return port


def _free(port: int) -> bool:
    """Whether nobody listens there, on any address of this machine that Label Studio itself looks at."""
    try:
        with socket.socket() as one:
            if sys.platform != "win32":
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((HOST, port))
    except (OSError, OverflowError):
        return False
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("localhost", port)) != 0
