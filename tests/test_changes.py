"""What changed between two states of a study: counted by hand, and on the command line as in the library."""

import json

import pandas as pd
import pytest

from annotate import open_study
from annotate.agreement import measure
from annotate.codebook.scale import Scale
from annotate.consensus import resolve
from annotate.coordination.changes import State, changes
from annotate.errors import InputError
from annotate.frames import records
from annotate.study.study import study_of_ratings
from tests.study_example import export

HEAD = "item,source,annotator,variable,category\n"
BEFORE = {"p1": "xxy", "p2": "yyy", "p3": "xyx", "p4": "xy-", "p5": "---"}
AFTER = {"p1": "xxx", "p2": "yyy", "p3": "yyx", "p4": "xyy", "p5": "xx-", "p6": "---"}
# p1: A3 y to x. p3: A1 x to y, so the label turns. p4: A3 new, so a tie becomes y. p5: two new ones, and a label.


def _table(said):
    rows = [
        f"{item},S{int(item[1]) % 2},A{number},kind,{category}"
        for item, categories in said.items()
        for number, category in enumerate(categories, start=1)
        if category != "-"
    ]
    return HEAD + "\n".join(rows) + "\n"


@pytest.fixture
def two(tmp_path):
    for name, said in (("before.csv", BEFORE), ("after.csv", AFTER)):
        (tmp_path / name).write_text(_table(said), "utf-8")
    return [open_study(tmp_path / name) for name in ("before.csv", "after.csv")]


NOMINAL = {"kind": Scale("nominal")}


def test_ratings_added_changed_and_removed_are_those_that_were(two):
    found = two[1].changes(two[0], level="nominal")
    rows = found.frame[["change", "item", "annotator", "before", "after"]].to_numpy().tolist()
    assert rows == [
        ["changed", "p1", "A3", "y", "x"],
        ["changed", "p3", "A1", "x", "y"],
        ["added", "p4", "A3", None, "y"],
        ["added", "p5", "A1", None, "x"],
        ["added", "p5", "A2", None, "x"],
    ]
    assert found.counts["ratings"] == {"added": 3, "changed": 2, "removed": 0, "same": 9}
    assert found.counts["passages"] == {"added": 1, "changed": 0, "removed": 0, "same": 4}
    back = two[0].changes(two[1], level="nominal")
    assert back.counts["ratings"] == {"added": 0, "changed": 2, "removed": 3, "same": 9}
    swapped = back.frame.rename(columns={"before": "after", "after": "before"})
    assert swapped["after"].tolist() == found.frame["after"].tolist()


def test_labels_before_and_after_are_the_majority_of_each(two):
    found = two[1].changes(two[0], level="nominal").labels.frame
    kept = [
        "change",
        "item",
        "category_before",
        "tied_before",
        "category_after",
        "share_before",
        "share_after",
    ]
    assert [
        ["changed", "p3", "x", None, "y", pytest.approx(2 / 3), pytest.approx(2 / 3)],
        ["changed", "p4", None, '["x","y"]', "y", 0.5, pytest.approx(2 / 3)],
    ] == found.loc[found["change"] == "changed", kept].to_numpy().tolist()
    assert found.loc[found["change"] == "added", ["item", "category_after"]].to_numpy().tolist() == [
        ["p5", "x"]
    ]
    before, after = (resolve(one.ratings, scales=NOMINAL) for one in two)
    assert (len(before), len(after)) == (4, 5)


def test_agreement_is_that_of_each_state(two):
    found = two[1].changes(two[0], "source", level="nominal").agreement.frame
    for state, study in zip(("before", "after"), two, strict=True):
        alone = measure(study.ratings, scales=NOMINAL, by="source")
        keys = ["source", "variable", "coefficient"]
        joined = alone.merge(found, on=keys, how="left")
        assert joined["value"].tolist() == pytest.approx(joined[f"value_{state}"].tolist(), nan_ok=True)
        assert joined["n_items"].tolist() == joined[f"n_items_{state}"].tolist()
    assert found["difference"].tolist() == pytest.approx(
        (found["value_after"] - found["value_before"]).tolist(), nan_ok=True
    )
    assert found["difference"].abs().max() > 0


def test_the_same_state_twice_has_changed_nothing(two):
    found = two[0].changes(two[0], level="nominal")
    assert (found.frame.empty, found.labels.frame.empty) == (True, True)
    assert set(found.agreement.frame["difference"]) == {0.0}
    assert found.counts["ratings"]["same"] == 11
    assert "ratings: none changed, 11 as before" in repr(found)


def test_what_is_left_out_later_is_removed_with_the_reason(tmp_path):
    def opened(name):
        (tmp_path / name).write_text(json.dumps(tasks), "utf-8")
        return open_study(tmp_path / name, on_invalid="exclude")

    tasks = export()
    earlier = opened("before.json")
    tasks[0]["annotations"][0]["was_cancelled"] = True
    del tasks[1]["annotations"][0]
    later = opened("after.json")
    found = later.changes(earlier)
    reasons = found.frame.groupby("item")["left_out"].agg(lambda said: set(said.fillna("gone"))).to_dict()
    assert reasons == {"p01": {"cancelled"}, "p02": {"gone"}}
    assert found.counts["marks"]["removed"] == found.counts["marks"]["added"] + 1
    assert "Cancelled" not in repr(found)


def test_two_studies_without_a_passage_in_common_are_refused(two):
    other = two[1].ratings.assign(item=lambda frame: "q" + frame["item"])
    states = [
        State(study_of_ratings(one, None, name), NOMINAL)
        for one, name in ((two[0].ratings, "a"), (other, "b"))
    ]
    with pytest.raises(InputError, match="a and b have no passage in common; give two pulls of one project"):
        changes(*states)


def test_the_command_is_the_library(run, tmp_path, two):
    found = two[1].changes(two[0], level="nominal")
    asked = ("changes", "before.csv", "after.csv", "--level", "kind=nominal")
    code, out, said = run(*asked)
    assert code == 0
    assert "ratings: 3 added, 2 changed, 9 as before" in said
    assert "labels: 1 added, 2 changed, 2 as before" in said
    for words in ("difference", "Tie: x / y", "p5"):
        assert words in out
    for flags, frame in (
        ((), found.frame),
        (("--labels",), found.labels.frame),
        (("--agreement",), found.agreement.frame),
    ):
        code, out, _ = run(*asked, *flags, "--format", "json")
        assert json.loads(out) == records(frame)
        code, out, _ = run(*asked, *flags, "--format", "csv", "-o", tmp_path / "t.csv")
        written = pd.read_csv(tmp_path / "t.csv")
        assert list(written.columns) == list(frame.columns)
        assert len(written) == len(frame)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("before.csv nothing.csv --level kind=nominal", "annotate: nothing.csv: no such file"),
        ("before.csv after.csv --level other=nominal", "annotate: other: no such variable; there are kind"),
        ("before.csv after.csv --variable other", "annotate: other: no such variable; there are kind"),
        ("before.csv after.csv --adjudicated after.csv", "annotate: after.csv: holds no adjudication; pull"),
    ],
)
def test_bad_input_is_told_in_one_line(run, two, words, line):
    code, out, said = run("changes", *words.split())
    assert (code, out, len(said.splitlines())) == (1, "", 1)
    assert said.startswith(line)


def test_two_views_at_once_are_refused(run, two):
    assert run("changes", "before.csv", "after.csv", "--agreement", "--labels")[0] == 2
