"""Relations between marked stretches and answers inside them: nothing is lost, nothing counts twice."""

import json
from collections import Counter
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.agreement import Interval, measure, measure_inside, measure_relations
from annotate.agreement.spans.inside import inside_units
from annotate.agreement.spans.relations import RELATION_F1
from annotate.codebook.read import read_codebook
from annotate.errors import TableError
from annotate.files import bundled
from annotate.present.summary import summarise
from annotate.present.wording import study_lines
from annotate.present.workbook import write_workbook
from annotate.study.exports import Tables, tabulate
from annotate.study.snapshot import read_manifest, write_snapshot
from annotate.study.spans import INSIDE_COLUMNS, NO_LABEL, RELATION_COLUMNS
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
        assert made.exclusions["reason"].tolist() == ["span_mismatch", "marks_incomplete", reason]
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
        *_, header, row = openpyxl.load_workbook(tmp_path / "t.xlsx")["Passages"].iter_rows(values_only=True)
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


def drawn_by(**arrows_of: list[tuple[str, str, str]]) -> tuple[pd.DataFrame, ...]:
    """The tables of one passage in which each annotator marked all four stretches and drew these arrows."""
    made = tabulate(
        [
            task(
                "p1",
                *(
                    annotation(n, n, *map(mark, "abcd"), *(arrow(one, to, label) for one, to, label in of))
                    for n, of in enumerate(arrows_of.values(), start=1)
                ),
                text=TEXT,
            )
        ],
        CODEBOOK,
    )
    return made.relations, made.spans, made.spans, made.passages


def f1(found: pd.DataFrame, label: str | None = None) -> list[float]:
    rows = found.loc[found["label"].isna() if label is None else found["label"] == label]
    assert rows["coefficient"].tolist() == list(RELATION_F1)
    return [round(value, 3) for value in rows["value"]]


class TestAgreement:
    def test_by_hand(self) -> None:
        """Two of three arrows of each are the same: 2 * 2 / (3 + 3)."""
        found = measure_relations(
            *drawn_by(
                one=[("a", "c", "relays"), ("a", "d", "relays"), ("b", "c", "cues")],
                other=[("a", "c", "relays"), ("d", "a", "relays"), ("b", "c", "cues")],
            )
        )
        assert f1(found) == [0.667] * 3
        assert f1(found, "relays") == [0.5] * 3
        assert f1(found, "cues") == [1.0] * 3
        assert set(found["n_relations"].tolist()) == {6, 4, 2}

    def test_a_label_is_part_of_it_and_so_is_the_direction(self) -> None:
        found = measure_relations(*drawn_by(one=[("a", "c", "relays")], other=[("a", "c", "cues")]))
        assert f1(found) == [0.0] * 3
        found = measure_relations(*drawn_by(one=[("a", "c", "relays")], other=[("c", "a", "relays")]))
        assert f1(found) == [0.0] * 3

    def test_the_mean_over_pairs_of_three(self) -> None:
        one = [("a", "c", "relays")]
        found = measure_relations(*drawn_by(one=one, two=one, three=[("b", "c", "relays")]))
        assert f1(found) == [0.333] * 3

    def test_ends_match_as_spans_do_and_arrows_are_told_from_spans(self) -> None:
        def shifted(region: str, by: int) -> dict[str, Any]:
            moved = mark(region)
            start, end = PLACES[region][0] + by, PLACES[region][1]
            return moved | {"value": moved["value"] | {"start": start, "text": TEXT[start:end]}}

        first = annotation(
            1, 1, mark("a"), mark("c"), mark("d"), arrow("a", "c", "relays"), arrow("a", "d", "relays")
        )
        second = annotation(2, 2, shifted("a", 4), mark("c"), arrow("a", "c", "relays"))
        made = tabulate([task("p1", first, second, text=TEXT)], CODEBOOK)
        found = measure_relations(made.relations, made.spans, made.spans, made.passages)
        assert f1(found) == [0.0, 0.667, 1.0]  # nobody else marked "nine lorries"

    def test_nothing_drawn_is_undefined_with_the_reason_and_alone_too(self) -> None:
        found = measure_relations(*drawn_by(one=[], other=[]), labels=["relays"])
        assert found["value"].isna().all()
        assert set(found["undefined"]) == {"no annotator drew such a relation"}
        alone = measure_relations(*drawn_by(one=[("a", "c", "relays")]))
        assert set(alone["undefined"]) == {"no item has two annotators"}

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(
        drawn=st.lists(
            st.lists(
                st.tuples(
                    st.sampled_from("abcd"), st.sampled_from("abcd"), st.sampled_from(["relays", "cues"])
                ),
                max_size=5,
                unique=True,
            ),
            min_size=2,
            max_size=3,
        ),
        seed=st.integers(0, 9),
    )
    def test_it_is_symmetric_and_the_same_arrows_agree_wholly(
        self, drawn: list[list[tuple[str, str, str]]], seed: int
    ) -> None:
        tables = drawn_by(**{f"a{n}": of for n, of in enumerate(drawn)})
        swapped = drawn_by(**{f"a{n}": of for n, of in enumerate(reversed(drawn))})
        interval = Interval(replicates=5, seed=seed)
        found = measure_relations(*tables, interval=interval)
        assert f1(found) == pytest.approx(f1(measure_relations(*swapped, interval=interval)), nan_ok=True)
        same = measure_relations(*drawn_by(one=drawn[0], other=drawn[0]))
        assert f1(same) == pytest.approx([1.0 if drawn[0] else float("nan")] * 3, nan_ok=True)
        shuffled = tables[0].sample(frac=1, random_state=seed)
        pd.testing.assert_frame_equal(measure_relations(shuffled, *tables[1:], interval=interval), found)

    def test_an_interval_draws_passages(self) -> None:
        tasks = [
            task(
                f"p{n}",
                annotation(1, 1, mark("a"), mark("c"), arrow("a", "c", "relays")),
                annotation(2, 2, mark("a"), mark("c"), *([arrow("a", "c", "relays")] if n % 2 else [])),
                text=TEXT,
            )
            for n in range(12)
        ]
        made = tabulate(tasks, CODEBOOK)
        row = measure_relations(made.relations, made.spans, made.spans, made.passages, by="source").iloc[0]
        assert row["value"] == pytest.approx(2 * 6 / 18)
        assert 0.2 < row["ci_low"] < row["value"] < row["ci_high"] < 0.95
        assert row["n_pairable_items"] == 12


class TestAgreementInside:
    def made(self) -> Tables:
        one = annotation(1, 1, mark("a"), mark("c"), mark("d"), inside("a"), inside("c"), inside("d"))
        two = annotation(2, 2, mark("a"), mark("c"), inside("a"), inside("c", "angry"))
        return tabulate([task("p1", one, two, text=TEXT)], CODEBOOK)

    def test_matched_stretches_are_the_items(self) -> None:
        made = self.made()
        found = measure_inside(
            made.inside, made.spans, scales=CODEBOOK.region_scales, coefficients=("percent_agreement",)
        )
        row = found.iloc[0]
        assert (row["variable"], row["value"], row["n_items"]) == ("mood", 0.5, 2)
        assert found.attrs["unmatched"] == 1

    def test_it_is_the_same_as_agreement_on_a_table_of_the_pairs(self) -> None:
        made = self.made()
        units = inside_units(made.inside, made.spans)
        assert units.groupby("item")["annotator"].agg(list).tolist() == [["A1", "A2"]] * 2
        scales = CODEBOOK.region_scales
        expected = measure(units, scales=scales, interval=Interval("none"))
        found = measure_inside(made.inside, made.spans, scales=scales, interval=Interval(cluster=None))
        columns = ["coefficient", "value", "n_items", "undefined"]
        pd.testing.assert_frame_equal(found[columns], expected[columns])
        assert measure_inside(made.inside, made.spans, scales=scales)["interval"].isna().all()

    def test_passages_are_drawn_whole(self) -> None:
        moods = [("calm", "calm"), ("calm", "angry"), ("angry", "angry"), ("calm", "calm")]
        tasks = [
            task(
                f"p{number}",
                annotation(10 * number + 1, 1, *map(mark, "acd"), *(inside(one, first) for one in "acd")),
                annotation(10 * number + 2, 2, *map(mark, "acd"), *(inside(one, second) for one in "acd")),
                text=TEXT,
            )
            for number, (first, second) in enumerate(moods)
        ]
        made = tabulate(tasks, CODEBOOK)
        found = measure_inside(
            made.inside, made.spans, scales=CODEBOOK.region_scales, coefficients="percent_agreement"
        ).iloc[0]
        assert (found["n_items"], found["n_clusters"], found["value"]) == (12, 4, 0.75)
        assert found["interval"].startswith("jackknife over 4 passages on the scale log(1 - coefficient)")

    def test_nothing_to_compare(self) -> None:
        made = read(mark("a"), inside("a"))
        with pytest.raises(TableError, match="no stretch with one was marked by two annotators"):
            measure_inside(made.inside, made.spans, scales=CODEBOOK.region_scales)


def test_the_commands_print_what_the_library_computes(run: Any, tmp_path: Any) -> None:
    first = annotation(1, 1, choice("a"), mark("a"), mark("c"), arrow("a", "c", "relays"), inside("a"))
    second = annotation(
        2, 2, choice("a"), mark("a"), mark("c"), arrow("a", "c", "cues"), inside("a", "angry")
    )
    (tmp_path / "e.json").write_text(json.dumps([task("p1", first, second, text=TEXT)]), encoding="utf-8")
    (tmp_path / "c.xml").write_text(CODEBOOK.config, encoding="utf-8")
    where = (str(tmp_path / "e.json"), "--config", str(tmp_path / "c.xml"), "--format", "json")
    status, out, _ = run("spans", "relations", *where)
    assert status == 0
    assert [row["value"] for row in json.loads(out)[:3]] == [0.0, 0.0, 0.0]
    status, out, _ = run("spans", "inside", *where, "--coefficient", "percent_agreement")
    assert (status, json.loads(out)[0]["value"]) == (0, 0.0)


def test_an_answer_inside_a_stretch_of_which_it_is_not_asked_is_left_out() -> None:
    asked = INSIDE.replace('perRegion="true">', 'perRegion="true" whenLabelValue="CUE">').replace(
        '<TextArea name="note"',
        '<TextArea name="note" visibleWhen="choice-selected" whenTagName="mood" whenChoiceValue="angry"',
    )
    book = read_codebook(CONFIG.replace("</View>", asked))
    answers = [
        *(mark("a", "CUE"), mark("b", "SOURCE"), mark("c", "CUE")),
        *(inside("a", "angry"), inside("a", "so", "note")),  # both asked
        *(inside("b"), inside("c"), inside("c", "so", "note")),  # the label, then the choice, is another
    ]
    made = tabulate([task("p1", annotation(4, 2, *answers), text=TEXT)], book)
    assert made.inside[["variable", "region"]].to_numpy().tolist() == [
        ["mood", "a"],
        ["note", "a"],
        ["mood", "c"],
    ]
    assert made.exclusions[["reason", "variable"]].to_numpy().tolist() == [
        ["hidden", "mood"],
        ["hidden", "note"],
    ]
