"""Relations between marked stretches and answers inside them: nothing is lost, nothing counts twice."""

import json
from collections import Counter
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.codebook.read import read_codebook
from annotate.files import bundled
from annotate.present.summary import summarise
from annotate.present.wording import study_lines
from annotate.present.workbook import write_workbook
from annotate.study.exports import Tables, tabulate
from annotate.study.relations import INSIDE_COLUMNS, NO_LABEL, RELATION_COLUMNS
from annotate.study.snapshot import read_manifest, write_snapshot
from annotate.study.study import read_study
from tests.export_example import CONFIG, annotation, choice, task

TEXT = "The clerk said that a driver had seen nine lorries."
PLACES = {"a": (0, 9), "b": (10, 14), "c": (20, 28), "d": (38, 50)}
INSIDE = """<Choices name="mood" toName="text" perRegion="true"><Choice value="calm"/><Choice value="angry"/></Choices>
<TextArea name="note" toName="text" perRegion="true"/></View>"""
CODEBOOK = read_codebook(
    CONFIG.replace(
        '<Relation value="relays"/>', '<Relation value="relays"/><Relation value="cues"/>'
    ).replace("</View>", INSIDE)
)


def mark(region: str, *labels: str) -> dict[str, Any]:
    start, end = PLACES[region]
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": list(labels or ["SOURCE"])}
    return {"id": region, "from_name": "marks", "to_name": "text", "type": "labels", "value": value}


def arrow(one: str, other: str, *labels: str, **more: Any) -> dict[str, Any]:
    return {"type": "relation", "from_id": one, "to_id": other, "labels": list(labels), **more}


def inside(region: str, mood: str = "calm", name: str = "mood") -> dict[str, Any]:
    start, end = PLACES[region]
    answer: dict[str, Any] = {"choices": [mood]} if name == "mood" else {"text": [mood]}
    value = {"start": start, "end": end, "text": TEXT[start:end], **answer}
    kind = "choices" if name == "mood" else "textarea"
    return {"id": region, "from_name": name, "to_name": "text", "type": kind, "value": value}


def read(*results: dict[str, Any], **data: Any) -> Tables:
    return tabulate([task("p1", annotation(4, 2, *results), text=TEXT, **data)], CODEBOOK)


def arrows(made: Tables) -> list[list[Any]]:
    return made.relations[["label", "from_text", "to_text", "both_ways"]].to_numpy().tolist()


class TestRelations:
    def test_a_row_has_both_ends_and_who_drew_it(self) -> None:
        made = read(mark("a"), mark("d", "CUE"), arrow("d", "a", "relays", direction="right"))
        row = made.relations.iloc[0].to_dict()
        assert list(row) == list(RELATION_COLUMNS)
        assert row == {
            "item": "p1",
            "document": "d",
            "source": "S",
            "annotator": "A2",
            "label": "relays",
            "from_label": "CUE",
            "from_start": 38,
            "from_end": 50,
            "from_text": "nine lorries",
            "to_label": "SOURCE",
            "to_start": 0,
            "to_end": 9,
            "to_text": "The clerk",
            "both_ways": False,
            "annotation": "4",
            "round": 1,
        }
        assert made.exclusions.empty

    def test_the_direction_is_the_one_that_is_drawn(self) -> None:
        marks = mark("a"), mark("c")
        left = read(*marks, arrow("a", "c", "relays", direction="left"))
        assert arrows(left) == [["relays", "a driver", "The clerk", False]]
        both = read(*marks, arrow("c", "a", "relays", direction="bi"))
        assert arrows(both) == [["relays", "The clerk", "a driver", True]]

    def test_it_may_come_before_the_stretches_and_have_several_labels_or_none(self) -> None:
        made = read(arrow("a", "c", "relays", "cues"), arrow("c", "a"), mark("a"), mark("c", "SOURCE", "CUE"))
        assert [row[0] for row in arrows(made)] == ["relays", "cues", NO_LABEL]
        assert made.relations["to_label"].tolist()[:2] == ['["CUE","SOURCE"]'] * 2
        assert len(made.spans) == 3

    @pytest.mark.parametrize(
        ("one", "reason"),
        [
            (arrow("a", "nowhere", "relays"), "no_stretch"),
            (arrow("a", "bad", "relays"), "no_stretch"),
            ({"type": "relation", "labels": ["relays"]}, "no_stretch"),
            (arrow("a", "c", "hates"), "unknown_category"),
            (arrow("a", "c", "relays", direction="up"), "malformed"),
            ({"type": "relation", "from_id": "a", "to_id": "c", "labels": 5}, "malformed"),
        ],
    )
    def test_what_cannot_be_read_is_counted(self, one: dict[str, Any], reason: str) -> None:
        bad = mark("b") | {"id": "bad"}
        bad["value"] = bad["value"] | {"text": "something else"}
        made = read(choice("a"), mark("a"), mark("c"), bad, one)
        assert made.exclusions["reason"].tolist() == ["span_mismatch", reason]
        assert made.relations.empty
        assert made.relations.columns.tolist() == list(RELATION_COLUMNS)

    def test_the_same_arrow_twice_is_one(self) -> None:
        made = read(
            mark("a"), mark("c"), arrow("a", "c", "relays"), arrow("c", "a", "relays", direction="left")
        )
        assert len(made.relations) == 1
        assert made.exclusions["reason"].tolist() == ["answered_twice"]

    def test_our_own_relations(self) -> None:
        book = read_codebook(bundled("label_config.xml").read_text(encoding="utf-8"))
        marks = [mark("a", "SOURCE"), mark("c", "CLAIM"), mark("d", "FIGURE")]
        drawn = [arrow("c", "a", one.id) for one in book.relations]
        made = tabulate([task("p1", annotation(4, 2, *marks, *drawn), text=TEXT)], book)
        assert made.relations["label"].tolist() == [one.id for one in book.relations]
        assert {"relays", "rests_on"} <= set(made.relations["label"])


class TestInside:
    def test_an_answer_stands_beside_its_stretch(self) -> None:
        made = read(mark("c", "CUE"), inside("c", "angry"), inside("c", "Says who?", "note"), mark("a"))
        assert made.inside.columns.tolist() == list(INSIDE_COLUMNS)
        assert made.inside[["variable", "value", "label", "start", "text", "region"]].to_numpy().tolist() == [
            ["mood", "angry", "CUE", 20, "a driver", "c"],
            ["note", "Says who?", "CUE", 20, "a driver", "c"],
        ]
        assert made.exclusions.empty
        assert "mood" not in set(made.ratings["variable"])
        assert made.comments.empty

    def test_what_cannot_be_read_is_counted(self) -> None:
        made = read(mark("c"), inside("c"), inside("c", "angry"), inside("a"), inside("c", "mad"))
        assert sorted(made.exclusions["reason"]) == ["answered_twice", "no_stretch", "unknown_category"]
        assert made.inside["value"].tolist() == ["calm"]


class TestStudy:
    def test_a_snapshot_has_the_tables_where_there_is_something_in_them(self, tmp_path: Any) -> None:
        plain = [task("p1", annotation(4, 2, choice("a"), mark("a")), text=TEXT)]
        rich = [
            task(
                "p1",
                annotation(4, 2, choice("a"), mark("a"), mark("c"), arrow("c", "a", "relays"), inside("a")),
                text=TEXT,
            )
        ]
        without = write_snapshot(tmp_path, "plain", plain, CODEBOOK.config, {})
        folder = write_snapshot(tmp_path, "rich", rich, CODEBOOK.config, {})
        few = {"relations.parquet", "inside.parquet"}
        assert not few & {path.name for path in without.iterdir()}
        assert not {"relations", "inside"} & set(read_manifest(without)["counts"])
        assert few < set(read_manifest(folder)["sha256"])
        assert read_manifest(folder)["counts"]["relations"] == 1
        study = read_study(folder)
        for name in ("relations", "inside"):
            written = pd.read_parquet(folder / f"{name}.parquet")
            pd.testing.assert_frame_equal(written, getattr(study, name), check_dtype=False)
        assert "1 relation, 1 inside answer" in study_lines(study)[0]

    def test_the_workbook_shows_who_drew_what(self, tmp_path: Any) -> None:
        path = tmp_path / "export.json"
        drawn = annotation(4, 2, choice("a"), mark("a"), mark("c"), arrow("c", "a", "relays"), inside("a"))
        path.write_text(json.dumps([task("p1", drawn, text=TEXT)]), encoding="utf-8")
        (tmp_path / "config.xml").write_text(CODEBOOK.config, encoding="utf-8")
        study = read_study(path, config=tmp_path / "config.xml")
        write_workbook(tmp_path / "t.xlsx", summarise(study))
        header, row = openpyxl.load_workbook(tmp_path / "t.xlsx")["Passages"].iter_rows(values_only=True)
        cells = dict(zip(header, row, strict=True))
        assert cells["Relations"] == "A2 relays: a driver → The clerk"
        assert cells["Answers inside"] == "A2 mood: calm, The clerk"


ANY_RESULT = st.one_of(
    st.sampled_from(list("abcd")).map(mark),
    st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")).map(lambda ends: arrow(*ends, "relays")),
    st.tuples(st.sampled_from(list("abcd")), st.sampled_from(["calm", "angry", "mad"])).map(
        lambda one: inside(*one)
    ),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(results=st.lists(ANY_RESULT, max_size=8, unique_by=json.dumps))
def test_every_answer_is_in_a_table_or_an_exclusion_and_once(results: list[dict[str, Any]]) -> None:
    made = read(choice("a"), *results)
    found = Counter({"spans": len(made.spans), "relations": len(made.relations), "inside": len(made.inside)})
    assert found.total() + len(made.exclusions) == len(results)
