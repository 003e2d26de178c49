import json
import math
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.agreement import measure
from annotate.agreement._disagreements import (
    COLUMNS,
    CONFUSION_COLUMNS,
    CONTRIBUTION_COLUMNS,
    confusions,
    contributions,
    disagreements,
)
from annotate.codebook.scale import Scale, scales_of
from annotate.errors import StatisticsError, TableError
from annotate.sampling import Interval


def ratings(*rows):
    """Each row: item, annotator, variable, category, and perhaps the round."""
    frame = pd.DataFrame(
        [(*row, 1)[:5] for row in rows], columns=["item", "annotator", "variable", "category", "round"]
    )
    return frame.assign(source=frame["item"].str[0])


def test_the_share_of_agreeing_pairs_and_of_the_passage():
    found = disagreements(
        ratings(
            ("a1", "A1", "kind", "x"), ("a1", "A2", "kind", "x"), ("a1", "A3", "kind", "y"),
            ("a1", "A1", "force", "1"), ("a1", "A2", "force", "1"),
            ("a2", "A1", "kind", "x"), ("a2", "A2", "kind", "y"),
            ("a3", "A1", "kind", "x"), ("a3", "A2", "kind", "x"),
            ("a4", "A1", "kind", "x"),
        )
    )  # fmt: skip
    assert found["item"].tolist() == ["a2", "a1"]  # a3 agrees, a4 stands alone
    assert found["agreeing_pairs"].tolist() == pytest.approx([0, 1 / 3])
    assert found["disagreement"].tolist() == pytest.approx([1, 1 - (1 / 3 + 1) / 2])
    assert found["n_ratings"].tolist() == [2, 3]


def test_variables_stand_in_the_given_order_and_equal_passages_by_item():
    both = [
        (item, who, name, who) for item in ("b", "a") for name in ("second", "first") for who in ("A1", "A2")
    ]  # fmt: skip
    found = disagreements(ratings(*both), ["first", "second"])
    assert found[["item", "variable"]].to_numpy().tolist() == [
        ["a", "first"], ["a", "second"], ["b", "first"], ["b", "second"],
    ]  # fmt: skip


def test_a_repeat_is_no_disagreement():
    found = disagreements(ratings(("a", "A1", "kind", "x"), ("a", "A1", "kind", "y", 2)))
    assert found.empty
    assert list(found.columns) == list(COLUMNS)
    assert disagreements(
        ratings().reindex(columns=["item", "source", "annotator", "variable", "category"])
    ).empty


# ---- shares of observed disagreement -----------------------------------------------------------------

NAMES = {
    "nominal": ["apple", "pear", "plum"],
    "ordinal": ["low", "middle", "high"],
    "interval": ["-1", "0.5", "4"],
    "ratio": ["0", "1", "5"],
    "set": ["[]", '["a"]', '["a","b"]'],
}
KIND = {"scales": {"kind": Scale("nominal")}}


def matrix(**items):
    """One word an item, one letter an annotator, such as ``xxy``; ``-`` stands for no rating."""
    return ratings(*(
        (item, f"A{who}", "kind", letter)
        for item, letters in items.items() for who, letter in enumerate(letters, 1) if letter != "-"
    ))  # fmt: skip


def test_what_an_item_adds_to_disagreement_by_hand():
    """7 ratings can be paired, 3 x and 4 y. a1: 4 ordered pairs / (3 - 1); b2: 2 / (2 - 1); alpha is 0."""
    found = contributions(matrix(b2="xy", a1="xxy", c3="yy", d4="x"), **KIND)
    assert list(found.columns) == list(CONTRIBUTION_COLUMNS)
    assert found["item"].tolist() == ["a1", "b2"]  # of equals by item
    assert found["source"].tolist() == ["a", "b"]
    assert found["n_ratings"].tolist() == [3, 2]
    bare = matrix(b2="xy", a1="xxy").drop(columns=["source", "round"])
    assert contributions(bare, **KIND)["source"].tolist() == [None, None]
    assert found["contribution"].tolist() == pytest.approx([2 / 7, 2 / 7])
    assert found["share"].tolist() == pytest.approx([0.5, 0.5])
    assert found["alpha_lost"].tolist() == pytest.approx([0.5, 0.5])
    assert found["choices"].tolist() == ['{"A1": "x", "A2": "x", "A3": "y"}', '{"A1": "x", "A2": "y"}']


def test_distance_counts():
    """On an interval scale 1 and 5 lie 16 times as far apart as 1 and 2; nominally they are as far."""
    frame = matrix(a="12", b="15", c="55", d="22")
    far = contributions(frame, scales={"kind": Scale("interval")})
    assert far["item"].tolist() == ["b", "a"]
    assert far["share"].tolist() == pytest.approx([16 / 17, 1 / 17])
    assert contributions(frame, **KIND)["share"].tolist() == pytest.approx([0.5, 0.5])
    assert contributions(frame, scales={"kind": Scale("interval")}, top=1)["item"].tolist() == ["b"]


def test_sets_and_quotation_marks_can_be_read_back():
    rows = [("a", 'Ann "A"', "kind", "[]"), ("a", "Bo", "kind", '["é","b"]')]
    choices = contributions(ratings(*rows), scales={"kind": Scale("set")})["choices"].tolist()
    assert [json.loads(one) for one in choices] == [{'Ann "A"': [], "Bo": ["b", "é"]}]
    choices = contributions(ratings(*rows), **KIND)["choices"].tolist()
    assert [json.loads(one) for one in choices] == [{'Ann "A"': "[]", "Bo": '["é","b"]'}]


def test_categories_confused_by_hand():
    """2 of 3 ratings of a1 are x and b2 has one of either: 3 pairs, which weigh 2 / 2 and 1; by chance 3 x 4 / 6."""
    found = confusions(matrix(a1="xxy", b2="xy", c3="yy", d4="z"), **KIND)
    assert list(found.columns) == list(CONFUSION_COLUMNS)
    (row,) = found.to_dict("records")  # z is on no item with two ratings
    assert row == {
        "variable": "kind", "level": "nominal", "category_a": "x", "category_b": "y", "distance": 1, "n_pairs": 3,
        "observed": 2, "expected": 2, "ratio": 1, "share": 1, "expected_share": 1,
    }  # fmt: skip


def test_distance_weighs_confusions():
    """1, 2, 4 used 3, 2, 1 times; squared differences 1, 4, 9; by chance 6/5, 2/5, 3/5."""
    found = confusions(matrix(a="12", b="24", c="11"), scales={"kind": Scale("interval")})
    assert found[["category_a", "category_b"]].to_numpy().tolist() == [["2", "4"], ["1", "2"], ["1", "4"]]
    assert found["observed"].tolist() == [1, 1, 0]
    assert found["expected"].tolist() == pytest.approx([2 / 5, 6 / 5, 3 / 5])
    assert found["ratio"].tolist() == pytest.approx([5 / 2, 5 / 6, 0])
    assert found["share"].tolist() == pytest.approx([4 / 5, 1 / 5, 0])
    assert found["expected_share"].tolist() == pytest.approx([8 / 41, 6 / 41, 27 / 41])


def test_the_planted_confusion_comes_first():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 4, 400)
    chosen = np.where(rng.random((400, 3)) < 0.9, truth[:, None], rng.integers(0, 4, (400, 3)))
    swapped = (rng.random((400, 3)) < 0.3) & np.isin(chosen, [1, 3])
    chosen = np.where(swapped, 4 - chosen, chosen)
    frame = matrix(**{f"p{i}": "".join("abcd"[one] for one in row) for i, row in enumerate(chosen)})
    first = confusions(frame, **KIND).iloc[0]
    assert (first["category_a"], first["category_b"]) == ("b", "d")
    assert first["ratio"] == confusions(frame, **KIND)["ratio"].max()


def test_full_agreement_has_no_shares():
    frame = matrix(a="xx", b="yy", c="zz")
    assert contributions(frame, **KIND).empty
    found = confusions(frame, **KIND)
    assert found["n_pairs"].tolist() == [0, 0, 0]
    assert found["share"].isna().all()
    assert found["expected_share"].tolist() == pytest.approx([1 / 3] * 3)
    alone = matrix(a="x-", b="-y")
    assert contributions(alone, **KIND).empty
    assert confusions(alone, **KIND).empty
    assert list(contributions(alone, **KIND).columns) == list(CONTRIBUTION_COLUMNS)


def test_only_first_rounds_and_variables_in_order():
    rows = [("a", "A1", "kind", "x"), ("a", "A2", "kind", "y"), ("a", "A2", "kind", "x", 2)]
    rows += [("a", "A1", "force", "1"), ("a", "A2", "force", "3")]
    level = {"kind": "nominal", "force": "ratio"}
    for function in (contributions, confusions):
        assert function(ratings(*rows), scales=scales_of(level))["variable"].tolist() == ["kind", "force"]
    assert (
        contributions(ratings(*rows), scales=scales_of(level))["choices"].iloc[0] == '{"A1": "x", "A2": "y"}'
    )


@pytest.mark.parametrize("function", [contributions, confusions])
def test_what_is_refused(function):
    frame = matrix(a="xy")
    with pytest.raises(StatisticsError, match="item a, annotator A1, variable kind: rated more than once"):
        function(pd.concat([frame, frame.head(1)]), **KIND)
    with pytest.raises(StatisticsError, match="level of measurement of variable kind is not known"):
        function(frame, scales={})
    with pytest.raises(TableError, match="the table is empty"):
        function(frame.head(0), **KIND)


def ordinal_ranks(items):
    values = [one for item in items for one in item]
    below, middle = 0, {}
    for name in NAMES["ordinal"]:
        middle[name] = below + values.count(name) / 2
        below += values.count(name)
    return middle


def distance_by_hand(a, b, level, items):
    """Up to a factor that is the same for all."""
    if level == "nominal":
        return float(a != b)
    if level == "ordinal":
        middle = ordinal_ranks(items)
        return (middle[a] - middle[b]) ** 2
    if level == "set":
        one, other = set(json.loads(a)), set(json.loads(b))
        if one == other or not one & other:
            return float(one != other)
        return 1 - len(one & other) / len(one | other) * (2 / 3)
    x, y = float(a), float(b)
    return (x - y) ** 2 if level == "interval" else ((x - y) / ((x + y) or 1)) ** 2


@pytest.mark.parametrize("level", list(NAMES))
@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    design=st.lists(st.lists(st.none() | st.integers(0, 2), min_size=4, max_size=4), min_size=1, max_size=7),
    seed=st.integers(0, 99),
)
def test_shares_are_what_they_say(level, design, seed):
    names = NAMES[level]
    rows = [
        (f"{'ab'[item % 2]}{item}", f"A{who}", "kind", names[choice])
        for item, row in enumerate([[0, 1, None, None], *design])
        for who, choice in enumerate(row) if choice is not None
    ]  # fmt: skip
    frame = ratings(*rows)
    known = {"scales": {"kind": Scale(level, tuple(["a", "b"] if level == "set" else names))}}
    chosen = {item: list(group["category"]) for item, group in frame.groupby("item") if len(group) > 1}

    def distance(a, b):
        return distance_by_hand(a, b, level, chosen.values())

    # ---- the items
    found = contributions(frame, **known)
    parts = {
        item: sum(distance(*pair) for pair in permutations(one, 2)) / (len(one) - 1)
        for item, one in chosen.items()
    }
    whole = sum(parts.values())
    assert set(found["item"]) == {item for item, part in parts.items() if part > 0}
    for row in found.itertuples():
        assert row.share == pytest.approx(parts[row.item] / whole)
        assert json.loads(row.choices) == {
            who: json.loads(what) if level == "set" else what
            for item, who, _, what in rows if item == row.item
        }  # fmt: skip
    assert found["share"].sum() == pytest.approx(1)
    assert found["share"].round(9).is_monotonic_decreasing
    alpha = measure(
        frame, coefficients=["krippendorff_alpha"], interval=Interval(replicates=0), **known
    ).iloc[0]
    assert found["contribution"].sum() == pytest.approx(1 - alpha["observed"])
    assert 1 - found["alpha_lost"].sum() == pytest.approx(alpha["value"])

    # ---- the categories
    pairs = confusions(frame, **known)
    values = [one for item in chosen.values() for one in item]
    assert len(pairs) == math.comb(len(set(values)), 2)
    for row in pairs.itertuples():
        two = {row.category_a, row.category_b}
        raw = [
            (len(one), pair) for one in chosen.values() for pair in combinations(one, 2) if set(pair) == two
        ]
        assert row.n_pairs == len(raw)
        assert row.observed == pytest.approx(sum(1 / (size - 1) for size, _ in raw))
        by_chance = values.count(row.category_a) * values.count(row.category_b) / (len(values) - 1)
        assert row.expected == pytest.approx(by_chance)
        assert row.share == pytest.approx(2 * row.observed * distance(*two) / whole)
    assert [pairs["share"].sum(), pairs["expected_share"].sum()] == pytest.approx([1, 1])

    # ---- in any order of rows
    shuffled = frame.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(found, contributions(shuffled, **known), rtol=1e-12)
    pd.testing.assert_frame_equal(pairs, confusions(shuffled, **known), rtol=1e-12)
