"""The XML of a label config: parsed without trusting it, and what can be said against it."""

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from annotate.errors import ConfigError

Element = Any  # lxml publishes no types


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a label config: where, at which tag ("" for the file), what, and the remedy."""

    line: int
    tag: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}: {f'<{self.tag}> ' if self.tag else ''}{self.what}; {self.remedy}"


class UnusableConfigError(ConfigError):
    """A label config with a ``problem`` that keeps it from being read."""

    def __init__(self, where: str, problem: Problem) -> None:
        """Say the problem in one line, after the name of the config."""
        super().__init__(f"{where}, {problem}")
        self.problem = problem


def parse_config(config: str, *, where: str = "label config") -> Element:
    """Parse a label config into its root element, with the line numbers of the file.

    An XML declaration is tolerated. A document type is not: it could name files and hosts, and
    entities that expand without end.

    Raises
    ------
    UnusableConfigError
        If it is empty, not well-formed, or carries a document type.

    """
    text = without_declaration(config)
    if not text.strip():
        raise UnusableConfigError(where, Problem(1, "", "empty", "a label config starts with <View>"))
    if line := _doctype_line(text):
        raise UnusableConfigError(where, Problem(line, "", "has a document type (<!DOCTYPE)", "remove it"))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        reason = re.sub(r"\s+", " ", str(error.msg).split(", line ")[0]).strip()
        problem = Problem(error.lineno or 1, "", f"not well-formed XML ({reason})", "correct it")
        raise UnusableConfigError(where, problem) from error
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        problem = Problem(line, "", "holds half of a surrogate pair, which is not a character", "remove it")
        raise UnusableConfigError(where, problem) from error


def without_declaration(config: str) -> str:
    """Return the config without its XML declaration; its lines keep their numbers."""
    return _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), config)


def shown_keys(config: str) -> frozenset[str]:
    """List the keys of a task's data that a label config shows: each ``$key`` in an attribute of a tag.

    >>> sorted(shown_keys('<View><Header value="$source, $year"/><Text name="t" value="$text"/></View>'))
    ['source', 'text', 'year']
    """
    values = (value for tag in parse_config(config).iter() for value in tag.attrib.values())
    return frozenset(key for value in values for key in re.findall(r"\$(\w+)", value))


def declared_encoding(config: str) -> str | None:
    """Return the encoding that the XML declaration names, or None."""
    declaration = _DECLARATION.match(config)
    found = re.search(r"""\bencoding\s*=\s*["']([^"']*)["']""", declaration[0]) if declaration else None
    return found[1] if found else None


_DECLARATION = re.compile(r"\A\ufeff?(?:\s*<\?xml\b.*?\?>)?", re.DOTALL)
_ENDS = {"<!--": "-->", "<![CDATA[": "]]>"}
_BEGINS = re.compile("|".join(map(re.escape, _ENDS)))


def _doctype_line(config: str) -> int | None:
    bare = _without_comments(config)
    found = re.search(r"<!DOCTYPE", bare, re.IGNORECASE)
    return bare.count("\n", 0, found.start()) + 1 if found else None


def _without_comments(config: str) -> str:
    """Leave out comments and CDATA, but for their line ends. What is not closed stays, and is looked for once."""
    kept, at = [], 0
    while begins := _BEGINS.search(config, at):
        end = config.find(_ENDS[begins[0]], begins.end())
        if end < 0:
            break
        kept += [config[at : begins.start()], "\n" * config.count("\n", begins.start(), end)]
        at = end + len(_ENDS[begins[0]])
    return "".join([*kept, config[at:]])
