"""The best common stretch of each pair of passages, and how strong it is."""

from dataclasses import dataclass, fields

import numpy as np

from annotate.reuse.alignment import Aligned, Side, align
from annotate.reuse.candidates import Candidates
from annotate.reuse.evidence import Evidence
from annotate.reuse.stems import BoolArray, FloatArray, IntArray, Words

WINDOW = 1024  # words of a passage that are aligned at most
NEAR = 16  # words from the edge of what was aligned, within which more is looked at

HALFWAY = 2.5  # rare words that score one half, if nothing else is in the passage
UNSHARED = 1 / 3  # what a rare word that is not shared costs, against one that is
SENTENCE = 15.0  # rare words of a long sentence: more that is not shared costs no more
FEW = 4  # content words; a passage with fewer is too short to tell much
SHARED = 3  # content words; fewer in common tell little


@dataclass(frozen=True, eq=False)
class Stretches:
    """One row a pair: forms (pairs x 2), the first word and the last, excluded (pairs x 2), and the score.

    ``matches`` counts the content stems in common; ``cut`` tells which stretches may go on beyond what
    was aligned.
    """

    forms: IntArray
    start: IntArray
    end: IntArray
    matches: IntArray
    score: FloatArray
    cut: BoolArray

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
    return Stretches(pairs, np.zeros_like(end), end, matches, score, np.zeros(len(repeated), dtype=np.bool_))


def stretches(forms: Words, evidence: Evidence, pairs: Candidates) -> Stretches:
    """Align each pair of forms; of long ones, more and more words while the stretch goes on.

    The score is ``d A / (A + 2.5 + min(S - A, 15) / 3)``, where A is the weight of the aligned words less
    what gaps cost, and S that of all words of the lighter passage. d is 1, times ``(n / 4) ** 2`` if a
    passage has n < 4 content words, and times ``(m / 3) ** 2`` if m < 3 are in common.
    """
    low, high = pairs.low.copy(), pairs.high.copy()
    n = len(low)
    start, end = np.zeros((n, 2), dtype=np.int64), np.zeros((n, 2), dtype=np.int64)
    matches, weight = np.zeros(n, dtype=np.int64), np.zeros(n)
    lengths = np.diff(forms.bounds)[pairs.forms]
    todo: IntArray = np.arange(n)
    while len(todo):
        found = _aligned(forms, evidence, pairs.forms[todo], low[todo], high[todo])
        start[todo], end[todo] = low[todo] + found.start, low[todo] + found.end
        matches[todo], weight[todo] = found.matches, found.score
        todo = todo[_goes_on(start[todo], end[todo], low[todo], high[todo], lengths[todo])]
        todo = todo[(high[todo] - low[todo]).max(axis=1, initial=0) < WINDOW]
        grow = high[todo] - low[todo]
        low[todo] = np.maximum(low[todo] - grow // 2, 0)
        high[todo] = np.minimum(high[todo] + grow // 2, lengths[todo])
    cut = _goes_on(start, end, low, high, lengths)
    return Stretches(
        pairs.forms, start, end, matches, _score(forms, evidence, pairs.forms, weight, matches), cut
    )


def _aligned(forms: Words, evidence: Evidence, pairs: IntArray, low: IntArray, high: IntArray) -> Aligned:
    first, last = forms.bounds[pairs] + low, forms.bounds[pairs] + high

    def side(row: int, which: int) -> Side:
        words = slice(first[row, which], last[row, which])
        return forms.codes[words], evidence.weights[words]

    return align([(side(row, 0), side(row, 1)) for row in range(len(pairs))])


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
