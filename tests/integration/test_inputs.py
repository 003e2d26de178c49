"""What a person makes in a real browser, with every kind of label config that is read, is what the pull brings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.codebook.check import check_config
from annotate.studio.client import Connection
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.study.study import Study, read_study
from tests.integration.test_labelling import select

pytestmark = [pytest.mark.browser, pytest.mark.server]

MARKS = """<View><Text name="text" value="$text"/>
<Labels name="m" toName="text"><Label value="W" hotkey="o"/></Labels></View>"""
OFFERED = """<View><Text name="text" value="$text"/>
<Choices name="topic" toName="text" choice="multiple" allowNested="true">
<Choice value="War"><Choice value="Sea" hotkey="1"/></Choice></Choices>
<Labels name="m" toName="text" value="$labels"/></View>"""
TEXT = "The union says that"


@pytest.fixture
def code(
    log_in: Callable[[str], Page],
    connection: Connection,
    title: str,
    make_tasks: Callable[..., Any],
    tmp_path: Path,
) -> Callable[..., Study]:
    """Push one passage, let a person do something with it in the browser and submit it, pull, and read."""

    def coded(config: str, act: Callable[[Page], None], **data: Any) -> Study:
        assert check_config(config) == []
        pushed = push(
            make_tasks(1, **data),
            project=title,
            config=config,
            overlap=2,
            instructions="",
            connection=connection,
        )
        page = log_in("ines")
        page.goto(f"{connection.url}/projects/{pushed.project_id}/data")
        page.get_by_text("Label All Tasks").click()
        expect(page.get_by_role("button", name="Submit")).to_be_visible()
        act(page)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("No More Tasks Left in Queue")).to_be_visible()
        return read_study(pull(pushed.project_id, output=tmp_path / "exports", connection=connection))

    return coded


def drag(page: Page, first: str, last: str, where: str) -> None:
    """Drag from the beginning of some words to the end of others, in the elements of a class."""
    box = page.evaluate(
        """([first, last, where]) => {
            const spot = (words, end) => {
                for (const root of document.querySelectorAll(where)) {
                    const walk = document.createTreeWalker(root, 4);
                    while (walk.nextNode()) {
                        const at = walk.currentNode.data.indexOf(words);
                        if (at < 0) continue;
                        const range = document.createRange();
                        range.setStart(walk.currentNode, at);
                        range.setEnd(walk.currentNode, at + words.length);
                        const box = range.getBoundingClientRect();
                        return [end ? box.right - 1 : box.left + 1, (box.top + box.bottom) / 2];
                    }
                }
            };
            return [...spot(first, false), ...spot(last, true)];
        }""",
        [first, last, where],
    )
    page.mouse.move(box[0], box[1])
    page.mouse.down()
    page.mouse.move((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, steps=5)
    page.mouse.move(box[2], box[3], steps=5)
    page.mouse.up()


def marked(page: Page, first: str, last: str, where: str) -> None:
    page.keyboard.press("o")
    drag(page, first, last, where)
    expect(page.locator(".lsf-outliner-item").first).to_be_visible()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_mark_over_a_hard_wrap(code: Callable[..., Study], end: str) -> None:
    text = f"The union says that{end}forty carts were turned{end}away at the gate."
    study = code(
        MARKS, lambda page: marked(page, "says that", "forty carts", ".lsf-richtext__container"), text=text
    )
    assert study.exclusions.empty
    assert study.spans["text"].tolist() == [f"says that{end}forty carts"]
    start = int(study.spans["start"].iloc[0])
    assert text[start:].startswith("says that")


def test_nested_choices_and_labels_that_the_task_brings(code: Callable[..., Study]) -> None:
    def act(page: Page) -> None:
        page.get_by_text("Sea").click()
        page.get_by_text("ORG", exact=True).click()
        select(page, "union")
        expect(page.locator(".lsf-outliner-item").first).to_be_visible()

    study = code(OFFERED, act, text=TEXT, labels=[{"value": "ORG"}, {"value": "PER"}])
    assert study.exclusions.empty
    assert study.spans[["label", "text"]].to_numpy().tolist() == [["ORG", "union"]]
    assert "War > Sea" in study.ratings["category"].iloc[0]
