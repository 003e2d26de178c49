"""Agreement on marked text, from the tables to the frame."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from annotate.agreement.result import NOTHING_PAIRABLE, ONE_CATEGORY
from annotate.agreement.spans.estimates import COEFFICIENTS, NOTHING_MARKED
from annotate.agreement.spans.marks import MarkedPassage
from annotate.agreement.spans.measures import COLUMNS, PAIR_COLUMNS, measure_span_pairs, measure_spans
from annotate.errors import StatisticsError, TableError
from annotate.sampling import Interval
from tests.marked_example import LABELS, passage, passages, tables

TEXT = "The union said pay fell by 4.5% in May."
MARKED = [
    passage(TEXT, SOURCE=[[(0, 9)], [(4, 9)], []], CLAIM=[[(15, 38)], [(15, 38)], [(15, 31)]]),
    passage(TEXT[:20], SOURCE=[[(0, 9)], [(0, 9)]], CLAIM=[[], [(15, 18)]]),
    passage(TEXT[10:], SOURCE=[[], []], CLAIM=[[(5, 10)], [(5, 10)]]),
    passage(TEXT, SOURCE=[[(0, 3)]]),
]


def values(frame: pd.DataFrame) -> pd.Series:
    keyed = frame.assign(label=frame["label"].fillna("all"), source=frame["source"].fillna("all"))
    return keyed.set_index(["source", "label", "coefficient"])["value"]


def test_the_frame() -> None:
    found = measure_spans(*tables(MARKED), by=("source",), interval=Interval(replicates=50))
    assert tuple(found.columns) == ("source", *COLUMNS)
    assert found["source"].drop_duplicates().tolist() == [None, "source 0", "source 1"]
    whole = found.loc[found["source"].isna()]
    assert whole["label"].drop_duplicates().tolist() == [None, "CLAIM", "SOURCE"]
    of_each = [name for name in COEFFICIENTS if name != "token_label_alpha"]
    assert whole["coefficient"].tolist() == [*COEFFICIENTS, *of_each * 2]
    assert whole["n_spans"].drop_duplicates().tolist() == [11, 6, 5]
    counts = found[["source", "n_items", "n_pairable_items", "n_annotators"]].drop_duplicates()
    assert counts.to_numpy().tolist() == [[None, 4, 3, 3], ["source 0", 2, 2, 3], ["source 1", 2, 1, 2]]
    f1 = found["coefficient"].str.startswith("f1")
    assert (found["expected"].isna() == (f1 | (found["undefined"] == NOTHING_PAIRABLE))).all()
    assert (found.loc[f1, "value"] == found.loc[f1, "observed"]).all()
    defined = found["undefined"].isna() & (found["n_pairable_items"] > 1)
    assert (found["interval"].notna() == defined).all()
    assert (found.loc[defined, "ci_low"] <= found.loc[defined, "ci_high"]).all()


def test_f1_and_pairs_by_hand() -> None:
    """CLAIM: ann and bob match 2 of 2 + 3 exactly, cyd matches neither exactly, each by overlap."""
    found = values(measure_spans(*tables(MARKED), interval=Interval(replicates=0)))
    assert found["all", "CLAIM", "f1_exact"] == pytest.approx((4 / 5 + 0 + 0) / 3, abs=1e-12)
    assert found["all", "CLAIM", "f1_overlap"] == pytest.approx((4 / 5 + 1 + 1) / 3, abs=1e-12)
    pairs = measure_span_pairs(*tables(MARKED))
    assert tuple(pairs.columns) == ("source", *PAIR_COLUMNS)
    rows = pairs.assign(label=pairs["label"].fillna("all")).set_index(
        ["label", "annotator", "reference", "coefficient"]
    )
    assert rows.loc[("CLAIM", "ann", "bob", "precision_exact"), "value"] == 1
    assert rows.loc[("CLAIM", "ann", "bob", "recall_exact"), "value"] == pytest.approx(2 / 3, abs=1e-12)
    assert rows.loc[("CLAIM", "bob", "ann", "precision_exact"), "value"] == pytest.approx(2 / 3, abs=1e-12)
    assert rows.loc[("all", "ann", "bob", "f1_overlap"), "value"] == pytest.approx(8 / 9, abs=1e-12)
    counts = ["n_items", "n_spans", "n_reference_spans", "n_matched"]
    assert rows.loc[("all", "ann", "bob", "f1_overlap"), counts].tolist() == [3, 4, 5, 4]
    nothing = rows.loc[("SOURCE", "cyd", "ann", "precision_exact")]
    assert math.isnan(nothing["value"])
    assert nothing["undefined"] == "the annotator marked nothing"


def test_an_annotator_who_marked_nothing_counts() -> None:
    spans, annotated, texts = tables([passage(TEXT, SOURCE=[[(0, 9)], [(0, 9)]])])
    agreed = values(measure_spans(spans, annotated, texts, interval=Interval(replicates=0)))
    silent = pd.concat([annotated, pd.DataFrame({"item": ["p0"], "annotator": ["cyd"]})])
    found = values(measure_spans(spans, silent, texts, interval=Interval(replicates=0)))
    for coefficient in (name for name in COEFFICIENTS if name != "token_label_alpha"):
        assert agreed["all", "SOURCE", coefficient] == 1
        assert found["all", "SOURCE", coefficient] < 0.5
    assert found["all", "SOURCE", "f1_exact"] == pytest.approx(1 / 3, abs=1e-12)


def test_all_labels_weigh_by_what_chance_would_do() -> None:
    found = measure_spans(*tables(MARKED), interval=Interval(replicates=0))
    alphas = found.loc[found["coefficient"] == "token_alpha"].fillna({"label": "all"}).set_index("label")
    observed, expected = 1 - alphas["observed"], 1 - alphas["expected"]
    pooled = 1 - observed.drop("all").sum() / expected.drop("all").sum()
    assert alphas.loc["all", "value"] == pytest.approx(pooled, abs=1e-12)
    assert observed["all"] == pytest.approx(observed.drop("all").mean(), abs=1e-12)
    assert expected["all"] == pytest.approx(expected.drop("all").mean(), abs=1e-12)
    more = values(
        measure_spans(*tables(MARKED), labels=["SOURCE", "CLAIM", "CUE"], interval=Interval(replicates=0))
    )
    less = values(measure_spans(*tables(MARKED), interval=Interval(replicates=0)))
    for coefficient in (name for name in COEFFICIENTS if name != "token_label_alpha"):
        assert more["all", "all", coefficient] == pytest.approx(less["all", "all", coefficient], abs=1e-12)


def test_why_there_is_no_value() -> None:
    _, annotated, texts = tables(MARKED)
    nothing = measure_spans(tables(MARKED)[0].iloc[:0], annotated, texts)
    assert nothing["label"].tolist() == [None] * len(COEFFICIENTS)
    assert nothing["undefined"].tolist() == [ONE_CATEGORY] * 3 + [NOTHING_MARKED] * 2 + [ONE_CATEGORY]
    single = measure_spans(*tables(MARKED[3:]))
    assert set(single["undefined"]) == {NOTHING_PAIRABLE}
    assert (single["n_items"] == 1).all()
    assert measure_span_pairs(*tables(MARKED[3:])).empty
    everything = measure_spans(*tables([passage(TEXT, X=[[(0, len(TEXT))], [(0, len(TEXT))]])]))
    of_each = [ONE_CATEGORY] * 3 + [None] * 2
    assert everything["undefined"].tolist() == [*of_each, ONE_CATEGORY, *of_each]
    assert everything["value"].isna().sum() == 7
    assert everything["interval"].isna().all()


@settings(max_examples=25, deadline=None)
@given(st.lists(passages(least=1), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter_to_the_last_digit(marked: list[MarkedPassage], random: Any) -> None:
    one = tables(marked)
    other = tuple(
        frame.iloc[random.sample(range(len(frame)), len(frame))].reset_index(drop=True) for frame in one
    )
    first, second = (
        measure_spans(*frames, by=("source",), interval=Interval(replicates=20)) for frames in (one, other)
    )
    pd.testing.assert_frame_equal(first, second, check_exact=True)


@settings(max_examples=25, deadline=None)
@given(st.lists(passages(), min_size=1, max_size=5), st.permutations(["ann", "bob", "cyd", "dee"]))
def test_names_of_annotators_do_not_matter_and_nothing_is_above_one(
    marked: list[MarkedPassage], names: list[str]
) -> None:
    spans, annotated, texts = tables(marked)
    new = dict(zip(["ann", "bob", "cyd", "dee"], names, strict=True))
    renamed = [frame.assign(annotator=frame["annotator"].map(new)) for frame in (spans, annotated)]
    first = measure_spans(spans, annotated, texts, interval=Interval(replicates=20))
    second = measure_spans(*renamed, texts, interval=Interval(replicates=20))
    assert first["value"].tolist() == pytest.approx(second["value"].tolist(), abs=1e-12, nan_ok=True)
    assert not (first[["value", "ci_low", "ci_high"]] > 1 + 1e-12).any(axis=None)
    assert (first["value"].isna() == first["undefined"].notna()).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(passages(), min_size=1, max_size=5))
def test_annotators_who_mark_the_same_agree(marked: list[MarkedPassage]) -> None:
    same = [
        MarkedPassage(
            one.text,
            one.annotators,
            {label: (rows[0],) * len(one.annotators) for label, rows in one.spans.items()},
        )
        for one in marked
    ]
    found = measure_spans(*tables(same), interval=Interval(replicates=20))
    defined = found.loc[found["undefined"].isna()]
    assert (defined["value"] == 1).all()
    two = any(any(any(row) for row in rows) for one in same for rows in one.spans.values())
    assert defined.empty != two


@settings(max_examples=15, deadline=None)
@given(st.lists(passages(), min_size=2, max_size=5))
def test_a_group_has_the_same_digits_alone(marked: list[MarkedPassage]) -> None:
    spans, annotated, texts = tables(marked)
    together = measure_spans(
        spans, annotated, texts, by=("source",), labels=LABELS, interval=Interval(replicates=20)
    )
    group = together.loc[together["source"] == "source 0"].reset_index(drop=True)
    items = texts.loc[texts["source"] == "source 0", "item"]
    kept = [frame.loc[frame["item"].isin(items)] for frame in (spans, annotated)]
    alone = measure_spans(*kept, texts, by=("source",), labels=LABELS, interval=Interval(replicates=20))
    alone = alone.loc[alone["source"] == "source 0"].reset_index(drop=True)
    pd.testing.assert_frame_equal(group, alone, check_exact=True)


def test_a_label_and_the_whole_have_the_same_digits_whatever_else_is_measured() -> None:
    spans, annotated, texts = tables(MARKED * 2)
    together = measure_spans(spans, annotated, texts, by=("source",), interval=Interval(replicates=50))
    of_claim = together.loc[together["source"].isna() & (together["label"] == "CLAIM")]
    kept = spans.loc[spans["label"] == "CLAIM"]
    alone = measure_spans(kept, annotated, texts, labels=["CLAIM"], interval=Interval(replicates=50))
    alone = alone.loc[alone["label"] == "CLAIM"]
    assert of_claim["ci_low"].nunique() == 5
    pd.testing.assert_frame_equal(
        of_claim.reset_index(drop=True), alone.reset_index(drop=True), check_exact=True
    )
    other = measure_spans(kept, annotated, texts, labels=["CLAIM"], interval=Interval(replicates=50, seed=1))
    assert (other.loc[other["label"] == "CLAIM", "ci_low"].to_numpy() != alone["ci_low"].to_numpy()).any()


def test_what_is_drawn_is_passages() -> None:
    """Ten passages say no more for having each token ten times."""

    def study(size: int) -> list[MarkedPassage]:
        rng = np.random.default_rng(3)
        return [
            passage("a" * size, X=[[(0, size // 2)], [(0, size // 2)] if rng.random() < 0.7 else []])
            for _ in range(30)
        ]

    width = [
        measure_spans(*tables(study(size)))
        .set_index(["label", "coefficient"])
        .loc[("X", "character_alpha"), ["ci_low", "ci_high"]]
        for size in (10, 100)
    ]
    assert width[0].tolist() == pytest.approx(width[1].tolist(), abs=0.02)
    assert width[0]["ci_high"] - width[0]["ci_low"] > 0.2


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"end": 60}, TableError, "item p0, annotator ann.*0 to 60"),
        ({"start": 9, "end": 3}, TableError, "ends before it starts"),
        ({"text": "another"}, TableError, "does not hold the text at its offsets"),
        ({"item": "p9"}, TableError, "item p9 was annotated and has no text"),
        ({"label": "CUE"}, StatisticsError, "label 'CUE' is not one of the declared SOURCE, CLAIM"),
    ],
)
def test_spans_that_cannot_be_measured(change: dict[str, Any], error: type[Exception], says: str) -> None:
    spans, annotated, texts = tables(MARKED)
    wrong = spans.copy()
    for column, value in change.items():
        wrong.loc[0, column] = value
    with pytest.raises(error, match=says) as caught:
        measure_spans(wrong, annotated, texts, labels=LABELS)
    assert "\n" not in str(caught.value)


def test_an_end_beyond_the_passage_is_refused_though_slicing_forgives_it() -> None:
    spans, annotated, texts = tables([passage("abc", X=[[(0, 3)], [(0, 3)]])])
    with pytest.raises(TableError, match="0 to 9: the span ends beyond the passage, which has 3 characters"):
        measure_spans(spans.assign(end=9), annotated, texts)


def test_tables_that_cannot_be_measured() -> None:
    spans, annotated, texts = tables(MARKED)
    with pytest.raises(TableError, match="annotated: no column annotator"):
        measure_spans(spans, annotated[["item"]], texts)
    with pytest.raises(TableError, match="passages: no column desk"):
        measure_spans(spans, annotated, texts, by=("desk",))
    with pytest.raises(TableError, match="annotated: the table is empty"):
        measure_spans(spans.iloc[:0], annotated.iloc[:0], texts)
    with pytest.raises(TableError, match="column item is blank in 1 row"):
        measure_spans(spans, annotated.assign(item=[None, *annotated["item"][1:]]), texts)
    with pytest.raises(TableError, match="item p0 was annotated and has no text here"):
        measure_spans(spans, annotated, texts.assign(text=None))
    with pytest.raises(TableError, match="item p0 comes twice, and not with the same text"):
        measure_spans(spans, annotated, pd.concat([texts, texts.assign(text="x")]))
    with pytest.raises(TableError, match="item p0 comes twice, and not with the same text or source"):
        measure_spans(spans, annotated, pd.concat([texts, texts.assign(source="x")]), by=("source",))
    with pytest.raises(StatisticsError, match="cannot group by label"):
        measure_spans(spans, annotated, texts, by=("label",))
    twice = pd.concat([spans, spans.iloc[:1].assign(round=2)])
    with pytest.raises(StatisticsError, match="item p0, annotator ann: spans of several rounds"):
        measure_spans(twice, annotated, texts)
    with pytest.raises(TableError, match="no column document"):
        measure_spans(spans, annotated, texts, interval=Interval(cluster="document"))


def test_a_span_marked_twice_in_one_place_is_one() -> None:
    spans, annotated, texts = tables(MARKED)
    one = measure_spans(spans, annotated, texts, interval=Interval(replicates=0))
    two = measure_spans(pd.concat([spans, spans.iloc[:1]]), annotated, texts, interval=Interval(replicates=0))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def in_documents(clustered: bool = True) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Nine passages in three documents, which differ in how well two annotators agree."""
    rng = np.random.default_rng(3)
    made = []
    for number in range(9):
        shift = [0, 1, 4][number // 3]
        start = int(rng.integers(0, 10))
        made.append(passage(TEXT, CLAIM=[[(start, start + 6)], [(start + shift, start + 6 + shift)]]))
    spans, annotated, texts = tables(made)
    if clustered:
        texts = texts.assign(document=[f"d{number // 3}" for number in range(9)])
    return spans, annotated, texts


def test_documents_are_left_out_whole() -> None:
    found = measure_spans(*in_documents()).set_index(["label", "coefficient"])
    row = found.loc[("CLAIM", "token_alpha")]
    values_without = []
    spans, annotated, texts = in_documents()
    for document in ("d0", "d1", "d2"):
        kept = texts.loc[texts["document"] != document]
        inside = (one.loc[one["item"].isin(kept["item"])] for one in (spans, annotated))
        left = measure_spans(*inside, kept, interval=Interval(replicates=0)).set_index(
            ["label", "coefficient"]
        )
        values_without.append(left.loc[("CLAIM", "token_alpha"), "value"])
    spread = np.array(values_without) - np.mean(values_without)
    error = math.sqrt(2 / 3 * float((spread**2).sum()))
    reach = student.ppf(0.975, 2) * error / (1 - row["value"])
    assert row["ci_high"] == pytest.approx(1 - (1 - row["value"]) * math.exp(-reach))
    assert row["interval"] == (
        "jackknife over 3 documents on the scale log(1 - coefficient), t with 2 degrees of freedom"
    )
    drawn = measure_spans(*in_documents(), interval=Interval("percentile", 30))
    assert drawn["interval"].dropna().str.contains("over 3 documents, (?:30 repl|which are all alike)").all()


def test_one_passage_a_document_and_one_document_are_passages() -> None:
    spans, annotated, texts = in_documents(clustered=False)
    apart = texts.assign(document=texts["item"])
    one = texts.assign(document="d")
    items = measure_spans(spans, annotated, texts, interval=Interval(replicates=40))
    pd.testing.assert_frame_equal(
        items, measure_spans(spans, annotated, apart, interval=Interval(replicates=40))
    )
    single = measure_spans(spans, annotated, one, interval=Interval(replicates=40))
    assert single["interval"].dropna().str.contains("items of 1 document").all()
    pd.testing.assert_frame_equal(items.drop(columns="interval"), single.drop(columns="interval"))
    whole = measure_spans(
        spans, annotated, apart, interval=Interval("percentile", replicates=40, cluster="document")
    )
    pd.testing.assert_frame_equal(items.drop(columns="interval"), whole.drop(columns="interval"))


def test_where_all_mark_alike_the_interval_is_exact() -> None:
    spans, annotated, texts = tables([passage(TEXT, CLAIM=[[(0, 9)], [(0, 9)]])] * 7)
    found = measure_spans(spans, annotated, texts).set_index(["label", "coefficient"])
    row = found.loc[("CLAIM", "f1_exact")]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.025 ** (1 / 7), 1))
    assert row["interval"] == "exact (Clopper-Pearson) over 7 items, which are all alike"
