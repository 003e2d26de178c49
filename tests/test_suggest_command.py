"""``annotate suggest`` at the command line: what is printed, what is refused, and what is said."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from annotate.cli import main
from annotate.cli.commands import app
from annotate.coordination.suggestion import suggest
from annotate.frames import records
from annotate.study.passages import passages_of_study
from annotate.study.study import read_study
from tests.export_example import CONFIG, annotation, choice, result, task

SHOWN = {"id": 9, "model_version": "annotate-suggest 0123456789ab", "result": []}
TEXTS = {"a": "Ferries counted at quay {0}: {0}.", "b": "Nobody should wait {0} days; the council must act."}


def export(path, n=70, coded=60, seen=0, ties=0, rng=None):
    kinds = (rng or np.random.default_rng(0)).choice(["a", "b"], n)
    tasks = []
    for number, kind in enumerate(kinds):
        made = []
        if number < coded:
            more = {"prediction": SHOWN} if number < seen else {}
            made = [annotation(1, 1, choice(kind), **more), annotation(2, 2, choice(kind))]
            if coded - number <= ties:
                made[1] = annotation(2, 2, choice("b" if kind == "a" else "a"))
        text = TEXTS[kind].format(number * 37 % 101)
        tasks.append(task(f"p{number:03}", *made, text=text, document_id=f"d{number % 9}"))
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return kinds


@pytest.fixture
def here(tmp_path):
    (tmp_path / "config.xml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def call(here, *arguments):
    words = ["suggest", str(here / "export.json"), "--config", str(here / "config.xml"), *map(str, arguments)]
    return CliRunner().invoke(app, words)


def test_it_prints_what_the_library_finds(here):
    kinds = export(here / "export.json")
    study = read_study(here / "export.json", config=here / "config.xml")
    labels = pd.DataFrame(
        {"item": [f"p{i:03}" for i in range(60)], "variable": "kind", "category": kinds[:60]}
    )
    waiting = [f"p{number:03}" for number in range(60, 70)]
    made = suggest(passages_of_study(study), labels, waiting, scales=study.scales)
    done = call(here, "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == json.loads(json.dumps(records(made.queue)))
    graded = call(here, "--format", "json", "--quality", "--variable", "kind")
    expected = made.quality[made.quality["variable"] == "kind"]
    assert json.loads(graded.stdout) == json.loads(json.dumps(records(expected)))
    assert "passages that wait: 10" in done.stderr
    assert "flags: not learnt: level set" in done.stderr
    assert "force: not learnt: 0 decided passages, at least 50 are needed" in done.stderr


def test_for_reading_quality_stands_beside_its_baseline(here):
    export(here / "export.json")
    done = call(here, "--variable", "kind", "--top", "3")
    assert done.exit_code == 0, done.output
    assert "F1 of baseline" in done.stdout
    assert "note" not in done.stdout
    assert "1.000 [" in done.stdout
    assert "p06" not in done.stdout  # the texts stand there
    assert done.stdout.count(" at quay ") + done.stdout.count("; the council must act.") == 3
    markdown = call(here, "--format", "markdown", "--quality")
    assert markdown.stdout.startswith("| variable | decided |")
    assert "\n| category | decided |" in markdown.stdout
    assert "council" not in markdown.stdout


def test_what_is_left_out_is_counted(here):
    export(here / "export.json", coded=64, seen=3, ties=4)
    done = call(here)
    assert done.exit_code == 0, done.output
    assert "not learnt from: 6 ratings made with a suggestion in sight" in done.stderr  # kind and flags
    assert "not learnt from: 4 ties" in done.stderr


def test_decided_labels_settle_ties(here):
    export(here / "export.json", ties=20)
    assert "40 decided passages, at least 50" in call(here, "--variable", "kind").stderr
    rows = "".join(f"p{number:03},kind,a\n" for number in range(40, 60))
    (here / "decided.csv").write_text(f"item,variable,category\n{rows}", encoding="utf-8")
    done = call(
        here, "--variable", "kind", "--decided", here / "decided.csv", "--quality", "--format", "json"
    )
    assert json.loads(done.stdout)[0]["n"] == 60


def test_overlap_and_further_tasks_add_to_what_waits(here):
    export(here / "export.json")
    assert "passages that wait: 70" in call(here, "--overlap", "3").stderr
    data = {"source": "S", "text": "Ferries counted at quay 9: 9.", "document_id": "new"}
    further = [{"data": {**data, "passage_id": name}} for name in ("p000", "q1", "q2")]
    (here / "tasks.json").write_text(json.dumps(further), encoding="utf-8")
    done = call(here, "--tasks", here / "tasks.json", "--format", "json")
    rows = {row["item"]: row["category"] for row in json.loads(done.stdout)}
    assert (len(rows), rows["q1"], "p000" in rows) == (12, "a", False)


def test_too_few_labels_print_words_and_no_number(here):
    export(here / "export.json", n=20, coded=10)
    done = call(here, "--format", "json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, [])
    assert "kind: not learnt: 10 decided passages, at least 50 are needed" in done.stderr
    assert "no variable has enough decided labels" in done.stderr
    said = call(here, "--quality").stdout
    assert "undefined" in said
    assert "10 decided passages, at least 50 are needed" in said


def test_what_cannot_be_learnt_is_said(here):
    export(here / "export.json")
    tasks = json.loads((here / "export.json").read_text(encoding="utf-8"))
    coin = np.random.default_rng(5)
    for one in tasks[:60]:
        one["annotations"] = [annotation(1, 1, choice(str(coin.choice(["a", "b"]))))]
    (here / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    assert "kind: not certainly better than always saying the most frequent category" in call(here).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--push",),
        ("--push", "--project", "Quarry"),
        ("--push", "--min-precision", "0.9"),
        ("--min-precision", "0", "--project", "Quarry"),
        ("--min-precision", "1.5", "--project", "Quarry"),
    ],
)
def test_pushing_takes_a_project_and_a_precision(here, arguments):
    export(here / "export.json")
    assert call(here, *arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--variable", "mood"), "mood: no such variable"),
        (("--tasks", "absent.json"), "absent.json"),
        (("--decided", "absent.csv"), "absent.csv: no such file"),
        (("--format", "parquet"), "parquet goes into a file"),
        (("-o", "export.json"), "would write over what is read"),
    ],
)
def test_mistakes_end_in_one_line(here, arguments, words, monkeypatch, capsys):
    export(here / "export.json")
    monkeypatch.chdir(here)
    monkeypatch.setattr(
        "sys.argv", ["annotate", "suggest", "export.json", "--config", "config.xml", *arguments]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err.strip().splitlines()
    assert ended.value.code == 1
    assert words in said[-1]


def test_a_table_without_texts_is_refused(here, monkeypatch, capsys):
    (here / "ratings.csv").write_text(
        "item,source,annotator,variable,category\np,S,A1,kind,a\n", encoding="utf-8"
    )
    monkeypatch.setattr("sys.argv", ["annotate", "suggest", str(here / "ratings.csv")])
    with pytest.raises(SystemExit):
        main()
    assert "holds no texts to learn from" in capsys.readouterr().err


def test_other_kinds_of_answers_are_no_obstacle(here):
    export(here / "export.json")
    tasks = json.loads((here / "export.json").read_text(encoding="utf-8"))
    for number, one in enumerate(tasks[:60]):
        force = result("force", "rating", rating=1 + number % 3)
        one["annotations"] = [annotation(1, 1, choice("a"), force, choice("x", name="flags"))]
    (here / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    done = call(here, "--format", "json")
    assert {row["variable"] for row in json.loads(done.stdout)} == {"force"}
    assert "kind: not learnt: categories with 10 decided passages: 1, at least 2" in done.stderr
