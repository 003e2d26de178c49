"""Tables to a terminal, a pipe or a file. Rounding happens here, for people, and in no other format."""

import io
import itertools
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from annotate.errors import InputError
from annotate.files import whole
from annotate.frames import csv_text, plain, records
from annotate.present import Format
from annotate.study.words import UNSEEN as _ACTS
from annotate.study.words import visible

FORMATS: tuple[str, ...] = get_args(Format)
_BY_ENDING: dict[str, Format] = {".csv": "csv", ".json": "json", ".md": "markdown", ".parquet": "parquet"}
_WORKBOOKS, _UNWRITTEN = (".xlsx", ".xls", ".ods"), (".tsv", ".tab", ".tex", ".docx", ".pdf")
DIGITS = 3
_LONGEST_WORDS = ((24, False), (15, False), (15, True))
"""Words that stay whole, the longest first where a table fits; and whether an interval breaks at its comma, as the last way."""
_NARROW = 60  # columns: with fewer, cards are read more easily than broken intervals
_INTERVAL = re.compile(r"\[(-?[\d.]+%?),(-?[\d.]+%?)\]")
_ENDLESS = 10_000  # columns: a pipe breaks no cell
_GAP = 2  # between two columns
REMARKS = ("undefined because", "caution", "note")
"""Columns that may stand on lines of their own."""


def with_words(frame: pd.DataFrame, *below: str, heading: str | None = None) -> pd.DataFrame:
    """Set lines below a table for reading, and let the values of a column head the rows that share them.

    Lines that are there already stay.
    """
    shown = frame.copy(deep=False)
    shown.attrs = {"below": [*frame.attrs.get("below", ()), *below], "heading": heading}
    return shown


def format_for(output: Path | None, said: Format | None = None) -> Format:
    """The format of a table: the one that is said, else the one that the name of its file ends in, else ``table``.

    >>> format_for(Path("agreement.csv")), format_for(Path("agreement.txt")), format_for(None)
    ('csv', 'table', 'table')

    Raises
    ------
    InputError
        If the name ends in another format than what is said, or in that of a workbook; for parquet without a file.

    """
    if output is None:
        if said == "parquet":
            raise InputError("parquet goes into a file: say which with -o FILE")
        return said or "table"
    ending = output.suffix.lower()
    if ending in _WORKBOOKS:
        raise InputError(
            f"{output}: a single table is written to {', '.join(_BY_ENDING)}; annotate workbook writes the whole study to .xlsx"
        )
    if ending in _UNWRITTEN:
        raise InputError(
            f"{output}: a table is written to {', '.join(_BY_ENDING)}, or as a text to .txt; name such a file"
        )
    named = _BY_ENDING.get(ending)
    if said is not None and named is not None and said != named:
        raise InputError(
            f"{output}: would hold {said}, not what its name says; name it otherwise, or say --format {named}"
        )
    return said or named or "table"


_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet takes for a formula."""


def spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before each text that a spreadsheet would take for a formula, for a CSV that is opened in one."""

    def quoted(value: Any) -> Any:
        return f"'{value}" if isinstance(value, str) and value.startswith(_ACTIVE) else value

    safe = flat(frame)
    return safe.assign(
        **{str(name): safe[name].map(quoted) for name in safe if safe[name].dtype.kind not in "biufcmM"}
    )


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


def with_left_out(frame: pd.DataFrame, left_out: Mapping[str, int]) -> pd.DataFrame:
    """Say in each row, in a last column ``left_out``, how much was left out of the study, by reason."""
    return frame.assign(left_out=pd.Series([dict(left_out)] * len(frame), index=frame.index, dtype=object))


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
        text = "\n".join(rendered(frame, form, width) for frame in frames)
        sys.stdout.write(harmless(text, form) if console.is_terminal else text)


def harmless(text: str, form: Format) -> str:
    """Show what would act on a terminal as what it is; a program that reads a pipe gets the text itself."""
    if form != "json":
        return visible(text)
    return _ACTS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def rendered(frame: pd.DataFrame, form: Format | Literal["latex"], width: int = _ENDLESS) -> str:
    """Write a table as a text; ``latex`` (package booktabs) rounds as ``table`` and ``markdown`` do.

    ``width`` is that of the terminal, for the form ``table``. What :func:`with_words` has set below or
    above stands there in the forms ``table`` and ``markdown``.
    """
    if form == "csv":
        return csv_text(flat(frame))
    if form == "json":
        return json.dumps(records(frame), ensure_ascii=False, indent=1) + "\n"
    if form == "markdown":
        return _markdown(frame)
    if form == "latex":
        # a bracket or star that begins a row would be read as the argument of the line end or rule before it
        lines = frame.map(cell).to_latex(index=False, escape=True).splitlines()
        return "".join(f"{{}}{line}\n" if line.startswith(("[", "*")) else f"{line}\n" for line in lines)
    page = io.StringIO()
    console = Console(file=page, width=width, highlight=False, force_terminal=False)
    for part in _set(frame, width):
        console.print(part)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def flat(frame: pd.DataFrame) -> pd.DataFrame:
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
    """Write one value for a person: numbers to three decimals, nothing for what is not there.

    >>> cell(-0.0001), cell(0.98765)
    ('0.000', '0.988')
    """
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(cell, value))
    return f"{round(value, DIGITS) + 0.0:.{DIGITS}f}" if isinstance(value, float) else visible(str(value))


_MARKS = re.compile(r"\\(?=[!-/:-@\[-`{-~])|[`<|]|&(?=#|\w+;)|(?<=\])[(\[]|(?<=\])(?=:)")


def _plain(text: str) -> str:
    r"""Text that Markdown shows as it is: no HTML, no link, no picture.

    >>> _plain("<b> [x](javascript:y) a|b")
    '\\<b> [x]\\(javascript:y) a\\|b'
    """
    return _MARKS.sub(r"\\\g<0>", text.replace("\n", " "))


def titled(name: str) -> str:
    """The name of a column as a heading.

    >>> titled("macro_f1")
    'macro F1'
    """
    return re.sub(r"\bf1\b", "F1", visible(name).replace("_", " "))


def _markdown(frame: pd.DataFrame) -> str:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cells) + " |\n"

    head = line([_plain(visible(str(column))) for column in frame.columns])
    rule = line(
        ["---:" if pd.api.types.is_numeric_dtype(frame[column]) else "---" for column in frame.columns]
    )
    rows = [line([_plain(cell(value)) for value in row]) for row in frame.itertuples(index=False)]
    return (
        head
        + rule
        + "".join(rows)
        + "".join(f"\n{_plain(visible(words))}\n" for words in frame.attrs.get("below", ()))
    )


def _set(frame: pd.DataFrame, width: int) -> Iterator[RenderableType]:
    """Set a table into a width, in the first of these ways in which it fits.

    As it is, broken between words; with its remarks on lines of their own; with its first columns as
    headings over the rows that share them; as cards, a line for each cell.
    """
    texts = {str(name): [titled(str(name)), *map(cell, frame[name])] for name in frame.columns}
    remarks = [name for name in texts if name in REMARKS]
    heading = frame.attrs.get("heading")
    heads = [heading] if heading in texts else []
    shared = _shared([name for name in texts if name not in heads], frame)
    tried = [(heads, []), *((heads + shared[:count], remarks) for count in range(len(shared) + 1))]
    if not heads and not shared:
        tried.append((list(texts)[:1], remarks))
    broken = {name: [_INTERVAL.sub(r"[\1, \2]", text) for text in column] for name, column in texts.items()}
    found = (
        (said, above, under, widths)
        for longest, breaks in _LONGEST_WORDS
        if not breaks or width >= _NARROW
        for said in [broken if breaks else texts]
        for above, under in tried
        if (widths := _fitting(said, {*above, *under}, width, longest)) is not None
    )
    said, above, under, widths = next(found, (texts, [], [], {}))
    yield from _rows(frame, said, above, under, widths) if widths else _cards(texts, len(frame))
    if below := frame.attrs.get("below"):
        yield from (Text(visible(words)) for words in ["", *below])


def _shared(names: Sequence[str], frame: pd.DataFrame) -> list[str]:
    """The first columns, as long as they are texts of which each stands in several rows: they can head these."""
    found = itertools.takewhile(
        lambda name: (
            not pd.api.types.is_numeric_dtype(frame[name]) and 2 * frame[name].nunique() <= len(frame)
        ),
        names,
    )
    return list(found)[:2]


def _fitting(
    texts: Mapping[str, Sequence[str]], elsewhere: Collection[str], width: int, longest: int
) -> dict[str, int] | None:
    """The widths of the columns that do not stand elsewhere; None if they do not fit."""
    own = {name: column for name, column in texts.items() if name not in elsewhere}
    widths = _widths(list(own.values()), width, longest)
    fits = own and sum(widths) + _GAP * (len(own) - 1) <= width
    return dict(zip(own, widths, strict=True)) if fits else None


def _rows(
    frame: pd.DataFrame,
    texts: Mapping[str, Sequence[str]],
    above: Sequence[str],
    under: Sequence[str],
    widths: Mapping[str, int],
) -> Iterator[RenderableType]:
    """The names of the columns, then the rows: each run of them under what it shares, over its remarks."""

    def part(rows: Iterable[int], *, named: bool) -> Table:
        table = Table(
            header_style="bold",
            box=SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            padding=(0, 1, 0, 0),
            show_header=named,
        )
        for name, room in widths.items():
            side: JustifyMethod = "right" if pd.api.types.is_numeric_dtype(frame[name]) else "left"
            table.add_column(texts[name][0], justify=side, overflow="fold", width=room)
        for row in rows:
            table.add_row(*(Text(texts[name][row]) for name in widths))
        return table

    def told(row: int, names: Sequence[str]) -> str:
        return " · ".join(filter(None, (texts[name][row] for name in names)))

    rows = range(1, len(frame) + 1)
    if not above and not any(told(row, under) for row in rows):
        yield part(rows, named=True)
        return
    yield part((), named=True)
    last = None
    for (shared, remark), run in itertools.groupby(rows, lambda row: (told(row, above), told(row, under))):
        if above and shared != last:
            yield Text(("\n" if last is not None else "") + shared)
            last = shared
        yield part(run, named=False)
        if remark:
            yield Padding(Text(f"^ {remark}"), (0, 0, 0, 4))


def _cards(texts: Mapping[str, Sequence[str]], count: int) -> Iterator[RenderableType]:
    title, *rest = texts or ("",)
    for row in range(1, count + 1):
        yield Text(("\n" if row > 1 else "") + texts[title][row])
        for name in rest:
            if texts[name][row]:
                yield Padding(Text(f"{texts[name][0]}: {texts[name][row]}"), (0, 0, 0, 2))


def _widths(columns: Sequence[Sequence[str]], width: int, longest: int) -> list[int]:
    """Give each column its longest word, and share what room is left as the texts need it.

    Rich would take from the widest column first, down to a letter a line. Words longer than ``longest``
    are broken.
    """
    least = [
        min(longest, max((cell_len(word) for text in texts for word in text.split()), default=1))
        for texts in columns
    ]
    full = [max(cell_len(line) for text in texts for line in text.split("\n")) for texts in columns]
    wanted = [max(0, most - low) for most, low in zip(full, least, strict=True)]
    room = min(sum(wanted), max(0, width - sum(least) - _GAP * (len(columns) - 1)))
    return [low + want * room // max(1, sum(wanted)) for low, want in zip(least, wanted, strict=True)]
