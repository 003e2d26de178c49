"""The house, counted: rooms, layers and names, so that it cannot rot unseen."""

import ast
import collections
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "annotate"
MOST_ROOMS = 20
MOST_LAYERS = 10
MOST_MODULES = 276
MOST_LINES = 430
FEW_LINES = 70


def _name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def _is_package(name):
    return MODULES[name].name == "__init__.py"


def _imported(name):
    """The modules of ours that a module imports, wherever in it."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _users():
    users = collections.defaultdict(set)
    for name in MODULES:
        for found in _imported(name):
            if found in MODULES and found != name:
                users[found].add(name)
    return users


def _layers():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = [one["layers"] for one in contracts if one.get("containers") == ["annotate"]]
    return [re.findall(r"\w+", layer) for layer in layers]


def _rooms():
    return sorted(
        path.stem
        for path in PACKAGE.iterdir()
        if (path.is_dir() and any(path.glob("*.py"))) or (path.suffix == ".py" and path.stem != "__init__")
    )


def test_there_are_few_rooms_and_each_has_its_layer():
    assert len(set(_rooms()) - {"__main__"}) <= MOST_ROOMS
    assert sorted(room for layer in _layers() for room in layer) == _rooms()


def test_there_are_few_layers():
    assert len(_layers()) <= MOST_LAYERS


def test_there_are_few_modules_and_none_is_long():
    assert len(MODULES) <= MOST_MODULES
    long = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_a_small_module_has_more_than_one_user():
    alone = {
        name: next(iter(users))
        for name, users in _users().items()
        if not _is_package(name)
        and len(users) == 1
        and len(MODULES[name].read_text("utf-8").splitlines()) <= FEW_LINES
    }
    assert alone == {}  # each belongs into its user


@pytest.mark.parametrize("package", [name for name in MODULES if _is_package(name)])
def test_no_public_name_shadows_a_module(package):
    named = {
        alias.asname or alias.name
        for node in TREES[package].body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    named |= {node.name for node in TREES[package].body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert sorted(name for name in named if f"{package}.{name}" in MODULES) == []


def test_the_drawing_of_the_rooms_shows_every_layer():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    drawing = re.search(r"```text\n(.*?)```", page, re.DOTALL)
    drawn = [re.findall(r"[a-z_]+", line.split("  #")[0]) for line in drawing[1].splitlines() if line.strip()]
    assert [sorted(line) for line in drawn] == [sorted(layer) for layer in _layers()]


def test_every_room_is_described():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for room in set(_rooms()) - {"__main__"}:
        assert f"| `{room}` |" in page or f"| `{room}.py` |" in page, room
