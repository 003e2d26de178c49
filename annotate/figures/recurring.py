"""Figures of different documents that may be one: a lead for a reader, where ``compare`` asks for evidence.

:func:`~annotate.figures.compare` says that two figures speak of one thing, and needs words around them to say so.
Where pairs of passages are only put before a person, the value itself is a lead: "about 3,400 people were told to
leave" and "the order covered 3,412 inhabitants" share no word but the figure.
"""

from bisect import bisect_right
from collections import defaultdict

import pandas as pd

from annotate.figures.comparable import Mention, comparable_units, mentions, relation
from annotate.figures.contexts import contexts
from annotate.figures.table import plain

COLUMNS = ("a_item", "b_item", "a_surface", "b_surface", "relation", "weight")
_NEAR = 1.25  # two values apart by more than this factor are not lead
_MOST = 40  # figures that have a value near to one: with more of them it says nothing
_TELLING = {0: 0.3, 1: 0.7, 2: 1.0}
_NOT_THE_SAME = 0.7
_UNIT_NOT_SAID, _OTHER_UNIT = 0.7, 0.3


def recurring(quantities: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Pair figures of different documents whose values may be one.

    Parameters
    ----------
    quantities, passages
        Of :func:`~annotate.figures.quantities`, and what it was made of.

    Returns
    -------
    DataFrame
        One row a pair of passages, with the two figures that tell most: ``a_item``, ``b_item``, ``a_surface``,
        ``b_surface``, ``relation`` (same, shared_bound, overlap; see
        :func:`~annotate.figures.comparable.relation`) and ``weight``, from 0 to 1: a number that hardly recurs by
        chance weighs more than "three", one thing counted more than two, equal bounds more than bounds that meet.

    """
    quantities = plain(quantities)
    found = mentions(quantities, contexts(quantities, passages))
    cells = list(zip(quantities["item"], quantities["surface"], strict=True))
    families: defaultdict[object, list[tuple[float, int]]] = defaultdict(list)
    for number, mention in enumerate(found):
        if mention.bounds[2] != "indefinite":
            for value in mention.known:
                families[mention.family].append((value, number))
    best: dict[tuple[str, str], tuple[float, str, str, str]] = {}
    for values in families.values():
        values.sort()
        places = [value for value, _ in values]
        for at, (value, number) in enumerate(values):
            until = bisect_right(places, value * _NEAR if value > 0 else value)
            if until - at > _MOST:
                continue
            for _, other in values[at + 1 : until]:
                a, b = sorted((number, other))
                kind, weight = _lead(found[a], found[b])
                both = cells[a][0], cells[b][0]
                if weight > best.get(both, (0.0,))[0]:
                    best[both] = weight, kind, cells[a][1], cells[b][1]
    rows = [(*both, *one[2:], one[1], one[0]) for both, one in sorted(best.items())]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"weight": "float64"})


def _lead(a: Mention, b: Mention) -> tuple[str, float]:
    """How two figures relate, and how much it says that they meet; 0 if it says nothing."""
    kind = relation(a.bounds, b.bounds)
    if a.document == b.document or kind == "apart":
        return kind, 0.0
    weight = _TELLING[max(a.telling, b.telling)] * (1.0 if kind == "same" else _NOT_THE_SAME)
    if comparable_units(a, b):
        return kind, weight
    return kind, weight * (_UNIT_NOT_SAID if a.unit is None or b.unit is None else _OTHER_UNIT)
