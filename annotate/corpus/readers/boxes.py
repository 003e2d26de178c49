"""Boxes among the paragraphs of an article: those that hold its text are told by what is in them, not by their class."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from annotate.corpus import furniture

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WHOLE = re.compile(r".*[.!?…][\"'”’»)\]]*", re.DOTALL)  # noqa: RUF001 - an apostrophe
_STOP = re.compile(r"(?<=[.!?…])\s+")
_WORDS = 8  # of a paragraph that counts
_LINKED = 0.3  # of a box's letters at most
_BOXES = {"div", "section"}
_ASIDE = {"aside", "nav", "footer", "form", "figure", "header"}
_ASKING = ("form", "input", "button", "textarea", "select", "iframe")
_SOLD = re.compile(
    r"\b(?:ads?|advert\w*|sponsor\w*|promo\w*|newsletters?|sign-?up|subscri\w+|donat\w+|pull-?quotes?|share|hidden"
    r"|cookies?|bio|outbrain|taboola)\b|(?<![\w-])(?:comments?|related)(?![\w-])"
)
_UNTOLD = 200  # characters: a sentence or two
_SOUGHT = 500  # paragraphs that are no line of their own are sought within lines


def open_boxes(tree: "HtmlElement") -> None:
    """Take the class from boxes of text, by which trafilatura would drop them: "related-facts", "social-policy".

    Such a box stands between two paragraphs of whole sentences, holds nothing but such, hardly any link,
    nothing to fill in and no call to the reader, and its class does not say that it sells or comments.
    """
    for box in [box for parent in tree.iter() for box in _among_text(parent)]:
        if (box.get("class") or box.get("id")) and _holds_text(box):
            box.attrib.clear()


def _among_text(parent: "HtmlElement") -> Iterator["HtmlElement"]:
    """The boxes of a parent between its first paragraph of text and its last."""
    boxes: list[HtmlElement] = []
    begun = False
    for child in parent:
        if child.tag == "p" and _is_text(_words(child)):
            yield from boxes
            boxes.clear()
            begun = True
        elif begun and child.tag in _BOXES:
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


def paragraphs_in(tree: "HtmlElement") -> list[str]:
    """The paragraphs of whole sentences in the page's article, if it marks one, but those in asides and forms."""
    todo = list(tree.iter("article"))
    if len(todo) != 1:
        return []
    found: list[str] = []
    while todo:
        part = todo.pop()
        if part.tag == "p" and _is_text(text := _words(part)):
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
