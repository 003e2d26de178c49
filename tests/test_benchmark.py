"""Benchmarks: Gwet's membership probabilities, and that they are said to be a convention."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from annotate.agreement import BENCHMARKS, measure
from annotate.agreement.benchmark import benchmark_of, thresholds
from annotate.agreement.intervals import below_by_t
from annotate.codebook.scale import Scale
from annotate.errors import StatisticsError
from annotate.sampling import Interval

GOLDEN = Path(__file__).parent / "golden"
NORMAL = 1e9  # degrees of freedom


def ratings(items: int = 60, documents: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, items)
    rows = [
        (f"p{item}", f"d{item % (documents or 1)}", f"A{who}", "v", "abc"[chosen])
        for who in range(3)
        for item, chosen in enumerate(np.where(rng.random(items) < 0.8, truth, rng.integers(0, 3, items)))
    ]
    found = pd.DataFrame(rows, columns=["item", "document", "annotator", "variable", "category"])
    return found if documents else found.drop(columns="document")


SCALES = {"v": Scale("nominal")}


def test_gwets_membership_probabilities() -> None:
    study = json.loads((GOLDEN / "irrcac_benchmark.json").read_text(encoding="utf-8"))
    scale = benchmark_of(study["scale"])
    cuts = thresholds(Interval(), scale)
    below = np.array([below_by_t(study["value"], study["error"], NORMAL, cuts, log=False)])
    likely = scale.memberships(below)
    assert np.cumsum(likely[0][::-1]) == pytest.approx(study["cumulative"], abs=5e-6)
    assert scale.named(likely) == [(study["benchmark"], pytest.approx(study["cumulative"][2], abs=5e-6))]


@pytest.mark.parametrize("kind", ["percentile", "log_jackknife", "analytic"])
@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_row_has_a_range_and_probabilities_that_add_up(name: str, kind: str) -> None:
    frame = measure(ratings(), scales=SCALES, interval=Interval(kind, 300), benchmark=name)
    scale = BENCHMARKS[name]
    corrected = frame[frame["coefficient"] != "percent_agreement"]
    assert corrected[scale.columns].sum(axis=1).tolist() == pytest.approx([1.0] * len(corrected))
    for row in corrected.to_dict("records"):
        place = scale.names.index(row["benchmark"])
        assert row["benchmark_p"] == pytest.approx(sum(row[column] for column in scale.columns[place:]))
        assert row["benchmark_p"] >= 0.95
        above = sum(row[column] for column in scale.columns[place + 1 :])
        assert above < 0.95
    percent = frame[frame["coefficient"] == "percent_agreement"]
    assert percent["benchmark"].tolist() == [None]  # the ranges are for what is corrected for chance
    assert not [column for column in frame.columns if column.startswith("p_below")]


def test_thresholds_that_were_asked_for_stay_and_the_interval_is_the_same() -> None:
    plain = measure(ratings(documents=12), scales=SCALES, interval=Interval(below=(0.667,)))
    frame = measure(
        ratings(documents=12), scales=SCALES, interval=Interval(below=(0.667,)), benchmark="fleiss"
    )
    pd.testing.assert_frame_equal(plain, frame[plain.columns])


def test_no_interval_no_range_and_an_unknown_scale_is_refused() -> None:
    frame = measure(ratings(), scales=SCALES, interval=Interval("none"), benchmark="altman")
    assert frame["benchmark"].isna().all()
    with pytest.raises(StatisticsError, match="benchmark 'gwet' is not known; there are landis_koch, altman"):
        measure(ratings(), scales=SCALES, benchmark="gwet")


def test_the_terminal_says_that_it_is_a_convention(run: Any, tmp_path: Path) -> None:
    ratings().assign(source="S").to_csv(tmp_path / "r.csv", index=False)
    code, out, _ = run("agreement", "r.csv", "--level", "v=nominal", "--benchmark", "altman")
    assert code == 0
    assert "a convention, not a verdict" in " ".join(out.split())
    assert any(name in out for name in BENCHMARKS["altman"].names)
