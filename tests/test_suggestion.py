"""Suggestions are as good as what was planted, and no better: where nothing can be learnt, nothing is pushed."""

import string
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.codebook.read import read_codebook
from annotate.codebook.scale import Scale, scales_of
from annotate.coordination.suggestion import PREFIX, passing, pushable, suggest, without_suggested
from annotate.coordination.suggestion._quality import effective, intraclass
from annotate.coordination.suggestion._suggest import uncertainty
from annotate.coordination.suggestion.labels import joined_decided, read_decided
from annotate.coordination.suggestion.learning import LEAST_LABELS, LEAST_OF_CATEGORY, examples, held_out
from annotate.errors import InputError
from annotate.sampling import wilson
from annotate.study.annotations import hidden_by, suggested_by

SCALES = scales_of({"kind": "nominal"})
TEMPLATES = {
    "count": "The harbour office of Ommer counted {} ferries at quay {}.",
    "demand": "Nobody should have to wait {} days, and the council must act before day {}.",
}
CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Choices name="kind" toName="text" choice="single">
    <Choice value="A count" alias="count"/><Choice value="demand"/><Choice value="none"/>
  </Choices>
  <View visibleWhen="choice-unselected" whenTagName="kind" whenChoiceValue="none">
    <Choices name="basis" toName="text" choice="single"><Choice value="record"/><Choice value="word"/></Choices>
  </View>
  <View visibleWhen="choice-selected" whenTagName="kind" whenChoiceValue="A count, demand">
    <View visibleWhen="choice-selected" whenTagName="basis">
      <Choices name="firm" toName="text" choice="single"><Choice value="yes"/><Choice value="no"/></Choices>
    </View>
  </View>
  <Choices name="place" toName="text" choice="single" visibleWhen="region-selected"><Choice value="here"/></Choices>
</View>"""


def planted(n=120, documents=12, seed=0):
    """Passages whose kind their words tell, and their kinds."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(list(TEMPLATES), n)
    texts = [TEMPLATES[kind].format(*rng.integers(1000, 9999, 2)) for kind in kinds]
    passages = pd.DataFrame(
        {
            "item": [f"p{i:04}" for i in range(n)],
            "document": [f"d{i % documents}" for i in range(n)],
            "text": texts,
        }
    )
    return passages, kinds


def decided(passages, categories, variable="kind"):
    return pd.DataFrame({"item": passages["item"], "variable": variable, "category": list(categories)})


def one(quality, category, measure):
    rows = quality[(quality["measure"] == measure)]
    rows = rows[rows["category"].isna() if category is None else rows["category"] == category]
    return rows.iloc[0]


def learn(passages, labels, waiting=(), **more):
    return suggest(passages, labels, waiting, **{"scales": SCALES, **more})


def test_what_can_be_learnt_is_learnt_and_may_be_pushed():
    passages, kinds = planted(160)
    made = learn(passages, decided(passages[:120], kinds[:120]), passages["item"][120:])
    assert one(made.quality, None, "accuracy")["value"] == 1
    assert one(made.quality, "count", "precision")["ci_low"] > 0.9
    assert dict(zip(made.queue["item"], made.queue["category"], strict=True)) == dict(
        zip(passages["item"][120:], kinds[120:], strict=True)
    )
    assert sorted(made.queue["rank"]) == list(range(1, 41))
    assert made.queue["uncertainty"].is_monotonic_decreasing
    assert set(passing(made.quality, 0.9)["category"]) == {"count", "demand"}
    assert len(pushable(made.queue, made.quality, read_codebook(CONFIG), min_precision=0.9)) == 40
    assert pushable(made.queue, made.quality, read_codebook(CONFIG), min_precision=1.0).empty


@pytest.mark.parametrize("seed", range(4))
def test_random_labels_never_pass(seed):
    passages, _ = planted(160, seed=seed)
    coin = np.random.default_rng(1000 + seed).choice(["heads", "tails"], 160)
    made = learn(passages, decided(passages[:120], coin[:120]), passages["item"][120:], seed=seed)
    assert one(made.quality, None, "accuracy")["ci_low"] < 0.55
    assert passing(made.quality, 0.6).empty


def test_a_category_that_most_passages_have_does_not_pass_by_that_alone():
    passages, _ = planted(300, documents=30)
    labels = np.random.default_rng(3).choice(["firm", "hedged"], 300, p=[0.93, 0.07])
    made = learn(passages, decided(passages, labels))
    assert one(made.quality, "firm", "precision")["ci_low"] > 0.8
    assert passing(made.quality, 0.8).empty


def test_the_same_seed_gives_the_same():
    passages, kinds = planted(100)
    labels = decided(passages[:80], kinds[:80])
    first, again, other = (learn(passages, labels, passages["item"][80:], seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.quality, again.quality)
    pd.testing.assert_frame_equal(first.queue, again.queue)
    assert first.version == again.version == other.version  # of the labels, not of the test
    assert first.version.startswith(PREFIX)
    shuffled = labels.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(
        learn(passages, shuffled, passages["item"][80:], seed=1).quality, first.quality
    )
    fewer = learn(passages, labels[1:], passages["item"][80:])
    assert fewer.version != first.version


def test_a_document_is_never_learnt_from_when_it_is_tested():
    """Each document has a word of its own and one kind: who knew the document would know the kind."""
    rng = np.random.default_rng(0)
    names = ["".join(rng.choice(list(string.ascii_lowercase), 12)) for _ in range(24)]
    document = np.repeat(np.arange(24), 6)
    of_document = np.array(["count", "demand"])[np.arange(24) % 2]
    passages = pd.DataFrame(
        {
            "item": [f"p{i}" for i in range(144)],
            "document": [f"d{d}" for d in document],
            "text": [f"{names[d]} {names[d]} {rng.integers(1000)}" for d in document],
        }
    )
    made = learn(passages, decided(passages, of_document[document]))
    assert one(made.quality, None, "accuracy")["value"] < 0.75
    alone = passages.assign(
        document=passages["item"]
    )  # the same, were each passage a document, less its copies
    leaky = learn(alone.assign(text=[f"{text} {i} {i + 1}" for i, text in enumerate(alone["text"])]),
                  decided(alone, of_document[document]))  # fmt: skip
    assert one(leaky.quality, None, "accuracy")["value"] > 0.9


def test_copies_in_other_documents_are_not_learnt_from():
    """Every text stands in two documents with the same random label: only who kept copies would know it."""
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list(string.ascii_lowercase), 6)) for _ in range(300)]
    texts = [" ".join(rng.choice(words, 9)) for _ in range(60)]
    labels = rng.choice(["heads", "tails"], 60)
    passages = pd.DataFrame(
        {
            "item": [f"p{i}" for i in range(120)],
            "document": [f"d{i % 60 % 10 + 10 * (i // 60)}" for i in range(120)],
            "text": [*texts, *(f"{text}!" for text in texts)],
        }
    )
    made = learn(passages, decided(passages, [*labels, *labels]))
    assert made.copies["kind"] > 60
    assert one(made.quality, None, "accuracy")["value"] < 0.7


def test_too_few_labels_are_refused_in_words():
    passages, kinds = planted(LEAST_LABELS)
    few = learn(passages, decided(passages[1:], kinds[1:]), passages["item"])
    row = few.quality.iloc[0]
    assert np.isnan(row["value"])
    assert row["undefined"] == f"{LEAST_LABELS - 1} decided passages, at least {LEAST_LABELS} are needed"
    assert few.queue.empty
    assert not learn(passages, decided(passages, kinds), passages["item"]).queue.empty
    four = passages.assign(document=[f"d{i % 4}" for i in range(len(passages))])
    assert "4 documents" in learn(four, decided(four, kinds)).quality["undefined"][0]
    assert (
        "at least 2" in learn(passages, decided(passages, ["count"] * len(passages))).quality["undefined"][0]
    )
    numbers = learn(passages, decided(passages, kinds), scales=scales_of({"kind": "ratio"}))
    assert "ratio" in numbers.quality["undefined"][0]


def test_a_category_with_few_examples_is_never_suggested_and_counts_as_error():
    passages, kinds = planted(160)
    kinds = kinds.astype(object)
    rare = list(range(0, 12 * (LEAST_OF_CATEGORY - 1), 12))
    kinds[rare] = "rare"
    texts = passages["text"].to_numpy(object)
    texts[[*rare, 150]] = "Zzyzx qwrt."
    passages = passages.assign(text=texts)
    made = learn(passages, decided(passages[:130], kinds[:130]), passages["item"][130:])
    assert "rare" not in set(made.queue["category"])
    row = made.queue[made.queue["item"] == "p0150"].iloc[0]
    assert (row["category"], row["undefined"]) == (None, "too few examples of rare")
    assert "never suggested" in one(made.quality, "rare", "precision")["undefined"]
    assert passing(made.quality, 0.01)["category"].isin(["count", "demand"]).all()
    assert one(made.quality, None, "accuracy")["n"] == 130


def test_ties_and_unknown_passages_are_not_learnt_from():
    passages, kinds = planted(80)
    labels = decided(passages, kinds)
    labels.loc[:9, "category"] = None
    more = pd.concat([labels, pd.DataFrame({"item": ["elsewhere"], "variable": "kind", "category": "count"})])
    (found,) = examples(
        passages, more, scales=scales_of({"kind": "nominal"}, {"kind": ("demand", "count")}), variables=None
    )
    assert (len(found.items), found.categories) == (70, ("demand", "count"))


def test_variables_are_named():
    passages, kinds = planted(80)
    with pytest.raises(InputError, match="mood: no such variable; there are kind"):
        learn(passages, decided(passages, kinds), variables=["mood"])
    labels = pd.concat([decided(passages, kinds)] * 2)
    with pytest.raises(InputError, match="decided twice"):
        learn(passages, labels)
    both = pd.concat([decided(passages, kinds), decided(passages, kinds[::-1], "other")])
    made = learn(
        passages, both, passages["item"], scales={**SCALES, "other": Scale("nominal")}, variables=["other"]
    )
    assert set(made.quality["variable"]) == set(made.queue["variable"]) == {"other"}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_texts_go_through(data):
    texts = data.draw(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
                               min_size=LEAST_LABELS + 4, max_size=LEAST_LABELS + 4))  # fmt: skip
    seed = data.draw(st.integers(0, 99))
    rng = np.random.default_rng(seed)
    passages = pd.DataFrame(
        {
            "item": [f"p{i}" for i in range(len(texts))],
            "document": [f"d{i % 6}" for i in range(len(texts))],
            "text": texts,
        }
    )
    labels = decided(passages[:LEAST_LABELS], rng.choice(["a", "b", "c"], LEAST_LABELS, p=[0.5, 0.4, 0.1]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = learn(passages, labels, passages["item"][LEAST_LABELS:], seed=seed)
    values = made.quality[["value", "ci_low", "ci_high"]].to_numpy()
    assert ((values >= 0) & (values <= 1) | np.isnan(values)).all()
    inside = made.quality.dropna(subset=["value", "ci_low"])
    assert (inside["ci_low"] <= inside["value"]).all()
    assert (inside["value"] <= inside["ci_high"]).all()
    assert sorted(made.queue["rank"]) == [1, 2, 3, 4]


def test_one_text_everywhere_says_nothing():
    passages, kinds = planted(80)
    same = passages.assign(text="The quay.")
    made = learn(same, decided(same, kinds), same["item"])
    assert (
        one(made.quality, None, "accuracy")["value"] == 0
    )  # all others are copies: there is nothing to learn from
    assert passing(made.quality, 0.01).empty


def test_quality_agrees_with_scikit_learn():
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    passages, kinds = planted(120)
    noisy = np.where(np.random.default_rng(5).random(120) < 0.25, "other", kinds)
    labels = decided(passages, noisy)
    made = learn(passages, labels, seed=7)
    (found,) = examples(passages, labels, scales=SCALES, variables=None)
    tested = held_out(found, 7)
    assert one(made.quality, None, "accuracy")["value"] == accuracy_score(found.codes, tested.predicted)
    expected = precision_recall_fscore_support(found.codes, tested.predicted, zero_division=np.nan)
    for place, category in enumerate(found.categories):
        for measure, values in zip(("precision", "recall", "f1"), expected, strict=False):
            assert one(made.quality, category, measure)["value"] == pytest.approx(values[place], nan_ok=True)


def test_wilson_against_statsmodels():
    from statsmodels.stats.proportion import proportion_confint

    for right, n in ((0, 7), (3, 9), (88, 100)):
        assert wilson(right / n, n, 0.9) == pytest.approx(proportion_confint(right, n, 0.1, "wilson"))
    assert np.isnan(wilson(float("nan"), 0, 0.95)).all()


def test_alike_passages_count_for_fewer():
    documents = np.repeat(np.arange(20), 5)
    whole = np.repeat(np.arange(20) % 2 == 0, 5)
    assert intraclass(whole, documents) == pytest.approx(1)
    assert effective(documents, 1.0) == pytest.approx(20)
    assert intraclass(np.tile([True, False, True, False, True], 20), documents) == 0
    assert effective(documents, 0.0) == 100
    assert intraclass(whole, np.zeros(100, dtype=int)) == 0
    assert effective(np.array([], dtype=int), 0.5) == 0


def test_the_interval_holds_what_it_says_when_documents_differ():
    """Of precision, simulated: documents of 8 passages with a level of their own."""
    rng = np.random.default_rng(0)
    documents = np.repeat(np.arange(40), 8)
    held = naive = 0
    for _ in range(300):
        right = rng.random(320) < rng.beta(2.1, 0.9, 40)[documents]
        low, high = wilson(right.mean(), effective(documents, intraclass(right, documents)), 0.95)
        held += low <= 0.7 <= high
        low, high = wilson(right.mean(), 320, 0.95)
        naive += low <= 0.7 <= high
    assert held / 300 > 0.9
    assert naive / 300 < 0.85


def test_uncertainty_is_between_nothing_and_one():
    rows = np.array([[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0.0]])
    assert uncertainty(rows) == pytest.approx([0, 1, np.log(2) / np.log(3)])


def test_what_hangs_on_an_answer_that_is_not_suggested_is_not_asked():
    codebook = read_codebook(CONFIG)

    def shown(codebook, answers):
        told = hidden_by(codebook, answers)
        return {name for name in answers if told.get(name) == ()}

    assert shown(codebook, {"kind": "count", "basis": "record", "firm": "yes"}) == {"kind", "basis", "firm"}
    assert shown(codebook, {"kind": "none", "basis": "record", "firm": "yes"}) == {"kind"}
    assert shown(codebook, {"basis": "record", "firm": "yes"}) == set()
    assert shown(codebook, {"kind": "demand", "firm": "yes"}) == {"kind"}
    assert shown(codebook, {"kind": "count", "place": "here", "gone": "x"}) == {"kind"}


@pytest.mark.parametrize("precision", [0, -1, 1.1, float("nan")])
def test_a_precision_is_a_share(precision):
    with pytest.raises(InputError, match="above 0 and up to 1"):
        passing(pd.DataFrame(), precision)


def test_what_was_seen_is_left_out_and_counted():
    ratings = pd.DataFrame({"item": list("abcd"), "suggested": [None, "annotate-suggest 1", "", np.nan]})
    kept, count = without_suggested(ratings)
    assert (list(kept["item"]), count) == (["a", "c", "d"], 1)
    plain = ratings[["item"]]
    assert without_suggested(plain) == (plain, 0)


def test_the_export_tells_what_was_seen():
    shown_there = {"id": 3, "model_version": "annotate-suggest 0a", "result": []}
    assert suggested_by({"prediction": shown_there, "parent_prediction": 3}) == "annotate-suggest 0a"
    assert suggested_by({"prediction": shown_there, "parent_prediction": None}) == "annotate-suggest 0a"
    assert suggested_by({"prediction": {}, "parent_prediction": 3}) == "(unnamed model)"
    assert suggested_by({"prediction": {"id": 3, "model_version": None}}) == "(unnamed model)"
    assert suggested_by({"prediction": {}, "parent_prediction": None}) is None
    assert suggested_by({}) is None


def test_decided_labels_are_read_and_go_first(tmp_path):
    path = tmp_path / "decided.csv"
    path.write_text("item,variable,category,by\na,kind,count,x\nb,kind,,x\nc,mood,good,x\n", encoding="utf-8")
    first = read_decided(path, ["kind"])
    assert first.to_dict("records") == [{"item": "a", "variable": "kind", "category": "count"}]
    then = pd.DataFrame({"item": ["a", "b"], "variable": "kind", "category": ["demand", None]})
    assert joined_decided(first, then)["category"].tolist()[0] == "count"
    assert len(joined_decided(first, then)) == 2
    path.write_text("item,variable,category\na,kind,x\na,kind,y\n", encoding="utf-8")
    with pytest.raises(InputError, match="decided twice"):
        read_decided(path, ["kind"])
    path.write_text("item,category\na,x\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column variable"):
        read_decided(path, ["kind"])
