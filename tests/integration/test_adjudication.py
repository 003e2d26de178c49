"""Disagreements of the example go through an adjudicator's browser, and come back as the labels."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.codebook.scale import scales_of
from annotate.consensus import resolve
from annotate.coordination.adjudication import (
    SETTLED,
    adjudication_config,
    against,
    cases,
    final_labels,
    read_decisions,
    unsettled,
)
from annotate.coordination.adjudication.screen import INSTRUCTIONS
from annotate.errors import ServerError
from annotate.studio.accounts import label_stream, submit
from annotate.studio.adjudicate import AdjudicationReport, push_cases
from annotate.studio.client import Connection
from annotate.studio.projects import list_tasks
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.study.study import read_study

EXAMPLE = Path(__file__).parent.parent.parent / "exports" / "example"
SOURCE = "Drellin Notebook"  # of the first passages
FORBIDDEN = ('"source"', "example.org/headlights", "A2", "A3", "A4", "completed_by")
STUDY = read_study(EXAMPLE)
TASKS = json.loads((EXAMPLE / "tasks.json").read_text(encoding="utf-8"))
pytestmark = [pytest.mark.server]


def made(**settings: Any) -> list[dict[str, Any]]:
    return cases(unsettled(STUDY.first_round, **settings), STUDY.first_round, TASKS, STUDY.codebook)


CASES = made()


def pushed(connection: Connection, title: str, of: list[dict[str, Any]]) -> AdjudicationReport:
    return push_cases(
        of,
        project=title,
        config=adjudication_config(STUDY.codebook.config),
        prefilled=SETTLED,
        instructions=INSTRUCTIONS,
        connection=connection,
    )


def prediction(case: dict[str, Any], version: str) -> list[dict[str, Any]]:
    return next(one["result"] for one in case["predictions"] if one["model_version"] == version)


def categories(result: list[dict[str, Any]]) -> dict[str, str]:
    return {
        one["from_name"]: one["value"]["choices"][0]
        for one in result
        if one["type"] == "choices" and one["from_name"] != "flags"
    }


@pytest.fixture
def adjudicator(person: Callable[[str], Connection]) -> Connection:
    return person("judith")


@pytest.fixture
def page(log_in: Callable[[str], Page]) -> Page:
    return log_in("judith")


def chosen(page: Page, result: list[dict[str, Any]]) -> None:
    """Just these answers stand on the screen, and nobody's name."""
    radios = page.locator(".sheet").get_by_role("radio", checked=True)
    expect(radios).to_have_count(len(categories(result)))
    assert SOURCE not in page.locator(".sheet").inner_text()
    text = page.inner_text("body")
    assert not [word for word in FORBIDDEN if word in text]


def shown(page: Page, case: dict[str, Any]) -> None:
    """The passage with the table of choices, and the answers to what is settled."""
    expect(page.locator(".passage .lsf-richtext__container")).to_have_text(case["data"]["text"])
    expect(page.locator(".adjudicate-votes tr.open th").first).to_contain_text(": open")
    chosen(page, prediction(case, SETTLED))


def decide_by_key(page: Page, link: str, case: dict[str, Any], after: dict[str, Any], key: str) -> None:
    """One after another, as the link opens them: what is open is answered by key."""
    page.goto(link)
    expect(page.get_by_text("without names")).to_be_visible()
    page.keyboard.press("Escape")
    shown(page, case)
    bar = page.get_by_test_id("bottombar-submit-button").bounding_box()["y"]
    table = page.locator(".adjudicate-votes table").bounding_box()
    assert table["y"] + table["height"] < page.locator(".marking").bounding_box()["y"]
    assert all(radio.bounding_box()["y"] < bar for radio in page.get_by_role("radio").all())
    page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    shown(page, after)


def take_over(page: Page, url: str, case: dict[str, Any], version: str) -> None:
    """From the list: the answers of one coder as a whole."""
    page.goto(url)
    page.get_by_text(case["data"]["text"][:24]).first.click()
    tab = page.locator(".lsf-annotation-button", has_text=version)
    tab.click()
    chosen(page, prediction(case, version))
    tab.locator(".lsf-annotation-button__trigger").click()
    page.get_by_text("Duplicate Annotation").click()
    page.get_by_test_id("bottombar-submit-button").click()
    expect(page.get_by_text("Annotation saved successfully", exact=True)).to_be_visible()


def decide_the_rest(adjudicator: Connection, project: int, no_claim: dict[str, Any]) -> None:
    """Through the API, as coder 1 has it; and one as no claim."""
    of = {case["data"]["passage_id"]: case for case in CASES}
    none = {"from_name": "claim_type", "to_name": "text", "type": "choices"}
    for task in label_stream(adjudicator, project):
        case = of[task["data"]["passage_id"]]
        assert [one["model_version"] for one in task["predictions"]] == [SETTLED]
        as_none = [{**none, "value": {"choices": ["no_claim"]}}]
        submit(adjudicator, task["id"], as_none if case is no_claim else prediction(case, "coder 1"), 1.0)


@pytest.mark.browser
def test_disagreements_are_decided_in_a_browser_and_come_back_as_labels(
    page: Page, connection: Connection, adjudicator: Connection, title: str, tmp_path: Path
) -> None:
    by_hand, after, picked, dropped, *_ = CASES
    report = pushed(connection, title, CASES)
    assert (report.created, report.waiting, report.decided) == (64, 0, 0)
    decide_by_key(page, report.link, by_hand, after, "y")  # the text itself, against the majority
    take_over(page, report.url, picked, "coder 1")
    decide_the_rest(adjudicator, report.project_id, dropped)

    snapshot = pull(report.project_id, output=tmp_path, connection=connection)
    decisions = read_decisions(snapshot)
    assert (len(decisions.open), decisions.waiting, decisions.again) == (64, 0, 0)
    ratings, levels = STUDY.first_round, STUDY.levels
    labels = final_labels(resolve(ratings, scales=scales_of(levels)), decisions, ratings)
    of = {item: rows.set_index("variable") for item, rows in labels.groupby("item")}
    rows = of[by_hand["data"]["passage_id"]]
    assert rows.loc["attribution", ["category", "method"]].tolist() == ["author_voice", "adjudicated"]
    assert rows.loc["attribution", "share"] == pytest.approx(1 / 3)
    assert rows.loc["claim_type", "method"] == "unanimous"
    rows = of[picked["data"]["passage_id"]]
    wanted = categories(prediction(picked, "coder 1"))
    assert {name: rows.loc[name, "category"] for name in wanted} == wanted
    rows = of[dropped["data"]["passage_id"]]
    assert rows.loc["claim_type", "category"] == "no_claim"
    assert rows.loc["attribution", "category"] is None
    assert not labels["tie"].any()
    assert set(labels.loc[~labels["item"].isin(decisions.open), "method"]) == {"unanimous"}
    assert against(ratings, labels, scales=scales_of(levels))["value"].between(0, 1).all()

    study = read_study(snapshot)  # a decision is nobody's rating
    assert study.ratings.empty
    assert study.exclusions["reason"].value_counts().to_dict() == {"adjudicated": 64}


def test_it_is_pushed_once_and_goes_on_from_there(
    connection: Connection, adjudicator: Connection, title: str
) -> None:
    ties = made(only="ties")
    first = pushed(connection, title, ties)
    assert (first.created, first.waiting, first.decided) == (5, 0, 0)
    again = pushed(connection, title, ties)
    assert (again.created, again.waiting, again.decided) == (0, 5, 0)
    assert [task["total_predictions"] for task in list_tasks(connection, first.project_id, "total_predictions")] == [
        len(case["predictions"]) for case in ties
    ]  # fmt: skip
    decided = next(label_stream(adjudicator, first.project_id))
    submit(adjudicator, decided["id"], decided["predictions"][0]["result"], 1.0)
    wider = CASES[:10] + [case for case in CASES[10:] if case["data"]["passage_id"] in {one["data"]["passage_id"] for one in ties}]  # fmt: skip
    report = pushed(connection, title, wider)
    assert (report.created, report.waiting, report.decided) == (len(wider) - 5, 4, 1)
    predictions = connection.get("api/predictions/", "listing", project=report.project_id)
    versions = sorted((one["task"], one["model_version"]) for one in predictions)
    assert len(versions) == len(set(versions)) == sum(len(case["predictions"]) for case in wider)
    standing = {
        task["data"]["passage_id"]: task["data"] for task in list_tasks(connection, report.project_id, "data")
    }
    kept = decided["data"]["passage_id"]
    assert standing[kept]["votes"] == decided["data"]["votes"]
    for case in wider:
        if case["data"]["passage_id"] != kept:
            assert standing[case["data"]["passage_id"]].items() >= case["data"].items()
    assert not [word for word in FORBIDDEN if word in json.dumps([standing, predictions])]


@pytest.mark.parametrize("how", ["reply", "request"])
def test_a_tab_whose_reply_is_lost_stands_once(
    through_proxy: Connection, proxy: Any, connection: Connection, title: str, how: str, does_not_act: None
) -> None:
    proxy.spoil("POST /api/dm/views/", how)
    if how == "request":  # it was not made, and no request is repeated: it says so
        with pytest.raises(ServerError, match="the connection broke while making a tab"):
            pushed(through_proxy, title, CASES[:2])
    report = pushed(through_proxy, title, CASES[:2])
    views = connection.get("api/dm/views/", "listing the tabs", project=report.project_id)
    assert [one["data"]["title"] for one in views] == ["Adjudication"]
    assert "tasks:data.text" not in views[0]["data"]["hiddenColumns"]["explore"]
    assert "tasks:data.votes" in views[0]["data"]["hiddenColumns"]["explore"]


def test_a_project_of_something_else_is_left_alone(
    connection: Connection, title: str, make_tasks: Any, config: str, adjudicator: Connection
) -> None:
    push(make_tasks(2), project=title, config=config, overlap=1, instructions="", connection=connection)
    with pytest.raises(
        ServerError, match="holds 2 tasks that are not of an adjudication; give the title of a new"
    ):
        pushed(connection, title, CASES[:2])
    other = f"{title[:40]} other"
    report = push_cases(
        CASES[:2],
        project=other,
        config=adjudication_config(STUDY.codebook.config.replace("Judgement", "Verdict")),
        prefilled=SETTLED,
        connection=connection,
    )
    task = next(label_stream(adjudicator, report.project_id))
    submit(adjudicator, task["id"], task["predictions"][0]["result"], 1.0)
    with pytest.raises(ServerError, match="the label config changed, and 1 annotation was made"):
        pushed(connection, other, CASES[:2])
