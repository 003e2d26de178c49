"""Pairs of annotators made to meet equally often, by swaps that leave every load as it is."""

from collections.abc import Iterator, Sequence

import numpy as np

from annotate.coordination.assignment.blocks import Counts, State

_SWAPS, _SWAPS_AN_ITEM = 20_000, 20
_HEAT = 0.7  # at the start; a swap that adds twice as much to the sum is then made one time in e
_AT_ONCE = 4096


def improve(state: State, open_items: Sequence[int], rng: np.random.Generator) -> None:
    """Swap annotators between items of one source until pairs meet as equally as numbers allow.

    A swap of a (from one item) against b (from another) keeps all loads. It is made unless it raises
    the sum of the squared numbers of meetings, within sources and in all, by more than a patience that
    falls to nothing: simulated annealing (Kirkpatrick, Gelatt & Vecchi 1983). Swaps that leave the sum
    as it is are always made, for they lead off plateaus. It ends where the sum is as low as whole numbers
    allow, or after 20,000 swaps and 20 more for every item have been tried.
    """
    excess = _excess(state)
    for one, other, choice, patience in _proposals(state, open_items, rng):
        if excess == 0:
            return
        change = _try_swap(state, one, other, choice, patience)
        if excess is not None:
            excess += change


def _proposals(
    state: State, open_items: Sequence[int], rng: np.random.Generator
) -> Iterator[tuple[int, int, int, float]]:
    """Draw two items of one source, a number that says whom to swap, and the patience with the swap."""
    by_source: dict[int, list[int]] = {}
    for item in open_items:
        by_source.setdefault(state.source[item], []).append(item)
    mates = [(item, by_source[state.source[item]]) for item in open_items]
    mates = [(item, others) for item, others in mates if len(others) > 1]
    tries = _SWAPS + _SWAPS_AN_ITEM * len(open_items) if mates else 0
    for done in range(0, tries, _AT_ONCE):
        count = min(_AT_ONCE, tries - done)
        draws = rng.integers(0, 2**31, size=(count, 3)).tolist()
        heat = _HEAT * np.clip(1 - 2 * np.arange(done, done + count) / tries, 0, None)
        patience = (heat * rng.exponential(size=count)).tolist()
        for (first, second, choice), bearable in zip(draws, patience, strict=True):
            item, others = mates[first % len(mates)]
            other = others[second % len(others)]
            if item != other:
                yield item, other, choice, bearable


def _try_swap(state: State, one: int, other: int, choice: int, patience: float) -> int:
    """Swap, unless that makes meetings more unequal than ``patience`` allows. Returns the change of the sum of squares."""
    mine, theirs = state.block(one), state.block(other)
    gives, gets = sorted(state.new[one] - theirs), sorted(state.new[other] - mine)
    if not gives or not gets:
        return 0
    a, b = gives[choice % len(gives)], gets[choice // len(gives) % len(gets)]
    with_a, with_b = mine - theirs - {a}, theirs - mine - {b}
    change = 0
    for met in (state.source_pairs[state.source[one]], state.pairs):
        change += sum(met[b][x] - met[a][x] + 1 for x in with_a)
        change += sum(met[a][y] - met[b][y] + 1 for y in with_b)
    if change > patience:
        return 0
    for item, leaves, comes in ((one, a, b), (other, b, a)):
        state.take(item, leaves)
        state.give(item, comes)
    return 2 * change


def _excess(state: State) -> int | None:
    """Compute by how much the sum of squares exceeds the lowest possible; None if earlier assignments limit it."""
    if any(state.fixed) or len(state.loads) > state.hired:
        return None
    return sum(_beyond(met) for met in [*state.source_pairs, state.pairs])


def _beyond(met: Counts) -> int:
    numbers = [met[a][b] for a in range(len(met)) for b in range(a)]
    if not numbers:
        return 0
    low, more = divmod(sum(numbers), len(numbers))
    least = len(numbers) * low**2 + more * (2 * low + 1)
    return sum(number**2 for number in numbers) - least
