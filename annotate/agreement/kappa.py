"""The kappas, and Brennan and Prediger's coefficient, which is a kappa with free margins.

By chance, the kappas take what the shares of the categories make likely: the shares of all annotators
together, or of each. For Brennan and Prediger, chance falls on every category alike.
"""

import numpy as np
from scipy import sparse

from annotate.agreement.result import Agreement
from annotate.counts.distance import UNWEIGHTED
from annotate.counts.kernels import MANY, Kernel
from annotate.counts.patterns import NONE, PAIR, Assignments, FloatArray, IntArray, Patterns
from annotate.counts.samples import Samples

_CELLS = 2**22  # samples x meetings of two annotators held at a time


def fleiss_kappa(patterns: Patterns, samples: Samples) -> Agreement:
    """Fleiss's kappa: annotators are interchangeable, expected agreement is ``p W p``.

    ``p`` is the prevalence, the mean over all rated items, those with one rating among them, of the share of
    an item's ratings in a category. Fleiss (1971), Psychological Bulletin 76, pp. 378-382; with missing
    ratings and weights W, Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 2 and 4.
    """
    weights = patterns.weighing(UNWEIGHTED)
    return Agreement(patterns.observed(samples, weights), patterns.likely(samples, weights))


def conger_kappa(patterns: Assignments, samples: FloatArray) -> Agreement:
    """Conger's kappa: expected agreement is the mean of ``p_g W p_h`` over pairs of annotators g and h.

    ``p_g`` are the shares of the categories in all that annotator g rated; who rated nothing in a sample is
    not in it. Of two annotators who rated everything it is Cohen's kappa. Conger (1980), Psychological
    Bulletin 88, pp. 322-328; with missing ratings and weights W, Gwet (2014), ch. 2 and 4.
    """
    weights = patterns.weighing(UNWEIGHTED)
    shape = (len(samples), len(patterns.categories))
    total, own, active = np.zeros(shape), np.zeros(len(samples)), np.zeros(len(samples))
    for codes in patterns.codes.T:
        shares = _shares(codes, samples, shape[1])
        total += shares
        own += weights.form(shares, shares)
        active += shares.any(axis=1)
    pairs = active * (active - 1)
    expected = (weights.form(total, total) - own) / np.where(pairs == 0, 1.0, pairs)
    return Agreement(patterns.observed(samples, weights), expected)


def cohen_kappa(patterns: Assignments, samples: FloatArray) -> Agreement:
    """Cohen's kappa of two annotators, over the items that both rated: expected is ``p_1 W p_2``.

    Cohen (1960), Educational and Psychological Measurement 20, pp. 37-46; with weights W (1968),
    Psychological Bulletin 70, pp. 213-220.
    """
    if patterns.codes.shape[1] != PAIR:
        return _nothing(samples)
    return _of_pairs(patterns, samples)


def scott_pi(patterns: Assignments, samples: FloatArray) -> Agreement:
    """Scott's pi of two annotators, over the items that both rated: expected is ``p W p``.

    ``p`` are the shares of the categories in the ratings of both. Scott (1955), Public Opinion Quarterly 19,
    pp. 321-325. Fleiss's kappa is its extension to more annotators and to missing ratings.
    """
    weights = patterns.weighing(UNWEIGHTED)
    if patterns.codes.shape[1] != PAIR:
        return _nothing(samples)
    first, second, both = _shared(patterns.codes, samples)
    size = len(patterns.categories)
    shares = (_shares(first, both, size) + _shares(second, both, size)) / 2
    return Agreement(_observed(first, second, both, weights), weights.form(shares, shares))


def light_kappa(patterns: Assignments, samples: FloatArray) -> Agreement:
    """Light's kappa: the mean of Cohen's kappa over the pairs of annotators; arrays (samples x pairs).

    A pair that rated no item together has no kappa and is left out of the mean. Light (1971), Psychological
    Bulletin 76, pp. 365-377.
    """
    return _of_pairs(patterns, samples)


def _nothing(samples: FloatArray) -> Agreement:
    """Where no two annotators rated the same item there is nothing to compare."""
    nan = np.full(len(samples), np.nan)
    return Agreement(nan, nan)


def _of_pairs(patterns: Assignments, samples: FloatArray) -> Agreement:
    """Cohen's agreements of each pair of annotators who rated an item together (samples x pairs)."""
    pattern, pair, first, second = _meetings(patterns.codes, patterns.n)
    if not len(pair):
        return _nothing(samples)
    weights = patterns.weighing(UNWEIGHTED)
    n_categories = len(patterns.categories)
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    size = max(1, _CELLS // max(1, len(samples) * -(-len(pair) // len(starts))))  # pairs held at a time
    size = 1 if n_categories > MANY else size
    observed, expected = [], []
    for block in np.split(starts, range(size, len(starts), size)):
        end = starts[starts > block[-1]][:1]
        rows = slice(block[0], int(end[0]) if len(end) else len(pair))
        of = block - block[0]
        met = samples[:, pattern[rows]]
        items = np.add.reduceat(met, of, axis=1)
        there = np.where(items == 0, np.nan, items)
        observed.append(np.add.reduceat(met * weights.of(first[rows], second[rows]), of, axis=1) / there)
        one, other = (_counts_of(codes[rows], met, of, n_categories) for codes in (first, second))
        chance = weights.form(one.reshape(-1, n_categories), other.reshape(-1, n_categories))
        expected.append(chance.reshape(items.shape) / there**2)
    return Agreement(np.concatenate(observed, axis=1), np.concatenate(expected, axis=1))


def _counts_of(codes: IntArray, met: FloatArray, of: IntArray, n_categories: int) -> FloatArray:
    """How often each category was chosen in each sample and pair (samples x pairs x K)."""
    if n_categories > MANY:  # then there is one pair
        return np.asarray(met @ _chosen(codes, n_categories), dtype=float)[:, None, :]
    return np.stack([np.add.reduceat(met * (codes == k), of, axis=1) for k in range(n_categories)], -1)


def _chosen(codes: IntArray, n_categories: int) -> "sparse.csr_array":
    """A 1 where a category was chosen (rows x K)."""
    ones = np.ones(len(codes))
    return sparse.csr_array((ones, (np.arange(len(codes)), codes)), shape=(len(codes), n_categories))


def _meetings(codes: IntArray, n: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Wherever two annotators rated the same item: pattern, number of the pair, either's code; by pair."""
    pattern, annotator = np.nonzero((codes != NONE) & (n > 0)[:, None])
    found: list[IntArray] = [np.empty((0, 3), dtype=np.int64)]
    for apart in range(1, codes.shape[1]):
        same = np.flatnonzero(pattern[apart:] == pattern[:-apart])
        if not len(same):
            break
        found.append(np.column_stack([pattern[same], annotator[same], annotator[same + apart]]))
    where, one, other = np.concatenate(found).T
    pair = one * codes.shape[1] + other
    order = np.lexsort((where, pair))
    where, one, other = where[order], one[order], other[order]
    return where, pair[order], codes[where, one], codes[where, other]


def _shared(codes: IntArray, samples: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Choices of either annotator where both rated, and the items of these patterns in each sample."""
    rated = (codes != NONE).all(axis=1)
    first, second = codes[rated].T
    return first, second, samples[:, rated]


def _observed(first: IntArray, second: IntArray, samples: FloatArray, weights: Kernel) -> FloatArray:
    """Mean weight of two choices in each sample."""
    items = samples.sum(axis=1)
    return np.asarray(samples @ weights.of(first, second) / np.where(items == 0, 1.0, items), dtype=float)


def _shares(codes: IntArray, samples: FloatArray, n_categories: int) -> FloatArray:
    """Shares of the categories in what one annotator rated in each sample (samples x K)."""
    rated = codes != NONE
    few = n_categories <= MANY
    chosen = np.eye(n_categories)[codes[rated]] if few else _chosen(codes[rated], n_categories)
    counts = samples[:, rated] @ chosen
    total = counts.sum(axis=1, keepdims=True)
    return np.asarray(counts / np.where(total == 0, 1.0, total), dtype=float)


def brennan_prediger(patterns: Patterns, samples: Samples) -> Agreement:
    """Expected agreement is ``sum(W) / K^2``, without weights ``1 / K``; K is what the variable offers.

    Brennan & Prediger (1981), Educational and Psychological Measurement 41, pp. 687-699. For two annotators
    the same as Bennett's S (Bennett, Alpert & Goldstein 1954), for more as Randolph's free-marginal kappa
    (2005). With weights and missing ratings: Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.,
    ch. 4. Where nobody declared the categories, K counts those used on the variable in the whole table.
    """
    weights = patterns.weighing(UNWEIGHTED)
    chance = weights.mean(len(patterns.categories))
    return Agreement(patterns.observed(samples, weights), np.full(len(samples), chance))
