"""The permutation test against a literal one, its level and power, and the corrections by hand."""

import math
from collections import Counter
from itertools import combinations, product

import numpy as np
import pandas as pd
import polars as pl
import pytest

from annotate.agreement import COEFFICIENTS, measure
from annotate.agreement._compare import benjamini_hochberg, compare, correct, holm
from annotate.agreement.influence import Influence, influence
from annotate.agreement.permutation import NO_REST, align, compare_patterns, p_value, permuted, statistics
from annotate.agreement.registry import select
from annotate.codebook.scale import Scale, scales_of
from annotate.counts.patterns import from_items
from annotate.errors import StatisticsError
from annotate.sampling import Interval

LEVEL = {"v": "nominal"}
ALPHA = select(["krippendorff_alpha"])

# Items of two sources: the choices of annotators A, B and C, a dot for none.
ITEMS = {
    "s1": "xxy", "s2": "xx.", "s3": ".y.",
    "t1": "xyy", "t2": "yy.", "t3": "yyy", "t4": "xy.", "t5": "x..", "t6": "..y",
}  # fmt: skip


def table(items, source=lambda item: item[0]):
    rows = [
        (item, source(item), annotator, "v", choice)
        for item, choices in items.items()
        for annotator, choice in zip("ABC", choices, strict=True)
        if choice != "."
    ]
    return pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category"])


def literally(coefficient):
    """The difference under every way to give the labels away, among equals of ratings of an item."""
    pairable = [item for item, choices in ITEMS.items() if choices.count(".") < 2]
    single = [item for item in ITEMS if item not in pairable]
    values = []
    for some, one in product(combinations(pairable, 2), combinations(single, 1)):
        ratings = table(ITEMS, lambda item, own=(*some, *one): "s" if item in own else "t")
        found = measure(ratings, by=["source"], coefficients=[coefficient], scales=scales_of(LEVEL, {"v": ["x", "y", "z"]}), interval=Interval(replicates=0)).set_index("source")["value"]  # fmt: skip
        values.append(found["s"] - found["t"])
    return values  # the first is what was observed


# ---- against the literal test -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "coefficient", ["percent_agreement", "krippendorff_alpha", "gwet_ac1", "conger_kappa"]
)
def test_permutations_are_all_ways_to_give_the_labels_away(coefficient):
    every = literally(coefficient)
    assert len(every) == 15 * 3
    defined = [value for value in every if not np.isnan(value)]
    extreme = sum(abs(value) >= abs(every[0]) - 1e-12 for value in defined)
    found = compare(table(ITEMS), coefficients=coefficient, scales=scales_of(LEVEL, {"v": ["x", "y", "z"]}), permutations=20_000, studentised=False).iloc[0]  # fmt: skip
    assert found["difference"] == pytest.approx(every[0])
    assert found["statistic"] == pytest.approx(every[0])
    assert found["p_value"] == pytest.approx(extreme / len(defined), abs=0.015)
    assert found["n_undefined"] / 20_000 == pytest.approx(1 - len(defined) / len(every), abs=0.015)
    assert found["n_permutations"] + found["n_undefined"] == 20_000


def test_each_difference_comes_as_often_as_it_should():
    every = Counter(np.round(literally("gwet_ac1"), 9).tolist())
    groups = [from_items(counts, Scale("nominal", tuple("xyz"))) for counts in by_source()]
    whole, n = align(groups)
    (gwet,) = select(["gwet_ac1"])
    drawn = Counter()
    for samples in permuted(whole, n[0], 20_000, np.random.default_rng(1)):
        drawn.update(np.round(statistics(gwet, whole, samples), 9).tolist())
    assert {value for value in drawn if value == value} == {value for value in every if value == value}  # noqa: PLR0124
    for value, times in every.items():
        if not np.isnan(value):
            assert drawn[value] / 20_000 == pytest.approx(times / every.total(), abs=0.015)


def by_source():
    counted = {item: [choices.count(category) for category in "xyz"] for item, choices in ITEMS.items()}
    return [[counts for item, counts in counted.items() if item[0] == source] for source in "st"]


def test_a_draw_is_of_items_of_which_none_is_drawn_twice():
    groups = [from_items(counts, Scale("nominal", tuple("xyz"))) for counts in by_source()]
    whole, n = align(groups)
    (samples,) = permuted(whole, n[0], 500, np.random.default_rng(2))
    assert (samples <= whole.n).all()
    assert (samples[:, whole.pairable].sum(axis=1) == 2).all()
    assert (samples[:, whole.ratings == 1].sum(axis=1) == 1).all()


def test_chunks_do_not_change_the_draws(monkeypatch):
    whole, n = align([from_items(counts, Scale("nominal", tuple("xyz"))) for counts in by_source()])
    (once,) = permuted(whole, n[0], 50, np.random.default_rng(2))
    monkeypatch.setattr("annotate.agreement.permutation.CELLS", 7 * len(whole.n))
    chunks = list(permuted(whole, n[0], 50, np.random.default_rng(2)))
    assert len(chunks) == 8
    assert np.array_equal(np.concatenate(chunks), once)


def test_what_was_observed_is_one_of_the_permutations():
    assert p_value(3.0, np.array([0.0, 1.0, -2.0])) == 1 / 4
    assert p_value(-2.0, np.array([0.0, 1.0, 2.0, np.nan])) == 2 / 4
    assert p_value(np.inf, np.array([1.0, np.inf, -np.inf])) == 3 / 4


# ---- the standard error -----------------------------------------------------------------------------


def simulated(rng, n, share, keep, raters=3):
    """Each rating keeps the item's category with probability ``keep``, or is drawn anew: alpha is keep^2."""
    meant = rng.random(n) < share
    chosen = np.where(rng.random((n, raters)) < keep, meant[:, None], rng.random((n, raters)) < share)
    yes = chosen.sum(axis=1)
    return from_items(np.column_stack([yes, raters - yes]), Scale("nominal", tuple("yn")))


def test_variance_of_a_mean_is_that_of_a_mean():
    patterns = simulated(np.random.default_rng(3), 200, 0.5, 0.7)
    (percent,) = select(["percent_agreement"])
    values, variances = influence(percent, patterns).values_and_variances(patterns.n[None, :].astype(float))
    items = np.repeat(patterns.agreeing, patterns.n)
    assert values[0] == pytest.approx(items.mean())
    assert variances[0] == pytest.approx(items.var(ddof=1) / 200, rel=1e-3)


@pytest.mark.parametrize("name", ["krippendorff_alpha", "gwet_ac1", "fleiss_kappa"])
def test_variance_is_that_of_the_bootstrap(name):
    patterns = simulated(np.random.default_rng(4), 2000, 0.7, 0.7)
    chosen = COEFFICIENTS[name]
    samples = np.random.default_rng(5).multinomial(2000, patterns.n / 2000, 4000).astype(float)
    drawn, of_each = influence(chosen, patterns).values_and_variances(samples)
    assert np.sqrt(of_each).mean() == pytest.approx(drawn.std(), rel=0.05)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("name", [name for name, one in COEFFICIENTS.items() if one.takes == "counts"])
def test_few_patterns_lead_and_the_others_follow(name, level):
    """As many as there are sums that the coefficient rests on; the variances are those of all."""
    rng = np.random.default_rng(7)
    chosen = np.where(
        rng.random((3000, 4)) < 0.6, rng.integers(0, 5, (3000, 1)), rng.integers(0, 5, (3000, 4))
    )
    chosen[rng.random(chosen.shape) < 0.15] = -1
    patterns = from_items(
        np.stack([(chosen == k).sum(axis=1) for k in range(5)], axis=1), Scale(level, tuple("12345"))
    )
    found = influence(COEFFICIENTS[name], patterns)
    assert len(found.leading) <= 16 < len(patterns.n)
    drawn = rng.multivariate_hypergeometric(patterns.n, 100, 5, method="marginals")
    odd = [patterns.n * (patterns.counts[:, 0] > 0), patterns.n * (patterns.counts[:, 4] == 0)]
    samples = np.vstack([drawn, *odd]).astype(float)
    fast = found.values_and_variances(samples)[1]
    slow = Influence(COEFFICIENTS[name], patterns).values_and_variances(samples)[1]
    assert fast == pytest.approx(slow, rel=1e-3)


def test_no_standard_error_at_all():
    """Perfect agreement on both sides differs by nothing."""
    groups = [
        from_items([[2, 0], [0, 2]] * 4, Scale("nominal", tuple("xy"))),
        from_items([[2, 0], [0, 2]] * 6, Scale("nominal", tuple("xy"))),
    ]
    (first,), (second,) = compare_patterns(groups, ALPHA, 99, [np.random.default_rng(0)] * 2)
    assert (first.difference, first.statistic, first.p_value) == (0, 0, 1)
    assert second.n_permutations + second.n_undefined == 99


# ---- level and power --------------------------------------------------------------------------------


def rejected(first, second, studies=300, *, studentised, at=0.05):
    rng, p_values = np.random.default_rng(6), []
    for _ in range(studies):
        groups = [simulated(rng, *first), simulated(rng, *second)]
        streams = [np.random.default_rng(rng.integers(2**40))] * 2
        found = compare_patterns(groups, ALPHA, 199, streams, studentised=studentised)
        p_values.append(found[0][0].p_value)
    return np.mean(np.array(p_values) <= at)


@pytest.mark.parametrize("studentised", [False, True])
@pytest.mark.parametrize("at", [0.05, 0.25, 0.5])
def test_equal_groups_have_uniform_p_values(studentised, at):
    share = rejected((40, 0.7, 0.7), (80, 0.7, 0.7), studentised=studentised, at=at)
    assert share == pytest.approx(at, abs=3 * np.sqrt(at * (1 - at) / 300))


@pytest.mark.parametrize("studentised", [False, True])
def test_a_planted_difference_is_found(studentised):
    assert rejected((60, 0.5, 0.4), (240, 0.5, 0.8), studies=60, studentised=studentised) > 0.9


def test_prevalence_alone_is_no_difference_in_alpha():
    """The bare difference takes it for one; the one over its standard error does not."""
    bare, over_error = (
        rejected((300, 0.9, 0.7), (300, 0.5, 0.7), studentised=studentised) for studentised in (False, True)
    )
    assert bare > 0.09
    assert over_error < 0.08


# ---- corrections ------------------------------------------------------------------------------------


def test_corrections_by_hand():
    p_values = np.array([0.01, 0.04, 0.03, 0.005])
    # sorted .005 .01 .03 .04, times 4 3 2 1: .02 .03 .06 .04, and .04 may not fall below .06
    assert holm(p_values) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    # times 4/1 4/2 4/3 4/4: .02 .02 .04 .04
    assert benjamini_hochberg(p_values) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert holm(np.array([0.6, 0.7])).tolist() == [1.0, 1.0]


def test_the_example_of_benjamini_and_hochberg():
    """1995, p. 294 f.: of these 15 tests theirs rejects four at .05, Bonferroni's kind three."""
    p_values = np.array(
        [
            *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
            *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
        ]
    )
    assert (benjamini_hochberg(p_values) <= 0.05).sum() == 4
    assert (holm(p_values) <= 0.05).sum() == 3


def test_what_is_undefined_is_no_test():
    found = correct(np.array([0.02, np.nan, 0.03]), "holm")
    assert found[[0, 2]] == pytest.approx([0.04, 0.04])
    assert np.isnan(found[1])


# ---- tables -----------------------------------------------------------------------------------------


def study(seed=0, sources="stu", n=40):
    rng = np.random.default_rng(seed)
    items = {
        f"{source}{number}": "".join(rng.choice(list("xyx."), 3)) for source in sources for number in range(n)
    }
    return table(items)


def test_rows_of_a_table():
    ratings = study()
    found = compare(ratings, scales=scales_of(LEVEL), permutations=199, interval=Interval(seed=1))
    assert list(found.columns) == [
        "source", "variable", "level", "coefficient", "value", "rest", "difference", "statistic", "p_value",
        "p_adjusted", "n_permutations", "n_undefined", "n_pairable_items", "n_pairable_rest", "caution",
        "undefined",
    ]  # fmt: skip
    assert found["source"].tolist() == ["s"] * 3 + ["t"] * 3 + ["u"] * 3
    of_all = measure(
        ratings, by=["source"], scales=scales_of(LEVEL, {"v": ["x", "y"]}), interval=Interval(replicates=0)
    )
    assert found["value"].tolist() == pytest.approx(of_all[of_all["source"].notna()]["value"].tolist())
    rest = measure(
        ratings[ratings["source"] != "t"],
        scales=scales_of(LEVEL, {"v": ["x", "y"]}),
        interval=Interval(replicates=0),
    )
    assert found[found["source"] == "t"]["rest"].tolist() == pytest.approx(rest["value"].tolist())
    alphas = found[found["coefficient"] == "krippendorff_alpha"]
    assert alphas["p_adjusted"].tolist() == pytest.approx(holm(alphas["p_value"].to_numpy()).tolist())
    assert found["undefined"].tolist() == [None] * 9


def test_the_same_digits_in_any_order_and_on_any_engine():
    ratings = study()
    first = compare(ratings, scales=scales_of(LEVEL), permutations=99)
    pd.testing.assert_frame_equal(first, compare(ratings[::-1], scales=scales_of(LEVEL), permutations=99))
    pd.testing.assert_frame_equal(
        first, compare(pl.from_pandas(ratings), scales=scales_of(LEVEL), permutations=99)
    )
    other = compare(ratings, scales=scales_of(LEVEL), permutations=99, interval=Interval(seed=1))
    assert (first["p_value"] != other["p_value"]).any()
    one = compare(ratings, scales=scales_of(LEVEL), permutations=99, coefficients="gwet_ac1")
    of_many = first[first["coefficient"] == "gwet_ac1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, of_many)


def test_two_groups_are_one_test():
    found = compare(
        study(sources="st"), scales=scales_of(LEVEL), permutations=199, coefficients="krippendorff_alpha"
    )
    first, second = (found.iloc[row] for row in (0, 1))
    assert first["p_value"] == second["p_value"] == first["p_adjusted"] == second["p_adjusted"]
    assert (first["value"], first["difference"]) == (second["rest"], -second["difference"])


def test_what_cannot_be_compared_says_why():
    ratings = pd.concat(
        [study(sources="s"), table({"t1": "xx.", "t2": "xxx"}), table({"u1": "x..", "u2": ".y."})]
    )
    found = compare(ratings, scales=scales_of(LEVEL), permutations=99).set_index(["source", "coefficient"])
    assert found.loc[("t", "krippendorff_alpha"), "undefined"] == "in the group, only one category was used"
    assert found.loc[("t", "percent_agreement"), "undefined"] is None
    assert found.loc[("u", "percent_agreement"), "undefined"] == "in the group, no item has two ratings"
    assert found.loc[("s", "krippendorff_alpha"), "undefined"] == "in the rest, only one category was used"
    none = found[found["undefined"].notna()]
    assert none[["p_value", "p_adjusted"]].isna().all(axis=None)
    alone = compare(study(sources="s"), scales=scales_of(LEVEL), permutations=99)
    assert set(alone["undefined"]) == {NO_REST}
    two = compare(
        ratings[ratings["source"] < "u"], scales=scales_of(LEVEL), permutations=99, coefficients="gwet_ac1"
    )
    assert two["undefined"].tolist() == [
        "in the rest, only one category was used", "in the group, only one category was used",
    ]  # fmt: skip
    cohen = compare(study(), scales=scales_of(LEVEL), permutations=9, coefficients="cohen_kappa")
    assert set(cohen["undefined"]) == {"needs exactly two annotators, there are 3"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"by": ()}, "nothing to compare: say which column makes the groups, such as source"),
        (
            {"by": "annotator"},
            "cannot group by annotator: agreement is between annotators over items, on a variable",
        ),
        ({"permutations": 0}, "permutations: 0 is below 1; 1999 is usual"),
        ({"correction": "sidak"}, "correction 'sidak' is not known; there are holm, benjamini_hochberg"),
        (
            {"by": "team"},
            (
                "variable v: cannot compare by team: some of 9 items are in several groups; "
                "the test moves whole items, so each must be in one group "
                "(coders of kinds who rated the same items are compared by annotate annotators kinds)"
            ),
        ),
    ],
)
def test_refused(settings, message):
    ratings = table(ITEMS).assign(team=lambda frame: frame["annotator"])
    with pytest.raises(StatisticsError) as refused:
        compare(ratings, **{"scales": scales_of(LEVEL), **settings})
    assert str(refused.value) == message


def test_groups_of_different_variables():
    with pytest.raises(StatisticsError, match="groups to be compared are of one variable"):
        align(
            [
                from_items([[1, 1]], Scale("nominal", tuple("ab"))),
                from_items([[1, 1]], Scale("nominal", tuple("xy"))),
            ]
        )


def test_by_other_columns():
    ratings = study().assign(desk=lambda frame: np.where(frame["item"].str[1:].astype(int) < 15, "a", "b"))
    found = compare(
        ratings, by=("desk", "source"), scales=scales_of(LEVEL), permutations=9, coefficients="gwet_ac1"
    )
    assert list(found.columns[:3]) == ["source", "desk", "variable"]
    assert list(zip(found["desk"], found["source"], strict=True)) == [(d, s) for d in "ab" for s in "stu"]
    alone = compare(ratings, by="desk", scales=scales_of(LEVEL), permutations=9, coefficients="gwet_ac1")
    assert alone["source"].tolist() == [None, None]
    assert alone["desk"].tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("first", "second", "least"),
    [(3, 3, 0.1), (2, 4, 0.067), (1, 7, 0.12), (3, 4, None), (1, 20, None), (4, 4, None)],
)
def test_of_too_few_documents_there_is_no_test_and_the_reason_is_said(first, second, least):
    rng = np.random.default_rng(first * 100 + second)
    rows = [
        (f"i{d}.{p}", f"A{who}", "xy"[int(rng.random() < 0.5)], f"d{d:02}", "one" if d < first else "two")
        for d in range(first + second)
        for p in range(6)
        for who in range(3)
    ]
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category", "document", "source"])
    found = compare(
        frame.assign(variable="v"),
        coefficients="krippendorff_alpha",
        scales=scales_of({"v": "nominal"}),
        permutations=399,
    ).iloc[0]
    assert math.isfinite(found["difference"])
    if least is None:
        assert 0 < found["p_value"] <= 1
    else:
        assert math.isnan(found["p_value"])
        assert found["undefined"] == f"with {first} and {second} documents no p-value is below {least:g}"
