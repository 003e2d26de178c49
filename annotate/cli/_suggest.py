"""What to code next, learnt from what is decided: ``suggest``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli._groups import Table, read_rated, written
from annotate.cli._help import LABELS, command, takes
from annotate.cli.options import Confidence, Config, Invalid, Seed, refuse_overwriting
from annotate.cli.speech import progress, say, say_exclusions

if TYPE_CHECKING:
    import pandas as pd

    from annotate.cli.options import OnInvalid
    from annotate.codebook.read import Codebook
    from annotate.coordination.suggestion import Suggestions
    from annotate.study.study import Study

app = typer.Typer()

Snapshot = Annotated[Path, typer.Argument(help="A Label Studio JSON export, or a snapshot folder.")]


@command(app, "suggest", LABELS, example="annotate suggest exports/example --variable claim_type --top 20")
@takes(table=written)
def suggest(
    export: Snapshot,
    table: Table,
    variable: Annotated[
        list[str] | None, typer.Option("--variable", help="Only this variable; repeatable (default: all).")
    ] = None,
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
) -> None:
    """Order the passages that wait by uncertainty, with suggested labels and how good they are."""
    if push and (project is None or min_precision is None):
        raise typer.BadParameter("needs --project and --min-precision", param_hint="--push")
    if min_precision is not None and not 0 < min_precision <= 1:
        raise typer.BadParameter("give one above 0 and up to 1", param_hint="--min-precision")
    refuse_overwriting(table.output, *filter(None, [export, tasks, decided, config]))
    study, made = _learn(export, tasks, decided, overlap, variable, config, on_invalid, confidence, seed)
    _write(made, quality, top, table, study)
    if project is not None:
        _on_server(made, project, min_precision if push else None, study)


def _learn(
    export: Path,
    tasks: Path | None,
    decided: Path | None,
    overlap: int,
    variables: list[str] | None,
    config: Path | None,
    on_invalid: "OnInvalid",
    confidence: float,
    seed: int,
) -> "tuple[Study, Suggestions]":
    from annotate.coordination.suggestion import suggest, without_suggested
    from annotate.errors import InputError
    from annotate.study.passages import passages_of_study

    study = read_rated(export, config, on_invalid, None, variables or [])
    passages = passages_of_study(study)
    if passages.empty:
        raise InputError(f"{export}: holds no texts to learn from; give a JSON export or a snapshot")
    say_exclusions(study)
    ratings, seen = without_suggested(study.first_round)
    if seen:
        say(f"not learnt from: {seen} ratings made with a suggestion in sight")
    labels = _labels(study, ratings, decided)
    done = study.passages.loc[study.passages["n_annotations"] >= overlap, "item"]
    passages = _with_tasks(passages, tasks)
    waiting = set(passages["item"]) - set(done)
    made = suggest(
        passages,
        labels,
        waiting,
        level=study.levels,
        categories=study.categories,
        variables=variables,
        confidence=confidence,
        seed=seed,
    )
    _say_learnt(made, labels, len(waiting))
    return study, made


def _labels(study: "Study", ratings: "pd.DataFrame", decided: Path | None) -> "pd.DataFrame":
    """The decided labels of a table, then the majority where it has none."""
    from annotate.consensus import resolve
    from annotate.coordination.suggestion.labels import joined_decided, read_decided

    levels = {name: level for name, level in study.levels.items() if level in ("nominal", "ordinal")}
    voted = ratings.loc[ratings["variable"].isin(list(levels))]
    labels = voted if voted.empty else resolve(voted, scales=study.scales)
    return labels if decided is None else joined_decided(read_decided(decided, levels), labels)


def _with_tasks(passages: "pd.DataFrame", tasks: Path | None) -> "pd.DataFrame":
    import pandas as pd

    from annotate.corpus import read_tasks
    from annotate.study.passages import passages_of

    if tasks is None:
        return passages
    further = passages_of(read_tasks(tasks))
    further = further.loc[~further["item"].isin(set(passages["item"]))]
    return pd.concat([passages, further], ignore_index=True) if len(further) else passages


def _say_learnt(made: "Suggestions", labels: "pd.DataFrame", waiting: int) -> None:
    from annotate.frames import records

    ties = int(labels["category"].isna().sum())
    if ties:
        say(f"not learnt from: {ties} ties")
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
                f"{variable}: {count} times a passage was not learnt from, as it copies one that was held out"
            )
    say(
        f"passages that wait: {waiting}"
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


def _on_server(made: "Suggestions", project: str, min_precision: float | None, study: "Study") -> None:
    from annotate.errors import InputError
    from annotate.studio.client import connect
    from annotate.studio.suggest import order_queue

    if made.queue.empty:
        raise InputError(
            f"project {project!r}: nothing to order, as nothing was learnt or no passage waits; it was left as it is"
        )
    ranks = made.queue.drop_duplicates("item").set_index("item")["rank"]
    with connect() as connection:
        with progress("ordering") as advance:
            ordered = order_queue(
                {str(item): int(rank) for item, rank in ranks.items()},
                project=project,
                connection=connection,
                on_progress=advance,
            )
        say(
            f"{ordered.project.title}: {ordered.ordered} passages in order, {ordered.absent} are not in the project"
        )
        say(
            f"sorted: {ordered.tabs} tabs of annotators; annotate assign sorts them back"
            if ordered.link is None
            else f"the order is that of this link: {ordered.link}"
        )
        say("who stops before the end has coded the hard passages: shares and agreement are then of those")
        if min_precision is not None and study.codebook is not None:
            _push(made, project, min_precision, study.codebook)


def _push(made: "Suggestions", project: str, min_precision: float, codebook: "Codebook") -> None:
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
    with connect() as connection:
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
