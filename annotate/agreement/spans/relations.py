"""Agreement on the relations that annotators draw between marked stretches.

Spans come first: those of two annotators are matched, one to one and of one label, by being the same (exact)
or by sharing a character (overlap), as in :mod:`annotate.agreement.spans.matching`. Two relations are the same
if they have one label, and both ends are matched spans; one that is drawn both ways has no first end. F1 is
then that of :mod:`~annotate.agreement.spans.matching`, over relations. It is low where spans are not the same,
however well the arrows agree; ``f1_matched`` is of those relations alone whose two ends the other annotator has
marked as well, and so of the arrows.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from annotate.agreement.spans._intervals import drawn_of
from annotate.agreement.spans.marks import span_columns
from annotate.agreement.spans.matching import MATCHINGS, Matched, Span, mean_f1, partners
from annotate.counts.clusters import clusters_of
from annotate.counts.patterns import PAIR, FloatArray
from annotate.counts.table import sort_groups
from annotate.errors import TableError
from annotate.sampling import Interval, generator
from annotate.study.ratings import decode_set

RELATION_F1 = ("f1_exact", "f1_overlap", "f1_matched")
_COUNTS = ("n_items", "n_pairable_items", "n_relations", "n_annotators")
RELATION_AGREEMENT_COLUMNS = (
    *("label", "coefficient", "value", "ci_low", "ci_high", "interval"),
    *(*_COUNTS, "undefined"),
)
NOTHING_DRAWN = "no annotator drew such a relation"
NOTHING_MATCHED = "no such relation has two ends that another annotator marked as well"

Mark = tuple[str, int, int]  # label, start, end
_Ends = tuple[frozenset[Mark], frozenset[Mark]]
_Partners = Mapping[Mark, Mark]


@dataclass(frozen=True)
class _Drawn:
    """A relation of one annotator: its label, the marks at its ends, and whether it points both ways."""

    label: str
    ends: _Ends
    both_ways: bool


@dataclass(frozen=True)
class _Item:
    """Of one passage, the marks and the relations of each of its annotators."""

    marks: Mapping[str, frozenset[Mark]]
    drawn: Mapping[str, frozenset[_Drawn]]
    cluster: int | None = None


def measure_relations(
    relations: pd.DataFrame,
    spans: pd.DataFrame,
    annotated: pd.DataFrame,
    passages: pd.DataFrame,
    *,
    by: str | Sequence[str] = (),
    labels: Sequence[str] | None = None,
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure how well annotators agree on the relations that they drew between marked stretches.

    Parameters
    ----------
    relations
        The table of :func:`annotate.study.spans.relation_frame`, one round of it.
    spans
        The table of :mod:`annotate.study.spans`, the same round.
    annotated
        Who annotated what: item, annotator. Whoever is named here and drew nothing has said that there is
        nothing to draw; whoever is neither here nor in the spans is missing, with what they drew.
    passages
        One row an item: item and the columns of ``by``.
    by
        Columns of ``passages`` to group by. The whole comes first.
    labels
        The labels of relations to measure, in order; default: those that were drawn, by the alphabet.
    interval
        As of :func:`annotate.agreement.measure_spans`: documents are left out where ``passages`` tell them, passages
        are drawn otherwise.

    Returns
    -------
    DataFrame
        For each group, label (None, for all together, first) and coefficient (f1_exact, f1_overlap,
        f1_matched: means over pairs of annotators, each with the relations of all its passages): source (None
        for the whole), further ``by`` columns, label, coefficient, value, ci_low, ci_high, interval, n_items,
        n_pairable_items (two annotators or more), n_relations, n_annotators, undefined (None, or why
        ``value`` is NaN). F1 is not corrected for chance.

    Raises
    ------
    TableError
        If a column is missing.
    StatisticsError
        If a column cannot be grouped by.

    """
    interval.with_annotators_fixed()
    columns = span_columns(by)
    items = _items(relations, spans, annotated)
    told = clusters_of(passages.loc[passages["item"].astype("str").isin(list(items))], interval.cluster)
    clustered_by = None if told is None else str(told.name)
    if told is not None:
        items = {item: replace(one, cluster=int(told[item])) for item, one in items.items()}
    groups: dict[tuple[object, ...], list[str]] = {(None,) * len(columns): list(items)}
    if columns:
        _need(passages, ("item", *columns), "passages")
        of = passages.drop_duplicates("item").set_index("item")
        for item in items:
            groups.setdefault(tuple(of.loc[item, list(columns)]), []).append(item)
    names = sorted(set(relations["label"])) if labels is None else list(dict.fromkeys(labels))
    keys = list(groups)
    rows: list[dict[str, object]] = []
    for index in sort_groups(keys):
        chosen = [items[item] for item in groups[keys[index]]]
        named = {"source": None, **dict(zip(columns, keys[index], strict=True))}
        stream = [[column, str(value)] for column, value in named.items() if value is not None]
        rng = generator(interval.seed, "relations", stream)
        rows += [{**named, **row} for row in _group_rows(chosen, names, interval, rng, clustered_by)]
    return _table(rows, ["source", *(one for one in columns if one != "source")], RELATION_AGREEMENT_COLUMNS)


def _need(table: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    if missing := [column for column in columns if column not in table.columns]:
        raise TableError(f"{where}: no column {', '.join(missing)}; give the table of a study")


def _items(relations: pd.DataFrame, spans: pd.DataFrame, annotated: pd.DataFrame) -> dict[str, _Item]:
    ends = [f"{end}_{what}" for end in ("from", "to") for what in ("label", "start", "end")]
    _need(relations, ("item", "annotator", "label", *ends, "both_ways"), "relations")
    _need(spans, ("item", "annotator", "label", "start", "end"), "spans")
    _need(annotated, ("item", "annotator"), "annotated")
    marks: dict[str, dict[str, set[Mark]]] = {}
    drawn: dict[str, dict[str, set[_Drawn]]] = {}
    for table in (annotated, spans):
        for item, annotator in zip(table["item"], table["annotator"], strict=True):
            marks.setdefault(item, {}).setdefault(annotator, set())
            drawn.setdefault(item, {}).setdefault(annotator, set())
    for row in spans.to_dict("records"):
        marks[row["item"]][row["annotator"]].add((row["label"], row["start"], row["end"]))
    for row in relations.to_dict("records"):
        if row["annotator"] not in drawn.get(row["item"], {}):
            continue
        both = marked_end(row, "from_"), marked_end(row, "to_")
        marks[row["item"]][row["annotator"]].update(*both)
        drawn[row["item"]][row["annotator"]].add(_Drawn(row["label"], both, bool(row["both_ways"])))
    return {
        item: _Item(
            {name: frozenset(of) for name, of in sorted(marks[item].items())},
            {name: frozenset(of) for name, of in drawn[item].items()},
        )
        for item in sorted(marks)
    }


def marked_end(row: Mapping[object, object], name: str) -> frozenset[Mark]:
    """The marks at one end of a relation, several if the stretch has several labels."""
    label, start, end = (row[f"{name}{what}"] for what in ("label", "start", "end"))
    labels = decode_set(str(label)) if str(label).startswith("[") else (str(label),)
    return frozenset((one, int(str(start)), int(str(end))) for one in labels)


def _group_rows(
    items: Sequence[_Item],
    names: Sequence[str],
    interval: Interval,
    rng: np.random.Generator,
    clustered_by: str | None,
) -> Iterator[dict[str, object]]:
    pairable = [item for item in items if len(item.marks) >= PAIR]
    tallied = {label: _tally(pairable, label) for label in (None, *names)}
    whole = {label: _values(tally, np.ones((1, len(pairable)))) for label, tally in tallied.items()}
    draws: dict[str | None, list[FloatArray]] = {label: [np.empty((3, 0))] for label in tallied}
    units = drawn_of([item.cluster for item in pairable], clustered_by)
    for samples in units.samples(interval, rng, len(tallied[None][0].pair)):
        for label, tally in tallied.items():
            draws[label].append(_values(tally, samples))
    counts = {
        "n_items": len(items),
        "n_pairable_items": len(pairable),
        "n_annotators": len({name for item in items for name in item.marks}),
    }
    for label in tallied:
        n_relations = sum(
            label in (None, one.label) for item in items for of in item.drawn.values() for one in of
        )
        values = np.concatenate(draws[label], axis=1)
        for place, name in enumerate(RELATION_F1):
            value = float(whole[label][place, 0])
            limits = units.limits(value, value, math.nan, values[place], interval, 0.0)
            reason = None
            if np.isnan(value):
                reason = NOTHING_MATCHED if n_relations and name == "f1_matched" else NOTHING_DRAWN
                reason = "no item has two annotators" if not pairable else reason
            found: dict[str, object] = {"value": value, "ci_low": limits.low, "ci_high": limits.high}
            found |= {"interval": limits.how, "undefined": reason}
            yield {"label": label, "coefficient": name, **found, **counts, "n_relations": n_relations}


def _values(tally: tuple[Matched, Matched], samples: FloatArray) -> FloatArray:
    """F1 (coefficients x samples)."""
    every, comparable = tally
    if not len(every.pair):
        return np.full((len(RELATION_F1), len(samples)), np.nan)
    weights = samples[:, every.passage]
    of_all, of_matched = mean_f1(every, weights), mean_f1(comparable, weights)
    return np.array([*(of_all[how] for how in MATCHINGS), of_matched["overlap"]])


def _tally(items: Sequence[_Item], label: str | None) -> tuple[Matched, Matched]:
    """Relations and those that match of every pair of annotators: of all, and where both ends are matched."""
    rows: list[tuple[tuple[str, str], int, list[int]]] = []
    for number, item in enumerate(items):
        for pair in combinations(item.marks, 2):
            one, other = ([one for one in item.drawn[name] if label in (None, one.label)] for name in pair)
            marks = item.marks[pair[0]], item.marks[pair[1]]
            same = {mark: mark for mark in marks[0] & marks[1]}
            met = matching_marks(*marks)
            back = {mark: partner for partner, mark in met.items()}
            counted = [len(one), len(other), _shared(one, other, same), _shared(one, other, met)]
            counted += [
                sum(_has_ends(of, where) for of in drawn) for drawn, where in ((one, met), (other, back))
            ]
            rows.append((pair, number, counted))
    rows.sort(key=lambda row: row[:2])
    pairs = tuple(sorted({pair for pair, _, _ in rows}))
    place = {pair: index for index, pair in enumerate(pairs)}
    which = np.array([place[pair] for pair, _, _ in rows], dtype=np.int64)
    passage = np.array([number for _, number, _ in rows], dtype=np.int64)
    counts = np.array([counted for _, _, counted in rows], dtype=np.int64).reshape(-1, 6)
    every = {"exact": counts[:, 2], "overlap": counts[:, 3]}
    return (
        Matched(pairs, which, passage, counts[:, :2], every),
        Matched(pairs, which, passage, counts[:, 4:], {"overlap": counts[:, 3]}),
    )


def matching_marks(one: AbstractSet[Mark], other: AbstractSet[Mark]) -> dict[Mark, Mark]:
    """Match marks of one label that share a character, one to one."""
    found: dict[Mark, Mark] = {}
    for label in {mark[0] for mark in one}:
        sides: list[list[Span]] = [[(a, b) for name, a, b in of if name == label] for of in (one, other)]
        found |= {(label, *first): (label, *second) for first, second in partners(*sides)}
    return found


def _shared(one: Sequence[_Drawn], other: Sequence[_Drawn], met: _Partners) -> int:
    """How many relations of one annotator are drawn by the other, none twice."""
    left = list(other)
    shared = 0
    for drawn in sorted(one, key=lambda of: (of.label, sorted(map(sorted, of.ends)))):
        again = next((of for of in left if _same(drawn, of, met)), None)
        if again is not None:
            left.remove(again)
            shared += 1
    return shared


def _same(one: _Drawn, other: _Drawn, met: _Partners) -> bool:
    if (one.label, one.both_ways) != (other.label, other.both_ways):
        return False
    ways = [other.ends, other.ends[::-1]] if one.both_ways else [other.ends]
    return any(
        all(any(met.get(mark) in theirs for mark in mine) for mine, theirs in zip(one.ends, way, strict=True))
        for way in ways
    )


def _has_ends(drawn: _Drawn, met: _Partners) -> bool:
    return all(any(mark in met for mark in end) for end in drawn.ends)


def _table(rows: list[dict[str, object]], groups: list[str], columns: Sequence[str]) -> pd.DataFrame:
    """A frame in which None stays None: pandas would make NaN of it in a column of text."""
    kinds = dict.fromkeys(_COUNTS, "int64") | dict.fromkeys(("value", "ci_low", "ci_high"), "float64")
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype=kinds.get(name, object))
            for name in [*groups, *columns]
        }
    )
