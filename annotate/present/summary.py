"""Everything that the workbook, the report and the demo show, computed once from a study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from annotate.agreement import disagreements, measure, with_cautions
from annotate.codebook.read import Level
from annotate.provenance import profile
from annotate.provenance.ledger import Ledger, ledger_of
from annotate.provenance.profiles import COLUMNS, VARIABLES
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
    level: Mapping[str, Level] | None = None,
    categories: Mapping[str, Sequence[str]] | None = None,
    replicates: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Summary:
    """Measure agreement and profile the sources of a study; see those functions for what is raised."""
    by: dict[str, Any] = {
        "by": ("source",),
        "level": {**study.levels, **(level or {})},
        "categories": {**study.categories, **(categories or {})},
    }
    agreement = measure(study.first_round, **by, replicates=replicates, confidence=confidence, seed=seed)
    agreement = with_cautions(agreement, study.first_round, **by)
    if study.first_round["variable"].isin(VARIABLES).any():
        provenance = profile(
            study.first_round, study.passages, replicates=replicates, confidence=confidence, seed=seed
        )
    else:
        provenance = pd.DataFrame(columns=list(COLUMNS))
    return Summary(
        study,
        agreement,
        provenance,
        ledger_of(passages_of_study(study), study.first_round),
        disagreements(study.ratings, tuple(study.levels)),
        confidence,
    )
