"""What sources claim, on what ground, and what recurs; and all that is computed, in one file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli._groups import Scaled, Table, held, rated, read_adjudicated, resampled, summarised, written
from annotate.cli._help import CLAIMS, WHOLE, WRITING, command, takes
from annotate.cli.options import (
    Adjudicated,
    Benchmark,
    Config,
    CorrectionsFile,
    LinksFile,
    Names,
    NoText,
    Open,
    OriginsFile,
    Texts,
    refuse_overwriting,
)
from annotate.cli.speech import say, say_exclusions
from annotate.errors import counted

if TYPE_CHECKING:
    import pandas as pd

    from annotate.present.summary import Summary
    from annotate.provenance.ledger import Ledger
    from annotate.sampling import Interval
    from annotate.study.study import Study

app = typer.Typer()

MinScore = Annotated[
    float | None,
    typer.Option(
        "--min-score", min=0, max=1, help="Take reused passages with this score or a higher one, 0 to 1."
    ),
]


@command(app, "reuse", CLAIMS, example="annotate reuse tasks.json")
@takes(table=written)
def reuse(
    texts: Texts,
    table: Table,
    documents: Annotated[
        bool, typer.Option("--documents", help="Instead: which documents depend on each other, and why.")
    ] = False,
    passim: Annotated[
        Path | None,
        typer.Option(
            "--passim", help="Besides: write the documents and pairs as passim's JSON into this folder."
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", help="Instead: these pairs beside those of passim, its align.json or out.json."
        ),
    ] = None,
    min_score: MinScore = None,
    language: Annotated[
        str | None,
        typer.Option(
            "--language",
            help="Of the stems and function words by which words are compared, such as german (default: that of most documents).",
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Find passages that share text with another document, with the exact spans on both sides."""
    from annotate import provenance
    from annotate.corpus.languages import languages_of, told
    from annotate.present.text_tables import against_table, documents_table, reuse_table
    from annotate.reuse import document_pairs
    from annotate.reuse.passim import compare_pairs, read_passim, write_passim
    from annotate.study.passages import read_passages

    refuse_overwriting(table.output, *filter(None, [texts, config]))
    passages = read_passages(texts, config)
    found = languages_of(passages)
    language = language or next((name for name, _ in found.most_common() if name), "english")
    least = provenance.MIN_SCORE if min_score is None else min_score
    pairs = provenance.reuse(passages, min_score=least, language=language)
    if others := told(found, language):
        say(f"{others}: their words are compared by {language} stems and function words; see --language")
    if passim is not None:
        write_passim(passim, passages, pairs)
        say(f"written: {passim / 'documents.json'}, which passim reads, and {passim / 'align.json'}")
    if against is not None:
        if documents:
            raise typer.BadParameter("ask for one at a time", param_hint="--documents and --against")
        held = compare_pairs(pairs, read_passim(against, passages))
        table.write(held, against_table)
        tally = held["found_by"].value_counts()
        say(", ".join(f"found by {who}: {int(tally.get(who, 0))}" for who in ("both", "annotate", "passim")))
    elif documents:
        table.write(document_pairs(passages, pairs), lambda frame: documents_table(frame, passages))
    else:
        table.write(pairs, reuse_table)
    _say_boilerplate(passages)
    if cut := pairs.attrs["cut"]:
        say(
            f"{counted(cut, 'span')} may be longer than shown: about 1,000 words around the strongest place are compared"
        )
    if pairs.empty:
        say(f"{texts}: no passage shares text with another document")


@command(app, "quantities", CLAIMS, example="annotate quantities tasks.json --compare")
@takes(table=written)
def quantities(
    texts: Texts,
    table: Table,
    compare: Annotated[
        bool, typer.Option("--compare", help="Instead: how the figures of different sources relate.")
    ] = False,
    arithmetic: Annotated[
        bool, typer.Option("--arithmetic", help="Instead: sums and rates that a text states, computed again.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also: the rules that read each figure.")
    ] = False,
    config: Config = None,
) -> None:
    """Find every figure: how much, of what, at which rate, with which hedge, and where it stands."""
    from annotate import provenance
    from annotate.corpus.languages import languages_of, told
    from annotate.present.text_tables import arithmetic_table, comparisons_table, quantities_table
    from annotate.study.passages import read_passages

    if compare and arithmetic:
        raise typer.BadParameter("ask for one at a time", param_hint="--compare and --arithmetic")
    if explain and (compare or arithmetic):
        raise typer.BadParameter("goes with the list of figures only", param_hint="--explain")
    refuse_overwriting(table.output, *filter(None, [texts, config]))
    passages = read_passages(texts, config)
    figures = provenance.quantities(passages, explain=explain)
    if others := told(languages_of(passages), "english"):
        say(
            f"{others}: figures are read by English words, and magnitudes and currencies of some other languages; what "
            "is counted, hedges and spelled numbers of these documents are not read"
        )
    if compare:
        table.write(provenance.compare(figures, passages), comparisons_table)
    elif arithmetic:
        table.write(provenance.arithmetic(figures, passages), arithmetic_table)
    else:
        table.write(figures, quantities_table)


@command(app, "ledger", CLAIMS, example="annotate ledger exports/example")
@takes(table=written)
def ledger(
    texts: Texts,
    table: Table,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="Instead: one row for each passage that carries a claim.")
    ] = False,
    min_score: MinScore = None,
    adjudicated: Adjudicated = None,
    links: LinksFile = None,
    claims: CorrectionsFile = None,
    config: Config = None,
) -> None:
    """Follow each claim through its sources, by date: what was linked, or recurring figures and reused text."""
    from annotate import provenance
    from annotate.coordination.adjudication import decided_ratings
    from annotate.errors import InputError
    from annotate.present.claim_tables import ledger_table, mentions_table
    from annotate.provenance.claims.corrections import Corrections, read_corrections
    from annotate.provenance.claims.pairs import answers
    from annotate.provenance.ledger import ledger_of
    from annotate.study.links import read_links
    from annotate.study.passages import read_passages_and_study

    refuse_overwriting(table.output, *filter(None, [texts, config, adjudicated, links, claims]))
    passages, study = read_passages_and_study(texts, config)
    if study is None and adjudicated is not None:
        raise InputError(
            f"{texts}: holds no answers that could be decided on; --adjudicated goes with an export"
        )
    fix = Corrections() if claims is None else read_corrections(claims, set(passages["item"]))
    book = None if study is None else study.codebook
    found = ledger_of(
        passages,
        None
        if study is None
        else decided_ratings(study.ratings, read_adjudicated(adjudicated, config, study)),
        min_score=provenance.MIN_SCORE if min_score is None else min_score,
        spans=None if study is None else study.spans,
        coded=answers(None if links is None else read_links(links, passages), fix),
        corrections=fix,
        codebook=book,
    )
    if mentions:
        table.write(found.mentions, lambda frame: mentions_table(frame, book))
    else:
        table.write(found.claims, lambda frame: ledger_table(frame, book))
    _say_boilerplate(passages)
    if study is not None:
        say_exclusions(study)
    if found.claims.empty:
        say(f"{texts}: no figure and no text recurs across documents")
    for what in left_out(found):
        say(what)


@command(app, "provenance", CLAIMS, example="annotate provenance exports/example")
@takes(table=written, interval=resampled, study=rated)
def provenance(
    study: "Study",
    table: Table,
    interval: "Interval",
    adjudicated: Adjudicated = None,
    config: Config = None,
) -> None:
    """Profile each source: how much it attributes, to whom, and on what ground."""
    from annotate.coordination.adjudication import decided_ratings
    from annotate.present.claim_tables import profile_tables
    from annotate.provenance import profile

    refuse_overwriting(table.output, *filter(None, [adjudicated]))
    decided = decided_ratings(study.ratings, read_adjudicated(adjudicated, config, study))
    result = profile(decided, study.passages, interval=interval)
    say_exclusions(study)
    table.write(result, lambda frame: profile_tables(frame, study.codebook), study=study)


def left_out(book: "Ledger") -> list[str]:
    """What a ledger leaves out, in words."""
    said = []
    if book.n_trivial:
        figures = counted(book.n_trivial, "recurring figure that says", "recurring figures that say")
        said.append(f"left out: {figures} only how long, of what order of magnitude, or a bare number")
    if book.n_rejected:
        said.append(f"left out: {counted(book.n_rejected, 'claim')} that the corrections reject")
    return said


def _say_boilerplate(passages: "pd.DataFrame") -> None:
    if left_out := int((passages["kind"] == "boilerplate").sum()):
        say(f"left out: {counted(left_out, 'passage')} of boilerplate")


@command(app, "workbook", WHOLE, example="annotate workbook exports/example -o study.xlsx")
@takes(interval=summarised, read=held)
def workbook(
    read: Scaled,
    interval: "Interval",
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The .xlsx file to write.", rich_help_panel=WRITING),
    ],
    benchmark: Benchmark = None,
    adjudicated: Adjudicated = None,
    names: Names = False,
    no_text: NoText = False,
    links: LinksFile = None,
    origins: OriginsFile = None,
    claims: CorrectionsFile = None,
    config: Config = None,
    open_: Open = False,
) -> None:
    """Write everything into an Excel workbook."""
    from annotate.present.workbook import write_workbook

    of_claims = links, origins, claims
    found = _summary(
        read, (interval, benchmark), output, adjudicated, config, of_claims, names=names, texts=not no_text
    )
    write_workbook(output, found, command=_command("workbook", read.in_memory, interval, benchmark))
    _say_written(output, open_)


@command(app, "report", WHOLE, example="annotate report exports/example -o study.html")
@takes(interval=summarised, read=held)
def report(
    read: Scaled,
    interval: "Interval",
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The .html file to write.", rich_help_panel=WRITING),
    ],
    benchmark: Benchmark = None,
    adjudicated: Adjudicated = None,
    names: Names = False,
    no_text: NoText = False,
    links: LinksFile = None,
    origins: OriginsFile = None,
    claims: CorrectionsFile = None,
    config: Config = None,
    open_: Open = False,
) -> None:
    """Write a self-contained HTML page with charts, tables and the text of the methods."""
    from annotate.present.report import write_report

    of_claims = links, origins, claims
    found = _summary(
        read, (interval, benchmark), output, adjudicated, config, of_claims, names=names, texts=not no_text
    )
    write_report(output, found)
    _say_written(output, open_)


@command(app, "tables", WHOLE, example="annotate tables exports/example -o tables")
@takes(interval=summarised, read=held)
def tables(
    read: Scaled,
    interval: "Interval",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The folder to write: every table as CSV and Parquet, for the paper, and a data statement.",
            rich_help_panel=WRITING,
        ),
    ] = None,
    to_huggingface: Annotated[
        Path | None,
        typer.Option(
            "--to-huggingface",
            metavar="FOLDER",
            help="Besides or instead: write this folder, which datasets.load_dataset reads, with soft labels.",
            rich_help_panel=WRITING,
        ),
    ] = None,
    benchmark: Benchmark = None,
    adjudicated: Adjudicated = None,
    links: LinksFile = None,
    origins: OriginsFile = None,
    claims: CorrectionsFile = None,
    names: Names = False,
    no_text: NoText = False,
    config: Config = None,
) -> None:
    """Write every table for other tools and for the paper, with a data package, a Croissant and a data statement."""
    from annotate.present.hub import write_dataset
    from annotate.present.package import write_package

    if output is None and to_huggingface is None:
        raise typer.BadParameter("name a folder", param_hint="--output or --to-huggingface")
    if output is not None and output == to_huggingface:
        raise typer.BadParameter("name two folders", param_hint="--output and --to-huggingface")
    refuse_overwriting(to_huggingface, *filter(None, [adjudicated]))
    found = _summary(
        read,
        (interval, benchmark),
        output,
        adjudicated,
        config,
        (links, origins, claims),
        names=names,
        texts=not no_text,
    )
    for folder, write in ((output, write_package), (to_huggingface, write_dataset)):
        if folder is not None:
            say(f"{folder}: {counted(len(write(folder, found)), 'file')} written")


def _say_written(output: Path, shown: bool) -> None:
    say(f"{output}: written")
    if shown:
        typer.launch(str(output))


def _summary(
    read: Scaled,
    measured: "tuple[Interval, str | None]",
    output: Path | None,
    adjudicated: Path | None,
    config: Path | None,
    of_claims: tuple[Path | None, Path | None, Path | None],
    *,
    names: bool,
    texts: bool,
) -> "Summary":
    """Compute what workbook and report show; ``measured`` are interval and benchmark of agreement, ``of_claims`` the links, the names of origins, and the corrections."""
    from annotate.cli._origins import claims_of
    from annotate.present.summary import handed_on, summarise

    refuse_overwriting(output, *filter(None, [adjudicated, *of_claims]))
    decisions = read_adjudicated(adjudicated, config, read.in_memory)
    return summarise(
        read.in_memory,
        scales=read.scales,
        interval=measured[0],
        benchmark=measured[1],
        decisions=decisions,
        claims=claims_of(handed_on(read.in_memory, names=names)[0], *of_claims) if any(of_claims) else None,
        names=names,
        texts=texts,
    )


def _command(name: str, study: "Study", interval: "Interval", benchmark: str | None) -> str:
    """The command without the file that it writes, so that the same study gives the same bytes."""
    more = [f" --resample {interval.resample}"] * (interval.resample != "items")
    more += [f" --below {cut:g}" for cut in interval.below]
    more += [f" --benchmark {benchmark}"] if benchmark else []
    return (
        f"annotate {name} {Path(study.name).name} --replicates {interval.replicates} --confidence {interval.confidence:g} "
        f"--seed {interval.seed}{''.join(more)}"
    )


@command(app, "demo", WHOLE, example="annotate demo --serve")
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder for all that the demo makes.")
    ] = Path("demo"),
    serve: Annotated[bool, typer.Option("--serve", help="Leave the server up and print the logins.")] = False,
) -> None:
    """Run the whole loop on an embedded Label Studio, with three scripted annotators."""
    from annotate.demo import run

    run(output, serve=serve, say=say)
