"""A heat map with figures: a strip of shares for each source."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from annotate.present.charts.drawing import FONT, LINE, MOST_SOURCES, MUTED, WIDTH, data, svg, text, wrapped

_GAP = 8
_CELL = 37
_LETTERS = 35  # that fit into a line beside n
_LABEL_LETTERS = 18


@dataclass(frozen=True)
class Strip:
    """A source and its share in each column of a heat map; None where there is none."""

    name: str
    n: int
    shares: tuple[float | None, ...]


def heat_map(
    strips: Sequence[Strip], columns: Sequence[str], *, key: str, title: str, description: str
) -> str | None:
    """Draw a strip of shares for each source; None if there are too many sources, or nothing to show."""
    if not strips or not columns or len(strips) > MOST_SOURCES:
        return None
    width = max(WIDTH, _CELL * len(columns))
    cell = width / len(columns)
    heads = [wrapped(column, _LABEL_LETTERS)[0] for column in columns]
    y = 10 + 6.2 * max(len(line) for head in heads for line in head.split("\n"))
    labels = [{"y": y - 6, "x": (i + 0.5) * cell, "text": head} for i, head in enumerate(heads)]
    names: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    counts: list[dict[str, Any]] = []
    for strip in strips:
        text, lines = wrapped(strip.name, _LETTERS)
        names.append({"y": y + 6, "text": text})
        counts.append({"y": y + 6 + LINE / 2, "text": f"n = {strip.n:,}"})
        y += 6 + lines * LINE + 2
        for i, share in enumerate(strip.shares):
            cells.append({"x": i * cell, "x2": (i + 1) * cell - 1.5, "y": y, "y2": y + 22, "share": share})
        y += 22 + _GAP
    layers = _heat_layers(labels, names, counts, cells, width=width, height=y)
    return svg(layers, width, y, key=key, title=title, description=description)


def _heat_layers(
    labels: list[dict[str, Any]],
    names: list[dict[str, Any]],
    counts: list[dict[str, Any]],
    cells: list[dict[str, Any]],
    *,
    width: float,
    height: float,
) -> list[alt.Chart]:
    down = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], range=[0, height]), axis=None)
    along = alt.Scale(domain=[0, width], range=[0, width])
    known = [{**cell, "middle": (cell["x"] + cell["x2"]) / 2, "centre": cell["y"] + 11} for cell in cells]
    shaded = alt.Chart(data([cell for cell in known if cell["share"] is not None]))
    shade = alt.Scale(domain=[0, 1], range=["#eef2f7", "#123f66"], interpolate="lab")
    heads = alt.Chart(data(labels)).mark_text(
        angle=270,
        align="left",
        baseline="middle",
        lineBreak="\n",
        lineHeight=12,
        fontSize=11,
        font=FONT,
        color=MUTED,
    )
    middle = alt.Y("centre:Q", scale=alt.Scale(domain=[0, height], range=[0, height]), axis=None)
    return [
        heads.encode(x=alt.X("x:Q", scale=along, axis=None), y=down, text="text:N"),
        text(names, down, 0, "text:N", weight=600),
        text(counts, down, width, "text:N", colour=MUTED, align="right"),
        shaded.mark_rect().encode(
            x=alt.X("x:Q", scale=along, axis=None),
            x2="x2:Q",
            y=down,
            y2="y2:Q",
            color=alt.Color("share:Q", scale=shade, legend=None),
        ),
        shaded.mark_text(fontSize=11, font=FONT).encode(
            x=alt.X("middle:Q", scale=along, axis=None),
            y=middle,
            text=alt.Text("share:Q", format=".0%"),
            color=alt.condition("datum.share > 0.6", alt.value("#ffffff"), alt.value("#1d2530")),
        ),
        alt.Chart(data([cell for cell in known if cell["share"] is None]))
        .mark_text(fontSize=11, font=FONT, color=MUTED)
        .encode(x=alt.X("middle:Q", scale=along, axis=None), y=middle, text=alt.value("·")),
    ]
