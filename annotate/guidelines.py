"""The guidelines for annotators, as the instructions that Label Studio shows before labelling."""

from pathlib import Path

from markdown_it import MarkdownIt

from annotate.files import read_text

# Label Studio's own style sheet takes numbers, bullets and margins away: they are put back in place.
_STYLES = {
    "ol": "list-style:decimal;padding-left:1.5em;margin:0.5em 0",
    "ul": "list-style:disc;padding-left:1.5em;margin:0.5em 0",
    "h2": "margin-top:1.4em",
    "h3": "margin-top:1.1em",
    "p": "margin:0.5em 0",
    "table": "border-spacing:0.8em 0.2em",
}


def instructions(path: Path) -> str:
    """Render a Markdown file to the HTML of a project's instructions; raw HTML in it is shown as text.

    Raises
    ------
    InputError
        If the file cannot be read.

    """
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = renderer.parse(read_text(path))
    for token in tokens:
        if token.nesting == 1 and token.tag in _STYLES:
            token.attrSet("style", _STYLES[token.tag])
    page: str = renderer.renderer.render(tokens, renderer.options, {})
    return page
