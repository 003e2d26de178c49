"""Tables to a terminal, a pipe or a file. Rounding happens here, for people, and in no other format."""

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from annotate.errors import InputError
from annotate.files import whole
from annotate.frames import plain, records
from annotate.present import Format
from annotate.study.words import visible

FORMATS: tuple[str, ...] = get_args(Format)
DIGITS = 3
_LONGEST_WORD = 24
_ENDLESS = 10_000  # columns: a pipe breaks no cell
_GAP = 3  # between two columns


def write_table(frame: pd.DataFrame, form: Format, output: Path | None = None) -> None:
    """Write a table to standard output, or to a file, which is written whole or not at all.

    ``json`` is a list of records in which an undefined number is null; ``csv`` and ``parquet`` hold
    every digit; ``table`` and ``markdown`` round to three decimals.

    Raises
    ------
    InputError
        For parquet without a file, or a file that cannot be written.

    """
    write_tables((frame,), form, output)


def with_left_out(frame: pd.DataFrame, exclusions: pd.DataFrame) -> pd.DataFrame:
    """Say in each row, in a last column ``left_out``, how much was left out of the study, by reason."""
    counts = {str(reason): int(count) for reason, count in exclusions["reason"].value_counts().items()}
    return frame.assign(left_out=pd.Series([counts] * len(frame), index=frame.index, dtype=object))


def write_tables(frames: Sequence[pd.DataFrame], form: Format, output: Path | None = None) -> None:
    """Write several tables, one after the other; see :func:`write_table`.

    Raises
    ------
    InputError
        Also for several tables in a format of which a program reads one a file.

    """
    if len(frames) > 1 and form not in ("table", "markdown"):
        raise InputError(
            f"{form}: a file holds one table, and these are {len(frames)}; write them one by one"
        )
    if form == "parquet":
        if output is None:
            raise InputError("parquet goes into a file: say which with -o FILE")
        with whole(output) as temporary:
            frames[0].to_parquet(temporary, index=False)
    elif output is not None:
        with whole(output) as temporary:
            text = "\n".join(rendered(frame, form) for frame in frames)
            temporary.write_text(text, encoding="utf-8", newline="")
    else:
        console = Console(file=sys.stdout)
        width = console.width if console.is_terminal else _ENDLESS
        sys.stdout.write("\n".join(rendered(frame, form, width) for frame in frames))


def rendered(frame: pd.DataFrame, form: Format | Literal["latex"], width: int = _ENDLESS) -> str:
    """Write a table as a text; ``latex`` (package booktabs) rounds as ``table`` and ``markdown`` do."""
    if form == "csv":
        return _flat(frame).to_csv(index=False, lineterminator="\n")
    if form == "json":
        return json.dumps(records(frame), ensure_ascii=False, indent=1) + "\n"
    if form == "markdown":
        return _markdown(frame)
    if form == "latex":
        return frame.map(cell).to_latex(index=False, escape=True)
    page = io.StringIO()
    Console(file=page, width=_ENDLESS).print(_rich(frame, width))
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Write lists and what is in them as JSON, which a cell can hold."""
    nested = {
        name
        for name in frame.columns
        if frame[name].dtype == object and frame[name].map(lambda value: isinstance(value, list)).any()
    }
    written: dict[str, Any] = {
        name: [
            None if row is None else json.dumps(row, ensure_ascii=False) for row in map(plain, frame[name])
        ]
        for name in nested
    }
    return frame.assign(**written)


def cell(value: Any) -> str:
    """Write one value for a person: numbers to three decimals, nothing for what is not there."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(cell, value))
    return f"{value:.{DIGITS}f}" if isinstance(value, float) else visible(str(value))


def _markdown(frame: pd.DataFrame) -> str:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(text.replace("|", "\\|").replace("\n", " ") for text in cells) + " |\n"

    head = line([str(column) for column in frame.columns])
    rule = line(
        ["---:" if pd.api.types.is_numeric_dtype(frame[column]) else "---" for column in frame.columns]
    )
    return (
        head + rule + "".join(line([cell(value) for value in row]) for row in frame.itertuples(index=False))
    )


def _rich(frame: pd.DataFrame, width: int) -> Table:
    """Set a table into a width; a narrow terminal breaks cells between words only."""
    table = Table(header_style="bold", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    columns = [[str(name).replace("_", " "), *map(cell, frame[name])] for name in frame.columns]
    for name, (title, *_), room in zip(frame.columns, columns, _widths(columns, width), strict=True):
        figures = pd.api.types.is_numeric_dtype(frame[name])
        table.add_column(title, justify="right" if figures else "left", overflow="fold", width=room)
    for row in zip(*(cells for _, *cells in columns), strict=True):
        table.add_row(*map(Text, row))
    return table


def _widths(columns: Sequence[Sequence[str]], width: int) -> list[int]:
    """Give each column its longest word, and share what room is left as the texts need it.

    Rich would take from the widest column first, down to a letter a line.
    """
    least = [
        min(_LONGEST_WORD, max((cell_len(word) for text in texts for word in text.split()), default=1))
        for texts in columns
    ]
    full = [max(cell_len(line) for text in texts for line in text.split("\n")) for texts in columns]
    wanted = [max(0, most - low) for most, low in zip(full, least, strict=True)]
    room = min(sum(wanted), max(0, width - sum(least) - _GAP * (len(columns) - 1)))
    return [low + want * room // max(1, sum(wanted)) for low, want in zip(least, wanted, strict=True)]
