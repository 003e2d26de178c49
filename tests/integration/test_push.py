"""Push: each passage exactly once, whatever happens on the way."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotate.codebook.read import config_hash
from annotate.errors import ConfigError, InputError, ServerError
from annotate.studio.accounts import label_stream, next_task, skip, submit
from annotate.studio.client import Connection, connect
from annotate.studio.projects import MADE_BY, all_projects, export_tasks, find_project, list_tasks
from annotate.studio.pull import look
from annotate.studio.push import PushReport, push
from annotate.study.study import read_study
from tests.patience import PATIENCE_SECONDS, until

pytestmark = pytest.mark.server

MakeTasks = Callable[..., list[dict[str, Any]]]
RESULT = [
    {"from_name": "claim_type", "to_name": "text", "type": "choices", "value": {"choices": ["incident"]}}
]
INSTRUCTIONS = "<h2>Before you begin</h2><p>Code only from the words shown.</p>"


def place(
    connection: Connection, tasks: list[dict[str, Any]], title: str, config: str, **more: Any
) -> PushReport:
    settings = {"overlap": 2, "instructions": INSTRUCTIONS, **more}
    return push(tasks, project=title, config=config, connection=connection, **settings)


def standing(connection: Connection, title: str) -> list[dict[str, Any]]:
    return list_tasks(connection, find_project(connection, title).id, "data", "overlap")


def passages(connection: Connection, title: str) -> Counter[str]:
    return Counter(task["data"]["passage_id"] for task in standing(connection, title))


def test_push_twice(connection: Connection, title: str, config: str, make_tasks: MakeTasks) -> None:
    tasks = make_tasks(12)
    said: list[tuple[int, int]] = []
    first = place(
        connection, tasks, title, config, on_progress=lambda done, total: said.append((done, total))
    )
    assert (first.created, first.already_there, first.title) == (12, 0, title)
    assert said == [(0, 12), (12, 12)]
    again = place(connection, tasks, title, config)
    assert (again.created, again.already_there, again.updated) == (0, 12, 0)
    more = place(connection, make_tasks(15), title, config)
    assert (more.created, more.already_there) == (3, 12)
    assert passages(connection, title) == Counter(f"p{n:05}" for n in range(15))
    stands = standing(connection, title)
    assert [task["data"]["passage_id"] for task in stands] == sorted(passages(connection, title))
    for task, wanted in zip(stands, make_tasks(15), strict=True):
        assert task["data"] == {**wanted["data"], "config_sha256": config_hash(config)}


def test_the_projects_settings(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    report = place(connection, make_tasks(1), title, f'<?xml version="1.0" encoding="utf-8"?>\n{config}')
    said = connection.get(f"api/projects/{report.project_id}/", "reading")
    assert config_hash(said["label_config"]) == config_hash(config)
    assert said["maximum_annotations"] == 2
    assert said["expert_instruction"] == INSTRUCTIONS
    assert said["show_instruction"]
    assert said["show_skip_button"]
    assert said["sampling"] == "Sequential sampling"
    assert not said["show_collab_predictions"]
    assert report.url == f"{connection.url}/projects/{report.project_id}"


@pytest.mark.parametrize("start", ["POST /api/projects/ ", "POST /api/projects/{}/import"])
@pytest.mark.parametrize("how", ["reply", "request"])
def test_a_broken_connection(
    start: str,
    how: str,
    through_proxy: Connection,
    proxy: Any,
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    does_not_act: None,
) -> None:
    """The request is lost, or its reply after the server did it: both end with each passage once."""
    if "{}" in start:
        project = place(connection, make_tasks(1), title, config).project_id
        start = start.format(project)
    proxy.spoil(start, how)
    try:
        place(through_proxy, make_tasks(5), title, config)
    except ServerError:
        assert how == "request"
        assert "import" not in start  # a project that was not made is not made behind one's back
        place(through_proxy, make_tasks(5), title, config)
    assert proxy.answered.is_set() == (how == "reply")
    assert passages(connection, title) == Counter(f"p{n:05}" for n in range(5))
    assert [p.title for p in all_projects(connection)].count(title) == 1


def test_a_connection_that_stays_broken(
    through_proxy: Connection,
    proxy: Any,
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    does_not_act: None,
) -> None:
    project = place(connection, make_tasks(1), title, config).project_id
    start = f"POST /api/projects/{project}/import"
    proxy.spoil(start, "request", times=100)
    with pytest.raises(ServerError, match="the connection broke while importing the passages"):
        place(through_proxy, make_tasks(5), title, config)
    assert sum(line.startswith(start.encode()) for line in proxy.seen) == 3
    assert passages(connection, title) == Counter(["p00000"])
    assert place(connection, make_tasks(5), title, config).created == 4


def listings(proxy: Any) -> int:
    return sum(line.startswith(b"GET /api/tasks/?") for line in proxy.seen)


def act_after(proxy: Any, more: int) -> None:
    """Let the server act once the tasks have been listed so many times more."""
    wanted = listings(proxy) + more
    until(lambda: listings(proxy) >= wanted, "nobody looks for the tasks")
    proxy.release.set()


def test_a_server_that_acts_after_its_reply_was_lost(
    through_proxy: Connection,
    proxy: Any,
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However often the tasks are listed and not there, they are not sent again before the time is over."""
    monkeypatch.setattr("annotate.studio.late._LONGEST_LOOK", 0.1)
    monkeypatch.setattr("annotate.studio.late.ACTS_SECONDS", PATIENCE_SECONDS)
    project = place(connection, make_tasks(1), title, config).project_id
    start = f"POST /api/projects/{project}/import"
    proxy.spoil(start, "late")
    acting = threading.Thread(target=act_after, args=(proxy, 6))
    said: list[str] = []
    acting.start()
    report = place(replace(through_proxy, tell=said.append), make_tasks(23), title, config)
    acting.join()
    assert (report.created, report.copies_removed, report.doubled) == (22, 0, ())
    assert sum(line.startswith(start.encode()) for line in proxy.seen) == 1
    assert passages(connection, title) == Counter(f"p{n:05}" for n in range(23))
    assert said[0].startswith("the reply was lost, and the server may still act: looking for 22 passages")
    assert said[1:] == ["22 passages are there"]


def test_a_server_that_acts_after_the_push_was_killed(
    through_proxy: Connection,
    proxy: Any,
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annotate.studio.late._LONGEST_LOOK", 0.1)
    monkeypatch.setattr("annotate.studio.late.ACTS_SECONDS", PATIENCE_SECONDS)
    tasks = make_tasks(40)
    project = place(connection, tasks[:1], title, config).project_id
    start = f"POST /api/projects/{project}/import".encode()
    proxy.spoil(start.decode(), "late")
    process = pusher(connection, proxy.url, tasks, title, config)
    until(lambda: any(line.startswith(start) for line in proxy.seen), "nothing is imported")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    acting = threading.Thread(target=act_after, args=(proxy, 6))
    said: list[str] = []
    acting.start()
    report = place(replace(through_proxy, tell=said.append), tasks, title, config)
    acting.join()
    assert (report.created, report.already_there) == (0, 40)
    assert set(passages(connection, title).values()) == {1}
    assert said[0].startswith("a former push broke off, and the server may still act on it")
    said.clear()
    assert place(replace(through_proxy, tell=said.append), tasks, title, config).already_there == 40
    assert said == []


def test_a_request_that_is_doubled_on_its_way(
    through_proxy: Connection,
    proxy: Any,
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
) -> None:
    """Two projects come of one request, or each passage twice: both are put right by the same push."""
    said: list[str] = []
    proxy.spoil("POST /api/projects/ ", "doubled")
    report = place(replace(through_proxy, tell=said.append), make_tasks(3), title, config)
    assert [p.id for p in all_projects(connection) if p.title == title] == [report.project_id]
    assert "empty and made by a push, was deleted" in said[0]
    proxy.spoil(f"POST /api/projects/{report.project_id}/import", "doubled")
    assert place(through_proxy, make_tasks(5), title, config).copies_removed == 2
    assert passages(connection, title) == Counter(f"p{n:05}" for n in range(5))


def test_a_second_project_that_comes_late(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    """A later push removes it if it is empty and a push has made it; in the meantime all others pass over it."""
    project = place(connection, make_tasks(2), title, config).project_id

    def second(**more: object) -> int:
        made = {"title": title, "label_config": config, **more}
        reply = connection.ask("POST", "api/projects/", "making a project", json=made)
        assert isinstance(reply, dict)
        return int(reply["id"])

    spare = second(description=f"{MADE_BY}0123")
    assert find_project(connection, title).id == project
    assert place(connection, make_tasks(3), title, config).created == 1
    assert spare not in {one.id for one in all_projects(connection)}
    by_hand = second()
    with pytest.raises(ServerError, match=f"2 projects of this title .*: {project}, {by_hand}"):
        place(connection, make_tasks(3), title, config)
    full = second(description=f"{MADE_BY}4567")
    import_raw(connection, full, [{"data": {"text": "by hand"}}])
    connection.ask("DELETE", f"api/projects/{by_hand}/", "deleting")
    with pytest.raises(ServerError, match="2 projects"):
        place(connection, make_tasks(3), title, config)
    assert {project, full} <= {one.id for one in all_projects(connection)}


PUSHER = """
import json, sys
from annotate.studio.client import connect
from annotate.studio import push as module
tasks, config, title, url, token = json.load(sys.stdin)
module.BATCH_TASKS = 50
with connect(url, token) as connection:
    print("connected", flush=True)
    module.push(tasks, project=title, config=config, overlap=2, instructions="", connection=connection,
                on_progress=lambda done, total: print(done, flush=True))
"""


def pusher(connection: Connection, url: str, tasks: list[Any], title: str, config: str) -> Any:
    token = connection._sdk._client_wrapper._tokens_client._api_key
    process = subprocess.Popen(
        [sys.executable, "-c", PUSHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    json.dump([tasks, config, title, url, token], process.stdin)
    process.stdin.close()
    return process


@pytest.mark.parametrize("killed_at", ["connected", "0", "50", "150"])
def test_kill_9_in_the_middle(
    killed_at: str,
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annotate.studio.late.ACTS_SECONDS", 20.0)
    tasks = make_tasks(200)
    process = pusher(connection, connection.url, tasks, title, config)
    for line in process.stdout:
        if line.strip() == killed_at:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    report = place(connection, tasks, title, config)
    assert report.created + report.already_there == 200
    assert passages(connection, title) == Counter(task["data"]["passage_id"] for task in tasks)


def test_kill_9_after_the_server_did_it_and_before_it_could_say_so(
    connection: Connection, proxy: Any, title: str, config: str, make_tasks: MakeTasks
) -> None:
    tasks = make_tasks(60)
    project = place(connection, tasks[:1], title, config).project_id
    proxy.spoil(f"POST /api/projects/{project}/import", "hold")
    process = pusher(connection, proxy.url, tasks, title, config)
    assert proxy.held.wait(PATIENCE_SECONDS)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    report = place(connection, tasks, title, config)
    assert report.already_there == 51
    assert set(passages(connection, title).values()) == {1}


def test_two_pushes_at_once(connection: Connection, title: str, config: str, make_tasks: MakeTasks) -> None:
    tasks = make_tasks(300)
    both = [pusher(connection, connection.url, tasks, title, config) for _ in range(2)]
    for process in both:
        assert process.wait(PATIENCE_SECONDS) == 0
        process.stdout.close()
    assert passages(connection, title) == Counter(task["data"]["passage_id"] for task in tasks)
    assert [p.title for p in all_projects(connection)].count(title) == 1


def import_raw(connection: Connection, project: int, tasks: list[dict[str, Any]]) -> None:
    connection.ask("POST", f"api/projects/{project}/import", "importing", json=tasks)


def test_untouched_copies_are_removed_and_others_are_named(
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    tmp_path: Path,
    run: Callable[..., tuple[int, str, str]],
) -> None:
    report = place(connection, make_tasks(4), title, config)
    copies = [{"data": task["data"]} for task in standing(connection, title)[:2]]
    import_raw(connection, report.project_id, copies)
    worked = next(t for t in standing(connection, title)[4:] if t["data"]["passage_id"] == "p00001")
    submit(connection, worked["id"], RESULT, 1.0)
    again = place(connection, make_tasks(4), title, config)
    assert again.copies_removed == 2
    assert set(passages(connection, title).values()) == {1}
    assert worked["id"] in {task["id"] for task in standing(connection, title)}  # the work is kept
    import_raw(connection, report.project_id, copies[1:])
    submit(connection, max(task["id"] for task in standing(connection, title)), RESULT, 1.0)
    assert place(connection, make_tasks(4), title, config).doubled == ("p00001",)
    assert passages(connection, title)["p00001"] == 2
    warned = {one.kind: one for one in look(title, connection).followed().warnings}
    assert warned["stands_twice"].passages == ("p00001",)
    assert "of 1 several copies have been worked on" in warned["stands_twice"].message
    tasks_file = tmp_path / "tasks.json"
    tasks_file.write_text(json.dumps(make_tasks(4)))
    config_file = tmp_path / "config.xml"
    config_file.write_text(config)
    code, _, told = run("push", tasks_file, "--project", title, "--overlap", 2, "--config", config_file)
    assert code == 0
    assert "warning: 1 passage stands more than once, and several copies have been worked on: p00001" in told
    code, _, told = run("pull", title, "--output", tmp_path / "exports")
    assert code == 0
    assert "caution: tasks " in told
    assert len(read_study(next((tmp_path / "exports").iterdir())).ratings) == 2


def test_a_copy_with_a_draft_is_the_one_that_stays(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    report = place(connection, make_tasks(1), title, config)
    import_raw(connection, report.project_id, [{"data": standing(connection, title)[0]["data"]}])
    first, second = (task["id"] for task in standing(connection, title))
    draft = {"result": RESULT, "lead_time": 1}
    connection.ask("POST", f"api/tasks/{second}/drafts", "drafting", json=draft)
    assert place(connection, make_tasks(1), title, config).copies_removed == 1
    assert [task["id"] for task in standing(connection, title)] == [second]
    assert first != second


def test_tasks_of_others_are_let_be(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    report = place(connection, make_tasks(2), title, config)
    import_raw(connection, report.project_id, [{"data": {"text": "by hand"}}])
    assert place(connection, make_tasks(3), title, config).foreign == 1
    assert len(standing(connection, title)) == 4


def test_another_text_under_the_same_id(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    place(connection, make_tasks(2), title, config)
    changed = make_tasks(4)
    changed[1]["data"]["text"] = "Something else."
    with pytest.raises(ServerError, match=r"1 passage is there with another text .*p00001 \(task"):
        place(connection, changed, title, config)
    assert passages(connection, title) == Counter(["p00000", "p00001"])


def test_other_data_is_updated_but_not_what_annotators_saw(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    both = '<!-- not $published --><Text name="before" value="$before"/><Text name="text"'
    shown = config.replace('<Text name="text"', both)
    report = place(connection, make_tasks(2), title, shown)
    task, other = standing(connection, title)
    kept = {**task["data"], "assigned": "|ada|"}
    for one in (task, other):
        data = {**one["data"], "assigned": "|ada|"}
        connection.ask("PATCH", f"api/tasks/{one['id']}/", "assigning", json={"data": data})
    submit(connection, task["id"], RESULT, 1.0)
    again = place(connection, make_tasks(2, published="2026-03-01"), title, shown)
    assert (again.updated, again.created) == (2, 0)
    assert standing(connection, title)[0]["data"] == {**kept, "published": "2026-03-01"}
    with pytest.raises(ServerError, match=r"shown otherwise .*: p00000 \(task [0-9]+\): before;"):
        place(connection, make_tasks(3, before="Seen by nobody."), title, shown)
    assert find_project(connection, report.project_id).tasks == 2


def test_a_changed_config(connection: Connection, title: str, config: str, make_tasks: MakeTasks) -> None:
    other = config.replace('<Choice value="practice"/>', '<Choice value="pattern"/>')
    made_with = make_tasks(3, config_sha256=config_hash(config))
    assert place(connection, made_with, title, config).rehashed == 0
    replaced = place(connection, made_with, title, other)  # nothing is annotated yet
    assert (replaced.rehashed, replaced.updated) == (3, 3)
    assert config_hash(find_project(connection, title).config) == config_hash(other)
    assert {t["data"]["config_sha256"] for t in standing(connection, title)} == {config_hash(other)}
    skip(connection, standing(connection, title)[0]["id"], 1.0)
    with pytest.raises(ServerError, match="the label config changed, and 1 annotation was made"):
        place(connection, made_with, title, config)
    with pytest.raises(ServerError, match=r"made with another label config than the project's: 3 tasks"):
        place(connection, made_with, title, other)
    assert config_hash(find_project(connection, title).config) == config_hash(other)
    # changed in the browser under annotations: the tasks know what they were annotated with
    project = find_project(connection, title).id
    connection.ask("PATCH", f"api/projects/{project}/", "changing", json={"label_config": config})
    with pytest.raises(ServerError, match="1 passage was annotated with another label config"):
        place(connection, make_tasks(3), title, config)


def test_the_overlap_reaches_tasks_that_stand_there(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    report = place(connection, make_tasks(4), title, config)
    for overlap in (3, 1, 2):
        place(connection, make_tasks(4), title, config, overlap=overlap)
        assert {task["overlap"] for task in standing(connection, title)} == {overlap}
    # one made by hand in the middle of others, with an overlap of its own
    data = {**make_tasks(5)[4]["data"], "config_sha256": config_hash(config)}
    task = {"data": data, "project": report.project_id}
    connection.ask("POST", "api/tasks/", "making a task", json=task)
    assert sorted(task["overlap"] for task in standing(connection, title)) == [1, 2, 2, 2, 2]
    place(connection, make_tasks(5), title, config)
    assert {task["overlap"] for task in standing(connection, title)} == {2}


def who(connection: Connection, project: int) -> list[list[int]]:
    tasks = export_tasks(connection, project)
    return [[one["completed_by"] for one in task["annotations"]] for task in tasks]


def test_exactly_so_many_annotators_get_each_passage(
    connection: Connection, annotators: list[Connection], title: str, config: str, make_tasks: MakeTasks
) -> None:
    project = place(connection, make_tasks(7), title, config).project_id
    streams = [(annotator, label_stream(annotator, project)) for annotator in annotators]
    while streams:
        for annotator, stream in list(streams):
            task = next(stream, None)
            if task is None:
                streams.remove((annotator, stream))
            else:
                assert not task["annotations"]  # blind
                submit(annotator, task["id"], RESULT, 2.0)
    assert [(len(persons), len(set(persons))) for persons in who(connection, project)] == [(2, 2)] * 7
    assert all(next_task(annotator, project) is None for annotator in annotators)


def test_annotators_at_the_same_time(
    connection: Connection, annotators: list[Connection], title: str, config: str, make_tasks: MakeTasks
) -> None:
    """Label Studio may serve a task to one more when all ask at the same instant, never to fewer."""
    project = place(connection, make_tasks(9), title, config).project_id
    errors: list[ServerError] = []

    def work(annotator: Connection) -> None:
        try:
            for task in label_stream(annotator, project):
                submit(annotator, task["id"], RESULT, 2.0)
        except ServerError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(annotator,)) for annotator in annotators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    for persons in who(connection, project):
        assert len(persons) == len(set(persons)) >= 2
        assert set(persons) <= {one.user_id for one in annotators}


def test_a_stream_that_is_not_answered(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    project = place(connection, make_tasks(2), title, config).project_id
    stream = label_stream(connection, project)
    next(stream)
    with pytest.raises(ServerError, match="submit or skip each task"):
        next(stream)
    with pytest.raises(ServerError, match="No Project matches"):
        next_task(connection, 10**6)


def test_a_lost_reply_to_a_submit(
    connection: Connection,
    through_proxy: Connection,
    proxy: Any,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    does_not_act: None,
) -> None:
    project = place(connection, make_tasks(1), title, config).project_id
    task = next_task(through_proxy, project)
    assert task
    for how, lead_time in (("reply", 1.5), ("request", 2.5)):
        proxy.spoil(f"POST /api/tasks/{task['id']}/annotations/", how)
        submit(through_proxy, task["id"], RESULT, lead_time)
    annotations = connection.get(f"api/tasks/{task['id']}/annotations/", "looking")
    assert sorted(one["lead_time"] for one in annotations) == [1.5, 2.5]


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ([], "no tasks to push"),
        ([{"data": {"text": "x"}}], "task 1: has no passage_id"),
        ([{"data": {"text": "x", "passage_id": "p"}}] * 2, "task 2: passage p comes twice"),
    ],
)
def test_tasks_that_cannot_be_pushed(
    connection: Connection, title: str, config: str, tasks: list[Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        place(connection, tasks, title, config)
    assert title not in {project.title for project in all_projects(connection)}


@pytest.mark.parametrize(
    ("name", "config_text", "message"),
    [
        ("ab", None, "at least 3 characters"),
        ("x" * 51, None, "no more than 50 characters"),
        ("999999", None, "a new one needs a title with a letter"),
        (
            "A bad config",
            '<View><Text name="t" value="$text"/><Choices name="c" toName="x"><Choice value="a"/></Choices></View>',
            "refused while making the project 'A bad config' .*toName",
        ),
        ("", None, "title is empty; give one of 3 to 50 characters"),
        ("  ", None, "title is empty"),
        ("two\nlines", None, "a title has no line breaks"),
    ],
)
def test_what_the_server_refuses(
    connection: Connection,
    config: str,
    make_tasks: MakeTasks,
    name: str,
    config_text: str | None,
    message: str,
) -> None:
    with pytest.raises(ServerError, match=message) as caught:
        place(connection, make_tasks(2), name, config_text or config)
    assert "\n" not in str(caught.value)


def test_a_config_that_is_no_xml(connection: Connection, title: str, make_tasks: MakeTasks) -> None:
    with pytest.raises(ConfigError, match="line 1: not well-formed"):
        place(connection, make_tasks(2), title, "<View><Text")
    assert title not in {project.title for project in all_projects(connection)}


def test_a_config_that_shows_what_the_tasks_do_not_have(
    connection: Connection, title: str, make_tasks: MakeTasks
) -> None:
    """Otherwise there would be a project without passages."""
    config = (
        '<View><Text name="t" value="$nope"/>'
        '<Choices name="c" toName="t"><Choice value="a"/><Choice value="b"/></Choices></View>'
    )
    with pytest.raises(InputError, match="task 1: passage p00000 has no 'nope', which the label config"):
        place(connection, make_tasks(2), title, config)
    with pytest.raises(InputError, match="has no 'nope'"):
        place(connection, make_tasks(2, nope=None), title, config)
    assert title not in {project.title for project in all_projects(connection)}
    assert place(connection, make_tasks(2, nope="there"), title, config).created == 2


def test_a_refused_import_does_not_quote_the_task(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    shown = config.replace("$text", "$before")
    with pytest.raises(ServerError, match="refused while importing the passages") as caught:
        place(connection, make_tasks(2, before={"a": 1}), title, shown)
    assert "passage_id" not in str(caught.value)


def test_what_was_set_in_the_browser(
    connection: Connection, title: str, config: str, make_tasks: MakeTasks
) -> None:
    """Instructions stay where the push brings none, and it says that it replaces a config."""
    made = place(connection, make_tasks(1), title, config, instructions="")
    assert not made.config_replaced
    address = f"api/projects/{made.project_id}/"
    edited = {
        "expert_instruction": "By hand.",
        "show_instruction": True,
        "label_config": config.replace('"practice"', '"habit"'),
    }
    connection.ask("PATCH", address, "editing", json=edited)
    assert place(connection, make_tasks(1), title, config, instructions="").config_replaced
    said = connection.get(address, "reading")
    assert (said["expert_instruction"], said["show_instruction"]) == ("By hand.", True)
    assert config_hash(said["label_config"]) == config_hash(config)
    place(connection, make_tasks(1), title, config)
    assert connection.get(address, "reading")["expert_instruction"] == INSTRUCTIONS


class Meddled(Connection):
    """Whoever lists the tasks finds that one is deleted after the first page, so many times."""

    def get(self, path: str, doing: str, *shape: Any, **params: Any) -> Any:
        reply = super().get(path, doing, *shape, **params)
        doomed = vars(self).setdefault("doomed", [])
        if path == "api/tasks/" and doomed:
            self.ask("DELETE", f"api/tasks/{doomed.pop()}/", "deleting a task")
        return reply


def test_tasks_that_are_deleted_between_two_pages_hide_no_others(
    connection: Connection,
    title: str,
    config: str,
    make_tasks: MakeTasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = place(connection, make_tasks(8), title, config).project_id
    numbers = [task["id"] for task in standing(connection, title)]
    monkeypatch.setattr("annotate.studio.projects.PAGE", 3)
    monkeypatch.setattr("annotate.studio.projects._PAGE_IDS", 2)
    meddled = Meddled(**vars(connection))
    vars(meddled)["doomed"] = [numbers[0]]
    assert [task["id"] for task in list_tasks(meddled, project)][3:] == numbers[3:]

    def delete(done: int, _: int) -> None:
        if done == 2:
            there = {task["id"] for task in list_tasks(connection, project)}
            if numbers[-1] in there:
                connection.ask("DELETE", f"api/tasks/{numbers[-1]}/", "deleting a task")

    exported = export_tasks(connection, project, delete)
    assert [task["id"] for task in exported] == numbers[1:-1]


def test_many_passages(connection: Connection, title: str, config: str, make_tasks: MakeTasks) -> None:
    report = place(connection, make_tasks(2500), title, config)
    assert report.created == 2500
    assert len(passages(connection, title)) == 2500


def test_an_overlap_of_none(connection: Connection, config: str, make_tasks: MakeTasks) -> None:
    with pytest.raises(InputError, match="at least one annotator"):
        place(connection, make_tasks(1), "Some title", config, overlap=0)


def test_the_embedded_server_is_found(connection: Connection, tmp_path: Path) -> None:
    assert tmp_path
    with connect() as opened:
        assert opened.embedded
        assert opened.user_id == connection.user_id
