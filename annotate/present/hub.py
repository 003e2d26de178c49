"""A study in the layout that ``datasets.load_dataset`` reads from a folder: one row a passage, with hard and soft labels."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from annotate.present.data_statement import data_statement, title_of
from annotate.present.package import files_in, slug, tidy, whole_folder
from annotate.present.summary import Summary
from annotate.study.ratings import decode_set

CARD = "README.md"
_PASSAGE = ("item", "text", "source", "document", "title", "published", "url")


def write_dataset(folder: Path, summary: Summary) -> list[Path]:
    """Write a study as a data set of Hugging Face: ``load_dataset(folder)`` gives its passages, ``"ratings"`` the judgements.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        If the folder holds other files.

    """
    with whole_folder(folder) as made:
        for name in ("passages", "ratings"):
            (made / name).mkdir()
        pq.write_table(soft_labels(summary), made / "passages" / "train.parquet")  # type: ignore[no-untyped-call]
        ratings = summary.study.ratings.drop(columns=["annotation"], errors="ignore")
        tidy(ratings).to_parquet(made / "ratings" / "train.parquet", index=False)
        (made / CARD).write_text(_card(summary), encoding="utf-8", newline="")
    return sorted(files_in(folder))


def soft_labels(summary: Summary) -> pa.Table:
    """One row for each passage that was rated: of each variable the final label, and the share of each category.

    ``<variable>`` is the final label (of a set, a list), null for a tie and where nobody was asked; ``<variable>_soft`` has the
    shares of the categories in the order of the codebook (Uma et al. 2021), a category of a set for itself; ``<variable>_n`` counts
    the annotators.
    """
    study = summary.study
    rated = study.first_round
    passages = study.passages[study.passages["item"].isin(rated["item"])].reset_index(drop=True)
    columns: dict[str, Any] = {
        name: pa.array([None if pd.isna(one) else str(one) for one in passages[name]], pa.string())
        for name in _PASSAGE
        if name in passages.columns
    }
    final = {
        (row["item"], row["variable"]): row["category"]
        for row in summary.labels.to_dict("records")
        if isinstance(row["category"], str)
    }
    offered = categories_of(summary)
    for variable, rows in rated.groupby("variable", sort=False):
        name, categories = str(variable), offered[str(variable)]
        is_set = study.levels.get(name) == "set"
        given = rows.groupby("item")["category"].agg(list).to_dict()
        answers = [given.get(item, []) for item in passages["item"]]
        labels = [final.get((item, name)) for item in passages["item"]]
        columns[name] = (
            pa.array(
                [None if one is None else list(decode_set(one)) for one in labels], pa.list_(pa.string())
            )
            if is_set
            else pa.array(labels, pa.string())
        )
        columns[f"{name}_soft"] = pa.array(
            [_shares(one, categories, is_set=is_set) for one in answers], pa.list_(pa.float64())
        )
        columns[f"{name}_n"] = pa.array([len(one) for one in answers], pa.int64())
    return pa.table(columns)


def categories_of(summary: Summary) -> dict[str, list[str]]:
    """The categories of each variable that was rated, in the order of the codebook; others that were chosen behind them."""
    study = summary.study
    book = {} if study.codebook is None else {one.name: one.categories for one in study.codebook.variables}
    found = {}
    for variable, rows in study.first_round.groupby("variable", sort=False):
        is_set = study.levels.get(str(variable)) == "set"
        chosen = {one for said in rows["category"] for one in (decode_set(said) if is_set else [said])}
        found[str(variable)] = list(
            dict.fromkeys([*(one.id for one in book.get(str(variable), ())), *sorted(chosen)])
        )
    return found


def _shares(answers: list[str], categories: list[str], *, is_set: bool) -> list[float] | None:
    if not answers:
        return None
    chosen = [set(decode_set(one)) if is_set else {one} for one in answers]
    return [sum(category in one for one in chosen) / len(chosen) for category in categories]


def _card(summary: Summary) -> str:
    """The card: how the files are read, what the shares stand for, and the data statement."""
    title = title_of(summary)
    lines = [
        "---",
        f"pretty_name: {json.dumps(title, ensure_ascii=False)}",
        "configs:",
        *(
            line
            for name, default in (("passages", True), ("ratings", False))
            for line in (
                f"- config_name: {name}",
                *(["  default: true"] if default else []),
                "  data_files:",
                "  - split: train",
                f"    path: {name}/train.parquet",
            )
        ),
        "---",
        "",
        f"# {title}",
        "",
        "```python",
        "from datasets import load_dataset",
        "",
        f'passages = load_dataset("{slug(title)}", split="train")  # the path of this folder',
        f'ratings = load_dataset("{slug(title)}", "ratings", split="train")',
        "```",
        "",
        "A row of `passages` is a passage. Of each question it has the final label, the share of annotators for each category",
        "(`_soft`, in the order below), and how many answered (`_n`). A tie has no label. There is one split: divide by document,",
        "for passages of one document resemble each other.",
        "",
        *_listed(categories_of(summary)),
        "",
    ]
    return "\n".join(lines) + data_statement(summary).replace("\n## ", "\n### ").replace(
        "# Data", "## Data", 1
    )


def _listed(offered: Mapping[str, list[str]]) -> list[str]:
    rows = [f"| `{name}_soft` | {', '.join(f'`{one}`' for one in of)} |" for name, of in offered.items()]
    return ["| column | categories, in order |", "| --- | --- |", *rows]
