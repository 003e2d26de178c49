"""How good a classifier is by category, on documents that it has not seen, and what may thus be shown to annotators.

Each figure stands beside a baseline, which always says the category that is most frequent among these very
passages: a model that cannot know their frequencies has to be better than that.

Intervals are those of shares among passages that come in documents. Passages of a document are alike, also in
whether a model gets them right, so that they count for fewer than they are: for n / deff, where deff = 1 + (m - 1) rho, m passages a document (weighted by its size) and
the intraclass correlation rho of being right. Kish (1965), Survey Sampling, ch. 5; Rao & Scott (1992),
Biometrics 48, pp. 577-585, for the effective size.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from annotate.codebook.read import Codebook
from annotate.coordination.suggestion.learning import LEAST_OF_CATEGORY, Examples, HeldOut
from annotate.errors import InputError
from annotate.sampling import FloatArray, IntArray, wilson
from annotate.study.annotations import hidden_by


def intraclass(right: NDArray[np.bool_], documents: IntArray) -> float:
    """How alike passages of a document are in being right, from 0 to 1, by analysis of variance.

    ``right`` (N,) and the number of each passage's document (N,). Donner & Klar (2000), Design and
    Analysis of Cluster Randomization Trials, p. 9.
    """
    sizes = np.bincount(documents)
    sizes = sizes[sizes > 0]
    n, k = int(sizes.sum()), len(sizes)
    if k < 2 or n == k:  # noqa: PLR2004 - one document, or one passage in each
        return 0.0
    sums = np.bincount(documents, weights=right.astype(float))[np.bincount(documents) > 0]
    between = float((sums**2 / sizes).sum() - sums.sum() ** 2 / n) / (k - 1)
    within = float(sums.sum() - (sums**2 / sizes).sum()) / (n - k)
    average = (n - float((sizes**2).sum()) / n) / (k - 1)
    spread = between + (average - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else 0.0


def effective(documents: IntArray, rho: float) -> float:
    """Compute the effective number of independent passages, given the document of each."""
    sizes = np.bincount(documents)
    n = float(sizes.sum())
    return n / (1 + (float((sizes**2).sum()) / n - 1) * rho) if n else 0.0


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
    """Compute F1 from the share of correct passages among those that are, or are said to be, of the category."""
    return 2 * share / (1 + share)


def passing(quality: pd.DataFrame, min_precision: float) -> pd.DataFrame:
    """The categories that may be shown: ``variable``, ``category``, ``ci_low`` and ``share``.

    The lower end of the interval of the precision, on documents not seen, must reach ``min_precision``. It must
    also lie above the category's share of the decided passages; otherwise suggesting it for every passage would
    be as good.

    Raises
    ------
    InputError
        If the precision is not above 0 and at most 1.

    """
    if not 0 < min_precision <= 1:
        raise InputError(f"precision {min_precision}: give one above 0 and up to 1")
    everything = (
        quality.loc[quality["category"].isna()].drop_duplicates("variable").set_index("variable")["n"]
    )
    rows = quality.loc[(quality["measure"] == PRECISION) & quality["undefined"].isna()]
    rows = rows.assign(share=rows["n"] / rows["variable"].map(everything))
    good = (rows["ci_low"] >= min_precision) & (rows["ci_low"] > rows["share"])
    return rows.loc[good, ["variable", "category", "ci_low", "share"]].reset_index(drop=True)


def pushable(
    queue: pd.DataFrame, quality: pd.DataFrame, codebook: Codebook, *, min_precision: float
) -> pd.DataFrame:
    """The rows of a queue that may be shown to annotators.

    Their category passes :func:`passing`, and the label config asks the question, given the other suggestions for
    the passage. A question that depends on an answer which is not suggested gets no suggestion.

    Raises
    ------
    InputError
        As :func:`passing` raises it.

    """
    good = set(passing(quality, min_precision)[["variable", "category"]].itertuples(index=False, name=None))
    keys = zip(queue["variable"], queue["category"], strict=True)
    rows = queue.loc[[key in good for key in keys]]
    chosen: dict[str, dict[str, str]] = {}
    for row in rows[["item", "variable", "category"]].itertuples(index=False):
        chosen.setdefault(str(row[0]), {})[str(row[1])] = str(row[2])
    asked = {item: hidden_by(codebook, answers) for item, answers in chosen.items()}
    kept = [asked[item].get(name) == () for item, name in zip(rows["item"], rows["variable"], strict=True)]
    return rows.loc[kept].reset_index(drop=True)
