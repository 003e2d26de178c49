"""How well annotators agree on what they marked: tokens, characters, units, and matched spans."""

from annotate.agreement.spans.measures import measure_span_pairs, measure_spans

__all__ = ["measure_span_pairs", "measure_spans"]
