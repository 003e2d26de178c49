"""Shares, each with an interval: ratios of two sums, over documents or over passages.

What passages say (:func:`shares`), and how often each annotator chose what others chose (:func:`shares_of_each`).

Passages of one text resemble each other, so where documents are known each is left out in turn (jackknife), and
the interval is that of Student's t on the scale of the logit, by the delta method, with degrees of freedom by
Kish's effective number of documents. The delete-one jackknife of a ratio over clusters: Wolter (2007),
Introduction to Variance Estimation, 2nd ed., ch. 4; the logit keeps the limits within 0 and 1 and holds best in
simulations (docs/coverage.md). Where passages are all that can be drawn, it is a percentile bootstrap, exact by
patterns: Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13.

Where all are alike there is nothing to draw or to leave out, and Wilson's interval takes their place.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from annotate.counts.units import counted
from annotate.sampling import FloatArray, IntArray, Interval, draw, percentiles, t_quantile, wilson

FEW, ONE, RARE = "few documents", "one document", "rare"
FEWEST = 10
"""Documents that a share rests on, and that have some of it or some without it, below which it is cautioned:
over ten documents of fifteen passages 95 % intervals hold 96 to 99 % of the shares .05, .3 and .6, over twenty
where the share is .05 they hold 90, since few documents have any of it (docs/coverage.md)."""
MEANINGS: dict[str, str] = {
    FEW: f"the share rests on fewer than {FEWEST} documents, or on few that hold most of what counts",
    ONE: "all is from one document: the interval is of its passages and says nothing of other documents",
    RARE: f"fewer than {FEWEST} documents, or passages, have any of it, or any without it",
}
_NO_WIDTH = 1e-12
_TWO = 2


@dataclass(frozen=True)
class Share:
    """A share of claims, or how many there are, with its interval; ``n`` passages are what it rests on."""

    value: float
    low: float
    high: float
    interval: str | None
    n: int
    n_documents: int | None
    caution: str | None


@dataclass(frozen=True, eq=False)
class Sums:
    """One row a passage: what counts of each share (N x M), and of how much (N x M).

    ``document`` (N,) numbers the document of each passage, told by the column ``cluster``; None where passages
    are drawn.
    """

    above: FloatArray
    below: FloatArray
    document: IntArray | None = None
    cluster: str | None = None


def shares(sums: Sums, interval: Interval, rng: np.random.Generator) -> Iterator[Share]:
    """Each share, with its interval: over documents where two or more have a say in it, else over passages."""
    drawn: FloatArray | None = None
    for column in range(sums.above.shape[1]):
        above, below = sums.above[:, column], sums.below[:, column]
        counts = below > 0
        value, n = _ratio(above.sum(), below.sum()), int(counts.sum())
        documents = _of_documents(sums, above, below)
        over = None
        if documents is not None and len(documents[0]) < _TWO:
            over, documents = f"passages of {counted(1, sums.cluster or '')}", None
        n_documents = None if sums.document is None else len(np.unique(sums.document[counts]))
        low, high, how = math.nan, math.nan, None
        # One passage has nothing to vary: an interval of no width would pass for certainty.
        if not math.isnan(value) and n > 1 and interval.kind != "none":
            if documents is not None:
                low, high, how = _jackknife(*documents, value, sums.cluster or "", interval.confidence)
            elif interval.replicates:
                drawn = _replicates(sums, interval, rng) if drawn is None else drawn
                spread = _ratios(drawn[:, column], drawn[:, sums.above.shape[1] + column])
                low, high = percentiles(spread, interval.confidence)
                how = f"percentile bootstrap over {over or 'passages'}, {interval.replicates} replicates"
                if high - low <= _NO_WIDTH:
                    low, high = wilson(value, n, interval.confidence)
                    how = f"Wilson over {counted(n, 'passage')}{over.removeprefix('passages') if over else ''}, which are all alike"
        said = [ONE] if over else [] if documents is None else _few(documents[1])
        if how and not how.startswith("Wilson"):
            said += _rare(*(documents or (above[counts], below[counts])))
        yield Share(value, low, high, how, n, n_documents, "; ".join(said) or None if how else None)


@dataclass(frozen=True, eq=False)
class OfEach:
    """A share for each of K, all arrays (K,): NaN and None where there is none. ``n_clusters`` is None where items are drawn."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    interval: NDArray[np.object_]
    n_clusters: IntArray | None
    caution: NDArray[np.object_]

    def columns(self) -> dict[str, object]:
        """The columns of a table."""
        found: dict[str, object] = {"ci_low": self.low, "ci_high": self.high, "interval": self.interval}
        if self.n_clusters is not None:
            found["n_clusters"] = self.n_clusters
        return {**found, "caution": self.caution}


def shares_of_each(
    key: IntArray,
    right: NDArray[np.bool_],
    number: int,
    cluster: IntArray | None,
    clustered_by: str | None,
    confidence: float,
) -> OfEach:
    """The share of the judgements that are right, for each key below ``number``.

    Where clusters are known they are left out in turn; items are as good as independent, and have Wilson's interval.

    Parameters
    ----------
    key, right, cluster
        Of each judgement (N,); ``cluster`` is None where items are drawn.
    number
        How many keys there are.
    clustered_by
        The column that tells the clusters.
    confidence
        Of the intervals.

    """
    n, x = np.bincount(key, minlength=number), np.bincount(key[right], minlength=number)
    value = np.where(n > 0, x / np.maximum(n, 1), np.nan)
    low, high = np.full(number, np.nan), np.full(number, np.nan)
    how, caution = np.full(number, None, dtype=object), np.full(number, None, dtype=object)
    n_clusters = None
    told: list[tuple[FloatArray, FloatArray] | None] = [None] * number
    if cluster is not None:
        width = int(cluster.max(initial=0)) + 1
        cells, place = np.unique(key * width + cluster, return_inverse=True)
        m = np.bincount(place).astype(float)
        of = np.bincount(place, right, len(cells)).astype(float)
        starts = np.searchsorted(cells // width, np.arange(number + 1))
        n_clusters = np.diff(starts).astype(np.int64)
        told = [(np.asarray(of[a:b]), np.asarray(m[a:b])) for a, b in pairwise(starts.tolist())]
    for one in np.flatnonzero(n > 1).tolist():
        documents, said = told[one], []
        if documents is None or len(documents[0]) < _TWO:
            low[one], high[one] = wilson(float(value[one]), int(n[one]), confidence)
            how[one] = f"Wilson over {counted(int(n[one]), 'item')}"
            if documents is not None:
                how[one], said = f"{how[one]} of {counted(1, clustered_by or '')}", [ONE]
        else:
            x_of, m_of = documents
            low[one], high[one], how[one] = _jackknife(
                x_of, m_of, float(value[one]), clustered_by or "", confidence
            )
            said = _few(documents[1]) + ([] if how[one].startswith("Wilson") else _rare(*documents))
        caution[one] = "; ".join(said) or None
    return OfEach(value, low, high, how, n_clusters, caution)


def _of_documents(sums: Sums, above: FloatArray, below: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """The two sums of each document that has a say, or None where passages are drawn."""
    if sums.document is None:
        return None
    x, m = (np.bincount(sums.document, of).astype(float) for of in (above, below))
    return x[m > 0], m[m > 0]


def _jackknife(
    x: FloatArray, m: FloatArray, value: float, cluster: str, confidence: float
) -> tuple[float, float, str]:
    """The interval of ``sum x / sum m`` over documents."""
    number, over = len(x), counted(len(x), cluster)
    left = (x.sum() - x) / (m.sum() - m)
    error = math.sqrt((number - 1) / number * float(((left - left.mean()) ** 2).sum()))
    odds = value * (1 - value)
    if error <= _NO_WIDTH or odds <= _NO_WIDTH:
        return *wilson(value, number, confidence), f"Wilson over {over}, which are all alike"
    degrees = max(1.0, float(m.sum() ** 2 / (m**2).sum()) - 1)
    reach = t_quantile((1 + confidence) / 2, degrees) * error / odds
    middle = math.log(value / (1 - value))
    low, high = (1 / (1 + math.exp(-min(max(middle + one, -700.0), 700.0))) for one in (-reach, reach))
    return low, high, f"jackknife over {over} on the logit scale, t with {degrees:.3g} degrees of freedom"


def _replicates(sums: Sums, interval: Interval, rng: np.random.Generator) -> FloatArray:
    """Both sums in each replicate (replicates x 2M); passages that look alike are drawn together."""
    both = np.hstack([sums.above, sums.below])
    patterns, counts = np.unique(both, axis=0, return_counts=True)
    return np.asarray(draw(counts, interval.replicates, rng) @ patterns, dtype=float)


def _few(m: FloatArray) -> list[str]:
    return [FEW] if m.sum() ** 2 < FEWEST * (m**2).sum() else []


def _rare(x: FloatArray, m: FloatArray) -> list[str]:
    fewer = min(np.count_nonzero(x > _NO_WIDTH), np.count_nonzero(m - x > _NO_WIDTH))
    return [RARE] if fewer < FEWEST else []


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else math.nan


def _ratios(above: FloatArray, below: FloatArray) -> FloatArray:
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0), dtype=float)
