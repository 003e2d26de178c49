"""Majority votes, records of what was decided, and annotators held against it."""

import json
import math
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.codebook.read import read_codebook
from annotate.codebook.scale import Scale, scales_of
from annotate.consensus import (
    MEANINGS,
    METHODS,
    distribution,
    majority,
    resolve,
    with_decided,
    without_hidden,
)
from annotate.consensus._votes import COLUMNS
from annotate.errors import StatisticsError, TableError
from annotate.study.annotations import hidden_by

NOMINAL = {"v": "nominal", "w": "nominal"}
some = settings(max_examples=30, deadline=None, derandomize=True)


def table(*rows):
    """Rows such as ``p1 A x`` or ``p1 A x 2``, the last the round."""
    cells = [(*row.split(), "1")[:4] for row in rows]
    frame = pd.DataFrame(cells, columns=["item", "annotator", "category", "round"], dtype="str")
    return frame.assign(variable="v", round=frame["round"].astype(int))


@st.composite
def tables(draw):
    judged = st.tuples(
        st.sampled_from(["p1", "p2", "p3", "p4"]), st.sampled_from("ABCD"), st.sampled_from(["v", "w"])
    )
    rows = draw(st.dictionaries(judged, st.sampled_from("xyz"), min_size=1, max_size=20))
    cells = [(*key, category) for key, category in rows.items()]
    return pd.DataFrame(cells, columns=["item", "annotator", "variable", "category"], dtype="str")


# ---- majority --------------------------------------------------------------------------------------


def test_most_votes_win_and_a_tie_stays_a_tie():
    found = majority(table("p2 A x", "p2 B y", "p1 A x", "p1 B x", "p1 C y", "p3 A y")).set_index("item")
    assert found.index.tolist() == ["p1", "p2", "p3"]
    assert found["category"].tolist() == ["x", None, "y"]
    assert found["share"].tolist() == [2 / 3, 0.5, 1.0]
    assert found["n_ratings"].tolist() == [3, 2, 1]
    assert found["tie"].tolist() == [False, True, False]
    assert found["tied"].tolist() == [None, '["x","y"]', None]


def test_no_ratings_are_no_records():
    assert majority(table("p1 A x").iloc[:0]).columns.tolist() == list(COLUMNS)


def test_an_annotator_has_one_vote_that_of_the_first_round():
    found = majority(table("p1 A x 1", "p1 A y 2", "p1 B y 1", "p1 B y 3", "p1 C x 2", "p1 C y 4")).iloc[0]
    assert (found["category"], found["n_ratings"]) == ("x", 3)  # C's first is round 2
    found = resolve(table("p1 A x 2", "p1 A y 1"), scales=scales_of(NOMINAL)).iloc[0]
    assert (found["category"], found["n_ratings"]) == ("y", 1)


@some
@given(tables())
def test_majority_is_what_counting_by_hand_gives(frame):
    found = majority(frame)
    assert len(found) == len(frame[["item", "variable"]].drop_duplicates())
    for row in found.itertuples():
        chosen = frame[(frame["item"] == row.item) & (frame["variable"] == row.variable)]["category"]
        votes = Counter(chosen)
        ahead = sorted(name for name, number in votes.items() if number == max(votes.values()))
        assert row.n_ratings == len(chosen)
        assert row.share == max(votes.values()) / len(chosen)
        assert row.tie == (len(ahead) > 1)
        assert (row.category, row.tied) == (
            (None, json.dumps(ahead, separators=(",", ":"))) if row.tie else (ahead[0], None)
        )


@some
@given(tables(), st.randoms(use_true_random=False))
def test_resolve_by_majority_is_majority_whatever_the_order(frame, random):
    order = list(range(len(frame)))
    random.shuffle(order)
    found = resolve(frame.iloc[order], scales=scales_of(NOMINAL))
    assert found.columns.tolist() == [*COLUMNS, "method", "caution"]
    pd.testing.assert_frame_equal(found[list(COLUMNS)], majority(frame))
    assert (found["method"] == "majority").all()
    single = found["n_ratings"] == 1
    assert found["caution"].tolist() == ["one rating" if one else None for one in single]


@some
@given(tables())
def test_renaming_renames(frame):
    names = {"x": "r", "y": "q", "z": "p"}
    before = resolve(frame, scales=scales_of(NOMINAL))
    after = resolve(frame.assign(category=frame["category"].map(names)), scales=scales_of(NOMINAL))
    assert [names.get(name) for name in before["category"]] == after["category"].tolist()
    assert before["share"].tolist() == after["share"].tolist()


# ---- resolve ---------------------------------------------------------------------------------------


@some
@given(tables())
def test_every_method_keeps_one_record_an_item_and_variable(frame):
    voted, *modelled = (
        resolve(frame, scales=scales_of(NOMINAL), method=method, starts=2) for method in METHODS
    )
    for one in modelled:
        for column in ("item", "variable", "n_ratings"):
            assert voted[column].tolist() == one[column].tolist()
        assert (one["tie"] == one["category"].isna()).all()
        assert one["posterior"].between(0, 1 + 1e-9).all()
        assert set("; ".join(one["caution"].dropna()).split("; ")) <= {*MEANINGS, ""}


def test_levels_say_what_is_the_same():
    numbers = table("p1 A 3", "p1 B 3.0", "p1 C 4")
    assert resolve(numbers, scales={"v": Scale("nominal")})["tie"].tolist() == [True]
    assert resolve(numbers, scales={"v": Scale("interval")})["category"].tolist() == ["3"]
    sets = table('p1 A ["b","a"]', 'p1 B ["a","b"]', "p1 C []")
    assert resolve(sets, scales={"v": Scale("set", ("a", "b"))})["category"].tolist() == ['["a","b"]']
    assert resolve(sets, scales={"v": Scale("set")}, method="dawid-skene")["category"].tolist() == [
        '["a","b"]'
    ]


def test_an_ordinal_variable_needs_no_order_here():
    assert resolve(table("p1 A low"), scales={"v": Scale("ordinal")})["category"].tolist() == ["low"]


def test_ties_are_named_in_the_order_of_the_codebook():
    found = resolve(table("p1 A x", "p1 B y"), scales=scales_of(NOMINAL, {"v": ["y", "x", "z"]}))
    assert found["tied"].tolist() == ['["y","x"]']


def test_variables_can_be_chosen():
    both = pd.concat([table("p1 A x"), table("p1 A y").assign(variable="w")])
    assert resolve(both, scales=scales_of(NOMINAL))["variable"].tolist() == ["v", "w"]
    assert resolve(both, scales=scales_of(NOMINAL), variables=["w"])["category"].tolist() == ["y"]
    assert resolve(both, scales={"w": Scale("nominal")}, variables=["w"])["category"].tolist() == ["y"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("frame", "more", "error", "said"),
    [
        (table("p1 A x").iloc[:0], {}, TableError, "the table is empty"),
        (table("p1 A x").drop(columns="annotator"), {}, TableError, "no column annotator"),
        (table("p1 A x").assign(category=" "), {}, TableError, "blank"),
        (table("p1 A x", "p1 A y"), {}, StatisticsError, "item p1, annotator A, variable v: rated more than once"),
        (table("p1 A q"), {"scales": {"v": Scale("nominal", ("x",))}}, StatisticsError, "'q' is not one of the declared"),
        (table("p1 A q"), {"scales": {"v": Scale("interval")}}, StatisticsError, "is not a number"),
        (table("p1 A q"), {"scales": {"v": Scale("set")}}, StatisticsError, "is not a set"),
        (table("p1 A q"), {"scales": {}}, StatisticsError, "level of measurement"),
        (table("p1 A q"), {"variables": ["u"]}, StatisticsError, "variable u is not in the ratings"),
    ],
)  # fmt: skip
def test_what_cannot_be_resolved_is_said_in_one_line(method, frame, more, error, said):
    with pytest.raises(error, match=said) as caught:
        resolve(frame, **{"scales": scales_of(NOMINAL), "method": method, **more})
    assert "\n" not in str(caught.value)


def test_an_unknown_method_is_told_the_known_ones():
    with pytest.raises(StatisticsError, match="there are majority, dawid-skene"):
        resolve(table("p1 A x"), scales=scales_of(NOMINAL), method="guess")


# ---- distributions ---------------------------------------------------------------------------------


def test_a_distribution_is_the_shares_of_the_choices_and_how_far_they_are_apart():
    frame = table("p1 A x", "p1 B x", "p1 C y", "p1 D y", "p2 A x", "p3 A x", "p3 B x", "p3 C y", "p3 C x 2")
    found = distribution(frame, scales=scales_of(NOMINAL))
    assert found[["item", "category", "n"]].to_numpy().tolist() == [
        ["p1", "x", 2],
        ["p1", "y", 2],
        ["p2", "x", 1],
        ["p3", "x", 2],
        ["p3", "y", 1],  # of C the first round counts
    ]
    assert found["share"].tolist() == [0.5, 0.5, 1.0, 2 / 3, 1 / 3]
    assert found["softmax"].tolist() == pytest.approx(
        [0.5, 0.5, math.e / (1 + math.e), math.e / (1 + math.e), 1 / (1 + math.e)]
    )
    of_p3 = math.log2(3) - 2 / 3  # the entropy of (2/3, 1/3), by hand
    assert found["entropy"].tolist() == pytest.approx([1, 1, 0, of_p3, of_p3])
    assert found["caution"].tolist() == [None, None, "one rating", None, None]
    declared = distribution(frame, scales=scales_of(NOMINAL, {"v": ["y", "x", "u", "w"]}))
    assert declared["category"].tolist() == ["y", "x", "x", "y", "x"]
    assert declared["normalised_entropy"].tolist() == pytest.approx((declared["entropy"] / 2).tolist())


def test_soft_labels_have_a_column_for_each_category():
    both = pd.concat([table("p1 A x", "p1 B y"), table("p2 A z", "p2 B z").assign(variable="w")])
    found = distribution(both, scales=scales_of(NOMINAL, {"v": ["x", "y", "u"]}), wide=True)
    assert found.columns.tolist() == [
        *("item", "variable", "x", "y", "u", "z"),
        *("n_ratings", "entropy", "normalised_entropy", "caution"),
    ]
    assert found[["x", "y", "u"]].iloc[0].tolist() == [0.5, 0.5, 0.0]
    assert found[["x", "y", "u"]].iloc[1].isna().all()
    assert found["z"].iloc[1] == 1
    assert math.isnan(found["normalised_entropy"].iloc[1])  # one category was used, and none is declared


@some
@given(tables())
def test_what_is_ahead_in_the_distribution_has_the_majority(frame):
    found, voted = distribution(frame, scales=scales_of(NOMINAL)), majority(frame)
    keys = ["item", "variable"]
    top = found.groupby(keys)["share"].max()
    assert top.to_numpy() == pytest.approx(voted["share"].to_numpy())
    assert found.groupby(keys)["share"].sum().to_numpy() == pytest.approx(1)
    assert found["entropy"].ge(0).all()


# ---- with what was decided -------------------------------------------------------------------------


def decided(*rows):
    frame = pd.DataFrame([row.split() for row in rows], columns=["item", "category"], dtype="str")
    return frame.assign(variable="v")


def test_annotators_are_held_against_what_was_decided():
    ratings = table("p1 A x", "p1 B y", "p2 A x", "p2 B x", "p3 A z", "p3 C z", "p1 A y 2")
    found = with_decided(ratings, decided("p1 x", "p2 x")).set_index("annotator")
    assert found["n_rated"].tolist() == [3, 2, 1]
    assert found["n_items"].tolist() == [2, 2, 0]
    assert found["n_agreeing"].tolist() == [2, 1, 0]
    assert found["value"].tolist()[:2] == [1.0, 0.5]
    assert pd.isna(found.loc["C", "value"])
    assert found.loc["C", "undefined"] == "no item that the annotator rated is decided"
    assert found.loc["A", "undefined"] is None


def test_ties_are_not_decided():
    ratings = table("p1 A x", "p1 B y", "p2 A x", "p2 B x")
    found = with_decided(ratings, resolve(ratings, scales=scales_of(NOMINAL)))
    assert found["n_items"].tolist() == [1, 1]
    assert found["value"].tolist() == [1.0, 1.0]


def test_decisions_are_compared_as_the_level_has_it():
    ratings, told = table('p1 A ["a","b"]', "p1 B []"), decided('p1 ["b","a"]')
    assert with_decided(ratings, told)["value"].tolist() == [0.0, 0.0]
    assert with_decided(ratings, told, scales={"v": Scale("set")})["value"].tolist() == [1.0, 0.0]
    numbers = with_decided(table("p1 A 3.0"), decided("p1 3"), scales={"v": Scale("interval")})
    assert numbers["value"].tolist() == [1.0]


@some
@given(tables())
def test_agreement_with_the_decided_is_what_counting_gives(frame):
    told = resolve(frame, scales=scales_of(NOMINAL))
    found = with_decided(frame, told)
    label = {(row.item, row.variable): row.category for row in told.itertuples()}
    assert int(found["n_rated"].sum()) == len(frame)
    for row in found.itertuples():
        mine = frame[(frame["annotator"] == row.annotator) & (frame["variable"] == row.variable)]
        pairs = [(one.category, label[one.item, one.variable]) for one in mine.itertuples()]
        assert row.n_items == sum(other is not None for _, other in pairs)
        assert row.n_agreeing == sum(one == other for one, other in pairs)


@pytest.mark.parametrize(
    ("ratings", "told", "more", "error", "said"),
    [
        (table("p1 A x"), decided("p1 x", "p1 y"), {}, TableError, "item p1, variable v: decided more than once"),
        (table("p1 A x"), decided("p1 x").drop(columns="category"), {}, TableError, "decided: no column category"),
        (table("p1 A x").drop(columns="item"), decided("p1 x"), {}, TableError, "ratings: no column item"),
        (table("p1 A x").iloc[:0], decided("p1 x"), {}, TableError, "empty"),
        (table("p1 A 1"), decided("p1 x"), {"scales": {"v": Scale("interval")}}, StatisticsError, "variable v: category 'x' is not a number"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said_in_one_line(ratings, told, more, error, said):
    with pytest.raises(error, match=said) as caught:
        with_decided(ratings, told, **more)
    assert "\n" not in str(caught.value)


# ---- what the label config hides -------------------------------------------------------------------

CHAIN = read_codebook("""<View>
  <Text name="text" value="$text"/>
  <Choices name="kind" toName="text" choice="single"><Choice value="A claim" alias="claim"/><Choice value="none"/></Choices>
  <View visibleWhen="choice-unselected" whenTagName="kind" whenChoiceValue="none">
    <Choices name="basis" toName="text" choice="single"><Choice value="record"/><Choice value="word"/></Choices>
    <Choices name="told" toName="text" choice="multiple"><Choice value="by name"/><Choice value="by post"/></Choices>
  </View>
  <View visibleWhen="choice-selected" whenTagName="basis" whenChoiceValue="word">
    <Rating name="firm" toName="text" maxRating="3"/>
  </View>
  <View visibleWhen="choice-selected" whenTagName="told" whenChoiceValue="by post">
    <Number name="days" toName="text"/>
    <TextArea name="note" toName="text"/>
  </View>
  <Choices name="place" toName="text" choice="single" visibleWhen="region-selected"><Choice value="here"/></Choices>
</View>""")


def answers(said):
    """Rows such as ``A kind=none basis=word`` for one item, a line each annotator."""
    rows = [("p", line.split()[0], *cell.split("=", 1)) for line in said for cell in line.split()[1:]]
    frame = pd.DataFrame(rows, columns=["item", "annotator", "variable", "category"], dtype="str")
    return frame.assign(round=1, category=frame["category"].str.replace("_", " "))


@pytest.mark.parametrize("method", ["majority", "dawid-skene"])
def test_what_the_labels_of_others_hide_has_none_and_so_on_down_the_chain(method):
    rows = answers(["A kind=none", "B kind=none", "C kind=none",
                    'D kind=claim basis=word told=["by_post"] firm=2 days=4 place=here'])  # fmt: skip
    records = resolve(rows, scales=CHAIN.scales, method=method)
    found = without_hidden(records, CHAIN).set_index("variable")
    hidden = ["basis", "days", "firm", "told"]
    assert found.index[found["method"] == "not asked"].tolist() == hidden
    assert found.loc[hidden, "category"].tolist() == [None] * 4
    assert set(found.loc[hidden, "caution"]) == {"not asked: the final label of kind hides it"}
    assert found.loc[hidden, "share" if method == "majority" else "posterior"].isna().all()
    assert found.loc[["kind", "place"], "category"].tolist() == ["none", "here"]
    assert found["n_ratings"].tolist() == records["n_ratings"].tolist()
    assert records["category"].notna().all()  # what was given stays


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        (["A kind=claim basis=record", "B kind=claim basis=record", "C kind=claim basis=word firm=1"], ["firm"]),
        (["A kind=claim basis=word", "B kind=claim basis=record firm=1"], []),  # a tie hides nothing
        (["A kind=none", "B kind=claim basis=word firm=1"], []),
        (["A kind=none", "B kind=none", "C kind=none", "D kind=claim basis=word firm=1", "E kind=claim basis=record"],
         ["basis", "firm"]),  # a tie that is hidden itself hides what hangs on it
        (['A kind=claim told=["by_name"]', 'B kind=claim told=["by_name"]', 'C kind=claim told=["by_name","by_post"] days=3'],
         ["days"]),
        (['A kind=claim told=["by_name","by_post"] days=3'], []),
        (["A told=[] days=3"], ["days"]),
        (["A basis=word firm=1 days=3"], []),  # of what has no label here nothing is known
    ],
)  # fmt: skip
def test_ties_sets_and_what_is_not_known(said, hidden):
    found = without_hidden(resolve(answers(said), scales=CHAIN.scales), CHAIN)
    assert found.loc[found["method"] == "not asked", "variable"].tolist() == hidden
    assert not found.loc[found["method"] == "not asked", "tie"].any()
    assert found.loc[found["method"] == "not asked", ["category", "tied"]].isna().all(axis=None)
    told = hidden_by(CHAIN, dict(found.dropna(subset="category")[["variable", "category"]].to_numpy()))
    assert not [name for name in found.dropna(subset="category")["variable"] if told[name]]


def test_without_a_codebook_or_a_condition_all_stays_as_it_is():
    records = resolve(answers(["A kind=none", "B kind=none", "C kind=claim basis=word"]), scales=CHAIN.scales)
    plain = read_codebook(
        '<View><Text name="t" value="$t"/><Choices name="kind" toName="t"><Choice value="none"/></Choices></View>'
    )
    for codebook in (None, plain):
        pd.testing.assert_frame_equal(without_hidden(records, codebook), records)
    assert without_hidden(records.iloc[:0], CHAIN).empty
