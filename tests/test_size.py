"""Many categories: counts with gaps, sums over pairs without a table of pairs, samples that are not written out.

Each has a second way beside it, that of few categories and patterns, which must give the same figures; and the
literal references of the invariants are asked for both.
"""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from annotate.agreement import (
    _disagreements,
    chance,
    compare,
    confusions,
    contributions,
    from_items,
    intervals,
    kappa,
    measure,
    pairs,
)
from annotate.codebook.scale import Scale
from annotate.counts import coded, distance, kernels, patterns, samples, table, units
from annotate.sampling import Interval
from tests.test_invariants import LEVELS, NAMES, Question, by_hand, designs, judgements, run

FEW_EXAMPLES = settings(max_examples=25, deadline=None, derandomize=True)


def asked_for_many(patch: pytest.MonkeyPatch) -> None:
    """From now on every number of categories and of patterns is many."""
    for module in (chance, coded, distance, kappa, kernels, patterns, table):
        patch.setattr(module, "MANY", 0)
    for module in (intervals, samples, units):
        patch.setattr(module, "MANY_PATTERNS", 0)
    distance.distance_kernel.cache_clear()
    distance.weight_kernel.cache_clear()


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        asked_for_many(patch)
        yield
    distance.distance_kernel.cache_clear()
    distance.weight_kernel.cache_clear()


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("weighed", [None, "identity", "linear", "quadratic", "ordinal"])
@pytest.mark.parametrize("level", LEVELS)
@FEW_EXAMPLES
@given(design=designs())
def test_is_what_the_definition_says(level: str, weighed: str | None, design: list[list[int | None]]) -> None:
    names = NAMES[level]
    written = [[None if choice is None else names[choice] for choice in row] for row in design]
    found = run(judgements(design, names), level, weights=weighed)
    for name, ours in found.iterrows():
        literal = by_hand(str(name), Question(written, level, names, weighed))
        assert (literal is None) == (ours["undefined"] is not None), name
        if literal is not None:
            assert ours["value"] == pytest.approx(literal, abs=1e-9), name


def ratings_of(n_items: int, n_categories: int, seed: int = 0, people: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_categories, n_items)
    rows = [
        (f"p{item}", f"s{item % 3}", f"d{item // 4}", f"A{who}", "v", str(chosen))
        for item in range(n_items)
        for who in range(people)
        if rng.random() < 0.9
        for chosen in [truth[item] if rng.random() < 0.7 else rng.integers(0, n_categories)]
    ]
    return pd.DataFrame(
        rows, columns=["item", "source", "document", "annotator", "variable", "category"], dtype="str"
    )


def figures(found: pd.DataFrame) -> np.ndarray:
    return found[["value", "observed", "expected", "ci_low", "ci_high"]].to_numpy(dtype=float)


@pytest.mark.parametrize("cluster", [None, "document"])
@pytest.mark.parametrize("kind", ["jackknife", "log_jackknife", "analytic", "percentile"])
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_intervals_are_those_of_few_categories(
    level: str, kind: str, cluster: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written out, and not; a bootstrap draws patterns in another order, so its limits are close only."""
    ratings = ratings_of(60, 7)
    scales = {"v": Scale(level, tuple(map(str, range(7))))}  # type: ignore[arg-type]
    asked = {"scales": scales, "coefficients": "all", "interval": Interval(kind, cluster=cluster)}
    few = measure(ratings, **asked)
    with monkeypatch.context() as patch:
        asked_for_many(patch)
        found = measure(ratings, **asked)
    distance.distance_kernel.cache_clear()
    distance.weight_kernel.cache_clear()
    assert found["undefined"].tolist() == few["undefined"].tolist()
    if kind == "percentile":
        assert np.allclose(figures(found), figures(few), atol=0.02, equal_nan=True)
        assert np.allclose(figures(found)[:, :3], figures(few)[:, :3], atol=1e-12, equal_nan=True)
    else:
        assert np.allclose(figures(found), figures(few), atol=1e-7, equal_nan=True)
    assert np.isfinite(found.loc[found["undefined"].isna(), "ci_low"]).all()


@st.composite
def numbers_and_counts(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    low = draw(st.sampled_from([0.0, 1e-6, 1.0, 1e6]))
    spread = draw(st.sampled_from([1e-3, 0.1, 10.0, 1e6]))
    places = draw(st.lists(st.floats(0, 1), min_size=2, max_size=12, unique=True))
    numbers = np.unique(low + spread * np.array(sorted(places)))
    row = st.lists(st.integers(0, 4), min_size=len(numbers), max_size=len(numbers))
    return numbers, np.array(draw(st.lists(row, min_size=1, max_size=4)), dtype=float)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(asked=numbers_and_counts())
def test_sums_over_pairs_are_those_of_a_table(asked: tuple[np.ndarray, np.ndarray]) -> None:
    numbers, counts = asked
    made = {
        "ratio": kernels.Ratios(numbers),
        "squared": kernels.Moments(numbers, 0.5, 2.0),
        "linear": kernels.Linear(numbers, 1.0, -0.25),
        "same": kernels.Same(0.0, 1.0),
        "both": kernels.Sum((kernels.Moments(numbers), kernels.Linear(numbers))),
    }
    one, other = np.indices((len(numbers), len(numbers)))
    for name, kernel in made.items():
        written = kernels.Table(kernel.of(one.ravel(), other.ravel()).reshape(one.shape))
        ours, literal = kernel.form(counts, counts[::-1]), written.form(counts, counts[::-1])
        scale = np.max(np.abs(written.values)) * counts.sum(axis=1) * counts[::-1].sum(axis=1)
        assert np.all(np.abs(ours - literal) <= 1e-12 * scale + 1e-14 * counts.sum() ** 2), name
        within, exact = kernel.within(sparse.csr_array(counts)), written.within(counts)
        assert np.allclose(within, exact, rtol=1e-9, atol=0), name
        assert kernel.mean(len(numbers)) == pytest.approx(written.mean(len(numbers)), rel=1e-9, abs=1e-15), (
            name
        )


def test_small_distances_of_ratios_keep_their_digits() -> None:
    """Numbers within a millionth of each other, of which 1 - 4ab / (a + b)^2 would leave nothing."""
    numbers = 1e6 + np.arange(5.0)
    kernel, counts = kernels.Ratios(numbers), np.array([[1.0, 2, 0, 3, 1]])
    written = ((numbers[:, None] - numbers) / (numbers[:, None] + numbers)) ** 2
    assert kernel.form(counts, counts)[0] == pytest.approx((counts @ written @ counts.T).item(), rel=1e-6)


def continuous(n_items: int, level: str) -> tuple[pd.DataFrame, dict[str, Scale]]:
    rng = np.random.default_rng(1)
    truth = rng.gamma(4, 2, n_items)
    marks = np.abs(truth + rng.normal(0, 0.5, (2, n_items)))
    frame = pd.DataFrame(
        {
            "item": np.tile([f"p{item}" for item in range(n_items)], 2),
            "annotator": np.repeat(["A", "B"], n_items),
            "variable": "v",
            "category": [repr(float(mark)) for mark in marks.ravel()],
        }
    )
    return frame.astype("str"), {"v": Scale(level)}  # type: ignore[arg-type]


@pytest.mark.parametrize("level", ["interval", "ratio"])
@pytest.mark.parametrize("kind", ["percentile", "jackknife", "analytic"])
def test_continuous_marks_take_bounded_memory(level: str, kind: str) -> None:
    """8,000 items: counts without gaps would take 1 GB, distances between all marks 2 GB."""
    frame, scales = continuous(8000, level)
    tracemalloc.start()
    found = measure(
        frame, scales=scales, coefficients=["krippendorff_alpha"], interval=Interval(kind, replicates=100)
    ).iloc[0]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4e8
    assert found["ci_low"] < found["value"] < found["ci_high"]
    # the same by plain sums over pairs, in double loops that numpy does row by row
    marks = frame["category"].astype(float).to_numpy()
    first, second = marks[:8000], marks[8000:]

    def apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a - b) ** 2 if level == "interval" else ((a - b) / (a + b)) ** 2

    within = 2 * apart(first, second).sum()
    between = sum(float(apart(mark, marks).sum()) for mark in marks)
    assert found["value"] == pytest.approx(
        1 - within / len(marks) / (between / len(marks) / (len(marks) - 1))
    )


def test_many_categories_go_through_every_door() -> None:
    """Engines to the digit; tests between groups; pairs; categories of their own."""
    ratings = ratings_of(400, 150)
    scales = {"v": Scale("nominal")}
    asked = {"scales": scales, "by": "source", "coefficients": "all", "interval": Interval(replicates=50)}
    found = measure(ratings, **asked)
    pd.testing.assert_frame_equal(measure(pl.from_pandas(ratings), **asked), found)
    tested = compare(ratings, scales=scales, permutations=99, interval=Interval(cluster=None))
    assert tested["p_value"].between(0, 1).all()
    assert len(pairs(ratings, scales=scales)) == 3
    of_each = measure(
        ratings,
        scales=scales,
        per_category=True,
        coefficients="krippendorff_alpha",
        interval=Interval("none"),
    )
    assert len(of_each) == 1 + 2 * ratings["category"].nunique()


def test_counts_that_people_bring_may_have_many_categories() -> None:
    rng = np.random.default_rng(3)
    counts = rng.multinomial(5, np.ones(200) / 200, size=30)
    made = from_items(counts, Scale("nominal", tuple(map(str, range(200)))))
    assert sparse.issparse(made.counts)
    assert made.n_ratings == 150


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_what_is_confused_of_many_categories_is_that_of_few(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the pairs that were confused are listed; all figures on them are the same."""
    ratings, scales = ratings_of(60, 7), {"v": Scale(level, tuple(map(str, range(7))))}  # type: ignore[arg-type]
    few, lowering = confusions(ratings, scales=scales), contributions(ratings, scales=scales)
    with monkeypatch.context() as patch:
        asked_for_many(patch)
        patch.setattr(_disagreements, "MANY", 0)
        found, lowers = confusions(ratings, scales=scales), contributions(ratings, scales=scales)
    distance.distance_kernel.cache_clear()
    expected = few.loc[few["n_pairs"] > 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9)
    pd.testing.assert_frame_equal(lowers, lowering, rtol=1e-9)


def test_fifty_thousand_categories_are_confused_in_bounded_memory() -> None:
    """A table of all pairs would have 2,500,000,000 cells."""
    ratings = ratings_of(30_000, 50_000, people=2)
    tracemalloc.start()
    found = confusions(ratings, scales={"v": Scale("nominal")})
    contributions(ratings, scales={"v": Scale("nominal")}, top=5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4e8
    assert found["share"].sum() == pytest.approx(1)
