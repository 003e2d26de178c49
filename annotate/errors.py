"""What can go wrong, as one tree.

::

    AnnotateError
    ├── InputError        a file is missing, unreadable, empty or not what it should be
    ├── ConfigError       a label config or a codebook
    ├── ExportError       a Label Studio export or a snapshot
    ├── TableError        a table of ratings or of spans
    ├── StatisticsError   an unknown coefficient or level of measurement
    └── ServerError       a Label Studio server: not there, refusing, or without the project

Every message is one line: what is wrong, where, and what to do about it. The command line prints
it and ends with status 1; anything else that reaches a user is a defect.
"""

from collections.abc import Iterable


class AnnotateError(Exception):
    """The root: catch this to catch all that this package raises on purpose."""

    def __str__(self) -> str:
        """The message, on one line whatever it quotes: signs that do not print stand as their escapes."""
        return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in super().__str__())


class InputError(AnnotateError):
    """A file is missing, unreadable, empty or not what it should be."""


class ConfigError(AnnotateError):
    """A label config cannot be used."""


class ExportError(AnnotateError):
    """A Label Studio export or a snapshot cannot be read into tables."""


class TableError(AnnotateError):
    """A table of ratings or spans breaks its contract."""


class StatisticsError(AnnotateError):
    """A coefficient or a level of measurement that is not known or does not fit."""


class ServerError(AnnotateError):
    """A Label Studio server is not there, refuses, or lacks what was asked for."""


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun, as English has it.

    >>> counted(1, "passage"), counted(1200, "passage"), counted(0, "entry", "entries")
    ('1 passage', '1,200 passages', '0 entries')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def some(names: Iterable[str], most: int = 5) -> str:
    """Name the first few of many, for a message of one line.

    >>> some(["p1", "p2", "p3"], most=2)
    'p1, p2 and 1 more'
    """
    every = list(names)
    more = len(every) - most
    return ", ".join(every[:most]) + (f" and {more} more" if more > 0 else "")
