"""Annotators as a sample: each is left out in turn, alone or beside items and documents."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import t as student

from annotate.agreement import (
    COEFFICIENTS,
    Interval,
    Scale,
    compare,
    estimate,
    from_items,
    from_matrix,
    measure,
    measure_spans,
    pairs,
    plan,
    with_cautions,
)
from annotate.agreement._cautions import FEW_ANNOTATORS
from annotate.errors import StatisticsError
from annotate.present.methods import methods_paragraph
from annotate.provenance import profile
from annotate.study.study import study_of_ratings
from tests.test_clusters import SCALES, study

NAMES = ["percent_agreement", "krippendorff_alpha", "gwet_ac1", "fleiss_kappa", "conger_kappa", "light_kappa"]


def only(frame, **interval):
    found = measure(frame, scales=SCALES, coefficients=NAMES, interval=Interval(**interval))
    return found.set_index("coefficient")


def jackknifed(values):
    """Variance of delete-one values."""
    return (len(values) - 1) / len(values) * ((values - values.mean(axis=0)) ** 2).sum(axis=0)


def without_one(frame, column):
    still = {"kind": "none", "cluster": None}
    kept = [frame[frame[column] != name] for name in frame[column].unique()]
    return np.array([only(one, **still).loc[NAMES, "value"] for one in kept])


@pytest.mark.parametrize("cluster", ["document", None])
@pytest.mark.parametrize("kind", ["auto", "jackknife"])
def test_the_variance_is_that_of_leaving_out_annotators_and_items_row_by_row(cluster, kind):
    frame = study(documents=9, annotators=5, missing=0.15, seed=3)
    frame = frame[frame.groupby("item")["annotator"].transform("size") > 1]
    value = only(frame, kind="none").loc[NAMES, "value"].to_numpy(float)
    of_people = jackknifed(without_one(frame, "annotator"))
    of_units = jackknifed(without_one(frame, cluster or "item"))
    sizes = frame.drop_duplicates("item").groupby(cluster or "item").size()
    degrees = sizes.sum() ** 2 / (sizes**2).sum() - 1
    for resample, variance, freedom in (
        ("annotators", of_people, np.full(len(NAMES), 4.0)),
        (
            "both",
            of_people + of_units,
            (of_people + of_units) ** 2 / (of_people**2 / 4 + of_units**2 / degrees),
        ),
    ):
        found = only(frame, resample=resample, cluster=cluster, kind=kind).loc[NAMES]
        reach = student.ppf(0.975, freedom) * np.sqrt(variance)
        high = value + reach if kind == "jackknife" else 1 - (1 - value) * np.exp(-reach / (1 - value))
        assert found["ci_high"].to_numpy(float) == pytest.approx(np.minimum(high, 1))
        units = "" if resample == "annotators" else " and 9 documents" if cluster else " and items"
        assert found["interval"].str.startswith(f"jackknife over 5 annotators{units}").all()


def test_the_figures_themselves_stay():
    frame = study(documents=8, annotators=4)
    columns = ["value", "observed", "expected", "n_clusters", "design_effect", "n_ratings", "undefined"]
    pd.testing.assert_frame_equal(only(frame)[columns], only(frame, resample="both")[columns])


def test_of_two_annotators_there_is_no_interval_and_nothing_that_needs_two_has_one():
    frame = study(documents=8, annotators=2, missing=0)
    none = only(frame, resample="annotators")
    assert none["ci_low"].isna().all()
    assert set(none["interval"]) == {"none over 2 annotators, of 3 that it needs"}
    found = measure(
        study(documents=8, annotators=4, missing=0),
        scales=SCALES,
        coefficients="all",
        interval=Interval(resample="both"),
    ).set_index("coefficient")
    for name, coefficient in COEFFICIENTS.items():
        assert (found.loc[name, "interval"] is None) == coefficient.two_annotators or name.startswith(
            "gwet_ac2"
        )


def test_that_two_annotators_are_too_few_is_said(run, tmp_path):
    table = pd.DataFrame(
        [(f"p{n}", f"A{who}", "v", "xy"[n % 3 == who]) for n in range(40) for who in range(2)],
        columns=["item", "annotator", "variable", "category"],
    )
    table.assign(source="s").to_csv(tmp_path / "t.csv", index=False)
    code, out, _ = run("agreement", "t.csv", "--level", "v=nominal", "--resample", "both")
    assert code == 0
    assert "too few annotators: two annotators cannot stand for all who might have coded" in " ".join(
        out.split()
    )
    assert "too few" not in run("agreement", "t.csv", "--level", "v=nominal")[1]


def test_categories_are_taken_so_too():
    frame = study(documents=10, annotators=4)
    found = measure(frame, scales=SCALES, per_category=True, interval=Interval(resample="annotators"))
    of_x = found[(found["category"] == "x") & (found["coefficient"] == "krippendorff_alpha")].iloc[0]
    rest = frame.assign(category=frame["category"].where(frame["category"] == "x", "rest"))
    wanted = measure(
        rest,
        scales={"v": Scale("nominal", ("x", "rest"))},
        coefficients="krippendorff_alpha",
        interval=Interval(resample="annotators"),
    ).iloc[0]
    assert of_x[["ci_low", "ci_high"]].tolist() == pytest.approx(wanted[["ci_low", "ci_high"]].tolist())


def test_neither_names_nor_engine_change_a_digit():
    frame = study(documents=10, annotators=4)
    interval = Interval(resample="both")
    wanted = measure(frame, scales=SCALES, by="source", interval=interval)
    people = {"a0": "z", "a1": "y", "a2": "x", "a3": "w"}
    renamed = frame.assign(annotator=frame["annotator"].map(people)).sample(frac=1, random_state=2)
    for other in (renamed, pl.from_pandas(frame), duckdb.from_df(frame)):
        found = measure(other, scales=SCALES, by="source", interval=interval)
        pd.testing.assert_frame_equal(wanted, found, rtol=1e-12)


def test_where_all_agree_the_interval_rests_on_pairs_of_annotators_nobody_in_two():
    patterns = from_matrix([["x"] * 6] * 20 + [["y"] * 6] * 20)
    for resample, number in (("annotators", 3), ("both", 3)):
        (found,) = estimate(patterns, "percent_agreement", Interval(resample=resample))
        assert found.ci_low == pytest.approx(0.025 ** (1 / number))
        assert found.interval == (
            "exact (Clopper-Pearson) over 3 pairs of annotators, nobody in two, which are all alike"
        )


def test_it_holds_where_fixed_annotators_do_not():
    """Annotators who differ in skill and in what they prefer; the truth is that of their population."""
    rng = np.random.default_rng(4)
    held = {"items": 0, "annotators": 0, "both": 0}

    def answers(people, true):
        skill = rng.beta(8, 2, people)
        bias = rng.dirichlet(np.full(3, 4.0), people)
        guess = (rng.random((len(true), people, 1)) > bias.cumsum(axis=1)[:, :-1]).sum(axis=2)
        return np.where(rng.random((len(true), people)) < skill, true[:, None], guess)

    many = answers(4000, np.arange(300) % 3)
    shares = np.array([(many == category).mean(axis=1) for category in range(3)])
    truth = (shares**2).sum(axis=0).mean()
    for _ in range(60):
        table = answers(6, rng.integers(0, 3, 120))
        patterns = from_matrix([["xyz"[one] for one in row] for row in table])
        for resample in held:
            kind = "log_jackknife"
            (found,) = estimate(patterns, "percent_agreement", Interval(kind, resample=resample))
            held[resample] += found.ci_low <= truth <= found.ci_high
    assert held["items"] < 45
    assert held["annotators"] >= 53  # 95 % of 60 is 57; fewer than 53 come about in 2 of 100 sets of 60
    assert held["both"] >= held["annotators"] - 1


def test_what_cannot_be_drawn_is_refused_in_one_line():
    with pytest.raises(StatisticsError, match="resample: 'people' is not known; there are items, annotators"):
        Interval(resample="people")
    with pytest.raises(StatisticsError, match="resample: both goes by the jackknife, not by interval bca"):
        Interval("bca", resample="both")
    with pytest.raises(StatisticsError, match="needs to know who chose what"):
        estimate(
            from_items([[2, 0], [1, 1]], Scale("nominal", ("x", "y"))), interval=Interval(resample="both")
        )
    frame, asked = study(), Interval(resample="annotators")
    nothing = pd.DataFrame()
    for call in (
        lambda: plan(frame, scales=SCALES, half_width=0.1, interval=asked),
        lambda: pairs(frame, scales=SCALES, interval=asked),
        lambda: compare(frame, scales=SCALES, interval=asked),
        lambda: profile(frame, interval=asked),
        lambda: measure_spans(nothing, nothing, nothing, interval=asked),
    ):
        with pytest.raises(StatisticsError, match="annotators is for the coefficients of measure only"):
            call()


def test_few_annotators_are_cautioned_and_the_methods_say_what_is_a_sample():
    frame = study(documents=12, annotators=3)
    read = study_of_ratings(frame, None, "table")
    found = measure(read.rated, scales=SCALES, by="source", interval=Interval(resample="both"))
    said = with_cautions(found, read.rated, scales=SCALES, by="source")["caution"]
    assert said.str.contains(FEW_ANNOTATORS).all()
    text = methods_paragraph(read, found)
    assert "Annotators are taken for a sample of those who might have coded" in text
    assert "with other annotators and with other documents." in text
    alone = measure(read.rated, scales=SCALES, by="source", interval=Interval(resample="annotators"))
    assert "with other annotators, not with other" in methods_paragraph(read, alone)
    fixed = measure(read.rated, scales=SCALES, by="source")
    assert "Annotators are fixed" in methods_paragraph(read, fixed)
    assert (
        not with_cautions(fixed, read.rated, scales=SCALES, by="source")["caution"]
        .str.contains(FEW_ANNOTATORS, na=False)
        .any()
    )


def test_the_chance_to_be_below_a_threshold_and_the_words_of_a_scale_are_of_a_sample_of_annotators_too():
    """By the t of the interval: the upper end is a threshold below which the value is with 97.5 %."""
    frame = study(documents=12, annotators=4)
    for resample in ("annotators", "both"):
        asked = Interval(resample=resample)
        ends = measure(frame, scales=SCALES, interval=asked).set_index("coefficient")
        for name, one in ends.iterrows():
            below = (float(one["ci_low"]), float(one["ci_high"]))
            found = measure(
                frame,
                scales=SCALES,
                coefficients=name,
                interval=Interval(resample=resample, below=below),
                benchmark="altman",
            ).iloc[0]
            assert found[f"p_below_{below[0]:g}"] == pytest.approx(0.025, abs=1e-3)
            assert found[f"p_below_{below[1]:g}"] == pytest.approx(0.975, abs=1e-3)
            assert name == "percent_agreement" or found["benchmark"] is not None
