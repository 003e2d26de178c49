"""Annotators: every two of them, each against the others, each against themselves."""

from annotate.agreement.annotators._leave_one_out import leave_one_out, majority
from annotate.agreement.annotators._pairs import pairs, rounds

__all__ = ["leave_one_out", "majority", "pairs", "rounds"]
