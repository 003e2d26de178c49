"""On what ground each source's claims rest, and which wording and figures recur across sources."""

from annotate.provenance.profile import profile
from annotate.provenance.quantities import arithmetic, compare, quantities
from annotate.provenance.reuse import MIN_SCORE, reuse

__all__ = ["MIN_SCORE", "arithmetic", "compare", "profile", "quantities", "reuse"]
