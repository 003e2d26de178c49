"""Everything that the workbook, the report and the demo show, computed once from a study."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from annotate.agreement import disagreements, measure, with_cautions
from annotate.codebook.scale import Scale
from annotate.provenance import profile
from annotate.provenance.ledger import Ledger, ledger_of
from annotate.provenance.profiles import COLUMNS, VARIABLES
from annotate.sampling import Interval
from annotate.study.passages import passages_of_study
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

    """

    study: Study
    agreement: pd.DataFrame
    provenance: pd.DataFrame
    ledger: Ledger
    disagreements: pd.DataFrame
    confidence: float


def summarise(
    study: Study,
    *,
    scales: Mapping[str, Scale] | None = None,
    interval: Interval = Interval(),
) -> Summary:
    """Measure agreement and profile the sources of a study; see those functions for what is raised.

    Without ``scales`` they are those of the study.
    """
    scales = study.scales if scales is None else scales
    agreement = measure(study.first_round, scales=scales, by="source", interval=interval)
    agreement = with_cautions(agreement, study.first_round, scales=scales, by="source")
    if study.first_round["variable"].isin(VARIABLES).any():
        provenance = profile(study.first_round, study.passages, interval=interval)
    else:
        provenance = pd.DataFrame(columns=list(COLUMNS))
    return Summary(
        study,
        agreement,
        provenance,
        ledger_of(passages_of_study(study), study.first_round),
        disagreements(study.ratings, tuple(study.levels)),
        interval.confidence,
    )
