"""Arithmetic that a text states, recomputed."""

from annotate.figures.stated.table import COLUMNS, arithmetic

__all__ = ["COLUMNS", "arithmetic"]
