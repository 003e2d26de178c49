"""Source-reliability annotation on Label Studio: agreement and provenance, per source.

A **source** is who published a passage; an **origin** is whom the passage puts a claim down to.
The tool records what a text says and on what ground. It never decides whether a claim is true, and
never ranks a source by one number.

Start with :func:`open_study`. The functions behind its methods stand in the rooms of the package, such as
``annotate.agreement``; rooms and names are imported when they are first asked for.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotate import agreement, codebook, consensus, corpus, figures, present, provenance, reuse, study
    from annotate.agreement.designs import plan_design
    from annotate.codebook.read import Codebook, load_codebook, read_codebook
    from annotate.errors import AnnotateError
    from annotate.notebook import OpenStudy, open_study
    from annotate.study.ratings import check_ratings, read_ratings, write_ratings
    from annotate.study.study import Study, read_study

    __version__: str

__all__ = [
    "AnnotateError",
    "Codebook",
    "OpenStudy",
    "Study",
    "__version__",
    "agreement",
    "check_ratings",
    "codebook",
    "consensus",
    "corpus",
    "figures",
    "load_codebook",
    "open_study",
    "plan_design",
    "present",
    "provenance",
    "read_codebook",
    "read_ratings",
    "read_study",
    "reuse",
    "study",
    "write_ratings",
]

_HOMES = {
    "annotate.agreement.designs": ("plan_design",),
    "annotate.codebook.read": ("Codebook", "load_codebook", "read_codebook"),
    "annotate.errors": ("AnnotateError",),
    "annotate.notebook": ("OpenStudy", "open_study"),
    "annotate.study.ratings": ("check_ratings", "read_ratings", "write_ratings"),
    "annotate.study.study": ("Study", "read_study"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: pandas takes its time, and Ctrl+C meanwhile shall be no traceback."""
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("annotate")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    if name in __all__:
        return importlib.import_module(f"annotate.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
