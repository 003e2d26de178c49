import json
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.agreement import measure_spans
from annotate.codebook.read import read_codebook
from annotate.errors import ExportError, InputError
from annotate.sampling import Interval
from annotate.study.exports import tabulate
from annotate.study.people import identified
from annotate.study.study import read_study
from tests.export_example import CONFIG, annotation, choice, result, span, task

CODEBOOK = read_codebook(CONFIG)


def tables(*tasks):
    return tabulate(tasks, CODEBOOK, "export.json")


def reasons(*annotations, **kwargs) -> list[str]:
    return tables(task("p1", *annotations, **kwargs)).exclusions["reason"].tolist()


def test_every_kind_of_control_becomes_a_rating():
    made = tables(
        task(
            "p1",
            annotation(
                7, 3,
                choice("a"),
                choice("y", "x", name="flags"),
                result("force", "rating", rating=3),
                result("depth", "number", number=2),
                result("topic", "taxonomy", taxonomy=[["war", "sea"]]),
                result("comment", "textarea", text=["Odd."]),
                span(0, 2, "He"),
                span(3, 7, "said", "CUE") | {"id": "r2"},
                {"type": "relation", "from_id": "r1", "to_id": "r2", "labels": ["relays"]},
            ),
        )
    )  # fmt: skip
    assert dict(zip(made.ratings["variable"], made.ratings["category"], strict=True)) == {
        "kind": "a",
        "flags": '["x","y"]',
        "force": "3",
        "depth": "2",
        "topic": '["war > sea"]',
    }
    row = made.ratings.iloc[0]
    assert (row["item"], row["source"], row["annotator"], row["annotation"], row["lead_time"]) == (
        "p1",
        "S",
        "A3",
        "7",
        12.5,
    )
    assert made.spans.iloc[0][["label", "start", "end", "text", "region"]].tolist() == [
        "SOURCE",
        0,
        2,
        "He",
        "r1",
    ]
    assert made.comments["text"].tolist() == ["Odd."]
    assert made.relations[["label", "from_text", "to_text"]].to_numpy().tolist() == [["relays", "He", "said"]]
    assert made.exclusions.empty
    assert made.passages.iloc[0]["n_annotations"] == 1


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (annotation(1, 1, choice("a"), was_cancelled=True), "cancelled"),
        (annotation(1, 1, choice("a"), ground_truth=True, import_id=4), "ground_truth"),
        (annotation(1, 1, choice("a"), updated_by=2), "edited_by_another"),
        (annotation(1, 1), "empty"),
        (annotation(1, 1, choice("z")), "unknown_category"),
        (annotation(1, 1, choice("a", name="mood")), "unknown_control"),
        (annotation(1, 1, choice("a", "b")), "several_choices"),
        (annotation(1, 1, result("kind", "choices", choices={"a": 1})), "malformed"),
        (annotation(1, 1, result("force", "rating", rating="high")), "malformed"),
        (annotation(1, 1, result("force", "rating", rating=9)), "unknown_category"),
        (annotation(1, 1, result("depth", "number", number=9)), "malformed"),
        (annotation(1, 1, result("depth", "number", number=float("nan"))), "malformed"),
        (annotation(1, 1, result("topic", "taxonomy", taxonomy=[["peace"]])), "unknown_category"),
        (annotation(1, 1, span(0, 2, "He", "NOBODY")), "unknown_category"),
        (annotation(1, 1, span(0, 2, "So")), "span_mismatch"),
        (annotation(1, 1, span(2, 0, "")), "span_mismatch"),
        (annotation(1, 1, span(0, 99, "He said so.")), "span_mismatch"),
        (annotation(1, 1, span("first", 2, "He")), "malformed"),
        (annotation(1, 1, {"type": "relation", "labels": ["hates"]}), "unknown_category"),
        (annotation(1, 1, "odd"), "malformed"),
        (annotation(1, 1, {"value": {"choices": ["a"]}}), "malformed"),
        (annotation(1, 1, result("kind", "choices", choices=[])), "blank"),
        (annotation(1, 1, result("comment", "textarea", text=[" "])), "blank"),
        (annotation(1, 1, result("marks", "labels", start=0, end=2, text="He", labels=[])), "blank"),
        (annotation(1, 1, result("marks", "labels", start=0, end=2, text="He")), "blank"),
    ],
)
def test_what_is_left_out_is_counted_with_its_reason(one, reason):
    made = tables(task("p1", one))
    assert [name for name in made.exclusions["reason"] if name != "marks_incomplete"] == [reason]
    assert "kind" not in set(made.ratings["variable"])
    assert made.spans.empty


def test_an_answer_left_out_leaves_the_others_in():
    made = tables(task("p1", annotation(1, 1, choice("z"), result("force", "rating", rating=2))))
    assert made.ratings["variable"].tolist()[:1] == ["force"]


def test_the_newest_of_two_annotations_by_one_annotator_is_kept():
    made = tables(
        task(
            "p1", annotation(9, 1, choice("b")), annotation(4, 1, choice("a")), annotation(5, 2, choice("a"))
        )
    )
    kinds = made.ratings[made.ratings["variable"] == "kind"]
    assert kinds.set_index("annotator")["category"].to_dict() == {"A1": "b", "A2": "a"}
    assert made.exclusions[["reason", "annotation"]].to_numpy().tolist() == [["superseded", "4"]]


def test_the_same_control_answered_twice_in_one_annotation_counts_once():
    assert reasons(annotation(1, 1, choice("a"), choice("b"))) == ["answered_twice"]


def test_a_stretch_marked_twice_with_one_label_is_one_mark_and_what_leads_to_either_is_kept():
    again = {**span(0, 2, "He"), "id": "r2"}
    cue = {**span(3, 7, "said", "CUE"), "id": "r3"}
    arrow = {"type": "relation", "from_id": "r2", "to_id": "r3", "labels": ["relays"]}
    made = tables(task("p1", annotation(1, 1, span(0, 2, "He"), again, cue, arrow)))
    assert made.exclusions["reason"].tolist() == ["answered_twice"]
    assert made.spans["label"].tolist() == ["SOURCE", "CUE"]
    assert made.relations["from_text"].tolist() == ["He"]
    assert made.annotated["marks_whole"].tolist() == [True]


def test_a_second_text_in_one_field_is_left_out_and_counted():
    texts = [result("comment", "textarea", text=[text]) for text in ("why", "because")]
    made = tables(task("p1", annotation(1, 1, *texts)))
    assert made.comments["text"].tolist() == ["why"]
    assert made.exclusions["reason"].tolist() == ["answered_twice"]


def test_an_unannotated_task_is_a_passage():
    made = tables(task("p1"), task("p2", annotation(1, 1, choice("a"))))
    assert made.passages["n_annotations"].tolist() == [0, 1]
    assert tables(task("p1")).ratings.empty


def test_an_untouched_multiple_choice_in_a_submitted_annotation_is_the_empty_set():
    made = tables(task("p1", annotation(1, 1, choice("a"))))
    assert made.ratings.set_index("variable")["category"].to_dict() == {"kind": "a", "flags": "[]"}


def test_a_control_that_may_be_hidden_is_missing_when_it_is_not_answered():
    hidden = CONFIG.replace(
        '<Choices name="flags"', '<Choices visibleWhen="choice-selected" whenTagName="kind" name="flags"'
    )
    made = tabulate([task("p1", annotation(1, 1, choice("a")))], read_codebook(hidden))
    assert made.ratings["variable"].tolist() == ["kind"]


def test_completed_by_may_be_an_object_and_its_address_is_not_kept():
    made = tables(
        task(
            "p1",
            annotation(1, 1, choice("a"), completed_by={"id": 5, "email": "x@example.org"}, updated_by=None),
        )
    )
    assert set(made.ratings["annotator"]) == {"A5"}


@pytest.mark.parametrize(
    ("listed", "annotator"),
    [
        ([5], "A5"),
        ([{"id": 5, "email": "x@example.org"}], "A5"),
        ([5, "x@example.org"], "A5"),
        (["x@example.org", 5], "A5"),
        (["x@example.org"], "A1"),
        ([[5]], "A5"),
        ({"user": {"id": 5, "email": "x@example.org"}}, "A5"),
        ({"user": 5}, "A5"),
        ([{"user": {"email": "x@example.org"}}], "A1"),
    ],
)
def test_completed_by_may_be_a_list_or_an_object_of_one_person(listed, annotator):
    made = tables(task("p1", annotation(1, 1, choice("a"), completed_by=listed, updated_by=None)))
    assert set(made.ratings["annotator"]) == {annotator}


@pytest.mark.parametrize(
    ("annotations", "said"),
    [
        ([None, annotation(2, 5, choice("a"))], "annotation 1 of 2"),
        ([annotation(2, 5, choice("a")), 7], "annotation 2 of 2"),
    ],
)
def test_what_is_no_annotation_is_named_by_its_number(annotations, said):
    made = {**task("p1"), "annotations": annotations}
    with pytest.raises(ExportError, match=f'{said} has no "result"; export the project as JSON'):
        tables(made)


@pytest.mark.parametrize("listed", [[], [5, 6], [None], [True], {"user": None}, {"user": {}}])
def test_a_list_of_nobody_or_of_several_is_counted_and_names_nobody(listed):
    made = tables(task("p1", annotation(1, 1, choice("a"), completed_by=listed, updated_by=None)))
    assert made.ratings.empty
    assert list(made.exclusions["reason"]) == ["no_annotator"]


def test_null_for_annotations_or_answers_is_none_of_them():
    given = tables(task("p1"), task("p2", annotation(1, 1), annotation(2, 2, choice("a"))))
    nulls = [task("p1"), task("p2", annotation(1, 1, result=None), annotation(2, 2, choice("a")))]
    nulls[0]["annotations"] = None
    found = tables(*nulls)
    assert list(found.exclusions["reason"]) == ["empty"]
    pd.testing.assert_frame_equal(found.exclusions, given.exclusions)
    pd.testing.assert_frame_equal(found.ratings, given.ratings)
    pd.testing.assert_frame_equal(found.passages, given.passages)
    assert identified([*nulls])[0]["annotations"] == []


@pytest.mark.parametrize(
    ("written", "meant"), [("false", False), ("False", False), ("0", False), ("true", True)]
)
@pytest.mark.parametrize("key", ["was_cancelled", "ground_truth"])
def test_true_and_false_may_be_written_as_text(key, written, meant):
    told, given = (
        tables(task("p1", annotation(1, 1, choice("a"), **{key: one}))) for one in (written, meant)
    )
    pd.testing.assert_frame_equal(told.ratings, given.ratings)
    pd.testing.assert_frame_equal(told.exclusions, given.exclusions)
    pd.testing.assert_frame_equal(told.gold, given.gold)


def test_ratings_and_numbers_may_be_written_as_text():
    found = tables(
        task(
            "p1",
            annotation(1, 1, result("force", "rating", rating="3"), result("depth", "number", number=" 2.5")),
        ),
        task(
            "p2",
            annotation(2, 1, result("force", "rating", rating="x"), result("depth", "number", number="nan")),
        ),
    )
    of_first = found.ratings[found.ratings["item"] == "p1"].set_index("variable")["category"]
    assert (of_first["force"], of_first["depth"]) == ("3", "2.5")
    assert list(found.exclusions["reason"]) == ["malformed", "malformed"]


def test_a_task_of_another_tool_gets_its_content_for_an_id():
    plain = {"id": 9, "data": {"text": "He said so."}, "annotations": [annotation(1, 1, choice("a"))]}
    made = tables(plain, {**plain, "id": 10, "data": {"text": "Other."}})
    assert made.passages["item"].nunique() == 2
    assert set(made.passages["source"]) == {"(no source)"}


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"data": {}}, 'task 1: no "annotations"'),
        ({"id": 1, "text": "JSON_MIN", "annotations": []}, 'task 1: no "data"'),
        ({"data": {}, "annotations": [{"result": "x"}]}, 'has no "result"'),
        ("x", 'task 1: no "data"'),
    ],
)
def test_what_is_no_export_is_one_clear_line(broken, message):
    with pytest.raises(ExportError, match=message):
        tables(broken)


def test_half_a_character_is_refused():
    with pytest.raises(ExportError, match="task 1: holds half a character"):
        tables(task("p1", text="He \ud800 said so."))


def test_an_annotation_of_which_nothing_is_kept_says_nothing_of_a_list_to_tick():
    assert tables(task("p1", annotation(1, 1, choice("z")))).ratings.empty


def test_one_id_for_two_texts_is_refused():
    with pytest.raises(ExportError, match="task 2: item p1 stands for another text"):
        tables(task("p1"), task("p1", text="Another."))


TEXT = "🚚 é and “she” said 🕯️ so"


@given(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT)))
def test_offsets_in_utf16_units_are_found_too(start, length):
    end = min(len(TEXT), start + length)
    marked = TEXT[start:end]
    utf16 = [len(TEXT[:at].encode("utf-16-le")) // 2 for at in (start, end)]
    made = tables(task("p1", annotation(1, 1, span(*utf16, marked)), text=TEXT))
    row = made.spans.iloc[0]
    assert TEXT[row["start"] : row["end"]] == row["text"] == marked


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"type": "relation", "labels": 5}, "malformed"),
        ({"type": "relation", "labels": [{}]}, "malformed"),
        (result("force", "rating", rating=float("nan")), "malformed"),
        (result("force", "rating", rating=float("inf")), "malformed"),
        (result("depth", "number", number=10**400), "malformed"),
    ],
)
def test_an_answer_of_any_shape_is_counted_and_never_stops_the_reading(answer, reason):
    tables = tabulate([task("p1", annotation(1, 1, choice("a"), answer))], CODEBOOK)
    assert tables.exclusions["reason"].tolist() == [reason]
    assert tables.ratings["variable"].tolist() == ["kind", "flags"]


@pytest.mark.parametrize(
    "fields", [{"id": "x"}, {"id": None}, {"lead_time": "long"}, {"lead_time": 10**400}, {"created_at": [1]}]
)
def test_what_is_said_beside_an_annotation_may_be_of_any_kind(fields):
    tables = tabulate([task("p1", {**annotation(1, 1, choice("a")), **fields})], CODEBOOK)
    assert "a" in tables.ratings["category"].tolist()


def test_two_deleted_accounts_are_not_one_annotator():
    nobody = {"completed_by": None, "updated_by": None}
    tables = tabulate(
        [
            task(
                "p1",
                annotation(1, 1, choice("a")),
                annotation(2, 2, choice("b"), **nobody),
                annotation(3, 3, **nobody),
            )
        ],
        CODEBOOK,
    )
    assert tables.exclusions["reason"].tolist() == ["no_annotator", "no_annotator"]
    assert set(tables.ratings["annotator"]) == {"A1"}


def test_a_passage_that_is_in_a_project_twice_keeps_every_rating():
    """As after a push whose reply was lost: who coded both copies has coded it a second time."""
    tasks = [
        {**task("p1", annotation(1, 1, choice("a")), annotation(3, 2, choice("a"))), "id": 11},
        {**task("p1", annotation(2, 1, choice("b")), annotation(4, 3, choice("b"))), "id": 12},
        {**task("p1", annotation(5, 1, choice("a"))), "id": 13},
    ]
    for order in ([0, 1, 2], [2, 1, 0]):
        tables = tabulate([tasks[number] for number in order], CODEBOOK)
        kinds = tables.ratings[tables.ratings["variable"] == "kind"].sort_values(["round", "annotator"])
        assert kinds[["annotator", "category", "round", "annotation"]].to_numpy().tolist() == [
            ["A1", "a", 1, "1"], ["A2", "a", 1, "3"], ["A3", "b", 1, "4"], ["A1", "b", 2, "2"], ["A1", "a", 3, "5"],
        ]  # fmt: skip
        assert tables.exclusions.empty
        assert tables.passages["n_annotations"].tolist() == [3]
        (said,) = tables.cautions
        assert "have one text" in said
        assert "2 annotations are the annotator's second of one passage: none is left out" in said


def test_twins_come_after_the_planned_repeats():
    again = task("p1-round2", annotation(3, 1, choice("a")))
    again["data"] |= {"repeat_of": "p1", "round": 2}
    first, twin = ({**task("p1", annotation(n, 1, choice(c))), "id": n} for n, c in ((1, "a"), (2, "b")))
    tables = tabulate([again, first, twin], CODEBOOK)
    kinds = tables.ratings[tables.ratings["variable"] == "kind"].sort_values("round")
    assert kinds["category"].tolist() == ["a", "a", "b"]


def test_one_annotation_that_comes_with_two_tasks_is_one():
    tables = tabulate(
        [task("p1", annotation(1, 1, choice("a"))), task("p1", annotation(1, 1, choice("a")))], CODEBOOK
    )
    assert tables.ratings["round"].tolist() == [1] * len(tables.ratings)
    assert tables.exclusions["reason"].tolist() == ["superseded"]


def test_names_with_blanks_around_them_are_the_same_in_all_tables():
    tables = tabulate([task(" p1 ", annotation(1, 1, choice("a")), source=" ")], CODEBOOK)
    assert set(tables.ratings["item"]) == set(tables.passages["item"]) == {"p1"}
    assert set(tables.ratings["source"]) == set(tables.passages["source"]) == {"(no source)"}


def test_data_of_any_kind_become_cells_that_every_sheet_can_hold():
    row = tabulate(
        [task("p1", text=["a"], title={"x": 1}, url=5, start=[1], end="x")], CODEBOOK
    ).passages.iloc[0]
    assert (row["text"], row["title"], row["url"]) == ('["a"]', '{"x": 1}', "5")
    assert pd.isna(row["start"])
    assert pd.isna(row["end"])


def test_half_a_character_in_an_answer_is_refused_in_one_line():
    with pytest.raises(ExportError, match="task 1: holds half a character"):
        tabulate([task("p1", annotation(1, 1, choice("\ud800")))], CODEBOOK)


LINES = "The board said on Monday that\r\n24 carts were held\tat the gate.\n"


@pytest.mark.parametrize(
    ("text", "start", "end", "marked"),
    [
        # What a browser writes for a break, and that it counts CRLF as one.
        ("said that\n24 carts left", 5, 18, "that\\n24 carts"),
        (LINES, 30, 38, "24 carts"),
        (LINES, 25, 38, "that\\n24 carts"),
        (LINES, 25, 39, "that\r\n24 carts"),
        (LINES, 44, 50, "held\\ta"),
        ("\U0001f69a said\r\nso, too", 8, 10, "so"),  # UTF-16 units, CRLF as one
        ("\U0001f69a said\r\nso, too", 9, 11, "so"),  # UTF-16 units
        ("a lone\rreturn", 2, 13, "lone\\nreturn"),
        # White space at the edges, inside, and letters composed otherwise.
        ("the port office", 4, 9, "port"),
        ("the port office", 4, 8, " port "),
        ("the port\u00a0office", 4, 15, "port office"),
        ("the caf\u00e9 closed", 4, 8, "cafe\u0301"),
        ("the cafe\u0301 closed", 4, 9, "caf\u00e9"),
        (r"a path C:\new there", 7, 13, r"C:\new"),  # a backslash and an n that stand in the text
    ],
)
def test_a_mark_is_kept_however_its_text_was_written_down(text, start, end, marked):
    made = tables(task("p1", annotation(1, 1, span(start, end, marked)), text=text))
    assert made.exclusions.empty
    row = made.spans.iloc[0]
    assert text[row["start"] : row["end"]] == row["text"]
    plain = marked.replace("\\n", "\n") if marked not in text else marked
    assert unicodedata.normalize("NFC", "".join(row["text"].split())) == unicodedata.normalize(
        "NFC", "".join(plain.replace("\\t", "\t").split())
    )


@given(
    st.text("a\r\n\t\U0001f69a \u0301", max_size=12),
    st.text("bc\n\U0001f69a", min_size=1, max_size=6),
    st.text("d\r\n ", max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_a_mark_of_the_browser_lies_where_it_was_made(before, inside, after, crlf, utf16):
    """Whatever stands around it: as code points or UTF-16 units, with CRLF as one or as two."""
    text = f"{before}[{inside}]{after}".replace("\r", "").replace("\n", "\r\n" if crlf else "\n")
    start, end = text.index("["), text.index("]") + 1

    def counted(part):
        part = part.replace("\r\n", "\n")
        return len(part.encode("utf-16-le")) // 2 if utf16 else len(part)

    marked = text[start:end].replace("\r\n", "\n").replace("\n", "\\n")
    one = span(counted(text[:start]), counted(text[:end]), marked)
    made = tables(task("p1", annotation(1, 1, one), text=text))
    assert made.spans[["start", "end"]].to_numpy().tolist() == [[start, end]]


def test_a_mark_without_its_text_is_placed_where_every_way_of_counting_agrees():
    bare = result("marks", "labels", start=3, end=7, labels=["SOURCE"])
    assert tables(task("p1", annotation(1, 1, bare))).spans["text"].tolist() == ["said"]
    before = tables(task("p1", annotation(1, 1, bare), text="He said so \U0001f69a."))
    assert before.spans["text"].tolist() == ["said"]
    behind = tables(task("p1", annotation(1, 1, bare), text="\U0001f69a: said so."))
    assert behind.exclusions["reason"].tolist() == ["unknown_offsets", "marks_incomplete"]


def test_other_marks_of_the_export_settle_what_offsets_count():
    text = "\U0001f69a: said so."
    bare = result("marks", "labels", start=4, end=8, labels=["SOURCE"])
    told = task("p2", annotation(2, 1, span(4, 8, "said")), text=text)
    made = tables(told, task("p1", annotation(1, 1, bare), text=text))
    assert made.spans["text"].tolist() == ["said", "said"]
    assert made.exclusions.empty


def test_labels_and_choices_may_come_from_the_task():
    book = read_codebook(
        """<View><Text name="text" value="$text"/><Choices name="opt" toName="text" value="$options"/>
        <Labels name="marks" toName="text" value="$labels"/></View>"""
    )
    offer = {"options": [{"value": "A", "alias": "a"}, "B"], "labels": [{"value": "ORG"}]}

    def read(*results):
        return tabulate([task("p1", annotation(1, 1, *results), **offer)], book)

    made = read(choice("a", name="opt"), span(0, 2, "He", "ORG"))
    assert made.ratings["category"].tolist() == ["a"]
    assert made.spans["label"].tolist() == ["ORG"]
    wrong = read(choice("A", name="opt"), span(0, 2, "He", "PER"))
    assert wrong.exclusions["reason"].tolist() == ["unknown_category", "unknown_category", "marks_incomplete"]


def test_an_annotator_whose_mark_is_left_out_is_missing_there_and_not_one_who_marked_nothing(tmp_path):
    one, other = span(0, 2, "He"), span(3, 7, "said", "CUE")
    wrong = span(3, 7, "sang", "CUE")
    tasks = [
        task("p1", annotation(1, 1, one, other), annotation(2, 2, one, wrong)),
        task("p2", annotation(3, 1, one), annotation(4, 2, one)),
    ]
    made = tables(*tasks)
    assert made.exclusions["reason"].tolist() == ["span_mismatch", "marks_incomplete"]
    assert len(made.spans) == 5
    (tmp_path / "config.xml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    study = read_study(tmp_path / "export.json", config=tmp_path / "config.xml")
    spans, annotated, _ = study.marked
    assert annotated[["item", "annotator"]].to_numpy().tolist() == [["p1", "A1"], ["p2", "A1"], ["p2", "A2"]]
    assert spans["annotation"].tolist() == ["1", "1", "3", "4"]
    found = measure_spans(*study.marked, labels=study.labels, interval=Interval(replicates=0))
    assert found.loc[found["coefficient"] == "f1_overlap", "value"].iloc[0] == 1


def test_where_marks_are_all_that_is_asked_an_annotation_without_any_is_one_that_found_nothing():
    book = read_codebook(
        '<View><Text name="text" value="$text"/><Labels name="marks" toName="text"><Label value="W"/></Labels></View>'
    )
    made = tabulate([task("p1", annotation(1, 1, span(0, 2, "He", "W")), annotation(2, 2))], book)
    assert made.exclusions.empty
    assert made.annotated["annotator"].tolist() == ["A1", "A2"]
    assert made.passages["n_annotations"].tolist() == [2]


def test_what_else_tasks_say_of_a_passage_is_there_to_group_by(tmp_path, run):
    tasks = [
        task(
            f"p{n}", annotation(n, 1, choice("a"), span(0, 2, "He")), annotation(10 + n, 2, choice("a")),
            country=("FI", "PL")[n % 2], circulation=n % 2 + 1.0, notes="x" * 500, tags=["t"], queue="1", **more,
        )
        for n, more in ((1, {}), (2, {"paper": "daily"}), (3, {}))
    ]  # fmt: skip
    made = tabulate(tasks, CODEBOOK)
    assert list(made.ratings.columns[-3:]) == ["country", "circulation", "paper"]
    assert set(made.passages["circulation"]) == {"1", "2"}
    assert made.passages["country"].tolist() == ["PL", "FI", "PL"]
    (tmp_path / "config.xml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    for command in (("agreement",), ("spans", "agreement")):
        code, out, _ = run(
            *command,
            tmp_path / "export.json",
            "--config",
            tmp_path / "config.xml",
            "--by",
            "country",
            "--format",
            "csv",
        )
        assert code == 0
        assert {"FI", "PL"} <= {cell for line in out.splitlines() for cell in line.split(",")}


def test_what_was_written_beside_a_mark_is_a_comment():
    noted = span(0, 2, "He") | {"meta": {"text": ["Or is it she?"]}}
    made = tables(task("p1", annotation(1, 1, noted), annotation(2, 2, span(0, 2, "He"))))
    assert made.comments[["variable", "text", "annotation"]].to_numpy().tolist() == [
        ["marks", "Or is it she?", "1"]
    ]
    assert len(made.spans) == 2
    assert made.exclusions.empty


@pytest.mark.parametrize(("start", "end"), [("0", "2"), (0.0, 2.0)])
def test_offsets_may_be_written_as_a_converter_writes_them(start, end):
    assert tables(task("p1", annotation(1, 1, span(start, end, "He")))).spans["text"].tolist() == ["He"]


def test_one_choice_may_be_written_without_a_list():
    made = tables(task("p1", annotation(1, 1, result("kind", "choices", choices="b")))).ratings
    assert made.loc[made["variable"] == "kind", "category"].tolist() == ["b"]


def test_which_of_two_was_selected_is_a_rating():
    book = read_codebook(
        '<View><Text name="one" value="$a"/><Text name="other" value="$b"/>'
        '<Pairwise name="better" toName="one,other"/></View>'
    )
    selected = [
        annotation(number, number, result("better", "pairwise", selected=said))
        for number, said in enumerate(("left", "right", "none", "both"), start=1)
    ]
    made = tabulate([task("p1", *selected)], book)
    assert made.ratings["category"].tolist() == ["left", "right"]
    assert made.exclusions["reason"].tolist() == ["blank", "unknown_category"]


def test_marks_of_which_none_can_be_read_are_said(tmp_path):
    (tmp_path / "config.xml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "export.json").write_text(json.dumps([task("p1", annotation(1, 1, span(0, 2, "It")))]))
    study = read_study(tmp_path / "export.json", config=tmp_path / "config.xml")
    with pytest.raises(InputError, match="no marks are left to measure; left out are 1 span_mismatch"):
        _ = study.marked


def test_an_answer_from_before_a_choice_had_an_alias_is_that_choice():
    book = read_codebook(
        """<View><Text name="text" value="$text"/>
        <Choices name="c" toName="text"><Choice value="Apple pie" alias="ap"/><Choice value="Bread"/></Choices>
        <Labels name="l" toName="text"><Label value="Who" alias="W"/></Labels></View>"""
    )
    mark = {"type": "labels", "from_name": "l", "to_name": "text", "id": "m"}
    both = [
        annotation(n, n, choice(one, name="c"), {**mark, "value": {"start": 0, "end": 3, "text": "One", "labels": [label]}})
        for n, (one, label) in enumerate((("Apple pie", "Who"), ("ap", "W")), 1)
    ]  # fmt: skip
    made = tabulate([task("p1", *both, text="One pie.")], book)
    assert set(made.ratings["category"]) == {"ap"}
    assert set(made.spans["label"]) == {"W"}
    assert made.exclusions.empty
