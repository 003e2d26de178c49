"""Sentences of our own with the figures that are in them, and how well the grammar reads them.

``tests/figures/tuned.txt`` was looked at while the rules were written, ``held_out.txt`` was not: no rule was changed
for a sentence of it. What the two differ in is what the grammar has learnt by heart.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from annotate.figures import arithmetic, compare, quantities
from annotate.figures.read import figures, told

FOLDER = Path(__file__).parent / "figures"
UNCLEAR = "?"


@dataclass(frozen=True)
class Accuracy:
    """How many figures are marked in the sentences of a file, read, and both."""

    marked: int
    read: int
    right: int
    unclear: int  # marked as not to be understood
    unclear_right: int
    unclear_read: int

    @property
    def precision(self) -> float:
        """Share of right ones of those read."""
        return self.right / self.read

    @property
    def recall(self) -> float:
        """Share of right ones of those marked."""
        return self.right / self.marked


def sentences(name: str) -> Iterator[tuple[str, Counter[str]]]:
    """Each sentence of a file with its figures."""
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        text, _, marked = line.rpartition("=")
        if text and not line.startswith("#"):
            yield text.strip(), Counter(filter(None, map(str.strip, marked.split(";"))))


def read_figures(text: str) -> Counter[str]:
    """What the grammar reads in a sentence."""
    return Counter(map(told, figures(text)))


def accuracy(name: str, read: Callable[[str], Counter[str]] = read_figures) -> Accuracy:
    """How the sentences of a file are read."""
    marked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for text, wanted in sentences(name):
        marked += wanted
        found += read(text)
        right += wanted & read(text)
    return Accuracy(
        marked.total() - marked[UNCLEAR],
        found.total() - found[UNCLEAR],
        right.total() - right[UNCLEAR],
        marked[UNCLEAR],
        right[UNCLEAR],
        found[UNCLEAR],
    )


ARITHMETIC, PAIRS = "arithmetic", "pairs"


def findings(kind: str, name: str) -> Accuracy:
    """How the marked sentences of ``arithmetic_<name>.txt`` are computed again, or those of ``pairs_<name>.txt`` compared."""
    counts: Counter[str] = Counter()
    for text, wanted in sentences(f"{kind}_{name}"):
        texts = [part.strip() for part in text.split("|")]
        found = _computed(texts) if kind == ARITHMETIC else _compared(texts)
        counts.update(marked=wanted.total(), read=found.total(), right=(wanted & found).total())
    return Accuracy(counts["marked"], counts["read"], counts["right"], 0, 0, 0)


def _computed(texts: list[str]) -> Counter[str]:
    starts = [sum(len(text) + 1 for text in texts[:at]) for at in range(len(texts))]
    frame = _passages(texts, ["Kestwire"] * len(texts), starts)
    rows = arithmetic(quantities(frame), frame)
    return Counter(
        "in part" if in_part else "yes" if agrees else "no"
        for in_part, agrees in zip(rows["in_part"], rows["agrees"], strict=True)
    )


def _compared(texts: list[str]) -> Counter[str]:
    frame = _passages(texts, ["Kestwire", "Varrin Daily"], [0, 0])
    relations = compare(quantities(frame), frame)["relation"]
    return Counter(relations[relations != "apart"])


def _passages(texts: list[str], sources: list[str], starts: list[int]) -> pd.DataFrame:
    rows = [
        (f"p{number}", source, source, start, start + len(text), text)
        for number, (text, source, start) in enumerate(zip(texts, sources, starts, strict=True))
    ]
    return pd.DataFrame(rows, columns=["item", "document", "source", "start", "end", "text"])
