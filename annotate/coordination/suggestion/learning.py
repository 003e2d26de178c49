"""What is learnt from, the classifier that learns it, and what it says of documents that it has not learnt from.

The classifier is a logistic regression on weighted words and letters of a passage.

Documents are held out whole, because the passages of a document share words, subject and author. The same text
may stand in several documents, so copies of a passage that is held out are not learnt from either.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from annotate.codebook.scale import Level, Scale
from annotate.errors import counted
from annotate.sampling import FloatArray, IntArray

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

WORD = r"\w+|[^\w\s]"
"""A word, or any other sign, so that a passage without a word has features too."""

_FILLER = "."  # with it, even a passage of blanks has a feature
_ROUNDS = 1000
SETTINGS: dict[str, Any] = {
    "words": {"ngram_range": (1, 2), "token_pattern": WORD},
    "letters": {"ngram_range": (2, 5), "analyzer": "char_wb"},
    "regression": {"C": 1.0, "class_weight": "balanced", "max_iter": _ROUNDS},
}


def prepared(texts: Sequence[str]) -> list[str]:
    """The texts as the classifier takes them."""
    return [f"{text} {_FILLER}" for text in texts]


def classifier() -> "Pipeline":
    """Make a classifier that has learnt nothing yet."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(sublinear_tf=True, dtype=np.float64, **SETTINGS["words"])
    letters = TfidfVectorizer(sublinear_tf=True, dtype=np.float64, **SETTINGS["letters"])
    return make_pipeline(make_union(words, letters), LogisticRegression(**SETTINGS["regression"]))


def learn_and_tell(texts: Sequence[str], codes: IntArray, of: Sequence[str], n_categories: int) -> FloatArray:
    """Learn from texts (N) and their codes (N,), and tell the probabilities of other texts (M x K).

    A category without an example gets probability 0; with a single category there is nothing to learn.
    """
    from threadpoolctl import threadpool_limits

    told = np.zeros((len(of), n_categories))
    present = np.unique(codes)
    if len(present) == 1:
        told[:, present[0]] = 1.0
    elif len(of):
        with threadpool_limits(limits=1):  # more threads take longer: they wait for each other
            model = classifier().fit(prepared(texts), codes)
            told[:, model.classes_] = model.predict_proba(prepared(of))
    return told


def word_weights(texts: Sequence[str]) -> Any:
    """The weighted words of texts, (N x words), each row of length 1: their products are cosines."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(sublinear_tf=True, dtype=np.float64, **SETTINGS["words"]).fit_transform(
        prepared(texts)
    )


FOLDS = 5
"""Parts in which documents are held out."""

_LEARNT = ("nominal", "ordinal")

LEAST_LABELS = 50
"""Decided passages below which no model is made."""

LEAST_OF_CATEGORY = 10
"""Decided passages of a category below which it is never suggested."""

LEAST_DOCUMENTS = FOLDS
"""Documents with decided passages below which none can be held out."""


def learnable(scales: Mapping[str, Scale]) -> list[str]:
    """List the variables that can be learnt: those of which one category is chosen."""
    return [name for name, scale in scales.items() if scale.level in _LEARNT]


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
    scales: Mapping[str, Scale],
    variables: Sequence[str] | None,
) -> Iterator[Examples]:
    """Collect the examples of each variable, in the order of ``scales``, without ties.

    Categories are in the order of the variable's scale.
    """
    known = passages.drop_duplicates("item").set_index("item")
    usable = decided.loc[decided["category"].notna() & decided["item"].isin(known.index)]
    of = {str(name): rows.sort_values("item") for name, rows in usable.groupby("variable", sort=False)}
    for variable in [*scales, *sorted(of.keys() - scales.keys())]:
        if variables is not None and variable not in variables:
            continue
        rows = of.get(variable, usable.iloc[:0])
        used = set(rows["category"])
        scale = scales.get(variable)
        order = [name for name in (scale.categories if scale else ()) if name in used]
        names = tuple(order + sorted(used - set(order)))
        chosen = known.loc[list(rows["item"])]
        place = {name: number for number, name in enumerate(names)}
        codes = np.array([place[name] for name in rows["category"]], dtype=np.int64)
        texts, documents = (tuple(map(str, chosen[name])) for name in ("text", "document"))
        why = _why_not(scale.level if scale else None, names, codes, documents)
        yield Examples(variable, names, tuple(map(str, rows["item"])), texts, documents, codes, why)


def _why_not(
    level: Level | None, names: Sequence[str], codes: IntArray, documents: Sequence[str]
) -> str | None:
    if level not in _LEARNT:
        return f"level {level}: only nominal and ordinal variables are learnt"
    if len(codes) < LEAST_LABELS:
        return f"{counted(len(codes), 'decided passage')}, at least {LEAST_LABELS} are needed"
    if len(set(documents)) < LEAST_DOCUMENTS:
        return f"passages of {counted(len(set(documents)), 'document')}, at least {LEAST_DOCUMENTS} are needed to hold some out"
    enough = int((np.bincount(codes, minlength=len(names)) >= LEAST_OF_CATEGORY).sum())
    if enough <= 1:
        return f"categories with {LEAST_OF_CATEGORY} decided passages: {enough}, at least 2 are needed"
    return None


COPY = 0.8
"""Passages whose weighted words have this cosine or more are taken for copies."""

NOTHING = -1
"""In place of a category, where there was nothing to learn from."""

_BLOCK = 512  # rows of similarities at a time


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Of each example, from a model that knew neither its document nor its copies.

    ``predicted`` (N,) is the most probable category, :data:`NOTHING` where there was nothing to learn from.
    ``copies`` is how many examples were kept from a model because they copy one that was held out.
    """

    predicted: IntArray
    copies: int


def held_out(examples: Examples, seed: int) -> HeldOut:
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


def _folds(examples: Examples, seed: int) -> list[IntArray]:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    with warnings.catch_warnings():  # that a category has fewer examples than there are folds
        warnings.simplefilter("ignore", UserWarning)
        found = list(folds.split(np.zeros(len(examples.codes)), _strata(examples), examples.documents))
    return [held for _, held in found if len(held)]


def _strata(examples: Examples) -> IntArray:
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
