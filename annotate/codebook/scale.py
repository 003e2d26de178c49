"""What is measured: the level of a variable, its categories in order, and how far these are apart.

The level and the order of the categories are declared, by a label config or by whoever measures. They are
never taken from what was observed. Scales are checked when they are made, and nowhere else.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from annotate.codebook.matrices import Matrix
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
WEIGHTS = ("identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar", BY_LEVEL)
SET_DISTANCES = ("masi", "jaccard")
DISTANCES = (*SET_DISTANCES, "linear", "radical", "circular", "bipolar")


Measure: TypeAlias = "str | Matrix | None"


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
        ``identity``, ``linear``, ``quadratic``, ``ordinal``, ``radical``, ``ratio``, ``circular`` or ``bipolar``, for
        the kappas, Brennan-Prediger and AC2, see :mod:`annotate.counts.distance`; ``level`` for what the level asks for:
        ordinal, of numbers quadratic; or a matrix of weights. None for identity, and for AC2 what the level asks for.
    distance
        How alpha measures: between sets ``masi`` or ``jaccard`` (elsewhere these mean nothing), between ordered
        categories ``linear``, ``radical``, ``circular`` or ``bipolar``, see :mod:`annotate.counts.distance`; or a matrix
        of distances. None for Krippendorff's distance of the level, of sets MASI.

    Raises
    ------
    StatisticsError
        If level, weights or distance are not known, the categories are not texts or name one twice, or a matrix is of
        other categories, or of weights where distances are asked for.

    """

    level: Level
    categories: tuple[str, ...] = ()
    weights: str | Matrix | None = None
    distance: str | Matrix | None = None

    def __post_init__(self) -> None:
        """Refuse what is not a scale."""
        for what, said, known in (
            ("level", self.level, LEVELS),
            ("weights", self.weights, WEIGHTS),
            ("distance", self.distance, DISTANCES),
        ):
            if said is not None and not isinstance(said, Matrix) and said not in known:
                verb = "are" if what == "weights" else "is"
                raise StatisticsError(f"{what} {said!r} {verb} not known; there are {', '.join(known)}")
        if self.weights == BY_LEVEL:
            object.__setattr__(self, "weights", LEVEL_WEIGHTS[self.level])
        if self.level == "set":
            object.__setattr__(self, "distance", self.distance or SET_DISTANCES[0])
        elif self.distance in SET_DISTANCES:
            object.__setattr__(self, "distance", None)
        given: object = self.categories
        if isinstance(given, str) or not all(isinstance(one, str) for one in self.categories):
            raise StatisticsError(
                f"categories: {self.categories!r} is not a sequence of texts; write ('low', 'high')"
            )
        object.__setattr__(self, "categories", tuple(self.categories))  # a list would not be hashable
        if len(set(self.categories)) < len(self.categories):
            twice = next(one for one, count in Counter(self.categories).items() if count > 1)
            raise StatisticsError(f"categories: {twice!r} stands twice; name each once")
        for what, matrix in (("weights", self.weights), ("distance", self.distance)):
            if isinstance(matrix, Matrix):
                self._take(matrix, what)

    def _take(self, matrix: Matrix, what: str) -> None:
        """Hold a matrix against the categories; where nobody declared them, its own are declared by it."""
        if self.level == "set":
            raise StatisticsError(
                f"{what} {matrix}: a matrix is of single categories, and level set has sets of them"
            )
        if matrix.holds_weights != (what == "weights"):
            held, way = ("weights", "weights") if matrix.holds_weights else ("distances", "distance")
            raise StatisticsError(
                f"{what} {matrix}: these are {held}, with {matrix.values[0][0]:g} on the diagonal; give them as {way}"
            )
        if not self.categories:
            object.__setattr__(self, "categories", matrix.categories)
        apart = [one for one in self.categories if one not in matrix.categories]
        apart += [one for one in matrix.categories if one not in self.categories]
        if apart:
            raise StatisticsError(
                f"{what} {matrix}: it is of {', '.join(matrix.categories)}, and the variable offers "
                f"{', '.join(self.categories)}"
            )


def scales_of(
    level: Mapping[str, str],
    categories: Mapping[str, Sequence[str]] | None = None,
    *,
    weights: "Measure | Mapping[str, Measure]" = None,
    distance: "Measure | Mapping[str, Measure]" = None,
) -> dict[str, Scale]:
    """Make the scale of each variable of ``level``, in this order.

    Weights and distance are the same for all, or a mapping says them for some variables.

    >>> scales_of({"tone": "ordinal"}, {"tone": ["low", "high"]})["tone"].categories
    ('low', 'high')

    Raises
    ------
    StatisticsError
        If something is not known, with the variable's name where it is of one variable.

    """
    declared = categories or {}
    said = [one if isinstance(one, Mapping) else dict.fromkeys(level, one) for one in (weights, distance)]
    for variable in dict.fromkeys([*said[0], *said[1]]):
        if variable not in level:
            raise StatisticsError(f"{variable}: no such variable; there are {', '.join(level)}")
    for variable, one in level.items():
        if one not in LEVELS:
            raise StatisticsError(
                f"variable {variable}: level {one!r} is not known; there are {', '.join(LEVELS)}"
            )
    found = {}
    for variable, one in level.items():
        try:
            found[variable] = Scale(
                cast("Level", one),
                tuple(declared.get(variable) or ()),
                *(of.get(variable) for of in said),
            )
        except StatisticsError as error:
            if not any(isinstance(of.get(variable), Matrix) for of in said):
                raise
            raise StatisticsError(f"variable {variable}: {error}") from error
    return found
