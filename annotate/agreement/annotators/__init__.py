"""Annotators: every two of them, each against the others, each against themselves, and kinds of them."""

from annotate.agreement.annotators._kinds import kinds, read_kinds
from annotate.agreement.annotators._leave_one_out import leave_one_out
from annotate.agreement.annotators._machines import machines
from annotate.agreement.annotators._majority import majority
from annotate.agreement.annotators._pairs import pairs, rounds

__all__ = ["kinds", "leave_one_out", "machines", "majority", "pairs", "read_kinds", "rounds"]
