"""One decided category for each item and variable, out of what several annotators chose.

:func:`resolve` makes the records. Behind it are the majority vote and the model of Dawid & Skene, which
learns how reliable each annotator is; :func:`dawid_skene` fits it, :func:`annotators` and :func:`models`
show what it found and whether it is to be believed. :func:`with_decided` holds annotators against what
was decided. A decision says what these annotators chose, not what is true.
"""

from annotate.consensus._cautions import MEANINGS
from annotate.consensus._dawid_skene import Fit, annotators, dawid_skene, models
from annotate.consensus._resolve import METHODS, decisions, resolve, turned, with_decided, with_gold
from annotate.consensus._votes import majority, or_nominal

__all__ = [
    "MEANINGS",
    "METHODS",
    "Fit",
    "annotators",
    "dawid_skene",
    "decisions",
    "majority",
    "models",
    "or_nominal",
    "resolve",
    "turned",
    "with_decided",
    "with_gold",
]
