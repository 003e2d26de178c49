"""Which suggestions are good enough to be put before annotators, if that is asked for at all."""

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.coordination.suggestion.conditions import shown
from annotate.coordination.suggestion.quality import PRECISION
from annotate.errors import InputError


def passing(quality: pd.DataFrame, min_precision: float) -> pd.DataFrame:
    """The categories that may be shown: ``variable``, ``category``, ``ci_low`` and ``share``.

    The lower bound of the precision on documents not seen must reach ``min_precision``, and lie above
    the category's share of the decided passages: otherwise to say it of every passage would do as well.

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

    Their category passes, as :func:`passing` says, and the label config puts the question, given the other
    suggestions for the passage: where it hangs on an answer that is not suggested, nothing is.

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
    asked = {item: shown(codebook, answers) for item, answers in chosen.items()}
    kept = [variable in asked[item] for item, variable in zip(rows["item"], rows["variable"], strict=True)]
    return rows.loc[kept].reset_index(drop=True)
