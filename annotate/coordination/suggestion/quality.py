"""How good a classifier is by category, on documents that it has not seen, beside a baseline.

The baseline always says the category that is most frequent among these very passages: a model that cannot
know their frequencies has to be better than that.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from annotate.coordination.suggestion.examples import LEAST_OF_CATEGORY, Examples
from annotate.coordination.suggestion.held_out import HeldOut
from annotate.coordination.suggestion.proportion import effective, intraclass
from annotate.sampling import FloatArray, IntArray, wilson

COLUMNS = (
    "variable", "category", "measure", "value", "ci_low", "ci_high", "baseline",
    "n", "n_suggested", "n_documents", "undefined",
)  # fmt: skip
PRECISION = "precision"
NEVER = "never suggested"
NO_EXAMPLE = "no decided passage"
Row = dict[str, object]
_NAN = float("nan")


def quality(examples: Examples, found: HeldOut | None, confidence: float) -> pd.DataFrame:
    """Measure one variable: all its passages, then each category.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`. ``category`` is None for all; there ``measure`` is ``accuracy`` and ``macro_f1``
        (the mean over categories, without interval), else ``precision``, ``recall`` and ``f1``. The
        interval of F1 is that of F1 / (2 - F1), which is a share: right ones among those that are of the
        category or said to be. ``baseline`` is the same of always saying the most frequent category;
        ``n`` the decided passages (of the category), ``n_suggested`` for how many it was said.
        ``undefined`` says why there is no value, or why the category is never suggested though there is.

    """
    if found is None:
        of = {"n": len(examples.codes), "n_suggested": 0, "n_documents": len(set(examples.documents))}
        row = {"variable": examples.variable, "category": None, "measure": "accuracy", "value": _NAN}
        return frame([{**row, **of, "undefined": examples.undefined}])
    return frame(list(_rows(examples, found, confidence)))


def frame(rows: list[Row]) -> pd.DataFrame:
    """The rows as a table, also when there are none."""
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(object)
    kinds = dict.fromkeys(("value", "ci_low", "ci_high", "baseline"), "float64")
    table = table.astype({**kinds, **dict.fromkeys(("n", "n_suggested", "n_documents"), "int64")})
    text = ["category", "undefined"]
    return table.assign(**{name: table[name].where(table[name].notna(), None) for name in text})


def _rows(examples: Examples, found: HeldOut, confidence: float) -> Iterator[Row]:
    codes = examples.codes
    documents: IntArray = np.unique(examples.documents, return_inverse=True)[1].astype(np.int64)
    rho = intraclass(found.predicted == codes, documents)
    of_each = [
        list(_category(examples, found, place, documents, rho, confidence))
        for place in range(len(examples.categories))
    ]
    right = found.predicted == codes
    baseline = codes == examples.counts.argmax()
    n = {"n": len(codes), "n_suggested": len(codes), "n_documents": int(documents.max()) + 1}
    both = {"variable": examples.variable, "category": None, **n}
    yield {
        **both,
        "measure": "accuracy",
        **_share(right, documents, rho, confidence),
        "baseline": baseline.mean(),
    }
    scores = np.array(
        [[row["value"], row["baseline"]] for rows in of_each for row in rows if row["measure"] == "f1"]
    )
    macro: FloatArray = np.nan_to_num(scores.astype(float)).mean(axis=0)
    yield {**both, "measure": "macro_f1", "value": macro[0], "baseline": macro[1]}
    for rows in of_each:
        yield from rows


def _category(
    examples: Examples, found: HeldOut, place: int, documents: IntArray, rho: float, confidence: float
) -> Iterator[Row]:
    of, said = examples.codes == place, found.predicted == place
    frequent = np.full(len(of), place == examples.counts.argmax())
    few = int(of.sum()) < LEAST_OF_CATEGORY
    own = {
        "variable": examples.variable,
        "category": examples.categories[place],
        "n": int(of.sum()),
        "n_suggested": int(said.sum()),
        "n_documents": len(np.unique(documents[of])),
    }
    why = f"fewer than {LEAST_OF_CATEGORY} decided passages: never suggested" if few else None
    among = {PRECISION: (said, frequent), "recall": (of, of), "f1": (of | said, of | frequent)}
    for measure, (within, beside) in among.items():
        estimate = _share((of & said)[within], documents[within], rho, confidence)
        baseline = _mean((of & frequent)[beside])
        if measure == "f1":
            estimate = {name: _dice(value) for name, value in estimate.items()}
            baseline = _dice(baseline)
        undefined = why or (NEVER if not within.any() else None)
        yield {**own, "measure": measure, **estimate, "baseline": baseline, "undefined": undefined}


def _share(right: NDArray[np.bool_], documents: IntArray, rho: float, confidence: float) -> dict[str, float]:
    value = _mean(right)
    low, high = wilson(value, effective(documents, rho), confidence)
    return {"value": value, "ci_low": low, "ci_high": high}


def _mean(right: NDArray[np.bool_]) -> float:
    return float(right.mean()) if len(right) else _NAN


def _dice(share: float) -> float:
    """F1 from the share of right ones among all that are, or are said to be, of the category."""
    return 2 * share / (1 + share)
