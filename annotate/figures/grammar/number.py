"""A number that was read, before anything is known of what it counts."""

from dataclasses import dataclass
from typing import Literal

Form = Literal["digits", "words", "fraction", "open", "locator"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of tokens ``start`` to ``end``: ``value``, which is a magnitude only if ``form`` is open.

    A ``locator`` (a year in words, an ordinal, 9/11) counts nothing. ``weak`` is one that needs more
    evidence: a fraction that may be an ordinal ("a third").
    """

    start: int
    end: int
    value: float
    form: Form
    coefficient: float
    weak: bool = False
