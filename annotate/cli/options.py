"""The arguments and options that several commands share, how they are read, and the study that they name."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from annotate.cli.speech import say
from annotate.errors import InputError
from annotate.present.tables import Format
from annotate.study.study import OnInvalid

if TYPE_CHECKING:
    from annotate.codebook.read import Codebook, Level
    from annotate.study.study import Study

Export = Annotated[
    Path,
    typer.Argument(
        help="A Label Studio JSON export, a snapshot folder, or a table of ratings (.csv, .parquet)."
    ),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", help="The label config (default: the one that comes with annotate)."),
]
Form = Annotated[Format, typer.Option("--format", help="How to write the table.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")]
Invalid = Annotated[
    OnInvalid,
    typer.Option(
        "--on-invalid",
        help="An unknown category, or a second annotation by one annotator, in a JSON export: stop, or exclude and count.",
    ),
]
Replicates = Annotated[int, typer.Option("--replicates", min=1, help="How often items are resampled.")]
Confidence = Annotated[
    float, typer.Option("--confidence", min=0.5, max=0.9999, help="The confidence of the intervals.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same intervals.")]
Levels = Annotated[
    list[str] | None,
    typer.Option(
        "--level",
        metavar="VARIABLE=LEVEL",
        help="The level of measurement of a variable: nominal, ordinal, interval, ratio or set. Repeat it for each.",
    ),
]
Orders = Annotated[
    list[str] | None,
    typer.Option(
        "--order",
        metavar="VARIABLE=A,B,C",
        help="The categories of a variable, in order; an ordinal one needs them. Repeat it for each.",
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", help="Also for each value of this column, such as source. Repeatable."),
]
Project = Annotated[str, typer.Argument(help="The project's title or number.")]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="The server's own folder (default: in the user's data folder)."),
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


def read_rated(
    export: Path, config: Path | None, on_invalid: "OnInvalid", output: Path | None, said: Iterable[str] = ()
) -> "Study":
    """Read a study in which something was rated; ``said`` are the variables that the options name.

    Raises
    ------
    InputError
        If nothing is left to measure, or a variable that was named is not there.

    """
    from annotate.study.study import read_study

    refuse_overwriting(output, *filter(None, [export, config]))
    study = read_study(export, config=config, on_invalid=on_invalid)
    if study.ratings.empty and not study.exclusions.empty:
        if set(study.exclusions["reason"]) == {"adjudicated"}:
            raise InputError(
                f"{export}: an adjudicator's decisions, which are nobody's ratings; give the study's own export "
                "(and this one to annotate consensus, with --adjudicated)"
            )
        reasons = study.exclusions["reason"].value_counts().items()
        counts = ", ".join(f"{count} {reason}" for reason, count in reasons)
        raise InputError(f"{export}: nothing is left to measure; left out are {counts}")
    if study.ratings.empty:
        raise InputError(f"{export}: nobody has annotated a passage yet; pull again when somebody has")
    if study.first_round.empty:
        raise InputError(f"{export}: no ratings of round 1; agreement and provenance are of the first round")
    _say_twins(study)
    used = dict.fromkeys([*study.levels, *study.ratings["variable"]])
    for variable in said:
        if variable not in used:
            raise InputError(f"{variable}: no such variable; there are {', '.join(used)}")
    return study


def _say_twins(study: "Study") -> None:
    """Say which items are one number written in two ways, as 1 and 1.0; they count as two."""
    items = set(study.ratings["item"].unique())
    twins = sorted(item for item in items if item.endswith(".0") and item.removesuffix(".0") in items)
    if twins:
        more = f", and {len(twins) - 1} more so" if len(twins) > 1 else ""
        say(
            f"caution: item {twins[0].removesuffix('.0')} also stands as {twins[0]}{more}; these count as two, "
            "write them alike"
        )
