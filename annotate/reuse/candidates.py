"""Which passages are worth aligning: they share rare pairs of stems that stand close together, and rare words say much.

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

from annotate.reuse.stems import BoolArray, FloatArray, IntArray, Words

FULL = 50  # a stem in at most one passage of so many others has full weight
FUNCTION_WORD = 0.2  # what a function word weighs
NAME = 4  # words that a fixed phrase may have
SHARED_ANYHOW = 0.4  # what a name, and a number of which dates are made, counts
DOUBT = 3  # occurrences apart that are imagined beside those that were seen


@dataclass(frozen=True, eq=False)
class Evidence:
    """The weight in [0, 1] of each word where it stands (as ``Words.codes``), and the sum of each form."""

    weights: FloatArray
    totals: FloatArray


def evidence(forms: Words) -> Evidence:
    """Weigh the words of passages that differ from each other.

    A content stem that ``n`` of ``N`` passages have weighs ``ln(max(N, 50) / (n - 1)) / ln(50)``, within
    [0, 1]: its rarity among the *others*, for what two passages share is in two at least. So a stem has
    full weight if at most one other passage in 50 has it, whatever their number.

    A stem that always stands beside the one on its left, as the second word of a name does, adds nothing to
    it: its weight is multiplied by ``1 - c``, where c is the share of the other occurrences of the rarer of
    the two that stand beside the other, with three more imagined that do not. After four words in a row a
    fixed phrase is taken for a copy, and counts. A capital (in passages where most words have none, and not
    of the first word; nowhere in German) makes a name of a word, and what is a name, a day or a year counts
    0.4 of that: texts on one matter share those anyhow. A function word weighs 0.2, wherever it stands.
    """
    n_forms = len(forms.bounds) - 1
    of = np.repeat(np.arange(n_forms), np.diff(forms.bounds))
    content = np.flatnonzero(forms.codes >= 0)
    codes, of_content = forms.codes[content], of[content]
    weights = np.full(len(forms.codes), FUNCTION_WORD)
    known = np.where(np.isin(codes, forms.dates) | names(forms, of)[content], SHARED_ANYHOW, 1.0)
    weights[content] = (
        _rarity(codes, of_content, n_forms, forms.n_stems)
        * (1 - _cohesion(codes, of_content, forms.n_stems))
        * known
    )
    totals = np.add.reduceat(weights, forms.bounds[:-1]) if n_forms else np.zeros(0)
    return Evidence(weights, totals)


def names(forms: Words, of: IntArray) -> BoolArray:
    """Tell the words that have a capital but do not stand first, except where most have: in titles."""
    n_forms = len(forms.bounds) - 1
    capitals = np.bincount(of[forms.capitals], minlength=n_forms)
    content = np.bincount(of[forms.codes >= 0], minlength=n_forms)
    found = forms.capitals & (2 * capitals <= content)[of]
    first = forms.bounds[:-1][np.diff(forms.bounds) > 0]
    found[first] = False
    return found


def _rarity(codes: IntArray, of: IntArray, n_forms: int, n_stems: int) -> FloatArray:
    size = np.int64(max(n_stems, 1))
    n = np.bincount(np.unique(of * size + codes) % size, minlength=n_stems)
    among = max(n_forms, FULL)
    rarity = np.log(among / np.maximum(n - 1, 1)) / np.log(FULL)
    return np.asarray(np.clip(rarity, 0.0, 1.0)[codes], dtype=np.float64)


def _cohesion(codes: IntArray, of: IntArray, n_stems: int) -> FloatArray:
    """For each stem, in what share of other places it stands beside its neighbour on the left."""
    cohesion = np.zeros(len(codes))
    inside = np.flatnonzero(of[1:] == of[:-1]) + 1
    left, right = codes[inside - 1], codes[inside]
    _, place, together = np.unique(neighbours(left, right, n_stems), return_inverse=True, return_counts=True)
    single = np.bincount(codes, minlength=n_stems)
    elsewhere = np.maximum(np.minimum(single[left], single[right]) - 2, 0) + DOUBT
    cohesion[inside] = np.clip((together[place] - 2) / elsewhere, 0.0, 1.0)
    return np.where(_run(cohesion > 0) < NAME, cohesion, 0.0)


def _run(fixed: BoolArray) -> IntArray:
    """How many in a row, up to each place, are fixed."""
    at = np.arange(len(fixed))
    last = np.maximum.accumulate(np.where(fixed, -1, at)) if len(fixed) else at
    return at - last


def neighbours(one: IntArray, other: IntArray, n_stems: int) -> IntArray:
    """Unordered pairs of stems as integers that stand for themselves."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    return np.asarray(low * np.int64(max(n_stems, 1)) + high, dtype=np.int64)


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
