"""Precision, recall and F1 between two annotators' spans.

Two spans of one label match if they are the same (exact), or if they share a character (overlap).
Matching is one to one: no span counts twice, and as many are matched as can be.

Of two annotators one is read as the answer, the other as the reference. Precision is the share of the
answer's spans that match, recall the share of the reference's; change the two about and they change
places. F1, their harmonic mean, is ``2 matched / (spans of one + spans of the other)`` either way.

F1 is not corrected for chance. Where what could be marked is large beside what was, it comes close to
what a kappa would be: Hripcsak & Rothschild (2005), Agreement, the F-measure, and reliability in
information retrieval, Journal of the American Medical Informatics Association 12, pp. 296-298. The mean
over pairs of annotators is theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotate.agreement.spans.marks import MarkedPassage
from annotate.counts.patterns import FloatArray, IntArray

MATCHINGS = ("exact", "overlap")
Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Matched:
    """Spans and matches of every pair of annotators in every passage of theirs.

    Rows are sorted by pair, then by passage.

    Parameters
    ----------
    pairs
        Pairs of annotators, by name, each in order (N,).
    pair, passage
        Of each row, which pair and which passage (R,).
    spans
        Spans of the first and of the second (R x 2).
    matched
        How many of them match, by name of the matching (R,).

    """

    pairs: tuple[tuple[str, str], ...]
    pair: IntArray
    passage: IntArray
    spans: IntArray
    matched: dict[str, IntArray]


def exact(one: IntArray, other: IntArray) -> int:
    """How many spans are the same; each (n x 2), no span twice."""
    return len(set(map(tuple, one.tolist())) & set(map(tuple, other.tolist())))


def overlap(one: IntArray, other: IntArray) -> int:
    """How many pairs of spans that share a character can be made, no span in two of them.

    >>> overlap(np.array([[0, 9]]), np.array([[0, 3], [4, 9]]))
    1
    """
    return len(partners([(start, end) for start, end in one.tolist()], [(a, b) for a, b in other.tolist()]))


def partners(one: Iterable[Span], other: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Pair the spans of two annotators that share a character, as many as can be, none in two pairs.

    The span that ends first is matched with that span of the other annotator, among those that begin
    before its end, which itself ends first. All of these still to be matched end later, so it could
    not serve better, and a partner with a later end is free for more of the rest.
    """
    waiting = (sorted(one, key=_end), sorted(other, key=_end))
    made: list[tuple[Span, Span]] = []
    while waiting[0] and waiting[1]:
        side = 0 if waiting[0][0][1] <= waiting[1][0][1] else 1
        first = waiting[side].pop(0)
        partner = next((at for at, span in enumerate(waiting[1 - side]) if span[0] < first[1]), None)
        if partner is not None:
            second = waiting[1 - side].pop(partner)
            made.append((second, first) if side else (first, second))
    return made


def _end(span: Span) -> Span:
    return span[1], span[0]


def match(passages: Sequence[MarkedPassage], labels: Sequence[str]) -> Matched:
    """Match the spans of every pair of annotators of a passage, label by label, and add the labels up."""
    rows: list[tuple[tuple[str, str], int, IntArray]] = []
    for number, passage in enumerate(passages):
        marked = [dict(zip(passage.annotators, passage.distinct(label), strict=True)) for label in labels]
        for pair in combinations(sorted(passage.annotators), 2):
            counts = np.zeros(2 + len(MATCHINGS), dtype=np.int64)
            for one, other in ((spans[pair[0]], spans[pair[1]]) for spans in marked):
                counts += [len(one), len(other), exact(one, other), overlap(one, other)]
            rows.append((pair, number, counts))
    rows.sort(key=lambda row: row[:2])
    pairs = tuple(sorted({pair for pair, _, _ in rows}))
    place = {pair: index for index, pair in enumerate(pairs)}
    counted = np.array([counts for _, _, counts in rows], dtype=np.int64).reshape(-1, 2 + len(MATCHINGS))
    return Matched(
        pairs,
        np.array([place[pair] for pair, _, _ in rows], dtype=np.int64),
        np.array([number for _, number, _ in rows], dtype=np.int64),
        counted[:, :2],
        {name: counted[:, 2 + column] for column, name in enumerate(MATCHINGS)},
    )


def mean_f1(matched: Matched, weights: FloatArray) -> dict[str, FloatArray]:
    """Mean F1 over pairs of annotators, of each sample (samples,); NaN if none of them marked anything.

    The spans of a pair are pooled over its passages, ``weights`` (samples x R) says how often the passage
    of each row is in. Every pair weighs the same; one that marked nothing has no F1 and is left out.
    """
    if not len(matched.pair):
        return {matching: np.full(len(weights), np.nan) for matching in MATCHINGS}
    starts = np.searchsorted(matched.pair, np.arange(len(matched.pairs)))
    both = np.add.reduceat(weights * matched.spans.sum(axis=1), starts, axis=1)
    marked = both > 0
    number = marked.sum(axis=1)
    means: dict[str, FloatArray] = {}
    for matching, found in matched.matched.items():
        shared = np.add.reduceat(weights * found, starts, axis=1)
        f1 = 2 * shared / np.where(marked, both, 1.0)
        means[matching] = np.where(number > 0, f1.sum(axis=1) / np.where(number > 0, number, 1), np.nan)
    return means
