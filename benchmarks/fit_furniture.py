"""Fit the two models of ``annotate.corpus.furniture`` to the marked pages of ``furniture/tuning.txt``.

    python benchmarks/fit_furniture.py

Writes ``annotate/corpus/weights.json``.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from text_furniture import TUNING, read_pages

from annotate.corpus import furniture
from annotate.corpus.furniture import Floats

WEIGHTS = Path(furniture.__file__).parent / "weights.json"
STRENGTH = (2.0, 0.7)
FOLDS = 8


def _fitted(features: Floats, kinds: NDArray[np.int64], strength: float) -> Floats:
    model = LogisticRegression(C=strength, max_iter=5000).fit(features, kinds)
    return np.vstack([model.coef_.T, model.intercept_]).round(3)


def main() -> None:
    """Fit, and write the weights."""
    pages = list(read_pages(TUNING).values())
    group = np.concatenate([[number] * len(page) for number, page in enumerate(pages)])
    kinds = np.array([furniture.KINDS.index(kind) for page in pages for kind, _ in page])
    features = np.vstack([furniture.described([line for _, line in page]) for page in pages])
    alone = np.zeros((len(kinds), len(furniture.KINDS)))
    for kept, held in GroupKFold(FOLDS).split(features, kinds, group):
        weights = _fitted(features[kept], kinds[kept], STRENGTH[0])
        alone[held] = furniture.log_shares(features[held] @ weights[:-1] + weights[-1])
    placed = np.vstack(
        [
            furniture.placed([line for _, line in page], alone[group == number], features[group == number])
            for number, page in enumerate(pages)
        ]
    )
    found = {
        "alone": _fitted(features, kinds, STRENGTH[0]).tolist(),
        "placed": _fitted(placed, kinds, STRENGTH[1]).tolist(),
    }
    WEIGHTS.write_text(json.dumps(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
