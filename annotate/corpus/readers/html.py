# ruff: noqa: RUF001 - quotation marks
"""Web pages: the article within the page, and what the page says of itself."""

import copy
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.corpus.readers.boxes import open_boxes, open_layout, open_lists, paragraphs_in, untold
from annotate.corpus.readers.document import Document, facts, raised, read_within, seen, unseen_notice
from annotate.corpus.readers.text import declared_in, decode
from annotate.errors import InputError, counted

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_OPENS = re.compile(r"<(script|style|svg|template)\b([^<>]{0,500})>?", re.IGNORECASE)
_PACKED = re.compile(r"\bdata:[\w/+.-]{1,60};base64,[A-Za-z0-9+/=]*")
_KEPT = "ld+json"  # what a page says of itself: title, date, publisher


def without_dead_parts(page: str) -> str:
    """Cut scripts, styles, drawings and packed pictures out of a page, in time that grows with its length only."""
    return _PACKED.sub("", "".join(_living(page)))


def _living(page: str) -> Iterator[str]:
    at = 0
    open_ended: set[str] = set()  # no closing tag follows any more
    for match in _OPENS.finditer(page):
        name = match[1].lower()
        if match.start() < at or name in open_ended or _KEPT in match[2].lower():
            continue
        end = re.compile(f"</{name}", re.IGNORECASE).search(page, match.end())
        if end is None:
            open_ended.add(name)
            continue
        yield page[at : match.start()]
        at = end.start()
    yield page[at:]


MARK = "\u241e"  # the sign that stands for a record separator; no article has it, and trafilatura lets it through
_ENDING = (
    *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "footer"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "td", "th"),
    *("table", "tr", "ul"),
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


LARGEST = 20 * 2**20  # bytes; a page with its pictures packed into it stays below
_LARGEST_BARE = 4 * 2**20  # signs, once scripts, styles and packed pictures are out
# What trafilatura lets through on pages that nobody has thought of.
_SURPRISES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+)")
_BLOCKS = {"p", "head", "list", "item", "quote", "row", "code", "table", "div", "body", "main", "article"}
_BLOCKS |= {"fw", "section", "blockquote", "pre", "ul", "ol", "li", "dl", "dt", "dd"}
_HEADINGS = [f"h{level}" for level in range(1, 7)]
_BLOCKS |= {*_HEADINGS}
_HEADING_WORDS = 16
_UNSEEN = {"script", "style", "template", "noscript", "svg", "head", "option"}


def read_html(path: Path) -> Document:
    """Read the article of an ``.html`` file: headings, paragraphs, list items, rows and captions, each a line.

    What is article and what is menu, comment or advertisement is told by trafilatura. Site name,
    title, author, date and address are guesses.

    Raises
    ------
    InputError
        If the page is too large or too deep, is not text, or holds no article.

    """
    data = read_within(path, LARGEST, "HTML")
    text, notices = decode(data, path, declared=declared_in(data))
    text, removed = seen(text)
    saved_from = _SAVED_FROM.search(text[:2000])
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    tree = _parsed(text, path)
    try:
        guessed = _guesses(tree, saved_from.group(1) if saved_from else None)
        notes, unread = _write_marks(tree), _leave_out_unread(tree)
        shown = _letters(list(_shown(tree)))
        paragraphs = paragraphs_in(tree)
        heading, marked_so, links = _heading(tree), _headings(tree), tuple(_links(tree))
        lines = list(_article(tree))
    except _SURPRISES as error:
        raise InputError(f"{path}: the page cannot be taken apart; save its text as .txt") from error
    if not lines:
        raise InputError(f"{path}: no article was found in the page; save its text as .txt")
    if heading and _folded(heading) not in map(_folded, lines[:5]):
        lines.insert(0, heading)
    whole, hidden = seen("\n".join(lines))  # signs that the page names, such as &shy;
    notices += unseen_notice(path, removed + hidden)
    if left := untold(paragraphs, whole):
        notices += (
            f"{path}: left out as no part of it: {counted(left, 'character')} of paragraphs in its article",
        )
    if unread:
        notices += (f"{path}: left out: {counted(unread, 'letter')} of hidden or struck text",)
    if notes:
        notices += (f"{path}: left out: {counted(notes, 'mark')} of notes",)
    around = max(0, shown - _letters([whole]))
    return Document(
        path, whole, guessed=guessed, notices=notices, headings=marked_so, around=around, links=links
    )


def _parsed(text: str, path: Path) -> "HtmlElement":
    from trafilatura import load_html

    bare = without_dead_parts(text).strip()
    if len(bare) > _LARGEST_BARE:
        size = f"{len(bare) / 2**20:.0f} MB without its scripts and pictures"
        raise InputError(
            f"{path}: {size}, {_LARGEST_BARE // 2**20} at most; save the article alone, or as .txt"
        )
    if _has_crowded_tag(bare):
        raise InputError(f"{path}: a tag has more than {_MOST_ATTRIBUTES} attributes; save its text as .txt")
    tree = load_html(bare) if bare else None
    if tree is not None and next(tree.iter("body"), None) is None:  # a piece of a page
        tree = load_html(f"<html><body>{bare}</body></html>")
    if tree is None:
        raise InputError(f"{path}: holds no page; fetch it again, or save its text as .txt")
    return tree


_MOST_ATTRIBUTES = 1000  # the reader of HTML compares each with all before it
_TAG = re.compile(r"<[a-zA-Z][^\s/>]*[\s/]")
_ATTRIBUTE = re.compile(r"""[\s/]*[^\s/>=][^\s/>=]*+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>][^\s>]*)?)?""")


def _has_crowded_tag(page: str) -> bool:
    at = 0
    while tag := _TAG.search(page, at):
        at, number = tag.end(), 0
        while attribute := _ATTRIBUTE.match(page, at):
            at, number = attribute.end(), number + 1
            if number > _MOST_ATTRIBUTES:
                return True
    return False


def _guesses(tree: "HtmlElement", saved_from: str | None) -> dict[str, str]:
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(tree, saved_from, {"original_date": True, "extensive_search": False})
    return facts(
        source=found.sitename, title=found.title, author=found.author, published=found.date, url=found.url
    )


def _heading(tree: "HtmlElement") -> str | None:
    """The page's only heading of the first level, which often stands outside of what is found to be its article."""
    headings = [" ".join(heading.itertext()) for heading in tree.iter("h1")]
    bare = [" ".join(heading.split()) for heading in headings if heading.strip()]
    return bare[0] if len(bare) == 1 else None


def _headings(tree: "HtmlElement") -> frozenset[str]:
    """The lines that the page marks as headings; one that is long is text in large letters."""
    every = (" ".join("".join(one.itertext()).split()) for one in tree.iter(*_HEADINGS))
    return frozenset(seen(line)[0] for line in every if len(line.split()) <= _HEADING_WORDS)


def _links(tree: "HtmlElement") -> Iterator[tuple[str, str]]:
    """The words and the address of each link to another page; who follows a link of a page itself stays there."""
    for link in tree.iter("a"):
        address = (link.get("href") or "").strip()
        words = seen(" ".join("".join(link.itertext()).split()))[0]
        if (
            words
            and address.casefold().startswith(("http://", "https://"))
            and not any(map(str.isspace, address))
        ):
            yield words, address


def _folded(line: str) -> str:
    return " ".join(re.findall(r"\w+", line.casefold()))


def _shown(tree: "HtmlElement") -> Iterator[str]:
    """The text of a page, without what no reader sees."""
    for body in tree.iter("body"):
        todo: list[_Element] = [body]
        while todo:
            part = todo.pop()
            yield part.tail or ""
            if isinstance(part.tag, str) and part.tag not in _UNSEEN:
                yield part.text or ""
                todo += part


def _write_marks(tree: "HtmlElement") -> int:
    """Put quotation marks around ``q``, write what is raised, and leave out the marks of notes; say how many."""
    for quote in list(tree.iter("q")):
        first, last = ("‘", "’") if next(quote.iterancestors("q"), None) is not None else ("“", "”")
        quote.text = first + (quote.text or "")
        _append(quote, last)
    for quote in list(tree.iter("q")):
        quote.tag = "span"
    notes = 0
    for mark in list(tree.iter("sup")):
        linked = next(mark.iter("a"), None) is not None or next(mark.iterancestors("a"), None) is not None
        written = raised(_before(mark), "".join(mark.itertext()), linked=linked)
        notes += written is None
        for child in list(mark):
            mark.remove(child)
        mark.tag, mark.text = "span", written or ""
    return notes


_HIDDEN = re.compile(r"\b(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)


def _leave_out_unread(tree: "HtmlElement") -> int:
    """Take out what a reader of the page does not see, and what is struck; say how many letters that was.

    A page that hides most of itself shows it later, by a script: then nothing is hidden.
    """
    every = [one for body in tree.iter("body") for one in body.iterdescendants() if isinstance(one.tag, str)]
    hidden = [one for one in every if one.tag == "noscript" or _is_hidden(one)]
    inside = set(hidden)
    outermost = [one for one in hidden if inside.isdisjoint(one.iterancestors())]
    if _letters(["".join(one.itertext()) for one in outermost]) * 2 > _letters(["".join(tree.itertext())]):
        outermost, inside = [], set()
    struck = [
        one for one in every if one.tag in ("del", "s", "strike") and inside.isdisjoint(one.iterancestors())
    ]
    left = 0
    for one in (*outermost, *struck):
        left += _letters(["".join(one.itertext())])
        for child in list(one):
            one.remove(child)
        one.text = ""
    return left


def _is_hidden(element: "_Element") -> bool:
    hidden = element.get("hidden")
    return (hidden is not None and hidden != "until-found") or bool(
        _HIDDEN.search(element.get("style") or "")
    )


def _append(element: "_Element", text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _before(element: "_Element") -> str:
    """The text directly before an element, within its parent."""
    earlier, parent = element.getprevious(), element.getparent()
    if earlier is None:
        return "" if parent is None else parent.text or ""
    return earlier.tail or "".join(earlier.itertext())


def _article(tree: "HtmlElement") -> Iterator[str]:
    open_lists(tree)
    open_boxes(tree)
    _keep_words(tree)
    open_layout(tree)
    body = _body(tree)
    if body is None:
        return
    lines = list(_lines(body))
    if is_glued(body) and (own := _own_lines(tree, lines)):
        lines = own
    elif is_glued(body) and (again := _body(marked(tree))) is not None:
        parted = [" ".join(part.split()) for line in _lines(again) for part in line.split(MARK)]
        if _letters(parted) >= _letters(lines):
            lines = list(filter(None, parted))
    yield from lines


_SHORT, _LITTLE_MORE = (
    1000,
    1.05,
)  # letters of a page that is so short; and how many more of its own it may have


def _own_lines(tree: "HtmlElement", found: list[str]) -> list[str]:
    """The lines of a short page as it has them, if they are what was found of it, and hardly more; else none.

    Of a short page trafilatura gives a paragraph twice that is quoted, and words with a blank before their comma.
    """
    lines: list[str] = []
    for body in [*tree.iter("article")] or tree.iter("body"):
        page = copy.deepcopy(body)
        for part in list(page.iter("aside", "nav", "footer", "form", "button", "select", *_UNSEEN)):
            part.drop_tree()
        lines += _lines(page)
    said, known = ("".join(filter(str.isalnum, "".join(of))) for of in (lines, found))
    whole = all("".join(filter(str.isalnum, line)) in said for line in found)
    return lines if whole and len(said) <= min(_SHORT, _LITTLE_MORE * len(known)) else []


def _body(tree: "HtmlElement") -> "HtmlElement | None":
    from trafilatura import bare_extraction

    found = bare_extraction(tree, include_comments=False, include_tables=True)
    return None if found is None or isinstance(found, dict) else found.body


def _letters(lines: list[str]) -> int:
    return sum(sign.isalnum() for line in lines for sign in line)


_WORDLESS = ("area", "embed", "link", "meta", "param", "source", "track", "wbr")
_AROUND_WORDS = frozenset({"code", "label", "meter", "nobr", "output", "progress", "slot"})
_PARAGRAPHS = ("p", "li", "dd", "dt", "td", "th", *_HEADINGS)


def _keep_words(tree: "HtmlElement") -> None:
    """Keep what trafilatura would drop: captions, who is quoted, and what is in or behind an element that it does not know.

    Such are ``wbr``, ``ins``, ``time``, ``label`` and the elements of a page's own (``x-note``): the rest of a paragraph
    would go with them. Code within a paragraph would part it.
    """
    for element in [one for body in tree.iter("body") for one in body.iter() if isinstance(one.tag, str)]:
        tag = element.tag
        if tag in _WORDLESS:
            element.drop_tag()
        elif tag in ("ins", "time"):
            element.tag = "span"
        elif tag in _AROUND_WORDS or "-" in tag:
            if next(element.iterancestors(*_PARAGRAPHS), None) is not None:
                element.tag = "span"
        elif tag == "figure":
            element.tag = "div"
        elif tag == "pre" and not len(element):
            _part_lines(element)
        elif tag in ("figcaption", "summary") or (
            tag in ("footer", "cite")
            and element.getparent() is not None
            and element.getparent().tag == "blockquote"
        ):
            element.tag = "p"


def _part_lines(written: "HtmlElement") -> None:
    """Make what is set as it was typed a paragraph with its line breaks."""
    first, *others = (written.text or "").strip("\n").split("\n")
    written.tag, written.text = "p", first
    for line in others:
        end = written.makeelement("br")
        end.tail = line
        written.append(end)


def _lines(element: "HtmlElement") -> Iterator[str]:
    """Each block of an extracted body as a line, in order."""
    buffer: list[str] = []
    for piece in _pieces(element):
        if piece is not None:
            buffer.append(piece)
            continue
        if line := " ".join("".join(buffer).split()):
            yield line
        buffer.clear()
    if line := " ".join("".join(buffer).split()):
        yield line


def _pieces(element: "HtmlElement") -> Iterator[str | None]:
    """The text of an element, with None where a line ends."""
    yield element.text or ""
    for child in element:
        if child.tag in ("row", "tr"):
            yield None
            yield " | ".join(filter(None, (" ".join(_lines(cell)) for cell in child)))
            yield None
        elif child.tag in _BLOCKS:
            yield None
            yield from _pieces(child)
            yield None
        elif child.tag in {"lb", "br"}:
            yield None
        elif isinstance(child.tag, str):
            yield from _pieces(child)
        yield child.tail or ""
