"""Who annotated: pseudonyms in whatever is handed on, names only where they are asked for, no words where they are not."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from annotate.cli.commands import app
from annotate.errors import InputError
from annotate.study.people import addresses_of, identified, numbers_by_address, pseudonyms
from tests.study_example import export as example

RATINGS = """item,annotator,variable,category,source
p1,nora@example.org,kind,a,Herald
p1,Ben,kind,b,Herald
p2,nora@example.org,kind,a,Courier
p2,Ben,kind,a,Courier
p3,nora@example.org,kind,b,Courier
p3,A7,kind,b,Courier
"""


EXCLUDE = ("--on-invalid", "exclude")


def run(*arguments: object) -> Any:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def told(path: Path) -> str:
    """All that stands in a page, a table or a workbook."""
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("command", ["workbook", "report"])
def test_names_of_a_table_of_ratings_stand_in_nothing_that_is_handed_on(tmp_path: Path, command: str) -> None:
    table, output = tmp_path / "ratings.csv", tmp_path / ("a.xlsx" if command == "workbook" else "a.html")
    table.write_text(RATINGS, encoding="utf-8")
    run(command, table, "-o", output, "--replicates", 20, "--level", "kind=nominal")
    written = told(output)
    assert "nora" not in written
    assert "example.org" not in written
    assert not re.search(r"\bBen\b", written)
    assert all(name in written for name in ("A8", "A9"))
    run(command, table, "-o", output, "--replicates", 20, "--level", "kind=nominal", "--names")
    assert all(name in told(output) for name in ("nora@example.org", "Ben"))


NAMES = {1: "ada", 2: "ben", 3: "cleo", 4: "dora", 5: "emil"}


def with_addresses(export: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for task in export:
        for one in task["annotations"]:
            one["completed_by"] = {
                "id": one["completed_by"],
                "email": f"{NAMES[one['completed_by']]}@example.org",
            }
    return export


@pytest.mark.parametrize("command", ["workbook", "report", "graph"])
def test_names_come_from_the_export_where_they_are_asked_for(tmp_path: Path, command: str) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps(example()), encoding="utf-8")
    with pytest.raises(InputError, match="does not say who the annotators are; annotate pull --emails"):
        run(
            command,
            export,
            "--names",
            *EXCLUDE,
            "-o",
            tmp_path / "a.html" if command == "report" else tmp_path / "a.xlsx",
        )
    export.write_text(json.dumps(with_addresses(json.loads(export.read_text("utf-8")))), encoding="utf-8")
    output = tmp_path / {"workbook": "b.xlsx", "report": "b.html", "graph": "b.json"}[command]
    besides = ["--web-annotation", tmp_path / "w.json"] if command == "graph" else ["--replicates", 20]
    for names in ([], ["--names"]):
        run(command, export, "-o", output, *besides, *names, *EXCLUDE)
        written = told(output) + (told(tmp_path / "w.json") if command == "graph" else "")
        assert ("ada@example.org" in written) == bool(names)


_WORDS = (
    "ferries",
    "counted eleven",
    "ministry",
    "doubled",
    "crossing",
    "council",
    "arches",
    "twelve",
    "keepers ask",
)


@pytest.mark.parametrize("command", ["workbook", "report", "graph"])
def test_without_text_no_word_of_a_passage_is_left(tmp_path: Path, command: str) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps(example()), encoding="utf-8")
    output = tmp_path / {"workbook": "b.xlsx", "report": "b.html", "graph": "b.json"}[command]
    besides = ["--replicates", 20]
    if command == "graph":
        besides = ["--web-annotation", tmp_path / "w.json", "--schema-org", tmp_path / "s.json", "--prov", tmp_path / "p.ttl"]  # fmt: skip
    written = {}
    for more in ([], ["--no-text"]):
        run(command, export, "-o", output, *besides, *more, *EXCLUDE)
        others = [tmp_path / name for name in ("w.json", "s.json", "p.ttl")] if command == "graph" else []
        written[bool(more)] = "\n".join(told(path) for path in (output, *others))
    assert any(word in written[False] for word in _WORDS)
    assert [word for word in _WORDS if word in written[True]] == []


def test_addresses_are_numbered_in_the_order_of_their_first_annotation() -> None:
    made = [
        {"completed_by": "zoe@example.org", "created_at": "2026-01-02"},
        {"completed_by": {"username": "yves"}, "created_at": "2026-01-01"},
        {"completed_by": {"id": 4, "email": "Ada@example.org"}, "created_at": "2026-01-03"},
        {"completed_by": "ada@example.org", "created_at": "2026-01-04"},
        {"created_username": " ben@example.org, 2", "created_at": "2026-01-05"},
        {"completed_by": None},
        {"completed_by": "3@2"},
    ]
    tasks = [{"annotations": made[:3]}, {"annotations": made[3:]}, None, {"annotations": "none"}]
    numbers = {"ada@example.org": 4, "ben@example.org": 2, "yves": 5, "zoe@example.org": 6}
    assert numbers_by_address(tasks) == numbers
    found = [one.get("completed_by") for task in identified(tasks)[:2] for one in task["annotations"]]
    assert found == [6, 5, 4, 4, 2, None, "3@2"]
    assert identified(identified(tasks)) == identified(tasks)
    assert addresses_of(tasks)["A6"] == "zoe@example.org"
    assert "example.org" not in json.dumps(identified(tasks))


def test_a_pseudonym_is_never_given_twice() -> None:
    assert pseudonyms(["A1", "A3@2", "Nora", "A?", "A4x"]) == {"Nora": "A4", "A4x": "A5"}
    assert pseudonyms([]) == {}
