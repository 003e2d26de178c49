"""A machine among coders: how people agree, how it agrees with them, and whether it may replace one of them.

The alternative annotator test (Calderon, Reichart & Dror 2025, The alternative annotator test for LLM-as-a-judge,
ACL, pp. 16051-16081) leaves out one person after the other, and asks on each item who is closer to the others: the
person, or the machine; ties count for both. The machine wins against a person if the person is closer so seldom that
their lead is significantly below ``epsilon``, which is what a machine's lower cost is worth (the authors take .2 where
people are experts, .1 for crowd workers). It may replace people if it wins against half of them or more.

Closeness is the mean distance to the others by the level of measurement: for nominal variables the share of the same
category, for numbers the root mean square, as the authors have it. The p-values, of one-sided t-tests, are corrected by
Benjamini & Yekutieli (2001, Annals of Statistics 29, pp. 1165-1188). Where documents are known, they are the units.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.agreement._estimate import estimate
from annotate.agreement.annotators._kinds import CROSS, Kinds, cross, distances_of
from annotate.agreement.rows import tidy
from annotate.codebook.scale import Scale
from annotate.counts.groups import GroupPatterns, group_columns, tally_patterns
from annotate.counts.patterns import NONE, Assignments
from annotate.counts.units import Units
from annotate.errors import StatisticsError
from annotate.sampling import FloatArray, IntArray, Interval, generator

LEAST_ITEMS = 30
"""A person needs so many items that the machine and others rated too, as the authors have it."""
LEVEL = 0.05
_CLOSE = 1e-12
NOBODY = f"nobody rated {LEAST_ITEMS} items that the machine and another person rated too"
PEOPLE = "people"

COLUMNS = {
    **dict.fromkeys(("variable", "level", "machine"), "object"),
    **dict.fromkeys(("people_alpha", "people_ci_low", "people_ci_high"), "float64"),
    **dict.fromkeys(("with_people", "with_people_ci_low", "with_people_ci_high"), "float64"),
    **dict.fromkeys(("winning_rate", "advantage", "epsilon"), "float64"),
    "replaces": "object",
    **dict.fromkeys(("n_tested", "n_people", "n_items"), "int64"),
    "undefined": "object",
}


@dataclass(frozen=True)
class Won:
    """The alternative annotator test: against whom the machine won, and how often it was as close or closer.

    ``p_values`` are of the people with enough items, ``rate`` the share that it won against, ``advantage`` the mean share
    of items on which it is as close to the others as the person left out, or closer; NaN where nobody can be tested.
    """

    p_values: tuple[float, ...]
    rate: float
    advantage: float


def machines(
    ratings: IntoFrame,
    names: Sequence[str],
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    epsilon: float = 0.15,
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure machines against people, who are all other annotators.

    Parameters
    ----------
    ratings, scales, by, interval
        As for :func:`~annotate.agreement.measure`.
    names
        The annotators that are machines.
    epsilon
        How much closer a person may be to the others, in the share of items, and the machine still win.

    Returns
    -------
    DataFrame
        One row for each group, variable and machine: source (None for the whole table), further ``by`` columns,
        variable, level, machine, people_alpha (without any machine) with its interval, with_people (the cross-kappa of the
        machine and people, see :func:`~annotate.agreement.kinds`) with its interval, winning_rate, advantage, epsilon,
        replaces (whether the machine may replace a person), n_tested (people with enough items), n_people, n_items
        (of the machine and a person or more), undefined (why there is no winning rate).

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.agreement.measure`; and if a machine rated nothing, or epsilon is not from 0 to 1.

    """
    if not 0 <= epsilon < 1:
        raise StatisticsError(
            f"epsilon: {epsilon} is not from 0 to 1; 0.2 for experts, 0.1 for crowd workers"
        )
    columns, rows = group_columns(by), []
    known: set[str] = set()
    tallied = tally_patterns(ratings, by=columns, scales=scales, assignments=True, cluster=interval.cluster)
    for groups in tallied:
        for one in groups:
            there = set() if one.assignments is None else set(one.assignments.annotators)
            known |= there
            rows += [
                (one.group, _row(one, name, names, epsilon, interval)) for name in names if name in there
            ]
    lost = [name for name in names if name not in known]
    if lost:
        told = ", ".join(sorted(known)[:10])
        raise StatisticsError(f"machine {lost[0]!r}: no annotator has this name; there are {told}")
    return tidy(rows, columns, COLUMNS)


def _row(
    group: GroupPatterns, machine: str, names: Sequence[str], epsilon: float, interval: Interval
) -> dict[str, object]:
    patterns = group.assignments
    if patterns is None:
        raise StatisticsError(f"variable {group.variable}: who chose what is not known")
    place = patterns.annotators.index(machine)
    people = np.flatnonzero([name not in names for name in patterns.annotators])
    of = Kinds(
        patterns, {machine: np.array([place]), PEOPLE: people}, interval, (group.variable, group.names)
    )
    row: dict[str, object] = dict.fromkeys(
        (name for name, kind in COLUMNS.items() if kind == "float64"), float("nan")
    )
    row |= {"variable": group.variable, "level": patterns.level, "machine": machine, "epsilon": epsilon}
    row |= {"replaces": None, "n_people": len(people), "n_tested": 0, "n_items": 0, "undefined": NOBODY}
    if not len(people):
        return row
    alone = of.of(PEOPLE)
    stream = generator(interval.seed, *of.stream, PEOPLE)
    (alpha,) = estimate(alone, "krippendorff_alpha", interval, rng=stream)
    row |= {
        "people_alpha": alpha.value,
        "people_ci_low": alpha.ci_low,
        "people_ci_high": alpha.ci_high,
    }
    itself = of.of(machine)
    both = (itself.ratings > 0) & (alone.ratings > 0)
    shared = of.of(machine, PEOPLE, where=both)
    row["n_items"] = int(shared.n.sum())
    if shared.n.sum() > 1:
        compute = cross(itself, alone, both)
        value = float(compute(shared.n[None, :].astype(float))[0])
        limits = of.limits(shared, CROSS, value, compute)
        row |= {
            "with_people": value,
            "with_people_ci_low": limits.low,
            "with_people_ci_high": limits.high,
        }
    won = alt_test(alone, patterns.codes[:, place], epsilon)
    if not won.p_values:
        return row
    return row | {
        "winning_rate": won.rate,
        "advantage": won.advantage,
        "replaces": won.rate >= 0.5,  # noqa: PLR2004
        "n_tested": len(won.p_values),
        "undefined": None,
    }


def alt_test(people: Assignments, machine: IntArray, epsilon: float) -> Won:
    """Run the test; ``machine`` (P,) holds its choices on the patterns of people, -1 for none."""
    distances = distances_of(people, people.n * (people.ratings > 0))
    counts = people.counts.toarray() if hasattr(people.counts, "toarray") else people.counts
    towards = np.asarray(counts, dtype=float) @ distances  # of each category to all people's choices (P x K)
    p_values, advantages = [], []
    for codes in people.codes.T:
        met = (codes != NONE) & (machine != NONE) & (people.ratings > 1)
        if int(people.n[met].sum()) < LEAST_ITEMS:
            continue
        rows = np.flatnonzero(met)
        own, other = codes[rows], machine[rows]
        of_person = towards[rows, own] - distances[own, own]
        of_machine = towards[rows, other] - distances[other, own]
        closer = (of_person <= of_machine + _CLOSE).astype(float)
        as_close = (of_machine <= of_person + _CLOSE).astype(float)
        lead = np.zeros(len(people.n))
        lead[rows] = closer - as_close
        n = people.n[rows]
        p_values.append(_p_below(lead, met, people.units, epsilon))
        advantages.append(float(n @ as_close / n.sum()))
    if not p_values:
        return Won((), float("nan"), float("nan"))
    rate = float(np.mean(rejected(np.array(p_values))))
    return Won(tuple(p_values), rate, float(np.mean(advantages)))


def _p_below(
    lead: FloatArray, met: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", units: Units, epsilon: float
) -> float:
    """The one-sided p-value of the mean lead being below epsilon, by a t over units."""
    from scipy.special import stdtr

    here = units.drawable()
    items = here.of_each(met)
    there = items > 0
    n, of_unit = here.n[there], here.of_each((lead - epsilon) * met)[there]
    total, number = float(n @ items[there]), float(n.sum())
    mean = float(n @ of_unit) / total
    off = of_unit - mean * items[there]
    spread = float(n @ off**2)
    if number < 2 or spread <= _CLOSE:  # noqa: PLR2004
        return 0.0 if mean < 0 else 1.0
    error = math.sqrt(number / (number - 1) * spread) / total
    return float(stdtr(number - 1, mean / error))


def rejected(p_values: FloatArray, level: float = LEVEL) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Which hypotheses Benjamini and Yekutieli reject, however the tests depend on each other."""
    m = len(p_values)
    order = np.argsort(p_values, kind="stable")
    steps = np.arange(1, m + 1) / m * level / (1 / np.arange(1, m + 1)).sum()
    passing = np.flatnonzero(p_values[order] <= steps)
    found = np.zeros(m, dtype=np.bool_)
    found[order[: int(passing[-1]) + 1 if len(passing) else 0]] = True
    return found
