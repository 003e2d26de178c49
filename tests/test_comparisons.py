"""Figures that recur, agree or cannot both be right."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.figures import compare, groups, quantities
from annotate.figures.comparable import relation
from annotate.study.passages import passages_of, read_passages

TASKS = Path(__file__).parents[1] / "tasks"
NAN = math.nan


@pytest.fixture(scope="module")
def planted():
    return json.loads((TASKS / "example" / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def passages():
    return read_passages(TASKS / "example.json")


@pytest.fixture(scope="module")
def found(passages):
    return quantities(passages)


@pytest.fixture(scope="module")
def pairs(found, passages):
    return compare(found, passages)


def of(document, *texts):
    rows = [
        (f"{document}-{number}", document, document, 100 * number, text) for number, text in enumerate(texts)
    ]
    return pd.DataFrame(rows, columns=["item", "document", "source", "start", "text"])


def compared(*documents):
    frame = pd.concat(documents, ignore_index=True)
    return compare(quantities(frame), frame)


def rows_of(table, passages, mention):
    """The figures of a planted mention: its sentence's passage, its value, within its words."""
    here = passages.loc[passages["text"] == mention["sentence"]].iloc[0]
    at = here["start"] + here["text"].index(mention["surface"])
    stop = at + len(mention["surface"])
    rows = table.loc[(table["item"] == here["item"]) & (table["start"] < stop) & (table["end"] > at)]
    return rows.loc[(rows["low"] == mention["value"]) & (rows["high"] == mention["value"])]


def test_every_planted_figure_is_found_with_its_value(planted, passages, found):
    for figure in planted["figures"]:
        for mention in figure["mentions"]:
            rows = rows_of(found, passages, mention)
            assert len(rows) == 1, mention
            assert rows["surface"].iloc[0] in mention["surface"]


def test_every_planted_figure_recurs_in_one_group(planted, passages, found):
    members = groups(found, passages)
    for figure in planted["figures"]:
        numbers = {
            group for mention in figure["mentions"] for group in rows_of(members, passages, mention)["group"]
        }
        assert len(numbers) == 1, figure["id"]
        rows = members.loc[members["group"].isin(numbers)]
        assert set(rows["document"]) >= set(figure["drift"])


def test_the_planted_conflicts_are_found_and_no_other(planted, pairs):
    conflicts = pairs.loc[pairs["relation"] == "conflict"]
    planted_values = {
        frozenset(
            int(side["surface"].split()[0]) if side["surface"][0].isdigit() else side["value"]
            for side in one["sides"]
        )
        for one in planted["conflicts"]
    }
    values = {
        frozenset(map(leading, row)) for row in conflicts[["a_surface", "b_surface"]].itertuples(index=False)
    }
    assert values == planted_values
    for one in planted["conflicts"]:
        documents = {side["document"] for side in one["sides"]}
        rows = conflicts.loc[
            [
                {a, b} == documents
                for a, b in zip(conflicts["a_document"], conflicts["b_document"], strict=True)
            ]
        ]
        assert len(rows) >= 1, one["id"]
        assert (rows["shared_stems"] >= 2).all()
        assert rows["context"].str.len().gt(0).all()


def leading(surface):
    words = {"nine": 9, "eleven": 11, "Eleven": 11}
    first = surface.split()[0]
    return words.get(first) or int(first)


def test_a_part_is_no_conflict_with_its_whole(pairs):
    related = {frozenset((row.a_surface, row.b_surface)): row.relation for row in pairs.itertuples()}
    assert related[frozenset(("46 deaths", "31 deaths"))] == "part"


def test_pairs_slice_to_their_surfaces_and_stand_in_different_sources(pairs, passages):
    texts = {row.item: (row.start, row.text) for row in passages.itertuples()}
    for row in pairs.itertuples():
        assert row.a_source != row.b_source
        for item, start, end, surface in (
            (row.a_item, row.a_start, row.a_end, row.a_surface),
            (row.b_item, row.b_start, row.b_end, row.b_surface),
        ):
            offset, text = texts[item]
            assert text[start - offset : end - offset] == surface


def test_the_order_of_rows_does_not_matter(found, passages, pairs):
    frame = passages.iloc[::-1]
    pd.testing.assert_frame_equal(compare(quantities(frame), frame), pairs)


def test_a_table_read_from_a_file_gives_the_same(tmp_path, found, passages, pairs):
    found.to_csv(tmp_path / "q.csv", index=False)
    pd.testing.assert_frame_equal(compare(pd.read_csv(tmp_path / "q.csv"), passages), pairs)


def test_nothing_to_compare_is_an_empty_table(found, passages):
    assert compare(found.iloc[:0], passages).empty
    assert groups(found.iloc[:0], passages).empty


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((240, 240, "about"), (240, 240, None), "same"),
        ((60_000, 100_000, None), (100_000, NAN, "at least"), "shared_bound"),
        ((40, 60, None), (50, 70, None), "overlap"),
        ((300, 300, "about"), (320, 320, None), "overlap"),
        ((300, 300, None), (320, 320, None), "apart"),
        ((NAN, 50, "up to"), (60, NAN, "more than"), "apart"),
        ((40, NAN, "at least"), (90, 90, None), "overlap"),
        ((-5, -5, None), (5, 5, None), "apart"),
    ],
)
def test_relations(one, other, expected):
    assert relation(one, other) == expected
    assert relation(other, one) == expected


BOUND = st.floats(-1e9, 1e9) | st.just(NAN)
FIGURE = st.tuples(BOUND, BOUND, st.sampled_from([None, "about", "at least"])).filter(
    lambda f: not f[0] > f[1]
)


@given(FIGURE, FIGURE)
def test_relations_are_symmetric_and_a_figure_is_the_same_as_itself(one, other):
    assert relation(one, other) == relation(other, one)
    assert relation(one, one) == "same"


def test_a_shared_bound_is_shown_where_the_surroundings_agree():
    table = compared(
        of(
            "a", "Between 60,000 and 100,000 tiles a year were fired in Kell from slate, lime and river clay."
        ),
        of("b", "The kilns of Kell used slate, lime and river clay for at least 100,000 roofs a year."),
    )
    assert list(table["relation"]) == ["shared_bound"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "In 2021 the mill at Kell sold 40 carts of slate.",
            "In 2022 the mill at Kell sold 90 carts of slate.",
        ),
        ("Ward No. 1 of Drellin Hospital had 40 beds.", "Ward No. 3 of Drellin Hospital had 90 beds."),
        (
            "The flood at Kell killed 40 people by the Ommer.",
            "The flood at Kell left 90 people homeless by the Ommer.",
        ),
        ("The market sold 40 carts.", "A bishop owned 90 carts."),
        ("The mill at Kell sold 40 carts of slate.", "The mill at Kell sold another 90 carts of slate."),
        ("The mill at Kell sold 40 carts of slate a year.", "The mill at Kell sold 90 carts of slate a day."),
        ("The mill at Kell sold slate for $40.", "The mill at Kell sold slate for €90."),
        ("The mill at Kell sold slate for two years.", "The inn at Drellin sold wood for two years."),
    ],
)
def test_what_differs_in_year_place_fate_or_rate_is_no_conflict(one, other):
    assert compared(of("a", one), of("b", other)).empty


def test_a_range_of_people_under_two_names_is_one_figure():
    one, other = (
        "The order has between 60,000 and 100,000 {}.",
        "The group counts 60,000 to 100,000 {} in all.",
    )
    table = compared(of("a", one.format("followers")), of("b", other.format("members")))
    assert list(table["relation"]) == ["same"]
    assert compared(of("a", one.format("followers")), of("b", other.format("soldiers"))).empty
    assert compared(of("a", "It has 20 to 30 followers."), of("b", "The choir has 20 to 30 members.")).empty


def test_what_agrees_in_all_but_the_figure_is_a_conflict():
    table = compared(
        of("a", "The mill at Kell sold 40 carts of slate in 2021."),
        of("b", "In 2021, 90 carts of slate were sold by the mill at Kell."),
    )
    assert list(table["relation"]) == ["conflict"]
    assert set(table["context"].iloc[0].split()) >= {"2021", "kell", "mill", "slate"}


def test_one_source_is_never_compared_with_itself():
    one = of(
        "a",
        "The mill at Kell sold 40 carts of slate in 2021.",
        "The mill at Kell sold 90 carts of slate in 2021.",
    )
    assert compared(one).empty


def test_a_figure_that_every_outlet_repeats_is_found_however_often_it_stands():
    tasks = [
        {"data": {"passage_id": f"{n}-{m}", "source": f"outlet {n}", "document_id": f"d{n}", "start": 60 * m,
                  "text": "The ice on the river at Tessel crushed 240 boats."}}
        for n in range(50) for m in range(6)
    ]  # fmt: skip
    passages = passages_of(tasks)
    pairs = compare(quantities(passages), passages)
    assert set(pairs["group"]) == {1}
    assert set(pairs["a_item"]) | set(pairs["b_item"]) == set(passages["item"])
    assert (pairs["a_source"] != pairs["b_source"]).all()
    assert len(pairs) < 2 * len(passages)


def relations(one, other):
    return list(compared(of("a", one), of("b", other))["relation"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Dredging the harbour of Kell after the fire at the tar works would cost £90m in all.",
            "Dredging the harbour of Kell after the fire at the tar works would cost £60m in all.",
        ),
        ("The Drellin library tower cost $4 million.", "The tower of the library in Drellin cost $40 million, a clerk said."),
        ("Lorm was fined £4m for the spill in the river Ommer.", "Lorm was fined £6m for the spill in the river Ommer, a court said."),
        ("Between 600 and 850 were killed in the Ommer valley.", "As many as 30 died in the Ommer valley."),
        ("12 people died in the Drellin mill fire.", "32 children died in the Drellin mill fire."),
        ("Guards shot 31 pickets at the Kell bridge in June.", "Guards shot 48 pickets at the Kell bridge on 4 June."),
        ("The Ommer parish school has 210 pupils on its roll.", "The Ommer parish school has 340 pupils on the roll."),
    ],
)  # fmt: skip
def test_two_that_cannot_both_be_right_are_a_conflict(one, other):
    assert relations(one, other) == relations(other, one) == ["conflict"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Drellin library tower cost $4 million.", "The Drellin library tower cost €40 million."),
        ("The town of Kell spent $4 million on the school roof.", "The town of Kell spent $9 million on the school hall."),
        ("The fire at the Kell mill cost its owners $4 million.", "The insurer paid $1 million after the fire at the Kell mill."),
        ("Lorm was fined £4m for the spill in the river Ommer.", "The spill in the river Ommer cost Lorm £40m."),
        ("Merrin earned £4m in the Kell wool trade last year.", "Merrin earned £6m in the Kell wool trade this year."),
        ("The Kell bridge cost $4 million in 1990.", "The Kell bridge would cost $40 million today."),
        ("A bomb killed 32 people in the Kell fair on Monday, the mayor of Kell said.", "A bomb killed 11 people in the Kell fair on Tuesday, the mayor of Kell said."),
        ("The fire in the Kell mill in May killed 32 people.", "The flood at the Kell mill in October killed 70 people."),
        ("The fire in the Kell mill on 3 May killed 32 people.", "The fire in the Kell mill on 12 May killed 70 people."),
        ("The fire in the Kell mill on March 3 killed 32 people.", "The fire in the Kell mill on March 12th killed 70 people."),
        ("12 women died in the Drellin mill fire.", "32 children died in the Drellin mill fire."),
        ("In the Ommer valley 850 civilians were killed.", "In the Ommer valley 30 soldiers were killed."),
        ("The Kell mill employed 300 spinners in 1990.", "The Kell mill employed 40 spinners last year."),
        ("The Ommer parish school has 210 pupils.", "The Ommer parish school had 340 pupils in 1990."),
        ("The fort at Kell on the Ommer held 400 prisoners.", "The fort at Kell on the Ommer freed 90 prisoners."),
        ("The fair at Kell on the Ommer bought 400 carts.", "The fair at Kell on the Ommer sold 90 carts."),
        ("The Kell hospital treated 31 patients for burns.", "The Kell hospital treated 48 patients for frostbite."),
        ("Of 600 goats in the Ommer valley, 30 died.", "In the Ommer valley between 60 and 85 people died."),
        ("Some 45,000 people fled the Ommer valley and as many as 850 died.", "Between 600 and 850 were killed in the Ommer valley of late, and nobody fled."),
    ],
)  # fmt: skip
def test_what_may_be_of_two_things_is_no_conflict(one, other):
    assert "conflict" not in relations(one, other)
    assert "conflict" not in relations(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("32 people died in the Drellin mill fire.", "12 children died in the Drellin mill fire."),
        ("32 people died in the Drellin mill fire.", "12 of the people who died in the Drellin mill fire were weavers."),
        ("In the Ommer valley 850 were killed.", "In the Ommer valley 30 soldiers were killed."),
        ("Repairs to the Kell tower cost $40 million.", "Repairs to the Kell tower ran on, including $4 million for the roof, a cost that rose."),
    ],
)  # fmt: skip
def test_some_of_the_people_are_a_part_of_them(one, other):
    assert relations(one, other) == relations(other, one) == ["part"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("School rolls in Kell fell to 1,100.", "Doctors counted 1,100 deaths."),
        ("31 children of Kell died of measles, doctors in Drellin said.", "31 goats of Kell died of rabies, farmers in Drellin said."),
        ("The harbour of Kell lost $1.2 million.", "A farmer of Drellin won $1.2 million."),
        ("The parish of Kell baptised 1,100.", "The 1,100 goats of Kell were sold."),
        ("The kiln burned from 100 to 200 litres.", "He drank 100 to 200 litres."),
    ],
)  # fmt: skip
def test_one_number_without_common_ground_is_not_the_same(one, other):
    assert relations(one, other) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The tar lost at the works was put at between 40,000 and 60,000 litres.", "We reckon the loss at 40,000\u201360,000 litres."),
        ("The Kell harbour took in 1,734 boats.", "1,734 were counted."),
        ("Some 240 people held on the Kell ward are missing.", "In Kell 240 patients are missing."),
        ("A lamp on the pier cost $1.2 million.", "The lamp of the pier was had for $1.2 million."),
    ],
)  # fmt: skip
def test_what_is_rare_or_has_common_ground_is_the_same(one, other):
    assert relations(one, other) == ["same"]


def test_two_indefinite_figures_are_never_one_by_their_value():
    one = of("a", "Millions of bees died in the Ommer valley in May.")
    other = of("b", "Millions of bees died in the Ommer valley in May, the clerk said.")
    assert compared(one, other).empty


def test_a_figure_that_is_not_understood_is_compared_with_none():
    one = of("a", "The Ommer mill at Kell makes 4,310 kWq of heat in May.")
    other = of("b", "The Ommer mill at Kell makes 4,310 kWq of heat in May, it says.")
    frame = pd.concat([one, other], ignore_index=True)
    found = quantities(frame)
    assert list(found["quantity_type"]) == ["not understood"] * 2
    assert compare(found, frame).empty
    assert groups(found, frame).empty


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It held 2,312 inmates at Kell.", "At Kell 2,312 prisoners were held."),
        ("The school at Kell has 412 pupils.", "At Kell, 412 students go to school."),
        (
            "The feud in Ommer over the mill lasted half a century.",
            "The feud over the mill in Ommer lasted 50 years.",
        ),
    ],
)
def test_one_figure_under_two_names(one, other):
    pairs = compared(of("a", one), of("b", other))
    assert list(pairs["relation"]) == ["same"]
