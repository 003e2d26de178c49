"""Each fault of a label config is found at its line; what is right is left in peace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.codebook.check import check_config
from annotate.codebook.config_xml import Problem
from annotate.codebook.read import read_codebook
from annotate.errors import ConfigError
from annotate.files import bundled

TEXT = '<Text name="text" value="$text"/>'
TONE = '<Choices name="tone" toName="text"><Choice value="warm" alias="w"/><Choice value="cold"/></Choices>'


def config(*lines: str) -> str:
    """Put the lines into a View with a text object: the first stands in line 3."""
    return "\n".join(["<View>", TEXT, *lines, "</View>"])


def test_the_project_s_own_config_has_no_problem() -> None:
    assert check_config(bundled("label_config.xml").read_text("utf-8")) == []


def test_the_sdk_takes_the_project_s_own_config() -> None:
    from label_studio_sdk.label_interface import LabelInterface  # takes seconds

    xml = bundled("label_config.xml").read_text("utf-8")
    interface = LabelInterface(xml)
    interface.validate()
    book = read_codebook(xml)
    assert {c.name for c in interface.controls} == {v.name for v in (*book.variables, *book.span_variables)}
    for variable in book.variables:
        for category in [c.id for c in variable.categories] + ["nobody"]:
            value = {"choices": [category]}
            answer = {"from_name": variable.name, "to_name": "text", "type": "choices", "value": value}
            assert interface.validate_annotation({"result": [answer]}) is (category != "nobody")


RIGHT = {
    "choices and a text": TONE,
    "a caption": '<Text name="caption" value="Read this."/>' + TONE,
    "a condition by alias": TONE
    + '<Rating name="r" toName="text" visibleWhen="choice-selected" whenTagName="tone" whenChoiceValue="w,cold"/>',
    "a value with a comma": '<Choices name="c" toName="text"><Choice value="a, b"/></Choices>'
    '<View visibleWhen="choice-selected" whenTagName="c" whenChoiceValue="a, b"><Rating name="r" toName="text"/></View>',
    "choices from the task": '<Choices name="c" toName="text" value="$options"/>'
    '<Rating name="r" toName="text" visibleWhen="choice-selected" whenTagName="c" whenChoiceValue="x"/>',
    "a taxonomy with one word at two places": '<Taxonomy name="t" toName="text"><Choice value="a"><Choice value="x"/>'
    '</Choice><Choice value="b"><Choice value="x"/></Choice></Taxonomy>',
    "labels with a control for each region": '<Labels name="l" toName="text"><Label value="A"/></Labels>'
    '<Choices name="c" toName="text" perRegion="true" visibleWhen="region-selected" whenTagName="l" whenLabelValue="A">'
    '<Choice value="x"/></Choices>',
    "two keys that differ by a modifier": '<Choices name="c" toName="text"><Choice value="a" hotkey="s"/>'
    '<Choice value="b" hotkey="shift+s"/></Choices>',
    "a declaration without an encoding": TONE,
}


@pytest.mark.parametrize("lines", RIGHT.values(), ids=RIGHT.keys())
def test_what_is_right_is_left_in_peace(lines: str) -> None:
    assert check_config('<?xml version="1.0"?>' + config(lines)) == []


WRONG = {
    "an encoding": (
        '<?xml version="1.0" encoding="utf-8"?>' + config(TONE),
        Problem(
            1,
            "",
            "an XML declaration with the encoding 'utf-8', at which the server fails",
            "remove the declaration",
        ),
    ),
    "nothing": ("", Problem(1, "", "empty", "a label config starts with <View>")),
    "a document type": (
        '<!-- <!DOCTYPE no> -->\n<!DOCTYPE View [<!ENTITY e "x">]><View>&e;</View>',
        Problem(2, "", "has a document type (<!DOCTYPE)", "remove it"),
    ),
    "a repeated name": (
        config(TONE, '<Rating name="tone" toName="text"/>'),
        Problem(4, "Rating", "name 'tone' is taken by line 3", "give it a name of its own"),
    ),
    "a repeated name in single quotes": (
        config(TONE, "<Rating name='tone' toName='text'/>"),
        Problem(4, "Rating", "name 'tone' is taken by line 3", "give it a name of its own"),
    ),
    "a control with the name of its object": (
        config("<Rating name='text' toName='text'/>"),
        Problem(3, "Rating", "name 'text' is taken by line 2", "give it a name of its own"),
    ),
    "no name": (
        config('<Rating toName="text"/>'),
        Problem(3, "Rating", "has no name", 'give it one: name="..."'),
    ),
    "a toName that leads nowhere": (
        config(TONE, "<Rating name='r' toName='txt'/>"),
        Problem(4, "Rating", "toName 'txt' is the name of no object", "write toName='text'"),
    ),
    "no toName": (
        config('<Rating name="r"/>'),
        Problem(3, "Rating", "'r' has no toName", "write toName='text'"),
    ),
    "a tag in the wrong case": (
        config(TONE, '<choices name="c" toName="text"/>'),
        Problem(4, "choices", "is not a tag of Label Studio, which shows nothing there", "write <Choices>"),
    ),
    "a tag misspelled": (
        config(TONE, '<HyperTextLabel name="c" toName="text"/>'),
        Problem(
            4,
            "HyperTextLabel",
            "is not a tag of Label Studio, which shows nothing there",
            "write <HyperTextLabels>",
        ),
    ),
    "a tag of nobody": (
        config(TONE, "<Zzz/>"),
        Problem(4, "Zzz", "is not a tag of Label Studio, which shows nothing there", "remove it"),
    ),
    "a repeated value": (
        config(
            '<Choices name="c" toName="text"><Choice value="a"/>', '<Choice value="a" alias="b"/></Choices>'
        ),
        Problem(4, "Choice", "value 'a' is taken by line 3", "give it a value of its own"),
    ),
    "a repeated alias": (
        config(
            '<Labels name="c" toName="text"><Label value="a" alias="x"/>',
            '<Label value="b" alias="x"/></Labels>',
        ),
        Problem(4, "Label", "alias 'x' is taken by line 3", "give it an alias of its own"),
    ),
    "an alias that is another's value": (
        config(
            '<Choices name="c" toName="text"><Choice value="a"/>', '<Choice value="b" alias="a"/></Choices>'
        ),
        Problem(4, "Choice", "'a' is there twice", "give it an alias of its own"),
    ),
    "a repeated leaf": (
        config(
            '<Taxonomy name="c" toName="text"><Choice value="p"><Choice value="a"/>',
            '<Choice value="a"/></Choice></Taxonomy>',
        ),
        Problem(4, "Choice", "value 'a' is taken by line 3", "give it a value of its own"),
    ),
    "a repeated relation": (
        config(TONE, '<Relations><Relation value="a"/>', '<Relation value="a"/></Relations>'),
        Problem(5, "Relation", "value 'a' is taken by line 4", "give it a value of its own"),
    ),
    "no value": (
        config('<Choices name="c" toName="text">', "<Choice/></Choices>"),
        Problem(4, "Choice", "has no value", 'give it one: value="..."'),
    ),
    "a hotkey twice in two controls": (
        config(
            '<Choices name="c" toName="text"><Choice value="a" hotkey="q"/></Choices>',
            '<Labels name="l" toName="text"><Label value="a" hotkey="Q"/></Labels>',
        ),
        Problem(4, "Label", "hotkey 'q' is taken by line 3", "take another key"),
    ),
    "a hotkey twice in other words": (
        config(
            '<Choices name="c" toName="text"><Choice value="a" hotkey="ctrl+alt+q"/>',
            '<Choice value="b" hotkey="Alt + Ctrl + Q"/></Choices>',
        ),
        Problem(4, "Choice", "hotkey 'alt+ctrl+q' is taken by line 3", "take another key"),
    ),
    "a hotkey of Label Studio": (
        config('<Choices name="c" toName="text"><Choice value="a" hotkey="u"/></Choices>'),
        Problem(3, "Choice", "hotkey 'u': Label Studio lets go of a region with it", "take another key"),
    ),
    "a whenTagName that names nothing": (
        config(
            TONE, '<View visibleWhen="choice-selected" whenTagName="tune" whenChoiceValue="w">', "</View>"
        ),
        Problem(4, "View", "whenTagName 'tune' is the name of nothing", "name a control of this config"),
    ),
    "a whenTagName that is its own": (
        config('<Rating name="r" toName="text" visibleWhen="choice-selected" whenTagName="r"/>'),
        Problem(
            3, "Rating", "whenTagName 'r' is its own name: it can never be shown", "name another control"
        ),
    ),
    "a whenTagName without a condition": (
        config(TONE, '<View whenTagName="tone" whenChoiceValue="w"/>'),
        Problem(4, "View", "whenTagName without visibleWhen does nothing", "add visibleWhen or remove it"),
    ),
    "a condition of nobody": (
        config(TONE, '<View visibleWhen="choice" whenTagName="tone"/>'),
        Problem(
            4,
            "View",
            "visibleWhen 'choice' is not a condition",
            "write one of choice-selected, choice-unselected, no-region-selected, region-selected",
        ),
    ),
    "a whenChoiceValue that is not a choice": (
        config(TONE, '<View visibleWhen="choice-selected" whenTagName="tone" whenChoiceValue="w,hot"/>'),
        Problem(
            4,
            "View",
            "whenChoiceValue 'hot' is not one of the choices of 'tone'",
            "write a value or alias that is there",
        ),
    ),
    "a whenLabelValue that is not one of the labels": (
        config(
            '<Labels name="l" toName="text"><Label value="A"/></Labels>',
            '<View visibleWhen="region-selected" whenLabelValue="B"/>',
        ),
        Problem(
            4, "View", "whenLabelValue 'B' is not one of the labels", "write a value or alias that is there"
        ),
    ),
    "required but hidden by nothing in particular": (
        config(TONE, '<Rating name="r" toName="text" required="true" visibleWhen="choice-unselected"/>'),
        Problem(
            4,
            "Rating",
            "is required but hidden by 'choice-unselected' of no named control",
            "add whenTagName",
        ),
    ),
    "an answer that is submitted though hidden": (
        config(
            TONE,
            '<View visibleWhen="choice-unselected" whenTagName="tone" whenChoiceValue="w">',
            '<Rating name="r" toName="text"/></View>',
        ),
        Problem(
            5,
            "Rating",
            "'r' keeps its answer when the <View> of line 4 hides it",
            "repeat visibleWhen and its when... attributes on the control",
        ),
    ),
    "no control": (
        config(),
        Problem(1, "View", "no control: there is nothing to answer", "add e.g. <Choices> or <Labels>"),
    ),
    "no object": (
        '<View>\n<Header value="x"/>' + TONE + "</View>",
        Problem(1, "View", "no object: there is nothing to annotate", "add e.g. <Text>"),
    ),
    "a value without a dollar": (
        '<View>\n<Text name="text" value="text"/>' + TONE + "</View>",
        Problem(
            2,
            "Text",
            "value 'text' shows every task the same",
            'name a field of the task with a dollar: value="$text"',
        ),
    ),
    "an object without a value": (
        '<View>\n<Text name="text"/>' + TONE + "</View>",
        Problem(2, "Text", "has no value", 'name a field of the task with a dollar: value="$text"'),
    ),
    "choices without a choice": (
        config('<Choices name="c" toName="text"/>'),
        Problem(3, "Choices", "'c' has nothing to choose", "add <Choice value=...>"),
    ),
    "labels without a label": (
        config('<Labels name="c" toName="text"/>'),
        Problem(3, "Labels", "'c' has nothing to choose", "add <Label value=...>"),
    ),
    "a style with a child selector": (
        config(TONE, "<Style>\n.a { color: red }\n.a > .b { color: red }\n</Style>"),
        Problem(
            6,
            "Style",
            "'>' reaches the browser as '&gt;', and the rule is lost",
            "use a descendant selector (a blank)",
        ),
    ),
    "a level that does not fit": (
        config('<TextArea name="c" toName="text" level="nominal"/>'),
        Problem(3, "TextArea", "level 'nominal' does not fit 'c'", "remove it: free text is not coded"),
    ),
}


@pytest.mark.parametrize(("xml", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_found_at_its_line_and_once(xml: str, problem: Problem) -> None:
    assert check_config(xml) == [problem]


def test_xml_that_is_broken_is_reported_with_its_line() -> None:
    (problem,) = check_config("<View>\n<Text>\n</View>")
    assert (problem.line, problem.remedy) == (3, "correct it")
    assert problem.what.startswith("not well-formed XML (Opening and ending tag mismatch: Text")


def test_problems_come_in_the_order_of_the_lines() -> None:
    xml = config('<Rating name="r" toName="x"/>', "<Zzz/>", '<Choices name="c" toName="text"/>', TONE)
    assert [problem.line for problem in check_config(xml)] == [3, 4, 5]


def test_a_problem_reads_as_one_line() -> None:
    assert (
        str(Problem(3, "Rating", "has no name", "give it one")) == "line 3: <Rating> has no name; give it one"
    )
    assert str(Problem(1, "", "empty", "write one")) == "line 1: empty; write one"


@given(st.text() | st.sampled_from([xml for xml, _ in WRONG.values()]))
def test_what_the_check_passes_can_be_read(xml: str) -> None:
    problems = check_config(xml)
    try:
        read_codebook(xml)
    except ConfigError:
        assert problems


def test_a_blank_choice_and_bounds_that_leave_nothing_are_found():
    config = """<View><Text name="text" value="$text"/>
<Choices name="k" toName="text"><Choice value=" "/><Choice value="a"/></Choices>
<Number name="n" toName="text" min="9" max="1"/></View>"""
    assert [(p.line, p.what) for p in check_config(config)] == [
        (2, "has no value"),
        (3, "'n' has min 9 above max 1"),
    ]
