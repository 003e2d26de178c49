"""Whom claims are put down to, which passages say the same, and what follows for claims and sources."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from annotate.cli._claims import left_out
from annotate.cli._groups import Table, marked, read_adjudicated, resampled, written
from annotate.cli._help import CLAIMS, INTERVALS, WRITING, command, takes
from annotate.cli.options import (
    Config,
    CorrectionsFile,
    Edited,
    Export,
    Invalid,
    LinksAdjudicated,
    LinksFile,
    Names,
    NoText,
    OriginsFile,
    Output,
    refuse_overwriting,
)
from annotate.cli.speech import give, say, say_exclusions
from annotate.errors import counted, some

if TYPE_CHECKING:
    from annotate.provenance.claims.measured import Claims
    from annotate.provenance.origins import Origins
    from annotate.sampling import Interval
    from annotate.study.study import Study

app = typer.Typer()

Draw = Literal["answers", "posterior"]
GraphFormat = Literal["graphml", "json", "dot", "html"]


def gathered(
    export: Export,
    links: LinksFile = None,
    origins: OriginsFile = None,
    claims: CorrectionsFile = None,
    links_adjudicated: LinksAdjudicated = None,
    config: Config = None,
    on_invalid: Invalid = "error",
    on_edited: Edited = "keep",
    output: Output = None,
) -> "Claims":
    """The group of options that say of which study and links the claims are gathered.

    Raises
    ------
    BadParameter
        For decisions on links without the links.

    """
    from annotate.study.study import read_study

    if links_adjudicated is not None and links is None:
        raise typer.BadParameter("goes with --links", param_hint="--links-adjudicated")
    refuse_overwriting(output, *filter(None, [export, config, links, origins, claims, links_adjudicated]))
    study = read_study(export, config=config, on_invalid=on_invalid, on_edited=on_edited)
    found = claims_of(study, links, origins, claims, links_adjudicated)
    say_exclusions(study)
    for what in told_of(found):
        say(what)
    return found


def claims_of(
    study: "Study",
    links: Path | None,
    origins: Path | None,
    claims: Path | None,
    links_adjudicated: Path | None = None,
) -> "Claims":
    """Gather the claims of a study, by the files that were named: links, names of origins, corrections, decisions on links."""
    from annotate.files import bundled
    from annotate.provenance.claims.corrections import Corrections, read_corrections
    from annotate.provenance.claims.measured import gather
    from annotate.study.links import CONFIG, read_links
    from annotate.study.passages import passages_of_study

    passages = passages_of_study(study, study.name)
    read = None if links is None else read_links(links, passages)
    made = None if read is None else read_adjudicated(links_adjudicated, bundled(CONFIG), read.study)
    return gather(
        study,
        read,
        read_names(study, origins),
        corrections=Corrections() if claims is None else read_corrections(claims, set(passages["item"])),
        decided=None if made is None else made.categories,
    )


def told_of(claims: "Claims") -> list[str]:
    """What is to be said of claims that were gathered: what was left out, and what is open."""
    said = left_out(claims.book)
    if open_pairs := len(claims.contradictions):
        said.append(
            f"{counted(open_pairs, 'pair')} within a claim that most do not call the same claim; see --contradictions"
        )
    if claims.book.claims.empty:
        said.append(f"{claims.study.name}: no claim recurs")
    return said


def read_names(study: "Study", path: Path | None) -> "Origins":
    """The names in a study, as a coordinator's file has them, if there is one; names it lacks are said."""
    from annotate.provenance.origins import origins_of, read_origins

    found = origins_of(study)
    if path is None:
        return found
    read = read_origins(path, found)
    if read.unread:
        say(
            f"{path}: lacks {counted(len(read.unread), 'name')}, which {'stands for itself' if len(read.unread) == 1 else 'stand for themselves'}: {some(map(repr, read.unread), 3)}"
        )
    if read.unmarked:
        say(
            f"{path}: nobody marked {some(map(repr, read.unmarked), 3)}, so {'this row does' if len(read.unmarked) == 1 else 'these rows do'} nothing"
        )
    return read


@command(app, "origins", CLAIMS, example="annotate origins exports/example -o origins.csv")
@takes(table=written, study=marked)
def origins(
    study: "Study",
    table: Table,
    offers: Annotated[
        bool, typer.Option("--offers", help="Instead: names that may stand for one origin, with the reason.")
    ] = False,
    origins: OriginsFile = None,
) -> None:
    """List whom passages put claims down to, each name once, for a coordinator to say which are one."""
    from annotate.present.claim_tables import origins_table
    from annotate.provenance.origins import offers as offered

    refuse_overwriting(table.output, *filter(None, [origins]))
    names = read_names(study, origins)
    say_exclusions(study)
    frame = offered(names.table, names.sources) if offers else names.table
    table.write(frame, None if offers else origins_table, study=study)
    if table.output is not None and not table.is_read:
        say(
            f"{table.output}: {counted(len(frame), 'offer' if offers else 'name')}; correct the columns origin and kind, and give it with --origins"
        )
    if frame.empty:
        say(
            f"{study.name}: nobody marked a SOURCE or a CITED work"
            if names.table.empty
            else f"{study.name}: no two names are alike"
        )


@command(app, "claims", CLAIMS, example="annotate claims exports/example --origins origins.csv")
@takes(table=written, found=gathered, interval=resampled)
def claims(
    found: "Claims",
    table: Table,
    interval: "Interval",
    mentions: Annotated[
        bool, typer.Option("--mentions", help="Instead: one row for each passage that makes a claim.")
    ] = False,
    steps: Annotated[
        bool,
        typer.Option("--steps", help="Instead: which passage has its claim from which, and how it is known."),
    ] = False,
    drift: Annotated[
        bool,
        typer.Option("--drift", help="Instead: what changes from a passage to the one that took it over."),
    ] = False,
    contradictions: Annotated[
        bool,
        typer.Option("--contradictions", help="Instead: pairs within a claim that most call something else."),
    ] = False,
    leave_one_out: Annotated[
        bool,
        typer.Option("--leave-one-out", help="Instead: each claim without each annotator and each document."),
    ] = False,
    draw: Annotated[
        Draw,
        typer.Option(
            "--draw",
            help="What intervals draw: an annotator's answers on each passage and pair, or what is likely of it by Dawid-Skene.",
            rich_help_panel=INTERVALS,
        ),
    ] = "answers",
    page: Annotated[
        int | None,
        typer.Option(
            "--page", help="Instead: the claim of this number as a web page to send, with --output."
        ),
    ] = None,
) -> None:
    """Count the mentions, sources and independent origins of each claim, and find circles."""
    from annotate.codebook.read import load_codebook
    from annotate.files import bundled
    from annotate.present import claim_tables as shown
    from annotate.provenance.claims import measured
    from annotate.study.links import CONFIG

    if draw == measured.CONSENSUS:
        found = measured.by_posterior(found, interval.seed)
    if page is not None:
        _write_page(found, page, interval, table.output)
        return
    views = {
        "--mentions": mentions,
        "--steps": steps,
        "--drift": drift,
        "--contradictions": contradictions,
        "--leave-one-out": leave_one_out,
    }
    if sum(views.values()) > 1:
        raise typer.BadParameter(
            "ask for one at a time", param_hint=" and ".join(name for name in views if views[name])
        )
    passages, book = found.passages, found.study.codebook
    if mentions:
        table.write(found.book.mentions, lambda frame: shown.mentions_table(frame, book))
    elif steps:
        table.write(measured.steps(found), lambda frame: shown.steps_table(frame, passages))
    elif drift:
        table.write(measured.drift(found), lambda frame: shown.drift_table(frame, passages, book))
    elif contradictions:
        links = load_codebook(bundled(CONFIG))
        table.write(found.contradictions, lambda frame: shown.contradictions_table(frame, passages, links))
    elif leave_one_out:
        table.write(measured.leave_one_out(found), shown.leave_one_out_table)
    else:
        table.write(measured.measure(found, interval), shown.claims_table, study=found.study)


def _write_page(found: "Claims", number: int, interval: "Interval", output: Path | None) -> None:
    from annotate.files import refuse_ending, whole
    from annotate.present.claim_cards import claim_page

    if output is None:
        raise typer.BadParameter("goes with --output, the .html file to write", param_hint="--page")
    refuse_ending(output, ".html", "a page")
    text = claim_page(found, number, interval)
    with whole(output) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    say(f"{output}: written")


@command(app, "sources", CLAIMS, example="annotate sources exports/example")
@takes(table=written, found=gathered, interval=resampled)
def sources(
    found: "Claims",
    table: Table,
    interval: "Interval",
    variable: Annotated[
        str | None, typer.Option("--variable", help="On which agreement is shown (default: attribution).")
    ] = None,
    leave_one_out: Annotated[
        bool,
        typer.Option(
            "--leave-one-out", help="Instead: each source without each annotator and each document."
        ),
    ] = False,
) -> None:
    """Show one row a source: agreement, grounds, and what becomes of its claims, side by side."""
    from annotate.present.source_sheet import sources_table
    from annotate.provenance import source_table as tables
    from annotate.provenance.source_table import source_table

    if leave_one_out:
        table.write(tables.leave_one_out(found))
        return
    result = source_table(found, variable=variable, interval=interval)
    table.write(result, lambda frame: sources_table(frame, found.study.codebook), study=found.study)


@command(app, "graph", CLAIMS, example="annotate graph exports/example --format html -o graph.html")
@takes(found=gathered)
def graph(
    found: "Claims",
    form: Annotated[
        GraphFormat, typer.Option("--format", help="How the graph is written.", rich_help_panel=WRITING)
    ] = "json",
    prov: Annotated[
        Path | None,
        typer.Option(
            "--prov", help="Besides: write W3C PROV (.json, .ttl, .provn).", rich_help_panel=WRITING
        ),
    ] = None,
    web_annotation: Annotated[
        Path | None,
        typer.Option(
            "--web-annotation",
            help="Besides: write every mark and code as W3C Web Annotations (JSON-LD).",
            rich_help_panel=WRITING,
        ),
    ] = None,
    schema_org: Annotated[
        Path | None,
        typer.Option(
            "--schema-org",
            help="Besides: write the claims as schema.org Claims (JSON-LD).",
            rich_help_panel=WRITING,
        ),
    ] = None,
    names: Names = False,
    no_text: NoText = False,
    output: Output = None,
) -> None:
    """Write the graph of sources, documents, passages, claims and origins."""
    import json

    from annotate.files import whole
    from annotate.present.graph_page import graph_page
    from annotate.present.summary import handed_on
    from annotate.provenance.exchange import prov_text, schema_claims, web_annotations, wordless
    from annotate.provenance.graph import graph_of, without_texts
    from annotate.provenance.graph import written as written_graph

    found = replace(found, study=handed_on(found.study, names=names)[0])
    made = without_texts(graph_of(found)) if no_text else graph_of(found)
    besides: list[tuple[Path, str]] = []
    if prov is not None:
        besides.append((prov, prov_text(made, prov.suffix.lower())))
    for path, make in ((web_annotation, web_annotations), (schema_org, schema_claims)):
        if path is not None:
            told = wordless(make(found)) if no_text else make(found)
            besides.append((path, json.dumps(told, ensure_ascii=False, indent=1) + "\n"))
    text = (
        graph_page(made, f"Claims and origins: {found.study.name}")
        if form == "html"
        else written_graph(made, form)
    )
    if output is not None:
        besides.append((output, text))
    for path, words in besides:
        with whole(path) as temporary:
            temporary.write_text(words, encoding="utf-8", newline="")
        say(f"{path}: written")
    if not besides:
        give(text, end="")
    say(f"{counted(len(made), 'node')} and {counted(made.number_of_edges(), 'edge')}")
