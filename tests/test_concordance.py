"""Spearman's correlations and Kendall's W: a published table, definitions by hand, and what is undefined."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import annotate
from annotate.agreement import concordance
from annotate.codebook.scale import Scale
from annotate.sampling import Interval

GOLDEN = Path(__file__).parent / "golden"
NONE = Interval("none")


def frame(columns: Any, documents: int = 0) -> pd.DataFrame:
    """Annotators x items, None where there is no rating."""
    rows = [
        (f"p{item}", f"d{item // max(documents, 1)}", f"A{who}", "v", str(value))
        for who, column in enumerate(columns)
        for item, value in enumerate(column)
        if value is not None
    ]
    found = pd.DataFrame(rows, columns=["item", "document", "annotator", "variable", "category"])
    return found if documents else found.drop(columns="document")


def by_name(columns: Any, level: str = "interval", interval: Interval = NONE, **scale: Any) -> pd.DataFrame:
    return concordance(frame(columns), scales={"v": Scale(level, **scale)}, interval=interval).set_index(
        "coefficient"
    )


def test_anxiety_of_irr() -> None:
    study = json.loads((GOLDEN / "irr_anxiety_20x3.json").read_text(encoding="utf-8"))
    found = by_name(study["ratings"]).loc["kendall_w"]
    for figure, digits in study["digits"].items():
        assert round(found[figure], digits) == study["kendall_w"][figure], figure
    assert (found["n_items"], found["n_annotators"]) == (20, 3)


def test_a_perfect_and_a_reversed_order() -> None:
    same = by_name([[1, 2, 3, 4]] * 3, interval=Interval())
    assert same["value"].tolist() == [1.0, 1.0]
    assert set(same["interval"]) == {"exact (Clopper-Pearson) over 4 items, which are all alike"}
    reversed_ = by_name([[1, 2, 3, 4], [4, 3, 2, 1]])
    assert reversed_["value"].tolist() == [-1.0, 0.0]
    assert reversed_.loc["kendall_w", "p_value"] == 1.0
    higher = by_name([[1, 2, 3, 4], [3, 4, 5, 6]])  # each a step higher, in one order
    assert higher["value"].tolist() == [1.0, 1.0]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.integers(2, 4).flatmap(
        lambda people: st.lists(
            st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=people, max_size=people),
            min_size=3,
            max_size=9,
        )
    )
)
def test_is_what_scipy_says(items: list[list[int | None]]) -> None:
    """Spearman's of each pair on what both rated; of W, the chi-square of Friedman's test, which corrects for ties."""
    columns = list(zip(*items, strict=True))
    if not any(value is not None for column in columns for value in column):
        return
    columns = [column for column in columns if any(value is not None for value in column)]
    rhos = []
    for one, other in combinations(columns, 2):
        both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
        if len(both) >= 3 and all(len(set(side)) > 1 for side in zip(*both, strict=True)):
            rhos.append(stats.spearmanr(*zip(*both, strict=True)).statistic)
    found = by_name(columns)
    if rhos:
        assert found.loc["spearman", "value"] == pytest.approx(np.mean(rhos), abs=1e-12)
        assert found.loc["spearman", "n_pairs"] == len(rhos)
    else:
        assert found.loc["spearman", "undefined"] is not None
    full = [row for row in zip(*columns, strict=True) if None not in row]
    if len(full) >= 3 and len(columns) >= 2 and any(len(set(side)) > 1 for side in zip(*full, strict=True)):
        w = found.loc["kendall_w"]
        if len(columns) >= 3:
            test = stats.friedmanchisquare(*full)
            assert w["chi_square"] == pytest.approx(test.statistic, abs=1e-9)
            assert w["p_value"] == pytest.approx(test.pvalue, abs=1e-9)
        assert 0 <= w["value"] <= 1 + 1e-12
    else:
        assert found.loc["kendall_w", "undefined"] is not None


def test_without_ties_the_two_are_one() -> None:
    rng = np.random.default_rng(2)
    columns = [rng.permutation(12).tolist() for _ in range(4)]
    found = by_name(columns)["value"]
    assert found["spearman"] == pytest.approx((4 * found["kendall_w"] - 1) / 3, abs=1e-12)


def test_what_is_undefined_says_why() -> None:
    for columns, level, reasons in (
        ([["a", "b", "a"], ["a", "b", "b"]], "nominal", ["ranks need an order of the categories"] * 2),
        ([[1, 2, 3], [1, None, None]], "interval", ["no two annotators rated 3", "fewer than 3 items"]),
        (
            [[1, 1, 1, 1], [2, 2, 2, 2]],
            "interval",
            ["in every pair an annotator", "every annotator used one"],
        ),
        ([[1, 2, None], [None, None, 2]], "interval", ["no item has two ratings"] * 2),
    ):
        found = by_name(columns, level)
        assert found["value"].isna().all()
        for said, reason in zip(found["undefined"], reasons, strict=True):
            assert said.startswith(reason)


def test_ordinal_categories_rank_by_their_order_and_documents_are_drawn() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 60)
    columns = [
        [("low", "middle", "high")[min(2, max(0, t + rng.integers(-1, 2)))] for t in truth] for _ in range(3)
    ]
    scale = Scale("ordinal", ("low", "middle", "high"))
    found = concordance(frame(columns, 5), scales={"v": scale}).set_index("coefficient")
    numbers = [[("low", "middle", "high").index(one) for one in column] for column in columns]
    rho = np.mean([stats.spearmanr(a, b).statistic for a, b in combinations(numbers, 2)])
    assert found.loc["spearman", "value"] == pytest.approx(rho)
    assert all(how.startswith("jackknife over 12 documents") for how in found["interval"])
    assert ((found["ci_low"] < found["value"]) & (found["value"] < found["ci_high"])).all()


def test_the_interval_holds_what_it_promises() -> None:
    """Of 200 tables of 60 items, nominal 90 %: fewer than 82 or more than 97 % would be by chance in one of 2,000."""
    rng = np.random.default_rng(8)

    def table(items: int) -> np.ndarray:
        truth = rng.normal(size=items)
        return np.digitize(truth + rng.normal(size=(3, items)), [-1.0, 0.0, 1.0])

    truth = np.mean([stats.spearmanr(a, b).statistic for a, b in combinations(table(200_000), 2)])
    held = 0
    for _ in range(200):
        row = by_name(table(60).tolist(), interval=Interval("percentile", 200, 0.9)).loc["spearman"]
        held += row["ci_low"] <= truth <= row["ci_high"]
    assert 164 <= held <= 194


def test_by_command_and_in_a_notebook(run: Any, tmp_path: Path) -> None:
    ratings = frame([[1, 2, 3, 4, 2], [1, 3, 2, 4, 1]]).assign(source="S")
    ratings.to_csv(tmp_path / "r.csv", index=False)
    code, out, _ = run("concordance", "r.csv", "--level", "v=interval", "--by", "source", "--format", "json")
    rows = json.loads(out)
    assert (code, [row["coefficient"] for row in rows]) == (0, ["spearman", "kendall_w"] * 2)
    told = annotate.open_study(ratings).concordance("source", level="interval").frame
    assert [row["value"] for row in rows] == told["value"].tolist()
    assert "Kendall w" in run("concordance", "r.csv", "--level", "v=interval")[1]
