"""Passwords on their one way out: shown once, or into a file that nobody else can read."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from annotate.errors import InputError


@contextmanager
def announcing(output: Path | None) -> Iterator[Callable[[str, str], None]]:
    """Give a function that takes each address with its password as soon as the account is made.

    So none is lost when a later account fails. Without a file they go to standard output; a file is
    new, has mode 0600, and is removed again if nothing was written.

    Raises
    ------
    InputError
        If the file exists or cannot be made.

    """
    if output is None:
        yield lambda email, password: typer.echo(f"{email}\t{password}")
        return
    try:
        handle = os.open(output, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise InputError(
            f"{output}: exists already, and may hold passwords that stand nowhere else; name a new file"
        ) from error
    except OSError as error:
        raise InputError(f"{output}: cannot be written ({error.strerror})") from error
    written = 0
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")

            def announce(email: str, password: str) -> None:
                nonlocal written
                rows.writerows(
                    [("email", "password"), (email, password)] if not written else [(email, password)]
                )
                written += 1
                file.flush()
                os.fsync(file.fileno())

            yield announce
    finally:
        if not written:
            output.unlink(missing_ok=True)
