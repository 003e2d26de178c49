"""Label configs of every kind that ``annotate check`` accepts, and exports that are made with them, for hypothesis."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import quoteattr

from hypothesis import assume
from hypothesis import strategies as st

from annotate.codebook.check import check_config

Json = dict[str, Any]
PAGE = "<p>He said so \U0001f69a on<br/>Monday, <b>twice</b>.</p>"
TEXT = "He said so \U0001f69a on\r\nMonday, twice."
_WORDS = ("a", "b", "Öl & Gas", "no > yes", "1", "2")
_NOISE: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "x", 7, [], [""], ["x"], [["x", "y"]], {}, -1.5, True]
)
_REGIONS = ("r1", "r2", "r3")


@dataclass(frozen=True)
class Control:
    """A control of a label config: its XML, and what its answers hold."""

    name: str
    tag: str
    xml: str
    offers: tuple[str, ...] = ()
    per_region: bool = False

    @property
    def marks(self) -> bool:
        return self.tag.endswith("Labels")


def _attributes(**said: Any) -> str:
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in said.items() if value is not None)


@st.composite
def _members(draw: st.DrawFn, member: str, *, nested: bool, prefix: str = "") -> tuple[str, tuple[str, ...]]:
    """The choices or labels of a control as XML, and what is written for each in an export."""
    names = draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3, unique=True))
    xml, offers = "", []
    for name in names:
        alias = draw(st.sampled_from([None, f"{prefix}as-{name}"]))
        offers.append(alias or prefix + name)
        below = ""
        if nested and draw(st.booleans()):
            below = f"<{member}{_attributes(value='below')}/>"
            offers.append(f"{offers[-1]} > below")
        xml += f"<{member}{_attributes(value=prefix + name, alias=alias)}>{below}</{member}>"
    return xml, tuple(offers)


_KINDS = ("Choices", "Rating", "Number", "Taxonomy", "TextArea", "DateTime", "Pairwise", "Labels")
_MARKING = {"Text": "Labels", "HyperText": "HyperTextLabels", "Paragraphs": "ParagraphLabels"}


@st.composite
def _control(draw: st.DrawFn, number: int, before: list[Control], shown: str) -> Control:
    tag = draw(st.sampled_from(_KINDS))
    name = f"c{number}"
    marking = [one for one in before if one.marks]
    said: dict[str, Any] = {"name": name, "toName": "shown"}
    inner, offers = "", ()
    per_region = bool(marking) and tag != "Labels" and draw(st.booleans())
    if per_region:
        said["perRegion"] = "true"
        if draw(st.booleans()):
            said["whenLabelValue"] = marking[0].offers[0] if marking[0].offers else None
    if tag == "Labels":
        tag = _MARKING[shown]
        inner, offers = draw(_members("Label", nested=False, prefix=f"{name}-"))
    elif tag in ("Choices", "Taxonomy"):
        nested = tag == "Taxonomy" or draw(st.booleans())
        if tag == "Choices":
            said |= {"choice": draw(st.sampled_from([None, "single", "multiple"]))}
            said |= {"allowNested": "true" if nested else None}
        else:
            said["leafsOnly"] = draw(st.sampled_from([None, "true"]))
        inner, offers = draw(_members("Choice", nested=nested))
    elif tag == "Number":
        said |= {"min": draw(st.sampled_from([None, 0])), "max": draw(st.sampled_from([None, 5]))}
    if inner and draw(st.integers(0, 4)) == 0:  # what is offered comes from the task
        inner, offers, said["value"] = "", (f"{name}-offered", f"{name}-b"), f"$offer_{name}"
    said["required"] = draw(st.sampled_from([None, "true"]))
    asked = [one for one in before if one.tag == "Choices" and not one.per_region]
    if asked and not per_region and draw(st.booleans()):
        said["visibleWhen"] = draw(st.sampled_from(["choice-selected", "choice-unselected"]))
        said["whenTagName"] = asked[-1].name
        if asked[-1].offers and draw(st.booleans()):
            said["whenChoiceValue"] = asked[-1].offers[0]
    return Control(name, tag, f"<{tag}{_attributes(**said)}>{inner}</{tag}>", offers, per_region)


@st.composite
def _result(draw: st.DrawFn, control: Control) -> Json:
    """One answer to a control: right as a rule, of any shape at times."""
    pick = st.sampled_from([*control.offers, "nowhere"])
    kind = control.tag.lower()
    value: Json = {}
    place = draw(st.sampled_from([(0, 2), (3, 7), (3, 7), (11, 19), (0, 99)]))
    if control.marks or control.per_region:
        value = {"start": place[0], "end": place[1], "text": TEXT.replace("\r\n", "\n")[slice(*place)]}
    if control.marks:
        labels = draw(st.lists(pick, max_size=3))
        value[kind] = labels
    elif control.tag in ("Choices", "Taxonomy"):
        value[kind] = draw(st.lists(st.one_of(pick, pick.map(lambda one: one.split(" > "))), max_size=2))
    elif control.tag == "Rating":
        value["rating"] = draw(st.integers(0, 6))
    elif control.tag == "Number":
        value["number"] = draw(st.sampled_from([0, 2, 2.5, 9]))
    elif control.tag == "TextArea":
        value["text"] = draw(st.sampled_from(["so", ["so", "and so"], [], "  "]))
    elif control.tag == "Pairwise":
        value["selected"] = draw(st.sampled_from(["left", "right", "none"]))
    else:
        value[kind] = "2024-05-13"
    spoilt = draw(st.integers(0, 7))
    if spoilt == 0 and value:
        value[draw(st.sampled_from(sorted(value)))] = draw(_NOISE)
    name = control.name.replace("{{idx}}", draw(st.sampled_from("012")))
    result: Json = {"id": draw(st.sampled_from(_REGIONS)), "from_name": name, "to_name": "shown"}
    result |= {"type": kind, "value": value if spoilt != 1 else draw(_NOISE)}
    if control.marks and draw(st.booleans()):
        result["meta"] = {"text": draw(st.sampled_from([["Not sure."], "Not sure.", [" "], None]))}
    return result


def _relation() -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {
            "type": st.just("relation"),
            "from_id": st.sampled_from(_REGIONS),
            "to_id": st.sampled_from([*_REGIONS, "gone"]),
            "direction": st.sampled_from(["left", "right", "bi", "up"]),
            "labels": st.one_of(st.lists(st.sampled_from(["relays", "nowhere"]), max_size=2), st.none()),
        }
    )


def _repeated(control: Control) -> Control:
    """The same control, asked of each entry of a list."""
    xml = re.sub(r'(name|whenTagName)="(c[0-9])"', r'\1="\2_{{idx}}"', control.xml)
    return replace(control, name=f"{control.name}_{{{{idx}}}}", xml=xml)


@st.composite
def exports(draw: st.DrawFn) -> tuple[str, list[Json], list[Control]]:
    """A label config that ``annotate check`` accepts, an export of one passage by two annotators, and the controls."""
    shown = draw(st.sampled_from(tuple(_MARKING)))
    controls: list[Control] = []
    for number in range(draw(st.integers(1, 5))):
        controls.append(draw(_control(number, controls, shown)))
    repeats = draw(st.booleans()) and shown == "Text"
    if repeats:
        controls = [_repeated(one) for one in controls]
    relations = '<Relations><Relation value="relays"/></Relations>' if draw(st.booleans()) else ""
    inside = "".join(one.xml for one in controls)
    text = f'<{shown} name="shown" value="$shown"/>{inside}'
    if repeats:
        text = text.replace('="shown"', '="shown_{{idx}}"').replace("$shown", "$turns[{{idx}}].text")
        text = f'<Repeater on="$turns" indexFlag="{{{{idx}}}}"><View>{text}</View></Repeater>'
    config = f"<View>{text}{relations}</View>"
    assume(not check_config(config))
    data: Json = {"passage_id": "p", "source": "S", "text": TEXT}
    data["shown"] = draw(st.sampled_from([TEXT, PAGE])) if shown == "HyperText" else TEXT
    if shown == "Paragraphs":
        data["shown"] = [{"author": "A", "text": one} for one in TEXT.split("\r\n")]
    data["turns"] = [{"text": TEXT}, {"text": TEXT}]
    data |= {
        f"offer_{one.name.partition('_')[0]}": [{"value": offer} for offer in one.offers] for one in controls
    }
    answers = st.one_of([_result(one) for one in controls] + ([_relation()] if relations else []) + [_NOISE])
    annotations = [
        {"id": number, "completed_by": number, "result": draw(st.lists(answers, max_size=8))}
        for number in (1, 2)
    ]
    tasks = [
        {
            "id": 1,
            "data": data,
            "annotations": [{**one, "updated_by": one["completed_by"]} for one in annotations],
        }
    ]
    return config, json.loads(json.dumps(tasks)), controls
