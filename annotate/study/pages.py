"""The text of what is not a plain text: of a web page in HyperText, and of the turns of Paragraphs.

Label Studio counts the characters of all text of a page, and one for each ``<br>``; what the browser makes of white
space does not count. Older exports say the element instead, as XPath, and the place in its text. Of turns it says
which one, and the place in what is said there. Here the turns are one text, a line each.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import lxml.html
from lxml import etree

from annotate.codebook.read import Codebook, SpanVariable
from annotate.codebook.repeats import Repeat, look_up


def has_markup(text: str) -> bool:
    """Tell a page from plain text."""
    return re.search("[<&]", text) is not None


class Page:
    """A page of HTML as Label Studio shows it: ``text``, and where in it the places of its elements are."""

    def __init__(self, html: str) -> None:
        """Parse it; what is not a HTML at all is an empty page."""
        try:
            self._root = lxml.html.fragment_fromstring(_body(html), create_parent="div")
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            self._root = lxml.html.fragment_fromstring("", create_parent="div")
        pieces = list(_texts(self._root))
        self._starts: dict[tuple[Any, bool], int] = {}
        at = 0
        for element, is_tail, text in pieces:
            self._starts.setdefault((element, is_tail), at)
            at += len(text)
        self.text = "".join(text for _, _, text in pieces)

    def place(self, path: object, offset: object) -> int | None:
        """The place in the text of a place in an element, named by XPath; None if the page has none such."""
        if not isinstance(path, str) or type(offset) is not int:
            return None
        try:
            found = self._root.xpath("." + path if path.startswith("/") else path or ".")
        except etree.XPathError:
            return None
        if not isinstance(found, list) or not found:
            return None
        text = found[0]
        if isinstance(text, etree._ElementUnicodeResult):  # noqa: SLF001 - lxml names it nowhere else
            start = self._starts.get((text.getparent(), bool(text.is_tail)))
            return None if start is None else start + offset
        return self._starts.get((text, False)) if offset == 0 else None


def _body(html: str) -> str:
    """What stands in the body, where there is one."""
    found = re.search(r"<body\b[^>]*>(.*?)(?:</body\s*>|\Z)", html, re.DOTALL | re.IGNORECASE)
    return found[1] if found else html


def _texts(root: Any) -> Iterator[tuple[Any, bool, str]]:
    """Go through the texts in order: the element, whether it stands behind it, the text."""
    for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
        if event == "start":
            yield element, False, "\n" if element.tag == "br" else element.text or ""
        elif element is not root:
            yield element, True, element.tail or ""


class Turns:
    """The turns of a dialogue: ``text`` has one a line, ``starts`` is where each begins."""

    def __init__(self, turns: Sequence[object], key: str) -> None:
        """Take the entries of the task's data; ``key`` has what is said in each."""
        said = [turn.get(key) if isinstance(turn, Mapping) else None for turn in turns]
        texts = [one if isinstance(one, str) else "" for one in said]
        self.text = "\n".join(texts)
        self.starts = [0]
        for text in texts:
            self.starts.append(self.starts[-1] + len(text) + 1)

    def start_of(self, turn: object) -> int | None:
        """Where a turn begins, which the export names by its number, as a text."""
        number = int(turn) if isinstance(turn, str | int) and re.fullmatch("[0-9]{1,9}", str(turn)) else -1
        return self.starts[number] if 0 <= number < len(self.starts) - 1 else None


@functools.lru_cache(maxsize=512)
def page_of(html: str) -> Page:
    """Parse a page, each only once: most marks of an export lie in the page of the mark before."""
    return Page(html)


def shown_text(data: Mapping[str, Any], codebook: Codebook, repeat: Repeat | None = None) -> str | None:
    """The text that annotators saw, and that the places of marks are places of; None if a task brings no text.

    It is what is marked, where something is; else the key ``text``, or what the first question is asked of. Where
    several texts are marked, such as a headline and what is below it, they are one text, each behind a line break.
    """
    marked = _marked_texts(data, codebook, repeat)
    if marked:
        return "\n".join(marked.values())
    asked = [one.shows for one in codebook.variables if one.repeat == repeat]
    values = (look_up(data, key) for key in (asked if repeat else ["text", *asked]))
    return next((value for value in values if isinstance(value, str)), None)


def begin_of(data: Mapping[str, Any], codebook: Codebook, control: SpanVariable) -> int:
    """Where in :func:`shown_text` the text begins that a control marks."""
    begin = 0
    for key, text in _marked_texts(data, codebook, control.repeat).items():
        if key == control.shows:
            break
        begin += len(text) + 1
    return begin


def _marked_texts(data: Mapping[str, Any], codebook: Codebook, repeat: Repeat | None) -> dict[str, str]:
    """The texts of a task that are marked, by their keys, in the order of the label config."""
    found: dict[str, str] = {}
    for control in codebook.span_variables:
        value = look_up(data, control.shows) if control.repeat == repeat else None
        if control.medium == "Paragraphs" and isinstance(value, list):
            found.setdefault(control.shows, Turns(value, control.text_key).text)
        elif isinstance(value, str):
            page = control.medium == "HyperText" and has_markup(value)
            found.setdefault(control.shows, page_of(value).text if page else value)
    return found
