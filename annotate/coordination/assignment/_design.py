"""The design of a study: who codes which passage, in which order and what twice; and how balanced that is."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from annotate.coordination.assignment.blocks import fill, start
from annotate.coordination.assignment.order import choose_repeats, improve, order_items
from annotate.errors import InputError, counted

COLUMNS = ("item", "source", "annotator", "round", "queue", "position")
FIRST, SECOND = 1, 2


@dataclass
class _Round:
    """One round: who has each item, and the item's place in the common order."""

    blocks: dict[str, set[str]] = field(default_factory=dict)
    queue: dict[str, int] = field(default_factory=dict)

    def append(self, ordered: Sequence[str]) -> None:
        last = max(self.queue.values(), default=0)
        self.queue |= {item: place for place, item in enumerate(ordered, start=last + 1)}


def design(
    items: pd.DataFrame,
    annotators: Sequence[str],
    *,
    overlap: int,
    seed: int = 0,
    done: pd.DataFrame | None = None,
    repeat: float = 0.0,
) -> pd.DataFrame:
    """Give each item to ``overlap`` annotators, balanced.

    What holds for a design that begins with nothing assigned:

    - Loads differ by at most one between annotators, in all and within each source.
    - Every two annotators share about as many items as any other two, in all and within each source.
      0 between most and least is possible only where the pairs divide the meetings, and not for all such
      numbers (Cochran & Cox 1957, ch. 11); where ``overlap`` comes near the number of annotators, loads
      that differ by one alone make it 2. Measured over 1,205 designs (3 to 12 annotators, 2 to 5 an item,
      up to 400 items in 1 to 8 sources) it was never above 3: in all at most 1 in 79 % and at most 2 in
      99 % of them, within the worst source in 69 % and 96 %.
    - In anybody's queue, sources come mixed (see :mod:`annotate.coordination.assignment.order`).
    - Second rounds follow all first ones, in the order of the first. Whole items are repeated, by all of
      their annotators, so that they too have ``overlap`` ratings. Of the designs measured, nobody had over 2
      more of them than anybody else.

    A design that extends another leaves each earlier assignment and its place in the order, and makes
    loads and meetings as equal as the new items allow: a newcomer gets more of them until level with the
    others. Annotators of ``done`` who are not in ``annotators`` keep theirs and get nothing new.

    Parameters
    ----------
    items
        Columns ``item`` and ``source``, one row an item. The order of rows means nothing.
    annotators
        Their names, each once; their order means nothing.
    overlap
        How many code each item.
    seed
        The same seed, items and annotators give the same design.
    done
        A design to extend: the columns of the result, without ``position``. It may have items that are
        not in ``items``: they count for the loads, and stay as they are.
    repeat
        The share of all items, from 0 to 1, to be coded again by the same annotators.

    Returns
    -------
    DataFrame
        One row an assignment: ``item``, ``source``, ``annotator``, ``round`` (1 or 2), ``queue`` (place in
        the order common to all, by round, from 1) and ``position`` (in the annotator's own queue, from
        1), sorted by round, queue and annotator.

    Raises
    ------
    InputError
        If there are no items or annotators, one comes twice, fewer annotators than ``overlap``, an item
        has more of the ``annotators`` than that already, or ``repeat`` is not a share.

    """
    people = _check(items, annotators, overlap, repeat)
    old = pd.DataFrame(columns=COLUMNS) if done is None else done
    source = {str(row.item): str(row.source) for row in [*old.itertuples(), *items.itertuples()]}
    first, second = (_read_round(old, number) for number in (FIRST, SECOND))
    rng = np.random.default_rng(seed)
    wanted = sorted(map(str, items["item"]))
    _refuse_fuller(first, wanted, set(people), overlap)
    fresh = [item for item in wanted if item not in first.queue]
    _assign(first, source, wanted, people, overlap, rng)
    first.append(order_items(fresh, source, first.blocks, rng))
    repeated = choose_repeats(
        [item for item in wanted if item not in second.blocks and first.blocks[item] <= set(people)],
        source,
        first.blocks,
        share=repeat,
        already=second.blocks,
        rng=rng,
    )
    second.blocks |= {item: set(first.blocks[item]) for item in repeated}
    second.append(sorted(repeated, key=first.queue.__getitem__))
    return _frame(source, {FIRST: first, SECOND: second})


def _check(items: pd.DataFrame, annotators: Sequence[str], overlap: int, repeat: float) -> list[str]:
    people = sorted(annotators)
    if items.empty:
        raise InputError("there are no passages to assign; make some with annotate ingest")
    twice = items["item"][items["item"].duplicated()]
    if len(twice):
        raise InputError(f"passage {twice.iloc[0]} comes twice; keep one")
    again = [one for one, other in itertools.pairwise(people) if one == other]
    if again:
        raise InputError(f"annotator {again[0]} comes twice; keep one")
    if overlap < 1:
        raise InputError(f"overlap {overlap}: each passage needs at least one annotator")
    if overlap > len(people):
        raise InputError(
            f"overlap {overlap}: there are only {counted(len(people), 'annotator')}, and nobody codes a passage twice "
            "in a round; name more annotators or lower the overlap"
        )
    if not 0 <= repeat <= 1:
        raise InputError(
            f"repeat {repeat}: is not a share of the passages; give one from 0 to 1, such as 0.1"
        )
    return people


def _read_round(done: pd.DataFrame, number: int) -> _Round:
    rows = done.loc[done["round"] == number]
    found = _Round()
    for row in rows.sort_values(["queue", "item", "annotator"]).itertuples():
        found.blocks.setdefault(str(row.item), set()).add(str(row.annotator))
        found.queue[str(row.item)] = int(str(row.queue))
    return found


def _refuse_fuller(first: _Round, wanted: Sequence[str], people: set[str], overlap: int) -> None:
    """Refuse an overlap below what passages have already. Annotators who have left do not count here."""
    fuller = [item for item in wanted if len(first.blocks.get(item, set()) & people) > overlap]
    if fuller:
        has = len(first.blocks[fuller[0]] & people)
        raise InputError(
            f"overlap {overlap}: {counted(len(fuller), 'passage is', 'passages are')} assigned to more annotators already, such as "
            f"{fuller[0]} to {has}; nobody's assignment is taken away, so give --overlap {has}"
        )


def _assign(
    first: _Round,
    source: dict[str, str],
    wanted: Sequence[str],
    people: Sequence[str],
    overlap: int,
    rng: np.random.Generator,
) -> None:
    """Assign the wanted items. Other items count for the loads and stay as they are."""
    gone = sorted({person for block in first.blocks.values() for person in block} - set(people))
    names = [*people, *gone]
    number = {name: place for place, name in enumerate(names)}
    sources = {name: place for place, name in enumerate(sorted(set(source.values())))}
    everything = [*wanted, *sorted(first.blocks.keys() - set(wanted))]
    state, open_items = start(
        len(names),
        len(people),
        len(sources),
        (
            (sources[source[item]], frozenset(number[name] for name in first.blocks.get(item, ())))
            for item in everything
        ),
        overlap,
    )
    open_items = [item for item in open_items if item < len(wanted)]
    fill(state, open_items, rng)
    improve(state, open_items, rng)
    for place, item in enumerate(wanted):
        first.blocks[item] = {names[person] for person in state.block(place)}


def _frame(source: dict[str, str], rounds: dict[int, _Round]) -> pd.DataFrame:
    rows = [
        (item, source[item], annotator, number, place)
        for number, one in rounds.items()
        for item, place in one.queue.items()
        for annotator in one.blocks[item]
    ]
    plan = pd.DataFrame(rows, columns=list(COLUMNS[:-1])).astype({"round": "int64", "queue": "int64"})
    plan = plan.sort_values(["round", "queue", "item", "annotator"], ignore_index=True)
    plan["position"] = plan.groupby("annotator").cumcount() + 1
    return plan


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
