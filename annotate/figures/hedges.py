"""Hedges before a number and behind it, in one word each."""

from annotate.figures import words as lex
from annotate.figures.tokens import Token

LOWER = frozenset({"at least", "more than"})  # the value is a lower bound
UPPER = frozenset({"up to", "less than"})  # the value is an upper bound
_DENIED = {"more than": "up to", "less than": "at least"}
_LONGEST = max(map(len, lex.HEDGES_BEFORE))
_ENDS = frozenset(phrase[-1] for phrase in lex.HEDGES_BEFORE)
_STARTS = frozenset(phrase[0] for phrase in lex.HEDGES_BEHIND)
_MULTIPLIERS = frozenset({"times", "twice", "half", "fold", "percent"})
_PLACES = frozenset({"over", "above", "below", "under", "beyond"})


def hedge_before(t: list[Token], i: int, kind: str) -> tuple[int, str | None]:
    """The hedge that ends before token ``i``: its first token, or ``i``, and its name, or None."""
    if t[i - 1].lower not in _ENDS or t[i].gap > 1:
        return i, None
    for length in range(_LONGEST, 0, -1):
        hedge = lex.HEDGES_BEFORE.get(tuple(token.lower for token in t[max(i - length, 0) : i]))
        if hedge is None:
            continue
        first, before = i - length, t[i - length - 1].lower
        local = kind == "duration" and t[first].lower in _PLACES and before not in lex.BEFORE_OVER
        compared = t[first].lower == "as" and before in _MULTIPLIERS
        if local or compared:
            return i, None
        if t[i - 1].lower == "than" and before in ("no", "not") and hedge in _DENIED:  # no higher than
            return first - 1, _DENIED[hedge]
        outer, bound = hedge_before(t, first, kind) if hedge in ("about", "nearly") else (first, None)
        return (outer, bound) if bound in LOWER | UPPER else (first, hedge)  # at least some 40
    return i, None


def hedge_behind(t: list[Token], j: int) -> tuple[int, str | None]:
    """The hedge that begins at token ``j``: the token behind it, or ``j``, and its name, or None."""
    if t[j].text == "+" and (t[j].gap == 0 or t[j + 1].kind != "num"):
        return j + 1, "at least"
    if t[j].lower == "ish" and t[j].gap == 0:
        return j + 1, "about"
    if t[j].text in lex.HYPHENS and t[j].gap == 0 and t[j + 1].lower in lex.HEDGES_JOINED:
        return j + 2, lex.HEDGES_JOINED[t[j + 1].lower]
    if t[j].lower not in _STARTS or t[j].gap > 1:
        return j, None
    for length in (3, 2, 1):
        words, behind = tuple(token.lower for token in t[j : j + length]), t[j + length]
        hedge = lex.HEDGES_BEHIND.get(words)
        goes_on = behind.kind == "num" or behind.lower in lex.CARDINALS or behind.text in lex.SIGNS
        if hedge and behind.lower != "than" and (words[0] == "or" or not goes_on):
            return j + length, hedge
    return j, None
