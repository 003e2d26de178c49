"""Which items the same annotators get a second time."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

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
        Of all items, from 0 to 1; a part of an item counts as one.
    already
        Who has what is repeated in any case; it counts.
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
