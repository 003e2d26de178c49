"""The guidelines say of every category, flag, span and relation what the label config says, and how to decide."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotate.codebook.guidelines import instructions
from annotate.codebook.read import Category, load_codebook
from annotate.files import bundled

GUIDELINES = bundled("codebook.md").read_text("utf-8")
BOOK = load_codebook(bundled("label_config.xml"))
PARTS = ["Definition", "Decide", "Example", "Tie-break"]


@dataclass(frozen=True)
class Entry:
    label: str
    id: str
    hotkey: str
    parts: tuple[tuple[str, str], ...]


def sections() -> dict[str, list[Entry]]:
    """Split the guidelines: name of the variable (or "relations") -> its entries, in order."""
    found: dict[str, list[Entry]] = {}
    for section in re.split(r"^## ", GUIDELINES, flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0]
        named = re.fullmatch(r"(?:Variable|Flags|Spans) `(\w+)`: .+|(R)elations: .+", title)
        if named:
            found[named[1] or "relations"] = list(entries(section))
        else:
            assert "\n### " not in section, f"{title}: entries under a heading that names no variable"
    return found


def entries(section: str) -> Iterator[Entry]:
    for chunk in re.split(r"^### ", section, flags=re.MULTILINE)[1:]:
        heading, _, body = chunk.partition("\n")
        named = re.fullmatch(r"(.+) \(`(\w+)`(?:, key `(\S+)`)?\)", heading)
        assert named, f"heading {heading!r}: not of the form: Label (`id`, key `k`)"
        parts = re.findall(r"^- \*\*(.+?)\.\*\* (.+)$", body, flags=re.MULTILINE)
        assert len(parts) == len([line for line in body.splitlines() if line.strip()]), (
            f"{heading}: a stray line"
        )
        yield Entry(named[1], named[2], named[3] or "", tuple(parts))


CONFIG: dict[str, tuple[Category, ...]] = {
    **{v.name: v.categories for v in BOOK.variables if v.level is not None},
    **{s.name: s.labels for s in BOOK.span_variables},
    "relations": BOOK.relations,
}
EVERY = [(name, entry) for name, found in sections().items() for entry in found]
each_entry = pytest.mark.parametrize(("name", "entry"), EVERY, ids=[f"{n}-{e.id}" for n, e in EVERY])


def test_both_have_the_same_entries_in_the_same_order() -> None:
    assert {name: [entry.id for entry in found] for name, found in sections().items()} == {
        name: [category.id for category in categories] for name, categories in CONFIG.items()
    }
    assert list(sections()) == [*BOOK.levels, "marks", "relations"]


@each_entry
def test_an_entry_has_its_four_parts_in_order(name: str, entry: Entry) -> None:
    assert [part for part, _ in entry.parts] == PARTS, name
    assert all(text.endswith((".", '"', ".)")) for _, text in entry.parts)


@each_entry
def test_the_screen_says_the_same(name: str, entry: Entry) -> None:
    (category,) = [c for c in CONFIG[name] if c.id == entry.id]
    assert dict(entry.parts)["Definition"] == category.definition
    assert entry.hotkey == category.hotkey
    if name != "relations":
        assert entry.label == category.label


@each_entry
def test_categories_named_in_the_rules_exist(name: str, entry: Entry) -> None:
    known = {c.id for categories in CONFIG.values() for c in categories} | set(CONFIG)
    named = {word for _, text in entry.parts for word in re.findall(r"`(\w+)`", text)}
    assert named <= known, f"{name} {entry.id}"


def test_every_hotkey_is_its_own_and_every_choice_has_one() -> None:
    keys = [c.hotkey for name, categories in CONFIG.items() if name != "relations" for c in categories]
    assert all(keys)
    assert len(keys) == len(set(keys)) == 41


def test_the_instructions_are_plain_html() -> None:
    html = instructions(bundled("codebook.md"))
    assert html.count("<h3>") == len(EVERY)
    assert "**" not in html
    assert "](" not in html


def test_html_in_guidelines_is_shown_and_not_run(tmp_path: Path) -> None:
    path = tmp_path / "own.md"
    path.write_text("# Mine\n\n<script>x</script>\n", "utf-8")
    assert "<script>" not in instructions(path)
    assert "&lt;script&gt;" in instructions(path)


def test_the_instructions_keep_numbers_bullets_and_tables_and_let_no_html_through(tmp_path):
    """Label Studio takes styles out, so what a list needs is written as text."""
    page = tmp_path / "guide.md"
    page.write_text(
        "# A\n\n1. one\n2. two\n\n- dot\n\n## B\n\n| a |\n| --- |\n| <b>x</b> |\n", encoding="utf-8"
    )
    html = instructions(page)
    assert "<li>1. one</li>" in html
    assert "<li>2. two</li>" in html
    assert "<li>• dot</li>" in html
    assert html.startswith("<h1>A</h1>")
    assert "<br><h2>B</h2>" in html
    assert "<td>&lt;b&gt;x&lt;/b&gt;&nbsp;" in html


def test_the_instructions_keep_indents_and_the_space_between_paragraphs(tmp_path):
    page = tmp_path / "guide.md"
    page.write_text("One.\n\nTwo:\n\n1. first\n\n   its second\n\n2. last\n   - inner\n\n> quoted\n", "utf-8")
    html = instructions(page)
    space = "&nbsp;" * 4
    assert html.startswith("<p>One.</p>\n<br><p>Two:</p>\n<ol>")
    assert f"<li>1. first<p>{space}its second</p>" in html  # not its number alone on a line
    assert f"<li>{space}• inner</li>" in html
    assert f"<br><blockquote>\n<p>{space}quoted</p>" in html


def test_the_guidelines_for_pairs_say_what_the_config_says() -> None:
    page = bundled("linking.md").read_text("utf-8")
    book = load_codebook(bundled("link_config.xml"))
    for variable in book.variables[:2]:
        section = page.split(f"## Variable `{variable.name}`: ")[1].split("\n## ")[0]
        found = re.findall(
            r"^### (.+) \(`(\w+)`, key `(\w)`\)\n\n- \*\*Definition\.\*\* (.+)\n- \*\*Decide\.\*\* ",
            section,
            re.MULTILINE,
        )
        assert [Category(id_, label, said, key) for label, id_, key, said in found] == [*variable.categories]
    assert "<li>" in instructions(bundled("linking.md"))
