"""How well annotators agree: ``agreement``, ``icc``, ``concordance``, ``compare``, ``spans``, ``disagreements``."""

from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli._groups import (
    Scaled,
    Table,
    coefficients,
    drawn_together,
    marked,
    narrowed,
    resampled,
    weighted,
    written,
)
from annotate.cli._help import AGREEMENT, INTERVALS, Group, command, takes
from annotate.cli.options import (
    Below,
    Benchmark,
    By,
    Cluster,
    Coefficients,
    Confidence,
    Replicates,
    Resample,
    Seed,
)
from annotate.cli.speech import say, say_exclusions
from annotate.errors import counted

if TYPE_CHECKING:
    import pandas as pd

    from annotate.sampling import Interval
    from annotate.study.study import Study

app = typer.Typer()
spans_app = typer.Typer(
    cls=Group,
    help="Agreement on the marked stretches of text (agreement, pairs), on the relations between them, and on answers inside them.",
    epilog="annotate spans agreement exports/example",
    no_args_is_help=True,
)


def _interval(
    interval: Annotated[
        str,
        typer.Option(
            "--interval",
            help="percentile, bca, jackknife, log_jackknife, analytic, none, or auto: what holds best.",
            rich_help_panel=INTERVALS,
        ),
    ] = "auto",
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
    resample: Resample = "items",
    seed: Seed = 0,
    below: Below = None,
) -> "Interval":
    from annotate.sampling import Interval

    return Interval(
        interval, replicates, confidence, seed, drawn_together(cluster), resample, tuple(below or ())
    )


@command(app, "agreement", AGREEMENT, example="annotate agreement exports/example --by source")
@takes(table=written, interval=_interval, read=weighted)
def agreement(
    read: Scaled,
    table: Table,
    interval: "Interval",
    by: By = None,
    coefficient: Coefficients = None,
    per_category: Annotated[
        bool, typer.Option("--per-category", help="Also each category against the rest.")
    ] = False,
    benchmark: Benchmark = None,
) -> None:
    """Compute inter-annotator agreement, overall and by group, each coefficient with an interval."""
    from annotate.agreement import DEFAULT, measure, with_cautions
    from annotate.present.study_tables import agreement_table

    groups = tuple(by or ())
    result = measure(
        read.study.rated,
        by=groups,
        coefficients=coefficients(coefficient, DEFAULT),
        scales=read.scales,
        per_category=per_category,
        interval=interval,
        benchmark=benchmark,
    )
    result = with_cautions(result, read.study.rated, by=groups, scales=read.scales, cluster=interval.cluster)
    say_exclusions(read.study)
    table.write(result, lambda frame: agreement_table(frame, groups, read.study.codebook), study=read.study)


@command(app, "icc", AGREEMENT, example="annotate icc study.csv --level severity=interval")
@takes(table=written, read=narrowed)
def icc(
    read: Scaled,
    table: Table,
    by: By = None,
    interval: Annotated[
        str, typer.Option("--interval", help="auto, log_jackknife or none.", rich_help_panel=INTERVALS)
    ] = "auto",
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
) -> None:
    """Compute intraclass correlations, all six forms, of variables whose categories are numbers."""
    from annotate.agreement import icc as correlated
    from annotate.present.study_tables import icc_table
    from annotate.sampling import Interval

    groups = tuple(by or ())
    result = correlated(
        read.study.rated,
        by=groups,
        scales=read.scales,
        interval=Interval(interval, confidence=confidence, cluster=drawn_together(cluster)),
    )
    say_exclusions(read.study)
    table.write(result, lambda frame: icc_table(frame, groups), study=read.study)


@command(app, "concordance", AGREEMENT, example="annotate concordance exports/example")
@takes(table=written, interval=resampled, read=narrowed)
def concordance(read: Scaled, table: Table, interval: "Interval", by: By = None) -> None:
    """Compute whether annotators rank items alike: Spearman's correlations, and Kendall's W with its test."""
    from annotate.agreement import concordance as ranked

    result = ranked(read.study.rated, by=tuple(by or ()), scales=read.scales, interval=interval)
    say_exclusions(read.study)
    table.write(result, study=read.study)


@command(app, "compare", AGREEMENT, example="annotate compare exports/example --by source")
@takes(table=written, read=weighted)
def compare(
    read: Scaled,
    table: Table,
    by: By = None,
    coefficient: Coefficients = None,
    cluster: Cluster = "auto",
    seed: Seed = 0,
) -> None:
    """Test whether agreement within each group differs from that within all others.

    A permutation test, with p-values corrected for the number of groups. Groups are sources, unless --by
    names another column.
    """
    from annotate.agreement import DEFAULT, Interval
    from annotate.agreement import compare as compared
    from annotate.present.study_tables import comparison_table

    groups = tuple(by or ("source",))
    result = compared(
        read.study.rated,
        by=groups,
        coefficients=coefficients(coefficient, DEFAULT),
        scales=read.scales,
        interval=Interval(seed=seed, cluster=drawn_together(cluster)),
    )
    say_exclusions(read.study)
    table.write(result, lambda frame: comparison_table(frame, groups, read.study.codebook), study=read.study)


@command(spans_app, "agreement", example="annotate spans agreement exports/example --by source")
@takes(table=written, interval=resampled, study=marked)
def spans_agreement(
    study: "Study",
    table: Table,
    interval: "Interval",
    by: By = None,
    gamma: Annotated[
        bool,
        typer.Option("--gamma", help="Also gamma, from random continua: seconds to minutes."),
    ] = False,
    samples: Annotated[
        int, typer.Option("--samples", min=1, help="How many random continua gamma may draw.")
    ] = 300,
) -> None:
    """Compute how far annotators mark the same stretches of text, for each label."""
    from annotate.agreement import measure_spans
    from annotate.present.study_tables import spans_table

    groups = tuple(by or ())
    result = measure_spans(
        *study.marked,
        labels=study.labels,
        by=groups,
        interval=interval,
        samples=samples if gamma else 0,
    )
    _say_nothing_marked(study, result)
    table.write(result, lambda frame: spans_table(frame, groups, study.codebook), study=study)


@command(spans_app, "pairs", example="annotate spans pairs exports/example")
@takes(table=written, study=marked)
def spans_pairs(study: "Study", table: Table, by: By = None) -> None:
    """Hold the marked text of each annotator against each other one's: precision, recall, F1."""
    from annotate.agreement import measure_span_pairs
    from annotate.present.study_tables import span_pairs_table

    result = measure_span_pairs(*study.marked, labels=study.labels, by=tuple(by or ()))
    _say_nothing_marked(study, result)
    table.write(result, lambda frame: span_pairs_table(frame, tuple(by or ()), study.codebook), study=study)


@command(spans_app, "relations", example="annotate spans relations exports/example --by source")
@takes(table=written, study=marked)
def spans_relations(
    study: "Study",
    table: Table,
    by: By = None,
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
    seed: Seed = 0,
) -> None:
    """Compute how far annotators draw the same relations between marked stretches, for each label."""
    from annotate.agreement import Interval, measure_relations
    from annotate.present.study_tables import spans_table

    groups = tuple(by or ())
    drawn = study.first_relations
    result = measure_relations(
        drawn,
        *study.marked,
        labels=study.relation_labels,
        by=groups,
        interval=Interval("auto", replicates, confidence, seed, drawn_together(cluster)),
    )
    say_exclusions(study)
    if drawn.empty:
        say("nobody has drawn a relation")
    table.write(result, lambda frame: spans_table(frame, groups, study.codebook), study=study)


@command(spans_app, "inside", example="annotate spans inside exports/my-study-<time>")
@takes(table=written, interval=_interval, study=marked)
def spans_inside(
    study: "Study",
    table: Table,
    interval: "Interval",
    by: By = None,
    coefficient: Coefficients = None,
) -> None:
    """Compute agreement on the answers inside marked stretches (perRegion), where two annotators marked one."""
    from annotate.agreement import DEFAULT, measure_inside

    result = measure_inside(
        study.first_inside,
        study.marked[0],
        scales={} if study.codebook is None else study.codebook.region_scales,
        coefficients=coefficients(coefficient, DEFAULT),
        by=tuple(by or ()),
        interval=interval,
    )
    say_exclusions(study)
    if unmatched := result.attrs["unmatched"]:
        say(f"not compared: {counted(unmatched, 'answer')} inside stretches that no other annotator marked")
    table.write(result, study=study)


def _say_nothing_marked(study: "Study", result: "pd.DataFrame") -> None:
    say_exclusions(study)
    if result.empty:
        say("nothing to show: nobody has marked text")


@command(app, "disagreements", AGREEMENT, example="annotate disagreements exports/example --top 10")
@takes(table=written, read=narrowed)
def disagreements(
    read: Scaled,
    table: Table,
    confusions: Annotated[
        bool, typer.Option("--confusions", help="Which categories are confused with each other instead.")
    ] = False,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="Only so many items, or confusions, of each variable.")
    ] = None,
) -> None:
    """List the passages that lower agreement most, with every annotator's choice."""
    from annotate.agreement import confusions as confused
    from annotate.agreement import contributions
    from annotate.present.label_tables import confusions_table, disagreements_table

    ratings, book = read.study.rated, read.study.codebook
    say_exclusions(read.study)
    if confusions:
        result = confused(ratings, scales=read.scales)
        result = result if top is None else result.groupby("variable", sort=False).head(top)
        table.write(result, lambda frame: confusions_table(frame, book), study=read.study)
    else:
        result = contributions(ratings, scales=read.scales, top=top)
        table.write(
            result, lambda frame: disagreements_table(frame, read.study.passages, book), study=read.study
        )
