"""The self-join on rare terms: exact, and the same on every engine."""

from collections import defaultdict
from collections.abc import Callable
from itertools import combinations
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.reuse import candidates
from annotate.reuse.candidates import PAIRS, TERMS, shared_terms

Rows = list[tuple[int, int]]


def frame(rows: Rows, n_documents: int) -> pd.DataFrame:
    """Passages and terms; passages are dealt to documents in turn."""
    passage, term = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    return pd.DataFrame({"passage": passage, "document": passage % n_documents, "term": term})[list(TERMS)]


def by_hand(terms: pd.DataFrame, most: int, fewest: int) -> list[tuple[int, ...]]:
    """Each term's pairs of passages, one at a time."""
    passages: dict[int, set[int]] = defaultdict(set)
    document = {}
    for row in terms.itertuples():
        passages[row.term].add(row.passage)
        document[row.passage] = row.document
    shares: dict[tuple[int, int], list[int]] = defaultdict(list)
    for having in passages.values():
        if len(having) <= most:
            for one, other in combinations(sorted(having), 2):
                if document[one] != document[other]:
                    shares[one, other].append(1000 // len(having))
    return sorted((*pair, len(each), sum(each)) for pair, each in shares.items() if len(each) >= fewest)


def relation(terms: pd.DataFrame) -> Any:
    connection = duckdb.connect()
    connection.register("terms", terms)
    return connection.sql("SELECT * FROM terms")


ENGINES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda terms: terms,
    "pandas, by Narwhals": nw.from_native,
    "polars": pl.from_pandas,
    "polars, lazy": lambda terms: pl.from_pandas(terms).lazy(),
    "DuckDB": relation,
}


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    rows=st.lists(st.tuples(st.integers(0, 12), st.integers(-3, 6)), unique=True, max_size=60),
    n_documents=st.integers(1, 5),
    most=st.integers(2, 6),
    fewest=st.integers(1, 3),
)
def test_finds_what_a_slow_loop_finds(
    engine: str, rows: Rows, n_documents: int, most: int, fewest: int
) -> None:
    terms = frame(rows, n_documents)
    found = shared_terms(ENGINES[engine](terms), most=most, fewest=fewest)
    assert list(found.columns) == list(PAIRS)
    assert list(found.itertuples(index=False, name=None)) == by_hand(terms, most, fewest)
    assert set(found.dtypes) == {np.dtype("int64")}


def test_a_large_frame_goes_to_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    rows = list(
        set(zip(rng.integers(0, 300, 4000).tolist(), rng.integers(0, 900, 4000).tolist(), strict=True))
    )
    terms = frame(rows, 40)
    in_memory = shared_terms(terms, most=5)
    monkeypatch.setattr(candidates, "IN_MEMORY", 0)
    pd.testing.assert_frame_equal(shared_terms(terms, most=5), in_memory, check_exact=True)
    assert list(in_memory.itertuples(index=False, name=None)) == by_hand(terms, 5, 1)


def test_terms_are_not_hashed() -> None:
    """Codes near the ends of 64 bits stay apart, also where a float would confound them."""
    far = 2**62
    terms = frame([(0, far), (1, far + 1), (2, far + 1), (3, -far), (4, -far)], 5)
    assert shared_terms(terms, most=8)[["first", "second"]].to_numpy().tolist() == [[1, 2], [3, 4]]


def test_rows_may_come_in_any_order() -> None:
    terms = frame([(p, t) for p in range(9) for t in range(9) if (p * t) % 4 < 2], 3)
    shuffled = terms.sample(frac=1, random_state=1)
    expected = shared_terms(terms, most=8)
    assert len(expected)
    pd.testing.assert_frame_equal(shared_terms(shuffled, most=8), expected)
