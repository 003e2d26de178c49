"""One at a time: a lock on a file, which the operating system releases when its holder dies."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
