"""How well annotators agree on what they marked: tokens, characters, units, and matched spans."""

from annotate.agreement.spans.inside import measure_inside
from annotate.agreement.spans.measures import measure_span_pairs, measure_spans
from annotate.agreement.spans.relations import measure_relations

__all__ = ["measure_inside", "measure_relations", "measure_span_pairs", "measure_spans"]
