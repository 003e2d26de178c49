"""Boxes, lists and tables among the paragraphs of an article: those that hold its text are told by what is in them, not by their class."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from annotate.corpus import furniture

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_WHOLE = re.compile(r".*[.!?…][\"'”’»)\]]*", re.DOTALL)  # noqa: RUF001 - an apostrophe
_STOP = re.compile(r"(?<=[.!?…])\s+")
_WORDS = 8  # of a paragraph that counts
_LINKED = 0.3  # of a box's letters at most
_BOXES = {"div", "section"}
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_BLOCKS = ("p", "div", "section", "ul", "ol", "dl", "table", "blockquote", "pre", "figure", "br", *_HEADINGS)
_ASIDE = {"aside", "nav", "footer", "form", "figure", "header"}
_ASKING = ("form", "input", "button", "textarea", "select", "iframe")
_SOLD = re.compile(
    r"\b(?:ads?|advert\w*|sponsor\w*|promo\w*|newsletters?|sign-?up|subscri\w+|donat\w+|pull-?quotes?|share|hidden"
    r"|cookies?|bio|outbrain|taboola)\b|(?<![\w-])(?:comments?|related)(?![\w-])"
)
_UNTOLD = 200  # characters: a sentence or two
_SOUGHT = 500  # paragraphs that are not line of their own are sought within lines


def open_boxes(tree: "HtmlElement") -> None:
    """Take the class from boxes of text, by which trafilatura would drop them: "related-facts", "social-policy".

    Such a box stands between two paragraphs of whole sentences, holds nothing but such, hardly any link,
    nothing to fill in and no call to the reader, and its class does not say that it sells or comments. One without
    blocks of its own is a paragraph, and so is a heading there: where a page marks no article, trafilatura takes nothing else.
    """
    for box in [box for parent in tree.iter() for box in _among_text(parent)]:
        if box.tag in _HEADINGS:
            if next(box.iter("a", *_ASKING), None) is None:
                box.tag = "p"
                box.attrib.clear()
        elif _holds_text(box):
            box.attrib.clear()
            if next(box.iterdescendants(*_BLOCKS), None) is None:
                box.tag = "p"


def _among_text(parent: "HtmlElement") -> Iterator["HtmlElement"]:
    """The boxes of a parent between its first paragraph of text and its last."""
    boxes: list[HtmlElement] = []
    begun = False
    for child in parent:
        if child.tag == "p" and _is_text(_words(child)):
            yield from boxes
            boxes.clear()
            begun = True
        elif begun and child.tag in (*_BOXES, *_HEADINGS):
            boxes.append(child)


def _holds_text(box: "HtmlElement") -> bool:
    hidden = "hidden" in box.attrib or "aria-hidden" in box.attrib or box.get("style")
    if hidden or _SOLD.search(f"{box.get('class')} {box.get('id')}".lower().replace("_", "-")):
        return False
    if next(box.iter(*_ASKING), None) is not None:
        return False
    parts = [text for part in box.iter("p") if (text := _words(part))] or [_words(box)]
    linked = sum(len(_words(link)) for link in box.iter("a"))
    return all(map(_is_text, parts)) and linked <= _LINKED * sum(map(len, parts))


def _words(element: "HtmlElement") -> str:
    return " ".join("".join(element.itertext()).split())


def _is_text(line: str) -> bool:
    """Whether a paragraph is of whole sentences, none of which is boilerplate."""
    whole = len(line.split()) >= _WORDS and bool(_WHOLE.fullmatch(line))
    return whole and not any(map(furniture.is_boilerplate, [line, *_STOP.split(line)]))


def open_lists(tree: "HtmlElement") -> None:
    """Turn lists of text into paragraphs: where a page marks no article, trafilatura takes nothing else.

    Such a list stands right behind a paragraph or a heading, and hardly any of it is a link.
    """
    for found in [one for one in tree.iter("ul", "ol", "dl") if _goes_on(one)]:
        linked = sum(len(_words(link)) for link in found.iter("a"))
        if linked > _LINKED * len(_words(found)) or next(found.iter(*_ASKING), None) is not None:
            continue
        for part in list(found.iter("ul", "ol", "dl", "li", "dt", "dd")):
            if part.tag in {"ul", "ol", "dl"}:
                part.tag = "div"
            else:
                _to_paragraphs(part)


def _goes_on(element: "HtmlElement") -> bool:
    """Whether an element goes on with a text: a paragraph or a heading stands right before it, and no menu is around."""
    earlier = element.getprevious()
    while earlier is not None and not isinstance(earlier.tag, str):
        earlier = earlier.getprevious()
    before = earlier is not None and earlier.tag in {
        "p",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "dl",
        "blockquote",
    }
    within = next(element.iterancestors(*_ASIDE, "ul", "ol", "dl"), None) is None
    named = _SOLD.search(f"{element.get('class')} {element.get('id')}".lower().replace("_", "-"))
    return before and within and not named


def _to_paragraphs(item: "HtmlElement") -> None:
    """Make an item a paragraph; of one that holds blocks, only what stands before them."""
    blocks = [child for child in item if child.tag in {"p", "div", "ul", "ol", "dl", "table", "blockquote"}]
    if not blocks:
        item.tag = "p"
        return
    item.tag = "div"
    leading = item.makeelement("p")
    leading.text, item.text = item.text, None
    for child in list(item):
        if child is blocks[0]:
            break
        leading.append(child)
    if _words(leading):
        item.insert(0, leading)


def paragraphs_in(tree: "HtmlElement") -> list[str]:
    """The paragraphs of whole sentences in the page's article, if it marks one, but those in asides and forms."""
    todo = list(tree.iter("article"))
    if len(todo) != 1:
        return []
    found: list[str] = []
    while todo:
        part = todo.pop()
        if part.tag in {"p", "li"} and _is_text(text := _words(part)):
            found.append(text)
        todo += [child for child in part if child.tag not in _ASIDE]
    return found


def untold(paragraphs: list[str], text: str) -> int:
    """Count the characters of paragraphs that a text has not; 0 if they come to a sentence or two."""
    lines = set(map(_letters, text.split("\n")))
    others = [paragraph for paragraph in paragraphs if _letters(paragraph) not in lines]
    known = _letters(text)
    count = sum(len(paragraph) for paragraph in others[:_SOUGHT] if _letters(paragraph) not in known)
    return count if count > _UNTOLD else 0


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


_OF_A_TABLE = {"table", "thead", "tbody", "tfoot", "tr", "td", "th"}
_LONG_CELL = 200  # characters of a cell that holds text and not data


def open_layout(tree: "HtmlElement") -> None:
    """Turn tables that are there for the page's looks into plain blocks.

    Such a table holds another one, or a cell of several long paragraphs. Trafilatura would take its rows out of
    their order, and put the paragraphs of a cell on one line.
    """
    for table in [table for table in tree.iter("table") if _is_layout(table)]:
        todo: list[_Element] = [table]
        while todo:
            part = todo.pop()
            part.tag = "div"
            todo += [child for child in part if child.tag in _OF_A_TABLE and child.tag != "table"]


def _is_layout(table: "_Element") -> bool:
    if next(table.iterdescendants("table"), None) is not None:
        return True
    return any(
        sum(1 for _ in cell.iter("p", "br")) > 1 and sum(map(len, cell.itertext())) > _LONG_CELL
        for cell in table.iterdescendants("td", "th")
    )
