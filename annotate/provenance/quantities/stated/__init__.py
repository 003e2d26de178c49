"""Arithmetic that a text states, recomputed."""

from annotate.provenance.quantities.stated.table import COLUMNS, arithmetic

__all__ = ["COLUMNS", "arithmetic"]
