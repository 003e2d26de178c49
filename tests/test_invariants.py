"""What must hold of every coefficient, on tables that hypothesis makes up.

The tests run over the registry. A coefficient that is entered there without a literal reference here, or
without a word on what single ratings mean to it, fails them.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.agreement import COEFFICIENTS, measure
from annotate.ratings import decode_set, encode_set

Items = list[list[str]]  # the ratings of each item
Reference = Callable[[Items, str, Sequence[str]], float | None]

LEVELS = ("nominal", "ordinal", "interval", "ratio", "set")
NAMES = {
    "nominal": ["apple", "pear", "plum"],
    "ordinal": ["low", "middle", "high"],
    "interval": ["-1", "0.5", "4"],
    "ratio": ["0", "1", "5"],
    "set": ["[]", '["a"]', '["a","b"]'],
}


# ---- literal references: each definition as it is printed, one rating at a time ----------------------


def pairable(items: Items) -> Items:
    return [item for item in items if len(item) >= 2]


def undefined(items: Items) -> bool:
    return len({category for item in pairable(items) for category in item}) < 2


def percent_by_hand(items: Items, _level: str, _declared: Sequence[str]) -> float | None:
    shares = []
    for item in pairable(items):
        pairs = list(permutations(item, 2))
        shares.append(sum(a == b for a, b in pairs) / len(pairs))
    return sum(shares) / len(shares) if shares else None


def ordinal_by_hand(a: str, b: str, items: Items, declared: Sequence[str]) -> float:
    low, high = sorted((declared.index(a), declared.index(b)))
    n = Counter(category for item in pairable(items) for category in item)
    between = sum(n[declared[place]] for place in range(low, high + 1))
    return float((between - (n[declared[low]] + n[declared[high]]) / 2) ** 2) if low != high else 0.0


def masi_by_hand(a: str, b: str) -> float:
    one, other = set(decode_set(a)), set(decode_set(b))
    if one == other:
        return 0.0
    if not one & other:
        return 1.0
    monotone = 2 / 3 if one < other or other < one else 1 / 3
    return 1 - len(one & other) / len(one | other) * monotone


def distance_by_hand(a: str, b: str, level: str, items: Items, declared: Sequence[str]) -> float:
    if level == "nominal":
        return float(a != b)
    if level == "ordinal":
        return ordinal_by_hand(a, b, items, declared)
    if level == "set":
        return masi_by_hand(a, b)
    x, y = float(a), float(b)
    if level == "interval":
        return (x - y) ** 2
    return ((x - y) / (x + y)) ** 2 if x + y else 0.0


def alpha_by_hand(items: Items, level: str, declared: Sequence[str]) -> float | None:
    if undefined(items):
        return None
    values = [category for item in pairable(items) for category in item]

    def distance(a: str, b: str) -> float:
        return distance_by_hand(a, b, level, items, declared)

    within = sum(
        sum(distance(a, b) for a, b in permutations(item, 2)) / (len(item) - 1) for item in pairable(items)
    )
    between = sum(distance(a, b) for a, b in permutations(values, 2))
    return 1 - within / len(values) / (between / (len(values) * (len(values) - 1)))


def ac1_by_hand(items: Items, level: str, declared: Sequence[str]) -> float | None:
    if undefined(items):
        return None
    rated = [item for item in items if item]
    categories = {category for item in items for category in item} if level == "set" else set(declared)
    chance = 0.0
    for category in categories:
        prevalence = sum(item.count(category) / len(item) for item in rated) / len(rated)
        chance += prevalence * (1 - prevalence)
    chance /= len(categories) - 1
    observed = percent_by_hand(items, level, declared)
    assert observed is not None
    return (observed - chance) / (1 - chance)


REFERENCES: dict[str, Reference] = {
    "percent_agreement": percent_by_hand,
    "krippendorff_alpha": alpha_by_hand,
    "gwet_ac1": ac1_by_hand,
}
# Whether items with a single rating have a say: AC1's prevalence is over all rated items.
HEEDS_SINGLE_RATINGS = {"percent_agreement": False, "krippendorff_alpha": False, "gwet_ac1": True}


# ---- tables ----------------------------------------------------------------------------------------


@st.composite
def designs(draw: st.DrawFn) -> list[list[int | None]]:
    """Items x annotators: the number of a category, or None where a judgement is missing."""
    annotators = draw(st.integers(2, 4))
    judgement = st.one_of(st.none(), st.integers(0, 2), st.integers(0, 2))
    item = st.lists(judgement, min_size=annotators, max_size=annotators)
    table = draw(st.lists(item, min_size=1, max_size=7))
    return (
        table
        if any(choice is not None for row in table for choice in row)
        else [[0, 1, *row] for row in table]
    )


def judgements(design: list[list[int | None]], names: Sequence[str]) -> list[tuple[str, str, str]]:
    return [
        (f"item {item}", f"annotator {annotator}", names[choice])
        for item, row in enumerate(design)
        for annotator, choice in enumerate(row)
        if choice is not None
    ]


def run(
    rows: Sequence[tuple[str, str, str]],
    coefficient: str,
    level: str,
    declared: Sequence[str] | None = None,
    replicates: int = 0,
) -> pd.Series:
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category"], dtype="str").assign(variable="v")
    offered = list(NAMES[level] if declared is None else declared)
    categories = {"v": ["a", "b"] if level == "set" else offered}
    found = measure(
        frame,
        coefficients=[coefficient],
        level={"v": level},  # type: ignore[dict-item]
        categories=categories,
        replicates=replicates,
    )
    return found.iloc[0]


def same(first: float, second: float, tolerance: float = 1e-12) -> bool:
    return (math.isnan(first) and math.isnan(second)) or abs(first - second) <= tolerance


every = pytest.mark.parametrize("name", list(COEFFICIENTS))
every_level = pytest.mark.parametrize(
    ("name", "level"), [(name, level) for name, one in COEFFICIENTS.items() for level in one.levels]
)
some = settings(max_examples=25, deadline=None, derandomize=True)


def test_every_coefficient_is_held_by_these_tests() -> None:
    assert set(COEFFICIENTS) == set(REFERENCES) == set(HEEDS_SINGLE_RATINGS)
    assert all(name == one.name for name, one in COEFFICIENTS.items())
    assert all(set(one.levels) <= set(LEVELS) and one.levels for one in COEFFICIENTS.values())


@every_level
@some
@given(design=designs())
def test_is_what_the_definition_says(name: str, level: str, design: list[list[int | None]]) -> None:
    items = [[NAMES[level][choice] for choice in row if choice is not None] for row in design]
    by_hand = REFERENCES[name](items, level, NAMES[level])
    ours = run(judgements(design, NAMES[level]), name, level)
    assert (by_hand is None) == (ours["undefined"] is not None) == math.isnan(ours["value"])
    if by_hand is not None:
        assert ours["value"] == pytest.approx(by_hand, abs=1e-9)
        assert ours["value"] <= 1


@every_level
@some
@given(design=designs(), data=st.data())
def test_order_of_rows_is_of_no_matter(
    name: str, level: str, design: list[list[int | None]], data: st.DataObject
) -> None:
    rows = judgements(design, NAMES[level])
    shuffled = data.draw(st.permutations(rows))
    pd.testing.assert_series_equal(
        run(rows, name, level, replicates=20), run(shuffled, name, level, replicates=20)
    )


@every_level
@some
@given(design=designs(), data=st.data())
def test_names_of_items_and_annotators_are_of_no_matter(
    name: str, level: str, design: list[list[int | None]], data: st.DataObject
) -> None:
    rows = judgements(design, NAMES[level])
    item = dict(zip(sorted({r[0] for r in rows}), data.draw(st.permutations("ABCDEFG")), strict=False))
    # Who gave a rating is of no matter even within an item, as long as nobody gives two.
    shift = data.draw(st.integers(0, 5))
    renamed = [(item[i], f"{(int(a.split()[1]) + shift) % 6}", c) for i, a, c in rows]
    pd.testing.assert_series_equal(
        run(rows, name, level, replicates=20), run(renamed, name, level, replicates=20)
    )


@every
@some
@given(design=designs(), names=st.permutations(["x", "y", "z"]))
def test_nominal_names_are_of_no_matter(name: str, design: list[list[int | None]], names: list[str]) -> None:
    before = run(judgements(design, NAMES["nominal"]), name, "nominal")
    after = run(judgements(design, names), name, "nominal", declared=["z", "x", "y"])
    assert same(before["value"], after["value"])
    assert same(before["observed"], after["observed"])
    assert same(before["expected"], after["expected"])
    assert before["undefined"] == after["undefined"]


@pytest.mark.parametrize("name", [name for name, one in COEFFICIENTS.items() if "ordinal" in one.levels])
@some
@given(design=designs())
def test_ordinal_knows_order_only(name: str, design: list[list[int | None]]) -> None:
    """Other names in the same order change no digit; the alphabet has no say."""
    before = run(judgements(design, NAMES["ordinal"]), name, "ordinal", replicates=20)
    after = run(
        judgements(design, ["9", "10", "1e3"]), name, "ordinal", declared=["9", "10", "1e3"], replicates=20
    )
    pd.testing.assert_series_equal(before, after)


@pytest.mark.parametrize("name", [name for name, one in COEFFICIENTS.items() if one.by_distance])
@some
@given(design=designs())
def test_interval_is_free_of_unit_and_origin(name: str, design: list[list[int | None]]) -> None:
    before = run(judgements(design, NAMES["interval"]), name, "interval")
    moved = [str(float(number) * 3 + 7) for number in NAMES["interval"]]
    assert same(before["value"], run(judgements(design, moved), name, "interval", declared=moved)["value"])


@pytest.mark.parametrize("name", [name for name, one in COEFFICIENTS.items() if not one.by_distance])
@some
@given(design=designs())
def test_without_distances_every_level_is_nominal(name: str, design: list[list[int | None]]) -> None:
    values = [
        run(judgements(design, NAMES[level]), name, level)["value"]
        for level in COEFFICIENTS[name].levels
        if level != "set"  # there the categories are the sets that were used
    ]
    assert all(same(values[0], value) for value in values)


@every_level
@some
@given(design=designs(), single=st.lists(st.integers(0, 2), min_size=1, max_size=3))
def test_items_with_one_rating(
    name: str, level: str, design: list[list[int | None]], single: list[int]
) -> None:
    """They are counted; they move nothing, to the last digit of the interval, but AC1's prevalence."""
    rows = judgements(design, NAMES[level])
    alone = [
        (f"single {number}", "annotator 0", NAMES[level][choice]) for number, choice in enumerate(single)
    ]
    before, after = run(rows, name, level, replicates=20), run([*rows, *alone], name, level, replicates=20)
    assert after["n_items"] == before["n_items"] + len(single)
    assert after["n_ratings"] == before["n_ratings"] + len(single)
    assert after["n_pairable_items"] == before["n_pairable_items"]
    assert after["undefined"] == before["undefined"]
    tolerance = 1e-12 if level == "set" else 0  # a new set is a new category, if only of distance
    heeds = HEEDS_SINGLE_RATINGS[name]
    for figure in ("observed",) if heeds else ("value", "observed", "expected", "ci_low", "ci_high"):
        assert same(before[figure], after[figure], tolerance)


@every_level
@some
@given(choices=st.lists(st.integers(0, 2), min_size=2, max_size=7), annotators=st.integers(2, 4))
def test_perfect_agreement_is_1(name: str, level: str, choices: list[int], annotators: int) -> None:
    design: list[list[int | None]] = [[choice] * annotators for choice in choices]
    ours = run(judgements(design, NAMES[level]), name, level, replicates=20)
    if len(set(choices)) > 1 or not COEFFICIENTS[name].chance_corrected:
        assert ours["value"] == ours["ci_low"] == ours["ci_high"] == 1.0
    else:
        assert math.isnan(ours["value"])
        assert ours["observed"] == 1.0


@every
@some
@given(design=designs())
def test_twice_the_items_leave_the_mean_of_items(name: str, design: list[list[int | None]]) -> None:
    rows = judgements(design, NAMES["nominal"])
    double = [*rows, *((f"{item} again", annotator, category) for item, annotator, category in rows)]
    once, twice = run(rows, name, "nominal"), run(double, name, "nominal")
    assert same(once["observed"], twice["observed"])
    assert once["undefined"] == twice["undefined"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("design", "reason"),
    [
        ([[0, None], [1, None]], "no item has two ratings"),
        ([[None, 2]], "no item has two ratings"),
        ([[1, 1], [1, 1]], "only one category was used"),
        ([[1, 1], [1, 1], [2, None]], "only one category was used"),
    ],
)
def test_undefined_is_the_same_for_all(level: str, design: list[list[int | None]], reason: str) -> None:
    rows = judgements(design, NAMES[level])
    for name, coefficient in COEFFICIENTS.items():
        ours = run(rows, name, level, replicates=10)
        if coefficient.chance_corrected or reason.startswith("no item"):
            assert ours["undefined"] == reason
            assert np.isnan([ours["value"], ours["ci_low"], ours["ci_high"]]).all()
            assert ours["interval"] is None
        else:
            assert ours["undefined"] is None
            assert ours["value"] == 1.0


def test_the_tables_above_hold_sets_as_the_table_of_ratings_writes_them() -> None:
    assert NAMES["set"] == [encode_set(members) for members in ([], ["a"], ["b", "a"])]
