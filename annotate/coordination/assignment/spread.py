"""How balanced a design is."""

from dataclasses import dataclass
from itertools import combinations

import pandas as pd


@dataclass(frozen=True)
class Balance:
    """The least and the most of everything that a design makes equal, in the first round.

    ``loads``: items of an annotator. ``pairs``: items that two annotators share. ``source_loads`` and
    ``source_pairs`` are the largest differences between most and least within a source. ``repeats``:
    items an annotator gets a second time.
    """

    loads: tuple[int, int]
    pairs: tuple[int, int]
    source_loads: int
    source_pairs: int
    repeats: tuple[int, int]


def balance(plan: pd.DataFrame) -> Balance:
    """Measure a design of :func:`annotate.coordination.assignment.design`, over all annotators in it."""
    people = sorted(plan["annotator"].unique())
    first = plan.loc[plan["round"] == 1]
    again = plan.loc[plan["round"] > 1]
    loads, pairs = _loads(first, people), _pairs(first, people)
    by_source = [rows for _, rows in first.groupby("source")]
    return Balance(
        loads=(min(loads), max(loads)),
        pairs=(min(pairs), max(pairs)),
        source_loads=max(_range(_loads(rows, people)) for rows in by_source),
        source_pairs=max(_range(_pairs(rows, people)) for rows in by_source),
        repeats=(min(_loads(again, people)), max(_loads(again, people))),
    )


def _loads(rows: pd.DataFrame, people: list[str]) -> list[int]:
    return [int(count) for count in rows["annotator"].value_counts().reindex(people, fill_value=0)]


def _pairs(rows: pd.DataFrame, people: list[str]) -> list[int]:
    met = dict.fromkeys(combinations(people, 2), 0)
    for block in rows.groupby("item")["annotator"].agg(sorted):
        for pair in combinations(block, 2):
            met[pair] += 1
    return list(met.values()) or [0]


def _range(values: list[int]) -> int:
    return max(values) - min(values)
