import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from annotate.present.charts import (
    LEFT,
    MOST_SOURCES,
    RIGHT,
    WIDTH,
    agreement_chart,
    claim_type_chart,
    share_chart,
    wrapped,
)
from annotate.present.summary import summarise
from annotate.sampling import Interval
from tests.study_example import HOSTILE, LONG, study

KINDS = {"incident": "Specific event", "practice": "Ongoing pattern", "cause_or_motive": "Cause or motive"}


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    return summarise(study(tmp_path_factory.mktemp("charts")), interval=Interval(replicates=50))


def parsed(svg):
    root = ET.fromstring(svg)
    texts = [" ".join(element.itertext()) for element in root.iter() if element.tag.endswith("}text")]
    return root, texts


def of_variable(summary, name="claim_type"):
    return summary.agreement[summary.agreement["variable"] == name]


def many(frame, count):
    one = frame[frame["source"] == "Kestwire"]
    return pd.concat([one.assign(source=f"{LONG} {place:02d}") for place in range(count)], ignore_index=True)


def test_agreement_has_every_source_in_the_order_of_the_alphabet(summary):
    _, texts = parsed(agreement_chart(of_variable(summary), key="a", title="Agreement"))
    names = [text for text in texts if text in {"All sources", HOSTILE, "Kestwire", "Ommerlight"}]
    assert names == ["All sources", HOSTILE, "Kestwire", "Ommerlight"]
    assert texts.count("Percent") == texts.count("Alpha") == texts.count("AC1") == 5
    assert texts.count("undefined") == 5  # alpha and AC1 of one source, all three of another


def test_a_long_name_is_whole(summary):
    for svg in (
        agreement_chart(of_variable(summary), key="a", title="A"),
        share_chart(summary.provenance, ["primary_share"], key="b", title="B"),
        claim_type_chart(summary.provenance, KINDS, key="c", title="C"),
    ):
        _, texts = parsed(svg)
        assert LONG in texts
        assert "…" not in svg


def test_charts_speak_to_screen_readers_and_run_nothing(summary):
    svg = agreement_chart(of_variable(summary), key="k", title="What <it> shows")
    root, _ = parsed(svg)
    title, description = root[0], root[1]
    assert (title.attrib["id"], title.text) == ("k-title", "What <it> shows")
    assert description.attrib["id"] == "k-desc"
    assert root.attrib["aria-labelledby"] == "k-title k-desc"
    assert root.attrib["role"] == "group"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "title", "desc", "g", "path", "line", "text", "tspan", "rect"}
    assert "<script" not in svg
    assert "href" not in svg


def test_every_mark_tells_its_figures_to_the_pointer(summary):
    rows = of_variable(summary)
    root, _ = parsed(agreement_chart(rows, key="k", title="T"))
    told = [element.text for element in root.iter() if element.tag.endswith("}title")][1:]
    assert len(told) == len(rows)
    whole = rows[rows["source"].isna() & (rows["coefficient"] == "krippendorff_alpha")].iloc[0]
    assert told[1] == (
        f"All sources, Alpha: {whole['value']:.3f}, interval {whole['ci_low']:.3f} to {whole['ci_high']:.3f}, "
        f"n = {whole['n_pairable_items']}"
    )
    root, _ = parsed(claim_type_chart(summary.provenance, KINDS, key="k", title="T"))
    told = [element.text for element in root.iter() if element.tag.endswith("}title")][1:]
    assert "Ommerlight, Ongoing pattern: 89%, n = 3" in told


def test_a_value_stands_where_the_scale_says(summary):
    """A share of 1/2 is in the middle."""
    frame = pd.DataFrame({"source": ["S"], "measure": ["primary_share"], "value": [0.5], "ci_low": [0.0],
                          "ci_high": [1.0], "n": [7]})  # fmt: skip
    svg = share_chart(frame, ["primary_share"], key="k", title="T")
    _, texts = parsed(svg)
    assert texts.count("n = 7") == texts.count("0.500") == 1
    assert float(re.search(r'<path transform="translate\(([\d.]+),[\d.]+\)"', svg)[1]) == (LEFT + RIGHT) / 2
    below = frame.assign(value=-0.2, ci_low=-0.4)
    _, texts = parsed(share_chart(below, ["primary_share"], key="k", title="T"))
    assert [text for text in texts if re.fullmatch(r"\N{MINUS SIGN}?[\d.]+", text)] == [
        "\N{MINUS SIGN}0.5",
        "0",
        "0.5",
        "1",
    ]


def test_shares_and_kinds(summary):
    _, texts = parsed(
        share_chart(summary.provenance, ["primary_share", "unsupported_share"], key="k", title="T")
    )
    assert texts.count("Primary") == texts.count("None offered") == 5
    _, texts = parsed(claim_type_chart(summary.provenance, KINDS, key="k", title="T"))
    assert texts[:3] == ["Specific event", "Ongoing pattern", "Cause or motive"]
    assert texts.count("89%") == 1  # Ommerlight: 8 of 9 answers were practice
    assert texts.count("0%") >= 5  # nobody saw a cause, which is a share of none
    assert texts.count("·") == 3  # one source has no claim, so no share of any kind


def test_one_source_and_forty_make_a_chart_and_too_many_none(summary):
    rows = of_variable(summary)
    for count, lines in ((1, 1), (40, 40)):
        root, texts = parsed(agreement_chart(many(rows, count), key="k", title="T"))
        assert texts.count("Percent") == lines
        assert float(root.attrib["width"]) == WIDTH
    assert agreement_chart(many(rows, MOST_SOURCES + 1), key="k", title="T") is None
    assert claim_type_chart(many(summary.provenance, MOST_SOURCES + 1), KINDS, key="k", title="T") is None
    assert share_chart(summary.provenance.head(0), ["primary_share"], key="k", title="T") is None


@pytest.mark.parametrize(
    ("text", "lines"),
    [("short", 1), ("word " * 20, 3), ("x" * 90, 3), ("新" * 42, 2), ("", 1), ("a\x0bb\nc", 1)],
)
def test_texts_are_wrapped_by_their_width(text, lines):
    shown = wrapped(text, 42)
    assert len(shown) == lines
    assert "\x0b" not in "".join(shown)
