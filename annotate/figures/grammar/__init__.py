"""A small grammar of figures in English text."""

from annotate.figures.grammar.figures import Figure, figures

__all__ = ["Figure", "figures"]
