"""How likely each reading of a passage and of a pair is, given how reliable those who coded it are.

Dawid & Skene's model (1979) is fitted to what annotators answered of all passages and pairs. A pair is then of one relation,
and of one derivation where that is the same claim, with the probability that the model gives; also of one that nobody
answered. Whom a passage has its claim from are marks, which are of no fixed categories: one of its annotators is drawn, with
the probability that their attribution and their ground are right, shared among those who answered the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from annotate.codebook.scale import Scale
from annotate.consensus import fitted
from annotate.provenance.claims._chains import Step
from annotate.provenance.claims._figures import Chances, Coding
from annotate.provenance.claims._told import VARIABLES
from annotate.provenance.claims.pairs import Answer
from annotate.study.links import DERIVATION, RELATION, SAME
from annotate.study.study import Study

_SETTLED = frozenset(
    {"adjudicated", "corrected"}
)  # who stands in the place of annotators, where a person decided
_LEAST = 1e-6  # probability of a reading; less likely ones are not drawn
_Posterior = Mapping[str, Mapping[str, float]]


def chances(study: Study, coding: Coding, seed: int = 0) -> Chances:
    """Fit the model to passages and pairs, and give each reading its probability.

    Parameters
    ----------
    study
        Of the passages: its attributions and grounds of the first round.
    coding
        What annotators marked, and what they said of pairs. What an adjudicator decided stands.
    seed
        Of the starts of the fits after the first.

    """
    rated = study.first_round
    by_variable = {name: _posteriors(rated.loc[rated["variable"] == name], name, seed) for name in VARIABLES}
    answers = {
        (row["item"], row["annotator"], row["variable"]): str(row["category"])
        for row in rated.loc[rated["variable"].isin(VARIABLES)].to_dict("records")
    }
    passages = {
        item: _weights(
            [
                tuple(
                    (answers.get((item, annotator, name)), by_variable[name].get(item, {}))
                    for name in VARIABLES
                )
                for annotator in said
            ]
        )
        for item, said in coding.told.items()
    }
    return Chances(passages, _of_pairs(coding, seed))


def _weights(answered: Sequence[tuple[tuple[str | None, Mapping[str, float]], ...]]) -> tuple[float, ...]:
    """The probability of each annotator's answers, shared among those who gave the same; even where none is likely."""
    alike = Counter(tuple(category for category, _ in one) for one in answered)
    given = [
        float(np.prod([found.get(category or "", 0.0) if found else 1.0 for category, found in one]))
        / alike[tuple(category for category, _ in one)]
        for one in answered
    ]
    total = sum(given)
    return tuple(one / total for one in given) if total > 0 else (1 / len(given),) * len(given)


def _of_pairs(coding: Coding, seed: int) -> dict[Step, tuple[tuple[Answer, float], ...]]:
    rows = [
        {
            "item": "\n".join(both),
            "source": "",
            "annotator": annotator,
            "variable": name,
            "category": category,
        }
        for both, said in coding.pairs.items()
        if not _SETTLED & said.keys()
        for annotator, one in said.items()
        for name, category in ((RELATION, one.relation), (DERIVATION, one.derivation))
        if category is not None
    ]
    table = pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category"])
    relation, derivation = (
        _posteriors(table.loc[table["variable"] == name], name, seed) for name in (RELATION, DERIVATION)
    )
    found = {}
    for both, said in coding.pairs.items():
        item = "\n".join(both)
        if item not in relation:
            found[both] = tuple((one, 1 / len(said)) for one in said.values())
            continue
        readings = [
            (Answer(category, way), share * part)
            for category, share in relation[item].items()
            for way, part in (derivation.get(item, {}) if category == SAME else {}).items() or ((None, 1.0),)
        ]
        kept = [(answer, share) for answer, share in readings if share >= _LEAST]
        total = sum(share for _, share in kept)
        found[both] = tuple((answer, share / total) for answer, share in kept)
    return found


def _posteriors(ratings: pd.DataFrame, name: str, seed: int) -> _Posterior:
    """The probability of each category of each item; nothing where nobody answered."""
    if ratings.empty:
        return {}
    scale = Scale("nominal", tuple(sorted(set(ratings["category"]))))
    fits = fitted(
        ratings, scales={name: scale}, method="dawid-skene", seed=seed, cluster=None, expecting=True
    )
    return {
        str(item): dict(zip(fit.categories, map(float, row), strict=True))
        for fit in fits
        for item, row in zip(fit.items, fit.posterior, strict=True)
    }
