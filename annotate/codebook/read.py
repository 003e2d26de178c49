"""A Label Studio label config, read as a codebook: variables, levels of measurement, ordered categories.

Nothing here asks a server. A control of the config is a variable; what an annotator can choose there
are its categories, in the order of the config. The order is never taken from what was observed.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from annotate.codebook.conditions import Condition, conditions_of
from annotate.codebook.config_xml import Element, Problem, UnusableConfigError, parse_config
from annotate.codebook.scale import Level, Scale
from annotate.errors import ConfigError

__all__ = [
    "PATH_SEPARATOR",
    "Category",
    "Codebook",
    "Kind",
    "Level",
    "SpanVariable",
    "Variable",
    "config_hash",
    "load_codebook",
    "read_codebook",
]

Kind = Literal["choices", "rating", "number", "taxonomy", "textarea"]

PATH_SEPARATOR = " > "

_SPAN_TAGS = frozenset({"Labels", "HyperTextLabels", "ParagraphLabels"})
_OTHER_MEDIA = frozenset({"Audio", "AudioPlus", "Chat", "Image", "Pdf", "TimeSeries", "Video"})


@dataclass(frozen=True, slots=True)
class Category:
    """One thing an annotator can choose.

    ``id`` is what Label Studio writes into a result: the alias where there is one, else the value.
    ``label`` is what the annotator sees, ``definition`` the hint, ``hotkey`` the key ("" for none).
    """

    id: str
    label: str
    definition: str = ""
    hotkey: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A control that is answered once a passage, or once a region where ``per_region``.

    ``level`` is None for free text, which is never coded. ``categories`` is empty for numbers, for
    free text, and for choices that come from the task's own data. ``minimum`` and ``maximum`` are
    the bounds of a number. ``shows`` is the key of the task's data that is judged ("" if the config does not say),
    ``offered_by`` the one that brings the choices ("" where the config lists them). ``conditions`` say when the
    control is in sight; all must hold.
    """

    name: str
    kind: Kind
    level: Level | None
    categories: tuple[Category, ...]
    required: bool
    to_name: str
    minimum: float | None = None
    maximum: float | None = None
    per_region: bool = False
    shows: str = ""
    offered_by: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class SpanVariable:
    """A control that marks stretches of text with labels; ``shows`` and ``offered_by`` as of a variable."""

    name: str
    to_name: str
    labels: tuple[Category, ...]
    shows: str = ""
    offered_by: str = ""


@dataclass(frozen=True, slots=True)
class Codebook:
    """What a label config asks for.

    ``variables`` are the controls answered once a passage and so the variables of the ratings;
    ``region_variables`` are answered once a marked stretch and are not. ``unread`` names the
    controls that are of no use for text (boxes on pictures and the like): they are passed over.
    """

    variables: tuple[Variable, ...]
    span_variables: tuple[SpanVariable, ...]
    relations: tuple[Category, ...]
    config: str
    sha256: str
    region_variables: tuple[Variable, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def levels(self) -> dict[str, Level]:
        """The level of measurement of each coded variable, in the order of the config."""
        return {v.name: v.level for v in self.variables if v.level is not None}

    @property
    def scales(self) -> dict[str, Scale]:
        """The scale of each coded variable, in the order of the config.

        Sets are measured by what was chosen, so their scale does not list what a set may hold.
        """
        return _scales(self.variables)

    @property
    def region_scales(self) -> dict[str, Scale]:
        """The scale of each coded variable that is answered inside a marked stretch."""
        return _scales(self.region_variables)

    def variable(self, name: str) -> Variable:
        """Return the variable of that name.

        Raises
        ------
        ConfigError
            If the config has none, with the names it has.

        """
        for variable in self.variables:
            if variable.name == name:
                return variable
        names = ", ".join(v.name for v in self.variables) or "none"
        raise ConfigError(f"variable {name!r}: not in the label config; it has {names}")


def config_hash(xml: str) -> str:
    """Return the sha256 of a label config, whatever its line ends and the blanks around it."""
    return hashlib.sha256(re.sub(r"\r\n?", "\n", xml).strip().encode()).hexdigest()


def load_codebook(path: str | Path) -> Codebook:
    """Read the codebook from a file with a label config.

    Raises
    ------
    ConfigError
        If the file is missing, is not UTF-8, or is not a label config that can be used.

    """
    path = Path(path)
    try:
        config = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); give the path of a label config"
        raise ConfigError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: not UTF-8 at byte {error.start}; save the label config as UTF-8"
        raise ConfigError(message) from error
    return read_codebook(config, where=str(path))


def _scales(variables: tuple[Variable, ...]) -> dict[str, Scale]:
    return {
        v.name: Scale(v.level, () if v.level == "set" else tuple(one.id for one in v.categories))
        for v in variables
        if v.level is not None
    }


def read_codebook(config: str, *, where: str = "label config") -> Codebook:
    """Read a Label Studio label config into a codebook.

    Parameters
    ----------
    config
        The XML as Label Studio keeps it.
    where
        How messages call it, such as a path.

    Raises
    ------
    ConfigError
        If it is not XML, carries a document type, repeats a name or a category, or gives a level
        of measurement that does not fit. The message has the line.

    """
    root = parse_config(config, where=where)
    objects = {tag.get("name"): tag for tag in root.iter() if tag.get("name") and tag.get("toName") is None}
    media = {name: tag.tag for name, tag in objects.items()}
    keys = {name: _key(tag) for name, tag in objects.items()}
    variables: list[Variable] = []
    spans: list[SpanVariable] = []
    unread: list[str] = []
    for name, tag in _controls(root, where).items():
        if tag.tag in _SPAN_TAGS and media.get(tag.get("toName")) not in _OTHER_MEDIA:
            labels = _distinct(_flat(tag, "Label"), where)
            shown = keys.get(tag.get("toName"), "")
            spans.append(SpanVariable(name, tag.get("toName"), labels, shown, _key(tag)))
        elif tag.tag in _KINDS:
            variables.append(_variable(tag, keys, where))
        else:
            unread.append(name)
    return Codebook(
        variables=tuple(v for v in variables if not v.per_region),
        span_variables=tuple(spans),
        relations=tuple(_category(tag) for tag in root.iter("Relation")),
        config=config,
        sha256=config_hash(config),
        region_variables=tuple(v for v in variables if v.per_region),
        unread=tuple(unread),
    )


def _controls(root: Element, where: str) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for tag in root.iter():
        name = tag.get("name")
        if name is None or tag.get("toName") is None:
            continue
        if name in found:
            what = f"name {name!r} is taken by line {found[name].sourceline}"
            raise _error(where, tag, what, "give it a name of its own")
        found[name] = tag
    return found


def _key(tag: Element) -> str:
    """The key of the task's data that a tag names with a dollar, or ""."""
    value = tag.get("value") or ""
    return value.removeprefix("$") if value.startswith("$") else ""


def _error(where: str, tag: Element, what: str, remedy: str) -> ConfigError:
    return UnusableConfigError(where, Problem(tag.sourceline, tag.tag, what, remedy))


def _category(tag: Element) -> Category:
    value = tag.get("value", "")
    return Category(tag.get("alias") or value, value, tag.get("hint", ""), tag.get("hotkey", ""))


def _distinct(members: Iterator[tuple[Element, Category]], where: str) -> tuple[Category, ...]:
    found: dict[str, Category] = {}
    for tag, category in members:
        if category.id in found:
            raise _error(where, tag, f"{category.id!r} stands there twice", "give it an alias of its own")
        found[category.id] = category
    return tuple(found.values())


def _flat(control: Element, member: str) -> Iterator[tuple[Element, Category]]:
    return ((tag, _category(tag)) for tag in control.iter(member))


def _choices(tag: Element, where: str) -> tuple[Category, ...]:
    if tag.get("allowNested") == "true":
        return _distinct(_paths(tag, ()), where)
    return _distinct(_flat(tag, "Choice"), where)


def _paths(
    tag: Element, above: tuple[Category, ...], *, leaves: bool = False
) -> Iterator[tuple[Element, Category]]:
    for child in tag:
        if child.tag != "Choice":
            yield from _paths(child, above, leaves=leaves)
            continue
        own = _category(child)
        path = (*above, own)
        if not leaves or child.find(".//Choice") is None:
            ids, labels = (PATH_SEPARATOR.join(getattr(c, field) for c in path) for field in ("id", "label"))
            yield child, Category(ids, labels, own.definition, own.hotkey)
        yield from _paths(child, path, leaves=leaves)


def _taxonomy(tag: Element, where: str) -> tuple[Category, ...]:
    return _distinct(_paths(tag, (), leaves=tag.get("leafsOnly") == "true"), where)


def _rating(tag: Element, where: str) -> tuple[Category, ...]:
    highest = tag.get("maxRating", "5")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", highest):
        raise _error(where, tag, f"maxRating {highest!r} is no whole number from 1 to 999", "correct it")
    return tuple(Category(str(n), str(n)) for n in range(1, int(highest) + 1))


def _none(_tag: Element, _where: str) -> tuple[Category, ...]:
    return ()


# tag -> kind, how its categories are read, the levels it may be said to have (the first is the default)
_KINDS: dict[str, tuple[Kind, Callable[[Element, str], tuple[Category, ...]], tuple[Level, ...]]] = {
    "Choices": ("choices", _choices, ("nominal", "ordinal", "interval", "ratio")),
    "Rating": ("rating", _rating, ("ordinal", "interval")),
    "Number": ("number", _none, ("interval", "ratio", "ordinal")),
    "Taxonomy": ("taxonomy", _taxonomy, ("set",)),
    "TextArea": ("textarea", _none, ()),
}


def _variable(tag: Element, keys: Mapping[str, str], where: str) -> Variable:
    kind, categories, levels = _KINDS[tag.tag]
    if kind == "choices" and (tag.get("choice") == "multiple" or tag.get("allowNested") == "true"):
        levels = ("set",)
    variable = Variable(
        name=tag.get("name"),
        kind=kind,
        level=_level(tag, levels, where),
        categories=categories(tag, where),
        required=tag.get("required") == "true",
        to_name=tag.get("toName"),
        minimum=_bound(tag, "min", where) if kind == "number" else None,
        maximum=_bound(tag, "max", where) if kind == "number" else None,
        per_region=tag.get("perRegion") == "true" or tag.get("perItem") == "true",
        shows=keys.get(tag.get("toName"), ""),
        offered_by="" if kind in ("number", "textarea") else _key(tag),
        conditions=conditions_of(tag),
    )
    if kind == "choices" and variable.level in ("interval", "ratio"):
        for category in variable.categories:
            if not _is_number(category.id):
                raise _error(where, tag, f"level {variable.level!r} with {category.id!r}", "use numbers")
    return variable


def _level(tag: Element, allowed: tuple[Level, ...], where: str) -> Level | None:
    """Give the level of measurement: the config's own attribute ``level``, else the default of the tag."""
    said = tag.get("level")
    if said is None:
        return allowed[0] if allowed else None
    if said not in allowed:
        remedy = f"write {' or '.join(allowed)}" if allowed else "remove it: free text is not coded"
        raise _error(where, tag, f"level {said!r} does not fit {tag.get('name')!r}", remedy)
    return cast("Level", said)


def _bound(tag: Element, attribute: str, where: str) -> float | None:
    said = tag.get(attribute)
    if said is None:
        return None
    if not _is_number(said):
        raise _error(where, tag, f"{attribute} {said!r} is no number", "correct it")
    return float(said)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None
