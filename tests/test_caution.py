"""What a number is read with: the largest category, and the thresholds at which a caution is given."""

import math
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from annotate.agreement._cautions import (
    FEW,
    FEW_ANNOTATORS,
    FEW_DOCUMENTS,
    MEANINGS,
    MOSTLY_SINGLE,
    NOT_AT_RANDOM,
    ONE_CATEGORY,
    ONE_DOCUMENT,
    RARE,
    SKEW,
    TOO_FEW_ANNOTATORS,
    UNDEFINED,
    WIDE_INTERVAL,
    caution,
    cautions,
    with_cautions,
)
from annotate.agreement._measure import measure
from annotate.codebook.scale import Scale, scales_of
from annotate.counts.patterns import from_items
from annotate.counts.shares import MEANINGS as OF_SHARES
from annotate.present.summary import summarise, warnings_of
from annotate.present.wording import cautions_once
from annotate.present.workbook import write_workbook
from annotate.sampling import Interval
from annotate.study.study import read_study


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
            [(20, [2, 0, 0]), (20, [0, 2, 0]), (20, [1, 0, 0]), (20, [0, 1, 0])],
            [(20, [2, 0, 0]), (20, [0, 2, 0]), (20, [1, 0, 0]), (21, [0, 1, 0])],
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
    assert caution(of((40, [2, 0, 0]), (30, [0, 1, 0]))).cautions == (ONE_CATEGORY, NOT_AT_RANDOM)


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
    assert set(MEANINGS) == {
        *(FEW, ONE_CATEGORY, SKEW, MOSTLY_SINGLE, FEW_DOCUMENTS, ONE_DOCUMENT),
        *(RARE, NOT_AT_RANDOM, FEW_ANNOTATORS, TOO_FEW_ANNOTATORS, UNDEFINED, WIDE_INTERVAL),
    }
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
    assert found["caution"].tolist() == [f"{FEW}; {RARE}"] * 2 + [FEW] * 2 + [f"{FEW}; {ONE_CATEGORY}"] * 2
    by_alphabet = cautions(ratings(s=["yyn", "ynn"]), scales=scales_of(dict.fromkeys(LEVEL, "nominal")))
    assert set(by_alphabet["prevalent_category"]) == {"n"}


def test_few_items_outside_the_largest_category():
    assert caution(of((27, [2, 0, 0]), (10, [0, 2, 0]))).cautions == ()
    assert caution(of((27, [2, 0, 0]), (8, [0, 2, 0]), (1, [1, 0, 1]))).cautions == (RARE,)
    # half of the items are outside: they are few, and nothing is rare among them
    assert RARE not in caution(of((6, [2, 0, 0]), (6, [0, 2, 0]))).cautions


def in_documents(outside, documents=14):
    """Documents of four passages, of which so many hold a second category."""
    rows = [
        (
            f"{document}-{passage}",
            "s",
            who,
            "v",
            "b" if document < outside and passage == 0 else "a",
            document,
        )
        for document in range(documents)
        for passage in range(4)
        for who in "AB"
    ]
    return pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category", "document"])


def test_few_documents_with_another_category():
    scales = scales_of({"v": "nominal"})
    found = [cautions(in_documents(n), scales=scales, by=())["caution"].iloc[0] for n in (13, 5)]
    assert found == [None, f"{SKEW}; {RARE}"]
    items = cautions(in_documents(13), scales=scales, by=(), cluster=None)["caution"].iloc[0]
    assert items is None


@pytest.mark.parametrize(
    ("single", "said"),
    [
        ((30, 30), ()),  # as the others are
        ((60, 0), (NOT_AT_RANDOM,)),  # of one kind only
        ((5, 0), ()),  # too few to tell
    ],
)
def test_the_singly_rated_may_be_coded_otherwise(single, said):
    rows = [(50, [2, 0, 0]), (50, [0, 2, 0]), (single[0], [1, 0, 0]), (single[1], [0, 1, 0])]
    assert caution(of(*rows)).cautions == said


def test_what_hangs_together_is_no_proof_that_the_singly_rated_differ():
    """All that is rated once lies in two documents, which may well be of one kind by chance."""
    rows = []
    for document in range(12):
        category, people = "ab"[document % 2], "AB"
        if document in (0, 2):
            people = "A"
        for passage in range(8):
            rows += [(f"{document}-{passage}", "s", who, "v", category, document) for who in people]
    frame = pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category", "document"])
    scales = scales_of({"v": "nominal"})
    by_items = cautions(frame, scales=scales, by=(), cluster=None)["caution"].iloc[0]
    by_documents = cautions(frame, scales=scales, by=())["caution"].iloc[0]
    assert NOT_AT_RANDOM in by_items
    assert NOT_AT_RANDOM not in by_documents


def test_undefined_replicates_are_cautioned_from_a_share_on():
    rows = [
        (f"i{n}", "s", who, "v", "b" if n + (who == "A") == 0 else "a") for n in range(30) for who in "AB"
    ]
    frame = pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category"])
    scales = scales_of({"v": "nominal"})
    found = with_cautions(measure(frame, scales=scales), frame, scales=scales).set_index("coefficient")
    assert UNDEFINED in found.loc["krippendorff_alpha", "caution"]
    assert UNDEFINED not in found.loc["percent_agreement", "caution"]
    log = measure(frame, scales=scales, interval=Interval("log_jackknife"))
    assert not with_cautions(log, frame, scales=scales)["caution"].str.contains(UNDEFINED).any()


def test_of_many_categories_the_cautions_are_those_of_few():
    """Beyond a number of categories counts are a table with gaps."""
    rows = [(f"i{n}", "s", who, "v", "ab"[n < 12]) for n in range(60) for who in "AB"]
    rows += [(f"j{n}", "s", "A", "v", "c") for n in range(40)]
    frame = pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category"])
    said = [
        cautions(frame, scales={"v": Scale("nominal", names)}, by=())["caution"].iloc[0]
        for names in (tuple("abc"), (*"abc", *(f"x{n}" for n in range(2000))))
    ]
    assert said[0] == said[1] == NOT_AT_RANDOM


def test_what_every_row_must_be_read_with_is_said_once(run, tmp_path):
    """On the terminal, in the report and in the workbook; each source of the example has one document."""
    example = Path(__file__).parents[1] / "exports" / "example"
    code, out, err = run("agreement", example, "--by", "source", "--interval", "none")
    assert code == 0, err
    assert [line for line in out.splitlines() if ONE_DOCUMENT in line] == [
        f"every row but (all), {ONE_DOCUMENT}: {MEANINGS[ONE_DOCUMENT]}"
    ]
    code, out, err = run("compare", example, "--coefficient", "gwet_ac1")
    assert code == 0, err
    assert [line for line in out.splitlines() if FEW in line] == [f"every row, {FEW}: {MEANINGS[FEW]}"]
    # why there is no p-value stands once, with the way out, and is never longer in the rows than it must be
    (why,) = [line for line in out.splitlines() if line.startswith("too few to test: ")]
    assert "with 1 and 12 documents no p-value is below 0.077" in why
    assert "say --cluster none to move single passages" in why
    assert out.count("no p-value is below 0.077") == 1

    summary = summarise(read_study(example), interval=Interval("none"))
    (told,) = [line for line in warnings_of(summary) if MEANINGS[ONE_DOCUMENT] in line]
    assert told.startswith("Every source on its own: ")
    write_workbook(tmp_path / "book.xlsx", summary)
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Agreement"]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if ONE_DOCUMENT in str(cell.value)]
    assert cells == [f"Every source on its own, {ONE_DOCUMENT}: {MEANINGS[ONE_DOCUMENT]}."]


def test_a_caution_of_some_rows_stays_in_them():
    rows = [f"{SKEW}; {FEW}", FEW, None]
    assert cautions_once(rows, [True, True, False]) == (
        [SKEW, None, None],
        [f"every row but (all), {FEW}: {MEANINGS[FEW]}"],
    )
    assert cautions_once(rows, [True] * 3) == (rows, [])
    assert cautions_once([FEW], [True]) == ([FEW], [])
    assert cautions_once(["rare"] * 2, [True] * 2)[1] == [f"every row, rare: {OF_SHARES['rare']}"]
    assert cautions_once([FEW, f"{FEW}; {SKEW}"], [True, False]) == (
        [None, SKEW],
        [f"every row, {FEW}: {MEANINGS[FEW]}"],
    )
