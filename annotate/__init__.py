"""Source-reliability annotation on Label Studio: agreement and provenance, per source.

A **source** is who published a passage; an **origin** is whom the passage puts a claim down to.
The tool records what a text says and on what ground. It never decides whether a claim is true, and
never ranks a source by one number.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotate.codebook.read import Codebook, load_codebook, read_codebook
    from annotate.errors import AnnotateError
    from annotate.study.ratings import check_ratings, read_ratings, write_ratings
    from annotate.study.study import Study, read_study

__all__ = [
    "AnnotateError",
    "Codebook",
    "Study",
    "check_ratings",
    "load_codebook",
    "read_codebook",
    "read_ratings",
    "read_study",
    "write_ratings",
]

_HOMES = {
    "annotate.codebook.read": ("Codebook", "load_codebook", "read_codebook"),
    "annotate.errors": ("AnnotateError",),
    "annotate.study.ratings": ("check_ratings", "read_ratings", "write_ratings"),
    "annotate.study.study": ("Study", "read_study"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: pandas takes its time, and Ctrl+C meanwhile shall be no traceback."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
