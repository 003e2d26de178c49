"""How long Dawid-Skene takes, and how high it gets, against ``crowd-kit``.

    uv run --with crowd-kit python benchmarks/consensus.py 10000 100000 1000000

Every figure starts from the same long table of text. In the study three annotators judge every item and
there are nine categories; in the crowd there are 200 annotators, of whom five judge an item, and five
categories. Annotators differ in how often they see the category. The log-likelihood is that of the
estimated parameters. The best of three runs counts, of one run from a million ratings on. Without
``crowd-kit`` only our own figures are printed.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar

import numpy as np
import pandas as pd

from annotate.codebook.scale import Scale
from annotate.consensus import MODELS, fitted, majority
from annotate.consensus.em import Parameters, expect

RUNS, MANY = 3, 1_000_000  # ratings from which one run is enough

Work = Callable[[pd.DataFrame], float]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Design:
    """Who judges what."""

    annotators: int
    an_item: int
    categories: int


DESIGNS = {"study": Design(3, 3, 9), "crowd": Design(200, 5, 5)}


def table(design: Design, n_ratings: int) -> pd.DataFrame:
    """A long table of ratings by annotators who see the category more or less often."""
    rng = np.random.default_rng(n_ratings)
    n_items = n_ratings // design.an_item
    item = np.repeat(np.arange(n_items), design.an_item)
    first = rng.integers(0, design.annotators, n_items)[item]
    # Steps from one annotator to the next that cannot come back to the first.
    step = rng.integers(1, max(2, design.annotators // design.an_item), n_items)[item]
    annotator = (first + step * np.tile(np.arange(design.an_item), n_items)) % design.annotators
    meant = rng.integers(0, design.categories, n_items)[item]
    sees = rng.uniform(0.5, 0.9, design.annotators)[annotator]
    guess = rng.integers(0, design.categories, len(item))
    category = np.where(rng.random(len(item)) < sees, meant, guess)
    columns = {
        "item": [f"p{number:08x}" for number in item],
        "annotator": [f"annotator {number:03}" for number in annotator],
        "variable": ["claim_type"] * len(item),
        "category": [f"category {number}" for number in category],
    }
    return pd.DataFrame(columns, dtype="str")


def ours(starts: int) -> Work:
    """Dawid-Skene of this package."""

    def work(ratings: pd.DataFrame) -> float:
        return fitted(ratings, scales={"claim_type": Scale("nominal")}, starts=starts)[0].log_likelihood

    return work


def votes(ratings: pd.DataFrame) -> float:
    """Majority vote, which has no likelihood."""
    majority(ratings)
    return float("nan")


def by_crowdkit(ratings: pd.DataFrame) -> pd.DataFrame:
    """Dawid-Skene of ``crowd-kit``: its parameters, the priors as a row of their own."""
    aggregation = import_module("crowdkit.aggregation")
    columns = {"item": "task", "annotator": "worker", "category": "label"}
    model = aggregation.DawidSkene(n_iter=1000).fit(ratings[list(columns)].rename(columns=columns))
    rates: pd.DataFrame = model.errors_
    rates.attrs["prevalence"] = model.priors_
    return rates


def reached(ratings: pd.DataFrame, rates: pd.DataFrame) -> float:
    """The log-likelihood of the parameters of ``crowd-kit``."""
    fit = fitted(ratings, scales={"claim_type": Scale("nominal")}, starts=1)[0]
    names = list(fit.categories)
    cells = pd.MultiIndex.from_product([fit.annotators, names])
    values = rates.reindex(index=cells, columns=names).fillna(0.0).to_numpy(dtype=float)
    prevalence = rates.attrs["prevalence"].reindex(names).to_numpy(dtype=float)
    return expect(MODELS["dawid-skene"], fit.responses, Parameters(prevalence, values)).log_likelihood


def seconds(work: Callable[[pd.DataFrame], Result], ratings: pd.DataFrame) -> tuple[float, Result]:
    """The best of some runs, and what came of it."""
    times = []
    for _ in range(1 if len(ratings) >= MANY else RUNS):
        start = time.perf_counter()
        result = work(ratings)
        times.append(time.perf_counter() - start)
    return min(times), result


def main(sizes: list[int]) -> None:
    """Print seconds, how many times faster than ``crowd-kit``, and log-likelihoods."""
    theirs = find_spec("crowdkit") is not None
    if not theirs:
        print("not installed: crowd-kit; with it: uv run --with crowd-kit python benchmarks/consensus.py\n")
    print("| design | ratings | what | seconds | x crowd-kit | log-likelihood |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, design in DESIGNS.items():
        for size in sizes:
            ratings = table(design, size)
            rows = []
            against = float("nan")
            if theirs:
                against, rates = seconds(by_crowdkit, ratings)
                rows.append(("crowd-kit", against, reached(ratings, rates)))
            for what, work in (("one start", ours(1)), ("five starts", ours(5)), ("majority", votes)):
                rows.append((what, *seconds(work, ratings)))
            for what, took, height in rows:
                print(
                    f"| {name} | {size:,} | {what} | {took:.3f} | {against / took:.1f} | {height:.3f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
