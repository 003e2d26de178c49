"""Waiting until a starting server answers with our own account, or saying why it does not."""

import http.client
import re
import time
from collections.abc import Callable

import psutil

from annotate.errors import ServerError
from annotate.studio.folder import Credentials, ServerFolder
from annotate.studio.process import alive

_OK, _UNAUTHORIZED = 200, 401


def await_ready(
    port: int,
    process: psutil.Process,
    credentials: Credentials,
    folder: ServerFolder,
    *,
    timeout: float,
    on_progress: Callable[[str], None] | None = None,
) -> None:
    """Wait until the server on ``port`` knows the coordinator's token.

    Raises
    ------
    ServerError
        If the process ends, answers for somebody else, or is silent for ``timeout`` seconds.

    """
    began = time.monotonic()
    said = -1
    while True:
        answer = _whoami(port, credentials.token)
        if answer == _OK:
            return
        if not alive(process):
            raise ServerError(_failed(folder, "ended while starting"))
        if answer == _UNAUTHORIZED:
            msg = f"{folder.credentials}: the server does not know this token; put the file of its first start back"
            raise ServerError(msg)
        waited = time.monotonic() - began
        if waited > timeout:
            raise ServerError(_failed(folder, f"did not answer on port {port} within {timeout:.0f} s"))
        if on_progress and int(waited) > said:
            said = int(waited)
            on_progress(f"Label Studio is starting{_stage(folder)}, {said} s")
        time.sleep(0.2)


def _whoami(port: int, token: str) -> int | None:
    """The status of the answer, or None where nothing (or nothing like a web server) answers yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/api/current-user/whoami", headers={"Authorization": f"Token {token}"})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return None
    else:
        return answer.status
    finally:
        connection.close()


def _stage(folder: ServerFolder) -> str:
    return " (making its database, once)" if b"Initializing database" in _tail(folder) else ""


def _failed(folder: ServerFolder, what: str) -> str:
    lines = [
        re.sub(r"\x1b\[[0-9;]*m", "", line) for line in _tail(folder).decode(errors="replace").splitlines()
    ]
    telling = [line.strip() for line in lines if line.strip() and not line[0].isspace()]
    errors = [
        line for line in telling if re.search(r"error|exception|in use|denied|locked", line, re.IGNORECASE)
    ]
    last = (errors or telling or ["nothing was logged"])[-1]
    return f"Label Studio {what}: {last[:200]} (log: {folder.log})"


def _tail(folder: ServerFolder) -> bytes:
    try:
        return folder.log.read_bytes()[-20_000:]
    except OSError:
        return b""
