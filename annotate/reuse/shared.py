"""Which passages share rare terms: a group-by and a self-join, run by the frame's own engine.

Exact, never by hashing: terms are integers that stand for themselves, and weights are whole numbers, so
that every engine gives the same digits. A pandas frame is joined in memory; one with more rows than
``IN_MEMORY`` goes to DuckDB.
"""

from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
from narwhals.typing import IntoFrame

TERMS = ("passage", "document", "term")
PAIRS = ("first", "second", "n_shared", "weight")
IN_MEMORY = 500_000
WHOLE = 1000  # the weight of a term is counted in thousandths


def shared_terms(terms: IntoFrame, *, most: int, fewest: int = 1) -> pd.DataFrame:
    """Find the pairs of passages that share rare terms, and how much they share.

    Parameters
    ----------
    terms
        One row a distinct term of a passage: passage, document, term (64-bit integers).
    most
        A term counts if it is in 2 to ``most`` passages, so the join has at most ``(most - 1) / 2`` rows a
        row of the table.
    fewest
        A pair counts if it shares so many terms.

    Returns
    -------
    DataFrame
        One row a pair of passages of different documents, sorted: first, second (``first < second``),
        n_shared (terms), weight (the sum over them of 1 / the passages that have the term, in thousandths,
        each rounded down).

    """
    native = nw.to_native(terms, pass_through=True)
    if isinstance(native, pd.DataFrame) and len(native) > IN_MEMORY:
        with duckdb.connect() as connection:
            table = pa.Table.from_pandas(native[list(TERMS)], preserve_index=False)
            return _sorted(_join(nw.from_native(connection.from_arrow(table)), most, fewest))
    return _sorted(_join(nw.from_native(native).lazy(), most, fewest))


def _join(terms: "nw.LazyFrame[Any]", most: int, fewest: int) -> "nw.LazyFrame[Any]":
    counts = terms.group_by("term").agg(nw.len().alias("n"))
    rare = counts.filter((nw.col("n") > 1) & (nw.col("n") <= most))
    kept = terms.join(rare.select("term", weight=nw.lit(WHOLE) // nw.col("n")), on="term", how="inner")
    other = kept.select("term", second="passage", second_document="document")
    pairs = kept.join(other, on="term", how="inner").filter(
        (nw.col("passage") < nw.col("second")) & (nw.col("document") != nw.col("second_document"))
    )
    found = pairs.group_by("passage", "second").agg(nw.len().alias("n_shared"), nw.col("weight").sum())
    return found.filter(nw.col("n_shared") >= fewest).rename({"passage": "first"})


def _sorted(pairs: "nw.LazyFrame[Any]") -> pd.DataFrame:
    found = pairs.select(*PAIRS).collect(backend="pyarrow").to_pandas()
    return found.astype("int64").sort_values(["first", "second"], ignore_index=True)
