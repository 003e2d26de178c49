"""How two intervals relate: the same, sharing a bound, overlapping, or apart."""

import math
from typing import Literal

Relation = Literal["same", "shared_bound", "overlap", "apart"]
TOLERANCE = 0.1  # "about 300" and "nearly 300" reach a tenth to either side
_VAGUE = frozenset({"about", "nearly"})


def relation(a: tuple[float, float, str | None], b: tuple[float, float, str | None]) -> Relation:
    """Relate two figures, each (low, high, hedge), NaN where open.

    ``same``: the same bounds, whatever is hedged with "about" or "nearly". ``shared_bound``: not the same, but a
    bound of one is a bound of the other ("60,000 to 100,000" and "at least 100,000"). ``overlap``: both can be
    right, where "about" and "nearly" reach a tenth to either side. ``apart``: they cannot both be right, if they
    speak of one thing.

    >>> relation((240, 240, "about"), (240, 240, None)), relation((31, 31, None), (58, 58, None))
    ('same', 'apart')
    """
    if _equal(a[0], b[0]) and _equal(a[1], b[1]):
        return "same"
    if {bound for bound in a[:2] if not math.isnan(bound)} & {
        bound for bound in b[:2] if not math.isnan(bound)
    }:
        return "shared_bound"
    (a_low, a_high), (b_low, b_high) = _reach(*a), _reach(*b)
    return "overlap" if a_low <= b_high and b_low <= a_high else "apart"


def _equal(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def _reach(low: float, high: float, hedge: str | None) -> tuple[float, float]:
    share = TOLERANCE if hedge in _VAGUE else 0.0
    return (
        -math.inf if math.isnan(low) else low - share * abs(low),
        math.inf if math.isnan(high) else high + share * abs(high),
    )
