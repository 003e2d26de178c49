"""Products whose result a text states as a total."""

import re
from collections.abc import Iterator

from annotate.figures.calculation import Calculation, Part, Passage, days, times
from annotate.figures.rates import alike, product

_TOTAL = re.compile(
    r"(?:\.\s+(?=(?:that|this|it|which)\s)|[\s,;:(\u2014\u2013-]*)(?:(?:which|that|this|it|so|or|all|would|will|should|together)\s+)*"
    r"(?:makes?|making|gives?|giving|comes? to|coming to|amounts? to|amounting to|totals|totalling|totaling|is|equals|"
    r"in all|in total|altogether|a total of|=)\s*(?:(?:in all|in total|a total of)\s+)?",
    re.IGNORECASE,
)
_APART = re.compile(r"\s*[,;:(\u2014\u2013-]\s*(?:(?:or|that is|so)\s+)?")
_IN_ALL = re.compile(r"\W*(?:in all|in total|altogether|all told|all together)\b", re.IGNORECASE)
_OVER = re.compile(r"\s*(?:for|over|during)\s+(?:(?:the|these|those|all|last|past|first|next)\s+)*")
_AT = re.compile(r"\s*(?:of \w+ )?(?:at|x|\u00d7|times|paid|for)\s+")
_TO_EACH = re.compile(r"\s*(?:to|for)\s+(?:each|every one)\s+of\s+(?:(?:the|its|their|all|some)\s+)*")
_EACH_OF = re.compile(r"\beach of\s+(?:(?:the|its|their|some)\s+)*$", re.IGNORECASE)
_GETS = re.compile(r"\s*(?:(?:got|gets|get|received|receives|was given|was paid)\s+)?")
_DOES = re.compile(r"\s+[^\W\d_]+\s+(?:[^\W\d_]+\s+)?")  # "lorries bring", "boats had landed"
_APIECE = re.compile(r"\s*(?:each|apiece)\b")


def products(passage: Passage, before: Passage | None) -> Iterator[Calculation]:
    """Find two figures and what they come to in all, in a sentence or in the next: 12 hours at £5 an hour, £60 in all."""
    for k in range(len(passage.parts) - 2):
        if passage.one_sentence(k, k + 1):
            yield from _product(passage, k, passage, k + 2)
    if before and len(before.parts) > 1 and passage.parts and _ends(before):
        yield from _product(before, len(before.parts) - 2, passage, 0)


def _ends(passage: Passage) -> bool:
    """Whether nothing but a word or two stands behind its last figure."""
    return passage.one_sentence(len(passage.parts) - 2, len(passage.parts) - 1) and bool(
        re.fullmatch(r"(?:\s+[^\W\d_]+){0,2}\W*", passage.text[passage.parts[-1].end :])
    )


def _product(passage: Passage, k: int, at: Passage, j: int) -> Iterator[Calculation]:
    a, b, total = passage.parts[k], passage.parts[k + 1], at.parts[j]
    gap = passage.between(k, k + 1)
    each = _APIECE.match(passage.after(k + 1))
    if not _is_total(at, j, each.end() if each and at is passage else 0):
        return
    if days(a.rate) and _duration(b) and total.rate is None and alike(a, total) and _OVER.fullmatch(gap):
        yield from product(at, a, b, total)
    elif _duration(a) and days(b.rate) and total.rate is None and alike(b, total) and _AT.fullmatch(gap):
        yield from product(at, b, a, total)
    elif (_counted(b) and a.rate is None and _TO_EACH.fullmatch(gap)) or (
        _counted(a) and b.rate is None and _EACH_OF.search(passage.before(k)) and _GETS.fullmatch(gap)
    ):
        amount, number = (a, b) if _TO_EACH.fullmatch(gap) else (b, a)
        if _one_unit(amount, total) and total.rate is None:
            yield Calculation(at, "product", [amount, number], total, times(amount.interval, number.interval))
    elif each and _per_period(a) and _DOES.fullmatch(gap) and total.rate == a.rate and _one_unit(b, total):
        yield Calculation(at, "product", [a, b], total, times(a.interval, b.interval))


def _is_total(passage: Passage, j: int, skip: int) -> bool:
    """Whether a figure is said to be what those before it come to; ``skip`` code points are of the figure before."""
    gap = passage.between(j - 1, j)[skip:] if j else f". {passage.text[: passage.parts[0].start]}"
    behind = _IN_ALL.match(passage.after(j))
    return bool(_TOTAL.fullmatch(gap) or (j and behind and _APART.fullmatch(gap)))


def _duration(part: Part) -> bool:
    return part.kind == "duration" and part.rate is None


def _counted(part: Part) -> bool:
    return part.counted and part.unit is not None and part.rate is None


def _per_period(part: Part) -> bool:
    return part.counted and part.unit is not None and days(part.rate) is not None


def _one_unit(amount: Part, total: Part) -> bool:
    return (
        amount.rate is None
        and amount.kind == total.kind
        and amount.unit == total.unit
        and amount.currency == total.currency
    )
