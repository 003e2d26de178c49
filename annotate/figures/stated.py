"""The table of stated arithmetic."""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

import pandas as pd

from annotate.figures.calculation import Calculation, Part, Passage
from annotate.figures.figure import NOT_UNDERSTOOD
from annotate.figures.products import products
from annotate.figures.rates import over_years, rates
from annotate.figures.shares import shares
from annotate.figures.sums import sums
from annotate.figures.table import plain

COLUMNS = (
    *("item", "document", "source", "start", "end", "operation", "inputs", "stated_low", "stated_high"),
    *("computed_low", "computed_high", "agrees", "finding", "text"),
)
_SIGNS = {
    "sum": " + ",
    "difference": " - ",
    "product": " x ",
    "quotient": " / ",
    "percent": " / ",
    "change": " to ",
}
_FIGURE = ("start", "end", "low", "high", "unit", "rate", "currency", "hedge", "quantity_type")


def arithmetic(quantities: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Recompute the arithmetic that the passages state.

    Parameters
    ----------
    quantities, passages
        Of :func:`~annotate.figures.quantities`, and what it was made of.

    Returns
    -------
    DataFrame
        One row a calculation, by document and place: item, document, source, start, end (code points of the
        document, from the first to the last figure of the passage that takes part), operation (sum, difference,
        product, quotient, percent of a whole, or change in percent), inputs (as an expression), stated_low, stated_high, computed_low,
        computed_high (NaN where open), agrees, finding ("the text states 64, its figures give 54") and text.

        The two agree where their intervals meet: a result may be rounded to the digits that are written (sums
        and differences of whole numbers may not), "about" and "nearly" reach a tenth to either side, and weeks,
        months and days are converted with two percent to spare.

    """
    found: list[Calculation] = []
    for _, group in groupby(_passages(plain(quantities), passages), key=lambda passage: passage.document):
        document = list(group)
        for at, passage in enumerate(document):
            if passage.parts:
                found += _calculations(document, at)
    rows = [_row(calculation) for calculation in found]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        {"start": "int64", "end": "int64", "agrees": "bool"}
    )


def _passages(quantities: pd.DataFrame, passages: pd.DataFrame) -> Iterator[Passage]:
    figures: dict[str, list[Part]] = {}
    offsets = dict(zip(passages["item"], passages["start"], strict=True))
    known = quantities.loc[quantities["quantity_type"] != NOT_UNDERSTOOD]
    for item, start, end, *rest in zip(*(known[name] for name in ("item", *_FIGURE)), strict=True):
        figures.setdefault(item, []).append(Part(start - offsets[item], end - offsets[item], *rest))
    ordered = passages.sort_values(["document", "start", "item"], kind="stable")
    names = ("item", "document", "source", "start", "text")
    for item, document, source, start, text in zip(*(ordered[name] for name in names), strict=True):
        yield Passage(item, document, source, start, text, figures.get(item, []))


def _calculations(document: Sequence[Passage], at: int) -> list[Calculation]:
    passage = document[at]
    before = document[at - 1] if at else None
    every = [
        *sums(passage, before),
        *shares(passage),
        *rates(passage),
        *products(passage, before),
        *over_years(document, at),
    ]
    unique = {(c.operation, c.stated, tuple(c.inputs)): c for c in every}
    return sorted(unique.values(), key=lambda c: min((part.start for part in _here(c)), default=0))


def _here(calculation: Calculation) -> list[Part]:
    return [part for part in (*calculation.inputs, calculation.stated) if part in calculation.passage.parts]


def _row(calculation: Calculation) -> tuple[object, ...]:
    passage = calculation.passage
    here = _here(calculation)
    start, end = min(part.start for part in here), max(part.end for part in here)
    stated = calculation.stated.interval
    computed = calculation.computed
    inputs = _SIGNS[calculation.operation].join(_shown(part.interval) for part in calculation.inputs)
    finding = f"the text states {_shown(stated)}, its figures give {_shown(computed)}"
    bounds = (math.nan if math.isinf(bound) else bound for bound in (*stated, *computed))
    return (
        *(passage.item, passage.document, passage.source, passage.start + start, passage.start + end),
        *(calculation.operation, inputs, *bounds, calculation.agrees, finding, passage.text[start:end]),
    )


def _shown(interval: tuple[float, float]) -> str:
    low, high = (f"{bound:,.6g}" if abs(bound) < 1e6 else f"{bound:,.0f}" for bound in interval)  # noqa: PLR2004
    if interval[0] == interval[1]:
        return low
    if math.isinf(interval[0]):
        return f"at most {high}"
    return f"at least {low}" if math.isinf(interval[1]) else f"{low} to {high}"
