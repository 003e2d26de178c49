"""Intraclass correlations: how much of the variance of numbers is between items.

Six forms (McGraw & Wong 1996, Psychological Methods 1, pp. 30-46; Shrout & Fleiss 1979, Psychological Bulletin 86,
pp. 420-428). Who rates is of no matter in ICC(1), as if each item had annotators of its own; ICC(A) asks for the same
numbers, so that annotators who rate higher throughout lower it; ICC(C) asks for the same order and distances only.
The second sign says of what: 1 of one rating, k of the mean of an item's ratings.

Where every annotator rated every item the intervals are those of the F distribution, from both papers. Elsewhere the
components of the variance come from Henderson's (1953, Biometrics 9, pp. 226-252) first method, with which all annotators
are random, and for ICC(C) from his third, with fixed ones; both are what Gwet (2021, Handbook of Inter-Rater Reliability,
5th ed., vol. 2) computes, and both are the analysis of variance where nothing is missing. k is then the harmonic mean
of the ratings of an item (ten Hove, Jorgensen & van der Ark 2024, Psychological Methods 29, pp. 967-979), and the interval is
a jackknife over items, or over documents, on the scale of ``log(1 - ICC)``.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame
from scipy import sparse

from annotate.agreement.intervals import Limits, around_log
from annotate.agreement.result import NOTHING_PAIRABLE
from annotate.agreement.rows import tidy
from annotate.codebook.scale import Scale
from annotate.counts.distance import numbers
from annotate.counts.groups import group_columns
from annotate.counts.judgements import Judgements, judgements
from annotate.counts.units import counted
from annotate.errors import StatisticsError
from annotate.sampling import FloatArray, IntArray, Interval

if TYPE_CHECKING:
    from annotate.counts.table import Group

FORMS: Mapping[str, tuple[str, str]] = {
    "ICC(1,1)": ("one rating", "annotators differ by item"),
    "ICC(A,1)": ("one rating", "same numbers, any annotators"),
    "ICC(C,1)": ("one rating", "same order and distances"),
    "ICC(1,k)": ("mean of k", "annotators differ by item"),
    "ICC(A,k)": ("mean of k", "same numbers, any annotators"),
    "ICC(C,k)": ("mean of k", "same order and distances"),
}
"""The forms, of what each is, and what it asks for."""

NUMERIC = ("interval", "ratio")
NO_NUMBERS = "an intraclass correlation needs numbers: level interval or ratio"
FEW_ITEMS, ONE_ANNOTATOR = "fewer than two items have two ratings", "only one annotator rated them"
APART = "the annotators do not all share items with each other, directly or by others"
NO_VARIANCE = "the numbers do not vary"
_CELLS = 2**22
_TWO = 2

COLUMNS = {
    **dict.fromkeys(("variable", "level", "form", "of", "asks_for"), "object"),
    **dict.fromkeys(("value", "ci_low", "ci_high"), "float64"),
    "interval": "object",
    **dict.fromkeys(("var_items", "var_annotators", "var_error", "k"), "float64"),
    **dict.fromkeys(("n_items", "n_pairable_items", "n_ratings", "n_annotators"), "int64"),
    "undefined": "object",
}


@dataclass(frozen=True, eq=False)
class Sums:
    """What the components of the variance follow from, for one sample of items or for many (S, ...).

    ``n`` and ``squares`` are how many ratings there are and the sum of their squares; ``items`` how many items,
    ``of_items`` the sum of their squared totals over their ratings, ``ratings_squared`` of their squared numbers of
    ratings, ``inverse`` of their inverses; ``total`` and ``number`` (S, A) are of each annotator; ``shared`` (S, A, A)
    is the sum over items of the product of the ratings by two annotators over those of the item, ``centred`` (S, A)
    of ratings less the item's mean; ``cells`` (S, A) is the sum of the squared numbers of ratings of an item by one.
    """

    n: FloatArray
    squares: FloatArray
    items: FloatArray
    of_items: FloatArray
    ratings_squared: FloatArray
    inverse: FloatArray
    total: FloatArray
    number: FloatArray
    shared: FloatArray
    centred: FloatArray
    cells: FloatArray

    def less(self, other: "Sums") -> "Sums":
        """Of what is left when some is taken away."""
        return Sums(*(one - two for one, two in zip(vars(self).values(), vars(other).values(), strict=True)))

    def values(self) -> FloatArray:
        """The six forms, components and k (S, 10): see :data:`FORMS`; then items, annotators, error, k."""
        n, items, people = self.n, self.items, (self.number > 0).sum(axis=-1).astype(float)
        k = items / self.inverse
        k_items = self.ratings_squared / n
        grand = self.total.sum(axis=-1)
        mean = grand**2 / n
        # one way
        within = (self.squares - self.of_items) / (n - items)
        between = (self.of_items - mean - (items - 1) * within) / (n - k_items)
        # two ways, annotators random
        by_people = np.where(self.number > 0, self.total**2 / np.maximum(self.number, 1), 0.0).sum(axis=-1)
        k_people = (self.number**2).sum(axis=-1) / n
        in_items = np.trace(self.shared, axis1=-2, axis2=-1)
        in_people = np.where(self.number > 0, self.cells / np.maximum(self.number, 1), 0.0).sum(axis=-1)
        left = np.stack(
            [
                np.stack([n - k_items, in_items - k_people, items - 1], axis=-1),
                np.stack([in_people - k_items, n - k_people, people - 1], axis=-1),
                np.stack([n - k_items, n - k_people, n - 1], axis=-1),
            ],
            axis=-2,
        )
        right = np.stack([self.of_items - mean, by_people - mean, self.squares - mean], axis=-1)
        item, person, error = np.moveaxis(np.linalg.solve(left, right[..., None])[..., 0], -1, 0)
        # annotators fixed
        absorbed = np.eye(self.number.shape[-1]) * self.number[..., None] - self.shared
        fitted = np.linalg.pinv(absorbed, hermitian=True) @ self.centred[..., None]
        both = self.of_items + (self.centred * fitted[..., 0]).sum(axis=-1)
        alone = (self.squares - both) / (n - items - people + 1)
        steady = (both - by_people - (items - 1) * alone) / (n - in_people)
        return np.stack(
            [
                between / (between + within),
                item / (item + person + error),
                steady / (steady + alone),
                between / (between + within / k),
                item / (item + (person + error) / k),
                steady / (steady + alone / k),
                item,
                person,
                error,
                k,
            ],
            axis=-1,
        )


def sums(item: IntArray, annotator: IntArray, number: FloatArray, people: int, unit: IntArray) -> Sums:
    """The sums of each unit (U, ...), of the item, annotator and number of each rating (n,).

    ``unit`` is of each item. An annotator may have rated an item more than once.
    """
    size = int(item.max()) + 1
    ones = np.ones(len(item))
    made = sparse.csr_array((ones, (item, annotator)), shape=(size, people)).toarray()
    ratings, totals = made.sum(axis=1), np.bincount(item, number, size)
    units = int(unit.max()) + 1

    def of_unit(values: "FloatArray | IntArray") -> FloatArray:
        table = sparse.csr_array((np.ones(size), (unit, np.arange(size))), shape=(units, size))
        return np.asarray(table @ values, dtype=float)

    cell = sparse.csr_array((number, (item, annotator)), shape=(size, people)).toarray()
    weighed = made / ratings[:, None]
    pairs = of_unit((weighed[:, :, None] * made[:, None, :]).reshape(size, -1))
    return Sums(
        of_unit(ratings),
        of_unit(np.bincount(item, number**2, size)),
        of_unit(np.ones(size)),
        of_unit(totals**2 / ratings),
        of_unit(ratings**2),
        of_unit(1 / ratings),
        of_unit(cell),
        of_unit(made),
        pairs.reshape(units, people, people),
        of_unit(cell - weighed * totals[:, None]),
        of_unit(made**2),
    )


def whole(of_units: Sums) -> Sums:
    """The sums of all units together (1, ...)."""
    return Sums(*(one.sum(axis=0, keepdims=True) for one in vars(of_units).values()))


def f_limits(values: FloatArray, items: int, people: int, confidence: float) -> list[tuple[float, float]]:
    """The limits of the six forms of a complete table, from its mean squares (McGraw & Wong 1996, table 7).

    ``values`` is a row of :meth:`Sums.values`.
    """
    from scipy.special import fdtri

    def f(high: float, low: float) -> float:
        return float(fdtri(high, low, (1 + confidence) / 2))

    item, person, error = (float(one) for one in values[6:9])
    n, k = items, people
    rows, columns = error + k * item, error + n * person
    within = (columns * (k - 1) + error * (n - 1) * (k - 1)) / (n * (k - 1))
    ratio = rows / within if within else math.inf
    one = (ratio / f(n - 1, n * (k - 1)), ratio * f(n * (k - 1), n - 1))
    ratio = rows / error if error > 0 else math.inf
    consistent = (ratio / f(n - 1, (n - 1) * (k - 1)), ratio * f((n - 1) * (k - 1), n - 1))
    single: list[tuple[float, float]] = [_single(one, k), (math.nan, math.nan), _single(consistent, k)]
    rho = float(values[1])
    if rho < 1:
        a, b = k * rho / (n * (1 - rho)), 1 + k * rho * (n - 1) / (n * (1 - rho))
        spread = (a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
        v = (a * columns + b * error) ** 2 / spread
        low, high = f(n - 1, v), f(v, n - 1)
        rest = k * columns + (k * n - k - n) * error
        single[1] = (
            n * (rows - low * error) / (low * rest + n * rows),
            n * (high * rows - error) / (rest + n * high * rows),
        )
    return [*single, *(tuple(k * end / (1 + (k - 1) * end) for end in ends) for ends in single)]  # type: ignore[list-item]


def _single(ratios: tuple[float, float], k: int) -> tuple[float, float]:
    low, high = ((one - 1) / (one + k - 1) if math.isfinite(one) else 1.0 for one in ratios)
    return low, high


def icc(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Compute the intraclass correlations of every variable whose categories are numbers.

    Items with two ratings or more count, as for alpha.

    Parameters
    ----------
    ratings, scales, by
        As for :func:`~annotate.agreement.measure`.
    interval
        ``auto`` is that of the F distribution where every annotator rated every item and items are drawn, and elsewhere
        a jackknife over items, or over documents where they are known; ``log_jackknife`` always the latter;
        ``none`` none.

    Returns
    -------
    DataFrame
        Six rows for each group and variable, by :data:`FORMS`: source (None for the whole table), further ``by``
        columns, variable, level, form, of, asks_for, value, ci_low, ci_high, interval, var_items, var_annotators,
        var_error (components of the variance; an estimate may be below 0), k, n_items, n_pairable_items, n_ratings and
        n_annotators (of the pairable items), undefined.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.agreement.measure`; and if an interval is of another kind.

    """
    if interval.kind not in ("auto", "log_jackknife", "none"):
        raise StatisticsError(
            f"interval: {interval.kind} is not available for an ICC; say auto, log_jackknife or none"
        )
    columns = group_columns(by)
    rows: list[tuple[Group, dict[str, object]]] = []
    for judged in judgements(ratings, scales=scales, by=columns, cluster=interval.cluster):
        for place, group in enumerate(judged.groups):
            of = np.flatnonzero(judged.group == place)
            rows += [(group, row) for row in _rows(judged, of, interval)]
    return tidy(rows, columns, COLUMNS)


def _rows(judged: Judgements, of: IntArray, interval: Interval) -> Iterator[dict[str, object]]:
    sizes = np.bincount(judged.unit[of])
    paired = of[sizes[judged.unit[of]] >= _TWO]
    item = np.unique(judged.unit[paired], return_inverse=True)[1]
    annotator = np.unique(judged.annotator[paired], return_inverse=True)[1]
    n_items, people = len(set(item.tolist())), len(set(annotator.tolist()))
    values: FloatArray = np.full(10, np.nan)
    limits: list[Limits] = [Limits()] * len(FORMS)
    undefined: str | None = None
    if judged.level not in NUMERIC:
        undefined = NO_NUMBERS
    elif not len(paired):
        undefined = NOTHING_PAIRABLE
    elif n_items < _TWO:
        undefined = FEW_ITEMS
    else:
        found = _scaled(numbers(judged.categories))[judged.category[paired]]
        cluster = None if judged.cluster is None else _clusters(item, judged.cluster[paired])
        noun = judged.clustered_by
        values, limits, undefined = _found(item, annotator, found, people, cluster, noun, interval)
        spread = float(np.ptp(numbers(judged.categories))) * 2
        values = values * np.array([1.0] * 6 + [spread**2] * 3 + [1.0])
    for place, (form, (of_what, asks)) in enumerate(FORMS.items()):
        limit = limits[place]
        yield {
            "variable": judged.variable,
            "level": judged.level,
            "form": form,
            "of": of_what,
            "asks_for": asks,
            "value": float(values[place]),
            "ci_low": limit.low,
            "ci_high": limit.high,
            "interval": limit.how,
            **dict(zip(("var_items", "var_annotators", "var_error", "k"), values[6:].tolist(), strict=True)),
            "n_items": int(np.count_nonzero(sizes)),
            "n_pairable_items": n_items,
            "n_ratings": len(paired),
            "n_annotators": people,
            "undefined": undefined,
        }


def _scaled(values: FloatArray) -> FloatArray:
    """From 0 to 1, so that squares keep their digits."""
    return np.asarray((values - values.min()) / (float(np.ptp(values)) or 1.0), dtype=float)


def _clusters(item: IntArray, cluster: IntArray) -> IntArray | None:
    """The cluster of each item, or None where there is one alone."""
    of_item = np.zeros(int(item.max()) + 1, dtype=np.int64)
    of_item[item] = np.unique(cluster, return_inverse=True)[1]
    return of_item if int(of_item.max()) else None


def _found(
    item: IntArray,
    annotator: IntArray,
    number: FloatArray,
    people: int,
    cluster: IntArray | None,
    noun: str | None,
    interval: Interval,
) -> tuple[FloatArray, list[Limits], str | None]:
    """Values, limits, and why there are none."""
    nothing, none = np.full(10, np.nan), [Limits()] * len(FORMS)
    if people < _TWO:
        return nothing, none, ONE_ANNOTATOR
    if not np.ptp(number):
        return nothing, none, NO_VARIANCE
    items = int(item.max()) + 1
    unit = np.arange(items) if cluster is None else cluster
    of_units = sums(item, annotator, number, people, unit)
    together = whole(of_units)
    absorbed = np.diag(together.number[0]) - together.shared[0]
    if np.linalg.matrix_rank(absorbed, hermitian=True) < people - 1:
        return nothing, none, APART
    with np.errstate(divide="ignore", invalid="ignore"):
        values = together.values()[0]
        complete = len(item) == items * people
        if interval.kind == "none":
            return values, none, None
        if complete and cluster is None and interval.kind == "auto":
            ends = f_limits(values, items, people, interval.confidence)
            return (
                values,
                [Limits(low, high, "F distribution (McGraw & Wong 1996)") for low, high in ends],
                None,
            )
        left = _without_each(of_units, together)
    over = "items" if cluster is None or noun is None else counted(len(left), noun)
    g = len(left)
    how = f"jackknife over {over} on the scale log(1 - ICC), t with {g - 1} degrees of freedom"
    limits = []
    for value, others in zip(values[:6].tolist(), left.T[:6], strict=True):
        variance = (g - 1) / g * float(((others - others.mean()) ** 2).sum())
        known = math.isfinite(variance) and g > 1 and value < 1
        if known:
            low, high = around_log(value, math.sqrt(variance), g - 1, -math.inf, interval.confidence)
        limits.append(Limits(low, high, how) if known else Limits())
    return values, limits, None


def _without_each(of_units: Sums, together: Sums) -> FloatArray:
    """The values without each unit (U, 10), in chunks."""
    units, people = of_units.number.shape
    size = max(1, _CELLS // people**2)
    chunks = [
        together.less(Sums(*(one[start : start + size] for one in vars(of_units).values()))).values()
        for start in range(0, units, size)
    ]
    return np.concatenate(chunks)
