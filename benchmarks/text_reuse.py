"""Text reuse at size: this package and MinHash, side by side, on passages with planted paraphrases.

    python benchmarks/text_reuse.py 10000 100000 1000000

Passages are drawn from a vocabulary in which few words are common and most are rare, as in any language; one
in a hundred is written again in another document: a fifth of its words exchanged, a tenth left out, and its
first part put last. Found are the planted pairs; all other pairs count against precision. MinHash takes the
sets of the same stems' neighbouring pairs, its threshold as low as recall asks for. What is not installed is left
out, and the command that adds it is printed.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from annotate.corpus.languages import FUNCTION_WORDS
from annotate.reuse import reuse

Pairs = set[tuple[str, str]]
Strings = NDArray[np.object_]
Work = Callable[[pd.DataFrame], Pairs]

WORDS, PER_DOCUMENT, ONE_IN = 60_000, 20, 100
THRESHOLD, PERMUTATIONS = 0.2, 64  # of MinHash: a lower threshold finds more, and more that is none


def vocabulary(rng: np.random.Generator) -> Strings:
    """Words that can be spoken, the most common first: the function words of English, then made-up ones."""
    syllables = np.array(
        [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "or", "el")]
    )
    drawn = rng.choice(syllables, (2 * WORDS, 4))
    made = {"".join(row[: 2 + number % 3]) for number, row in enumerate(drawn.tolist())}
    return np.array([*sorted(FUNCTION_WORDS["english"])[:120], *sorted(made)[:WORDS]], dtype=object)


def passages(size: int) -> tuple[pd.DataFrame, Pairs]:
    """A table of passages, and the pairs that were planted, by item."""
    rng = np.random.default_rng(size)
    words = vocabulary(rng)
    share = 1 / np.arange(3, len(words) + 3)
    lengths = rng.integers(12, 36, size)
    drawn = np.split(
        words[rng.choice(len(words), int(lengths.sum()), p=share / share.sum())], np.cumsum(lengths)[:-1]
    )
    chosen = rng.permutation(size)[: 2 * (size // ONE_IN)].reshape(-1, 2)
    chosen = chosen[chosen[:, 0] // PER_DOCUMENT != chosen[:, 1] // PER_DOCUMENT]
    for original, copy in chosen:
        drawn[copy] = paraphrased(drawn[original], words, rng)
    items = [f"p{number:07}" for number in range(size)]
    table = pd.DataFrame({"item": items, "text": [" ".join(row) for row in drawn]})
    table["document"] = [f"d{number // PER_DOCUMENT:07}" for number in range(size)]
    table = table.assign(source=table["document"], published=None, kind="body")
    table["start"] = np.arange(size) % PER_DOCUMENT * 1000
    return table, {(items[min(pair)], items[max(pair)]) for pair in chosen.tolist()}


def paraphrased(
    text: Strings,
    words: Strings,
    rng: np.random.Generator,
) -> Strings:
    """Write a passage again in other words."""
    lot = rng.random(len(text))
    changed = np.where(lot < 0.2, words[rng.integers(0, len(words), len(text))], text)[lot < 0.9]  # noqa: PLR2004
    cut = int(rng.integers(0, len(changed) // 3))
    return np.concatenate([changed[cut:], changed[:cut]])


def ours(table: pd.DataFrame) -> Pairs:
    """This package, aligned spans and all."""
    found = reuse(table)
    return set(map(sorted_pair, zip(found["a_item"], found["b_item"], strict=True)))


def sorted_pair(pair: tuple[str, str]) -> tuple[str, str]:
    """A pair in the order of its names."""
    return min(pair), max(pair)


def by_datasketch(table: pd.DataFrame) -> Pairs:
    """MinHash of the pairs of neighbouring words, looked up by banding; no spans."""
    sketch = import_module("datasketch")
    index = sketch.MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    document = dict(zip(table["item"], table["document"], strict=True))
    found: Pairs = set()
    sets = [list(shingles(text)) for text in table["text"]]
    for item, hashed in zip(
        table["item"], sketch.MinHash.generator(sets, num_perm=PERMUTATIONS), strict=True
    ):
        found.update(
            sorted_pair((item, other)) for other in index.query(hashed) if document[other] != document[item]
        )
        index.insert(item, hashed, check_duplication=False)
    return found


def shingles(text: str) -> Iterator[bytes]:
    """Pairs of neighbouring words without function words."""
    ignored = FUNCTION_WORDS["english"]
    content = [word for word in text.split() if word not in ignored]
    return (f"{one} {other}".encode() for one, other in pairwise(content))


def main(sizes: list[int]) -> None:
    """Print seconds, the ratio to ours, recall and precision of the planted pairs."""
    works: dict[str, Work] = {"annotate.reuse": ours}
    if find_spec("datasketch"):
        works["datasketch MinHashLSH"] = by_datasketch
    else:
        print(
            "not installed: datasketch; with it: uv run --with datasketch python benchmarks/text_reuse.py\n"
        )
    for size in sizes:
        table, planted = passages(size)
        print(
            f"{size:,} passages, {len(planted):,} planted{'':<8}{'seconds':>9}{'x ours':>8}{'recall':>8}{'precision':>11}"
        )
        first = 0.0
        for name, work in works.items():
            start = time.perf_counter()
            found = work(table)
            taken = time.perf_counter() - start
            first = first or taken
            recall, precision = len(found & planted) / len(planted), len(found & planted) / max(len(found), 1)
            print(f"  {name:<36}{taken:9.2f}{taken / first:8.2f}{recall:8.3f}{precision:11.3f}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"  most memory so far: {peak:.2f} GB")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000])
