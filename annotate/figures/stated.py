"""The table of stated arithmetic, and the shares and changes that a text states in figures and in percent."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import pandas as pd

from annotate.figures import words as lex
from annotate.figures.calculation import Calculation, Interval, Part, Passage, over, sums
from annotate.figures.rates import over_years, products, rates
from annotate.figures.read import NOT_UNDERSTOOD
from annotate.figures.table import plain

_OF = lex.pattern(r"^\s*(?:(?:\w+ )?out of|of|in|from|among)\s+(?:{of_a_whole} )*$")
_OF_WHICH = re.compile(r",?\s*(?:of|among) (?:which|whom)\s+(?:only |some |about )?")
_OR = lex.pattern(r"^[^.!?;:]{0,40}?(?:\b{said_again}|\(|—|\u2013|=)[\s,]*(?:\w+ ){0,2}$")
_COMMA = re.compile(r"^,\s*$")
_FROM = re.compile(r"\bfrom\s+$", re.IGNORECASE)
_TO = re.compile(r"^[^.!?;,]{0,25}\bto\s+$")
_CHANGE = lex.pattern(r"\b{changes_named}(?: of)?\s*(?:\w+ )?$|\($", re.IGNORECASE)
_REACH, _PAIR = 60, 2


def shares(passage: Passage) -> Iterator[Calculation]:
    """Find shares and changes of a passage that are also stated as a percentage or a difference."""
    for k in range(len(passage.parts)):
        yield from _share(passage, k)
        yield from _restated(passage, k)
        yield from _change(passage, k)


def _share(passage: Passage, k: int) -> Iterator[Calculation]:
    """31 of 40 beds, or 77 percent; of the 40 beds 31, or 77 percent; 40 beds, of which 31 (77 percent); 77 percent (31 of 40 beds)."""
    if k + 1 >= len(passage.parts):
        return
    part, whole = passage.parts[k], passage.parts[k + 1]
    if not (_counts(part) and _counts(whole)):
        return
    if _OF.match(passage.between(k, k + 1)):
        if k + 2 < len(passage.parts) and _OR.match(passage.between(k + 1, k + 2)):
            yield from _percent(passage, part, whole, passage.parts[k + 2])
        if (
            k
            and re.search(r"[(—\u2013,]\s*$", passage.between(k - 1, k))
            and len(passage.between(k - 1, k)) < _REACH
        ):
            yield from _percent(passage, part, whole, passage.parts[k - 1])
    elif _OF_WHICH.fullmatch(passage.between(k, k + 1)):
        if k + 2 < len(passage.parts) and _OR.match(passage.between(k + 1, k + 2)):
            yield from _percent(passage, whole, part, passage.parts[k + 2])
    elif re.search(r"\b[Oo]f (?:the |all |these |those |its )?$", passage.before(k)) and k + 2 < len(
        passage.parts
    ):
        near = len(passage.between(k, k + 1)) <= _REACH and passage.one_sentence(k, k + 1)
        if near and "," in passage.between(k, k + 1) + "," and _OR.match(passage.between(k + 1, k + 2)):
            yield from _percent(passage, whole, part, passage.parts[k + 2])


def _counts(part: Part) -> bool:
    return (part.counted or part.kind in ("measure", "money")) and part.rate is None


def _percent(passage: Passage, part: Part, whole: Part, stated: Part) -> Iterator[Calculation]:
    share = over(part.interval, whole.interval)
    if share is None or stated.rate is not None or part.interval[0] > whole.interval[1]:
        return
    if stated.kind == "percent" and stated.unit == "percent":
        yield Calculation(passage, "percent", [part, whole], stated, _scaled(share, 100))
    elif stated.kind == "ratio":
        yield Calculation(passage, "quotient", [part, whole], stated, share, slack=0.1)


def _restated(passage: Passage, k: int) -> Iterator[Calculation]:
    """One in five, or 20 percent."""
    if k + 1 >= len(passage.parts) or not _OR.match(passage.between(k, k + 1)):
        return
    ratio, stated = passage.parts[k], passage.parts[k + 1]
    if ratio.kind == "percent":
        ratio, stated = stated, ratio
    if ratio.kind == "ratio" and stated.kind == "percent" and stated.unit == "percent":
        yield Calculation(passage, "percent", [ratio], stated, _scaled(ratio.interval, 100), slack=0.02)


def _change(passage: Passage, k: int) -> Iterator[Calculation]:
    """Fell from 58 to 31, a drop of 27, or 47 percent; fell 47 percent, from 58 to 31."""
    if (
        k + 1 >= len(passage.parts)
        or not _FROM.search(passage.before(k))
        or not _TO.match(passage.between(k, k + 1))
    ):
        return
    old, new = passage.parts[k], passage.parts[k + 1]
    if old.kind not in (new.kind, "number") and new.kind != "number":
        return
    if k and len(passage.between(k - 1, k)) < _REACH // 2 and _CHANGE.search(passage.before(k - 1)):
        yield from _changed(passage, old, new, passage.parts[k - 1])
    for j in range(k + 2, min(k + 4, len(passage.parts))):
        gap = passage.between(j - 1, j)
        if len(gap) > _REACH or not passage.one_sentence(j - 1, j) or not _CHANGE.search(gap):
            break
        yield from _changed(passage, old, new, passage.parts[j])


def _changed(passage: Passage, old: Part, new: Part, stated: Part) -> Iterator[Calculation]:
    if old.low != old.high or new.low != new.high:
        return
    apart = abs(new.low - old.low)
    if stated.kind == "percent" and stated.unit == "percent" and old.kind != "percent":
        if old.low:
            yield Calculation(passage, "change", [old, new], stated, (100 * apart / abs(old.low),) * 2)
    elif stated.rate == new.rate and (
        stated.kind == new.kind or (stated.counted and new.counted) or old.kind == "percent"
    ):
        yield Calculation(
            passage,
            "difference",
            sorted((old, new), key=_size),
            stated,
            (apart, apart),
            rounded=bool(apart % 1),
        )


def _size(part: Part) -> float:
    return -part.low


def _scaled(interval: Interval, factor: float) -> Interval:
    return interval[0] * factor, interval[1] * factor


_BEFORE_RATIO = re.compile(
    r"(?:\bor|\(|—|\u2013|=|:|\bthat is|\bi\.e\.|\bwhich is|\bequal to|\bwhich makes|\ba (?:ratio|rate) of)[\s,]*(?:about |some |nearly )?$",
    re.IGNORECASE,
)


def multiples(passage: Passage) -> Iterator[Calculation]:
    """Find a ratio or a multiple in the one sentence with the two figures that give it.

    "400 drowned here and 10 there, forty times as many"; "of 80 sailors 10 drowned, one in eight". That a ratio is of
    these figures is only sure where a word such as "or" or "that is" joins them: without one, what does not agree is
    no finding.
    """
    for k, stated in enumerate(passage.parts):
        if stated.kind not in ("ratio", "multiple"):
            continue
        near = [i for i in range(len(passage.parts)) if i != k and passage.one_sentence(*sorted((i, k)))]
        some = [passage.parts[i] for i in near if i in (k - 2, k - 1, k + 1, k + 2)]
        if (
            len(near) != _PAIR
            or len(some) != _PAIR
            or not (_counts(some[0]) and _counts(some[1]) and _comparable(*some))
        ):
            continue
        small, large = sorted(some, key=lambda part: part.interval[1])
        inputs = [small, large] if stated.kind == "ratio" else [large, small]
        value = over(inputs[0].interval, inputs[1].interval)
        if value is None or small.interval[1] == large.interval[1]:
            continue
        found = Calculation(passage, "quotient", inputs, stated, value, slack=0.1)
        if found.agrees or _BEFORE_RATIO.search(passage.before(k)):
            yield found


def _comparable(one: Part, other: Part) -> bool:
    if one.counted and other.counted:
        persons = one.unit in lex.PERSONS and other.unit in lex.PERSONS
        return persons or one.unit is None or other.unit is None or one.unit == other.unit
    return one.kind == other.kind and one.unit == other.unit and one.currency == other.currency


COLUMNS = (
    *("item", "document", "source", "start", "end", "operation", "inputs", "stated_low", "stated_high"),
    *("computed_low", "computed_high", "agrees", "in_part", "finding", "text"),
)
_SIGNS = {
    "sum": " + ",
    "difference": " - ",
    "product": " x ",
    "quotient": " / ",
    "percent": " / ",
    "change": " to ",
}
_FIGURE = ("start", "end", "low", "high", "unit", "rate", "currency", "hedge", "quantity_type")


def arithmetic(quantities: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Recompute the arithmetic that the passages state.

    Parameters
    ----------
    quantities, passages
        Of :func:`~annotate.figures.quantities`, and what it was made of.

    Returns
    -------
    DataFrame
        One row a calculation, by document and place: item, document, source, start, end (code points of the
        document, from the first to the last figure of the passage that takes part), operation (sum, difference,
        product, quotient, percent of a whole, or change in percent), inputs (as an expression), stated_low, stated_high, computed_low,
        computed_high (NaN where open), agrees, in_part (two ranges that meet, and each reaches where the other does not;
        they do not count as agreeing), finding ("the text states 64, its figures give 54") and text.

        The two agree where their intervals meet: a result may be rounded to the digits that are written (sums
        and differences of whole numbers may not), "about" and "nearly" reach a tenth to either side, and weeks,
        months and days are converted with two percent to spare.

    """
    found: list[Calculation] = []
    for _, group in groupby(_passages(plain(quantities), passages), key=lambda passage: passage.document):
        document = list(group)
        for at, passage in enumerate(document):
            if passage.parts:
                found += _calculations(document, at)
    rows = [_row(calculation) for calculation in found]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        {"start": "int64", "end": "int64", "agrees": "bool", "in_part": "bool"}
    )


def _passages(quantities: pd.DataFrame, passages: pd.DataFrame) -> Iterator[Passage]:
    figures: dict[str, list[Part]] = {}
    offsets = dict(zip(passages["item"], passages["start"], strict=True))
    known = quantities.loc[quantities["quantity_type"] != NOT_UNDERSTOOD]
    for item, start, end, *rest in zip(*(known[name] for name in ("item", *_FIGURE)), strict=True):
        figures.setdefault(item, []).append(Part(start - offsets[item], end - offsets[item], *rest))
    ordered = passages.sort_values(["document", "start", "item"], kind="stable")
    names = ("item", "document", "source", "start", "text")
    for item, document, source, start, text in zip(*(ordered[name] for name in names), strict=True):
        yield Passage(item, document, source, start, text, figures.get(item, []))


def _calculations(document: Sequence[Passage], at: int) -> list[Calculation]:
    passage = document[at]
    before = document[at - 1] if at else None
    every = [
        *sums(passage, before),
        *shares(passage),
        *multiples(passage),
        *rates(passage),
        *products(passage, before),
        *over_years(document, at),
    ]
    unique = {(c.operation, c.stated, tuple(c.inputs)): c for c in every}
    return sorted(unique.values(), key=lambda c: min((part.start for part in _here(c)), default=0))


def _here(calculation: Calculation) -> list[Part]:
    return [part for part in (*calculation.inputs, calculation.stated) if part in calculation.passage.own]


def _row(calculation: Calculation) -> tuple[object, ...]:
    passage = calculation.passage
    here = _here(calculation)
    start, end = min(part.start for part in here), max(part.end for part in here)
    stated = calculation.stated.interval
    computed = calculation.computed
    inputs = _SIGNS[calculation.operation].join(_shown(part.interval) for part in calculation.inputs)
    finding = f"the text states {_shown(stated)}, its figures give {_shown(computed)}"
    if calculation.in_part:
        meet = max(stated[0], computed[0]), min(stated[1], computed[1])
        finding += f"; these meet only from {_shown(meet)}" if meet[0] < meet[1] else "; these only touch"
    bounds = (math.nan if math.isinf(bound) else bound for bound in (*stated, *computed))
    return (
        *(passage.item, passage.document, passage.source, passage.start + start, passage.start + end),
        *(
            calculation.operation,
            inputs,
            *bounds,
            calculation.agrees,
            calculation.in_part,
            finding,
            passage.text[start:end],
        ),
    )


def _shown(interval: tuple[float, float]) -> str:
    low, high = (f"{bound:,.6g}" if abs(bound) < 1e6 else f"{bound:,.0f}" for bound in interval)  # noqa: PLR2004
    if interval[0] == interval[1]:
        return low
    if math.isinf(interval[0]):
        return f"at most {high}"
    return f"at least {low}" if math.isinf(interval[1]) else f"{low} to {high}"
