"""Pairs of passages on a real server, coded in a real browser: what is answered there is what read_links brings."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from annotate.codebook.guidelines import instructions
from annotate.codebook.read import load_codebook
from annotate.coordination.linking import link_tasks
from annotate.errors import ServerError
from annotate.files import bundled
from annotate.provenance import candidates
from annotate.studio.client import Connection
from annotate.studio.pull import pull
from annotate.studio.push import push, push_pairs
from annotate.study.links import pairs_of, read_links
from annotate.study.passages import read_passages

pytestmark = pytest.mark.server
BOOK = load_codebook(bundled("link_config.xml"))
PASSAGES = read_passages(bundled("tasks/example.json"))
SIZES = [(1440, 900), (1280, 720)]


def pairs(top: int, control: float = 0.0) -> list:
    found = candidates(PASSAGES, most=100)
    return link_tasks(found, PASSAGES, top=top, control=control, config_sha256=BOOK.sha256)


def pushed(connection: Connection, title: str, tasks: list):
    return push_pairs(
        tasks,
        project=title,
        config=BOOK.config,
        overlap=2,
        instructions=instructions(bundled("linking.md")),
        connection=connection,
    )


@pytest.fixture
def page(log_in: Callable[[str], Page], connection: Connection, title: str) -> Page:
    """An annotator before the first of two pairs, with the instructions read."""
    project = pushed(connection, title, pairs(2)).project_id
    page = log_in("nora")
    page.goto(f"{connection.url}/projects/{project}/data")
    page.get_by_text("Label All Tasks").click()
    expect(page.get_by_text("General rules", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("General rules", exact=True)).to_be_hidden()
    expect(page.locator(".pair .passage")).to_have_count(2)
    expect(page.locator(".pair .passage").first).to_contain_text("A driver at the quarry")
    return page


@pytest.mark.browser
def test_pairs_are_coded_by_keyboard_and_read_as_links(
    page: Page, connection: Connection, title: str, tmp_path: Path
) -> None:
    for key in ("1", "w"):
        page.keyboard.press(key)
    expect(page.get_by_role("radio", checked=True)).to_have_count(2)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".pair .passage").first).to_contain_text("Hospitals Act")
    page.keyboard.press("3")
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No More Tasks Left in Queue")).to_be_visible()
    links = read_links(pull(title, output=tmp_path, connection=connection), PASSAGES)
    first, second = (task["data"] for task in pairs(2))
    said = links.labels.set_index("item")[["relation", "derivation"]]
    assert said.loc[first["passage_id"]].tolist() == ["same_claim", "b_from_a"]
    assert said.loc[second["passage_id"]].tolist() == ["contradict", None]
    assert links.study.exclusions.empty


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_screen_is_blind_fits_and_asks_for_the_derivation_of_the_same_claim_only(
    page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    shown = page.inner_text("body")
    publishers = pairs(1)[0]["data"]["source"].split(" + ")
    assert publishers == ["Upper Tessel Gazette", "Varrinsk Observer"]
    assert [name for name in publishers if name in shown] == []
    assert {"A, published 2023-02-06", "B, published 2023-02-20"} <= set(shown.splitlines())
    expect(page.locator(".pair .passage mark").first).to_be_visible()
    left, right = (one.bounding_box() for one in page.locator(".pair .passage").all())
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["y"] - right["y"]) < 120  # contexts before them differ in length
    expect(page.get_by_text("Who has the claim from whom?")).to_be_hidden()
    page.keyboard.press("1")
    expect(page.get_by_text("Who has the claim from whom?")).to_be_visible()
    bottom = page.get_by_test_id("bottombar-submit-button").bounding_box()["y"]
    radios = page.get_by_role("radio").all()
    assert len(radios) == 4 + 5
    assert all(0 < radio.bounding_box()["y"] < bottom for radio in radios)
    page.keyboard.press("4")
    expect(page.get_by_text("Who has the claim from whom?")).to_be_hidden()


@pytest.mark.browser
def test_a_pair_is_not_submitted_half(page: Page) -> None:
    page.keyboard.press("1")
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Say who has the claim from whom")).to_be_visible()


def test_a_second_push_adds_candidates_and_keeps_the_control_as_it_was_drawn(
    connection: Connection, title: str, tmp_path: Path
) -> None:
    first = pushed(connection, title, pairs(5, control=0.8))
    assert (first.created, first.already_there, first.overlap) == (9, 0, 2)
    again = pushed(connection, title, pairs(5, control=0.8))
    assert (again.created, again.already_there, again.updated) == (0, 9, 0)
    pushed(connection, title, pairs(30, control=0.8))
    folder = pull(title, output=tmp_path, connection=connection)

    tasks = json.loads((folder / "tasks.json").read_text("utf-8"))
    there = pairs_of(task["data"] for task in tasks).set_index("item")
    control = [task["data"] for task in pairs(5, control=0.8) if task["data"]["stratum"] == "control"]
    assert (there["stratum"] == "control").sum() == len(control) == 4
    assert there.loc[[data["passage_id"] for data in control], "drawn"].tolist() == [
        data["drawn"] for data in control
    ]
    assert set(range(1, 31)) <= set(there["rank"].dropna())


def test_pairs_do_not_go_into_a_project_of_passages(
    connection: Connection, title: str, config: str, make_tasks: Callable[..., list]
) -> None:
    push(make_tasks(2), project=title, config=config, overlap=1, instructions="", connection=connection)
    with pytest.raises(ServerError, match="holds 2 tasks that are not pairs of passages"):
        pushed(connection, title, pairs(1))


def test_status_and_the_command_work_on_the_project(
    run: Callable[..., tuple[int, str, str]], connection: Connection, title: str
) -> None:
    code, out, err = run(
        "link", bundled("tasks/example.json"), "--project", title, "--top", 3, "--control", 0.5
    )
    assert code == 0, err
    assert out.startswith(connection.url)
    assert "5 pairs pushed, 0 were there already" in err
    code, _, err = run("status", title)
    assert code == 0, err
    assert "same claim: 0 of 0 coded candidates, 3 not coded yet" in err
