"""Charts as inline SVG from templates: no script, no library, nothing loaded, colours of the page around.

Every chart is a list of sources, one below the other, each with its name on a line of its own, so that a
long name is wrapped and never cut, and a chart is as narrow as a telephone. Here is computed what stands
where, in pixels; the templates say how it looks. Colours are CSS variables with a fallback: a page may set
them for light and dark. Shape and position say the same as colour, and every mark tells its figures to the
pointer.
"""

import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from annotate.present.tables import cell
from annotate.present.wording import COEFFICIENTS, SHARES, coefficient, source_name
from annotate.study.words import visible

MOST_SOURCES = 60
WIDTH = 340
LINE = 15
LEFT, RIGHT = 96, 292  # the scale of dots
_ROW, _GAP, _AXIS = 18, 12, 26
_NAME_LETTERS = 34  # that fit into a line beside n
_CELL, _CELL_HEIGHT, _HEAD_LETTERS = 37, 22, 18

PAGES = Environment(
    loader=PackageLoader("annotate.present"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""The templates of the charts and of the report, in which every text is escaped."""


@dataclass(frozen=True)
class _Name:
    """A source's name in lines, and how many passages stand behind its figures."""

    y: float
    lines: tuple[str, ...]
    n: str


@dataclass(frozen=True)
class _Dot:
    """A value with its interval, on a line of its own; ``x`` is None where it is undefined."""

    y: float
    label: str
    look: int
    x: float | None
    low: float | None
    high: float | None
    value: str
    said: str


@dataclass(frozen=True)
class _Cell:
    """A share in a column of a heat map; None where there is none."""

    x: float
    y: float
    share: float | None
    said: str


def agreement_chart(rows: pd.DataFrame, *, key: str, title: str) -> str | None:
    """Draw the agreement on one variable, by source: each coefficient as a dot with its interval.

    Parameters
    ----------
    rows
        Rows of :func:`annotate.agreement.measure` of one variable.
    key
        A name for the ids inside the SVG, its own on a page.
    title
        What the chart shows, in words.

    Returns
    -------
    str or None
        SVG; None if there are more than ``MOST_SOURCES`` sources, which no chart can hold.

    """
    order = [name for name in COEFFICIENTS if name in set(rows["coefficient"])]
    order += [name for name in rows["coefficient"].unique() if name not in order]
    labels = {name: coefficient(name).short for name in order}
    described = "For each source, a dot for each coefficient and a line for its interval; n are the passages with two or more annotators."
    return _dots(rows, "coefficient", labels, "n_pairable_items", key, title, described)


def share_chart(provenance: pd.DataFrame, measures: Sequence[str], *, key: str, title: str) -> str | None:
    """Draw shares of claims by source, each a dot with its interval; see :func:`agreement_chart`."""
    rows = provenance.loc[provenance["measure"].isin(measures)]
    labels = {measure: SHARES[measure].short for measure in measures if measure in set(rows["measure"])}
    described = "For each source, a dot for each share and a line for its interval; n are the passages that it rests on."
    return _dots(rows, "measure", labels, "n", key, title, described)


def claim_type_chart(
    provenance: pd.DataFrame, labels: Mapping[str, str], *, key: str, title: str
) -> str | None:
    """Draw how the claims of each source spread over the kinds of claim, as a heat map with figures.

    ``labels`` are the kinds and their names, in order.
    """
    rows = provenance.loc[provenance["measure"] == "claim_type_share"]
    sources = list(_by_source(rows))
    if not sources or not labels or len(sources) > MOST_SOURCES:
        return None
    width = max(WIDTH, _CELL * len(labels))
    across = width / len(labels)
    heads = [wrapped(label, _HEAD_LETTERS) for label in labels.values()]
    y = top = 10 + 6.2 * max(len(line) for head in heads for line in head)
    names, cells = [], []
    for name, of_one in sources:
        shares = of_one.set_index("category")["value"]
        n = int(of_one["n"].iloc[0])
        nothing = 0.0 if n else None  # a kind that nobody used has no row
        lines = wrapped(name, _NAME_LETTERS)
        names.append(_Name(y + 6, lines, f"n = {n:,}"))
        y += 8 + LINE * len(lines)
        for place, (kind, label) in enumerate(labels.items()):
            share = _number(shares[kind]) if kind in shares else nothing
            said = f"{name}, {label}: {'undefined' if share is None else f'{share:.0%}'}, n = {n:,}"
            cells.append(_Cell(place * across, y, share, said))
        y += _CELL_HEIGHT + 8
    return PAGES.get_template("heat.svg.j2").render(
        key=key,
        title=visible(title),
        described="For each source, the share of its claims in each kind, in percent: the darker the cell, the larger the share.",
        width=width,
        height=y,
        heads=[((place + 0.5) * across, top - 6, head) for place, head in enumerate(heads)],
        names=names,
        cells=cells,
        cell_width=across - 1.5,
        cell_height=_CELL_HEIGHT,
        line=LINE,
    )


def _dots(
    rows: pd.DataFrame, column: str, labels: Mapping[str, str], n: str, key: str, title: str, described: str
) -> str | None:
    """Draw dots with their intervals, source below source."""
    sources = list(_by_source(rows))
    if not sources or len(sources) > MOST_SOURCES:
        return None
    known = rows[["value", "ci_low"]].min().min()
    floor = 0.0 if pd.isna(known) or known >= 0 else -0.5 if known >= -0.5 else -1.0  # noqa: PLR2004

    def at(value: float | None) -> float | None:
        return None if value is None else LEFT + (RIGHT - LEFT) * (value - floor) / (1 - floor)

    names, dots, bands = [], [], []
    y = float(_AXIS)
    for name, of_one in sources:
        found = {row[column]: row for row in of_one.to_dict("records")}
        counts = sorted({int(row[n]) for row in found.values()})
        lines = wrapped(name, _NAME_LETTERS)
        names.append(
            _Name(y, lines, "n = " + " to ".join(f"{count:,}" for count in counts[:1] + counts[1:][-1:]))
        )
        y += LINE * len(lines) + 2
        start = y
        for look, (measure, label) in enumerate(labels.items()):
            if measure not in found:
                continue
            row = found[measure]
            value, low, high = (_number(row[part]) for part in ("value", "ci_low", "ci_high"))
            shown = cell(value)
            interval = "" if low is None else f", interval {cell(low)} to {cell(high)}"
            said = f"{name}, {label}: {shown or 'undefined'}{interval}, n = {int(row[n]):,}"
            dots.append(_Dot(y + _ROW / 2, label, look % 3, at(value), at(low), at(high), shown, said))
            y += _ROW
        bands.append((start, y))
        y += _GAP
    ticks = [0, 0.25, 0.5, 0.75, 1] if floor == 0 else [tick / 2 for tick in range(int(floor * 2), 3)]
    return PAGES.get_template("dots.svg.j2").render(
        key=key,
        title=visible(title),
        described=described,
        width=WIDTH,
        height=y,
        names=names,
        dots=dots,
        bands=bands,
        ticks=[(at(tick), f"{tick:g}".replace("-", "\N{MINUS SIGN}")) for tick in ticks],
        left=LEFT,
        line=LINE,
    )


def _by_source(rows: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    """All sources together, then each in the order of the alphabet."""
    together = rows["source"].isna()
    if together.any():
        yield source_name(None), rows.loc[together]
    for name in sorted(rows.loc[~together, "source"].unique(), key=lambda name: (str(name).casefold(), name)):
        yield source_name(name), rows.loc[rows["source"] == name]


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def wrapped(text: str, letters: int) -> tuple[str, ...]:
    """Break a text into lines of about so many letters; a wide one (Chinese, for one) counts twice."""
    text = " ".join(visible(text).split())
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    room = max(6, int(letters * len(text) / (len(text) + wide))) if text else letters
    return tuple(textwrap.wrap(text, room)) or ("",)
