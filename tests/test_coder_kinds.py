"""Kinds of coders: published paired tests, Cohen's kappa as the cross-kappa of two coders, and simulation."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from annotate.agreement import kinds, measure, read_kinds
from annotate.agreement.annotators._kinds import NOT_TWICE
from annotate.codebook.scale import Scale
from annotate.errors import StatisticsError, TableError
from annotate.sampling import Interval

GOLDEN = Path(__file__).parent / "golden"
STUDY = json.loads((GOLDEN / "gwet2016_paired_15x4.json").read_text("utf-8"))
THREE = {"v": Scale("nominal", ("1", "2", "3"))}


def frame(tables, per_document=0):
    rows = [
        (f"p{item}", f"d{item // (per_document or 1)}", f"{kind}{who}", "v", str(value))
        for kind, table in tables.items()
        for item, row in enumerate(table)
        for who, value in enumerate(row)
        if value is not None
    ]
    found = pd.DataFrame(rows, columns=["item", "document", "annotator", "variable", "category"], dtype="str")
    return found if per_document else found.drop(columns="document")


def kind_of(ratings):
    return {name: name.rstrip("0123456789") for name in ratings["annotator"].unique()}


def measured(tables, scales=THREE, per_document=0, **asked):
    ratings = frame(tables, per_document)
    return kinds(ratings, kind_of(ratings), scales=scales, **asked)


@pytest.mark.parametrize("coefficient", STUDY["tests"])
def test_gwets_paired_test(coefficient):
    first, second, error, t, p = STUDY["tests"][coefficient]
    tables = {"later": STUDY["second"], "start": STUDY["first"]}
    found = measured(tables, coefficients=coefficient).set_index("comparison").loc["difference"]
    assert found["value_other"] == pytest.approx(first, abs=1e-7)
    assert found["value_kind"] == pytest.approx(second, abs=1e-7)
    # Of alpha he linearises the correction for few ratings as well: 1 - 1/N of the standard error, with 60 ratings.
    kept = 1 - 1 / 60 if coefficient == "krippendorff_alpha" else 1.0
    assert found["statistic"] == pytest.approx(t * kept, abs=2e-6)
    assert found["value"] / found["statistic"] * kept == pytest.approx(error, abs=1e-6)
    if kept == 1:
        assert found["p_value"] == pytest.approx(p, abs=1e-6)
    assert found["p_adjusted"] == found["p_value"]
    assert found["n_items"] == 15


@pytest.mark.parametrize("level", ["nominal", "interval"])
def test_one_coder_of_either_kind_is_cohens_kappa(level):
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 4, 80)
    tables = {k: np.where(rng.random(80) < 0.7, truth, rng.integers(0, 4, 80))[:, None] for k in ("a", "b")}
    scales = {"v": Scale(level, tuple("0123"), "quadratic" if level == "interval" else None)}
    found = measured(tables, scales, interval=Interval("none")).set_index("comparison")
    cohen = measure(frame(tables), scales=scales, coefficients="cohen_kappa", interval=Interval("none"))
    assert found.loc["between", "value"] == pytest.approx(cohen["value"].iloc[0], abs=1e-12)
    assert set(found.loc["within", "undefined"]) == {"no item has two ratings"}
    assert set(found.loc["difference", "undefined"]) == {NOT_TWICE}


def test_the_cross_kappa_is_what_its_definition_says_pair_by_pair():
    rng = np.random.default_rng(2)
    tables = {
        kind: [
            [None if rng.random() < 0.3 else int(rng.integers(0, 3)) for _ in range(people)]
            for _ in range(25)
        ]
        for kind, people in (("lay", 4), ("expert", 2))
    }
    found = measured(tables, {"v": Scale("nominal", tuple("012"))}, interval=Interval("none")).set_index(
        "comparison"
    )
    shared = [
        ([x for x in a if x is not None], [y for y in b if y is not None])
        for a, b in zip(tables["expert"], tables["lay"], strict=True)
    ]
    shared = [(a, b) for a, b in shared if a and b]
    observed = np.mean([np.mean([x != y for x in a for y in b]) for a, b in shared])
    every = [x != y for a, _ in shared for x in a for _, b in shared for y in b]
    assert found.loc["between", "value"] == pytest.approx(1 - observed / np.mean(every))
    assert found.loc["between", "n_items"] == len(shared)


def test_agreement_within_is_that_of_these_annotators_alone():
    tables = {"later": STUDY["second"], "start": STUDY["first"]}
    found = measured(tables, coefficients="gwet_ac1", interval=Interval("analytic")).iloc[0]
    alone = measure(
        frame({"later": STUDY["second"]}),
        scales=THREE,
        coefficients="gwet_ac1",
        interval=Interval("analytic"),
    ).iloc[0]
    assert found["kind"] == "later"
    assert found["value"] == alone["value"]
    assert found["ci_low"] == pytest.approx(alone["ci_low"], abs=1e-8)


def coded(rng, n_documents, per_document, people, right):
    easy = np.repeat(rng.beta(4, 1, n_documents), per_document)[:, None]
    truth = rng.integers(0, 3, n_documents * per_document)[:, None]
    shape = (len(truth), people)
    return np.where(rng.random(shape) < easy * right, truth, rng.integers(0, 3, shape)), truth


@pytest.mark.parametrize("per_document", [0, 6])
def test_equal_kinds_are_told_apart_as_rarely_as_promised(per_document):
    """Both rate the same items, which are as hard for both; of 5 % that are rejected, 200 studies show 2 to 9."""
    rng = np.random.default_rng(3)
    p_values = []
    for _ in range(200):
        table, _ = coded(rng, 40, 6, 5, 0.9)
        tables = {"a": table[:, :2], "b": table[:, 2:]}
        found = measured(
            tables,
            {"v": Scale("nominal", tuple("012"))},
            per_document,
            coefficients="krippendorff_alpha",
            interval=Interval("none"),
        )
        p_values.append(found["p_value"].iloc[-1])
    assert 0.02 <= np.mean(np.array(p_values) < 0.05) <= 0.09


def test_a_coder_without_a_kind_is_named():
    ratings = frame({"a": [[1, 2], [2, 2]]})
    with pytest.raises(StatisticsError, match="annotator a0 has no kind"):
        kinds(ratings, {"a1": "x"}, scales=THREE)


def test_a_table_of_annotators_is_read_or_refused_in_one_line(tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("annotator,expert,team\nA1,yes,north\nA2,no,north\n", encoding="utf-8")
    assert read_kinds(people, "expert") == {"A1": "yes", "A2": "no"}
    for text, column, said in (
        ("annotator,expert,team\nA1,yes,x\n", None, "say which column tells the kinds"),
        ("name,expert\nA1,yes\n", None, "no column annotator"),
        ("annotator,expert\nA1,yes\nA1,no\n", None, "stands in two rows"),
        ("annotator,expert\nA1,\n", None, "annotator A1 has no expert"),
        ("annotator,expert\nA1,yes\n", "team", "no column team"),
    ):
        people.write_text(text, encoding="utf-8")
        with pytest.raises(TableError, match=said):
            read_kinds(people, column)
