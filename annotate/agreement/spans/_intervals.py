"""Intervals of figures on marked text: passages are drawn, or whole documents where these are known.

No two passages are alike, so there are no patterns here: a sample says how often each passage was drawn. Of documents
each is left out in turn, on the scale of ``log(1 - figure)``, as :mod:`annotate.agreement.intervals` does it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.agreement.intervals import Limits, all_alike, around, around_log, words
from annotate.counts.patterns import PAIR
from annotate.counts.units import counted
from annotate.sampling import FloatArray, IntArray, Interval, draw, percentiles

_CELLS = 2**19  # samples x pairs of annotators in passages, held at a time
_NO_WIDTH = 1e-12


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is drawn: each of ``passages``, or the clusters (N,) that they are in, told by the column ``name``."""

    passages: int
    cluster: IntArray | None = None
    name: str | None = None

    @property
    def number(self) -> int:
        """How many units there are."""
        return self.passages if self.cluster is None else int(self.cluster.max(initial=-1)) + 1

    @property
    def over(self) -> str:
        """What is drawn, in words."""
        if self.cluster is not None:
            return counted(self.number, self.name or "")
        return "items" if self.name is None else f"items of {counted(1, self.name)}"

    def left_out(self, interval: Interval) -> bool:
        """Whether units are left out in turn, or drawn with replacement."""
        return self.cluster is not None and interval.kind != "percentile"

    def samples(self, interval: Interval, rng: np.random.Generator, pairs: int) -> Iterator[FloatArray]:
        """Samples of passages (samples x N), in chunks; ``pairs`` of annotators in passages set their size."""
        # One unit has nothing to vary: an interval of no width would pass for certainty.
        if self.number < PAIR or interval.kind == "none":
            return
        size = max(1, _CELLS // max(self.passages, pairs))
        total = self.number if self.left_out(interval) else interval.replicates
        for start in range(0, total, size):
            count = min(size, total - start)
            if self.cluster is None:
                yield draw(np.ones(self.number, np.int64), count, rng)
            elif self.left_out(interval):
                yield np.where(self.cluster == np.arange(start, start + count)[:, None], 0.0, 1.0)
            else:
                yield draw(np.ones(self.number, np.int64), count, rng)[:, self.cluster]

    def limits(
        self,
        value: float,
        observed: float,
        expected: float,
        values: FloatArray,
        interval: Interval,
        lowest: float,
    ) -> Limits:
        """The interval of a figure from its values in the samples; none without any."""
        if not len(values) or math.isnan(value):
            return Limits()
        if self.left_out(interval):
            found = self._jackknife(value, values, interval, lowest)
        else:
            low, high = percentiles(values, interval.confidence)
            found = Limits(low, high, words("percentile", self.over, values))
        if found.how is None or found.high - found.low > _NO_WIDTH:
            return found
        over = self.over if self.cluster is not None else f"{self.number} {self.over}"
        exact = all_alike(observed, expected, self.number, over, interval.confidence)
        # From -1 on, an interval says nothing: all are alike, and they are few.
        return exact if exact.low > -1 else Limits(how=f"no variation over {over}")

    def _jackknife(self, value: float, values: FloatArray, interval: Interval, lowest: float) -> Limits:
        number, sizes = self.number, np.bincount(self.cluster if self.cluster is not None else [])
        error = math.sqrt((number - 1) / number * float(((values - values.mean()) ** 2).sum()))
        if not math.isfinite(error):  # the figure hangs on one unit, and is undefined without it
            return Limits()
        degrees = max(1.0, float(sizes.sum() ** 2 / (sizes**2).sum()) - 1)
        on_log = interval.kind != "jackknife"
        place, scale = (around_log, " on the scale log(1 - coefficient)") if on_log else (around, "")
        how = f"jackknife over {self.over}{scale}, t with {degrees:.3g} degrees of freedom"
        return Limits(*place(value, error, degrees, lowest, interval.confidence), how)


def drawn_of(clusters: Sequence[int | None], clustered_by: str | None) -> Drawn:
    """What is drawn of passages: their clusters, or the passages where these are in one or in none."""
    if clustered_by is None:
        return Drawn(len(clusters))
    place = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
    if len(place) < PAIR:
        return Drawn(len(clusters), None, clustered_by)
    return Drawn(len(clusters), np.array([place[name] for name in clusters], dtype=np.int64), clustered_by)
