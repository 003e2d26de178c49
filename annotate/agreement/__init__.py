"""How well annotators agree: coefficients from patterns of ratings, each with an interval and its counts."""

from annotate.agreement.annotators import leave_one_out, majority, pairs, rounds
from annotate.agreement.by_category import by_category
from annotate.agreement.caution import Caution, caution, cautions
from annotate.agreement.compare import compare
from annotate.agreement.estimate import estimate
from annotate.agreement.measure import measure
from annotate.agreement.planning import plan
from annotate.agreement.registry import COEFFICIENTS, DEFAULT, Coefficient
from annotate.agreement.result import Estimate
from annotate.agreement.spans import measure_span_pairs, measure_spans
from annotate.counts.assignments import Assignments, from_matrix
from annotate.counts.patterns import Patterns, from_items

__all__ = [
    "COEFFICIENTS",
    "DEFAULT",
    "Assignments",
    "Caution",
    "Coefficient",
    "Estimate",
    "Patterns",
    "by_category",
    "caution",
    "cautions",
    "compare",
    "estimate",
    "from_items",
    "from_matrix",
    "leave_one_out",
    "majority",
    "measure",
    "measure_span_pairs",
    "measure_spans",
    "pairs",
    "plan",
    "rounds",
]
