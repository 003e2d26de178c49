"""The sampling variance of a coefficient for many samples of items at once, by linearisation.

What one more item of a pattern does to a coefficient is its influence; the variance of the coefficient is
the sum of the squared influences of the items, as far as they differ from their mean (the infinitesimal
jackknife; Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 21). The influence is a numerical
derivative, so it serves every coefficient.

To take the derivative towards each pattern is slow where there are hundreds. But a coefficient that goes by
counts rests on few sums over items (of agreeing pairs, of ratings in each category), and an item moves it
by what it adds to each of these. So the influences of all patterns follow, linearly and always in the same
way, from those of as many patterns as there are such sums. Which patterns these are, and how the others
follow, is found once for a coefficient and a table.
"""

from dataclasses import dataclass

import numpy as np

from annotate.agreement._estimate import CELLS, sampled
from annotate.agreement.registry import Coefficient
from annotate.counts.patterns import FloatArray, IntArray, Patterns
from annotate.counts.units import Units

_STEP = 1e-5  # of all items; the derivative is off by about as much of itself
_NOTHING_LEFT = 3e-5  # of the largest influence
_FEW_PATTERNS, _PROBES, _SPARE = 24, 32, 4


@dataclass(frozen=True, eq=False)
class Influence:
    """How to have a coefficient and its variance for samples of the items of some patterns.

    The influences towards the patterns ``leading`` (Q,), times ``follow`` (Q x P), are those of all;
    without them, each is taken.
    """

    coefficient: Coefficient
    patterns: Patterns
    leading: IntArray | None = None
    follow: FloatArray | None = None

    def values_and_variances(self, samples: FloatArray) -> tuple[FloatArray, FloatArray]:
        """A coefficient and its variance in each sample (samples x U of units), both NaN where it is undefined.

        Units with an item that can be paired and units without are strata of their own, as in the bootstrap. A
        unit alone in its stratum has no variance to show and adds none.
        """
        values, variances = np.empty(len(samples)), np.empty(len(samples))
        n_patterns, units = len(self.patterns.n), self.patterns.units
        held = max(samples.shape[1], n_patterns if self.leading is None else len(self.leading))
        size = max(1, CELLS // n_patterns // held)
        for start in range(0, len(samples), size):
            chunk = samples[start : start + size]
            of_chunk = slice(start, start + len(chunk))
            items = units.items(chunk)
            values[of_chunk] = sampled(self.coefficient, self.patterns, items).value
            influences = self._influences(items, values[of_chunk])
            variances[of_chunk] = _variances(units, chunk, units.of_each(influences))
        return values, variances

    def _influences(self, samples: FloatArray, values: FloatArray) -> FloatArray:
        """The influence of each pattern (samples x P); what a sample lacks may have any."""
        if self.leading is None or self.follow is None:
            found = np.zeros_like(samples)
            sample, pattern = np.nonzero(samples > 0)
            found[sample, pattern] = _derivatives(
                self.coefficient, self.patterns, samples, values, sample, pattern
            )
            return found
        sample = np.repeat(np.arange(len(samples)), len(self.leading))
        pattern = np.tile(self.leading, len(samples))
        led = _derivatives(self.coefficient, self.patterns, samples, values, sample, pattern)
        return np.asarray(led.reshape(len(samples), -1) @ self.follow, dtype=float)


def influence(coefficient: Coefficient, patterns: Patterns) -> Influence:
    """Look which patterns lead, if few do; those of who chose what are taken one by one."""
    n_patterns = len(patterns.n)
    if coefficient.takes != "counts" or n_patterns <= _FEW_PATTERNS or coefficient.unfit(patterns):
        return Influence(coefficient, patterns)
    rng, probes = np.random.default_rng(0), _PROBES
    while 2 * probes <= n_patterns:
        samples = patterns.n * rng.exponential(size=(probes, n_patterns)) ** 2
        values = sampled(coefficient, patterns, samples).value
        found = np.array(
            [
                _derivatives(
                    coefficient,
                    patterns,
                    samples[[probe]],
                    values[[probe]],
                    np.zeros(n_patterns, dtype=np.int64),
                    np.arange(n_patterns),
                )
                for probe in range(probes)
            ]
        )
        if np.isnan(found).any():
            break
        leading = _independent(found)
        if len(leading) + _SPARE <= probes:
            follow = np.linalg.lstsq(found[:, leading], found, rcond=None)[0]
            return Influence(coefficient, patterns, leading, follow)
        probes *= 2
    return Influence(coefficient, patterns)


def _derivatives(
    coefficient: Coefficient,
    patterns: Patterns,
    samples: FloatArray,
    values: FloatArray,
    sample: IntArray,
    pattern: IntArray,
) -> FloatArray:
    """The derivative of the coefficient in a sample by the items of a pattern, for each such pair."""
    step = _STEP * samples.sum(axis=1)[sample]
    moved = samples[sample]
    moved[np.arange(len(moved)), pattern] += step
    return np.asarray((sampled(coefficient, patterns, moved).value - values[sample]) / step, dtype=float)


def _independent(columns: FloatArray) -> IntArray:
    """Columns of which the others are combinations: each the one that those before leave most of."""
    left = columns.copy()
    chosen: list[int] = []
    enough = _NOTHING_LEFT * np.linalg.norm(columns, axis=0).max()
    while len(chosen) < min(columns.shape):
        sizes = np.linalg.norm(left, axis=0)
        column = int(sizes.argmax())
        if sizes[column] <= enough:
            break
        chosen.append(column)
        direction = left[:, column] / sizes[column]
        left -= np.outer(direction, direction @ left)
    return np.array(chosen, dtype=np.int64)


def _variances(units: Units, samples: FloatArray, influences: FloatArray) -> FloatArray:
    variances = np.zeros(len(samples))
    for members in units.strata:
        items, of = samples[:, members], influences[:, members]
        n = items.sum(axis=1)
        mean = (items * of).sum(axis=1) / np.maximum(n, 1.0)
        squares = (items * (of - mean[:, None]) ** 2).sum(axis=1)
        variances += np.where(n > 1, squares * n / np.maximum(n - 1, 1.0), 0.0)
    return variances
