import json

import pandas as pd
import pytest

from annotate.errors import ExportError, InputError, TableError
from annotate.study.snapshot import write_snapshot
from annotate.study.study import read_study
from tests.export_example import CONFIG, annotation, choice, span, task

TASKS = [
    task("p1", annotation(1, 1, choice("a"), span(0, 2, "He")), annotation(2, 2, choice("b"))),
    task("p2", annotation(3, 1, choice("a"), was_cancelled=True), text="Other."),
]


@pytest.fixture
def export(tmp_path):
    (tmp_path / "config.xml").write_text(CONFIG, encoding="utf-8")
    path = tmp_path / "export.json"

    def write(tasks):
        path.write_text(tasks if isinstance(tasks, str) else json.dumps(tasks), encoding="utf-8")
        return path

    return write


@pytest.fixture
def config(tmp_path):
    return tmp_path / "config.xml"


def test_an_export_a_snapshot_and_a_table_give_the_same_ratings(export, config, tmp_path):
    from_export = read_study(export(TASKS), config=config)
    folder = write_snapshot(
        tmp_path / "exports", "one", TASKS, CONFIG, {"project": {"title": "P"}, "pulled_at": "now"}
    )
    from_snapshot = read_study(folder)
    from_table = read_study(folder / "ratings.parquet")
    pd.testing.assert_frame_equal(from_export.ratings, from_snapshot.ratings)
    pd.testing.assert_frame_equal(from_export.ratings, from_table.ratings)
    pd.testing.assert_frame_equal(from_export.spans, pd.read_parquet(folder / "spans.parquet"))
    assert from_snapshot.about["project title"] == "P"
    assert from_snapshot.exclusions["reason"].tolist() == ["cancelled"]
    assert from_snapshot.levels["kind"] == "nominal"
    assert from_snapshot.categories["kind"] == ("a", "b")
    assert from_table.levels == {}


def test_a_snapshot_says_what_it_holds(tmp_path):
    folder = write_snapshot(tmp_path / "exports", "one", TASKS, CONFIG, {"project": "P"})
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["tasks"] == 2
    assert manifest["counts"]["annotated_passages"] == 1
    assert manifest["counts"]["exclusions"] == {"cancelled": 1}
    assert set(manifest["sha256"]) == {
        "tasks.json",
        "label_config.xml",
        "ratings.parquet",
        "spans.parquet",
        "exclusions.csv",
    }
    assert json.loads((folder / "tasks.json").read_text(encoding="utf-8")) == TASKS
    assert [path.name for path in folder.parent.iterdir()] == ["one"]


def test_a_snapshot_that_was_edited_is_refused(tmp_path):
    folder = write_snapshot(tmp_path, "one", TASKS, CONFIG, {})
    (folder / "tasks.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ExportError, match=r"tasks\.json: has been changed since it was pulled"):
        read_study(folder)


def test_a_snapshot_is_never_overwritten(tmp_path):
    write_snapshot(tmp_path, "one", TASKS, CONFIG, {})
    with pytest.raises(InputError, match="exists already"):
        write_snapshot(tmp_path, "one", TASKS, CONFIG, {})


def test_a_failure_leaves_no_half_snapshot(tmp_path):
    with pytest.raises(ExportError):
        write_snapshot(tmp_path, "one", [{"data": {}}], CONFIG, {})
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write_snapshot(blocked, "one", TASKS, CONFIG, {})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        (
            [task("p1", annotation(1, 1, choice("z")))],
            r"item p1, annotator A1: annotation 1, kind: z is not in the label config",
        ),
        ([task("p1", annotation(1, 1, choice("a", name="mood")))], "mood: the label config has kind"),
        (
            [task("p1", annotation(91, 3, choice("a")), annotation(94, 3, choice("b")))],
            "item p1, annotator A3: two annotations by one annotator",
        ),
        ("[", "line 1: no JSON"),
        ("{}", "no list of tasks"),
        ("[]", "holds no task"),
    ],
)
def test_a_bad_export_is_one_clear_line(export, config, tasks, message):
    with pytest.raises(ExportError, match=message) as caught:
        read_study(export(tasks), config=config)
    assert "\n" not in str(caught.value)
    assert "export.json" in str(caught.value)


def test_invalid_answers_are_counted_on_request(export, config):
    bad = [
        task(
            "p1", annotation(1, 1, choice("z")), annotation(2, 2, choice("a")), annotation(3, 2, choice("b"))
        )
    ]
    study = read_study(export(bad), config=config, on_invalid="exclude")
    assert sorted(study.exclusions["reason"]) == ["superseded", "unknown_category"]


def test_what_is_neither_is_said(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_study(tmp_path / "gone.json")
    with pytest.raises(InputError, match="no such file"):
        read_study(tmp_path / "gone.xlsx")
    with pytest.raises(ExportError, match="no snapshot"):
        read_study(tmp_path)
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="neither a Label Studio export"):
        read_study(tmp_path / "a.txt")


def test_a_plain_table_has_its_passages(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("item,source,annotator,variable,category\np1,S,A,v,x\np1,S,B,v,y\n", encoding="utf-8")
    assert read_study(path).passages[["item", "source", "n_annotations"]].to_numpy().tolist() == [
        ["p1", "S", 2]
    ]
    path.write_text("item,source,annotator,variable,category\np1,S,A,v,x\np1,S,A,v,y\n", encoding="utf-8")
    with pytest.raises(TableError, match="item p1, annotator A, variable v: 2 ratings, rows 1 and 2"):
        read_study(path)
