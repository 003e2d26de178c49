"""One decided category for each item and variable, out of what several annotators chose.

:func:`resolve` makes the records. Behind it are the majority vote and the model of Dawid & Skene, which
learns how reliable each annotator is; :func:`dawid_skene` fits it, :func:`annotators` and :func:`models`
show what it found and whether it is to be believed. :func:`with_decided` holds annotators against what
was decided. A decision is what these annotators said, not what is so.
"""

from annotate.consensus._cautions import MEANINGS
from annotate.consensus.annotators import annotators, models
from annotate.consensus.decided import with_decided
from annotate.consensus.majority import majority
from annotate.consensus.model import Fit, dawid_skene
from annotate.consensus.resolve import METHODS, decisions, resolve

__all__ = [
    "MEANINGS",
    "METHODS",
    "Fit",
    "annotators",
    "dawid_skene",
    "decisions",
    "majority",
    "models",
    "resolve",
    "with_decided",
]
