"""What a coefficient must be read with: the largest category, and why a number is unsafe to read.

A coefficient is computed wherever it is defined. Whether it says much is another matter, so what speaks
against it is given as data beside it. The thresholds are conventions, not results; each is a constant
here, with what speaks for it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame
from scipy import sparse

from annotate.agreement.intervals import undefined_share
from annotate.agreement.rows import tidy
from annotate.codebook.scale import Scale
from annotate.counts.groups import group_columns, tally_patterns
from annotate.counts.patterns import Patterns
from annotate.sampling import AUTO, FloatArray, t_quantile

if TYPE_CHECKING:
    from annotate.counts.table import Group

FEW_ITEMS = 30
"""Fewer pairable items than this are few: intervals from resampling so few are rough, and too narrow."""

SKEWED = 0.8
"""A category with more than this share of all ratings makes agreement by chance so likely that
coefficients part ways: alpha and kappa fall, percent agreement and AC1 stay high (Feinstein & Cicchetti
1990, Journal of Clinical Epidemiology 43, pp. 543-549)."""

PAIRABLE_SHARE = 0.5
"""Where fewer than this share of the items have two ratings, most of the table has no say in agreement."""

WIDE = 0.2
"""An interval wider than this covers more than one of the bands by which Landis & Koch (1977, Biometrics
33, p. 165) put coefficients into words: it cannot tell "moderate" from "substantial"."""

FEW_CLUSTERS = 10
"""With fewer documents than this (of one size: Kish's effective number) a bootstrap over documents holds 79 to 89 % of
the true values at 95 %, and a jackknife 89 to 94; the jackknife on the log scale holds, and is wide (docs/coverage.md)."""

FEWEST_OUTSIDE = 10
"""With fewer items (or documents) than this that hold a category besides the largest, intervals of alpha and kappa hold
59 to 88 % of the true values at 95 %, whatever the kind; of percent agreement and AC1 over items bca holds 98 %, the others
90 to 93 (100 items, of which 3 % are outside; docs/coverage.md)."""

MOST_CATEGORIES = 50  # of which it is asked how frequent they are among items with one rating
NEARLY_ALL, APART, ERROR = 0.9, 0.05, 0.05
"""Where fewer than this share of the items have two ratings, and a category is more or less frequent among those with one
by this much, which chance explains in fewer than this share of studies, the two kinds of items are not alike."""

FEWEST_ANNOTATORS = 5
"""With three annotators who stand for others a 95 % interval of alpha is about 1 wide, with five .5, with ten .3."""

UNDEFINED_SHARE = 0.05
"""From this share of replicates on that are undefined, the ones left out are no longer a few odd draws: they are those
without the rare category, in which agreement is not what it is in the others."""

FEW, ONE_CATEGORY, SKEW, MOSTLY_SINGLE, WIDE_INTERVAL = (
    "few items",
    "one category",
    "skew",
    "mostly single ratings",
    "wide interval",
)
FEW_DOCUMENTS, ONE_DOCUMENT = "few documents", "one document"
FEW_ANNOTATORS, TOO_FEW_ANNOTATORS = "few annotators", "too few annotators"
RARE, NOT_AT_RANDOM, UNDEFINED = "rare categories", "missing not at random", "undefined replicates"
MEANINGS: dict[str, str] = {
    FEW: f"fewer than {FEW_ITEMS} items have two ratings",
    ONE_CATEGORY: "the items with two ratings hold one category only",
    SKEW: f"one category has more than {100 * SKEWED:g} % of the ratings",
    MOSTLY_SINGLE: f"fewer than {100 * PAIRABLE_SHARE:g} % of the items have two ratings",
    FEW_DOCUMENTS: f"the items lie in fewer than {FEW_CLUSTERS} documents, or in few that hold most of them",
    ONE_DOCUMENT: "all items are of one document: the interval is of its items and says nothing of other documents",
    RARE: (
        f"fewer than {FEWEST_OUTSIDE} items, or documents, and of these fewer than half, hold a category besides the "
        "largest: no interval of alpha or kappa holds what it promises; of percent agreement and AC1 over items "
        "--interval bca does"
    ),
    NOT_AT_RANDOM: (
        f"fewer than {100 * NEARLY_ALL:g} % of the items have two ratings, and those with one are coded otherwise: agreement is "
        "that of the others, and may not be theirs"
    ),
    FEW_ANNOTATORS: (
        f"fewer than {FEWEST_ANNOTATORS} annotators stand for all who might have coded: the interval holds, and is so wide that "
        "it says little"
    ),
    TOO_FEW_ANNOTATORS: "two annotators cannot stand for all who might have coded: there is no interval, and from three on there is one",
    UNDEFINED: (
        f"{100 * UNDEFINED_SHARE:g} % of the replicates or more are undefined and left out; --interval log_jackknife needs none"
    ),
    WIDE_INTERVAL: f"the interval is wider than {WIDE:g}",
}


_TWO = 2
COLUMNS = {
    "variable": "object",
    "prevalent_category": "object",
    "prevalence": "float64",
    "n_ratings": "int64",
    "caution": "object",
}
BESIDE = {name: COLUMNS[name] for name in ("prevalent_category", "prevalence", "caution")}


@dataclass(frozen=True)
class Caution:
    """The largest category of a group and the cautions that apply to it.

    ``prevalence`` is its share of all ratings, those of items with one rating among them; without a
    rating it is NaN and ``prevalent_category`` None. ``cautions`` are keys of :data:`MEANINGS`.
    """

    prevalent_category: str | None
    prevalence: float
    cautions: tuple[str, ...]

    @property
    def text(self) -> str | None:
        """The cautions in one cell of a table, or None."""
        return "; ".join(self.cautions) or None


def caution(patterns: Patterns, interval: tuple[float, float] | None = None) -> Caution:
    """Find the largest category, and what makes a number from these patterns unsafe to read.

    Parameters
    ----------
    patterns
        Of one group.
    interval
        Ends of a coefficient's interval, if its width is to be looked at; NaN is not wide.

    Returns
    -------
    Caution
        Of two categories that are equal the first in order is the largest. One category in the items
        with two ratings is not called skew as well: nothing varies there.

    """
    totals = patterns.n @ patterns.counts
    used = int(np.count_nonzero(patterns.n[patterns.pairable] @ patterns.counts[patterns.pairable]))
    largest = int(totals.argmax()) if patterns.n_ratings else None
    prevalence = float("nan") if largest is None else float(totals[largest] / patterns.n_ratings)
    low, high = interval or (float("nan"), float("nan"))
    units, clustered = patterns.units, patterns.units.rows is not None
    applies = {
        FEW: patterns.n_pairable_items < FEW_ITEMS,
        ONE_CATEGORY: used == 1,
        SKEW: used != 1 and prevalence > SKEWED,
        MOSTLY_SINGLE: patterns.n_pairable_items < PAIRABLE_SHARE * patterns.n_items,
        FEW_DOCUMENTS: clustered and units.number > 1 and units.effective < FEW_CLUSTERS,
        ONE_DOCUMENT: clustered and units.number == 1,
        RARE: used > 1
        and largest is not None
        and _outside(patterns, largest) < min(FEWEST_OUTSIDE, units.number / 2),
        NOT_AT_RANDOM: patterns.n_pairable_items < NEARLY_ALL * patterns.n_items and _singly_differ(patterns),
        WIDE_INTERVAL: high - low > WIDE,
    }
    return Caution(
        None if largest is None else patterns.categories[largest],
        prevalence,
        tuple(name for name, said in applies.items() if said),
    )


def _outside(patterns: Patterns, largest: int) -> int:
    """Units with an item of two ratings or more that has one outside the largest category."""
    others = _of_categories(patterns, [largest])[:, 0] < patterns.ratings
    return int(patterns.units.n[patterns.units.of_each(patterns.pairable & others) > 0].sum())


def _of_categories(patterns: Patterns, columns: Sequence[int]) -> FloatArray:
    """The counts of some categories (P x columns), without gaps."""
    found: Any = patterns.counts[:, list(columns)]
    return np.asarray(found.toarray() if sparse.issparse(found) else found, dtype=float)


def _singly_differ(patterns: Patterns) -> bool:
    """Whether items with one rating are coded otherwise than those with more, beyond chance and by enough to matter.

    A score test of each category's mean share, its variance taken over units (clusters, where they are known) and
    its level over categories (Bonferroni); see Binder (1983), International Statistical Review 51, pp. 279-292.
    """
    n, ratings, units = patterns.n, patterns.ratings, patterns.units
    single = ratings == 1
    sizes = float(n[patterns.pairable].sum()), float(n[single].sum())
    number = int(units.n[units.present].sum())
    if not all(sizes) or number < _TWO:
        return False
    most = np.argsort(-np.asarray(n @ patterns.counts), kind="stable")[:MOST_CATEGORIES]
    share = _of_categories(patterns, most.tolist()) / np.maximum(ratings, 1)[:, None]
    pooled = (n @ share) / sum(sizes)
    side = patterns.pairable / sizes[0] - single / sizes[1]
    scores = (share - pooled) * side[:, None]
    apart = np.abs(n @ scores)
    variance = units.of_each(scores.T) ** 2 @ units.n * number / (number - 1)
    tests = max(1, np.count_nonzero(pooled) - (np.count_nonzero(pooled) == _TWO))
    reach = t_quantile(1 - ERROR / (2 * tests), number - 1) * np.sqrt(variance)
    return bool(((apart > reach) & (apart >= APART)).any())


def cautions(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = ("source",),
    cluster: str | None = AUTO,
) -> pd.DataFrame:
    """Find the largest category and the cautions, for the whole table and by group.

    Parameters and what is raised are those of :func:`~annotate.agreement.measure`; ``cluster`` is that of its
    ``interval``.

    Returns
    -------
    DataFrame
        One row for each group and variable: source (None for the whole table), further ``by`` columns,
        variable, prevalent_category, prevalence (its share of all ratings), n_ratings, caution (what
        applies, joined by ``; ``, or None).

    """
    rows: list[tuple[Group, dict[str, object]]] = []
    columns = group_columns(by)
    for groups in tally_patterns(ratings, by=columns, scales=scales, cluster=cluster):
        for one in groups:
            found = caution(one.patterns)
            row: dict[str, object] = {
                "variable": one.variable,
                "prevalent_category": found.prevalent_category,
                "prevalence": found.prevalence,
                "n_ratings": one.patterns.n_ratings,
                "caution": found.text,
            }
            rows.append((one.group, row))
    return tidy(rows, columns, COLUMNS)


def with_cautions(
    result: pd.DataFrame,
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    by: str | Sequence[str] = (),
    cluster: str | None = AUTO,
) -> pd.DataFrame:
    """Set beside what :func:`~annotate.agreement.measure` found what it is to be read with.

    ``scales``, ``by`` and ``cluster`` are those of the measurement. The columns prevalent_category,
    prevalence and caution of :func:`cautions` are added at the end, with what a row's own interval gives rise to.
    """
    found = cautions(ratings, scales=scales, by=by, cluster=cluster).drop(columns="n_ratings")
    keys = [column for column in found.columns if column not in BESIDE]
    beside = {tuple(row[key] for key in keys): row for row in found.to_dict("records")}
    rows = [beside[tuple(row)] for row in result[keys].itertuples(index=False, name=None)]
    added = {
        name: pd.Series([row[name] for row in rows], index=result.index, dtype=kind)
        for name, kind in BESIDE.items()
    }
    if "interval" in result.columns:
        said = [
            "; ".join(filter(None, [text, *_of_interval(how)])) or None
            for text, how in zip(added["caution"], result["interval"], strict=True)
        ]
        added["caution"] = pd.Series(said, index=result.index, dtype=BESIDE["caution"])
    return result.assign(**added)


def _of_interval(how: object) -> list[str]:
    """What an interval gives rise to, by what it says of itself."""
    people = re.search(r"over ([0-9]+) annotators", str(how))
    if str(how).startswith("none over"):
        return [TOO_FEW_ANNOTATORS]
    few = people is not None and int(people[1]) < FEWEST_ANNOTATORS
    undefined = undefined_share(how) >= UNDEFINED_SHARE
    return [*([FEW_ANNOTATORS] if few else []), *([UNDEFINED] if undefined else [])]
