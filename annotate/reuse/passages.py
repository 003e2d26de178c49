"""Passages that read the same are one form: it is looked at once, however many outlets carry it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from annotate.reuse.arrays import IntArray
from annotate.reuse.words import Words


@dataclass(frozen=True, eq=False)
class Forms:
    """The words of each form, the form of each passage (-1: it has no content word), and its document.

    ``documents`` has a number below 0, and no other form's, for a form that several documents have.
    """

    words: Words
    of: IntArray
    documents: IntArray


def forms_of(words: Words, document: IntArray) -> Forms:
    """Gather passages with the same words; ``document`` numbers the document of each passage."""
    numbers: dict[tuple[bytes, bytes], int] = {}
    of = np.full(len(document), -1, dtype=np.int64)
    has_content = np.diff(np.concatenate([[0], np.cumsum(words.codes >= 0)])[words.bounds]) > 0
    for passage in np.flatnonzero(has_content).tolist():
        here = words.of(passage)
        key = words.codes[here].tobytes(), words.capitals[here].tobytes()
        of[passage] = numbers.setdefault(key, len(numbers))
    table = pd.DataFrame({"form": of, "document": document}).loc[of >= 0]
    documents = table.groupby("form")["document"].agg(["min", "max"])
    alone = (documents["min"] == documents["max"]).to_numpy()
    of_one = np.where(alone, documents["min"].to_numpy(), -1 - documents.index.to_numpy())
    _, chosen = np.unique(of, return_index=True)
    chosen = chosen[1:] if (of < 0).any() else chosen
    return Forms(_chosen(words, chosen), of, of_one.astype(np.int64))


def _chosen(words: Words, passages: IntArray) -> Words:
    lengths = np.diff(words.bounds)[passages]
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    place = np.arange(bounds[-1]) - np.repeat(bounds[:-1] - words.bounds[passages], lengths)
    return Words(words.codes[place], words.capitals[place], bounds, words.n_stems, words.dates)
