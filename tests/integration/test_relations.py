"""Arrows and answers that a person makes in a real browser are the tables that the pull brings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.agreement import measure_inside, measure_relations
from annotate.codebook.read import load_codebook
from annotate.files import bundled
from annotate.studio.client import Connection
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.study.study import read_study
from tests.integration.test_labelling import select

pytestmark = [pytest.mark.browser, pytest.mark.server]
TEXT = "The porters' union says that 🚚 forty carts were turned away at the gate."
INSIDE = """<View>
  <Text name="text" value="$text"/>
  <Labels name="marks" toName="text"><Label value="SOURCE" hotkey="o"/><Label value="FIGURE" hotkey="n"/></Labels>
  <Choices name="mood" toName="text" perRegion="true" choice="single">
    <Choice value="calm" hotkey="1"/><Choice value="angry" hotkey="2"/>
  </Choices>
  <Relations><Relation value="relays"/></Relations>
</View>"""


@pytest.fixture
def opened(
    log_in: Callable[[str], Page], connection: Connection, title: str, make_tasks: Callable[..., Any]
) -> Callable[[str], tuple[Page, int]]:
    """Open the first passage of a project with this label config, as an annotator."""

    def open_with(config: str) -> tuple[Page, int]:
        pushed = push(
            make_tasks(1, text=TEXT),
            project=title,
            config=config,
            overlap=2,
            instructions="",
            connection=connection,
        )
        page = log_in("ruth")
        page.goto(f"{connection.url}/projects/{pushed.project_id}/data")
        page.get_by_text("Label All Tasks").click()
        expect(page.locator(".lsf-richtext__container")).to_have_text(TEXT)
        return page, pushed.project_id

    return open_with


def mark(page: Page, key: str, words: str) -> None:
    before = page.locator(".lsf-outliner-item").count()
    page.keyboard.press(key)
    select(page, words)
    expect(page.locator(".lsf-outliner-item")).to_have_count(before + 1)
    page.keyboard.press("Escape")


def click(page: Page, words: str) -> None:
    """Click into words of the passage."""
    left, right, middle = page.evaluate(
        """words => {
            const walk = document.createTreeWalker(document.querySelector('.lsf-richtext__container'), 4);
            while (walk.nextNode()) {
                const at = walk.currentNode.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walk.currentNode, at);
                range.setEnd(walk.currentNode, at + words.length);
                const box = range.getBoundingClientRect();
                return [box.left, box.right, (box.top + box.bottom) / 2];
            }
        }""",
        words,
    )
    page.mouse.click((left + right) / 2, middle)


def test_an_arrow_that_is_drawn_with_the_keyboard_and_the_mouse(
    opened: Callable[[str], tuple[Page, int]], connection: Connection, tmp_path: Path
) -> None:
    book = load_codebook(bundled("label_config.xml"))
    page, project = opened(book.config)
    mark(page, "m", "forty carts")
    mark(page, "o", "porters' union")
    click(page, "forty carts")
    page.keyboard.press("Alt+r")
    click(page, "porters' union")
    for key in ("5", "w", "h", "v"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No More Tasks Left in Queue")).to_be_visible()

    study = read_study(pull(project, output=tmp_path / "exports", connection=connection))
    assert study.exclusions.empty
    assert study.relations[["from_label", "from_text", "to_label", "to_text"]].to_numpy().tolist() == [
        ["CLAIM", "forty carts", "SOURCE", "porters' union"]
    ]
    row = study.relations.iloc[0]
    assert TEXT[row["from_start"] : row["from_end"]] == row["from_text"]


def test_an_answer_inside_a_stretch(
    opened: Callable[[str], tuple[Page, int]], connection: Connection, tmp_path: Path
) -> None:
    page, project = opened(INSIDE)
    page.keyboard.press("o")
    select(page, "porters' union")
    expect(page.locator(".lsf-outliner-item")).to_have_count(1)
    click(page, "porters' union")  # the question is there while the stretch is selected
    page.get_by_text("angry").click()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No More Tasks Left in Queue")).to_be_visible()

    study = read_study(pull(project, output=tmp_path / "exports", connection=connection))
    assert study.exclusions.empty
    assert study.inside[["variable", "value", "label", "text"]].to_numpy().tolist() == [
        ["mood", "angry", "SOURCE", "porters' union"]
    ]


def test_what_the_server_hands_back_of_two_annotators_is_measured(
    connection: Connection,
    annotators: list[Connection],
    title: str,
    make_tasks: Callable[..., Any],
    tmp_path: Path,
) -> None:
    pushed = push(
        make_tasks(1, text=TEXT),
        project=title,
        config=INSIDE,
        overlap=2,
        instructions="",
        connection=connection,
    )
    (task,) = connection.get("api/tasks/", "listing", project=pushed.project_id)["tasks"]
    places = {"a": ("SOURCE", "porters' union"), "b": ("FIGURE", "forty carts")}

    def region(name: str, **value: Any) -> dict[str, Any]:
        label, words = places[name]
        start = TEXT.index(words)
        kind = "choices" if "choices" in value else "labels"
        value = value or {"labels": [label]}
        value |= {"start": start, "end": start + len(words), "text": words}
        control = "mood" if kind == "choices" else "marks"
        return {"id": name, "from_name": control, "to_name": "text", "type": kind, "value": value}

    arrow = {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["relays"]}
    for annotator, mood in zip(annotators, ("calm", "angry"), strict=False):
        made = [region("a"), region("b"), region("a", choices=[mood]), arrow]
        annotator.ask("POST", f"api/tasks/{task['id']}/annotations/", "annotating", json={"result": made})
    study = read_study(pull(pushed.project_id, output=tmp_path / "exports", connection=connection))
    found = measure_relations(study.relations, *study.marked)
    assert set(found["value"]) == {1.0}
    scales = study.codebook.region_scales if study.codebook else {}
    inside = measure_inside(study.inside, study.spans, scales=scales, coefficients="percent_agreement")
    assert inside["value"].tolist() == [0.0]
