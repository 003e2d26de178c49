"""What must hold of every coefficient, on tables that hypothesis makes up.

The tests run over the registry. A coefficient that is entered there without a literal reference here, or
without a word on what single ratings mean to it, fails them.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, combinations, permutations
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.agreement import COEFFICIENTS, measure
from annotate.codebook.scale import scales_of
from annotate.counts.distance import WEIGHTS
from annotate.sampling import Interval
from annotate.study.ratings import decode_set, encode_set

Items = list[list[str]]  # the ratings of each item
Table = list[list[str | None]]  # items x annotators

LEVELS = ("nominal", "ordinal", "interval", "ratio", "set")
NAMES = {
    "nominal": ["apple", "pear", "plum"],
    "ordinal": ["low", "middle", "high"],
    "interval": ["-1", "0.5", "4"],
    "ratio": ["0", "1", "5"],
    "set": ["[]", '["a"]', '["a","b"]'],
}


# ---- literal references: each definition as it is printed, one rating at a time ----------------------


def given_ratings(table: Table) -> Items:
    return [[choice for choice in row if choice is not None] for row in table]


def pairable(items: Items) -> Items:
    return [item for item in items if len(item) >= 2]


class Question(NamedTuple):
    """What is asked of a literal reference; ``declared`` are the categories in order."""

    table: Table
    level: str
    declared: Sequence[str]
    weights: str | None = None

    @property
    def items(self) -> Items:
        return given_ratings(self.table)

    @property
    def used(self) -> list[str]:
        return [category for item in pairable(self.items) for category in item]

    @property
    def categories(self) -> list[str]:
        """Of a set-valued variable each set that was used is a category."""
        every = [category for item in self.items for category in item]
        return sorted(set(every)) if self.level == "set" else list(self.declared)

    @property
    def raters(self) -> list[list[str | None]]:
        """The ratings of each annotator who has any."""
        return [list(column) for column in zip(*self.table, strict=True) if any(column)]

    def weight(self, a: str, b: str, default: Mapping[str, str] | None = None) -> float:
        name = self.weights or (default or {}).get(self.level, "identity")
        if name == "identity" or a == b:
            return float(a == b)
        places = [self.categories.index(category) + 1.0 for category in self.categories]
        x, y = self.categories.index(a) + 1.0, self.categories.index(b) + 1.0
        if name == "ordinal":
            return 1 - math.comb(int(abs(x - y)) + 1, 2) / math.comb(len(places), 2)
        if self.level in ("interval", "ratio"):
            places, x, y = [float(category) for category in self.categories], float(a), float(b)
        apart = FAR[name](x, y, min(places), max(places))
        return 1 - apart / max(FAR[name](u, v, min(places), max(places)) for u, v in permutations(places, 2))


FAR: dict[str, Callable[[float, float, float, float], float]] = {
    "linear": lambda x, y, *_: abs(x - y),
    "quadratic": lambda x, y, *_: (x - y) ** 2,
    "radical": lambda x, y, *_: math.sqrt(abs(x - y)),
    "ratio": lambda x, y, *_: ((x - y) / (x + y)) ** 2,
    "circular": lambda x, y, low, high: math.sin(math.pi * (x - y) / (high - low + 1)) ** 2,
    "bipolar": lambda x, y, low, high: (x - y) ** 2 / ((x + y - 2 * low) * (2 * high - x - y)),
}


Reference = Callable[[Question], float | None]
AC2_WEIGHTS = {"ordinal": "ordinal", "interval": "quadratic", "ratio": "quadratic"}


def corrected(observed: float, expected: float) -> float:
    return (observed - expected) / (1 - expected)


def observed_by_hand(asked: Question, default: Mapping[str, str] | None = None) -> float:
    shares = []
    for item in pairable(asked.items):
        pairs = list(permutations(item, 2))
        shares.append(sum(asked.weight(a, b, default) for a, b in pairs) / len(pairs))
    return sum(shares) / len(shares)


def percent_by_hand(asked: Question) -> float | None:
    return observed_by_hand(asked._replace(weights="identity")) if pairable(asked.items) else None


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


def alpha_by_hand(asked: Question) -> float | None:
    items, values = asked.items, asked.used

    def distance(a: str, b: str) -> float:
        return distance_by_hand(a, b, asked.level, items, asked.declared)

    within = sum(
        sum(distance(a, b) for a, b in permutations(item, 2)) / (len(item) - 1) for item in pairable(items)
    )
    between = sum(distance(a, b) for a, b in permutations(values, 2))
    return 1 - within / len(values) / (between / (len(values) * (len(values) - 1)))


def prevalence_by_hand(asked: Question, category: str) -> float:
    rated = [item for item in asked.items if item]
    return sum(item.count(category) / len(item) for item in rated) / len(rated)


def ac2_by_hand(asked: Question) -> float | None:
    categories = asked.categories
    total = sum(asked.weight(a, b, AC2_WEIGHTS) for a in categories for b in categories)
    shares = [prevalence_by_hand(asked, category) for category in categories]
    chance = total / (len(shares) * (len(shares) - 1)) * sum(share * (1 - share) for share in shares)
    return corrected(observed_by_hand(asked, AC2_WEIGHTS), chance)


def ac1_by_hand(asked: Question) -> float | None:
    return ac2_by_hand(asked._replace(weights="identity"))


def brennan_by_hand(asked: Question) -> float | None:
    weights = [asked.weight(a, b) for a in asked.categories for b in asked.categories]
    return corrected(observed_by_hand(asked), sum(weights) / len(weights))


def fleiss_by_hand(asked: Question) -> float | None:
    shares = {category: prevalence_by_hand(asked, category) for category in asked.categories}
    return corrected(observed_by_hand(asked), likely_by_hand(asked, shares, shares))


def likely_by_hand(asked: Question, first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Expected agreement of two draws, one from each distribution."""
    return sum(asked.weight(a, b) * p * q for a, p in first.items() for b, q in second.items())


def shares_by_hand(choices: Sequence[str | None]) -> dict[str, float]:
    chosen = [choice for choice in choices if choice is not None]
    return {category: count / len(chosen) for category, count in Counter(chosen).items()}


def conger_by_hand(asked: Question) -> float | None:
    pairs = list(combinations([shares_by_hand(rater) for rater in asked.raters], 2))
    chance = sum(likely_by_hand(asked, first, second) for first, second in pairs) / len(pairs)
    return corrected(observed_by_hand(asked), chance)


def both_by_hand(first: Sequence[str | None], second: Sequence[str | None]) -> list[tuple[str, str]]:
    return [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]


def cohens_by_hand(asked: Question, pairs: list[tuple[str, str]]) -> float | None:
    observed = sum(asked.weight(a, b) for a, b in pairs) / len(pairs)
    chance = likely_by_hand(asked, *(shares_by_hand(choices) for choices in zip(*pairs, strict=True)))
    return corrected(observed, chance) if len(set(chain.from_iterable(pairs))) > 1 else None


def cohen_by_hand(asked: Question) -> float | None:
    return cohens_by_hand(asked, both_by_hand(*asked.raters)) if len(asked.raters) == 2 else None


def scott_by_hand(asked: Question) -> float | None:
    if len(asked.raters) != 2:
        return None
    pairs = both_by_hand(*asked.raters)
    shares = shares_by_hand(list(chain.from_iterable(pairs)))
    observed = sum(asked.weight(a, b) for a, b in pairs) / len(pairs)
    return corrected(observed, likely_by_hand(asked, shares, shares))


def light_by_hand(asked: Question) -> float | None:
    shared = [both_by_hand(first, second) for first, second in combinations(asked.raters, 2)]
    kappas = [cohens_by_hand(asked, pairs) for pairs in shared if pairs]
    return None if None in kappas else sum(kappa for kappa in kappas if kappa is not None) / len(kappas)


REFERENCES: dict[str, Reference] = {
    "percent_agreement": percent_by_hand,
    "krippendorff_alpha": alpha_by_hand,
    "gwet_ac1": ac1_by_hand,
    "gwet_ac2": ac2_by_hand,
    "cohen_kappa": cohen_by_hand,
    "conger_kappa": conger_by_hand,
    "fleiss_kappa": fleiss_by_hand,
    "light_kappa": light_by_hand,
    "scott_pi": scott_by_hand,
    "brennan_prediger": brennan_by_hand,
}
# Whether items with a single rating have a say: in a prevalence over all rated items, in an annotator's shares.
HEEDS_SINGLE_RATINGS = {
    "percent_agreement": False,
    "krippendorff_alpha": False,
    "gwet_ac1": True,
    "gwet_ac2": True,
    "cohen_kappa": False,
    "conger_kappa": True,
    "fleiss_kappa": True,
    "light_kappa": False,
    "scott_pi": False,
    "brennan_prediger": False,
}


def by_hand(name: str, asked: Question) -> float | None:
    """The reference, where the coefficient is defined at all."""
    one = COEFFICIENTS[name]
    weighs = asked.weights not in (None, "identity") and asked.level in ("nominal", "set")
    weighs = weighs or (asked.weights, asked.level) == ("ratio", "interval")
    if not pairable(asked.items) or (one.chance_corrected and len(set(asked.used)) < 2):
        return None
    return None if one.weighted and weighs else REFERENCES[name](asked)


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
    rows: Sequence[tuple[str, str, str]], level: str, declared: Sequence[str] | None = None, **settings_: Any
) -> pd.DataFrame:
    """Every coefficient, by name."""
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category"], dtype="str").assign(variable="v")
    offered = list(NAMES[level] if declared is None else declared)
    categories = {"v": ["a", "b"] if level == "set" else offered}
    interval = Interval("percentile", settings_.pop("replicates", 0))
    scales = scales_of({"v": level}, categories, weights=settings_.pop("weights", None))
    found = measure(frame, scales=scales, **{"coefficients": "all", "interval": interval, **settings_})
    return found.set_index("coefficient")


def same(first: float, second: float, tolerance: float = 1e-12) -> bool:
    return (math.isnan(first) and math.isnan(second)) or abs(first - second) <= tolerance


every_level = pytest.mark.parametrize("level", LEVELS)
every_weight = pytest.mark.parametrize("weights", [None, *WEIGHTS])
some = settings(max_examples=40, deadline=None, derandomize=True)
FIGURES = ("value", "observed", "expected")


def test_every_coefficient_is_held_by_these_tests() -> None:
    assert set(COEFFICIENTS) == set(REFERENCES) == set(HEEDS_SINGLE_RATINGS)
    assert all(name == one.name for name, one in COEFFICIENTS.items())
    assert all(set(one.levels) <= set(LEVELS) and one.levels for one in COEFFICIENTS.values())
    assert all(set(one.weights.values()) <= set(WEIGHTS) for one in COEFFICIENTS.values() if one.weights)
    assert run([("p1", "A1", "apple")], "nominal").index.tolist() == list(COEFFICIENTS)


@every_weight
@every_level
@some
@given(design=designs())
def test_is_what_the_definition_says(level: str, weights: str | None, design: list[list[int | None]]) -> None:
    names = NAMES[level]
    table: Table = [[None if choice is None else names[choice] for choice in row] for row in design]
    found = run(judgements(design, names), level, weights=weights)
    for name, ours in found.iterrows():
        literal = by_hand(str(name), Question(table, level, names, weights))
        assert (literal is None) == (ours["undefined"] is not None) == math.isnan(ours["value"]), name
        if literal is not None:
            assert ours["value"] == pytest.approx(literal, abs=1e-9), name
            assert ours["value"] <= 1


@every_level
@some
@given(design=designs(), data=st.data())
def test_order_of_rows_is_of_no_matter(
    level: str, design: list[list[int | None]], data: st.DataObject
) -> None:
    rows = judgements(design, NAMES[level])
    shuffled = data.draw(st.permutations(rows))
    pd.testing.assert_frame_equal(
        run(rows, level, replicates=20), run(shuffled, level, replicates=20), check_exact=True
    )


@every_level
@some
@given(design=designs(), data=st.data())
def test_names_of_items_and_annotators_are_of_no_matter(
    level: str, design: list[list[int | None]], data: st.DataObject
) -> None:
    """Where it matters who chose what, the replicates go by the annotators' names."""
    rows = judgements(design, NAMES[level])
    item = dict(zip(sorted({r[0] for r in rows}), data.draw(st.permutations("ABCDEFG")), strict=False))
    shift = data.draw(st.integers(0, 5))
    renamed = [(item[i], f"{(int(a.split()[1]) + shift) % 6}", c) for i, a, c in rows]
    before, after = run(rows, level, replicates=20), run(renamed, level, replicates=20)
    for name, one in COEFFICIENTS.items():
        if one.takes == "counts":
            pd.testing.assert_series_equal(before.loc[name], after.loc[name])
        assert all(same(before.loc[name, figure], after.loc[name, figure]) for figure in FIGURES)
        assert before.loc[name, "undefined"] == after.loc[name, "undefined"]


@some
@given(design=designs(), names=st.permutations(["x", "y", "z"]))
def test_nominal_names_are_of_no_matter(design: list[list[int | None]], names: list[str]) -> None:
    before = run(judgements(design, NAMES["nominal"]), "nominal")
    after = run(judgements(design, names), "nominal", declared=["z", "x", "y"])
    for name in COEFFICIENTS:
        assert all(same(before.loc[name, figure], after.loc[name, figure]) for figure in FIGURES), name
        assert before.loc[name, "undefined"] == after.loc[name, "undefined"]


@every_weight
@some
@given(design=designs())
def test_ordinal_knows_order_only(weights: str | None, design: list[list[int | None]]) -> None:
    """Other names in the same order change no digit; the alphabet and the numbers have no say."""
    names = ["9", "10", "1e3"]
    before = run(judgements(design, NAMES["ordinal"]), "ordinal", replicates=20, weights=weights)
    after = run(judgements(design, names), "ordinal", declared=names, replicates=20, weights=weights)
    pd.testing.assert_frame_equal(before, after, check_exact=True)


@pytest.mark.parametrize("weights", [None, *(one for one in WEIGHTS if one != "ratio")])
@some
@given(design=designs())
def test_ordinal_may_be_read_from_either_end(weights: str | None, design: list[list[int | None]]) -> None:
    rows = judgements(design, NAMES["ordinal"])
    before = run(rows, "ordinal", weights=weights)
    after = run(rows, "ordinal", declared=NAMES["ordinal"][::-1], weights=weights)
    assert all(same(before.loc[name, "value"], after.loc[name, "value"]) for name in COEFFICIENTS)


@pytest.mark.parametrize("weights", [None, *(one for one in WEIGHTS if one != "circular")])
@some
@given(design=designs())
def test_interval_is_free_of_unit_and_origin(weights: str | None, design: list[list[int | None]]) -> None:
    before = run(judgements(design, NAMES["interval"]), "interval", weights=weights)
    moved = [str(float(number) * 3 + 7) for number in NAMES["interval"]]
    after = run(judgements(design, moved), "interval", declared=moved, weights=weights)
    assert all(same(before.loc[name, "value"], after.loc[name, "value"]) for name in COEFFICIENTS)


@some
@given(design=designs())
def test_without_distances_every_level_is_nominal(design: list[list[int | None]]) -> None:
    """Of sets the categories are those that were used, so these are not compared."""
    at = {level: run(judgements(design, NAMES[level]), level)["value"] for level in LEVELS if level != "set"}
    for name, one in COEFFICIENTS.items():
        plain = {one.weighs_with(level, None) for level in at} <= {None, "identity"}
        if plain and not one.by_distance:
            assert all(same(at["nominal"][name], values[name]) for values in at.values())


@some
@given(design=designs())
def test_what_is_the_same_of_two_annotators(design: list[list[int | None]]) -> None:
    """Who rated everything: Conger and Light are Cohen, Fleiss is Scott; identity weights are none."""
    full = [[choice or 0 for choice in row[:2]] for row in design]
    for weights in WEIGHTS:
        ours = run(judgements(full, NAMES["ordinal"]), "ordinal", weights=weights)["value"]
        assert same(ours["cohen_kappa"], ours["conger_kappa"])
        assert same(ours["cohen_kappa"], ours["light_kappa"])
        assert same(ours["scott_pi"], ours["fleiss_kappa"])
    plain = run(judgements(design, NAMES["ordinal"]), "ordinal", weights="identity")["value"]
    unsaid = run(judgements(design, NAMES["ordinal"]), "ordinal")["value"]
    assert same(plain["gwet_ac2"], plain["gwet_ac1"])
    assert all(same(plain[name], unsaid[name]) for name in COEFFICIENTS if name != "gwet_ac2")


@every_level
@some
@given(design=designs(), single=st.lists(st.integers(0, 2), min_size=1, max_size=3))
def test_items_with_one_rating(level: str, design: list[list[int | None]], single: list[int]) -> None:
    """They are counted; they move nothing, to the last digit of the interval, but what heeds them."""
    rows = judgements(design, NAMES[level])
    alone = [(f"single {number}", rows[0][1], NAMES[level][choice]) for number, choice in enumerate(single)]
    before, after = run(rows, level, replicates=20), run([*rows, *alone], level, replicates=20)
    tolerance = 1e-12 if level == "set" else 0  # a new set is a new category, if only of distance
    for name, heeds in HEEDS_SINGLE_RATINGS.items():
        old, new = before.loc[name], after.loc[name]
        assert new["n_items"] == old["n_items"] + len(single)
        assert new["n_ratings"] == old["n_ratings"] + len(single)
        assert new["n_pairable_items"] == old["n_pairable_items"]
        assert new["undefined"] == old["undefined"]
        counts_sets = level == "set" and name == "brennan_prediger"  # its K is how many were used
        figures = ("observed",) if heeds or counts_sets else (*FIGURES, "ci_low", "ci_high")
        assert all(same(old[figure], new[figure], tolerance) for figure in figures), name


@every_level
@some
@given(choices=st.lists(st.integers(0, 2), min_size=2, max_size=7), annotators=st.integers(2, 4))
def test_perfect_agreement_is_1(level: str, choices: list[int], annotators: int) -> None:
    design: list[list[int | None]] = [[choice] * annotators for choice in choices]
    for name, ours in run(judgements(design, NAMES[level]), level, replicates=20).iterrows():
        one = COEFFICIENTS[str(name)]
        if one.two_annotators and annotators != 2:
            assert ours["undefined"] == f"needs exactly two annotators, there are {annotators}"
        elif len(set(choices)) > 1 or not one.chance_corrected:
            assert ours["value"] == 1.0, name
            assert ours["ci_low"] < ours["ci_high"] == pytest.approx(1.0), name
        else:
            assert math.isnan(ours["value"])
            assert ours["observed"] == 1.0


@some
@given(design=designs())
def test_twice_the_items_leave_the_mean_of_items(design: list[list[int | None]]) -> None:
    rows = judgements(design, NAMES["nominal"])
    double = [*rows, *((f"{item} again", annotator, category) for item, annotator, category in rows)]
    once, twice = run(rows, "nominal"), run(double, "nominal")
    assert all(same(once.loc[name, "observed"], twice.loc[name, "observed"]) for name in COEFFICIENTS)
    assert once["undefined"].tolist() == twice["undefined"].tolist()


CLUSTERED_KINDS = ("percentile", "bca", "jackknife", "log_jackknife")


def clustered(
    rows: Sequence[tuple[str, str, str]], documents: Mapping[str, str], level: str, **interval: Any
) -> pd.DataFrame:
    """Every coefficient, by name, with the passages in documents."""
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category"], dtype="str").assign(variable="v")
    frame["document"] = frame["item"].map(documents)
    return measured(frame, level, **interval)


def measured(frame: Any, level: str, **interval: Any) -> pd.DataFrame:
    scales = scales_of({"v": level}, {"v": ["a", "b"] if level == "set" else NAMES[level]})
    asked = Interval(**{"replicates": 25, "cluster": "document", **interval})
    return measure(frame, scales=scales, coefficients="all", interval=asked).set_index("coefficient")


def in_documents(rows: Sequence[tuple[str, str, str]], size: int) -> dict[str, str]:
    """Documents of so many passages that follow each other."""
    items = list(dict.fromkeys(item for item, _, _ in rows))
    return {item: f"document {number // size}" for number, item in enumerate(items)}


@every_level
@pytest.mark.parametrize("kind", CLUSTERED_KINDS)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(design=designs())
def test_one_item_a_cluster_is_the_items(kind: str, level: str, design: list[list[int | None]]) -> None:
    rows = judgements(design, NAMES[level])
    documents = in_documents(rows, 1)
    items = clustered(rows, documents, level, kind=kind, cluster=None)
    whole = clustered(rows, documents, level, kind=kind)
    columns = [*FIGURES, "ci_low", "ci_high", "undefined"]
    pd.testing.assert_frame_equal(items[columns], whole[columns], check_exact=True)
    effects = whole["design_effect"].dropna()
    assert np.allclose(effects, 1)


@every_level
@settings(max_examples=15, deadline=None, derandomize=True)
@given(design=designs())
def test_a_document_given_twice_doubles_no_certainty(level: str, design: list[list[int | None]]) -> None:
    rows = judgements(design, NAMES[level])
    documents = in_documents(rows, 2)
    again = [(f"{item} again", annotator, category) for item, annotator, category in rows]
    doubled = documents | {f"{item} again": document for item, document in documents.items()}
    for kind in ("jackknife", "log_jackknife"):
        once = clustered(rows, documents, level, kind=kind)
        twice = clustered([*rows, *again], doubled, level, kind=kind)
        for name in COEFFICIENTS:
            old, new = once.loc[name], twice.loc[name]
            if name == "krippendorff_alpha" or (old["n_clusters"] < 2):  # alpha corrects for few ratings
                continue
            assert all(same(old[end], new[end], 1e-9) for end in ("ci_low", "ci_high")), (name, kind)


@every_level
@pytest.mark.parametrize("kind", CLUSTERED_KINDS)
@settings(max_examples=5, deadline=None, derandomize=True)
@given(design=designs())
def test_names_order_and_engine_are_of_no_matter_to_clusters(
    kind: str, level: str, design: list[list[int | None]]
) -> None:
    rows = judgements(design, NAMES[level])
    documents = in_documents(rows, 2)
    wanted = clustered(rows, documents, level, kind=kind)
    backwards = {item: f"{99 - int(document.split()[1])}" for item, document in documents.items()}
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category"], dtype="str").assign(variable="v")
    frame["document"] = frame["item"].map(documents)
    for other in (
        clustered(rows[::-1], backwards, level, kind=kind),
        measured(pl.from_pandas(frame), level, kind=kind),
        measured(duckdb.from_df(frame), level, kind=kind),
    ):
        pd.testing.assert_frame_equal(wanted, other, check_exact=True)


@every_level
@pytest.mark.parametrize(
    ("design", "reason"),
    [
        ([[0, None], [1, None]], "no item has two ratings"),
        ([[None, 2]], "no item has two ratings"),
        ([[0, None, None], [None, 1, None], [None, None, 2]], "no item has two ratings"),
        ([[1, 1], [1, 1]], "only one category was used"),
        ([[1, 1], [1, 1], [2, None]], "only one category was used"),
    ],
)
def test_undefined_is_the_same_for_all(level: str, design: list[list[int | None]], reason: str) -> None:
    for name, ours in run(judgements(design, NAMES[level]), level, replicates=10).iterrows():
        if COEFFICIENTS[str(name)].chance_corrected or reason.startswith("no item"):
            assert ours["undefined"] == reason
            assert np.isnan([ours["value"], ours["ci_low"], ours["ci_high"]]).all()
            assert ours["interval"] is None
        else:
            assert ours["undefined"] is None
            assert ours["value"] == 1.0


@every_level
@some
@given(design=designs())
def test_a_category_against_the_rest(level: str, design: list[list[int | None]]) -> None:
    """As if the table had been written with two names; of sets, with or without a member."""
    names = NAMES[level]
    rows = judgements(design, names)
    found = run(rows, level, per_category=True).reset_index()
    members = ["a", "b"] if level == "set" else names
    assert list(dict.fromkeys(found["category"])) == [None, *members]
    for member in members:
        yes = {one: (member in decode_set(one)) if level == "set" else one == member for one in names}
        renamed = [(item, annotator, "yes" if yes[category] else "no") for item, annotator, category in rows]
        expected = run(renamed, "nominal", declared=["yes", "no"])
        ours = found[found["category"] == member].set_index("coefficient")
        assert list(ours.index) == [
            "specific_agreement",
            *(n for n, c in COEFFICIENTS.items() if c.chance_corrected),
        ]
        for name in ours.index[1:]:
            assert all(same(ours.loc[name, figure], expected.loc[name, figure]) for figure in FIGURES)
            assert ours.loc[name, "undefined"] == expected.loc[name, "undefined"]
        items = pairable([[yes[names[c]] for c in row if c is not None] for row in design])  # type: ignore[misc]
        either = [(a, b) for item in items for a, b in permutations(item, 2) if a]
        share = sum(b for _, b in either) / len(either) if either else math.nan
        assert same(ours.loc["specific_agreement", "value"], share)


def test_the_tables_above_hold_sets_as_the_table_of_ratings_writes_them() -> None:
    assert NAMES["set"] == [encode_set(members) for members in ([], ["a"], ["b", "a"])]
