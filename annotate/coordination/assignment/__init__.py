"""Who codes what: a balanced design, written into the tasks. Pure computing, no network."""

from annotate.coordination.assignment.annotator_list import Annotator, annotator_key, read_annotators
from annotate.coordination.assignment.design import design
from annotate.coordination.assignment.leaving import release, work_in
from annotate.coordination.assignment.spread import Balance, balance
from annotate.coordination.assignment.tasks import items_of, read_plan, write_plan

__all__ = [
    "Annotator",
    "Balance",
    "annotator_key",
    "balance",
    "design",
    "items_of",
    "read_annotators",
    "read_plan",
    "release",
    "work_in",
    "write_plan",
]
