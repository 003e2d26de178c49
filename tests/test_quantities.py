"""Figures in texts: their values, their places and what is not a figure."""

import math

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotate.figures import quantities
from annotate.figures.nouns import singular
from annotate.figures.numbers import numeral
from annotate.figures.read import NOT_UNDERSTOOD, figures
from annotate.figures.words import DIGIT_WORDS, TENS
from tests.endless import ENDLESS

NAN = math.nan


def read(text):
    return [(text[found.start : found.end], found) for found in figures(text)]


def only(text):
    found = read(text)
    assert len(found) == 1, found
    return found[0]


def same(one, other):
    return one == other or (math.isnan(one) and math.isnan(other))


def passages(*texts, document="doc"):
    rows, start = [], 0
    for number, text in enumerate(texts):
        rows.append((f"p{number}", document, "Kestwire", start, start + len(text), text))
        start += len(text) + 1
    return pd.DataFrame(rows, columns=["item", "document", "source", "start", "end", "text"])


@pytest.mark.parametrize(
    ("text", "surface", "low", "high", "unit", "hedge"),
    [
        ("It held 40 beds.", "40 beds", 40, 40, "bed", None),
        ("They say about 240 patients vanished.", "about 240 patients", 240, 240, "patient", "about"),
        ("Some 240 people held there wait.", "Some 240 people", 240, 240, "people", "about"),
        ("At least 1,500 miners left.", "At least 1,500 miners", 1500, NAN, "miner", "at least"),
        ("No fewer than nine lorries came.", "No fewer than nine lorries", 9, NAN, "lorry", "at least"),
        ("It took up to 2 million tiles.", "up to 2 million tiles", NAN, 2e6, "tile", "up to"),
        ("More than fifty guards slept.", "More than fifty guards", 50, NAN, "guard", "more than"),
        ("Nearly 300 families moved.", "Nearly 300 families", 300, 300, "family", "nearly"),
        ("Fewer than 20 nurses stayed.", "Fewer than 20 nurses", NAN, 20, "nurse", "less than"),
        ("There were 40 or more carts.", "40 or more carts", 40, NAN, "cart", "at least"),
        ("It drew two million-plus people.", "two million-plus people", 2e6, NAN, "people", "at least"),
        ("It drew 90-plus drivers.", "90-plus drivers", 90, NAN, "driver", "at least"),
        ("There were 100+ cases.", "100+ cases", 100, NAN, "case", "at least"),
        ("He counted 40 beds or so.", "40 beds or so", 40, 40, "bed", "about"),
        ("The figure of 240 comes from him.", "240", 240, 240, None, None),
        ("Two former guards spoke.", "Two former guards", 2, 2, "guard", None),
        ("The book names 58 dead.", "58 dead", 58, 58, "dead", None),
        ("It lost 14 human rights groups.", "14 human rights groups", 14, 14, "group", None),
        ("Thousands of roof tiles fell.", "Thousands of roof tiles", 1000, NAN, "tile", "indefinite"),
        ("Several dozen families left.", "Several dozen families", 12, NAN, "family", "indefinite"),
        ("Tens of thousands marched.", "Tens of thousands", 10_000, NAN, None, "indefinite"),
        ("It has seen a couple of hours.", "a couple of hours", 2, 2, "hour", None),
        ("Five of the drivers slept.", "Five of the drivers", 5, 5, "driver", None),
        ("It took at least a decade.", "at least a decade", 1, NAN, "decade", "at least"),
        ("It was a 10 year plan.", "10 year", 10, 10, "year", None),
        ("They fired 40 carts of slate a year.", "40 carts of slate a year", 40, 40, "cart", None),
        ("It found at least one winery.", "at least one winery", 1, NAN, "winery", "at least"),
        ("A 40-bed ward closed.", "40-bed", 40, 40, "bed", None),
        ("The numbers of grafts are 300.", "300", 300, 300, "graft", None),
        ("The death toll rose to 94.", "94", 94, 94, "death", None),
    ],
)
def test_counts(text, surface, low, high, unit, hedge):
    found, figure = only(text)
    assert found == surface
    assert same(figure.low, low)
    assert same(figure.high, high)
    assert (figure.unit, figure.hedge) == (unit, hedge)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,234,567", 1_234_567),
        ("1 234 567", 1_234_567),
        ("1\u2009234\u2009567", 1_234_567),
        ("1\u2019234\u2019567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1.5 million", 1.5e6),
        ("16.4 million", 16_400_000),
        ("1.2bn", 1.2e9),
        ("500k", 5e5),
        ("twenty-one", 21),
        ("a hundred and twenty", 120),
        ("two hundred thousand", 2e5),
        ("half a million", 5e5),
        ("half a dozen", 6),
        ("three dozen", 36),
        ("a million and a half", 1.5e6),
        ("two and a half million", 2.5e6),
        ("a quarter of a million", 25e4),
        ("five hundred and six", 506),
        ("1½ million", 1.5e6),
        ("12 lakh", 12e5),
    ],
)
def test_one_value_however_it_is_written(written, value):
    surface, figure = only(f"They fired {written} bricks.")
    assert surface == f"{written} bricks"
    assert (figure.low, figure.high, figure.unit) == (value, value, "brick")


@pytest.mark.parametrize(
    ("text", "surface", "low", "high"),
    [
        ("between 70,000 and 90,000 per year", "between 70,000 and 90,000 per year", 7e4, 9e4),
        ("60,000–100,000 tiles", "60,000–100,000 tiles", 6e4, 1e5),  # noqa: RUF001 - a dash
        ("70 million—100 million tiles", "70 million—100 million tiles", 7e7, 1e8),
        ("5-7 million tiles", "5-7 million tiles", 5e6, 7e6),
        ("60 to 100 thousand tiles", "60 to 100 thousand tiles", 6e4, 1e5),
        ("costs from 5 to 7 crowns", "from 5 to 7 crowns", 5, 7),
        ("a road of 10 km to 15 km", "10 km to 15 km", 10, 15),
        ("$5-7 million", "$5-7 million", 5e6, 7e6),
        ("30-45,000 gallons", "30-45,000 gallons", 3e4, 4.5e4),
        ("£30-45,000,000", "£30-45,000,000", 3e7, 4.5e7),
        ("30 to 45,000 gallons", "30 to 45,000 gallons", 30, 4.5e4),
        ("60-45,000 gallons", "60-45,000 gallons", 60, 4.5e4),
        ("between one hundred and two hundred men", "between one hundred and two hundred men", 100, 200),
        ("about 20 or 30 men", "about 20 or 30 men", 20, 30),
        ("a 5-to-7 percent rise", "5-to-7 percent", 5, 7),
        ("a yield of 5% to 7%", "5% to 7%", 5, 7),
    ],
)
def test_ranges(text, surface, low, high):
    found, figure = only(text)
    assert (found, figure.low, figure.high) == (surface, low, high)


@pytest.mark.parametrize(
    ("text", "surface", "low", "high", "unit"),
    [
        ("Between 3.5 and 4.5\nmillion hens lay.", "Between 3.5 and 4.5\nmillion hens", 3.5e6, 4.5e6, "hen"),
        ("It cost up to £7.5\nbillion.", "up to £7.5\nbillion", NAN, 7.5e9, None),
        ("Six\nmillion yen were gone.", "Six\nmillion yen", 6e6, 6e6, None),
        ("It made 70,000 to\n90,000 a year.", "70,000 to\n90,000 a year", 7e4, 9e4, None),
        (
            "He sold thirty-two thousand six\nhundred hens.",
            "thirty-two thousand six\nhundred hens",
            32_600,
            32_600,
            "hen",
        ),
        ("It sent at\nleast 31 carts.", "at\nleast 31 carts", 31, NAN, "cart"),
        ("It sent at least\r\n31 carts.", "at least\r\n31 carts", 31, NAN, "cart"),
        ("It has 2,345\nbeds.", "2,345\nbeds", 2345, 2345, "bed"),
        ("It cost EUR\n31 there.", "EUR\n31", 31, 31, None),
        ("It rose by 7.5\n% in May.", "7.5\n%", 7.5, 7.5, "percent"),
        ("It took more than a\nyear.", "more than a\nyear", 1, NAN, "year"),
        ("On 14\nSeptember he sold 9 cows.", "9 cows", 9, 9, "cow"),
        ("The clerk of the mill has written on page\n7 that 9 cows left.", "9 cows", 9, 9, "cow"),
    ],
)
def test_a_line_break_within_a_paragraph_is_a_space(text, surface, low, high, unit):
    found, figure = only(text)
    assert found == surface
    assert same(figure.low, low)
    assert same(figure.high, high)
    assert figure.unit == unit


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Dead: 31\n14 wounded", [(31, "dead"), (14, "wounded")]),
        ("dead: 31\nwounded: 14", [(31, "dead"), (14, "wounded")]),
        ("1,300\n4,500", [(1300, None), (4500, None)]),
        ("dead\n31\nwounded\n14", [(31, None), (14, None)]),
        ("7\n8", [(7, None), (8, None)]),
        ("3\n400", [(3, None), (400, None)]),
        ("In 2017\n31 men", [(31, "man")]),
        ("It made 31\nBeds were empty.", [(31, None)]),
        ("It made 31\n\nbeds, and Kell made nine carts.", [(31, None), (9, "cart")]),
        ("It made 31\n \t\nbeds.", [(31, None)]),
        ("It made 31\r\n\r\nbeds.", [(31, None)]),
        ("The clerk of the mill has written of cows\n2. The count is made.", []),
    ],
)
def test_a_list_or_a_blank_line_parts_figures(text, wanted):
    assert [(figure.low, figure.unit) for _, figure in read(text)] == wanted


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("In 2017, 900 left.", [(900, 900)]),
        ("In June 2017, 900 left.", [(900, 900)]),
        ("Since 2017, 3.5 million have come.", [(3.5e6, 3.5e6)]),
        ("By 1987, 7,000 were sold.", [(7000, 7000)]),
        ("In 1987–88, 70,000 to 90,000 left.", [(7e4, 9e4)]),  # noqa: RUF001 - a dash
        ("In 2017/18, 900 left.", [(900, 900)]),
        ("On June 3, 900 left.", [(900, 900)]),
        ("On June 3, 4 and 5 it rained.", []),
        ("In 2017, 2018 and 2019 it rained.", []),
        ("Wards 4, 5 and 6 were shut.", []),
    ],
)
def test_a_number_behind_a_date_goes_on_with_no_list(text, values):
    assert [(figure.low, figure.high) for _, figure in read(text)] == values


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It has 31 hens and more than 200 cows.", ["31 hens", "more than 200 cows"]),
        ("It has 7,000 and more than 90 of them.", ["7,000", "more than 90"]),
        ("It has 31 hens and more.", ["31 hens and more"]),
    ],
)
def test_more_than_belongs_to_what_follows(text, wanted):
    assert [surface for surface, _ in read(text)] == wanted


def test_a_change_is_two_figures_and_no_range():
    assert [figure.low for _, figure in read("The count rose from 31 to 58 beds.")] == [31, 58]
    assert [figure.low for _, figure in read("It fell from 58 to 31.")] == [58, 31]


@pytest.mark.parametrize(
    ("text", "value", "currency", "rate"),
    [
        ("It earns $1 billion a year.", 1e9, "USD", "year"),
        ("It earns US$ 5 million.", 5e6, "USD", None),
        ("It earns £30m.", 30e6, "GBP", None),
        ("It earns €3.5bn.", 3.5e9, "EUR", None),
        ("It earns 5 million dollars.", 5e6, "USD", None),
        ("It earns 5 million Canadian dollars.", 5e6, "CAD", None),
        ("It earns A$12.", 12, "AUD", None),
        ("It earns CHF 400 per month.", 400, "CHF", "month"),
        ("It earns $2.20 a share.", 2.2, "USD", "share"),
        ("It is roughly a $60 million trade.", 60e6, "USD", None),
        ("It earns €7,500 per cart per day.", 7500, "EUR", "cart per day"),
        ("It earns 20 pounds sterling.", 20, "GBP", None),
        ("It earns 7½ million pounds.", 7.5e6, "GBP", None),
    ],
)
def test_money(text, value, currency, rate):
    _, figure = only(text)
    assert (figure.low, figure.high) == (value, value)
    assert (figure.currency, figure.rate, figure.kind, figure.unit) == (currency, rate, "money", None)


@pytest.mark.parametrize(
    ("text", "low", "unit", "rate", "kind"),
    [
        ("5% of it", 5, "percent", None, "percent"),
        ("5 per cent of it", 5, "percent", None, "percent"),
        ("2.5 percentage points", 2.5, "percentage point", None, "percent"),
        ("in 16 months", 16, "month", None, "duration"),
        ("a 16-month wait", 16, "month", None, "duration"),
        ("half an hour", 0.5, "hour", None, "duration"),
        ("15 cases a month", 15, "case", "month", "count"),
        ("at least 10 prisoners each year", 10, "prisoner", "year", "count"),
        ("4 crowns a week", 4, "crown", "week", "count"),
        ("60 mph", 60, "mile", "hour", "measure"),
        ("7 1/2 tonnes", 7.5, "tonne", None, "measure"),
        ("two million pounds of peas", 2e6, "pound", None, "measure"),
        ("it was minus 9 at noon", -9, None, None, "number"),
        ("12 sq km", 12, "square kilometre", None, "measure"),
        ("an 11-square-mile fire", 11, "square mile", None, "measure"),
        ("30 tons of rice", 30, "ton", None, "measure"),
        ("minus 5 degrees", -5, "degree", None, "measure"),
        ("12.5 per 100,000 people", 12.5, None, "100000 people", "number"),
        ("three times as many", 3, "time", None, "multiple"),
        ("a tenfold rise", 10, "time", None, "multiple"),
        ("one in five people", 0.2, "people", None, "ratio"),
        ("3 out of 10", 0.3, None, None, "ratio"),
        ("a ratio of 3:1", 3, None, None, "ratio"),
        ("a ratio of 3 to 1", 3, None, None, "ratio"),
        ("a 5-to-1 margin", 5, None, None, "ratio"),
        ("1,250 km2 of sand", 1250, "square kilometre", None, "measure"),
        ("45C in the shade", 45, "degree", None, "measure"),
        ("Deaths: 1,234", 1234, "death", None, "count"),
        ("30-odd patients", 30, "patient", None, "count"),
        ("two-thirds of patients", 2 / 3, "patient", None, "ratio"),
        ("half of the prisoners", 0.5, "prisoner", None, "ratio"),
        ("nearly a third", 1 / 3, None, None, "ratio"),
        ("½ of the beds", 0.5, "bed", None, "ratio"),
        ("30m people", 30e6, "people", None, "count"),
        ("a pole of 30m", 30, "metre", None, "measure"),
        ("30m of rope", 30, "metre", None, "measure"),
        ("30m of the hens", 30e6, "hen", None, "count"),
        ("a pole of 4m to 7m", 4, "metre", None, "measure"),
        ("4m to 7m hens", 4e6, "hen", None, "count"),
        ("4.5 mg/l of salt", 4.5, "milligram", "litre", "measure"),
        ("90 g/km of soot", 90, "gram", "kilometre", "measure"),
        ("30 µg/m3 of soot", 30, "microgram", "cubic metre", "measure"),
        ("7 carts per mill per week", 7, "cart", "mill per week", "count"),
    ],
)
def test_units_rates_and_kinds(text, low, unit, rate, kind):
    _, figure = only(text)
    assert figure.low == pytest.approx(low)
    assert (figure.unit, figure.rate, figure.kind) == (unit, rate, kind)


@pytest.mark.parametrize(
    "text",
    [
        "He came in 1999, in 2006 and since 2000; the 1990s, the '40s and nineteen eighty-four.",
        "On Sept. 14, on July 20, 1999, on 14/09/2020, on 2020-09-14 and from 14 to 16 September.",
        "At 10:30, at 5 p.m., at 5.30 am and at half past two.",
        "In the 21st century, on the third day, on its twenty-first birthday.",
        "A 34-year-old man, aged 34, Mr Orn, 34, of Kell, and children under 5; he was 34 years old.",
        "The 610 Office, Ward No. 3, COVID-19, Article 2, Section 5 and Wards 1, 2 and 3.",
        "A Boeing 737, Highway 61, Apollo 11, the G7, Resolution 1325 and 12 Baker Street.",
        "See page 4, pages 4 to 7, case No. 118, § 5 and [12].",
        "Clerks aged 18 years or older, and girls aged between 5 and 7.",
        "The Act of 1994 and the 1948 Ommer Treaty.",
        "Call 555-123-4567 or 192.168.0.1; version 1.2.3; 24/7; 9/11; they won 3-1.",
        "One day one of the guards saw no one, and another one; the two slept.",
        "1. The list begins.",
        "The two-way road, a five-star inn and a first-class ticket.",
        "Three weeks ago it rained.",
        "1,2,3,4",
        "The code is 00712345.",
        "Call 0321 555 777, 01234 555777, 023 5550 0999, (023) 5550 0999 or 0321-555 777.",
        "Call +99 23 5550 0999 or +99 5550 123456.",
        "4.2 On 7 June it rained.",
        "4.2 The mill",
        "On 7 and 8 June and on 7, 8 and 9 July it rained.",
        "A girl of 14 left. He is 61. She was sixty-one, and he was only 14 when it burned.",
    ],
)
def test_what_only_locates_or_names_is_no_figure(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("4.2 Nine clerks came.", ["Nine clerks"]),
        ("4.2 1,345 dead hens lay there.", ["1,345 dead hens"]),
        ("It ends.\n\n4.2 Nine clerks came.", ["Nine clerks"]),
        ("4.2 Million hens lay there.", ["4.2 Million hens"]),
        ("4.2 Tonnes of peas lay there.", ["4.2 Tonnes"]),
        ("4.2 tonnes of peas lay there.", ["4.2 tonnes"]),
        ("Call 0321 555 777 for 9 carts.", ["9 carts"]),
        ("It rose by 0.5 from 7.", ["0.5", "7"]),
        ("It sold 7 and 8 hens.", ["7", "8 hens"]),
        ("He is 61 feet below.", ["61 feet"]),
        ("It had a crew of 14.", ["14"]),
    ],
)
def test_what_looks_like_a_locator_but_counts(text, wanted):
    assert [surface for surface, _ in read(text)] == wanted


def test_a_year_between_two_figures_makes_no_range():
    text = "The number of grafts rose from 5,000 in 2000 to 12,000 in 2005."
    assert [(figure.low, figure.unit) for _, figure in read(text)] == [(5000, "graft"), (12_000, "graft")]


def test_what_is_named_is_carried_along():
    text = "There were 12 deaths in Ward No. 1, 9 in Ward No. 2 and 10 in Ward No. 3."
    assert [(figure.low, figure.unit) for _, figure in read(text)] == [
        (12, "death"),
        (9, "death"),
        (10, "death"),
    ]


def test_one_counts_only_beside_other_numbers():
    assert [surface for surface, _ in read("One man and two women came.")] == ["One man", "two women"]
    assert read("One man came.") == []


def test_the_table_has_document_offsets_and_none_for_what_is_not_known():
    texts = ("It is said that 240 left 🕯️.", "About 40 beds stood empty for $2.")
    frame = passages(*texts)
    document = "\n".join(texts)
    table = quantities(frame)
    assert [document[start:end] for start, end in zip(table["start"], table["end"], strict=True)] == list(
        table["surface"]
    )
    assert list(table["item"]) == ["p0", "p1", "p1"]
    assert list(table["unit"]) == [None, "bed", None]
    assert list(table["currency"]) == [None, None, "USD"]
    assert table["start"].dtype == "int64"
    assert table["low"].dtype == "float64"


def test_no_passages_make_an_empty_table():
    assert list(quantities(passages()).columns) == list(quantities(passages("40 beds")).columns)


def test_the_order_of_passages_does_not_matter():
    frame = passages("It had 40 beds.", "It had 9 carts.", "It had 12 cows and 3 dogs.")
    pd.testing.assert_frame_equal(quantities(frame), quantities(frame.iloc[::-1]))


VOCABULARY = (
    "one two half a an and of the to between from about at least million hundred dozen dozens thousands 5 12 1,000 "
    "1.5 3:1 - – — $ £ % percent beds people year km 2006 Sept. No. Ward , . ( ) [ per each in out times third "  # noqa: RUF001
    "tens few several 🕯️ \u0301 \u200f שלום \x00"
)
WORDS = st.sampled_from([*VOCABULARY.split(), "\n"])


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=30).map(" ".join), st.lists(WORDS).map("".join))
)
@example("\ud7ff\u0661\u0662\u0663 ½½½ 1\ufe0f\u20e3")
@example("5 sq sq sq km")
@example("5 trillion trillion trillion trillion trillion")
@example("millions of millions of millions of millions of millions of millions")
@example("9" * 5000)
def test_any_text_gives_figures_in_order_disjoint_and_within_bounds(text):
    end = 0
    for surface, figure in read(text):
        assert end <= figure.start < figure.end <= len(text)
        assert surface == surface.strip()
        assert not figure.low > figure.high
        bounds = [bound for bound in (figure.low, figure.high) if math.isfinite(bound)]
        assert bool(bounds) is (figure.kind != NOT_UNDERSTOOD)
        end = figure.end
    assert str(read(text)) == str(read(text))


@settings(max_examples=100, deadline=None)
@given(st.integers(10_000, 10**12), st.sampled_from([",", "\u2009", "\u202f", "'", ""]))
def test_numbers_round_trip_through_their_digits(value, separator):
    written = f"{value:,}".replace(",", separator)
    assert numeral(written) == value
    assert only(f"They sold {written} hens.")[1].low == value


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 999_999))
def test_numbers_round_trip_through_their_words(value):
    _, figure = only(f"They sold {spelled(value)} hens.")
    assert (figure.low, figure.unit) == (value, "hen")


def spelled(value):
    small, tens = list(DIGIT_WORDS), ["", "", *TENS]
    if value < 20:
        return small[value]
    if value < 100:
        return tens[value // 10] + (f"-{small[value % 10]}" if value % 10 else "")
    for scale, name in ((1000, "thousand"), (100, "hundred")):
        if value >= scale:
            rest = value % scale
            joint = " and " if rest < 100 else " "
            return f"{spelled(value // scale)} {name}" + (joint + spelled(rest) if rest else "")
    raise AssertionError(value)


@pytest.mark.parametrize("piece", ENDLESS)
def test_the_work_grows_with_the_length_alone(piece, calls):
    one, five = (calls(lambda size=size: read(piece * (size // len(piece)))) for size in (2_000, 10_000))
    assert five < 5.5 * one + 200


def test_ten_megabytes_in_one_line():
    text = "the wind went over the hill and the lamp was out " * 200_000 + "40 beds"
    assert [surface for surface, _ in read(text)] == ["40 beds"]
    assert read("1," * 10**6) == []


@pytest.mark.parametrize(
    ("plural", "one"),
    [("branches", "branch"), ("families", "family"), ("cases", "case"), ("men", "man"), ("gas", "gas")],
)
def test_singulars(plural, one):
    assert singular(plural) == one
