"""Each annotator against the others: what agreement would be without them, and how often they are with most."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from annotate.agreement._estimate import sampled
from annotate.agreement.registry import Coefficient, select
from annotate.agreement.result import Settled
from annotate.agreement.rows import Rows, frame
from annotate.codebook.scale import Scale
from annotate.counts.groups import group_columns
from annotate.counts.judgements import Judgements, judgements
from annotate.counts.patterns import NONE, Assignments, FloatArray, IntArray, Patterns, assign
from annotate.counts.table import Packing

COLUMNS = ("coefficient", "annotator", "n_ratings", "n_pairable_items", "value", "without", "change", "undefined")  # fmt: skip
_VALUES = 2**21  # samples x patterns held at a time


def leave_one_out(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    coefficients: str | Sequence[str] = ("krippendorff_alpha",),
) -> pd.DataFrame:
    """Measure the agreement of all annotators but one, for each of them.

    Parameters are those of :func:`~annotate.agreement.measure`, and so is what is raised.

    Returns
    -------
    DataFrame
        One row for each group, variable, coefficient and annotator, by name: source (None for the whole
        table), further ``by`` columns, variable, level, coefficient, annotator, n_ratings (theirs),
        n_pairable_items (that are left), value (of all annotators), without (of all but this one),
        change (``without - value``: above 0 if the others agree better among themselves), undefined
        (None, or why ``without`` is NaN).

    """
    chosen, columns = select(coefficients), group_columns(by)
    parts = []
    for judged in judgements(ratings, scales=scales, by=columns):
        for group, rows in enumerate(_rows(judged)):
            present, annotator = np.unique(judged.annotator[rows], return_inverse=True)
            group_of = np.full(len(present), group)
            told = {"annotator": judged.annotators[present], "n_ratings": np.bincount(annotator)}
            left = _leavings(judged, rows, annotator)
            known = None
            if any(one.takes == "assignments" for one in chosen):
                known = _who_chose(judged, rows, annotator)
            for one in chosen:
                found = {**told, "coefficient": np.full(len(present), one.name, dtype=object)}
                who = known if one.takes == "assignments" else None
                parts.append(Rows(judged, group_of, {**found, **_changes(one, left, who)}))
    return frame(parts, columns, COLUMNS)


@dataclass(frozen=True, eq=False)
class _Leavings:
    """What becomes of the patterns of a group when an annotator leaves.

    For each entry: when ``annotator`` goes, ``n`` items change from pattern ``before`` to ``after``.
    Entries are sorted by annotator, of whom there are ``people``, numbered as their names are sorted.
    """

    patterns: Patterns
    people: int
    annotator: IntArray
    before: IntArray
    after: IntArray
    n: IntArray

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
    keys, n = np.unique((annotator * len(row) + pattern[unit]) * size + category, return_counts=True)
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


MAJORITY_COLUMNS = (
    "annotator",
    "n_items",
    "n_alone",
    "n_tied",
    "n_majority",
    "n_agreeing",
    "value",
    "undefined",
)
NO_MAJORITY = "no item on which the others have a majority"


def majority(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
) -> pd.DataFrame:
    """Measure how often each annotator chose what most of the others chose.

    The majority of the others is the category that more of them chose than any other, without this
    annotator's own choice; if there is one other, it is what that one chose. Where two categories are
    ahead it is a tie, which counts neither as agreement nor as disagreement. Two choices are the same
    category or not, whatever the level. Parameters are those of
    :func:`~annotate.agreement.measure`, and so is what is raised.

    Returns
    -------
    DataFrame
        One row for each group, variable and annotator, by name: source (None for the whole table),
        further ``by`` columns, variable, level, annotator, n_items (rated by them), which are n_alone
        (nobody else rated) + n_tied + n_majority, n_agreeing (of n_majority), value
        (``n_agreeing / n_majority``), undefined (None, or why the value is NaN).

    """
    parts, columns = [], group_columns(by)
    for judged in judgements(ratings, scales=scales, by=columns):
        standing = _standing(judged)
        people = len(judged.annotators)
        key = judged.group * people + judged.annotator
        present, place = np.unique(key, return_inverse=True)
        alone, tied, agreeing = (
            np.bincount(place, standing == kind, len(present)).astype(np.int64)
            for kind in (_ALONE, _TIED, _AGREEING)
        )
        items = np.bincount(place)
        decided = items - alone - tied
        undefined = np.full(len(present), None, dtype=object)
        undefined[decided == 0] = NO_MAJORITY
        found: dict[str, object] = {
            "annotator": judged.annotators[present % people],
            "n_items": items,
            "n_alone": alone,
            "n_tied": tied,
            "n_majority": decided,
            "n_agreeing": agreeing,
            "value": np.where(decided > 0, agreeing / np.maximum(decided, 1), np.nan),
            "undefined": undefined,
        }
        parts.append(Rows(judged, present // people, found))
    return frame(parts, columns, MAJORITY_COLUMNS)


_ALONE, _TIED, _AGREEING, _DIFFERING = range(4)


def _standing(judged: Judgements) -> IntArray:
    """How each judgement stands to those of the others on its unit."""
    size = len(judged.categories)
    keys, cell, own = np.unique(judged.unit * size + judged.category, return_inverse=True, return_counts=True)
    unit = keys // size
    order = np.lexsort((-own, unit))  # within a unit, the categories with most ratings first
    start = np.searchsorted(unit[order], unit[order])
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = np.arange(len(keys)) - start
    best = np.zeros((int(unit.max()) + 1, 3), dtype=np.int64)
    for place in range(3):
        of = np.flatnonzero(rank == place)
        best[unit[of], place] = own[of]
    first, second, third = best[unit].T
    # Of the other categories: the ratings of the one that is ahead, and of the one behind it.
    ahead = np.where(rank == 0, second, first)
    behind = np.where(rank <= 1, third, second)
    others = own - 1  # who chose the same
    standing = np.full(len(keys), _DIFFERING)
    standing[(others == ahead) | ((others < ahead) & (ahead == behind))] = _TIED
    standing[(others == 0) & (ahead == 0)] = _ALONE
    standing[others > ahead] = _AGREEING
    return np.asarray(standing[cell], dtype=np.int64)
