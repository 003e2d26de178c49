"""In which order passages come, which come twice, and pairs of annotators made to meet equally often by swaps.

All annotators go through one common order, each through the part that is theirs. So the passages at the
front have all their ratings early, and what has been coded at any time is a balanced part of the study.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from annotate.coordination.assignment.blocks import Counts, State

_NEXT_OF = 24  # so many passages at random, of which the one most awaited comes next


def order_items(
    items: Sequence[str],
    source: Mapping[str, str],
    blocks: Mapping[str, Collection[str]],
    rng: np.random.Generator,
) -> list[str]:
    """Put items into their common order.

    Within a source the order is random, but items whose annotators have waited longest for one of this
    source come earlier. The sources are then merged so that the same share of each has come at any time.
    """
    by_source: dict[str, list[str]] = {}
    for item in sorted(items):
        by_source.setdefault(source[item], []).append(item)
    placed: list[tuple[float, str, str]] = []
    for name in sorted(by_source):
        ordered = _order_source(by_source[name], blocks, rng)
        start = rng.random()
        placed += [((place + start) / len(ordered), name, item) for place, item in enumerate(ordered)]
    return [item for _, _, item in sorted(placed)]


def _order_source(
    items: Sequence[str], blocks: Mapping[str, Collection[str]], rng: np.random.Generator
) -> list[str]:
    waiting = [items[place] for place in rng.permutation(len(items))]
    load: dict[str, int] = {}
    for item in waiting:
        for person in blocks[item]:
            load[person] = load.get(person, 0) + 1
    served = dict.fromkeys(load, 0)
    ordered: list[str] = []
    while waiting:
        # waiting is shuffled: its last few are a sample
        ahead = [
            sum((served[person] + 0.5) / load[person] for person in blocks[item]) / max(1, len(blocks[item]))
            for item in waiting[-_NEXT_OF:]
        ]
        chosen = len(waiting) - len(ahead) + int(np.argmin(ahead))
        waiting[chosen], waiting[-1] = waiting[-1], waiting[chosen]
        ordered.append(waiting.pop())
        for person in blocks[ordered[-1]]:
            served[person] += 1
    return ordered


_LOOK_AT = 200


def choose_repeats(
    items: Sequence[str],
    source: Mapping[str, str],
    blocks: Mapping[str, Collection[str]],
    *,
    share: float,
    already: Mapping[str, Collection[str]],
    rng: np.random.Generator,
) -> list[str]:
    """Choose items that all of their annotators get again.

    Each source gives its share of them, and everybody gets as equal a number as such whole items allow.

    Parameters
    ----------
    items
        Those that may be repeated.
    source, blocks
        Of every item: its source, and its annotators.
    share
        The share of all items, from 0 to 1, rounded up to whole items.
    already
        The annotators of each item that is repeated already; these count.
    rng
        Breaks ties.

    """
    wanted = math.ceil(share * len(blocks) - 1e-9)
    sizes = Counter(source[item] for item in blocks)
    done = Counter(source[item] for item in already)
    loads = Counter(person for block in already.values() for person in block)
    waiting: dict[str, list[str]] = {}
    for item in sorted(set(items) - set(already)):
        waiting.setdefault(source[item], []).append(item)
    for name in sorted(waiting):
        waiting[name] = [waiting[name][place] for place in rng.permutation(len(waiting[name]))]
    chosen: list[str] = []
    while len(chosen) + len(already) < wanted and any(waiting.values()):
        name = max(sorted(filter(waiting.get, waiting)), key=lambda one: share * sizes[one] - done[one])
        sample = waiting[name][-_LOOK_AT:]
        item = min(sample, key=lambda one: sorted((loads[person] for person in blocks[one]), reverse=True))
        waiting[name].remove(item)
        chosen.append(item)
        done[name] += 1
        loads.update(blocks[item])
    _exchange(chosen, waiting, source, blocks, loads)
    return chosen


def _exchange(
    chosen: list[str],
    waiting: Mapping[str, list[str]],
    source: Mapping[str, str],
    blocks: Mapping[str, Collection[str]],
    loads: Counter[str],
) -> None:
    """Exchange chosen items for others of their source as long as loads become more equal by it."""
    improved = True
    while improved:
        improved = False
        for place, item in enumerate(chosen):
            others = waiting.get(source[item], [])[-_LOOK_AT:]
            gains = [_change(item, other, blocks, loads) for other in others]
            if gains and min(gains) < 0:
                other = others[gains.index(min(gains))]
                loads.subtract(blocks[item])
                loads.update(blocks[other])
                waiting[source[item]].remove(other)
                waiting[source[item]].append(item)
                chosen[place] = other
                improved = True


def _change(item: str, other: str, blocks: Mapping[str, Collection[str]], loads: Counter[str]) -> int:
    """By how much the sum of squared loads changes if ``other`` is repeated in the place of ``item``."""
    leaves, comes = set(blocks[item]) - set(blocks[other]), set(blocks[other]) - set(blocks[item])
    return sum(1 - 2 * loads[person] for person in leaves) + sum(1 + 2 * loads[person] for person in comes)


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
