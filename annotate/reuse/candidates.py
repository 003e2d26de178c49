"""Which passages are worth aligning: they share rare pairs of stems that stand close together.

A pair of stems is unordered, and one other content stem may stand between them, so that a word put in or an
active turned passive leaves pairs in common. Long passages are looked at in blocks, so that the work grows
with what they share and not with their length.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from annotate.reuse.arrays import BoolArray, IntArray
from annotate.reuse.evidence import neighbours
from annotate.reuse.shared import shared_terms
from annotate.reuse.words import Words

REACH = 2  # a pair is two content stems at most so far apart
FEWEST = 2  # pairs that two passages must share
BLOCK = 64  # words
LONG = 2 * BLOCK  # a passage with more words is looked at in blocks


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of forms (pairs x 2, the lower number first) and the words to align of either.

    ``low`` and ``high`` (pairs x 2) are the first word and the last one, excluded.
    """

    forms: IntArray
    low: IntArray
    high: IntArray


def candidates(forms: Words, documents: IntArray, most: int) -> Candidates:
    """Find the pairs of forms that share rare pairs of stems.

    Parameters
    ----------
    forms
        The words of passages that differ from each other.
    documents
        The document of each form; a form of several documents has a number of its own.
    most
        A pair of stems counts if at most so many passages (of long ones, blocks of 64 words) have it.

    """
    lengths = np.diff(forms.bounds)
    blocks = np.where(lengths > LONG, -(-lengths // BLOCK), 1)
    first_block = np.concatenate([[0], np.cumsum(blocks)])
    form_of = np.repeat(np.arange(len(lengths)), blocks)
    terms = _terms(forms, documents, first_block, lengths > LONG)
    found = shared_terms(terms, most=most, fewest=FEWEST)
    found = found.assign(a=form_of[found["first"]], b=form_of[found["second"]])
    found = found.loc[found["a"] != found["b"]]
    best = found.sort_values(["a", "b", "weight"], ascending=[True, True, False], kind="stable")
    best = best.drop_duplicates(["a", "b"])
    pairs = best[["a", "b"]].to_numpy()
    block = best[["first", "second"]].to_numpy() - first_block[pairs]
    long = blocks[pairs] > 1
    low = np.where(long, np.maximum((block - 1) * BLOCK, 0), 0)
    high = np.where(long, np.minimum((block + 2) * BLOCK, lengths[pairs]), lengths[pairs])
    return Candidates(pairs, low, high)


def _terms(forms: Words, documents: IntArray, first_block: IntArray, long: BoolArray) -> pd.DataFrame:
    """One row a distinct pair of stems of a block: passage (the block), document, term.

    Pairs that occur once are left out at once: they are most, and lead nowhere.
    """
    of = np.repeat(np.arange(len(forms.bounds) - 1), np.diff(forms.bounds))
    place = np.flatnonzero(forms.codes >= 0)
    of, codes = of[place], forms.codes[place]
    left = [np.flatnonzero(of[apart:] == of[:-apart]) for apart in range(1, REACH + 1)]
    term = np.concatenate(
        [neighbours(codes[at], codes[at + apart], forms.n_stems) for apart, at in enumerate(left, start=1)]
    )
    again = np.flatnonzero(pd.Series(term).isin(_repeated(term)))
    term, at = term[again], np.concatenate(left)[again]
    form = of[at]
    block = first_block[form] + np.where(long[form], (place[at] - forms.bounds[form]) // BLOCK, 0)
    table = pd.DataFrame({"passage": block, "document": documents[form], "term": term})
    return table.drop_duplicates(["passage", "term"])


def _repeated(values: IntArray) -> IntArray:
    """The values that occur more than once."""
    ordered = np.sort(values)
    same = ordered[1:] == ordered[:-1]
    return ordered[1:][same & ~np.concatenate([[False], same[:-1]])] if len(same) else ordered[:0]
