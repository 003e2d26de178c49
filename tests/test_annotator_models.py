"""One-coin, MACE and GLAD: a literal reference of each, planted annotators, and what all models have in common."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scipy.special import betaln, digamma, gammaln

from annotate.codebook.scale import Scale
from annotate.consensus import MODELS, annotators, decisions, fitted, models
from annotate.consensus.em import climb, expect, shares
from tests.test_dawid_skene import coded, designs

some = settings(max_examples=15, deadline=None, derandomize=True)
every_model = pytest.mark.parametrize("method", list(MODELS))


def answers_of(counts):
    """Each answer as (item, annotator, category), in plain loops."""
    n_items, people, size = counts.shape
    return [
        (i, j, c)
        for i in range(n_items)
        for j in range(people)
        for c in range(size)
        for _ in range(int(counts[i, j, c]))
    ]


def posteriors(counts, prior, chance):
    """The posterior of each item and the log-likelihood, ``chance(i, j, c, k)`` the probability of an answer."""
    n_items, _, size = counts.shape
    joint = np.tile(np.array(prior, dtype=float), (n_items, 1))
    for i, j, c in answers_of(counts):
        for k in range(size):
            joint[i, k] *= chance(i, j, c, k)
    return joint / joint.sum(axis=1, keepdims=True), float(np.log(joint.sum(axis=1)).sum())


@some
@given(designs())
def test_each_step_of_one_coin_is_that_of_the_literal_reference(rows):
    found, counts = coded(rows)
    size, model = found.n_categories, MODELS["one-coin"]
    posterior = shares(found)
    literal = posterior.T[found.pattern]
    before = None
    for _ in range(4):
        before = model.maximise(found, posterior, before)
        now = expect(model, found, before)
        right, all_of = np.zeros(found.n_annotators), np.zeros(found.n_annotators)
        for i, j, c in answers_of(counts):
            right[j] += literal[i, c]
            all_of[j] += 1
        accuracy = right / all_of
        literal, log_likelihood = posteriors(
            counts,
            literal.mean(axis=0),
            lambda _i, j, c, k, own=accuracy: own[j] if c == k else (1 - own[j]) / max(size - 1, 1),
        )
        np.testing.assert_allclose(now.posterior.T[found.pattern], literal, atol=1e-9)
        assert now.log_likelihood == pytest.approx(log_likelihood, abs=1e-9)
        posterior = now.posterior


@some
@given(designs())
def test_each_step_of_mace_is_that_of_the_literal_reference(rows):
    """As section 3 of Hovy et al. (2013) has it, with the variational step of their program, one answer after another."""
    found, counts = coded(rows)
    people, size, model = found.n_annotators, found.n_categories, MODELS["mace"]
    knows, habit = np.full(people, 0.5), np.full((people, size), 1 / size)
    guesses = 1 - knows
    posterior, before = shares(found), None
    literal = posterior.T[found.pattern]
    for _ in range(4):
        before = model.maximise(found, posterior, before)
        now = expect(model, found, before)
        both, guessed = np.full((people, 2), 0.5), np.full((people, size), 10.0)
        for i, j, c in answers_of(counts):
            by_chance = guesses[j] * habit[j, c]
            known = literal[i, c] * knows[j] / (knows[j] + by_chance)
            both[j] += (known, 1 - known)
            guessed[j, c] += 1 - known
        total = digamma(both.sum(axis=1))
        knows, guesses = np.exp(digamma(both[:, 0]) - total), np.exp(digamma(both[:, 1]) - total)
        habit = np.exp(digamma(guessed) - digamma(guessed.sum(axis=1, keepdims=True)))
        literal, log_likelihood = posteriors(
            counts,
            [1 / size] * size,
            lambda _i, j, c, k, own=(knows, guesses, habit): own[1][j] * own[2][j, c] + own[0][j] * (c == k),
        )
        np.testing.assert_allclose(now.posterior.T[found.pattern], literal, atol=1e-9)
        assert now.log_likelihood == pytest.approx(log_likelihood - divergence(both, guessed), abs=1e-8)
        posterior = now.posterior


def divergence(both, guessed):
    """Of the Beta and Dirichlet distributions found from the priors."""
    total = 0.0
    for a, b in both:
        total += betaln(0.5, 0.5) - betaln(a, b)
        total += (a - 0.5) * digamma(a) + (b - 0.5) * digamma(b) - (a + b - 1) * digamma(a + b)
    for row in guessed:
        size = len(row)
        total += gammaln(row.sum()) - gammaln(row).sum() - gammaln(10.0 * size) + size * gammaln(10.0)
        total += ((row - 10.0) * (digamma(row) - digamma(row.sum()))).sum()
    return total


@some
@given(designs())
def test_glad_ends_at_a_maximum_of_what_the_paper_writes_down(rows):
    found, counts = coded(rows)
    size, model = found.n_categories, MODELS["glad"]
    end = climb(model, found, shares(found), tolerance=1e-12, most=2000)
    ability, ease = end.parameters.free
    of_item = ease[found.pattern]

    def height(ability, of_item):
        def chance(i, j, c, k):
            right = 1 / (1 + math.exp(-ability[j] * math.exp(of_item[i])))
            return right if c == k else (1 - right) / max(size - 1, 1)

        posterior, log_likelihood = posteriors(counts, [1 / size] * size, chance)
        prior = -(((ability - 1) ** 2).sum() + ((of_item - 1) ** 2).sum()) / 2
        return posterior, log_likelihood + prior

    posterior, reached = height(ability, of_item)
    np.testing.assert_allclose(end.expected.posterior.T[found.pattern], posterior, atol=1e-9)
    assert end.expected.log_likelihood == pytest.approx(reached, abs=1e-8)
    if size == 1:
        return  # the literal reference has an error to no other category, ours does not come to it
    for step in (1e-3, -1e-3):
        for place in range(len(ability)):
            moved = ability.copy()
            moved[place] += step
            assert height(moved, of_item)[1] <= reached + 1e-6
        for place in range(len(of_item)):
            moved = of_item.copy()
            moved[place] += step
            assert height(ability, moved)[1] <= reached + 1e-6


@every_model
@some
@given(rows=designs())
def test_no_climb_falls(method, rows):
    found, _ = coded(rows)
    end = climb(MODELS[method], found, shares(found), tolerance=1e-11, most=2000)
    assert np.all(np.diff(end.path) >= -1e-9)
    np.testing.assert_allclose(end.expected.posterior.sum(axis=0), 1)


# ---- planted annotators ----------------------------------------------------------------------------


def planted(accuracies, n_items=400, size=3, seed=1):
    """Annotators of these accuracies; one of None always says the first category."""
    rng = np.random.default_rng(seed)
    true = rng.integers(size, size=n_items)
    rows = []
    for who, accuracy in enumerate(accuracies):
        if accuracy is None:
            said = np.zeros(n_items, dtype=int)
        else:
            wrong = (true + rng.integers(1, size, size=n_items)) % size
            said = np.where(rng.random(n_items) < accuracy, true, wrong)
        rows += [(f"p{item:03}", f"A{who}", "abcdef"[one]) for item, one in enumerate(said)]
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category"]).assign(variable="v")
    return np.array(list("abcdef"))[true], frame


SCALES = {"v": Scale("nominal")}


@every_model
def test_planted_annotators_come_out_as_planted(method):
    accuracies = [0.95, 0.85, 0.75, 0.6, None]
    true, frame = planted(accuracies)
    fits = fitted(frame, scales=SCALES, method=method)
    told = annotators(fits).query("figure == 'accuracy'").set_index("annotator")["value"]
    np.testing.assert_allclose(told.iloc[:4], accuracies[:4], atol=0.06)
    assert told["A4"] == pytest.approx(1 / 3, abs=0.06)
    labels = decisions(fits).set_index("item")["category"]
    right = (labels.to_numpy() == true).mean()
    assert right > 0.96
    assert labels.index.tolist() == sorted(labels.index)
    assert models(fits)["converged"].all()


def test_mace_finds_who_guesses_and_glad_who_misleads():
    _, frame = planted([0.95, 0.85, 0.75, 0.6, None])
    competence = annotators(fitted(frame, scales=SCALES, method="mace")).query("figure == 'competence'")
    values = competence["value"].tolist()
    assert values[:4] == sorted(values[:4], reverse=True)
    assert values[4] < 0.1  # accuracy of a third, but by habit alone
    assert values[0] > 0.85
    _, frame = planted([0.95, 0.9, 0.9, 0.05], size=2)
    ability = annotators(fitted(frame, scales=SCALES, method="glad")).query("figure == 'ability'")["value"]
    assert ability.iloc[3] < 0 < ability.iloc[0]


def test_glad_knows_easy_items_from_hard_ones():
    rng = np.random.default_rng(3)
    true, hard = rng.integers(2, size=300), np.arange(300) % 2 == 1
    rows = []
    for who in range(9):
        right = rng.random(300) < np.where(hard, 0.6, 0.97)
        rows += [
            (f"p{i:03}", f"A{who}", "ab"[t if r else 1 - t])
            for i, (t, r) in enumerate(zip(true, right, strict=True))
        ]
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category"]).assign(variable="v")
    (fit,) = fitted(frame, scales=SCALES, method="glad")
    assert fit.ease[~hard].mean() > 1.5 * fit.ease[hard].mean()
    assert fitted(frame, scales=SCALES, method="mace")[0].ease is None


@every_model
def test_names_of_categories_change_nothing(method):
    _, frame = planted([0.9, 0.7, 0.6], n_items=60)
    one, other = (
        fitted(table, scales=SCALES, method=method)[0]
        for table in (frame, frame.assign(category=frame["category"].map({"a": "z", "b": "y", "c": "x"})))
    )
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-6)
    np.testing.assert_allclose(one.posterior, other.posterior[:, ::-1], atol=1e-3)
