"""Documents become passages, and passages become Label Studio tasks."""

from annotate.corpus._ingest import Ingested, ingest
from annotate.corpus.tasks import read_tasks, write_tasks, write_texts

__all__ = ["Ingested", "ingest", "read_tasks", "write_tasks", "write_texts"]
