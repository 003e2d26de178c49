"""The sheet about annotators: how much each did, and how every two agree, as a heat map for each question."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from annotate.errors import counted
from annotate.frames import records
from annotate.present.summary import Summary
from annotate.present.wording import coefficient
from annotate.present.workbook.cell import Column, Value
from annotate.present.workbook.sheet import Book, Sheet
from annotate.study.study import Study
from annotate.study.words import in_words, natural

MOST_ANNOTATORS = 40  # in a matrix; of more the pairs are a list
MEASURE = "krippendorff_alpha"
_PRINTED_ROWS = 60  # on a page, so that a matrix of few annotators is not torn in two


COLUMNS = [
    Column("Annotator", "text", 14, "A pseudonym; the snapshot says whose it is."),
    Column("Passages", "count", 10, "Coded in the first round."),
    Column("Judgements", "count", 11, "Answers in the first round."),
    Column("A second time", "count", 10, "Passages coded again."),
    Column("Marked stretches", "count", 10, "Of text, in the first round."),
    Column("Median seconds", "seconds", 10, "From opening to submitting a passage."),
    Column("With the others", "share", 10, "Pairs with others that agree, over all questions."),
    Column("With themselves", "share", 11, "Answers given again the second time."),
]


def annotators(book: Book, summary: Summary) -> Any:
    """Write the sheet: a row for each annotator, below them a matrix for each question."""
    names = sorted(summary.study.annotators, key=natural)
    rows, matrices = [_row(summary, name) for name in names], len(names) <= MOST_ANNOTATORS
    page = book.add(
        "Annotators", Sheet(COLUMNS, rows, len(rows), explained=True, head_on_each_page=not matrices)
    )
    row = len(names) + 4
    if not matrices:
        book.text(
            page,
            row,
            0,
            f"More than {MOST_ANNOTATORS} annotators: for each pair see annotate annotators pairs.",
        )
        return page
    page.set_column(8, max(8, len(names) + 1), 10)
    for variable, of in summary.pairs.groupby("variable", sort=False):
        row = _matrix(book, page, row, str(variable), of, names)
    page.fit_to_pages(1, math.ceil(row / _PRINTED_ROWS))
    return page


def _row(summary: Summary, name: str) -> list[Value]:
    study = summary.study
    own = study.ratings.loc[study.ratings["annotator"] == name]
    first = own.loc[own["round"] == 1]
    marked = int(((study.spans["annotator"] == name) & (study.spans["round"] == 1)).sum())
    return [
        name,
        int(first["item"].nunique()),
        len(first),
        int(own.loc[own["round"] > 1, "item"].nunique()) or None,
        marked,
        _median_seconds(study, first),
        _agreeing(summary.pairs, ("annotator_a", "annotator_b"), name),
        _agreeing(summary.rounds, ("annotator",), name),
    ]


def _median_seconds(study: Study, first: pd.DataFrame) -> float | None:
    if "lead_time" not in study.ratings.columns:
        return None
    seconds = pd.to_numeric(first.drop_duplicates("item")["lead_time"], errors="coerce").median()
    return None if pd.isna(seconds) else float(seconds)


def _agreeing(found: pd.DataFrame, who: Sequence[str], name: str) -> float | None:
    """The share of all answers, compared one by one, that are the same."""
    if found.empty:
        return None
    own = found.loc[(found[list(who)] == name).any(axis=1) & found["percent_agreement"].notna()]
    items = own["n_items"].sum()
    return float((own["percent_agreement"] * own["n_items"]).sum() / items) if items else None


def _matrix(book: Book, page: Any, row: int, variable: str, found: pd.DataFrame, names: Sequence[str]) -> int:
    """Write one matrix, and give the row behind it."""
    title = f"{in_words(variable)}: {coefficient(MEASURE).name} of every two annotators"
    book.text(page, row, 0, title, bold=True, font_size=12)
    page.set_row(row, 24)
    placed = {name: place for place, name in enumerate(names, start=1)}
    head = book.look(bold=True, align="right", bottom=1)
    for name, place in placed.items():
        page.write_string(row + 1, place, name, head)
    cells: dict[tuple[str, str], tuple[float | None, int]] = {}
    for pair in records(found):
        for one, other in (("annotator_a", "annotator_b"), ("annotator_b", "annotator_a")):
            cells[pair[one], pair[other]] = (pair[MEASURE], pair["n_items"])
    number, empty = (
        book.look(num_format="0.00", align="right"),
        book.look(font_color="#8694A6", align="right"),
    )
    for line, name in enumerate(names, start=row + 2):
        page.write_string(line, 0, name, book.look(bold=True, indent=1))
        for other, place in placed.items():
            value, n = cells.get((name, other), (None, 0))
            if value is None:
                page.write_string(line, place, "" if name == other else "undefined" if n else "none", empty)
            else:
                page.write_number(line, place, value, number)
    last = row + 1 + len(names)
    page.conditional_format(
        row + 2, 1, last, len(names),
        {"type": "3_color_scale", "min_type": "num", "min_value": 0, "mid_type": "num", "mid_value": 0.5,
         "max_type": "num", "max_value": 1, "min_color": "#F3D9B1", "mid_color": "#FFFFFF", "max_color": "#7FB3D8"},
    )  # fmt: skip
    shared = [n for _, n in cells.values()]
    said = (
        f"{min(shared):,} to {counted(max(shared), 'passage')} in common"
        if shared
        else "no passages in common"
    )
    book.text(page, last + 1, 0, f"{said}; none: no passage in common; undefined: no variation", font_color="#5C6673", italic=True)  # fmt: skip
    return last + 4
