"""What annotators left unsettled, put before an adjudicator, and the decisions that come back.

:func:`unsettled` finds it, :func:`cases` makes the tasks, in which nobody can tell who chose what, and
:func:`adjudication_config` the screen. :func:`read_decisions` reads what was decided, and
:func:`final_labels` puts it over the consensus. A decision is nobody's rating: it enters no agreement.
"""

from annotate.coordination.adjudication._cases import SETTLED, Only, cases, unsettled
from annotate.coordination.adjudication.decisions import Decisions, against, final_labels, read_decisions
from annotate.coordination.adjudication.screen import adjudication_config

__all__ = [
    "SETTLED",
    "Decisions",
    "Only",
    "adjudication_config",
    "against",
    "cases",
    "final_labels",
    "read_decisions",
    "unsettled",
]
