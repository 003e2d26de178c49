"""Origins: whom passages put claims down to, each name once, and which names a coordinator may take for one."""

from annotate.provenance.origins._file import read_origins
from annotate.provenance.origins._names import KINDS, Origin, Origins, origins_of
from annotate.provenance.origins._offers import offers

__all__ = ["KINDS", "Origin", "Origins", "offers", "origins_of", "read_origins"]
