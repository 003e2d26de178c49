"""Who codes what: a balanced design, written into the tasks. Pure computing, no network."""

from annotate.coordination.assignment._design import Balance, balance, design
from annotate.coordination.assignment.plan import (
    Annotator,
    annotator_key,
    earlier_key,
    items_of,
    read_annotators,
    read_passwords,
    read_plan,
    release,
    salt_of,
    salt_place,
    work_in,
    write_plan,
)

__all__ = [
    "Annotator",
    "Balance",
    "annotator_key",
    "balance",
    "design",
    "earlier_key",
    "items_of",
    "read_annotators",
    "read_passwords",
    "read_plan",
    "release",
    "salt_of",
    "salt_place",
    "work_in",
    "write_plan",
]
