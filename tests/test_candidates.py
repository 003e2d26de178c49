"""Candidates: which pairs of passages may make the same claim, why, and in which order."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from annotate.errors import AnnotateError, InputError, StatisticsError
from annotate.figures import quantities
from annotate.figures.recurring import recurring
from annotate.files import bundled
from annotate.provenance import candidates, reuse
from annotate.provenance._candidates import read_vectors
from annotate.reuse import likeness as module
from annotate.reuse.likeness import likeness
from annotate.study.passages import read_passages
from tests.marked_claims import average_precision, marked_claims

EXAMPLE = read_passages(bundled("tasks/example.json"))
ALL = 10**6


def passages(*texts, kind="body", published=None):
    rows = [
        {"item": f"p{n}", "document": f"d{n}", "source": f"s{n}", "published": date, "start": 0, "kind": kind, "text": text}
        for n, (text, date) in enumerate(zip(texts, published or [None] * len(texts), strict=True))
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(title=None, url=None, end=[len(text) for text in texts])


def ranked(found):
    return [frozenset(pair) for pair in zip(found["a_item"], found["b_item"], strict=True)]


@pytest.mark.parametrize(
    ("name", "least", "among_200"), [("tuned.txt", 0.43, 0.65), ("held_out.txt", 0.32, 0.5)]
)
def test_claims_in_other_words_come_early_and_earlier_than_by_letters_alone(name, least, among_200):
    table, right = marked_claims(name)
    found = ranked(candidates(table, most=ALL))
    precision = average_precision(found, right)
    assert precision >= least
    assert len(right & set(found[:200])) / len(right) >= among_200

    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(
        table["text"]
    )
    similar = (letters @ letters.T).toarray()
    pairs = [
        (-similar[a, b], frozenset((table["item"][a], table["item"][b])))
        for a in range(len(table))
        for b in range(a)
        if table["document"][a] != table["document"][b]
    ]
    alone = average_precision([pair for _, pair in sorted(pairs, key=lambda one: one[0])], right)
    assert precision > alone + 0.1


def test_it_does_not_matter_in_which_order_passages_come_or_how_they_are_called():
    found = candidates(EXAMPLE, most=100)
    shuffled = candidates(EXAMPLE.sample(frac=1, random_state=3), most=100)
    pd.testing.assert_frame_equal(found, shuffled)
    renamed = candidates(EXAMPLE.assign(item="x" + EXAMPLE["item"]), most=100)
    assert ("x" + found["a_item"]).tolist() == renamed["a_item"].tolist()


def test_a_pair_says_why_and_where_it_shares_text():
    found = candidates(EXAMPLE, most=ALL)
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    assert found["score"].round(6).is_monotonic_decreasing
    assert (found["a_document"] != found["b_document"]).all()
    shared = found.loc[found["shared_text"].notna()].set_index(["a_item", "b_item"])
    pairs = reuse(EXAMPLE).set_index(["a_item", "b_item"])
    assert set(shared.index) == set(pairs.index)
    offsets = ["a_start", "a_end", "b_start", "b_end"]
    assert (shared[offsets].astype("int64") == pairs.loc[shared.index, offsets]).all(axis=None)
    assert all(reasons[0] == "text" for reasons in shared["reasons"])
    assert all(found["reasons"].map(bool))
    others = found.loc[found["shared_text"].isna()]
    assert others[offsets].isna().all(axis=None)
    by_figure = found.loc[found["figures"].map(bool)]
    assert all("figure" in reasons for reasons in by_figure["reasons"])
    texts = dict(zip(EXAMPLE["item"], EXAMPLE["text"], strict=True))
    for row in by_figure.itertuples():
        assert row.figures[0]["a"] in texts[row.a_item]
        assert row.figures[0]["b"] in texts[row.b_item]


def test_the_earlier_passage_is_a_whatever_its_document_is_called():
    table = passages(
        "Forty carts were turned away.",
        "They turned forty carts away.",
        published=["2024-02-02", "2024-01-01"],
    )
    assert candidates(table)[["a_item", "b_item"]].to_numpy().tolist() == [["p1", "p0"]]
    assert candidates(table.assign(published=None))["a_item"].tolist() == ["p0"]


def test_a_figure_leads_to_a_pair_that_shares_no_word():
    table = passages(
        "About 3,400 villagers were told to leave.",
        "The order covered 3,412 inhabitants.",
        "It was a mistake to wait so long.",
    )
    best = candidates(table).iloc[0]
    assert (best["a_item"], best["b_item"], best["reasons"][0]) == ("p0", "p1", "figure")
    assert best["figures"] == [
        {"a": "About 3,400 villagers", "b": "3,412 inhabitants", "relation": "overlap"}
    ]
    lead = recurring(quantities(table), table)
    assert lead[["a_item", "b_item"]].to_numpy().tolist() == [["p0", "p1"]]


def test_boilerplate_is_left_out_and_counted():
    table = passages("Subscribe to the Observer.", "Subscribe to the Gazette.", kind="boilerplate")
    found = candidates(table)
    assert (len(found), found.attrs["left_out"], found.attrs["pairs"]) == (0, 2, 0)


@pytest.mark.parametrize("texts", [(), ("One text.",), ("", " "), ("!", "?"), ("The", "and"), ("水", "水")])
def test_texts_with_little_in_them_are_no_trouble(texts):
    table = passages(*texts) if texts else EXAMPLE.iloc[:0]
    assert set(candidates(table)["rank"]) <= {1}


def test_likeness_counts_pieces_as_scikit_learn_does():
    texts = EXAMPLE["text"].tolist()
    own = module._weighted(module._pieces(texts))
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts)
    assert np.allclose((own @ own.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-5)


def test_around_is_the_mean_of_the_nearest_five_in_the_other_document():
    rng = np.random.default_rng(1)
    documents = np.repeat([0, 1, 2], [7, 3, 1])
    vectors = rng.normal(size=(11, 4)).astype(np.float32)
    alike = likeness(["x"] * 11, documents, vectors=vectors)
    pairs = np.array([[0, 8], [2, 10], [9, 10]])
    whole = alike.of(np.array([[a, b] for a in range(11) for b in range(11)])).reshape(11, 11)

    def nearest(item, document):
        return np.sort(whole[item, documents == document])[::-1][:5].mean()

    expected = [(nearest(a, documents[b]) + nearest(b, documents[a])) / 2 for a, b in pairs.tolist()]
    assert alike.around(pairs) == pytest.approx(expected, abs=1e-6)


def test_with_many_passages_the_nearest_are_found_as_with_few(monkeypatch):
    table, _ = marked_claims("tuned.txt")
    every = candidates(table, most=40)
    monkeypatch.setattr(module, "ALL_PAIRS", 1)
    assert ranked(candidates(table, most=40)) == ranked(every)


def test_own_vectors_join_and_bring_pairs_that_share_nothing():
    table = passages("Forty carts waited.", "Nobody came through.", "The bells rang.")
    vectors = {"p0": np.array([1.0, 0.0]), "p1": np.array([0.9, 0.1]), "p2": np.array([-1.0, 0.5])}
    best = candidates(table, vectors=vectors).iloc[0]
    assert (best["a_item"], best["b_item"], best["reasons"]) == ("p0", "p1", ["likeness", "vectors"])
    assert best["likeness"] == pytest.approx(0.994 / 3, abs=0.01)


def test_vectors_are_read_in_the_order_of_the_tasks_or_by_item(tmp_path):
    tasks = json.loads(bundled("tasks/example.json").read_text("utf-8"))
    items = [task["data"]["passage_id"] for task in tasks]
    array = np.arange(2.0 * len(items)).reshape(-1, 2)
    np.save(tmp_path / "v.npy", array)
    pd.DataFrame({"item": items[::-1], "vector": list(array[::-1])}).to_parquet(tmp_path / "v.parquet")
    pd.DataFrame(array, columns=["x", "y"]).assign(item=items).to_parquet(tmp_path / "wide.parquet")
    for name in ("v.npy", "v.parquet", "wide.parquet"):
        found = read_vectors(tmp_path / name, bundled("tasks/example.json"))
        assert [found[item].tolist() for item in items] == array.tolist()
    assert len(candidates(EXAMPLE, most=5, vectors=found)) == 5


def test_vectors_that_do_not_fit_are_refused_in_one_line(tmp_path):
    texts = bundled("tasks/example.json")
    np.save(tmp_path / "few.npy", np.zeros((3, 2)))
    np.save(tmp_path / "flat.npy", np.zeros(100))
    (tmp_path / "no.npy").write_text("no")
    pd.DataFrame({"vector": [[1.0]]}).to_parquet(tmp_path / "no.parquet")
    pd.DataFrame({"item": ["a", "b"], "vector": [[1.0], [1.0, 2.0]]}).to_parquet(tmp_path / "odd.parquet")
    for name, message in {
        "few.npy": r"3 rows, but .*example\.json has 100 passages",
        "flat.npy": "give passages x dimensions",
        "no.npy": "not a numpy array",
        "no.parquet": "no column item",
        "odd.parquet": "not numbers of one length",
        "v.txt": r"read from \.npy or \.parquet",
        "missing.npy": "missing.npy",
    }.items():
        with pytest.raises(AnnotateError, match=message) as refused:
            read_vectors(tmp_path / name, texts)
        assert "\n" not in str(refused.value)
    table = passages("One.", "Two.")
    for vectors, message in (
        ({"p0": [1.0]}, "none for 1 passage: p1"),
        ({"p0": [1.0], "p1": [1.0, 2.0]}, "of several lengths"),
        ({"p0": [1.0], "p1": [np.nan]}, "1 hold NaN or infinity: p1"),
    ):
        with pytest.raises(InputError, match=message):
            candidates(table, vectors=vectors)


def test_no_pairs_at_all_are_no_request():
    with pytest.raises(StatisticsError, match="ask for 1 pair or more"):
        candidates(EXAMPLE, most=0)


def test_the_command_prints_the_best_pairs_and_says_what_the_score_is(run):
    code, out, err = run("candidates", bundled("tasks/example.json"), "--top", 3)
    assert code == 0
    assert "shared text (0.80)" in out
    assert "figures: nine lorries and nine lorries" in out
    assert "3 pairs of the 4,476 of different documents" in err
    assert "left out: 1 passage of boilerplate" in err
    code, out, _ = run("candidates", bundled("tasks/example.json"), "--top", 2, "--format", "json")
    assert [row["rank"] for row in json.loads(out)] == [1, 2]
