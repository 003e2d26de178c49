"""The decided labels of a variable with their texts, or why they do not suffice to learn from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from annotate.coordination.suggestion.held_out import FOLDS
from annotate.sampling import IntArray

if TYPE_CHECKING:
    from annotate.codebook.read import Level

LEAST_LABELS = 50
"""Decided passages below which no model is made."""

LEAST_OF_CATEGORY = 10
"""Decided passages of a category below which it is never suggested."""

LEAST_DOCUMENTS = FOLDS
"""Documents with decided passages below which none can be held out."""


@dataclass(frozen=True, eq=False)
class Examples:
    """What a variable is learnt from: N passages with their texts, documents and categories (K).

    ``undefined`` says why it is not learnt, or is None.
    """

    variable: str
    categories: tuple[str, ...]
    items: tuple[str, ...]
    texts: tuple[str, ...]
    documents: tuple[str, ...]
    codes: IntArray
    undefined: str | None

    @property
    def counts(self) -> IntArray:
        """Examples of each category (K,)."""
        return np.bincount(self.codes, minlength=len(self.categories)).astype(np.int64)


def examples(
    passages: pd.DataFrame,
    decided: pd.DataFrame,
    *,
    level: Mapping[str, "Level"],
    categories: Mapping[str, Sequence[str]],
    variables: Sequence[str] | None,
) -> Iterator[Examples]:
    """The examples of each variable, in the order of ``level``; ties are none.

    ``categories`` are the variable's own, in order; one that holds numbers or sets is not learnt.
    """
    known = passages.drop_duplicates("item").set_index("item")
    usable = decided.loc[decided["category"].notna() & decided["item"].isin(known.index)]
    of = {str(name): rows.sort_values("item") for name, rows in usable.groupby("variable", sort=False)}
    for variable in [*level, *sorted(of.keys() - level.keys())]:
        if variables is not None and variable not in variables:
            continue
        rows = of.get(variable, usable.iloc[:0])
        used = set(rows["category"])
        order = [name for name in categories.get(variable, ()) if name in used]
        names = tuple(order + sorted(used - set(order)))
        chosen = known.loc[list(rows["item"])]
        place = {name: number for number, name in enumerate(names)}
        codes = np.array([place[name] for name in rows["category"]], dtype=np.int64)
        texts, documents = (tuple(map(str, chosen[name])) for name in ("text", "document"))
        why = _why_not(level.get(variable), names, codes, documents)
        yield Examples(variable, names, tuple(map(str, rows["item"])), texts, documents, codes, why)


def _why_not(
    level: "Level | None", names: Sequence[str], codes: IntArray, documents: Sequence[str]
) -> str | None:
    if level not in ("nominal", "ordinal"):
        return f"level {level}: only nominal and ordinal variables are learnt"
    if len(codes) < LEAST_LABELS:
        return f"{len(codes)} decided passages, at least {LEAST_LABELS} are needed"
    if len(set(documents)) < LEAST_DOCUMENTS:
        return f"passages of {len(set(documents))} documents, at least {LEAST_DOCUMENTS} are needed to hold some out"
    enough = int((np.bincount(codes, minlength=len(names)) >= LEAST_OF_CATEGORY).sum())
    if enough <= 1:
        return f"categories with {LEAST_OF_CATEGORY} decided passages: {enough}, at least 2 are needed"
    return None
