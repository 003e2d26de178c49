"""The example corpus is what its README says: passages, reference coding, and what was planted."""

import json

import pandas as pd
import pytest

from annotate.codebook.read import load_codebook
from annotate.corpus import ingest, read_tasks
from annotate.demo.scripted import CAST, OF_A_CLAIM, SPANS, code, read_reference
from annotate.files import bundled

CORPUS = bundled("tasks/example")
BOOK = load_codebook(bundled("label_config.xml"))
PLANTED = json.loads((CORPUS / "planted.json").read_text(encoding="utf-8"))
CODES = pd.read_csv(CORPUS / "codes.csv", dtype=str, keep_default_na=False)
TASKS = read_tasks(bundled("tasks/example.json"))
TEXTS = {
    path.stem: path.read_text(encoding="utf-8") for path in [*CORPUS.glob("*.txt"), *CORPUS.glob("*.md")]
}


def test_the_passages_are_what_ingest_makes_of_the_documents():
    files = [*sorted(CORPUS.glob("*.txt")), *sorted(CORPUS.glob("*.md"))]
    made = ingest(files, config_sha256=BOOK.sha256, manifest=CORPUS / "sources.csv")
    assert {t["data"]["passage_id"]: t["data"] for t in made.tasks} == {
        t["data"]["passage_id"]: t["data"] for t in TASKS
    }
    assert (made.documents, made.sources, made.notices) == (13, 13, ())


def test_the_reference_coding_covers_every_passage_and_uses_the_codebook():
    assert {(row.document_id, int(row.start), row.text) for row in CODES.itertuples()} == {
        (t["data"]["document_id"], t["data"]["start"], t["data"]["text"]) for t in TASKS
    }
    for variable in ("claim_type", *OF_A_CLAIM):
        used = set(CODES[variable]) - {""}
        assert used == {category.id for category in BOOK.variable(variable).categories}, variable
    flags = {flag for cell in CODES["flags"] for flag in cell.split(";") if flag}
    assert flags == {category.id for category in BOOK.variable("flags").categories}
    empty = CODES["claim_type"] == "no_claim"
    assert ((CODES[list(OF_A_CLAIM)] == "").all(axis=1) == empty).all()


def test_every_marked_span_is_in_its_passage():
    for row in CODES.to_dict("records"):
        for column in SPANS:
            assert row[column] in row["text"]


def sentences(value):
    if isinstance(value, dict):
        if "document" in value and "sentence" in value:
            yield value["document"], value["sentence"]
        for inner in value.values():
            yield from sentences(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from sentences(inner)


def test_every_planted_sentence_is_a_passage_of_its_document():
    passages = {(t["data"]["document_id"], t["data"]["text"]) for t in TASKS}
    found = list(sentences(PLANTED))
    assert len(found) > 80
    for document, sentence in found:
        assert sentence in TEXTS[document]
        assert (document, sentence) in passages


@pytest.mark.parametrize(
    "kind",
    [
        "reuse",
        "figures",
        "circular",
        "wrong_sums",
        "conflicts",
        "denials",
        "second_hand_quotations",
        "boilerplate",
        "headlines",
        "claims",
        "names",
    ],
)
def test_all_that_makes_the_work_hard_is_planted(kind):
    assert PLANTED[kind]


def test_a_figure_drifts_from_one_attribution_to_another():
    codes = {(row["document_id"], row["text"]): row["attribution"] for row in CODES.to_dict("records")}
    missing = next(figure for figure in PLANTED["figures"] if figure["id"] == "figure-missing")
    drift = [codes[mention["document"], mention["sentence"]] for mention in missing["mentions"]]
    assert len(set(drift)) >= 4


def test_scripted_annotators_answer_within_the_codebook_and_by_their_habits():
    reference = read_reference(CORPUS / "codes.csv")
    skipped = {}
    for habits in CAST:
        answers = [code(task["data"], reference, habits, BOOK) for task in TASKS]
        skipped[habits.name] = sum(answer is None for answer in answers)
        chosen = [
            (result["from_name"], choice)
            for answer in answers if answer
            for result in answer if result["type"] == "choices"
            for choice in result["value"]["choices"]
        ]  # fmt: skip
        for variable, category in chosen:
            assert category in {one.id for one in BOOK.variable(variable).categories}
        labels = {
            r["value"]["labels"][0] for answer in answers if answer for r in answer if r["type"] == "labels"
        }
        assert labels == set(SPANS.values()) - habits.unmarked
    assert skipped["careful"] == skipped["literal"] == 0 < skipped["hasty"]
