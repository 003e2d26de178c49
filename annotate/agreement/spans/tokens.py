"""Alpha for marked text, token by token or character by character.

Each token (or character) of a passage is coded by each of the passage's annotators: inside one of their
spans with the label, or outside. That is a table of ratings with two categories, and the coefficient is
Krippendorff's nominal alpha of it (2019, Content Analysis, 4th ed., ch. 12; 1995, On the reliability of
unitizing continuous data, Sociological Methodology 25, pp. 47-76, does so by way of comparison).

It weighs what is long, knows nothing of where one span ends and the next begins, and takes tokens as they
come. Tokens of one passage are not independent of each other, so what is drawn for an interval is
passages, never tokens: each passage brings along all of its tokens.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotate.agreement.alpha import krippendorff_alpha
from annotate.agreement.result import Agreement
from annotate.agreement.spans.marks import MarkedPassage
from annotate.codebook.scale import Scale
from annotate.counts.patterns import FloatArray, IntArray, Patterns

# A token is a run of letters, digits and underscores, or any other one character that is no white space.
TOKEN = re.compile(r"\w+|[^\w\s]")
CHARACTER = re.compile(r"\S")
_SIDES = Scale("nominal", ("inside", "outside"))


@dataclass(frozen=True, eq=False)
class Coverage:
    """How often how many annotators marked a token with one label.

    Parameters
    ----------
    patterns
        Inside and outside: how many annotators marked a token (or character) and how many did not (P,).
    tokens
        Tokens of each pattern in each passage (passages x P): what alpha needs to know of a passage.

    """

    patterns: Patterns
    tokens: IntArray

    def categories_used(self, samples: FloatArray) -> IntArray:
        """How many of inside and outside occur in each sample (samples,)."""
        return self.patterns.categories_used(samples @ self.tokens)


def cut(text: str, unit: re.Pattern[str]) -> IntArray:
    """Where the tokens or characters of a text are (tokens x 2): start and end, exclusive.

    >>> cut("It fell 4.5%.", TOKEN).tolist()
    [[0, 2], [3, 7], [8, 9], [9, 10], [10, 11], [11, 12], [12, 13]]
    """
    return np.array([match.span() for match in unit.finditer(text)], dtype=np.int64).reshape(-1, 2)


def inside(tokens: IntArray, spans: IntArray) -> IntArray:
    """1 for each token that shares a character with a span, else 0 (tokens,).

    ``spans`` (n x 2) are in order and do not overlap.
    """
    if not len(spans):
        return np.zeros(len(tokens), dtype=np.int64)
    place = np.searchsorted(spans[:, 1], tokens[:, 0], side="right")  # the first span that ends behind it
    within = place < len(spans)
    starts = spans[np.where(within, place, 0), 0]
    return np.asarray(within & (starts < tokens[:, 1]), dtype=np.int64)


def coverage(passages: Sequence[MarkedPassage], tokens: Sequence[IntArray], label: str) -> Coverage:
    """Count the tokens of each passage by how many annotators marked them.

    ``tokens`` are what :func:`cut` makes of each passage's text.
    """
    counted: list[Counter[tuple[int, int]]] = []
    for passage, places in zip(passages, tokens, strict=True):
        marking = np.zeros(len(places), dtype=np.int64)
        for spans in passage.merged(label):
            marking += inside(places, spans)
        numbers = Counter(marking.tolist())
        counted.append(Counter({(k, len(passage.annotators) - k): n for k, n in numbers.items()}))
    known = sorted(set().union(*counted))
    table = np.array([[one[pattern] for pattern in known] for one in counted], dtype=np.int64)
    table = table.reshape(len(counted), len(known))
    counts = np.array(known, dtype=np.int64).reshape(-1, 2)
    return Coverage(Patterns(_SIDES, counts, table.sum(axis=0)), table)


def coverage_alpha(covered: Coverage, samples: FloatArray) -> Agreement:
    """Alpha of inside and outside; ``samples`` (samples x passages) says how often each passage is in."""
    return krippendorff_alpha(covered.patterns, samples @ covered.tokens)
