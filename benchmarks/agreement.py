"""Agreement at size: this package, its peers, and a bare count, side by side.

    python benchmarks/agreement.py 10000 100000 1000000 10000000

Three annotators, nine categories, every item rated by all. Every figure starts from the same long table of
text; the best of three runs or more counts, or the one run where it is long. The bare count is the least
that anybody must do: give the items and the categories of the table codes, and count the pairs in numpy. A
peer that is not installed is left out, and the command that adds it is printed. What would take too long or
too much memory, going by smaller tables, is left out with a line that says so.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import krippendorff
import numpy as np
import pandas as pd

from annotate.agreement import measure
from annotate.codebook.scale import Scale
from annotate.sampling import Interval

ANNOTATORS, CATEGORIES, RUNS = 3, 9, 3
SHORT, LONG = 1, 10  # seconds that runs are repeated for at least; seconds of a run that is not repeated
TOO_LONG, TOO_MUCH = 120, 9  # seconds, and gigabytes, of a run that is not begun
SAMPLE = 10_000  # ratings on which memory is measured
OUTLETS = 2000
OF_DOCUMENT = 20  # ratings; a document is of one outlet where there are 2,000 documents or a multiple
MANY = 1_000_000  # ratings from which 2,000 sources have enough each

BARE, ALPHA = "bare count in numpy", "alpha, 1000 replicates"

Work = Callable[[pd.DataFrame], float]


def table(n_ratings: int) -> pd.DataFrame:
    """A long table of ratings in which an annotator misses an item's category three times in ten."""
    rng = np.random.default_rng(n_ratings)
    n_items = n_ratings // ANNOTATORS
    item = np.repeat(np.arange(n_items), ANNOTATORS)
    meant = rng.integers(0, CATEGORIES, n_items)[item]
    category = np.where(rng.random(len(item)) < 0.7, meant, rng.integers(0, CATEGORIES, len(item)))  # noqa: PLR2004
    columns = {
        "item": [f"p{number:08x}" for number in range(n_items)],
        "source": [f"source {number}" for number in range(6)],
        "outlet": [f"outlet {number}" for number in range(OUTLETS)],
        "annotator": [f"annotator {number}" for number in range(ANNOTATORS)],
        "document": [f"document {number}" for number in range(n_ratings // OF_DOCUMENT)],
        "variable": ["claim_type"],
        "category": [f"category {number}" for number in range(CATEGORIES)],
    }
    codes = {"annotator": np.tile(np.arange(ANNOTATORS), n_items), "category": category}
    return pd.DataFrame(
        {
            name: pd.array(texts, dtype="str").take(codes.get(name, item % len(texts)))
            for name, texts in columns.items()
        }
    )


def bare_count(ratings: pd.DataFrame) -> float:
    """Factorise items and categories, count items by category."""
    items, _ = pd.factorize(ratings["item"])
    categories, names = pd.factorize(ratings["category"])
    return float(np.bincount(items * len(names) + categories).max())


def ours(
    coefficients: list[str] | None = None,
    by: str | None = None,
    interval: str = "percentile",
    cluster: str | None = None,
) -> Work:
    """This package: alpha alone or what is asked, for the whole table and by group."""
    asked = coefficients or ["krippendorff_alpha"]

    def work(ratings: pd.DataFrame) -> float:
        found = measure(
            ratings,
            by=[by] if by else [],
            coefficients=asked,
            scales={"claim_type": Scale("nominal")},
            interval=Interval(interval, cluster=cluster),
        )
        return float(found["value"].iloc[0])

    return work


def by_krippendorff(ratings: pd.DataFrame) -> float:
    """Alpha by ``krippendorff``, which takes a matrix and gives no interval."""
    codes = ratings.assign(code=pd.factorize(ratings["category"])[0].astype(float))
    matrix = codes.pivot(index="annotator", columns="item", values="code").to_numpy()  # noqa: PD010
    return float(krippendorff.alpha(matrix, level_of_measurement="nominal"))


def by_nltk(ratings: pd.DataFrame) -> float:
    """Alpha by ``nltk``."""
    agreement = import_module("nltk.metrics.agreement")
    rows = zip(ratings["annotator"], ratings["item"], ratings["category"], strict=True)
    return float(agreement.AnnotationTask(data=list(rows)).alpha())


def by_crowdkit(ratings: pd.DataFrame) -> float:
    """Alpha by ``crowd-kit``."""
    metrics = import_module("crowdkit.metrics.data")
    columns = {"item": "task", "annotator": "worker", "category": "label"}
    return float(metrics.alpha_krippendorff(ratings[list(columns)].rename(columns=columns)))


def by_statsmodels(ratings: pd.DataFrame) -> float:
    """Fleiss's kappa by ``statsmodels``, which has no alpha."""
    inter_rater = import_module("statsmodels.stats.inter_rater")
    return float(inter_rater.fleiss_kappa(pd.crosstab(ratings["item"], ratings["category"]).to_numpy()))


# Package, module, work, and the coefficient of ours that must come out the same.
PEERS: list[tuple[str, str, Work, str]] = [
    ("krippendorff", "krippendorff", by_krippendorff, "krippendorff_alpha"),
    ("nltk", "nltk", by_nltk, "krippendorff_alpha"),
    ("crowd-kit", "crowdkit", by_crowdkit, "krippendorff_alpha"),
    ("statsmodels", "statsmodels", by_statsmodels, "fleiss_kappa"),
]


def seconds(work: Work, ratings: pd.DataFrame) -> float:
    """The best of some runs."""
    times: list[float] = []
    while len(times) < RUNS or sum(times) < SHORT:
        start = time.perf_counter()
        work(ratings)
        times.append(time.perf_counter() - start)
        if times[0] > LONG:
            break
    return min(times)


def memory(work: Work) -> float:
    """Gigabytes a rating, at the most."""
    ratings = table(SAMPLE)
    work(ratings)  # once before, so that imports do not count
    tracemalloc.start()
    work(ratings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / SAMPLE / 2**30


def works(size: int) -> dict[str, Work]:
    """What is timed."""
    three = ["percent_agreement", "krippendorff_alpha", "gwet_ac1"]
    chosen = {
        BARE: bare_count,
        "alpha, no interval": ours(interval="none"),
        "alpha, jackknife": ours(interval="jackknife"),
        "alpha, analytic": ours(interval="analytic"),
        ALPHA: ours(),
        "alpha, 1000 replicates, BCa": ours(interval="bca"),
        "alpha over documents, the default": ours(interval="auto", cluster="document"),
        "alpha over documents, 1000 replicates": ours(cluster="document"),
        "3 coefficients x 7 groups, 1000 replicates": ours(three, by="source"),
    }
    if size >= MANY:
        chosen[f"alpha x {OUTLETS + 1:,} groups, 1000 replicates"] = ours(by="outlet")
        name = f"alpha x {OUTLETS + 1:,} groups over documents, the default"
        chosen[name] = ours(by="outlet", interval="auto", cluster="document")
        chosen[f"3 coefficients x {OUTLETS + 1:,} groups, 1000 replicates"] = ours(three, by="outlet")
    return chosen


def checked(ratings: pd.DataFrame, name: str, work: Work, coefficient: str) -> None:
    """Refuse to time a peer that finds another figure."""
    found, theirs = ours([coefficient], interval="none")(ratings), work(ratings)
    if abs(found - theirs) > 1e-9:  # noqa: PLR2004
        sys.exit(f"{len(ratings)} ratings: {coefficient} is {found} here and {theirs} in {name}")


def main(sizes: list[int]) -> None:
    """Print seconds, and ratios to the bare count and to our alpha with its interval."""
    here = [peer for peer in PEERS if find_spec(peer[1])]
    missing = [package for package, module, *_ in PEERS if not find_spec(module)]
    if missing:
        added = " ".join(f"--with {package}" for package in missing)
        print(
            f"not installed: {', '.join(missing)}; with them: uv run --isolated {added} python {sys.argv[0]}\n"
        )
    for package, _, work, coefficient in here:
        checked(table(SAMPLE), package, work, coefficient)
    peers = {f"{package}: {name}, no interval": work for package, _, work, name in here}
    heavy = {name: memory(work) for name, work in peers.items()}
    slow: dict[str, float] = {}
    for size in sizes:
        ratings = table(size)
        times = {name: seconds(works(size)[name], ratings) for name in (BARE, ALPHA)}
        print(f"{size:,} ratings{'':<38}{'seconds':>9}{'x bare count':>14}{'x alpha with interval':>23}")
        for name, work in (works(size) | peers).items():
            expected, needed = slow.get(name, 0.0) * size, heavy.get(name, 0.0) * size
            if expected > TOO_LONG or needed > TOO_MUCH:
                print(f"  {name:<50} left out: some {expected:.0f} s and {needed:.0f} GB")
                continue
            taken = times.get(name) or seconds(work, ratings)
            slow[name] = taken / size
            print(f"  {name:<50}{taken:9.4f}{taken / times[BARE]:14.2f}{taken / times[ALPHA]:23.2f}")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
