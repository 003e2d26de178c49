"""One at a time: a lock file that the operating system lets go when its holder dies."""

import hashlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import platformdirs

from annotate.errors import ServerError

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_place(what: str, *which: str) -> Path:
    """Where the lock of one thing lies for this user: which push, to which folder."""
    key = hashlib.sha256("\n".join(which).encode(errors="surrogateescape")).hexdigest()[:24]
    return Path(platformdirs.user_cache_dir("annotate", appauthor=False)) / "locks" / f"{what}-{key}.lock"


@contextmanager
def exclusive(path: Path, *, wait: float, busy: str) -> Iterator[None]:
    """Hold the lock ``path`` while the block runs.

    The file stays, empty; what counts is the lock on it, which ends with the process, also after a
    crash. It holds between processes of one machine, not between machines.

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
    until = time.monotonic() + wait
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        msg = f"{path}: the lock file cannot be made ({error.strerror}); make its folder writable"
        raise ServerError(msg) from error
    with file:
        while True:
            try:
                _take(file)
                break
            except OSError as error:
                if time.monotonic() >= until:
                    raise ServerError(busy) from error
                time.sleep(0.1)
        yield
