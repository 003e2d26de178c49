"""Charts as inline SVG: specified with Altair, drawn offline by vl-convert, no script in the page.

Every chart is a list of sources, one below the other, each with its name on a line of its own, so that
a long name is wrapped and never cut and a chart is as narrow as a telephone. Places are given in pixels
because a browser's fonts are not those that a layout would be measured with. Colours are CSS variables
with a fallback: a page may set them for light and dark. Shape and position say the same as colour.
"""

from annotate.present.charts.by_source import agreement_chart, claim_type_chart, share_chart
from annotate.present.charts.drawing import MOST_SOURCES

__all__ = ["MOST_SOURCES", "agreement_chart", "claim_type_chart", "share_chart"]
