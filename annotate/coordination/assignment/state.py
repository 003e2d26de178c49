"""Who codes what while a design is being made: blocks, loads and how often two annotators meet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations

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
