"""Several exports become one study: the one-project-an-annotator habit, or a study on two servers.

Each part is a snapshot or a JSON export. Account 3 of one server is not account 3 of another, so
annotators are told apart by the part they come from: ``A3@1`` is account 3 of the first. That two
accounts are one person has to be said. A passage is told by its id, and must have the same text.

The result is a snapshot like any other. An annotation in it is numbered by its own number and its part,
``91@2``, and says under ``origin`` where it comes from; the manifest names the parts with their sha256.
"""

from annotate.study.merging.merge import Merged, OnConfigChange, merge, require_new, require_several

__all__ = ["Merged", "OnConfigChange", "merge", "require_new", "require_several"]
