import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.agreement import measure
from annotate.codebook.read import read_codebook
from annotate.consensus import with_gold
from annotate.errors import AnnotateError, ExportError, InputError, TableError
from annotate.study.exports import tabulate
from annotate.study.merging import merge
from annotate.study.snapshot import write_snapshot
from annotate.study.study import read_study
from tests.export_example import CONFIG, annotation, choice, result, span, task

TASKS = [
    task("p1", annotation(1, 1, choice("a"), span(0, 2, "He")), annotation(2, 2, choice("b"))),
    task("p2", annotation(3, 1, choice("a"), was_cancelled=True), text="Other."),
]


def stars_of(name, stars=3):
    return result(name, "rating", rating=stars)


def reason_of():
    return result("why", "textarea", text=["Because."])


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


def forge(folder, change):
    """A snapshot whose manifest says something else."""
    path = folder / "manifest.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(change(said) or said), encoding="utf-8")


def edit(folder, name="tasks.json", old='"a"', new='"b"'):
    """An edit with the fitting hash recorded, as a forger makes it."""
    path = folder / name
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    return hashlib.sha256(path.read_bytes()).hexdigest()


FORGED = {
    "no hashes": (lambda m: m.update(sha256={}), r"records no sha256 of exclusions\.csv, label_config\.xml"),
    "not of the export": (lambda m: m["sha256"].pop("tasks.json") and None, r"records no sha256 of tasks\.json"),
    "a name that climbs": (lambda m: m["sha256"].update({"../secret": "0" * 64}), r"records '\.\./secret', which no snapshot has"),
    "a place elsewhere": (lambda m: m["sha256"].update({"/etc/passwd": "0" * 64}), r"records '/etc/passwd', which no"),
    "a device": (lambda m: m["sha256"].update({"/dev/zero": "0" * 64}), r"records '/dev/zero', which no snapshot has"),
    "a name with an escape": (lambda m: m["sha256"].update({"\x1b[2J": "0" * 64}), r"records '\\x1b\[2J', which no"),
    "another config": (lambda m: m.update(config_sha256="0" * 64), r"names another label config than label_config\.xml"),
    "fewer tasks": (lambda m: m["counts"].update(tasks=1), "has 2 tasks, its manifest says 1"),
    "more ratings": (lambda m: m["counts"].update(ratings=10**30), "its manifest says 1000000"),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_manifest_is_refused(tmp_path, how):
    change, message = FORGED[how]
    folder = write_snapshot(tmp_path, "one", TASKS, CONFIG, {})
    forge(folder, change)
    with pytest.raises(ExportError, match=message) as caught:
        read_study(folder)
    assert "\n" not in str(caught.value)


def test_a_config_that_was_changed_together_with_its_hash_is_refused(tmp_path):
    folder = write_snapshot(tmp_path, "one", TASKS, CONFIG, {})
    digest = edit(folder, "label_config.xml", 'value="A claim"', 'value="other"')
    forge(folder, lambda said: said["sha256"].update({"label_config.xml": digest}))
    with pytest.raises(ExportError, match="names another label config"):
        read_study(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders there")
@pytest.mark.parametrize("name", ["tasks.json", "ratings.parquet", "relations.parquet", "manifest.json"])
def test_a_pipe_in_a_snapshot_does_not_hang(tmp_path, name):
    folder = write_snapshot(tmp_path, "one", TASKS, CONFIG, {})
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    with pytest.raises(ExportError, match=r"is not a plain file|records no sha256|it has no manifest\.json"):
        read_study(folder)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    meta = {
        "project": {"title": "P"},
        "server": {"url": "u"},
        "annotators": [{"id": 1}],
        "drafts_left_out": 0,
    }
    parts = [{"part": 1, "name": "one", "server": {"url": "u"}, "pulled_at": "now"}]
    return write_snapshot(tmp_path_factory.mktemp("forged"), "one", TASKS, CONFIG, {**meta, "parts": parts})


def _places(value, at=()):
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _places(one, (*at, key))


@settings(max_examples=300)
@given(data=st.data())
def test_whatever_stands_in_a_manifest_is_read_or_is_one_clear_line(written, data):
    whole = json.loads((written / "manifest.json").read_text("utf-8"))
    kept, wrong, said = json.dumps(whole), data.draw(JSON), []
    *above, last = data.draw(st.sampled_from([*_places(whole)][1:]))
    target = whole
    for key in above:
        target = target[key]
    target[last] = wrong
    try:
        (written / "manifest.json").write_text(json.dumps(data.draw(st.sampled_from([whole, wrong]))))
        with contextlib.suppress(ExportError):
            study = read_study(written)
            assert all(isinstance(value, str) for value in study.about.values())
            merge([written, written], written.parent / "merged", on_invalid="exclude")
    except AnnotateError as error:
        said.append(str(error))
    finally:
        (written / "manifest.json").write_text(kept)
        shutil.rmtree(written.parent / "merged", ignore_errors=True)
    assert "\n" not in "".join(said)


def test_a_draft_that_a_killed_writer_left_is_removed_and_one_at_work_is_not(tmp_path):
    for name, age in (("old", 4000), ("new", 10)):
        (tmp_path / f".draft-{name}").mkdir()
        (tmp_path / f".draft-{name}" / "tasks.json").write_text("[")
        for path in (tmp_path / f".draft-{name}" / "tasks.json", tmp_path / f".draft-{name}"):
            os.utime(path, (time.time() - age,) * 2)
    write_snapshot(tmp_path, "one", TASKS, CONFIG, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == [".draft-new", "one"]


WRITER = """
import os, sys
from pathlib import Path
from annotate.study import snapshot
from tests.export_example import CONFIG
snapshot._fill = lambda draft, *_: (draft / "tasks.json").write_text("[") and os.kill(os.getpid(), 9)
snapshot.write_snapshot(Path(sys.argv[1]), "killed", [], CONFIG, {})
"""


def test_what_a_killed_writer_left_goes_with_the_next_snapshot(tmp_path):
    killed = subprocess.run(
        [sys.executable, "-c", WRITER, tmp_path], check=False, cwd=Path(__file__).parent.parent
    )
    assert killed.returncode == -9
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".draft-")
    write_snapshot(tmp_path, "one", TASKS, CONFIG, {})
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


@pytest.mark.skipif(sys.platform != "linux", reason="strace and the like are for others")
def test_a_snapshot_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    """Each file, the folder, then the name: after a power failure there is all of it or nothing."""
    done = []
    sync, rename = os.fsync, Path.rename
    monkeypatch.setattr(
        os,
        "fsync",
        lambda handle: (done.append(Path(f"/proc/self/fd/{handle}").readlink().name), sync(handle))[1],
    )
    monkeypatch.setattr(
        Path, "rename", lambda self, target: (done.append("renamed"), rename(self, target))[1]
    )
    folder = write_snapshot(tmp_path, "one", TASKS, CONFIG, {})
    files = {path.name for path in folder.iterdir()}
    before = done[: done.index("renamed")]
    assert set(before) > files
    assert done[-1] == tmp_path.name


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
        (
            [task("p1", annotation(1, 1, choice("a", name="mood")))],
            "answers mood, which the label config does not have .it has kind, flags",
        ),
        (
            [task("p1", annotation(91, 3, choice("a")), annotation(94, 3, choice("b")))],
            "item p1, annotator A3: two annotations by one annotator",
        ),
        ("[", "line 1: not JSON"),
        ("{}", "not a list of tasks"),
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
    with pytest.raises(ExportError, match="not a snapshot"):
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


STANCE = """<View><Text name="text" value="$text"/><Choices name="kind" toName="text"><Choice value="a"/><Choice value="b"/></Choices></View>"""


def stars(*, edited=None):
    """Four passages by two annotators, who agree on three; a star on each, one of them put there by another."""
    codes = ["aa", "ab", "bb", "aa"]
    fields = [[{"ground_truth": True}, {}], [{}, {"ground_truth": True}], [{}, {}], [{}, {}]]
    fields[2][0] = {"ground_truth": True, "updated_by": 9} | (edited or {})
    return [
        task(f"p{n}", *(annotation(10 * n + who, who, choice(c), **of[who - 1]) for who, c in enumerate(pair, 1)),
             text=f"Text {n}.")
        for n, (pair, of) in enumerate(zip(codes, fields, strict=True), 1)
    ]  # fmt: skip


def test_a_star_keeps_an_annotation_as_its_annotators_own_rating(export, config):
    config.write_text(STANCE, encoding="utf-8")
    study = read_study(export(stars()), config=config)
    assert len(study.ratings) == 8
    assert study.exclusions.empty
    found = measure(study.rated, scales=study.scales, coefficients="percent_agreement")
    assert found["value"].tolist() == [0.75]
    assert [study.cautions[0][:70]] == [
        "1 annotation starred as ground truth was last changed by somebody else"
    ]
    assert study.gold[["item", "annotator", "category"]].to_numpy().tolist() == [
        ["p1", "A1", "a"],
        ["p2", "A2", "b"],
        ["p3", "A1", "b"],
    ]
    against = with_gold(study.rated, study.gold, scales=study.scales).set_index("annotator")
    with pytest.raises(
        InputError, match="no annotation is starred as ground truth; star the right annotation"
    ):
        with_gold(study.rated, study.gold.iloc[:0], scales=study.scales)
    assert against[["n_items", "n_agreeing"]].to_dict("index") == {
        "A1": {"n_items": 1, "n_agreeing": 0},
        "A2": {"n_items": 2, "n_agreeing": 2},
    }


def test_a_starred_annotation_that_another_changed_is_left_out_on_request(export, config):
    config.write_text(STANCE, encoding="utf-8")
    study = read_study(export(stars()), config=config, on_edited="exclude")
    assert study.exclusions[["reason", "item"]].to_numpy().tolist() == [["edited_by_another", "p3"]]
    assert study.cautions == ()
    unstarred = read_study(export(stars(edited={"ground_truth": False})), config=config)
    assert unstarred.exclusions["reason"].tolist() == ["edited_by_another"]


@pytest.mark.parametrize("fields", [{"updated_by": None, "lead_time": None}, {"import_id": 7}])
def test_an_imported_ground_truth_is_gold_and_no_annotators_rating(export, config, fields):
    study = read_study(
        export([task("p1", annotation(1, 1, choice("a"), ground_truth=True, **fields), annotation(2, 2, choice("a")))]),
        config=config,
    )  # fmt: skip
    assert study.exclusions["reason"].tolist() == ["ground_truth"]
    assert set(study.ratings["annotator"]) == {"A2"}
    gold = study.gold.loc[study.gold["variable"] == "kind"]
    assert gold["annotator"].isna().all()
    assert with_gold(study.rated, gold)["value"].tolist()[-1] == 1


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        (5, "A5"),
        (5.0, "A5"),
        ("5", "A5"),
        ({"id": 5, "email": "x@example.org", "first_name": "X"}, "A5"),
        ("X@example.org", "A5"),
        ({"email": "x@example.org"}, "A5"),
        ("y@example.org", "A6"),
        ({"email": "y@example.org", "first_name": "Y"}, "A6"),
        ({"username": "yves"}, "A6"),
    ],
)
def test_an_annotator_is_one_in_whatever_shape_the_export_names_them(export, config, shape, name):
    known = annotation(9, {"id": 5, "email": "x@example.org"}, choice("a"))
    one = {**annotation(1, 1, choice("a")), "completed_by": shape, "updated_by": shape}
    study = read_study(export([task("p1", one), task("p2", known, text="Other.")]), config=config)
    assert study.ratings.loc[study.ratings["item"] == "p1", "annotator"].unique().tolist() == [name]
    assert "@" not in " ".join(study.ratings["annotator"])


def test_an_annotator_who_stands_beside_is_found(export, config):
    one = annotation(1, 1, choice("a"))
    del one["completed_by"], one["updated_by"]
    named = task("p1", {**one, "created_username": " nora@example.org, 3"})
    study = read_study(export([named, task("p2", one, text="Other.")]), config=config)
    assert set(study.ratings["annotator"]) == {"A3"}
    assert study.exclusions["reason"].tolist() == ["no_annotator"]


HIDING = """<View><Text name="text" value="$text"/>
<Labels name="marks" toName="text"><Label value="W"/></Labels>
<Choices name="kind" toName="text"><Choice value="Claim" alias="c"/><Choice value="none"/></Choices>
<View visibleWhen="choice-selected" whenTagName="kind" whenChoiceValue="Claim,other">
  <Choices name="tone" toName="text"><Choice value="calm"/><Choice value="angry"/></Choices>
  <TextArea name="why" toName="text" visibleWhen="choice-unselected" whenTagName="tone" whenChoiceValue="calm"/>
</View>
<Rating name="any" toName="text" visibleWhen="choice-selected"/>
<Rating name="marked" toName="text" visibleWhen="region-selected" whenTagName="marks" whenLabelValue="W"/>
<Rating name="alone" toName="text" whenChoiceValue="angry"/></View>"""


@pytest.mark.parametrize(
    ("results", "kept", "hidden"),
    [
        ([choice("c"), choice("calm", name="tone")], ["kind", "tone"], []),
        ([choice("none"), choice("calm", name="tone")], ["kind"], ["tone"]),
        ([choice("calm", name="tone")], [], ["tone"]),
        ([choice("c"), choice("angry", name="tone"), stars_of("alone")], ["kind", "tone", "alone"], []),
        ([choice("c"), choice("calm", name="tone"), stars_of("alone")], ["kind", "tone"], ["alone"]),
        ([choice("c"), choice("calm", name="tone"), reason_of()], ["kind", "tone"], ["why"]),
        ([choice("c"), choice("angry", name="tone"), reason_of()], ["kind", "tone", "why"], []),
        # What hides the list that a question waits for hides the question, and what is hidden was not chosen.
        ([choice("none"), choice("angry", name="tone"), reason_of()], ["kind"], ["tone", "why"]),
        ([stars_of("any")], [], ["any"]),
        ([choice("none"), stars_of("any")], ["kind", "any"], []),
        ([stars_of("marked")], [], ["marked"]),
        ([span(0, 2, "He", "W"), stars_of("marked")], ["marked"], []),
    ],
)
def test_an_answer_to_a_question_out_of_sight_is_left_out_as_the_screen_has_it(results, kept, hidden):
    made = tabulate([task("p1", annotation(1, 1, *results))], read_codebook(HIDING))
    assert [*made.ratings["variable"], *made.comments["variable"]] == kept
    assert made.exclusions.loc[made.exclusions["reason"] == "hidden", "variable"].tolist() == hidden


def test_two_tasks_with_one_text_are_named_with_it(export, config):
    plain = {"text": "Stop this now!"}
    twice = [
        {"id": 11, "data": plain, "annotations": [annotation(1, 1, choice("a"))]},
        {"id": 12, "data": plain, "annotations": [annotation(2, 1, choice("b"))]},
    ]
    with pytest.raises(ExportError, match="tasks 11 and 12 have one text, 'Stop this now!'"):
        read_study(export(twice), config=config)
    twice[1]["annotations"] = [annotation(2, 2, choice("b"))]
    study = read_study(export(twice), config=config)
    assert len(study.passages) == 1
    assert "tasks 11 and 12 have one text, 'Stop this now!'" in study.cautions[0]
    twice[1]["data"] = {**plain, "row": 2}
    study = read_study(export(twice), config=config)
    assert len(study.passages) == 2
    assert "tasks 11 and 12 have one text, 'Stop this now!', and count as 2 passages" in study.cautions[0]


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        (".tsv", "a TSV file"),
        (".conll", "CoNLL"),
        (".zip", "packed"),
        (".JSONL", "JSON lines"),
        (".x", "neither"),
    ],
)
def test_a_file_that_is_no_export_is_named_by_its_ending(tmp_path, ending, message):
    path = tmp_path / f"project{ending}"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_study(path)


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ([{"id": 1, "data": {"text": "x"}, "completions": [{"id": 1, "result": []}]}], "Label Studio before 1.0"),
        ([{"id": 1, "text": "x", "kind": "a", "annotator": 1, "annotation_id": 3}], "an export as JSON_MIN"),
        ([{"id": 1, "text": "x", "kind": "a", "lead_time": 3, "updated_at": "y"}], "an export as JSON_MIN"),
        ({"id": 1, "data": {"text": "x"}, "completions": []}, "one task of Label Studio before 1.0"),
        ({"id": 1, "data": {"text": "x"}, "annotations": []}, "one task, and no list of tasks"),
        ({"id": 1, "result": [], "task": {"id": 3}}, "writes it into a storage"),
        ({"images": [], "categories": []}, "an export as COCO"),
        ({"dataset": []}, "not a list of tasks"),
        ({"tasks": [], "total": 0}, "one page of a list of tasks, as the server's API gives it"),
        ({"count": 1, "next": None, "results": []}, "one page of a list, as the server's API gives it"),
        ({"status_code": 401, "detail": "No."}, "a message of the server"),
    ],
)  # fmt: skip
def test_an_export_of_another_kind_is_named(export, config, tasks, message):
    with pytest.raises(ExportError, match=message):
        read_study(export(tasks), config=config)


def test_a_csv_export_is_named(tmp_path):
    path = tmp_path / "project.csv"
    path.write_text("annotation_id,annotator,id,kind,lead_time,text\n1,2,3,a,4,x\n", encoding="utf-8")
    with pytest.raises(TableError, match="a CSV export of Label Studio"):
        read_study(path)


def test_an_export_of_another_project_names_all_controls_that_differ(export, config):
    other = [task("p1", annotation(1, 1, choice("a", name="mood"), choice("b", name="tone")))]
    with pytest.raises(
        ExportError, match=r"answers mood, tone, which the label config does not have \(it has kind"
    ):
        read_study(export(other), config=config)


def test_an_order_by_uncertainty_is_said_until_all_are_coded(export, config):
    config.write_text(STANCE, encoding="utf-8")
    tasks = stars()
    for number, one in enumerate(tasks, 1):
        one["data"]["uncertainty_rank"] = f"{number:06}"
    assert not any("annotate suggest" in said for said in read_study(export(tasks), config=config).cautions)
    for one in tasks[2:]:
        one["annotations"] = []
    (said,) = [one for one in read_study(export(tasks), config=config).cautions if "annotate suggest" in one]
    assert said.startswith("2 of 4 passages were coded in the order of annotate suggest, the most uncertain")


def test_missing_is_asked_of_tables_only():
    with pytest.raises(InputError, match="missing is asked of tables of ratings only; leave it out"):
        read_study(Path(__file__).parent.parent / "exports" / "example", missing="NA")
