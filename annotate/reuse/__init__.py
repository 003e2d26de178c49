"""Text reuse: pairs of passages that share wording beyond chance, with the exact spans."""

from annotate.reuse.documents import document_pairs
from annotate.reuse.find import COLUMNS, MIN_SCORE, reuse

__all__ = ["COLUMNS", "MIN_SCORE", "document_pairs", "reuse"]
