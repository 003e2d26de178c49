"""Which passages are worth aligning: they share rare pairs of stems that stand close together.

A pair of stems is unordered, and one other content stem may stand between them, so that a word put in or an
active turned passive leaves pairs in common. Long passages are looked at in blocks, so that the work grows
with what they share and not with their length.

Who shares rare terms is a group-by and a self-join, run by the frame's own engine. It is exact, never by
hashing: terms are integers that stand for themselves, and weights are whole numbers, so that every engine gives
the same digits. A pandas frame is joined in memory; one with more rows than ``IN_MEMORY`` goes to DuckDB.
"""

from dataclasses import dataclass
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
from narwhals.typing import IntoFrame

from annotate.reuse.evidence import neighbours
from annotate.reuse.stems import BoolArray, IntArray, Words

REACH = 2  # a pair is two content stems at most so far apart
FEWEST = 2  # pairs that two passages must share
BLOCK = 64  # words
LONG = 2 * BLOCK  # a passage with more words is looked at in blocks


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of forms (pairs x 2, the lower number first) and the words to align of either.

    ``low`` and ``high`` (pairs x 2) are the first word and the last one, excluded. Long passages may share
    more in other places: ``elsewhere`` has the number of the pair (places,), the best first in each, and
    ``elsewhere_low`` and ``elsewhere_high`` (places x 2) the words.
    """

    forms: IntArray
    low: IntArray
    high: IntArray
    elsewhere: IntArray
    elsewhere_low: IntArray
    elsewhere_high: IntArray


def candidates(forms: Words, documents: IntArray, most: int) -> Candidates:
    """Find the pairs of forms that share rare pairs of stems.

    Parameters
    ----------
    forms
        The words of passages that differ from each other.
    documents
        The document of each form; a form of several documents has a number of its own.
    most
        A pair of stems counts if at most so many passages (of long ones, blocks of 64 words) have it.

    """
    lengths = np.diff(forms.bounds)
    blocks = np.where(lengths > LONG, -(-lengths // BLOCK), 1)
    first_block = np.concatenate([[0], np.cumsum(blocks)])
    form_of = np.repeat(np.arange(len(lengths)), blocks)
    terms = _terms(forms, documents, first_block, lengths > LONG)
    found = shared_terms(terms, most=most, fewest=FEWEST)
    found = found.assign(a=form_of[found["first"]], b=form_of[found["second"]])
    found = found.loc[found["a"] != found["b"]]
    found = found.sort_values(["a", "b", "weight"], ascending=[True, True, False], kind="stable")
    pairs = found[["a", "b"]].to_numpy()
    block = found[["first", "second"]].to_numpy() - first_block[pairs]
    long = blocks[pairs] > 1
    low = np.where(long, np.maximum((block - 1) * BLOCK, 0), 0)
    high = np.where(long, np.minimum((block + 2) * BLOCK, lengths[pairs]), lengths[pairs])
    best = ~found.duplicated(["a", "b"]).to_numpy()
    number = np.cumsum(best) - 1
    return Candidates(pairs[best], low[best], high[best], number[~best], low[~best], high[~best])


def _terms(forms: Words, documents: IntArray, first_block: IntArray, long: BoolArray) -> pd.DataFrame:
    """One row a distinct pair of stems of a block: passage (the block), document, term.

    Pairs that occur once are left out at once: they are most, and lead nowhere.
    """
    of = np.repeat(np.arange(len(forms.bounds) - 1), np.diff(forms.bounds))
    place = np.flatnonzero(forms.codes >= 0)
    of, codes = of[place], forms.codes[place]
    left = [np.flatnonzero(of[apart:] == of[:-apart]) for apart in range(1, REACH + 1)]
    term = np.concatenate(
        [neighbours(codes[at], codes[at + apart], forms.n_stems) for apart, at in enumerate(left, start=1)]
    )
    again = np.flatnonzero(pd.Series(term).isin(_repeated(term)))
    term, at = term[again], np.concatenate(left)[again]
    form = of[at]
    block = first_block[form] + np.where(long[form], (place[at] - forms.bounds[form]) // BLOCK, 0)
    table = pd.DataFrame({"passage": block, "document": documents[form], "term": term})
    return table.drop_duplicates(["passage", "term"])


def _repeated(values: IntArray) -> IntArray:
    """The values that occur more than once."""
    ordered = np.sort(values)
    same = ordered[1:] == ordered[:-1]
    return ordered[1:][same & ~np.concatenate([[False], same[:-1]])] if len(same) else ordered[:0]


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
