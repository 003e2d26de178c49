"""A small grammar of figures in English text."""

from annotate.provenance.quantities.grammar.figures import Figure, figures

__all__ = ["Figure", "figures"]
