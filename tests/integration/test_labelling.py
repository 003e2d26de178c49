"""An annotator in a real browser on a real Label Studio: what is coded there is what the pull brings."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from annotate.codebook.guidelines import instructions
from annotate.codebook.read import load_codebook
from annotate.corpus import ingest
from annotate.files import bundled
from annotate.studio.client import Connection
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.study.study import read_study

TEXT = "The porters' union says that 🚚 forty carts were turned away at the gate."
QUESTIONS = (
    "What kind of claim is it?",
    "Whom is it put down to?",
    "What ground is offered?",
    "How firmly is it put?",
)
pytestmark = [pytest.mark.browser, pytest.mark.server]
BOOK = load_codebook(bundled("label_config.xml"))


@pytest.fixture
def project(connection: Connection, title: str, tmp_path: Path) -> int:
    document = tmp_path / "gate.txt"
    document.write_text(f"At the gate\n\n{TEXT} Nobody knows who gave the order.", encoding="utf-8")
    passages = [
        task for task in ingest([document], config_sha256=BOOK.sha256, source="The Unseen Gazette").tasks
        if task["data"]["text"] == TEXT
    ]  # fmt: skip
    report = push(
        passages,
        project=title,
        config=BOOK.config,
        overlap=2,
        instructions=instructions(bundled("codebook.md")),
        connection=connection,
    )
    return report.project_id


@pytest.fixture
def page(log_in: Callable[[str], Page], connection: Connection, project: int) -> Page:
    """The annotator, logged in, before the first passage, with the instructions read."""
    page = log_in("nora")
    page.goto(f"{connection.url}/projects/{project}/data")
    page.get_by_text("Label All Tasks").click()
    expect(page.get_by_text("The unit", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("The unit", exact=True)).to_be_hidden()
    expect(page.locator(".lsf-richtext__container")).to_have_text(TEXT)
    expect(page.get_by_role("radio")).to_have_count(9 + 6 + 9 + 4)
    return page


def select(page: Page, words: str) -> None:
    """Drag over words of the passage, as a person does."""
    box = page.evaluate(
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
    left, right, middle = box
    page.mouse.move(left + 1, middle)
    page.mouse.down()
    page.mouse.move((left + right) / 2, middle, steps=5)
    page.mouse.move(right - 1, middle, steps=5)
    page.mouse.up()


def test_a_passage_is_coded_by_keyboard_and_the_pull_brings_exactly_that(
    page: Page, connection: Connection, project: int, tmp_path: Path
) -> None:
    page.keyboard.press("o")  # SOURCE
    select(page, "porters' union")
    expect(page.locator(".lsf-outliner-item").first).to_be_visible()
    page.keyboard.press("Escape")
    for key in ("5", "w", "h", "v", "Shift+u"):  # quantity, named body, say-so, firm, unsure
        page.keyboard.press(key)
    expect(page.get_by_role("radio", checked=True)).to_have_count(4)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No More Tasks Left in Queue")).to_be_visible()

    study = read_study(pull(project, output=tmp_path / "exports", connection=connection))
    assert study.exclusions.empty
    assert dict(zip(study.ratings["variable"], study.ratings["category"], strict=True)) == {
        "claim_type": "quantity",
        "attribution": "named_organisation",
        "evidentiary_basis": "expert_or_body_judgement",
        "certainty": "firm",
        "flags": '["unsure"]',
    }
    assert study.spans[["label", "start", "end", "text"]].to_numpy().tolist() == [
        ["SOURCE", TEXT.index("porters"), TEXT.index(" says"), "porters' union"]
    ]
    assert study.ratings["source"].unique().tolist() == ["The Unseen Gazette"]


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
def test_the_screen_is_blind_fits_and_hides_what_is_not_asked(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    expect(page.get_by_placeholder("Comment (not required)")).to_be_in_viewport()
    assert "The Unseen Gazette" not in page.inner_text("body")
    bottom = page.get_by_role("button", name="Submit").bounding_box()["y"]
    for question in QUESTIONS:
        expect(page.get_by_text(question)).to_be_visible()
    radios = page.get_by_role("radio").all()
    assert len(radios) == 9 + 6 + 9 + 4
    assert all(0 < radio.bounding_box()["y"] < bottom for radio in radios)
    page.keyboard.press("1")  # no claim
    for question in QUESTIONS[1:]:
        expect(page.get_by_text(question)).to_be_hidden()
    page.keyboard.press("8")  # a specific event
    for question in QUESTIONS:
        expect(page.get_by_text(question)).to_be_visible()


def test_the_queue_does_not_submit_an_unfinished_passage(page: Page) -> None:
    page.keyboard.press("5")
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Say whom the claim is put down to")).to_be_visible()


def test_beside_the_list_of_tasks_no_flag_lies_on_another(
    page: Page, connection: Connection, project: int
) -> None:
    """The screen is narrow there, and some flags take two lines."""
    page.goto(f"{connection.url}/projects/{project}/data")
    page.get_by_text(TEXT[:24]).first.click()
    flags = page.locator(".sheet .odd .lsf-choice label")
    expect(flags).to_have_count(8)
    expect(flags.first).to_be_visible()
    sizes = flags.evaluate_all("all => all.map(one => [one.scrollHeight, one.clientHeight])")
    assert max(height for height, _ in sizes) > 40  # two lines
    assert all(needed <= there for needed, there in sizes)
    boxes = [flag.bounding_box() for flag in flags.all()]
    rows = sorted({round(box["y"]) for box in boxes})
    assert len(rows) == 2
    assert max(box["y"] + box["height"] for box in boxes if round(box["y"]) == rows[0]) <= rows[1]


ARABIC = "قال الوزير إن 40 شاحنة (من 60) أُعيدت عند البوابة يوم الاثنين."


def test_text_from_right_to_left_is_set_so_and_a_mark_lies_where_it_was_made(
    log_in: Callable[[str], Page], connection: Connection, title: str, tmp_path: Path
) -> None:
    (tmp_path / "gate.txt").write_text(ARABIC, encoding="utf-8")
    tasks = ingest([tmp_path / "gate.txt"], config_sha256=BOOK.sha256, source="The Unseen Gazette").tasks
    pushed = push(tasks, project=title, config=BOOK.config, overlap=2, instructions="", connection=connection)
    page = log_in("nora")
    page.goto(f"{connection.url}/projects/{pushed.project_id}/data?labeling=1")
    expect(page.locator(".lsf-richtext__container")).to_have_text(ARABIC)
    boxes = [place(page, words) for words in ("قال", "شاحنة", "الاثنين", ".")]
    lefts = [box["left"] for box in boxes]
    assert lefts == sorted(lefts, reverse=True)  # the first word on the right, the full stop on the left
    container = page.locator(".lsf-richtext__container").bounding_box()
    assert boxes[0]["right"] > container["x"] + container["width"] - 20
    page.keyboard.press("o")
    select(page, "شاحنة")
    expect(page.locator(".lsf-outliner-item").first).to_be_visible()
    page.keyboard.press("Escape")
    for key in ("5", "w", "h", "v"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No More Tasks Left in Queue")).to_be_visible()
    study = read_study(pull(pushed.project_id, output=tmp_path / "exports", connection=connection))
    assert study.exclusions.empty
    (start, end), marked = study.spans[["start", "end"]].to_numpy()[0], study.spans["text"].iloc[0]
    assert ARABIC[start:end] == marked
    assert "شاحنة" in marked


def place(page: Page, words: str) -> dict[str, float]:
    """Where words of the passage stand on the screen."""
    return page.evaluate(
        """words => {
            const walk = document.createTreeWalker(document.querySelector('.lsf-richtext__container'), 4);
            while (walk.nextNode()) {
                const at = walk.currentNode.data.lastIndexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walk.currentNode, at);
                range.setEnd(walk.currentNode, at + words.length);
                const box = range.getBoundingClientRect();
                return {left: box.left, right: box.right};
            }
        }""",
        words,
    )
