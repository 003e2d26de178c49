"""Which passage to code next, and what its code may be: learnt from the labels that are decided.

:func:`suggest` trains a classifier of texts for each variable, holds it against documents that it has not
seen, and orders the passages that wait by how unsure it is. :func:`pushable` picks the suggestions that may
be shown to annotators. A suggestion biases whoever sees it: none is shown unless asked for, and
:func:`without_suggested` leaves out what was coded with one.
"""

from annotate.coordination.suggestion._quality import passing, pushable
from annotate.coordination.suggestion._suggest import Suggestions, suggest, suggest_for
from annotate.coordination.suggestion.labels import PREFIX, read_decided, unsuggested, without_suggested
from annotate.coordination.suggestion.learning import learnable

__all__ = [
    "PREFIX",
    "Suggestions",
    "learnable",
    "passing",
    "pushable",
    "read_decided",
    "suggest",
    "suggest_for",
    "unsuggested",
    "without_suggested",
]
