"""What is wrong with a label config and neither Label Studio's server nor its SDK says so.

Measured on Label Studio 1.23.2 and SDK 2.1.2: the server takes unknown tags, repeated values and
hotkeys, conditions that name nothing, and a config without controls; the SDK passes repeated names
and a ``toName`` in single quotes that leads nowhere, both of which the server then refuses.
"""

import difflib
import re
from collections.abc import Callable, Iterator

from annotate.codebook.config_xml import (
    Element,
    Problem,
    UnusableConfigError,
    declared_encoding,
    parse_config,
)
from annotate.codebook.controls import CONDITIONS
from annotate.codebook.read import read_codebook
from annotate.codebook.repeats import FLAG

# One tag a line would push the checks off the page.
# fmt: off
_OBJECTS = frozenset({
    "Audio", "AudioPlus", "Chat", "HyperText", "Image", "List", "Paragraphs", "Pdf", "Table", "Text",
    "TimeSeries", "Video",
})
_CONTROLS = frozenset({
    "Bitmask", "BitmaskLabels", "Brush", "BrushLabels", "ChatMessage", "Choices", "DateTime", "Ellipse",
    "EllipseLabels", "HyperTextLabels", "KeyPoint", "KeyPointLabels", "Labels", "MagicWand", "Magicwand",
    "Number", "OcrLabels", "Pairwise", "ParagraphLabels", "Polygon", "PolygonLabels", "Ranker", "Rating",
    "Rectangle", "RectangleLabels", "Taxonomy", "TextArea", "TimeSeriesLabels", "TimelineLabels",
    "Vector", "VectorLabels", "VideoRectangle", "VideoVector", "VideoVectorLabels",
})
_OTHERS = frozenset({
    "Bucket", "Channel", "Choice", "Collapse", "CustomInterface", "Dialog", "Filter", "Header", "Label",
    "Markdown", "MultiChannel", "PagedView", "Panel", "ReactCode", "Relation", "Relations", "Repeater",
    "Shortcut", "Style", "View",
})
# fmt: on
_KNOWN = _OBJECTS | _CONTROLS | _OTHERS

# What Label Studio itself does with a key while text is labelled (its settings, section Hotkeys).
_TAKEN_KEYS = {
    "alt+.": "goes to the next region",
    "alt+h": "hides a region",
    "alt+l": "locks a region",
    "alt+m": "edits a region's note",
    "alt+r": "starts a relation",
    "backspace": "deletes a region",
    "ctrl+backspace": "deletes all regions",
    "ctrl+d": "duplicates a region",
    "ctrl+enter": "submits",
    "ctrl+h": "hides all regions",
    "ctrl+shift+z": "does again what was undone",
    "ctrl+space": "skips the task",
    "ctrl+z": "undoes",
    "delete": "deletes a region",
    "enter": "goes to the first field",
    "escape": "lets go of a region",
    "u": "lets go of a region",
}


def check_config(config: str) -> list[Problem]:
    """Find what is wrong with a label config, in the order of its lines; an empty list if nothing is.

    What keeps it from being read at all is reported alone.
    """
    found = list(_declaration(config))
    try:
        root = parse_config(config)
    except UnusableConfigError as error:
        return [*found, error.problem]
    for check in _CHECKS:
        found += check(root)
    try:
        read_codebook(config)
    except UnusableConfigError as error:
        if error.problem.line not in {problem.line for problem in found}:
            found.append(error.problem)
    return sorted(found, key=lambda problem: problem.line)


def _declaration(config: str) -> Iterator[Problem]:
    if encoding := declared_encoding(config):
        what = f"an XML declaration with the encoding {encoding!r}, at which the server fails"
        yield Problem(1, "", what, "remove the declaration")


def _problem(tag: Element, what: str, remedy: str) -> Problem:
    return Problem(tag.sourceline, tag.tag, what, remedy)


def _name(tag: Element) -> str:
    return repr(tag.get("name", ""))


def _unknown_tags(root: Element) -> Iterator[Problem]:
    by_lower = {tag.lower(): tag for tag in _KNOWN}
    for tag in root.iter():
        if tag.tag in _KNOWN:
            continue
        near = difflib.get_close_matches(tag.tag.lower(), by_lower, n=1)
        remedy = f"write <{by_lower[near[0]]}>" if near else "remove it"
        yield _problem(tag, "is not a tag of Label Studio, which shows nothing there", remedy)


def _names(root: Element) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for tag in root.iter(*_OBJECTS, *_CONTROLS):
        name = tag.get("name")
        if not name:
            yield _problem(tag, "has no name", 'give it one: name="..."')
        elif name in lines:
            yield _problem(tag, f"name {name!r} is taken by line {lines[name]}", "give it a name of its own")
        else:
            lines[name] = tag.sourceline


def _targets(root: Element) -> Iterator[Problem]:
    objects = [tag.get("name", "") for tag in root.iter(*_OBJECTS)]
    controls = list(root.iter(*_CONTROLS))
    if not controls and root.find(".//Chat") is None:  # a chat is its own answer
        yield _problem(root, "no control: there is nothing to answer", "add e.g. <Choices> or <Labels>")
    if not objects:
        yield _problem(root, "no object: there is nothing to annotate", "add e.g. <Text>")
    remedy = f"write toName={objects[0]!r}" if len(objects) == 1 else f"name one of {', '.join(objects)}"
    for tag in controls:
        targets = [target.strip() for target in tag.get("toName", "").split(",")]
        missing = [target for target in targets if target not in objects]
        if not tag.get("toName"):
            yield _problem(tag, f"{_name(tag)} has no toName", remedy)
        elif objects and missing:
            yield _problem(tag, f"toName {missing[0]!r} is the name of no object", remedy)


def _object_values(root: Element) -> Iterator[Problem]:
    targets = {target.strip() for tag in root.iter() for target in tag.get("toName", "").split(",")}
    for tag in root.iter(*(_OBJECTS - {"Chat", "TimeSeries"})):
        value = tag.get("value", "")
        is_caption = value != "" and tag.get("name") not in targets
        if "$" not in value and not tag.get("valueList") and not is_caption:
            what = f"value {value!r} shows every task the same" if value else "has no value"
            yield _problem(tag, what, 'name a field of the task with a dollar: value="$text"')


def _members(control: Element) -> list[Element]:
    return list(control.iter("Label" if control.tag.endswith("Labels") else "Choice"))


def _is_dynamic(control: Element) -> bool:
    return bool(control.get("value", "").startswith("$") or control.get("apiUrl"))


def _empty_controls(root: Element) -> Iterator[Problem]:
    for tag in root.iter("Choices", "Taxonomy", *(t for t in _CONTROLS if t.endswith("Labels"))):
        if not _members(tag) and not _is_dynamic(tag):
            member = "Label" if tag.tag.endswith("Labels") else "Choice"
            yield _problem(tag, f"{_name(tag)} has nothing to choose", f"add <{member} value=...>")


def _repeated_values(root: Element) -> Iterator[Problem]:
    for parent in root.iter():
        nested = parent.tag in ("Taxonomy", "Choice") or parent.get("allowNested") == "true"
        if parent.tag == "Relations":
            members = list(parent.iter("Relation"))
        elif nested:
            members = parent.findall("Choice")
        elif parent.tag == "Choices" or parent.tag.endswith("Labels"):
            members = _members(parent)
        else:
            continue
        yield from _repeated(members, "value")
        yield from _repeated(members, "alias")


def _repeated(members: list[Element], attribute: str) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for tag in members:
        said = tag.get(attribute)
        if attribute == "value" and not (said or "").strip():
            yield _problem(tag, "has no value", 'give it one: value="..."')
        elif said is not None and said in lines:
            what = f"{attribute} {said!r} is taken by line {lines[said]}"
            yield _problem(
                tag, what, f"give it {'an' if attribute == 'alias' else 'a'} {attribute} of its own"
            )
        elif said is not None:
            lines[said] = tag.sourceline


def _bounds(root: Element) -> Iterator[Problem]:
    for tag in root.iter("Number"):
        try:
            low, high = (float(tag.get(bound, "nan")) for bound in ("min", "max"))
        except ValueError:
            continue  # what is not a number is found when the codebook is read
        if low > high:
            yield _problem(tag, f"{_name(tag)} has min {low:g} above max {high:g}", "swap them")


def _hotkeys(root: Element) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for tag in root.iter("Choice", "Label", "Rating", "Number", "Filter", "Shortcut"):
        for key in _keys(tag.get("hotkey", "")):
            if key in _TAKEN_KEYS:
                yield _problem(
                    tag, f"hotkey {key!r}: Label Studio {_TAKEN_KEYS[key]} with it", "take another key"
                )
            elif key in lines:
                yield _problem(tag, f"hotkey {key!r} is taken by line {lines[key]}", "take another key")
            else:
                lines[key] = tag.sourceline


def _keys(hotkey: str) -> list[str]:
    """Spell the alternatives of a hotkey in one way: Label Studio ignores case and the order of modifiers."""
    alternatives = re.findall(r"(?:\w+\+)*(?:[^,]+|,)", re.sub(r"\s", "", hotkey.lower()))
    return ["+".join([*sorted(parts[:-1]), parts[-1]]) for parts in (_split(key) for key in alternatives)]


def _split(key: str) -> list[str]:
    return [*key[:-2].split("+"), "+"] if key.endswith("++") else key.split("+") if key != "+" else [key]


def _conditions(root: Element) -> Iterator[Problem]:
    named = {tag.get("name"): tag for tag in root.iter() if tag.get("name")}
    for tag in root.iter():
        when, name = tag.get("visibleWhen"), tag.get("whenTagName")
        if when is not None and when not in CONDITIONS:
            yield _problem(
                tag,
                f"visibleWhen {when!r} is not a condition",
                f"write one of {', '.join(sorted(CONDITIONS))}",
            )
        if when is None and name is not None and tag.get("perRegion") != "true":
            yield _problem(
                tag, "whenTagName without visibleWhen does nothing", "add visibleWhen or remove it"
            )
        if name is not None and name == tag.get("name"):
            yield _problem(
                tag, f"whenTagName {name!r} is its own name: it can never be shown", "name another control"
            )
        elif name is not None and name not in named:
            yield _problem(
                tag, f"whenTagName {name!r} is the name of nothing", "name a control of this config"
            )
        else:
            yield from _wanted(tag, root, named.get(name), "whenChoiceValue", "Choice")
            yield from _wanted(tag, root, named.get(name), "whenLabelValue", "Label")
        if when in ("choice-selected", "choice-unselected") and name is None and _requires(tag):
            yield _problem(tag, f"is required but hidden by {when!r} of no named control", "add whenTagName")


def _requires(tag: Element) -> bool:
    return any(inner.get("required") == "true" for inner in tag.iter())


def _wanted(
    tag: Element, root: Element, control: Element | None, attribute: str, member: str
) -> Iterator[Problem]:
    said = tag.get(attribute)
    scope = root if control is None or control.tag in _OBJECTS else control
    if said is None or any(_is_dynamic(t) for t in scope.iter(*_CONTROLS)):
        return
    there = {inner.get(key) for inner in scope.iter(member) for key in ("value", "alias")}
    for value in [said] if said in there else said.split(","):
        if value not in there:
            of = f" of {_name(control)}" if control is not None else ""
            yield _problem(
                tag,
                f"{attribute} {value!r} is not one of the {member.lower()}s{of}",
                "write a value or alias that is there",
            )


def _kept_when_hidden(root: Element) -> Iterator[Problem]:
    """Find answers that Label Studio submits though they are hidden (seen in 1.23.2).

    It drops the answers of a control that is itself hidden by ``choice-unselected``, not of a
    control in a hidden View.
    """
    for view in root.iter("View"):
        if view.get("visibleWhen") != "choice-unselected":
            continue
        for tag in view.iter(*_CONTROLS):
            if tag.get("visibleWhen") is None and tag.get("perRegion") != "true":
                what = f"{_name(tag)} keeps its answer when the <View> of line {view.sourceline} hides it"
                yield _problem(tag, what, "repeat visibleWhen and its when... attributes on the control")


def _styles(root: Element) -> Iterator[Problem]:
    for tag in root.iter("Style"):
        for number, line in enumerate((tag.text or "").split("\n")):
            if ">" in line:
                what = "'>' reaches the browser as '&gt;', and the rule is lost"
                yield Problem(tag.sourceline + number, "Style", what, "use a descendant selector (a blank)")


def _repeated_questions(root: Element) -> Iterator[Problem]:
    for tag in root.iter("Repeater"):
        flag = tag.get("indexFlag") or FLAG
        if not (tag.get("on") or "").startswith("$"):
            yield _problem(tag, "repeats nothing", 'name a list of the task with a dollar: on="$turns"')
        if any(one.tag == "Repeater" for one in tag.iterancestors()):
            yield _problem(tag, "stands in another <Repeater>, which is not read", "take it out")
            continue
        for inner in tag.iter(*_OBJECTS, *_CONTROLS):
            name = inner.get("name") or flag
            if flag not in name:
                what = f"{name!r} is repeated, and all of them have one name"
                yield _problem(inner, what, f'write the number into it: name="{name}_{flag}"')


_CHECKS: tuple[Callable[[Element], Iterator[Problem]], ...] = (
    _unknown_tags,
    _names,
    _targets,
    _object_values,
    _empty_controls,
    _repeated_values,
    _bounds,
    _hotkeys,
    _conditions,
    _kept_when_hidden,
    _styles,
    _repeated_questions,
)
