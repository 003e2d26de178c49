"""How well annotators agree: coefficients from patterns of ratings, each with an interval and its counts."""

from annotate.agreement.estimate import estimate
from annotate.agreement.measure import measure
from annotate.agreement.patterns import Patterns, from_items
from annotate.agreement.registry import COEFFICIENTS, Coefficient
from annotate.agreement.result import Estimate

__all__ = ["COEFFICIENTS", "Coefficient", "Estimate", "Patterns", "estimate", "from_items", "measure"]
