"""Text that is not plain text, and questions asked again and again: pages, dialogues, and what a config repeats."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.agreement import Interval, measure_spans
from annotate.codebook.check import check_config
from annotate.codebook.read import read_codebook
from annotate.codebook.repeats import Repeat, look_up
from annotate.study.exports import tabulate
from annotate.study.pages import Page
from annotate.study.study import read_study
from tests.export_example import annotation, choice, span, task

REPEATS = """<View><Repeater on="$turns" indexFlag="{{idx}}"><View>
<Text name="t_{{idx}}" value="$turns[{{idx}}].text"/>
<Choices name="stance_{{idx}}" toName="t_{{idx}}"><Choice value="for"/><Choice value="against"/></Choices>
<Choices name="flags_{{idx}}" toName="t_{{idx}}" choice="multiple"><Choice value="x"/></Choices>
<Choices name="why_{{idx}}" toName="t_{{idx}}" visibleWhen="choice-selected" whenTagName="stance_{{idx}}"
  whenChoiceValue="for"><Choice value="y"/></Choices>
<Labels name="m_{{idx}}" toName="t_{{idx}}"><Label value="W"/></Labels></View></Repeater>
<Text name="whole" value="$title"/><Rating name="tone" toName="whole"/>
<Relations><Relation value="relays"/></Relations></View>"""
TURNS = {"turns": [{"text": "It rained."}, {"text": "It did not."}], "title": "Rain"}


def answer(name: str, number: int, **value: Any) -> dict[str, Any]:
    one = choice(*value.pop("choices", ()), name=f"{name}_{number}")
    return {**one, "to_name": f"t_{number}", "value": one["value"] | value}


def mark(number: int, start: int, end: int) -> dict[str, Any]:
    text = TURNS["turns"][number]["text"][start:end]
    return {**span(start, end, text, "W"), "from_name": f"m_{number}", "id": f"r{number}"}


def test_each_entry_of_a_repeated_question_is_an_item() -> None:
    book = read_codebook(REPEATS)
    assert check_config(REPEATS) == []
    tone = {"id": "z", "from_name": "tone", "to_name": "whole", "type": "rating", "value": {"rating": 3}}
    arrow = {"type": "relation", "from_id": "r0", "to_id": "r0", "labels": ["relays"]}
    across = {"type": "relation", "from_id": "r0", "to_id": "r1", "labels": ["relays"]}
    answers = [
        answer("stance", 0, choices=["for"]), answer("why", 0, choices=["y"]), answer("stance", 1, choices=["against"]),
        answer("why", 1, choices=["y"]), answer("stance", 2, choices=["for"]), tone, mark(0, 0, 2), mark(1, 3, 6),
        arrow, across,
    ]  # fmt: skip
    made = tabulate(
        [{"id": 1, "data": {"passage_id": "p", **TURNS}, "annotations": [annotation(1, 1, *answers)]}], book
    )
    assert made.ratings[["item", "variable", "category", "document"]].to_numpy().tolist() == [
        ["p", "tone", "3", "p"],
        ["p/turns[0]", "stance_{{idx}}", "for", "p"],
        ["p/turns[0]", "why_{{idx}}", "y", "p"],
        ["p/turns[0]", "flags_{{idx}}", "[]", "p"],
        ["p/turns[1]", "stance_{{idx}}", "against", "p"],
        ["p/turns[1]", "flags_{{idx}}", "[]", "p"],
    ]
    assert made.passages[["item", "text", "n_annotations"]].to_numpy().tolist() == [
        ["p", "Rain", 1], ["p/turns[0]", "It rained.", 1], ["p/turns[1]", "It did not.", 1],
    ]  # fmt: skip
    assert made.spans[["item", "text"]].to_numpy().tolist() == [["p/turns[0]", "It"], ["p/turns[1]", "did"]]
    assert made.relations["item"].tolist() == ["p/turns[0]"]
    assert sorted(made.exclusions["reason"]) == ["hidden", "no_stretch", "unknown_control"]


def test_agreement_on_repeated_questions_is_measured_entry_by_entry(tmp_path: Any, run: Any) -> None:
    config = REPEATS.split('<Text name="whole"', maxsplit=1)[0] + "</View>"
    made = [
        annotation(
            number, number, answer("stance", 0, choices=["for"]), answer("stance", 1, choices=[second])
        )
        for number, second in ((1, "for"), (2, "against"))
    ]
    (tmp_path / "config.xml").write_text(config, encoding="utf-8")
    (tmp_path / "export.json").write_text(
        json.dumps([{"id": 1, "data": TURNS, "annotations": made}]), encoding="utf-8"
    )
    study = read_study(tmp_path / "export.json", config=tmp_path / "config.xml")
    assert len(study.passages) == 2
    code, out, _ = run(
        "agreement", tmp_path / "export.json", "--config", tmp_path / "config.xml",
        "--coefficient", "percent_agreement", "--format", "csv",
    )  # fmt: skip
    assert code == 0
    assert "stance_{{idx}}" in out
    assert ",0.5," in out


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('name="stance_{{idx}}"', 'name="stance"', "all of them have one name"),
        ('on="$turns"', 'on="turns"', "repeats nothing"),
        (
            "<View>\n<Text",
            '<Repeater on="$more"><View/></Repeater><View>\n<Text',
            "stands in another <Repeater>",
        ),
    ],
)
def test_a_repeater_that_cannot_be_read_is_named(old: str, new: str, what: str) -> None:
    found = check_config(REPEATS.replace(old, new, 1))
    assert any(what in problem.what for problem in found)


@given(st.text("ab_{}. 1", max_size=6), st.integers(0, 999), st.text("ab_1", max_size=6))
def test_the_number_in_a_name_is_found(before: str, number: int, after: str) -> None:
    repeat = Repeat("turns", "{{idx}}")
    before, after = before.rstrip("0123456789"), after.lstrip("0123456789")
    name = f"{before}{number}{after}"
    assert repeat.number_in(name, f"{before}{{{{idx}}}}{after}") == number
    assert repeat.number_in(name, f"{before}x{after}") is None


def test_data_are_looked_up_by_key_and_by_path() -> None:
    data = {"a": {"b": [{"c": "x"}]}, "a.b": "whole"}
    assert [look_up(data, key) for key in ("a.b", "a.b[0].c", "a.b[1].c", "a.b[0][0]", "q")] == [
        "whole", "x", None, None, None,
    ]  # fmt: skip
    assert look_up({"a": {"b": [{"c": "x"}]}}, "a.b[0].c") == "x"


# ---- pages

HYPER = """<View><HyperText name="page" value="$html"/>
<HyperTextLabels name="m" toName="page"><Label value="W"/></HyperTextLabels></View>"""
HTML = (
    "<h2>At the gate \U0001f69a</h2>\n<p>Forty carts<br>were <b>held</b>, &amp; more.</p><p>Nobody knows.</p>"
)


def hyper(marked: str | None, **value: Any) -> dict[str, Any]:
    value |= {"hypertextlabels": ["W"]} | ({} if marked is None else {"text": marked})
    return {"id": "r", "from_name": "m", "to_name": "page", "type": "hypertextlabels", "value": value}


def overall(start: int, end: int) -> dict[str, Any]:
    return {"start": "/p[1]/text()[1]", "startOffset": 0, "end": "/p[1]/text()[1]", "endOffset": 1,
            "globalOffsets": {"start": start, "end": end}}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "marked", "text"),
    [
        (overall(14, 25), "Forty carts", "Forty carts"),
        (overall(20, 35), "carts\\nwere held", "carts\nwere held"),
        (overall(37, 56), "& more.\\n\\nNobody knows", "& more.Nobody knows"),  # the browser's line between blocks
        (overall(15, 26), "Forty carts", "Forty carts"),  # UTF-16 units
        ({"start": "/p[1]/b[1]/text()[1]", "startOffset": 0, "end": "/p[1]/text()[3]", "endOffset": 3}, "held, &", "held, &"),
        ({"start": "/p[1]/text()[2]", "startOffset": 0, "end": "/p[1]/b[1]/text()[1]", "endOffset": 4}, "were held", "were held"),
    ],
)  # fmt: skip
def test_a_mark_on_a_page_lies_in_its_text(value: dict[str, Any], marked: str, text: str) -> None:
    made = tabulate([task("p1", annotation(1, 1, hyper(marked, **value)), html=HTML)], read_codebook(HYPER))
    assert made.spans["text"].tolist() == [text]
    (start, end), shown = made.spans[["start", "end"]].to_numpy()[0], made.passages["text"].iloc[0]
    assert shown[start:end] == text
    assert check_config(HYPER) == []


@pytest.mark.parametrize(
    ("value", "marked", "reason"),
    [
        (overall(14, 25), "Fifty carts", "span_mismatch"),
        (overall(14, 25), None, "unknown_offsets"),
        ({"start": "/ul[1]/text()[1]", "startOffset": 0, "end": "/p[1]/text()[3]", "endOffset": 3}, "held", "malformed"),
        ({"start": "///", "startOffset": 0, "end": "/p[1]", "endOffset": 3}, "held", "malformed"),
    ],
)  # fmt: skip
def test_a_mark_that_lies_nowhere_on_the_page_is_left_out_and_counted(
    value: dict[str, Any], marked: str | None, reason: str
) -> None:
    made = tabulate([task("p1", annotation(1, 1, hyper(marked, **value)), html=HTML)], read_codebook(HYPER))
    assert made.exclusions["reason"].tolist() == [reason, "marks_incomplete"]


def test_a_page_is_read_from_its_body_and_anything_is_a_page() -> None:
    assert Page("<html><head><title>T</title></head><body>One<br/>two</body></html>").text == "One\ntwo"
    assert Page("").text == ""
    assert Page("a < b").text.startswith("a")


# ---- dialogues

TALK = """<View><Paragraphs name="talk" value="$talk" textKey="said"/>
<ParagraphLabels name="m" toName="talk"><Label value="W"/></ParagraphLabels></View>"""
SAID = [
    {"author": "Ada", "said": "Who closed \U0001f69a the gate?"},
    {"author": "Ben", "said": "The harbour office did."},
]


def turn(first: str, start: int, last: str, end: int, marked: str | None) -> dict[str, Any]:
    value = {"start": first, "end": last, "startOffset": start, "endOffset": end, "paragraphlabels": ["W"]}
    value |= {} if marked is None else {"text": marked}
    return {"id": "r", "from_name": "m", "to_name": "talk", "type": "paragraphlabels", "value": value}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (turn("1", 4, "1", 18, "harbour office"), "harbour office"),
        (turn("0", 13, "0", 21, "the gate"), "the gate"),
        (turn("0", 14, "0", 22, "the gate"), "the gate"),  # UTF-16 units
        (turn("0", 17, "1", 3, "gate?\n\nThe"), "gate?\nThe"),
        (turn("0", 17, "1", 3, "gate?\n00:00:00 - 00:00:00\nThe"), "gate?\nThe"),  # as the screen has it
        (turn("0", 18, "1", 11, "gate?\\nBen\\nThe harbour"), "gate?\nThe harbour"),  # UTF-16 units
        (turn("1", 0, "1", 3, None), "The"),
    ],
)
def test_a_mark_on_a_turn_lies_in_the_dialogue(answer: dict[str, Any], text: str) -> None:
    made = tabulate([task("p1", annotation(1, 1, answer), talk=SAID)], read_codebook(TALK))
    assert made.spans["text"].tolist() == [text]
    (start, end), shown = made.spans[["start", "end"]].to_numpy()[0], made.passages["text"].iloc[0]
    assert shown[start:end] == text
    assert check_config(TALK) == []


@pytest.mark.parametrize(
    "answer",
    [
        turn("7", 0, "7", 3, "The"),
        turn("1", 9, "1", 3, "The"),
        turn("x", 0, "1", 3, "The"),
        turn("1", 0, "1", 3, "No"),
        turn("0", 17, "1", 3, "gate?\nBen\nThe harbour"),
        turn("0", 17, "1", 3, "the gate?\nBen\nThe"),
    ],
)
def test_a_mark_on_no_turn_is_left_out_and_counted(answer: dict[str, Any]) -> None:
    made = tabulate([task("p1", annotation(1, 1, answer), talk=SAID)], read_codebook(TALK))
    assert made.exclusions["reason"].isin(["malformed", "span_mismatch", "marks_incomplete"]).all()
    assert len(made.exclusions) == 2


def test_marks_on_dialogues_are_measured(tmp_path: Any) -> None:
    one, other = turn("1", 4, "1", 18, "harbour office"), turn("1", 4, "1", 11, "harbour")
    tasks = [
        {"id": 1, "data": {"talk": SAID}, "annotations": [annotation(1, 1, one), annotation(2, 2, other)]}
    ]
    (tmp_path / "config.xml").write_text(TALK, encoding="utf-8")
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    study = read_study(tmp_path / "export.json", config=tmp_path / "config.xml")
    found = measure_spans(*study.marked, labels=study.labels, interval=Interval(replicates=0))
    assert found.loc[found["coefficient"] == "f1_overlap", "value"].tolist() == [1.0, 1.0]


HEADED = """<View><Text name="head" value="$title"/><Text name="body" value="$text"/>
<Labels name="told" toName="body"><Label value="CLAIM"/></Labels>
<Labels name="named" toName="head"><Label value="NAME"/></Labels></View>"""


def test_marks_in_a_headline_and_below_it_lie_in_one_text(tmp_path: Any) -> None:
    def made(number: int) -> dict[str, Any]:
        told = span(4, 8, "mill", "CLAIM") | {"from_name": "told", "to_name": "body"}
        named = span(0, 4, "Kell", "NAME") | {"from_name": "named", "to_name": "head", "id": "r2"}
        both = {"type": "relation", "from_id": "r1", "to_id": "r2", "labels": ["relays"]}
        return annotation(number, number, told, named, both)

    tasks = [task("p1", made(1), made(2), text="The mill is shut.", title="Kell in the dark")]
    config = HEADED.replace("</View>", '<Relations><Relation value="relays"/></Relations></View>')
    (tmp_path / "config.xml").write_text(config, encoding="utf-8")
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    study = read_study(tmp_path / "export.json", config=tmp_path / "config.xml")
    assert study.passages["text"].tolist() == ["The mill is shut.\nKell in the dark"]
    assert (
        study.spans[["label", "start", "end", "text"]].to_numpy().tolist()
        == [
            ["CLAIM", 4, 8, "mill"],
            ["NAME", 18, 22, "Kell"],
        ]
        * 2
    )
    assert study.relations["to_text"].tolist() == ["Kell", "Kell"]
    found = measure_spans(*study.marked, labels=study.labels, interval=Interval(replicates=0))
    assert set(found.loc[found["coefficient"] == "f1_exact", "value"]) == {1.0}
