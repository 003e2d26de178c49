"""Sentences of our own with the figures that are in them, and how well the grammar reads them.

``tests/figures/tuned.txt`` was looked at while the rules were written, ``held_out.txt`` was not: no rule was changed
for a sentence of it. What the two differ in is what the grammar has learnt by heart.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

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
