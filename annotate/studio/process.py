"""The process of the embedded server: its environment, whether it is ours, when it answers, and how it is ended.

Processes are told apart by id and birth, so that only our own server is ever stopped. In its environment is nothing
of the user's settings, and it makes no call to the outside.
"""

import http.client
import os
import re
import time
from collections.abc import Callable

import psutil

from annotate.errors import ServerError
from annotate.studio.folder import Credentials, Memory, ServerFolder

HOST = "127.0.0.1"

# Label Studio reads its settings with and without a prefix: DEBUG, HOST, PORT, USERNAME, CI ... of a
# user's shell would all be taken for its own. So only what any program needs is passed on.
_PASSED_ON = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"),
        *("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "NUMBER_OF_PROCESSORS"),
    }
)

# Port 9 (discard) of this machine: what Label Studio still asks of the outside, such as the tips on
# its home page from a code host, is refused at once.
_NOWHERE = "http://127.0.0.1:9"
_HERE = "127.0.0.1,localhost"


def server_environment(folder: ServerFolder, credentials: Credentials) -> dict[str, str]:
    """The whole environment of the server's process."""
    passed_on = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _PASSED_ON or name.startswith("LC_")
    }
    config = str(folder.config)
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), _NOWHERE) | {"no_proxy": _HERE}
    return {
        **passed_on,
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        # its data, and what it writes to the user's folders
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder.data),
        "DJANGO_DB": "sqlite",
        "XDG_CONFIG_HOME": config,
        "XDG_DATA_HOME": config,
        "XDG_CACHE_HOME": config,
        # the coordinator's account, made on the first start; not as arguments, which all users can read
        "LABEL_STUDIO_USERNAME": credentials.email,
        "LABEL_STUDIO_PASSWORD": credentials.password,
        "LABEL_STUDIO_USER_TOKEN": credentials.token,
        # who may ask it
        "DISABLE_SIGNUP_WITHOUT_LINK": "True",
        "ALLOWED_HOSTS": _HERE,
        "CORS_ALLOW_ALL_ORIGINS": "False",
        # no call to the outside
        "COLLECT_ANALYTICS": "False",
        "LATEST_VERSION_CHECK": "False",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        **proxies,
        **{name.upper(): value for name, value in proxies.items()},
    }


# the time of birth is reckoned from the machine's boot and moves a little when its clock is set
_CLOCK_SECONDS = 2.0
_LOOK_SECONDS = 0.05


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
    left = _wait(family, timeout)
    for member in left:
        _signal(member, force=True)
    left = _wait(left, timeout)
    if left:
        pids = ", ".join(str(member.pid) for member in left)
        msg = f"the embedded server does not end (process {pids}); end it by hand"
        raise ServerError(msg)


def _wait(processes: list[psutil.Process], timeout: float) -> list[psutil.Process]:
    """Wait until these have ended, and return those that have not."""
    until = time.monotonic() + timeout
    left = processes
    while left and time.monotonic() < until:
        _, left = psutil.wait_procs(left, timeout=_LOOK_SECONDS)
        left = [one for one in left if not _is_zombie_of_another(one)]
    return left


def _is_zombie_of_another(process: psutil.Process) -> bool:
    """Whether it has ended, and its parent, another program, has not asked for its end: that may take long."""
    try:
        return bool(
            process.status() == psutil.STATUS_ZOMBIE
            and process.ppid() != os.getpid()
            and process.num_threads() == 1  # else only its first thread has ended
        )
    except psutil.Error:
        return True


def _signal(process: psutil.Process, *, force: bool) -> None:
    try:
        process.kill() if force else process.terminate()
    except psutil.NoSuchProcess:
        return
    except psutil.AccessDenied as error:
        msg = f"the embedded server (process {process.pid}) belongs to another user; stop it as that user"
        raise ServerError(msg) from error


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
    """Wait until the server on ``port`` knows the coordinator's token, which is sent to this very process only.

    Raises
    ------
    ServerError
        If the process ends, does not know the token or listens elsewhere, because another program has the port;
        or if it does nothing for ``timeout`` seconds, or does not answer within ten times as long.

    """
    began = stirred = time.monotonic()
    said, work = -1, 0.0
    while True:
        ports = listening_ports(process)
        answer = _whoami(port, credentials.token) if port in ports else None
        if answer == _OK:
            return
        if not alive(process):
            raise ServerError(_failed(folder, "ended while starting"))
        if answer == _UNAUTHORIZED:
            msg = f"{folder.credentials}: the server does not know this token; put the file of its first start back"
            raise ServerError(msg)
        if ports - {port}:  # Label Studio goes on to the next one by itself
            msg = f"port {port}: another program took it while the server was starting; start it again for another port"
            raise ServerError(msg)
        now = time.monotonic()
        if (done := _work(process)) > work + _STIR_SECONDS:
            stirred, work = now, done
        waited = now - began
        if now - stirred > timeout or waited > _PATIENCE * timeout:
            raise ServerError(_failed(folder, f"did not answer on port {port} within {waited:.0f} s"))
        if on_progress and int(waited) > said:
            said = int(waited)
            on_progress(f"Label Studio is starting{_stage(folder)}, {said} s")
        time.sleep(0.2)


# On a busy machine a start takes several times as long as on a quiet one: the wait goes on while it gets on.
_STIR_SECONDS, _PATIENCE = 1.0, 10


def _work(process: psutil.Process) -> float:
    """Seconds of processor time that it has taken."""
    try:
        spent = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(spent.user + spent.system)


def listening_ports(process: psutil.Process) -> set[int]:
    """The ports of 127.0.0.1 on which this very process listens.

    Raises
    ------
    ServerError
        If the system does not let one look.

    """
    try:
        found = process.net_connections(kind="tcp4")
    except psutil.NoSuchProcess:
        return set()
    except (psutil.Error, OSError) as error:
        msg = f"process {process.pid}: whether it is the one that listens cannot be seen ({error}); run annotate as the user who started the server"
        raise ServerError(msg) from error
    return {one.laddr.port for one in found if one.status == psutil.CONN_LISTEN and one.laddr.ip == HOST}


def _whoami(port: int, token: str) -> int | None:
    """Return the status of the answer, or None if no web server answers yet."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
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
