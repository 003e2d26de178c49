"""The whole loop, end to end, on the example corpus, with scripted annotators on a real server."""

from annotate.demo.loop import run

__all__ = ["run"]
