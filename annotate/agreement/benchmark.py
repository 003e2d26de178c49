"""What words a scale of benchmarks has for a coefficient, with how likely each is: a convention, not a verdict.

Landis & Koch (1977), Altman (1991) and Fleiss (1981) named ranges of kappa, each by judgement. Gwet (2014, Handbook of
Inter-Rater Reliability, 4th ed., ch. 6) asks how likely the coefficient is to be in each range, given its error, and
takes the highest range for which this and all higher ones are 95 % likely together. He takes a normal distribution; here
the chances are those of the interval: its draws, or its t, given that the coefficient is between -1 and 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from annotate.agreement.registry import COEFFICIENTS
from annotate.errors import StatisticsError
from annotate.sampling import FloatArray, Interval

SURE = 0.95
_END = 1 - 1e-9  # what is asked for instead of 1, which nothing is above


@dataclass(frozen=True)
class Benchmark:
    """A scale: ``names`` of its ranges from low to high, and the ``cuts`` between them."""

    title: str
    names: tuple[str, ...]
    cuts: tuple[float, ...]

    @property
    def columns(self) -> list[str]:
        """The columns of the membership probabilities, from low to high."""
        return ["p_" + name.lower().replace(" ", "_") for name in self.names]

    def memberships(self, below: FloatArray) -> FloatArray:
        """How likely each range is (n x ranges), of the chances to be below -1, each cut and 1 (n x cuts + 2)."""
        inside = np.diff(below, axis=1)
        whole = inside.sum(axis=1, keepdims=True)
        return np.asarray(inside / np.where(whole > 0, whole, np.nan), dtype=float)

    def named(self, memberships: FloatArray) -> list[tuple[str | None, float]]:
        """The range of each, and how likely it is to be in this or a higher one; None and NaN without chances."""
        found: list[tuple[str | None, float]] = []
        for row in memberships:
            at_least = np.cumsum(row[::-1])[::-1]
            if np.isnan(at_least).any():
                found.append((None, float("nan")))
                continue
            place = int(np.flatnonzero(at_least >= SURE - 1e-12)[-1])
            found.append((self.names[place], float(at_least[place])))
        return found


BENCHMARKS: dict[str, Benchmark] = {
    "landis_koch": Benchmark(
        "Landis & Koch 1977",
        ("Poor", "Slight", "Fair", "Moderate", "Substantial", "Almost perfect"),
        (0.0, 0.2, 0.4, 0.6, 0.8),
    ),
    "altman": Benchmark(
        "Altman 1991", ("Poor", "Fair", "Moderate", "Good", "Very good"), (0.2, 0.4, 0.6, 0.8)
    ),
    "fleiss": Benchmark("Fleiss 1981", ("Poor", "Intermediate to good", "Excellent"), (0.4, 0.75)),
}


def benchmark_of(name: str) -> Benchmark:
    """The scale of that name.

    Raises
    ------
    StatisticsError
        If there is none.

    """
    if name not in BENCHMARKS:
        raise StatisticsError(f"benchmark {name!r} is not known; there are {', '.join(BENCHMARKS)}")
    return BENCHMARKS[name]


def thresholds(interval: Interval, scale: Benchmark) -> tuple[float, ...]:
    """What :func:`~annotate.agreement.measure` has to be asked for: what was asked, the cuts and the ends."""
    return tuple(dict.fromkeys((*interval.below, -_END, *scale.cuts, _END)))


def with_benchmark(frame: pd.DataFrame, scale: Benchmark, asked: Sequence[float] = ()) -> pd.DataFrame:
    """Add what a scale says of each coefficient that is corrected for chance.

    Parameters
    ----------
    frame
        Of :func:`~annotate.agreement.measure` with :func:`thresholds`.
    scale
        One of :data:`BENCHMARKS`.
    asked
        The thresholds that the user asked for; the columns of the others are taken away.

    Returns
    -------
    DataFrame
        With benchmark (the highest range that the coefficient is in or above with 95 %), benchmark_p (how likely that
        is), and a column for each range, such as ``p_moderate``, before n_items; None and NaN where there is no interval.

    """
    below = [f"p_below_{cut:g}" for cut in (-_END, *scale.cuts, _END)]
    chances = frame[below].to_numpy(dtype=float, copy=True)
    corrected = frame["coefficient"].map(
        lambda name: name in COEFFICIENTS and COEFFICIENTS[name].chance_corrected
    )
    chances[~corrected.to_numpy(dtype=bool)] = np.nan
    likely = scale.memberships(chances)
    named = scale.named(likely)
    kept = {f"p_below_{cut:g}" for cut in asked}
    found = frame.drop(columns=[name for name in below if name not in kept])
    place = list(found.columns).index("n_clusters" if "n_clusters" in found.columns else "n_items")
    found.insert(place, "benchmark", pd.Series([name for name, _ in named], found.index, dtype=object))
    found.insert(place + 1, "benchmark_p", [chance for _, chance in named])
    for number, column in enumerate(scale.columns):
        found.insert(place + 2 + number, column, likely[:, number].tolist())
    return found


def convention(scale: Benchmark) -> str:
    """What a benchmark is, to stand below a table."""
    return (
        f"benchmark: {scale.title}, the highest range in or above which the coefficient lies with 95 % (Gwet 2014, ch. 6); "
        "a convention, not a verdict: the ranges were set by judgement"
    )
