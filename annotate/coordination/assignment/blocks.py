"""Which annotators share an item: chosen item by item within everybody's share, on top of what is assigned already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Counts = list[list[int]]


@dataclass
class State:
    """A design in the making, everything as numbers.

    People are 0 to n - 1; those from ``hired`` on have left and get nothing new. ``source[i]`` is the
    source of item i, ``fixed[i]`` who had it before, ``new[i]`` who gets it now. ``loads[a]`` and
    ``source_loads[s][a]`` count items, ``pairs[a][b]`` and ``source_pairs[s][a][b]`` items in common.
    """

    hired: int
    source: Sequence[int]
    fixed: Sequence[frozenset[int]]
    needs: Sequence[int]
    loads: list[int]
    source_loads: Counts
    pairs: Counts
    source_pairs: list[Counts]
    new: list[set[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.new = [set() for _ in self.source]

    def block(self, item: int) -> frozenset[int]:
        """Everybody who has the item."""
        return self.fixed[item] | self.new[item]

    def give(self, item: int, person: int) -> None:
        """Give an item to a person."""
        self._count(item, person, 1)
        self.new[item].add(person)

    def take(self, item: int, person: int) -> None:
        """Take a new item from a person."""
        self.new[item].remove(person)
        self._count(item, person, -1)

    def _count(self, item: int, person: int, step: int) -> None:
        source = self.source[item]
        self.loads[person] += step
        self.source_loads[source][person] += step
        for other in self.block(item):
            for counts in (self.pairs, self.source_pairs[source]):
                counts[person][other] += step
                counts[other][person] += step


def start(
    people: int, hired: int, sources: int, old: Iterable[tuple[int, frozenset[int]]], overlap: int
) -> tuple[State, list[int]]:
    """Begin with what is assigned already.

    Parameters
    ----------
    people, hired, sources
        How many there are; of the people, the first ``hired`` can get items.
    old
        Each item's source, and who has it so far.
    overlap
        How many shall have it.

    Returns
    -------
    State, list of int
        The state, and the items that need somebody.

    """
    known = list(old)
    state = State(
        hired=hired,
        source=[source for source, _ in known],
        fixed=[block for _, block in known],
        needs=[overlap - len(block) for _, block in known],
        loads=[0] * people,
        source_loads=[[0] * people for _ in range(sources)],
        pairs=_square(people),
        source_pairs=[_square(people) for _ in range(sources)],
    )
    for source, block in known:
        for person in block:
            state.loads[person] += 1
            state.source_loads[source][person] += 1
        for one, other in permutations(block, 2):
            state.pairs[one][other] += 1
            state.source_pairs[source][one][other] += 1
    return state, [item for item, need in enumerate(state.needs) if need > 0]


def _square(size: int) -> Counts:
    return [[0] * size for _ in range(size)]


IntArray = NDArray[np.int64]


def shares(
    slots: IntArray, room: IntArray, by_source: IntArray, totals: IntArray, rng: np.random.Generator
) -> IntArray:
    """Divide each source's slots among the annotators.

    Each source is divided first, to whoever has least of it. As long as two totals differ by more than
    one, an item then moves from the fuller to the emptier, in the source in which the fuller has most
    ahead. Where nothing is assigned before, such a source exists, and there they differ by just one: so
    both the totals and the loads within each source end within one of each other.

    Parameters
    ----------
    slots
        (S,) how many places each source has to give.
    room
        (S x A) how many items of the source the annotator can get at most.
    by_source, totals
        (S x A) and (A,) what everybody has already.
    rng
        Breaks ties.

    Returns
    -------
    array
        (S x A) how many each gets.

    """
    given = np.zeros_like(room)
    loads = totals.copy()
    for source, count in enumerate(slots):
        for _ in range(count):
            free = np.flatnonzero(given[source] < room[source])
            has = by_source[source, free] + given[source, free]
            order = np.lexsort((rng.random(len(free)), loads[free], has))
            one = free[order[0]]
            given[source, one] += 1
            loads[one] += 1
    while _even_out_shares(given, room, by_source, loads):
        pass
    return given


def _even_out_shares(given: IntArray, room: IntArray, by_source: IntArray, loads: IntArray) -> bool:
    """Move one place from an annotator with more to one with fewer. Returns whether that was possible."""
    order = np.argsort(loads, kind="stable")
    for full in order[::-1]:
        for empty in order:
            if loads[full] - loads[empty] <= 1:
                break
            ahead = (by_source[:, full] + given[:, full]) - (by_source[:, empty] + given[:, empty])
            possible = (given[:, full] > 0) & (given[:, empty] < room[:, empty])
            if possible.any():
                source = int(np.argmax(np.where(possible, ahead, np.iinfo(np.int64).min)))
                given[source, full] -= 1
                given[source, empty] += 1
                loads[full] -= 1
                loads[empty] += 1
                return True
    return False


_SOURCE_WEIGHT = 3  # a pair that met in this source counts so many times one that met elsewhere


def fill(state: State, open_items: Sequence[int], rng: np.random.Generator) -> None:
    """Give every open item to as many annotators as it needs.

    Within the shares of :func:`annotate.coordination.assignment.blocks.shares`, an item goes to those who have met
    least so far. An annotator who needs every remaining item to fill the share gets the item first, so that
    no share is left over (Gale 1957; Ryser 1957). This can fail only where some items were assigned before.
    Then the item goes to the annotator with the lowest load, and the loads are evened out at the end.
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
    """Hand one new item from an annotator with more to one with fewer. Returns whether that was possible."""
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
