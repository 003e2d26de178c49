"""How much a shared word says: rare words much, function words and the further words of a name little."""

from dataclasses import dataclass

import numpy as np

from annotate.reuse.stems import BoolArray, FloatArray, IntArray, Words

FULL = 50  # a stem in at most one passage of so many others has full weight
FUNCTION_WORD = 0.2  # what a function word weighs
NAME = 4  # words that a fixed phrase may have
SHARED_ANYHOW = 0.4  # what a name, and a number of which dates are made, counts
DOUBT = 3  # occurrences apart that are imagined beside those that were seen


@dataclass(frozen=True, eq=False)
class Evidence:
    """The weight in [0, 1] of each word where it stands (as ``Words.codes``), and the sum of each form."""

    weights: FloatArray
    totals: FloatArray


def evidence(forms: Words) -> Evidence:
    """Weigh the words of passages that differ from each other.

    A content stem that ``n`` of ``N`` passages have weighs ``ln(max(N, 50) / (n - 1)) / ln(50)``, within
    [0, 1]: its rarity among the *others*, for what two passages share is in two at least. So a stem has
    full weight if at most one other passage in 50 has it, whatever their number.

    A stem that always stands beside the one on its left, as the second word of a name does, adds nothing to
    it: its weight is multiplied by ``1 - c``, where c is the share of the other occurrences of the rarer of
    the two that stand beside the other, with three more imagined that do not. After four words in a row a
    fixed phrase is taken for a copy, and counts. A capital (in passages where most words have none, and not
    of the first word; nowhere in German) makes a name of a word, and what is a name, a day or a year counts
    0.4 of that: texts on one matter share those anyhow. A function word weighs 0.2, wherever it stands.
    """
    n_forms = len(forms.bounds) - 1
    of = np.repeat(np.arange(n_forms), np.diff(forms.bounds))
    content = np.flatnonzero(forms.codes >= 0)
    codes, of_content = forms.codes[content], of[content]
    weights = np.full(len(forms.codes), FUNCTION_WORD)
    known = np.where(np.isin(codes, forms.dates) | _names(forms, of)[content], SHARED_ANYHOW, 1.0)
    weights[content] = (
        _rarity(codes, of_content, n_forms, forms.n_stems)
        * (1 - _cohesion(codes, of_content, forms.n_stems))
        * known
    )
    totals = np.add.reduceat(weights, forms.bounds[:-1]) if n_forms else np.zeros(0)
    return Evidence(weights, totals)


def _names(forms: Words, of: IntArray) -> BoolArray:
    """Tell the words that have a capital but do not stand first, except where most have: in titles."""
    n_forms = len(forms.bounds) - 1
    capitals = np.bincount(of[forms.capitals], minlength=n_forms)
    content = np.bincount(of[forms.codes >= 0], minlength=n_forms)
    names = forms.capitals & (2 * capitals <= content)[of]
    first = forms.bounds[:-1][np.diff(forms.bounds) > 0]
    names[first] = False
    return names


def _rarity(codes: IntArray, of: IntArray, n_forms: int, n_stems: int) -> FloatArray:
    size = np.int64(max(n_stems, 1))
    n = np.bincount(np.unique(of * size + codes) % size, minlength=n_stems)
    among = max(n_forms, FULL)
    rarity = np.log(among / np.maximum(n - 1, 1)) / np.log(FULL)
    return np.asarray(np.clip(rarity, 0.0, 1.0)[codes], dtype=np.float64)


def _cohesion(codes: IntArray, of: IntArray, n_stems: int) -> FloatArray:
    """For each stem, in what share of other places it stands beside its neighbour on the left."""
    cohesion = np.zeros(len(codes))
    inside = np.flatnonzero(of[1:] == of[:-1]) + 1
    left, right = codes[inside - 1], codes[inside]
    _, place, together = np.unique(neighbours(left, right, n_stems), return_inverse=True, return_counts=True)
    single = np.bincount(codes, minlength=n_stems)
    elsewhere = np.maximum(np.minimum(single[left], single[right]) - 2, 0) + DOUBT
    cohesion[inside] = np.clip((together[place] - 2) / elsewhere, 0.0, 1.0)
    return np.where(_run(cohesion > 0) < NAME, cohesion, 0.0)


def _run(fixed: BoolArray) -> IntArray:
    """How many in a row, up to each place, are fixed."""
    at = np.arange(len(fixed))
    last = np.maximum.accumulate(np.where(fixed, -1, at)) if len(fixed) else at
    return at - last


def neighbours(one: IntArray, other: IntArray, n_stems: int) -> IntArray:
    """Unordered pairs of stems as integers that stand for themselves."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    return np.asarray(low * np.int64(max(n_stems, 1)) + high, dtype=np.int64)
