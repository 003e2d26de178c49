"""Figures in texts: where they are, which of them speak of one thing, and what they add up to."""

from annotate.figures.comparison import compare, groups
from annotate.figures.stated import arithmetic
from annotate.figures.table import quantities

__all__ = ["arithmetic", "compare", "groups", "quantities"]
