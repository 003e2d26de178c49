"""The rules of the grammar of figures: each reads the examples that stand beside it."""

from collections import Counter

import pytest

from annotate.figures.read import readings, told
from annotate.figures.rules import REGISTERED
from annotate.figures.words import HEDGES_BEFORE, HEDGES_BEHIND

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


BOUNDS = {"at least": "40..", "more than": "40..", "up to": "..40", "less than": "..40"}


@pytest.mark.parametrize(("phrase", "hedge"), HEDGES_BEFORE.items())
def test_a_hedge_before_a_number(phrase, hedge):
    found = [told(read.figure) for read in readings(" ".join(phrase) + " 40 beds") if read.figure]
    assert found == [f"{BOUNDS.get(hedge, 40)} bed, {hedge}"]


@pytest.mark.parametrize(("phrase", "hedge"), HEDGES_BEHIND.items())
def test_a_hedge_behind_a_number(phrase, hedge):
    found = [told(read.figure) for read in readings(f"40 {' '.join(phrase)}.") if read.figure]
    assert found == [f"{BOUNDS.get(hedge, 40)}, {hedge}"]
