"""How alike passages are by their words and letters, and which of other documents are nearest.

Two passages that make one claim in different words share stems, and pieces of words where they share no stem
("evacuated", "evacuation"). So each passage is a vector of its content stems and of the pieces of three to five
letters within its words, each weighted by rarity, both halves of length one; likeness is the cosine of two. A user's
own vectors, such as a model's embeddings, may join as a third part.

What is near to everything says little. So it is also told how near either passage is to its nearest five in the other's
document: the r of cross-domain similarity local scaling, Conneau, Lample, Ranzato, Denoyer and Jégou (2018), Word
translation without parallel data, ICLR, section 2.3.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from annotate.reuse.candidates import names
from annotate.reuse.stems import FloatArray, IntArray, Words, read_words

Matrix = Any  # scipy publishes no types
Vectors = NDArray[np.float32]
PIECES = (3, 5)  # letters
NEIGHBOURS = 5  # of Conneau et al.: what a passage has with the nearest of these
ALL_PAIRS = 1500  # passages of which every pair is looked at
COMMON = 300  # passages: a stem or piece in more of them leads to no pair where there are many passages
_OWN = 512  # passages of its own document that are passed over in a search, at most
_THREADS = 2
_BLOCK = 50_000  # pairs at one time
_DENSE = 1_000_000  # cells of a product of dense vectors at one time


@dataclass(frozen=True, eq=False)
class Likeness:
    """Passages as vectors: ``features`` (passages x stems and pieces), ``names``, and perhaps ``vectors`` of the user's.

    Rows of ``features`` and ``vectors`` have length one, or none. Rows of ``names`` multiply to the sum of the
    rarities (natural logarithm) of the names that two passages share. ``documents`` numbers the document of each.
    """

    features: Matrix
    names: Matrix
    documents: IntArray
    vectors: Vectors | None = None

    def of(self, pairs: IntArray) -> FloatArray:
        """Give the likeness of each pair (pairs x 2), from 0 to 1, or from -1 where vectors join."""
        found = _dots(self.features, pairs)
        if self.vectors is None:
            return found
        return (2 * found + _dense_dots(self.vectors, pairs)) / 3

    def shared_names(self, pairs: IntArray) -> FloatArray:
        """Give the rarity of the names that each pair shares."""
        return _dots(self.names, pairs)

    def around(self, pairs: IntArray) -> FloatArray:
        """Give what the passages of each pair have with their nearest five in the other's document, on average.

        That is ``(r(a, B) + r(b, A)) / 2``, where r is the mean of the nearest five, or of all if they are fewer.
        """
        rows = np.concatenate([pairs, pairs[:, ::-1]])
        asked, which = np.unique(
            np.column_stack([rows[:, 0], self.documents[rows[:, 1]]]), axis=0, return_inverse=True
        )
        order = np.argsort(self.documents, kind="stable")
        bounds = np.searchsorted(self.documents[order], np.arange(self.documents.max(initial=-1) + 2))
        means = np.zeros(len(asked))
        for first in range(0, len(asked), _BLOCK // 10):
            block = asked[first : first + _BLOCK // 10]
            start, end = bounds[block[:, 1]], bounds[block[:, 1] + 1]
            sizes = end - start
            place = np.repeat(np.arange(len(block)), sizes)
            column = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            others = order[np.repeat(start, sizes) + column]
            table = np.full((len(block), int(sizes.max())), -np.inf)
            table[place, column] = self.of(np.column_stack([block[place, 0], others]))
            nearest = -np.sort(-table, axis=1)[:, :NEIGHBOURS]
            known = np.isfinite(nearest)
            means[first : first + len(block)] = np.where(known, nearest, 0.0).sum(axis=1) / known.sum(axis=1)
        one, other = np.split(means[which.reshape(-1)], 2)
        return np.asarray((one + other) / 2, dtype=np.float64)

    def nearest(self, most: int) -> IntArray:
        """Find pairs of passages of different documents (pairs x 2, the lower number first), each once.

        Where there are few passages these are all pairs with anything in common; otherwise the ``most`` nearest
        of each passage by what is rare in them.
        """
        few = len(self.documents) <= ALL_PAIRS
        searched = self.features if few else _rare(self.features)
        found = [*_search(searched, self.documents, len(self.documents) if few else most)]
        if self.vectors is not None:
            found += _search_dense(self.vectors, self.documents, len(self.documents) if few else most)
        return distinct(np.concatenate([np.zeros((0, 2), dtype=np.int64), *found]))


def distinct(pairs: IntArray) -> IntArray:
    """Take each pair once, the lower number first, in order."""
    size = int(pairs.max(initial=0)) + 1
    codes = np.unique(pairs.min(axis=1) * size + pairs.max(axis=1)) if len(pairs) else np.zeros(0, np.int64)
    return np.column_stack([codes // size, codes % size])


def likeness(
    texts: Sequence[str], documents: IntArray, *, language: str = "english", vectors: Vectors | None = None
) -> Likeness:
    """Make vectors of passages.

    Parameters
    ----------
    texts, documents
        Of each passage its text, and the number of its document.
    language
        One of snowballstemmer's.
    vectors
        (passages x dimensions), of any length.

    Raises
    ------
    StatisticsError
        If there is no stemmer for the language.

    """
    words = read_words(texts, language)
    stems = _weighted(_counted(words.codes, words, words.codes >= 0))
    features = sparse.hstack([_weighted(_pieces(texts)), stems], format="csr") * np.float32(2**-0.5)
    capitals = names(words, np.repeat(np.arange(len(texts)), np.diff(words.bounds)))
    named = _counted(words.codes, words, capitals & (words.codes >= 0))
    named.data[:] = 1.0
    carried = np.maximum(np.asarray(named.sum(axis=0)).ravel(), 1.0)
    rarity = np.sqrt(np.log(max(len(texts), 1) / carried)).astype(np.float32)
    unit = None
    if vectors is not None:
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return Likeness(features, (named @ sparse.diags(rarity)).tocsr(), documents, unit)


def _pieces(texts: Sequence[str]) -> Matrix:
    """Count the pieces within words in each text; each word is cut once, however often it stands."""
    from sklearn.feature_extraction.text import CountVectorizer

    folded = [text.casefold() for text in texts]
    if not any(text.strip() for text in folded):
        return sparse.csr_matrix((len(texts), 1), dtype=np.float32)
    counter = CountVectorizer(analyzer=str.split, dtype=np.float32)
    counts = counter.fit_transform(folded)
    cutter = CountVectorizer(analyzer="char_wb", ngram_range=PIECES, lowercase=False, dtype=np.float32)
    return (counts @ cutter.fit_transform(counter.get_feature_names_out())).tocsr()


def _counted(codes: IntArray, words: Words, which: NDArray[np.bool_]) -> Matrix:
    """Count the chosen words of each passage by their stems."""
    of = np.repeat(np.arange(len(words.bounds) - 1), np.diff(words.bounds))[which]
    shape = len(words.bounds) - 1, max(words.n_stems, 1)
    cells = np.ones(len(of), dtype=np.float32), (of, codes[which])
    return sparse.coo_matrix(cells, shape=shape).tocsr()


def _weighted(counts: Matrix) -> Matrix:
    from sklearn.feature_extraction.text import TfidfTransformer

    if not counts.shape[0]:
        return counts
    return TfidfTransformer(sublinear_tf=True).fit_transform(counts).astype(np.float32)


def _rare(features: Matrix) -> Matrix:
    """Keep what not too many passages have, and more than one."""
    carried = np.bincount(features.indices, minlength=features.shape[1])
    return features[:, np.flatnonzero((carried > 1) & (carried <= COMMON))]


def _search(features: Matrix, documents: IntArray, most: int) -> Iterator[IntArray]:
    """Find the nearest of each passage; those of its own document are found besides, and are passed over."""
    from sparse_dot_topn import sp_matmul_topn

    sizes = np.bincount(documents)[documents] if len(documents) else np.zeros(0, dtype=np.int64)
    room = 2 ** np.ceil(np.log2(np.maximum(np.minimum(sizes, _OWN), 1))).astype(np.int64)
    turned = features.T.tocsr()
    for size in np.unique(room):
        rows = np.flatnonzero(room == size)
        top = min(most + int(size), len(documents))
        near = sp_matmul_topn(
            features[rows], turned, top_n=top, threshold=0.0, sort=True, n_threads=_THREADS
        ).tocoo()
        row, column = rows[near.row], near.col.astype(np.int64)
        apart = documents[row] != documents[column]
        row, column = row[apart], column[apart]
        place = np.arange(len(row)) - np.searchsorted(row, row)  # among those of its row, the nearest first
        yield np.column_stack([row, column])[place < most]


def _search_dense(vectors: Vectors, documents: IntArray, most: int) -> Iterator[IntArray]:
    step = max(_DENSE // max(len(vectors), 1), 1)
    for first in range(0, len(vectors), step):
        near = vectors[first : first + step] @ vectors.T
        near[documents[first : first + step, None] == documents[None, :]] = -np.inf
        top = min(most, near.shape[1] - 1)
        column = np.argpartition(-near, top, axis=1)[:, :top] if top < near.shape[1] - 1 else None
        row = np.arange(len(near))[:, None]
        place = np.isfinite(near) if column is None else np.isfinite(near[row, column])
        at = np.nonzero(place)
        yield np.column_stack([at[0] + first, at[1] if column is None else column[at]]).astype(np.int64)


def _dots(matrix: Matrix, pairs: IntArray) -> FloatArray:
    found = np.zeros(len(pairs))
    for first in range(0, len(pairs), _BLOCK):
        one, other = pairs[first : first + _BLOCK].T
        found[first : first + _BLOCK] = np.asarray(matrix[one].multiply(matrix[other]).sum(axis=1)).ravel()
    return found


def _dense_dots(vectors: Vectors, pairs: IntArray) -> FloatArray:
    found = np.zeros(len(pairs))
    for first in range(0, len(pairs), _BLOCK):
        one, other = pairs[first : first + _BLOCK].T
        found[first : first + _BLOCK] = np.einsum("ij,ij->i", vectors[one], vectors[other])
    return found
