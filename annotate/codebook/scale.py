"""What is measured: the level of a variable, its categories in order, and how far these are apart.

The level and the order of the categories are declared, by a label config or by whoever measures. They are
never taken from what was observed. Scales are checked when they are made, and nowhere else.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from annotate.errors import StatisticsError

Level = Literal["nominal", "ordinal", "interval", "ratio", "set"]

LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio", "set")
BY_LEVEL = "level"
LEVEL_WEIGHTS: Mapping[str, str] = {
    "nominal": "identity",
    "ordinal": "ordinal",
    "interval": "quadratic",
    "ratio": "quadratic",
    "set": "identity",
}
"""What ``level`` means as weights, and what AC2 weighs with if nobody says: ordinal weights need no numbers (Gwet
2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 3)."""
WEIGHTS = ("identity", "linear", "quadratic", "ordinal", BY_LEVEL)
DISTANCES = ("masi", "jaccard")


@dataclass(frozen=True)
class Scale:
    """How a variable is measured.

    Parameters
    ----------
    level
        The level of measurement (Stevens 1946), or ``"set"`` where several categories may be chosen at once.
    categories
        What the variable offers, in order; of sets, what a set may hold. An ordinal variable needs them. K of
        AC1 and of Brennan-Prediger is their number; without them, it is the number used in the table.
    weights
        ``identity``, ``linear``, ``quadratic`` or ``ordinal``, for the kappas, Brennan-Prediger and AC2, see
        :mod:`annotate.counts.distance`; ``level`` for what the level asks for: ordinal, of numbers quadratic. None for
        identity, and for AC2 what the level asks for.
    distance
        How alpha measures between sets: ``masi`` or ``jaccard``, see :mod:`annotate.counts.distance`.

    Raises
    ------
    StatisticsError
        If level, weights or distance are not known, or the categories are no texts or name one twice.

    """

    level: Level
    categories: tuple[str, ...] = ()
    weights: str | None = None
    distance: str = "masi"

    def __post_init__(self) -> None:
        """Refuse what is no scale."""
        for what, said, known in (
            ("level", self.level, LEVELS),
            ("set distance", self.distance, DISTANCES),
        ):
            if said not in known:
                raise StatisticsError(f"{what} {said!r} is not known; there are {', '.join(known)}")
        if self.weights is not None and self.weights not in WEIGHTS:
            raise StatisticsError(f"weights {self.weights!r} are not known; there are {', '.join(WEIGHTS)}")
        if self.weights == BY_LEVEL:
            object.__setattr__(self, "weights", LEVEL_WEIGHTS[self.level])
        given: object = self.categories
        if isinstance(given, str) or not all(isinstance(one, str) for one in self.categories):
            raise StatisticsError(
                f"categories: {self.categories!r} is no sequence of texts; write ('low', 'high')"
            )
        object.__setattr__(self, "categories", tuple(self.categories))  # a list would not be hashable
        if len(set(self.categories)) < len(self.categories):
            twice = next(one for one, count in Counter(self.categories).items() if count > 1)
            raise StatisticsError(f"categories: {twice!r} stands twice; name each once")


def scales_of(
    level: Mapping[str, str],
    categories: Mapping[str, Sequence[str]] | None = None,
    *,
    weights: str | None = None,
    distance: str = "masi",
) -> dict[str, Scale]:
    """Make the scale of each variable of ``level``, in this order, the same weights and distance for all.

    >>> scales_of({"tone": "ordinal"}, {"tone": ["low", "high"]})["tone"].categories
    ('low', 'high')

    Raises
    ------
    StatisticsError
        If something is not known, with the variable's name where it is of one variable.

    """
    declared = categories or {}
    for variable, one in level.items():
        if one not in LEVELS:
            raise StatisticsError(
                f"variable {variable}: level {one!r} is not known; there are {', '.join(LEVELS)}"
            )
    return {
        variable: Scale(cast("Level", one), tuple(declared.get(variable) or ()), weights, distance)
        for variable, one in level.items()
    }
