"""One decided category for each item and variable, out of what several annotators chose.

:func:`resolve` makes the records. Behind it are the majority vote and the models of Dawid & Skene and of
others, which learn how reliable each annotator is; :func:`fitted` fits one, :func:`annotators` and :func:`models`
show what it found and whether it is to be believed. :func:`with_decided` holds annotators against what
was decided, :func:`distribution` decides nothing and gives the shares of the choices. A decision says what these annotators chose, not what is true.
"""

from annotate.consensus._cautions import MEANINGS
from annotate.consensus._distribution import distribution
from annotate.consensus._fits import Fit, fitted, models
from annotate.consensus._models import MODELS
from annotate.consensus._reliability import annotators
from annotate.consensus._resolve import (
    METHODS,
    NOT_ASKED,
    decisions,
    resolve,
    turned,
    with_decided,
    with_gold,
    without_hidden,
)
from annotate.consensus._votes import majority, or_nominal

__all__ = [
    "MEANINGS",
    "METHODS",
    "MODELS",
    "NOT_ASKED",
    "Fit",
    "annotators",
    "decisions",
    "distribution",
    "fitted",
    "majority",
    "models",
    "or_nominal",
    "resolve",
    "turned",
    "with_decided",
    "with_gold",
    "without_hidden",
]
