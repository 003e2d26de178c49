"""What a real server lets into a project, and what the pull makes of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.studio.accounts import skip, submit
from annotate.studio.client import Connection
from annotate.studio.projects import list_tasks
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.study.study import read_study

pytestmark = pytest.mark.server


def chosen(category: str) -> list[dict[str, Any]]:
    return [
        {
            "id": "c1",
            "from_name": "claim_type",
            "to_name": "text",
            "type": "choices",
            "value": {"choices": [category]},
        }
    ]


def test_every_policy_on_annotations_holds_on_the_real_server(
    connection: Connection,
    annotators: list[Connection],
    make_tasks: Callable[..., list[dict[str, Any]]],
    config: str,
    title: str,
    tmp_path: Path,
) -> None:
    report = push(
        make_tasks(9), project=title, config=config, overlap=3, instructions="", connection=connection
    )
    tasks = {
        one["data"]["passage_id"]: one["id"] for one in list_tasks(connection, report.project_id, "data")
    }
    ada, ben, _ = annotators

    def post(number: int, who: Connection, **annotation: Any) -> int:
        path = f"api/tasks/{tasks[f'p{number:05}']}/annotations/"
        return int(who.ask("POST", path, "annotating", json={"lead_time": 1, **annotation})["id"])

    def task(number: int) -> int:
        return int(tasks[f"p{number:05}"])

    submit(ada, task(0), chosen("incident"), 3.0)
    edited = submit(ada, task(1), chosen("incident"), 3.0)
    ben.ask("PATCH", f"api/annotations/{edited}/", "editing another's", json={"result": chosen("practice")})
    skip(ada, task(2), 1.0)
    post(3, ada, result=chosen("incident"))
    post(3, ada, result=chosen("practice"))
    post(4, ada, result=chosen("incident"), ground_truth=True)
    starred = submit(ada, task(8), chosen("practice"), 3.0)
    ben.ask("PATCH", f"api/annotations/{starred}/", "starring another's", json={"ground_truth": True})
    imported = {
        "data": {"passage_id": "gold", "source": "S", "text": "Imported."},
        "annotations": [{"result": chosen("incident")}],
    }
    connection.ask("POST", f"api/projects/{report.project_id}/import", "importing", json=[imported])
    post(5, ada, result=chosen("rumour"))
    post(6, ada, result=[])
    post(7, ben, result=chosen("incident"), completed_by=ada.user_id)  # forged: ben posts in ada's name

    study = read_study(pull(title, output=tmp_path, connection=connection))
    assert dict(zip(study.exclusions["item"], study.exclusions["reason"], strict=True)) == {
        "p00001": "edited_by_another",
        "p00002": "cancelled",
        "p00003": "superseded",
        "gold": "ground_truth",
        "p00005": "unknown_category",
        "p00006": "empty",
        "p00007": "edited_by_another",
    }
    assert dict(zip(study.ratings["item"], study.ratings["category"], strict=True)) == {
        "p00000": "incident",
        "p00003": "practice",
        "p00004": "incident",
        "p00008": "practice",
    }
    assert set(study.ratings["annotator"]) == {f"A{ada.user_id}"}
    assert dict(zip(study.gold["item"], study.gold["category"], strict=True)) == {
        "p00004": "incident",
        "p00008": "practice",
        "gold": "incident",
    }
    assert len(study.cautions) == 1
