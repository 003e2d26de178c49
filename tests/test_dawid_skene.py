"""The model of Dawid & Skene: published figures, a literal reference, planted annotators, invariants."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.codebook.scale import Scale, scales_of
from annotate.consensus import MEANINGS, MODELS, annotators, decisions, fitted, models, resolve
from annotate.consensus._responses import responses
from annotate.consensus.em import climb, expect, shares
from annotate.errors import StatisticsError

DS = MODELS["dawid-skene"]

GOLDEN = json.loads(
    (Path(__file__).parent / "golden" / "dawid_skene1979_anaesthetists.json").read_text(encoding="utf-8")
)
NOMINAL = {"v": "nominal"}
some = settings(max_examples=15, deadline=None, derandomize=True)


def table(rows):
    """Rows of item, annotator, category, round."""
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category", "round"])
    return frame.astype({"item": "str", "annotator": "str", "category": "str"}).assign(variable="v")


def anaesthetists():
    return table([
        (f"patient {patient:02}", f"observer {observer}", str(rating), number)
        for patient, row in enumerate(GOLDEN["ratings"], 1)
        for observer, chosen in enumerate(row, 1)
        for number, rating in enumerate(chosen, 1)
    ])  # fmt: skip


def fit(frame, **more):
    return fitted(frame, scales=scales_of(NOMINAL), **more)[0]


def planted(n_items, rates, prevalence, seed=1, missing=0.0):
    """Annotators (A x K x K) judge items; the truth of each item, and the table."""
    rng = np.random.default_rng(seed)
    size = len(prevalence)
    truth = rng.choice(size, n_items, p=prevalence)
    rows = [
        (f"p{item:05}", f"A{who}", "abcdef"[rng.choice(size, p=rate[truth[item]])], 1)
        for item in range(n_items) for who, rate in enumerate(rates) if rng.random() >= missing
    ]  # fmt: skip
    return truth, table(rows)


@st.composite
def designs(draw, categories=3, annotators=4):
    """Items x annotators: how often each category was chosen, most often once or not at all."""
    choice = st.sampled_from([*range(categories)] * 4 + [None])
    again = st.sampled_from([1, 1, 1, 1, 2, 3])
    n_items = draw(st.integers(1, 9))
    rows = []
    for item in range(n_items):
        for who in range(annotators):
            for number in range(draw(again)):
                chosen = draw(choice)
                if chosen is not None:
                    rows.append((f"p{item}", f"A{who}", "xyz"[chosen], number + 1))
    return rows or [("p0", "A0", "x", 1)]


def coded(rows):
    frame = table(rows)
    codes = [pd.factorize(frame[column], sort=True) for column in ("item", "annotator", "category")]
    (item, items), (who, people), (category, names) = codes
    found = responses(
        item.astype(np.int64),
        who.astype(np.int64),
        category.astype(np.int64),
        n_annotators=len(people),
        n_categories=len(names),
    )
    counts = np.zeros((len(items), len(people), len(names)))
    np.add.at(counts, (item, who, category), 1)
    return found, counts


# ---- the paper -------------------------------------------------------------------------------------


def test_the_anaesthetists_of_1979():
    found = fit(anaesthetists(), tolerance=0)
    assert found.log_likelihood == pytest.approx(-190.73099659487977, abs=1e-8)
    assert np.round(found.prevalence, 2).tolist() == GOLDEN["published"]["class_marginals"]
    np.testing.assert_allclose(found.prevalence, GOLDEN["mle_class_marginals"], atol=2e-8)
    np.testing.assert_allclose(found.error_rates, GOLDEN["mle_error_rates_observer_true_observed"], atol=2e-7)
    order = found.items.argsort()
    np.testing.assert_allclose(found.posterior[order], GOLDEN["mle_posterior"], atol=2e-8)


def test_by_default_the_anaesthetists_come_out_to_all_published_digits():
    found = fit(anaesthetists())
    assert found.log_likelihood == pytest.approx(-190.73099659487977, abs=1e-6)
    np.testing.assert_allclose(found.prevalence, GOLDEN["mle_class_marginals"], atol=1e-5)
    order = found.items.argsort()
    np.testing.assert_allclose(found.posterior[order], GOLDEN["mle_posterior"], atol=1e-4)


def test_higher_maxima_than_the_published_one_are_told_and_can_be_had():
    found = fit(anaesthetists(), starts=60)
    told = models([found]).iloc[0]
    assert told["highest"] == pytest.approx(-189.405, abs=1e-3)
    assert told["log_likelihood"] == pytest.approx(-190.731, abs=1e-3)
    assert told["n_differing"] == 1
    assert 1 < told["n_agreeing"] < told["n_starts"] == 60
    assert "another maximum as high" in told["caution"]
    highest = fit(anaesthetists(), starts=60, keep="highest")
    assert highest.log_likelihood == pytest.approx(told["highest"], abs=1e-6)
    assert not any("another maximum" in name for name in highest.cautions)


# ---- a literal reference ---------------------------------------------------------------------------


def literal_step(counts, posterior):
    """One step of EM in plain loops, from posteriors to posteriors; with the log-likelihood in between."""
    n_items, people, size = counts.shape
    prevalence = [sum(posterior[i][k] for i in range(n_items)) / n_items for k in range(size)]
    rates = [[[0.0] * size for _ in range(size)] for _ in range(people)]
    for j in range(people):
        for k in range(size):
            given = [sum(posterior[i][k] * counts[i][j][c] for i in range(n_items)) for c in range(size)]
            if sum(given):
                rates[j][k] = [value / sum(given) for value in given]
    after, log_likelihood = [], 0.0
    for i in range(n_items):
        joint = [
            prevalence[k]
            * math.prod(
                rates[j][k][c] ** counts[i][j][c]
                for j in range(people)
                for c in range(size)
                if counts[i][j][c]
            )
            for k in range(size)
        ]
        log_likelihood += math.log(sum(joint))
        after.append([value / sum(joint) for value in joint])
    return after, log_likelihood


def votes(counts):
    return [[row[:, k].sum() / row.sum() for k in range(counts.shape[2])] for row in counts]


@some
@given(designs())
def test_every_step_is_that_of_the_literal_reference(rows):
    found, counts = coded(rows)
    posterior, expected = shares(found), votes(counts)
    np.testing.assert_allclose(posterior.T[found.pattern], expected, atol=1e-12)
    for _ in range(6):
        now = expect(DS, found, DS.maximise(found, posterior, None))
        expected, log_likelihood = literal_step(counts, expected)
        np.testing.assert_allclose(now.posterior.T[found.pattern], expected, atol=1e-9)
        assert now.log_likelihood == pytest.approx(log_likelihood, abs=1e-9)
        posterior = now.posterior


@some
@given(designs())
def test_the_climb_never_falls_and_ends_where_a_step_gains_nothing(rows):
    found, counts = coded(rows)
    end = climb(DS, found, shares(found), tolerance=1e-12, most=10_000)
    assert end.converged
    assert np.all(np.diff(end.path) >= -1e-12)
    again = expect(DS, found, DS.maximise(found, end.expected.posterior, None))
    assert again.log_likelihood <= end.expected.log_likelihood + 1e-9 * max(1, abs(end.path[-1]))
    expected = votes(counts)
    for _ in range(20):
        expected, log_likelihood = literal_step(counts, expected)
    assert end.path[-1] >= end.path[0] - 1e-12
    assert log_likelihood >= end.path[0] - 1e-9  # the reference climbs from the same place


@pytest.mark.parametrize("seed", range(6))
def test_the_fast_climb_ends_where_slow_em_ends(seed):
    rng = np.random.default_rng(seed)
    rates = [np.full((3, 3), 0.15) + 0.55 * np.eye(3)] * 5
    _, frame = planted(60, rates, [0.5, 0.3, 0.2], seed=seed, missing=0.25)
    again = frame.sample(20, random_state=seed).assign(round=2)
    again["category"] = rng.choice(list("abc"), 20)
    found, counts = coded(pd.concat([frame, again])[["item", "annotator", "category", "round"]].to_numpy())
    end = climb(DS, found, shares(found), tolerance=0, most=10_000)
    posterior, before = np.array(votes(counts)), -math.inf
    for _ in range(5000):
        prevalence = posterior.mean(axis=0)
        given = np.einsum("ijc,ik->jkc", counts, posterior)
        rate = given / np.maximum(given.sum(axis=2, keepdims=True), 1e-300)
        joint = np.log(np.maximum(rate, 1e-300))
        scores = np.log(prevalence) + np.einsum("ijc,jkc->ik", counts, joint)
        log_likelihood = np.logaddexp.reduce(scores, axis=1)
        posterior = np.exp(scores - log_likelihood[:, None])
        if log_likelihood.sum() - before < 1e-13:
            break
        before = log_likelihood.sum()
    assert end.expected.log_likelihood == pytest.approx(before, abs=1e-6)
    np.testing.assert_allclose(end.expected.posterior.T[found.pattern], posterior, atol=1e-3)


def test_items_with_the_same_answers_are_one_pattern_whatever_the_order():
    rows = [
        ("p1", "A", "x", 1),
        ("p1", "B", "y", 1),
        ("p2", "B", "y", 1),
        ("p2", "A", "x", 1),
        ("p3", "A", "x", 1),
    ]
    found, _ = coded(rows)
    assert found.n.tolist() == [2, 1]
    assert found.pattern.tolist() == [0, 0, 1]
    assert found.n_answers.tolist() == [2, 1]
    assert found.n_ratings == 5


# ---- planted annotators ----------------------------------------------------------------------------


def confusing(accuracy, size=3):
    return np.full((size, size), (1 - accuracy) / (size - 1)) * (1 - np.eye(size)) + accuracy * np.eye(size)


def test_planted_annotators_are_recovered():
    careless = np.full((3, 3), 1 / 3)
    biased = np.array([[0.9, 0.1, 0.0], [0.0, 0.9, 0.1], [0.0, 0.6, 0.4]])  # calls most c's b
    rates = [confusing(0.9), confusing(0.8), confusing(0.7), biased, careless]
    prevalence = [0.5, 0.3, 0.2]
    truth, frame = planted(4000, rates, prevalence, missing=0.2)
    found = fit(frame)
    assert found.categories == ("a", "b", "c")
    np.testing.assert_allclose(found.prevalence, prevalence, atol=0.03)
    np.testing.assert_allclose(found.error_rates, rates, atol=0.05)
    assert found.cautions == ()
    assert all(start.agrees for start in found.starts)

    order = found.items.argsort()
    truth = truth[found.items[order].str[1:].astype(int)]  # of those that anybody judged
    right = found.posterior[order].argmax(axis=1) == truth
    by_votes = resolve(frame, scales=scales_of(NOMINAL))["category"] == np.array(list("abc"))[truth]
    assert right.mean() > 0.85
    assert right.mean() > by_votes.mean() + 0.02

    accuracy = annotators([found]).query("figure == 'accuracy'").set_index("annotator")["value"]
    assert accuracy.sort_values().index[0] == "A4"
    assert accuracy["A4"] == pytest.approx(1 / 3, abs=0.04)
    assert accuracy["A0"] == pytest.approx(0.9, abs=0.03)


def test_posteriors_are_calibrated_on_planted_items():
    truth, frame = planted(3000, [confusing(0.75)] * 4, [0.4, 0.4, 0.2])
    found = fit(frame)
    posterior = found.posterior[found.items.argsort()]
    sure = posterior.max(axis=1)
    right = posterior.argmax(axis=1) == truth
    for low, high in ((0.4, 0.7), (0.7, 0.95), (0.95, 1.01)):
        here = (sure >= low) & (sure < high)
        assert right[here].mean() == pytest.approx(sure[here].mean(), abs=0.06)


# ---- invariants ------------------------------------------------------------------------------------


def by_item(frame, **more):
    return decisions(fitted(frame, scales=scales_of(NOMINAL), **more)).set_index("item")


@some
@given(designs(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_matter_to_any_digit(rows, random):
    shuffled = rows[:]
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(by_item(table(rows)), by_item(table(shuffled)))


@some
@given(designs())
def test_posteriors_are_probabilities_and_seeds_repeat(rows):
    found = fit(table(rows), seed=3)
    np.testing.assert_allclose(found.posterior.sum(axis=1), 1, atol=1e-12)
    assert found.posterior.min() >= 0
    assert found.prevalence.sum() == pytest.approx(1)
    known = ~np.isnan(found.error_rates).any(axis=2)
    np.testing.assert_allclose(found.error_rates.sum(axis=2)[known], 1, atol=1e-9)
    again = fit(table(rows), seed=3)
    assert again.starts == found.starts
    assert set(found.cautions) <= set(MEANINGS)


def large(seed):
    rates = [confusing(0.85), confusing(0.75), confusing(0.7), confusing(0.8)]
    return planted(300, rates, [0.5, 0.3, 0.2], seed=seed, missing=0.1)[1]


@pytest.mark.parametrize("seed", range(3))
def test_names_are_of_no_matter(seed):
    frame = large(seed)
    before = by_item(frame)
    renamed = frame.assign(
        item="q" + frame["item"],
        annotator=frame["annotator"].map({"A0": "z", "A1": "m", "A2": "b", "A3": "a"}),
        category=frame["category"].map({"a": "n", "b": "m", "c": "l"}),
    )
    after = by_item(renamed)
    after.index = after.index.str[1:]
    back = {"n": "a", "m": "b", "l": "c"}
    assert [back[name] for name in after["category"]] == before["category"].tolist()
    np.testing.assert_allclose(after["posterior"], before["posterior"], atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_unanimous_items_are_what_all_say(seed):
    frame = large(seed)
    said = frame.groupby("item")["category"].agg(["nunique", "first", "size"])
    unanimous = said[(said["nunique"] == 1) & (said["size"] == 4)]
    found = by_item(frame).loc[unanimous.index]
    assert len(unanimous) > 50
    assert (found["category"] == unanimous["first"]).all()
    assert found["posterior"].min() > 0.95


def test_annotators_who_are_alike_leave_a_tie():
    found = by_item(table([
        *((f"p{number}", who, "x" if number < 5 else "y", 1) for number in range(10) for who in "AB"),
        *(("p10", "A", "x", 1), ("p10", "B", "y", 1), ("p11", "A", "y", 1), ("p11", "B", "x", 1)),
    ]))  # fmt: skip
    assert found.loc["p10", "tie"]
    assert found.loc["p10", "category"] is None
    assert found.loc["p10", "tied"] == '["x","y"]'
    assert found.loc["p10", "posterior"] == pytest.approx(0.5)
    assert not found.loc["p1", "tie"]


def test_one_annotator_is_repeated_and_that_is_said():
    found = by_item(table([("p1", "A", "x", 1), ("p2", "A", "y", 1), ("p3", "A", "y", 1)]))
    assert found["category"].tolist() == ["x", "y", "y"]
    for name in ("one rating", "fewer than three annotators", "few ratings an item", "few ratings a rate"):
        assert name in found["caution"].iloc[0]


def test_one_category_is_certain_and_that_is_said():
    frame = table([(f"p{number}", who, "x", 1) for number in range(12) for who in "ABC"])
    found = fit(frame)
    assert found.cautions == ("one category",)
    assert found.log_likelihood == 0
    told = by_item(frame)
    assert (told["posterior"] == 1).all()
    assert set(told["caution"]) == {"one category"}


def test_repeats_are_observations_but_have_no_votes_of_their_own():
    frame = anaesthetists()
    assert resolve(frame, scales=scales_of(NOMINAL))["n_ratings"].unique().tolist() == [5]
    assert resolve(frame, scales=scales_of(NOMINAL), method="dawid-skene")["n_ratings"].unique().tolist() == [
        7
    ]
    assert fit(frame.loc[frame["round"] == 1]).log_likelihood > -190


# ---- when not to believe it ------------------------------------------------------------------------


def test_annotators_who_share_no_item_are_unconnected():
    rows = [
        (f"p{team}{number}", f"{team}{who}", "xy"[number % 2], 1)
        for team in "AB" for number in range(30) for who in range(3)
    ]  # fmt: skip
    assert "unconnected annotators" in fit(table(rows)).cautions
    bridge = [*rows, ("pA0", "B0", "x", 1)]
    assert "unconnected annotators" not in fit(table(bridge)).cautions


def test_few_ratings_are_said_to_be_few():
    rows = [
        ("p1", "A", "x", 1),
        ("p1", "B", "y", 1),
        ("p1", "C", "z", 1),
        ("p2", "A", "x", 1),
        ("p2", "B", "x", 1),
    ]
    found = fit(table(rows))
    assert {"fewer ratings than parameters", "category never ahead", "few ratings a rate"} <= set(
        found.cautions
    )
    assert found.n_parameters == 2 + 3 * 3 * 2


def test_a_category_never_met_has_no_error_rates():
    rates = [confusing(0.9)] * 3
    _, frame = planted(200, rates, [0.5, 0.3, 0.2], seed=4)
    never = frame.loc[frame["category"] != "c", "item"].drop_duplicates().head(1).iloc[0]
    told = annotators([fit(pd.concat([frame, table([(never, "late", "a", 1)])]))])
    late = told[(told["annotator"] == "late") & (told["figure"] == "error rate")]
    assert len(late) == 9
    assert ((late["value"].isna()) == late["undefined"].notna()).all()
    few = late[late["undefined"].isna()]
    assert set(few["caution"]) <= {"few ratings"}
    assert len(few) > 0


def test_tables_of_the_model_have_one_row_each():
    found = fitted(anaesthetists(), scales=scales_of(NOMINAL))
    told = annotators(found)
    assert len(told) == 4 + 5 * (1 + 16)
    assert told["value"].iloc[:4].tolist() == pytest.approx(found[0].prevalence.tolist(), abs=1e-4)
    rate = told[(told["figure"] == "error rate") & (told["annotator"] == "observer 1")]
    one = rate[(rate["true_category"] == "1") & (rate["category"] == "2")].iloc[0]
    assert one["value"] == pytest.approx(0.09257397, abs=1e-5)
    assert one["n_ratings"] == pytest.approx(3 * 45 * 0.39997, abs=1e-2)
    assert one["member"] is None
    model = models(found).iloc[0]
    assert (model["n_items"], model["n_annotators"], model["n_ratings"]) == (45, 5, 315)
    assert (model["n_categories"], model["n_parameters"]) == (4, 63)
    assert model["converged"]


# ---- sets ------------------------------------------------------------------------------------------


def sets(*rows):
    frame = pd.DataFrame([row.split() for row in rows], columns=["item", "annotator", "category"])
    return frame.astype("str").assign(variable="s")


def test_sets_are_decided_member_by_member():
    frame = sets(*(
        f"p{number:02} {who} {text}"
        for number in range(40)
        for who, text in zip("ABC", [['["a"]'] * 3, ['["a","b"]', '["b","a"]', '["a","b"]'], ["[]"] * 3][number % 3], strict=True)
    ), 'q A ["a"]', 'q B ["b"]', 'q C ["a","b"]')  # fmt: skip
    found = fitted(frame, scales={"s": Scale("set", ("b", "a", "unused"))})
    assert [one.member for one in found] == ["b", "a"]
    told = decisions(found).set_index("item")
    assert told.loc["p00", "category"] == '["a"]'
    assert told.loc["p01", "category"] == '["b","a"]'
    assert told.loc["p02", "category"] == "[]"
    assert told.loc["q", "category"] == '["b","a"]'  # which nobody but C chose
    assert told["n_ratings"].eq(3).all()
    assert set(annotators(found)["member"]) == {"b", "a"}
    assert set(annotators(found)["category"].dropna()) == {"absent", "present"}


def test_sets_that_are_tied_name_the_smallest_and_the_largest():
    rows = [
        f"p{number} {who} {text}"
        for number in range(8)
        for who in "AB"
        for text in [['["a"]', "[]"][number % 2]]
    ]
    told = decisions(
        fitted(sets(*rows, 'q A ["a"]', "q B []", "r A []", 'r B ["a"]'), scales={"s": Scale("set")})
    ).set_index("item")  # fmt: skip
    assert told.loc["q", "tie"]
    assert json.loads(told.loc["q", "tied"]) == ["[]", '["a"]']


def test_of_a_set_only_the_cautions_of_what_was_chosen_are_told():
    said = ("[]", '["a"]')
    rows = [f"p{number:02} {who} {said[number % 2]}" for number in range(40) for who in "ABC"]
    frame = sets(*rows, 'q A ["a","rare"]', 'q B ["a"]', 'q C ["a"]')
    fits = fitted(frame, scales={"s": Scale("set")})
    of_model = models(fits).set_index("member")["caution"]
    assert of_model["a"] is None
    assert "category never ahead" in of_model["rare"]
    told = decisions(fits).set_index("item")["caution"]
    assert "category never ahead" in told["q"]
    assert told.drop("q").isna().all()


def test_sets_that_are_all_empty_are_one_category():
    told = decisions(fitted(sets("p A []", "p B []", "q A []"), scales={"s": Scale("set")}))
    assert told["category"].tolist() == ["[]", "[]"]


# ---- shape and docs ---------------------------------------------------------------------------------


def test_many_annotators_of_few_items_are_the_reference_too():
    rng = np.random.default_rng(5)
    rows = [(f"p{item}", f"A{who:03}", "xy"[rng.integers(2)], 1) for item in range(3) for who in range(150)]
    found, counts = coded(rows)
    assert len(found.cells) == 150
    now = expect(DS, found, DS.maximise(found, shares(found), None))
    expected, log_likelihood = literal_step(counts, votes(counts))
    np.testing.assert_allclose(now.posterior.T[found.pattern], expected, atol=1e-9)
    assert now.log_likelihood == pytest.approx(log_likelihood)


def test_every_caution_is_explained_in_the_docs():
    page = (Path(__file__).parents[1] / "docs" / "consensus.md").read_text(encoding="utf-8")
    told = dict(line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `"))
    assert {name.strip("`"): meaning for name, meaning in told.items()} == MEANINGS


# ---- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"keep": "best"}, "there are votes, highest"),
        ({"starts": 0}, "one start is the least"),
        ({"tolerance": -1}, "below 0"),
        ({"tolerance": math.nan}, "below 0"),
        ({"seed": -1}, "seed: -1 is below 0"),
        ({"variables": ["w"]}, "variable w is not in the ratings; they have v"),
    ],
)
def test_a_setting_out_of_range_is_said_in_one_line(more, said):
    with pytest.raises(StatisticsError, match=said) as caught:
        fit(anaesthetists(), **more)
    assert "\n" not in str(caught.value)
