"""On what ground each source's claims rest, as annotators recorded it."""

from annotate.provenance.profile import profile

__all__ = ["profile"]
