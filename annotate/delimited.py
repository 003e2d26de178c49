"""Text with a separator, such as CSV: rows of cells, and the line that each ends in."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from annotate.errors import InputError

SEPARATORS = ",;\t"


def lines(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    r"""Read rows of cells by Python's own reader, which knows the line; the first row names the columns.

    The separator is the one that the first line has most of. Rows whose cells are all blank are passed over.

    Parameters
    ----------
    text
        With ``\\n`` at the end of a line.
    path
        Of the file, to be named in a message.

    Raises
    ------
    InputError
        If nothing stands in the file, a row has more or fewer cells than the first, or quotation marks are
        not closed.

    """
    first = text.lstrip("\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    # Not str.splitlines: it breaks at further characters, such as U+2028, that may stand in a cell.
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=separator, strict=True)
    width = 0
    try:
        for cells in reader:
            if not any(map(str.strip, cells)):
                continue
            width = width or len(cells)
            if len(cells) != width:
                msg = f"{path}: line {reader.line_num} has {len(cells)} cells, the header {width}; quote cells that hold a {separator!r}"
                raise InputError(msg)
            yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: {error}; check the quotation marks") from error
    if not width:
        raise InputError(f"{path}: the file is empty; its first line names the columns")


def refuse_twins(path: Path, line: int, names: list[str]) -> None:
    """Refuse a header that gives two columns one name.

    Raises
    ------
    InputError
        With the names that stand there twice.

    """
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{path}: line {line} names the column {', '.join(twice)} twice")
