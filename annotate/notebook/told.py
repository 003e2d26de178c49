"""What a study says of its texts and sources: provenance, claims, reuse, figures, and what annotators marked."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from annotate import agreement, figures, reuse
from annotate.agreement import DEFAULT
from annotate.coordination.suggestion import suggest_for
from annotate.errors import InputError, counted
from annotate.files import bundled
from annotate.notebook.asked import By, columns, flag, interval_of, names, number, path_of, whole
from annotate.notebook.results import Claims, Profile, Result, Suggested
from annotate.present.claim_tables import claims_table, ledger_table, rated_table
from annotate.present.label_tables import quality_table, queue_table
from annotate.present.source_sheet import sources_table
from annotate.present.study_tables import span_pairs_table, spans_table
from annotate.present.text_tables import (
    arithmetic_table,
    comparisons_table,
    documents_table,
    quantities_table,
    reuse_table,
)
from annotate.provenance import MEANINGS, profile
from annotate.provenance.admiralty import CONFIG, checked
from annotate.provenance.claims.corrections import Corrections, read_corrections
from annotate.provenance.claims.measured import ANSWERS, DRAWS, by_posterior, gather, measure
from annotate.provenance.claims.measured import Claims as Gathered
from annotate.provenance.ledger import ledger_of
from annotate.provenance.origins import origins_of, read_origins
from annotate.provenance.source_table import source_table
from annotate.reuse import MIN_SCORE
from annotate.study.links import read_links
from annotate.study.passages import passages_of_study
from annotate.study.study import Study, read_study


@dataclass(frozen=True, repr=False)
class ToldStudy(Study):
    """A study that follows its texts and sources, and measures what is marked in them."""

    def provenance(
        self,
        *,
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Profile:
        """Profile each source: how much it attributes, to whom, on what ground; see :func:`annotate.provenance.profile`."""
        frame = profile(
            self.rated,
            self.passages,
            interval=interval_of("auto", replicates, confidence, seed, cluster),
        )
        return Profile(frame, self.exclusions, meanings=MEANINGS)

    def ledger(self, *, min_score: float = MIN_SCORE) -> Claims:
        """Follow each recurring figure and reused text through its sources; see :func:`annotate.provenance.ledger.ledger`."""
        passages = self._with_texts()
        found = ledger_of(
            passages, self.first_round, min_score=number("min_score", min_score), codebook=self.codebook
        )
        return Claims(
            found.claims,
            self.exclusions,
            for_reading=lambda frame: ledger_table(frame, self.codebook),
            notes=_boilerplate(passages),
            mentioned=found.mentions,
            codebook=self.codebook,
        )

    def claims(
        self,
        *,
        links: Path | str | None = None,
        origins: Path | str | None = None,
        corrections: Path | str | None = None,
        draw: str = ANSWERS,
        replicates: int = 1000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> Result:
        """Count the independent origins of each claim; see :func:`annotate.provenance.claims.measured.measure`.

        ``links`` is a snapshot of the link project, ``origins`` and ``corrections`` are the files that a person corrects.
        ``draw`` says what intervals draw: ``answers`` of annotators, or the consensus ``posterior`` (Dawid-Skene).
        """
        if draw not in DRAWS:
            raise InputError(f"draw {draw!r}: is not known; there are {', '.join(DRAWS)}")
        interval = interval_of("auto", replicates, confidence, seed)
        found = self._gathered(links, origins, corrections)
        frame = measure(by_posterior(found, seed) if draw != ANSWERS else found, interval)
        return Result(frame, self.exclusions, for_reading=claims_table)

    def sources(
        self,
        variable: str | None = None,
        *,
        links: Path | str | None = None,
        origins: Path | str | None = None,
        corrections: Path | str | None = None,
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Result:
        """Set agreement and provenance of each source side by side; see :func:`annotate.provenance.source_table.source_table`.

        Agreement is on ``variable``, by default the attribution.
        """
        frame = source_table(
            self._gathered(links, origins, corrections),
            variable=variable,
            interval=interval_of("auto", replicates, confidence, seed, cluster),
        )
        return Result(frame, self.exclusions, for_reading=lambda one: sources_table(one, self.codebook))

    def admiralty(
        self,
        rated: Path | str,
        *,
        links: Path | str | None = None,
        origins: Path | str | None = None,
        corrections: Path | str | None = None,
    ) -> Result:
        """Hold Admiralty ratings against the origins of claims; see :func:`annotate.provenance.admiralty.checked`.

        ``rated`` is a snapshot of the project that ``annotate rate`` made, or an export of it.
        """
        path = path_of(rated)
        second = read_study(path, config=None if path.is_dir() else bundled(CONFIG))
        made = checked(second, self._gathered(links, origins, corrections))
        note = f"{counted(made.refused, 'rating')} of 1 refused: fewer than two independent origins are known"
        return Result(
            made.table,
            second.exclusions,
            for_reading=lambda frame: rated_table(frame, self.passages, second.codebook),
            notes=(note,),
        )

    def _gathered(
        self, links: Path | str | None, origins: Path | str | None, corrections: Path | str | None
    ) -> Gathered:
        passages = self._with_texts()
        found = origins_of(self)
        return gather(
            self,
            None if links is None else read_links(path_of(links), passages),
            found if origins is None else read_origins(path_of(origins), found),
            corrections=Corrections()
            if corrections is None
            else read_corrections(path_of(corrections), set(passages["item"])),
        )

    def reuse(self, *, min_score: float = MIN_SCORE) -> Result:
        """Find the passages that share text with another document; see :func:`annotate.reuse.reuse`."""
        passages = self._with_texts()
        pairs = reuse.reuse(passages, min_score=number("min_score", min_score))
        return Result(pairs, self.exclusions, for_reading=reuse_table, notes=_boilerplate(passages))

    def document_pairs(self, *, min_score: float = MIN_SCORE) -> Result:
        """Say which documents depend on each other, and why; see :func:`annotate.reuse.document_pairs`."""
        passages = self._with_texts()
        pairs = reuse.reuse(passages, min_score=number("min_score", min_score))
        found = reuse.document_pairs(passages, pairs)
        return Result(found, self.exclusions, for_reading=documents_table, notes=_boilerplate(passages))

    def suggest(
        self,
        *,
        overlap: int = 1,
        variables: By | None = None,
        top: int | None = None,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> Suggested:
        """Order the passages that wait by uncertainty; see :func:`annotate.coordination.suggestion.suggest_for`.

        A passage waits if it has fewer than ``overlap`` annotations. ``quality`` of the result says how good the
        suggested labels are.
        """
        made = suggest_for(
            self,
            overlap=whole("overlap", overlap, least=1),
            variables=None if variables is None else names("variables", variables),
            confidence=interval_of(confidence=confidence).confidence,
            seed=whole("seed", seed),
        )
        queue = (
            made.queue if top is None else made.queue.loc[made.queue["rank"] <= whole("top", top, least=1)]
        )
        return Suggested(
            queue,
            self.exclusions,
            for_reading=lambda frame: queue_table(frame, self.passages, self.codebook),
            quality=Result(
                made.quality, self.exclusions, for_reading=lambda frame: quality_table(frame, self.codebook)
            ),
        )

    def quantities(self) -> Result:
        """Find every figure in the texts; see :func:`annotate.figures.quantities`."""
        return Result(figures.quantities(self._with_texts()), self.exclusions, for_reading=quantities_table)

    def comparisons(self) -> Result:
        """Compare the figures of different sources that speak of one thing; see :func:`annotate.figures.compare`."""
        passages = self._with_texts()
        found = figures.compare(figures.quantities(passages), passages)
        return Result(found, self.exclusions, for_reading=comparisons_table)

    def arithmetic(self) -> Result:
        """Compute again the sums and rates that a text states; see :func:`annotate.figures.arithmetic`."""
        passages = self._with_texts()
        found = figures.arithmetic(figures.quantities(passages), passages)
        return Result(found, self.exclusions, for_reading=arithmetic_table)

    def _with_texts(self) -> pd.DataFrame:
        if self.passages["text"].isna().all():
            raise InputError(f"{self.name}: holds no texts; open the snapshot, or the export as JSON")
        return passages_of_study(self, self.name)

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


def _boilerplate(passages: pd.DataFrame) -> tuple[str, ...]:
    count = int((passages["kind"] == "boilerplate").sum())
    return (f"left out: {counted(count, 'passage')} of boilerplate",) if count else ()
