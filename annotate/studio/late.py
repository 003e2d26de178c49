"""What a server may still do after its reply was lost, and how long one waits for it.

A request whose reply was lost may have been carried out, may be carried out later, or never. It is not sent again
before it is known which: until what it asked for is there, or until the server cannot act on it any more. A note
beside the locks outlives the process, so that a push after a killed one waits too.
"""

import json
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from annotate.errors import ServerError, counted
from annotate.studio.client import Connection
from annotate.studio.folder import lock_place
from annotate.studio.refusals import LostReplyError, UnreachableError

ACTS_SECONDS = 120.0
"""How long a server may take to act on a request whose reply was lost."""

_FIRST_LOOK, _LONGEST_LOOK = 0.5, 5.0  # seconds between two looks, which grow


def comes_late(connection: Connection, there: Callable[[], bool], what: str, lost: LostReplyError) -> bool:
    """Look until what a request asked for is there; False once the server cannot act on the request any more.

    Parameters
    ----------
    connection
        The server; the person is told through it what is awaited.
    there
        Whether it is there. A look that breaks is made again.
    what
        What is looked for, such as ``"23 passages"``.
    lost
        The error of the request. Where Label Studio itself said that it failed, one look is enough.

    Raises
    ------
    ServerError
        If the last look breaks too.

    """
    if lost.ended:
        time.sleep(_FIRST_LOOK)
        return there()
    words = (
        f"the reply was lost, and the server may still act: looking for {what} for up to {ACTS_SECONDS:.0f} s"
    )
    return _look(connection, there, ACTS_SECONDS, words)


def once(connection: Connection, ask: Callable[[], object], there: Callable[[], bool], what: str) -> None:
    """Ask for something that must not be done twice. A lost reply is not an error if it is seen to have been done.

    ``there`` and ``what`` are those of :func:`comes_late`.

    Raises
    ------
    LostReplyError
        If the reply was lost and nothing was done as long as the server might act: it may be asked again.
    ServerError
        As ``ask`` raises it.

    """
    try:
        ask()
    except LostReplyError as error:
        if not comes_late(connection, there, what, error):
            raise


def _look(connection: Connection, there: Callable[[], bool], seconds: float, words: str) -> bool:
    until, pause, told = time.monotonic() + seconds, _FIRST_LOOK, False
    while True:
        trouble: ServerError | None = None
        try:
            if there():
                return True
        except (LostReplyError, UnreachableError) as error:
            trouble = error
        left = until - time.monotonic()
        if left <= 0:
            if trouble is not None:
                raise trouble
            return False
        if not told:
            connection.tell(words)
            told = True
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_LOOK)


def note_sent(connection: Connection, project_id: int, passages: Sequence[str]) -> None:
    """Note that an import of these passages is under way. The note outlives the process.

    Raises
    ------
    ServerError
        If the note cannot be written.

    """
    note = _note(connection, project_id)
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(list(passages)), encoding="utf-8")
    except OSError as error:
        raise ServerError(
            f"{note}: cannot be written ({error.strerror}); make its folder writable"
        ) from error


def forget_sent(connection: Connection, project_id: int) -> None:
    """Take the note away: it is known what became of the request."""
    _note(connection, project_id).unlink(missing_ok=True)


def let_former_end(
    connection: Connection, project_id: int, are_there: Callable[[Collection[str]], bool]
) -> None:
    """Wait for an import of a process that was killed, as :func:`comes_late` waits for one of this process.

    ``are_there`` says whether passages are in the project.
    """
    note = _note(connection, project_id)
    try:
        age = time.time() - note.stat().st_mtime
        passages = set(map(str, json.loads(note.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        return
    except (OSError, ValueError, TypeError):  # killed while it was written: nothing had been sent
        passages, age = set(), ACTS_SECONDS
    left = ACTS_SECONDS - max(age, 0.0)  # a clock that was put back must not make it longer
    if left > 0:
        words = (
            f"a former push broke off, and the server may still act on it: looking for its {counted(len(passages), 'passage')} "
            f"for up to {left:.0f} s"
        )
        _look(connection, lambda: are_there(passages), left, words)
    forget_sent(connection, project_id)


def _note(connection: Connection, project_id: int) -> Path:
    return lock_place("sent", connection.url, str(project_id))
