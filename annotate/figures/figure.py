"""A figure as it was read, and how the examples of the rules write it."""

import math
from dataclasses import dataclass

NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: code points ``start`` to ``end`` of the text, an interval, and what it measures."""

    start: int
    end: int
    low: float
    high: float
    unit: str | None
    rate: str | None
    currency: str | None
    hedge: str | None
    kind: str


def told(figure: Figure) -> str:
    """A figure in a line, as the examples of rules have it: "31.. cart per day, at least"."""
    if figure.kind == NOT_UNDERSTOOD:
        return "?"
    low, high = (
        "" if math.isnan(bound) else f"{bound:.0f}" if bound % 1 == 0 else f"{bound:.12g}"
        for bound in (figure.low, figure.high)
    )
    value = low if low == high else f"{low}..{high}"
    rate = f"per {figure.rate}" if figure.rate else None
    what = " ".join(filter(None, [value, figure.currency or figure.unit, rate]))
    return ", ".join(filter(None, [what, figure.hedge, figure.kind if figure.kind == "ratio" else None]))
