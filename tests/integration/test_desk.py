"""The coordinator's desk on a real project, in a real browser: what it shows, what it writes, whom it lets in."""

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from annotate.coordination.assignment import Annotator
from annotate.studio import server
from annotate.studio.accounts import submit
from annotate.studio.assign import assign
from annotate.studio.client import Connection
from annotate.studio.folder import FOLDER_VARIABLE
from tests.integration.test_assignment import served_by_tab
from tests.patience import PATIENCE_SECONDS

pytestmark = [pytest.mark.server, pytest.mark.browser]

MakeTasks = Callable[..., list[dict[str, Any]]]
PROJECT = "Desk <b>of</b> the quarry"
HOSTILE = "The <script>document.title='run'</script> quarry \u202egazette"


@pytest.fixture(scope="module")
def desk(
    studio: server.ServerState,
    connection: Connection,
    person: Callable[[str], Connection],
    config: str,
    make_tasks: MakeTasks,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Path, Connection]]:
    """The link of a desk over a project that two of three annotators have begun, and the folder that it writes to."""
    who = [Annotator(f"{name}@example.org", name.title(), "5a17" * 8) for name in ("ada", "ben", "cleo")]
    coders = [person(name) for name in ("ada", "ben", "cleo")]
    tasks = make_tasks(6)
    tasks[0]["data"]["text"] = HOSTILE
    made = assign(
        tasks, who, project=PROJECT, config=config, overlap=2, instructions="", connection=connection
    )
    for number, categories in ((0, "incident"), (1, "practice")):
        for _ in range(2):
            code(coders[number], made.report.project_id, made.tabs[number].id, categories)
    home = tmp_path_factory.mktemp("desk")
    process = subprocess.Popen(
        [sys.executable, "-m", "annotate", "desk", PROJECT, "-o", "out", "--every", "1"],
        cwd=home,
        env={**os.environ, FOLDER_VARIABLE: str(studio.folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        link = process.stdout.readline().strip()
        assert link, process.communicate(timeout=PATIENCE_SECONDS)[1]
        yield link, home / "out", coders[2]
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
        assert "Traceback" not in said
        assert said.splitlines()[-1] == "the desk is closed"
    finally:
        process.kill()
        process.communicate()


def code(coder: Connection, project: int, tab: int, category: str) -> None:
    task = served_by_tab(coder, project, tab)
    assert task is not None
    value = {"choices": [category]}
    result = {"from_name": "claim_type", "to_name": "text", "type": "choices", "value": value}
    submit(coder, task["id"], [result], 30.0)


def test_it_shows_what_is_going_on_and_follows(
    desk: tuple[str, Path, Connection], new_page: Callable[..., Page], connection: Connection
) -> None:
    link, _, coder = desk
    page = new_page(viewport={"width": 1440, "height": 900})
    page.goto(link)
    expect(page.get_by_role("heading", name="Progress")).to_be_visible()
    expect(page.locator(".project")).to_have_text(PROJECT)
    expect(page.locator(".lines li").first).to_contain_text("4 annotations done, 8 open")
    expect(page.locator(".person")).to_have_count(3)
    if pictures := os.environ.get("ANNOTATE_PICTURES"):
        page.screenshot(path=f"{pictures}/desk.png", full_page=True)
    shown = page.locator(".person", has_text="ada@example.org")
    expect(shown.locator("input")).to_have_value(re.compile(r"/data\?tab=\d+&labeling=1$"))
    theirs = page.locator(".person", has_text="cleo@example.org").locator("input").input_value()
    project, tab = map(int, re.findall(r"/projects/(\d+)/data\?tab=(\d+)", theirs)[0])
    code(coder, project, tab, "incident")
    expect(page.locator(".lines li").first).to_contain_text(
        "5 annotations done", timeout=1000 * PATIENCE_SECONDS
    )
    for name in ("Agreement", "Disagreements", "Claims", "Files", "Progress"):
        page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert page.title() == f"Progress - {PROJECT}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_screen_reader_finds_nothing_in_its_way_and_nothing_sticks_out(
    desk: tuple[str, Path, Connection],
    new_page: Callable[..., Page],
    axe: str,
    width: int,
    scheme: str,
) -> None:
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page.goto(desk[0])
    own = page.get_by_role("link", name="Their own page").first.get_attribute("href")
    for place in (*("", "agreement", "disagreements", "claims", "files"), own):
        page.goto(urljoin(desk[0], place))
        page.evaluate(axe)
        found = page.evaluate("axe.run()")
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], place
        assert len(found["passes"]) > 10
        wide = "[document.documentElement, ...document.querySelectorAll('.scroll')].map(one => one.scrollWidth - one.clientWidth)"
        assert max(page.evaluate(wide)) <= 1, place


def test_every_control_is_reached_by_the_keyboard_and_is_seen_to_be(
    desk: tuple[str, Path, Connection], new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport={"width": 1440, "height": 900})
    for place in ("", "disagreements", "files"):
        page.goto(desk[0] + place)
        controls = page.locator("a[href], button, summary, input, [tabindex='0']")
        there = [one for one in controls.all() if one.is_visible()]
        for _ in there:
            page.keyboard.press("Tab")
            shown = "(one => [one.tagName, getComputedStyle(one).outlineStyle, one.matches(':focus-visible')])(document.activeElement)"
            tag, outline, seen = page.evaluate(shown)
            assert (tag != "BODY", outline, seen) == (True, "solid", True)
        assert there[-1].evaluate("one => one === document.activeElement")


def test_what_stands_in_a_passage_is_text(
    desk: tuple[str, Path, Connection], new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(f"{desk[0]}disagreements")
    assert "run" not in page.title()
    assert page.locator("main script").count() == 0


def test_the_buttons_write_what_the_commands_write(
    desk: tuple[str, Path, Connection], new_page: Callable[..., Page], tmp_path: Path
) -> None:
    link, out, _ = desk
    page = new_page()
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    page.goto(f"{link}files")
    page.get_by_role("button", name="Write the workbook").click()
    expect(page.get_by_role("status").first).to_contain_text("Workbook written to")
    page.get_by_role("button", name="Write the report").click()
    expect(page.get_by_role("status").first).to_contain_text("Report written to")
    snapshots = [path for path in out.iterdir() if path.is_dir()]
    assert len(snapshots) == 1  # nothing has changed in between
    with page.expect_download() as loading:
        page.get_by_role("link", name=".xlsx").click()
    loading.value.save_as(tmp_path / "book.xlsx")
    assert openpyxl.load_workbook(tmp_path / "book.xlsx").sheetnames
    page.get_by_role("button", name="Pull a snapshot").click()
    expect(page.get_by_role("status").first).to_contain_text("Pulled into")
    assert len([path for path in out.iterdir() if path.is_dir()]) == 2


def test_an_annotators_own_page_leads_nowhere_else(
    desk: tuple[str, Path, Connection], new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(desk[0])
    own = page.locator(".person", has_text="ben@example.org").get_by_role("link", name="Their own page")
    page.goto(str(own.get_attribute("href")))
    expect(page.locator(".far")).to_contain_text("of 4 left")
    assert page.locator("a").count() == 0
    assert urlsplit(desk[0]).path.strip("/") not in page.content()


def asked(link: str, method: str, path: str, **headers: str) -> tuple[int, str]:
    where = urlsplit(link)
    opened = http.client.HTTPConnection(where.netloc, timeout=PATIENCE_SECONDS)
    opened.request(method, path, headers=headers)
    answer = opened.getresponse()
    policy = answer.getheader("Content-Security-Policy") or ""
    opened.close()
    return answer.status, policy


def test_nobody_gets_in_without_the_link(desk: tuple[str, Path, Connection]) -> None:
    link, out, _ = desk
    root = urlsplit(link).path
    before = set(out.iterdir()) if out.is_dir() else set()
    assert asked(link, "GET", root)[0] == 200
    assert "default-src 'none'" in asked(link, "GET", root)[1]
    for path in ("/", "/files", "/wrong/", root[:-3] + "/", root + "file/..%2f..%2fetc%2fpasswd", "/left/0"):
        assert asked(link, "GET", path)[0] == 404, path
    assert asked(link, "GET", root, Host="attacker.example")[0] == 400
    for origin in ({}, {"Origin": "http://attacker.example"}, {"Origin": "null"}):
        assert asked(link, "POST", root + "write/pull", **origin)[0] == 403
    assert asked(link, "GET", root + "write/pull")[0] == 405
    assert (set(out.iterdir()) if out.is_dir() else set()) == before
