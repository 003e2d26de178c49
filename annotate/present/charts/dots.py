"""Dots with their intervals, a line each, source below source."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from annotate.present.charts.drawing import LINE, MOST_SOURCES, MUTED, RULE, WIDTH, data, svg, text, wrapped

_LEFT, _RIGHT = 96, 306  # the scale, in pixels
_ROW, _GAP = 18, 12
_AXIS = 26  # room above the first source
_LETTERS = 42  # that fit into a line

# Okabe & Ito's colours, which people with any colour vision can tell apart.
_LOOKS = (
    ("circle", "var(--chart-1, #0072b2)", 62),
    ("diamond", "var(--chart-2, #c04f00)", 96),
    ("square", "var(--chart-3, #00795a)", 56),
)


@dataclass(frozen=True)
class Dot:
    """One value with its interval, on a line of its own; undefined where value is None."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Group:
    """A source and its values."""

    name: str
    dots: tuple[Dot, ...]


def dot_chart(groups: Sequence[Group], *, key: str, title: str, description: str) -> str | None:
    """Draw dots with intervals, group below group; None if there are too many groups, or none."""
    if not groups or len(groups) > MOST_SOURCES:
        return None
    names: list[dict[str, Any]] = []
    dots: list[dict[str, Any]] = []
    bands: list[tuple[float, float]] = []
    looks = dict(zip(_labels(groups), itertools.cycle(_LOOKS), strict=False))
    y = float(_AXIS)
    for group in groups:
        text, lines = wrapped(group.name, _LETTERS)
        names.append({"y": y, "text": text})
        y += lines * LINE + 2
        for dot in group.dots:
            shape, colour, size = looks[dot.label]
            said = {"label": dot.label, "n": f"{dot.n:,}", "y": y + _ROW / 2}
            drawn = {"shape": shape, "colour": colour, "size": size}
            dots.append({**said, **drawn, "value": dot.value, "low": dot.low, "high": dot.high})
            y += _ROW
        bands.append((y - _ROW * len(group.dots), y))
        y += _GAP
    lowest = min((dot["low"] for dot in dots if dot["low"] is not None), default=0.0)
    lowest = min([lowest, *(dot["value"] for dot in dots if dot["value"] is not None)])
    floor = _floor(lowest)
    grid = [{"value": tick, "y": top, "y2": end} for tick in _ticks(floor) for top, end in bands]
    layers = _dot_layers(names, dots, grid, floor, y)
    return svg(layers, WIDTH, y, key=key, title=title, description=description)


def _dot_layers(
    names: list[dict[str, Any]],
    dots: list[dict[str, Any]],
    grid: list[dict[str, Any]],
    floor: float,
    height: float,
) -> list[alt.Chart]:
    down = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], range=[0, height]), axis=None)
    scale = alt.Scale(domain=[floor, 1], range=[_LEFT, _RIGHT], nice=False, zero=False)
    axis = alt.Axis(
        orient="top",
        offset=6 - _AXIS,
        values=_ticks(floor),
        title=None,
        domain=False,
        ticks=False,
        format=".2~f",
        grid=False,
    )
    across = alt.X("value:Q", scale=scale, axis=axis)
    undefined = [dot for dot in dots if dot["value"] is None]
    layers = [
        alt.Chart(data(grid)).mark_rule(color=RULE).encode(x=across, y=down, y2="y2:Q"),
        text(names, down, 0, "text:N", weight=600),
        text(dots, down, 8, "label:N", colour=MUTED),
        text(dots, down, WIDTH, "n:N", colour=MUTED, align="right"),
        text([{"y": 12.0, "text": "n"}], down, WIDTH, "text:N", colour=MUTED, align="right"),
        text(undefined, down, _LEFT + 4, alt.value("undefined"), colour=MUTED, style="italic"),
        alt.Chart(data([dot for dot in dots if dot["low"] is not None]))
        .mark_rule(strokeWidth=2, opacity=0.75)
        .encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=down, color=alt.Color("colour:N", scale=None)),
    ]
    points = alt.Chart(data([dot for dot in dots if dot["value"] is not None])).mark_point(
        filled=True, opacity=1, strokeWidth=0
    )
    layers.append(
        points.encode(
            x=across,
            y=down,
            size=alt.Size("size:Q", scale=None),
            shape=alt.Shape("shape:N", scale=None),
            color=alt.Color("colour:N", scale=None),
        )
    )
    return layers


def _labels(groups: Sequence[Group]) -> list[str]:
    return list(dict.fromkeys(dot.label for group in groups for dot in group.dots))


def _floor(lowest: float) -> float:
    """The left end of the scale: 0, or the next half or whole below it."""
    return 0.0 if lowest >= 0 else -0.5 if lowest >= -0.5 else -1.0  # noqa: PLR2004


def _ticks(floor: float) -> list[float]:
    return [0, 0.25, 0.5, 0.75, 1] if floor == 0 else [tick / 2 for tick in range(int(floor * 2), 3)]
