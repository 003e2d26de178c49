"""Codebooks of other programs: REFI-QDA in and out."""

from typing import Any

import pytest
from lxml import etree

from annotate.codebook.check import check_config
from annotate.codebook.read import load_codebook, read_codebook
from annotate.codebook.refi import config_of_refi, to_refi
from annotate.errors import ConfigError
from annotate.files import bundled

# As other programs write one: nested codes, colours, sets of their own, no sets of ours.
FOREIGN = """<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="SomeQDA 22">
 <Codes>
  <Code guid="1b594b26-5b95-4c4b-8b2f-4b6d8a6a1111" name="Topic &amp; place" isCodable="true" color="#FF0000">
   <Description>What it is about.</Description>
   <Code guid="1b594b26-5b95-4c4b-8b2f-4b6d8a6a1112" name="War" isCodable="true">
    <Code guid="1b594b26-5b95-4c4b-8b2f-4b6d8a6a1113" name="Sea" isCodable="true"><Description>At
 sea.</Description></Code>
   </Code>
   <Code guid="1b594b26-5b95-4c4b-8b2f-4b6d8a6a1114" name="Trade" isCodable="true"/>
  </Code>
  <Code guid="1b594b26-5b95-4c4b-8b2f-4b6d8a6a1115" name="Irony" isCodable="true"/>
 </Codes>
 <Sets><Set guid="1b594b26-5b95-4c4b-8b2f-4b6d8a6a1116" name="Mine"><MemberCode guid="x"/></Set></Sets>
</CodeBook>"""


def without_hotkeys(categories: Any) -> Any:
    return [(one.id, one.label, one.definition) for one in categories]


def test_our_own_label_config_comes_back(tmp_path: Any) -> None:
    book = load_codebook(bundled("label_config.xml"))
    (tmp_path / "codes.qdc").write_text(to_refi(book), encoding="utf-8")
    made = config_of_refi(tmp_path / "codes.qdc")
    assert check_config(made) == []
    again = read_codebook(made)
    asked = [one for one in book.variables if one.categories]
    assert [one.name for one in again.variables] == [one.name for one in asked]
    assert [one.level == "set" for one in again.variables] == [one.level == "set" for one in asked]
    for old, new in zip(asked, again.variables, strict=True):
        assert without_hotkeys(new.categories) == without_hotkeys(old.categories)
    assert [(one.name, without_hotkeys(one.labels)) for one in again.span_variables] == [
        (one.name, without_hotkeys(one.labels)) for one in book.span_variables
    ]
    assert to_refi(book) == to_refi(book)


def test_what_is_written_has_the_shape_of_the_standard() -> None:
    root = etree.fromstring(to_refi(load_codebook(bundled("label_config.xml"))).encode())
    assert root.tag == "{urn:QDA-XML:codebook:1.0}CodeBook"
    codes = list(root.iter("{*}Code"))
    guids = [code.get("guid") for code in codes]
    assert len(set(guids)) == len(guids) > 30
    for code in codes:
        assert set(code.attrib) == {"guid", "name", "isCodable"}
        assert [child.tag.rpartition("}")[2] for child in code][1:].count("Description") == 0
    members = {member.get("guid") for member in root.iter("{*}MemberCode")}
    assert members <= set(guids)


def test_a_codebook_of_another_program_becomes_a_label_config(tmp_path: Any, run: Any) -> None:
    (tmp_path / "codes.qdc").write_text(FOREIGN, encoding="utf-8")
    code, _, err = run("codebook", "--from-refi", "codes.qdc", "--output", "config.xml")
    assert (code, err) == (0, "")
    made = (tmp_path / "config.xml").read_text(encoding="utf-8")
    assert check_config(made) == []
    book = read_codebook(made)
    (topic,) = book.variables
    assert (topic.name, topic.level) == ("topic_place", "set")
    assert [one.id for one in topic.categories] == ["War", "War > Sea", "Trade"]
    assert topic.categories[1].definition == "At sea."
    assert [(one.name, [label.id for label in one.labels]) for one in book.span_variables] == [
        ("codes", ["Irony"])
    ]
    code, _, _ = run("codebook", "--config", "config.xml", "--refi", "again.qdc")
    assert code == 0
    assert config_of_refi(tmp_path / "again.qdc").count("<Choice ") == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("<View/>", "is not a REFI-QDA codebook"),
        ("<CodeBook><Codes/></CodeBook>", "holds 0 codes"),
        ("<!DOCTYPE x><CodeBook/>", "document type"),
        (f"<CodeBook><Codes>{'<Code>' * 30}{'</Code>' * 30}</Codes></CodeBook>", "more than 20 deep"),
    ],
)  # fmt: skip
def test_what_is_no_codebook_is_one_clear_line(tmp_path: Any, text: str, message: str) -> None:
    (tmp_path / "codes.qdc").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        config_of_refi(tmp_path / "codes.qdc")
    assert "\n" not in str(caught.value)
