"""Who answered what, items with the same answers counted together, laid out for sums over answers.

The answers of an item are cells: an annotator and the category chosen. Items with the same cells are one
pattern, which is exact, as their likelihoods and posteriors are the same. Three annotators and nine
categories make at most 999 patterns, however many items there are; where annotators are many, hardly two
items are alike, and what counts is that nothing here is larger than the table of ratings.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from annotate.sampling import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Responses:
    """Patterns of answers.

    Parameters
    ----------
    n_annotators, n_categories
        A cell is a number below their product: annotator times ``n_categories`` plus category.
    cells
        The first answer of every pattern, the second of every pattern that has one, and so on. Patterns
        come with the most answers first, so each array is about the first patterns only.
    n
        Items of each pattern (patterns,).
    pattern
        The pattern of each item (items,).

    """

    n_annotators: int
    n_categories: int
    cells: tuple[IntArray, ...]
    n: IntArray
    pattern: IntArray

    @property
    def n_answers(self) -> IntArray:
        """Answers to an item of each pattern (patterns,), repeats among them."""
        lengths = np.array([len(cells) for cells in self.cells])
        return np.searchsorted(-lengths, -np.arange(len(self.n)), side="left").astype(np.int64)

    @property
    def n_ratings(self) -> int:
        """All answers to all items."""
        return int(self.n @ self.n_answers)

    @cached_property
    def answers(self) -> tuple[IntArray, IntArray]:
        """Every answer to an item of each pattern: the pattern, and the cell."""
        return np.concatenate([np.arange(len(one)) for one in self.cells]), np.concatenate(self.cells)

    def sums(self, values: FloatArray, start: int = 0, end: int | None = None) -> FloatArray:
        """Sum over the answers of each pattern (from ``start`` to before ``end``) of a row for each cell.

        ``values`` is cells x columns, the result patterns x columns.
        """
        end = len(self.n) if end is None else min(end, len(self.n))
        total = np.zeros((end - start, values.shape[1]))
        for cells in self.cells:
            here = cells[start:end]
            if not len(here):
                break
            total[: len(here)] += values.take(here, axis=0)
        return total

    def totals(self, weights: FloatArray) -> FloatArray:
        """Sum over the patterns with each cell of their ``weights`` (rows x patterns): cells x rows."""
        size = self.n_annotators * self.n_categories
        total = np.zeros((size, len(weights)))
        for column, weight in enumerate(weights):
            for cells, rows in self._portions:
                total[:, column] += np.bincount(cells, weight[rows], size)
        return total

    @cached_property
    def _portions(self) -> list[tuple[IntArray, IntArray | slice]]:
        """Cells with their patterns; where few patterns have so many answers, several answers together."""
        size = self.n_annotators * self.n_categories
        wide = sum(len(cells) >= size for cells in self.cells)
        portions: list[tuple[IntArray, IntArray | slice]] = [
            (cells, slice(len(cells))) for cells in self.cells[:wide]
        ]
        if rest := self.cells[wide:]:
            rows = np.concatenate([np.arange(len(cells)) for cells in rest])
            portions.append((np.concatenate(rest), rows))
        return portions


def responses(
    item: IntArray, annotator: IntArray, category: IntArray, *, n_annotators: int, n_categories: int
) -> Responses:
    """Find the patterns, each argument one place a rating (codes from 0; each item occurs).

    An annotator may have rated an item more than once: each rating is one more answer. The order of the patterns
    does not depend on the order of the ratings or of the items.
    """
    width = n_annotators * n_categories
    keys = np.sort(item * width + annotator * n_categories + category)
    of, cell = np.divmod(keys, width)
    answers = np.bincount(of)
    items = np.argsort(-answers, kind="stable")
    first = (np.cumsum(answers) - answers)[items]
    answers = answers[items]
    prefix = np.zeros(len(items), dtype=np.int64)  # numbers what an item and others have in common so far
    distinct = False
    for place in range(int(answers[0])):
        having = int(np.searchsorted(-answers, -place))  # these have more than `place` answers
        if distinct:
            break
        codes, found = pd.factorize(prefix[:having] * width + cell[first[:having] + place], sort=True)
        prefix[:having] = codes
        distinct = len(found) == having
    pattern, of_pattern = pd.factorize((answers[0] - answers) * len(items) + prefix, sort=True)
    shown = np.empty(len(of_pattern), dtype=np.int64)
    shown[pattern] = np.arange(len(items))
    answers, first = answers[shown], first[shown]
    cells = tuple(
        cell[first[: np.searchsorted(-answers, -place)] + place] for place in range(int(answers[0]))
    )
    whole = np.empty(len(items), dtype=np.int64)
    whole[items] = pattern
    return Responses(n_annotators, n_categories, cells, np.bincount(pattern), whole)
