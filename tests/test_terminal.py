"""Every table on a terminal: no line is too long, no id stands where there is a label, and the English is right."""

import ast
import itertools
import json
import re
from pathlib import Path

import pandas as pd
import pytest
import typer
from rich.cells import cell_len

from annotate.cli.commands import app
from annotate.codebook.read import load_codebook
from annotate.errors import counted
from annotate.present import tables

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "exports" / "example"
TASKS = ROOT / "tasks" / "example.json"
WIDTHS = (80, 120, 200)
PEOPLE = "anna@example.org\nBen,ben@example.org\ncleo@example.org\n"
KINDS = "annotator,team\nA1,north\nA2,north\nA3,south\nA4,south\n"

# What each command is asked on the example; several where a command has several tables. Of a value None nothing is
# asked: it writes files, or talks to a server, whose tables are tested where there is one.
ASKED = {
    "ingest": None, "push": None, "pull": None, "merge": None, "desk": None, "adjudicate": None, "graph": None,
    "workbook": None, "tables": None, "report": None, "demo": None, "status": None, "annotators add": None,
    "server start": None, "server stop": None, "server status": None, "server backup": None, "server restore": None,
    "link": None, "rate": None,
    "check": ["{tasks}"],
    "changes": ["later.json {e}", "{e} {e} --agreement --by source"],
    "codebook": [""],
    "assign": ["{tasks} --annotators people.txt --overlap 2"],
    "agreement": ["{e} --by source", "{e} --per-category", "{e} --coefficient all", "{e} --below 0.667"],
    "icc": ["{e}"],
    "concordance": ["{e}", "ranked.csv --level kind=ordinal --order kind=x,y"],
    "compare": ["small.csv --level kind=nominal"],
    "disagreements": ["{e} --top 5", "{e} --confusions"],
    "plan": ["{e} --half-width 0.1 --replicates 100"],
    "spans agreement": ["{e} --by source"],
    "spans pairs": ["{e}", "{e} --by source"],
    "spans relations": ["{e}"],
    "spans inside": ["inside.json"],
    "consensus": ["{e}", "{e} --annotators", "{e} --method dawid-skene --annotators", "{e} --method mace --annotators", "{e} --method distribution"],
    "suggest": ["{e} --overlap 4 --top 3 --variable claim_type"],
    "reuse": ["{e}", "{e} --documents"],
    "quantities": ["{e}", "{e} --compare", "{e} --arithmetic", "{e} --explain"],
    "ledger": ["{e}", "{e} --mentions"],
    "provenance": ["{e}"],
    "candidates": ["{e} --top 20"],
    "origins": ["{e}", "{e} --offers"],
    "claims": ["{e}", "{e} --mentions", "{e} --steps", "{e} --drift", "{e} --contradictions", "{e} --leave-one-out"],
    "sources": ["{e}"],
    "rated": ["{e} --rated rated.json"],
    "annotators pairs": ["{e} --by source"],
    "annotators kinds": ["{e} --annotators kinds.csv --kind team"],
    "annotators machine": ["{e} --machine A3"],
    "annotators leave-one-out": ["{e} --by source"],
    "annotators majority": ["{e} --by source"],
    "annotators gold": ["gold.json"],
    "annotators rounds": ["{e}"],
}  # fmt: skip


def _commands(group, before=""):
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


COMMANDS = sorted(_commands(typer.main.get_command(app)))


def test_every_command_is_asked_for_its_tables_or_has_none():
    assert set(COMMANDS) == set(ASKED)


def _tasks(**changes):
    """The example's tasks, the first of each annotation changed."""
    tasks = json.loads((EXAMPLE / "tasks.json").read_text("utf-8"))
    for task in tasks:
        for annotation in task["annotations"][:1]:
            annotation.update(changes)
    return tasks


_MORE = {
    "gold.json": ("--config", EXAMPLE / "label_config.xml"),
    "inside.json": ("--config", "inside.xml"),
}


def _inside():
    """A question inside a marked stretch, as two annotators answer it."""

    def result(choice):
        mark = {"id": "m", "from_name": "spans", "to_name": "text", "type": "labels"}
        place = {"start": 0, "end": 5, "text": "Seven"}
        return [
            mark | {"value": place | {"labels": ["FIGURE"]}},
            {"id": "m", "from_name": "sure", "to_name": "text", "type": "choices"}
            | {"value": place | {"choices": [choice]}},
        ]

    return [
        {
            "id": number,
            "data": {"passage_id": f"p{number}", "text": "Seven ships", "source": "The Gazette"},
            "annotations": [
                {
                    "id": 10 * number + who,
                    "completed_by": who,
                    "result": result("yesno"[3 * (who == number) :][:3]),
                }
                for who in (1, 2)
            ],
        }
        for number in (1, 2, 3)
    ]


def _rated():
    """Two passages of the example as two raters place them on the Admiralty scales."""
    for task in (tasks := json.loads((EXAMPLE / "tasks.json").read_text("utf-8"))[:2]):
        task["annotations"] = [
            {
                "id": 10 * task["id"] + who,
                "completed_by": who,
                "result": [
                    {
                        "id": name,
                        "type": "choices",
                        "from_name": name,
                        "to_name": "text",
                        "value": {"choices": [said]},
                    }
                    for name, said in (("source-reliability", "bcd"[who]), ("information-credibility", "1"))
                ],
            }
            for who in (1, 2)
        ]
    return tasks


@pytest.fixture
def asked(run, tmp_path, monkeypatch):
    """Commands asked on a terminal: what each prints at each width."""
    (tmp_path / "people.txt").write_text(PEOPLE, "utf-8")
    (tmp_path / "kinds.csv").write_text(KINDS, "utf-8")
    (tmp_path / "gold.json").write_text(json.dumps(_tasks(ground_truth=True)), "utf-8")
    (tmp_path / "later.json").write_text(json.dumps(_tasks(was_cancelled=True)[:90]), "utf-8")
    (tmp_path / "rated.json").write_text(json.dumps(_rated()), "utf-8")
    (tmp_path / "inside.json").write_text(json.dumps(_inside()), "utf-8")
    (tmp_path / "inside.xml").write_text(
        '<View><Text name="text" value="$text"/><Labels name="spans" toName="text"><Label value="FIGURE"/></Labels>'
        '<Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/><Choice value="no"/></Choices></View>',
        "utf-8",
    )
    rows = [f"p{n},{'ST'[n % 2]},A{a},kind,{'xy'[n % 3 == a]}" for n in range(12) for a in (1, 2)]
    ranked = [f"p{n},S,A{a},kind,{'xy'[(n + a) % 3 == 0]}" for n in range(9) for a in (1, 2)]
    head = "item,source,annotator,variable,category\n"
    (tmp_path / "ranked.csv").write_text(head + "\n".join(ranked), "utf-8")
    (tmp_path / "small.csv").write_text(
        "item,source,annotator,variable,category\n" + "\n".join(rows), "utf-8"
    )
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", str(WIDTHS[0]))
    frames = []

    def seen(made, *rest, print_them=tables.write_tables):
        frames.extend(made)
        print_them(made, *rest)

    monkeypatch.setattr(tables, "write_tables", seen)

    def printed(name):
        for words in ASKED[name]:
            frames.clear()
            arguments = [word.format(e=EXAMPLE, tasks=TASKS) for word in words.split()]
            code, out, err = run(*name.split(), *arguments, *_MORE.get(words, ()))
            assert code == 0, err
            yield words, WIDTHS[0], out
            for width in WIDTHS[1:]:  # the same tables: nothing else depends on the terminal
                yield words, width, "\n".join(tables.rendered(frame, "table", width) for frame in frames)

    return printed


@pytest.mark.parametrize("name", [name for name in COMMANDS if ASKED.get(name)])
def test_no_line_is_longer_than_the_terminal_and_no_id_stands_there(asked, name):
    categories = {
        category.id
        for variable in load_codebook(EXAMPLE / "label_config.xml").variables
        for category in variable.categories
        if "_" in category.id
    }
    items = {task["data"]["passage_id"] for task in json.loads((EXAMPLE / "tasks.json").read_text("utf-8"))}
    for words, width, out in asked(name):
        assert out.strip() or name == "check", words
        assert [line for line in out.splitlines() if cell_len(line) > width] == [], words
        if name != "codebook":  # which says what the labels are called in tables
            seen = set(re.findall(r"[0-9a-z_]+", out))
            assert (seen & categories, seen & items) == (set(), set()), words
        assert not re.search(r"\[-?[\d.]+,-?\d[\d.]*\n|\bnan\b|<NA>|: None$", out), words
        assert not re.search(r"\bci (low|high)\b", out), f"{words}: an interval stands with its value"


def test_what_is_computed_of_the_example_is_in_no_id_either():
    names = pd.read_parquet(EXAMPLE / "ratings.parquet")["item"]
    assert names.str.fullmatch("[0-9a-f]{16}").all()  # so that the test above would find one


NOUNS = [
    "accounts",
    "annotations",
    "annotators",
    "answers",
    "assignments",
    "categories",
    "cells",
    "characters",
    "choices",
    "claims",
    "comments",
    "columns",
    "copies",
    "decisions",
    "documents",
    "edges",
    "exclusions",
    "exports",
    "files",
    "groups",
    "items",
    "judgements",
    "labels",
    "links",
    "marks",
    "mentions",
    "names",
    "nodes",
    "origins",
    "pages",
    "pairs",
    "passages",
    "predictions",
    "projects",
    "ratings",
    "rounds",
    "rows",
    "skips",
    "sources",
    "spans",
    "starts",
    "tabs",
    "tasks",
    "texts",
    "ties",
    "times",
    "values",
    "variables",
    "words",
]
_PLURAL = re.compile(rf" (?:[a-z]+ )?({'|'.join(NOUNS)})\b")
# A number that is never 1: the settings of intervals and simulations, and what is said only of several.
_NEVER_ONE = {
    "studio/projects.py",
    "counts/distance.py",
    "agreement/intervals.py",
    "agreement/permutation.py",
    "provenance/_shares.py",
    "provenance/claims/by_source.py",
}


def _numbers_with_nouns(path):
    """Each number in a message that is followed by a noun in the plural, whatever the number."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for number, after in itertools.pairwise(node.values if isinstance(node, ast.JoinedStr) else ()):  # noqa: PD011 (no series)
            if not (isinstance(number, ast.FormattedValue) and isinstance(after, ast.Constant)):
                continue
            value, plural = ast.unparse(number.value), _PLURAL.match(str(after.value))
            if plural and re.match(r"(len|sum|int)\(|.*\b(n_\w+|count|total|created|done)$", value):
                yield f"{value}{plural[0]}"


def test_no_message_says_1_passages():
    """Numbers stand with their nouns by `annotate.errors.counted`, which knows one from many."""
    found = {
        str(path.relative_to(ROOT)): told
        for path in sorted((ROOT / "annotate").rglob("*.py"))
        if path.relative_to(ROOT / "annotate").as_posix() not in _NEVER_ONE
        and (told := list(_numbers_with_nouns(path)))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 skips"), (1, "1 skip"), (2, "2 skips"), (1200, "1,200 skips")]
)
def test_a_number_with_its_noun(number, words):
    assert counted(number, "skip") == words


def _study_of(count):
    """A table of ratings of so many passages, documents and sources, by as many annotators."""
    rows = [f"p{n},S{n},A{a},kind,x,d{n}" for n in range(max(count, 1)) for a in range(max(count, 1))]
    return "item,source,annotator,variable,category,document\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_said_of_one_and_of_two_is_english(run, tmp_path, count):
    (tmp_path / "t.csv").write_text(_study_of(count), "utf-8")
    (tmp_path / "texts").mkdir()
    for n in range(count):
        (tmp_path / "texts" / f"{n}.txt").write_text("Seven ships sank. " * count, "utf-8")
    said = "".join(
        "\n".join(run(*words.split())[1:])
        for words in (
            "ingest texts -o tasks.json --source Gazette",
            "check t.csv tasks.json",
            "agreement t.csv --level kind=nominal",
            "consensus t.csv --level kind=nominal",
            "annotators majority t.csv --level kind=nominal",
            "candidates tasks.json",
            "link tasks.json -o links.json",
        )
    )
    nouns = "|".join(noun for noun in NOUNS)
    assert not re.search(rf"(?<![\d.,/])1 ({nouns})\b", said)
    assert not re.search(
        rf"\b(0|2) ({'|'.join(n.removesuffix('s') for n in NOUNS if not n.endswith(('ies', 'es')))})\b", said
    )
