"""The guidelines for annotators, as the instructions that Label Studio shows before labelling."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from annotate.files import read_text


def instructions(path: Path) -> str:
    """Render a Markdown file to the HTML of a project's instructions; raw HTML in it is shown as text.

    Label Studio takes styles out, and its own style sheet takes away the numbers and bullets of lists
    and the space around headings; so numbers and bullets are written as text, and space as line breaks.

    Raises
    ------
    InputError
        If the file cannot be read.

    """
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    renderer.add_render_rule("heading_open", _heading)
    renderer.add_render_rule("list_item_open", _list_item)
    page: str = renderer.render(read_text(path))
    return page


def _heading(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    return f"{'<br>' if place else ''}<{tokens[place].tag}>"


def _list_item(_renderer: Any, tokens: Sequence[Token], place: int, *_: Any) -> str:
    number = tokens[place].info
    return f"<li>{f'{number}.' if number else '•'} "
