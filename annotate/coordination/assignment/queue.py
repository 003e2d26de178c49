"""In which order passages come: sources mixed evenly, for everybody.

All annotators go through one common order, each through the part that is theirs. So the passages at the
front have all their ratings early, and what has been coded at any time is a balanced part of the study.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

_LOOK_AT = 24  # so many passages at random, of which the one most awaited comes next


def order_items(
    items: Sequence[str],
    source: Mapping[str, str],
    blocks: Mapping[str, Collection[str]],
    rng: np.random.Generator,
) -> list[str]:
    """Put items into their common order.

    Within a source the order is random, but leans to those items whose annotators have waited longest
    for one of this source. The sources are then merged by the share of each that has come.
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
            for item in waiting[-_LOOK_AT:]
        ]
        chosen = len(waiting) - len(ahead) + int(np.argmin(ahead))
        waiting[chosen], waiting[-1] = waiting[-1], waiting[chosen]
        ordered.append(waiting.pop())
        for person in blocks[ordered[-1]]:
            served[person] += 1
    return ordered
