"""Intraclass correlations, against published tables, mean squares by hand, and simulation."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from annotate.agreement import icc
from annotate.agreement._icc import APART, FORMS, NO_NUMBERS, ONE_ANNOTATOR, sums, whole
from annotate.codebook.scale import Scale
from annotate.errors import StatisticsError
from annotate.sampling import Interval

GOLDEN = Path(__file__).parent / "golden"
SCALES = {"v": Scale("interval")}


def frame(table, documents=None):
    rows = [
        (f"p{item}", f"d{item // 5}", f"A{who}", "v", repr(float(value)))
        for item, row in enumerate(table)
        for who, value in enumerate(row)
        if value is not None and not np.isnan(value)
    ]
    found = pd.DataFrame(rows, columns=["item", "document", "annotator", "variable", "category"], dtype="str")
    return found if documents else found.drop(columns="document")


def by_form(found):
    return found.set_index("form")


def test_shrout_and_fleiss():
    study = json.loads((GOLDEN / "shrout_fleiss1979_6x4.json").read_text("utf-8"))
    found = by_form(icc(frame(study["ratings"]), scales=SCALES))
    assert found.index.tolist() == list(FORMS)
    for form, (printed, value, low, high) in study["icc"].items():
        assert round(found.loc[form, "value"], 2) == printed
        assert found.loc[form, "value"] == pytest.approx(value, abs=5e-7)
        assert [round(found.loc[form, end], 2) for end in ("ci_low", "ci_high")] == [low, high]
    assert set(found["interval"]) == {"F distribution (McGraw & Wong 1996)"}
    # Their mean squares: 11.24 between targets, 6.26 within, 32.49 between judges, 1.02 left.
    first = found.iloc[0]
    assert first["var_error"] == pytest.approx(1.02, abs=0.005)
    assert first["var_error"] + 4 * first["var_items"] == pytest.approx(11.24, abs=0.005)
    assert first["var_error"] + 6 * first["var_annotators"] == pytest.approx(32.49, abs=0.005)


def test_gwets_table_with_missing_ratings():
    study = json.loads((GOLDEN / "gwet2021_iccdata1.json").read_text("utf-8"))
    table = np.array(study["ratings"], dtype=float)
    row, annotator = np.nonzero(~np.isnan(table))
    item = np.unique(study["items"], return_inverse=True)[1][row]
    found = whole(sums(item, annotator, table[row, annotator], 4, np.arange(5))).values()[0]
    ours = dict(zip([*FORMS, "var_items", "var_annotators", "var_error", "k"], found.tolist(), strict=True))
    for name, value in {**study["random"], **study["fixed"]}.items():
        assert ours[name] == pytest.approx(value, abs=1e-6)


def simulated(rng, n, people, *, missing=0.0):
    table = rng.normal(0, 2, (n, 1)) + rng.normal(0, 1, people) + rng.normal(0, 1, (n, people))
    gone = rng.random(table.shape) < missing
    return np.where(gone, np.nan, table)


def test_complete_tables_are_the_analysis_of_variance():
    table = simulated(np.random.default_rng(1), 12, 3)
    n, k = table.shape
    rows = k * ((table.mean(axis=1) - table.mean()) ** 2).sum() / (n - 1)
    columns = n * ((table.mean(axis=0) - table.mean()) ** 2).sum() / (k - 1)
    within = ((table - table.mean(axis=1, keepdims=True)) ** 2).sum() / (n * (k - 1))
    error = (within * n * (k - 1) - columns * (k - 1)) / ((n - 1) * (k - 1))
    found = by_form(icc(frame(table), scales=SCALES))["value"]
    assert found["ICC(1,1)"] == pytest.approx((rows - within) / (rows + (k - 1) * within))
    assert found["ICC(A,1)"] == pytest.approx(
        (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)
    )
    assert found["ICC(C,1)"] == pytest.approx((rows - error) / (rows + (k - 1) * error))
    assert found["ICC(1,k)"] == pytest.approx((rows - within) / rows)
    assert found["ICC(A,k)"] == pytest.approx((rows - error) / (rows + (columns - error) / n))
    assert found["ICC(C,k)"] == pytest.approx((rows - error) / rows)


def test_nothing_hangs_on_units_or_on_singly_rated_items():
    table = simulated(np.random.default_rng(2), 30, 4, missing=0.3)
    asked = {"scales": SCALES, "interval": Interval("log_jackknife")}
    found = icc(frame(table), **asked)
    moved = icc(frame(1000 + 7 * table), **asked)
    for column in ("value", "ci_low", "ci_high"):
        assert np.allclose(found[column], moved[column], atol=1e-8)
    assert np.allclose(found["var_items"] * 49, moved["var_items"])
    alone = np.full((3, 4), np.nan)
    alone[:, 0] = [100, 200, 300]
    more = icc(frame(np.vstack([table, alone])), **asked)
    assert np.allclose(found["value"], more["value"])
    assert (more["n_items"] == found["n_items"] + 3).all()


def test_incomplete_intervals_hold_about_what_they_promise():
    """Components 4, 1, 1: ICC(C,1) is .8; the same annotators, who are fixed, in every study."""
    rng = np.random.default_rng(3)
    held = []
    for _ in range(200):
        found = by_form(icc(frame(simulated(rng, 40, 4, missing=0.25)), scales=SCALES)).loc["ICC(C,1)"]
        held.append(found["ci_low"] <= 0.8 <= found["ci_high"])
    assert 0.9 <= np.mean(held) <= 0.99


def test_documents_are_left_out_whole():
    table = simulated(np.random.default_rng(4), 60, 3)
    found = icc(frame(table, documents=True), scales=SCALES)
    assert found["interval"].str.startswith("jackknife over 12 documents").all()
    assert np.allclose(found["value"], icc(frame(table), scales=SCALES)["value"])


def test_what_is_undefined_says_why():
    assert (
        icc(frame([[1, 2], [2, 2]]), scales={"v": Scale("nominal")})["undefined"].tolist() == [NO_NUMBERS] * 6
    )
    apart = [[1, 2, None, None], [2, 3, None, None], [None, None, 3, 4], [None, None, 1, 2]]
    assert set(icc(frame(apart), scales=SCALES)["undefined"]) == {APART}
    assert set(icc(frame([[1, None], [2, None]]), scales=SCALES)["undefined"]) == {"no item has two ratings"}
    assert set(icc(frame([[1, 1], [1, 1]]), scales=SCALES)["undefined"]) == {"the numbers do not vary"}
    assert ONE_ANNOTATOR
    with pytest.raises(StatisticsError, match="auto, log_jackknife or none"):
        icc(frame([[1, 2], [2, 2]]), scales=SCALES, interval=Interval("bca"))
