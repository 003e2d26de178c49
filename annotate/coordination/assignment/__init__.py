"""Who codes what: a balanced design, written into the tasks. Pure computing, no network."""

from annotate.coordination.assignment._design import Balance, balance, design
from annotate.coordination.assignment.people import (
    Annotator,
    annotator_key,
    earlier_key,
    message_for,
    read_annotators,
    read_passwords,
    salt_of,
    salt_place,
    write_messages,
)
from annotate.coordination.assignment.plan import items_of, read_plan, release, work_in, write_plan

__all__ = [
    "Annotator",
    "Balance",
    "annotator_key",
    "balance",
    "design",
    "earlier_key",
    "items_of",
    "message_for",
    "read_annotators",
    "read_passwords",
    "read_plan",
    "release",
    "salt_of",
    "salt_place",
    "work_in",
    "write_messages",
    "write_plan",
]
