"""Parts of a table that are left out in turn, where what is left is fitted anew: a jackknife by documents, or by groups of them.

What takes its time on every part cannot be left to thousands of them. So above :data:`MOST` documents (or items) they
are dealt out at random into as many groups, and each group is left out whole: the delete-a-group jackknife, Wolter
(2007), Introduction to Variance Estimation, 2nd ed., ch. 4.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from annotate.counts.units import counted
from annotate.sampling import FloatArray, IntArray, generator, t_quantile

if TYPE_CHECKING:
    import pandas as pd

MOST = 100
_TWO = 2


@dataclass(frozen=True, eq=False)
class Folds:
    """Which part each item lies in.

    ``of`` (I,) is the part of each item, below ``number``; ``over`` says what they are, ``n_clusters`` how many documents
    there are (None where items are drawn), ``one_document`` that items are drawn for want of a second one.
    """

    of: IntArray
    number: int
    over: str
    n_clusters: int | None
    one_document: bool = False

    @property
    def clustered(self) -> bool:
        """Whether documents are left out, not items."""
        return self.n_clusters is not None and not self.one_document

    def sums(self, values: FloatArray | IntArray) -> FloatArray:
        """What the items of each part have together, (I,) to (number,)."""
        return np.asarray(np.bincount(self.of, values, self.number), dtype=float)

    def errors(self, left: FloatArray, values: FloatArray) -> FloatArray:
        """Standard errors (V,) from the values with each part left out (number x V), NaN where one is undefined."""
        off = left - left.mean(axis=0)
        found = np.sqrt((self.number - 1) / self.number * (off**2).sum(axis=0))
        return np.asarray(np.where(np.isnan(values), np.nan, found), dtype=float)

    def reach(self, weights: FloatArray, confidence: float) -> float:
        """The quantile of t, its degrees of freedom one less than Kish's effective number of parts of such weights (number,)."""
        squares = float((weights**2).sum())
        effective = float(weights.sum()) ** 2 / squares if squares else 1.0
        return t_quantile((1 + confidence) / 2, max(1.0, effective - 1))


def folds(names: "pd.Index[Any]", cluster: IntArray | None, clustered_by: str | None, seed: int) -> Folds:
    """Deal items out; the same whatever the order of the table.

    Parameters
    ----------
    names
        Of the items (I,).
    cluster, clustered_by
        The document of each item (I,), and the column that tells it; None where items are drawn.
    seed
        Of the groups, where there are more than :data:`MOST`.

    """
    rank: IntArray = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(names.to_numpy(dtype=str), kind="stable")] = np.arange(len(names))
    number = len(names) if cluster is None else len(np.unique(cluster))
    alone = cluster is not None and number < _TWO
    unit: IntArray = rank
    if cluster is not None and not alone:
        codes = np.unique(cluster, return_inverse=True)[1]
        least = np.full(number, len(names), dtype=np.int64)
        np.minimum.at(least, codes, rank)
        unit = np.argsort(np.argsort(least))[codes]
    units = len(names) if cluster is None or alone else number
    noun = clustered_by or ""
    over = counted(units, "item" if cluster is None or alone else noun)
    over = f"{over} of {counted(1, noun)}" if alone else over
    if units > MOST:
        unit = generator(seed, "folds").permutation(units)[unit] % MOST
        over, units = f"{MOST} groups of {over}", MOST
    return Folds(unit, units, over, None if cluster is None else number, alone)


def limits(value: float, error: float, reach: float, scale: str | None = None) -> tuple[float, float]:
    """The value, more and less by so many of its errors: on the scale of the logit, of ``log(1 - value)``, or as it is."""
    if math.isnan(value) or not math.isfinite(error):
        return math.nan, math.nan
    if scale == "logit":
        middle, far = math.log(value / (1 - value)), reach * error / (value * (1 - value))
        low, high = (1 / (1 + math.exp(-min(max(middle + one, -700.0), 700.0))) for one in (-far, far))
        return low, high
    if scale == "log" and value < 1:
        far = min(reach * error / (1 - value), 700.0)
        return max(-1.0, 1 - (1 - value) * math.exp(far)), 1 - (1 - value) * math.exp(-far)
    return value - reach * error, value + reach * error
