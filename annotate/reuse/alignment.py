"""The best common stretch of two lists of words, of many pairs at once.

It is a local alignment of two lists of words, with gaps: Smith and Waterman (1981), Identification of common
molecular subsequences, J. Mol. Biol. 147, pp. 195-197, with affine gaps as Gotoh (1982), J. Mol. Biol. 162,
pp. 705-708, has them. A match counts the weight of the word. Many pairs are aligned at once, along the
anti-diagonals, and what is asked of the best stretch (where it starts, how many stems match) travels with the
scores instead of being traced back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotate.reuse.stems import FloatArray, IntArray

MISMATCH = 0.2  # one word for another
OPEN = 0.2  # the first word that only one text has
EXTEND = 0.04  # each further one
_BATCH = 100_000  # cells of a diagonal, of all pairs that are aligned at one time
_ALIKE = 8  # words by which the lengths in a batch may differ
_BITS = 20
_MOST = (1 << _BITS) - 1  # words of a side
_NO_WORD = -(1 << 62)
_EQUAL = 1e-9  # sums in another order differ in the last digits
# How a cell was reached: by a match, the first one, or a word that only one text has; and, of what ends there
# with such a word, whether the word before it is one too.
_MET, _BEGUN, _ONLY_A, _ONLY_B, _LAYER, _GOES_ON_IN_A, _GOES_ON_IN_B = 0, 1, 2, 3, 3, 4, 8

Side = tuple[IntArray, FloatArray]  # the words of a passage by their stems, and their weights
_Steps = dict[int, tuple[int, NDArray[np.uint8]]]  # of each diagonal: its first cell, and (pairs x cells)
_Scored = tuple[FloatArray, IntArray]  # scores (pairs x cells), and where they started and what they matched


@dataclass(frozen=True, eq=False)
class Aligned:
    """The aligned stretches, in numbers of words: first (pairs x 2) and last, excluded (pairs x 2).

    ``score`` is the sum of the weights of the words that match less the cost of gaps; ``matches`` counts
    the content stems among them.
    """

    start: IntArray
    end: IntArray
    matches: IntArray
    score: FloatArray


def align(pairs: list[tuple[Side, Side]]) -> Aligned:
    """Align each pair; of equal stretches, the one that ends first is taken."""
    sizes = np.array([[len(a[0]), len(b[0])] for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    score, started = np.zeros(len(pairs)), np.zeros(len(pairs), dtype=np.int64)
    end = np.zeros((len(pairs), 2), dtype=np.int64)
    for batch in _batches(sizes):
        score[batch], end[batch], started[batch] = _align([pairs[number] for number in batch])
    start = np.column_stack([started >> (2 * _BITS), started >> _BITS & _MOST])
    return Aligned(start, end, started & _MOST, score)


def _batches(sizes: IntArray) -> Iterator[IntArray]:
    """Numbers of pairs of about the same size, so that little is padded."""
    order = np.lexsort((sizes[:, 1], sizes[:, 0]))
    at = 0
    while at < len(order):
        width = int(sizes[order[at], 0]) + _ALIKE
        alike = int(np.searchsorted(sizes[order, 0], width, side="right"))
        until = min(alike, at + max(_BATCH // width, 1))
        yield order[at:until]
        at = until


def matched_words(pairs: list[tuple[Side, Side]]) -> list[IntArray]:
    """Trace the best stretch of each pair back: the words that match (n x 2), the last first."""
    sizes = np.array([[len(a[0]), len(b[0])] for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    found: list[IntArray] = [np.zeros((0, 2), dtype=np.int64)] * len(pairs)
    for batch in _batches(sizes):
        steps: _Steps = {}
        score, end, _ = _align([pairs[number] for number in batch], steps)
        for place, number in enumerate(batch.tolist()):
            if score[place] > 0:
                (a, _), (b, _) = pairs[number]
                found[number] = _traced(steps, place, end[place].tolist(), a, b)
    return found


def _traced(steps: _Steps, pair: int, end: list[int], a: IntArray, b: IntArray) -> IntArray:
    i, j = end
    met, layer = [], _MET
    while True:
        low, cells = steps[i + j]
        step = int(cells[pair, i - low])
        if layer == _MET:
            layer = step & _LAYER
            if layer in (_MET, _BEGUN):
                i, j = i - 1, j - 1
                if a[i] == b[j]:
                    met.append((i, j))
                if layer == _BEGUN:
                    return np.array(met, dtype=np.int64).reshape(-1, 2)
        elif layer == _ONLY_A:
            layer = _ONLY_A if step & _GOES_ON_IN_A else _MET
            i -= 1
        else:
            layer = _ONLY_B if step & _GOES_ON_IN_B else _MET
            j -= 1


def _align(
    pairs: list[tuple[Side, Side]], steps: _Steps | None = None
) -> tuple[FloatArray, IntArray, IntArray]:
    """Best score, where it ends (pairs x 2), and where it started and what it matched, packed.

    ``steps`` is filled with how each cell was reached.
    """
    codes_a, weights_a = _padded([a for a, _ in pairs], _NO_WORD)
    codes_b, weights_b = _padded([b for _, b in pairs], _NO_WORD - 1)
    n, rows, columns = len(pairs), codes_a.shape[1], codes_b.shape[1]
    # Of the diagonal before the last and of the last one, i + j = d: cell i at place i.
    before, last = _line(n, rows, 0.0), _line(n, rows, 0.0)
    gap_a, gap_b = _line(n, rows, -np.inf), _line(n, rows, -np.inf)
    best, best_end, best_start = np.zeros(n), np.zeros((n, 2), dtype=np.int64), np.zeros(n, dtype=np.int64)
    for d in range(2, rows + columns + 1):
        low, high = max(1, d - columns), min(rows, d - 1)
        i = np.arange(low, high + 1)
        j = d - i
        here, above = slice(low, high + 1), slice(low - 1, high)
        same = codes_a[:, i - 1] == codes_b[:, j - 1]
        gain = np.where(same, np.minimum(weights_a[:, i - 1], weights_b[:, j - 1]), -MISMATCH)
        met = (same & (codes_a[:, i - 1] >= 0)).astype(np.int64)
        fresh = (np.zeros(same.shape), np.broadcast_to((i - 1) << (2 * _BITS) | (j - 1) << _BITS, same.shape))
        score, start = _better(fresh, _cells(before, above))
        in_a = _gap(_cells(last, above), _cells(gap_a, above))
        in_b = _gap(_cells(last, here), _cells(gap_b, here))
        if steps is not None:
            kept = np.where(score > 0, _MET, _BEGUN)
            kept = np.where(in_a[0] > score + gain, _ONLY_A, kept)
            kept = np.where(in_b[0] > np.maximum(score + gain, in_a[0]), _ONLY_B, kept)
            kept |= np.where(gap_a[0][:, above] - EXTEND > last[0][:, above] - OPEN, _GOES_ON_IN_A, 0)
            kept |= np.where(gap_b[0][:, here] - EXTEND > last[0][:, here] - OPEN, _GOES_ON_IN_B, 0)
            steps[d] = low, kept.astype(np.uint8)
        score, start = _better(_better((score + gain, start + met), in_a), in_b)
        score = np.maximum(score, 0.0)
        top = score.argmax(axis=1)
        peak = score[np.arange(n), top]
        higher = np.flatnonzero(peak > best + _EQUAL)
        best[higher], best_start[higher] = peak[higher], start[higher, top[higher]]
        best_end[higher, 0], best_end[higher, 1] = i[top[higher]], j[top[higher]]
        before, last = last, _line(n, rows, 0.0, here, (score, start))
        gap_a, gap_b = (_line(n, rows, -np.inf, here, gap) for gap in (in_a, in_b))
    return best, best_end, best_start


def _better(one: _Scored, other: _Scored) -> _Scored:
    better = other[0] > one[0]
    return np.where(better, other[0], one[0]), np.where(better, other[1], one[1])


def _gap(closed: _Scored, opened: _Scored) -> _Scored:
    return _better((closed[0] - OPEN, closed[1]), (opened[0] - EXTEND, opened[1]))


def _cells(line: _Scored, where: slice) -> _Scored:
    return line[0][:, where], line[1][:, where]


def _line(
    n: int, rows: int, rest: float, where: slice | None = None, cells: _Scored | None = None
) -> _Scored:
    scores, starts = np.full((n, rows + 1), rest), np.zeros((n, rows + 1), dtype=np.int64)
    if where and cells:
        scores[:, where], starts[:, where] = cells
    return scores, starts


def _padded(sides: list[Side], rest: int) -> Side:
    """Words and weights (pairs x longest); what is missing matches nothing."""
    size = max(len(codes) for codes, _ in sides)
    codes, weights = np.full((len(sides), size), rest, dtype=np.int64), np.zeros((len(sides), size))
    for row, (of, weight) in enumerate(sides):
        codes[row, : len(of)], weights[row, : len(of)] = of, weight
    return codes, weights
