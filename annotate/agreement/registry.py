"""Which coefficients there are. To add one, write its function and enter it here.

A function takes :class:`~annotate.counts.patterns.Patterns` and samples (samples x patterns: items of
each pattern in each sample) and returns observed and expected agreement of every sample. The table itself
is one sample, the replicates of a bootstrap are others, so a coefficient is written once for both.

What a coefficient can do is stated here as data. Where a table asks for more, the result is undefined and
says so, and the other coefficients are computed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from annotate.agreement.chance import (
    REST,
    gwet_ac1,
    gwet_ac2,
    krippendorff_alpha,
    percent_agreement,
    specific_agreement,
)
from annotate.agreement.kappa import (
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    light_kappa,
    scott_pi,
)
from annotate.agreement.result import Agreement
from annotate.codebook.matrices import Matrix
from annotate.codebook.scale import LEVELS, Level, Scale
from annotate.counts.distance import BY_LEVEL, UNWEIGHTED, refused
from annotate.counts.patterns import NONE, PAIR, Assignments, Patterns
from annotate.errors import StatisticsError

ALL = "all"


@dataclass(frozen=True)
class Coefficient:
    """A coefficient and what it is for.

    Parameters
    ----------
    name, compute
        Its name in results, and its function.
    chance_corrected
        Whether it is ``(observed - expected) / (1 - expected)``, not observed agreement itself.
    by_distance
        Whether it measures by the level how far apart two categories are, as alpha does.
    weights
        What it weighs with at each level if nobody says; None if weights do not apply.
    takes
        ``"counts"`` if it is enough how many chose what, ``"assignments"`` if it must know who.
    levels
        The levels of measurement it takes.
    two_annotators
        Whether it is for exactly two annotators.
    complete
        Whether every annotator must have rated every item.
    of_category
        Whether it is of one category against the rest, see :func:`~annotate.agreement.estimate`.

    """

    name: str
    compute: Callable[[Any, Any], Agreement]
    chance_corrected: bool
    by_distance: bool = False
    weights: Mapping[str, str] | None = None
    takes: Literal["counts", "assignments"] = "counts"
    levels: tuple[Level, ...] = LEVELS
    two_annotators: bool = False
    complete: bool = False
    of_category: bool = False

    @property
    def weighted(self) -> bool:
        """Whether weights apply."""
        return self.weights is not None

    def weighs_with(self, level: str, weights: str | Matrix | None) -> str | None:
        """The weights that a result rests on, ``weights`` being those asked for; None if none apply."""
        return None if self.weights is None else str(weights or self.weights[level])

    def measures_by(self, scale: Scale) -> str | None:
        """The distance that a result rests on: the one asked for, or that of the level; None if none applies."""
        return str(scale.distance or scale.level) if self.by_distance else None

    def unfit(self, patterns: Patterns) -> str | None:
        """Why the coefficient cannot be computed from these patterns, or None."""
        if patterns.level not in self.levels:
            return f"{self.name} is not defined at level {patterns.level}"
        if self.of_category and patterns.categories[1:] != (REST,):
            return f"{self.name} is of one category; ask for it by category"
        scale = patterns.scale
        weights = None if self.weights is None else scale.weights or self.weights[scale.level]
        distance = scale.distance if self.by_distance else None
        return (
            refused("weights need", weights, scale.level, scale.categories)
            or refused("distances need", distance, scale.level, scale.categories)
            or self._unfit_design(patterns)
        )

    def _unfit_design(self, patterns: Patterns) -> str | None:
        if self.takes == "assignments" and not isinstance(patterns, Assignments):
            return "needs to know who chose what, and these are counts"
        if not isinstance(patterns, Assignments) or patterns.n_pairable_items == 0:
            return None  # that nothing can be paired is said of all coefficients in the same words
        annotators = len(patterns.annotators)
        if self.two_annotators and annotators != PAIR:
            return f"needs exactly two annotators, there are {annotators}"
        missing = int(patterns.n[(patterns.codes == NONE).any(axis=1)].sum())
        if self.complete and missing:
            return f"needs every item rated by every annotator, and {missing} are not"
        return None


def chosen_columns(chosen: Sequence[Coefficient], scales: Iterable[Scale]) -> tuple[str, ...]:
    """Whether weights and distances stand in a result: where something may be weighed, or a distance is given."""
    given = list(scales)
    weighs = any(one.weights is BY_LEVEL for one in chosen) or any(scale.weights for scale in given)
    far = any(scale.distance not in (None, "masi") for scale in given)
    return (*(["weights"] if weighs else []), *(["distance"] if far else []))


def chosen_cells(name: str, scale: Scale) -> dict[str, object]:
    """The weights and the distance that a coefficient's result rests on, None where none apply."""
    known = COEFFICIENTS.get(name)
    weights = None if known is None else known.weighs_with(scale.level, scale.weights)
    return {"weights": weights, "distance": None if known is None else known.measures_by(scale)}


def _entries(*coefficients: Coefficient) -> dict[str, Coefficient]:
    return {coefficient.name: coefficient for coefficient in coefficients}


_KAPPA = Coefficient("", fleiss_kappa, chance_corrected=True, weights=UNWEIGHTED)
_WHO = replace(_KAPPA, takes="assignments")

COEFFICIENTS: dict[str, Coefficient] = _entries(
    Coefficient("percent_agreement", percent_agreement, chance_corrected=False),
    Coefficient("krippendorff_alpha", krippendorff_alpha, chance_corrected=True, by_distance=True),
    Coefficient("gwet_ac1", gwet_ac1, chance_corrected=True),
    Coefficient("gwet_ac2", gwet_ac2, chance_corrected=True, weights=BY_LEVEL),
    replace(_WHO, name="cohen_kappa", compute=cohen_kappa, two_annotators=True),
    replace(_WHO, name="conger_kappa", compute=conger_kappa),
    replace(_KAPPA, name="fleiss_kappa"),
    replace(_WHO, name="light_kappa", compute=light_kappa),
    replace(_WHO, name="scott_pi", compute=scott_pi, two_annotators=True),
    Coefficient("brennan_prediger", brennan_prediger, chance_corrected=True, weights=UNWEIGHTED),
)

# What else a coefficient is called, each name once, and what it means that it is this coefficient here.
ALIASES: dict[str, dict[str, str]] = {
    "percent_agreement": {
        "observed_agreement": "another name",
        "raw_agreement": "another name",
        "simple_agreement": "another name",
        "holsti": "Holsti's method (1969), the same where two annotators rated the same items",
    },
    "krippendorff_alpha": {"alpha": "short for it"},
    "gwet_ac1": {"ac1": "short for it"},
    "gwet_ac2": {"ac2": "short for it"},
    "conger_kappa": {
        "conger": "Conger (1980)",
        "davies_fleiss_kappa": "Davies and Fleiss (1982), the same where every annotator rated every item",
        "multi_kappa": "the multi-kappa of Artstein and Poesio (2008), likewise",
        "exact_kappa": "kappam.fleiss(exact = TRUE) of irr for R",
    },
    "fleiss_kappa": {
        "fleiss": "Fleiss (1971)",
        "siegel_castellan_kappa": "the K of Siegel and Castellan (1988), which Carletta (1996) took up",
        "siegel_castellan": "the K of Siegel and Castellan (1988), which Carletta (1996) took up",
        "multi_pi": "the multi-pi of Artstein and Poesio (2008)",
    },
    "light_kappa": {"mean_kappa": "the mean of Cohen's kappa over pairs of annotators"},
    "brennan_prediger": {
        "bennett_s": "Bennett, Alpert and Goldstein's S (1954), of two annotators and any number of categories",
        "s_score": "Bennett, Alpert and Goldstein's S (1954)",
        "pabak": "prevalence- and bias-adjusted kappa (Byrt, Bishop and Carlin 1993): with two categories 2 x percent agreement - 1",
        "randolph_kappa": "Randolph's free-marginal multirater kappa (2005)",
        "randolph_free_marginal_kappa": "Randolph's free-marginal multirater kappa (2005)",
        "free_marginal_kappa": "Randolph's free-marginal multirater kappa (2005)",
        "kappa_n": "the kappa_n of Brennan and Prediger (1981)",
        "holley_guilford_g": "Holley and Guilford's G (1964), of two categories",
        "maxwell_re": "Maxwell's random error coefficient (1977), of two categories",
    },
}
_CALLED = {alias: name for name, aliases in ALIASES.items() for alias in aliases}


def plain_name(named: str) -> str:
    """The name in the registry of what somebody calls ``Bennett's S`` or ``Brennan-Prediger``; else as it is.

    >>> plain_name("PABAK"), plain_name("Cohen's kappa"), plain_name("Siegel & Castellan")
    ('brennan_prediger', 'cohen_kappa', 'fleiss_kappa')
    """
    simple = _simple(named)
    return _CALLED.get(simple, simple if simple in COEFFICIENTS else named)


def renamed(names: Iterable[str]) -> list[str]:
    """A line for each name that is another's, with what it means."""
    asked = {one: plain_name(one) for one in names}
    meant = {one: ALIASES.get(name, {}).get(_simple(one), "another spelling") for one, name in asked.items()}
    return [f"{one} is {name} here: {meant[one]}" for one, name in asked.items() if one != name]


def _simple(named: str) -> str:
    """Small letters and underscores, without a possessive."""
    words = re.sub(r"['\N{RIGHT SINGLE QUOTATION MARK}](s\b)?", "", named.casefold())
    return re.sub(r"[\W_]+", "_", words).strip("_")


# Of one category against the rest; these are not coefficients of a variable.
OF_CATEGORY: dict[str, Coefficient] = _entries(
    Coefficient("specific_agreement", specific_agreement, chance_corrected=False, of_category=True),
)

# What is measured if nobody says.
DEFAULT: tuple[str, ...] = ("percent_agreement", "krippendorff_alpha", "gwet_ac1")


def select(names: str | Iterable[str]) -> list[Coefficient]:
    """The coefficients of these names, each once; ``"all"`` stands for all, and :data:`ALIASES` are understood.

    Raises
    ------
    StatisticsError
        If no coefficient has that name, or none is named; the message lists the names.

    """
    asked = [names] if isinstance(names, str) else list(names)
    if not asked:
        raise StatisticsError(f"coefficient: none is named; there are {', '.join(COEFFICIENTS)}")
    chosen = list(
        dict.fromkeys(
            one for name in asked for one in (COEFFICIENTS if name == ALL else [plain_name(str(name))])
        )
    )
    known = {**COEFFICIENTS, **OF_CATEGORY}
    for name in chosen:
        if name not in known:
            raise StatisticsError(f"coefficient {name!r} is not known; there are {', '.join(COEFFICIENTS)}")
    return [known[name] for name in chosen]
