"""The classifier: weighted words and letters of a passage, and a logistic regression on them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

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
