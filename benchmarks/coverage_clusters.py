"""How often 95 % intervals hold the true value where passages lie in documents, in simulated studies.

    python benchmarks/coverage_clusters.py clustered --studies 2000 --seed 7

prints one of the tables of docs/coverage.md; there are clustered, unlike, two-way, shares, compare,
compare-few and reliability. What is tested is
``annotate.agreement`` and ``annotate.provenance`` as they stand.

Each document has its own prevalence (Dirichlet) and its own difficulty: an annotator sees the category of a passage with
a probability drawn from Beta(4, 1), and otherwise names one as often as it occurs in the document. The true value is
that of the mean over 400,000 documents of the exact probability of every pattern. Where annotators are a sample, each
has a skill drawn from Beta(8, 2) and names what they do not see by a preference of their own (Dirichlet(4, 4, 4, 4)).
"""

import argparse
import itertools
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from annotate.agreement import Patterns, estimate
from annotate.agreement.permutation import compare_patterns
from annotate.agreement.registry import select
from annotate.codebook.scale import Scale
from annotate.consensus import MODELS, Fit, annotators, fitted
from annotate.consensus._reliability import ACCURACY, ERROR_RATE, PREVALENCE, figures_of
from annotate.consensus.em import climb
from annotate.counts.patterns import Assignments, assign
from annotate.counts.shares import Sums, shares
from annotate.counts.units import of_clusters
from annotate.sampling import FloatArray, IntArray, Interval

COEFFICIENTS = ("percent_agreement", "krippendorff_alpha", "gwet_ac1", "fleiss_kappa")
BALANCED, SKEWED = (1.0, 1.0, 1.0, 1.0), (8.0, 1.0, 0.5, 0.5)
UNEQUAL = (5, 6, 6, 7, 8, 8, 9, 10, 10, 11, 12, 12, 13, 14, 15, 16, 18, 20, 22, 25, 28, 32, 40, 60)
STEPS = (*(5,) * 3, *(10,) * 4, *(15,) * 4, *(20,) * 3, 25, 25, 30, 30, 35, 40, 45, 50, 55, 60)
SIZES = {
    "5 documents of 30": (30,) * 5,
    "10 documents of 30": (30,) * 10,
    "20 documents of 15": (15,) * 20,
    "24 documents of 5 to 60": UNEQUAL,
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


@dataclass(frozen=True)
class Design:
    """Documents of so many passages each; ``shares`` are how many ratings a passage has, and how often."""

    sizes: tuple[int, ...]
    prevalence: tuple[float, ...] = BALANCED
    shares: tuple[tuple[int, float], ...] = ((3, 1.0),)
    level: str = "nominal"
    coefficients: tuple[str, ...] = COEFFICIENTS

    @property
    def rated(self) -> dict[int, float]:
        """How often a passage has so many ratings."""
        return dict(self.shares)

    @property
    def scale(self) -> Scale:
        """Categories in order."""
        return Scale(self.level, tuple(f"category {number}" for number in range(len(self.prevalence))))  # type: ignore[arg-type]

    @property
    def counts(self) -> IntArray:
        """Every pattern (P x K)."""
        every = itertools.product(range(max(self.rated) + 1), repeat=len(self.prevalence))
        return np.array([one for one in every if sum(one) in self.rated])

    def chances(self, documents: int, rng: np.random.Generator) -> FloatArray:
        """The probability of every pattern in each of some documents (documents x P)."""
        counts = self.counts
        ways = np.array(
            [
                self.rated[int(row.sum())]
                * math.factorial(row.sum())
                / math.prod(map(math.factorial, row.tolist()))
                for row in counts
            ]
        )
        prevalence, sees = rng.dirichlet(self.prevalence, documents), rng.beta(4, 1, documents)
        own = np.eye(len(self.prevalence))
        chosen = sees[:, None, None] * own + (1 - sees)[:, None, None] * prevalence[:, None, :]
        found = np.zeros((documents, len(counts)))
        for category in range(len(self.prevalence)):
            named = np.prod(chosen[:, category, None, :] ** counts, axis=2)
            found += prevalence[:, category, None] * named * ways
        return found

    @property
    def population(self) -> "Design":
        """The same, however many documents a study has."""
        return replace(self, sizes=())

    def truth(self, documents: int = 400_000) -> FloatArray:
        """The value of each coefficient in the population."""
        rng, size = np.random.default_rng(0), 10_000
        mean = np.mean([self.chances(size, rng).mean(axis=0) for _ in range(documents // size)], axis=0)
        population = Patterns(self.scale, self.counts, np.rint(mean * 10**12).astype(np.int64))
        return np.array([one.value for one in estimate(population, self.coefficients, Interval("none"))])

    def study(self, rng: np.random.Generator) -> tuple[Patterns, Patterns]:
        """A study as items, and as documents."""
        counts = self.counts
        chances = self.chances(len(self.sizes), rng)
        table = np.array(
            [
                rng.multinomial(size, chance / chance.sum())
                for size, chance in zip(self.sizes, chances, strict=True)
            ]
        )
        occurs = table.any(axis=0)
        which, pattern = np.nonzero(table[:, occurs])
        found = Patterns(self.scale, counts[occurs], table[:, occurs].sum(axis=0))
        units = of_clusters("document", which, pattern, table[:, occurs][which, pattern], found.ratings)
        return found, replace(found, clusters=units)


@cache
def truth_of(design: Design) -> FloatArray:
    """The truth of a population, once."""
    return design.truth()


SINGLE, MISSING = ((1, 0.3), (3, 0.7)), ((1, 0.1), (2, 0.39), (3, 0.51))
UNLIKE = {
    **{f"{name}, skewed": Design(sizes, SKEWED) for name, sizes in SIZES.items()},
    "20 documents of 15, 30 % rated once": Design(SIZES["20 documents of 15"], shares=SINGLE),
    "20 documents of 15, a fifth missing at random": Design(SIZES["20 documents of 15"], shares=MISSING),
    "20 documents of 15, five ordinal categories": Design(
        SIZES["20 documents of 15"],
        (1.0,) * 5,
        level="ordinal",
        coefficients=("krippendorff_alpha", "gwet_ac2", "percent_agreement"),
    ),
}


def held(
    design: Design, kinds: Mapping[str, tuple[str, bool]], asked: argparse.Namespace, number: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The truth (C,), how often each kind held it, how often there was one, and its width (kinds x C x 3), and the effects."""
    true, rng = truth_of(design.population), np.random.default_rng((asked.seed, number))
    sums, effects = np.zeros((len(kinds), len(true), 3)), []
    for _ in range(asked.studies):
        items, documents = design.study(rng)
        for kind, (interval, whole) in enumerate(kinds.values()):
            settings = Interval(interval, asked.replicates)
            found = estimate(documents if whole else items, design.coefficients, settings, rng=rng)
            for place, one in enumerate(found):
                if one.interval is not None:
                    inside = one.ci_low <= true[place] <= one.ci_high
                    sums[kind, place] += (inside, 1, one.ci_high - max(one.ci_low, -1.0))
        effects.append([one.design_effect for one in found])
    return true, sums, np.nanmedian(effects, axis=0)


def cells(sums: FloatArray) -> str:
    """Percent held, and the mean width (an end below -1 taken for -1), of each kind."""
    return " | ".join(f"{100 * h / d:.1f} ({w / d:.2f})" if d else "none" for h, d, w in sums)


def print_held(
    designs: Mapping[str, Design], kinds: Mapping[str, tuple[str, bool]], asked: argparse.Namespace
) -> None:
    """A table of designs."""
    print(f"| design | coefficient | true value | design effect | {' | '.join(kinds)} |")
    print("| --- | --- | --- | --- |" + " --- |" * len(kinds))
    for number, (name, design) in enumerate(designs.items()):
        true, sums, effects = held(design, kinds, asked, number)
        for place, coefficient in enumerate(design.coefficients):
            print(
                f"| {name} | {coefficient} | {true[place]:.3f} | {effects[place]:.1f} | {cells(sums[:, place])} |",
                flush=True,
            )


def clustered(asked: argparse.Namespace) -> None:
    """All kinds of intervals over documents."""
    sizes = {name: one for name, one in SIZES.items() if one != UNEQUAL}
    sizes["24 documents of 5 to 60, in steps of 5"] = STEPS
    print_held({name: Design(one) for name, one in sizes.items()}, KINDS, asked)


def unlike(asked: argparse.Namespace) -> None:
    """Skewed, with ratings missing, ordinal: the default against drawing passages and documents."""
    kinds = {name: KINDS[name] for name in ("percentile, items", "percentile", "log_jackknife")}
    print_held(UNLIKE, kinds, asked)


TWO_WAY = {
    "40 documents of 5, 3 annotators": (40, 5, 3, BALANCED),
    "40 documents of 5, 5 annotators": (40, 5, 5, BALANCED),
    "40 documents of 5, 10 annotators": (40, 5, 10, BALANCED),
    "40 documents of 5, 5 annotators, skewed": (40, 5, 5, SKEWED),
}
OF_PEOPLE = COEFFICIENTS[:3]


def people(number: int, rng: np.random.Generator) -> FloatArray:
    """What each annotator says of a passage of each category (A x K x K)."""
    skill, bias = rng.beta(8, 2, number), rng.dirichlet(np.full(4, 4.0), number)
    return np.asarray(skill[:, None, None] * np.eye(4) + (1 - skill)[:, None, None] * bias[:, None, :])


def truth_of_people(prevalence: Sequence[float]) -> FloatArray:
    """Of two annotators and a passage drawn from their populations."""
    said, share = people(400_000, np.random.default_rng(5)).mean(axis=0), np.array(prevalence)
    share /= share.sum()
    observed, chosen = float((share[:, None] * said**2).sum()), share @ said
    chance = np.array([0.0, (chosen**2).sum(), (chosen * (1 - chosen)).sum() / 3])
    return np.asarray((observed - chance) / (1 - chance))


def study_of_people(
    documents: int, passages: int, number: int, prevalence: Sequence[float], rng: np.random.Generator
) -> Assignments:
    """Who chose what, in documents."""
    own = rng.dirichlet(prevalence, documents).cumsum(axis=1)[:, None, :-1]
    true = (rng.random((documents, passages, 1)) > own).sum(axis=2).ravel()
    chances = people(number, rng).cumsum(axis=2)[:, true]
    codes = (rng.random((number, len(true), 1)) > chances[..., :-1]).sum(axis=2).T
    rows, place, n = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    scale = Scale("nominal", tuple(f"category {one}" for one in range(4)))
    found = assign(scale, [f"A{one}" for one in range(number)], rows.astype(np.int64), n.astype(np.int64))
    table = np.zeros((documents, len(rows)), dtype=np.int64)
    np.add.at(table, (np.repeat(np.arange(documents), passages), place.ravel()), 1)
    which, pattern = np.nonzero(table)
    units = of_clusters("document", which, pattern, table[which, pattern], found.ratings)
    return replace(found, clusters=units)


def two_way(asked: argparse.Namespace) -> None:
    """Annotators as a sample."""
    print("| design | coefficient | true value | items (annotators fixed) | annotators | both |")
    print("| --- | --- | --- | --- | --- | --- |")
    for number, (name, (documents, passages, people, prevalence)) in enumerate(TWO_WAY.items()):
        true, rng = truth_of_people(prevalence), np.random.default_rng((asked.seed, number))
        sums = np.zeros((3, len(true), 3))
        for _ in range(asked.studies):
            found = study_of_people(documents, passages, people, prevalence, rng)
            for kind, resample in enumerate(("items", "annotators", "both")):
                for place, one in enumerate(estimate(found, OF_PEOPLE, Interval(resample=resample))):
                    if one.interval is not None:
                        inside = one.ci_low <= true[place] <= one.ci_high
                        sums[kind, place] += (inside, 1, one.ci_high - max(one.ci_low, -1.0))
        for place, coefficient in enumerate(OF_PEOPLE):
            print(f"| {name} | {coefficient} | {true[place]:.3f} | {cells(sums[:, place])} |", flush=True)


OF_CLAIMS = {
    "5 documents of 15": (15,) * 5,
    "10 documents of 15": (15,) * 10,
    **dict(list(SIZES.items())[2:]),
}


def of_shares(asked: argparse.Namespace) -> None:
    """Shares of claims: a document's share is drawn from a Beta distribution."""
    print("| design | share | percentile, passages | by default, over documents |")
    print("| --- | --- | --- | --- |")
    for number, (name, sizes) in enumerate(OF_CLAIMS.items()):
        document = np.repeat(np.arange(len(sizes)), sizes)
        for share, spread in ((0.05, 4.0), (0.3, 4.0), (0.6, 8.0)):
            rng = np.random.default_rng((asked.seed, number, round(100 * share)))
            sums = np.zeros((2, 3))
            for _ in range(asked.studies):
                own = rng.beta(share * spread, (1 - share) * spread, len(sizes))
                above = (rng.random(len(document)) < own[document])[:, None].astype(float)
                for kind, of in enumerate((None, document)):
                    sample = Sums(above, np.ones_like(above), of, None if of is None else "document")
                    (one,) = shares(sample, Interval(replicates=asked.replicates), rng)
                    if one.interval is not None:
                        sums[kind] += (one.low <= share <= one.high, 1, one.high - one.low)
            print(f"| {name} | {share} | {cells(sums)} |", flush=True)


COMPARED = {
    "10 and 10 documents of 15": ((15,) * 10, (15,) * 10, BALANCED),
    "10 and 10 documents of 15, skewed": ((15,) * 10, (15,) * 10, SKEWED),
    "5 and 20 documents of 15": ((15,) * 5, (15,) * 20, BALANCED),
    "24 and 24 documents of 5 to 60": (UNEQUAL, UNEQUAL, BALANCED),
    "12 small and 12 large of these": (UNEQUAL[:12], UNEQUAL[12:], BALANCED),
}
FEW = {
    f"{first} and {second} documents of 15{name}": ((15,) * first, (15,) * second, prevalence)
    for first, second in ((1, 20), (2, 20), (3, 4), (3, 20), (4, 4), (5, 5))
    for name, prevalence in (("", BALANCED), (", skewed", SKEWED))
}
MOVED = {"passages": 0, "documents": 1}
Compared = Mapping[str, tuple[tuple[int, ...], tuple[int, ...], tuple[float, ...]]]


def compared(asked: argparse.Namespace) -> None:
    """How often two equal sources are told apart at the level of 5 %."""
    print_compared(COMPARED, MOVED, asked)


def compared_few(asked: argparse.Namespace) -> None:
    """The same with few documents on a side."""
    print_compared(FEW, {"documents": MOVED["documents"]}, asked)


def print_compared(designs: Compared, moves: Mapping[str, int], asked: argparse.Namespace) -> None:
    """A table of pairs of equal sources, and of what is moved between them."""
    print("| design | moved | percent_agreement | krippendorff_alpha | gwet_ac1 |")
    print("| --- | --- | --- | --- | --- |")
    chosen = select(OF_PEOPLE)
    for number, (name, (first, second, prevalence)) in enumerate(designs.items()):
        rejected: dict[str, list[list[bool]]] = {moved: [] for moved in moves}
        for study in range(asked.studies):
            rng = np.random.default_rng((asked.seed, number, study))
            sides = [Design(sizes, prevalence).study(rng) for sizes in (first, second)]
            for moved, place in moves.items():
                groups = [side[place] for side in sides]
                found, _ = compare_patterns(groups, chosen, asked.permutations, rng.spawn(2))
                rejected[moved].append([one.p_value <= 0.05 for one in found])  # noqa: PLR2004
        for moved, told in rejected.items():
            shown = " | ".join(f"{100 * share:.1f}" for share in np.mean(told, axis=0))
            print(f"| {name} | {moved} | {shown} |", flush=True)


RATES = np.array(
    [
        [[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.05, 0.15, 0.8]],
        [[0.8, 0.1, 0.1], [0.1, 0.7, 0.2], [0.1, 0.1, 0.8]],
        [[0.7, 0.2, 0.1], [0.15, 0.75, 0.1], [0.1, 0.2, 0.7]],
        [[0.85, 0.05, 0.1], [0.05, 0.85, 0.1], [0.1, 0.1, 0.8]],
    ]
)
DECIDED = {
    "10 documents of 30": (30,) * 10,
    "20 documents of 15": (15,) * 20,
    "40 documents of 10": (10,) * 40,
    "100 documents of 4": (4,) * 100,
}


def reliability(asked: argparse.Namespace) -> None:
    """Accuracies, error rates and prevalences of Dawid & Skene, four annotators with the error rates above."""
    print("| design | figure | bootstrap over documents | jackknife over documents |")
    print("| --- | --- | --- | --- |")
    people, size = RATES.shape[:2]
    truth = {
        ACCURACY: np.trace(RATES, axis1=1, axis2=2) / size,
        ERROR_RATE: RATES.ravel(),
        PREVALENCE: np.full(size, 1 / size),
    }
    for number, (name, sizes) in enumerate(DECIDED.items()):
        rng = np.random.default_rng((asked.seed, number))
        sums = {figure: np.zeros((2, 3)) for figure in truth}
        document = np.repeat(np.arange(len(sizes)), sizes)
        for _ in range(asked.studies):
            true = (rng.dirichlet((1.0,) * size, len(sizes)).cumsum(axis=1)[document] < rng.random(len(document))[:, None]).sum(axis=1)  # fmt: skip
            said = (RATES[:, true].cumsum(axis=2) < rng.random((people, len(true), 1))).sum(axis=2)
            rows = [
                (f"i{item}", f"A{who}", "abc"[said[who, item]], f"d{document[item]}")
                for item in range(len(true))
                for who in range(people)
            ]
            frame = pd.DataFrame(rows, columns=["item", "annotator", "category", "document"])
            fits = fitted(frame.assign(variable="v"), scales={"v": Scale("nominal")}, starts=1)
            told = annotators(fits)
            drawn = bootstrapped(fits[0], document, asked.replicates // 5, rng)
            for figure, true_values in truth.items():
                rows_of = (told["figure"] == figure).to_numpy()
                ends = (
                    np.nanquantile(drawn[:, rows_of], [0.025, 0.975], axis=0),
                    told.loc[rows_of, ["ci_low", "ci_high"]].to_numpy().T,
                )
                for kind, (low, high) in enumerate(ends):
                    inside = (low <= true_values) & (true_values <= high)
                    sums[figure][kind] += (inside.mean(), 1, (high - low).mean())
        for figure, found in sums.items():
            print(f"| {name} | {figure} | {cells(found)} |", flush=True)


def bootstrapped(fit: Fit, document: IntArray, replicates: int, rng: np.random.Generator) -> FloatArray:
    """The figures of some replicates of whole documents (replicates x figures), each fitted from where the fit stands."""
    found, number = fit.responses, int(document.max()) + 1
    place = np.array([int(name[1:]) for name in fit.items])
    drawn = []
    for _ in range(replicates):
        weight = np.bincount(rng.integers(number, size=number), minlength=number)[document[place]]
        n = np.bincount(found.pattern, weight, len(found.n)).astype(np.int64)
        again = replace(found, n=n)
        end = climb(MODELS[fit.method], again, fit.climb.expected.posterior, tolerance=1e-9, most=500)
        drawn.append(figures_of(replace(fit, responses=again, climb=end)).value)
    return np.array(drawn)


TABLES: dict[str, Callable[[argparse.Namespace], None]] = {
    "clustered": clustered,
    "unlike": unlike,
    "two-way": two_way,
    "shares": of_shares,
    "compare": compared,
    "compare-few": compared_few,
    "reliability": reliability,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--permutations", type=int, default=199)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    start = time.perf_counter()
    TABLES[asked.table](asked)
    print(f"\n{asked.studies} studies, seed {asked.seed}, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
