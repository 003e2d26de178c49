"""Processes told apart by id and birth, so that only our own server is ever stopped."""

import psutil

from annotate.errors import ServerError
from annotate.studio.folder import Memory

# the time of birth is reckoned from the machine's boot and moves a little when its clock is set
_CLOCK_SECONDS = 2.0


def own_process(memory: Memory | None) -> psutil.Process | None:
    """The remembered process if it still runs; None if its id went to another process since."""
    if memory is None or memory.pid is None or memory.created is None:
        return None
    try:
        process = psutil.Process(memory.pid)
        if abs(process.create_time() - memory.created) > _CLOCK_SECONDS:
            return None
        if process.status() == psutil.STATUS_ZOMBIE or "label_studio.server" not in process.cmdline():
            return None
    except psutil.Error:
        return None
    return process


def alive(process: psutil.Process) -> bool:
    """Whether the process still runs (a zombie does not)."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def end(process: psutil.Process, *, timeout: float = 20.0) -> None:
    """End a process and its children: first asked, then forced.

    Raises
    ------
    ServerError
        If it still runs after that.

    """
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        family = [process]
    for member in family:
        _signal(member, force=False)
    _, left = psutil.wait_procs(family, timeout=timeout)
    for member in left:
        _signal(member, force=True)
    _, left = psutil.wait_procs(left, timeout=timeout)
    if left:
        pids = ", ".join(str(member.pid) for member in left)
        msg = f"the embedded server does not end (process {pids}); end it by hand"
        raise ServerError(msg)


def _signal(process: psutil.Process, *, force: bool) -> None:
    try:
        process.kill() if force else process.terminate()
    except psutil.NoSuchProcess:
        return
    except psutil.AccessDenied as error:
        msg = f"the embedded server (process {process.pid}) belongs to another user; stop it as that user"
        raise ServerError(msg) from error
