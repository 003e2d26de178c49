"""What a study says of the words that annotators marked: agreement on marks, on relations, on answers inside them."""

from dataclasses import dataclass

from annotate import agreement
from annotate.agreement import DEFAULT
from annotate.errors import InputError, counted
from annotate.notebook.asked import By, columns, flag, interval_of, names, whole
from annotate.notebook.results import Result
from annotate.present.study_tables import span_pairs_table, spans_table
from annotate.study.study import Study


@dataclass(frozen=True, repr=False)
class MarkedStudy(Study):
    """A study that measures its marks."""

    def spans_agreement(
        self,
        by: By = (),
        *,
        pairs: bool = False,
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
        gamma: bool = False,
        samples: int = 300,
    ) -> Result:
        """Measure agreement on the marked text; see :func:`annotate.agreement.measure_spans`.

        With ``gamma`` also gamma, from ``samples`` random continua at most. With ``pairs``, precision and recall of every two annotators instead.
        """
        asked = columns(by)
        marks = self.marked
        if self.spans.empty:
            raise InputError(f"{self.name}: nobody marked any text; there is nothing to measure")
        if flag("pairs", pairs):
            frame = agreement.measure_span_pairs(*marks, by=asked, labels=self.labels)
            return Result(
                frame,
                self.exclusions,
                for_reading=lambda one: span_pairs_table(one, asked, self.codebook),
            )
        frame = agreement.measure_spans(
            *marks,
            by=asked,
            labels=self.labels,
            interval=interval_of("auto", replicates, confidence, seed, cluster),
            samples=whole("samples", samples, least=1) if flag("gamma", gamma) else 0,
        )
        return Result(frame, self.exclusions, for_reading=lambda one: spans_table(one, asked, self.codebook))

    def relations_agreement(
        self,
        by: By = (),
        *,
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Result:
        """Measure agreement on relations between marks; see :func:`annotate.agreement.measure_relations`."""
        asked, drawn = columns(by), self.first_relations
        if drawn.empty:
            raise InputError(f"{self.name}: nobody has drawn a relation; there is nothing to measure")
        frame = agreement.measure_relations(
            drawn,
            *self.marked,
            labels=self.relation_labels,
            by=asked,
            interval=interval_of("auto", replicates, confidence, seed, cluster),
        )
        return Result(frame, self.exclusions, for_reading=lambda one: spans_table(one, asked, self.codebook))

    def inside_agreement(
        self,
        by: By = (),
        *,
        coefficients: By = DEFAULT,
        interval: str = "auto",
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Result:
        """Measure agreement on answers inside marks; see :func:`annotate.agreement.measure_inside`."""
        if self.first_inside.empty:
            raise InputError(
                f"{self.name}: nobody answered a question inside a mark; there is nothing to measure"
            )
        frame = agreement.measure_inside(
            self.first_inside,
            self.marked[0],
            scales={} if self.codebook is None else self.codebook.region_scales,
            coefficients=names("coefficients", coefficients),
            by=columns(by),
            interval=interval_of(interval, replicates, confidence, seed, cluster),
        )
        unmatched = frame.attrs["unmatched"]
        notes = (
            (f"not compared: {counted(unmatched, 'answer')} inside marks that nobody else made",)
            if unmatched
            else ()
        )
        return Result(frame, self.exclusions, notes=notes)
