"""How often 95 % intervals hold the true value where passages lie in documents, in simulated studies.

    python benchmarks/coverage_clusters.py --studies 1000 --seed 7

Three annotators judge every passage, on four categories. Each document has its own prevalence (Dirichlet(1, 1, 1, 1))
and its own difficulty: an annotator sees the category of a passage with a probability drawn from Beta(4, 1), and
otherwise names one as often as it occurs in the document. The true value is that of the mean over a million
documents of the exact probability of every pattern. ``annotate.agreement.estimate`` is run as it stands.
"""

import argparse
import itertools
import math
import time

import numpy as np

from annotate.agreement import Patterns, estimate
from annotate.codebook.scale import Scale
from annotate.counts.units import of_clusters
from annotate.sampling import FloatArray, IntArray, Interval

ANNOTATORS, CATEGORIES = 3, 4
COEFFICIENTS = ("percent_agreement", "krippendorff_alpha", "gwet_ac1", "fleiss_kappa")
DESIGNS = {
    "5 documents of 30": (30,) * 5,
    "10 documents of 30": (30,) * 10,
    "20 documents of 15": (15,) * 20,
    "24 documents of 5 to 60": (
        5,
        5,
        5,
        10,
        10,
        10,
        10,
        15,
        15,
        15,
        15,
        20,
        20,
        20,
        25,
        25,
        30,
        30,
        35,
        40,
        45,
        50,
        55,
        60,
    ),
    "40 documents of 10": (10,) * 40,
    "100 documents of 2": (2,) * 100,
}
KINDS = {
    "percentile, items": ("percentile", False),
    "percentile": ("percentile", True),
    "bca": ("bca", True),
    "jackknife": ("jackknife", True),
    "analytic": ("analytic", True),
    "log_jackknife": ("log_jackknife", True),
}
SCALE = Scale("nominal", tuple(f"category {number}" for number in range(CATEGORIES)))
COUNTS: IntArray = np.array(
    [one for one in itertools.product(range(ANNOTATORS + 1), repeat=CATEGORIES) if sum(one) == ANNOTATORS]
)
WAYS = np.array([math.factorial(ANNOTATORS) / math.prod(map(math.factorial, row)) for row in COUNTS])


def chances(documents: int, rng: np.random.Generator) -> FloatArray:
    """The probability of every pattern in each of some documents (documents x P)."""
    prevalence, sees = rng.dirichlet(np.ones(CATEGORIES), documents), rng.beta(4, 1, documents)
    chosen = sees[:, None, None] * np.eye(CATEGORIES) + (1 - sees)[:, None, None] * prevalence[:, None, :]
    of_category = np.prod(chosen[:, :, None, :] ** COUNTS, axis=3) * WAYS  # documents x category x P
    return np.asarray(np.einsum("dc,dcp->dp", prevalence, of_category), dtype=float)


def truth(documents: int = 1_000_000) -> FloatArray:
    """The value of each coefficient in the population."""
    rng = np.random.default_rng(0)
    size = 10_000
    mean = np.mean([chances(size, rng).mean(axis=0) for _ in range(documents // size)], axis=0)
    population = Patterns(SCALE, COUNTS, np.rint(mean * 10**12).astype(np.int64))
    return np.array([one.value for one in estimate(population, COEFFICIENTS, Interval("none"))])


def study(sizes: tuple[int, ...], rng: np.random.Generator) -> tuple[Patterns, Patterns]:
    """A study as items, and as documents."""
    table = np.array(
        [
            rng.multinomial(size, chance / chance.sum())
            for size, chance in zip(sizes, chances(len(sizes), rng), strict=True)
        ]
    )
    occurs = table.any(axis=0)
    which, pattern = np.nonzero(table[:, occurs])
    found = Patterns(SCALE, COUNTS[occurs], table[:, occurs].sum(axis=0))
    units = of_clusters("document", which, pattern, table[:, occurs][which, pattern], found.ratings)
    return found, Patterns(SCALE, found.counts, found.n, units)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    start, true = time.perf_counter(), truth()
    print(f"| design | coefficient | true value | design effect | {' | '.join(KINDS)} |")
    print("| --- | --- | --- | --- |" + " --- |" * len(KINDS))
    for number, (design, sizes) in enumerate(DESIGNS.items()):
        rng = np.random.default_rng((asked.seed, number))
        sums = np.zeros((len(KINDS), len(COEFFICIENTS), 3))
        effects = []
        for _ in range(asked.studies):
            items, documents = study(sizes, rng)
            for kind, (interval, whole) in enumerate(KINDS.values()):
                settings = Interval(interval, asked.replicates)
                found = estimate(documents if whole else items, COEFFICIENTS, settings, rng=rng)
                for place, one in enumerate(found):
                    if one.interval is not None:
                        held = one.ci_low <= true[place] <= one.ci_high
                        sums[kind, place] += (held, 1, one.ci_high - one.ci_low)
            effects.append([one.design_effect for one in found])
        of_design = np.nanmedian(effects, axis=0)
        for place, name in enumerate(COEFFICIENTS):
            cells = [f"{100 * h / d:.1f} ({w / d:.2f})" for h, d, w in sums[:, place]]
            print(
                f"| {design} | {name} | {true[place]:.3f} | {of_design[place]:.1f} | {' | '.join(cells)} |",
                flush=True,
            )
    print(
        f"\n{asked.studies} studies, {asked.replicates} replicates, seed {asked.seed}, {time.perf_counter() - start:.0f} s"
    )


if __name__ == "__main__":
    main()
