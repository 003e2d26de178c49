"""Sums that a text states: parts and their total."""

import re
from collections.abc import Iterator, Sequence

from annotate.figures import words as lex
from annotate.figures.calculation import Calculation, Part, Passage

_MAKES = re.compile(
    r"(?:\b(?:mak(?:es?|ing)|giv(?:es?|ing)|bring(?:s|ing)?|add(?:s|ing)? up to|tot(?:al|als|alled|alling|aling)|"
    r"com(?:es?|ing) to|amount(?:s|ing)? to|sum(?:s|ming)? to|equals?|a (?:grand )?total of|the total (?:is|was|to|at)|"
    r"in total|altogether|in all|all told|the sum of)|=)[,:]?\s*(?:to |it |them |that |up |a total of |the total to |"
    r"the (?:total )?number to |in all )?$",
    re.IGNORECASE,
)
_IN_ALL = re.compile(
    r"\W*(?:\w+ ){0,2}(?:in all|in total|altogether|all told|all together|combined)\b", re.IGNORECASE
)
_JOIN = re.compile(r",|;|\band\b|\bplus\b|\+|/", re.IGNORECASE)
_OPENS = re.compile(r"^[^.!?]{0,30}?:\s*(?:\w+ ){0,2}$")
_OF_THESE = re.compile(r"^\W*(?:of|among) (?:these|those|them|whom|which)(?: (\w+))?", re.IGNORECASE)
_OF_THE = re.compile(r"\b(?:of|among) (?:the|these|those|its|their|all) $", re.IGNORECASE)
_APART, _FEWEST = 120, 2


def sums(passage: Passage, before: Passage | None) -> Iterator[Calculation]:
    """Find the sums of a passage; ``before`` is the passage before it, which may hold the total."""
    for k in range(len(passage.parts)):
        yield from _total_last(passage, k)
        yield from _total_first(passage, k)
    yield from _of_these(passage, before)


def _total_last(passage: Passage, k: int) -> Iterator[Calculation]:
    """12 here, 19 there and 23 elsewhere, which makes 64 in all."""
    if not (_MAKES.search(passage.before(k)) or _IN_ALL.match(passage.after(k))):
        return
    total, first = passage.parts[k], k
    while first > 0 and _joined(passage, first - 1, first) and _alike(passage.parts[first - 1], total):
        first -= 1
    parts = passage.parts[first:k]
    if len(parts) >= _FEWEST:
        yield _sum(passage, parts, total)


def _total_first(passage: Passage, k: int) -> Iterator[Calculation]:
    """64 people: 12 men, 29 women and 23 children."""
    if k + _FEWEST >= len(passage.parts) or not _OPENS.match(passage.between(k, k + 1)):
        return
    total, last = passage.parts[k], k + 1
    while last + 1 < len(passage.parts) and _joined(passage, last, last + 1):
        last += 1
    parts = passage.parts[k + 1 : last + 1]
    if len(parts) >= _FEWEST and all(_alike(part, total) for part in parts):
        found = _sum(passage, parts, total)
        if found.agrees or all(_counts_among(part, total) for part in parts):
            yield found


def _of_these(passage: Passage, before: Passage | None) -> Iterator[Calculation]:
    """31 died. Of these, 12 were men, 9 women and 10 children.

    Parts that do not reach the total may not be all of them: only those that do are reported.
    """
    if not passage.parts:
        return
    first = 0
    opening = _OF_THESE.match(passage.text[: passage.parts[0].start])
    total = _last_counted(before, opening.group(1)) if opening and before else None
    if total is None and _OF_THE.search(passage.before(0)):
        total, first = passage.parts[0], 1
    if total is None or first >= len(passage.parts):
        return
    last = first
    while last + 1 < len(passage.parts) and _joined(passage, last, last + 1):
        last += 1
    parts = passage.parts[first : last + 1]
    if len(parts) >= _FEWEST and all(_alike(part, total) for part in parts):
        found = _sum(passage, parts, total)
        if found.computed[1] >= total.interval[0]:
            yield found


def _last_counted(passage: Passage | None, noun: str | None) -> Part | None:
    parts = [part for part in passage.parts if part.counted] if passage else []
    named = [part for part in parts if noun and part.unit and noun.lower().startswith(part.unit[:4])]
    return next(reversed(named or parts), None)


def _joined(passage: Passage, i: int, j: int) -> bool:
    gap = passage.between(i, j)
    return len(gap) <= _APART and bool(_JOIN.search(gap)) and passage.one_sentence(i, j)


def _alike(part: Part, total: Part) -> bool:
    """Whether one can be a part of the other: both counts, or both in one unit."""
    if part.rate != total.rate or part.currency != total.currency:
        return False
    return (part.counted and total.counted) or (
        part.kind == total.kind and part.unit == total.unit and part.kind not in ("ratio", "multiple")
    )


def _counts_among(part: Part, total: Part) -> bool:
    persons = part.unit in lex.PERSONS and total.unit in lex.PERSONS
    return persons or part.unit is None or total.unit is None or part.unit == total.unit


def _sum(passage: Passage, parts: Sequence[Part], total: Part) -> Calculation:
    low = sum(part.interval[0] for part in parts)
    high = sum(part.interval[1] for part in parts)
    return Calculation(passage, "sum", parts, total, (low, high), rounded=any(part.low % 1 for part in parts))
