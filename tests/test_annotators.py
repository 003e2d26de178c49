"""Annotators two by two, without each, against the majority, and against themselves."""

import math
import sys
from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from annotate.agreement import COEFFICIENTS, measure
from annotate.agreement.annotators import leave_one_out, majority, pairs, rounds
from annotate.agreement.annotators._pairs import PAIRWISE
from annotate.codebook.scale import Scale
from annotate.errors import StatisticsError, TableError
from annotate.sampling import Interval

NAMES = {
    "nominal": ["apple", "pear", "plum"],
    "ordinal": ["low", "middle", "high"],
    "interval": ["-1", "0.5", "4"],
    "ratio": ["0", "1", "5"],
    "set": ["[]", '["a"]', '["a","b"]'],
}
LEVELS = list(NAMES)
some = settings(max_examples=12, deadline=None, derandomize=True)


def table(*rows, columns=("item", "annotator", "category")):
    """Rows such as ``p1 A1 x``; the source is the first letter of the item."""
    frame = pd.DataFrame([row.split() for row in rows], columns=list(columns))
    return frame.astype("str").assign(variable="v", source=frame["item"].str[0])


def matrix(*items):
    """One word an item, one letter an annotator, such as ``xxy``; ``-`` stands for no rating."""
    return table(*(
        f"p{number} A{who} {letter}"
        for number, letters in enumerate(items) for who, letter in enumerate(letters, 1) if letter != "-"
    ))  # fmt: skip


@st.composite
def designs(draw, annotators=4):
    """Items x annotators: the number of a category, or None."""
    judgement = st.one_of(st.none(), st.integers(0, 2), st.integers(0, 2))
    rows = draw(
        st.lists(st.lists(judgement, min_size=annotators, max_size=annotators), min_size=1, max_size=8)
    )
    return [[0, *rows[0][1:]], *rows[1:]]


def ratings(design, level="nominal"):
    names = NAMES[level]
    rows = [
        (f"{'ab'[item % 2]}{item}", f"A{who}", "v", names[choice])
        for item, row in enumerate(design) for who, choice in enumerate(row) if choice is not None
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["item", "annotator", "variable", "category"], dtype="str")
    return frame.assign(source=frame["item"].str[0])


def known(level):
    return {"scales": {"v": Scale(level, ("a", "b") if level == "set" else tuple(NAMES[level]))}}


def same(first, second, tolerance=1e-12):
    return (math.isnan(first) and math.isnan(second)) or abs(first - second) <= tolerance


def nominal(function, frame, **more):
    return function(frame, scales={"v": Scale("nominal")}, **more)


# ---- two annotators --------------------------------------------------------------------------------


TWO = matrix(*["xx"] * 4, *["yy"] * 3, *["xy"] * 2, "yx")


def test_two_annotators_by_hand():
    """A1 says x 6 times of 10, A2 5 times. Kappa: (.7 - .5) / (1 - .5). Alpha: 11 x and 9 y."""
    found = nominal(pairs, TWO).iloc[0]
    assert (found["annotator_a"], found["annotator_b"], found["n_items"]) == ("A1", "A2", 10)
    assert found["percent_agreement"] == pytest.approx(0.7)
    assert found["cohen_kappa"] == pytest.approx(0.4)
    assert found["krippendorff_alpha"] == pytest.approx(1 - 0.3 / (2 * 11 * 9 / (20 * 19)))


def kappa_by_hand(both):
    observed = sum(a == b for a, b in both) / len(both)
    first, second = (Counter(side) for side in zip(*both, strict=True))
    expected = sum(first[name] * second[name] for name in first) / len(both) ** 2
    return (observed - expected) / (1 - expected)


def test_the_interval_is_a_jackknife_over_the_items_of_both():
    choices = [("x", "x")] * 4 + [("y", "y")] * 3 + [("x", "y")] * 2 + [("y", "x")]
    values = np.array([kappa_by_hand(choices[:i] + choices[i + 1 :]) for i in range(10)])
    reach = student.ppf(0.975, 9) * math.sqrt(9 / 10 * ((values - values.mean()) ** 2).sum())
    found = nominal(pairs, TWO).iloc[0]
    assert found["cohen_kappa_ci_low"] == pytest.approx(0.4 - reach)
    assert found["cohen_kappa_ci_high"] == pytest.approx(min(0.4 + reach, 1))
    assert found["interval"] == "jackknife over items, t with n-1 degrees of freedom"
    narrow = nominal(pairs, TWO, interval=Interval(confidence=0.5)).iloc[0]
    assert narrow["cohen_kappa_ci_low"] > found["cohen_kappa_ci_low"]


def test_the_interval_is_the_one_that_measure_gives():
    asked = ["percent_agreement", "krippendorff_alpha", "cohen_kappa"]
    theirs = measure(TWO, scales={"v": Scale("nominal")}, coefficients=asked, interval=Interval("jackknife"))
    ours = nominal(pairs, TWO, coefficients=asked).iloc[0]
    for row in theirs.itertuples():
        assert ours[row.coefficient] == pytest.approx(row.value)
        assert ours[f"{row.coefficient}_ci_low"] == pytest.approx(row.ci_low)
        assert ours[f"{row.coefficient}_ci_high"] == pytest.approx(row.ci_high)
        assert ours["interval"] == row.interval


def test_limits_stay_within_what_a_coefficient_can_be():
    found = nominal(pairs, matrix("xx", "yy", "xy")).iloc[0]
    assert found["percent_agreement_ci_low"] == 0
    assert found["cohen_kappa_ci_low"] == -1
    assert found["cohen_kappa_ci_high"] == found["percent_agreement_ci_high"] == 1


def test_columns_and_order_of_pairs():
    found = nominal(pairs, matrix("xyx", "yy-"), by=("source",), coefficients=["cohen_kappa"])
    assert list(found.columns) == [
        *("source", "variable", "level", "annotator_a", "annotator_b", "n_items"),
        *("cohen_kappa", "cohen_kappa_ci_low", "cohen_kappa_ci_high", "cohen_kappa_undefined", "interval"),
    ]
    assert found["source"].tolist() == [None] * 3 + ["p"] * 3
    assert list(zip(found["annotator_a"], found["annotator_b"], found["n_items"], strict=True))[:3] == [
        ("A1", "A2", 2), ("A1", "A3", 1), ("A2", "A3", 1),
    ]  # fmt: skip
    assert str(found["n_items"].dtype) == "int64"


def test_pairs_that_never_met_and_pairs_without_variation():
    frame = matrix("xx--", "xx--", "--xy")
    found = nominal(pairs, frame).set_index(["annotator_a", "annotator_b"])
    assert len(found) == 6
    apart = found.loc[("A1", "A3")]
    assert apart["n_items"] == 0
    assert math.isnan(apart["percent_agreement"])
    assert {apart[f"{name}_undefined"] for name in PAIRWISE} == {"no item has two ratings"}
    assert apart["interval"] is None
    alike = found.loc[("A1", "A2")]
    assert alike["percent_agreement"] == 1
    assert alike["percent_agreement_undefined"] is None
    assert (
        alike["cohen_kappa_undefined"]
        == alike["krippendorff_alpha_undefined"]
        == "only one category was used"
    )
    assert math.isnan(alike["cohen_kappa"])
    once = found.loc[("A3", "A4")]  # one item: nothing varies
    assert once["cohen_kappa"] == 0
    assert math.isnan(once["cohen_kappa_ci_low"])
    met = nominal(pairs, frame, strangers=False)
    assert list(zip(met["annotator_a"], met["annotator_b"], strict=True)) == [("A1", "A2"), ("A3", "A4")]


def test_no_interval_where_it_hangs_on_one_item():
    """Without the last item there is one category left, and no kappa."""
    found = nominal(pairs, matrix("xx", "xx", "yy")).iloc[0]
    assert found["cohen_kappa"] == 1
    assert math.isnan(found["cohen_kappa_ci_low"])
    assert found["percent_agreement_ci_low"] == pytest.approx(0.025 ** (1 / 3))  # 3 of 3, exactly


def test_of_many_categories_there_is_no_interval():
    for number in (30, 31):
        rows = [f"p{i} A{who} c{i if who == 1 else i // 2}" for i in range(number) for who in (1, 2)]
        found = nominal(pairs, table(*rows)).iloc[0]
        assert found["n_items"] == number
        assert found["cohen_kappa_undefined"] is None
        none = found["interval"] == "none above 30 categories"
        assert math.isnan(found["cohen_kappa_ci_low"]) == none == (number == 31)


def test_nobody_met_anybody():
    found = nominal(pairs, matrix("x-", "-y"))
    assert found["n_items"].tolist() == [0]
    assert found["cohen_kappa_undefined"].tolist() == ["no item has two ratings"]
    assert nominal(pairs, matrix("x-", "-y"), strangers=False).empty
    assert nominal(pairs, matrix("x")).empty


@pytest.mark.parametrize("level", LEVELS)
@some
@given(design=designs())
def test_every_coefficient_is_that_of_the_two_alone(level, design):
    """Of two annotators and the items that both rated, ``measure`` says the same."""
    frame = ratings(design, level)
    ours = pairs(frame, coefficients="all", **known(level)).set_index(["annotator_a", "annotator_b"])
    assert list(ours.index) == list(combinations(sorted(frame["annotator"].unique()), 2))
    for (first, second), row in ours.iterrows():
        two = frame[frame["annotator"].isin([first, second])]
        two = two[two.groupby("item")["annotator"].transform("size") == 2]
        assert row["n_items"] == two["item"].nunique()
        if two.empty:
            assert set(row[[f"{name}_undefined" for name in COEFFICIENTS]]) == {"no item has two ratings"}
            continue
        theirs = measure(two, coefficients="all", interval=Interval(replicates=0), **known(level)).set_index(
            "coefficient"
        )
        for name in COEFFICIENTS:
            if level == "set" and name in ("gwet_ac1", "gwet_ac2", "brennan_prediger"):
                continue  # they count the sets that were used in the table
            assert same(row[name], theirs.loc[name, "value"], 1e-9)
            assert row[f"{name}_undefined"] == theirs.loc[name, "undefined"]


def test_weights_and_set_distances_are_passed_on():
    frame = matrix("xy", "yz", "xz", "zz", "xx")
    ours = pairs(frame, scales={"v": Scale("ordinal", tuple("xyz"), "linear")}).iloc[0]
    # Places 0, 1, 2. Observed: weights 1/2, 1/2, 0, 1, 1, of which the mean is 3/5. The first says
    # x 3, y 1, z 1 times, the second x 1, y 1, z 3: expected (3 + 3/2 + 1/2 + 1 + 3/2 + 1/2 + 3) / 25.
    assert ours["cohen_kappa"] == pytest.approx((3 / 5 - 11 / 25) / (1 - 11 / 25))
    sets = table('p1 A1 ["a"]', 'p1 A2 ["a","b"]', "p2 A1 []", "p2 A2 []")
    # Three sets; MASI says 2/3 for {a} and {a,b}, Jaccard 1/2; {} is 1 from either.
    for distance, far in (("masi", 2 / 3), ("jaccard", 1 / 2)):
        found = pairs(sets, scales={"v": Scale("set", distance=distance)}).iloc[0]
        expected = 2 * (far + 2 + 2) / (4 * 3)
        assert found["krippendorff_alpha"] == pytest.approx(1 - far / 2 / expected)


def test_in_portions_it_is_the_same(monkeypatch):
    rng = np.random.default_rng(5)
    frame = ratings(rng.integers(0, 3, (30, 6)).tolist())
    whole = nominal(pairs, frame, by=("source",)), nominal(leave_one_out, frame)
    monkeypatch.setattr("annotate.agreement.annotators._pairs._VALUES", 20)
    monkeypatch.setattr(sys.modules["annotate.agreement.annotators._leave_one_out"], "_VALUES", 20)
    again = nominal(pairs, frame, by=("source",)), nominal(leave_one_out, frame)
    for before, after in zip(whole, again, strict=True):
        pd.testing.assert_frame_equal(before, after)


# ---- without each ----------------------------------------------------------------------------------


def test_without_each_by_hand():
    """Without A3 all agree; without A1, of A2 and A3, x x, x y, y x, y y: alpha is 1 - .5 / (32 / 56)."""
    found = nominal(leave_one_out, matrix("xxx", "xxy", "yyx", "yyy")).set_index("annotator")
    assert found["n_ratings"].tolist() == [4, 4, 4]
    assert found["n_pairable_items"].tolist() == [4, 4, 4]
    # All: 12 ratings, 6 x; two items with 2 of 3 pairs differing.
    value = 1 - (2 * 4 / 2 / 12) / (2 * 36 / (12 * 11))
    assert found["value"].tolist() == pytest.approx([value] * 3)
    assert found["without"].tolist() == pytest.approx([0.125, 0.125, 1])
    assert found["change"].tolist() == pytest.approx([0.125 - value, 0.125 - value, 1 - value])
    assert found["undefined"].tolist() == [None] * 3


@pytest.mark.parametrize("level", LEVELS)
@some
@given(design=designs())
def test_without_each_is_the_table_without_their_rows(level, design):
    frame = ratings(design, level)
    found = leave_one_out(frame, coefficients="all", **known(level))
    settings_ = {"coefficients": "all", "interval": Interval(replicates=0), **known(level)}
    whole = measure(frame, **settings_).set_index("coefficient")["value"]
    assert list(found["coefficient"].drop_duplicates()) == list(COEFFICIENTS)
    for annotator, rows in found.groupby("annotator"):
        assert set(rows["n_ratings"]) == {(frame["annotator"] == annotator).sum()}
        assert all(
            same(value, whole[name], 1e-9)
            for name, value in zip(rows["coefficient"], rows["value"], strict=True)
        )
        rest = frame[frame["annotator"] != annotator]
        if rest.empty:
            assert set(rows["undefined"]) == {"no item has two ratings"}
            continue
        theirs = measure(rest, **settings_).set_index("coefficient")
        assert set(rows["n_pairable_items"]) == set(theirs["n_pairable_items"])
        for row in rows.itertuples():
            if level == "set" and row.coefficient in ("gwet_ac1", "gwet_ac2", "brennan_prediger"):
                continue  # they count the sets that were used in the table
            assert same(row.without, theirs.loc[row.coefficient, "value"], 1e-9)
            assert same(row.change, row.without - row.value, 1e-9)
            assert row.undefined == theirs.loc[row.coefficient, "undefined"]


def test_the_careless_one_stands_out():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 300)
    design = np.where(rng.random((300, 5)) < 0.85, truth[:, None], rng.integers(0, 3, (300, 5)))
    design[:, 2] = rng.integers(0, 3, 300)
    frame = ratings(design.tolist())
    frame = frame.sample(frac=0.8, random_state=1)
    for coefficient in COEFFICIENTS:
        found = nominal(leave_one_out, frame, coefficients=[coefficient])
        if found["undefined"].isna().all():
            assert found.loc[found["change"].idxmax(), "annotator"] == "A2"
            assert (found["change"] > 0).sum() == 1
    most = nominal(majority, frame)
    assert most.loc[most["value"].idxmin(), "annotator"] == "A2"
    two = nominal(pairs, frame)
    worst = two.nsmallest(4, "cohen_kappa")
    assert ((worst["annotator_a"] == "A2") | (worst["annotator_b"] == "A2")).all()


def test_of_two_nobody_can_leave():
    found = nominal(leave_one_out, TWO, coefficients=["percent_agreement", "cohen_kappa"])
    assert found["undefined"].tolist() == ["no item has two ratings"] * 4
    assert found["value"].tolist() == pytest.approx([0.7, 0.7, 0.4, 0.4])
    assert found[["without", "change"]].isna().all(axis=None)
    assert found["n_pairable_items"].tolist() == [0] * 4


def test_of_three_two_stay():
    found = nominal(leave_one_out, matrix("xxx", "xxy", "yyx", "yyy"), coefficients=["cohen_kappa"])
    assert found["value"].isna().all()
    assert found["without"].tolist() == pytest.approx([0, 0, 1])
    assert found["undefined"].tolist() == [None] * 3


# ---- the majority of the others --------------------------------------------------------------------


def test_majority_by_hand():
    """Items: xxy, xyz, xx, a tie of the others, and one that stands alone."""
    found = nominal(majority, matrix("xxy-", "xyz-", "xx--", "xxyy", "x---")).set_index("annotator")
    assert list(found.columns) == [
        *("source", "variable", "level", "n_items", "n_alone", "n_tied", "n_majority", "n_agreeing"),
        *("value", "undefined", "ci_low", "ci_high", "interval", "caution"),
    ]
    # A1: the others say x+y (tie), y+z (tie), x (agrees), x+y+y (differs), nobody.
    assert found.loc["A1", ["n_items", "n_alone", "n_tied", "n_majority", "n_agreeing"]].tolist() == [
        5,
        1,
        2,
        2,
        1,
    ]
    assert found.loc["A1", "value"] == 0.5
    # A3: the others say xx (differs), xy (tie), xxy (differs).
    assert found.loc["A3", ["n_items", "n_alone", "n_tied", "n_majority", "n_agreeing"]].tolist() == [
        3,
        0,
        1,
        2,
        0,
    ]
    # A4: xxy.
    assert found.loc["A4", ["n_majority", "value"]].tolist() == [1, 0]


def test_no_majority_is_undefined():
    found = nominal(majority, matrix("x--", "xyz"))
    assert found["undefined"].tolist() == ["no item on which the others have a majority"] * 3
    assert found["value"].isna().all()
    assert found["n_tied"].tolist() == [1, 1, 1]
    assert found["n_alone"].tolist() == [1, 0, 0]


@some
@given(design=designs(annotators=6))
def test_majority_is_what_it_says(design):
    frame = ratings(design)
    found = nominal(majority, frame, by=("source",))
    for row in found.itertuples():
        mine = frame if row.source is None else frame[frame["source"] == row.source]
        counts = Counter()
        for _, rows in mine.groupby("item"):
            chosen = dict(zip(rows["annotator"], rows["category"], strict=True))
            own = chosen.pop(row.annotator, None)
            if own is None:
                continue
            votes = Counter(chosen.values())
            ahead = [name for name, count in votes.items() if count == max(votes.values())]
            counts["alone" if not votes else "tied" if len(ahead) > 1 else str(ahead[0] == own)] += 1
        assert (row.n_items, row.n_alone, row.n_tied, row.n_majority, row.n_agreeing) == (
            counts.total(), counts["alone"], counts["tied"], counts["True"] + counts["False"], counts["True"],
        )  # fmt: skip
        assert same(row.value, counts["True"] / row.n_majority if row.n_majority else math.nan)
    assert len(found) == frame["annotator"].nunique() + len(frame[["source", "annotator"]].drop_duplicates())


def test_numbers_that_are_written_in_two_ways_are_one():
    frame = table("p1 A1 3", "p1 A2 3.0", "p2 A1 4", "p2 A2 5")
    found = majority(frame, scales={"v": Scale("interval")})
    assert found["n_agreeing"].tolist() == [1, 1]


# ---- rounds ----------------------------------------------------------------------------------------


def repeated(*rows):
    return table(*rows, columns=("item", "annotator", "category", "round")).astype({"round": "int64"})


def test_rounds_by_hand():
    """A1 changes 1 of 4: percent 3/4; kappa: x 2 of 4, then x 3 of 4, expected 1/2."""
    frame = repeated(
        "p1 A1 x 1", "p2 A1 x 1", "p3 A1 y 1", "p4 A1 y 1", "p5 A1 y 1",
        "p1 A1 x 2", "p2 A1 x 2", "p3 A1 y 2", "p4 A1 x 2",
        "p1 A2 y 1", "p1 A2 y 10", "p1 A3 x 1", "p9 A3 x 2", "p2 A2 y 2", "p1 A2 y 2",
    )  # fmt: skip
    found = nominal(rounds, frame)
    assert list(found.columns[:7]) == [
        "source",
        "variable",
        "level",
        "annotator",
        "round_a",
        "round_b",
        "n_items",
    ]
    assert found[["annotator", "round_a", "round_b", "n_items"]].to_numpy().tolist() == [
        ["A1", 1, 2, 4], ["A2", 1, 2, 1], ["A2", 1, 10, 1], ["A2", 2, 10, 1],
    ]  # fmt: skip
    steady = found.iloc[0]
    assert steady["percent_agreement"] == pytest.approx(3 / 4)
    assert steady["cohen_kappa"] == pytest.approx((3 / 4 - 1 / 2) / (1 / 2))
    assert steady["krippendorff_alpha"] == pytest.approx(1 - (1 / 4) / (2 * 5 * 3 / (8 * 7)))
    assert found["percent_agreement"].tolist()[1:] == [1, 1, 1]
    assert found["cohen_kappa_undefined"].tolist() == [None, *["only one category was used"] * 3]


@some
@given(design=designs(), other=designs())
def test_rounds_are_pairs_of_one_annotator(design, other):
    frame = pd.concat([ratings(design).assign(round=1), ratings(other).assign(round=2)], ignore_index=True)
    found = nominal(rounds, frame, by=("source",))
    for row in found.itertuples():
        mine = frame[frame["annotator"] == row.annotator]
        mine = mine if row.source is None else mine[mine["source"] == row.source]
        twin = nominal(pairs, mine.assign(annotator="round " + mine["round"].astype("str"))).iloc[0]
        assert row.n_items == twin["n_items"] > 0
        for name in PAIRWISE:
            assert same(getattr(row, name), twin[name])
            assert same(getattr(row, f"{name}_ci_low"), twin[f"{name}_ci_low"])
    twice = frame.groupby(["annotator", "item"]).size() == 2
    assert found[found["source"].isna()]["n_items"].sum() == twice.sum()


def test_without_repeats_there_is_nothing_to_say():
    found = nominal(rounds, TWO.assign(round=1))
    assert found.empty
    assert found.columns[3:7].tolist() == ["annotator", "round_a", "round_b", "n_items"]
    with pytest.raises(TableError, match="no column round"):
        nominal(rounds, TWO)
    with pytest.raises(StatisticsError, match="cannot group by round"):
        nominal(rounds, TWO.assign(round=1), by=("round",))
    twice = pd.concat([TWO, TWO.head(1)]).assign(round=2)
    with pytest.raises(
        StatisticsError, match="item p0, annotator A1, variable v: rated more than once in one round"
    ):
        nominal(rounds, twice)


# ---- of all four -----------------------------------------------------------------------------------

EVERY = pytest.mark.parametrize("function", [pairs, leave_one_out, majority, rounds])


@EVERY
@some
@given(design=designs(), seed=st.integers(0, 99))
def test_the_order_of_rows_is_of_no_matter(function, design, seed):
    frame = pd.concat([ratings(design).assign(round=1), ratings(design[::-1]).assign(round=2)])
    frame = frame if function is rounds else frame[frame["round"] == 1]
    more = {} if function is majority else {"coefficients": "all"}
    before = nominal(function, frame, by=("source",), **more)
    after = nominal(function, frame.sample(frac=1, random_state=seed), by=("source",), **more)
    pd.testing.assert_frame_equal(before, after, check_exact=True)


@EVERY
def test_a_group_is_as_if_it_were_alone(function):
    rng = np.random.default_rng(7)
    frame = ratings(rng.integers(0, 3, (20, 4)).tolist())
    frame = pd.concat([frame.assign(round=1), frame.assign(round=2)]) if function is rounds else frame
    grouped = function(frame, by=("source",), **known("nominal"))
    assert grouped["source"].drop_duplicates().tolist() == [None, "a", "b"]
    for source in (None, "a", "b"):
        alone = frame if source is None else frame[frame["source"] == source]
        found = grouped[grouped["source"].isna() if source is None else grouped["source"] == source]
        expected = function(alone, **known("nominal")).drop(columns="source")
        pd.testing.assert_frame_equal(
            found.drop(columns="source").reset_index(drop=True), expected, check_exact=True
        )


@EVERY
def test_variables_and_groups_stand_in_order(function):
    frame = pd.concat([TWO.assign(variable=name) for name in ("w", "v")]).assign(desk=7, round=1)
    frame = pd.concat([frame, frame.assign(round=2)]) if function is rounds else frame
    found = function(frame, scales={"w": Scale("nominal"), "v": Scale("nominal")}, by=("desk",))
    order = found[["source", "desk", "variable"]].drop_duplicates().to_numpy().tolist()
    assert order == [[None, None, "w"], [None, None, "v"], [None, 7, "w"], [None, 7, "v"]]


@EVERY
@pytest.mark.parametrize(
    ("change", "more", "message"),
    [
        (lambda f: f.head(0), {}, "ratings: the table is empty; it needs one row for each judgement"),
        (lambda f: f.drop(columns="category"), {}, "ratings: no column category; the table has "),
        (lambda f: f.assign(category=None), {}, "ratings: column category is blank in 20 rows"),
        (lambda f: f, {"scales": {}}, "level of measurement of variable v is not known; say --level v="),
        (lambda f: f, {"scales": {"v": Scale("ordinal")}}, "variable v is ordinal and the order of its categories"),
        (lambda f: f, {"scales": {"v": Scale("ratio")}}, "item p0, annotator A1, variable v: 'x' is not a number"),
        (lambda f: f, {"scales": {"v": Scale("nominal", ("x",))}}, "item p4, annotator A1, variable v: 'y' is not one of the"),
        (lambda f: f, {"by": ["annotator"]}, "cannot group by annotator"),
        (lambda f: f, {"by": ["desk"]}, "ratings: no column desk"),
        (lambda f: pd.concat([f, f.iloc[[5, 2]]]), {}, "item p1, annotator A1, variable v: rated more than once"),
    ],
)  # fmt: skip
def test_refused(function, change, more, message):
    with pytest.raises((StatisticsError, TableError)) as refused:
        function(change(TWO.assign(round=1)), **{"scales": {"v": Scale("nominal")}, **more})
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("function", [pairs, leave_one_out, rounds])
def test_a_coefficient_that_is_none(function):
    with pytest.raises(
        StatisticsError, match="coefficient 'kappa' is not known; there are percent_agreement"
    ):
        nominal(function, TWO.assign(round=1), coefficients=["kappa"])
