"""On what ground each source's claims rest, and which wording and figures recur across sources."""

from annotate.counts.shares import MEANINGS
from annotate.figures import arithmetic, compare, quantities
from annotate.provenance._candidates import candidates
from annotate.provenance.profiles import profile
from annotate.reuse import MIN_SCORE, reuse

__all__ = [
    "MEANINGS",
    "MIN_SCORE",
    "arithmetic",
    "candidates",
    "compare",
    "profile",
    "quantities",
    "reuse",
]
