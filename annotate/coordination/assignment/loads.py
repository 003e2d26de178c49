"""How many items of each source everybody gets: loads as equal as they can be, in all and by source."""

import numpy as np
from numpy.typing import NDArray

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
    while _even_out(given, room, by_source, loads):
        pass
    return given


def _even_out(given: IntArray, room: IntArray, by_source: IntArray, loads: IntArray) -> bool:
    """Move one place from a fuller annotator to an emptier one, if that can be done."""
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
