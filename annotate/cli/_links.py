"""Which passages may make the same claim, and the project in which people say whether they do: ``candidates``, ``link``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli._exchange import pushed
from annotate.cli._groups import Table, written
from annotate.cli._help import CLAIMS, command, takes
from annotate.cli.options import Config, Insecure, Texts, refuse_overwriting
from annotate.cli.speech import say, say_doubled
from annotate.errors import InputError, counted

if TYPE_CHECKING:
    import pandas as pd


app = typer.Typer()

Vectors = Annotated[
    Path | None,
    typer.Option(
        "--vectors",
        help="Vectors of the passages, such as a model's embeddings, which join the likeness: .npy, a row for each task in its order, or .parquet with the column item.",
    ),
]
Language = Annotated[str, typer.Option("--language", help="Of the texts, such as english or german.")]


@command(app, "candidates", CLAIMS, example="annotate candidates tasks.json --top 200")
@takes(table=written)
def candidates(
    texts: Texts,
    table: Table,
    top: Annotated[int, typer.Option("--top", min=1, help="How many pairs to give.")] = 1000,
    vectors: Vectors = None,
    language: Language = "english",
    config: Config = None,
) -> None:
    """Find pairs of passages of different documents that may make the same claim, best first, with reasons."""
    from annotate.present.text_tables import candidates_table
    from annotate.study.passages import read_passages

    refuse_overwriting(table.output, *filter(None, [texts, vectors, config]))
    found = _found(texts, read_passages(texts, config), top, vectors, language)
    table.write(found, candidates_table)
    say(
        f"{counted(len(found), 'pair')} of the {found.attrs['pairs']:,} of different documents; the score puts them in order, "
        "and says nothing of how sure it is"
    )


@command(
    app, "link", CLAIMS, example='annotate link tasks.json --project "Same claim?" --overlap 2 --control 0.1'
)
def link(
    texts: Texts,
    project: Annotated[
        str | None,
        typer.Option("--project", help="Push the pairs into this project, which is made if there is none."),
    ] = None,
    overlap: Annotated[int, typer.Option("--overlap", min=1, help="How many annotators code each pair.")] = 2,
    top: Annotated[int, typer.Option("--top", min=1, help="How many of the best candidates to code.")] = 200,
    control: Annotated[
        float,
        typer.Option(
            "--control",
            min=0,
            max=1,
            help="Besides, as a share of these: pairs drawn from below them, by which missed links are estimated.",
        ),
    ] = 0.1,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed draws the same control.")] = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the pairs as a task file.")
    ] = None,
    vectors: Vectors = None,
    language: Language = "english",
    config: Config = None,
    link_config: Annotated[
        Path | None,
        typer.Option(
            "--link-config", help="A label config for pairs (default: the one that comes with annotate)."
        ),
    ] = None,
    instructions: Annotated[
        Path | None,
        typer.Option(
            "--instructions",
            help="Guidelines in Markdown (default: those that come with annotate, with its config).",
        ),
    ] = None,
    insecure: Insecure = False,
) -> None:
    """Put pairs of passages before annotators, who say whether they make the same claim, and who has it from whom."""
    from annotate.codebook.read import load_codebook
    from annotate.coordination.linking import NEAR, link_tasks
    from annotate.corpus import write_tasks
    from annotate.files import bundled
    from annotate.studio.push import push_pairs
    from annotate.study.links import CONFIG, CONTROL, asks_for_links
    from annotate.study.passages import read_passages

    refuse_overwriting(output, *filter(None, [texts, vectors, config, link_config, instructions]))
    book = load_codebook(link_config or bundled(CONFIG))
    if not asks_for_links(book):
        raise InputError(
            f"{link_config}: has no choices named relation and derivation; begin with a copy of {CONFIG}"
        )
    passages = read_passages(texts, config)
    found = _found(texts, passages, NEAR * top, vectors, language)
    tasks = link_tasks(
        found,
        passages,
        top=top,
        control=control,
        config_sha256=book.sha256,
        seed=seed,
        language=language,
    )
    drawn = sum(task["data"]["stratum"] == CONTROL for task in tasks)
    say(f"{counted(len(tasks) - drawn, 'candidate')}, and {counted(drawn, 'pair')} drawn from below them")
    if output is not None:
        write_tasks(tasks, output)
    if project is not None:
        guide = instructions or (bundled("linking.md") if link_config is None else None)
        report = pushed(push_pairs, tasks, project, overlap, book, guide, insecure=insecure, one="pair")
        say_doubled(report.doubled)
    if output is None and project is None:
        say("nothing was written: give --project or --output")


def _found(
    texts: Path, passages: "pd.DataFrame", top: int, vectors: Path | None, language: str
) -> "pd.DataFrame":
    from annotate.provenance import candidates
    from annotate.provenance._candidates import read_vectors

    given = None if vectors is None else read_vectors(vectors, texts)
    found = candidates(passages, most=top, vectors=given, language=language)
    if left_out := found.attrs["left_out"]:
        say(f"left out: {counted(left_out, 'passage')} of boilerplate")
    if found.empty:
        say(f"{texts}: no two passages of different documents have anything in common")
    return found
