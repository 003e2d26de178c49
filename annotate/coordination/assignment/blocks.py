"""Which annotators share an item: chosen greedily within everybody's share."""

from collections.abc import Sequence

import numpy as np

from annotate.coordination.assignment.loads import IntArray, shares
from annotate.coordination.assignment.state import State

_SOURCE_WEIGHT = 3  # a pair that met in this source counts so many times one that met elsewhere


def fill(state: State, open_items: Sequence[int], rng: np.random.Generator) -> None:
    """Give every open item to as many annotators as it needs.

    Within the shares of :func:`annotate.coordination.assignment.loads.shares`, an item goes to those who have met
    least so far. Whoever could not fill the share otherwise gets the item in any case, so that no share
    is left over (Gale 1957; Ryser 1957). Only where items had somebody before can that fail; then the
    item goes to whoever has least, and the loads are evened out at the end.
    """
    left = shares(*_shares_arguments(state, open_items), rng)
    by_source: dict[int, list[int]] = {}
    for item in open_items:
        by_source.setdefault(state.source[item], []).append(item)
    for source in rng.permutation(sorted(by_source)).tolist():
        items = [by_source[source][place] for place in rng.permutation(len(by_source[source]))]
        items.sort(key=lambda item: -len(state.fixed[item]))  # the least free choice first
        _fill_source(state, items, left[source], rng)
    while _even_out(state, open_items):
        pass


def _shares_arguments(
    state: State, open_items: Sequence[int]
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    sources, hired = len(state.source_loads), state.hired
    slots = np.zeros(sources, dtype=np.int64)
    room = np.zeros((sources, hired), dtype=np.int64)
    for item in open_items:
        slots[state.source[item]] += state.needs[item]
        room[state.source[item]] += 1
        for person in state.fixed[item]:
            if person < hired:
                room[state.source[item], person] -= 1
    by_source = np.array(state.source_loads, dtype=np.int64).reshape(sources, -1)[:, :hired]
    return slots, room, by_source, np.array(state.loads[:hired], dtype=np.int64)


def _fill_source(state: State, items: Sequence[int], left: IntArray, rng: np.random.Generator) -> None:
    chances = np.full(state.hired, len(items))
    for item in items:
        for person in state.fixed[item]:
            if person < state.hired:
                chances[person] -= 1
    for item in items:
        for _ in range(state.needs[item]):
            person = _choose(state, item, left, chances, rng)
            left[person] -= 1
            state.give(item, person)
        for person in range(state.hired):
            if person not in state.fixed[item]:
                chances[person] -= 1


def _choose(state: State, item: int, left: IntArray, chances: IntArray, rng: np.random.Generator) -> int:
    block = state.block(item)
    free = [person for person in range(state.hired) if person not in block]
    rest = [person for person in free if left[person] > 0] or free
    must = [person for person in rest if left[person] >= chances[person]]
    met, met_here = state.pairs, state.source_pairs[state.source[item]]
    ties = rng.random(state.hired)
    return min(
        must or rest,
        key=lambda person: (
            sum(_SOURCE_WEIGHT * met_here[person][other] + met[person][other] for other in block),
            -left[person],
            state.loads[person],
            ties[person],
        ),
    )


def _even_out(state: State, open_items: Sequence[int]) -> bool:
    """Hand one new item from a fuller annotator to an emptier one, if that can be done."""
    order = sorted(range(state.hired), key=lambda person: state.loads[person])
    for full in reversed(order):
        for empty in order:
            if state.loads[full] - state.loads[empty] <= 1:
                break
            for item in open_items:
                if full in state.new[item] and empty not in state.block(item):
                    state.take(item, full)
                    state.give(item, empty)
                    return True
    return False
