"""Agreement: ``agreement``, ``disagreements``, ``plan``."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotate.cli.options import (
    By,
    Confidence,
    Config,
    Export,
    Form,
    Invalid,
    Levels,
    Orders,
    Output,
    Replicates,
    Seed,
    read_levels,
    read_orders,
    read_rated,
)
from annotate.cli.speech import say, say_exclusions

if TYPE_CHECKING:
    import pandas as pd

    from annotate.study.study import Study

app = typer.Typer()

Coefficients = Annotated[
    list[str] | None,
    typer.Option(
        "--coefficient", help="A coefficient, or all; repeatable (default: percent agreement, alpha, AC1)."
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        "--weights", help="identity, linear, quadratic or ordinal: for the kappas, Brennan-Prediger and AC2."
    ),
]
SetDistance = Annotated[str, typer.Option("--set-distance", help="Between sets: masi or jaccard.")]


_WHO = ("by", "level", "categories", "coefficients", "weights", "set_distance")
_TAKEN: Mapping[str, tuple[str, ...]] = {
    "--pairs": (*_WHO, "confidence"),
    "--leave-one-out": _WHO,
    "--majority": ("by", "level", "categories"),
    "--rounds": (*_WHO, "confidence"),
    "--spans": ("by", "replicates", "confidence", "seed"),
    "--pairs --spans": ("by",),
    "--compare": (*_WHO, "seed"),
}
"""The settings that each view takes; another one that is given is refused, not passed over."""
_SETTINGS = {
    "coefficient": "coefficients",
    "order": "categories",
    **{name: name for name in ("by", "level", "weights", "set_distance", "per_category", "interval")},
    **{name: name for name in ("replicates", "confidence", "seed")},
}


@app.command()
def agreement(
    context: typer.Context,
    export: Export,
    by: By = None,
    coefficient: Coefficients = None,
    level: Levels = None,
    order: Orders = None,
    weights: Weights = None,
    set_distance: SetDistance = "masi",
    per_category: Annotated[
        bool, typer.Option("--per-category", help="Also each category against the rest.")
    ] = False,
    pairs: Annotated[
        bool,
        typer.Option("--pairs", help="Every two annotators instead; with --spans, precision and recall."),
    ] = False,
    leave_one_out: Annotated[
        bool, typer.Option("--leave-one-out", help="All annotators but one instead, for each of them.")
    ] = False,
    majority: Annotated[
        bool, typer.Option("--majority", help="Each annotator with the majority of the others instead.")
    ] = False,
    rounds: Annotated[
        bool, typer.Option("--rounds", help="Each annotator with themselves, over rounds, instead.")
    ] = False,
    spans: Annotated[bool, typer.Option("--spans", help="The marked text instead.")] = False,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Test each group of --by (default: source) against the rest instead."),
    ] = False,
    interval: Annotated[
        str, typer.Option("--interval", help="percentile, bca, jackknife, analytic or none.")
    ] = "percentile",
    unsuggested: Annotated[
        bool,
        typer.Option(
            "--without-suggested", help="Leave out what was coded with a suggested label in sight, counted."
        ),
    ] = False,
    config: Config = None,
    on_invalid: Invalid = "error",
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    form: Form = "table",
    output: Output = None,
) -> None:
    """Compute inter-annotator agreement, overall and by group, each coefficient with an interval."""
    from annotate.present.tables import write_table

    views: dict[str, Callable[[Study, Mapping[str, Any]], pd.DataFrame]] = {
        "--pairs": _pairs,
        "--leave-one-out": _leave_one_out,
        "--majority": _majority,
        "--rounds": _rounds,
        "--spans": _spans,
        "--compare": _compare,
    }
    asked = dict(zip(views, (pairs, leave_one_out, majority, rounds, spans, compare), strict=True))
    wanted = [name for name, is_asked in asked.items() if is_asked]
    if wanted == ["--pairs", "--spans"]:
        views, wanted = {"--pairs --spans": _span_pairs}, ["--pairs --spans"]
    if len(wanted) > 1:
        raise typer.BadParameter("ask for one at a time", param_hint=" and ".join(wanted))
    if wanted:
        _refuse_untaken(context, wanted[0])
    settings: dict[str, Any] = {
        "by": tuple(by or ()),
        "coefficients": _coefficients(coefficient),
        "level": read_levels(level),
        "categories": read_orders(order),
        "weights": weights,
        "set_distance": set_distance,
        "per_category": per_category,
        "interval": interval,
        "replicates": replicates,
        "confidence": confidence,
        "seed": seed,
    }
    study = read_rated(export, config, on_invalid, output, {**settings["level"], **settings["categories"]})
    study = _unsuggested(study, export) if unsuggested else study
    settings["level"] = {**study.levels, **settings["level"]}
    settings["categories"] = {**study.categories, **settings["categories"]}
    result = views[wanted[0]](study, settings) if wanted else _groups(study, settings)
    say_exclusions(study)
    if result.empty:
        say(f"{export}: nothing to show for {wanted[0]}; --rounds needs repeats, and --spans marked text")
    if form in ("table", "markdown"):
        result = _for_reading(result, wanted, by or [])
    write_table(result, form, output)


@app.command()
def disagreements(
    export: Export,
    confusions: Annotated[
        bool, typer.Option("--confusions", help="Which categories are confused with each other instead.")
    ] = False,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="Only so many items, or confusions, of each variable.")
    ] = None,
    level: Levels = None,
    order: Orders = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    form: Form = "table",
    output: Output = None,
) -> None:
    """List the passages that lower agreement most, with every annotator's choice."""
    from annotate.agreement import confusions as confused
    from annotate.agreement import contributions
    from annotate.present.tables import readable, write_table

    said, orders = read_levels(level), read_orders(order)
    study = read_rated(export, config, on_invalid, output, {**said, **orders})
    levels, categories = {**study.levels, **said}, {**study.categories, **orders}
    if confusions:
        result = confused(study.first_round, level=levels, categories=categories)
        result = result if top is None else result.groupby("variable", sort=False).head(top)
    else:
        result = contributions(study.first_round, level=levels, categories=categories, top=top)
    say_exclusions(study)
    write_table(readable(result) if form in ("table", "markdown") else result, form, output)


@app.command()
def plan(
    export: Export,
    half_width: Annotated[
        float, typer.Option("--half-width", help="Half the width that the interval shall have.")
    ],
    by: By = None,
    coefficient: Annotated[
        str, typer.Option("--coefficient", help="The coefficient.")
    ] = "krippendorff_alpha",
    level: Levels = None,
    order: Orders = None,
    weights: Weights = None,
    set_distance: SetDistance = "masi",
    config: Config = None,
    on_invalid: Invalid = "error",
    replicates: Annotated[
        int, typer.Option("--replicates", min=1, help="How many studies to simulate of each size.")
    ] = 2000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    form: Form = "table",
    output: Output = None,
) -> None:
    """Say how many more items an interval of a given half-width takes, at the present design."""
    from annotate.agreement import plan as planned
    from annotate.present.tables import readable, write_table

    said, orders = read_levels(level), read_orders(order)
    study = read_rated(export, config, on_invalid, output, {**said, **orders})
    result = planned(
        study.first_round,
        half_width=half_width,
        by=tuple(by or ("source",)),
        coefficient=coefficient,
        level={**study.levels, **said},
        categories={**study.categories, **orders},
        weights=weights,
        set_distance=set_distance,
        confidence=confidence,
        replicates=replicates,
        seed=seed,
    )
    say_exclusions(study)
    write_table(readable(result) if form in ("table", "markdown") else result, form, output)


def _refuse_untaken(context: typer.Context, view: str) -> None:
    """Refuse an option that was given and would do nothing."""
    for option, setting in _SETTINGS.items():
        source = context.get_parameter_source(option)
        given = source is not None and source.name == "COMMANDLINE"
        if given and setting not in _TAKEN[view]:
            raise typer.BadParameter(f"does nothing with {view}", param_hint="--" + option.replace("_", "-"))


def _unsuggested(study: "Study", export: Path) -> "Study":
    from dataclasses import replace

    from annotate.coordination.suggestion import without_suggested
    from annotate.errors import InputError

    ratings, count = without_suggested(study.ratings)
    if not (ratings["round"] == 1).any():
        raise InputError(
            f"{export}: nothing is left to measure; left out are {count} ratings with a suggestion in sight"
        )
    say(f"left out: {count} ratings made with a suggestion in sight")
    if study.spans.empty:  # a plain table has none, and may not name annotations
        return replace(study, ratings=ratings)
    seen = set(study.ratings["annotation"]) - set(ratings["annotation"])
    return replace(study, ratings=ratings, spans=study.spans.loc[~study.spans["annotation"].isin(seen)])


def _for_reading(result: "pd.DataFrame", wanted: list[str], by: list[str]) -> "pd.DataFrame":
    from annotate.present.tables import agreement_table, pairs_table, readable, side_by_side

    if not wanted:
        return agreement_table(result, by)
    if wanted[0] in ("--pairs", "--rounds"):
        return pairs_table(result)
    if wanted[0] == "--spans":
        return side_by_side(result, [*by, "label", "n_pairable_items", "n_spans"], "coefficient")
    return readable(result)


def _coefficients(named: list[str] | None) -> str | tuple[str, ...] | None:
    if not named:
        return None
    return "all" if "all" in named else tuple(named)


def _only(settings: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Those settings that a view takes; coefficients that were not named are the view's own."""
    return {name: settings[name] for name in names if not (name == "coefficients" and settings[name] is None)}


def _groups(study: "Study", settings: Mapping[str, Any]) -> "pd.DataFrame":
    from annotate.agreement import measure, with_cautions

    result = measure(study.first_round, **_only(settings, *settings))
    return with_cautions(result, study.first_round, **_only(settings, "by", "level", "categories"))


def _pairs(study: "Study", settings: Mapping[str, Any]) -> "pd.DataFrame":
    from annotate.agreement import pairs

    return pairs(study.first_round, **_only(settings, *_TAKEN["--pairs"]))


def _leave_one_out(study: "Study", settings: Mapping[str, Any]) -> "pd.DataFrame":
    from annotate.agreement import leave_one_out

    return leave_one_out(study.first_round, **_only(settings, *_TAKEN["--leave-one-out"]))


def _majority(study: "Study", settings: Mapping[str, Any]) -> "pd.DataFrame":
    from annotate.agreement import majority

    return majority(study.first_round, **_only(settings, *_TAKEN["--majority"]))


def _rounds(study: "Study", settings: Mapping[str, Any]) -> "pd.DataFrame":
    from annotate.agreement import rounds

    return rounds(study.ratings, **_only(settings, *_TAKEN["--rounds"]))


def _spans(study: "Study", settings: Mapping[str, Any]) -> "pd.DataFrame":
    from annotate.agreement import measure_spans

    return measure_spans(*_marked(study), labels=_labels(study), **_only(settings, *_TAKEN["--spans"]))


def _span_pairs(study: "Study", settings: Mapping[str, Any]) -> "pd.DataFrame":
    from annotate.agreement import measure_span_pairs

    return measure_span_pairs(
        *_marked(study), labels=_labels(study), **_only(settings, *_TAKEN["--pairs --spans"])
    )


def _marked(study: "Study") -> "tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]":
    """The spans of the first round, who annotated what, and the passages."""
    return study.spans[study.spans["round"] == 1], study.first_round, study.passages


def _labels(study: "Study") -> list[str] | None:
    controls = () if study.codebook is None else study.codebook.span_variables
    return [label.id for control in controls for label in control.labels] or None


def _compare(study: "Study", settings: Mapping[str, Any]) -> "pd.DataFrame":
    from annotate.agreement import compare

    taken = {**settings, "by": settings["by"] or ("source",)}
    return compare(study.first_round, **_only(taken, *_TAKEN["--compare"]))
