"""What the classifier says of documents that it has not learnt from.

Documents are held out whole, for the passages of a document have its words, subject and author in common.
And as one text may stand in several documents, what copies a passage that is held out is not learnt from
either.
"""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from annotate.coordination.suggestion.classifier import learn_and_tell, word_weights
from annotate.sampling import IntArray

if TYPE_CHECKING:
    from annotate.coordination.suggestion.examples import Examples

FOLDS = 5
COPY = 0.8
"""Passages whose weighted words have this cosine or more are taken for copies."""

NOTHING = -1
"""In place of a category, where there was nothing to learn from."""

_BLOCK = 512  # rows of similarities at a time


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Of each example, from a model that knew neither its document nor its copies.

    ``predicted`` (N,) is the most probable category, ``frequent`` (N,) the most frequent one among what was
    learnt from, which is the baseline (both :data:`NOTHING` where there was nothing to learn from), and ``copies`` how many examples were kept from a model because
    they copy one that was held out.
    """

    predicted: IntArray
    copies: int


def held_out(examples: "Examples", seed: int) -> HeldOut:
    """Hold out every document once, in :data:`FOLDS` parts with categories as alike as documents allow."""
    size = len(examples.categories)
    predicted = np.full(len(examples.texts), NOTHING, dtype=np.int64)
    weights = word_weights(examples.texts)
    copies = 0
    for fold in _folds(examples, seed):
        inside = np.zeros(len(predicted), dtype=bool)
        inside[fold] = True
        copied = ~inside & _like(weights, fold)
        copies += int(copied.sum())
        known = np.flatnonzero(~inside & ~copied)
        if not len(known):  # all the others are copies
            continue
        texts, of = ([examples.texts[place] for place in places] for places in (known, fold))
        predicted[fold] = learn_and_tell(texts, examples.codes[known], of, size).argmax(axis=1)
    return HeldOut(predicted, copies)


def _folds(examples: "Examples", seed: int) -> list[IntArray]:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    with warnings.catch_warnings():  # that a category has fewer examples than there are folds
        warnings.simplefilter("ignore", UserWarning)
        found = list(folds.split(np.zeros(len(examples.codes)), _strata(examples), examples.documents))
    return [held for _, held in found if len(held)]


def _strata(examples: "Examples") -> IntArray:
    """The codes, with all rare categories as one: folds cannot balance what they cannot share."""
    counts = np.bincount(examples.codes, minlength=len(examples.categories))
    return np.where(counts[examples.codes] < FOLDS, len(counts), examples.codes)


def _like(weights: Any, fold: IntArray) -> NDArray[np.bool_]:
    """Which texts copy one of the fold."""
    found = np.zeros(weights.shape[0], dtype=bool)
    for start in range(0, len(fold), _BLOCK):
        cosines = (weights @ weights[fold[start : start + _BLOCK]].T).tocoo()
        found[cosines.row[cosines.data >= COPY]] = True
    return found
