"""The ways of drawing, against the multinomial written out, scipy and numpy; at fixed seeds."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from annotate import sampling
from annotate.sampling import (
    _LARGEST,
    _Halves,
    _one_by_one,
    _Tables,
    common_patterns,
    drawing,
    equal_blocks,
)

UNLIKELY = 1e-3


def skewed(patterns: int, units: int):
    """Patterns of which few have many of the units."""
    shares = np.random.default_rng(patterns).exponential(1, patterns) ** 2
    return 1 + (units * shares / shares.sum()).astype(np.int64)


def drawn_by(way: str, n, number: int):
    rng = np.random.default_rng(1)
    if way == "one by one":
        return _one_by_one(n, number, rng)
    if way == "numpy":
        return rng.multinomial(n.sum(), n / n.sum(), number)
    return _Halves(n, np.array([letter == "c" for letter in way]), rng).draw(number)


@pytest.mark.parametrize("way", ["one by one", "numpy", "crrr", "rrrc", "ccrr", "rccr", "cccr", "rccc"])
def test_every_way_is_the_multinomial(way):
    """Each sample that there can be comes as often as it must, however the patterns are halved."""
    n, number = np.array([4, 3, 2, 1]), 100_000
    drawn = drawn_by(way, n, number)
    every = [one for one in itertools.product(range(11), repeat=4) if sum(one) == 10]
    expected = number * stats.multinomial(10, n / 10).pmf(every)
    place = {one: index for index, one in enumerate(every)}
    found = np.bincount([place[tuple(one)] for one in drawn.tolist()], minlength=len(every))
    often = expected >= 5
    assert (
        stats.chisquare(
            [*found[often], found[~often].sum()], [*expected[often], expected[~often].sum()]
        ).pvalue
        > UNLIKELY
    )


@pytest.mark.parametrize(("patterns", "units"), [(30, 6_000), (165, 3_333), (165, 333_333), (600, 20_000)])
def test_many_patterns_are_drawn_as_numpy_draws_them(patterns, units):
    n = skewed(patterns, units)
    assert not common_patterns(n).all()
    ours = drawing(n, np.random.default_rng(1))(6000)
    theirs = np.random.default_rng(2).multinomial(n.sum(), n / n.sum(), 6000)
    assert (ours.sum(axis=1) == n.sum()).all()
    weights = np.random.default_rng(3).normal(size=(patterns, 4))
    for summary in (
        lambda drawn: ((drawn - n) ** 2 / n).sum(axis=1),
        *((lambda d, w=w: d @ w) for w in weights.T),
    ):
        assert stats.ks_2samp(summary(ours), summary(theirs)).pvalue > UNLIKELY
    error = np.sqrt(n * (1 - n / n.sum()) / len(ours))
    assert stats.kstest((ours.mean(axis=0) - n) / error, "norm").pvalue > UNLIKELY
    assert ours.var(axis=0) / (error**2 * len(ours)) == pytest.approx(1, abs=0.12)


@pytest.mark.parametrize("mean", [1, 2, 9, 40, 700, _LARGEST])
def test_tables_hold_poisson_numbers(mean):
    """Also where most of the probability is in the rest, and beside tables of other lengths."""
    found = _Tables(np.array([3, mean, 5])).draw(100_000, np.random.default_rng(mean))[1]
    numbers = np.arange(found.max() + 2)
    expected = len(found) * np.append(
        stats.poisson(mean).pmf(numbers[:-1]), stats.poisson(mean).sf(numbers[-2])
    )
    often = expected >= 5
    counted = np.bincount(found, minlength=len(numbers))
    assert (
        stats.chisquare(
            [*counted[often], counted[~often].sum()], [*expected[often], expected[~often].sum()]
        ).pvalue
        > UNLIKELY
    )


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, 2, 5, 9, 30, 500, 9000]), min_size=1, max_size=40).filter(sum),
    st.lists(st.integers(0, 400), min_size=1, max_size=4),
    st.integers(0, 5),
)
def test_in_how_many_calls_does_not_change_what_is_drawn(n, calls, seed):
    counts = np.array(n)
    draw = drawing(counts, np.random.default_rng(seed))
    parts = np.concatenate([draw(number) for number in calls])
    assert parts.shape == (sum(calls), len(n))
    assert (parts >= 0).all()
    assert (parts.sum(axis=1) == counts.sum()).all()
    assert (parts[:, counts == 0] == 0).all()
    assert np.array_equal(parts, drawing(counts, np.random.default_rng(seed))(sum(calls)))


def test_numpy_draws_what_tables_do_not_pay_for():
    for few in ([7], [300, 100], [9, 9, 9, 9], [_LARGEST + 1] * 300):
        assert common_patterns(np.array(few)).all()
    many = common_patterns(np.array([_LARGEST + 1, 0, *[20] * 400, _LARGEST + 2]))
    assert many[[0, 1, -1]].all()
    assert not many[2:-1].all()
    alike = common_patterns(np.full(200, 20))  # none is more common than another
    assert 0 < alike.sum() < 100


def test_many_equal_units_are_drawn_as_a_multinomial():
    """Each sample has as many units; a unit's numbers are binomial, and two units' hang together as they should."""
    units = 5000
    blocks = equal_blocks(units, np.random.default_rng(0))
    drawn = np.concatenate([next(blocks) for _ in range(12)], axis=1).astype(float)
    assert (drawn.sum(axis=0) == units).all()
    numbers = np.bincount(drawn.astype(int).ravel(), minlength=8)[:8] / drawn.size
    wanted = stats.binom.pmf(np.arange(8), units, 1 / units)
    assert np.allclose(numbers, wanted, atol=5 * np.sqrt(wanted / drawn.size))
    halves = drawn[: units // 2].sum(axis=0)
    assert halves.mean() == pytest.approx(units / 2, abs=5 * np.sqrt(units / 4 / drawn.shape[1]))
    assert halves.var() == pytest.approx(units / 4, rel=0.25)


def test_too_many_poisson_numbers_are_taken_away_again(monkeypatch):
    """With a mean of 1 and not a little below, half of the samples have too many at first."""
    monkeypatch.setattr(sampling, "_BELOW", 0.0)
    drawn = next(equal_blocks(4096, np.random.default_rng(1)))
    assert (drawn.sum(axis=0, dtype=int) == 4096).all()
    assert drawn.var() == pytest.approx(1, rel=0.02)
