"""From a specification to SVG: texts, colours, and what a screen reader says."""

import textwrap
import unicodedata
from typing import Any

import altair as alt
import vl_convert
from lxml import etree

from annotate.study.words import visible

MOST_SOURCES = 60
WIDTH = 340
LINE = 15

INK, MUTED, RULE = "var(--ink, #1d2530)", "var(--muted, #5c6673)", "var(--rule, #d5dae1)"
FONT = "var(--sans, system-ui, sans-serif)"


def text(
    values: list[dict[str, Any]],
    down: alt.Y,
    x: float,
    text: Any,
    *,
    colour: str = INK,
    align: Any = "left",
    weight: Any = "normal",
    style: str = "normal",
) -> alt.Chart:
    """Texts at one place across and many places down."""
    mark: alt.Chart = alt.Chart(data(values)).mark_text(
        align=align,
        baseline="middle" if weight == "normal" else "top",
        color=colour,
        font=FONT,
        fontSize=12,
        fontStyle=style,
        fontWeight=weight,
        lineBreak="\n",
        lineHeight=LINE,
    )
    placed: alt.Chart = mark.encode(x=alt.value(x), y=down, text=text)
    return placed


def data(values: list[dict[str, Any]]) -> alt.InlineData:
    """Rows to draw."""
    return alt.InlineData(values=values)


def svg(
    layers: list[alt.Chart], width: float, height: float, *, key: str, title: str, description: str
) -> str:
    """Draw layers into an SVG of a given size, in pixels."""
    chart = alt.layer(*layers).properties(
        width=width, height=height, padding=0, autosize="none", background="transparent"
    )
    chart = chart.configure_view(stroke=None).configure_axis(
        labelColor=MUTED, labelFont=FONT, labelFontSize=11, labelPadding=2, labelFlush=False
    )
    with alt.data_transformers.disable_max_rows():
        drawn = vl_convert.vegalite_to_svg(chart.to_dict())
    return _accessible(drawn, key, title, description)


def _accessible(drawn: str, key: str, title: str, description: str) -> str:
    """Give the SVG its title and description, and take out what speaks only to Vega's own script."""
    root = etree.fromstring(drawn.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    for element in root.iter():
        for attribute in (
            "class",
            "role",
            "aria-roledescription",
            "aria-label",
            "aria-hidden",
            "pointer-events",
        ):
            element.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-title {key}-desc")
    space = root.nsmap[None]
    for place, (name, text) in enumerate((("title", title), ("desc", description))):
        element = etree.Element(f"{{{space}}}{name}", id=f"{key}-{name}")
        element.text = visible(text)
        root.insert(place, element)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def wrapped(text: str, letters: int) -> tuple[str, int]:
    """Break a text into lines of about so many letters; a wide one (Chinese, for one) counts twice."""
    text = " ".join(visible(text).split())
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    room = max(6, int(letters * len(text) / (len(text) + wide))) if text else letters
    lines = textwrap.wrap(text, room) or [""]
    return "\n".join(lines), len(lines)
