"""Source-reliability annotation on Label Studio: agreement and provenance, per source.

A **source** is who published a passage; an **origin** is whom the passage puts a claim down to.
The tool records what a text says and on what ground. It never decides whether a claim is true, and
never ranks a source by one number.
"""

from annotate.codebook import Codebook, load_codebook, read_codebook
from annotate.errors import AnnotateError
from annotate.ratings import check_ratings, read_ratings, write_ratings
from annotate.study import Study, read_study

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
