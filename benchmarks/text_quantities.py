"""Figures in text at size: characters a second, and how many planted values are read, beside quantulum3.

    python -m benchmarks.text_quantities 10000 100000 1000000
    uv run --isolated --with quantulum3 python -m benchmarks.text_quantities 10000 100000

First the accuracy on the marked sentences of tests/figures: the tuned ones, which were looked at while the rules
were written, and the held-out ones, for which no rule was changed. Then the time. The text of that is made: three plain sentences to one with a figure, and to two figures one number that only locates.
A value counts as read if the sentence gives it as a figure's low or high. Whatever else is read from a sentence
is extra. The best of three runs counts. quantulum3, if it is not installed, is left out and named; from 100,000
characters on it is timed once.
"""

import math
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from annotate.figures.read import figures

RUNS, ONCE_FROM = 3, 100_000
PLAIN = (
    "The wind went over the hill and put the lamps out.",
    "Nobody at the inn would say who had ordered the carts.",
    "Slate is heavy, and the road to the river is long.",
)
FORMS: tuple[tuple[str, Callable[[int], float]], ...] = (
    ("They counted {n:,} carts in the yard.", float),
    ("About {n} patients were moved.", float),
    ("It cost ${n} million a year.", lambda n: n * 1e6),
    ("At least {n} percent of the roofs fell.", float),
    ("The mill sold £{n}bn of slate.", lambda n: n * 1e9),
    ("Between {n:,} and {n:,}5 men left.", float),
    ("Half a million tiles were stacked.", lambda _: 5e5),
    ("The walk took {n} minutes.", float),
)
LOCATING = (
    "It was shut in 1999.",
    "See Ward No. 3.",
    "He came on Sept. 14, 2022.",
    "A 34-year-old clerk wrote it down.",
)

Sentence = tuple[str, float | None]
Work = Callable[[str], Iterable[float]]


def sentences(characters: int) -> list[Sentence]:
    """Sentences of about so many characters, each with the value planted in it, if there is one."""
    rng = np.random.default_rng(characters)
    made: list[Sentence] = []
    length = 0
    while length < characters:
        form, value = FORMS[rng.integers(len(FORMS))]
        number = int(rng.integers(13, 980))
        made += [(text, None) for text in rng.choice(PLAIN, 3)]
        made.append((form.format(n=number), value(number)))
        if rng.random() < 0.5:  # noqa: PLR2004 - every other time
            made.append((LOCATING[rng.integers(len(LOCATING))], None))
        length = length + sum(len(text) + 1 for text, _ in made[-5:])
    return made


def ours(text: str) -> list[float]:
    """This package: the bounds of every figure."""
    return [bound for found in figures(text) for bound in {found.low, found.high} if not math.isnan(bound)]


def by_quantulum3(text: str) -> list[float]:
    """The values of every quantity that quantulum3 parses."""
    return [float(found.value) for found in import_module("quantulum3.parser").parse(text)]


def seconds(work: Work, made: list[Sentence], runs: int) -> float:
    """The best of so many runs over the sentences."""
    best = math.inf
    for _ in range(runs):
        start = time.perf_counter()
        for text, _value in made:
            work(text)
        best = min(best, time.perf_counter() - start)
    return best


def read(work: Work, made: list[Sentence]) -> tuple[int, int, int]:
    """How many values are planted, how many of them are read, and how many sentences give one that is not there."""
    planted = sum(value is not None for _, value in made)
    right = sum(value is not None and value in list(work(text)) for text, value in made)
    extra = sum(value is None and bool(list(work(text))) for text, value in made)
    return planted, right, extra


def main(sizes: list[int]) -> None:
    """Print one row a size and tool."""
    tools: dict[str, Work] = {"annotate": ours}
    if find_spec("quantulum3"):
        # Its trained classifier is a pickle of an old scikit-learn: without it, it reads units by its own rules.
        classifier: Any = import_module("quantulum3.classifier")
        classifier.USE_CLF = False
        tools["quantulum3"] = by_quantulum3
    else:
        print(
            "quantulum3 is not installed: uv run --isolated --with quantulum3 python -m benchmarks.text_quantities"
        )
    print(
        f"{'characters':>12} {'tool':<12} {'seconds':>9} {'characters/s':>14} {'planted':>8} {'read':>8} {'extra':>7}"
    )
    for size in sizes:
        made = sentences(size)
        characters = sum(len(text) + 1 for text, _ in made)
        for name, work in tools.items():
            runs = 1 if name != "annotate" and size >= ONCE_FROM else RUNS
            taken = seconds(work, made, runs)
            planted, right, extra = read(work, made)
            print(
                f"{characters:>12,} {name:<12} {taken:>9.3f} {characters / taken:>14,.0f} "
                f"{planted:>8,} {right:>8,} {extra:>7,}"
            )


def accuracies() -> None:
    """Print how the marked sentences of the tests are read."""
    from tests.marked_figures import accuracy, findings

    print(
        f"{'sentences':<10} {'marked':>8} {'read':>8} {'right':>8} {'precision':>10} {'recall':>8}  not understood"
    )
    for name in ("tuned", "held_out"):
        found = accuracy(name)
        print(
            f"{name:<10} {found.marked:>8} {found.read:>8} {found.right:>8} {found.precision:>10.3f} {found.recall:>8.3f}"
            f"  {found.unclear_right} of {found.unclear}, {found.unclear_read - found.unclear_right} needlessly"
        )
    for kind in ("arithmetic", "pairs"):
        for name in ("tuned", "held_out"):
            found = findings(kind, name)
            print(
                f"{kind}, {name}: {found.marked} findings, precision {found.right} of {found.read}, "
                f"recall {found.right} of {found.marked}"
            )


if __name__ == "__main__":
    accuracies()
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000])
