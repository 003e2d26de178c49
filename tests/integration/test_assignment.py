"""Assignment on a real Label Studio: through the link of their tab, everybody gets what is theirs."""

import json
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page, Response, expect
from typer.testing import CliRunner

from annotate.agreement.annotators import rounds
from annotate.cli.commands import app
from annotate.codebook.scale import scales_of
from annotate.coordination.assignment import Annotator, read_plan
from annotate.coordination.following.work import read_passages
from annotate.errors import InputError
from annotate.studio.accounts import create_account, next_task, people, skip, submit
from annotate.studio.assign import Assigned, assign
from annotate.studio.client import Connection
from annotate.studio.inventory import take_inventory
from annotate.studio.offered import ensure_tabs
from annotate.studio.projects import export_tasks, find_project
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.studio.refusals import RefusedError
from annotate.study.study import read_study

pytestmark = pytest.mark.server

MakeTasks = Callable[..., list[dict[str, Any]]]
NAMES = ("ada", "ben", "cleo", "dora", "emil")
SALT = "5a17" * 8
PEOPLE = [Annotator(f"{name}@example.org", name.title(), SALT) for name in NAMES]


@pytest.fixture
def accounts(person: Callable[[str], Connection]) -> list[Connection]:
    """The five annotators, each with an account of their own."""
    return [person(name) for name in NAMES]


def carry_out(
    connection: Connection, tasks: list[dict[str, Any]], title: str, config: str, **more: Any
) -> Assigned:
    options = {"overlap": 3, "seed": 5, "repeat": 0.1, "config": config, "instructions": "", **more}
    return assign(tasks, options.pop("who", PEOPLE), project=title, connection=connection, **options)


def served_by_tab(connection: Connection, project: int, tab: int) -> dict[str, Any] | None:
    """What the label stream of a tab serves next: the request that a browser makes from the tab's link."""
    view = connection.get(f"api/dm/views/{tab}/", "reading a tab")["data"]
    asked = {"filters": view["filters"], "ordering": view["ordering"], "project": str(project)}
    try:
        task: dict[str, Any] = connection.ask(
            "POST", "api/dm/actions", "asking for the next task", json=asked,
            params={"id": "next_task", "project": project, "tabID": tab},
        )  # fmt: skip
    except RefusedError as error:
        if error.status == 404:
            return None
        raise
    return task


def choose(category: str) -> list[dict[str, Any]]:
    value = {"choices": [category]}
    return [{"from_name": "claim_type", "to_name": "text", "type": "choices", "value": value}]


def own(plan: pd.DataFrame, one: Annotator) -> list[tuple[str, int]]:
    rows = plan[plan["annotator"] == one.key].sort_values("position")
    return list(zip(rows["item"], rows["round"], strict=True))


def assigned_to(connection: Connection, project: int, one: Annotator) -> set[tuple[str, int]]:
    """What somebody has by the tasks on the server."""
    plan = read_plan(task.data for task in take_inventory(connection, project).tasks)
    mine = plan[plan["annotator"] == one.key]
    return set(mine[["item", "round"]].itertuples(index=False, name=None))


def which(data: dict[str, Any]) -> tuple[str, int]:
    return data.get("repeat_of", data["passage_id"]), data.get("round", 1)


def test_everybody_is_served_what_is_assigned(
    connection: Connection,
    accounts: list[Connection],
    title: str,
    config: str,
    make_tasks: MakeTasks,
    tmp_path: Path,
) -> None:
    made = carry_out(connection, make_tasks(10), title, config)
    project = made.report.project_id
    assert made.report.created == 11  # ten passages, and one that comes again
    assert made.without_account == []
    assert all(
        tab.link == f"{connection.url}/projects/{project}/data?tab={tab.id}&labeling=1" for tab in made.tabs
    )
    left = dict.fromkeys(range(5), True)
    served: dict[int, list[tuple[str, int]]] = {number: [] for number in left}
    while any(left.values()):  # in turn, so that everybody's passages are half done by others
        for number in [number for number, open_ in left.items() if open_]:
            task = served_by_tab(accounts[number], project, made.tabs[number].id)
            if task is None:
                left[number] = False
                continue
            assert task["annotations"] == []
            served[number].append(which(task["data"]))
            submit(accounts[number], task["id"], choose("incident" if number else "practice"), 2.0)
    for number, one in enumerate(PEOPLE):
        assert served[number] == own(made.plan, one)
    tasks = export_tasks(connection, project)
    assert {len({a["completed_by"] for a in task["annotations"]}) for task in tasks} == {3}
    assert all(one.done == one.assigned for one in read_passages(tasks, 3, people(connection), SALT))
    assert len(tasks) == 11

    folder = pull(title, output=tmp_path, connection=connection)
    written = (folder / "tasks.json").read_text(encoding="utf-8")
    assert not any(one.key in written for one in PEOPLE)  # but the numbers that stand with the ratings
    ids = {one.key: f"A{account.user_id}" for one, account in zip(PEOPLE, accounts, strict=True)}
    plan = read_plan(task["data"] for task in json.loads(written))
    first = made.plan[["item", "annotator", "round"]].replace({"annotator": ids})
    assert set(plan[["item", "annotator", "round"]].itertuples(index=False, name=None)) == set(
        first.itertuples(index=False, name=None)
    )
    study = read_study(folder)
    assert study.exclusions.empty
    assert study.ratings["item"].nunique() == len(study.passages) == 10
    assert study.ratings["round"].value_counts().to_dict() == {1: 30, 2: 3}
    assert len(study.first_round) == 30
    again = rounds(study.ratings, scales=scales_of(study.levels))
    assert set(again["annotator"]) == set(study.ratings.loc[study.ratings["round"] == 2, "annotator"])


def test_a_second_run_changes_nothing_and_more_passages_extend(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    made = carry_out(connection, make_tasks(10), title, config)
    project = made.report.project_id

    def stand() -> tuple[list[Any], list[Any]]:
        tasks = take_inventory(connection, project).tasks
        views = connection.get("api/dm/views/", "listing the tabs", project=project)
        return sorted(((t.task_id, t.overlap, t.data) for t in tasks), key=lambda one: one[0]), views

    before = stand()
    again = carry_out(connection, make_tasks(10), title, config)  # the file knows nothing of the first run
    assert (again.report.created, again.report.updated) == (0, 0)
    pd.testing.assert_frame_equal(again.plan, made.plan)
    assert again.tabs == made.tabs
    assert stand() == before

    newcomer = Annotator("fay@example.org", salt=SALT)
    more = carry_out(connection, make_tasks(16)[10:], title, config, who=[*PEOPLE[1:], newcomer])
    assert more.report.created == 6 + 1  # two in sixteen come again, and one did already
    assert [one.email for one in more.without_account][-1:] == ["fay@example.org"]
    after = {task.task_id: task.data for task in take_inventory(connection, project).tasks}
    assert all(after[number] == data for number, _, data in before[0])
    plan = read_plan(after.values())
    assert len(plan) == 3 * 18
    fresh = plan[plan["item"].isin([f"p{number:05}" for number in range(10, 16)])]
    assert PEOPLE[0].key not in set(fresh["annotator"])
    assert Counter(fresh.loc[fresh["round"] == 1, "annotator"])[newcomer.key] == 6  # to catch up
    assert len(more.tabs) == 5
    assert len(connection.get("api/dm/views/", "listing the tabs", project=project)) == 1 + 6


def test_what_somebody_who_leaves_has_not_done_goes_to_others(
    connection: Connection,
    accounts: list[Connection],
    title: str,
    config: str,
    make_tasks: MakeTasks,
    tmp_path: Path,
    run: Callable[..., tuple[int, str, str]],
) -> None:
    """One passage coded, one skipped, the rest open; what is skipped is not done."""
    made = carry_out(connection, make_tasks(10), title, config, repeat=0.3)
    project, leaver = made.report.project_id, PEOPLE[0]
    coded, skipped = (served_by_tab(accounts[0], project, made.tabs[0].id) for _ in range(2))
    assert coded == skipped
    submit(accounts[0], coded["id"], choose("practice"), 2.0)
    skipped = served_by_tab(accounts[0], project, made.tabs[0].id)
    skip(accounts[0], skipped["id"], 1.0)
    done = {which(coded["data"])}
    others = served_by_tab(accounts[1], project, made.tabs[1].id)
    submit(accounts[1], others["id"], choose("practice"), 2.0)

    (tmp_path / "tasks.json").write_text(json.dumps(make_tasks(10)), encoding="utf-8")
    (tmp_path / "people.txt").write_text("\n".join(one.email for one in PEOPLE[1:]), encoding="utf-8")
    (tmp_path / "config.xml").write_text(config, encoding="utf-8")
    again = ("assign", "tasks.json", "--annotators", "people.txt", "--overlap", "3", "--project", title,
             "--config", "config.xml", "--format", "csv")  # fmt: skip
    code, _, err = run(*again)
    assert (code, f"{leaver.email} is not in the list, and keeps" in err) == (0, True)
    assert assigned_to(connection, project, leaver) == set(own(made.plan, leaver))
    code, out, err = run(*again, "--hand-on")
    assert code == 0, err
    open_passages = len(
        [which_ for which_ in own(made.plan, leaver) if which_ not in done and which_[1] == 1]
    )
    assert f"{open_passages} passages of {leaver.email} left open: given to others" in err
    assert f" of {leaver.email} left open: dropped" in err

    plan = read_plan(task.data for task in take_inventory(connection, project).tasks)
    assert assigned_to(connection, project, leaver) == done
    assert set(plan[plan["round"] == 1].groupby("item").size()) == {3}
    assert served_by_tab(accounts[0], project, made.tabs[0].id) is None
    served = set()
    while (task := served_by_tab(accounts[1], project, made.tabs[1].id)) is not None:
        served.add(which(task["data"]))
        submit(accounts[1], task["id"], choose("incident"), 2.0)
    assert served == assigned_to(connection, project, PEOPLE[1]) - {which(others["data"])}
    before = sorted((t.task_id, str(t.data)) for t in take_inventory(connection, project).tasks)
    assert run(*again, "--hand-on")[:2] == (0, out)
    assert sorted((t.task_id, str(t.data)) for t in take_inventory(connection, project).tasks) == before
    passages = read_passages(export_tasks(connection, project), 3, people(connection))
    assert {len(one.assigned) - one.wanted for one in passages} == {0}  # also of what was dropped


def test_a_push_leaves_what_is_assigned_as_it_is(
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    tmp_path: Path,
    run: Callable[..., tuple[int, str, str]],
) -> None:
    made = carry_out(connection, make_tasks(6), title, config)
    before = take_inventory(connection, made.report.project_id)
    (tmp_path / "config.xml").write_text(config, encoding="utf-8")
    (tmp_path / "tasks.json").write_text(json.dumps(make_tasks(6)), encoding="utf-8")
    command = ("push", "tasks.json", "--project", title, "--config", "config.xml")
    code, _, err = run(*command)
    assert (code, "they are assigned: 3 annotators code each, not 2" in err) == (0, True)
    (tmp_path / "tasks.json").write_text(json.dumps(make_tasks(8)), encoding="utf-8")
    code, _, err = run(*command)
    assert (code, err.count("\n")) == (1, 1)
    assert "2 of those to push are not: p00006, p00007; give them out with annotate assign" in err
    assert take_inventory(connection, made.report.project_id) == before


def test_a_tab_that_was_changed_is_put_right_and_stands_before_others(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    project = push(
        make_tasks(3), project=title, config=config, overlap=1, instructions="", connection=connection
    ).project_id
    connection.ask(
        "POST", "api/dm/views/", "making a tab", json={"project": project, "data": {"title": "Default"}}
    )
    first = ensure_tabs(connection, project, ["ann-a", "ann-b"], SALT)
    changed = connection.get(f"api/dm/views/{first[0].id}/", "reading a tab")["data"]
    twin = connection.get(f"api/dm/views/{first[1].id}/", "reading a tab")["data"]
    connection.ask("POST", "api/dm/views/", "making a tab", json={"project": project, "data": twin})
    changed["filters"]["items"] = []
    connection.ask(
        "PATCH", f"api/dm/views/{first[0].id}/", "changing a tab", json={"project": project, "data": changed}
    )
    assert ensure_tabs(connection, project, ["ann-a", "ann-b"], SALT) == first
    views = connection.get("api/dm/views/", "listing the tabs", project=project)
    assert [one["data"]["title"] for one in views] == ["Use your link", "ann-a", "ann-b", "Default"]
    assert [one["data"]["filters"]["items"][0]["value"] for one in views[:3]] == [
        f"|nobody:{SALT}|",
        "|ann-a|",
        "|ann-b|",
    ]
    hidden = views[1]["data"]["hiddenColumns"]
    assert hidden["explore"] == hidden["labeling"]
    assert {"tasks:data.source", "tasks:annotators", "tasks:annotations_results"} <= set(hidden["explore"])
    assert "tasks:data.text" not in hidden["explore"]


def test_a_passage_assigned_by_other_means_stops_before_anything_is_pushed(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    push(
        make_tasks(2, assigned="everybody, please"), project=title, config=config, overlap=1, instructions="",
        connection=connection,
    )  # fmt: skip
    with pytest.raises(InputError, match="assigned 'everybody, please' is not what annotate assign writes"):
        carry_out(connection, make_tasks(5), title, config)
    assert find_project(connection, title).tasks == 2


def test_a_skipped_passage_is_not_served_again_to_who_skipped_it(
    connection: Connection, accounts: list[Connection], title: str, config: str, make_tasks: MakeTasks
) -> None:
    made = carry_out(connection, make_tasks(5), title, config, repeat=0.0)
    project, tab = made.report.project_id, made.tabs[0].id
    seen = []
    while (task := served_by_tab(accounts[0], project, tab)) is not None:
        seen.append(which(task["data"]))
        skip(accounts[0], task["id"], 1.0)
    assert seen == own(made.plan, PEOPLE[0])
    assert next_task(accounts[1], project) is not None


# ------------------------------------------------------------------ in a real browser


@pytest.mark.browser
@pytest.mark.parametrize("habit", ["all", "filtered", None])
def test_the_link_serves_just_the_assigned_passages(
    habit: str | None,
    log_in: Callable[[str], Page],
    connection: Connection,
    accounts: list[Connection],
    title: str,
    config: str,
    make_tasks: MakeTasks,
) -> None:
    """Also in a browser in which "Label All Tasks" was pressed once, which Label Studio remembers."""
    tasks = make_tasks(10)
    made = carry_out(connection, tasks, title, config)
    project = made.report.project_id
    for task in take_inventory(connection, project).tasks[::2]:
        submit(accounts[1], task.task_id, choose("practice"), 1.0)
    mine = accounts[0].user_id
    page = log_in("ada")
    if habit:
        page.evaluate("habit => localStorage.setItem('dm:labelstream:mode', habit)", habit)
    served: list[tuple[str, int]] = []
    others: list[str] = []

    def listen(answer: Response) -> None:
        if "/api/" not in answer.url or "json" not in answer.headers.get("content-type", ""):
            return
        text = answer.text()
        if "id=next_task" in answer.url and answer.ok:
            served.append(which(json.loads(text)["data"]))
        if "completed_by" in text and any(name != mine for name in _annotators(json.loads(text))):
            others.append(answer.url)

    page.on("response", listen)
    page.goto(made.tabs[0].link)
    done = page.get_by_text("No More Tasks Left in Queue")
    for identity, _ in own(made.plan, PEOPLE[0]):
        text = next(one["data"]["text"] for one in tasks if one["data"]["passage_id"] == identity)
        expect(page.get_by_text(text, exact=True)).to_be_visible()
        expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
        assert "Gazette" not in page.inner_text("body")
        assert "Harbour Post" not in page.inner_text("body")
        page.keyboard.press("1")
        expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text(text, exact=True)).to_be_hidden()
    expect(done).to_be_visible()
    assert served == own(made.plan, PEOPLE[0])
    assert others == []


def _annotators(said: Any) -> list[Any]:
    """Whoever is named as an annotator, anywhere in an answer."""
    if isinstance(said, dict):
        name = said.get("completed_by")
        name = name.get("id") if isinstance(name, dict) else name
        inner = [one for value in said.values() for one in _annotators(value)]
        return inner if name is None else [name, *inner]
    return [one for value in said for one in _annotators(value)] if isinstance(said, list) else []


@pytest.mark.browser
def test_without_the_link_a_project_serves_nothing(
    log_in: Callable[[str], Page],
    connection: Connection,
    accounts: list[Connection],
    title: str,
    config: str,
    make_tasks: MakeTasks,
) -> None:
    made = carry_out(connection, make_tasks(4), title, config)
    page = log_in("ben")
    page.goto(f"{connection.url}/projects/{made.report.project_id}/data")
    page.get_by_role("button", name="Label All Tasks").click()
    expect(page.get_by_text("No More Tasks Left in Queue")).to_be_visible()
    page.goto(f"{connection.url}/projects/{made.report.project_id}/data?labeling=1")
    expect(page.get_by_text("No More Tasks Left in Queue")).to_be_visible()


# ------------------------------------------------------------------ the command line


def test_accounts_are_made_once_and_their_passwords_shown_once(
    connection: Connection, tmp_path: Path
) -> None:
    listed = tmp_path / "people.txt"
    listed.write_text("gus@example.org\nHedda,hedda@example.org\n", encoding="utf-8")
    first = CliRunner().invoke(app, ["annotators", "add", str(listed)])
    assert first.exit_code == 0, first.output
    logins = dict(line.split("\t") for line in first.stdout.splitlines())
    assert set(logins) == {"gus@example.org", "hedda@example.org"}
    assert create_account(connection, "gus@example.org", logins["gus@example.org"]).email == "gus@example.org"
    assert not any(password in first.stderr for password in logins.values())

    listed.write_text("gus@example.org\nhedda@example.org\nivo@example.org\n", encoding="utf-8")
    secret = tmp_path / "passwords.csv"
    second = CliRunner().invoke(app, ["annotators", "add", str(listed), "-o", str(secret)])
    assert second.exit_code == 0, second.output
    assert second.stdout == ""
    assert "gus@example.org: has an account already" in second.stderr
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    header, row = secret.read_text(encoding="utf-8").splitlines()
    assert header == "email,password"
    email, password = row.split(",")
    assert email == "ivo@example.org"
    assert password not in second.output
    assert create_account(connection, email, password).id
    third = CliRunner().invoke(app, ["annotators", "add", str(listed), "-o", str(tmp_path / "none.csv")])
    assert third.exit_code == 0
    assert not (tmp_path / "none.csv").exists()
    with pytest.raises(InputError, match=r"passwords\.csv: exists already, and may hold passwords"):
        CliRunner().invoke(app, ["annotators", "add", str(listed), "-o", str(secret)], catch_exceptions=False)


def test_another_server_gets_its_invitation_link(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, accounts: list[Connection]
) -> None:
    token = accounts[0].ask("GET", "api/current-user/token", "asking for the token")["token"]
    monkeypatch.setenv("LABEL_STUDIO_URL", connection.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", token)
    listed = tmp_path / "people.txt"
    listed.write_text("jon@example.org\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["annotators", "add", str(listed)])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{connection.url}/user/signup/?token=")
    assert "jon@example.org" not in people(connection).values()


def test_assign_prints_the_links(
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    tmp_path: Path,
    accounts: list[Connection],
) -> None:
    (tmp_path / "config.xml").write_text(config, encoding="utf-8")
    (tmp_path / "tasks.json").write_text(json.dumps(make_tasks(6)), encoding="utf-8")
    (tmp_path / "people.csv").write_text(
        "ada@example.org\nkim@example.org\nben@example.org\n", encoding="utf-8"
    )
    command = [
        *(
            "assign",
            str(tmp_path / "tasks.json"),
            "--annotators",
            str(tmp_path / "people.csv"),
            "--overlap",
            "2",
        ),
        *(
            "--project",
            title,
            "--config",
            str(tmp_path / "config.xml"),
            "--format",
            "json",
            "--repeat",
            "0.5",
        ),
        *("-o", str(tmp_path / "assigned.json"), "--plan", str(tmp_path / "plan.csv")),
    ]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert [row["email"] for row in rows] == ["ada@example.org", "kim@example.org", "ben@example.org"]
    assert [(row["passages"], row["repeats"]) for row in rows] == [(4, 2)] * 3
    assert all(row["link"].endswith("&labeling=1") for row in rows)
    assert "6 passages: 4 an annotator, 2 shared by every two" in result.stderr
    assert "without an account yet: kim@example.org" in result.stderr
    written = json.loads((tmp_path / "assigned.json").read_text(encoding="utf-8"))
    assert len(written) == 9
    assert "@" not in (tmp_path / "assigned.json").read_text(encoding="utf-8")
    assert "@" not in (tmp_path / "plan.csv").read_text(encoding="utf-8")
    again = CliRunner().invoke(app, command)
    assert again.stdout == result.stdout
    assert "0 tasks pushed, 9 were there already" in again.stderr
    to_read = CliRunner().invoke(app, ["table" if word == "json" else word for word in command])
    assert {row["link"] for row in rows} <= set(to_read.stdout.splitlines())  # each alone on a line
    assert "--messages and a folder" in to_read.stderr


def test_messages_are_ready_to_send_and_a_pushed_assignment_is_completed(
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    tmp_path: Path,
    accounts: list[Connection],
) -> None:
    """Assigned offline and pushed, the project does not know to whom, and says so; assign puts it right."""
    (tmp_path / "config.xml").write_text(config, encoding="utf-8")
    (tmp_path / "tasks.json").write_text(json.dumps(make_tasks(4)), encoding="utf-8")
    (tmp_path / "people.csv").write_text("Ada,ada@example.org\nLew,lew@example.org\n", encoding="utf-8")
    (tmp_path / "passwords.csv").write_text(
        "email,password\nada@example.org,not-guessed-yet\n", encoding="utf-8"
    )

    def asked(*words: object) -> Any:
        return CliRunner().invoke(app, [str(word) for word in words])

    listed = ("--annotators", tmp_path / "people.csv", "--overlap", 1)
    placed = ("--project", title, "--config", tmp_path / "config.xml")
    offline = asked("assign", tmp_path / "tasks.json", *listed, "-o", tmp_path / "assigned.json")
    assert offline.exit_code == 0, offline.output
    pushed = asked("push", tmp_path / "assigned.json", *placed)
    assert pushed.exit_code == 0, pushed.output
    assert "warning: nobody has a link to what is assigned to them" in pushed.stderr
    assert "the project does not know to whom" in asked("status", title).stderr
    messages = ("--messages", tmp_path / "messages", "--passwords", tmp_path / "passwords.csv")
    made = asked("assign", tmp_path / "assigned.json", *listed, *placed, *messages, "--format", "json")
    assert made.exit_code == 0, made.output
    assert "0 tasks pushed, 4 were there already" in made.stderr
    assert (
        f"{tmp_path / 'messages'}: 2 messages, with links and addresses, for you alone to send" in made.stderr
    )
    assert "does not know to whom" not in asked("status", title).stderr
    assert "warning" not in asked("push", tmp_path / "assigned.json", *placed).stderr
    links = {row["email"]: row["link"] for row in json.loads(made.stdout)}
    for email, alone in (
        ("ada@example.org", [links["ada@example.org"], "ada@example.org", "not-guessed-yet"]),
        ("lew@example.org", [links["lew@example.org"], "lew@example.org"]),
    ):
        place = tmp_path / "messages" / f"{email}.txt"
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        lines = place.read_text("utf-8").splitlines()
        assert [line for line in lines if line in alone] == alone
        assert "You have 2 passages to code" in "".join(lines)
    assert "/user/signup/" in place.read_text("utf-8")  # who has no account makes one
    again = asked("assign", tmp_path / "assigned.json", *listed, *placed, *messages)
    assert "exists already, and may hold passwords; name a new folder" in str(again.exception)
