"""The embedded Label Studio: ``server start``, ``stop``, ``status``, ``backup``, ``restore``."""

from pathlib import Path
from typing import Annotated

import typer

from annotate.cli._help import Group, command
from annotate.cli.options import DataDir
from annotate.cli.speech import give, say, waiting

server_app = typer.Typer(
    cls=Group,
    help="The embedded Label Studio, on this machine only: start, stop, status, backup, restore.",
    epilog="annotate server start",
    no_args_is_help=True,
)


@command(server_app, "start", example="annotate server start")
def server_start(
    data_dir: DataDir = None,
    port: Annotated[
        int | None, typer.Option("--port", help="The port (default: a free one, then the same).")
    ] = None,
) -> None:
    """Start the embedded Label Studio, or say that it runs."""
    from annotate.studio import server

    running = server.status(data_dir).running
    with waiting("Label Studio runs already" if running else "starting Label Studio") as tell:
        state = server.start(data_dir, port, on_progress=tell)
    login = server.credentials(data_dir)
    give(state.url)
    say(f"log in as {login.email}; the password is in {state.folder / 'credentials.json'}")


@command(server_app, "stop", example="annotate server stop")
def server_stop(data_dir: DataDir = None) -> None:
    """Stop the embedded Label Studio; its data stay."""
    from annotate.studio import server

    say("stopped" if server.stop(data_dir) else "it was not running")


@command(server_app, "status", example="annotate server status")
def server_status(data_dir: DataDir = None) -> None:
    """Say whether the embedded Label Studio runs, and where."""
    from annotate.studio import server

    state = server.status(data_dir)
    give(f"running: {state.url}, process {state.pid}" if state.running else "not running")


@command(server_app, "backup", example="annotate server backup study-server.zip")
def server_backup(
    file: Annotated[Path, typer.Argument(help="The file to write, for you alone; none is overwritten.")],
    data_dir: DataDir = None,
) -> None:
    """Keep a copy of the embedded Label Studio in one file, also while it runs."""
    from annotate.studio.backup import back_up

    with waiting("copying the database and the uploaded files"):
        made = back_up(file, data_dir)
    say(f"written: {file}: {made}; it holds logins and addresses, so keep it as you keep a password")


@command(server_app, "restore", example="annotate server restore study-server.zip --data-dir restored")
def server_restore(
    file: Annotated[Path, typer.Argument(help="A file that annotate server backup wrote.")],
    data_dir: DataDir = None,
) -> None:
    """Make an embedded Label Studio from a backup, where there is none; then start it."""
    from annotate.studio.backup import restore
    from annotate.studio.folder import server_folder

    with waiting("unpacking and checking"):
        made = restore(file, data_dir)
    say(f"restored: {server_folder(data_dir).root}: {made}")
    say(f"start it with: annotate server start{f' --data-dir {data_dir}' if data_dir else ''}")
