"""Samples of items that hardly differ from each other, without writing each of them out.

The jackknife leaves out one unit after the other, and a derivative gives one pattern after the other some more
weight. Written out, that is a table of patterns x patterns, which for fifty thousand patterns is 20 GB. But what
coefficients ask of samples are products, ``samples @ table``, and those follow from one product of what the samples
share and from the few entries in which they differ.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from annotate.sampling import FloatArray, IntArray

MANY_PATTERNS = 2048  # from here on; below, writing samples out is faster, and keeps every digit as it was
_CELLS = 2**24  # samples x patterns that are stood for at a time


def portions(of: IntArray, n_patterns: int) -> list[IntArray]:
    """Cut ``of`` into as many samples as are stood for at a time."""
    size = max(64, _CELLS // n_patterns)
    return np.split(of, range(size, len(of), size))


@dataclass(frozen=True, eq=False)
class Moved:
    """Samples that are ``scale`` (S,) times ``base`` (P,), and differ in few patterns, by ``change`` (S x P).

    It stands for the array (S x P) and multiplies as that does.
    """

    base: FloatArray
    scale: FloatArray
    change: "sparse.csr_array"

    def __len__(self) -> int:
        return len(self.scale)

    def __matmul__(self, table: Any) -> FloatArray:
        """Multiply with a vector (P,), or a table (P x Q) with or without gaps."""
        whole, own = self.base @ table, self.change @ table
        own = own.toarray() if sparse.issparse(own) else own
        return np.asarray(np.multiply.outer(self.scale, whole) + own, dtype=float)

    def __array__(self, *_: object, **__: object) -> FloatArray:
        return np.asarray(self.scale[:, None] * self.base + self.change.toarray(), dtype=float)


def one_each(of: IntArray, values: FloatArray, n_patterns: int) -> "sparse.csr_array":
    """One value in each row (S x P), in the column ``of`` (S,)."""
    return sparse.csr_array((values, of, np.arange(len(of) + 1)), shape=(len(of), n_patterns))


Samples: TypeAlias = "FloatArray | Moved"


def squares(samples: Samples, rows: "sparse.csr_array") -> FloatArray:
    """The sum of the squares of ``samples @ rows`` (S,); ``rows`` is patterns x categories."""
    if not isinstance(samples, Moved):
        return np.asarray(((samples @ rows) ** 2).sum(axis=1), dtype=float)
    whole, own = samples.base @ rows, samples.change @ rows
    mixed, alone = own @ whole, own.power(2).sum(axis=1)
    return np.asarray(samples.scale**2 * (whole @ whole) + 2 * samples.scale * mixed + alone, dtype=float)


def used(samples: Samples, rows: "sparse.csr_array") -> IntArray:
    """In how many columns ``samples @ rows`` is not 0 (S,)."""
    if not isinstance(samples, Moved):
        return np.asarray(np.count_nonzero(samples @ rows > 0, axis=1), dtype=np.int64)
    whole, own = samples.base @ rows, sparse.csr_array(samples.change @ rows)
    sample = np.repeat(np.arange(len(samples)), np.diff(own.indptr))
    there = whole[own.indices] > 0
    gone = there & (samples.scale[sample] * whole[own.indices] + own.data <= 0)
    new = ~there & (own.data > 0)
    change = np.bincount(sample, weights=new.astype(float) - gone, minlength=len(samples))
    return np.count_nonzero(whole > 0) + change.astype(np.int64)
