"""What each annotator of a passage marked, label by label, as the coefficients for marked text need it.

An annotator who was given a passage and marked nothing has said that there is nothing to mark: that is
an annotation without spans, not a missing one.

The tables of spans, annotators and passages are put together here, for the whole and by group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from annotate.counts.clusters import clusters_of
from annotate.counts.patterns import PAIR, IntArray
from annotate.counts.table import Group, sort_groups
from annotate.errors import StatisticsError, TableError, counted
from annotate.study.spans import check_spans

_NO_GROUPS = ("item", "text", "annotator", "label")


@dataclass(frozen=True)
class MarkedPassage:
    """One passage and the spans of its annotators.

    Parameters
    ----------
    text
        The passage.
    annotators
        All who annotated it (m,), those who marked nothing among them.
    spans
        For each label, for each annotator in the order of ``annotators``, the spans (start, end), in
        Unicode code points from the passage's beginning, ``end`` exclusive. A label that nobody used
        may be left out.
    cluster
        The number of what the passage is drawn together with, None where passages are drawn.

    """

    text: str
    annotators: tuple[str, ...]
    spans: Mapping[str, tuple[tuple[tuple[int, int], ...], ...]]
    cluster: int | None = None

    def __post_init__(self) -> None:
        """Refuse spans that lie outside the text or belong to nobody.

        Raises
        ------
        StatisticsError
            If an annotator is named twice, a label has not one row of spans an annotator, or a span is
            empty or not within the text.

        """
        if len(set(self.annotators)) < len(self.annotators):
            raise StatisticsError(
                f"annotators: {', '.join(self.annotators)} names one twice; name each once for a passage"
            )
        for label, rows in self.spans.items():
            if len(rows) != len(self.annotators):
                msg = f"spans of {label}: {counted(len(rows), 'row')} for {counted(len(self.annotators), 'annotator')}; give each one row, empty if nothing was marked"
                raise StatisticsError(msg)
            for start, end in (span for row in rows for span in row):
                if not 0 <= start < end <= len(self.text):
                    msg = f"spans of {label}: {start} to {end} is not a stretch of a passage of {counted(len(self.text), 'character')}"
                    raise StatisticsError(msg)

    @property
    def pairable(self) -> bool:
        """Whether two annotators or more were here."""
        return len(self.annotators) >= PAIR

    def distinct(self, label: str) -> list[IntArray]:
        """The spans of each annotator (n x 2), in order; what was marked twice in the same place is once."""
        rows = self.spans.get(label, ((),) * len(self.annotators))
        return [np.array(sorted(set(row)), dtype=np.int64).reshape(-1, 2) for row in rows]

    def merged(self, label: str) -> list[IntArray]:
        """The same, with spans that overlap made one; spans that only touch stay two."""
        return [merge(spans) for spans in self.distinct(label)]


def merge(spans: IntArray) -> IntArray:
    """Make one of spans that share a character; ``spans`` (n x 2) are in order.

    >>> merge(np.array([[0, 4], [2, 6], [6, 8]])).tolist()
    [[0, 6], [6, 8]]
    """
    if len(spans) < PAIR:
        return spans
    reach = np.maximum.accumulate(spans[:, 1])
    first = np.r_[True, spans[1:, 0] >= reach[:-1]]
    last = np.r_[first[1:], True]
    return np.column_stack([spans[first, 0], reach[last]])


@dataclass(frozen=True)
class MarkedGroup:
    """The passages of one group that somebody annotated, by item.

    ``group`` holds the values of the ``by`` columns, all None for the whole table, ``clustered_by`` the column that
    tells what passages are drawn together with.
    """

    group: Group
    passages: tuple[MarkedPassage, ...]
    clustered_by: str | None = None

    @property
    def pairable(self) -> tuple[MarkedPassage, ...]:
        """Those with two annotators or more."""
        return tuple(passage for passage in self.passages if passage.pairable)

    @property
    def n_annotators(self) -> int:
        """How many different annotators there were."""
        return len({annotator for passage in self.passages for annotator in passage.annotators})

    def n_spans(self, label: str | None) -> int:
        """Spans with the label, or all; what one annotator marked twice in the same place is one."""
        return sum(
            len(set(row))
            for passage in self.passages
            for name, rows in passage.spans.items()
            for row in rows
            if label in (None, name)
        )


def span_columns(by: str | Sequence[str]) -> tuple[str, ...]:
    """The columns to group passages by; one may be given by its name alone.

    Raises
    ------
    StatisticsError
        If a column is one of those that agreement on spans is computed from.

    """
    columns = (by,) if isinstance(by, str) else tuple(dict.fromkeys(by))
    for column in columns:
        if column in _NO_GROUPS:
            raise StatisticsError(f"cannot group by {column}: agreement is between annotators over passages")
    return columns


def marked_groups(
    spans: pd.DataFrame,
    annotated: pd.DataFrame,
    passages: pd.DataFrame,
    by: Sequence[str],
    cluster: str | None = None,
) -> list[MarkedGroup]:
    """Put the tables together: the whole first, then each group.

    The parameters and what is raised are those of
    :func:`~annotate.agreement.measure_spans`.
    """
    _need(annotated, ("item", "annotator"), "annotated")
    _need(passages, ("item", "text", *by), "passages")
    who = annotated[["item", "annotator"]].astype("str")
    checked = check_spans(spans) if len(spans) else spans.reindex(columns=["item", "annotator"])
    who = pd.concat([who, checked[["item", "annotator"]].astype("str")]).drop_duplicates()
    if who.empty:
        raise TableError("annotated: the table is empty; it needs one row for each annotator of each item")
    known = _known(passages, by, set(who["item"]))
    texts = {str(item): str(text) for item, text in known["text"].items()}
    if len(spans):
        checked = check_spans(spans, texts)
        _within(checked, texts)
        _one_round(checked)
    marked = _passages(who, checked, texts)
    told = clusters_of(passages.loc[passages["item"].astype("str").isin(texts)], cluster)
    if told is not None:
        marked = {item: replace(one, cluster=int(told[item])) for item, one in marked.items()}
    whole: Group = (None,) * len(by)
    members: dict[Group, list[MarkedPassage]] = {whole: []}
    for item, passage in marked.items():
        members[whole].append(passage)
        if by:
            members.setdefault(tuple(known.loc[item, list(by)]), []).append(passage)
    groups = list(members)
    clustered_by = None if told is None else str(told.name)
    return [
        MarkedGroup(groups[index], tuple(members[groups[index]]), clustered_by)
        for index in sort_groups(groups)
    ]


def _need(table: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        found = ", ".join(map(str, table.columns)) or "none"
        raise TableError(f"{where}: no column {', '.join(missing)}; the table has {found}")
    for column in columns:
        blank = int(table[column].isna().sum())
        if column != "text" and blank:
            raise TableError(
                f"{where}: column {column} is blank in {counted(blank, 'row')}; fill it, or drop the rows"
            )


def _known(passages: pd.DataFrame, by: Sequence[str], items: set[str]) -> pd.DataFrame:
    """The text and the groups of each item, by item, when every annotated item has them once."""
    known = passages.loc[passages["text"].notna(), ["item", "text", *by]].astype(
        {"item": "str", "text": "str"}
    )
    known = known.drop_duplicates().set_index("item")
    twice = known.index.duplicated()
    if twice.any():
        columns = " or ".join(["text", *by])
        msg = f"passages: item {known.index[twice][0]} comes twice, and not with the same {columns}; keep one"
        raise TableError(msg)
    missing = sorted(items - set(known.index))
    if missing:
        msg = f"passages: item {missing[0]} was annotated and has no text here ({len(missing)} such in all); agreement on spans needs the text, so give an export or a snapshot"
        raise TableError(msg)
    return known


def _within(spans: pd.DataFrame, texts: dict[str, str]) -> None:
    """Refuse an end beyond the text, which slicing forgives."""
    beyond = spans["end"] > spans["item"].map(texts).str.len()
    if beyond.any():
        row = spans.loc[beyond].iloc[0]
        msg = f"spans: item {row['item']}, annotator {row['annotator']}, {row['label']} {row['start']} to {row['end']}: the span ends beyond the passage, which has {counted(len(texts[row['item']]), 'character')}; {int(beyond.sum())} such in all"
        raise TableError(msg)


def _one_round(spans: pd.DataFrame) -> None:
    rounds = spans.groupby(["item", "annotator"])["round"].nunique()
    if (rounds > 1).any():
        item, annotator = rounds.index[rounds > 1][0]
        msg = f"item {item}, annotator {annotator}: spans of several rounds; agreement takes one round an annotator and item, so keep one"
        raise StatisticsError(msg)


def _passages(who: pd.DataFrame, spans: pd.DataFrame, texts: dict[str, str]) -> dict[str, MarkedPassage]:
    """The passage of each annotated item, items and annotators in order."""
    marks: dict[str, dict[str, dict[str, list[tuple[int, int]]]]] = {}
    if len(spans):
        columns = (spans[name].tolist() for name in ("item", "label", "annotator", "start", "end"))
        for item, label, annotator, start, end in zip(*columns, strict=True):
            marks.setdefault(item, {}).setdefault(label, {}).setdefault(annotator, []).append((start, end))
    annotators: dict[str, list[str]] = {}
    for item, annotator in sorted(zip(who["item"], who["annotator"], strict=True)):
        annotators.setdefault(item, []).append(annotator)
    return {
        item: MarkedPassage(
            texts[item],
            tuple(names),
            {
                label: tuple(tuple(rows.get(name, ())) for name in names)
                for label, rows in marks.get(item, {}).items()
            },
        )
        for item, names in annotators.items()
    }
