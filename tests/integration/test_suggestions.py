"""Suggestions on a real Label Studio: an order without labels, and labels only where asked for, marked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from annotate.cli.commands import app
from annotate.codebook.read import read_codebook
from annotate.coordination.assignment import Annotator
from annotate.coordination.suggestion import PREFIX, without_suggested
from annotate.errors import ServerError
from annotate.studio.accounts import submit
from annotate.studio.assign import assign
from annotate.studio.client import Connection
from annotate.studio.inventory import take_inventory
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.studio.refusals import RefusedError
from annotate.studio.suggest import TAB, order_queue, push_suggestions
from annotate.study.study import read_study
from annotate.study.surveyed import RANK

pytestmark = pytest.mark.server

MakeTasks = Callable[..., list[dict[str, Any]]]
FIRST, SECOND = f"{PREFIX}first", f"{PREFIX}second"


SALT = "5a17" * 8


def choose(category: str) -> list[dict[str, Any]]:
    value = {"choices": [category]}
    return [{"from_name": "claim_type", "to_name": "text", "type": "choices", "value": value}]


def filled(
    connection: Connection, title: str, config: str, tasks: list[dict[str, Any]], overlap: int = 1
) -> int:
    made = push(tasks, project=title, config=config, overlap=overlap, instructions="", connection=connection)
    return made.project_id


def numbers(connection: Connection, project: int) -> dict[str, int]:
    return {str(task.passage_id): task.task_id for task in take_inventory(connection, project).tasks}


def marks(ratings: pd.DataFrame) -> dict[str, str | None]:
    said = ratings["suggested"].astype(object)
    return dict(zip(ratings["item"], said.where(said.notna(), None), strict=True))


def served(connection: Connection, project: int, title: str) -> dict[str, Any] | None:
    """What the label stream of a tab serves next, as a browser asks for it."""
    views = connection.get("api/dm/views/", "listing the tabs", project=project)
    (view,) = [one for one in views if one["data"]["title"] == title]
    asked = {name: view["data"][name] for name in ("filters", "ordering")}
    try:
        task: dict[str, Any] = connection.ask(
            "POST", "api/dm/actions", "asking for the next task", json={**asked, "project": str(project)},
            params={"id": "next_task", "project": project, "tabID": view["id"]},
        )  # fmt: skip
    except RefusedError as error:
        if error.status == 404:
            return None
        raise
    return task


def show(connection: Connection, title: str, config: str, version: str, *items: str) -> Any:
    return push_suggestions(
        {item: {"claim_type": ("incident", 0.9)} for item in items},
        version=version,
        prefix=PREFIX,
        project=title,
        codebook=read_codebook(config),
        connection=connection,
    )


def test_the_order_is_served_and_shows_no_label(
    connection: Connection, annotators: list[Connection], title: str, config: str, make_tasks: MakeTasks
) -> None:
    project = filled(connection, title, config, make_tasks(6))
    ranks = {"p00004": 1, "p00001": 2, "p00003": 11, "elsewhere": 3}
    made = order_queue(ranks, project=title, connection=connection)
    assert (made.ordered, made.absent, made.tabs) == (3, 1, 0)
    seen = []
    while (task := served(annotators[0], project, TAB)) is not None:
        assert task["predictions"] == []
        seen.append(task["data"]["passage_id"])
        submit(annotators[0], task["id"], choose("practice"), 1.0)
    assert seen[:3] == ["p00004", "p00001", "p00003"]
    assert sorted(seen) == [f"p{number:05}" for number in range(6)]
    # another order takes its place, and nothing of the first stays
    again = order_queue({"p00002": 1}, project=str(project), connection=connection)
    assert again.link == made.link
    tasks = take_inventory(connection, project).tasks
    assert {task.passage_id: task.data[RANK] for task in tasks if RANK in task.data} == {"p00002": "000001"}
    # and a push of the file leaves it
    filled(connection, title, config, make_tasks(6))
    assert {task.passage_id for task in take_inventory(connection, project).tasks if RANK in task.data} == {
        "p00002"
    }


def test_tabs_of_annotators_go_by_the_order_and_stay_theirs(
    connection: Connection,
    person: Callable[[str], Connection],
    title: str,
    config: str,
    make_tasks: MakeTasks,
) -> None:
    people = [Annotator("ada@example.org", "Ada", SALT), Annotator("ben@example.org", "Ben", SALT)]
    made = assign(
        make_tasks(8), people, project=title, overlap=1, config=config, instructions="", connection=connection
    )
    project = made.report.project_id
    ranks = {f"p{number:05}": 8 - number for number in range(8)}
    for _ in range(2):
        ordered = order_queue(ranks, project=title, connection=connection)
        assert (ordered.ordered, ordered.tabs, ordered.link) == (8, 3, None)  # two annotators and the guard
    key, ada = people[0].key, person("ada")
    mine = sorted(made.plan.loc[made.plan["annotator"] == key, "item"], reverse=True)
    seen = []
    while (task := served(ada, project, key)) is not None:
        seen.append(task["data"]["passage_id"])
        submit(ada, task["id"], choose("practice"), 1.0)
    assert seen == mine
    views = connection.get("api/dm/views/", "listing the tabs", project=project)
    assert all(f"tasks:data.{RANK}" in one["data"]["hiddenColumns"]["explore"] for one in views)


def test_what_is_coded_with_a_suggestion_is_marked(
    connection: Connection,
    annotators: list[Connection],
    title: str,
    config: str,
    make_tasks: MakeTasks,
    tmp_path: Path,
) -> None:
    project = filled(connection, title, config, make_tasks(5), overlap=2)
    task = numbers(connection, project)
    submit(annotators[0], task["p00000"], choose("practice"), 1.0)
    made = show(connection, title, config, FIRST, "p00000", "p00001", "p00002", "elsewhere")
    assert (made.pushed, made.already_there, made.begun, made.absent, made.withdrawn) == (2, 0, 1, 1, 0)
    again = show(connection, title, config, FIRST, "p00000", "p00001", "p00002")
    assert (again.pushed, again.already_there) == (0, 2)
    there = connection.get("api/predictions/", "listing", project=project)
    assert {one["task"]: one["model_version"] for one in there} == {
        task["p00001"]: FIRST,
        task["p00002"]: FIRST,
    }
    number = {one["task"]: one["id"] for one in there}
    # as a browser does: taken over, with the number of the prediction
    body = {"result": choose("incident"), "lead_time": 2.0, "parent_prediction": number[task["p00001"]]}
    annotators[0].ask("POST", f"api/tasks/{task['p00001']}/annotations/", "annotating", json=body)
    # seen and answered otherwise, without its number
    submit(annotators[0], task["p00002"], choose("practice"), 1.0)
    submit(annotators[0], task["p00003"], choose("practice"), 1.0)

    study = read_study(pull(title, output=tmp_path, connection=connection))
    assert marks(study.ratings) == {"p00000": None, "p00001": FIRST, "p00002": FIRST, "p00003": None}
    kept, count = without_suggested(study.ratings)
    assert (set(kept["item"]), count) == ({"p00000", "p00003"}, 2)

    # another model: its suggestions take the place of those on which nobody has begun
    show(connection, title, config, FIRST, "p00004")
    later = show(connection, title, config, SECOND, "p00001", "p00004")
    assert (later.pushed, later.begun, later.withdrawn) == (1, 1, 1)
    submit(annotators[1], task["p00004"], choose("practice"), 1.0)
    rated = read_study(pull(title, output=tmp_path, connection=connection)).ratings.set_index(
        ["item", "annotator"]
    )
    assert rated.loc[("p00004", f"A{annotators[1].user_id}"), "suggested"] == SECOND
    assert rated.loc[("p00001", f"A{annotators[0].user_id}"), "suggested"] == FIRST


def test_what_is_not_suggested_any_more_is_withdrawn_and_what_others_predict_stays(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    project = filled(connection, title, config, make_tasks(4))
    task = numbers(connection, project)
    body = {"task": task["p00000"], "model_version": "a model of their own", "result": choose("practice")}
    connection.ask("POST", "api/predictions/", "predicting", json=body)
    show(connection, title, config, FIRST, "p00000", "p00001", "p00002")
    # the same model with a higher precision asked for suggests less
    fewer = show(connection, title, config, FIRST, "p00001", "p00003")
    assert (fewer.pushed, fewer.already_there, fewer.withdrawn) == (1, 1, 2)
    there = connection.get("api/predictions/", "listing", project=project)
    assert sorted((one["task"], one["model_version"]) for one in there) == sorted(
        [
            (task["p00000"], "a model of their own"),
            (task["p00001"], FIRST),
            (task["p00003"], FIRST),
        ]
    )


def test_another_label_config_is_refused(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    project = filled(connection, title, config, make_tasks(2))
    with pytest.raises(ServerError, match="another label config"):
        show(connection, title, config.replace("practice", "habit"), FIRST, "p00000")
    assert connection.get("api/predictions/", "listing", project=project) == []


def test_after_a_lost_reply_each_suggestion_stands_once(
    through_proxy: Connection,
    proxy: Any,
    does_not_act: None,
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
) -> None:
    project = filled(connection, title, config, make_tasks(4))
    for how in ("reply", "request"):
        proxy.spoil(f"POST /api/projects/{project}/import/predictions", how)
        show(through_proxy, title, config, f"{PREFIX}{how}", "p00000", "p00001", "p00002")
        there = connection.get("api/predictions/", "listing", project=project)
        assert [one["model_version"] for one in there] == [f"{PREFIX}{how}"] * 3
        assert len({one["task"] for one in there}) == 3


@pytest.mark.browser
def test_an_annotator_finds_the_suggestion_filled_in(
    log_in: Callable[[str], Page], connection: Connection, title: str, config: str, make_tasks: MakeTasks,
    tmp_path: Path,
) -> None:  # fmt: skip
    config = config.replace('value="incident"', 'value="Something happened" alias="incident"')
    project = filled(connection, title, config, make_tasks(3))
    made = order_queue({"p00002": 1, "p00001": 2, "p00000": 3}, project=title, connection=connection)
    show(connection, title, config, FIRST, "p00002", "p00001")
    page = log_in("ada")
    page.goto(str(made.link))
    for number, hotkey in ((2, None), (1, "2"), (0, "2")):
        text = f"The quarry closed in year {number}."
        expect(page.get_by_text(text, exact=True)).to_be_visible()
        expect(page.get_by_role("checkbox", checked=True)).to_have_count(1 if number else 0)
        if hotkey:
            page.keyboard.press(hotkey)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text(text, exact=True)).to_be_hidden()
    study = read_study(pull(str(project), output=tmp_path, connection=connection))
    rows = study.ratings.set_index("item")
    assert rows["category"].to_dict() == {"p00000": "practice", "p00001": "practice", "p00002": "incident"}
    assert marks(study.ratings) == {"p00000": None, "p00001": FIRST, "p00002": FIRST}


def test_the_command_orders_by_default_and_pushes_on_request(
    connection: Connection, annotators: list[Connection], title: str, config: str, tmp_path: Path
) -> None:
    words = {
        "incident": "A lorry turned over at gate {0} on day {0}.",
        "practice": "Lorries wait {0} hours as a rule, always {0}.",
    }
    tasks = [
        {
            "data": {
                "passage_id": f"p{number:05}", "document_id": f"d{number % 8}", "source": "Quarry Gazette",
                "text": words[("incident", "practice")[number % 2]].format(number * 37 % 101), "before": "", "after": "",
            }
        }
        for number in range(72)
    ]  # fmt: skip
    project = filled(connection, title, config, tasks)
    task = numbers(connection, project)
    for number in range(64):
        submit(annotators[0], task[f"p{number:05}"], choose(("incident", "practice")[number % 2]), 1.0)
    snapshot = pull(title, output=tmp_path, connection=connection)
    run = CliRunner().invoke
    done = run(app, ["suggest", str(snapshot), "--project", title, "--format", "json"])
    assert done.exit_code == 0, done.output
    queue = pd.DataFrame(json.loads(done.stdout))
    assert sorted(queue["item"]) == [f"p{number:05}" for number in range(64, 72)]
    there = {one.passage_id: one.data.get(RANK) for one in take_inventory(connection, project).tasks}
    assert {row.item: f"{row.rank:06}" for row in queue.itertuples()} == {k: v for k, v in there.items() if v}
    assert connection.get("api/predictions/", "listing", project=project) == []
    assert not connection.get(f"api/projects/{project}/", "reading")["show_collab_predictions"]

    high = ["suggest", str(snapshot), "--project", title, "--push", "--min-precision"]
    none = run(app, [*high, "0.999"])
    assert none.exit_code == 0, none.output
    assert "no suggestion was pushed" in none.stderr
    assert connection.get("api/predictions/", "listing", project=project) == []
    some = run(app, [*high, "0.8"])
    assert some.exit_code == 0, some.output
    assert "suggestions pushed: 8" in some.stderr
    assert "bias annotators" in some.stderr
    made = {
        one["task"]: one["result"][0]["value"]["choices"]
        for one in connection.get("api/predictions/", "listing", project=project)
    }
    assert made == {task[f"p{number:05}"]: [("incident", "practice")[number % 2]] for number in range(64, 72)}
    assert connection.get(f"api/projects/{project}/", "reading")["show_collab_predictions"]
