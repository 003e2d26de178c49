"""Agreement at size: this package, the ``krippendorff`` package, and a bare count, side by side.

    python benchmarks/agreement.py 10000 100000 1000000

Three annotators, nine categories, every item rated by all. Every figure starts from the same long table of
text; the best of three runs counts. The bare count is the least that anybody must do: give the items and
the categories of the table codes, and count the pairs in numpy.
"""

import sys
import time
from collections.abc import Callable

import krippendorff
import numpy as np
import pandas as pd

from annotate.agreement import measure

ANNOTATORS, CATEGORIES, RUNS = 3, 9, 3


def table(n_ratings: int) -> pd.DataFrame:
    """A long table of ratings in which an annotator misses an item's category three times in ten."""
    rng = np.random.default_rng(n_ratings)
    n_items = n_ratings // ANNOTATORS
    item = np.repeat(np.arange(n_items), ANNOTATORS)
    meant = rng.integers(0, CATEGORIES, n_items)[item]
    category = np.where(rng.random(len(item)) < 0.7, meant, rng.integers(0, CATEGORIES, len(item)))  # noqa: PLR2004
    columns = {
        "item": [f"p{number:08x}" for number in item],
        "source": [f"source {number % 6}" for number in item],
        "annotator": [f"annotator {number}" for number in np.tile(np.arange(ANNOTATORS), n_items)],
        "variable": ["claim_type"] * len(item),
        "category": [f"category {number}" for number in category],
    }
    return pd.DataFrame(columns, dtype="str")


def bare_count(ratings: pd.DataFrame) -> int:
    """Factorise items and categories, count items by category."""
    items, _ = pd.factorize(ratings["item"])
    categories, names = pd.factorize(ratings["category"])
    return int(np.bincount(items * len(names) + categories).max())


def alpha(ratings: pd.DataFrame, replicates: int = 1000) -> float:
    """Alpha by this package, with its interval."""
    found = measure(
        ratings, coefficients=["krippendorff_alpha"], level={"claim_type": "nominal"}, replicates=replicates
    )
    return float(found["value"].iloc[0])


def by_source(ratings: pd.DataFrame) -> float:
    """Three coefficients with their intervals, for the whole table and each of six sources."""
    return float(measure(ratings, by=["source"], level={"claim_type": "nominal"})["value"].iloc[1])


def peer(ratings: pd.DataFrame) -> float:
    """Alpha by ``krippendorff``, which takes a matrix and gives no interval."""
    codes = ratings.assign(code=pd.factorize(ratings["category"])[0].astype(float))
    matrix = codes.pivot(index="annotator", columns="item", values="code").to_numpy()  # noqa: PD010
    return float(krippendorff.alpha(matrix, level_of_measurement="nominal"))


def seconds(work: Callable[[pd.DataFrame], float], ratings: pd.DataFrame) -> float:
    """The best of some runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work(ratings)
        times.append(time.perf_counter() - start)
    return min(times)


def main(sizes: list[int]) -> None:
    """Print seconds, and ratios to the bare count."""
    works: dict[str, Callable[[pd.DataFrame], float]] = {
        "bare count in numpy": bare_count,
        "alpha, no interval": lambda ratings: alpha(ratings, 0),
        "alpha, 1000 replicates": alpha,
        "3 coefficients x 7 groups, 1000 replicates": by_source,
        "krippendorff, no interval": peer,
    }
    for size in sizes:
        ratings = table(size)
        ours, theirs = alpha(ratings, 0), peer(ratings)
        if abs(ours - theirs) > 1e-9:  # noqa: PLR2004
            sys.exit(f"{size} ratings: alpha is {ours} here and {theirs} in krippendorff")
        times = {name: seconds(work, ratings) for name, work in works.items()}
        print(f"{size:,} ratings, alpha {ours:.6f}")
        for name, taken in times.items():
            print(f"  {name:<44}{taken:9.4f} s {taken / times['bare count in numpy']:8.2f} x")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
