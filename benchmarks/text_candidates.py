"""Candidates at size, and how well they are ordered on the marked texts of tests/claims.

    PYTHONPATH=. python benchmarks/text_candidates.py 10000 100000

The passages are those of text_reuse.py, one in a hundred written again in another document. Printed are the seconds
of each part, the peak memory, and how many of the planted pairs are among the best; then, for the marked texts, the
average precision and the share of the pairs among the best 50, 100 and 200, beside the cosine of letters alone.
"""

import resource
import sys
import time

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from text_reuse import passages

from annotate.figures import quantities
from annotate.figures.recurring import recurring
from annotate.provenance import candidates
from annotate.reuse import reuse
from tests.marked_claims import Pair, average_precision, marked_claims


def at_size(size: int) -> None:
    """Time the whole, and the two parts of it that are commands of their own."""
    table, planted = passages(size)
    start = time.perf_counter()
    found = candidates(table, most=2 * len(planted))
    taken = time.perf_counter() - start
    recall = len(
        planted & {(min(p), max(p)) for p in zip(found["a_item"], found["b_item"], strict=True)}
    ) / len(planted)
    start = time.perf_counter()
    reuse(table)
    of_reuse = time.perf_counter() - start
    recurring(quantities(table), table)
    of_figures = time.perf_counter() - start - of_reuse
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{size:,} passages: {taken:.1f} s (reuse {of_reuse:.1f}, figures {of_figures:.1f}), {peak:.2f} GB, "
        f"{recall:.3f} of {len(planted):,} planted pairs among the best {len(found):,}"
    )


def by_letters(table: pd.DataFrame) -> list[Pair]:
    """All pairs of different documents by the cosine of pieces of words alone."""
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(
        table["text"]
    )
    similar = (vectors @ vectors.T).toarray()
    one, other = np.triu_indices(len(table), 1)
    apart = table["document"].to_numpy()[one] != table["document"].to_numpy()[other]
    order = np.argsort(-similar[one, other][apart], kind="stable")
    items = table["item"].to_numpy()
    return [
        frozenset(pair) for pair in zip(items[one[apart][order]], items[other[apart][order]], strict=True)
    ]


def marked(name: str) -> None:
    """Print how well the pairs of a marked file are ordered."""
    table, right = marked_claims(name)
    found = candidates(table, most=10**6)
    ranked = [frozenset(pair) for pair in zip(found["a_item"], found["b_item"], strict=True)]
    for what, pairs in (("candidates", ranked), ("letters alone", by_letters(table))):
        shares = ", ".join(f"{len(right & set(pairs[:most])) / len(right):.2f}" for most in (50, 100, 200))
        print(
            f"{name}, {what}: average precision {average_precision(pairs, right):.3f}; among 50, 100, 200: {shares}"
        )


def main(sizes: list[int]) -> None:
    """Measure time, memory and order."""
    for size in sizes:
        at_size(size)
    for name in ("tuned.txt", "held_out.txt"):
        marked(name)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000])
