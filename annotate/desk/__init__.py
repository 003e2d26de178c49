"""The coordinator's desk: a page on this machine that shows a running project, and writes what is asked of it.

The desk shows what the commands compute and computes nothing of its own: progress and warnings are those of
``annotate status``, the files those of ``pull``, ``workbook`` and ``report``.
"""

import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from annotate.desk.pages import Desk, application
from annotate.desk.watching import Watching
from annotate.errors import InputError
from annotate.studio.client import Connection
from annotate.studio.pull import look

__all__ = ["serve"]

_GRACE_SECONDS = 3


def serve(
    project: str | int,
    *,
    connection: Connection,
    output: Path,
    port: int = 0,
    every: float = 10.0,
    ready: Callable[[str], None],
) -> None:
    """Serve the desk of a project on 127.0.0.1 until Ctrl+C.

    Every page lies below a secret part of the address, which is new each time: who does not have the link sees
    nothing, and neither do other pages in the same browser.

    Parameters
    ----------
    project
        Title or number.
    connection
        The coordinator's.
    output
        The folder of snapshots, workbooks and reports.
    port
        Where to listen; 0 for any port that is free.
    every
        Seconds between two looks at the server.
    ready
        Is called with the link, once the desk answers.

    Raises
    ------
    InputError
        If the port is taken.
    ServerError
        If there is no such project or the server refuses.

    """
    import uvicorn

    with Watching(look(project, connection), connection, every) as watching:
        try:
            listener = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            raise InputError(
                f"port {port}: cannot be listened on ({error.strerror}); name another with --port"
            ) from error
        with listener:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            desk = Desk(watching, output, secrets.token_urlsafe(24), address)
            settings = uvicorn.Config(
                application(desk),
                log_level="critical",
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
            ready(f"{address}{desk.root}/")
            uvicorn.Server(settings).run(sockets=[listener])
