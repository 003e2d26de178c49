"""What annotators left unsettled, put before an adjudicator, and the decisions that come back.

:func:`unsettled` finds it, :func:`cases` makes the tasks, in which nobody can tell who chose what, and
:func:`adjudication_config` the screen. :func:`read_decisions` reads what was decided, and
:func:`final_labels` puts it over the consensus. A decision is not an annotator's rating: it enters no agreement.
"""

from annotate.coordination.adjudication._cases import SETTLED, Only, cases, unsettled
from annotate.coordination.adjudication.decisions import (
    DECISION_COLUMNS,
    Decisions,
    against,
    decided_ratings,
    decisions_of_table,
    final_labels,
    read_decisions,
)
from annotate.coordination.adjudication.screen import adjudication_config

__all__ = [
    "DECISION_COLUMNS",
    "SETTLED",
    "Decisions",
    "Only",
    "adjudication_config",
    "against",
    "cases",
    "decided_ratings",
    "decisions_of_table",
    "final_labels",
    "read_decisions",
    "unsettled",
]
