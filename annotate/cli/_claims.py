"""What sources claim, on what ground, and what recurs across texts: ``reuse``, ``quantities``, ``ledger``, ``provenance``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import (
    Confidence,
    Config,
    Export,
    Form,
    Invalid,
    Output,
    Replicates,
    Seed,
    read_rated,
    refuse_overwriting,
)
from annotate.cli.speech import say, say_exclusions

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from annotate.present.tables import Format

app = typer.Typer()

Texts = Annotated[
    Path,
    typer.Argument(help="A task file of annotate ingest, a Label Studio JSON export, or a snapshot folder."),
]
MinScore = Annotated[
    float | None,
    typer.Option("--min-score", min=0, max=1, help="Take reused passages from this score on, 0 to 1."),
]


@app.command()
def reuse(
    texts: Texts,
    min_score: MinScore = None,
    config: Config = None,
    form: Form = "table",
    output: Output = None,
) -> None:
    """Find passages that share text with another document, with the exact spans on both sides."""
    from annotate import provenance
    from annotate.present.claim_tables import reuse_table
    from annotate.study.passages import read_passages

    refuse_overwriting(output, *filter(None, [texts, config]))
    passages = read_passages(texts, config)
    pairs = provenance.reuse(passages, min_score=provenance.MIN_SCORE if min_score is None else min_score)
    _write(pairs, reuse_table, form, output)
    _say_boilerplate(passages)
    if cut := pairs.attrs["cut"]:
        say(f"cut short: {cut} spans may go on; about 1,000 words around the strongest place are compared")
    if pairs.empty:
        say(f"{texts}: no passage shares text with another document")


@app.command()
def quantities(
    texts: Texts,
    compare: Annotated[
        bool, typer.Option("--compare", help="Instead: how the figures of different sources relate.")
    ] = False,
    arithmetic: Annotated[
        bool, typer.Option("--arithmetic", help="Instead: sums and rates that a text states, computed again.")
    ] = False,
    config: Config = None,
    form: Form = "table",
    output: Output = None,
) -> None:
    """Find every figure: how much, of what, at which rate, with which hedge, and where it stands."""
    from annotate import provenance
    from annotate.present.claim_tables import arithmetic_table, comparisons_table, quantities_table
    from annotate.study.passages import read_passages

    if compare and arithmetic:
        raise typer.BadParameter("ask for one at a time", param_hint="--compare and --arithmetic")
    refuse_overwriting(output, *filter(None, [texts, config]))
    passages = read_passages(texts, config)
    figures = provenance.quantities(passages)
    if compare:
        _write(provenance.compare(figures, passages), comparisons_table, form, output)
    elif arithmetic:
        _write(provenance.arithmetic(figures, passages), arithmetic_table, form, output)
    else:
        _write(figures, quantities_table, form, output)


@app.command()
def ledger(
    texts: Texts,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="Instead: one row for each passage that carries a claim.")
    ] = False,
    min_score: MinScore = None,
    config: Config = None,
    form: Form = "table",
    output: Output = None,
) -> None:
    """Follow each recurring figure and each reused text through its sources, by date."""
    from annotate import provenance
    from annotate.present.claim_tables import ledger_table, mentions_table
    from annotate.provenance.ledger import ledger_of
    from annotate.study.passages import read_passages_and_study

    refuse_overwriting(output, *filter(None, [texts, config]))
    passages, study = read_passages_and_study(texts, config)
    found = ledger_of(
        passages,
        None if study is None else study.first_round,
        min_score=provenance.MIN_SCORE if min_score is None else min_score,
    )
    book = None if study is None else study.codebook
    if mentions:
        _write(found.mentions, lambda frame: mentions_table(frame, book), form, output)
    else:
        _write(found.claims, lambda frame: ledger_table(frame, book), form, output)
    _say_boilerplate(passages)
    if study is not None:
        say_exclusions(study)
    if found.claims.empty:
        say(f"{texts}: no figure and no text recurs across documents")


@app.command()
def provenance(
    export: Export,
    config: Config = None,
    on_invalid: Invalid = "error",
    replicates: Replicates = 1000,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    form: Form = "table",
    output: Output = None,
) -> None:
    """Profile each source: how much it attributes, to whom, and on what ground."""
    from annotate.present.tables import profile_tables, write_table, write_tables
    from annotate.provenance import profile

    study = read_rated(export, config, on_invalid, output)
    result = profile(
        study.first_round, study.passages, replicates=replicates, confidence=confidence, seed=seed
    )
    say_exclusions(study)
    if form not in ("table", "markdown"):
        write_table(result, form, output)
        return
    write_tables(profile_tables(result), form, output)


def _say_boilerplate(passages: "pd.DataFrame") -> None:
    if left_out := int((passages["kind"] == "boilerplate").sum()):
        say(f"left out: {left_out} passages of boilerplate")


def _write(
    frame: "pd.DataFrame",
    for_reading: "Callable[[pd.DataFrame], pd.DataFrame]",
    form: "Format",
    output: Path | None,
) -> None:
    from annotate.present.tables import write_table

    write_table(for_reading(frame) if form in ("table", "markdown") else frame, form, output)
