"""What recurs can be put into tasks, where it changes nothing else."""

import json
import subprocess
import sys

import pandas as pd

from annotate.corpus import read_tasks
from annotate.files import bundled
from annotate.provenance import quantities, reuse
from annotate.provenance.profiles import with_findings
from annotate.study.passages import passages_of

TASKS = read_tasks(bundled("tasks/example.json"))


def test_every_finding_is_in_the_data_of_its_task_and_nothing_else_changes():
    before = json.dumps(TASKS)
    tasks = with_findings(TASKS)
    assert json.dumps(TASKS) == before
    passages = passages_of(TASKS)
    figures, pairs = quantities(passages), reuse(passages)
    data = {task["data"]["passage_id"]: task["data"] for task in tasks}
    assert sum(len(one.get("quantities", [])) for one in data.values()) == len(figures) > 40
    assert sum(len(one.get("reuse", [])) for one in data.values()) == 2 * len(pairs) > 16
    for one, old in zip(tasks, TASKS, strict=True):
        assert {k: v for k, v in one["data"].items() if k not in ("quantities", "reuse")} == old["data"]
        for figure in one["data"].get("quantities", []):
            start = one["data"]["start"]
            assert one["data"]["text"][figure["start"] - start : figure["end"] - start] == figure["surface"]
    pair = pairs.iloc[0]
    shared = data[pair["a_item"]]["reuse"][0]
    assert (shared["passage_id"], shared["their_start"]) == (pair["b_item"], pair["b_start"])


def test_what_is_added_is_json_and_found_again_it_is_the_same():
    tasks = with_findings(TASKS)
    assert json.loads(json.dumps(tasks, allow_nan=False)) == tasks
    pd.testing.assert_frame_equal(passages_of(tasks), passages_of(TASKS))
    assert with_findings(tasks) == tasks


def test_ingest_adds_findings_only_when_asked(tmp_path):
    files = [bundled(f"tasks/example/{name}.txt") for name in ("kestwire", "varrinsk-observer")]
    for name, extra in (("bare", []), ("rich", ["--annotate-reuse"])):
        words = [sys.executable, "-m", "annotate", "ingest", *files, "-o", f"{name}.json", *extra]
        subprocess.run(words, check=True, cwd=tmp_path, capture_output=True)
    bare, rich = (read_tasks(tmp_path / f"{name}.json") for name in ("bare", "rich"))
    assert not any({"reuse", "quantities"} & set(task["data"]) for task in bare)
    assert rich == with_findings(bare) != bare
