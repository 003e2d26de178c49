"""Alpha token by token and character by character, and the spans that it is made of."""

import math
import re
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotate.agreement.result import ONE_CATEGORY
from annotate.agreement.spans.alphas import CHARACTER, TOKEN, coverage, coverage_alpha, cut, inside
from annotate.agreement.spans.marks import MarkedPassage, merge
from annotate.agreement.spans.measures import measure_spans
from annotate.errors import StatisticsError
from annotate.sampling import Interval
from tests.marked_example import LABELS, passage, passages, tables
from tests.test_unitizing import expected, published


def test_tokens_are_words_and_single_signs() -> None:
    text = "Café 1,200 ; «sì»\tno_1"
    words = [text[start:end] for start, end in cut(text, TOKEN)]
    assert words == ["Café", "1", ",", "200", ";", "«", "sì", "»", "no_1"]
    assert "".join(text[start:end] for start, end in cut(text, CHARACTER)) == re.sub(r"\s", "", text)
    assert cut(" \n", TOKEN).shape == (0, 2)


def test_a_token_is_inside_if_the_span_touches_any_of_it() -> None:
    tokens = cut("one two three", TOKEN)
    assert inside(tokens, np.array([[2, 4]])).tolist() == [1, 0, 0]  # the e of one, and a space
    assert inside(tokens, np.array([[2, 5], [12, 13]])).tolist() == [1, 1, 1]
    assert inside(tokens, np.array([[3, 4]])).tolist() == [0, 0, 0]
    assert inside(tokens, np.empty((0, 2), np.int64)).tolist() == [0, 0, 0]


def test_overlapping_spans_are_one_and_touching_ones_two() -> None:
    assert merge(np.array([[0, 9], [2, 3], [8, 12], [12, 14]])).tolist() == [[0, 12], [12, 14]]


def test_the_digitised_example_of_1995() -> None:
    """24 places, inside or outside: Bertha and Bill, and the D pair, who marked everything."""
    found = measure_spans(*tables([published("krippendorff1995_24x2")]), interval=Interval(replicates=0))
    rows = found.set_index(["label", "coefficient"])
    told = expected("krippendorff1995_24x2")["alpha_digitized_A"]
    assert rows.loc[("A", "token_alpha"), "value"] == told
    assert rows.loc[("A", "character_alpha"), "value"] == told
    assert rows.loc[("D", "token_alpha"), "undefined"] == ONE_CATEGORY


def test_by_hand() -> None:
    """Four tokens, two annotators: inside/inside, inside/outside, outside/outside twice.

    D_o = 2 of 8; 3 of 8 are inside, so D_e = 2 x 3 x 5 / (8 x 7); alpha = 1 - (1/4) / (15/28) = 8/15.
    """
    one = passage("aa bb cc dd", X=[[(0, 5)], [(0, 2)]])
    found = measure_spans(*tables([one]), interval=Interval(replicates=0)).set_index(["label", "coefficient"])
    row = found.loc[("X", "token_alpha")]
    assert row["value"] == pytest.approx(8 / 15, abs=1e-12)
    assert row["observed"] == pytest.approx(3 / 4, abs=1e-12)
    assert row["expected"] == pytest.approx(1 - 15 / 28, abs=1e-12)


def matrix(marked: list[MarkedPassage], unit: re.Pattern[str], label: str) -> Any:
    """Annotators x tokens: 1 inside, 0 outside, NaN where the annotator did not have the passage."""
    names = sorted({name for one in marked for name in one.annotators})
    columns: list[list[float]] = []
    for one in marked:
        for match in unit.finditer(one.text):
            column = [math.nan] * len(names)
            for name, row in zip(one.annotators, one.spans[label], strict=True):
                touched = any(place in range(*span) for span in row for place in range(*match.span()))
                column[names.index(name)] = float(touched)
            columns.append(column)
    return np.array(columns).T.reshape(len(names), len(columns))


@settings(max_examples=60, deadline=None)
@given(st.lists(passages(least=1), min_size=1, max_size=5), st.sampled_from(["token", "character"]))
def test_equals_krippendorff_on_the_table_of_tokens(marked: list[MarkedPassage], name: str) -> None:
    found = measure_spans(*tables(marked), labels=LABELS, interval=Interval(replicates=0)).set_index(
        ["label", "coefficient"]
    )
    for label in LABELS:
        row = found.loc[(label, f"{name}_alpha")]
        table = matrix(
            [one for one in marked if one.pairable], TOKEN if name == "token" else CHARACTER, label
        )
        if len(np.unique(table[~np.isnan(table)])) < 2:
            assert math.isnan(row["value"])
            assert row["undefined"] is not None
        else:
            oracle = krippendorff.alpha(table, level_of_measurement="nominal", value_domain=[0, 1])
            assert row["value"] == pytest.approx(oracle, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(passages(), min_size=1, max_size=4), st.data())
def test_a_weight_is_a_passage_that_often(marked: list[MarkedPassage], data: Any) -> None:
    weights = [data.draw(st.integers(0, 3)) for _ in marked]
    often = [one for one, n in zip(marked, weights, strict=True) for _ in range(n)]
    assume(often)
    weighed, repeated = (
        coverage_alpha(coverage(some, [cut(one.text, TOKEN) for one in some], "CLAIM"), samples)
        for some, samples in (
            (marked, np.array([weights], dtype=float)),
            (often, np.ones((1, len(often)))),
        )
    )
    assert weighed.observed == pytest.approx(repeated.observed, abs=1e-12)
    assert weighed.expected == pytest.approx(repeated.expected, abs=1e-12)


@pytest.mark.parametrize(
    ("annotators", "rows", "says"),
    [
        (("a", "a"), ((), ()), "names one twice"),
        (("a", "b"), ((),), "1 row for 2 annotators"),
        (("a",), (((1, 9),),), "1 to 9 is not a stretch of a passage of 4 characters"),
        (("a",), (((2, 2),),), "2 to 2"),
    ],
)
def test_what_is_no_marked_passage(annotators: Any, rows: Any, says: str) -> None:
    with pytest.raises(StatisticsError, match=says):
        MarkedPassage("text", annotators, {"X": rows})


def test_tokens_with_their_label_by_hand_and_by_krippendorffs_package() -> None:
    """A token of two labels is of a kind of its own, and one without a label of another."""
    marked = [
        passage("aa bb cc dd", X=[[(0, 5)], [(0, 2)]], Y=[[], [(3, 8)]]),
        passage("ee ff", X=[[(0, 5)], [(0, 5)]], Y=[[(3, 5)], [(0, 5)]]),
    ]
    found = measure_spans(*tables(marked), interval=Interval(replicates=0)).set_index(
        ["label", "coefficient"]
    )
    row = found[found.index.get_level_values("coefficient") == "token_label_alpha"].iloc[0]
    codes = [[1, 1, 0, 0, 1, 3], [1, 2, 2, 0, 3, 3]]  # none, X, Y, both
    told = krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal")
    assert row["value"] == pytest.approx(told, abs=1e-12)
    assert row["unit"] == "token"


def test_of_few_passages_that_are_all_alike_no_interval_is_made_up() -> None:
    one = passage("aa bb cc dd ee ff gg hh ii kk ll mm", X=[[(0, 2)], [(0, 2)]])
    found = measure_spans(*tables([one, one, one])).set_index(["label", "coefficient"])
    row = found.loc[("X", "token_alpha")]
    assert (row["value"], math.isnan(row["ci_low"]), math.isnan(row["ci_high"])) == (1.0, True, True)
    assert row["interval"] == "no variation over 3 items"
