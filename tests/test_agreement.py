"""Agreement of a table: the columns, the intervals, what is refused, and peers as oracles."""

import math
import warnings
from dataclasses import replace
from itertools import chain
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from annotate.agreement import (
    COEFFICIENTS,
    DEFAULT,
    Assignments,
    Coefficient,
    Patterns,
    by_category,
    estimate,
    from_items,
    from_matrix,
    measure,
)
from annotate.agreement.registry import ALIASES, plain_name, renamed
from annotate.agreement.result import CHANCE_IS_CERTAIN, Agreement, settle
from annotate.codebook.scale import Scale, scales_of
from annotate.counts.distance import WEIGHTS, matrix, ranks, weight_matrix
from annotate.counts.units import of_items
from annotate.errors import StatisticsError, TableError
from annotate.sampling import Interval

COLUMNS = [
    *("source", "variable", "level", "coefficient", "value", "observed", "expected", "ci_low", "ci_high"),
    *("interval", "n_items", "n_pairable_items", "n_ratings", "n_annotators", "undefined"),
]


def table(*rows: str, variable: str = "v") -> pd.DataFrame:
    """Rows such as ``p1 Herald A1 yes``."""
    frame = pd.DataFrame([row.split() for row in rows], columns=["item", "source", "annotator", "category"])
    return frame.astype("str").assign(variable=variable)


SMALL = table(
    *("p1 Herald A1 yes", "p1 Herald A2 yes", "p2 Herald A1 no", "p2 Herald A2 no", "p3 Herald A1 yes"),
    *("p4 Courier A1 yes", "p4 Courier A3 yes", "p5 Courier A1 yes", "p5 Courier A3 yes"),
)


def nominal(ratings: pd.DataFrame, **settings_: Any) -> pd.DataFrame:
    return measure(ratings, **{"scales": {"v": Scale("nominal")}, **settings_})


# ---- the result -------------------------------------------------------------------------------------


def test_columns_and_rows() -> None:
    found = nominal(SMALL, by=("source",), interval=Interval(replicates=10))
    assert list(found.columns) == COLUMNS
    assert list(zip(found["source"], found["coefficient"], strict=True)) == [
        (source, name) for source in (None, "Courier", "Herald") for name in DEFAULT
    ]
    whole, courier, herald = (found.iloc[start : start + 3].set_index("coefficient") for start in (0, 3, 6))
    counts = ["n_items", "n_pairable_items", "n_ratings", "n_annotators"]
    assert whole[counts].iloc[0].tolist() == [5, 4, 9, 3]
    assert herald[counts].iloc[0].tolist() == [3, 2, 5, 2]
    assert herald["value"].tolist() == [1, 1, 1]
    assert herald["undefined"].tolist() == [None, None, None]
    assert whole["expected"].isna().tolist() == [True, False, False]
    assert courier["undefined"].tolist() == [None, "only one category was used", "only one category was used"]
    exact = "exact (Clopper-Pearson) over 2 items, which are all alike"
    assert courier["interval"].tolist() == [exact, None, None]


def test_none_stays_none_and_counts_are_whole() -> None:
    found = nominal(SMALL, by=("source",), interval=Interval(replicates=0))
    assert found["source"].iloc[0] is None
    assert found["interval"].iloc[0] is None
    assert found["undefined"].iloc[0] is None
    assert {str(found[column].dtype) for column in COLUMNS if column.startswith("n_")} == {"int64"}
    assert found[["ci_low", "ci_high"]].isna().all(axis=None)


def test_by_other_columns() -> None:
    ratings = SMALL.assign(desk=["a", "a", "b", "b", "a", "a", "a", "b", "b"])
    found = nominal(
        ratings, by=("desk", "source"), coefficients=["percent_agreement"], interval=Interval(replicates=0)
    )
    assert list(found.columns) == ["source", "desk", *COLUMNS[1:]]
    assert list(zip(found["desk"], found["source"], strict=True)) == [
        *((None, None), ("a", "Courier"), ("a", "Herald"), ("b", "Courier"), ("b", "Herald")),
    ]


def test_variables_stand_in_the_order_of_their_levels() -> None:
    ratings = pd.concat(
        [SMALL, SMALL.assign(variable="a"), SMALL.query("source == 'Herald'").assign(variable="z")]
    )
    level: Any = {"z": "nominal", "unused": "ordinal", "v": "nominal", "a": "nominal"}
    found = measure(
        ratings,
        by=["source"],
        scales=scales_of(level),
        coefficients=["gwet_ac1"],
        interval=Interval(replicates=0),
    )
    assert list(zip(found["source"], found["variable"], strict=True)) == [
        *((None, "z"), (None, "v"), (None, "a"), ("Courier", "v"), ("Courier", "a")),
        *(("Herald", "z"), ("Herald", "v"), ("Herald", "a")),
    ]


def test_k_of_ac1_is_what_the_variable_offers() -> None:
    """Declared categories, or those of the whole table; never those of one source."""
    by_table = nominal(
        SMALL, by=["source"], coefficients=["gwet_ac1"], interval=Interval(replicates=0)
    ).set_index("source")
    declared = {"v": Scale("nominal", ("yes", "no", "unclear", "both"))}
    ours = nominal(SMALL, coefficients=["gwet_ac1"], scales=declared, interval=Interval(replicates=0)).iloc[0]
    share = 4 / 5  # of five items p2 is no; p3, which was rated once, counts
    assert by_table.loc["Herald", "expected"] == pytest.approx(2 * (2 / 3) * (1 / 3) / 1)
    assert ours["expected"] == pytest.approx(2 * share * (1 - share) / 3)


# ---- what is asked for ------------------------------------------------------------------------------


def test_all_stands_for_all() -> None:
    found = nominal(SMALL, coefficients="all", interval=Interval(replicates=0))
    assert found["coefficient"].tolist() == list(COEFFICIENTS)
    twice = nominal(SMALL, coefficients=["gwet_ac1", "all", "gwet_ac1"], interval=Interval(replicates=0))
    assert twice["coefficient"].iloc[0] == "gwet_ac1"
    assert sorted(twice["coefficient"]) == sorted(COEFFICIENTS)
    one = nominal(SMALL, coefficients="fleiss_kappa", interval=Interval(replicates=0))
    assert one["coefficient"].tolist() == ["fleiss_kappa"]


def test_what_a_coefficient_cannot_do_is_said_and_the_others_go_on() -> None:
    found = nominal(
        SMALL,
        by=["source"],
        coefficients="all",
        scales={"v": Scale("nominal", weights="linear")},
        interval=Interval(replicates=0),
    )
    reasons = found.set_index(["source", "coefficient"])["undefined"]
    weighed = "linear weights need an order of the categories, which level nominal does not have"
    assert reasons[None, "cohen_kappa"] == weighed
    assert reasons[None, "gwet_ac2"] == weighed
    assert reasons[None, "krippendorff_alpha"] is None
    found = nominal(SMALL, by=["source"], coefficients="all", interval=Interval(replicates=0))
    reasons = found.set_index(["source", "coefficient"])["undefined"]
    assert reasons[None, "cohen_kappa"] == "needs exactly two annotators, there are 3"
    assert reasons[None, "scott_pi"] == "needs exactly two annotators, there are 3"
    assert reasons["Herald", "cohen_kappa"] is None
    specific = nominal(SMALL, coefficients=["specific_agreement"], interval=Interval(replicates=0))[
        "undefined"
    ].iloc[0]
    assert specific == "specific_agreement is of one category; ask for it by category"


def test_columns_that_stand_there_if_asked_for() -> None:
    order: Any = {"v": ["no", "yes"]}
    found = measure(
        SMALL, scales=scales_of({"v": "ordinal"}, order), coefficients="all", interval=Interval(replicates=0)
    )
    assert list(found.columns) == [*COLUMNS[:4], "weights", *COLUMNS[4:]]
    weights = found.set_index("coefficient")["weights"]
    assert weights["gwet_ac2"] == "ordinal"
    assert weights["fleiss_kappa"] == "identity"
    assert weights["krippendorff_alpha"] is None
    assert weights["gwet_ac1"] is None
    linear = measure(SMALL, scales={"v": Scale("nominal", weights="linear")}, interval=Interval(replicates=0))
    assert linear["weights"].tolist() == [None, None, None]
    found = nominal(
        SMALL,
        per_category=True,
        interval=Interval(replicates=0),
        scales={"v": Scale("nominal", ("yes", "no", "both"))},
    )
    assert list(found.columns) == [*COLUMNS[:3], "category", *COLUMNS[3:]]
    assert found["category"].tolist() == [*[None] * 3, *["yes"] * 3, *["no"] * 3, *["both"] * 3]
    assert found["coefficient"].tolist()[3:6] == ["specific_agreement", "krippendorff_alpha", "gwet_ac1"]
    assert found["undefined"].tolist()[9:] == [
        *("the category was not used on an item with two ratings", "only one category was used"),
        "only one category was used",
    ]


def test_categories_of_every_group_and_engine_are_the_same_functions() -> None:
    """Rows of a category are what the function by that name gives, and groups have theirs."""
    found = nominal(
        big(), by=["source"], per_category=True, coefficients="all", interval=Interval(replicates=30)
    )
    assert len(found) == 4 * (len(COEFFICIENTS) + 3 * len(COEFFICIENTS))
    counts = big().pivot_table(
        index="item", columns="category", values="annotator", aggfunc="count", fill_value=0
    )
    whole = by_category(
        from_items(counts.to_numpy(), Scale("nominal", ("a", "b", "c"))), interval=Interval(replicates=0)
    )
    for category, estimates in whole.items():
        rows = found[found["source"].isna() & (found["category"] == category)].set_index("coefficient")
        for one in estimates:
            assert rows.loc[one.coefficient, "value"] == pytest.approx(one.value, abs=1e-12)
            assert rows.loc[one.coefficient, "ci_low"] <= one.value <= rows.loc[one.coefficient, "ci_high"]


def test_masi_and_jaccard() -> None:
    sets = table(
        'p1 s A1 ["a"]', 'p1 s A2 ["a","b"]', "p2 s A1 []", "p2 s A2 []", 'p3 s A1 ["b"]', 'p3 s A2 ["b"]'
    )
    kwargs: dict[str, Any] = {
        "coefficients": ["krippendorff_alpha"],
        "interval": Interval(replicates=0),
    }
    masi_, jaccard_ = (
        measure(sets, scales={"v": Scale("set", distance=name)}, **kwargs)["observed"].iloc[0]
        for name in ("masi", "jaccard")
    )
    assert masi_ == pytest.approx(1 - (2 / 3) / 3)
    assert jaccard_ == pytest.approx(1 - (1 / 2) / 3)


def test_sets_and_numbers_are_compared_by_what_they_are() -> None:
    sets = table('p1 s A1 ["a","b"]', 'p1 s A2 ["b","a"]', "p2 s A1 []", "p2 s A2 []")
    found = measure(sets, scales={"v": Scale("set")}, interval=Interval(replicates=0))
    assert found["value"].tolist() == [1, 1, 1]
    numbers = table("p1 s A1 3", "p1 s A2 3.0", "p2 s A1 10", "p2 s A2 1e1")
    assert measure(numbers, scales={"v": Scale("ratio")}, interval=Interval(replicates=0))[
        "value"
    ].tolist() == [1, 1, 1]


# ---- intervals --------------------------------------------------------------------------------------


def big(seed: int = 5, sources: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        f"p{item} s{item % sources} A{annotator} {rng.choice(['a', 'b', 'c'], p=[0.6, 0.3, 0.1])}"
        for item in range(60)
        for annotator in range(3)
        if rng.random() < 0.8
    ]
    return table(*rows)


def test_the_seed_makes_the_interval() -> None:
    first, again, other = (nominal(big(), interval=Interval(replicates=200, seed=seed)) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert (first["ci_low"] != other["ci_low"]).all()
    assert first["value"].tolist() == other["value"].tolist()
    assert (first["ci_low"] <= first["value"]).all()
    assert (first["value"] <= first["ci_high"]).all()


def test_a_group_does_not_depend_on_the_others() -> None:
    ratings = big()
    level: Any = {"v": "nominal", "w": "nominal"}
    both = pd.concat([ratings, ratings.assign(variable="w")])
    alone = measure(ratings, scales=scales_of(level), by=["source"], interval=Interval(replicates=50))
    together = measure(both, scales=scales_of(level), by=["source"], interval=Interval(replicates=50)).query(
        "variable == 'v'"
    )
    pd.testing.assert_frame_equal(alone, together.reset_index(drop=True), check_exact=True)
    declared = {"v": Scale("nominal", ("a", "b", "c"))}
    fewer = nominal(
        ratings[ratings["source"] != "s0"],
        by=["source"],
        interval=Interval(replicates=50),
        scales=declared,
    )
    for source in ("s1", "s2"):
        rows = [found[found["source"] == source].reset_index(drop=True) for found in (alone, fewer)]
        pd.testing.assert_frame_equal(rows[0], rows[1], check_exact=True)
    assert alone.groupby("coefficient")["ci_low"].nunique().min() == 4


def test_a_coefficient_does_not_depend_on_the_others() -> None:
    given_: dict[str, Any] = {
        "interval": Interval(replicates=50),
        "scales": {"v": Scale("nominal", weights="identity")},
        "per_category": True,
    }
    every = nominal(big(), coefficients="all", **given_)
    reasons = set(every["undefined"].dropna())  # of Cohen and Scott
    assert reasons == {"needs exactly two annotators, there are 3"}
    for name in COEFFICIENTS:
        alone = nominal(big(), coefficients=[name], **given_)
        among = every[every["coefficient"].isin(alone["coefficient"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, among, check_exact=True)


def test_replicates_are_draws_of_items() -> None:
    """Each replicate holds as many items of each kind as there are, and the mean is what it must be."""
    n, ratings = np.array([50, 3, 0, 7, 40, 9]), np.array([3, 2, 2, 1, 1, 0])
    (samples,) = of_items(n, ratings).resamples(4000, np.random.default_rng(3))
    assert (samples[:, :3].sum(axis=1) == 53).all()
    assert (samples[:, 3:5].sum(axis=1) == 47).all()
    assert (samples[:, [2, 5]] == 0).all()
    assert samples[:, :5].mean(axis=0) == pytest.approx(n[:5], abs=0.25)
    share = n[:3] / 53
    assert samples[:, :3].var(axis=0) == pytest.approx(53 * share * (1 - share), rel=0.1, abs=1e-9)


@pytest.mark.parametrize("items", [3, 3000])
def test_chunks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch, items: int) -> None:
    """Few items are drawn one by one, many from the multinomial."""
    n, ratings = np.array([items, 2 * items, items, 1]), np.array([3, 2, 1, 1])
    (whole,) = of_items(n, ratings).resamples(103, np.random.default_rng(1))
    monkeypatch.setattr("annotate.counts.units._CELLS", 4 * 9)
    chunks = list(of_items(n, ratings).resamples(103, np.random.default_rng(1)))
    assert len(chunks) == 12
    assert np.array_equal(np.concatenate(chunks), whole)


def test_interval_is_that_of_a_bootstrap_by_hand() -> None:
    """Resampling the items themselves, and computing alpha with a peer, gives the same interval."""
    rng = np.random.default_rng(11)
    choices = np.where(
        rng.random((80, 3)) < 0.7, rng.integers(0, 3, 80)[:, None], rng.integers(0, 3, (80, 3))
    )
    rows = [f"p{i} s A{a} {choices[i, a]}" for i in range(80) for a in range(3)]
    ours = nominal(
        table(*rows), coefficients=["krippendorff_alpha"], interval=Interval(replicates=4000)
    ).iloc[0]
    values = []
    for _ in range(2000):
        sample = choices[rng.integers(0, 80, 80)].T
        values.append(krippendorff.alpha(sample, level_of_measurement="nominal"))
    low, high = np.quantile(values, [0.025, 0.975])
    assert ours["ci_low"] == pytest.approx(low, abs=0.015)
    assert ours["ci_high"] == pytest.approx(high, abs=0.015)


def test_confidence_widens() -> None:
    narrow, wide = (
        nominal(big(), interval=Interval(replicates=300, confidence=level)).iloc[1] for level in (0.5, 0.99)
    )
    assert wide["ci_low"] < narrow["ci_low"] < narrow["ci_high"] < wide["ci_high"]


def test_undefined_replicates_are_left_out_and_said() -> None:
    rows = [f"p{i} s A{a} {'no' if i + a < 2 and i < 2 else 'yes'}" for i in range(4) for a in range(2)]
    found = nominal(table(*rows), interval=Interval(replicates=400)).set_index("coefficient")["interval"]
    assert found["percent_agreement"] == "percentile bootstrap over items, 400 replicates"
    words = found["krippendorff_alpha"].removeprefix("percentile bootstrap over items, 400 replicates, ")
    assert words == found["gwet_ac1"].removeprefix("percentile bootstrap over items, 400 replicates, ")
    left_out, *rest = words.split()
    assert rest == ["undefined", "left", "out"]
    assert int(left_out) / 400 == pytest.approx(0.5**4 + 0.25**4, abs=0.04)


def test_one_pairable_item_has_no_interval() -> None:
    found = nominal(table("p1 s A1 a", "p1 s A2 b", "p2 s A1 a"), interval=Interval(replicates=50))
    assert found["value"].notna().all()
    assert found[["ci_low", "ci_high"]].isna().all(axis=None)
    assert found["interval"].tolist() == [None, None, None]


# ---- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        (
            {"scales": {}},
            "level of measurement of variable v is not known; say --level v=nominal|ordinal|interval|ratio|set, in Python level={'v': 'nominal'} or another of these",
        ),
        (
            {"coefficients": ["kappa"]},
            (
                "coefficient 'kappa' is not known; there are percent_agreement, krippendorff_alpha, gwet_ac1, "
                "gwet_ac2, cohen_kappa, conger_kappa, fleiss_kappa, light_kappa, scott_pi, brennan_prediger"
            ),
        ),
        (
            {"scales": {"v": Scale("ordinal")}},
            (
                "variable v is ordinal and the order of its categories is not known; "
                "declare them from low to high, with --order v=A,B,C, in Python order={'v': ['A', 'B', 'C']}, or in the label config"
            ),
        ),
        (
            {"scales": {"v": Scale("ordinal", ("yes", "maybe"))}},
            "item p2, annotator A1, variable v: 'no' is not one of the declared categories yes, maybe",
        ),
        (
            {"scales": {"v": Scale("nominal", ("no",))}},
            "item p1, annotator A1, variable v: 'yes' is not one of the declared categories no",
        ),
        (
            {"scales": {"v": Scale("interval")}},
            "item p2, annotator A1, variable v: 'no' is not a number, and level interval needs one",
        ),
        (
            {"scales": {"v": Scale("set")}},
            'item p2, annotator A1, variable v: \'no\' is not a set; a set is written as a JSON array, such as ["a","b"]',
        ),
        (
            {"by": ["annotator"]},
            "cannot group by annotator: agreement is between annotators over items, on a variable",
        ),
    ],
)
def test_refused(settings_: dict[str, Any], message: str) -> None:
    with pytest.raises(StatisticsError) as refused:
        measure(SMALL, **{"scales": {"v": Scale("nominal")}, **settings_})
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("level", "categories", "row", "message"),
    [
        ("interval", [], "p9 s A1 inf", "'inf' is not a number, and level interval needs one"),
        ("interval", [], "p9 s A1 NaN", "'NaN' is not a number, and level interval needs one"),
        ("ratio", [], "p9 s A1 -2", "'-2' is below 0, which level ratio does not allow; say interval"),
        ("interval", ["1", "2", "3"], "p9 s A1 4", "'4' is not one of the declared categories 1, 2, 3"),
        (
            "set",
            ["a", "b"],
            'p9 s A1 ["a","x"]',
            '\'["a","x"]\' holds x, which is not declared; declared are a, b',
        ),
        (
            "set",
            [],
            "p9 s A1 [1]",
            '\'[1]\' is not a set; a set is written as a JSON array, such as ["a","b"]',
        ),
    ],
)
def test_a_category_that_does_not_fit_is_named(
    level: Any, categories: list[str], row: str, message: str
) -> None:
    good = "[]" if level == "set" else "2.0"
    with pytest.raises(StatisticsError) as refused:
        measure(table("p1 s A2 " + good, row), scales={"v": Scale(level, tuple(categories))})
    assert str(refused.value) == f"item p9, annotator A1, variable v: {message}"


def test_a_declared_category_that_is_no_number() -> None:
    with pytest.raises(StatisticsError, match="variable v: declared category 'high' is not a number"):
        measure(table("p1 s A1 1"), scales={"v": Scale("interval", ("1", "high"))})


def test_two_ratings_by_one_annotator() -> None:
    with pytest.raises(StatisticsError, match="item p1, annotator A1, variable v: rated more than once"):
        nominal(pd.concat([SMALL, table("p1 Herald A1 no")]))


def test_a_table_that_is_none() -> None:
    with pytest.raises(TableError, match="the table is empty"):
        nominal(SMALL.head(0))
    with pytest.raises(TableError, match="no column category"):
        nominal(SMALL.drop(columns="category"))


# ---- from counts, and what one function decides -----------------------------------------------------


def test_counts_that_are_none() -> None:
    cases: list[tuple[Any, str]] = [([[0.5, 1]], "ab"), ([1, 2], "ab"), ([[-1, 2]], "ab"), ([[1, 2]], "abc")]
    for counts, names in cases:
        with pytest.raises(StatisticsError, match="counts"):
            from_items(counts, Scale("nominal", tuple(names)))
    with pytest.raises(StatisticsError, match="categories a, b: this level needs numbers"):
        estimate(from_items([[2, 0]], Scale("interval", tuple("ab"))))
    with pytest.raises(StatisticsError, match="n and categories ask for"):
        Patterns(Scale("nominal", ("a", "b")), np.array([[1, 1]]), np.array([1, 2]))


def test_assignments_are_patterns() -> None:
    """Whatever takes counts takes who chose what, and gives the same."""
    chosen = [["a", "b", None], ["a", "a", "c"], ["c", None, None], ["a", "b", None]]
    assigned = from_matrix(chosen, Scale("nominal", tuple("abc")))
    counts = from_items([[1, 1, 0], [2, 0, 1], [0, 0, 1], [1, 1, 0]], Scale("nominal", tuple("abc")))
    assert isinstance(assigned, Patterns)
    assert assigned.codes.tolist() == [[0, 0, 2], [0, 1, -1], [2, -1, -1]]
    assert assigned.n.tolist() == [1, 2, 1]
    for name, one in COEFFICIENTS.items():
        of_assigned, of_counts = (
            estimate(p, [name], interval=Interval(replicates=0))[0] for p in (assigned, counts)
        )
        if one.takes == "counts":
            assert of_assigned.value == pytest.approx(of_counts.value, abs=1e-12)
        else:
            assert of_counts.undefined == "needs to know who chose what, and these are counts"
            assert of_assigned.undefined is None or one.two_annotators


def test_choices_that_are_none() -> None:
    cases: list[tuple[Any, str, Any, str]] = [
        ([["a", "d"]], "abc", "nominal", "'d' is not one of a, b, c"),
        ([["a", "b"], ["a"]], "ab", "nominal", "items differ in length"),
        ([["a", "b"]], "", "ordinal", "needs them in order"),
    ]
    for rows, names, level, message in cases:
        with pytest.raises(StatisticsError, match=message):
            from_matrix(rows, Scale(level, tuple(names)))
    two = np.array([[0, 1]])
    with pytest.raises(StatisticsError, match="codes have shape"):
        Assignments(Scale("nominal", ("a",)), np.array([[1]]), np.array([1]), annotators=("A1",), codes=two)


def test_a_complete_design_can_be_required(monkeypatch: pytest.MonkeyPatch) -> None:
    full = replace(COEFFICIENTS["conger_kappa"], name="full", complete=True)
    monkeypatch.setitem(COEFFICIENTS, "full", full)
    found = nominal(SMALL, coefficients=["full"], interval=Interval(replicates=0))["undefined"].iloc[0]
    assert found == "needs every item rated by every annotator, and 5 are not"


def test_weights_by_level() -> None:
    assert weight_matrix("linear", "interval", ("1", "2", "4"))[0].tolist() == [1, 1 - 1 / 3, 0]
    assert weight_matrix("linear", "ordinal", ("1", "2", "4"))[0].tolist() == [1, 0.5, 0]
    assert weight_matrix("quadratic", "ordinal", ("1", "2", "4"))[0].tolist() == [1, 0.75, 0]
    assert weight_matrix("ordinal", "interval", ("1", "2", "4"))[0] == pytest.approx([1, 2 / 3, 0])
    assert all(weight_matrix(name, "ordinal", ("only",)).tolist() == [[1]] for name in WEIGHTS)


def test_light_says_which_pair_it_lacks() -> None:
    """A and C rated two items together, and both said yes; A and D nothing, which is not an obstacle."""
    chosen = [["y", "n", None, None], ["n", "n", None, "n"], ["y", "y", "y", None], ["y", None, "y", None]]
    found = estimate(from_matrix(chosen), ["light_kappa", "conger_kappa"], interval=Interval(replicates=0))
    assert found[0].undefined == "two annotators used only one category on the items that both rated"
    assert found[1].undefined is None
    apart = [["y", "n", None], ["n", "n", None], [None, "y", "y"], [None, "n", "y"], [None, "n", "n"]]
    light = estimate(from_matrix(apart), ["light_kappa"], interval=Interval(replicates=0))[0]
    assert light.value == pytest.approx((0 + 0.4) / 2)


def test_expected_agreement_of_1_is_undefined() -> None:
    settled = settle(
        Agreement(np.array([1.0, 0.5]), np.array([1.0, 0.25])), np.array([4.0, 4.0]), np.array([2, 2])
    )
    assert settled.undefined.tolist() == [CHANCE_IS_CERTAIN, None]
    assert math.isnan(settled.value[0])
    assert settled.value[1] == pytest.approx(1 / 3)


def test_a_coefficient_that_does_not_take_the_level(monkeypatch: pytest.MonkeyPatch) -> None:
    alpha = COEFFICIENTS["krippendorff_alpha"]
    numeric = Coefficient(
        "numeric", alpha.compute, chance_corrected=True, by_distance=True, levels=("interval",)
    )
    monkeypatch.setitem(COEFFICIENTS, "numeric", numeric)
    found = estimate(
        from_items([[2, 0], [0, 2]], Scale("nominal", tuple("ab"))),
        ["numeric", "gwet_ac1"],
        interval=Interval(replicates=0),
    )
    assert [one.undefined for one in found] == ["numeric is not defined at level nominal", None]
    assert math.isnan(found[0].value)
    assert [one.coefficient for one in found] == ["numeric", "gwet_ac1"]


def test_distances_lie_between_0_and_1() -> None:
    assert matrix(Scale("interval", ("1", "3", "5"))).tolist() == [
        [0, 0.25, 1],
        [0.25, 0, 0.25],
        [1, 0.25, 0],
    ]
    assert matrix(Scale("ratio", ("0", "1", "3"))).tolist() == [[0, 1, 1], [1, 0, 0.25], [1, 0.25, 0]]
    assert matrix(Scale("interval", ("7",))).tolist() == [[0]]
    assert ranks(np.array([[2.0, 0.0, 6.0]])).tolist() == [[0.125, 0.25, 0.625]]


def test_many_categories_fit_in_memory() -> None:
    """A table of items x 400 x 400 would be 5 GB."""
    rng = np.random.default_rng(2)
    rows = [f"p{i} s A{a} {rng.integers(400)}" for i in range(4000) for a in range(2)]
    found = measure(
        table(*rows),
        scales={"v": Scale("interval")},
        coefficients=["krippendorff_alpha"],
        interval=Interval(replicates=20),
    )
    assert abs(found["value"].iloc[0]) < 0.05


# ---- oracles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@settings(max_examples=40, deadline=None, derandomize=True)
@given(design=st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=2, max_size=12))
def test_alpha_against_krippendorff(level: Any, design: list[list[int]]) -> None:
    """0 is a missing rating. The package raises where one value is used; we say undefined."""
    matrix_ = np.where(np.array(design) == 0, np.nan, design).T
    rows = [f"p{i} s A{a} {choice}" for i, row in enumerate(design) for a, choice in enumerate(row) if choice]
    if not rows:
        return
    ours = measure(
        table(*rows),
        scales={"v": Scale(level, ("1", "2", "3", "4"))},
        coefficients=["krippendorff_alpha"],
        interval=Interval(replicates=0),
    ).iloc[0]
    if ours["undefined"] is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = krippendorff.alpha(matrix_, level_of_measurement=level)
        assert ours["value"] == pytest.approx(theirs, abs=1e-9)


PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=20)


def of_two(pairs: list[tuple[str, str]], weights: str | None = None) -> pd.DataFrame:
    rows = [f"p{i} s A{a} {choice}" for i, pair in enumerate(pairs) for a, choice in enumerate(pair)]
    given_: Any = {
        "scales": {"v": Scale("ordinal", ("a", "b", "c"), weights)},
        "coefficients": "all",
        "interval": Interval(replicates=0),
    }
    return measure(table(*rows), **given_).set_index("coefficient")


@given(pairs=PAIRS)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_percent_agreement_of_two_against_sklearn(pairs: list[tuple[str, str]]) -> None:
    assert of_two(pairs).loc["percent_agreement", "value"] == pytest.approx(
        accuracy_score(*zip(*pairs, strict=True))
    )


@pytest.mark.parametrize("weights", ["identity", "linear", "quadratic"])
@given(pairs=PAIRS)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_cohen_against_sklearn(weights: str, pairs: list[tuple[str, str]]) -> None:
    """sklearn divides 0 by 0 where one category was used, and warns; we say undefined."""
    ours = of_two(pairs, weights).loc["cohen_kappa"]
    if ours["undefined"] is None:
        theirs = cohen_kappa_score(
            *zip(*pairs, strict=True),
            labels=["a", "b", "c"],
            weights=None if weights == "identity" else weights,
        )
        assert ours["value"] == pytest.approx(theirs, abs=1e-9)
    else:
        assert len(set(chain.from_iterable(pairs))) == 1


@given(
    design=st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=2, max_size=12),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_kappas_against_statsmodels(design: list[list[int]]) -> None:
    """On complete tables, which its Fleiss needs; it divides 0 by 0 where one category was used, we say undefined.

    Its ``method="randolph"`` is Brennan and Prediger's kappa.
    """
    counts, _ = aggregate_raters(np.array(design), n_cat=3)
    names = ["a", "b", "c"]
    ours = {
        one.coefficient: one
        for one in estimate(
            from_items(counts, Scale("nominal", tuple(names))), "all", interval=Interval(replicates=0)
        )
    }
    if ours["fleiss_kappa"].undefined is None:
        assert ours["fleiss_kappa"].value == pytest.approx(fleiss_kappa(counts), abs=1e-9)
        randolph = fleiss_kappa(counts, method="randolph")
        assert ours["brennan_prediger"].value == pytest.approx(randolph, abs=1e-9)
    else:
        assert len({choice for row in design for choice in row}) == 1


@given(
    design=st.lists(st.lists(st.sampled_from("abc"), min_size=3, max_size=3), min_size=2, max_size=12),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_kappas_against_nltk(design: list[list[str]]) -> None:
    """On complete tables; nltk leaves out no missing rating but raises, or pairs what is not there.

    Its ``multi_kappa`` is Conger's kappa, ``kappa`` Light's, ``pi`` Fleiss's (Siegel & Castellan's K) and
    ``S`` Bennett's, in which it counts the categories that were used, so we declare those. Where a
    denominator is 0 it raises ZeroDivisionError or gives 1.0; we say undefined.
    """
    used = sorted(set(chain.from_iterable(design)))
    ours = {
        one.coefficient: one
        for one in estimate(
            from_matrix(design, Scale("nominal", tuple(used))), "all", interval=Interval(replicates=0)
        )
    }
    if len(used) == 1:
        assert all(one.undefined for name, one in ours.items() if COEFFICIENTS[name].chance_corrected)
        return
    task = AnnotationTask([(f"A{a}", f"p{i}", c) for i, row in enumerate(design) for a, c in enumerate(row)])
    theirs = {"percent_agreement": task.avg_Ao(), "fleiss_kappa": task.pi(), "brennan_prediger": task.S()}
    theirs |= {"conger_kappa": task.multi_kappa(), "krippendorff_alpha": task.alpha()}
    if ours["light_kappa"].undefined is None:
        theirs["light_kappa"] = task.kappa()
    for name, value in theirs.items():
        assert ours[name].value == pytest.approx(value, abs=1e-9), name


@given(pairs=PAIRS)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_specific_agreement_is_the_f1_of_two_annotators(pairs: list[tuple[str, str]]) -> None:
    """With either of them for the truth; sklearn says 0 where nobody chose the category, we say undefined."""
    first, second = zip(*pairs, strict=True)
    ours = by_category(
        from_matrix([list(pair) for pair in pairs], Scale("nominal", tuple("abc"))),
        interval=Interval(replicates=0),
    )
    for category, (specific, *_) in ours.items():
        theirs = f1_score(
            [one == category for one in first], [one == category for one in second], zero_division=0.0
        )
        if specific.undefined is None:
            assert specific.value == pytest.approx(theirs, abs=1e-12)
        else:
            assert category not in (*first, *second)


def test_numbers_as_large_as_there_are_do_not_overflow():
    table = pd.DataFrame(
        [(f"i{i}", f"a{a}", "v", ("1e308", "-1e308")[i % 2]) for i in range(4) for a in range(2)],
        columns=["item", "annotator", "variable", "category"],
    )
    found = measure(table, scales={"v": Scale("interval")}, interval=Interval(replicates=10)).set_index(
        "coefficient"
    )["value"]
    assert found["krippendorff_alpha"] == 1


@pytest.mark.parametrize("text", ["1_0", "\u0663", "0x10", "1,5"])
def test_a_number_is_written_as_people_write_it(text):
    table = pd.DataFrame(
        [("i", a, "v", text) for a in "ab"], columns=["item", "annotator", "variable", "category"]
    )
    with pytest.raises(StatisticsError, match="is not a number"):
        measure(table, scales={"v": Scale("interval")})


def test_groups_are_by_columns_of_their_own():
    table = pd.DataFrame(
        [("i", a, "v", "x", "s", 1, ["q"]) for a in "ab"],
        columns=["item", "annotator", "variable", "category", "source", "value", "tags"],
    )
    for column in ("value", "level", "coefficient", "n_items"):
        with pytest.raises(StatisticsError, match=f"the result has a column {column}"):
            measure(table, by=(column,), scales={"v": Scale("nominal")})
    with pytest.raises(TableError, match="column tags holds lists"):
        measure(table, by=("tags",), scales={"v": Scale("nominal")})
    once, twice = (
        measure(table, by=by, scales={"v": Scale("nominal")}) for by in (("source",), ("source",) * 2)
    )
    pd.testing.assert_frame_equal(once, twice)


ALSO_CALLED = {
    "PABAK": "brennan_prediger",
    "Bennett's S": "brennan_prediger",
    "Brennan-Prediger": "brennan_prediger",
    "Randolph\N{RIGHT SINGLE QUOTATION MARK}s free-marginal kappa": "brennan_prediger",
    "Siegel & Castellan": "fleiss_kappa",
    "Fleiss' kappa": "fleiss_kappa",
    "Conger": "conger_kappa",
    "Scott's pi": "scott_pi",
    "AC1": "gwet_ac1",
    "Krippendorff's alpha": "krippendorff_alpha",
    "Holsti": "percent_agreement",
}


@pytest.mark.parametrize(("called", "name"), ALSO_CALLED.items())
def test_a_coefficient_is_found_by_the_name_that_people_use(called, name):
    found = estimate(from_items([[2, 0], [1, 1], [0, 2]], Scale("nominal", ("a", "b"))), [called, name])
    assert [one.coefficient for one in found] == [name]
    (line,) = renamed([called, name])
    assert line.startswith(f"{called} is {name} here: ")


def test_no_name_is_of_two_coefficients_and_all_are_as_people_type_them():
    every = [alias for aliases in ALIASES.values() for alias in aliases]
    assert len(set(every)) == len(every)
    assert not set(every) & set(COEFFICIENTS)
    assert set(ALIASES) <= set(COEFFICIENTS)
    assert all(plain_name(alias) == name for name, aliases in ALIASES.items() for alias in aliases)


def test_pabak_is_twice_percent_agreement_less_one():
    found = estimate(
        from_items([[2, 0]] * 40 + [[1, 1]] * 9 + [[0, 2]], Scale("nominal", ("yes", "no"))),
        ["pabak", "percent_agreement"],
    )
    assert found[0].value == pytest.approx(2 * found[1].value - 1)
