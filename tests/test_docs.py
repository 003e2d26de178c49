"""The documentation says what the program does."""

import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from annotate.cli._help import STATIONS
from annotate.cli.commands import app
from annotate.provenance.profiles import COLUMNS, SHARES
from annotate.study.exports import STRICT

ROOT = Path(__file__).parent.parent
DOCS = sorted(
    [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("tasks/*.md"),
        *ROOT.glob("exports/*.md"),
    ]
)


def commands(group, prefix="") -> dict[str, set[str]]:
    found = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands(command, f"{prefix}{name} ")
        else:
            found[prefix + name] = {
                option for one in command.params for option in one.opts if option.startswith("--")
            }
    return found


COMMAND = typer.main.get_command(app)
COMMANDS = commands(COMMAND)


def command_of(words: list[str]):
    """The command that is called, its context, and what is left of the words."""
    command, context = COMMAND, None
    while hasattr(command, "commands"):
        context = command.make_context(words[0], words[:1], parent=context, resilient_parsing=True)
        command, words = command.commands[words[0]], words[1:]
    return command, context, words


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_and_an_example_that_it_would_take(name):
    command, _, _ = command_of(name.split())
    assert command.help
    program, *words = shlex.split(command.epilog)
    assert program == "annotate"
    assert words[: len(name.split())] == name.split()
    _, context, rest = command_of(words)
    command.make_context(name, list(rest), parent=context)  # raises what wrong usage raises


def test_the_help_groups_every_command_by_its_station_and_cuts_no_summary():
    shown = CliRunner(env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}).invoke(app, ["--help"]).stdout
    assert [shown.index(f"\n{station}:") for station in STATIONS] == sorted(
        shown.index(f"\n{station}:") for station in STATIONS
    )
    assert "\nCommands:" not in shown
    assert "..." not in shown.removeprefix(shown.splitlines()[0])
    words = " ".join(shown.split())
    for name, command in COMMAND.commands.items():
        assert re.search(rf"^  {name} ", shown, re.MULTILINE), name
        assert " ".join(command.help.split("\n\n")[0].split()).removesuffix(".") in words


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_every_command_and_option_is_in_the_reference():
    sections = dict(
        re.findall(
            r"^### annotate (.+?)\n(.*?)(?=^### |^## )", read("docs/reference.md"), re.MULTILINE | re.DOTALL
        )
    )
    assert set(sections) == set(COMMANDS)
    for name, options in COMMANDS.items():
        for option in options - {"--help"}:
            assert option in sections[name], f"{name} {option}"


def test_the_generated_parts_are_up_to_date():
    pages = [str(path) for path in DOCS if "[[[cog" in path.read_text(encoding="utf-8")]
    assert pages
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", *pages],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_that_the_docs_use_exists_with_its_options():
    for page in DOCS:
        text = re.sub(r"```text.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for line in re.findall(r"^ {0,4}(?:\S.*&& uv run )?annotate ([a-z].*)$", text, re.MULTILINE):
            words = line.split("#")[0].split()
            name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else words[0]
            assert name in COMMANDS, f"{page.name}: annotate {line}"
            for option in re.findall(r"--[a-z-]+", line.split("#")[0]):
                assert option in COMMANDS[name], f"{page.name}: annotate {line}"


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_every_link_within_the_project_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_measure_and_reason_is_explained():
    reference = read("docs/reference.md")
    for word in (*SHARES, *COLUMNS, *STRICT):
        assert f"`{word}`" in reference, word


def test_the_readme_begins_with_the_two_commands():
    readme = read("README.md")
    assert "pip install uv && uv run annotate demo" in readme
    assert "pip install uv && uv run pytest" in readme
    assert "pip install uv && uv run pytest" in read(".ci/run")


def named(reference: str) -> object:
    """The object that a dotted name leads to."""
    parts = reference.split(".")
    for depth in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:depth]))
        except ModuleNotFoundError:
            continue
        for part in parts[depth:]:
            found = getattr(found, part)
        return found
    raise AttributeError(reference)


REFERENCES = sorted(
    {
        (role, name)
        for path in ROOT.glob("annotate/**/*.py")
        for role, name in re.findall(r":(\w+):`~?(annotate[\w.]*)`", path.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize(("role", "name"), REFERENCES, ids=[name for _, name in REFERENCES])
def test_what_a_docstring_refers_to_is_there(role, name):
    found = named(name)
    assert role != "func" or (callable(found) and not isinstance(found, type)), f"{name} is not a function"


def test_the_worked_changes_in_contributing_fit_the_house():
    """Every file that is changed there is there, and so are the lines that a change stands beside."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```diff\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        for old, change in re.findall(
            r"^--- (\S+)\n\+\+\+ \S+\n(.*?)(?=^--- |\Z)", block, re.DOTALL | re.MULTILINE
        ):
            if old == "/dev/null":
                continue
            lines = (ROOT / old.removeprefix("a/")).read_text(encoding="utf-8").splitlines()
            beside = [line[1:] for line in change.splitlines() if line.startswith(" ")]
            assert set(beside) <= set(lines), f"{old}: {set(beside) - set(lines)}"


def test_each_kind_of_input_is_held_by_tests_that_are_there():
    rows = [line.split(" | ") for line in (ROOT / "docs/inputs.md").read_text(encoding="utf-8").splitlines()]
    kinds = [row for row in rows if len(row) > 3 and not row[0].startswith(("| kind", "| ---"))]
    assert len(kinds) >= 20
    for row in kinds:
        named = [
            test for cell in row for test in re.findall(r"`(?:tests/)?(test_\w+\.py)(?:::(\w+))?`", cell)
        ]
        assert named, row[0]
        for file, test in named:
            found = [path.read_text(encoding="utf-8") for path in ROOT.glob(f"tests/**/{file}")]
            assert found, file
            assert not test or any(f"def {test}(" in text for text in found), test
