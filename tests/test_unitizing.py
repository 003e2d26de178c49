"""Alpha for unitizing: the published examples, a literal reference, and what must hold."""

import json
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.agreement.result import ONE_CATEGORY
from annotate.agreement.spans.alphas import gaps, unitize, unitizing_alpha
from annotate.agreement.spans.marks import MarkedPassage
from annotate.agreement.spans.measures import measure_spans
from annotate.sampling import Interval
from tests.marked_example import LABELS, passage, passages, tables

GOLDEN = Path(__file__).parent / "golden"


def published(name: str, stretch: int = 1) -> MarkedPassage:
    study = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    spans: dict[str, list[list[tuple[int, int]]]] = {}
    for start, length, rater, category in study["units_start_length_rater_category"]:
        begin = (start - study["continuum"]["begin"]) * stretch
        spans.setdefault(category, [[], []])[rater].append((begin, begin + length * stretch))
    return passage("." * (study["continuum"]["length"] * stretch), **spans)


def expected(name: str) -> dict[str, Any]:
    study = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return {
        one["coefficient"]: pytest.approx(one["value"], abs=one["tol"], rel=0) for one in study["expected"]
    }


def disagreements(marked: list[MarkedPassage], label: str) -> tuple[float, float]:
    found = unitizing_alpha(unitize(marked, label), np.ones((1, len(marked))))
    assert found.expected is not None
    return 1 - float(found.observed[0]), 1 - float(found.expected[0])


def test_krippendorff_2004() -> None:
    told = expected("krippendorff2004_alphaU")
    found = measure_spans(*tables([published("krippendorff2004_alphaU")]), interval=Interval(replicates=0))
    rows = found[found["coefficient"] == "unitizing_alpha"].fillna({"label": "all"}).set_index("label")
    assert rows.loc["all", "value"] == told["alpha_U"]
    assert rows.loc["c", "value"] == told["alpha_U_c"]
    assert 1 - rows.loc["c", "observed"] == told["Do_c"]
    assert 1 - rows.loc["c", "expected"] == told["De_c"]
    assert rows.loc["k", "value"] == told["alpha_U_k"]
    assert 1 - rows.loc["k", "expected"] == told["De_k"]
    assert (rows["interval"].isna() & rows["undefined"].isna()).all()


def test_krippendorff_1995() -> None:
    told = expected("krippendorff1995_24x2")
    small, large = published("krippendorff1995_24x2"), published("krippendorff1995_24x2", 50_000)
    for label in "ABCD":
        assert disagreements([small], label)[0] == told[f"Do_{label}"]
        observed, by_chance = disagreements([large], label)
        assert observed == told[f"Do_{label}"]
        assert by_chance == told[f"De_{label}_stretched"]
        assert 1 - observed / by_chance == told[f"alpha_U_{label}_stretched"]


def test_boundaries_count_where_everybody_marked_everything() -> None:
    """Pair D of 1995 fills the text with units: token alpha has nothing to say, this one has."""
    found = measure_spans(*tables([published("krippendorff1995_24x2")]), interval=Interval(replicates=0))
    of_d = found[found["label"] == "D"].set_index("coefficient")
    assert of_d.loc["token_alpha", "undefined"] == ONE_CATEGORY
    assert of_d.loc["unitizing_alpha", "undefined"] is None


def by_hand(one: MarkedPassage, label: str) -> tuple[float, float]:
    """D_o and D_e of one continuum, comparison by comparison and place by place."""
    length, raters = len(one.text), len(one.annotators)
    cuts = [[(int(a), int(b)) for a, b in spans] for spans in one.merged(label)]

    def shared(g: tuple[int, int], h: tuple[int, int]) -> bool:
        return max(g[0], h[0]) < min(g[1], h[1])

    observed = 0
    for first, second in combinations(cuts, 2):
        observed += sum(
            (g[0] - h[0]) ** 2 + (g[1] - h[1]) ** 2 for g in first for h in second if shared(g, h)
        )
        for units, others in ((first, second), (second, first)):
            observed += sum((g[1] - g[0]) ** 2 for g in units if not any(shared(g, h) for h in others))
    lengths = [b - a for units in cuts for a, b in units]
    free = [end - start for units in cuts for start, end in _free(units, length)]
    by_chance = 0.0
    for g, h in permutations(lengths, 2):
        by_chance += sum(b**2 + (b + g - h) ** 2 for b in range(-g + 1, h)) / 2
    for g in lengths:
        by_chance += g**2 * sum(1 for gap in free for start in range(gap) if start + g <= gap)
    compared = raters * length * (raters * length - 1) - sum(g * (g - 1) for g in lengths)
    return 2 * observed / (raters * (raters - 1) * length**2), 2 / length * by_chance / compared


def _free(units: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    edges = [0, *(edge for unit in units for edge in unit), length]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


@settings(deadline=None)
@given(passages())
def test_one_continuum_equals_the_printed_formulas(one: MarkedPassage) -> None:
    for label in LABELS:
        if len(one.text) > 1:
            assert disagreements([one], label) == pytest.approx(by_hand(one, label), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(passages(), min_size=1, max_size=4), st.data())
def test_a_weight_is_a_passage_that_often(marked: list[MarkedPassage], data: Any) -> None:
    weights = [data.draw(st.integers(0, 3)) for _ in marked]
    often = [one for one, n in zip(marked, weights, strict=True) for _ in range(n)]
    if often:
        weighed = unitizing_alpha(unitize(marked, "CLAIM"), np.array([weights], dtype=float))
        repeated = unitizing_alpha(unitize(often, "CLAIM"), np.ones((1, len(often))))
        assert weighed.observed == pytest.approx(repeated.observed, abs=1e-12)
        assert weighed.expected == pytest.approx(repeated.expected, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(passages(), min_size=1, max_size=4))
def test_order_does_not_matter_and_disagreement_is_not_below_zero(marked: list[MarkedPassage]) -> None:
    found = disagreements(marked, "CLAIM")
    assert disagreements(marked[::-1], "CLAIM") == pytest.approx(found, abs=1e-12)
    assert found[0] >= 0
    assert found[1] > 0 or found[0] == 0


@pytest.mark.parametrize(("length", "unit"), [(300, 5), (300, 30), (300, 100), (120, 40)])
@pytest.mark.parametrize("annotators", [2, 3])
def test_marks_at_random_in_many_passages_have_an_alpha_near_zero(
    length: int, unit: int, annotators: int
) -> None:
    """Without its places counted by passage, alpha would be -0.39 for units of 100 in passages of 300."""
    rng = np.random.default_rng(7)

    def one() -> MarkedPassage:
        starts = rng.integers(0, length - unit + 1, annotators)
        rows = [[(int(s), int(s) + unit)] if rng.random() < 0.5 else [] for s in starts]
        return passage("." * length, X=rows)

    values = []
    for _ in range(15):
        observed, by_chance = disagreements([one() for _ in range(100)], "X")
        values.append(1 - observed / by_chance)
    assert abs(np.mean(values)) < 0.05


def test_gaps_do_not_reach_across_passages() -> None:
    assert gaps(np.array([[2, 4], [4, 6]]), 9).tolist() == [2, 3]
    assert gaps(np.empty((0, 2), np.int64), 5).tolist() == [5]
    two = unitize([passage("....", X=[[(0, 2)], []]), passage("....", X=[[(2, 4)], []])], "X")
    assert two.room.tolist() == [[1 + 3], [1 + 3]]  # gaps of 2 and 4, a unit of 2; never a gap of 6
