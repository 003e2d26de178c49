"""Marked passages for tests, and passages that hypothesis makes up."""

from typing import Any

import pandas as pd
from hypothesis import strategies as st

from annotate.agreement.spans.marks import MarkedPassage

LABELS = ("SOURCE", "CLAIM")
NAMES = ("ann", "bob", "cyd", "dee")


def passage(text: str, **rows: list[list[tuple[int, int]]]) -> MarkedPassage:
    """A passage; each label with one list of spans an annotator."""
    size = len(next(iter(rows.values())))
    return MarkedPassage(text, NAMES[:size], {label: tuple(map(tuple, row)) for label, row in rows.items()})


@st.composite
def passages(draw: Any, least: int = 2, overlapping: bool = True) -> MarkedPassage:
    text = draw(st.text(alphabet="ab .,é", min_size=1, max_size=14))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=least, max_size=4, unique=True))
    span = st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True).map(sorted).map(tuple)
    rows = {label: [draw(st.lists(span, max_size=4)) for _ in names] for label in LABELS}
    if not overlapping:
        rows = {label: [_apart(row) for row in one] for label, one in rows.items()}
    return MarkedPassage(text, tuple(names), {label: tuple(map(tuple, row)) for label, row in rows.items()})


def _apart(row: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(row):
        if not kept or kept[-1][1] <= start:
            kept.append((start, end))
    return kept


def tables(marked: list[MarkedPassage]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The three tables that such passages come from."""
    spans, annotated = [], []
    for number, one in enumerate(marked):
        item, source = f"p{number}", f"source {number % 2}"
        annotated += [(item, name) for name in one.annotators]
        for label, rows in one.spans.items():
            for name, row in zip(one.annotators, rows, strict=True):
                for start, end in row:
                    spans.append((item, source, name, label, start, end, one.text[start:end], "1", "r", 1))
    columns = [
        "item",
        "source",
        "annotator",
        "label",
        "start",
        "end",
        "text",
        "annotation",
        "region",
        "round",
    ]
    texts = [(f"p{number}", f"source {number % 2}", one.text) for number, one in enumerate(marked)]
    return (
        pd.DataFrame(spans, columns=columns),
        pd.DataFrame(annotated, columns=["item", "annotator"]),
        pd.DataFrame(texts, columns=["item", "source", "text"]),
    )
