"""What people read: words, tables, charts, the report and the workbook. Nothing here measures."""

from typing import Literal

Format = Literal["table", "csv", "json", "markdown", "parquet"]
"""How a table is written. It is here because the command line needs it before pandas is imported."""


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun, as English has it.

    >>> counted(1, "passage"), counted(1200, "passage"), counted(0, "entry", "entries")
    ('1 passage', '1,200 passages', '0 entries')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
