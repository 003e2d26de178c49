"""How well annotators agree: coefficients from patterns of ratings, each with an interval and its counts."""

from annotate.agreement._cautions import (
    MEANINGS,
    Caution,
    caution,
    cautions,
    with_cautions,
)
from annotate.agreement._compare import compare
from annotate.agreement._concordance import concordance
from annotate.agreement._disagreements import confusions, contributions, disagreements
from annotate.agreement._estimate import by_category, estimate
from annotate.agreement._icc import icc
from annotate.agreement._measure import measure
from annotate.agreement.annotators import kinds, leave_one_out, machines, majority, pairs, read_kinds, rounds
from annotate.agreement.benchmark import BENCHMARKS
from annotate.agreement.designs import plan_design
from annotate.agreement.planning import plan
from annotate.agreement.registry import ALIASES, COEFFICIENTS, DEFAULT, Coefficient
from annotate.agreement.result import Estimate
from annotate.agreement.spans import measure_inside, measure_relations, measure_span_pairs, measure_spans
from annotate.codebook.scale import Scale, scales_of
from annotate.counts.patterns import Assignments, Patterns, from_items, from_matrix
from annotate.sampling import Interval

__all__ = [
    "ALIASES",
    "BENCHMARKS",
    "COEFFICIENTS",
    "DEFAULT",
    "MEANINGS",
    "Assignments",
    "Caution",
    "Coefficient",
    "Estimate",
    "Interval",
    "Patterns",
    "Scale",
    "by_category",
    "caution",
    "cautions",
    "compare",
    "concordance",
    "confusions",
    "contributions",
    "disagreements",
    "estimate",
    "from_items",
    "from_matrix",
    "icc",
    "kinds",
    "leave_one_out",
    "machines",
    "majority",
    "measure",
    "measure_inside",
    "measure_relations",
    "measure_span_pairs",
    "measure_spans",
    "pairs",
    "plan",
    "plan_design",
    "read_kinds",
    "rounds",
    "scales_of",
    "with_cautions",
]
