"""Groups of figures that speak of one thing, and whether they can all be right."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise

import pandas as pd

from annotate.figures.comparable import (
    Mention,
    comparable_units,
    less,
    linked,
    mentions,
    relation,
    shared,
    speak_of_one,
)
from annotate.figures.contexts import contexts
from annotate.figures.table import plain

PAIR_COLUMNS = (
    *("group", "a_item", "b_item", "a_document", "b_document", "a_source", "b_source"),
    *(
        "a_start",
        "a_end",
        "b_start",
        "b_end",
        "a_surface",
        "b_surface",
        "unit",
        "rate",
        "currency",
        "relation",
    ),
    *("shared_stems", "context"),
)
_MOST_SHARING = 40  # figures: a stem around more of them says nothing
_BUCKET = 200  # figures of one value: with more, each is set beside the next with a stem in common
EVERY = 100  # figures of a group whose pairs are all listed


def compare(quantities: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Compare the figures of different sources that speak of one thing.

    Parameters
    ----------
    quantities, passages
        Of :func:`~annotate.figures.quantities`, and what it was made of.

    Returns
    -------
    DataFrame
        One row a pair of figures of one group and different sources, by group and place: group, a_item, b_item,
        a_document, b_document, a_source, b_source, a_start, a_end, b_start, b_end, a_surface, b_surface, unit
        (of the first that has one), rate, currency, relation, shared_stems (how many) and context (which ones:
        the evidence that the two speak of one thing).

        ``relation`` is same, shared_bound or overlap (see
        :func:`~annotate.figures.comparable.relation`); ``conflict``: they cannot both be right, the
        unit or the currency is the same or both count persons, at least two stems around them are the same (of
        persons and of money more), one of them a name, a date or a number, and nothing says that they are of two
        things: years, months, weekdays and days of the month, "last year" and "now", the numbers of things, what
        is done to the counted (held, freed), or that both are parts; ``part``: one is of a part of what the other
        counts ("12 of the people", children of people), and no greater;
        ``apart``: they differ, and nothing shows that these two speak of one thing: others hold their group
        together. Of a group of more than 100 figures those with the same bounds and unit are paired with the
        first of them only, and of the others the first ones.

    """
    quantities = plain(quantities)
    found = mentions(quantities, contexts(quantities, passages))
    members = _groups(found)
    columns = ("item", "document", "source", "start", "end", "surface", "unit", "rate", "currency")
    cells = list(zip(*(quantities[name] for name in columns), strict=True))
    rows = [
        _pair(group, cells[a], cells[b], found[a], found[b])
        for group, indices in enumerate(members, 1)
        for a, b in _listed(indices, found)
        if found[a].source != found[b].source
    ]
    table = pd.DataFrame(rows, columns=list(PAIR_COLUMNS), dtype=object)
    return table.astype(
        dict.fromkeys(("group", "a_start", "a_end", "b_start", "b_end", "shared_stems"), "int64")
    )


def _listed(indices: list[int], found: list[Mention]) -> Iterator[tuple[int, int]]:
    """The pairs of a group; of a large one so many that each figure is in one, and each two values are."""
    if len(indices) <= EVERY:
        yield from combinations(indices, 2)
        return
    alike: dict[object, list[int]] = defaultdict(list)
    for index in indices:
        mention = found[index]
        alike[(*map(str, mention.bounds), mention.unit, mention.context.of_all)].append(index)
    pairs = set(combinations((some[0] for some in alike.values()), 2))
    other = next(index for index in indices if found[index].source != found[indices[0]].source)
    for first, *others in alike.values():
        pairs |= {(first, index) for index in others if found[index].source != found[first].source}
    paired = {index for a, b in pairs if found[a].source != found[b].source for index in (a, b)}
    for index in indices:
        if index not in paired:
            beside = other if found[index].source != found[other].source else indices[0]
            pairs.add((min(index, beside), max(index, beside)))
    yield from sorted(pairs)


def groups(quantities: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Find the figures that recur in, or contradict, another source.

    Returns
    -------
    DataFrame
        The rows of ``quantities`` that are in a group, with ``group`` (from 1, those with most sources first)
        as their first column, by group, document and place.

    """
    quantities = plain(quantities)
    members = _groups(mentions(quantities, contexts(quantities, passages)))
    rows = [index for indices in members for index in indices]
    table = quantities.iloc[rows].reset_index(drop=True)
    numbers = [number for number, indices in enumerate(members, 1) for _ in indices]
    table.insert(0, "group", pd.Series(numbers, dtype="int64"))
    return table


def _groups(found: list[Mention]) -> list[list[int]]:
    """The connected components of the links that hold two sources or more."""
    root = list(range(len(found)))

    def top(one: int) -> int:
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    carried = _carried(found)
    for a, b in sorted(set(_candidates(found))):
        if top(a) != top(b) and linked(found[a], found[b], carried=carried[_key(found[a])]):
            root[max(top(a), top(b))] = min(top(a), top(b))
    components: dict[int, list[int]] = defaultdict(list)
    for index in range(len(found)):
        components[top(index)].append(index)
    several = [part for part in components.values() if len({found[index].source for index in part}) > 1]
    return sorted(several, key=lambda part: (-len({found[i].source for i in part}), -len(part), part[0]))


def _key(mention: Mention) -> tuple[object, ...]:
    return (mention.family, *mention.known)


def _carried(found: list[Mention]) -> Counter[tuple[object, ...]]:
    """How many documents carry each value."""
    return Counter(key for key, _ in {(_key(mention), mention.document) for mention in found})


def _candidates(found: list[Mention]) -> Iterator[tuple[int, int]]:
    """Pairs with a telling value, or two stems around them, in common."""
    values: dict[tuple[object, ...], list[int]] = defaultdict(list)
    stems: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, mention in enumerate(found):
        for value in mention.known:
            values[mention.family, value, None if mention.telling else mention.unit].append(index)
        for stem in mention.context.stems if mention.known else ():
            stems[mention.family, stem].append(index)
    for bucket in values.values():
        yield from combinations(bucket, 2) if len(bucket) <= _BUCKET else _neighbours(bucket, found)
    sharing = Counter(
        pair for bucket in stems.values() if len(bucket) <= _MOST_SHARING for pair in combinations(bucket, 2)
    )
    yield from (pair for pair, count in sharing.items() if count > 1)


def _neighbours(bucket: list[int], found: list[Mention]) -> Iterator[tuple[int, int]]:
    """Each figure of a value that very many have, with the next that has the unit and a stem in common."""
    sharing: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    for index in bucket:
        for stem in found[index].context.stems:
            sharing[found[index].unit, stem].append(index)
    for some in sharing.values():
        yield from pairwise(some)


def _pair(
    group: int, one: tuple[object, ...], other: tuple[object, ...], a: Mention, b: Mention
) -> tuple[object, ...]:
    stems = sorted(shared(a, b))
    sides = [cell for pair in zip(one[:3], other[:3], strict=True) for cell in pair]
    places = (one[3], one[4], other[3], other[4], one[5], other[5])
    return (
        *(group, *sides, *places, one[6] if one[6] is not None else other[6], one[7], one[8]),
        *(_related(a, b), len(stems), " ".join(stems)),
    )


def _related(a: Mention, b: Mention) -> str:
    kind = relation(a.bounds, b.bounds)
    if a.bounds[2] == b.bounds[2] == "indefinite":
        return "overlap"
    if kind != "apart":
        return kind
    if not comparable_units(a, b) or not speak_of_one(a, b):
        return "apart"
    if less(a, b) or less(b, a):
        part, whole = (a, b) if less(a, b) else (b, a)
        low, high = part.bounds[0], whole.bounds[1]
        if math.isnan(low) or math.isnan(high) or low <= high:
            return "part"
    return "conflict"
