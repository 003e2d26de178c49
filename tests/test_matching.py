"""Which spans of two annotators match: never one twice, and as many as can be."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.agreement.spans.marks import MarkedPassage
from annotate.agreement.spans.matching import exact, match, mean_f1, overlap
from tests.marked_example import LABELS, passage, passages

SPANS = st.lists(
    st.lists(st.integers(0, 12), min_size=2, max_size=2, unique=True).map(sorted).map(tuple),
    max_size=5,
    unique=True,
).map(lambda spans: np.array(sorted(spans), dtype=np.int64).reshape(-1, 2))


def most(one: Any, other: Any) -> int:
    """The largest matching, by trying them all."""
    few, many = sorted((one.tolist(), other.tolist()), key=len)
    return max(
        sum(a[0] < b[1] and b[0] < a[1] for a, b in zip(few, chosen, strict=True))
        for chosen in permutations(many, len(few))
    )


@given(SPANS, SPANS)
def test_as_many_overlapping_spans_are_matched_as_can_be(one: Any, other: Any) -> None:
    assert overlap(one, other) == most(one, other) == overlap(other, one)
    assert exact(one, other) == exact(other, one) <= overlap(one, other)
    assert overlap(one, one) == exact(one, one) == len(one)


def test_touching_is_no_overlap_and_nothing_counts_twice() -> None:
    assert overlap(np.array([[0, 3]]), np.array([[3, 6]])) == 0
    assert overlap(np.array([[0, 9]]), np.array([[0, 3], [3, 6], [6, 9]])) == 1


def test_mean_over_pairs_by_hand() -> None:
    """ann and bob share one of 2 + 1 spans exactly (2/3), cyd marked nothing (0 twice): (2/3) / 3."""
    marked = [passage("abcdefgh", X=[[(0, 2), (4, 6)], [(0, 2)], []])]
    found = mean_f1(match(marked, ["X"]), np.ones((1, 3)))
    assert found["exact"] == pytest.approx([2 / 9], abs=1e-12)


def test_a_pair_that_marked_nothing_is_left_out() -> None:
    marked = [passage("abcdefgh", X=[[(0, 2)], [], []])]
    matched = match(marked, ["X"])
    assert matched.pairs == (("ann", "bob"), ("ann", "cyd"), ("bob", "cyd"))
    assert mean_f1(matched, np.ones((1, 3)))["exact"].tolist() == [0.0]
    assert np.isnan(mean_f1(match([passage("ab", X=[[], []])], ["X"]), np.ones((1, 1)))["overlap"]).all()
    assert np.isnan(mean_f1(match([], ["X"]), np.ones((2, 0)))["overlap"]).all()


def test_spans_of_different_labels_never_match() -> None:
    marked = [passage("abcdefgh", X=[[(0, 2)], []], Y=[[], [(0, 2)]])]
    assert mean_f1(match(marked, ["X", "Y"]), np.ones((1, 1)))["overlap"].tolist() == [0.0]


@settings(max_examples=50, deadline=None)
@given(st.lists(passages(), min_size=1, max_size=4), st.data())
def test_a_weight_is_a_passage_that_often(marked: list[MarkedPassage], data: Any) -> None:
    weights = np.array([data.draw(st.integers(0, 3)) for _ in marked])
    often = [one for one, n in zip(marked, weights, strict=True) for _ in range(n)]
    weighed, repeated = match(marked, LABELS), match(often, LABELS)
    one = mean_f1(weighed, weights[None, weighed.passage].astype(float))
    other = mean_f1(repeated, np.ones((1, len(repeated.pair))))
    for how in one:
        assert one[how] == pytest.approx(other[how], abs=1e-12, nan_ok=True)
