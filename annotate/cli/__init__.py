"""The command line: arguments in, one library call, the result out.

Tables go to standard output, words to standard error. Status 0: done; 1: one clear line says what
is wrong; 2: wrong usage; 128 and the number of a signal: stopped from outside. Commands import what
they need when they run: pandas and Label Studio's SDK take their time.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from annotate.cli.speech import one_line, say, steady_output
from annotate.errors import AnnotateError

# SIGHUP is what a closed terminal sends; Windows has none.
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_STATUSES = {128 + number for number in (signal.SIGINT, *_ENDING)}


def main() -> None:
    """Run the command line and turn what is expected to go wrong into one line and status 1."""
    steady_output()
    try:
        with _stoppable():
            from annotate.cli.commands import app

            app()
    except AnnotateError as error:
        say(one_line(f"annotate: {error}"))
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        say(one_line(f"annotate: {error}; check the disk and the permissions"))
        sys.exit(1)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl+C does: what it began is put away, and one line is said.

    What is ignored already stays so, as SIGHUP under nohup.

    Raises
    ------
    SystemExit
        With status 128 + the number of the signal.

    """
    taken = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _end)
    try:
        yield
    except KeyboardInterrupt:
        _say_stopped()
        raise SystemExit(128 + signal.SIGINT) from None
    except SystemExit as ended:
        if ended.code in _STATUSES:  # typer makes one of Ctrl+C, and says nothing
            _say_stopped()
        raise
    finally:
        for number in taken:
            if signal.getsignal(number) is _end:  # once it has come, it is ignored to the very end
                signal.signal(number, signal.SIG_DFL)


def _end(number: int, _: FrameType | None) -> None:
    for each in _ENDING:  # a second one shall not interrupt the putting away
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _say_stopped() -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        say("annotate: stopped")
