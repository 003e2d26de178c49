"""The passages that wait, ordered by how unsure the classifiers are of them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from annotate.coordination.suggestion.classifier import learn_and_tell
from annotate.coordination.suggestion.examples import LEAST_OF_CATEGORY, Examples
from annotate.sampling import FloatArray

COLUMNS = ("rank", "item", "variable", "category", "probability", "uncertainty", "document", "undefined")


def told(examples: Examples, texts: Sequence[str]) -> FloatArray:
    """The probability of each category for each text (M x K), from all examples."""
    return learn_and_tell(examples.texts, examples.codes, texts, len(examples.categories))


def uncertainty(probabilities: FloatArray) -> FloatArray:
    """How unsure rows of probabilities (M x K) are: their entropy over its largest, 0 to 1."""
    of = np.where(probabilities > 0, probabilities, 1.0)
    entropy = -(of * np.log(of)).sum(axis=1) / np.log(max(2, probabilities.shape[1]))
    return np.asarray(np.clip(entropy, 0.0, 1.0), dtype=float)


def ordered(passages: pd.DataFrame, learnt: Sequence[tuple[Examples, FloatArray]]) -> pd.DataFrame:
    """Order passages (M) by their mean uncertainty over the variables, the most uncertain first.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`, a row a passage and variable. ``rank`` is the passage's, from 1; equal ones stand
        as the passages do. ``category`` is None where the most probable one has too few examples
        to be suggested, which ``undefined`` says.

    """
    if not learnt or passages.empty:
        return pd.DataFrame({name: pd.Series(dtype=_KINDS.get(name, object)) for name in COLUMNS})
    unsure = np.array([uncertainty(probabilities) for _, probabilities in learnt])
    rank = np.empty(len(passages), dtype=np.int64)
    rank[np.argsort(-unsure.mean(axis=0).round(12), kind="stable")] = np.arange(1, len(passages) + 1)
    parts = []
    for (examples, probabilities), own in zip(learnt, unsure, strict=True):
        top = probabilities.argmax(axis=1)
        few = examples.counts[top] < LEAST_OF_CATEGORY
        named = np.array([*examples.categories, None], dtype=object)[np.where(few, -1, top)]
        why = np.array([*(f"too few examples of {name}" for name in examples.categories), None], dtype=object)
        part = {
            "rank": rank,
            "item": passages["item"].to_numpy(),
            "variable": np.full(len(passages), examples.variable, dtype=object),
            "category": named,
            "probability": np.where(few, np.nan, probabilities.max(axis=1)),
            "uncertainty": own,
            "document": passages["document"].to_numpy(),
            "undefined": why[np.where(few, top, -1)],
        }
        parts.append(
            pd.DataFrame({name: pd.Series(part[name], dtype=_KINDS.get(name, object)) for name in COLUMNS})
        )
    return pd.concat(parts).sort_values("rank", kind="stable", ignore_index=True)


_KINDS = {"rank": "int64", "probability": "float64", "uncertainty": "float64"}
