"""Codebooks as other programs exchange them: REFI-QDA 1.5, ``.qdc``, as NVivo, ATLAS.ti, MAXQDA and others write it.

A question is a code that holds its categories as codes; a control that marks text holds its labels. Two sets of codes
say what REFI-QDA has no word for: which questions take one answer, and which codes mark stretches of the text.
A code of another program that holds codes becomes a question with several answers; those that hold none
become labels to mark with.
Source: https://www.qdasoftware.org, Codebook.xsd 1.0.
"""

import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from annotate.codebook.config_xml import parse_config
from annotate.codebook.controls import PATH_SEPARATOR, Category
from annotate.codebook.read import Codebook
from annotate.errors import ConfigError
from annotate.files import read_text

_SPACE = "urn:QDA-XML:codebook:1.0"
_SCHEMA = f"{_SPACE} http://schema.qdasoftware.org/versions/Codebook/v1.0/Codebook.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ONE, _MARKS = "one answer", "marks in the text"
_ID = re.compile(r"(?:\A|\n)Id: (.+)\Z")
_MOST = 2000  # codes
_DEEPEST = 20


def to_refi(book: Codebook) -> str:
    """Write the questions, categories and labels of a label config as a REFI-QDA codebook.

    Each code has the identity that its place gives it, so that one config always gives the same file.
    """
    root = etree.Element(f"{{{_SPACE}}}CodeBook", nsmap={None: _SPACE, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", _SCHEMA)
    root.set("origin", "annotate")
    codes = etree.SubElement(root, f"{{{_SPACE}}}Codes")
    sets: dict[str, list[str]] = {_ONE: [], _MARKS: []}
    asked = [one for one in (*book.variables, *book.region_variables) if one.categories]
    for question in asked:
        made = _code(codes, question.name, (question.name,), codable=False)
        _nested(made, question.categories, (question.name,))
        if question.level != "set":
            sets[_ONE].append(made.get("guid"))
    for marking in book.span_variables:
        made = _code(codes, marking.name, (marking.name,), codable=False)
        _nested(made, marking.labels, (marking.name,))
        sets[_MARKS].append(made.get("guid"))
    filled = {name: members for name, members in sets.items() if members}
    if filled:
        listed = etree.SubElement(root, f"{{{_SPACE}}}Sets")
        for name, members in filled.items():
            one = etree.SubElement(listed, f"{{{_SPACE}}}Set", guid=_guid(("set", name)), name=name)
            for member in members:
                etree.SubElement(one, f"{{{_SPACE}}}MemberCode", guid=member)
    etree.indent(root)
    return str(etree.tostring(root, xml_declaration=True, encoding="utf-8").decode()) + "\n"


def _nested(above: Any, categories: Sequence[Category], place: tuple[str, ...]) -> None:
    made: dict[tuple[str, ...], Any] = {(): above}
    for category in categories:
        path = tuple(category.id.split(PATH_SEPARATOR))
        for depth in range(1, len(path)):
            parent = path[:depth]
            if parent not in made:
                made[parent] = _code(made[parent[:-1]], parent[-1], (*place, *parent), codable=True)
        label = category.label.split(PATH_SEPARATOR)[-1]
        own = [category.definition] if category.definition else []
        own += [f"Id: {path[-1]}"] if path[-1] != label else []
        if path not in made:
            made[path] = _code(made[path[:-1]], label, (*place, *path), codable=True)
        if own:
            etree.SubElement(made[path], f"{{{_SPACE}}}Description").text = "\n".join(own)
            made[path].insert(0, made[path][-1])


def _code(above: Any, name: str, path: tuple[str, ...], *, codable: bool) -> Any:
    return etree.SubElement(
        above, f"{{{_SPACE}}}Code", guid=_guid(path), name=name, isCodable=str(codable).lower()
    )


def _guid(path: tuple[str, ...]) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "annotate:" + "\x1f".join(path)))


def config_of_refi(path: Path) -> str:
    """Make a label config of a REFI-QDA codebook.

    Raises
    ------
    ConfigError
        If it is not one, holds no code, or more than can be shown.

    """
    root = parse_config(read_text(path), where=str(path))
    if etree.QName(root).localname != "CodeBook":
        raise ConfigError(
            f"{path}: is not a REFI-QDA codebook; its first tag is <{etree.QName(root).localname}>"
        )
    count = sum(1 for _ in root.iter("{*}Code"))
    if not 0 < count <= _MOST:
        raise ConfigError(f"{path}: holds {count} codes; a codebook has one at least, {_MOST} at most")
    members = {
        one.get("name"): {member.get("guid") for member in one.iter("{*}MemberCode")}
        for one in root.iter("{*}Set")
    }
    view = etree.Element("View")
    etree.SubElement(view, "Text", name="text", value="$text")
    names: set[str] = {"text"}
    loose = []
    for code in root.iterfind("{*}Codes/{*}Code"):
        inner = code.findall("{*}Code")
        if not inner:
            loose.append(code)
            continue
        marks = code.get("guid") in members.get(_MARKS, ())
        kind = (
            {} if marks else {"choice": "single" if code.get("guid") in members.get(_ONE, ()) else "multiple"}
        )
        if not marks and any(one.find("{*}Code") is not None for one in inner):
            kind["allowNested"] = "true"
        etree.SubElement(view, "Header", value=code.get("name") or "", size="5")
        name = _name(code.get("name") or "", names)
        control = etree.SubElement(view, "Labels" if marks else "Choices", name=name, toName="text", **kind)
        for one in inner:
            _offer(control, one, "Label" if marks else "Choice", str(path), 1)
    if loose:
        control = etree.SubElement(view, "Labels", name=_name("codes", names), toName="text")
        for one in loose:
            _offer(control, one, "Label", str(path), 1)
    etree.indent(view)
    return str(etree.tostring(view, encoding="unicode")) + "\n"


def _offer(above: Any, code: Any, tag: str, where: str, depth: int) -> None:
    """Add a code, and those in it, as choices or labels; labels are not nested, so their names are paths."""
    if depth > _DEEPEST:
        raise ConfigError(f"{where}: codes stand in each other more than {_DEEPEST} deep; flatten them")
    label = code.get("name") or ""
    said = "\n".join(_descriptions(code)).strip()
    found = _ID.search(said)
    hint = _ID.sub("", said).strip()
    more = {"alias": found[1]} if found else {}
    if tag == "Label" and above.tag == "Label":
        label, above = f"{above.get('value')}{PATH_SEPARATOR}{label}", above.getparent()
    made = etree.SubElement(
        above, tag, value=label, **more, **({"hint": " ".join(hint.split())} if hint else {})
    )
    for one in code.findall("{*}Code"):
        _offer(made, one, tag, where, depth + 1)


def _descriptions(code: Any) -> Iterator[str]:
    yield from (one.text or "" for one in code.findall("{*}Description"))


def _name(written: str, taken: set[str]) -> str:
    """Make a name for a control: letters, digits and underscores, given once."""
    bare = re.sub(r"\W+", "_", written.strip().lower()).strip("_") or "codes"
    name, number = bare, 1
    while name in taken:
        number += 1
        name = f"{bare}_{number}"
    taken.add(name)
    return name
