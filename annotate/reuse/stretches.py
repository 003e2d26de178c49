"""The best common stretch of each pair of passages, and how strong it is."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from annotate.reuse.alignment import Aligned, Side, align, matched_words
from annotate.reuse.candidates import Candidates, Evidence
from annotate.reuse.stems import BoolArray, FloatArray, IntArray, Words

WINDOW = 1024  # words of a passage that are aligned at most
NEAR = 16  # words from the edge of what was aligned, within which more is looked at

HALFWAY = 2.5  # rare words that score one half, if nothing else is in the passage
UNSHARED = 1 / 3  # what a rare word that is not shared costs, against one that is
SENTENCE = 15.0  # rare words of a long sentence: more that is not shared costs no more
FEW = 4  # content words; a passage with fewer is too short to tell much
SHARED = 3  # content words; fewer in common tell little
FURTHER = 2.5  # rare words that a further stretch must share, or texts on one matter would share some
TRIES = 16  # places in which further stretches of a pair are looked for
_TAKEN = (-(1 << 61), -(1 << 61) - 1)  # stand for words of a stretch that was found: those of a and b differ

_Regions = dict[int, tuple[IntArray, IntArray]]
Taken = Mapping[int, tuple[IntArray, IntArray]]
"""The words that are in stretches found before, of either passage, by the number of the pair."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """One row a pair: forms (pairs x 2), the first word and the last, excluded (pairs x 2), and the score.

    These are of the best stretch; ``further`` has the other ones of each pair, an array (stretches x 4) of
    first and last of a, and of b. ``matches`` counts the content stems in common, in all of them; ``cut``
    tells which best stretches may go on beyond what was aligned.
    """

    forms: IntArray
    start: IntArray
    end: IntArray
    matches: IntArray
    score: FloatArray
    cut: BoolArray
    further: NDArray[np.object_]

    def at_least(self, score: float) -> "Stretches":
        """Those that score so much, and share something."""
        kept = (self.score >= score) & (self.matches > 0)
        return Stretches(*(getattr(self, field.name)[kept] for field in fields(self)))


def joined(one: Stretches, other: Stretches) -> Stretches:
    """Both, one after the other."""
    names = [field.name for field in fields(one)]
    return Stretches(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in names))


def copies(forms: Words, evidence: Evidence, repeated: IntArray) -> Stretches:
    """Pair each of some forms with itself: all its words are shared."""
    pairs = np.column_stack([repeated, repeated])
    end = np.diff(forms.bounds)[pairs]
    content = np.concatenate([[0], np.cumsum(forms.codes >= 0)])[forms.bounds]
    matches = np.diff(content)[repeated]
    score = _score(forms, evidence, pairs, evidence.totals[repeated], matches)
    uncut = np.zeros(len(repeated), dtype=np.bool_)
    return Stretches(pairs, np.zeros_like(end), end, matches, score, uncut, _none(len(repeated)))


def _none(pairs: int) -> NDArray[np.object_]:
    further = np.empty(pairs, dtype=np.object_)
    for pair in range(pairs):
        further[pair] = np.zeros((0, 4), dtype=np.int64)
    return further


def stretches(forms: Words, evidence: Evidence, pairs: Candidates) -> Stretches:
    """Align each pair of forms; of long ones, more and more words while the stretch goes on.

    What is left is aligned again as long as a further stretch is worth 2.5 rare words and three content
    stems: parts that change places are so many stretches (Waterman and Eggert 1987, A new algorithm for
    best subsequence alignments, J. Mol. Biol. 197, pp. 723-728). The score is
    ``d A / (A + 2.5 + min(S - A, 15) / 3)``, where A is the weight of the aligned words of all stretches
    less what gaps cost, and S that of all words of the lighter passage. d is 1, times ``(n / 4) ** 2`` if a
    passage has n < 4 content words, and times ``(m / 3) ** 2`` if m < 3 are in common.
    """
    lengths = np.diff(forms.bounds)[pairs.forms]
    best, low, high = _grown(forms, evidence, pairs.forms, pairs.low, pairs.high, lengths, {})
    cut = _goes_on(best.start, best.end, low, high, lengths)
    whole = ~cut  # one that goes on says enough, and what follows it is not a stretch of its own
    further, matches, weight = _further(forms, evidence, pairs, best, low, high, whole)
    matches, weight = matches + best.matches, weight + best.score
    score = _score(forms, evidence, pairs.forms, weight, matches)
    return Stretches(pairs.forms, best.start, best.end, matches, score, cut, further)


def _grown(
    forms: Words,
    evidence: Evidence,
    pairs: IntArray,
    low: IntArray,
    high: IntArray,
    lengths: IntArray,
    taken: Taken,
) -> tuple[Aligned, IntArray, IntArray]:
    """Align pairs within some words, and within more of them while a stretch goes on; and within which."""
    low, high = low.copy(), high.copy()
    n = len(low)
    start, end = np.zeros((n, 2), dtype=np.int64), np.zeros((n, 2), dtype=np.int64)
    matches, weight = np.zeros(n, dtype=np.int64), np.zeros(n)
    todo: IntArray = np.arange(n)
    while len(todo):
        here = {place: taken[row] for place, row in enumerate(todo.tolist()) if row in taken}
        found = _aligned(forms, evidence, pairs[todo], low[todo], high[todo], here)
        start[todo], end[todo] = low[todo] + found.start, low[todo] + found.end
        matches[todo], weight[todo] = found.matches, found.score
        todo = todo[_goes_on(start[todo], end[todo], low[todo], high[todo], lengths[todo])]
        todo = todo[(high[todo] - low[todo]).max(axis=1, initial=0) < WINDOW]
        grow = high[todo] - low[todo]
        low[todo] = np.maximum(low[todo] - grow // 2, 0)
        high[todo] = np.minimum(high[todo] + grow // 2, lengths[todo])
    return Aligned(start, end, matches, weight), low, high


def _aligned(
    forms: Words, evidence: Evidence, pairs: IntArray, low: IntArray, high: IntArray, taken: Taken
) -> Aligned:
    rows = range(len(pairs))
    return align([_sides(forms, evidence, pairs[n], low[n], high[n], taken.get(n)) for n in rows])


def _sides(
    forms: Words,
    evidence: Evidence,
    pair: IntArray,
    low: IntArray,
    high: IntArray,
    taken: tuple[IntArray, IntArray] | None,
) -> tuple[Side, Side]:
    """The words of two forms from ``low`` to ``high`` (2,); those that are taken match nothing."""
    sides = []
    for which in (0, 1):
        first = forms.bounds[pair[which]]
        words = slice(first + low[which], first + high[which])
        codes = forms.codes[words]
        if taken is not None:
            codes = codes.copy()
            inside = taken[which][(taken[which] >= low[which]) & (taken[which] < high[which])]
            codes[inside - low[which]] = _TAKEN[which]
        sides.append((codes, evidence.weights[words]))
    return sides[0], sides[1]


def _further(
    forms: Words,
    evidence: Evidence,
    pairs: Candidates,
    best: Aligned,
    low: IntArray,
    high: IntArray,
    whole: BoolArray,
) -> tuple[NDArray[np.object_], IntArray, FloatArray]:
    """Look for further stretches: where the best one was, then in the other places that share rare terms."""
    lengths = np.diff(forms.bounds)[pairs.forms]
    places = np.searchsorted(pairs.elsewhere, np.arange(len(low) + 1))
    found, matches, weight = _none(len(low)), np.zeros(len(low), dtype=np.int64), np.zeros(len(low))
    active = [
        pair
        for pair in np.flatnonzero((best.score >= FURTHER) & whole).tolist()
        if _left(forms, evidence, pairs.forms[pair]) - best.score[pair] >= FURTHER
    ]
    new = {pair: (best.start[pair], best.end[pair]) for pair in active}
    taken: dict[int, tuple[IntArray, IntArray]] = {}
    where: _Regions = {pair: (low[pair], high[pair]) for pair in active}
    waiting = {pair: list(range(places[pair], places[pair + 1])) for pair in active}
    for _ in range(TRIES):
        _take(forms, evidence, pairs.forms, new, taken)
        active = [
            pair for pair in active if _left(forms, evidence, pairs.forms[pair], taken[pair]) >= FURTHER
        ]
        if not active:
            break
        rows = np.array(active, dtype=np.int64)
        first, last = (np.array([where[pair][edge] for pair in active], dtype=np.int64) for edge in (0, 1))
        before = {place: taken[pair] for place, pair in enumerate(active)}
        again, _, _ = _grown(forms, evidence, pairs.forms[rows], first, last, lengths[rows], before)
        good = (again.score >= FURTHER) & (again.matches >= SHARED)
        new = {}
        for place, pair in enumerate(active):
            if good[place]:
                new[pair] = again.start[place], again.end[place]
                span = np.column_stack([again.start[place], again.end[place]]).reshape(1, 4)
                found[pair] = np.concatenate([found[pair], span])
                matches[pair] += again.matches[place]
                weight[pair] += again.score[place]
            else:
                _next(pairs, waiting[pair], where, pair, taken[pair])
        active = [pair for pair in active if pair in where]
    return found, matches, weight


def _next(
    pairs: Candidates, waiting: list[int], where: _Regions, pair: int, taken: tuple[IntArray, IntArray]
) -> None:
    """Go to the next place that is not in a stretch already, or nowhere if there is none."""
    del where[pair]
    while waiting and pair not in where:
        place = waiting.pop(0)
        low, high = pairs.elsewhere_low[place], pairs.elsewhere_high[place]
        middle = (low + high) // 2
        if not any(middle[which] in taken[which] for which in (0, 1)):
            where[pair] = low, high


def _take(
    forms: Words,
    evidence: Evidence,
    pairs: IntArray,
    new: _Regions,
    taken: dict[int, tuple[IntArray, IntArray]],
) -> None:
    """Take the words that match in new stretches: what only one passage has within them stays free."""
    edges = [
        (pair, low, high, _sides(forms, evidence, pairs[pair], low, high, taken.get(pair)))
        for pair, (low, high) in new.items()
    ]
    for (pair, low, _, _), met in zip(edges, matched_words([sides for *_, sides in edges]), strict=True):
        before = taken.get(pair, (met[:0, 0], met[:0, 1]))
        taken[pair] = (
            np.concatenate([before[0], met[:, 0] + low[0]]),
            np.concatenate([before[1], met[:, 1] + low[1]]),
        )


def _left(
    forms: Words, evidence: Evidence, pair: IntArray, taken: tuple[IntArray, IntArray] | None = None
) -> float:
    """What words of the first form that the second has, too, weigh at most, apart from those taken."""
    lengths = np.diff(forms.bounds)[pair]
    (one, weights), (other, _) = _sides(forms, evidence, pair, np.zeros_like(lengths), lengths, taken)
    return float(weights[np.isin(one, other) & (one >= 0)].sum())


def _goes_on(start: IntArray, end: IntArray, low: IntArray, high: IntArray, lengths: IntArray) -> BoolArray:
    """Whether a stretch comes near an edge of what was aligned, behind which both passages have more."""
    before = ((start - low < NEAR) & (low > 0)).any(axis=1) & (start > 0).all(axis=1)
    after = ((high - end < NEAR) & (high < lengths)).any(axis=1) & (end < lengths).all(axis=1)
    return np.asarray(before | after, dtype=np.bool_)


def _score(
    forms: Words, evidence: Evidence, pairs: IntArray, weight: FloatArray, matches: IntArray
) -> FloatArray:
    content = np.concatenate([[0], np.cumsum(forms.codes >= 0)])[forms.bounds]
    shorter = np.diff(content)[pairs].min(axis=1)
    unshared = np.clip(evidence.totals[pairs].min(axis=1) - weight, 0.0, SENTENCE)
    damping = (np.minimum(shorter / FEW, 1.0) * np.minimum(matches / SHARED, 1.0)) ** 2
    return np.asarray(damping * weight / (weight + HALFWAY + UNSHARED * unshared), dtype=np.float64)
