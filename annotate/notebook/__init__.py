"""A study as an object, for notebooks and scripts: whatever a command computes, a method computes too."""

from annotate.notebook.opened import OpenStudy, open_study
from annotate.notebook.results import Agreement, Chart, Claims, Consensus, Profile, Result, Suggested

__all__ = [
    "Agreement",
    "Chart",
    "Claims",
    "Consensus",
    "OpenStudy",
    "Profile",
    "Result",
    "Suggested",
    "open_study",
]
