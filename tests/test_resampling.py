import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotate.sampling import draw, generator, percentiles


def test_nothing_defined_has_no_percentile():
    assert np.isnan(percentiles(np.array([np.nan, np.nan]), 0.95)).all()
    assert percentiles(np.array([np.nan, 1.0, 3.0]), 0.5) == (1.5, 2.5)


def test_streams_differ_by_name_and_not_by_how_they_are_cut():
    names = [("v", []), ("w", []), ("v", [["source", "a"]]), ("v", [["source", "b"]]), ("v", [["desk", "a"]])]
    states = [generator(0, *name).integers(2**60) for name in names]
    assert len(set(states)) == len(names)
    assert generator(0, "v", None).integers(2**60) != generator(1, "v", None).integers(2**60)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(sum), st.integers(0, 5))
def test_as_many_units_are_drawn_as_there_are_and_none_from_an_empty_pattern(n, seed):
    counts = np.array(n)
    drawn = draw(counts, 7, np.random.default_rng(seed))
    assert drawn.shape == (7, len(n))
    assert (drawn.sum(axis=1) == counts.sum()).all()
    assert (drawn[:, counts == 0] == 0).all()
