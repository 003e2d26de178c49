"""The command line: arguments in, one library call, the result out.

Tables go to standard output, words to standard error. Status 0: done; 1: one clear line says what
is wrong; 2: wrong usage; 128 and the number of a signal: stopped from outside. Commands import what
they need when they run: pandas and Label Studio's SDK take their time.
"""

import os
import sys

from annotate.cli.speech import one_line, say, steady_output
from annotate.cli.stopping import stoppable
from annotate.errors import AnnotateError


def main() -> None:
    """Run the command line and turn what is expected to go wrong into one line and status 1."""
    steady_output()
    try:
        with stoppable():
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
