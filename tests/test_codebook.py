"""Label configs of every kind that text is annotated with, read into variables."""

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.codebook.controls import Condition
from annotate.codebook.read import (
    Category,
    Codebook,
    SpanVariable,
    Variable,
    config_hash,
    load_codebook,
    read_codebook,
)
from annotate.errors import ConfigError
from annotate.files import bundled

TEXT = '<Text name="text" value="$text"/>'


def config(*controls: str) -> str:
    return "\n".join(["<View>", TEXT, *controls, "</View>"])


def only(*controls: str) -> Variable:
    (variable,) = read_codebook(config(*controls)).variables
    return variable


def ids(variable: Variable) -> list[str]:
    return [category.id for category in variable.categories]


def test_the_project_s_own_config_has_its_variables_in_order() -> None:
    book = load_codebook(bundled("label_config.xml"))

    assert book.levels == {
        "claim_type": "nominal",
        "attribution": "nominal",
        "evidentiary_basis": "nominal",
        "certainty": "nominal",
        "flags": "set",
    }
    assert [v.name for v in book.variables] == [*book.levels, "comment"]
    assert [v.required for v in book.variables] == [True, True, True, True, False, False]
    assert [len(v.categories) for v in book.variables] == [9, 6, 9, 4, 8, 0]
    assert ids(book.variable("certainty")) == ["denied", "future_or_hypothetical", "hedged", "firm"]
    assert [s.name for s in book.span_variables] == ["marks"]
    assert [label.id for label in book.span_variables[0].labels] == [
        "SOURCE",
        "CUE",
        "CLAIM",
        "FIGURE",
        "CITED",
    ]
    assert [r.id for r in book.relations] == [
        "attributed_to",
        "cued_by",
        "relays",
        "rests_on",
        "computed_from",
    ]
    assert (book.region_variables, book.unread) == ((), ())


def test_the_project_s_own_config_shows_the_passage_and_its_context_and_not_the_publisher() -> None:
    book = load_codebook(bundled("label_config.xml"))
    assert set(re.findall(r'"\$(\w+)"', book.config)) == {"before", "text", "after"}


def test_single_choices_are_nominal_and_an_alias_is_the_id() -> None:
    choices = """<Choices name="tone" toName="text" choice="single-radio" required="true">
      <Choice value="Warm" alias="w" hint="Friendly." hotkey="1"/><Choice value="Cold"/>
    </Choices>"""
    assert only(choices) == Variable(
        name="tone",
        kind="choices",
        level="nominal",
        categories=(Category("w", "Warm", "Friendly.", "1"), Category("Cold", "Cold")),
        required=True,
        to_name="text",
        shows="text",
    )


def test_conditions_and_the_keys_of_the_data_are_fields_of_a_variable() -> None:
    book = read_codebook(
        """<View><Text name="story" value="$body"/>
        <Choices name="kind" toName="story" value="$kinds"/>
        <View visibleWhen="choice-selected" whenTagName="kind" whenChoiceValue="a,b">
          <Choices name="tone" toName="story" visibleWhen="region-selected" whenLabelValue="W"><Choice value="x"/></Choices>
        </View>
        <Labels name="marks" toName="story" value="$labels"/></View>"""
    )
    kind, tone = book.variables
    assert (kind.shows, kind.offered_by, kind.categories, kind.conditions) == ("body", "kinds", (), ())
    assert tone.conditions == (
        Condition("region-selected", labels=("W",)),
        Condition("choice-selected", "kind", ("a", "b")),
    )
    assert (book.span_variables[0].shows, book.span_variables[0].offered_by) == ("body", "labels")


def test_choices_keep_their_order_whatever_wraps_them() -> None:
    choices = """<View><Header value="How much?"/><Choices name="much" toName="text" level="ordinal">
      <View><Choice value="none"/><View><Choice value="some"/></View></View><Choice value="all"/>
    </Choices></View>"""
    variable = only("<Style>.a { color: red }</Style>", choices)
    assert ids(variable) == ["none", "some", "all"]
    assert variable.level == "ordinal"


def test_multiple_choices_are_a_set() -> None:
    variable = only(
        '<Choices name="c" toName="text" choice="multiple"><Choice value="b"/><Choice value="a"/></Choices>'
    )
    assert (variable.level, ids(variable)) == ("set", ["b", "a"])


def test_nested_choices_are_a_set_of_paths() -> None:
    nested = '<Choices name="c" toName="text" allowNested="true"><Choice value="A"><Choice value="B"/></Choice></Choices>'
    assert (only(nested).level, ids(only(nested))) == ("set", ["A", "A > B"])


def test_choices_from_the_task_have_no_fixed_categories() -> None:
    assert only('<Choices name="c" toName="text" value="$options"/>').categories == ()


@pytest.mark.parametrize("level", ["interval", "ratio"])
def test_choices_that_are_numbers_can_be_measured(level: str) -> None:
    numbers = '<Choices name="c" toName="text" level="{}"><Choice value="-1"/><Choice value="2.5"/></Choices>'
    assert only(numbers.format(level)).level == level


def test_a_rating_is_ordinal_from_one_to_its_maximum() -> None:
    variable = only('<Rating name="r" toName="text" maxRating="3"/>')
    assert (variable.kind, variable.level, ids(variable)) == ("rating", "ordinal", ["1", "2", "3"])
    assert ids(only('<Rating name="r" toName="text"/>')) == ["1", "2", "3", "4", "5"]


def test_a_number_is_interval_and_keeps_its_bounds() -> None:
    variable = only('<Number name="n" toName="text" min="0" max="2.5"/>')
    assert (variable.kind, variable.level, variable.categories) == ("number", "interval", ())
    assert (variable.minimum, variable.maximum) == (0.0, 2.5)
    assert only('<Number name="n" toName="text" level="ratio"/>').level == "ratio"


def test_a_taxonomy_is_a_set_of_paths() -> None:
    tree = """<Taxonomy name="t" toName="text"{}>
      <Choice value="Place"><Choice value="Port" alias="port" hint="Ships."/><Choice value="Town"/></Choice>
      <Choice value="Person"/>
    </Taxonomy>"""
    variable = only(tree.format(""))
    assert variable.level == "set"
    assert ids(variable) == ["Place", "Place > port", "Place > Town", "Person"]
    assert variable.categories[1] == Category("Place > port", "Place > Port", "Ships.")
    assert ids(only(tree.format(' leafsOnly="true"'))) == ["Place > port", "Place > Town", "Person"]


def test_free_text_is_no_coded_variable() -> None:
    book = read_codebook(config('<TextArea name="why" toName="text"/>'))
    assert book.variable("why").level is None
    assert book.levels == {}


@pytest.mark.parametrize("tag", ["Labels", "HyperTextLabels", "ParagraphLabels"])
def test_labels_on_text_are_spans(tag: str) -> None:
    labels = (
        f'<{tag} name="m" toName="text"><Label value="Who" alias="W" hotkey="q" hint="A person."/></{tag}>'
    )
    book = read_codebook(config(labels))
    assert book.span_variables == (
        SpanVariable("m", "text", (Category("W", "Who", "A person.", "q"),), shows="text"),
    )
    assert book.variables == ()


def test_relations_are_read() -> None:
    book = read_codebook(
        config('<Relations><Relation value="same" hint="Alike."/><Relation value="other"/></Relations>')
    )
    assert book.relations == (Category("same", "same", "Alike."), Category("other", "other"))


def test_answers_for_a_marked_stretch_are_no_ratings_of_the_passage() -> None:
    per_region = '<Choices name="kind" toName="text" perRegion="true"><Choice value="a"/></Choices>'
    book = read_codebook(config(per_region, '<Rating name="r" toName="text"/>'))
    assert list(book.levels) == ["r"]
    assert [(v.name, v.per_region) for v in book.region_variables] == [("kind", True)]


def test_controls_for_other_media_are_named_as_unread() -> None:
    book = read_codebook(
        '<View><Image name="i" value="$i"/><Audio name="a" value="$a"/>'
        '<RectangleLabels name="box" toName="i"><Label value="Car"/></RectangleLabels>'
        '<Labels name="sound" toName="a"><Label value="Horn"/></Labels></View>'
    )
    assert book.unread == ("box", "sound")
    assert book.span_variables == ()


def test_an_unknown_variable_is_answered_with_the_known_ones() -> None:
    book = read_codebook(config('<Rating name="r" toName="text"/>', '<Rating name="s" toName="text"/>'))
    with pytest.raises(ConfigError, match=r"^variable 'q': not in the label config; it has r, s$"):
        book.variable("q")


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("", "label config, line 1: empty; a label config starts with <View>"),
        ("  \n ", "label config, line 1: empty; a label config starts with <View>"),
        ("<View>\n<Text>\n</View>", "label config, line 3: not well-formed XML "),
        (
            "<!-- x\n -->\n<!DOCTYPE View><View/>",
            "label config, line 3: has a document type (<!DOCTYPE); remove it",
        ),
        ("<View>\n\ud800</View>", "label config, line 2: holds half of a surrogate pair"),
        (
            config('<Rating name="r" toName="text"/>', "<Rating name='r' toName='text'/>"),
            "label config, line 4: <Rating> name 'r' is taken by line 3; give it a name of its own",
        ),
        (
            config(
                '<Choices name="c" toName="text"><Choice value="a"/>\n<Choice value="b" alias="a"/></Choices>'
            ),
            "label config, line 4: <Choice> 'a' is there twice; give it an alias of its own",
        ),
        (
            config('<Labels name="c" toName="text"><Label value="a"/>\n<Label value="a"/></Labels>'),
            "label config, line 4: <Label> 'a' is there twice; give it an alias of its own",
        ),
        (
            config('<Choices name="c" toName="text" choice="multiple" level="ordinal"/>'),
            "label config, line 3: <Choices> level 'ordinal' does not fit 'c'; write set",
        ),
        (
            config('<TextArea name="c" toName="text" level="nominal"/>'),
            "label config, line 3: <TextArea> level 'nominal' does not fit 'c'; remove it: free text is not coded",
        ),
        (
            config(
                '<Choices name="c" toName="text" level="ratio"><Choice value="1"/><Choice value="x"/></Choices>'
            ),
            "label config, line 3: <Choices> level 'ratio' with 'x'; use numbers",
        ),
        (
            config('<Rating name="c" toName="text" maxRating="0"/>'),
            "label config, line 3: <Rating> maxRating '0' is not a whole number from 1 to 999; correct it",
        ),
        (
            config('<Number name="c" toName="text" min="low"/>'),
            "label config, line 3: <Number> min 'low' is not a number; correct it",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(xml: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_codebook(xml)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_an_xml_declaration_is_tolerated_and_the_lines_stay() -> None:
    assert read_codebook(
        '<?xml version="1.0" encoding="latin-1"?>' + config('<Rating name="é" toName="text"/>')
    ).levels
    with pytest.raises(ConfigError, match="line 4: "):
        read_codebook(
            '<?xml version="1.0"?>\n<View>\n\n<Rating name="r" toName="text" maxRating="x"/></View>'
        )


def test_a_file_is_read_with_its_name_in_the_message(tmp_path: Path) -> None:
    path = tmp_path / "mine.xml"
    with pytest.raises(
        ConfigError, match=r"mine.xml: cannot be read \(No such file or directory\); give the path"
    ):
        load_codebook(path)
    path.write_bytes(b"<View>\xff</View>")
    with pytest.raises(ConfigError, match=r"mine.xml: not UTF-8 at byte 6; save"):
        load_codebook(path)
    path.write_text("<View>", "utf-8")
    with pytest.raises(ConfigError, match=r"mine.xml, line 1: not well-formed XML"):
        load_codebook(path)
    path.write_bytes(b"\xef\xbb\xbf" + config('<Rating name="r" toName="text"/>').encode())
    assert load_codebook(path).levels == {"r": "ordinal"}


def test_the_hash_is_that_of_the_text_without_the_blanks_around_it() -> None:
    assert config_hash("\r\n<View>\r\n</View>\n") == hashlib.sha256(b"<View>\n</View>").hexdigest()
    assert config_hash("<View>\n</View>") != config_hash("<View> </View>")
    assert read_codebook(config()).sha256 == config_hash(config() + "\n")


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)


@given(st.lists(names, min_size=1, unique=True))
def test_any_values_come_back_in_their_order(values: list[str]) -> None:
    choices = "".join(f'<Choice value="{escaped(value)}"/>' for value in values)
    book: Codebook = read_codebook(config(f'<Choices name="c" toName="text">{choices}</Choices>'))
    assert ids(book.variable("c")) == values


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@given(st.text())
def test_no_text_gets_past_as_anything_but_a_config_or_an_error(text: str) -> None:
    try:
        read_codebook(text)
    except ConfigError as error:
        assert "\n" not in str(error)  # noqa: PT017
