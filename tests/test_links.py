"""A link project is read as links: pairs, what each annotator said of them, and what is not such a project."""

import json
from pathlib import Path

import pandas as pd
import pytest

from annotate.agreement import measure
from annotate.codebook.check import check_config
from annotate.codebook.read import load_codebook
from annotate.consensus import majority
from annotate.errors import InputError
from annotate.files import bundled
from annotate.present.summary import summarise
from annotate.sampling import Interval
from annotate.study.links import DERIVATIONS, RELATIONS, pair_id, read_links
from annotate.study.snapshot import write_snapshot
from annotate.study.study import read_study
from tests.export_example import CONFIG, annotation, choice, task
from tests.link_example import labelled, link_task

LINKS = bundled("link_config.xml").read_text("utf-8")
TASKS = [
    link_task(
        "a1",
        "b1",
        labelled(1, 1, "same_claim", "b_from_a"),
        labelled(2, 2, "same_claim", "cannot_tell"),
        rank=1,
    ),
    link_task("a1", "c1", labelled(3, 1, "contradict"), labelled(4, 2, "topic_only"), rank=2, score=0.25),
    link_task("b1", "c1", stratum="control", drawn=0.125, rank=9, score=None, reasons=[]),
]
PASSAGES = pd.DataFrame(
    {"item": ["a1", "b1", "c1"], "document": ["a", "b", "c"], "text": [f"Text of {one}1." for one in "abc"]}
)


def written(path, tasks):
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def test_the_config_has_no_problem_and_offers_what_is_read():
    assert check_config(LINKS) == []
    book = load_codebook(bundled("link_config.xml"))
    assert [(v.name, tuple(c.id for c in v.categories)) for v in book.variables[:2]] == [
        ("relation", RELATIONS),
        ("derivation", DERIVATIONS),
    ]


def test_the_sdk_takes_the_config() -> None:
    from label_studio_sdk.label_interface import LabelInterface  # takes seconds

    LabelInterface(LINKS).validate()


def test_an_export_and_a_snapshot_are_read_alike(tmp_path):
    export = read_links(written(tmp_path / "links.json", TASKS), PASSAGES)
    snapshot = read_links(write_snapshot(tmp_path, "links", TASKS, LINKS, {}), PASSAGES)
    for links in (export, snapshot):
        assert links.labels.to_numpy().tolist() == sorted(
            [
                [pair_id("a1", "b1"), "a1", "b1", "A1", "same_claim", "b_from_a"],
                [pair_id("a1", "b1"), "a1", "b1", "A2", "same_claim", "cannot_tell"],
                [pair_id("a1", "c1"), "a1", "c1", "A1", "contradict", None],
                [pair_id("a1", "c1"), "a1", "c1", "A2", "topic_only", None],
            ]
        )
        control = links.pairs.set_index("item").loc[pair_id("b1", "c1")]
        assert (control["stratum"], control["drawn"], control["rank"], control["reasons"]) == (
            "control",
            0.125,
            9,
            [],
        )
        assert pd.isna(control["score"])
        assert links.pairs["a_text"].tolist() == ["Text of a1.", "Text of a1.", "Text of b1."]


def test_a_pair_is_an_item_so_agreement_and_consensus_take_links_as_they_are(tmp_path):
    study = read_links(written(tmp_path / "links.json", TASKS)).study
    alpha = measure(study.rated, scales=study.scales, coefficients="percent_agreement")
    assert alpha.set_index("variable")["value"].to_dict() == {"relation": 0.5, "derivation": 0.0}
    voted = majority(study.rated).set_index(["item", "variable"])["category"]
    assert voted[pair_id("a1", "b1"), "relation"] == "same_claim"


def test_an_answer_to_the_hidden_question_does_not_count(tmp_path):
    tasks = [link_task("a1", "b1", labelled(1, 1, "contradict", "b_from_a"))]
    links = read_links(written(tmp_path / "links.json", tasks))
    assert links.labels[["relation", "derivation"]].to_numpy().tolist() == [["contradict", None]]
    assert links.study.left_out == {"hidden": 1}


def test_a_table_of_links_is_read(tmp_path):
    rows = [
        ["a1", "b1", "A1", "same_claim", "independent"],
        ["a1", "b1", "A2", "narrower", ""],
        ["b1", "c1", "A1", "topic_only", ""],
    ]
    table = pd.DataFrame(rows, columns=["a_item", "b_item", "annotator", "relation", "derivation"])
    for name in ("links.csv", "links.parquet"):
        path = tmp_path / name
        table.to_csv(path, index=False) if name.endswith("csv") else table.to_parquet(path)
        links = read_links(path, PASSAGES)
        found = links.labels.drop(columns="item").sort_values(["a_item", "annotator"]).to_numpy().tolist()
        assert found == [[*row[:4], row[4] or None] for row in rows]
        assert len(links.pairs) == 2


@pytest.mark.parametrize(
    ("tasks", "passages", "message"),
    [
        ([task("p1", annotation(1, 1, choice("a")))], None, "not a link project; make one with annotate link"),
        ([link_task("a1", "b1")], PASSAGES, "nobody has coded a pair yet"),
        (TASKS, PASSAGES.assign(document="z", item=["z1", "z2", "z3"]), "links of another study: 3 of its passages"),
        (TASKS, PASSAGES.assign(text="New text."), "3 of its passages have changed in the study since: a1"),
        (TASKS, PASSAGES.assign(item=["a1", "b1", "c2"]), "1 of its passages have changed in the study since: c1"),
    ],
)  # fmt: skip
def test_what_is_no_link_of_the_study_is_refused_in_one_line(tmp_path, tasks, passages, message):
    config = LINKS if "a_item" in tasks[0]["data"] else CONFIG
    with pytest.raises(InputError, match=message) as refused:
        read_links(write_snapshot(tmp_path, "links", tasks, config, {}), passages)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["a1", "b1", "", "same_claim", ""]], "only derivation may be empty; look at annotator"),
        ([["a1", "b1", "A1", "alike", ""]], "alike"),
        ([["a1", "b1", "A1", "same_claim", "a_from_b"], ["b1", "a1", "A2", "same_claim", "a_from_b"]], "both orders"),
    ],
)  # fmt: skip
def test_a_table_that_is_none_is_refused_in_one_line(tmp_path, rows, message):
    path = tmp_path / "links.csv"
    columns = ["a_item", "b_item", "annotator", "relation", "derivation"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    with pytest.raises(Exception, match=message) as refused:
        read_links(path)
    assert refused.type.__module__ == "annotate.errors"
    assert "\n" not in str(refused.value)


PAIRED = str(Path(__file__).parent.parent / "exports" / "links-example")


@pytest.mark.parametrize(
    "command",
    ["claims", "graph", "sources", "ledger", "reuse", "quantities", "candidates", "link -o made.json"],
)
def test_pairs_are_not_taken_for_passages(run, command, tmp_path, monkeypatch):
    """Both texts of a pair would count as one text of a source named after two."""
    monkeypatch.chdir(tmp_path)
    name, *rest = command.split()
    code, out, err = run(name, PAIRED, *rest)
    assert (code, out, list(tmp_path.iterdir())) == (1, "", [])
    assert err.endswith("give the study that they are of, and this one as its links, with --links\n")


def test_tasks_of_pairs_are_not_taken_for_passages(run, tmp_path):
    tasks = tmp_path / "pairs.json"
    tasks.write_text(json.dumps([{"data": link_task("p1", "p2")["data"]}]), "utf-8")
    code, out, err = run("reuse", str(tasks))
    assert (code, out) == (1, "")
    assert "holds pairs of passages" in err


def test_no_claims_are_looked_for_in_a_report_of_pairs():
    made = summarise(read_study(PAIRED), interval=Interval(replicates=10))
    assert made.ledger.claims.empty
    assert made.claims is None
    assert not made.agreement.empty
