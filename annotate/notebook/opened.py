"""A study with methods: each one line over the function that the command line calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from annotate import agreement, consensus, figures, reuse
from annotate.agreement import DEFAULT
from annotate.codebook.read import load_codebook
from annotate.codebook.scale import Level, Scale, scales_of
from annotate.coordination.suggestion import unsuggested
from annotate.errors import InputError, StatisticsError
from annotate.notebook.asked import columns, interval_of, level_of, names, number, path_of, whole
from annotate.notebook.results import Agreement, Claims, Consensus, Profile, Result
from annotate.present.claim_tables import (
    arithmetic_table,
    comparisons_table,
    ledger_table,
    quantities_table,
    reuse_table,
)
from annotate.present.report import write_report
from annotate.present.study_tables import pairs_table, side_by_side
from annotate.present.summary import summarise
from annotate.present.wording import study_lines
from annotate.present.workbook import write_workbook
from annotate.provenance import profile
from annotate.provenance.ledger import ledger_of
from annotate.reuse import MIN_SCORE
from annotate.study.annotations import OnEdited
from annotate.study.passages import passages_of_study
from annotate.study.study import OnInvalid, Study, read_study, study_of_ratings

By = str | Sequence[str]
Levels = Level | Mapping[str, Level]
Order = Mapping[str, Sequence[str]]
Method = Literal["majority", "dawid-skene"]


@dataclass(frozen=True, repr=False)
class OpenStudy(Study):
    """A study that answers questions.

    It is a :class:`~annotate.study.study.Study`, with its tables ``ratings``, ``spans``, ``comments``,
    ``passages`` and ``exclusions``. Every method computes from them anew; nothing is changed.

    Where a method takes ``level``, it is a level of measurement for all variables, such as ``"nominal"``, or one
    for each of some variables; by default the codebook says it. ``order`` gives the categories of a variable, in
    order, where the codebook does not. ``by`` is a column of the ratings, or several.
    """

    def __repr__(self) -> str:
        return "\n".join(study_lines(self))

    def _repr_html_(self) -> str:
        return "<br>".join(map(escape, study_lines(self)))

    def without_suggested(self) -> "OpenStudy":
        """Leave out what was coded with a suggested label in sight; it is counted among the exclusions."""
        return _opened(unsuggested(self))

    def agreement(
        self,
        by: By = (),
        *,
        coefficients: By = DEFAULT,
        level: Levels | None = None,
        order: Order | None = None,
        weights: str | None = None,
        distance: str = "masi",
        per_category: bool = False,
        interval: str = "auto",
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Agreement:
        """Measure how well annotators agree; see :func:`annotate.agreement.measure`."""
        asked, scales = columns(by), self._scaled(level, order, weights, distance)
        frame = agreement.measure(
            self.rated,
            by=asked,
            coefficients=names("coefficients", coefficients),
            scales=scales,
            per_category=per_category,
            interval=interval_of(interval, replicates, confidence, seed, cluster),
        )
        frame = agreement.with_cautions(frame, self.rated, by=asked, scales=scales)
        return Agreement(frame, self.exclusions, by=asked)

    def compare(
        self,
        by: By = "source",
        *,
        coefficients: By = DEFAULT,
        level: Levels | None = None,
        order: Order | None = None,
        permutations: int = 1999,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Result:
        """Test each group against the rest; see :func:`annotate.agreement.compare`."""
        frame = agreement.compare(
            self.rated,
            by=columns(by),
            coefficients=names("coefficients", coefficients),
            scales=self._scaled(level, order),
            permutations=whole("permutations", permutations),
            interval=interval_of(seed=seed, cluster=cluster),
        )
        return Result(frame, self.exclusions)

    def plan(
        self,
        half_width: float,
        by: By = "source",
        *,
        coefficient: str = "krippendorff_alpha",
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
        replicates: int = 2000,
        seed: int = 0,
    ) -> Result:
        """Say how many more items an interval of a given half-width takes; see :func:`annotate.agreement.plan`."""
        frame = agreement.plan(
            self.rated,
            half_width=number("half_width", half_width),
            by=columns(by),
            coefficient=coefficient,
            scales=self._scaled(level, order),
            interval=interval_of("percentile", replicates, confidence, seed),
        )
        return Result(frame, self.exclusions)

    def disagreements(
        self, top: int | None = None, *, level: Levels | None = None, order: Order | None = None
    ) -> Result:
        """List the passages that lower agreement most, with every annotator's choice.

        ``top`` is how many to list of each variable; see :func:`annotate.agreement.contributions`.
        """
        most = None if top is None else whole("top", top, least=1)
        return Result(
            agreement.contributions(self.rated, scales=self._scaled(level, order), top=most),
            self.exclusions,
        )

    def confusions(
        self, top: int | None = None, *, level: Levels | None = None, order: Order | None = None
    ) -> Result:
        """List which categories are confused with each other; see :func:`annotate.agreement.confusions`."""
        found = agreement.confusions(self.rated, scales=self._scaled(level, order))
        if top is not None:
            found = found.groupby("variable", sort=False).head(whole("top", top, least=1))
        return Result(found, self.exclusions)

    def pairs(
        self,
        by: By = (),
        *,
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
    ) -> Result:
        """Measure the agreement of every two annotators; see :func:`annotate.agreement.pairs`."""
        frame = agreement.pairs(
            self.rated,
            by=columns(by),
            scales=self._scaled(level, order),
            interval=interval_of(confidence=confidence),
        )
        return Result(frame, self.exclusions, for_reading=pairs_table)

    def leave_one_out(
        self, by: By = (), *, level: Levels | None = None, order: Order | None = None
    ) -> Result:
        """Measure the agreement of all annotators but one; see :func:`annotate.agreement.leave_one_out`."""
        frame = agreement.leave_one_out(self.rated, by=columns(by), scales=self._scaled(level, order))
        return Result(frame, self.exclusions)

    def majority(self, by: By = (), *, level: Levels | None = None, order: Order | None = None) -> Result:
        """Measure each annotator against most of the others; see :func:`annotate.agreement.majority`."""
        frame = agreement.majority(self.rated, by=columns(by), scales=self._scaled(level, order))
        return Result(frame, self.exclusions)

    def against_gold(self, *, level: Levels | None = None, order: Order | None = None) -> Result:
        """Measure each annotator against what is starred as ground truth; see :func:`annotate.consensus.with_gold`."""
        if self.gold.empty:
            raise InputError(f"{self.name}: no annotation is starred as ground truth")
        frame = consensus.with_gold(self.rated, self.gold, scales=self._scaled(level, order))
        return Result(frame, self.exclusions)

    def rounds(
        self,
        by: By = (),
        *,
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
    ) -> Result:
        """Measure each annotator against themselves, over rounds; see :func:`annotate.agreement.rounds`."""
        frame = agreement.rounds(
            self.ratings,
            by=columns(by),
            scales=self._scaled(level, order),
            interval=interval_of(confidence=confidence),
        )
        notes = ("nobody rated a passage twice",) if frame.empty else ()
        return Result(frame, self.exclusions, for_reading=pairs_table, notes=notes)

    def spans_agreement(
        self,
        by: By = (),
        *,
        pairs: bool = False,
        replicates: int = 1000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> Result:
        """Measure agreement on the marked text; see :func:`annotate.agreement.measure_spans`.

        With ``pairs``, precision and recall of every two annotators instead.
        """
        asked = columns(by)
        marks = self.marked
        if self.spans.empty:
            raise InputError(f"{self.name}: nobody marked any text; there is nothing to measure")
        if pairs:
            frame = agreement.measure_span_pairs(*marks, by=asked, labels=self.labels)
            return Result(frame, self.exclusions)
        frame = agreement.measure_spans(
            *marks,
            by=asked,
            labels=self.labels,
            interval=interval_of("percentile", replicates, confidence, seed),
        )
        rows = [*asked, "label", "n_pairable_items", "n_spans"]
        return Result(frame, self.exclusions, for_reading=lambda one: side_by_side(one, rows, "coefficient"))

    def consensus(
        self,
        method: Method = "majority",
        *,
        level: Levels | None = None,
        order: Order | None = None,
        seed: int = 0,
    ) -> Consensus:
        """Decide on one category for each passage and variable; see :func:`annotate.consensus.resolve`.

        ``annotators`` of the result says how reliable each annotator is: with ``"dawid-skene"`` the error rates
        of the model, with ``"majority"`` how often each chose what was decided.
        """
        if method not in consensus.METHODS:
            raise StatisticsError(
                f"method: {method!r} is not known; there are {', '.join(consensus.METHODS)}"
            )
        _ = self.rated
        scales = self._scaled(level, order)
        meant = consensus.MEANINGS
        if method == "majority":
            decided = consensus.resolve(self.ratings, scales=scales)
            held = consensus.with_decided(self.ratings, decided, scales=scales)
            return Consensus(
                decided,
                self.exclusions,
                meanings=meant,
                annotators=Result(held, self.exclusions, meanings=meant),
            )
        fits = consensus.dawid_skene(self.ratings, scales=scales, seed=whole("seed", seed))
        return Consensus(
            consensus.decisions(fits),
            self.exclusions,
            meanings=meant,
            annotators=Result(consensus.annotators(fits), self.exclusions, meanings=meant),
            models=Result(consensus.models(fits), self.exclusions, meanings=meant),
        )

    def provenance(self, *, replicates: int = 1000, confidence: float = 0.95, seed: int = 0) -> Profile:
        """Profile each source: how much it attributes, to whom, on what ground; see :func:`annotate.provenance.profile`."""
        frame = profile(
            self.rated,
            self.passages,
            interval=interval_of("percentile", replicates, confidence, seed),
        )
        return Profile(frame, self.exclusions)

    def ledger(self, *, min_score: float = MIN_SCORE) -> Claims:
        """Follow each recurring figure and reused text through its sources; see :func:`annotate.provenance.ledger.ledger`."""
        passages = self._with_texts()
        found = ledger_of(passages, self.first_round, min_score=number("min_score", min_score))
        return Claims(
            found.claims,
            self.exclusions,
            for_reading=lambda frame: ledger_table(frame, self.codebook),
            notes=_boilerplate(passages),
            mentioned=found.mentions,
            codebook=self.codebook,
        )

    def reuse(self, *, min_score: float = MIN_SCORE) -> Result:
        """Find the passages that share text with another document; see :func:`annotate.reuse.reuse`."""
        passages = self._with_texts()
        pairs = reuse.reuse(passages, min_score=number("min_score", min_score))
        return Result(pairs, self.exclusions, for_reading=reuse_table, notes=_boilerplate(passages))

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

    def report(self, path: Path | str) -> None:
        """Write the report, a self-contained HTML page; see :func:`annotate.present.report.write_report`."""
        _ = self.rated
        write_report(path_of(path), summarise(self))

    def workbook(self, path: Path | str) -> None:
        """Write everything into an Excel workbook; see :func:`annotate.present.workbook.write_workbook`."""
        _ = self.rated
        write_workbook(path_of(path), summarise(self))

    def _with_texts(self) -> pd.DataFrame:
        if self.passages["text"].isna().all():
            raise InputError(f"{self.name}: holds no texts; open the snapshot, or the export as JSON")
        return passages_of_study(self, self.name)

    def _scaled(
        self,
        level: Levels | None,
        order: Order | None,
        weights: str | None = None,
        distance: str = "masi",
    ) -> dict[str, Scale]:
        """Put what is said on top of what the codebook says."""
        coded = list(dict.fromkeys([*self.levels, *self.ratings["variable"]]))
        said: dict[str, Level] = {}
        if isinstance(level, str):
            said = dict.fromkeys(coded, level_of(level))
        elif isinstance(level, Mapping):
            said = {str(name): level_of(one) for name, one in level.items()}
        elif level is not None:
            raise StatisticsError(
                f'level: {level!r} is none; write level="nominal", or one for each variable: level={{"x": "ordinal"}}'
            )
        if order is not None and not isinstance(order, Mapping):
            raise StatisticsError(
                f'order: {order!r} is none; write the categories of each variable: order={{"x": ["low", "high"]}}'
            )
        orders = {name: names("order", one) for name, one in (order or {}).items()}
        for name in [*said, *orders]:
            if name not in coded:
                raise StatisticsError(f"{name}: no such variable; there are {', '.join(coded)}")
        return scales_of(
            {**self.levels, **said}, {**self.categories, **orders}, weights=weights, distance=distance
        )


def open_study(
    ratings: Path | str | pd.DataFrame,
    *,
    config: Path | str | None = None,
    on_invalid: OnInvalid = "error",
    on_edited: OnEdited = "keep",
    missing: By = (),
) -> OpenStudy:
    """Open a study: a snapshot, a Label Studio JSON export, or a table of ratings.

    Parameters
    ----------
    ratings
        A snapshot folder, a JSON export, or a table of ratings: a file (.csv, .parquet) or a data frame, with
        the columns item, source, annotator, variable and category.
    config, on_invalid, on_edited, missing
        See :func:`annotate.read_study`.

    Returns
    -------
    OpenStudy
        It prints what it holds and what was left out, and its methods compute what the commands do.

    Raises
    ------
    InputError, ExportError, ConfigError, TableError
        In one line: what, where, what to do.

    """
    for name, said, known in (
        ("on_invalid", on_invalid, get_args(OnInvalid)),
        ("on_edited", on_edited, get_args(OnEdited)),
    ):
        if said not in known:
            raise InputError(f"{name}: {said!r} is not known; there are {', '.join(known)}")
    label_config = None if config is None else path_of(config, "config")
    if isinstance(ratings, pd.DataFrame):
        codebook = None if label_config is None else load_codebook(label_config)
        found = study_of_ratings(ratings, codebook, "data frame", missing=missing)
    else:
        path = path_of(ratings, "open_study")
        found = read_study(
            path, config=label_config, on_invalid=on_invalid, on_edited=on_edited, missing=missing
        )
    return _opened(found)


def _opened(study: Study) -> OpenStudy:
    return OpenStudy(**{one.name: getattr(study, one.name) for one in fields(Study)})


def _boilerplate(passages: pd.DataFrame) -> tuple[str, ...]:
    count = int((passages["kind"] == "boilerplate").sum())
    return (f"left out: {count} passages of boilerplate",) if count else ()
