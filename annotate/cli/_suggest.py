"""What to code next, learnt from what is decided: ``suggest``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli._groups import Table, read_rated, written
from annotate.cli._help import LABELS, command, takes
from annotate.cli.options import (
    Confidence,
    Config,
    Export,
    Insecure,
    Invalid,
    Seed,
    Variables,
    refuse_overwriting,
)
from annotate.cli.speech import progress, say, say_exclusions, tell
from annotate.errors import counted

if TYPE_CHECKING:
    from annotate.codebook.read import Codebook
    from annotate.coordination.suggestion import Suggestions
    from annotate.study.study import Study

app = typer.Typer()


@command(app, "suggest", LABELS, example="annotate suggest exports/example --variable claim_type --top 20")
@takes(table=written)
def suggest(
    export: Export,
    table: Table,
    variable: Variables = None,
    tasks: Annotated[
        Path | None, typer.Option("--tasks", help="A task file with further passages that wait.")
    ] = None,
    decided: Annotated[
        Path | None,
        typer.Option(
            "--decided",
            help="A table of decided labels (item, variable, category), such as adjudicated ones; they go before the majority.",
        ),
    ] = None,
    overlap: Annotated[
        int, typer.Option("--overlap", min=1, help="A passage waits until it has so many annotations.")
    ] = 1,
    project: Annotated[
        str | None,
        typer.Option("--project", help="Let this project serve its passages in the order; shows no label."),
    ] = None,
    push: Annotated[
        bool,
        typer.Option(
            "--push",
            help="Also show suggested labels to annotators there, which biases them; see --min-precision.",
        ),
    ] = False,
    min_precision: Annotated[
        float | None,
        typer.Option(
            "--min-precision",
            help="With --push: only categories whose precision's lower bound, on documents not seen, is at least this.",
        ),
    ] = None,
    quality: Annotated[
        bool, typer.Option("--quality", help="Instead of the passages: how good the suggestions are.")
    ] = False,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="Only so many passages in the table.")
    ] = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    insecure: Insecure = False,
) -> None:
    """Order the passages that wait by uncertainty, with suggested labels and how good they are."""
    from annotate.coordination.suggestion import learnable, read_decided, suggest_for
    from annotate.corpus import read_tasks
    from annotate.study.passages import passages_of

    if push and (project is None or min_precision is None):
        raise typer.BadParameter("needs --project and --min-precision", param_hint="--push")
    if min_precision is not None and not 0 < min_precision <= 1:
        raise typer.BadParameter("give one above 0 and up to 1", param_hint="--min-precision")
    refuse_overwriting(table.output, *filter(None, [export, tasks, decided, config]))
    study = read_rated(export, config, on_invalid, None, variable or [])
    say_exclusions(study)
    made = suggest_for(
        study,
        overlap=overlap,
        further=None if tasks is None else passages_of(read_tasks(tasks)),
        decided=None if decided is None else read_decided(decided, learnable(study.scales)),
        variables=variable,
        confidence=confidence,
        seed=seed,
    )
    _say_learnt(made)
    _write(made, quality, top, table, study)
    if project is not None:
        _on_server(made, project, min_precision if push else None, study, insecure)


def _say_learnt(made: "Suggestions") -> None:
    from annotate.frames import records

    if made.in_sight:
        say(f"not learnt from: {counted(made.in_sight, 'rating')} made with a suggestion in sight")
    if made.ties:
        say(f"not learnt from: {counted(made.ties, 'tie')}")
    for row in records(made.quality.loc[made.quality["measure"] == "accuracy"]):
        if row["undefined"] is not None:
            say(f"{row['variable']}: not learnt: {row['undefined']}")
        elif row["ci_low"] <= row["baseline"]:
            say(
                f"{row['variable']}: not certainly better than always saying the most frequent category "
                f"(accuracy {row['value']:.2f}, baseline {row['baseline']:.2f})"
            )
    for variable, count in made.copies.items():
        if count:
            say(
                f"{variable}: {counted(count, 'time')} a passage was not learnt from, as it copies one that was held out"
            )
    say(
        f"passages that wait: {made.waiting}"
        + ("" if made.waiting else "; every one has the annotations that --overlap asks for")
        if made.copies
        else "no variable has enough decided labels to learn from"
    )


def _write(made: "Suggestions", quality: bool, top: int | None, table: Table, study: "Study") -> None:
    from annotate.present.label_tables import quality_table, queue_table

    book = study.codebook
    if quality:
        table.write(made.quality, lambda frame: quality_table(frame, book))
        return
    queue = made.queue if top is None else made.queue.loc[made.queue["rank"] <= top]
    table.write(
        queue, lambda frame: (*quality_table(made.quality, book), queue_table(frame, study.passages, book))
    )


def _on_server(
    made: "Suggestions", project: str, min_precision: float | None, study: "Study", insecure: bool
) -> None:
    from annotate.errors import InputError
    from annotate.studio.client import connect
    from annotate.studio.suggest import order_queue

    if made.queue.empty:
        raise InputError(
            f"project {project!r}: nothing to order, as nothing was learnt or no passage waits; it was left as it is"
        )
    ranks = made.queue.drop_duplicates("item").set_index("item")["rank"]
    with connect(insecure=insecure, tell=tell) as connection:
        with progress("ordering") as advance:
            ordered = order_queue(
                {str(item): int(rank) for item, rank in ranks.items()},
                project=project,
                connection=connection,
                on_progress=advance,
            )
        say(
            f"{ordered.project.title}: {counted(ordered.ordered, 'passage')} in order, {counted(ordered.absent, 'is', 'are')} not in the project"
        )
        say(
            f"sorted: {counted(ordered.tabs, 'tab')} of annotators; annotate assign sorts them back"
            if ordered.link is None
            else f"the order is that of this link: {ordered.link}"
        )
        say(
            "if you stop before the end, the hard passages alone are coded, and shares and agreement are of those"
        )
        if min_precision is not None and study.codebook is not None:
            _push(made, project, min_precision, study.codebook, insecure)


def _push(
    made: "Suggestions", project: str, min_precision: float, codebook: "Codebook", insecure: bool
) -> None:
    from annotate.coordination.suggestion import PREFIX, passing, pushable
    from annotate.studio.client import connect
    from annotate.studio.suggest import push_suggestions

    good = passing(made.quality, min_precision)
    rows = pushable(made.queue, made.quality, codebook, min_precision=min_precision)
    if rows.empty:
        why = (
            "no category's precision is certain to reach it, and to be above the category's share"
            if good.empty
            else "no passage that waits has a category that reaches it"
        )
        say(f"no suggestion was pushed: at --min-precision {min_precision:g}, {why}")
        return
    suggested: dict[str, dict[str, tuple[str, float]]] = {}
    for item, name, category, probability in rows[["item", "variable", "category", "probability"]].itertuples(
        index=False, name=None
    ):
        suggested.setdefault(item, {})[name] = (category, probability)
    with connect(insecure=insecure, tell=tell) as connection:
        done = push_suggestions(
            suggested,
            version=made.version,
            prefix=PREFIX,
            project=project,
            codebook=codebook,
            connection=connection,
        )
    named = good[["variable", "category", "ci_low"]].itertuples(index=False, name=None)
    say("categories: " + ", ".join(f"{name} {category} ({low:.2f})" for name, category, low in named))
    say(
        f"suggestions pushed: {done.pushed}; there already: {done.already_there}; begun by somebody, so left alone: "
        f"{done.begun}; not in the project: {done.absent}; withdrawn of a former model: {done.withdrawn}"
    )
    say(
        f"suggested labels bias annotators: what is coded with them is marked {made.version!r} in the ratings "
        "(column suggested); annotate agreement --without-suggested leaves it out"
    )
