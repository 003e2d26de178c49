"""Gamma: published disorders and values, the best alignment by trying all, and random continua."""

import json
import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.agreement import measure_spans
from annotate.agreement.spans import gamma as module
from annotate.agreement.spans.gamma import Continuum, Weighing, continua, disorder, gamma, shuffled
from annotate.sampling import Interval
from tests.marked_example import passage, tables

STUDY = json.loads((Path(__file__).parent / "golden" / "mathet2015_gamma.json").read_text(encoding="utf-8"))
TOLERANCES = STUDY["tolerances"]


def continuum(
    units: Sequence[Sequence[Any]], low: float | None = None, high: float | None = None
) -> Continuum:
    names, labels = sorted({unit[0] for unit in units}), sorted({unit[3] for unit in units})
    spans = np.array([unit[1:3] for unit in units], dtype=float)
    return Continuum(
        len(names),
        float(spans.min()) if low is None else low,
        float(spans.max()) if high is None else high,
        np.array([names.index(unit[0]) for unit in units]),
        spans,
        np.array([labels.index(unit[3]) for unit in units]),
    )


@pytest.mark.parametrize("study", STUDY["continua"], ids=lambda one: one["id"])
def test_published_figures(study: dict[str, Any]) -> None:
    of, params = continuum(study["units"]), study["params"]
    weighing = Weighing(params["alpha"], params["beta"], params["deltaEmpty"])
    second = int((of.annotator == 0).sum())
    for one, other, positional, categorical, combined in study["pairs"]:
        first, last = np.array([one]), np.array([second + other])
        for asked, value in (
            (weighing, combined),
            (Weighing(1, 0, weighing.delta), positional),
            (Weighing(0, 1, weighing.delta), categorical),
        ):
            found = asked.between(of, first, of, last)[0]
            assert found == pytest.approx(value, abs=TOLERANCES["pairs"])
    value = study["best_alignment_disorder"]
    assert disorder(of, weighing) == pytest.approx(value, abs=TOLERANCES["disorder"])
    found = gamma([of], np.random.default_rng(1), most_samples=1500, weighing=weighing)
    assert found.disorder == pytest.approx(value, abs=TOLERANCES["disorder"])
    assert found.value == pytest.approx(study["gamma_shuffled"], abs=TOLERANCES["gamma"])
    assert found.value == 1 - found.disorder / found.expected


@pytest.mark.parametrize("study", STUDY["several_annotators"])
def test_disorders_of_three_and_four_annotators(study: dict[str, Any]) -> None:
    assert disorder(continuum(study["units"])) == pytest.approx(study["disorder"], abs=TOLERANCES["disorder"])


def partitions(units: list[int], of: Continuum) -> Iterator[list[list[int]]]:
    """Every way to put units into alignments with one unit of an annotator at most."""
    if not units:
        yield []
        return
    first, rest = units[0], units[1:]
    for size in range(of.annotators):
        for others in combinations(rest, size):
            chosen = [first, *others]
            if len(set(of.annotator[chosen].tolist())) == len(chosen):
                for more in partitions([one for one in rest if one not in others], of):
                    yield [chosen, *more]


def by_hand(of: Continuum, weighing: Weighing) -> float:
    """The least disorder over all alignments, as the paper defines it."""
    pairs = math.comb(of.annotators, 2)

    def cost(chosen: list[int]) -> float:
        within = list(combinations(chosen, 2))
        far = sum(float(weighing.between(of, np.array([a]), of, np.array([b]))[0]) for a, b in within)
        return (far + (pairs - len(within)) * weighing.delta) / pairs

    size = len(of.annotator)
    return min(sum(map(cost, one)) for one in partitions(list(range(size)), of)) / (size / of.annotators)


unit = st.tuples(st.sampled_from("ABC"), st.integers(0, 20), st.integers(1, 8), st.sampled_from("xy"))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(unit, min_size=2, max_size=7), st.sampled_from([(1, 1, 1), (3, 2, 1), (1, 0, 2)]))
def test_the_best_alignment_is_the_best_of_all(units: list[Any], weights: tuple[float, float, float]) -> None:
    of = continuum([(who, start, start + length, label) for who, start, length, label in units])
    if of.annotators > 1:
        weighing = Weighing(*weights)
        assert disorder(of, weighing) == pytest.approx(by_hand(of, weighing), abs=1e-9)


def test_a_random_continuum_moves_an_annotators_units_round() -> None:
    of = continuum(STUDY["continua"][0]["units"], 0.0, 100.0)
    drawn = shuffled(of, np.random.default_rng(5))
    assert drawn.annotators == of.annotators
    assert ((drawn.spans[:, 0] >= of.low) & (drawn.spans[:, 0] < of.high)).all()
    assert np.allclose(np.diff(drawn.spans).ravel(), 4)
    gaps = np.diff(np.sort(drawn.spans[drawn.annotator == 0, 0]))
    assert min((gaps % 100).tolist()) == pytest.approx(5)  # the units keep their distances


def test_marks_at_random_have_a_gamma_near_0_and_equal_ones_1() -> None:
    rng = np.random.default_rng(2)
    rows: list[list[Any]] = [
        ["AB"[who], start, start + 5, "xyz"[rng.integers(3)]]
        for who in range(2)
        for start in rng.choice(4000, 60, replace=False).tolist()
    ]
    found = gamma([continuum(rows, 0, 4005)], np.random.default_rng(0), most_samples=60)
    assert abs(found.value) < 0.1
    same = [["A", *row[1:]] for row in rows[:60]] + [["B", *row[1:]] for row in rows[:60]]
    assert gamma([continuum(same, 0, 4005)], np.random.default_rng(0)).value == 1.0


def test_passages_of_the_same_annotators_lie_end_to_end() -> None:
    marked = [passage("aa bb", X=[[(0, 2)], [(3, 5)]]), passage("cc", X=[[(0, 2)], []])]
    (found,) = continua(marked, ["X"])
    assert found.spans.tolist() == [[0, 2], [3, 5], [5, 7]]
    assert found.annotator.tolist() == [0, 1, 0]
    assert (found.low, found.high) == (0, 7)


def test_too_much_is_refused_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CANDIDATES", 1)
    found = gamma([continuum(STUDY["continua"][0]["units"])], np.random.default_rng(0))
    assert math.isnan(found.value)
    assert found.undefined == module.TOO_MANY


def test_among_the_other_coefficients() -> None:
    marked = [
        passage("one two three four", X=[[(0, 3)], [(0, 3)]], Y=[[(8, 13)], [(4, 7)]]),
        passage("five six seven", X=[[(0, 4)], []], Y=[[], []]),
    ]
    asked = {"interval": Interval("none", seed=4)}
    plain, with_gamma = (measure_spans(*tables(marked), samples=n, **asked) for n in (0, 60))
    assert "gamma" not in set(plain["coefficient"])
    rows = with_gamma[with_gamma["coefficient"] == "gamma"]
    assert rows["label"].tolist() == [None, "X", "Y"]
    assert set(rows["unit"]) == {"character"}
    again = measure_spans(*tables(marked), samples=60, **asked)
    assert again.equals(with_gamma)
    value = (rows["observed"] - rows["expected"]) / (1 - rows["expected"])
    assert rows["value"].tolist() == pytest.approx(value.tolist())
    nothing = measure_spans(*tables([passage("a", X=[[], []])]), labels=["X"], samples=5, **asked)
    assert (
        nothing.set_index(["label", "coefficient"]).loc[("X", "gamma"), "undefined"]
        == "no annotator marked anything"
    )
