"""What is unsettled, how it is put before an adjudicator, and what becomes of the decision."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.codebook.check import check_config
from annotate.codebook.read import load_codebook, read_codebook
from annotate.codebook.scale import scales_of
from annotate.consensus import majority, resolve
from annotate.coordination.adjudication import (
    SETTLED,
    adjudication_config,
    against,
    cases,
    final_labels,
    read_decisions,
    unsettled,
)
from annotate.errors import ConfigError, InputError
from annotate.files import bundled
from annotate.study.exports import tabulate
from annotate.study.snapshot import write_snapshot
from annotate.study.study import read_study
from tests.export_example import CONFIG, annotation, choice, result, span, task

BOOK = read_codebook(CONFIG)
HOSTILE = "<img src=x onerror=alert(1)> & Ada"
CHOICE = '<Choices name="c" toName="t"><Choice value="1"/></Choices>'
LEVEL = {"kind": "nominal", "flags": "set", "force": "ordinal"}


def number(value: int) -> dict:
    return result("force", "rating", rating=value)


def comment(text: str) -> dict:
    return result("comment", "textarea", text=[text])


# p1: all of one mind; p2: two against one; p3: a tie, and flags that differ; p4: rated once
EXPORT = [
    task("p1", *(annotation(n, n, choice("a"), number(2)) for n in (1, 2, 3)), source="The Harbour Post"),
    task(
        "p2",
        annotation(4, 1, choice("a"), number(1), span(0, 2, "He"), comment(HOSTILE)),
        annotation(5, 2, choice("b")),
        annotation(6, 3, choice("a"), number(1), choice("never", name="no_such")),
        text="He said that it was so.",
        source="The Harbour Post",
        before="A line before.",
        url="https://harbour-post.example",
    ),
    task(
        "p3",
        annotation(7, 1, choice("a"), choice("x", name="flags")),
        annotation(8, 2, choice("b")),
        annotation(9, 3, was_cancelled=True),
    ),
    task("p4", annotation(10, 1, choice("b"))),
]


def tables(tasks=EXPORT):
    return tabulate(tasks, BOOK)


def made(tasks=EXPORT, seed=0, **settings):
    ratings = tables(tasks).ratings
    first = ratings[ratings["round"] == 1]
    return cases(unsettled(first, **settings), first, tasks, BOOK, seed=seed)


def by_version(case) -> dict[str, list]:
    return {one["model_version"]: one["result"] for one in case["predictions"]}


def said(results) -> dict[str, list]:
    return {one["from_name"]: next(iter(one["value"].values())) for one in results}


def test_any_disagreement_or_only_ties():
    ratings = tables().ratings
    assert unsettled(ratings) == {"p2": ("force", "kind"), "p3": ("flags", "kind")}
    assert unsettled(ratings, only="ties") == {"p3": ("flags", "kind")}
    assert unsettled(ratings, variables=["flags"]) == {"p3": ("flags", "kind")}
    assert unsettled(ratings, variables=["force"]) == {}
    assert unsettled(ratings.iloc[:0]) == {}


def test_a_repeat_is_no_second_annotator():
    again = task("p5-round2", annotation(2, 1, choice("b")), repeat_of="p5", round=2)
    assert made([task("p5", annotation(1, 1, choice("a"))), again]) == []
    (case,) = made([task("p5", annotation(1, 1, choice("a")), annotation(3, 2, choice("b"))), again])
    assert sorted(by_version(case)) == ["coder 1", "coder 2", SETTLED]
    assert sorted(said(case["predictions"][place]["result"])["kind"] for place in (1, 2)) == [["a"], ["b"]]


def test_a_case_shows_what_was_seen_and_chosen_and_no_names():
    case, tie = made()
    assert case["data"].keys() == {"passage_id", "text", "votes", "adjudication"}
    assert case["data"]["adjudication"] == ["force", "kind"]
    assert tie["data"]["passage_id"] == "p3"
    of = by_version(case)
    assert list(of) == [SETTLED, "coder 3", "coder 2", "coder 1"]
    assert of[SETTLED] == []  # kind and force are open, no flags were ticked
    assert sorted(json.dumps(said(one)) for name, one in of.items() if name != SETTLED) == [
        '{"kind": ["a"], "force": 1, "marks": 0}',
        '{"kind": ["a"], "force": 1}',
        '{"kind": ["b"]}',
    ]
    allowed = {"id", "from_name", "to_name", "type", "value"}
    assert all(one.keys() <= allowed for results in of.values() for one in results)
    text = json.dumps(made())
    assert not [word for word in ("Harbour", "A1", "A2", "A3", "completed", "12.5", "url") if word in text]


def test_what_annotators_and_configs_say_is_escaped():
    votes = made()[0]["data"]["votes"]
    assert "<img" not in votes
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; Ada" in votes
    assert "2 \N{MULTIPLICATION SIGN} A claim" in votes
    assert votes.count('class="open') == 3  # two kinds, one force
    assert "Kind: open" in votes


def test_only_ties_fills_in_what_the_majority_says():
    export = [
        task(
            "p2",
            annotation(4, 1, choice("a"), number(1)),
            annotation(5, 2, choice("b"), number(2)),
            annotation(6, 3, choice("a")),
        )
    ]
    (case,) = made(export, only="ties")
    assert case["data"]["adjudication"] == ["force"]
    assert said(by_version(case)[SETTLED]) == {"kind": ["a"]}
    (case,) = made(export)
    assert by_version(case)[SETTLED] == []


def test_the_numbers_of_annotators_change_from_passage_to_passage_and_stay_for_a_seed():
    export = [
        task(f"p{n}", annotation(2 * n, 1, choice("a")), annotation(2 * n + 1, 2, choice("b")))
        for n in range(40)
    ]
    first = [said(by_version(case)["coder 1"])["kind"] for case in made(export)]
    assert 8 < first.count(["a"]) < 32
    assert made(export) == made(export)
    assert made(export) != made(export, seed=1)


CATEGORIES = st.sampled_from(["a", "b"])
ANSWERS = st.lists(st.none() | CATEGORIES, min_size=1, max_size=5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(ANSWERS, ANSWERS), min_size=1, max_size=5))
def test_what_is_open_and_what_is_filled_in_are_all_there_is(answers):
    """By item, what each annotator chose as kind, and with how much force; None for no answer."""
    export = []
    for place, (kinds, forces) in enumerate(answers):
        annotations = [
            annotation(
                10 * place + who,
                who,
                *([choice(kind)] if kind else []),
                *([number(ord(force) - 96)] if force else []),
            )
            for who, (kind, force) in enumerate(zip(kinds, forces, strict=False), start=1)
        ]
        export.append(task(f"p{place}", *annotations))
    ratings = tables(export).ratings
    found, ties = unsettled(ratings), unsettled(ratings, only="ties")
    assert ties.keys() <= found.keys()
    assert all(set(ties[item]) <= set(found[item]) for item in ties)
    differing = majority(ratings)
    differing = differing[(differing["share"] < 1)] if len(differing) else differing
    assert found.keys() == set(differing["item"])
    for only in ("ties", "disagreements"):
        for case in made(export, only=only):
            of = by_version(case)
            filled = said(of.pop(SETTLED))
            chosen = [name for results in of.values() for name in said(results)]
            assert not filled.keys() & set(case["data"]["adjudication"])
            assert filled.keys() | set(case["data"]["adjudication"]) >= set(chosen)
            rows = ratings[ratings["item"] == case["data"]["passage_id"]]
            assert len(of) == rows["annotator"].nunique()


@pytest.mark.parametrize(
    "config",
    [
        CONFIG,
        bundled("label_config.xml").read_text(encoding="utf-8"),
        f'<View><View><Header value="$title"/><Text name="t" value="$text"/></View>{CHOICE}</View>',
        f'<View><HyperText name="h" value="$html"/> and <Text name="t" value="$text"/>{CHOICE}</View>',
    ],
)
def test_the_screen_has_the_study_s_controls_and_one_more_object(config):
    screen = adjudication_config(config)
    before, after = read_codebook(config), read_codebook(screen)
    assert after.variables == before.variables
    assert after.span_variables == before.span_variables
    assert check_config(screen) == check_config(config) == []
    assert screen.count('<HyperText name="votes" value="$votes" inline="true"/>') == 1


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('<View><Text name="votes" value="$text"/><Choices name="c" toName="votes"><Choice value="1"/></Choices></View>', "named 'votes'"),
        ("<View/>", "no control is about an object"),
        ("<View", "not well-formed"),
    ],
)  # fmt: skip
def test_a_config_that_cannot_be_adjudicated_is_refused(config, words):
    with pytest.raises(ConfigError, match=words):
        adjudication_config(config)


def test_a_passage_without_text_is_refused():
    export = [task("p", annotation(1, 1, choice("a")), annotation(2, 2, choice("b")), text=None)]
    with pytest.raises(InputError, match="item p: its task has no text"):
        made(export)


def decided(folder: Path, *decisions: tuple, config: str = CONFIG) -> Path:
    """A snapshot of the adjudication, with annotations by item."""
    by_item = dict(decisions)
    tasks = [
        {"id": place, "data": case["data"], "annotations": by_item.get(case["data"]["passage_id"], [])}
        for place, case in enumerate(made())
    ]
    return write_snapshot(folder, "adjudication", tasks, adjudication_config(config), {})


def test_a_decision_is_the_label_and_nobody_s_rating(tmp_path):
    snapshot = decided(
        tmp_path,
        ("p2", [annotation(1, 9, choice("b"), number(1))]),
        ("p3", [annotation(2, 9, choice("a"), choice("x", "y", name="flags"))]),
    )
    study = read_study(snapshot)
    assert study.ratings.empty
    assert study.exclusions["reason"].tolist() == ["adjudicated", "adjudicated"]
    decisions = read_decisions(snapshot)
    assert (decisions.waiting, decisions.again, dict(decisions.open)) == (
        0, 0, {"p2": ("force", "kind"), "p3": ("flags", "kind")},
    )  # fmt: skip
    ratings = tables().ratings
    labels = final_labels(resolve(ratings, scales=scales_of(LEVEL)), decisions, ratings)
    assert labels[["item", "variable", "category", "method", "n_ratings", "tie"]].to_numpy().tolist() == [
        ["p1", "flags", "[]", "unanimous", 3, False],
        ["p1", "force", "2", "unanimous", 3, False],
        ["p1", "kind", "a", "unanimous", 3, False],
        ["p2", "flags", "[]", "unanimous", 3, False],
        ["p2", "force", "1", "adjudicated", 2, False],
        ["p2", "kind", "b", "adjudicated", 3, False],
        ["p3", "flags", '["x","y"]', "adjudicated", 2, False],
        ["p3", "kind", "a", "adjudicated", 2, False],
        ["p4", "flags", "[]", "unanimous", 1, False],
        ["p4", "kind", "b", "unanimous", 1, False],
    ]
    assert labels["share"].tolist() == pytest.approx([1, 1, 1, 1, 1, 1 / 3, 0, 1 / 2, 1, 1])
    assert labels["tied"].isna().all()
    by = against(ratings, labels, scales=scales_of(LEVEL)).set_index(["labels", "variable", "annotator"])
    assert by.loc[("adjudicated", "kind", "A1"), ["n_items", "n_agreeing"]].tolist() == [2, 1]
    assert by.loc[("adjudicated", "kind", "A2"), ["n_items", "n_agreeing"]].tolist() == [2, 1]
    assert by.loc[("final", "kind", "A1"), ["n_items", "n_agreeing"]].tolist() == [4, 3]


def test_a_settled_answer_keeps_its_method_until_it_is_changed(tmp_path):
    snapshot = decided(
        tmp_path, ("p2", [annotation(1, 9, choice("a"), number(1), choice("y", name="flags"))])
    )
    ratings = tables().ratings
    for method in ("majority", "dawid-skene"):
        records = resolve(ratings, scales=scales_of(LEVEL), method=method)
        labels = final_labels(records, read_decisions(snapshot), ratings).set_index(["item", "variable"])
        assert labels.loc[("p2", "flags"), ["category", "method"]].tolist() == ['["y"]', "adjudicated"]
        assert labels.loc[("p2", "kind"), ["category", "method"]].tolist() == ["a", "adjudicated"]
        assert labels.loc[("p3", "kind"), "method"] == method
        assert labels.columns.tolist() == [*records.columns.drop(["item", "variable"]), "decided_by"]
        assert labels.loc[("p2", "kind"), "decided_by"] == "A9"
        assert labels.loc[("p3", "kind"), "decided_by"] is None
        if method == "dawid-skene":
            assert pd.isna(labels.loc[("p2", "kind"), "posterior"])
            assert labels.loc[("p1", "kind"), "method"] == method


def test_what_the_decision_leaves_out_and_what_nobody_else_answered(tmp_path):
    snapshot = decided(tmp_path, ("p3", [annotation(1, 9, number(3))]))
    ratings = tables().ratings
    decisions = read_decisions(snapshot)
    labels = final_labels(resolve(ratings, scales=scales_of(LEVEL)), decisions, ratings).set_index(
        ["item", "variable"]
    )
    assert decisions.waiting == 1
    kind = labels.loc[("p3", "kind")]
    assert (kind["category"], kind["method"], kind["caution"], kind["tie"]) == (
        None, "adjudicated", "not answered in the decision", False,
    )  # fmt: skip
    force = labels.loc[("p3", "force")]
    assert (force["category"], force["n_ratings"], force["method"]) == ("3", 0, "adjudicated")
    assert pd.isna(force["share"])
    assert pd.isna(kind["share"])
    assert labels.loc[("p2", "kind"), "method"] == "majority"


def test_the_last_decision_counts_and_a_skip_is_none(tmp_path):
    snapshot = decided(
        tmp_path,
        ("p2", [annotation(1, 9, choice("a")), annotation(2, 8, choice("b"))]),
        ("p3", [annotation(3, 9, was_cancelled=True)]),
    )
    decisions = read_decisions(snapshot)
    kinds = decisions.categories[decisions.categories["variable"] == "kind"]
    assert kinds[["item", "category"]].to_numpy().tolist() == [["p2", "b"]]
    assert (decisions.again, decisions.waiting) == (1, 1)
    assert decisions.exclusions["reason"].tolist() == ["cancelled"]


def test_without_decisions_the_consensus_stays():
    ratings = tables().ratings
    records = resolve(ratings, scales=scales_of(LEVEL))
    labels = final_labels(records, None, ratings)
    assert labels.drop(columns="method").equals(records.drop(columns="method"))
    assert set(labels["method"]) == {"majority", "unanimous"}


def test_an_export_that_is_no_adjudication_is_refused(tmp_path):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(EXPORT[:1]), encoding="utf-8")
    config = tmp_path / "config.xml"
    config.write_text(CONFIG, encoding="utf-8")
    with pytest.raises(InputError, match="holds no adjudication; pull the project"):
        read_decisions(path, config=config)
    path.write_text(json.dumps([task("p", adjudication="kind")]), encoding="utf-8")
    with pytest.raises(InputError, match="adjudication is not a list of variables"):
        read_decisions(path, config=config)


def test_decisions_among_the_study_s_own_tasks_are_left_out(tmp_path):
    (case, _) = made()
    mixed = [{**case, "annotations": [annotation(1, 9, choice("b"))]}, *EXPORT]
    found = tables(mixed)
    assert found.ratings.equals(tables().ratings)
    assert found.passages["source"].tolist() == tables().passages["source"].tolist()[1:2] + [
        source for item, source in tables().passages[["item", "source"]].to_numpy() if item != "p2"
    ]
    assert "adjudicated" in found.exclusions["reason"].tolist()


def test_the_bundled_screen_shows_the_context_beside_the_table():
    book = load_codebook(bundled("label_config.xml"))
    screen = adjudication_config(book.config).split("</Style>", 1)[1]
    order = ["adjudicate-text", "$before", "$text", "$after", "adjudicate-votes", "marking ask"]
    assert sorted(order, key=screen.index) == order
