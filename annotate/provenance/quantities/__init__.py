"""Figures in texts: where they are, which of them speak of one thing, and what they add up to."""

from annotate.provenance.quantities.comparison import compare, groups
from annotate.provenance.quantities.stated import arithmetic
from annotate.provenance.quantities.table import quantities

__all__ = ["arithmetic", "compare", "groups", "quantities"]
