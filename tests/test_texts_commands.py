"""The commands about texts say what the library finds, in every form."""

import json
from pathlib import Path

import pandas as pd
import pytest

from annotate.errors import InputError, counted
from annotate.figures.grammar import REGISTERED
from annotate.files import bundled
from annotate.frames import records
from annotate.provenance import arithmetic, compare, quantities, reuse
from annotate.provenance.ledger import ledger_of
from annotate.study.passages import read_passages

TASKS = bundled("tasks/example.json")
EXPORT = Path(__file__).parent.parent / "exports/example"


FOUND = {
    ("reuse",): reuse,
    ("reuse", "--min-score", "0.5"): lambda passages: reuse(passages, min_score=0.5),
    ("quantities",): quantities,
    ("quantities", "--compare"): lambda passages: compare(quantities(passages), passages),
    ("quantities", "--arithmetic"): lambda passages: arithmetic(quantities(passages), passages),
    ("ledger",): lambda passages: ledger_of(passages).claims,
    ("ledger", "--mentions"): lambda passages: ledger_of(passages).mentions,
}


@pytest.mark.parametrize(("words", "found"), FOUND.items(), ids=map(" ".join, FOUND))
def test_a_command_prints_what_the_library_finds(words, found, run, tmp_path):
    frame = found(read_passages(TASKS))
    status, out, said = run(*words, TASKS, "--format", "json")
    left_out = (read_passages(TASKS)["kind"] == "boilerplate").sum()
    boilerplate = (
        "" if words[0] == "quantities" else f"left out: {counted(int(left_out), 'passage')} of boilerplate\n"
    )
    assert (status, said) == (0, boilerplate)
    assert json.loads(out) == json.loads(json.dumps(records(frame)))
    assert run(*words, TASKS, "--format", "parquet", "-o", "t.parquet")[0] == 0
    assert len(pd.read_parquet(tmp_path / "t.parquet")) == len(frame)
    for form in ("table", "markdown", "csv"):
        status, out, _ = run(*words, TASKS, "--format", form)
        assert status == 0
        assert len(out.splitlines()) > len(frame)


def test_an_export_and_its_tasks_give_the_same_figures(run):
    (_, of_tasks, _), (_, of_export, _) = (
        run("quantities", path, "--format", "csv") for path in (TASKS, EXPORT)
    )
    assert of_tasks == of_export


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reuse", "none.json"), "none.json: no such file"),
        (("quantities", "t.csv"), "t.csv: holds no texts; give the tasks that annotate ingest wrote, or a snapshot"),
        (("ledger", "t.json", "-o", "t.json"), "would write over what is read"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_line(arguments, words, run, tmp_path):
    (tmp_path / "t.csv").write_text("item,source,annotator,variable,category\np,S,A,v,x\n", encoding="utf-8")
    (tmp_path / "t.json").write_bytes(TASKS.read_bytes())
    status, out, said = run(*arguments)
    assert (status, out, len(said.splitlines())) == (1, "", 1)
    assert words in said


def test_one_view_of_the_figures_at_a_time(run):
    assert run("quantities", TASKS, "--compare", "--arithmetic")[0] == 2
    assert run("quantities", TASKS, "--compare", "--explain")[0] == 2


def test_each_figure_is_explained_by_the_rules_that_read_it(run):
    found = json.loads(run("quantities", TASKS, "--explain", "--format", "json")[1])
    named = {rule.name for rule in REGISTERED}
    assert all(set(row["rules"].split("; ")) & named for row in found)
    plain = json.loads(run("quantities", TASKS, "--format", "json")[1])
    assert [{name: row[name] for name in row if name != "rules"} for row in found] == plain


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"document_id": ["a"]}, "passage p: document_id is ['a']; write it as a text, in quotation marks"),
        ({"published": {"a": 1}}, "passage p: published is {'a': 1}; write it as a text, in quotation marks"),
        (
            {"start": "abc"},
            "passage p: start is 'abc'; it is the place in the document, a whole number from 0 on",
        ),
        ({"start": -1}, "passage p: start is -1; it is the place in the document, a whole number from 0 on"),
    ],
)
def test_what_was_written_by_hand_is_read_or_refused_in_one_line(extra, words, tmp_path):
    path = tmp_path / "t.json"
    task = {
        "passage_id": "p",
        "source": "X",
        "text": "The harbour lost 240 boats.",
        "document_id": 7,
        "start": 3.0,
    }
    path.write_text(json.dumps([{"data": task}]), encoding="utf-8")
    row = read_passages(path).iloc[0]
    assert (row["document"], row["start"], row["end"]) == ("7", 3, 30)
    path.write_text(json.dumps([{"data": task | extra}]), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_passages(path)
    assert str(raised.value) == f"{path}: {words}"


def test_reuse_says_what_it_left_out(run, tmp_path):
    words = (
        "The harbour master Ilse Trond counted 240 boats under the ice of Tessel and wrote it in her ledger."
    )
    tasks = [
        {
            "data": {
                "passage_id": str(n),
                "source": f"X{n}",
                "document_id": str(n),
                "kind": kind,
                "text": words,
            }
        }
        for n, kind in enumerate(["body", "body", "boilerplate"])
    ]
    (tmp_path / "t.json").write_text(json.dumps(tasks), encoding="utf-8")
    status, out, said = run("reuse", "t.json", "--format", "json")
    assert (status, said) == (0, "left out: 1 passage of boilerplate\n")
    assert len(json.loads(out)) == 1
