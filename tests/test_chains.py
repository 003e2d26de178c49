"""Where the chains of a claim end: small graphs worked out by hand, and what holds of every graph."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.provenance.claims._chains import chains, least

WORKED = {
    "nobody took it from anybody, and nobody says": ("abc", {}, [], [], (1, 3), {}),
    "two name one origin, one another": ("abc", {"a": "X", "b": "X", "c": "Y"}, [], [], (2, 2), {}),
    "one names, two do not say": ("abc", {"a": "X"}, [], [], (1, 3), {}),
    "a relay of two steps has the origin of its end": (
        "abc",
        {"a": "Y", "c": "X"},
        ["ab", "bc"],
        [],
        (1, 1),
        {"a": 2},
    ),
    "from two givers, two origins": ("abc", {"b": "X", "c": "Y"}, ["ab", "ac"], [], (2, 2), {"a": 1}),
    "a circle begins nowhere": ("abc", {}, ["ab", "bc", "ca"], [], (1, 1), {"a": 3}),
    "a circle beside a named origin": ("abcd", {"d": "X"}, ["ab", "bc", "ca"], [], (1, 2), {"b": 3, "d": 0}),
    "a circle that leads out has the origin outside": (
        "abc",
        {"c": "X"},
        ["ab", "ba", "bc"],
        [],
        (1, 1),
        {"a": 3},
    ),
    "what leads into a circle": ("abc", {"a": "X"}, ["ab", "bc", "cb"], [], (1, 1), {"a": 3}),
    "one origin between two": ("abc", {}, [], ["ab"], (1, 2), {}),
    "one origin between two, which one of them names": ("ab", {"a": "X"}, [], ["ab"], (1, 1), {}),
    "one origin between three": ("abc", {}, [], ["ab", "bc"], (1, 1), {}),
    "one origin between two, which name it differently": ("ab", {"a": "X", "b": "Y"}, [], ["ab"], (1, 2), {}),
    "one origin between three, under three names, and another": (
        "abcd",
        dict(zip("abcd", "XYZW", strict=True)),
        [],
        ["ab", "bc"],
        (2, 4),
        {},
    ),
    "two pairs of names that share one": (
        "abcd",
        dict(zip("abcd", "XYYZ", strict=True)),
        [],
        ["ab", "cd"],
        (1, 3),
        {},
    ),
    "taken from one that shares an origin": ("abc", {}, ["ab"], ["bc"], (1, 1), {"a": 1}),
    "one mention": ("a", {}, [], [], (1, 1), {}),
    "none": ("", {}, [], [], (0, 0), {}),
}


@pytest.mark.parametrize("name", WORKED)
def test_worked_out_by_hand(name):
    mentions, own, steps, common, (low, high), lengths = WORKED[name]
    found = chains(mentions, own, [tuple(step) for step in steps], [tuple(pair) for pair in common])
    assert (least(found.known, found.one, len(mentions)), found.high) == (low, high)
    assert {item: found.length[item] for item in lengths} == lengths


def test_a_circle_is_given_in_the_order_in_which_one_leads_to_the_next():
    found = chains("dcab", {}, [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("c", "b")])
    assert found.circles in ((("c", "a", "b"),), (("c", "b"),))
    steps = {("a", "b"), ("b", "c"), ("c", "a"), ("c", "b")}
    (circle,) = found.circles
    assert set(zip(circle, circle[1:] + circle[:1], strict=True)) <= steps


def test_hands_that_a_mention_names_count_where_its_chain_ends():
    assert chains("ab", {"b": "X"}, [("a", "b")], own_steps={"a": 5, "b": 2}).length == {"a": 3, "b": 2}


@st.composite
def graphs(draw):
    mentions = [f"m{number}" for number in range(draw(st.integers(1, 7)))]
    own = {item: draw(st.sampled_from([None, "A", "B", "C", "D"])) for item in mentions}
    pairs = st.lists(st.tuples(st.sampled_from(mentions), st.sampled_from(mentions)), max_size=9)
    return mentions, own, draw(pairs), draw(pairs)


@given(graphs())
def test_there_are_never_more_origins_than_mentions(graph):
    found = chains(*graph)
    assert 1 <= least(found.known, found.one, len(graph[0])) <= found.high <= len(graph[0])


@given(graphs(), st.sampled_from("ABCD"), st.sampled_from("ABCD"))
def test_merging_origins_never_raises_them(graph, one, other):
    mentions, own, steps, common = graph
    merged = {item: other if name == one else name for item, name in own.items()}
    before, after = chains(mentions, own, steps, common), chains(mentions, merged, steps, common)
    assert after.high <= before.high
    assert len(after.known) <= len(before.known)


@given(graphs(), st.data())
def test_removing_a_derivation_never_lowers_what_is_known(graph, data):
    mentions, own, steps, common = graph
    left = [step for step in steps if step != data.draw(st.sampled_from(steps))] if steps else steps
    before, after = chains(mentions, own, steps, common), chains(mentions, own, left, common)
    assert least(after.known, after.one, len(mentions)) >= least(before.known, before.one, len(mentions))
    if not before.circles:  # who breaks a circle learns where it begins
        assert after.high >= before.high


@given(graphs(), st.permutations(range(7)))
def test_relabelling_changes_nothing(graph, order):
    mentions, own, steps, common = graph
    name = {item: f"x{order[at]}" for at, item in enumerate(mentions)}
    turned = chains(
        sorted(name.values()),
        {name[item]: origin for item, origin in own.items()},
        [(name[one], name[other]) for one, other in reversed(steps)],
        [(name[one], name[other]) for one, other in common],
    )
    found = chains(mentions, own, steps, common)
    assert (turned.known, turned.n_unknown) == (found.known, found.n_unknown)
    assert {name[item]: length for item, length in found.length.items()} == dict(turned.length)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_the_range_holds_the_truth_of_a_corpus_whose_origins_are_known(seed):
    """Each mention is an account of one of a few origins, or was taken from an earlier one; some do not say."""
    rng = np.random.default_rng(seed)
    mentions = [f"m{number}" for number in range(rng.integers(1, 12))]
    truth: dict[str, str] = {}
    steps, own = [], {}
    for at, item in enumerate(mentions):
        giver = mentions[rng.integers(at)] if at and rng.random() < 0.5 else None
        truth[item] = truth[giver] if giver else f"origin {rng.integers(4)}"
        if giver and rng.random() < 0.7:  # the others were not seen to have it from anybody
            steps.append((item, giver))
        own[item] = truth[item] if rng.random() < 0.5 else None
    found = chains(mentions, own, steps)
    independent = len(set(truth.values()))
    assert least(found.known, found.one, len(mentions)) <= independent <= found.high
