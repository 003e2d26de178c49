"""Scales and intervals are checked when they are made, each in one line, and are of one value ever after."""

from dataclasses import FrozenInstanceError

import pandas as pd
import pytest

from annotate.agreement import measure, pairs, plan
from annotate.codebook.read import read_codebook
from annotate.codebook.scale import DISTANCES, LEVELS, WEIGHTS, Scale, scales_of
from annotate.counts import distance
from annotate.counts import distance as weights
from annotate.errors import StatisticsError, TableError
from annotate.sampling import INTERVALS, Interval, check_seed

TWO = pd.DataFrame(
    [(f"p{n}", "s", a, "v", c) for n, row in enumerate(("xx", "yy", "xy")) for a, c in zip("AB", row, strict=True)],
    columns=["item", "source", "annotator", "variable", "category"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: Scale("metric"), "level 'metric' is not known; there are nominal, ordinal, interval, ratio, set"),
        (lambda: Scale(["nominal"]), "level ['nominal'] is not known; there are nominal, ordinal, interval, ratio, set"),
        (lambda: Scale("nominal", weights="cubic"), "weights 'cubic' are not known; there are identity, linear, quadratic, ordinal, radical, ratio, circular, bipolar, level"),
        (lambda: Scale("set", distance="dice"), "distance 'dice' is not known; there are masi, jaccard, linear, radical, circular, bipolar"),
        (lambda: Scale("ordinal", "abc"), "categories: 'abc' is not a sequence of texts; write ('low', 'high')"),
        (lambda: Scale("ordinal", (1, 2)), "categories: (1, 2) is not a sequence of texts; write ('low', 'high')"),
        (lambda: Scale("nominal", ("a", "b", "a")), "categories: 'a' stands twice; name each once"),
        (lambda: scales_of({"v": "metric"}), "variable v: level 'metric' is not known; there are nominal, ordinal, interval, ratio, set"),
        (lambda: Interval("kalpha"), "interval 'kalpha' is not known; there are auto, percentile, bca, jackknife, log_jackknife, analytic, none"),
        (lambda: Interval(replicates=-1), "replicates: -1 is below 0; say 0 for no interval, or 1000"),
        (lambda: Interval(confidence=95), "confidence: 95 is not between 0 and 1; 0.95 is usual"),
        (lambda: Interval(confidence=float("nan")), "confidence: nan is not between 0 and 1; 0.95 is usual"),
        (lambda: Interval(seed=-3), "seed: -3 is below 0; any whole number from 0 will do"),
        (lambda: check_seed(-3), "seed: -3 is below 0; any whole number from 0 will do"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_one_line(made, message):
    with pytest.raises(StatisticsError) as raised:
        made()
    assert str(raised.value) == message


def test_a_scale_is_a_value():
    """Two that say the same are one: groups are compared by their scales, and matrices are kept by them."""
    assert Scale("ordinal", ["low", "high"]) == Scale("ordinal", ("low", "high"))
    assert len({Scale("ordinal", ["low", "high"]), Scale("ordinal", ("low", "high"))}) == 1
    for settings in (Scale("nominal"), Interval()):
        with pytest.raises(FrozenInstanceError):
            settings.level = settings.kind = None


def test_what_a_scale_may_say_can_be_computed():
    assert set(WEIGHTS) == {*weights.WEIGHTS, "level"}
    assert set(DISTANCES) == {*distance.SET_DISTANCES, *weights.WEIGHTS} - {
        "identity",
        "quadratic",
        "ordinal",
        "ratio",
    }
    for level in LEVELS:
        found = measure(TWO.replace({"category": {"x": "1", "y": "2"}} if level != "set" else {"category": {"x": '["x"]', "y": '["y"]'}}),
                        scales={"v": Scale(level, () if level == "set" else ("1", "2"))}, interval=Interval("none"))  # fmt: skip
        assert found["value"].notna().all()
    for kind in INTERVALS:
        found = measure(TWO, scales={"v": Scale("nominal")}, interval=Interval(kind, replicates=99))
        assert (found["interval"].isna().all()) == (kind == "none")


def test_a_level_for_a_scale_is_refused_in_words():
    with pytest.raises(
        StatisticsError, match=r"variable v: 'nominal' is not a scale; write Scale\('nominal'\)"
    ):
        measure(TWO, scales={"v": "nominal"})


def test_one_column_to_group_by_may_be_named_alone():
    for function in (measure, pairs):
        alone, listed = (
            function(TWO, scales={"v": Scale("nominal")}, by=by) for by in ("source", ["source"])
        )
        pd.testing.assert_frame_equal(alone, listed)
        assert set(alone["source"].dropna()) == {"s"}


@pytest.mark.parametrize("function", [pairs, lambda *a, **b: plan(*a, **b, half_width=0.1)])
def test_a_cluster_is_not_passed_over(function):
    with pytest.raises(TableError, match="no column document"):
        function(TWO, scales={"v": Scale("nominal")}, interval=Interval(replicates=100, cluster="document"))


def test_a_codebook_knows_its_scales():
    choice = '<Choice value="low"/><Choice value="high"/>'
    config = f"""<View><Text name="text" value="$text"/>
      <Choices name="kind" toName="text">{choice}</Choices>
      <Choices name="force" toName="text" level="ordinal">{choice}</Choices>
      <Choices name="tags" toName="text" choice="multiple">{choice}</Choices>
      <Number name="sum" toName="text"/><TextArea name="note" toName="text"/></View>"""
    assert read_codebook(config).scales == {
        "kind": Scale("nominal", ("low", "high")),
        "force": Scale("ordinal", ("low", "high")),
        "tags": Scale("set"),
        "sum": Scale("interval"),
    }
