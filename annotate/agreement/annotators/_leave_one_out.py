"""Each annotator in turn left out: what agreement would be without them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from annotate.agreement._cautions import FEW_CLUSTERS, FEW_DOCUMENTS, ONE_DOCUMENT
from annotate.agreement._estimate import sampled
from annotate.agreement.registry import Coefficient, select
from annotate.agreement.result import Settled
from annotate.agreement.rows import Rows, frame
from annotate.codebook.scale import Scale
from annotate.counts.folds import Folds, folds, limits
from annotate.counts.groups import group_columns
from annotate.counts.judgements import Judgements, judgements
from annotate.counts.patterns import NONE, Assignments, FloatArray, IntArray, Patterns, assign
from annotate.counts.table import Packing
from annotate.sampling import Interval

COLUMNS = ("coefficient", "annotator", "n_ratings", "n_pairable_items", "value", "without", "change", "undefined")  # fmt: skip
LIMITS = ("without_ci_low", "without_ci_high", "change_ci_low", "change_ci_high")
MOST_CELLS = 2**29
"""Above so many annotators times parts times patterns there is no interval: it would take minutes."""
TOO_MANY = "none: too many annotators and patterns"
_TWO = 2
_VALUES = 2**21  # samples x patterns held at a time


def leave_one_out(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    coefficients: str | Sequence[str] = ("krippendorff_alpha",),
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure the agreement of all annotators but one, for each of them.

    Parameters are those of :func:`~annotate.agreement.measure`, and so is what is raised. The interval is a jackknife
    over documents where they are known, over items otherwise: with and without the annotator on the same ones, so that
    the change has one of its own. The annotators are fixed.

    Returns
    -------
    DataFrame
        One row for each group, variable, coefficient and annotator, by name: source (None for the whole
        table), further ``by`` columns, variable, level, coefficient, annotator, n_ratings (theirs),
        n_pairable_items (that are left), value (of all annotators), without (of all but this one),
        change (``without - value``: above 0 if the others agree better among themselves), undefined
        (None, or why ``without`` is NaN), without_ci_low and without_ci_high (over documents on the scale of
        ``log(1 - coefficient)``), change_ci_low and change_ci_high, interval (what they are, or None), n_clusters where
        documents are known, caution (against the intervals, or None).

    """
    chosen, columns = select(coefficients), group_columns(by)
    interval.with_annotators_fixed()
    clustered, parts = False, []
    for judged in judgements(ratings, scales=scales, by=columns, cluster=interval.cluster):
        clustered |= judged.cluster is not None
        for group, rows in enumerate(_rows(judged)):
            present, annotator = np.unique(judged.annotator[rows], return_inverse=True)
            group_of = np.full(len(present), group)
            told = {"annotator": judged.annotators[present], "n_ratings": np.bincount(annotator)}
            left = _leavings(judged, rows, annotator)
            parted = _parted(judged, rows, interval.seed)
            known = None
            if any(one.takes == "assignments" for one in chosen):
                known = _who_chose(judged, rows, annotator)
            for one in chosen:
                found = {**told, "coefficient": np.full(len(present), one.name, dtype=object)}
                who = known if one.takes == "assignments" else None
                changes = _changes(one, left, who)
                spread = _spread(one, left, who, parted, changes, interval)
                parts.append(Rows(judged, group_of, {**found, **changes, **spread}))
    beside = (*LIMITS, "interval", *(("n_clusters",) if clustered else ()), "caution")
    return frame(parts, columns, (*COLUMNS, *beside))


@dataclass(frozen=True, eq=False)
class _Leavings:
    """What becomes of the patterns of a group when an annotator leaves.

    For each entry: when ``annotator`` goes, ``n`` items change from pattern ``before`` to ``after``.
    Entries are sorted by annotator, of whom there are ``people``, numbered as their names are sorted. ``pattern`` is
    that of each item, and ``moves`` (judgements x 3) are annotator, pattern before and after of each judgement.
    """

    patterns: Patterns
    people: int
    annotator: IntArray
    before: IntArray
    after: IntArray
    n: IntArray
    pattern: IntArray
    moves: IntArray

    def portions(self) -> Iterator[tuple[slice, FloatArray]]:
        """Items of each pattern without an annotator, one of them a sample; so many annotators at a time."""
        size = max(1, _VALUES // len(self.patterns.n))
        for start in range(0, self.people, size):
            end = min(start + size, self.people)
            low, high = np.searchsorted(self.annotator, [start, end])
            samples = np.tile(self.patterns.n.astype(float), (end - start, 1))
            who = self.annotator[low:high] - start
            np.subtract.at(samples, (who, self.before[low:high]), self.n[low:high])
            np.add.at(samples, (who, self.after[low:high]), self.n[low:high])
            yield slice(start, end), samples

    @cached_property
    def n_pairable_items(self) -> IntArray:
        """Items with two ratings or more without each annotator (A,)."""
        found = [self.patterns.pairable_items(samples) for _, samples in self.portions()]
        return np.concatenate(found).astype(np.int64)


def _rows(judged: Judgements) -> list[IntArray]:
    """The places of the judgements of each group."""
    order = np.argsort(judged.group, kind="stable")
    return np.split(order, np.searchsorted(judged.group[order], np.arange(1, len(judged.groups))))


def _leavings(judged: Judgements, rows: IntArray, annotator: IntArray) -> _Leavings:
    unit, category = pd.factorize(judged.unit[rows])[0], judged.category[rows]
    size = len(judged.categories)
    packing = Packing(size, int(np.bincount(unit).max()) + 1)
    weights = packing.weights
    columns = [np.bincount(unit, weights=weight[category]).astype(np.int64) for weight in weights.T.astype(float)]  # fmt: skip
    pattern = _numbered(columns)
    row = np.unique(pattern, return_index=True)[1]
    packed = np.column_stack([column[row] for column in columns])
    # Of one annotator, what happens to items of one pattern that they put in one category is the same.
    keys, of, n = np.unique(
        (annotator * len(row) + pattern[unit]) * size + category, return_inverse=True, return_counts=True
    )
    who, before = keys // size // len(row), keys // size % len(row)
    distinct, place = np.unique(
        np.concatenate([packed, packed[before] - weights[keys % size]]), axis=0, return_inverse=True
    )
    place = place.reshape(-1)
    items = np.bincount(place[: len(row)], np.bincount(pattern), len(distinct)).astype(np.int64)
    return _Leavings(
        patterns=Patterns(judged.scale, packing.unpack(distinct), items),
        people=int(annotator.max()) + 1,
        annotator=who,
        before=place[before],
        after=place[len(row) :],
        n=n,
        pattern=place[pattern],
        moves=np.column_stack([annotator, place[before][of], place[len(row) :][of]]),
    )


def _numbered(columns: Sequence[IntArray]) -> IntArray:
    """A number for each distinct row of the columns, from 0 without gaps."""
    number: IntArray = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        codes, values = pd.factorize(column)
        number = pd.factorize(number * len(values) + codes)[0].astype(np.int64, copy=False)
    return number


def _who_chose(judged: Judgements, rows: IntArray, annotator: IntArray) -> Assignments:
    """The patterns of a group with who chose what."""
    unit = pd.factorize(judged.unit[rows])[0]
    codes = np.full((int(unit.max()) + 1, int(annotator.max()) + 1), NONE, dtype=np.int64)
    codes[unit, annotator] = judged.category[rows]
    pattern = _numbered(list(codes.T))
    _, row, n = np.unique(pattern, return_index=True, return_counts=True)
    order = np.lexsort(codes[row].T)  # whatever the order of the rows of the table
    names = [str(number) for number in range(codes.shape[1])]
    return assign(judged.scale, names, codes[row][order], n[order].astype(np.int64))


@dataclass(frozen=True, eq=False)
class _Parted:
    """The parts that the items of a group lie in, the item of each judgement, and who chose what on each item."""

    folds: Folds
    unit: IntArray
    codes: IntArray


def _parted(judged: Judgements, rows: IntArray, seed: int) -> _Parted:
    unit, of = pd.factorize(judged.unit[rows])
    first = np.zeros(len(of), dtype=np.int64)
    first[unit] = np.arange(len(rows))
    cluster = None if judged.cluster is None else judged.cluster[rows][first]
    names = judged.items[judged.item[rows][first]]
    people = np.unique(judged.annotator[rows], return_inverse=True)[1]
    codes = np.full((len(of), int(people.max()) + 1), NONE, dtype=np.int64)
    codes[unit, people] = judged.category[rows]
    return _Parted(folds(names, cluster, judged.clustered_by, seed), unit.astype(np.int64), codes)


def _spread(
    coefficient: Coefficient,
    left: _Leavings,
    known: Assignments | None,
    parted: _Parted,
    changes: Mapping[str, object],
    interval: Interval,
) -> dict[str, object]:
    """The intervals of ``without`` and of the change, by leaving out one part of the items after the other."""
    drawn, people = parted.folds, left.people
    found: dict[str, object] = {name: np.full(people, np.nan) for name in LIMITS}
    found |= {name: np.full(people, None, dtype=object) for name in ("interval", "caution")}
    found["n_clusters"] = np.full(people, drawn.n_clusters or 0, dtype=np.int64)
    patterns = left.patterns if known is None else known
    if interval.kind == "none" or drawn.number < _TWO or coefficient.unfit(patterns):
        return found
    if people * drawn.number * len(patterns.n) > MOST_CELLS:
        return {**found, "interval": np.full(people, TOO_MANY, dtype=object)}
    whole, without = (
        _by_counts(coefficient, left, parted) if known is None else _by_codes(coefficient, known, parted)
    )
    value, change = (np.asarray(changes[name], dtype=float) for name in ("without", "change"))
    errors = drawn.errors(without, value), drawn.errors(without - whole[:, None], change)
    rated = (parted.codes != NONE).sum(axis=1) > 1
    reach = drawn.reach(drawn.sums(rated.astype(float)), interval.confidence)
    scale = "log" if drawn.clustered and coefficient.chance_corrected else None
    ends = [[limits(*one, reach, scale) for one in zip(value.tolist(), errors[0].tolist(), strict=True)]]
    ends.append([limits(*one, reach) for one in zip(change.tolist(), errors[1].tolist(), strict=True)])
    for names, of in zip((LIMITS[:2], LIMITS[2:]), ends, strict=True):
        found |= dict(zip(names, np.array(of).T, strict=True))
    how = f"jackknife over {drawn.over}{', without on the scale log(1 - coefficient)' if scale else ''}"
    has = np.isfinite(errors[1]) & ~np.isnan(change)
    said = ONE_DOCUMENT if drawn.one_document else FEW_DOCUMENTS if _few(drawn, rated) else None
    found["interval"] = np.array([how if one else None for one in has], dtype=object)
    found["caution"] = np.array([said if one else None for one in has], dtype=object)
    return found


def _few(drawn: Folds, rated: "NDArray[np.bool_]") -> bool:
    sizes = drawn.sums(rated.astype(float))
    return drawn.clustered and float(sizes.sum()) ** 2 < FEW_CLUSTERS * float((sizes**2).sum())


def _by_counts(coefficient: Coefficient, left: _Leavings, parted: _Parted) -> tuple[FloatArray, FloatArray]:
    """The coefficient without each part, of all annotators (parts,) and without each of them (parts x A)."""
    drawn, size = parted.folds, len(left.patterns.n)
    own = np.bincount(drawn.of * size + left.pattern, minlength=drawn.number * size).reshape(-1, size)
    rest = left.patterns.n - own.astype(float)
    whole = sampled(coefficient, left.patterns, rest).value
    part = drawn.of[parted.unit]
    without = np.empty((drawn.number, left.people))
    for who in range(left.people):
        here = left.moves[:, 0] == who
        _, before, after = left.moves[here].T
        moved = np.zeros(rest.shape)
        np.subtract.at(moved, (part[here], before), 1)
        np.add.at(moved, (part[here], after), 1)
        samples = rest + moved.sum(axis=0) - moved
        without[:, who] = sampled(coefficient, left.patterns, samples).value
    return whole, without


def _by_codes(coefficient: Coefficient, known: Assignments, parted: _Parted) -> tuple[FloatArray, FloatArray]:
    """The same where it matters who chose what."""
    drawn = parted.folds
    rows = {tuple(row): place for place, row in enumerate(known.codes.tolist())}
    pattern = np.array([rows[tuple(row)] for row in parted.codes.tolist()])
    size = len(known.n)
    own = np.bincount(drawn.of * size + pattern, minlength=drawn.number * size).reshape(-1, size)
    rest = known.n - own.astype(float)
    whole = sampled(coefficient, known, rest).value
    without = np.full((drawn.number, len(known.annotators)), np.nan)
    for who, patterns in enumerate(_remaining(known)):
        if not coefficient.unfit(patterns):
            rated = (np.delete(known.codes, who, axis=1) != NONE).any(axis=1)
            without[:, who] = sampled(coefficient, patterns, rest[:, rated]).value
    return whole, without


def _remaining(known: Assignments) -> Iterator[Assignments]:
    """The patterns without each annotator; an item that nobody else rated is not in them."""
    for place in range(len(known.annotators)):
        codes = np.delete(known.codes, place, axis=1)
        rated = (codes != NONE).any(axis=1)
        names = np.delete(np.array(known.annotators), place).tolist()
        yield assign(known.scale, names, codes[rated], known.n[rated])


def _changes(coefficient: Coefficient, left: _Leavings, known: Assignments | None) -> dict[str, object]:
    whole = _value(coefficient, left.patterns if known is None else known).value[0]
    if known is None:
        without, undefined = _without(coefficient, left)
    else:
        found = [_value(coefficient, patterns) for patterns in _remaining(known)]
        without = np.array([settled.value[0] for settled in found])
        undefined = np.array([settled.undefined[0] for settled in found], dtype=object)
    return {
        "n_pairable_items": left.n_pairable_items,
        "value": np.full(left.people, whole),
        "without": without,
        "change": without - whole,
        "undefined": undefined,
    }


def _without(coefficient: Coefficient, left: _Leavings) -> tuple[FloatArray, NDArray[np.object_]]:
    """Value and reason for each annotator (A,), all from the same patterns."""
    unfit = coefficient.unfit(left.patterns)
    value, undefined = np.full(left.people, np.nan), np.full(left.people, unfit, dtype=object)
    if not unfit:
        for these, samples in left.portions():
            settled = sampled(coefficient, left.patterns, samples)
            value[these], undefined[these] = settled.value, settled.undefined
    return value, undefined


def _value(coefficient: Coefficient, patterns: Patterns) -> Settled:
    """The coefficient of patterns as they are."""
    unfit = coefficient.unfit(patterns)
    if unfit:
        nan = np.full(1, np.nan)
        return Settled(nan, nan, nan, np.array([unfit], dtype=object))
    return sampled(coefficient, patterns, patterns.n[None, :].astype(float))
