"""Everything that the workbook, the report and the demo show, computed once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from annotate.agreement import disagreements, icc, measure, pairs, rounds, with_cautions
from annotate.codebook.scale import Scale
from annotate.consensus import NOT_ASKED, or_nominal, resolve
from annotate.coordination.adjudication import Decisions, decided_ratings, final_labels
from annotate.errors import InputError, counted
from annotate.frames import records
from annotate.present.methods import left_out_sentence
from annotate.present.wording import caution_sentences
from annotate.provenance import profile
from annotate.provenance.claims.measured import Claims, gather
from annotate.provenance.ledger import Ledger, ledger_of
from annotate.provenance.profiles import COLUMNS, VARIABLES
from annotate.sampling import ITEMS, Interval
from annotate.study.links import of_pairs
from annotate.study.passages import passages_of_study
from annotate.study.people import pseudonyms
from annotate.study.study import Study


@dataclass(frozen=True)
class Summary:
    """A study, and what is computed from it.

    Attributes
    ----------
    study
        What was read.
    agreement
        Of :func:`annotate.agreement.measure`, overall and by source, with its cautions.
    provenance
        Of :func:`annotate.provenance.profile`; it has no rows where none of its variables was coded.
    ledger
        The claims that recur.
    disagreements
        Of :func:`annotate.agreement.disagreements`.
    confidence
        The confidence that all intervals were made with.
    seed
        Where the random numbers of the intervals started.
    pairs
        Of :func:`annotate.agreement.pairs`: every two annotators.
    rounds
        Of :func:`annotate.agreement.rounds`: each annotator and what came to them a second time.
    labels
        The final labels: the consensus, and over it what was decided; see
        :func:`annotate.coordination.adjudication.final_labels`.
    decisions
        Of an adjudication, if there was one.
    claims
        The claims of the ledger with what bears on their origins; None where they were not looked for.
    interval
        How the intervals were made, besides those of agreement.
    icc
        Of :func:`annotate.agreement.icc`: of the variables whose categories are numbers, overall.

    """

    study: Study
    agreement: pd.DataFrame
    provenance: pd.DataFrame
    ledger: Ledger
    disagreements: pd.DataFrame
    confidence: float
    seed: int = 0
    pairs: pd.DataFrame = field(default_factory=pd.DataFrame)
    rounds: pd.DataFrame = field(default_factory=pd.DataFrame)
    labels: pd.DataFrame = field(default_factory=pd.DataFrame)
    decisions: Decisions | None = None
    claims: Claims | None = None
    interval: Interval = Interval()
    icc: pd.DataFrame = field(default_factory=pd.DataFrame)


def summarise(
    study: Study,
    *,
    scales: Mapping[str, Scale] | None = None,
    interval: Interval = Interval(),
    benchmark: str | None = None,
    decisions: Decisions | None = None,
    claims: Claims | None = None,
    ledger: bool = True,
    names: bool = False,
    texts: bool = True,
) -> Summary:
    """Measure agreement, profile the sources and settle the labels of a study; see those functions for what is raised.

    Without ``scales`` they are those of the study. Everything is of the first round, but for ``rounds``. Labels,
    provenance and the ledger take ``decisions`` in the place of the votes; agreement never does. Without ``ledger`` recurring claims are not
    looked for, nor in the pairs of a link project. Agreement is measured with the chances to be below .667 and .8, unless ``interval`` names others, and with a
    ``benchmark`` if one is named; only it takes annotators for a sample, if ``interval`` says so. ``claims`` are those of :func:`annotate.provenance.claims.measured.gather`, with links and names of origins; by
    default they are what recurs, with each name an origin. Whoever annotated or decided stands there under a pseudonym, or by
    name with ``names``. Without ``texts`` the words of passages and comments are left out, and with them ``claims``.
    """
    study, decisions = handed_on(study, decisions, names=names)
    ledger = ledger and not of_pairs(study)
    scales = study.scales if scales is None else scales
    asked = replace(interval, below=interval.below or CONVENTIONAL)
    interval = replace(interval, resample=ITEMS, below=())
    agreement = measure(study.first_round, scales=scales, by="source", interval=asked, benchmark=benchmark)
    agreement = with_cautions(
        agreement, study.first_round, scales=scales, by="source", cluster=interval.cluster
    )
    decided, passages = decided_ratings(study.ratings, decisions), passages_of_study(study)
    profiled, none = decided["variable"].isin(VARIABLES).any(), pd.DataFrame(columns=list(COLUMNS))
    provenance = profile(decided, study.passages, interval=interval) if profiled else none
    book = (
        ledger_of(passages if ledger else passages.head(0), decided, codebook=study.codebook)
        if claims is None
        else claims.book
    )
    if claims is None and ledger and texts:
        claims = gather(study, book=book)
    made = Summary(
        study,
        agreement,
        provenance,
        book,
        _by_what_matters(disagreements(study.ratings, tuple(study.levels)), study),
        interval.confidence,
        interval.seed,
        pairs=pairs(study.first_round, scales=scales, coefficients=PAIRED, strangers=False),
        rounds=rounds(study.ratings, scales=scales, coefficients=PAIRED)
        if (study.ratings["round"] > 1).any()
        else pd.DataFrame(),
        labels=final_labels(
            resolve(study.ratings, scales=or_nominal(scales, study.variables)),
            decisions,
            study.ratings,
            study.codebook,
        ),
        decisions=decisions,
        claims=claims,
        interval=interval,
        icc=icc_of_numbers(study, scales, interval),
    )
    if texts:
        return made
    return replace(made, study=without_texts(study), ledger=_without_wording(made.ledger), claims=None)


def icc_of_numbers(study: Study, scales: Mapping[str, Scale], interval: Interval) -> pd.DataFrame:
    """The intraclass correlations of the variables whose categories are numbers; without rows if there is none."""
    numeric = {name: scale for name, scale in scales.items() if scale.level in ("interval", "ratio")}
    rows = study.first_round[study.first_round["variable"].isin(list(numeric))]
    if rows.empty:
        return pd.DataFrame()
    kind = Interval(confidence=interval.confidence, cluster=interval.cluster)
    return icc(rows, scales=numeric, interval=kind)


_OF_PEOPLE = ("ratings", "spans", "comments", "exclusions", "annotated", "relations", "inside", "gold")


def handed_on(
    study: Study, decisions: Decisions | None = None, *, names: bool = False
) -> tuple[Study, Decisions | None]:
    """Put a pseudonym in the place of every name, A1, A2 and so on; with ``names``, a name in the place of every pseudonym.

    Raises
    ------
    InputError
        With ``names``, if what was read does not say them.

    """
    if names:
        if not study.key and _is_coded(study):
            raise InputError(
                f"{study.name}: does not say who the annotators are; annotate pull --emails keeps their addresses in the snapshot"
            )
        known: Mapping[str, str] = study.key
    else:
        coded = _is_coded(study)
        others = [] if coded else list(study.exclusions["annotator"].dropna())
        deciders = [] if decisions is None else list(decisions.categories["decided_by"].dropna())
        known = pseudonyms(map(str, [*study.annotators, *others, *deciders]))
        if coded:
            known |= {name: name for name in study.annotators}
    if not known:
        return study, decisions
    frames: dict[str, Any] = {name: _renamed(getattr(study, name), "annotator", known) for name in _OF_PEOPLE}
    if decisions is not None:
        decisions = replace(decisions, categories=_renamed(decisions.categories, "decided_by", known))
    return replace(study, **frames), decisions


def _is_coded(study: Study) -> bool:
    """Whether it comes from Label Studio, where annotators have pseudonyms from the start."""
    return study.about.get("kind") != "table of ratings"


def _renamed(frame: pd.DataFrame, column: str, known: Mapping[str, str]) -> pd.DataFrame:
    if column not in frame.columns or not frame[column].isin(list(known)).any():
        return frame
    return frame.assign(**{column: [known.get(name, name) for name in frame[column]]})


def without_texts(study: Study) -> Study:
    """Leave the words of passages, marks and comments out of a study."""
    said = study.exclusions["detail"].where(study.exclusions["variable"].isna(), "(left out)")
    blank: dict[str, Any] = {
        name: getattr(study, name).assign(text="") for name in ("spans", "comments", "inside")
    }
    return replace(
        study,
        passages=study.passages.assign(text=None),
        exclusions=study.exclusions.assign(detail=said),
        **blank,
    )


def _without_wording(ledger: Ledger) -> Ledger:
    """Leave the words of passages out of a ledger: a claim is called by its number."""
    bare = {"what": "", "text": "", "wording": ""}
    mentions = ledger.mentions.assign(
        **{**bare, "what": [f"claim {number}" for number in ledger.mentions["claim"]]}
    )
    claims = ledger.claims.assign(
        what=[f"claim {number}" for number in ledger.claims["claim"]],
        mentions=pd.Series(
            [[{**one, **bare} for one in those] for those in ledger.claims["mentions"]],
            index=ledger.claims.index,
            dtype=object,
        ),
    )
    return replace(ledger, claims=claims, mentions=mentions)


CONVENTIONAL = (0.667, 0.8)
"""Below which alpha allows no conclusion, and tentative ones only (Krippendorff 2019, Content Analysis, 4th ed., ch. 12)."""
PAIRED = ("percent_agreement", "krippendorff_alpha")
"""What is told of two annotators."""


def _by_what_matters(found: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Put first what most needs a meeting.

    Passages that are not boilerplate; of these the ones on which required questions were answered differently, by how
    differently; then by all questions, as :func:`annotate.agreement.disagreements` has them.
    """
    if found.empty:
        return found
    optional = [one.name for one in study.codebook.variables if not one.required] if study.codebook else []
    apart = (1 - found["agreeing_pairs"]).where(~found["variable"].isin(optional), 0.0)
    kinds = study.passages.set_index("item")["kind"]
    keys = pd.DataFrame(
        {
            "boilerplate": found["item"].map(kinds).eq("boilerplate"),
            "apart": -apart.groupby(found["item"]).transform("sum").round(12),
            "place": range(len(found)),
        }
    )
    first = keys.groupby(found["item"])["place"].transform("min")
    order = keys.assign(first=first).sort_values(["boilerplate", "apart", "first", "place"], kind="stable")
    return found.loc[order.index].reset_index(drop=True)


def warnings_of(summary: Summary) -> Iterator[str]:
    """Say in words what a reader must know before reading a figure."""
    study = summary.study
    yield from caution_sentences(records(summary.agreement))
    coders = study.first_round.groupby("item")["annotator"].nunique()
    if len(coders) and (alone := int((coders == 1).sum())):
        yield f"{counted(alone, 'passage')} had one annotator only, so nothing is known of agreement there."
    if ties := int(summary.labels["tie"].sum()) if len(summary.labels) else 0:
        yield f"{counted(ties, 'label')} of {len(summary.labels):,} {'is a tie' if ties == 1 else 'are ties'} and undecided."
    hidden = summary.labels["method"] == NOT_ASKED if len(summary.labels) else ()
    if empty := sum(hidden):
        yield (
            f"{counted(empty, 'label')} of {len(summary.labels):,} {'is' if empty == 1 else 'are'} left empty: given the final "
            "label of another question, theirs is not asked."
        )
    if repeats := int((study.ratings["round"] > 1).sum()):
        yield (
            f"{counted(repeats, 'judgement')} of passages that came a second time are counted apart: they say how steady "
            "an annotator is, and enter nothing else."
        )
    if len(study.exclusions):
        yield left_out_sentence(study)
    yield from (f"{caution[:1].upper()}{caution[1:]}." for caution in study.cautions)
