"""A Label Studio label config, read as a codebook: variables, levels of measurement, ordered categories.

Nothing here asks a server. A control of the config is a variable; what an annotator can choose there
are its categories, in the order of the config. The order is never taken from what was observed.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from annotate.codebook.config_xml import Element, parse_config
from annotate.codebook.controls import (
    KINDS,
    PATH_SEPARATOR,
    Category,
    Kind,
    Medium,
    SpanVariable,
    Variable,
    category_of,
    controls_of,
    distinct,
    key_of,
    members,
    variable_of,
)
from annotate.codebook.repeats import Repeat, repeat_of
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


_SPAN_TAGS = frozenset({"Labels", "HyperTextLabels", "ParagraphLabels"})
_OTHER_MEDIA = frozenset({"Audio", "AudioPlus", "Chat", "Image", "Pdf", "TimeSeries", "Video"})


@dataclass(frozen=True, slots=True)
class Codebook:
    """What a label config asks for.

    ``variables`` are the controls answered once a passage and so the variables of the ratings;
    ``region_variables`` are answered once a marked stretch and are not. ``unread`` names the
    controls that are of no use for text (boxes on pictures and the like): they are passed over. ``repeated`` are
    the names of all controls that a Repeater asks again and again, with that Repeater.
    """

    variables: tuple[Variable, ...]
    span_variables: tuple[SpanVariable, ...]
    relations: tuple[Category, ...]
    config: str
    sha256: str
    region_variables: tuple[Variable, ...] = ()
    unread: tuple[str, ...] = ()
    repeated: tuple[tuple[str, Repeat], ...] = ()

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

    def deciding(self, names: Iterable[str]) -> list[str]:
        """These variables, and all whose answers decide whether they are asked, in the order of the label config."""
        wanted, wait = {*names}, [*names]
        while wait:
            name = wait.pop()
            conditions = [one for of in self.variables if of.name == name for one in of.conditions]
            asked = {one.control for one in conditions}
            for of in self.variables:
                if of.name not in wanted and (of.name in asked or "" in asked):
                    wanted.add(of.name)
                    wait.append(of.name)
        return [of.name for of in self.variables if of.name in wanted]

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
    keys = {name: key_of(tag) for name, tag in objects.items()}
    variables: list[Variable] = []
    spans: list[SpanVariable] = []
    unread: list[str] = []
    controls = controls_of(root, where)
    for name, tag in controls.items():
        if tag.tag in _SPAN_TAGS and media.get(tag.get("toName")) not in _OTHER_MEDIA:
            labels = distinct(members(tag, "Label"), where)
            spans.append(_spans(tag, labels, objects.get(tag.get("toName"))))
        elif tag.tag in KINDS:
            variables.append(variable_of(tag, keys, where))
        else:
            unread.append(name)
    return Codebook(
        variables=tuple(v for v in variables if not v.per_region),
        span_variables=tuple(spans),
        relations=tuple(category_of(tag) for tag in root.iter("Relation")),
        config=config,
        sha256=config_hash(config),
        region_variables=tuple(v for v in variables if v.per_region),
        unread=tuple(unread),
        repeated=tuple((name, one) for name, tag in controls.items() if (one := repeat_of(tag))),
    )


def _spans(tag: Element, labels: tuple[Category, ...], shown: Element | None) -> SpanVariable:
    """Read a control that marks what the object ``shown`` shows."""
    medium: Medium = "Text"
    if shown is not None and shown.tag in ("HyperText", "Paragraphs"):
        medium = shown.tag
    return SpanVariable(
        name=tag.get("name"),
        to_name=tag.get("toName"),
        labels=labels,
        shows="" if shown is None else key_of(shown),
        offered_by=key_of(tag),
        medium=medium,
        text_key="text" if shown is None else shown.get("textKey") or "text",
        repeat=repeat_of(tag),
    )
