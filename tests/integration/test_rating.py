"""The two Admiralty scales on a real server, rated by hand and by API: pulled, held against origins, measured."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from annotate.codebook.guidelines import instructions
from annotate.codebook.read import load_codebook
from annotate.files import bundled
from annotate.provenance.admiralty import CREDIBILITY, RELIABILITY, SCALES, checked, to_rate
from annotate.provenance.claims.measured import Claims, gather
from annotate.studio.client import Connection
from annotate.studio.inventory import take_inventory
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.study.study import read_study
from tests.claim_example import links, study

pytestmark = pytest.mark.server
BOOK = load_codebook(bundled("admiralty_config.xml"))


@pytest.fixture
def claims(tmp_path: Path) -> Claims:
    return gather(study(tmp_path), links(tmp_path))


@pytest.fixture
def project(claims: Claims, connection: Connection, title: str) -> int:
    made = to_rate(claims, config_sha256=BOOK.sha256, coded_by=2)
    return push(
        made.tasks,
        project=title,
        config=BOOK.config,
        overlap=2,
        instructions=instructions(bundled("admiralty.md")),
        connection=connection,
    ).project_id


def answered(reliability: str, credibility: str) -> list[dict]:
    return [
        {"id": name, "from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [said]}}
        for name, said in zip(SCALES, (reliability, credibility), strict=True)
    ]


def test_ratings_come_back_in_order_and_only_two_origins_confirm(
    claims: Claims,
    project: int,
    annotators: list[Connection],
    connection: Connection,
    title: str,
    tmp_path: Path,
    run: Callable[..., tuple[int, str, str]],
) -> None:
    tasks = {task.passage_id: task.task_id for task in take_inventory(connection, project).tasks}
    said = {
        "wire": (("b", "1"), ("b", "2")),
        "daily": (("c", "3"), ("d", "3")),
        "blog": (("e", "4"), ("e", "5")),
        "other": (("f", "1"), ("f", "6")),
    }
    for item, answers in said.items():
        for who, answer in zip(annotators[:2], answers, strict=True):
            path = f"api/tasks/{tasks[item]}/annotations/"
            who.ask("POST", path, "rating", json={"result": answered(*answer), "lead_time": 5})
    folder = pull(title, output=tmp_path / "pulled", connection=connection)
    made = checked(read_study(folder), claims)
    refused = made.table.loc[~made.table["accepted"], ["item", "because"]]
    assert refused.to_numpy().tolist() == [
        ["other", "no other passage is known to say the same"],
        ["wire", "6 passages say it, and 1 independent origin is known at least"],
    ]

    table = tmp_path / "stand.csv"
    export, linked = tmp_path / "export.json", tmp_path / "links.csv"
    code, _, err = run("rated", export, "--rated", folder, "--links", linked, "--ratings", "-o", table, "--format", "csv")  # fmt: skip
    assert code == 0, err
    assert "3 answers left out that nothing can be judged (F or 6)" in err
    code, out, err = run("agreement", table, "--config", folder / "label_config.xml", "--format", "json")
    assert code == 0, err
    found = pd.DataFrame(json.loads(out))
    alpha = found.loc[found["coefficient"] == "krippendorff_alpha"].set_index("variable")
    assert alpha.loc[RELIABILITY, "level"] == "ordinal"
    assert alpha.loc[RELIABILITY, "n_pairable_items"] == 3
    assert alpha.loc[RELIABILITY, "value"] > 0.9  # c and d, once, are neighbours
    assert alpha.loc[CREDIBILITY, "n_pairable_items"] == 2  # the refused 1 left one rating alone


@pytest.mark.browser
def test_the_screen_shows_the_publisher_and_what_others_say_and_fits(
    project: int, log_in: Callable[[str], Page], connection: Connection, tmp_path: Path
) -> None:
    page = log_in("nora")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{connection.url}/projects/{project}/data")
    page.get_by_text("Label All Tasks").click()
    expect(page.get_by_text("General rules", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("General rules", exact=True)).to_be_hidden()
    expect(page.locator(".rating .passage")).to_be_visible()
    shown = page.locator(".rating").inner_text()
    assert "published" in shown or "date not known" in shown
    assert "independent origins: at least" in shown
    radios = page.get_by_role("radio").all()
    assert len(radios) == 12
    bottom = page.get_by_test_id("bottombar-submit-button").bounding_box()["y"]
    assert all(0 < radio.bounding_box()["y"] < bottom for radio in radios)
    expect(page.get_by_role("radio", checked=True)).to_have_count(2)  # F and 6 stand ticked
    page.screenshot(path=tmp_path / "screen.png")
    for key in ("c", "2"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("radio", checked=True)).to_have_count(2)
    tasks = connection.ask("GET", f"api/projects/{project}/export", "looking", params={"exportType": "JSON"})
    chosen = {one["from_name"]: one["value"]["choices"] for one in tasks[0]["annotations"][0]["result"]}
    assert chosen == {RELIABILITY: ["c"], CREDIBILITY: ["2"]}
