"""How well annotators agree: coefficients from patterns of ratings, each with an interval and its counts."""

from annotate.agreement.assignments import Assignments, from_matrix
from annotate.agreement.by_category import by_category
from annotate.agreement.estimate import estimate
from annotate.agreement.measure import measure
from annotate.agreement.patterns import Patterns, from_items
from annotate.agreement.registry import COEFFICIENTS, DEFAULT, Coefficient
from annotate.agreement.result import Estimate

__all__ = [
    "COEFFICIENTS",
    "DEFAULT",
    "Assignments",
    "Coefficient",
    "Estimate",
    "Patterns",
    "by_category",
    "estimate",
    "from_items",
    "from_matrix",
    "measure",
]
