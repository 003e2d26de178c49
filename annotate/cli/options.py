"""The options that several commands share, and how they are read.

Nothing that takes its time is imported before a command runs.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from annotate.cli._help import (
    INTERVALS,
    READING,
    SCALES,
    WRITING,
    projects_offered,
    snapshot,
    snapshots_offered,
    variables_offered,
)
from annotate.errors import InputError
from annotate.present import Format

if TYPE_CHECKING:
    from annotate.codebook.matrices import Matrix
    from annotate.codebook.read import Codebook
    from annotate.codebook.scale import Level

OnInvalid = Literal["error", "exclude"]
OnEdited = Literal["keep", "exclude"]


Export = Annotated[
    Path,
    typer.Argument(
        help="A Label Studio JSON export, a snapshot folder (or latest, or its project's title), or a table of ratings (.csv, .parquet).",
        parser=snapshot,
        metavar="export",
        autocompletion=snapshots_offered,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="The label config (default: the one that comes with annotate).",
        rich_help_panel=READING,
    ),
]
Form = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="Rounded for reading (table, markdown), or with every digit; by default what -o FILE ends in, else table.",
        rich_help_panel=WRITING,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write to this file.", rich_help_panel=WRITING),
]
Invalid = Annotated[
    OnInvalid,
    typer.Option(
        "--on-invalid",
        help="In a JSON export, an unknown category, or a second annotation by one annotator: stop, or exclude and count.",
        rich_help_panel=READING,
    ),
]
Edited = Annotated[
    OnEdited,
    typer.Option(
        "--on-edited",
        help="Annotations that somebody else starred as ground truth, or changed before: keep, or exclude and count.",
        rich_help_panel=READING,
    ),
]
Missing = Annotated[
    list[str] | None,
    typer.Option(
        "--missing",
        metavar="TEXT",
        help="In a table: the category that stands for a missing judgement, such as NA; these rows are left out and counted. Say none if every value is a category. Repeatable.",
        rich_help_panel=READING,
    ),
]
Engine = Annotated[
    Literal["auto", "pandas", "duckdb"],
    typer.Option(
        "--engine",
        help="What goes through the ratings: pandas, in memory, or duckdb, where they lie; by itself duckdb for large tables.",
        rich_help_panel=READING,
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="2GB",
        help="How much memory duckdb may take; the rest goes to the disk.",
        rich_help_panel=READING,
    ),
]
WithoutSuggested = Annotated[
    bool,
    typer.Option(
        "--without-suggested",
        help="Leave out what was coded with a suggested label in sight, and count it.",
        rich_help_panel=READING,
    ),
]
Machines = Annotated[
    list[str] | None,
    typer.Option(
        "--machine",
        metavar="NAME",
        help="An annotator that is a machine: its ratings are left out, and counted; consensus keeps its vote, and says what it turned. Repeatable.",
        rich_help_panel=READING,
    ),
]
Replicates = Annotated[
    int,
    typer.Option("--replicates", min=1, help="How often items are resampled.", rich_help_panel=INTERVALS),
]
Confidence = Annotated[
    float,
    typer.Option(
        "--confidence",
        min=0.5,
        max=0.9999,
        help="The confidence of the intervals.",
        rich_help_panel=INTERVALS,
    ),
]
Seed = Annotated[
    int,
    typer.Option("--seed", min=0, help="The same seed gives the same result.", rich_help_panel=INTERVALS),
]
Cluster = Annotated[
    str,
    typer.Option(
        "--cluster",
        metavar="COLUMN|none",
        help="What is drawn together: a column, or none for items. By default documents, where they are known.",
        rich_help_panel=INTERVALS,
    ),
]
Resample = Annotated[
    Literal["items", "annotators", "both"],
    typer.Option(
        "--resample",
        help="What is a sample: items (or documents; the annotators are fixed), annotators, or both.",
        rich_help_panel=INTERVALS,
    ),
]
Below = Annotated[
    list[float] | None,
    typer.Option(
        "--below",
        help="Also how likely a coefficient is to be below this, such as 0.667 or 0.8. Repeatable.",
        rich_help_panel=INTERVALS,
    ),
]
Benchmark = Annotated[
    str | None,
    typer.Option(
        "--benchmark", help="Also the words of a scale: landis_koch, altman or fleiss. A convention."
    ),
]
Levels = Annotated[
    list[str] | None,
    typer.Option(
        "--level",
        metavar="VARIABLE=LEVEL",
        help="The level of measurement of a variable: nominal, ordinal, interval, ratio or set. Repeatable.",
        rich_help_panel=SCALES,
    ),
]
Orders = Annotated[
    list[str] | None,
    typer.Option(
        "--order",
        metavar="VARIABLE=A,B,C",
        help="The categories of a variable, in order; an ordinal one needs them. Repeatable.",
        rich_help_panel=SCALES,
    ),
]
Weights = Annotated[
    list[str] | None,
    typer.Option(
        "--weights",
        metavar="[VARIABLE=]NAME|FILE",
        help="For the kappas, Brennan-Prediger and AC2: identity, linear, quadratic, ordinal, radical, ratio, circular, bipolar, level for what the level asks for, or a .csv file with categories as header and first column. Repeatable.",
        rich_help_panel=SCALES,
    ),
]
Distance = Annotated[
    list[str] | None,
    typer.Option(
        "--distance",
        metavar="[VARIABLE=]NAME|FILE",
        help="For alpha, instead of the level's own: linear, radical, circular, bipolar, or a .csv file with categories as header and first column. Repeatable.",
        rich_help_panel=SCALES,
    ),
]
SetDistance = Annotated[
    str,
    typer.Option("--set-distance", help="Between sets: masi or jaccard.", rich_help_panel=SCALES),
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", help="Also for each value of this column, such as source. Repeatable."),
]


def _coefficient_names(typed: str) -> list[str]:
    """What the shell offers behind --coefficient."""
    from annotate.agreement import ALIASES, COEFFICIENTS

    others = [alias for aliases in ALIASES.values() for alias in aliases]
    return [name for name in ("all", *COEFFICIENTS, *others) if name.startswith(typed)]


Coefficients = Annotated[
    list[str] | None,
    typer.Option(
        "--coefficient",
        help="A coefficient, or all; also by another name, such as PABAK, Bennett's S, Randolph's free-marginal kappa. Repeatable.",
        autocompletion=_coefficient_names,
    ),
]
Adjudicated = Annotated[
    Path | None,
    typer.Option(
        "--adjudicated",
        help="Decisions that go before the vote: the pulled snapshot of an adjudication, a table, or a workbook that was filled in.",
        parser=snapshot,
        metavar="<path>",
        autocompletion=snapshots_offered,
        rich_help_panel=READING,
    ),
]
Project = Annotated[
    str, typer.Argument(help="The project's title or number.", autocompletion=projects_offered)
]
Variables = Annotated[
    list[str] | None,
    typer.Option(
        "--variable",
        help="Only this variable. Repeatable.",
        rich_help_panel=READING,
        autocompletion=variables_offered,
    ),
]
Open = Annotated[
    bool,
    typer.Option("--open", help="Open the file when it is written.", rich_help_panel=WRITING),
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="The server's own folder (default: in the user's data folder)."),
]
Texts = Annotated[
    Path,
    typer.Argument(
        help="A task file of annotate ingest, a Label Studio JSON export, or a snapshot folder (or latest, or its project's title).",
        parser=snapshot,
        metavar="texts",
        autocompletion=snapshots_offered,
    ),
]

OriginsFile = Annotated[
    Path | None,
    typer.Option(
        "--origins",
        help="The file that annotate origins wrote, with its columns origin and kind corrected.",
        rich_help_panel=READING,
    ),
]
LinksFile = Annotated[
    Path | None,
    typer.Option(
        "--links",
        help="The pulled snapshot of the link project of these passages; without it claims are what recurs.",
        parser=snapshot,
        metavar="<path>",
        autocompletion=snapshots_offered,
        rich_help_panel=READING,
    ),
]
CorrectionsFile = Annotated[
    Path | None,
    typer.Option(
        "--claims",
        help="A table that corrects claims: action (join, split, reject, title), item, other, title.",
        rich_help_panel=READING,
    ),
]
LinksAdjudicated = Annotated[
    Path | None,
    typer.Option(
        "--links-adjudicated",
        help="Decisions on pairs, which count alone: the pulled snapshot of an adjudication of the links.",
        parser=snapshot,
        metavar="<path>",
        autocompletion=snapshots_offered,
        rich_help_panel=READING,
    ),
]


SpreadsheetSafe = Annotated[
    bool,
    typer.Option(
        "--spreadsheet-safe",
        help="In csv: put ' before a text that a spreadsheet would take for a formula.",
        rich_help_panel=WRITING,
    ),
]
Names = Annotated[
    bool,
    typer.Option(
        "--names",
        help="Names or addresses of annotators, where the study says them, in the place of A1, A2, ...",
        rich_help_panel=WRITING,
    ),
]
NoText = Annotated[
    bool,
    typer.Option("--no-text", help="Leave out the words of passages and comments.", rich_help_panel=WRITING),
]


def read_codebook(config: Path | None) -> "Codebook":
    """Read the label config that was named, or the one that comes with annotate."""
    from annotate.codebook.read import load_codebook
    from annotate.files import bundled

    return load_codebook(config or bundled("label_config.xml"))


def refuse_overwriting(output: Path | None, *read: Path) -> None:
    """Refuse to write over what is read, or into a snapshot.

    Raises
    ------
    InputError
        If the output is one of the files that are read, or lies in a folder that is.

    """
    place = None if output is None else os.path.realpath(output)
    for path in map(os.path.realpath, read):
        if place and (place == path or place.startswith(path + os.sep)):
            raise InputError(f"{output}: would write over what is read, {path}; choose another file")


Insecure = Annotated[
    bool,
    typer.Option(
        "--insecure", help="Send the token over plain http to another machine, where others may read it."
    ),
]


def read_levels(options: list[str] | None) -> "dict[str, Level]":
    """Read --level VARIABLE=LEVEL; whether the level is known is asked where it is used."""
    levels: dict[str, Level] = {}
    for option in options or []:
        variable, separator, level = option.rpartition("=")
        if not separator or not variable or not level:
            raise typer.BadParameter(f"{option!r}: write it as VARIABLE=LEVEL", param_hint="--level")
        if variable in levels:
            raise typer.BadParameter(f"{variable} is named twice; say one level", param_hint="--level")
        levels[variable] = cast("Level", level)
    return levels


def read_measures(
    options: list[str] | None, variables: Iterable[str], what: str
) -> "dict[str, str | Matrix]":
    """Read --weights or --distance, as ``what`` names it: what each variable is measured with.

    What names no variable is for all that are not named; what ends in .csv is a file.
    """
    from annotate.codebook.matrices import read_matrix

    known = tuple(variables)
    measures: dict[str | None, str | Matrix] = {}
    for option in options or []:
        before, separator, rest = option.partition("=")
        named = bool(separator) and (before in known or not option.lower().endswith(".csv"))
        variable, given = (before, rest) if named else (None, option)
        if variable in measures:
            twice = f"{variable or 'every variable'} is named twice; say it once"
            raise typer.BadParameter(twice, param_hint=what)
        measures[variable] = read_matrix(Path(given)) if given.lower().endswith(".csv") else given
    of_all = {} if None not in measures else dict.fromkeys(known, measures[None])
    return of_all | {name: one for name, one in measures.items() if name is not None}


def read_orders(options: list[str] | None) -> dict[str, tuple[str, ...]]:
    """Read --order VARIABLE=A,B,C."""
    orders: dict[str, tuple[str, ...]] = {}
    for option in options or []:
        variable, separator, named = option.partition("=")
        order = tuple(name.strip() for name in named.split(","))
        if not separator or not variable or not all(order):
            raise typer.BadParameter(f"{option!r}: write it as VARIABLE=A,B,C", param_hint="--order")
        twice = sorted({name for name in order if order.count(name) > 1})
        if twice:
            raise typer.BadParameter(f"{variable}: {', '.join(twice)} stands twice", param_hint="--order")
        if variable in orders:
            raise typer.BadParameter(f"{variable} is named twice; say one order", param_hint="--order")
        orders[variable] = order
    return orders
