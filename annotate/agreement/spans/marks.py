"""What each annotator of a passage marked, label by label, as the coefficients for marked text need it.

An annotator who was given a passage and marked nothing has said that there is nothing to mark: that is
an annotation without spans, not a missing one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from annotate.counts.patterns import PAIR, IntArray
from annotate.errors import StatisticsError


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

    """

    text: str
    annotators: tuple[str, ...]
    spans: Mapping[str, tuple[tuple[tuple[int, int], ...], ...]]

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
                msg = f"spans of {label}: {len(rows)} rows for {len(self.annotators)} annotators; give each one row, empty if nothing was marked"
                raise StatisticsError(msg)
            for start, end in (span for row in rows for span in row):
                if not 0 <= start < end <= len(self.text):
                    msg = f"spans of {label}: {start} to {end} is no stretch of a passage of {len(self.text)} characters"
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
