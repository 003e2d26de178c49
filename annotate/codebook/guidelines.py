"""The guidelines for annotators, as the instructions that Label Studio shows before labelling."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from annotate.files import read_text

_INDENT = "&nbsp;" * 4
_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})


def instructions(path: Path) -> str:
    """Render a Markdown file to the HTML of a project's instructions; raw HTML in it is shown as text.

    So are links that are not web addresses, and pictures: annotators' browsers load nothing from elsewhere.

    Label Studio takes styles out, and its own style sheet takes away the numbers and bullets of lists,
    all indents, and the space between blocks and between cells; so these are written as text and as
    line breaks.

    Raises
    ------
    InputError
        If the file cannot be read.

    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("list_item_open", _list_item)
    parser.add_render_rule("paragraph_open", _paragraph)
    parser.add_render_rule("image", _picture)
    for cell in ("th_close", "td_close"):
        parser.add_render_rule(cell, _cell_end)
    tokens = parser.parse(read_text(path))
    _nest(tokens)
    page: str = parser.renderer.render(list(_apart(tokens)), parser.options, {})
    return page


def _nest(tokens: Sequence[Token]) -> None:
    """Note how deep each block lies in lists and quotations, and put an item's first words beside its bullet."""
    depth = 0
    for place, token in enumerate(tokens):
        nests = token.type.startswith(("list_item_", "blockquote_"))
        depth -= nests and token.nesting < 0
        token.meta["depth"] = depth
        depth += nests and token.nesting > 0
        if token.type == "paragraph_open" and place and tokens[place - 1].type == "list_item_open":
            token.hidden = tokens[place + 2].hidden = True  # a paragraph is its start, its words, its end


def _apart(tokens: Sequence[Token]) -> Iterator[Token]:
    """Put a line break before each block, except below a heading, and before a list that a paragraph announces."""
    before = ""
    for token in tokens:
        if token.level == 0 and token.nesting >= 0:
            announced = before == "p" and token.type in _LISTS
            if before and before not in {"h2", "h3", "h4", "h5", "h6"} and not announced:
                yield Token("html_block", "", 0, content="<br>")
            before = token.tag or token.type
        yield token


def _list_item(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    number = tokens[place].info
    return f"<li>{_indent(tokens[place])}{f'{number}.' if number else '•'} "


def _paragraph(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    return "" if tokens[place].hidden else f"<p>{_indent(tokens[place])}"


def _picture(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    return escapeHtml(f"[picture: {tokens[place].content or tokens[place].attrs['src']}]")


def _cell_end(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    return f"{_INDENT}</{tokens[place].tag}>"


def _indent(token: Token) -> str:
    return _INDENT * int(token.meta["depth"])
