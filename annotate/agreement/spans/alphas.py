"""Krippendorff's alpha for marked text: token by token, character by character, and for unitizing.

Alpha for marked text, token by token or character by character.

Each token (or character) of a passage is coded by each of the passage's annotators: inside one of their
spans with the label, or outside. That is a table of ratings with two categories, and the coefficient is
Krippendorff's nominal alpha of it (2019, Content Analysis, 4th ed., ch. 12; 1995, On the reliability of
unitizing continuous data, Sociological Methodology 25, pp. 47-76, does so by way of comparison).

It weighs what is long, knows nothing of where one span ends and the next begins, and takes tokens as they
come. Tokens of one passage are not independent of each other, so what is drawn for an interval is
passages, never tokens: each passage brings along all of its tokens.

Krippendorff's alpha for unitizing: whether annotators cut the same stretches out of a text.

A passage is a continuum of characters. With one label, an annotator cuts it into units (the spans) and
gaps. Two units that share a character differ by the squares of the distances of their beginnings and of
their ends; a unit that lies in a gap of the other annotator differs by the square of its length.

Krippendorff (1995), On the reliability of unitizing continuous data, Sociological Methodology 25,
pp. 47-76; (2004), Content Analysis, 2nd ed., ch. 11, p. 254. This is the coefficient of those two (and of
DKPro Statistics), per label and over labels. It is not the one of the same name in Krippendorff, Mathet,
Bouvry & Widlöcher (2016), On the reliability of unitizing textual continua: further developments, Quality
& Quantity 50, which changes the definition because of how it behaves with more than two annotators.

Several passages
----------------
The publications know one continuum. Here each passage is one of its own: no unit and no gap reaches from
one into the next, so their order does not matter. Squared differences, lengths and chances are summed
over all passages, and L, by which both disagreements are divided, is the length of all together.

- Passages may have different annotators. As in every alpha, the pairs of a passage with m annotators
  weigh ``1 / (m - 1)``, and m L of the publication is the text that was annotated, each passage counted
  once for each of its annotators.
- A unit of length l has L - l + 1 places in one continuum, and fewer in the same text cut into passages.
  Its places in gaps are therefore taken as a share of the places it has in the passages, of as many as
  one continuum would give it. Without that, expected disagreement is too small and marks set at random
  have an alpha far below 0 (-0.1 with units of a tenth of a passage, -0.4 with units of a third).

With one passage these are the published formulas.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotate.agreement.chance import krippendorff_alpha
from annotate.agreement.result import Agreement
from annotate.agreement.spans.marks import MarkedPassage
from annotate.codebook.scale import Scale
from annotate.counts.patterns import FloatArray, IntArray, Patterns

# A token is a run of letters, digits and underscores, or any other one character that is not white space.
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


def label_coverage(
    passages: Sequence[MarkedPassage], tokens: Sequence[IntArray], labels: Sequence[str]
) -> Coverage:
    """Count the tokens of each passage by how many annotators gave them which label.

    A token has the label of the span that it is in, or none; where an annotator's spans of several labels meet, all of
    them together are a label of their own. As Newell, Margolin & Ruths (2018), An attribution relations corpus for
    political news, LREC, code tokens.
    """
    known: dict[tuple[str, ...], int] = {(): 0}
    labels = tuple(labels) or ("",)  # without a label, nothing is marked
    given: list[IntArray] = []  # annotators x tokens of each passage: the number of what a token is called
    for passage, places in zip(passages, tokens, strict=True):
        marks = np.zeros((len(labels), len(passage.annotators), len(places)), dtype=np.int64)
        for number, label in enumerate(labels):
            for person, spans in enumerate(passage.merged(label)):
                marks[number, person] = inside(places, spans)
        sets = marks.reshape(len(labels), -1).T
        kinds, which = np.unique(sets, axis=0, return_inverse=True)
        names = [
            tuple(name for name, has in zip(labels, kind, strict=True) if has) for kind in kinds.tolist()
        ]
        numbers = np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)
        given.append(numbers[which.ravel()].reshape(marks.shape[1:]))
    counted: list[Counter[tuple[int, ...]]] = []
    for codes in given:
        rows = np.stack([(codes == number).sum(axis=0) for number in range(len(known))], axis=1)
        counted.append(Counter(map(tuple, rows.tolist())))
    patterns = sorted(set().union(*counted))
    table = np.array([[one[pattern] for pattern in patterns] for one in counted], dtype=np.int64)
    table = table.reshape(len(counted), len(patterns))
    counts = np.array(patterns, dtype=np.int64).reshape(-1, len(known))
    scale = Scale("nominal", tuple(" and ".join(name) or "(none)" for name in known))
    return Coverage(Patterns(scale, counts, table.sum(axis=0)), table)


def coverage_alpha(covered: Coverage, samples: FloatArray) -> Agreement:
    """Alpha of inside and outside; ``samples`` (samples x passages) says how often each passage is in."""
    return krippendorff_alpha(covered.patterns, samples @ covered.tokens)


@dataclass(frozen=True, eq=False)
class Unitized:
    """What the coefficient needs to know of each passage, for one label.

    Parameters
    ----------
    lengths
        The lengths of units that occur (K,).
    units
        Units of each length (passages x K).
    room
        Places for a unit of each length in the gaps of the passage's annotators (passages x K).
    difference
        Squared differences over the pairs of annotators, both ways, over m - 1 (passages,).
    extent
        Length of the passage (passages,).
    annotated
        The same, times its annotators (passages,).
    places
        Places for a unit of each length, were there no other, times annotators (passages x K).
    divided
        Whether an annotator left a gap or set a boundary within the passage (passages,).

    """

    lengths: IntArray
    units: IntArray
    room: IntArray
    difference: FloatArray
    extent: IntArray
    annotated: IntArray
    places: IntArray
    divided: IntArray

    def categories_used(self, samples: FloatArray) -> IntArray:
        """2 in a sample with units and with something beside them, else 1: nobody or everybody marked all."""
        marked = samples @ self.units.sum(axis=1) > 0
        beside = samples @ self.divided > 0
        return np.asarray(marked.astype(np.int64) + beside, dtype=np.int64)


def difference(one: IntArray, other: IntArray) -> int:
    """Squared differences of two annotators over one continuum; each (n x 2), in order, not overlapping.

    >>> difference(np.array([[225, 295], [370, 400]]), np.array([[220, 300], [355, 375], [400, 420]]))
    1300
    """
    begins = one[:, None, 0] - other[None, :, 0]
    ends = one[:, None, 1] - other[None, :, 1]
    meet = (one[:, None, 0] < other[None, :, 1]) & (other[None, :, 0] < one[:, None, 1])
    shared = (begins**2 + ends**2)[meet].sum()
    alone = (np.diff(one[~meet.any(axis=1)]) ** 2).sum() + (np.diff(other[~meet.any(axis=0)]) ** 2).sum()
    return int(shared + alone)


def gaps(units: IntArray, length: int) -> IntArray:
    """Lengths of the gaps that units leave in a continuum of that length."""
    edges = np.r_[0, units.ravel(), length].reshape(-1, 2)
    widths = edges[:, 1] - edges[:, 0]
    return np.asarray(widths[widths > 0], dtype=np.int64)


def unitize(passages: Sequence[MarkedPassage], label: str) -> Unitized:
    """Reduce passages, each with two annotators or more, to what the coefficient needs of one label."""
    cuts = [passage.merged(label) for passage in passages]
    lengths = np.unique(
        np.concatenate([np.empty(0, np.int64), *(np.diff(u).ravel() for c in cuts for u in c)])
    )
    table = np.zeros((2, len(passages), len(lengths)), dtype=np.int64)
    differences = np.zeros(len(passages))
    divided = np.zeros(len(passages), dtype=np.int64)
    for row, (passage, by_annotator) in enumerate(zip(passages, cuts, strict=True)):
        for units in by_annotator:
            free = gaps(units, len(passage.text))
            np.add.at(table[0, row], np.searchsorted(lengths, np.diff(units).ravel()), 1)
            table[1, row] += np.maximum(free[:, None] - lengths[None, :] + 1, 0).sum(axis=0)
            divided[row] |= len(free) > 0 or len(units) > 1
        pairs = sum(difference(one, other) for one, other in combinations(by_annotator, 2))
        differences[row] = 2 * pairs / (len(by_annotator) - 1)
    extent = np.array([len(passage.text) for passage in passages], dtype=np.int64)
    annotators = np.array([len(passage.annotators) for passage in passages], dtype=np.int64)
    places = np.maximum(extent[:, None] - lengths + 1, 0) * annotators[:, None]
    return Unitized(lengths, table[0], table[1], differences, extent, extent * annotators, places, divided)


def unitizing_alpha(unitized: Unitized, samples: FloatArray) -> Agreement:
    """Alpha for unitizing, given as agreements ``1 - D_o`` and ``1 - D_e``.

    ``samples`` (samples x passages) says how often each passage is in. Both disagreements are divided by
    the length of the text, so in a long text both agreements are close to 1; their ratio is what speaks.

    ``D_o`` is the mean squared difference of two annotators. ``D_e`` compares every unit with every
    place that a unit or a gap of any annotator offers it (Krippendorff 2004, ch. 11).
    """
    length = unitized.lengths.astype(float)
    units, room = samples @ unitized.units, samples @ unitized.room
    number, total = units.sum(axis=1), samples @ unitized.annotated
    on_units = (number - 1) * (units @ ((2 * length**3 - 3 * length**2 + length) / 3))
    whole = samples @ unitized.extent
    places = samples @ unitized.places
    joined = total[:, None] - (total / np.where(whole == 0, 1.0, whole))[:, None] * (length - 1)
    in_gaps = (units * room * joined / np.where(places == 0, 1.0, places)) @ length**2
    compared = total * (total - 1) - units @ (length * (length - 1))
    observed = samples @ unitized.difference / np.where(total == 0, 1.0, total * whole)
    expected = 2 * (on_units + in_gaps) / np.where(compared <= 0, 1.0, compared * whole)
    return Agreement(1 - observed, 1 - expected)
