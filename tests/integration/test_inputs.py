"""What a person makes in a real browser, with every kind of label config that is read, is what the pull brings."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from annotate.codebook.check import check_config
from annotate.studio.client import Connection
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.study.study import Study, read_study
from tests.integration.conftest import log_in_on
from tests.integration.test_labelling import select
from tests.patience import PATIENCE_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.server]

MARKS = """<View><Text name="text" value="$text"/>
<Labels name="m" toName="text"><Label value="W" hotkey="o"/></Labels></View>"""
OFFERED = """<View><Text name="text" value="$text"/>
<Choices name="topic" toName="text" choice="multiple" allowNested="true">
<Choice value="War"><Choice value="Sea" hotkey="1"/></Choice></Choices>
<Labels name="m" toName="text" value="$labels"/></View>"""
TEXT = "The union says that"


@pytest.fixture(scope="module")
def window(chromium: Browser, connection: Connection, person: Callable[[str], Connection]) -> Iterator[Page]:
    """One person's browser for all of these tests: to log in takes as long as to code."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(1000 * PATIENCE_SECONDS)
    page = context.new_page()
    log_in_on(page, connection.url, person("ines").email, "ines")
    yield page
    context.close()


@pytest.fixture
def code(
    window: Page, connection: Connection, title: str, make_tasks: Callable[..., Any], tmp_path: Path
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
        window.goto(f"{connection.url}/projects/{pushed.project_id}/data?labeling=1")
        expect(window.get_by_role("button", name="Submit")).to_be_visible()
        act(window)
        window.keyboard.press("Control+Enter")
        expect(window.get_by_text("No More Tasks Left in Queue")).to_be_visible()
        return read_study(pull(pushed.project_id, output=tmp_path / "exports", connection=connection))

    return coded


def drag(page: Page, first: str, last: str, where: str) -> None:
    """Drag from the beginning of some words to the end of others, in the elements of a class or in a frame of the page."""
    frames = page.locator("iframe")
    inner = frames.first.element_handle().content_frame() if where == "iframe" else None
    shift = frames.first.bounding_box() if inner else None
    box = (inner or page).evaluate(
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
        [first, last, "body" if inner else where],
    )
    right, down = (shift["x"], shift["y"]) if shift else (0, 0)
    start, end = (box[0] + right, box[1] + down), (box[2] + right, box[3] + down)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=5)
    page.mouse.move(*end, steps=5)
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


# ---- what is hidden again, pages, dialogues, questions that are repeated

HIDDEN = """<View><Text name="text" value="$text"/>
<Choices name="kind" toName="text" choice="single"><Choice value="claim"/><Choice value="none"/></Choices>
<View visibleWhen="choice-selected" whenTagName="kind" whenChoiceValue="claim">
<Choices name="ground" toName="text" choice="single"><Choice value="seen"/><Choice value="heard"/></Choices></View>
<Choices name="how" toName="text" choice="single" visibleWhen="choice-selected" whenTagName="kind" whenChoiceValue="claim">
<Choice value="firm"/><Choice value="weak"/></Choices></View>"""
HYPER = """<View><HyperText name="page" value="$html"/>
<HyperTextLabels name="m" toName="page"><Label value="W" hotkey="o"/></HyperTextLabels></View>"""
HTML = (
    "<h2>At the gate \U0001f69a</h2>\n<p>Forty carts<br>were <b>held</b>, &amp; more.</p>\n"
    "<ul><li>Nobody knows.</li><li>Or  says.</li></ul>"
)
TALK = """<View><Paragraphs name="talk" value="$talk" textKey="said" nameKey="author" layout="dialogue"/>
<ParagraphLabels name="m" toName="talk"><Label value="W" hotkey="o"/></ParagraphLabels></View>"""
SAID = [
    {"author": "Ada", "said": "Who closed \U0001f69a the gate?"},
    {"author": "Ben", "said": "The harbour office\ndid."},
    {"author": "Ada", "said": "And nobody said so."},
]
REPEATS = """<View><Repeater on="$turns" indexFlag="{{idx}}"><View>
<Text name="t_{{idx}}" value="$turns[{{idx}}].text"/>
<Choices name="stance_{{idx}}" toName="t_{{idx}}"><Choice value="backs"/><Choice value="opposes"/></Choices>
</View></Repeater></View>"""


def test_an_answer_that_was_given_and_then_hidden_is_no_rating(code: Callable[..., Study]) -> None:
    def act(page: Page) -> None:
        for choice in ("claim", "seen", "firm", "none"):
            page.get_by_text(choice, exact=False).last.click()
        expect(page.get_by_text("firm")).to_be_hidden()

    study = code(HIDDEN, act, text=TEXT)
    assert study.ratings[["variable", "category"]].to_numpy().tolist() == [["kind", "none"]]
    assert set(study.exclusions["reason"]) <= {
        "hidden"
    }  # by its version, the server keeps such answers or drops them


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("carts", "more", "carts\nwere held, & more"),
        ("gate", "Forty", "gate \U0001f69a\nForty"),
        ("knows", "says", "knows.Or  says"),
    ],
)
def test_a_mark_on_a_page_with_markup(code: Callable[..., Study], first: str, last: str, text: str) -> None:
    study = code(HYPER, lambda page: marked(page, first, last, "iframe"), html=HTML)
    assert study.exclusions.empty
    assert study.spans["text"].tolist() == [text]
    row = study.spans.iloc[0]
    assert study.passages["text"].iloc[0][row["start"] : row["end"]] == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("harbour", "did", "harbour office\ndid"),
        ("the gate", "The harbour", "the gate?\nThe harbour"),
        ("the gate", "nobody", "the gate?\nThe harbour office\ndid.\nAnd nobody"),
    ],
)
def test_a_mark_on_one_turn_and_over_several(
    code: Callable[..., Study], first: str, last: str, text: str
) -> None:
    study = code(TALK, lambda page: marked(page, first, last, "[class*=paragraphs]"), talk=SAID)
    assert study.exclusions.empty
    assert study.spans["text"].tolist() == [text]


def test_an_answer_to_each_entry_of_a_repeated_question(code: Callable[..., Study]) -> None:
    def act(page: Page) -> None:
        page.get_by_text("opposes").nth(1).click()
        page.get_by_text("backs").first.click()

    study = code(REPEATS, act, turns=[{"text": "It rained."}, {"text": "It did not."}])
    assert study.exclusions.empty
    found = study.ratings.sort_values("item")[["item", "variable", "category"]].to_numpy().tolist()
    assert [row[1:] for row in found] == [["stance_{{idx}}", "backs"], ["stance_{{idx}}", "opposes"]]
    assert [row[0].partition("/")[2] for row in found] == ["turns[0]", "turns[1]"]
