"""How often 95 % intervals hold the true value, in simulated studies.

    python benchmarks/coverage.py --studies 2000 --seed 1

Three annotators judge every item. An item is of one of four categories; an annotator sees which with
probability 0.8, and otherwise names a category at random, as often as it occurs. In the balanced model all
categories are as frequent, in the skewed one the first takes 85 %. The true value of a coefficient is its
value in the population: at the exact probability of every pattern. Each study draws its items, and
``annotate.agreement.estimate`` is run on it as it stands.
"""

import argparse
import itertools
import math
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from annotate.agreement import Patterns, estimate
from annotate.codebook.scale import Scale
from annotate.sampling import FloatArray, IntArray, Interval

ANNOTATORS, SEES = 3, 0.8
MODELS = {"balanced": (0.25, 0.25, 0.25, 0.25), "skewed": (0.85, 0.09, 0.04, 0.02)}
SIZES = (30, 100, 300)
COEFFICIENTS = ("percent_agreement", "krippendorff_alpha", "gwet_ac1", "fleiss_kappa")
INTERVALS = ("percentile", "bca", "jackknife", "analytic")
PORTION = 100  # studies that a process does at a time
POPULATION = 10**12
HELD = (93.0, 97.0)  # percent of studies


@dataclass(frozen=True)
class Task:
    """Some studies of one model and size."""

    model: str
    items: int
    studies: int
    replicates: int
    seed: tuple[int, ...]


def population(model: str) -> tuple[IntArray, FloatArray]:
    """Every pattern (P x K), and how probable it is (P,)."""
    shares = np.array(MODELS[model])
    every = itertools.product(range(ANNOTATORS + 1), repeat=len(shares))
    counts = np.array([pattern for pattern in every if sum(pattern) == ANNOTATORS])
    ways = np.array([math.factorial(ANNOTATORS) / math.prod(map(math.factorial, row)) for row in counts])
    chosen = SEES * np.eye(len(shares)) + (1 - SEES) * shares  # by category of the item
    return counts, sum(
        share * ways * np.prod(named**counts, axis=1) for share, named in zip(shares, chosen, strict=True)
    )


def patterns(counts: IntArray, n: IntArray) -> Patterns:
    """The patterns that occur."""
    names = tuple(f"category {number}" for number in range(counts.shape[1]))
    return Patterns(Scale("nominal", names), counts[n > 0], n[n > 0])


def truth(model: str) -> FloatArray:
    """The value of each coefficient in the population."""
    counts, probability = population(model)
    n = np.rint(probability * POPULATION).astype(np.int64)
    return np.array(
        [one.value for one in estimate(patterns(counts, n), COEFFICIENTS, interval=Interval("none"))]
    )


def run(task: Task) -> FloatArray:
    """Sums over studies (interval x coefficient x 3): the truth is held, there is an interval, its width."""
    counts, probability = population(task.model)
    true = truth(task.model)
    sums = np.zeros((len(INTERVALS), len(COEFFICIENTS), 3))
    rng = np.random.default_rng(task.seed)
    for _ in range(task.studies):
        study = patterns(counts, rng.multinomial(task.items, probability / probability.sum()))
        for kind, interval in enumerate(INTERVALS):
            found = estimate(
                study, COEFFICIENTS, interval=Interval(interval, replicates=task.replicates), rng=rng
            )
            for place, one in enumerate(found):
                if one.interval is not None:
                    held = one.ci_low <= true[place] <= one.ci_high
                    sums[kind, place] += (held, 1, one.ci_high - one.ci_low)
    return sums


def tasks(studies: int, replicates: int, seed: int) -> Iterator[Task]:
    for number, model in enumerate(MODELS):
        for items in SIZES:
            for start in range(0, studies, PORTION):
                yield Task(
                    model, items, min(PORTION, studies - start), replicates, (seed, number, items, start)
                )


def cell(percent: float, width: float) -> str:
    """How often the truth is held, in italics where that is not 93 to 97 in 100, and the mean width."""
    low, high = HELD
    mark = "" if low <= round(percent, 1) <= high else "*"
    return f"{mark}{percent:.1f}{mark} ({width:.2f})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    start = time.perf_counter()
    sums: dict[tuple[str, int], FloatArray] = {}
    every = list(tasks(asked.studies, asked.replicates, asked.seed))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for task, found in zip(every, pool.map(run, every), strict=True):
            sums[task.model, task.items] = sums.get((task.model, task.items), 0) + found
    print(f"| model | items | coefficient | true value | {' | '.join(INTERVALS)} | without an interval |")
    print("| --- | --- | --- | --- |" + " --- |" * (len(INTERVALS) + 1))
    for (model, items), of in sums.items():
        for place, (name, true) in enumerate(zip(COEFFICIENTS, truth(model), strict=True)):
            held, defined, width = of[:, place].T
            cells = [
                cell(100 * h / d, w / d) if d else "-" for h, d, w in zip(held, defined, width, strict=True)
            ]
            none = (
                "/".join(f"{asked.studies - int(d)}" for d in defined)
                if min(defined) < asked.studies
                else "0"
            )
            print(f"| {model} | {items} | {name} | {true:.3f} | {' | '.join(cells)} | {none} |")
    print(
        f"\n{asked.studies} studies, {asked.replicates} replicates, seed {asked.seed}, {time.perf_counter() - start:.0f} s"
    )


if __name__ == "__main__":
    main()
