"""How many more items an interval takes: what is planned is reached, and what cannot be planned says why."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from annotate.agreement import COEFFICIENTS, measure
from annotate.agreement.planning import (
    NO_VARIATION,
    TOO_FEW,
    TOO_MANY,
    plan,
    plan_patterns,
    simulated_half_width,
)
from annotate.codebook.scale import Scale, scales_of
from annotate.counts.patterns import from_items
from annotate.errors import StatisticsError
from annotate.sampling import Interval

LEVEL = {"v": "nominal"}


def study(n=120, seed=0, single=0, source="s"):
    """Three annotators, who keep the item's category seven times in ten."""
    rng = np.random.default_rng(seed)
    rows = []
    for item in range(n + single):
        meant = rng.choice(list("xxy"))
        for annotator in "ABC" if item < n else "A":
            choice = meant if rng.random() < 0.7 else rng.choice(list("xy"))
            rows.append((f"{source}{item}", source, annotator, "v", choice))
    return pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category"])


def patterns(n=120, seed=0):
    counts = pd.crosstab(study(n, seed)["item"], study(n, seed)["category"])
    return from_items(counts.to_numpy(), Scale("nominal", tuple(counts.columns)))


def planned(one, name="krippendorff_alpha", *, half_width=0.05, seed=1, interval=Interval(replicates=5000)):
    return plan_patterns(
        one,
        COEFFICIENTS[name],
        half_width=half_width,
        interval=interval,
        rng=np.random.default_rng(seed),
    )


@pytest.mark.parametrize("name", ["percent_agreement", "krippendorff_alpha", "gwet_ac1"])
@pytest.mark.parametrize("target", [0.05, 0.03])
def test_what_is_planned_reaches_the_target(name, target):
    one = patterns()
    found = planned(one, name, half_width=target)
    assert found.items_more == found.items_needed - 120 > 0
    then = simulated_half_width(
        one, COEFFICIENTS[name], found.items_needed, Interval(replicates=20_000), np.random.default_rng(9)
    )
    assert then == pytest.approx(target, rel=0.05)


def test_few_items_to_begin_with():
    one = patterns(12, seed=4)
    found = planned(one, half_width=0.1, interval=Interval(replicates=5000))
    then = simulated_half_width(
        one,
        COEFFICIENTS["krippendorff_alpha"],
        found.items_needed,
        Interval(replicates=20_000),
        np.random.default_rng(9),
    )
    assert then == pytest.approx(0.1, rel=0.05)


def test_half_the_width_takes_four_times_the_items():
    """The half-width of a mean is 1.96 standard deviations over the root of n."""
    one = patterns(400)
    deviation = np.repeat(one.agreeing, one.n).std()
    for target in (0.02, 0.01, 0.005):
        found = planned(one, "percent_agreement", half_width=target, interval=Interval(replicates=8000))
        assert found.items_needed == pytest.approx((1.96 * deviation / target) ** 2, rel=0.05)


def test_a_narrower_target_never_takes_fewer_items():
    for one, name in ((patterns(), "krippendorff_alpha"), (patterns(9, seed=3), "gwet_ac1")):
        needed = [
            planned(one, name, half_width=target, interval=Interval(replicates=200)).items_needed
            for target in np.geomspace(0.9, 0.005, 60)
        ]
        assert needed == sorted(needed)
        assert needed[0] == one.n_pairable_items
        assert len(set(needed)) > 20


def test_the_present_half_width_is_that_of_the_interval():
    ratings = study()
    now = plan(ratings, half_width=0.05, scales=scales_of(LEVEL), interval=Interval(replicates=8000))[
        "half_width"
    ].iloc[0]
    interval = measure(
        ratings,
        scales=scales_of(LEVEL),
        coefficients=["krippendorff_alpha"],
        interval=Interval("percentile", replicates=8000),
    ).iloc[0]
    assert now == pytest.approx((interval["ci_high"] - interval["ci_low"]) / 2, rel=0.05)


def test_items_with_one_rating_do_not_narrow_alpha():
    few, many = (
        plan(study(single=single), half_width=0.05, scales=scales_of(LEVEL, {"v": ["x", "y"]}))
        for single in (0, 80)
    )
    columns = ["n_pairable_items", "value", "half_width", "items_needed"]
    assert few[columns].to_numpy().tolist() == many[columns].to_numpy().tolist()
    # AC1 rests on their prevalence too: they come along
    gwets = [
        plan(study(single=single), half_width=0.05, scales=scales_of(LEVEL), coefficient="gwet_ac1")[
            "items_needed"
        ].iloc[0]
        for single in (0, 80)
    ]
    assert gwets[0] != gwets[1]


def test_chunks_do_not_change_the_plan(monkeypatch):
    whole = planned(patterns(), interval=Interval(replicates=200))
    monkeypatch.setattr("annotate.agreement.planning.CELLS", 60)
    assert planned(patterns(), interval=Interval(replicates=200)) == whole


def test_rows_of_a_table():
    ratings = pd.concat([study(), study(60, seed=1, source="t")])
    found = plan(ratings, by=["source"], half_width=0.08, scales=scales_of(LEVEL), interval=Interval(seed=3))
    assert list(found.columns) == [
        "source", "variable", "level", "coefficient", "n_pairable_items", "value", "half_width", "target",
        "items_needed", "items_more", "caution", "undefined",
    ]  # fmt: skip
    assert found["source"].tolist() == [None, "s", "t"]
    assert found["n_pairable_items"].tolist() == [180, 120, 60]
    assert (found["items_needed"] - found["n_pairable_items"]).tolist() == found["items_more"].tolist()
    again = plan(
        pl.from_pandas(ratings[::-1]),
        by=["source"],
        half_width=0.08,
        scales=scales_of(LEVEL),
        interval=Interval(seed=3),
    )
    pd.testing.assert_frame_equal(found, again)
    alone = plan(
        ratings[ratings["source"] == "t"],
        by=["source"],
        half_width=0.08,
        scales=scales_of(LEVEL),
        interval=Interval(seed=3),
    )
    pd.testing.assert_frame_equal(alone[1:].reset_index(drop=True), found[2:].reset_index(drop=True))


def test_who_chose_what_can_be_planned_for():
    (conger,) = plan(study(), half_width=0.05, scales=scales_of(LEVEL), coefficient="conger_kappa").to_dict(
        "records"
    )
    (fleiss,) = plan(study(), half_width=0.05, scales=scales_of(LEVEL), coefficient="fleiss_kappa").to_dict(
        "records"
    )
    assert conger["undefined"] is None
    assert conger["items_needed"] == pytest.approx(fleiss["items_needed"], rel=0.15)


def test_a_target_that_is_met_takes_no_more():
    found = planned(patterns(), half_width=0.5)
    assert (found.items_needed, found.items_more) == (120, 0)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([[2, 0], [2, 0], [1, 0]], "only one category was used"),
        ([[1, 0], [0, 1]], "no item has two ratings"),
        ([[1, 1], [0, 1]], TOO_FEW),
        ([[2, 0], [0, 2], [0, 2]], NO_VARIATION),
    ],
)
def test_what_cannot_be_planned_says_why(counts, reason):
    found = planned(from_items(counts, Scale("nominal", tuple("xy"))))
    assert found.undefined == reason
    assert found.items_needed is None
    assert found.items_more is None


def test_an_endless_plan_ends():
    assert planned(patterns(), half_width=1e-9, interval=Interval(replicates=100)).undefined == TOO_MANY


def test_a_coefficient_that_does_not_fit():
    (found,) = plan(study(), half_width=0.05, scales=scales_of(LEVEL), coefficient="cohen_kappa").to_dict(
        "records"
    )
    assert found["undefined"] == "needs exactly two annotators, there are 3"
    assert pd.isna(found["items_needed"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"half_width": 0}, "half-width: 0 is not between 0 and 1; 0.05 is usual"),
        ({"half_width": 5}, "half-width: 5 is not between 0 and 1; 0.05 is usual"),
        (
            {"interval": Interval(replicates=50)},
            "replicates: 50 are too few to tell the width of an interval; say 100 or more",
        ),
        ({"coefficient": "all"}, "coefficient 'all': a plan is for one; say which, such as gwet_ac1"),
        ({"by": ["item"]}, "cannot group by item: agreement is between annotators over items, on a variable"),
    ],
)
def test_refused(settings, message):
    with pytest.raises(StatisticsError) as refused:
        plan(study(), **{"half_width": 0.05, "scales": scales_of(LEVEL), **settings})
    assert str(refused.value) == message


def in_documents(documents=16, passages=8, seed=2):
    rng = np.random.default_rng(seed)
    rows = []
    for document in range(documents):
        prevalence, skill = rng.dirichlet([1, 1, 1]), rng.beta(4, 1)
        for passage in range(passages):
            meant = rng.choice(3, p=prevalence)
            for annotator in "ABC":
                said = meant if rng.random() < skill else rng.choice(3, p=prevalence)
                rows.append((f"{document}-{passage}", "s", annotator, "v", "xyz"[said], document))
    return pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category", "document"])


@pytest.mark.parametrize("name", ["percent_agreement", "krippendorff_alpha"])
def test_documents_are_planned_whole_and_the_present_width_is_that_of_the_interval(name):
    frame = in_documents()
    scales = scales_of(LEVEL)
    measured = measure(frame, scales=scales, coefficients=name).iloc[0]
    half = (measured["ci_high"] - measured["ci_low"]) / 2
    found = plan(frame, scales=scales, coefficient=name, half_width=half / 2).iloc[0]
    assert found["half_width"] == pytest.approx(half, rel=0.1)
    assert found["n_clusters"] == 16
    # half the width takes four times the documents, less what t is wider with few of them
    assert 3 * 16 < found["clusters_needed"] < 4.4 * 16
    assert found["clusters_more"] == found["clusters_needed"] - 16
    assert found["items_needed"] == found["clusters_needed"] * 8
    single = plan(
        frame, scales=scales, coefficient=name, half_width=half / 2, interval=Interval(cluster=None)
    )
    assert "clusters_needed" not in single
    assert single["items_needed"].iloc[0] < found["items_needed"]


def test_one_passage_a_document_takes_as_many_documents_as_items_but_for_the_quantile_of_t():
    frame = in_documents(documents=150, passages=1)
    scales = scales_of(LEVEL)
    by_documents, by_items = (
        plan(frame, scales=scales, half_width=0.05, interval=Interval(replicates=5000, cluster=cluster)).iloc[
            0
        ]
        for cluster in ("document", None)
    )
    assert by_documents["clusters_needed"] == by_documents["items_needed"]
    assert by_documents["items_needed"] == pytest.approx(by_items["items_needed"], rel=0.08)
