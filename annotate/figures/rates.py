"""Rates, multiples and products that a text states."""

import re
from collections.abc import Iterator, Sequence

from annotate.figures import words as lex
from annotate.figures.calculation import Calculation, Part, Passage, days, inexact, over, times
from annotate.figures.nouns import singular

_IN = re.compile(
    r"^[^.!?;:]{0,40}?\b(?:in|over|within|during|across|for)\s+(?:the |these |those |its |about )*(?:last |past |previous |first )?$"
)
_OR = re.compile(
    r"^\W*(?:or|that is|that's|i\.e\.|which is|which makes|making|an average of|on average|equal to|meaning|=)?\b"
    r"[\s,(—\u2013]*(?:\w+ ){0,3}$"
)
_CUE = re.compile(r"[,(—\u2013=:]|\bor\b|\bthat is\b|\bmak|\baverage\b|\bwhich\b")
_EACH = re.compile(r"\b(?:each|every|per)\s+([^\W\d_]+)", re.IGNORECASE)
_APIECE = re.compile(r"^\s*(?:each|apiece|per \w+)\b|\beach\b", re.IGNORECASE)
_HOLDING = re.compile(
    r"^,?\s*(?:each )?(?:of|with|holding|carrying|times|x|\u00d7|at|by|containing|having)\s+(?:each )?$"
)
_THAN = re.compile(
    r"^\s*(?:over|as many as|as much as|as high as|the|more than|higher than|what|that of|greater than)\b[^.!?;]{0,30}$"
)
_RESULT = re.compile(r"\bor\b|\bin all\b|\bmak|\btotal|\bgiv|=|\bthat is\b|,", re.IGNORECASE)
_SHARED_OUT = re.compile(r"^\s+(?:\w+ )?(?:on|to|for|among|between|from|over)\s+(?:the |its |their |all )*$")
_AGAIN = re.compile(r"^\W*(?:or|that is|i\.e\.|which is|which makes|=)[\s,]+(?:\w+ ){0,2}$")
_EACH_BEHIND = re.compile(r"^\s*(?:each|apiece|a head|a piece|per head)\b")
_ONE_FOR = re.compile(r"^\W*(?:or|that is|i\.e\.|which is)[\s,]+(?:about )?one (?:\w+ )?(?:for|to) every\s+$")
_INEXACT = 0.02
_REACH = 90


def rates(passage: Passage) -> Iterator[Calculation]:
    """Find what is divided by a time or a number of things, or multiplied, within one passage."""
    parts = passage.parts
    for k in range(len(parts) - 1):
        yield from _converted(passage, k)
        if k + 2 < len(parts):
            yield from _per_time(passage, k)
            yield from _multiplied(passage, k)
            yield from _multiple(passage, k)
            yield from _per_head(passage, k)
    for k, part in enumerate(parts):
        if part.kind == "multiple":
            yield from _each(passage, k)


def _per_time(passage: Passage, k: int) -> Iterator[Calculation]:
    """240 cases in 16 months, or 15 cases a month; 15 a month, or 240 in 16 months."""
    a, b, c = passage.parts[k : k + 3]
    if not (passage.one_sentence(k, k + 1) and passage.one_sentence(k + 1, k + 2)):
        return
    divided = a.rate is None and b.kind == "duration" and b.rate is None and days(c.rate) and alike(a, c)
    if divided and _IN.match(passage.between(k, k + 1)) and _said_again(passage.between(k + 1, k + 2)):
        yield from _quotient(passage, a, b, c)
    rated = days(a.rate) and b.rate is None and c.kind == "duration" and c.rate is None and alike(a, b)
    if rated and _said_again(passage.between(k, k + 1)) and _IN.match(passage.between(k + 1, k + 2)):
        yield from product(passage, a, c, b)


def _per_head(passage: Passage, k: int) -> Iterator[Calculation]:
    """£60,000 on 400 pupils, or £150 a head; 45 nurses for 900 patients, or one for every 20 patients."""
    a, b, c = passage.parts[k : k + 3]
    if not (passage.one_sentence(k, k + 1) and passage.one_sentence(k + 1, k + 2)):
        return
    plain = a.rate is None and b.rate is None and b.counted and bool(b.unit)
    if not plain or not _SHARED_OUT.match(passage.between(k, k + 1)):
        return
    gap = passage.between(k + 1, k + 2)
    heads = {b.unit, *(("head", "person") if b.unit in lex.PERSONS else ("head",))}
    each = c.rate in heads or (c.rate is None and bool(_EACH_BEHIND.match(passage.after(k + 2))))
    if each and alike(a, c) and _AGAIN.match(gap) and (computed := over(a.interval, b.interval)):
        yield Calculation(passage, "quotient", [a, b], c, computed)
    every = c.rate is None and c.counted and alike(b, c) and a.counted
    if every and _ONE_FOR.match(gap) and (computed := over(b.interval, a.interval)):
        yield Calculation(passage, "quotient", [b, a], c, computed)


def _said_again(gap: str) -> bool:
    return gap.strip() == "," or bool(_OR.match(gap) and _CUE.search(gap))


def alike(a: Part, b: Part) -> bool:
    """Whether two figures are of one kind, and of one unit as far as it is said."""
    if a.currency != b.currency or (a.kind != b.kind and not (a.counted and b.counted)):
        return False
    persons = a.unit in lex.PERSONS and b.unit in lex.PERSONS
    return a.unit == b.unit or a.unit is None or b.unit is None or persons


def _quotient(passage: Passage, total: Part, time: Part, stated: Part) -> Iterator[Calculation]:
    had, asked = days(time.unit), days(stated.rate)
    span = (time.interval[0] * had / asked, time.interval[1] * had / asked) if had and asked else (0.0, 0.0)
    computed = over(total.interval, span)
    if computed is not None:
        slack = _INEXACT if inexact(str(time.unit), str(stated.rate)) else 0.0
        yield Calculation(passage, "quotient", [total, time], stated, computed, slack=slack)


def product(passage: Passage, rate: Part, time: Part, stated: Part) -> Iterator[Calculation]:
    """What a rate comes to over a time."""
    had, asked = days(time.unit), days(rate.rate)
    if had and asked:
        span = time.interval[0] * had / asked, time.interval[1] * had / asked
        slack = _INEXACT if inexact(str(time.unit), str(rate.rate)) else 0.0
        yield Calculation(passage, "product", [rate, time], stated, times(rate.interval, span), slack=slack)


def _converted(passage: Passage, k: int) -> Iterator[Calculation]:
    """Six a day, 42 a week."""
    a, b = passage.parts[k : k + 2]
    before, behind = days(a.rate), days(b.rate)
    if (
        not before
        or not behind
        or a.rate == b.rate
        or not alike(a, b)
        or not _said_again(passage.between(k, k + 1))
    ):
        return
    if b.unit is not None and a.unit is not None and a.unit != b.unit:
        return
    slack = _INEXACT if inexact(str(a.rate), str(b.rate)) else 0.0
    computed = times(a.interval, (behind / before, behind / before))
    yield Calculation(passage, "product" if behind > before else "quotient", [a], b, computed, slack=slack)


def _multiplied(passage: Passage, k: int) -> Iterator[Calculation]:
    """Six rooms with four beds each, 24 beds in all."""
    a, b, c = passage.parts[k : k + 3]
    if not (a.counted and a.unit and a.rate is None and _HOLDING.match(passage.between(k, k + 1))):
        return
    gap = passage.between(k + 1, k + 2)
    each = _APIECE.search(gap) or "each" in passage.between(k, k + 1)
    if (
        each
        and len(gap) < _REACH
        and _RESULT.search(gap)
        and passage.one_sentence(k + 1, k + 2)
        and c.rate is None
    ):
        same_unit = (
            b.kind == c.kind
            and b.currency == c.currency
            and (b.unit == c.unit or c.unit is None or b.unit is None)
        )
        if same_unit or (b.counted and c.counted and b.unit in lex.PERSONS and c.unit in lex.PERSONS):
            yield Calculation(passage, "product", [a, b], c, times(a.interval, b.interval), rounded=False)


def _multiple(passage: Passage, k: int) -> Iterator[Calculation]:
    """120 beds, three times the 40 of the year before."""
    a, n, b = passage.parts[k : k + 3]
    if n.kind != "multiple" or n.rate or not alike(a, b) or a.rate != b.rate or a.kind == "multiple":
        return
    first, second = passage.between(k, k + 1), passage.between(k + 1, k + 2)
    near = len(first) < _REACH // 2 and passage.one_sentence(k, k + 1)
    if near and _THAN.match(second) and (computed := over(a.interval, b.interval)):
        yield Calculation(passage, "quotient", [a, b], n, computed)


def _each(passage: Passage, k: int) -> Iterator[Calculation]:
    """With 40 beds and 240 patients, each bed was filled six times."""
    near = [j for j in range(max(k - 2, 0), k) if passage.parts[j].counted and passage.parts[j].unit]
    if len(near) != 2 or not passage.one_sentence(near[0], k):  # noqa: PLR2004 - of one by the other
        return
    named = _EACH.search(passage.between(k - 1, k))
    if not named:
        return
    noun = singular(named.group(1))
    one, other = (passage.parts[j] for j in near)
    if other.unit == noun:
        one, other = other, one
    computed = over(other.interval, one.interval)
    if one.unit == noun and computed is not None:
        yield Calculation(passage, "quotient", [other, one], passage.parts[k], computed)


def over_years(passages: Sequence[Passage], at: int) -> Iterator[Calculation]:
    """60,000 a year; 1.5 million in the last 16 years: in one passage or in two that follow each other."""
    passage = passages[at]
    for k in range(len(passage.parts) - 1):
        total, time = passage.parts[k], passage.parts[k + 1]
        if total.rate or not total.counted or total.unit is None or time.kind != "duration" or time.rate:
            continue
        if not (_IN.match(passage.between(k, k + 1)) and passage.one_sentence(k, k + 1)):
            continue
        rate = _rate_near(passages, at, total, k)
        if rate is not None:
            yield from product(passage, rate, time, total)


def _rate_near(passages: Sequence[Passage], at: int, total: Part, k: int) -> Part | None:
    for other in (at, at + 1, at - 1):
        if not 0 <= other < len(passages):
            continue
        for j, part in enumerate(passages[other].parts):
            stated = other == at and j == k + 2 and _said_again(passages[at].between(k + 1, j))
            if part.unit == total.unit and days(part.rate) and part.counted and not stated:
                return part
    return None


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
_APIECE_BEHIND = re.compile(r"\s*(?:each|apiece)\b")


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
    each = _APIECE_BEHIND.match(passage.after(k + 1))
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
