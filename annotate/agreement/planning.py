"""How many more items until an interval is as narrow as it is wished to be.

The items that were rated stand for those that will be. A study of n items is drawn from them with
replacement, which is a multinomial over their patterns, and again and again; the middle of the
coefficient's values, say 95 %, is as wide as the percentile interval of such a study can be expected to
be. Half of that width falls nearly with the square root of n, but not quite where items are few, so it is
not extrapolated but simulated at the present number of items, at twice that, four times, and so on, until
it is below the target; in between, its logarithm is taken as linear in that of n.

"Items" are items with two ratings or more: those with one do not narrow an interval. They come along in
the present proportion, since the prevalence in AC1 rests on them too.

Where documents are known, a study is so many documents, drawn whole as the present ones are, with as many items a
document in the mean. The half-width is then that of the jackknife over documents on the scale of
``log(1 - coefficient)``, whose quantile of t is wider where documents are few, and the variance of so many
documents is taken for that of a sample of them, ``G / (G - 1)`` times the one within it.

A plan is as good as the items it starts from: with few, or with one category nearly always, further items
may look otherwise (see :func:`annotate.agreement.cautions`).

Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 25.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement._cautions import caution
from annotate.agreement._compare import with_chosen
from annotate.agreement._estimate import CELLS, sampled
from annotate.agreement.registry import Coefficient, chosen_cells, select
from annotate.agreement.rows import tidy
from annotate.codebook.scale import Scale
from annotate.counts.groups import group_columns, tally_patterns
from annotate.counts.patterns import PAIR, FloatArray, Patterns
from annotate.counts.units import Units
from annotate.errors import StatisticsError
from annotate.sampling import Interval, generator, percentiles, t_quantile

if TYPE_CHECKING:
    from annotate.counts.table import Group

TOO_FEW = "fewer than two items have two ratings"
NO_VARIATION = "the items do not vary in it, so nothing says how wide an interval would be"
TOO_MANY = "more than 1e12 items would be needed"
NO_REPLICATE = "it is undefined in every simulated study"
FEWEST_REPLICATES = 100
_MOST_ITEMS = 10**12
_NO_WIDTH = 1e-12

COLUMNS = {
    **dict.fromkeys(("variable", "level", "coefficient"), "object"),
    "n_pairable_items": "int64",
    **dict.fromkeys(("value", "half_width", "target"), "float64"),
    **dict.fromkeys(("items_needed", "items_more"), "Int64"),
    "caution": "object",
    "undefined": "object",
}
CLUSTERED = dict.fromkeys(("n_clusters", "clusters_needed", "clusters_more"), "Int64")


@dataclass(frozen=True)
class Plan:
    """What it takes to have a coefficient's interval no wider than twice ``target``.

    ``half_width`` is that of the present items; ``items_needed`` are items with two ratings or more in
    all, the present ones among them, and ``items_more`` those still to come: 0 where the target is met.
    Both are None, and ``undefined`` says why, where nothing can be planned. ``clusters_needed`` and
    ``clusters_more`` are the same in clusters, where these are drawn.
    """

    coefficient: str
    value: float
    half_width: float
    target: float
    items_needed: int | None
    items_more: int | None
    undefined: str | None
    clusters_needed: int | None = None
    clusters_more: int | None = None


def plan(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    half_width: float,
    by: str | Sequence[str] = (),
    coefficient: str = "krippendorff_alpha",
    interval: Interval = Interval(replicates=5000),
) -> pd.DataFrame:
    """Plan how many more items an interval of a given half-width takes, at the present design.

    Parameters
    ----------
    ratings, scales, by
        As for :func:`~annotate.agreement.measure`.
    half_width
        The target: an interval from .70 to .80 has a half-width of .05.
    coefficient
        The name of one.
    interval
        How many studies are simulated of each size (its replicates), and what is drawn: documents where they are
        known, with the jackknife on the log scale as what is aimed at; items otherwise, with the percentile
        interval. With 5000 the number of items is right to about 5 %. With one seed a narrower target never takes
        fewer items.

    Returns
    -------
    DataFrame
        One row for each group and variable: source (None for the whole table), further ``by`` columns,
        variable, level, coefficient (weights and distance behind it as :func:`~annotate.agreement.measure` has
        them), n_pairable_items (now), value, half_width (now), target,
        items_needed and items_more (with two ratings or more; see :class:`Plan`), where documents are drawn
        n_clusters, clusters_needed and clusters_more,
        caution (against planning from these items, or None), undefined.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.agreement.measure`; and if the target is not between 0 and 1, or the
        replicates are too few to tell a width.

    """
    asked = _one(coefficient)
    check_target(half_width, interval.with_annotators_fixed())
    columns, who = group_columns(by), asked.takes == "assignments"
    rows: list[tuple[Group, dict[str, object]]] = []
    tallied = tally_patterns(ratings, by=columns, scales=scales, assignments=who, cluster=interval.cluster)
    clustered = False
    for groups in tallied:
        for one in groups:
            found = plan_patterns(
                one.of(asked.takes),
                asked,
                half_width=half_width,
                interval=interval,
                rng=generator(interval.seed, "plan", one.variable, one.names),
            )
            shared = {
                "variable": one.variable,
                "level": one.patterns.level,
                "n_pairable_items": one.patterns.n_pairable_items,
                "n_clusters": None if one.patterns.clusters is None else one.patterns.clusters.number,
                "caution": caution(one.patterns).text,
            }
            clustered |= one.patterns.clusters is not None
            chosen = chosen_cells(asked.name, one.patterns.scale)
            rows.append((one.group, {**shared, **asdict(found), **chosen}))
    before = {"items_needed": CLUSTERED} if clustered else {}
    kinds = {
        name: kind
        for column in COLUMNS
        for name, kind in (*before.get(column, {}).items(), (column, COLUMNS[column]))
    }
    return tidy(rows, columns, with_chosen(kinds, [asked], scales))


def _one(coefficient: str) -> Coefficient:
    chosen = select(coefficient)
    if len(chosen) != 1:
        raise StatisticsError(f"coefficient {coefficient!r}: a plan is for one; say which, such as gwet_ac1")
    return chosen[0]


def check_target(half_width: float, interval: Interval) -> None:
    """Refuse a target, or a number of replicates, that make no sense."""
    if not 0 < half_width < 1:
        raise StatisticsError(f"half-width: {half_width} is not between 0 and 1; 0.05 is usual")
    if interval.replicates < FEWEST_REPLICATES:
        raise StatisticsError(
            f"replicates: {interval.replicates} are too few to tell the width of an interval; "
            f"say {FEWEST_REPLICATES} or more"
        )


def plan_patterns(
    patterns: Patterns,
    coefficient: Coefficient,
    *,
    half_width: float,
    interval: Interval = Interval(replicates=5000),
    rng: np.random.Generator,
) -> Plan:
    """Plan from the patterns of one group; see :func:`plan`."""
    nan = float("nan")
    unfit = coefficient.unfit(patterns)
    if unfit:
        return Plan(coefficient.name, nan, nan, half_width, None, None, unfit)
    settled = sampled(coefficient, patterns, patterns.n[None, :].astype(float))
    value, undefined = float(settled.value[0]), settled.undefined[0]
    units, items = patterns.units.drawable(), patterns.n_pairable_items
    now = nan
    if undefined is None:
        undefined = TOO_FEW if units.number < PAIR else None
    if undefined is None:
        now = simulated_half_width(patterns, coefficient, units.number, interval, rng.spawn(1)[0])
        undefined = NO_REPLICATE if np.isnan(now) else NO_VARIATION if now < _NO_WIDTH else None
    if undefined is not None:
        return Plan(coefficient.name, value, now, half_width, None, None, undefined)
    doubled = (
        (size, simulated_half_width(patterns, coefficient, size, interval, rng.spawn(1)[0]))
        for size in (units.number * 2**step for step in count(1))
    )
    needed = _first_within(half_width, (units.number, now), doubled)
    if needed is None:
        return Plan(coefficient.name, value, now, half_width, None, None, TOO_MANY)
    if units.rows is None:
        return Plan(coefficient.name, value, now, half_width, needed, needed - items, None)
    in_items = math.ceil(needed * items / units.number)
    more = needed - units.number
    return Plan(coefficient.name, value, now, half_width, in_items, in_items - items, None, needed, more)


def simulated_half_width(
    patterns: Patterns,
    coefficient: Coefficient,
    number: int,
    interval: Interval,
    rng: np.random.Generator,
) -> float:
    """Half the width of the interval of a coefficient that studies of so many items, or clusters, have.

    ``number`` are items with two ratings or more, or clusters with such an item; those with single ratings come
    along in the present proportion. Over items it is half of the middle of the coefficient over studies, over
    clusters that of the interval on the log scale. Studies in which the coefficient is undefined are left out; NaN
    if it is in all.
    """
    units = patterns.units.drawable()
    values = [
        sampled(coefficient, patterns, units.items(samples)).value
        for samples in _studies(units, number, interval.replicates, rng)
    ]
    low, high = percentiles(np.concatenate(values), interval.confidence)
    half = (high - low) / 2
    if units.rows is None or math.isnan(half):
        return half
    tail = (1 + interval.confidence) / 2
    degrees = max(1.0, units.effective * number / units.number - 1)
    reach = t_quantile(tail, degrees) / NormalDist().inv_cdf(tail)
    within = math.sqrt(units.number / (units.number - 1))
    whole = sampled(coefficient, patterns, patterns.n[None, :].astype(float))
    rest = 1 - float(whole.value[0])
    return rest * math.sinh(min(half * within * reach / rest, 700.0)) if rest > 0 else half


def _studies(units: Units, number: int, replicates: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Studies of other sizes, in chunks (samples x U) of units of each row."""
    pairable, single = units.strata
    sizes = (number, round(int(units.n[single].sum()) * number / units.number))
    streams = rng.spawn(len(sizes))
    chunk = max(1, CELLS // max(len(units.n), len(units.ratings)))
    for start in range(0, replicates, chunk):
        samples = np.zeros((min(chunk, replicates - start), len(units.n)))
        for members, size, stream in zip((pairable, single), sizes, streams, strict=True):
            if size:
                n = units.n[members]
                samples[:, members] = stream.multinomial(size, n / n.sum(), size=len(samples))
        yield samples


def _first_within(target: float, now: tuple[int, float], later: Iterator[tuple[int, float]]) -> int | None:
    """The number of items at which the half-width comes down to the target; None if there is no end.

    ``now`` and each of ``later`` are a number of items and its half-width. Which sizes are looked at does
    not depend on the target, so a narrower one never takes fewer items.
    """
    before, wide = now
    for size, width in later:
        if width <= target:
            if wide <= target:
                return before
            share = np.log(wide / target) / np.log(wide / width)
            return int(np.ceil(before * (size / before) ** share))
        if size > _MOST_ITEMS:
            return None
        before, wide = size, width
    return None
