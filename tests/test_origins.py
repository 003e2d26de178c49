"""Whom claims are put down to: each name once, offers with a reason, and the coordinator's file reread."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from annotate.errors import InputError
from annotate.provenance.origins import KINDS, offers, origins_of, read_origins
from annotate.study.study import read_study
from tests.export_example import annotation, choice, result, task

EXAMPLE = Path(__file__).parent.parent / "exports/example"
NAMES = [
    ("The Harbour Gazette", "The Harbour Gazette reported that ferries stop."),
    ("the newspaper Harbour Gazette", "Ferries stop, the newspaper Harbour Gazette reported."),
    ("Dr. Ana Mirel, who keeps the lock", "Ferries stop, said Dr. Ana Mirel, who keeps the lock."),
    ("Mirel", "Ferries stop, Mirel said."),
    ("Ana Mirell", "Ferries stop, Ana Mirell said."),
    ("World Ferry Organisation", "Ferries stop, says the World Ferry Organisation."),
    ("WFO", "Ferries stop, says the WFO."),
    ("a clerk", "Ferries stop, a clerk said."),
    ("the clerk", "Ferries stop, the clerk said."),
    ("we", "Ferries stop, we found."),
    ("Burial Book", "Ferries stop, says the Burial Book."),
    ("Parish Burial Book", "Ferries stop, says the Parish Burial Book."),
]
CODED = {
    "a clerk": "unnamed_specific",
    "the clerk": "unnamed_specific",
    "Burial Book": "named_document_or_outlet",
}


@pytest.fixture
def study(tmp_path):
    tasks = []
    for number, (name, text) in enumerate(NAMES):
        start = text.index(name)
        marks = result("marks", "labels", start=start, end=start + len(name), text=name, labels=["SOURCE"])
        answers = [choice("incident", name="claim_type"), choice(CODED.get(name, "named_person"), name="attribution"),
                   choice("none_offered", name="evidentiary_basis"), choice("firm", name="certainty")]  # fmt: skip
        both = [annotation(2 * number + one, one, *answers, {**marks, "id": "s"}) for one in (1, 2)]
        tasks.append(
            task(f"p{number}", *both, text=text, source="Harbour Gazette" if number > 9 else "Ommerlight")
        )
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return read_study(path)


def by_name(table):
    return {row["name"]: row for row in table.to_dict("records")}


def test_each_name_stands_once_with_its_counts(study):
    names = origins_of(study).table
    assert sorted(names["name"]) == sorted(name for name, _ in NAMES)
    assert set(names["n_marks"]) == {2}
    assert set(names["n_annotators"]) == {2}
    assert set(names["n_passages"]) == {1}
    assert set(names["kind"]) <= set(KINDS)


def test_a_source_of_the_corpus_is_that_source_and_the_table_says_so(study):
    found = origins_of(study)
    rows = by_name(found.table)
    for name in ("The Harbour Gazette", "the newspaper Harbour Gazette"):
        assert (rows[name]["origin"], rows[name]["reason"]) == (
            "Harbour Gazette",
            "is a source of the corpus",
        )
        assert found.of(name, "Ommerlight").is_source
    own = found.of("We", "Ommerlight"), found.of("we", "Ommerlight")
    assert own[0] is None
    assert (own[1].name, own[1].is_source) == ("Ommerlight", True)


def test_likely_names_are_offered_with_score_and_reason_and_none_is_merged(study):
    found = origins_of(study)
    offered = {
        (row["name"], row["same_as"]): row["because"]
        for row in offers(found.table, found.sources).to_dict("records")
    }
    reasons = {frozenset(pair): because for pair, because in offered.items()}
    assert reasons[frozenset({"Mirel", "Dr. Ana Mirel, who keeps the lock"})] == "surname"
    assert reasons[frozenset({"Ana Mirell", "Dr. Ana Mirel, who keeps the lock"})] == "spelled alike"
    assert reasons[frozenset({"WFO", "World Ferry Organisation"})] == "initials"
    assert reasons[frozenset({"Burial Book", "Parish Burial Book"})] == "short form"
    assert reasons[frozenset({"a clerk", "the clerk"})] == "the same but for article or capitals"
    rows = by_name(found.table)
    merged = {name for name, row in rows.items() if row["origin"] != name}
    assert merged == {"The Harbour Gazette", "the newspaper Harbour Gazette"}
    assert 0 < rows["Mirel"]["score"] <= 1


def test_unrelated_names_are_not_offered():
    names = ["Ana Mirel", "Bo Tarn", "World Ferry Organisation", "Harbour Act of 1994", "Lime"]
    table = pd.DataFrame({"name": names, "origin": names, "kind": "person"})
    assert offers(table).empty


def test_a_corrected_file_is_reread_and_read_again_it_is_the_same(study, tmp_path):
    found = origins_of(study)
    table = found.table.copy()
    table.loc[table["name"] == "Mirel", ["origin", "kind"]] = ["Ana Mirell", "person"]
    table.loc[table["name"] == "Ana Mirell", "origin"] = "Dr. Ana Mirel, who keeps the lock"
    path = tmp_path / "origins.csv"
    table.to_csv(path, index=False)
    read = read_origins(path, found)
    assert (
        read.of("Mirel", "x")
        == read.of("Ana Mirell", "x")
        == read.of("Dr. Ana Mirel, who keeps the lock", "x")
    )
    assert read.unread == ()
    again = tmp_path / "again.csv"
    read.table.to_csv(again, index=False)
    pd.testing.assert_frame_equal(read_origins(again, found).table, read.table)
    table.drop(index=table.index[0]).to_csv(path, index=False)
    assert read_origins(path, found).unread == (table["name"].iloc[0],)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("name,origin,kind,rank\nMirel,,person,1", "unknown column rank"),
        ("name,origin\nMirel,", "no column kind"),
        ("name,origin,kind\nMirel,,person\n“Mirel”,,person", "'Mirel' stands twice"),
        ("name,origin,kind\nMirel,,wizard", "'Mirel' has the kind 'wizard'"),
        ("name,origin,kind\n,x,person", "row 2 has no name"),
        ("name,origin,kind\nA,B,person\nB,C,person\nC,A,person", "merges must not lead back"),
        ("name,origin,kind\nMirel,,person\nM.,Mirel,document", "'Mirel' has the kinds document and person"),
    ],
)
def test_a_bad_file_is_one_clear_line(study, tmp_path, rows, said):
    path = tmp_path / "origins.csv"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_origins(path, origins_of(study))
    assert said in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_of_its_heading_alone_says_nothing(study, tmp_path):
    path = tmp_path / "origins.csv"
    path.write_text("name,origin,kind\n", encoding="utf-8")
    found = origins_of(study)
    read = read_origins(path, found)
    pd.testing.assert_frame_equal(read.table, found.table, check_dtype=False)
    assert read.unread == tuple(found.table["name"])


def test_what_marks_nobody_is_no_name():
    study = read_study(EXAMPLE)
    none = replace(study, spans=study.spans.iloc[:0])
    assert origins_of(none).table.empty


def test_the_command_writes_a_file_that_it_takes_back(run, tmp_path):
    code, out, words = run("origins", EXAMPLE, "-o", "origins.csv")
    assert (code, out) == (0, "")
    assert "correct the columns origin and kind" in words
    path = tmp_path / "origins.csv"
    table = pd.read_csv(path).query("name != 'a nurse'")
    table.loc[table["name"] == "Dr. Edda Kornfeldt", "origin"] = "Dr. Edda Kornfeld"
    table.to_csv(path, index=False)
    code, out, words = run("origins", EXAMPLE, "--origins", "origins.csv", "--format", "csv")
    assert code == 0
    assert "lacks 1 name, which stands for itself: 'a nurse'" in words
    assert "Dr. Edda Kornfeldt,Dr. Edda Kornfeld,person" in out
    code, _, words = run("origins", EXAMPLE, "--origins", "origins.csv", "-o", "origins.csv")
    assert code == 1
    assert "would write over what is read" in words


def test_kinds_in_capitals_are_read_and_names_that_nobody_marked_are_told(study, tmp_path):
    path = tmp_path / "origins.csv"
    path.write_text(
        "name;origin;kind\nMirel;Ana Mirel;PERSON\nMirrel;Ana Mirel;Person\nAna Mirel;;person", "utf-8"
    )
    read = read_origins(path, origins_of(study))
    assert read.of("Mirel", "S").kind == "person"
    assert read.unmarked == ("Mirrel",)  # a slip; what a name stands for need not be marked
