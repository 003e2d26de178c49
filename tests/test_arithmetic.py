"""Arithmetic that a text states, recomputed."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.figures import arithmetic, quantities
from annotate.study.passages import read_passages

TASKS = Path(__file__).parents[1] / "tasks"


def passages(*texts):
    rows, start = [], 0
    for number, text in enumerate(texts):
        rows.append((f"p{number}", "doc", "Kestwire", start, start + len(text), text))
        start += len(text) + 1
    return pd.DataFrame(rows, columns=["item", "document", "source", "start", "end", "text"])


def recomputed(*texts):
    frame = passages(*texts)
    return arithmetic(quantities(frame), frame)


def only(*texts):
    table = recomputed(*texts)
    assert len(table) == 1, table
    return table.iloc[0]


@pytest.fixture(scope="module")
def example():
    frame = read_passages(TASKS / "example.json")
    return frame, arithmetic(quantities(frame), frame)


def test_the_planted_arithmetic_is_found_with_the_right_verdict_and_nothing_else(example):
    frame, table = example
    planted = json.loads((TASKS / "example" / "planted.json").read_text(encoding="utf-8"))
    wrong = [
        (one["sentence"], one["stated_total"], one["true_total"], False) for one in planted["wrong_sums"]
    ]
    right = [(one["sentence"], one["result"], one["result"], True) for one in planted["right_sums"]]
    texts = frame.set_index("item")["text"]
    names = ("item", "stated_low", "computed_low", "agrees")
    rows = zip(*(table[name] for name in names), strict=True)
    assert {(texts[item], *rest) for item, *rest in rows} == {*wrong, *right}
    operations = dict(zip(table["item"].map(texts), table["operation"], strict=True))
    assert all(operations[one["sentence"]] == one["operation"] for one in planted["right_sums"])


def test_the_finding_takes_no_side(example):
    _, table = example
    wrong = table.loc[~table["agrees"]].iloc[0]
    assert wrong["finding"] == "the text states 64, its figures give 54"
    assert wrong["inputs"] == "12 + 19 + 23"


def test_offsets_slice_to_the_text(example):
    frame, table = example
    offsets = frame.set_index("item")
    for row in table.itertuples():
        passage = offsets.loc[row.item]
        assert passage["text"][row.start - passage["start"] : row.end - passage["start"]] == row.text


@pytest.mark.parametrize(
    ("text", "operation", "computed", "agrees"),
    [
        ("He counted 12 of them, 19 here and 23 there, which makes 64 in all.", "sum", 54, False),
        ("There were 12 carts, 19 vans and 23 lorries, 54 vehicles in all.", "sum", 54, True),
        ("He spent $5 million on roads and $3 million on schools, a total of $8 million.", "sum", 8e6, True),
        ("There were 64 people: 12 men, 29 women and 23 children.", "sum", 64, True),
        ("There were 60 people: 12 men, 29 women and 23 children.", "sum", 64, False),
        ("Of the 31 dead, 12 were men, 9 were women and 10 were children.", "sum", 31, True),
        ("It had 31 of 40 beds, or 77 percent, in use.", "percent", 77.5, True),
        ("It had 31 of the 40 beds (60 percent) in use.", "percent", 77.5, False),
        ("It used 78 percent (31 of 40 beds).", "percent", 77.5, True),
        ("Of the 620 miners, 79, or 13 percent, were hurt.", "percent", 100 * 79 / 620, True),
        ("One in five, or 20 percent, left.", "percent", 20, True),
        ("One in five, or 25 percent, left.", "percent", 20, False),
        ("That is 240 cases in 16 months, or 15 cases a month.", "quotient", 15, True),
        ("That is 240 cases in 16 months, or 25 cases a month.", "quotient", 15, False),
        ("That is 240 cases in two years, or ten cases a month.", "quotient", 10, True),
        ("That is 15 patients a month, or 240 in 16 months.", "product", 240, True),
        ("They burned six a day, 42 a week.", "product", 42, True),
        ("They burned six a day, 50 a week.", "product", 42, False),
        ("There are six rooms with four beds each, 24 beds in all.", "product", 24, True),
        ("There are six rooms with four beds each, 28 beds in all.", "product", 24, False),
        ("It has 120 beds, three times the 40 beds of last year.", "quotient", 3, True),
        ("It has 160 beds, three times the 40 beds of last year.", "quotient", 4, False),
        ("With 40 beds and 240 patients, each bed was filled six times.", "quotient", 6, True),
        ("With 40 beds and 240 patients, each bed was filled eight times.", "quotient", 6, False),
        ("It fell from 58 to 31, a drop of 27.", "difference", 27, True),
        ("It fell from 58 to 31, a drop of 37.", "difference", 27, False),
        ("They fired 60,000 a year for 10 years, 900,000 in total.", "product", 600_000, False),
        ("They fired 60,000 tiles a year over 10 years, which makes 600,000.", "product", 600_000, True),
        ("She rowed 1,250 hours at £48 per hour, which comes to £70,000.", "product", 60_000, False),
        ("She rowed at £48 an hour for 1,250 hours, £60,000 in all.", "product", 60_000, True),
        ("It gave $500 to each of 1,000 households, $0.9m in all.", "product", 500_000, False),
        ("It paid each of the 1,000 households $500, or $0.5m in all.", "product", 500_000, True),
        ("Then 24 barges a week bring 20 tonnes each. That makes 680 tonnes a week.", "product", 480, False),
        ("Then 24 barges a week bring 20 tonnes each, 480 tonnes a week in all.", "product", 480, True),
        ("They saw 2,612 birds, of which 1,980 were terns (66 per cent).", "percent", 75.8040, False),
        ("They saw 2,612 birds, of which 1,980, or 76 per cent, were terns.", "percent", 75.8040, True),
        ("It rose 20 percent, from 50 to 60.", "change", 20, True),
        ("It rose 40 percent, from 50 to 60.", "change", 20, False),
    ],
)
def test_verdicts(text, operation, computed, agrees):
    row = only(text)
    assert row["operation"] == operation
    assert row["computed_low"] == pytest.approx(computed, rel=1e-5)
    assert row["agrees"] == agrees


def test_a_rate_over_years_keeps_its_interval():
    row = only(
        "The kilns fired between 1.2 million and 2 million bricks in the last 20 years.",
        "The numbers of bricks are between 50,000 and 90,000 a year.",
    )
    assert (row["operation"], row["computed_low"], row["computed_high"]) == ("product", 1_000_000, 1_800_000)
    assert (row["agrees"], row["in_part"]) == (False, True)
    assert row["finding"].endswith("; these meet only from 1,200,000 to 1,800,000")
    assert not only("They fired 4 million bricks in the last 16 years.", "They fired 60,000 bricks a year.")[
        "agrees"
    ]


@pytest.mark.parametrize(
    ("stated", "agrees", "in_part"),
    [
        ("1.5 to 2.5 million bricks", False, True),
        ("960,000 to 1.6 million bricks", True, False),
        ("1 to 1.5 million bricks", True, False),  # within what its figures give
        ("0.9 to 2 million bricks", True, False),  # and around it
        ("2.2 to 2.5 million bricks", False, False),
        ("1.5 million bricks", True, False),
    ],
)
def test_ranges_that_meet_in_part_do_not_agree(stated, agrees, in_part):
    row = only(f"The kilns fired 60,000 to 100,000 bricks a year for 16 years, {stated} in total.")
    assert (row["agrees"], row["in_part"]) == (agrees, in_part)
    assert ("these meet only" in row["finding"]) == in_part


@pytest.mark.parametrize(
    ("text", "computed", "agrees"),
    [
        ("The harm is forty times as large: 400 people drowned here and 10 people there.", 40, True),
        ("Here 400 sailors drowned, and 10 sailors there, or thirty times as many.", 40, False),
        ("Of 80 sailors 10 drowned, or one in eight.", 1 / 8, True),
        ("Of 80 sailors 10 drowned, or one in four.", 1 / 8, False),
        ("Of the 80 sailors, 10 drowned, one in eight.", 1 / 8, True),
    ],
)
def test_a_ratio_or_multiple_is_recomputed_from_the_two_figures_of_its_sentence(text, computed, agrees):
    row = only(text)
    assert (row["operation"], row["computed_low"], row["agrees"]) == (
        "quotient",
        pytest.approx(computed),
        agrees,
    )


@pytest.mark.parametrize(
    "text",
    [
        "One in four of the 20 doctors and 30 nurses left.",
        "Three times 12 sailors and 13 stokers called.",
        "One in eight of 80 sailors, 20 stokers and 40 cooks left.",
        "The 40 carts were three times as heavy as the £30 ones.",
    ],
)
def test_a_ratio_of_other_things_is_no_finding(text):
    assert recomputed(text).empty


def test_a_total_may_stand_in_the_sentence_before():
    assert only("It lists 31 deaths.", "Of these deaths, 12 were in May, 9 in June and 10 in July.")["agrees"]
    assert not only("It lists 30 deaths.", "Of these deaths, 12 were in May, 9 in June and 10 in July.")[
        "agrees"
    ]


def test_a_product_may_be_drawn_in_the_next_sentence():
    assert not only("Then 24 barges a week bring 20 tonnes each.", "That makes 680 tonnes a week.")["agrees"]
    assert only("She rowed 1,250 hours at £48 an hour.", "That comes to £60,000.")["agrees"]
    assert recomputed("She rowed 1,250 hours at £48 an hour.", "In all £70,000 was spent.").empty
    assert recomputed("She rowed 1,250 hours at £48 an hour and sang for all.", "It is £70,000.").empty


def test_parts_that_are_not_said_to_be_all_are_left_alone():
    assert recomputed("It lists 40 deaths.", "Of these deaths, 12 were in May and 9 in June.").empty


@pytest.mark.parametrize(
    "text",
    [
        "It had 12 carts, 19 vans and 23 lorries.",
        "It had 40 beds in 2 wards, and 9 nurses came in 3 carts.",
        "It fell from 58 to 31. A drop of 5 litres was spilt.",
        "He met 12 men. In all 40 villages they sang.",
        "It had 31 of 40 beds and paid 5 percent.",
        "He rowed 12 hours at the quay and paid £48 per hour, and got £700 in all from his aunt.",
        "They sold 40 carts a day for 3 weeks and 900 in total that year.",
        "They fired 60,000 a year for 10 years. In total 900,000 were sold.",
        "Then 24 barges a week bring 20 tonnes each, and the mill takes 680 tonnes a week.",
        "She rowed 12 hours at £10 per hour.",
        "Some 24 barges came, of which 10 were red, and 30 per cent of the tar was sold.",
    ],
)
def test_figures_side_by_side_are_no_arithmetic(text):
    assert recomputed(text).empty


def test_hedges_and_rounding_are_considered():
    assert only("About 100 of 300 beds, or 36 percent, were full.")["agrees"]
    assert not only("Then 100 of 300 beds, or 36 percent, were full.")["agrees"]
    assert only("That is 3 million bricks in seven years, or 430,000 bricks a year.")["agrees"]
    assert only("That is 240 cases in 16 months, or about 14 cases a month.")["agrees"]
    assert not only("That is 240 cases in 16 months, or more than 20 cases a month.")["agrees"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(13, 900), min_size=2, max_size=5), st.integers(-3, 3))
def test_any_sum_gets_its_verdict(parts, off):
    listed = ", ".join(f"{part} in Kell" for part in parts[:-1]) + f" and {parts[-1]} in Drellin"
    row = only(f"They found {listed}, which makes {sum(parts) + off} in all.")
    assert row["computed_low"] == sum(parts)
    assert row["agrees"] == (off == 0)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "12 19 40 beds men percent , or of the from to each times in all : a total of makes year month a ( ) . %".split(  # noqa: SIM905
                " "
            )
        ),
        max_size=25,
    ).map(" ".join)
)
def test_any_text_goes_through(text):
    table = recomputed(text)
    assert (table["computed_low"] <= table["computed_high"]).all()
