"""What a number is read with: the largest category, and the thresholds at which a caution is given."""

import math

import pandas as pd
import pytest

from annotate.agreement._cautions import (
    FEW,
    FEW_DOCUMENTS,
    MEANINGS,
    MOSTLY_SINGLE,
    ONE_CATEGORY,
    SKEW,
    WIDE_INTERVAL,
    caution,
    cautions,
)
from annotate.codebook.scale import Scale, scales_of
from annotate.counts.patterns import from_items


def of(*rows):
    """Rows of how many items, and their counts of a, b and c."""
    return from_items([counts for n, counts in rows for _ in range(n)], Scale("nominal", tuple("abc")))


def test_nothing_to_say():
    found = caution(of((15, [2, 0, 0]), (15, [0, 2, 0])))
    assert (found.prevalent_category, found.prevalence, found.cautions) == ("a", 0.5, ())
    assert found.text is None


@pytest.mark.parametrize(
    ("at", "past", "said"),
    [
        ([(15, [2, 0, 0]), (15, [0, 2, 0])], [(15, [2, 0, 0]), (14, [0, 2, 0])], FEW),
        ([(40, [2, 0, 0]), (10, [0, 2, 0])], [(41, [2, 0, 0]), (10, [0, 2, 0])], SKEW),
        (
            [(20, [2, 0, 0]), (20, [0, 2, 0]), (40, [0, 0, 1])],
            [(20, [2, 0, 0]), (20, [0, 2, 0]), (41, [0, 0, 1])],
            MOSTLY_SINGLE,
        ),
    ],
)
def test_a_caution_begins_past_its_threshold(at, past, said):
    assert caution(of(*at)).cautions == ()
    assert caution(of(*past)).cautions == (said,)


def test_one_category_is_not_called_skew_as_well():
    alone = of((40, [2, 0, 0]))
    assert caution(alone).cautions == (ONE_CATEGORY,)
    # where the other category stands on items with one rating only, it cannot disagree either
    assert caution(of((40, [2, 0, 0]), (30, [0, 1, 0]))).cautions == (ONE_CATEGORY,)


def test_all_ratings_count_for_the_largest_category():
    found = caution(of((2, [0, 2, 0]), (5, [1, 0, 0])))
    assert (found.prevalent_category, found.prevalence) == ("a", 5 / 9)
    assert found.cautions == (FEW, ONE_CATEGORY, MOSTLY_SINGLE)
    assert found.text == "few items; one category; mostly single ratings"


def test_nothing_rated():
    found = caution(of((3, [0, 0, 0])))
    assert found.prevalent_category is None
    assert math.isnan(found.prevalence)
    assert found.cautions == (FEW,)


def test_a_wide_interval():
    patterns = of((15, [2, 0, 0]), (15, [0, 2, 0]))
    assert caution(patterns, (0.5, 0.69)).cautions == ()
    assert caution(patterns, (0.5, 0.71)).cautions == (WIDE_INTERVAL,)
    assert caution(patterns, (math.nan, math.nan)).cautions == ()


def test_every_caution_says_what_it_means():
    assert set(MEANINGS) == {FEW, ONE_CATEGORY, SKEW, MOSTLY_SINGLE, FEW_DOCUMENTS, WIDE_INTERVAL}
    assert MEANINGS[SKEW] == "one category has more than 80 % of the ratings"


def ratings(**sources):
    """Of each source a word an annotator, a letter an item, on two variables alike."""
    rows = [
        (f"{source}{item}", source, f"A{who}", variable, category)
        for source, words in sources.items()
        for who, word in enumerate(words)
        for item, category in enumerate(word)
        for variable in ("kind", "force")
    ]
    return pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category"])


LEVEL = {"kind": "nominal", "force": "ordinal"}
OFFERED = {"kind": ("y", "n"), "force": ("n", "y")}


def test_a_table_by_source():
    found = cautions(ratings(s=["yyn", "ynn"], t=["nnnn", "nnnn"]), scales=scales_of(LEVEL, OFFERED))
    columns = ["source", "variable", "prevalent_category", "prevalence", "n_ratings", "caution"]
    assert list(found.columns) == columns
    assert found["source"].tolist() == [None, None, "s", "s", "t", "t"]
    assert found["variable"].tolist() == ["kind", "force"] * 3
    # of two equal ones the first in the codebook
    assert found["prevalent_category"].tolist() == ["n", "n", "y", "n", "n", "n"]
    assert found["prevalence"].tolist() == [11 / 14, 11 / 14, 1 / 2, 1 / 2, 1, 1]
    assert found["n_ratings"].tolist() == [14, 14, 6, 6, 8, 8]
    assert found["caution"].tolist() == [FEW] * 4 + [f"{FEW}; {ONE_CATEGORY}"] * 2
    by_alphabet = cautions(ratings(s=["yyn", "ynn"]), scales=scales_of(dict.fromkeys(LEVEL, "nominal")))
    assert set(by_alphabet["prevalent_category"]) == {"n"}
