"""Every kind of interval against its definition written out, peers, and published standard errors."""

import json
import math
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from annotate.agreement import COEFFICIENTS, estimate, from_items, measure
from annotate.agreement.intervals import acceleration, bias, levels
from annotate.codebook.scale import Scale
from annotate.errors import StatisticsError
from annotate.sampling import INTERVALS, Interval, t_quantile

GOLDEN = Path(__file__).parent / "golden"
KINDS = {
    "log_jackknife": "jackknife over items on the scale log(1 - coefficient), t with n-1 degrees of freedom",
    "percentile": "percentile bootstrap over items, 1000 replicates",
    "bca": "BCa bootstrap over items, 1000 replicates",
    "jackknife": "jackknife over items, t with n-1 degrees of freedom",
    "analytic": "analytic (Gwet 2014), t with n-1 degrees of freedom",
}
OVER_PAIRED = "analytic (Gwet 2014 over the paired items), t with n-1 degrees of freedom"
NOT_GWETS = "analytic (linearised), t with n-1 degrees of freedom"


def long(design: Any) -> pd.DataFrame:
    """Items x annotators, None for a judgement that is missing, as a table of ratings."""
    rows = [
        (f"item {item:03d}", f"annotator {annotator}", str(choice))
        for item, row in enumerate(design)
        for annotator, choice in enumerate(row)
        if choice is not None
    ]
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category"], dtype="str")
    return frame.assign(variable="v")


def nominal(design: Any, coefficients: Any = "all", **settings_: Any) -> pd.DataFrame:
    found = measure(
        long(design), scales={"v": Scale("nominal", ("a", "b", "c"))}, coefficients=coefficients, **settings_
    )
    return found.set_index("coefficient")


def made(items: int, seed: int, missing: float = 0.0, annotators: int = 3) -> list[list[str | None]]:
    """Items of which annotators mostly see the category; one in ten has a single rating if any is missing."""
    rng = np.random.default_rng(seed)
    meant = rng.choice(3, items, p=[0.5, 0.3, 0.2])[:, None]
    choice = np.where(rng.random((items, annotators)) < 0.7, meant, rng.integers(0, 3, (items, annotators)))
    table: list[list[str | None]] = [["abc"[code] for code in row] for row in choice]
    for row in table:
        for annotator in range(annotators):
            if rng.random() < missing:
                row[annotator] = None
    for row in table[:: 10 if missing else items + 1]:
        row[:] = ["a", *[None] * (annotators - 1)]
    return table


# ---- Gwet's standard errors --------------------------------------------------------------------------

FAMILIES = {
    "pa": "percent_agreement",
    "bp": "brennan_prediger",
    "fleiss": "fleiss_kappa",
    "conger": "conger_kappa",
    "gwet": "gwet_ac1",
    "alpha": "krippendorff_alpha",
    "kappa": "cohen_kappa",
    "scott": "scott_pi",
}
ALPHAS = {"unweighted": "nominal", "quadratic": "interval", "ratio": "ratio"}


def designs(study: dict[str, Any]) -> list[list[Any]]:
    if "data" in study:
        return list(study["data"])
    table = study["table_rows_rater1_cols_rater2"]
    return [[i, j] for i, row in enumerate(table) for j, times in enumerate(row) for _ in range(times)]


def published() -> Any:
    for file in sorted(GOLDEN.glob("gwet_*.json")):
        study = json.loads(file.read_text(encoding="utf-8"))
        for expected in study["expected"]:
            family, _, weights = expected["coefficient"].partition("/")
            weights = weights or "unweighted"
            if "se" not in expected or family not in FAMILIES:
                continue
            ours = {"pa": ["unweighted"], "alpha": ALPHAS}.get(family, ["unweighted", "linear", "quadratic"])
            if weights not in ours:
                continue  # weights that we do not have
            if family == "alpha" and "counts_units_by_category" in study:
                continue  # see test_alpha_of_counts_is_that_of_ratings
            if family == "alpha" and weights != "unweighted" and isinstance(study["data"][0][0], str):
                continue  # on letters irrCAC numbers the categories as it finds them
            yield study, expected, family, weights, f"{file.stem}-{expected['coefficient']}"


def analytic(study: dict[str, Any], family: str, weights: str) -> Any:
    coefficient = "gwet_ac2" if family == "gwet" and weights != "unweighted" else FAMILIES[family]
    if "counts_units_by_category" in study:
        counts = study["counts_units_by_category"]
        patterns = from_items(
            counts, Scale("nominal", tuple([str(column) for column in range(len(counts[0]))]))
        )
        return estimate(patterns, [coefficient], interval=Interval("analytic"))[0]
    ratings = long(designs(study))
    level = ALPHAS[weights] if family == "alpha" else "nominal" if weights == "unweighted" else "ordinal"
    asked: Any = {
        "scales": {
            "v": Scale(
                level,
                tuple(sorted(set(ratings["category"]))),
                weights=None if family == "alpha" or weights == "unweighted" else weights,
            )
        }
    }
    return measure(ratings, coefficients=[coefficient], interval=Interval("analytic"), **asked).iloc[0]


def sizes(study: dict[str, Any]) -> tuple[int, int]:
    """Items that were rated, and items that can be paired."""
    if "counts_units_by_category" in study:
        ratings = [sum(row) for row in study["counts_units_by_category"]]
    else:
        ratings = [sum(choice is not None for choice in row) for row in designs(study)]
    return sum(one > 0 for one in ratings), sum(one > 1 for one in ratings)


GWETS = list(published())


@pytest.mark.parametrize(
    ("study", "expected", "family", "weights"), [case[:4] for case in GWETS], ids=[case[4] for case in GWETS]
)
def test_standard_error_is_gwets(
    study: dict[str, Any], expected: dict[str, Any], family: str, weights: str
) -> None:
    """To the last published digit; irrCAC's ``se_ref`` to nine.

    irrCAC's functions for a table of two annotators divide by n where those for ratings divide by n - 1;
    ours is the latter throughout. Of alpha it takes the degrees of freedom in R from all items and in
    Python from those that can be paired, as we do.
    """
    ours = analytic(study, family, weights)
    rated, paired = sizes(study)
    n = paired if family == "alpha" else rated
    error = (ours.value - ours.ci_low) / stats.t.ppf(0.975, n - 1)
    assert ours.interval == (OVER_PAIRED if family == "alpha" else KINDS["analytic"])
    two_way = "table_rows_rater1_cols_rater2" in study
    theirs = expected["se"] * (math.sqrt(n / (n - 1)) if two_way else 1.0)
    digits = 5.1e-6 if len(str(expected["se"])) < 10 else 1e-8
    assert error == pytest.approx(theirs, abs=digits, rel=0)
    if expected.get("se_ref"):
        assert error == pytest.approx(expected["se_ref"], abs=1e-9, rel=0)
    if family != "alpha" and not two_way:
        low, high = (float(limit) for limit in expected["ci95"].strip("()").split(","))
        assert ours.ci_low == pytest.approx(low, abs=5.1e-4)
        assert ours.ci_high == pytest.approx(high, abs=5.1e-4)
    python = expected.get("py_irrCAC_0.4.4", {})
    if "ci" in python and (family != "alpha" or python["se"] == expected["se"]):
        low, high = (float(limit) for limit in python["ci"].strip("()").split(","))
        assert ours.ci_low == pytest.approx(low, abs=2e-5)
        assert ours.ci_high == pytest.approx(high, abs=2e-5)


def test_the_published_standard_errors_are_all_there() -> None:
    assert len(GWETS) >= 60
    assert {FAMILIES[case[2]] for case in GWETS} == set(FAMILIES.values())


def test_alpha_of_counts_is_that_of_ratings() -> None:
    """With all ratings there, alpha is Fleiss's kappa but for a factor near 1, and so is its error.

    irrCAC's function for counts prints .082432 for alpha and .081193 for Fleiss's kappa of the same
    table; its function for ratings, given the same ratings, prints the same for both.
    """
    study = json.loads((GOLDEN / "gwet_dist_distrib_6raters.json").read_text(encoding="utf-8"))
    patterns = from_items(study["counts_units_by_category"], Scale("nominal", tuple("abcde")))
    alpha, fleiss = estimate(patterns, ["krippendorff_alpha", "fleiss_kappa"], interval=Interval("analytic"))
    assert alpha.value - alpha.ci_low == pytest.approx(fleiss.value - fleiss.ci_low, abs=1e-9)
    assert alpha.value > fleiss.value


# ---- the definitions, written out --------------------------------------------------------------------


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_jackknife_leaves_out_one_item_after_the_other(missing: float) -> None:
    design = made(24, 4, missing)
    ours = nominal(design, interval=Interval("jackknife"))
    without = [
        nominal(design[:item] + design[item + 1 :], interval=Interval(replicates=0))["value"]
        for item in range(len(design))
    ]
    several = [sum(choice is not None for choice in row) > 1 for row in design]
    for name in COEFFICIENTS:
        if ours.loc[name, "undefined"]:
            continue
        variance = 0.0
        for kind in (True, False):  # items that can be paired and those that cannot are strata
            values = [one[name] for one, pairable in zip(without, several, strict=True) if pairable == kind]
            if len(values) > 1:
                mean = sum(values) / len(values)
                variance += (len(values) - 1) / len(values) * sum((value - mean) ** 2 for value in values)
        reach = stats.t.ppf(0.975, sum(several) - 1) * math.sqrt(variance)
        assert ours.loc[name, "interval"] == KINDS["jackknife"]
        assert ours.loc[name, "ci_low"] == pytest.approx(ours.loc[name, "value"] - reach, abs=1e-9)
        assert ours.loc[name, "ci_high"] == pytest.approx(min(1, ours.loc[name, "value"] + reach), abs=1e-9)
    assert ours["undefined"].isna().sum() == 8  # all but those of two annotators


def alpha_of(counts: Any) -> float:
    """Krippendorff's alpha, nominal, by its coincidence matrix; items x categories."""
    coincidences = sum(
        (np.outer(row, row) - np.diag(row)) / (row.sum() - 1) for row in np.asarray(counts) if row.sum() > 1
    )
    totals = coincidences.sum(axis=1)
    total = totals.sum()
    disagreeing = total - np.trace(coincidences)
    return float(1 - (total - 1) * disagreeing / (total**2 - (totals**2).sum()))


def counted(design: Any) -> Any:
    return np.array([[row.count(category) for category in "abc"] for row in design])


def test_bca_is_that_of_a_bootstrap_of_the_items() -> None:
    """Items drawn one by one, and Efron's formulas as he prints them."""
    counts = counted(made(30, 9))
    draws = np.random.default_rng(2).integers(0, 30, (4000, 30))
    value, replicates = alpha_of(counts), np.array([alpha_of(counts[drawn]) for drawn in draws])
    below = (replicates < value - 1e-12).mean() + (abs(replicates - value) <= 1e-12).mean() / 2
    z0 = stats.norm.ppf(below)
    without = np.array([alpha_of(np.delete(counts, item, axis=0)) for item in range(30)])
    differences = without.mean() - without
    a = (differences**3).sum() / (6 * (differences**2).sum() ** 1.5)
    moved = z0 + stats.norm.ppf([0.025, 0.975])
    limits = np.quantile(replicates, stats.norm.cdf(z0 + moved / (1 - a * moved)))
    ours = nominal(made(30, 9), ["krippendorff_alpha"], interval=Interval("bca", replicates=20_000)).iloc[0]
    plain = nominal(made(30, 9), ["krippendorff_alpha"], interval=Interval(replicates=20_000)).iloc[0]
    assert [ours["ci_low"], ours["ci_high"]] == pytest.approx(limits.tolist(), abs=0.02)
    assert abs(ours["ci_low"] - plain["ci_low"]) > 0.02  # another interval than without the correction
    assert bias(value, replicates) == pytest.approx(z0)
    assert acceleration(differences[None, :] * 29 / 30, np.ones(30, dtype=int))[0] == pytest.approx(a)


def test_bca_is_that_of_a_peer() -> None:
    counts = counted(made(40, 12))
    peer = stats.bootstrap(
        (np.arange(40),),
        lambda drawn: alpha_of(counts[drawn]),
        vectorized=False,
        n_resamples=4000,
        method="BCa",
        rng=np.random.default_rng(5),
    ).confidence_interval
    ours = nominal(made(40, 12), ["krippendorff_alpha"], interval=Interval("bca", replicates=20_000)).iloc[0]
    assert [ours["ci_low"], ours["ci_high"]] == pytest.approx([peer.low, peer.high], abs=0.02)


def test_bias_counts_ties_by_half_and_is_finite() -> None:
    assert bias(0.5, np.array([0.5, 0.5, 0.5 + 1e-15])) == 0
    assert bias(0.5, np.array([0.1, 0.2, 0.5, 0.5, 0.9])) == pytest.approx(stats.norm.ppf(3 / 5))
    assert bias(0.0, np.array([0.1, 0.2])) == pytest.approx(stats.norm.ppf(0.25))
    assert bias(1.0, np.array([0.1, 0.2])) == pytest.approx(stats.norm.ppf(0.75))


def test_levels_without_correction_are_the_percentiles() -> None:
    assert levels(0.0, 0.0, 0.95) == pytest.approx((0.025, 0.975))
    low, high = levels(0.1, 0.05, 0.95)
    assert low > 0.025
    assert high > 0.975
    assert levels(0.0, 0.6, 0.95)[1] == 1.0  # so skewed that the limit lies beyond all replicates
    assert acceleration(np.zeros((1, 3)), np.ones(3, dtype=int)).tolist() == [0.0]


def test_students_t_is_that_of_the_tables() -> None:
    """Fisher & Yates (1963), Statistical Tables, 6th ed., table III: two-sided 5 % and 1 %."""
    published = {1: (12.706, 63.657), 2: (4.303, 9.925), 5: (2.571, 4.032), 10: (2.228, 3.169), 30: (2.042, 2.750), 120: (1.980, 2.617)}  # fmt: skip
    for degrees, values in published.items():
        assert [round(t_quantile(p, degrees), 3) for p in (0.975, 0.995)] == list(values)


# ---- what must hold of every interval -----------------------------------------------------------------

kinds = pytest.mark.parametrize("kind", list(KINDS))


def test_every_kind_is_held_by_these_tests() -> None:
    assert {*KINDS, "none", "auto"} == set(INTERVALS)


@kinds
def test_every_coefficient_has_it_and_says_what_it_is(kind: str) -> None:
    found = nominal(made(60, 1, annotators=2), interval=Interval(kind))
    assert found["undefined"].tolist() == [None] * len(COEFFICIENTS)
    alphas = OVER_PAIRED if kind == "analytic" else KINDS[kind]
    assert found.loc["krippendorff_alpha", "interval"] == alphas
    assert set(found["interval"].drop(["light_kappa", "krippendorff_alpha"])) == {KINDS[kind]}
    assert found.loc["light_kappa", "interval"] == (NOT_GWETS if kind == "analytic" else KINDS[kind])
    assert (found["ci_low"] < found["value"]).all()
    assert (found["value"] < found["ci_high"]).all()
    assert (found["ci_high"] <= 1).all()


@kinds
def test_they_come_to_the_same_on_many_items(kind: str) -> None:
    """With 6,000 items the shapes no longer matter, so the widths are near those of the jackknife."""
    design = made(6000, 3, missing=0.1, annotators=2)
    here, there = (nominal(design, interval=Interval(one, replicates=4000)) for one in (kind, "jackknife"))
    rated_twice = ~here["interval"].isna()
    assert rated_twice.sum() >= 9
    ratio = (here["ci_high"] - here["ci_low"]) / (there["ci_high"] - there["ci_low"])
    # Gwet counts as chance which items could be paired, and his n is all that were rated
    upper = 1.35 if kind == "analytic" else 1.06
    assert ratio[rated_twice].between(0.94, upper).all()
    if kind == "analytic":
        assert ratio["krippendorff_alpha"] == pytest.approx(1, abs=0.01)


@kinds
def test_the_order_of_rows_and_the_engine_are_of_no_matter(kind: str) -> None:
    ratings = long(made(30, 6, missing=0.2))
    asked: Any = {
        "scales": {"v": Scale("nominal")},
        "coefficients": "all",
        "interval": Interval(kind, replicates=100, seed=7),
    }
    first = measure(ratings, **asked)
    shuffled = ratings.sample(frac=1, random_state=1)
    relation = duckdb.from_df(shuffled)
    for frame in (shuffled, pl.from_pandas(shuffled), relation):
        pd.testing.assert_frame_equal(first, measure(frame, **asked), check_exact=True)


@kinds
def test_a_coefficient_does_not_depend_on_the_others(kind: str) -> None:
    design = made(40, 8, missing=0.1, annotators=2)
    together = nominal(design, interval=Interval(kind, replicates=50))
    for name in COEFFICIENTS:
        alone = nominal(design, [name], interval=Interval(kind, replicates=50))
        pd.testing.assert_series_equal(
            alone.loc[name], together.loc[name, list(alone.columns)], check_exact=True
        )


@kinds
def test_items_with_one_rating_leave_alpha_alone(kind: str) -> None:
    design = made(25, 2)
    more: list[list[str | None]] = [["a", None, None], ["c", None, None], ["c", None, None]]
    before, after = (
        nominal(one, interval=Interval(kind, replicates=80)) for one in (design, [*design, *more])
    )
    for figure in ("value", "ci_low", "ci_high"):
        assert before.loc["krippendorff_alpha", figure] == pytest.approx(
            after.loc["krippendorff_alpha", figure], abs=1e-9
        )
    assert before.loc["gwet_ac1", "ci_low"] != after.loc["gwet_ac1", "ci_low"]


@kinds
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@settings(max_examples=15, deadline=None, derandomize=True)
@given(rows=st.lists(st.lists(st.sampled_from([None, "1", "2", "3"]), min_size=3, max_size=3), max_size=9))
def test_any_table_has_limits_in_order_or_none(kind: str, level: Any, rows: list[list[str | None]]) -> None:
    ratings = long([["1", "2", "2"], *rows])
    found = measure(
        ratings,
        scales={"v": Scale(level, ("1", "2", "3"))},
        coefficients="all",
        interval=Interval(kind, replicates=30),
    )
    for one in found.itertuples():
        assert math.isnan(one.ci_low) == math.isnan(one.ci_high) == (one.interval is None)
        if one.interval is not None:
            assert one.undefined is None
            assert COEFFICIENTS[one.coefficient].chance_corrected or one.ci_low >= 0
            assert one.ci_low <= one.ci_high <= 1 + 1e-9


@kinds
def test_a_scale_in_other_units_changes_nothing(kind: str) -> None:
    design = [[None if choice is None else "abc".index(choice) for choice in row] for row in made(30, 6, 0.1)]
    moved = [[None if choice is None else 3 * choice + 7 for choice in row] for row in design]
    asked: Any = {
        "scales": {"v": Scale("interval")},
        "coefficients": ["krippendorff_alpha"],
        "interval": Interval(kind),
    }
    first, second = (measure(long(one), **asked).iloc[0] for one in (design, moved))
    assert first["ci_low"] == pytest.approx(second["ci_low"], abs=1e-8)
    assert first["ci_high"] == pytest.approx(second["ci_high"], abs=1e-8)


@kinds
def test_perfect_agreement_has_an_exact_interval(kind: str) -> None:
    found = nominal([["a"] * 3] * 5 + [["b"] * 3] * 5, interval=Interval(kind, replicates=60))
    found = found[found["undefined"].isna()]
    assert len(found) == 8  # but for those of two annotators
    assert found["ci_high"].to_numpy() == pytest.approx(1.0, abs=1e-7)
    least, expected = 0.025 ** (1 / 10), found["expected"].fillna(0)
    assert found["ci_low"].to_numpy() == pytest.approx((least - expected) / (1 - expected), abs=1e-7)
    assert set(found["interval"]) == {"exact (Clopper-Pearson) over 10 items, which are all alike"}


@kinds
def test_nothing_to_vary_has_none(kind: str) -> None:
    one_pair = nominal([["a", "b"], ["a", None]], interval=Interval(kind, replicates=20))
    assert one_pair["interval"].tolist() == [None] * len(COEFFICIENTS)
    one_category = nominal([["a", "a"]] * 4, interval=Interval(kind, replicates=20))
    assert one_category["interval"].drop("percent_agreement").tolist() == [None] * (len(COEFFICIENTS) - 1)
    assert one_category.loc["percent_agreement", "ci_low"] == pytest.approx(0.025 ** (1 / 4))


def test_a_value_that_hangs_on_one_item_has_no_jackknife() -> None:
    """Without the one item that is different nothing is left to tell agreement from; plain agreement is."""
    design = [["a", "a", "a"]] * 6 + [["a", "b", "b"]]
    for kind in ("jackknife", "bca"):
        found = nominal(design, interval=Interval(kind, replicates=100))
        assert found.loc["krippendorff_alpha", "value"] < 1
        assert found.loc["krippendorff_alpha", "interval"] is None
        assert found.loc["percent_agreement", "interval"].startswith(KINDS[kind][:3])
    left_out = nominal(design, interval=Interval("percentile", replicates=100)).loc[
        "krippendorff_alpha", "interval"
    ]
    assert left_out.endswith(" undefined left out")


def test_alpha_on_an_ordinal_scale_is_not_gwets() -> None:
    design = [["1", "2"], ["2", "2"], ["3", "3"], ["1", "1"], ["3", "2"]]
    asked: Any = {"scales": {"v": Scale("ordinal", ("1", "2", "3"))}}
    asked["coefficients"] = ["krippendorff_alpha", "gwet_ac2"]
    found = measure(long(design), interval=Interval("analytic"), **asked)
    assert found["interval"].tolist() == [NOT_GWETS, KINDS["analytic"]]


def test_portions_do_not_change_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    design = made(60, 5, missing=0.2)
    for kind in ("jackknife", "analytic", "bca"):
        whole = nominal(design, interval=Interval(kind, replicates=50))
        with monkeypatch.context() as small:
            small.setattr("annotate.agreement.intervals._CELLS", 90)
            cut = nominal(design, interval=Interval(kind, replicates=50))
        for limit in ("ci_low", "ci_high"):
            assert cut[limit].to_numpy() == pytest.approx(whole[limit].to_numpy(), abs=1e-9, nan_ok=True)


def test_none_and_no_replicates() -> None:
    design = made(20, 3)
    for asked in (
        {"interval": Interval("none")},
        {"interval": Interval("percentile", replicates=0)},
        {"interval": Interval("bca", replicates=0)},
    ):
        found = nominal(design, **asked)
        assert found["interval"].tolist() == [None] * len(COEFFICIENTS)
        assert found[["ci_low", "ci_high"]].isna().all(axis=None)
    assert nominal(design, interval=Interval("jackknife", replicates=0))["interval"].notna().any()


def test_confidence_widens() -> None:
    for kind in KINDS:
        narrow, wide = (
            nominal(made(40, 3), ["gwet_ac1"], interval=Interval(kind, confidence=level)).iloc[0]
            for level in (0.5, 0.99)
        )
        assert wide["ci_low"] < narrow["ci_low"] < narrow["ci_high"] < wide["ci_high"]


def test_an_interval_that_is_none() -> None:
    with pytest.raises(StatisticsError) as refused:
        nominal(made(5, 1), interval=Interval("wald"))
    assert (
        str(refused.value)
        == "interval 'wald' is not known; there are auto, percentile, bca, jackknife, log_jackknife, analytic, none"
    )


@pytest.mark.parametrize("kind", ["percentile", "bca", "jackknife", "log_jackknife", "analytic"])
@pytest.mark.parametrize("clustered", [False, True])
def test_the_chance_to_be_below_a_limit_is_what_the_interval_leaves_out(kind, clustered):
    """At the ends of a 90 % interval the chances are 5 and 95 %, whatever the interval; between, they rise."""
    rng = np.random.default_rng(5)
    rows = [
        (f"p{item}", f"d{item // 4}", f"A{who}", "v", str(int(rng.random() < 0.2 + 0.6 * (item // 4 % 2))))
        for item in range(160)
        for who in range(3)
    ]
    ratings = pd.DataFrame(
        rows, columns=["item", "document", "annotator", "variable", "category"], dtype="str"
    )
    drawn = {
        "kind": kind,
        "confidence": 0.9,
        "replicates": 4000,
        "cluster": "document" if clustered else None,
    }
    asked = {"scales": {"v": Scale("nominal")}, "coefficients": "krippendorff_alpha"}
    first = measure(ratings, interval=Interval(**drawn), **asked).iloc[0]
    thresholds = (first["ci_low"], first["value"], first["ci_high"])
    found = measure(ratings, interval=Interval(**drawn, below=thresholds), **asked).iloc[0]
    low, middle, high = (found[f"p_below_{one:g}"] for one in thresholds)
    assert low == pytest.approx(0.05, abs=0.003)
    assert high == pytest.approx(0.95, abs=0.003)
    assert low < middle < high
    assert found["ci_low"] == first["ci_low"]


def test_where_all_agree_the_chance_to_be_below_is_exact():
    rows = [(f"p{item}", f"A{who}", "v", str(item % 2)) for item in range(20) for who in range(2)]
    ratings = pd.DataFrame(rows, columns=["item", "annotator", "variable", "category"], dtype="str")
    found = measure(ratings, scales={"v": Scale("nominal")}, interval=Interval(below=(0.8,)))
    percent = found.set_index("coefficient").loc["percent_agreement"]
    assert percent["p_below_0.8"] == pytest.approx(0.8**20)
    with pytest.raises(StatisticsError, match="is not between -1 and 1"):
        Interval(below=(1.5,))


@pytest.mark.parametrize("kind", [kind for kind in INTERVALS if kind != "none"])
def test_no_interval_ends_below_what_a_coefficient_can_be(kind):
    """Over two documents that differ much, t with one degree of freedom reached minus millions."""
    rows = [
        (f"i{n}", f"d{n % 2}", f"A{who}", "kind", "xyz"[0 if n % 2 else (n * who) % 3])
        for n in range(12)
        for who in (1, 2, 3)
    ]
    frame = pd.DataFrame(rows, columns=["item", "document", "annotator", "variable", "category"])
    found = measure(
        frame,
        scales={"kind": Scale("nominal")},
        coefficients="all",
        interval=Interval(kind, cluster="document"),
    )
    least = (-found["expected"] / (1 - found["expected"])).clip(upper=-1)
    assert found["ci_low"].notna().any()
    assert not (found["ci_low"] < least.fillna(0.0)).any()
