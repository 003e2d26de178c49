"""What a study says of its ratings: agreement, who stands how to whom, and what is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from annotate import agreement, consensus
from annotate.agreement import DEFAULT
from annotate.agreement.registry import renamed
from annotate.codebook.scale import Level, Scale, scales_of
from annotate.counts.shares import MEANINGS as OF_SHARES
from annotate.errors import StatisticsError
from annotate.notebook.asked import By, columns, flag, interval_of, level_of, measures, names, number, whole
from annotate.notebook.results import Agreement, Consensus, Result
from annotate.present.label_tables import distribution_table, reliability_tables
from annotate.present.study_tables import comparison_table, icc_table, pairs_table, plan_table
from annotate.study.study import Study

Measures = str | pd.DataFrame | Mapping[str, str | pd.DataFrame] | None
Levels = Level | Mapping[str, Level]
Order = Mapping[str, Sequence[str]]
Method = Literal["majority", "dawid-skene", "one-coin", "mace", "glad"]


@dataclass(frozen=True, repr=False)
class RatedStudy(Study):
    """A study that measures its ratings."""

    def agreement(
        self,
        by: By = (),
        *,
        coefficients: By = DEFAULT,
        level: Levels | None = None,
        order: Order | None = None,
        weights: Measures = None,
        distance: Measures = None,
        per_category: bool = False,
        interval: str = "auto",
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        resample: str = "items",
        seed: int = 0,
        below: Sequence[float] = (),
        benchmark: str | None = None,
    ) -> Agreement:
        """Measure how well annotators agree; see :func:`annotate.agreement.measure`.

        ``weights`` (of the kappas, Brennan-Prediger and AC2) and ``distance`` (of alpha) are a name or a frame of categories
        against categories, for all variables or a mapping of some; see :class:`annotate.codebook.scale.Scale`.
        """
        asked, scales = columns(by), self._scaled(level, order, weights, distance)
        asked_names = names("coefficients", coefficients)
        frame = agreement.measure(
            self.rated,
            by=asked,
            coefficients=asked_names,
            scales=scales,
            per_category=flag("per_category", per_category),
            interval=interval_of(interval, replicates, confidence, seed, cluster, resample, below),
            benchmark=benchmark,
        )
        frame = agreement.with_cautions(frame, self.rated, by=asked, scales=scales, cluster=cluster)
        return Agreement(
            frame, self.exclusions, by=asked, codebook=self.codebook, notes=tuple(renamed(asked_names))
        )

    def icc(
        self,
        by: By = (),
        *,
        level: Levels | None = None,
        order: Order | None = None,
        interval: str = "auto",
        confidence: float = 0.95,
        cluster: str | None = "auto",
    ) -> Result:
        """Compute the intraclass correlations of what is rated in numbers; see :func:`annotate.agreement.icc`."""
        frame = agreement.icc(
            self.rated,
            by=columns(by),
            scales=self._scaled(level, order),
            interval=interval_of(interval, confidence=confidence, cluster=cluster),
        )
        return Result(frame, self.exclusions, for_reading=lambda one: icc_table(one, columns(by)))

    def concordance(
        self,
        by: By = (),
        *,
        level: Levels | None = None,
        order: Order | None = None,
        interval: str = "auto",
        replicates: int = 1000,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Result:
        """Say whether annotators rank items alike: Spearman and Kendall's W; see :func:`annotate.agreement.concordance`."""
        frame = agreement.concordance(
            self.rated,
            by=columns(by),
            scales=self._scaled(level, order),
            interval=interval_of(interval, replicates, confidence, seed, cluster),
        )
        return Result(frame, self.exclusions)

    def compare(
        self,
        by: By = "source",
        *,
        coefficients: By = DEFAULT,
        level: Levels | None = None,
        order: Order | None = None,
        weights: Measures = None,
        distance: Measures = None,
        permutations: int = 1999,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Result:
        """Test each group against the rest; see :func:`annotate.agreement.compare`."""
        frame = agreement.compare(
            self.rated,
            by=columns(by),
            coefficients=names("coefficients", coefficients),
            scales=self._scaled(level, order, weights, distance),
            permutations=whole("permutations", permutations),
            interval=interval_of(seed=seed, cluster=cluster),
        )
        told = columns(by)
        return Result(
            frame, self.exclusions, for_reading=lambda one: comparison_table(one, told, self.codebook)
        )

    def plan(
        self,
        half_width: float,
        by: By = "source",
        *,
        coefficient: str = "krippendorff_alpha",
        level: Levels | None = None,
        order: Order | None = None,
        weights: Measures = None,
        distance: Measures = None,
        confidence: float = 0.95,
        replicates: int = 2000,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Result:
        """Say how many more items an interval of a given half-width takes; see :func:`annotate.agreement.plan`."""
        frame = agreement.plan(
            self.rated,
            half_width=number("half_width", half_width),
            by=columns(by),
            coefficient=coefficient,
            scales=self._scaled(level, order, weights, distance),
            interval=interval_of("auto", replicates, confidence, seed, cluster),
        )
        return Result(frame, self.exclusions, for_reading=lambda one: plan_table(one, self.codebook))

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
        cluster: str | None = "auto",
    ) -> Result:
        """Measure the agreement of every two annotators; see :func:`annotate.agreement.pairs`."""
        frame = agreement.pairs(
            self.rated,
            by=columns(by),
            scales=self._scaled(level, order),
            interval=interval_of(confidence=confidence, cluster=cluster),
        )
        return Result(frame, self.exclusions, for_reading=pairs_table)

    def kinds(
        self,
        kind_of: Mapping[str, str],
        by: By = (),
        *,
        coefficients: By = DEFAULT,
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Result:
        """Compare kinds of annotators, such as experts and others; see :func:`annotate.agreement.kinds`."""
        frame = agreement.kinds(
            self.rated,
            kind_of,
            by=columns(by),
            coefficients=names("coefficients", coefficients),
            scales=self._scaled(level, order),
            interval=interval_of("auto", confidence=confidence, seed=seed, cluster=cluster),
        )
        return Result(frame, self.exclusions)

    def machines(
        self,
        machine: By,
        by: By = (),
        *,
        epsilon: float = 0.15,
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Result:
        """Measure annotators that are machines against people; see :func:`annotate.agreement.machines`."""
        frame = agreement.machines(
            self.rated,
            names("machine", machine),
            by=columns(by),
            scales=self._scaled(level, order),
            epsilon=number("epsilon", epsilon),
            interval=interval_of("auto", confidence=confidence, seed=seed, cluster=cluster),
        )
        return Result(frame, self.exclusions)

    def leave_one_out(
        self,
        by: By = (),
        *,
        coefficients: By = ("krippendorff_alpha",),
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
        cluster: str | None = "auto",
    ) -> Result:
        """Measure the agreement of all annotators but one; see :func:`annotate.agreement.leave_one_out`."""
        frame = agreement.leave_one_out(
            self.rated,
            by=columns(by),
            coefficients=names("coefficients", coefficients),
            scales=self._scaled(level, order),
            interval=interval_of(confidence=confidence, cluster=cluster),
        )
        return Result(frame, self.exclusions)

    def majority(
        self,
        by: By = (),
        *,
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
        cluster: str | None = "auto",
    ) -> Result:
        """Measure each annotator against most of the others; see :func:`annotate.agreement.majority`."""
        frame = agreement.majority(
            self.rated,
            by=columns(by),
            scales=self._scaled(level, order),
            interval=interval_of(confidence=confidence, cluster=cluster),
        )
        return Result(frame, self.exclusions, meanings=OF_SHARES)

    def against_gold(
        self,
        *,
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
        cluster: str | None = "auto",
    ) -> Result:
        """Measure each annotator against what is starred as ground truth; see :func:`annotate.consensus.with_gold`."""
        frame = consensus.with_gold(
            self.rated,
            self.gold,
            scales=self._scaled(level, order),
            interval=interval_of(confidence=confidence, cluster=cluster),
        )
        return Result(frame, self.exclusions, meanings=OF_SHARES)

    def rounds(
        self,
        by: By = (),
        *,
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
        cluster: str | None = "auto",
    ) -> Result:
        """Measure each annotator against themselves, over rounds; see :func:`annotate.agreement.rounds`."""
        frame = agreement.rounds(
            self.ratings,
            by=columns(by),
            scales=self._scaled(level, order),
            interval=interval_of(confidence=confidence, cluster=cluster),
        )
        notes = ("nobody rated a passage twice",) if frame.empty else ()
        return Result(frame, self.exclusions, for_reading=pairs_table, notes=notes)

    def consensus(
        self,
        method: Method = "majority",
        *,
        level: Levels | None = None,
        order: Order | None = None,
        confidence: float = 0.95,
        cluster: str | None = "auto",
        seed: int = 0,
    ) -> Consensus:
        """Decide on one category for each passage and variable; see :func:`annotate.consensus.resolve`.

        ``annotators`` of the result says how reliable each annotator is: of a model what it estimates, with ``"majority"`` how often each chose what was decided.
        """
        if method not in consensus.METHODS:
            raise StatisticsError(
                f"method: {method!r} is not known; there are {', '.join(consensus.METHODS)}"
            )
        _ = self.rated
        scales = self._scaled(level, order)
        meant = {**OF_SHARES, **consensus.MEANINGS}
        interval = interval_of(confidence=confidence, seed=seed, cluster=cluster)
        if method == "majority":
            decided = consensus.without_hidden(consensus.resolve(self.ratings, scales=scales), self.codebook)
            held = consensus.with_decided(self.ratings, decided, scales=scales, interval=interval)
            return Consensus(
                decided,
                self.exclusions,
                meanings=meant,
                annotators=Result(held, self.exclusions, meanings=meant),
            )
        fits = consensus.fitted(
            self.ratings, scales=scales, method=method, seed=whole("seed", seed), cluster=cluster
        )
        return Consensus(
            consensus.without_hidden(consensus.decisions(fits), self.codebook),
            self.exclusions,
            meanings=meant,
            annotators=Result(
                consensus.annotators(fits, interval),
                self.exclusions,
                for_reading=lambda one: reliability_tables(one, self.codebook),
                meanings=meant,
            ),
            models=Result(consensus.models(fits), self.exclusions, meanings=meant),
        )

    def distribution(
        self, *, level: Levels | None = None, order: Order | None = None, wide: bool = False
    ) -> Result:
        """Give the shares of the choices on each passage, soft labels; see :func:`annotate.consensus.distribution`."""
        _ = self.rated
        frame = consensus.distribution(
            self.ratings, scales=self._scaled(level, order), wide=flag("wide", wide)
        )
        return Result(
            frame,
            self.exclusions,
            for_reading=lambda one: distribution_table(one, self.passages, self.codebook),
            meanings=consensus.MEANINGS,
        )

    def _scaled(
        self,
        level: Levels | None,
        order: Order | None,
        weights: Measures = None,
        distance: Measures = None,
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
                f'level: {level!r} is not a level of measurement; write level="nominal", or one for each variable: '
                'level={"x": "ordinal"}'
            )
        if order is not None and not isinstance(order, Mapping):
            raise StatisticsError(
                f"order: {order!r} names no variable; write the categories of each in order: "
                'order={"x": ["low", "high"]}'
            )
        orders = {name: names("order", one) for name, one in (order or {}).items()}
        for name in [*said, *orders]:
            if name not in coded:
                raise StatisticsError(f"{name}: no such variable; there are {', '.join(coded)}")
        return scales_of(
            {**self.levels, **said},
            {**self.categories, **orders},
            weights=measures("weights", weights),
            distance=measures("distance", distance),
        )
