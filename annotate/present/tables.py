"""Tables to a terminal, a pipe or a file. Rounding happens here, for people, and in no other format."""

import io
import json
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from annotate.codebook.read import Category, Codebook
from annotate.errors import InputError
from annotate.files import whole
from annotate.frames import plain, records
from annotate.present import Format
from annotate.provenance.profiles import CLAIM_TYPES, COUNTS, SHARES
from annotate.study.ratings import decode_set
from annotate.study.words import visible

FORMATS: tuple[str, ...] = get_args(Format)
DIGITS = 3
ALL = "(all)"
_LONGEST_WORD = 24
_ENDLESS = 10_000  # columns: a pipe breaks no cell
_GAP = 3  # between two columns
_GRADED = ["variable", "category"]


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
            text = "\n".join(_text(frame, form) for frame in frames)
            temporary.write_text(text, encoding="utf-8", newline="")
    else:
        console = Console(file=sys.stdout)
        width = console.width if console.is_terminal else _ENDLESS
        sys.stdout.write("\n".join(_text(frame, form, width) for frame in frames))


def _text(frame: pd.DataFrame, form: Format, width: int = _ENDLESS) -> str:
    if form == "csv":
        return _flat(frame).to_csv(index=False, lineterminator="\n")
    if form == "json":
        return json.dumps(records(frame), ensure_ascii=False, indent=1) + "\n"
    if form == "markdown":
        return _markdown(frame)
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


def side_by_side(
    frame: pd.DataFrame,
    rows: Sequence[str],
    across: str,
    *,
    shares: Collection[str] = (),
    counts: Collection[str] = (),
) -> pd.DataFrame:
    """Set measures beside each other, for reading: a row for each ``rows``, a column for each ``across``.

    A cell holds the value with its interval; where one is undefined, a last column says why. An empty
    group stands for all of them and is written ``(all)``. The measures in ``shares`` are written in
    per cent, those in ``counts`` as whole numbers.
    """
    lines: dict[tuple[Any, ...], dict[str, str]] = {}
    reasons: dict[tuple[Any, ...], dict[str, None]] = {}
    for record in records(frame):
        key = tuple(ALL if record[name] is None else record[name] for name in rows)
        measure = str(record[across])
        if record["value"] is None:
            text = "undefined"
            reasons.setdefault(key, {})[str(record["undefined"])] = None
        elif measure in shares:
            text = _estimate(record, lambda number: f"{100 * number:.0f}", "%")
        elif measure in counts:
            text = _estimate(record, lambda number: f"{number:.0f}")
        else:
            text = _estimate(record, lambda number: cell(float(number)))
        lines.setdefault(key, {})[measure] = text
    for key, why in reasons.items():
        lines[key]["undefined because"] = "; ".join(why)
    return pd.DataFrame([{**dict(zip(rows, key, strict=True)), **cells} for key, cells in lines.items()])


def agreement_table(result: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Set the coefficients of each group and variable side by side, with n, prevalence and cautions."""
    of = [name for name in ("category",) if name in result.columns]
    counts = ["n_items", "n_pairable_items", "n_annotators"]
    shown = [*by, "variable", *of, *counts, *(["prevalence"] if "prevalence" in result.columns else [])]
    wide = side_by_side(result, shown, "coefficient")
    if "caution" in result.columns and result["caution"].notna().any():
        first = result.drop_duplicates([*by, "variable", *of, *counts])
        wide["caution"] = list(first["caution"])
    return wide


def pairs_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Set each coefficient of two annotators and its interval, or that it is undefined, into one cell."""
    names = [column.removesuffix("_ci_low") for column in frame.columns if column.endswith("_ci_low")]
    rows = []
    for record in records(frame):
        kept = {key: value for key, value in record.items() if not key.startswith(tuple(names))}
        cells = {name: _of_pair(record, name) for name in names}
        rows.append(kept | cells | {"interval": kept.get("interval")})
    return readable(pd.DataFrame(rows))


def _of_pair(record: Mapping[str, Any], name: str) -> str:
    if record[name] is None:
        return f"undefined: {record[f'{name}_undefined']}"
    estimate = {
        "value": record[name],
        "ci_low": record[f"{name}_ci_low"],
        "ci_high": record[f"{name}_ci_high"],
    }
    return _estimate(estimate, cell)


def readable(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the columns in which nothing stands, and write all sources or labels as ``(all)``, for reading."""
    kept = frame.loc[:, frame.notna().any()] if len(frame) else frame
    whole = [column for column in ("source", "label") if column in kept.columns]
    return kept.assign(
        **{column: [ALL if row is None else row for row in map(plain, kept[column])] for column in whole}
    )


def quality_table(quality: pd.DataFrame) -> pd.DataFrame:
    """Set the measures of each category side by side, then the baseline's, then what is to be said of it."""
    shown = quality.assign(category=quality["category"].fillna(ALL))
    table = side_by_side(shown, [*_GRADED, "n", "n_suggested", "n_documents"], "measure")
    table = table.drop(columns="undefined because", errors="ignore")
    for measure in ("accuracy", "macro_f1", "f1"):
        rows = shown.loc[(shown["measure"] == measure) & shown["baseline"].notna(), [*_GRADED, "baseline"]]
        if len(rows):
            named = rows.rename(columns={"baseline": f"{measure} of baseline"})
            table = table.merge(named, on=_GRADED, how="left")
    notes = shown.loc[shown["undefined"].notna(), [*_GRADED, "undefined"]].drop_duplicates(_GRADED)
    notes = notes.rename(columns={"undefined": "note"})
    return table.merge(notes, on=_GRADED, how="left") if len(notes) else table


def labels_table(labels: pd.DataFrame) -> pd.DataFrame:
    """Show decided labels; the categories of a tie stand side by side."""
    if "tied" in labels.columns:
        tied = [None if row is None else " / ".join(decode_set(row)) for row in labels["tied"]]
        labels = labels.assign(tied=pd.Series(tied, index=labels.index, dtype=object))
    return readable(labels)


def profile_tables(profile: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set the profiles of sources side by side: the shares of each, and the spread of its claim types."""
    types = profile["measure"] == CLAIM_TYPES
    claims = profile["measure"] == "claims"
    return (
        side_by_side(profile[~types], ["source"], "measure", shares=SHARES, counts=(*COUNTS, "claims")),
        side_by_side(
            profile[types | claims].assign(category=lambda rows: rows["category"].fillna("claims")),
            ["source"],
            "category",
            shares=set(profile.loc[types, "category"]),
            counts=("claims",),
        ),
    )


def _estimate(record: Mapping[str, Any], written: Callable[[float], str], unit: str = "") -> str:
    """Without a space in the interval, so that a narrow terminal breaks the cell before it."""
    text = written(record["value"]) + unit
    if record["ci_low"] is None:
        return text
    return f"{text} [{written(record['ci_low'])},{written(record['ci_high'])}]"


def codebook_frame(codebook: Codebook) -> pd.DataFrame:
    """List a codebook: one row a category, in the order in which annotators see them."""
    rows: list[dict[str, str | None]] = []
    for variable in codebook.variables:
        of = {"variable": variable.name, "level": variable.level or "free text"}
        rows += [{**of, **_category(category)} for category in variable.categories or (Category("", ""),)]
    for spans in codebook.span_variables:
        rows += [{"variable": spans.name, "level": "span", **_category(label)} for label in spans.labels]
    rows += [{"variable": "relations", "level": "relation", **_category(r)} for r in codebook.relations]
    return pd.DataFrame(rows)


def _category(category: Category) -> dict[str, str | None]:
    return {
        "category": category.id,
        "label": category.label,
        "definition": category.definition,
        "hotkey": category.hotkey,
    }


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
