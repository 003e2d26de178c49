"""The command line: arguments in, one library call, the result out.

Tables go to standard output, words to standard error. Status 0: done; 1: one clear line says what
is wrong; 2: wrong usage. Commands import what they need when they run: pandas and Label Studio's
SDK take their time.
"""

import os
import sys

import typer

from annotate.cli import agreement, demo, passages, results, studio
from annotate.cli.speech import one_line, say, steady_output
from annotate.errors import AnnotateError

app = typer.Typer(
    help="Source-reliability annotation on Label Studio: agreement and provenance, per source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (passages.app, studio.app, agreement.app, results.app, demo.app):
    app.add_typer(part)


def main() -> None:
    """Run the command line and turn what is expected to go wrong into one line and status 1."""
    steady_output()
    try:
        app()
        sys.stdout.flush()
    except AnnotateError as error:
        say(one_line(f"annotate: {error}"))
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        say(one_line(f"annotate: {error}; check the disk and the permissions"))
        sys.exit(1)
    except KeyboardInterrupt:
        say("annotate: stopped")
        sys.exit(130)
