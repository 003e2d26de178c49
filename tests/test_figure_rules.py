"""The rules of the grammar of figures: each reads the examples that stand beside it."""

import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.figures.grammar import REGISTERED, may_begin
from annotate.figures.read import NOT_UNDERSTOOD, figures, readings, told
from annotate.figures.words import HEDGES_BEFORE, HEDGES_BEHIND
from tests.marked_figures import accuracy, findings

EXPLANATION = Path(__file__).parent.parent / "docs" / "explanation.md"
EXAMPLES = [(rule.name, example) for rule in REGISTERED for example in rule.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{name}: {text}" for name, text in EXAMPLES])
def test_a_rule_reads_its_examples(name, example):
    text, _, wanted = example.rpartition("=")
    found = list(readings(text.removesuffix("!").strip()))
    assert "; ".join(told(read.figure) for read in found if read.figure) == wanted.strip()
    assert (name in {rule for read in found for rule in read.rules}) is not text.endswith("!")


def test_every_rule_has_a_name_of_its_own_and_examples():
    assert [name for name, count in Counter(rule.name for rule in REGISTERED).items() if count > 1] == []
    assert [rule.name for rule in REGISTERED if not rule.examples] == []


@given(
    st.sampled_from(REGISTERED),
    st.text("ab 5.,-\u2013%$\u20acxXKm\u00bd\u2009'oneftd/", max_size=12),
    st.integers(0, 2),
)
def test_no_rule_is_passed_over_where_it_would_match(rule, text, letters):
    for where in (text, *(example.rpartition("=")[0] for example in rule.examples)):
        for at in range(len(where)):
            if rule.pattern.match(where if rule.cased else where.lower(), at):
                assert may_begin(rule.pattern.pattern, where.lower()[at : at + letters])


BOUNDS = {"at least": "40..", "more than": "40..", "up to": "..40", "less than": "..40"}


@pytest.mark.parametrize(("phrase", "hedge"), HEDGES_BEFORE.items())
def test_a_hedge_before_a_number(phrase, hedge):
    found = [told(read.figure) for read in readings(" ".join(phrase) + " 40 beds") if read.figure]
    assert found == [f"{BOUNDS.get(hedge, 40)} bed, {hedge}"]


@pytest.mark.parametrize(("phrase", "hedge"), HEDGES_BEHIND.items())
def test_a_hedge_behind_a_number(phrase, hedge):
    found = [told(read.figure) for read in readings(f"40 {' '.join(phrase)}.") if read.figure]
    assert found == [f"{BOUNDS.get(hedge, 40)}, {hedge}"]


@pytest.mark.parametrize(("name", "precision", "recall"), [("tuned", 0.98, 0.97), ("held_out", 0.96, 0.95)])
def test_the_accuracy_on_marked_sentences_does_not_fall(name, precision, recall):
    found = accuracy(name)
    assert found.marked + found.unclear >= 250
    assert found.precision >= precision
    assert found.recall >= recall


@pytest.mark.parametrize(
    "text",
    [
        "It costs 5 zorkmillion dollars.",
        "The mill uses 40 kWq.",
        "It sold 12xyz of salt.",
        "He owes $5zn.",
        "He owes $4 zillion.",
        "He owes X$5.",
        "The lamp is worth \u20bf2.",
        "The lamp is worth 20 \u20af.",
        "They moved 7 qtl of rice.",
        "It holds 3 \u043c\u043b\u0437\u0434 of water.",
        "It has 900 furlong of rope.",
        "It cost 3 blorb rupees.",
        "A beam of 3m7 fell.",
        "A weight of 40 \u338f was lifted.",
        "It has 5 \u2031 of salt.",
        "The plant uses 30 MWq of power.",
        "The loan was Rs 5 lakh 20 thousand.",
        "A debt of $3 trillion 200 billion.",
        "The cloth was £3 10 and a ring.",
        "The farm spans 12 acres 3 roods.",
        "The jug holds 3 gallons 2 pints.",
        "The field is 6 ha 20 a.",
        "It weighs 3 kg 500.",
        "He weighed 11st 4lb.",
        "He weighed 11 stone 4.",
        "He weighed 11 stone 4 pounds.",
        "She weighed 9 st 12 lb at the end.",
        "The rent is € 1.200,-.",
        "Er verdient 40,- die Stunde.",
        "Output fell to 2.1 mb/d.",
        "It was 20 light years away.",
        "It has 1.5 mil users.",
        "About 12 gross of pens were sold.",
        "He owed £3/10/6 to the butcher.",
    ],
)
def test_what_is_not_understood_leaves_no_bare_amount(text):
    (figure,) = figures(text)
    assert figure.kind == NOT_UNDERSTOOD
    assert math.isnan(figure.low)
    assert math.isnan(figure.high)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("They paid £3 10s for it.", ["3.5 GBP"]),
        ("They paid £3 10s 6d for it.", ["3.525 GBP"]),
        ("He is 5 ft 11.", ["71 inch"]),
        ("It took 3 hours 20.", ["200 minute"]),
        ("It took 2 min 31.5 sec.", ["151.5 second"]),
        ("The fund holds CHF 3.2 Mia.", ["3200000000 CHF"]),
        ("Mia won in 2019 and Mia lost in 2020.", []),
        ("She paid £3 40 times.", ["3 GBP", "40 time"]),
        ("Budget $400 12% more than before.", ["400 USD", "12 percent"]),
        ("They gave £30 2021 and £40 in 2022.", ["30 GBP", "40 GBP"]),
        ("The house is 3 m 20 cm wide.", ["320 centimetre"]),
        ("It grew from 2.5 to 3 million tonnes.", ["2500000", "3000000 tonne"]),
        ("It fell from $4 to $3 million.", ["4000000 USD", "3000000 USD"]),
        ("It grew from 900 to 1.2 million users.", ["900", "1200000 user"]),
        ("Die Stadt zahlte 12 Mia. Franken.", ["12000000000 CHF"]),
        ("In 3 weeks 40 people died.", ["3 week", "40 people"]),
    ],
)
def test_a_number_right_behind_an_amount_belongs_to_it_or_to_what_follows(text, wanted):
    assert [told(figure) for figure in figures(text)] == wanted


@pytest.mark.parametrize(
    ("kind", "name", "marked", "right"),
    [
        ("arithmetic", "tuned", 29, 26),
        ("arithmetic", "held_out", 32, 27),
        ("pairs", "tuned", 11, 8),
        ("pairs", "held_out", 11, 11),
    ],
)
def test_what_is_computed_again_and_compared_is_right_as_the_docs_say(kind, name, marked, right):
    found = findings(kind, name)
    assert (found.marked, found.read, found.right) == (marked, right, right)
    row = f"{right / marked:.2f} ({right} of {marked})"
    assert f"1.00 ({right} of {right}) | {row}" in EXPLANATION.read_text("utf-8")


@pytest.mark.parametrize("unit", ["{} degrees", "{}%", "{} points"])
@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("-5 to 10", -5, 10), ("-5 to -2", -5, -2), ("-2 to -5", -5, -2), ("between -5 and 10", -5, 10), ("from -5 to +10", -5, 10),
        ("minus 5 to minus 2", -5, -2), ("minus 5 to plus 2", -5, 2), ("between 3 and minus 2", -2, 3), ("\u22125 to 10", -5, 10),
    ],
)  # fmt: skip
def test_each_end_of_a_range_has_its_own_sign(unit, said, low, high):
    (figure,) = figures(f"It was {unit.format(said)} that year.")
    assert (figure.low, figure.high) == (low, high)


def test_the_money_at_each_end_of_a_range_has_its_own_sign():
    (figure,) = figures("A loss of -$5m to -$3m was booked.")
    assert (figure.low, figure.high, figure.currency) == (-5e6, -3e6, "USD")


@pytest.mark.parametrize("text", ["see pages 3 -5 of it", "a list: -", "room B -5", "the years 1990 -95"])
def test_a_hyphen_that_is_no_minus_makes_no_figure_negative(text):
    assert all(not figure.low < 0 for figure in figures(text))
