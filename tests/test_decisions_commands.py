"""The commands about decided labels say what the library finds."""

import json
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from annotate import open_study
from annotate.codebook.read import read_codebook
from annotate.consensus import annotators, distribution, fitted, resolve, with_decided, without_hidden
from annotate.coordination.adjudication import against, final_labels, read_decisions
from annotate.coordination.changes import State, changes
from annotate.frames import records
from annotate.present.hub import soft_labels
from annotate.present.report import render_report
from annotate.present.summary import summarise, warnings_of
from annotate.present.workbook import write_workbook
from annotate.provenance.ledger import ledger_of
from annotate.sampling import Interval
from annotate.study.study import read_study
from tests.export_example import CONFIG
from tests.test_adjudication import EXPORT, decided
from tests.test_dawid_skene import anaesthetists

EXAMPLE = Path(__file__).parent.parent / "exports" / "example"
PLAIN = "item,source,annotator,variable,category,round\n" + "".join(
    f"{item},s,{annotator},v,{category},{number}\n"
    for item, annotator, category, number in (
        ("1", "a", "x", 1), ("1", "a", "y", 2), ("1", "b", "y", 1),
        ("2", "a", "x", 1), ("2", "b", "x", 1), ("3", "a", "x", 1),
    )
)  # fmt: skip


@pytest.fixture
def plain(tmp_path):
    (tmp_path / "t.csv").write_text(PLAIN, encoding="utf-8")


@pytest.fixture
def export(tmp_path):
    (tmp_path / "e.json").write_text(json.dumps(EXPORT), encoding="utf-8")
    (tmp_path / "c.xml").write_text(CONFIG, encoding="utf-8")
    return ("e.json", "--config", "c.xml", "--on-invalid", "exclude")


def rows(frame, study):
    left_out = study.exclusions["reason"].value_counts().to_dict()
    return [{**row, "left_out": left_out} for row in json.loads(json.dumps(records(frame)))]


def test_consensus_is_what_the_library_decides(run):
    study = read_study(EXAMPLE)
    given = {"scales": study.scales}
    fits = fitted(study.ratings, **given, seed=3)
    voted = without_hidden(resolve(study.ratings, **given), study.codebook)
    for options, expected in (
        ((), voted),
        (("--annotators",), with_decided(study.ratings, voted, **given)),
        (
            ("--method", "dawid-skene", "--seed", "3"),
            without_hidden(resolve(study.ratings, **given, method="dawid-skene", seed=3), study.codebook),
        ),
        (("--method", "dawid-skene", "--seed", "3", "--annotators"), annotators(fits)),
        (
            ("--method", "mace"),
            without_hidden(resolve(study.ratings, **given, method="mace"), study.codebook),
        ),
        (("--method", "distribution"), distribution(study.ratings, **given)),
        (("--method", "distribution", "--wide"), distribution(study.ratings, **given, wide=True)),
    ):
        code, out, _ = run("consensus", EXAMPLE, "--format", "json", *options)
        assert code == 0
        assert json.loads(out) == rows(expected, study)


def test_what_most_call_no_claim_has_no_other_label_anywhere(run, tmp_path):
    """Of three annotators one saw a claim in a passage of Research note No. 7."""
    study = read_study(EXAMPLE)
    item = "be7ff10e3c9dd569"
    code, out, err = run("consensus", EXAMPLE, "--format", "json")
    told = {(row["item"], row["variable"]): row for row in json.loads(out)}
    hidden = {key for key, row in told.items() if row["method"] == "not asked"}
    assert code == 0
    assert {(item, name) for name in ("attribution", "evidentiary_basis", "certainty")} <= hidden
    assert told[item, "claim_type"]["category"] == "no_claim"
    assert told[item, "attribution"] | {"left_out": None, "item": None} == {
        "item": None, "variable": "attribution", "category": None, "share": None, "n_ratings": 1, "tie": False, "tied": None,
        "method": "not asked", "caution": "not asked: the final label of claim_type hides it", "left_out": None,
    }  # fmt: skip
    words = "labels are left empty; not asked: the final label of claim_type hides it"
    assert f"caution: {len(hidden)} of {len(told)} {words}" in err
    summary = summarise(study, interval=Interval(replicates=20))
    labels = {key: row["category"] for key, row in told.items()}
    for frame in (summary.labels, open_study(EXAMPLE).consensus().frame):
        assert {(row["item"], row["variable"]): row["category"] for row in records(frame)} == labels
    assert f"{len(hidden)} labels of {len(told)} are left empty" in " ".join(warnings_of(summary))
    write_workbook(tmp_path / "study.xlsx", summary)
    head, *lines = openpyxl.load_workbook(tmp_path / "study.xlsx")["Final labels"].iter_rows(values_only=True)
    while "Item" not in head:
        head, *lines = lines
    (row,) = [dict(zip(head, line, strict=True)) for line in lines if line[head.index("Item")] == item]
    assert (row["Claim type"], row["Attribution"], row["Attribution: decided"]) == (
        "No claim",
        None,
        "not asked",
    )
    report = render_report(summary)
    (data,) = re.findall(r'id="passages-data">(.*?)</script>', report, re.DOTALL)
    text = study.passages.set_index("item").loc[item, "text"]
    (one,) = [one for one in json.loads(data) if one["text"] == text]
    assert one["labels"]["Attribution"] == [None, "not asked"]
    soft = soft_labels(summary).to_pylist()
    (passage,) = [row for row in soft if row["item"] == item]
    assert (passage["claim_type"], passage["attribution"], passage["attribution_n"]) == ("no_claim", None, 1)
    before = replace(study, ratings=study.ratings.query("variable == 'claim_type'"))
    found = changes(
        State(before, study.scales), State(study, study.scales), interval=Interval(replicates=20)
    ).labels
    assert not hidden & {*zip(found["item"], found["variable"], strict=True)}


@pytest.mark.parametrize("method", ["majority", "dawid-skene"])
def test_one_variable_alone_has_the_labels_that_it_has_among_all(run, method):
    """What hides a question is decided too, though it is not asked for."""
    told = {}
    for name, options in (("all", ()), ("one", ("--variable", "attribution"))):
        code, out, _ = run("consensus", EXAMPLE, "--method", method, "--format", "json", *options)
        assert code == 0
        told[name] = json.loads(out)
    assert told["one"] == [row for row in told["all"] if row["variable"] == "attribution"]
    assert any(row["method"] == "not asked" for row in told["one"])


def test_a_claim_has_no_attribution_from_a_passage_that_most_call_no_claim():
    """Of two passages that share a figure, one is a claim to one of three annotators alone, who names an expert."""
    answers = [("p1", "incident", "named"), ("p2", "no_claim", None), ("p2", "no_claim", None), ("p2", "incident", "expert")]  # fmt: skip
    rows = [
        (item, f"a{n}", variable, category)
        for n, (item, kind, whose) in enumerate(answers)
        for variable, category in (("claim_type", kind), ("attribution", whose))
        if category
    ]
    ratings = pd.DataFrame(rows, columns=["item", "annotator", "variable", "category"])
    book = read_codebook(
        """<View><Text name="text" value="$text"/>
        <Choices name="claim_type" toName="text" required="true"><Choice value="incident"/><Choice value="no_claim"/></Choices>
        <Choices name="attribution" toName="text" visibleWhen="choice-selected" whenTagName="claim_type" whenChoiceValue="incident">
        <Choice value="named"/><Choice value="expert"/></Choices></View>"""
    )
    text = "The quarry at Holm employs 4,312 people."
    passages = pd.DataFrame(
        {
            "item": ["p1", "p2"], "document": ["d1", "d2"], "source": ["s1", "s2"], "text": [text, text],
            "published": [None, None], "kind": ["body", "body"], "start": [0, 0], "end": [len(text)] * 2,
            "before": ["", ""], "after": ["", ""], "url": [None, None], "author": [None, None],
        }
    )  # fmt: skip
    with_book, without = (ledger_of(passages, ratings, codebook=one).mentions for one in (book, None))
    assert with_book.set_index("item")["attribution"].to_dict() == {"p1": "named", "p2": None}
    assert without.set_index("item")["attribution"].to_dict() == {"p1": "named", "p2": "expert"}


def test_a_distribution_is_shown_as_choices_and_decides_nothing(run, plain):
    code, out, _ = run("consensus", "t.csv", "--method", "distribution")
    assert code == 0
    assert "x 1, y 1" in out
    code, _, err = run("consensus", "t.csv", "--method", "distribution", "--annotators")
    assert code == 2
    assert "decides nothing" in err


@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
def test_every_form_is_written_and_ties_name_their_categories(run, plain, form):
    code, out, err = run("consensus", "t.csv", "--format", form)
    assert code == 0
    assert ('"[""x"",""y""]"' if form == "csv" else "x / y") in out
    assert "1 of 3 labels is a tie, and stays undecided; see annotate adjudicate" in err
    assert "caution: 1 of 3 labels rests on one rating" in err
    assert run("consensus", "t.csv", "--format", "parquet", "-o", "out.parquet")[0] == 0
    assert len(pd.read_parquet("out.parquet")) == 3


def test_the_model_says_when_it_is_not_to_be_believed(run, plain):
    code, out, err = run("consensus", "t.csv", "--method", "dawid-skene", "--format", "json")
    assert code == 0
    assert [(row["item"], row["category"], row["n_ratings"]) for row in json.loads(out)] == [
        ("1", "y", 3), ("2", "x", 2), ("3", "x", 1),
    ]  # fmt: skip
    assert "v: log-likelihood " in err
    assert "caution, v: with fewer than three annotators error rates cannot be told" in err


def test_the_anaesthetists_of_1979_by_command(run):
    anaesthetists().assign(source="hospital").to_csv("ds.csv", index=False)
    code, out, err = run("consensus", "ds.csv", "--method", "dawid-skene", "--format", "json")
    assert code == 0
    assert "v: log-likelihood -190.731, at which " in err
    found = json.loads(out)
    assert len(found) == 45
    assert {row["n_ratings"] for row in found} == {7}  # the first observer judged three times
    code, out, _ = run("consensus", "ds.csv", "--format", "json")
    assert {row["n_ratings"] for row in json.loads(out)} == {5}


def test_decisions_go_first_and_annotators_are_held_against_them(run, export, tmp_path):
    from tests.export_example import annotation, choice, result

    kinds = [annotation(1, 9, choice("b"), result("force", "rating", rating=1))]
    snapshot = decided(tmp_path, ("p2", kinds))
    study = read_study(Path("e.json"), config=Path("c.xml"), on_invalid="exclude")
    given = {"scales": study.scales}
    labels = final_labels(resolve(study.ratings, **given), read_decisions(snapshot), study.ratings)
    asked = ("consensus", *export, "--adjudicated", snapshot, "--format", "json")
    code, out, err = run(*asked)
    assert code == 0
    assert json.loads(out) == rows(labels, study)
    assert "adjudication: 1 passage decided, 1 not yet" in err
    code, out, _ = run(*asked, "--annotators")
    assert code == 0
    assert json.loads(out) == rows(against(study.ratings, labels, **given), study)
    code, out, err = run("agreement", snapshot)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "an adjudicator's decisions, which are not annotators' ratings; give the study's own export" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("consensus", "t.csv", "--adjudicated", "t.csv"), "t.csv: holds no adjudication; pull the project"),
        (("consensus", "t.csv", "--adjudicated", "adjudication"), "holds decisions, but on no passage of this study"),
        (("consensus", "t.csv", "--level", "w=nominal"), "w: no such variable; there are v"),
        (("adjudicate", "t.csv", "--project", "P 1"), "t.csv: holds no texts to adjudicate; give the snapshot"),
        (("adjudicate", "adjudication", "--project", "P 1"), "an adjudicator's decisions, which are not annotators' ratings"),
        (("adjudicate", "e.json", "--config", "c.xml", "--project", "P 1", "--variable", "mood"), "mood: no such variable; there are kind"),
        (("adjudicate", EXAMPLE, "--project", "P 1"), "no Label Studio to talk to"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_said_in_one_line(run, plain, export, tmp_path, arguments, words):
    from tests.export_example import annotation, choice

    decided(tmp_path, ("p2", [annotation(1, 9, choice("b"))]))
    code, out, err = run(*arguments, *(("--on-invalid", "exclude") if "e.json" in arguments else ()))
    assert (code, out) == (1, "")
    assert words in err.splitlines()[-1]
    assert len([line for line in err.splitlines() if line.startswith("annotate:")]) == 1


def test_nothing_to_adjudicate_is_no_error(run, export):
    Path("e.json").write_text(json.dumps([EXPORT[0], EXPORT[3]]), encoding="utf-8")
    code, out, err = run("adjudicate", *export, "--project", "P 1")
    assert (code, out) == (0, "")
    assert "nothing to adjudicate: there are no disagreements; nothing was pushed" in err


def test_a_meeting_decides_in_the_workbook_and_every_command_takes_it(run, tmp_path):
    from tests.test_workbook import decide, table

    book = tmp_path / "study.xlsx"
    assert run("workbook", EXAMPLE, "-o", book, "--replicates", "20")[0] == 0
    rows = table(openpyxl.load_workbook(book), "Disagreements")
    row = next(row for row in rows if row["Variable"] == "attribution")
    decide(book, {(row["Item"], "attribution"): ("Named person", "Ana Mirel", "the byline")}, book)
    code, out, err = run("adjudicate", EXAMPLE, "--from-workbook", book, "-o", "decisions.csv")
    assert (code, out) == (0, "")
    assert "decisions.csv: 1 decision by Ana Mirel" in err
    assert Path("decisions.csv").read_text(encoding="utf-8").splitlines() == [
        "item,variable,category,decided_by,remark", f"{row['Item']},attribution,named_person,Ana Mirel,the byline",
    ]  # fmt: skip
    for given in ("decisions.csv", book):
        code, out, err = run("consensus", EXAMPLE, "--adjudicated", given, "--format", "json")
        assert code == 0, err
        assert "adjudication: 1 passage decided" in err
        (label,) = [one for one in json.loads(out) if one["decided_by"]]
        assert (label["item"], label["variable"], label["category"], label["method"], label["decided_by"]) == (
            row["Item"], "attribution", "named_person", "adjudicated", "Ana Mirel",
        )  # fmt: skip
    profile = [
        json.loads(run("provenance", EXAMPLE, "--format", "json", *more)[1])
        for more in ((), ("--adjudicated", "decisions.csv"))
    ]
    of_source = [
        {
            one["measure"]: one["value"]
            for one in found
            if one["source"] == row["Source"] and one["category"] is None
        }
        for found in profile
    ]
    assert of_source[0]["claims"] == of_source[1]["claims"]
    assert of_source[0]["named_source_share"] < of_source[1]["named_source_share"]
    mentions = [
        {
            (one["claim"], one["item"]): one
            for one in json.loads(run("ledger", EXAMPLE, "--mentions", "--format", "json", *more)[1])
        }
        for more in ((), ("--adjudicated", "decisions.csv"))
    ]
    changed = [
        key for key in mentions[0] if mentions[0][key]["attribution"] != mentions[1][key]["attribution"]
    ]
    assert {item for _, item in changed} <= {row["Item"]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from-workbook", "none.xlsx", "-o", "d.csv"), "none.xlsx: no such file"),
        (("--from-workbook", "none.xlsx"), "say with -o which table to write, .csv or .parquet"),
    ],
)
def test_a_workbook_that_cannot_be_taken_is_said(run, arguments, words):
    code, out, err = run("adjudicate", EXAMPLE, *arguments)
    assert (code, out) == (1, "")
    assert words in err
    assert run("adjudicate", EXAMPLE)[0] == 2
