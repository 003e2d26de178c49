"""How sure a study would be that has not begun: designs to compare, by simulation.

A study of so many documents, passages and coders is drawn again and again, and what :func:`annotate.agreement.estimate` makes of
each is counted. It is the simulation by which the intervals themselves are held (docs/coverage.md): each document has its own
prevalence, drawn from a Dirichlet distribution around the one expected, and its own difficulty. A coder sees the category of a
passage with a probability drawn from a Beta distribution for each document, and otherwise names one as often as it occurs there.

How often coders see follows from the alpha that is expected. With s the probability of a document, q its prevalence and p the
one over all documents, observed agreement is ``E[s^2] + (1 - E[s^2]) E[sum q^2]``, and chance ``sum p^2``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from annotate.agreement._estimate import estimate
from annotate.agreement.registry import select
from annotate.codebook.scale import Scale
from annotate.counts.patterns import Patterns, alike
from annotate.counts.units import of_clusters
from annotate.errors import StatisticsError
from annotate.sampling import FloatArray, Interval, generator

SPREAD = 5.0
"""How alike documents are in difficulty: the sum of the parameters of Beta, as in docs/coverage.md (4 and 1)."""
FEWEST_STUDIES = 50
MOST_JUDGEMENTS = 10_000_000
_TWO = 2

COLUMNS = ("documents", "passages", "coders", "judgements", "hours", "coefficient", "value", "half_width", "half_width_most", "above", "chance_above", "n_undefined")  # fmt: skip


@dataclass(frozen=True)
class _Model:
    """Where studies come from: the prevalence (K,), how alike a document's passages are, and Beta of what is seen."""

    prevalence: FloatArray
    alike: float
    seen: float

    def patterns(self, documents: int, passages: int, coders: int, rng: np.random.Generator) -> Patterns:
        """Draw a study; its clusters are the documents, where these have two passages or more."""
        size = len(self.prevalence)
        own = rng.dirichlet(self.prevalence * (1 / self.alike - 1), documents)
        sees = rng.beta(SPREAD * self.seen, SPREAD * (1 - self.seen), documents)
        of = np.repeat(np.arange(documents), passages)
        ends = own.cumsum(axis=1)[of, :-1]

        def chosen(number: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
            """A category for each passage, ``number`` times."""
            return np.asarray((rng.random((number, len(of), 1)) > ends).sum(axis=2), dtype=np.int64)

        said = np.where(rng.random((coders, len(of))) < sees[of], chosen(1), chosen(coders))
        counts = np.zeros((len(of), size), dtype=np.int64)
        for one in said:
            counts[np.arange(len(of)), one] += 1
        rows, place = alike(counts)
        names = tuple(f"category {number + 1}" for number in range(size))
        found = Patterns(Scale("nominal", names), rows, np.bincount(place).astype(np.int64))
        if passages < _TWO:
            return found
        table = np.zeros((documents, len(rows)), dtype=np.int64)
        np.add.at(table, (of, place), 1)
        which, pattern = np.nonzero(table)
        units = of_clusters("document", which, pattern, table[which, pattern], found.ratings)
        return replace(found, clusters=units)


def plan_design(
    *,
    agreement: float,
    documents: int | Sequence[int],
    passages: int | Sequence[int],
    coders: int | Sequence[int] = 3,
    categories: int = 4,
    prevalence: Sequence[float] = (),
    alike: float = 0.2,
    coefficient: str = "krippendorff_alpha",
    above: float | None = None,
    seconds_per_passage: float | None = None,
    studies: int = 200,
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Say how wide an interval designs would have, before there is anything to measure.

    Parameters
    ----------
    agreement
        The alpha that is expected.
    documents, passages, coders
        How many documents, passages of each, and coders of each passage; several of each make as many designs as there are
        combinations. Passages of 1 are drawn singly.
    categories, prevalence
        How many categories, evenly frequent; or how frequent each is, in any unit.
    alike
        How alike the passages of a document are in category, from 0, not at all, to 1: the share of the variance of a
        category that lies between documents. In the simulations of docs/coverage.md it is .2.
    coefficient
        The one whose interval is asked for; one that goes by counts.
    above
        A threshold: the chance that the lower end of the interval is above it.
    seconds_per_passage
        What a coder takes for a passage, to have the cost in hours of all coders together.
    studies
        How many to simulate of each design.
    interval
        Its kind, confidence and seed.

    Returns
    -------
    DataFrame
        One row a design: documents, passages, coders, judgements (in all), hours (NaN if not asked for), coefficient, value (the
        mean over studies), half_width (in the median), half_width_most (in nine of ten studies it is no more), above,
        chance_above (of all studies; NaN if not asked for), n_undefined (studies without an interval).

    Raises
    ------
    StatisticsError
        If a number makes no sense, or such agreement cannot be: documents whose passages are alike bring some by themselves.

    """
    (chosen,) = select([coefficient])
    if chosen.takes != "counts":
        raise StatisticsError(
            f"coefficient {coefficient}: goes by who chose what, which a design does not tell; take another"
        )
    model = _model(agreement, _prevalence(categories, prevalence), alike)
    _check(above, seconds_per_passage, studies)
    sizes = [
        _several(name, given)
        for name, given in (("documents", documents), ("passages", passages), ("coders", coders))
    ]
    rows = []
    for number_of, of_each, people in product(*sizes):
        if number_of * of_each < _TWO or people < _TWO:
            raise StatisticsError("design: an interval takes two passages and two coders at least")
        judgements = number_of * of_each * people
        if judgements > MOST_JUDGEMENTS:
            raise StatisticsError(
                f"design: {judgements} judgements are too many to simulate; {MOST_JUDGEMENTS} are the most"
            )
        rng = generator(interval.seed, "design", number_of, of_each, people)
        found = [
            estimate(model.patterns(number_of, of_each, people, rng), [coefficient], interval, rng=rng)[0]
            for _ in range(studies)
        ]
        low, high, value = (
            np.array([getattr(one, name) for one in found]) for name in ("ci_low", "ci_high", "value")
        )
        has = np.isfinite(low)
        half = (high - low)[has] / 2
        seconds = math.nan if seconds_per_passage is None else seconds_per_passage
        rows.append(
            {
                "documents": number_of,
                "passages": of_each,
                "coders": people,
                "judgements": judgements,
                "hours": judgements * seconds / 3600,
                "coefficient": coefficient,
                "value": float(np.nanmean(value)) if np.isfinite(value).any() else math.nan,
                "half_width": float(np.median(half)) if len(half) else math.nan,
                "half_width_most": float(np.quantile(half, 0.9)) if len(half) else math.nan,
                "above": math.nan if above is None else above,
                "chance_above": math.nan if above is None else float((low[has] > above).sum() / studies),
                "n_undefined": int((~has).sum()),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _prevalence(categories: int, prevalence: Sequence[float]) -> FloatArray:
    if categories < _TWO:
        raise StatisticsError(f"categories: {categories} is below 2; agreement takes two")
    shares = np.array(prevalence or [1.0] * categories, dtype=float)
    if len(shares) < _TWO or not (np.isfinite(shares) & (shares > 0)).all():
        raise StatisticsError("prevalence: give a number above 0 for each of two categories or more")
    return np.asarray(shares / shares.sum(), dtype=float)


def _model(agreement: float, prevalence: FloatArray, alike: float) -> _Model:
    """The model with this alpha: of ``E[s^2] = (SPREAD m^2 + m) / (SPREAD + 1)`` the mean m of Beta."""
    if not 0 < alike < 1:
        raise StatisticsError(
            f"alike: {alike:g} is not between 0 and 1; 0.2 is what the simulations of the docs have"
        )
    if not 0 < agreement < 1:
        raise StatisticsError(
            f"agreement: {agreement:g} is not between 0 and 1; say which alpha you expect, such as 0.7"
        )
    chance = float((prevalence**2).sum())
    within = ((1 / alike - 1) * chance + 1) * alike  # E[sum q^2] of a Dirichlet distribution
    squared = (agreement * (1 - chance) + chance - within) / (1 - within)
    if squared <= 0:
        raise StatisticsError(
            f"agreement: alpha is {alike:g} already where coders see nothing but what is frequent in a document; expect more, "
            "or make passages less alike"
        )
    mean = (-1 + math.sqrt(1 + 4 * SPREAD * (SPREAD + 1) * squared)) / (2 * SPREAD)
    return _Model(prevalence, alike, mean)


def _check(above: float | None, seconds: float | None, studies: int) -> None:
    if above is not None and not -1 < above < 1:
        raise StatisticsError(f"above: {above:g} is not between -1 and 1; 0.667 is usual")
    if seconds is not None and not seconds > 0:
        raise StatisticsError(f"seconds per passage: {seconds:g} is not above 0")
    if studies < FEWEST_STUDIES:
        raise StatisticsError(f"studies: {studies} are too few to tell a width; say {FEWEST_STUDIES} or more")


def _several(name: str, given: int | Sequence[int]) -> list[int]:
    numbers = [given] if isinstance(given, int) else list(given)
    if not numbers or any(isinstance(one, bool) or not isinstance(one, int) or one < 1 for one in numbers):
        raise StatisticsError(f"{name}: give whole numbers above 0")
    return numbers
