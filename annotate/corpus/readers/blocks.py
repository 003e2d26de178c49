"""Where the blocks of a page end: kept where the extraction of its article would glue them together."""

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

MARK = "\u241e"  # the sign that stands for a record separator; no article has it, and trafilatura lets it through
_ENDING = (
    *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "footer"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "td", "th"),
    *("table", "tr", "ul"),
)
_OF_A_TABLE = {"table", "thead", "tbody", "tfoot", "tr", "td", "th"}
_LONG = 200  # characters of a cell that holds text and not data


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
        sum(1 for _ in cell.iter("p", "br")) > 1 and sum(map(len, cell.itertext())) > _LONG
        for cell in table.iterdescendants("td", "th")
    )


def is_glued(body: "_Element") -> bool:
    """Whether an extracted body has nothing but bare paragraphs: of short pages trafilatura gives one for all."""
    return all(child.tag == "p" and not len(child) for child in body)


def marked(tree: "HtmlElement") -> "HtmlElement":
    """Copy a page with :data:`MARK` before and behind each of its blocks."""
    page = copy.deepcopy(tree)
    for element in list(page.iter(*_ENDING)):
        element.text = MARK + (element.text or "")
        element.tail = MARK + (element.tail or "")
    return page
