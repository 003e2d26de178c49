"""How many more items until an interval is as narrow as it is wished to be.

The items that were rated stand for those that will be. A study of n items is drawn from them with
replacement, which is a multinomial over their patterns, and again and again; the middle of the
coefficient's values, say 95 %, is as wide as the percentile interval of such a study can be expected to
be. Half of that width falls nearly with the square root of n, but not quite where items are few, so it is
not extrapolated but simulated at the present number of items, at twice that, four times, and so on, until
it is below the target; in between, its logarithm is taken as linear in that of n.

"Items" are items with two ratings or more: those with one do not narrow an interval. They come along in
the present proportion, since the prevalence in AC1 rests on them too.

A plan is as good as the items it starts from: with few, or with one category nearly always, further items
may look otherwise (see :func:`annotate.agreement.cautions`).

Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 25.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement._cautions import caution
from annotate.agreement._estimate import CELLS, sampled
from annotate.agreement.registry import Coefficient, select
from annotate.agreement.rows import tidy
from annotate.codebook.scale import Scale
from annotate.counts.groups import group_columns, tally_patterns
from annotate.counts.patterns import PAIR, FloatArray, Patterns
from annotate.counts.units import of_items
from annotate.errors import StatisticsError
from annotate.sampling import Interval, generator, percentiles

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


@dataclass(frozen=True)
class Plan:
    """What it takes to have a coefficient's interval no wider than twice ``target``.

    ``half_width`` is that of the present items; ``items_needed`` are items with two ratings or more in
    all, the present ones among them, and ``items_more`` those still to come: 0 where the target is met.
    Both are None, and ``undefined`` says why, where nothing can be planned.
    """

    coefficient: str
    value: float
    half_width: float
    target: float
    items_needed: int | None
    items_more: int | None
    undefined: str | None


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
        The percentile interval that is aimed at, its replicates being how many studies are simulated of each
        size. With 5000 the number of items is right to about 5 %. With one seed a narrower target never takes
        fewer items.

    Returns
    -------
    DataFrame
        One row for each group and variable: source (None for the whole table), further ``by`` columns,
        variable, level, coefficient, n_pairable_items (now), value, half_width (now), target,
        items_needed and items_more (with two ratings or more; see :class:`Plan`),
        caution (against planning from these items, or None), undefined.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.agreement.measure`; and if the target is not between 0 and 1, or the
        replicates are too few to tell a width.

    """
    asked = _one(coefficient)
    check_target(half_width, interval.over_items())
    columns, who = group_columns(by), asked.takes == "assignments"
    rows: list[tuple[Group, dict[str, object]]] = []
    for groups in tally_patterns(ratings, by=columns, scales=scales, assignments=who):
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
                "caution": caution(one.patterns).text,
            }
            rows.append((one.group, {**shared, **asdict(found)}))
    return tidy(rows, columns, COLUMNS)


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
    items = patterns.n_pairable_items
    now = nan
    if undefined is None:
        undefined = TOO_FEW if items < PAIR else None
    if undefined is None:
        now = simulated_half_width(patterns, coefficient, items, interval, rng.spawn(1)[0])
        undefined = NO_REPLICATE if np.isnan(now) else NO_VARIATION if now < _NO_WIDTH else None
    if undefined is not None:
        return Plan(coefficient.name, value, now, half_width, None, None, undefined)
    doubled = (
        (size, simulated_half_width(patterns, coefficient, size, interval, rng.spawn(1)[0]))
        for size in (items * 2**step for step in count(1))
    )
    needed = _first_within(half_width, (items, now), doubled)
    if needed is None:
        return Plan(coefficient.name, value, now, half_width, None, None, TOO_MANY)
    return Plan(coefficient.name, value, now, half_width, needed, needed - items, None)


def simulated_half_width(
    patterns: Patterns,
    coefficient: Coefficient,
    items: int,
    interval: Interval,
    rng: np.random.Generator,
) -> float:
    """Half the width of the middle of a coefficient over studies of so many items.

    ``items`` have two ratings or more; items with one come along in the present proportion. Studies in
    which the coefficient is undefined are left out; NaN if it is in all.
    """
    values = [
        sampled(coefficient, patterns, samples).value
        for samples in _studies(patterns, items, interval.replicates, rng)
    ]
    low, high = percentiles(np.concatenate(values), interval.confidence)
    return (high - low) / 2


def _studies(patterns: Patterns, items: int, number: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Studies of other sizes, in chunks (samples x P) of items a pattern."""
    pairable, single = of_items(patterns.n, patterns.ratings).strata
    now = int(patterns.n[pairable].sum())
    sizes = (items, round(int(patterns.n[single].sum()) * items / now))
    streams = rng.spawn(len(sizes))
    chunk = max(1, CELLS // len(patterns.n))
    for start in range(0, number, chunk):
        samples = np.zeros((min(chunk, number - start), len(patterns.n)))
        for members, size, stream in zip((pairable, single), sizes, streams, strict=True):
            if size:
                n = patterns.n[members]
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
