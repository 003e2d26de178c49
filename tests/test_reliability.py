"""Intervals of figures on annotators: held to leaving documents out by hand, and to what must hold of any interval."""

import math

import numpy as np
import pandas as pd
import pytest

from annotate.agreement import Interval, leave_one_out, majority, pairs
from annotate.codebook.scale import Scale
from annotate.consensus import MODELS, annotators, fitted, resolve, with_decided
from annotate.counts.folds import MOST, folds
from annotate.sampling import t_quantile, wilson

SCALES = {"v": Scale("nominal", tuple("abc"))}
NONE = Interval(cluster=None)


def study(documents=8, passages=5, people=4, seed=2, skill=0.75):
    """Ratings in documents; one annotator leaves some passages out."""
    rng = np.random.default_rng(seed)
    rows = []
    for document in range(documents):
        share = rng.dirichlet([1, 1, 1])
        for passage in range(passages):
            true = rng.choice(3, p=share)
            for who in range(people):
                if who == 0 and rng.random() < 0.2:
                    continue
                said = true if rng.random() < skill else rng.choice(3)
                rows.append((f"i{document:02}.{passage}", f"A{who}", "abc"[said], f"d{document}"))
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category", "document"])
    return frame.assign(variable="v")


FRAME = study()


def degrees(frame):
    """By Kish's effective number of documents, of items with two ratings."""
    pairable = frame.groupby("item").filter(lambda one: len(one) > 1).drop_duplicates("item")
    sizes = pairable.groupby("document").size()
    return sizes.sum() ** 2 / (sizes**2).sum() - 1


@pytest.mark.parametrize("coefficient", ["krippendorff_alpha", "percent_agreement", "conger_kappa"])
def test_without_an_annotator_and_the_change_are_a_jackknife_by_hand(coefficient):
    frame = FRAME[FRAME["annotator"] != "A0"] if coefficient == "conger_kappa" else FRAME
    found = leave_one_out(frame, scales=SCALES, coefficients=coefficient).set_index("annotator")
    named = sorted(frame["document"].unique())
    left = [
        leave_one_out(frame[frame["document"] != one], scales=SCALES, coefficients=coefficient, interval=NONE)
        .set_index("annotator")
        .loc[found.index]
        for one in named
    ]
    reach = t_quantile(0.975, degrees(frame))
    number = len(named)
    for who, row in found.iterrows():
        without, change = (np.array([one.loc[who, name] for one in left]) for name in ("without", "change"))
        errors = [
            math.sqrt((number - 1) / number * ((of - of.mean()) ** 2).sum()) for of in (without, change)
        ]
        assert (row["change_ci_low"], row["change_ci_high"]) == pytest.approx(
            (row["change"] - reach * errors[1], row["change"] + reach * errors[1])
        )
        if coefficient != "percent_agreement":
            rest = 1 - row["without"]
            far = math.exp(reach * errors[0] / rest)
            assert (row["without_ci_low"], row["without_ci_high"]) == pytest.approx(
                (1 - rest * far, 1 - rest / far)
            )
        assert row["n_clusters"] == number
        assert row["interval"].startswith("jackknife over 8 documents")
        assert row["caution"] == "few documents"


def test_one_item_a_document_is_the_interval_over_items():
    alone = FRAME.drop(columns="document")
    single = alone.assign(document=alone["item"])
    limits = ["change_ci_low", "change_ci_high"]
    one, other = (
        leave_one_out(frame, scales=SCALES, interval=Interval(cluster=cluster))
        for frame, cluster in ((alone, None), (single, "document"))
    )
    np.testing.assert_allclose(one[limits], other[limits])
    assert one["interval"].str.startswith("jackknife over 40 items").all()
    assert "n_clusters" not in one.columns


def test_a_single_document_is_said():
    frame = FRAME[FRAME["document"] == "d1"]
    (said,) = leave_one_out(frame, scales=SCALES)["caution"].unique()
    assert said == "one document"
    (said,) = majority(frame, scales=SCALES)["caution"].unique()
    assert said == "one document"


def test_a_document_given_twice_doubles_no_certainty_where_it_is_one_document():
    again = FRAME.assign(item=FRAME["item"] + "again")
    whole = pd.concat([FRAME, again])
    for measured in (majority, leave_one_out):
        one, other = (measured(frame, scales=SCALES) for frame in (FRAME, whole))
        columns = [
            name for name in one.columns if name.endswith(("ci_low", "ci_high")) and "without" not in name
        ]
        if measured is majority:
            np.testing.assert_allclose(one[columns], other[columns])
        else:
            np.testing.assert_allclose(
                one[columns], other[columns], atol=0.01
            )  # alpha has a small-sample term


def test_the_order_of_rows_and_the_engine_change_nothing():
    mixed = FRAME.sample(frac=1, random_state=3)
    for measured in (majority, leave_one_out):
        pd.testing.assert_frame_equal(measured(FRAME, scales=SCALES), measured(mixed, scales=SCALES))
    told = [annotators(fitted(frame, scales=SCALES, starts=1)) for frame in (FRAME, mixed)]
    pd.testing.assert_frame_equal(*told, rtol=1e-4, atol=1e-5)


def test_agreement_with_the_majority_is_a_ratio_over_documents_or_wilson_over_items():
    by_items = majority(FRAME, scales=SCALES, interval=NONE)
    for row in by_items.itertuples():
        assert (row.ci_low, row.ci_high) == wilson(row.value, row.n_majority, 0.95)
        assert row.interval == f"Wilson over {row.n_majority} items"
    by_documents = majority(FRAME, scales=SCALES)
    assert (by_documents["ci_low"] < by_documents["value"]).all()
    assert (by_documents["ci_high"] > by_documents["value"]).all()
    assert by_documents["interval"].str.startswith("jackknife over 8 documents on the logit scale").all()
    assert by_documents["n_clusters"].tolist() == [8] * 4
    wider = majority(FRAME, scales=SCALES, interval=Interval(confidence=0.99))
    assert (wider["ci_low"] < by_documents["ci_low"]).all()


def test_against_what_was_decided_there_is_an_interval_too():
    labels = resolve(FRAME, scales=SCALES)
    found = with_decided(FRAME, labels, scales=SCALES)
    assert ((found["ci_low"] < found["value"]) & (found["value"] < found["ci_high"])).all()
    assert found["n_clusters"].tolist() == [8] * 4
    assert found.columns[-1] == "caution"
    by_items = with_decided(FRAME, labels, scales=SCALES, interval=NONE)
    assert "n_clusters" not in by_items.columns
    assert by_items["interval"].str.startswith("Wilson over").all()


@pytest.mark.parametrize("method", [*MODELS])
def test_what_a_model_says_of_annotators_is_a_jackknife_by_hand(method):
    frame = study(documents=6, passages=15, people=3, seed=4, skill=0.85)
    fits = fitted(frame, scales=SCALES, method=method, starts=1, tolerance=1e-12)
    found = annotators(fits)
    figure = {"glad": "ability", "mace": "competence"}.get(method, "accuracy")
    row = found[(found["figure"] == figure) & (found["annotator"] == "A1")].iloc[0]
    left = []
    for one in sorted(frame["document"].unique()):
        rest = annotators(
            fitted(frame[frame["document"] != one], scales=SCALES, method=method, starts=1, tolerance=1e-12),
            Interval("none"),
        )
        left.append(rest[(rest["figure"] == figure) & (rest["annotator"] == "A1")]["value"].iloc[0])
    error = np.sqrt(5 / 6 * ((np.array(left) - np.mean(left)) ** 2).sum())
    reach = t_quantile(0.975, 5) * error
    if method == "glad":
        expected = row["value"] - reach, row["value"] + reach
    else:
        middle, far = math.log(row["value"] / (1 - row["value"])), reach / row["value"] / (1 - row["value"])
        expected = tuple(1 / (1 + math.exp(-(middle + one))) for one in (-far, far))
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(
        expected, abs=0.01
    )  # fitted to the rest from where it stands, not from the votes
    assert row["interval"].startswith("jackknife over 6 documents")
    assert row["n_clusters"] == 6
    assert "few documents" in row["caution"]
    prevalence = found[found["figure"] == "prevalence"]
    assert prevalence["value"].sum() == pytest.approx(1)
    assert prevalence["annotator"].isna().all()


def test_an_error_never_made_has_an_interval_with_a_width():
    rows = [(f"i{n}", f"A{who}", "ab"[n % 2]) for n in range(20) for who in range(3)]
    frame = pd.DataFrame(rows, columns=["item", "annotator", "category"]).assign(variable="v")
    found = annotators(fitted(frame, scales=SCALES, starts=1))
    never = found[(found["figure"] == "error rate") & (found["value"] < 1e-6)]
    assert len(never) == 6
    assert (never["ci_high"] > 0.2).all()
    assert never["interval"].str.endswith("at the edge").all()


def test_many_documents_are_left_out_in_groups():
    names = pd.Index([f"i{n}" for n in range(1000)])
    found = folds(names, np.arange(1000) // 4, "document", 0)
    assert found.number == MOST
    assert found.over == "100 groups of 250 documents"
    assert found.n_clusters == 250
    together = pd.Series(found.of).groupby(np.arange(1000) // 4).nunique()
    assert (together == 1).all()
    turned = folds(names[::-1], (np.arange(1000) // 4)[::-1], "document", 0)
    np.testing.assert_array_equal(turned.of[::-1], found.of)


def test_pairs_say_the_same_of_two_annotators_as_leaving_out_the_third():
    frame = FRAME[FRAME["annotator"].isin(["A1", "A2", "A3"])]
    one = leave_one_out(frame, scales=SCALES).set_index("annotator").loc["A3"]
    both = pairs(frame, scales=SCALES).set_index(["annotator_a", "annotator_b"]).loc[("A1", "A2")]
    assert (one["without_ci_low"], one["without_ci_high"]) == pytest.approx(
        (both["krippendorff_alpha_ci_low"], both["krippendorff_alpha_ci_high"])
    )
