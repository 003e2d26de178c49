"""Which coefficients there are. To add one, write its function and enter it here.

A function takes :class:`~annotate.agreement.patterns.Patterns` and samples (samples x patterns: items of
each pattern in each sample) and returns observed and expected agreement of every sample. The table itself
is one sample, the replicates of a bootstrap are others, so a coefficient is written once for both.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotate.agreement.alpha import krippendorff_alpha
from annotate.agreement.distance import LEVELS
from annotate.agreement.gwet import gwet_ac1
from annotate.agreement.patterns import FloatArray, Patterns
from annotate.agreement.percent import percent_agreement
from annotate.agreement.result import Agreement
from annotate.errors import StatisticsError

if TYPE_CHECKING:
    from annotate.codebook import Level


@dataclass(frozen=True)
class Coefficient:
    """A coefficient and what it is for.

    ``levels`` are the levels of measurement it takes; ``by_distance`` says that it weighs how far apart
    two categories are, so that order and numbers matter to it (otherwise categories are the same or not).
    """

    name: str
    compute: Callable[[Patterns, FloatArray], Agreement]
    chance_corrected: bool
    by_distance: bool
    levels: tuple["Level", ...] = LEVELS

    def unfit(self, patterns: Patterns) -> str | None:
        """Why the coefficient cannot be had from these patterns, or None."""
        if patterns.level not in self.levels:
            return f"{self.name} is not defined at level {patterns.level}"
        return None


COEFFICIENTS: dict[str, Coefficient] = {
    coefficient.name: coefficient
    for coefficient in (
        Coefficient("percent_agreement", percent_agreement, chance_corrected=False, by_distance=False),
        Coefficient("krippendorff_alpha", krippendorff_alpha, chance_corrected=True, by_distance=True),
        Coefficient("gwet_ac1", gwet_ac1, chance_corrected=True, by_distance=False),
    )
}


def select(names: Iterable[str]) -> list[Coefficient]:
    """The coefficients of these names, each once.

    Raises
    ------
    StatisticsError
        If there is none of that name, with the names there are.

    """
    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name not in COEFFICIENTS:
            raise StatisticsError(f"coefficient {name!r} is not known; there are {', '.join(COEFFICIENTS)}")
    return [COEFFICIENTS[name] for name in chosen]
