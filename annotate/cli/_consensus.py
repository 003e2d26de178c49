"""One label a passage: ``consensus``, ``adjudicate``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from annotate.cli._groups import (
    Scaled,
    Table,
    drawn_together,
    read_adjudicated,
    read_rated,
    scaled,
    written,
)
from annotate.cli._help import LABELS, command, takes
from annotate.cli.options import (
    Adjudicated,
    Cluster,
    Confidence,
    Config,
    Export,
    Insecure,
    Invalid,
    Variables,
    refuse_overwriting,
)
from annotate.cli.speech import give, progress, say, say_doubled, say_exclusions, tell
from annotate.errors import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from annotate.consensus import Fit
    from annotate.study.study import Study

app = typer.Typer()


@command(app, "consensus", LABELS, example="annotate consensus exports/example --method dawid-skene")
@takes(table=written, found=scaled)
def consensus(
    found: Scaled,
    table: Table,
    variable: Variables = None,
    method: Annotated[
        Literal["majority", "dawid-skene", "one-coin", "mace", "glad", "distribution"],
        typer.Option(
            "--method",
            help="By vote, by a model of how reliable each annotator is, or no decision: the shares of the choices.",
        ),
    ] = "majority",
    wide: Annotated[
        bool, typer.Option("--wide", help="With distribution: a column for the share of each category.")
    ] = False,
    adjudicated: Adjudicated = None,
    annotators: Annotated[
        bool, typer.Option("--annotators", help="Instead: how reliable each annotator is.")
    ] = False,
    config: Config = None,
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the starts of a model.")] = 0,
) -> None:
    """Decide on one category for each passage and variable; ties stay ties."""
    from annotate.codebook.scale import scales_of
    from annotate.consensus import (
        MODELS,
        decisions,
        fitted,
        or_nominal,
        resolve,
        turned,
        with_decided,
        without_hidden,
    )
    from annotate.consensus import annotators as error_rates
    from annotate.coordination.adjudication import against, final_labels
    from annotate.present.label_tables import labels_table
    from annotate.sampling import Interval

    if method == "distribution":
        if annotators or adjudicated:
            raise typer.BadParameter(
                "decides nothing, so leave out --annotators and --adjudicated",
                param_hint="--method distribution",
            )
        _write_distribution(found.of_variables(variable) if variable else found, table, wide=wide)
        return
    book = found.study.codebook
    # what a hidden question is known by is decided too, and left out at the end
    deciding = [*variable, *(book.deciding(variable) if book else ())] if variable else []
    read = found.of_variables(deciding) if deciding else found
    study = read.everybody or read.study
    refuse_overwriting(table.output, *filter(None, [adjudicated]))
    scales = or_nominal(scales_of({**study.levels, **read.level}, read.categories), study.variables)
    made = read_adjudicated(adjudicated, config, study)
    together = drawn_together(cluster)
    interval = Interval(confidence=confidence, cluster=together, seed=seed)
    fits: Sequence[Fit] = ()
    if method in MODELS:
        fits = fitted(study.rows, scales=scales, method=method, seed=seed, cluster=together)
        records = decisions(fits)
    else:
        records = resolve(study.rows, scales=scales)
    labels = (
        without_hidden(records, study.codebook)
        if made is None
        else final_labels(records, made, study.ratings, study.codebook)
    )
    shown = variable or study.variables
    labels, records = (
        one.loc[one["variable"].isin(shown)].reset_index(drop=True) for one in (labels, records)
    )
    fits = [one for one in fits if one.variable in shown]
    if annotators and made is not None:
        result = against(study.ratings, labels, scales=scales)
    elif annotators:
        result = (
            error_rates(fits, interval)
            if fits
            else with_decided(study.rows, labels, scales=scales, interval=interval)
        )
    else:
        result = labels
    say_exclusions(study)
    _say_models(fits)
    _say_labels(labels)
    if read.everybody is not None:
        people = read.study.rows
        alone = (
            decisions(fitted(people, scales=scales, method=method, seed=seed, cluster=together))
            if fits
            else resolve(people, scales=scales)
        )
        alone = alone.loc[alone["variable"].isin(shown)]
        count, of, new = turned(records, alone)
        who = ", ".join(read.machines)
        say(
            f"{who}: turned {count} of the {counted(of, 'label')} that people decide or tie on; {counted(new, 'more is', 'more are')} its own alone"
        )
    table.write(result, lambda frame: labels_table(frame, study.passages, study.codebook), study=study)


def _write_distribution(read: Scaled, table: Table, *, wide: bool) -> None:
    """Write what people chose, without a decision."""
    from annotate.codebook.scale import scales_of
    from annotate.consensus import distribution, or_nominal
    from annotate.present.label_tables import distribution_table

    study = read.study
    scales = or_nominal(scales_of({**study.levels, **read.level}, read.categories), study.variables)
    say_exclusions(study)
    table.write(
        distribution(study.rows, scales=scales, wide=wide),
        lambda frame: distribution_table(frame, study.passages, study.codebook),
        study=study,
    )


@command(
    app, "adjudicate", LABELS, example='annotate adjudicate exports/example --project "Harbour, to decide"'
)
def adjudicate(
    export: Export,
    project: Annotated[
        str | None,
        typer.Option("--project", help="The title of the adjudication's own project; made if there is none."),
    ] = None,
    from_workbook: Annotated[
        Path | None,
        typer.Option(
            "--from-workbook",
            help="Instead: read the decisions of a meeting from a workbook, the yellow columns of the sheet Disagreements.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="With --from-workbook: write the decisions to this table (.csv, .parquet)."
        ),
    ] = None,
    only: Annotated[
        Literal["ties", "disagreements"],
        typer.Option("--only", help="What is not settled: no majority, or any disagreement."),
    ] = "disagreements",
    variable: Annotated[
        list[str] | None,
        typer.Option("--variable", help="Only passages that are not settled on this variable. Repeatable."),
    ] = None,
    config: Config = None,
    instructions: Annotated[
        Path | None, typer.Option("--instructions", help="Guidelines to show as well, in Markdown.")
    ] = None,
    on_invalid: Invalid = "error",
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="The same seed gives the annotators the same numbers.")
    ] = 0,
    insecure: Insecure = False,
) -> None:
    """Push what is not settled into a project where it is decided, without names; or read a meeting's decisions."""
    from annotate.codebook.guidelines import instructions as rendered
    from annotate.coordination.adjudication import SETTLED, adjudication_config, cases, unsettled
    from annotate.coordination.adjudication.decisions import export_tasks
    from annotate.coordination.adjudication.screen import INSTRUCTIONS
    from annotate.errors import InputError
    from annotate.studio.adjudicate import push_cases
    from annotate.studio.client import connect

    if (project is None) == (from_workbook is None):
        raise typer.BadParameter("name one of the two", param_hint="--project or --from-workbook")
    refuse_overwriting(output, *filter(None, [export, config, from_workbook]))
    study = read_rated(export, config, on_invalid, None, variable or ())
    if project is None:
        _take_decisions(from_workbook, config, study, output)
        return
    if study.codebook is None or study.passages["text"].isna().all():
        raise InputError(f"{export}: holds no texts to adjudicate; give the snapshot, or the export as JSON")
    say_exclusions(study)
    found = unsettled(study.first_round, only=only, variables=variable)
    if not found:
        say(f"{export}: nothing to adjudicate: there are no {only}; nothing was pushed")
        return
    made = cases(found, study.first_round, export_tasks(export), study.codebook, seed=seed)
    with connect(insecure=insecure, tell=tell) as connection, progress("pushing") as advance:
        report = push_cases(
            made,
            project=project,
            config=adjudication_config(study.codebook.config),
            prefilled=SETTLED,
            instructions="<br>".join([INSTRUCTIONS, *([rendered(instructions)] if instructions else [])]),
            connection=connection,
            on_progress=advance,
        )
    give(report.link)
    say(
        f"{report.title}: {counted(report.created, 'passage')} pushed, {counted(report.waiting, 'was there and is', 'were there and are')} not decided yet, "
        f"{counted(report.decided, 'is', 'are')} decided"
    )
    say_doubled(report.doubled)
    if report.outdated:
        say(
            f"   {counted(report.outdated, 'of the decided ones has been coded differently since, and stays', 'of the decided ones have been coded differently since, and stay')} decided"
        )
    say(f"the list, with each annotator's answers to pick from: {report.url}")
    say(f"when it is done: annotate pull {_quoted(report.title)}, then annotate consensus --adjudicated")


def _take_decisions(workbook: Path | None, config: Path | None, study: "Study", output: Path | None) -> None:
    """Write the decisions that stand in a workbook to a table, with who made them."""
    from annotate.errors import InputError
    from annotate.files import whole
    from annotate.frames import READABLE, write_frame

    if workbook is None or output is None or output.suffix.lower() not in READABLE:
        raise InputError("--from-workbook: say with -o which table to write, .csv or .parquet")
    made = read_adjudicated(workbook, config, study)
    if made is None or made.categories.empty:
        raise InputError(
            f"{workbook}: no decision stands in the sheet Disagreements; fill in its yellow columns"
        )
    with whole(output) as temporary:
        write_frame(made.categories, temporary)
    people = ", ".join(dict.fromkeys(made.categories["decided_by"]))
    say(f"{output}: {counted(len(made.categories), 'decision')} by {people}")
    say(f"workbook, report, consensus and ledger take them with --adjudicated {_quoted(str(output))}")


def _quoted(title: str) -> str:
    import shlex

    return shlex.quote(title)


def _say_models(fits: "Sequence[Fit]") -> None:
    """Say how high each model got, and what speaks against it."""
    from annotate.consensus import MEANINGS

    found: dict[str, dict[str, None]] = {}
    for fit in fits:
        found.setdefault(fit.variable, {}).update(dict.fromkeys(fit.cautions))
        if fit.member is None:
            ended = sum(start.agrees for start in fit.starts)
            say(
                f"{fit.variable}: log-likelihood {fit.log_likelihood:.3f}, "
                f"at which {ended} of {counted(len(fit.starts), 'start')} ended"
            )
    for name in MEANINGS:
        of = [variable for variable, cautions in found.items() if name in cautions]
        if of:
            say(f"caution, {', '.join(of)}: {MEANINGS[name]}")


def _say_labels(labels: "pd.DataFrame") -> None:
    from annotate.consensus import NOT_ASKED
    from annotate.coordination.adjudication.decisions import ADJUDICATED

    ties = int(labels["tie"].sum())
    once = int(((labels["n_ratings"] == 1) & ~labels["method"].isin([ADJUDICATED, NOT_ASKED])).sum())
    if ties:
        say(
            f"{ties} of {counted(len(labels), 'label')} {'is a tie, and stays' if ties == 1 else 'are ties, and stay'} undecided; see annotate adjudicate"
        )
    if once:
        say(
            f"caution: {once} of {counted(len(labels), 'label')} {'rests' if once == 1 else 'rest'} on one rating"
        )
    hidden = labels.loc[labels["method"] == NOT_ASKED, "caution"].value_counts()
    for caution, count in hidden.items():
        say(
            f"caution: {count} of {counted(len(labels), 'label')} {'is' if count == 1 else 'are'} left empty; {caution}"
        )
