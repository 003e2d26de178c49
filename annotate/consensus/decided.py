"""How often each annotator chose what was decided, by whomever or whatever it was."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from annotate.consensus.majority import first_rounds
from annotate.consensus.records import said
from annotate.counts.scale import MisfitError, scale
from annotate.errors import StatisticsError, TableError

if TYPE_CHECKING:
    from annotate.codebook.read import Level

COLUMNS = ("annotator", "variable", "n_rated", "n_items", "n_agreeing", "value", "undefined")
NOTHING_DECIDED = "no item that the annotator rated is decided"
_ASKED = {
    "ratings": ["item", "annotator", "variable", "category"],
    "decided": ["item", "variable", "category"],
}


def with_decided(
    ratings: pd.DataFrame,
    decided: pd.DataFrame,
    *,
    level: "Mapping[str, Level] | None" = None,
    categories: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Measure how often each annotator chose the decided category.

    Parameters
    ----------
    ratings
        The ratings table. Of an annotator's rounds the first counts.
    decided
        item, variable, category, such as :func:`~annotate.consensus.resolve` returns or an adjudicator
        made; None where nothing is decided.
    level, categories
        As of :func:`~annotate.agreement.measure`, so that ``3`` and ``3.0``, or a set in another order, are
        the same. Of a variable that has no level here, texts are compared as they stand.

    Returns
    -------
    DataFrame
        One row a variable and annotator, sorted by both: annotator, variable, n_rated (items that they
        rated), n_items (of these, the decided ones), n_agreeing (of these), value (``n_agreeing /
        n_items``), undefined (None, or why the value is NaN). A decision that the annotator had a part in
        agrees with that annotator more easily.

    Raises
    ------
    TableError
        If a column is missing, the ratings are empty, or an item has two decisions on a variable.
    StatisticsError
        If a category does not fit the level or what was declared.

    """
    for where, frame in (("ratings", ratings), ("decided", decided)):
        missing = [column for column in _ASKED[where] if column not in frame.columns]
        if missing:
            found = ", ".join(map(str, frame.columns)) or "none"
            raise TableError(f"{where}: no column {', '.join(missing)}; the table has {found}")
    if ratings.empty:
        raise TableError("ratings: the table is empty; it needs one row for each judgement")
    told = decided.loc[decided["category"].notna(), _ASKED["decided"]]
    twice = told.duplicated(["item", "variable"])
    if twice.any():
        one = told.loc[twice].iloc[0]
        raise TableError(
            f"decided: item {one['item']}, variable {one['variable']}: decided more than once; keep one decision"
        )
    first = first_rounds(ratings)[_ASKED["ratings"]]
    beside = first.merge(
        told.rename(columns={"category": "decision"}), on=["item", "variable"], how="left"
    ).astype({"decision": object})
    beside["decided"] = beside["decision"].notna()
    beside["agreeing"] = False
    for variable, rows in beside.groupby("variable", sort=False):
        place = _places(str(variable), rows, level or {}, categories or {})
        beside.loc[rows.index, "agreeing"] = rows["category"].map(place) == rows["decision"].map(place)
    keys = ["variable", "annotator"]
    result = beside.groupby(keys).size().rename("n_rated").reset_index()
    for column, counted in (("n_items", "decided"), ("n_agreeing", "agreeing")):
        result[column] = beside.groupby(keys)[counted].sum().to_numpy()
    none = (result["n_items"] == 0).to_numpy()
    result["value"] = result["n_agreeing"] / result["n_items"].where(~none)
    result["undefined"] = said(none, NOTHING_DECIDED)
    return result.loc[:, list(COLUMNS)]


def _places(
    variable: str,
    rows: pd.DataFrame,
    level: "Mapping[str, Level]",
    categories: Mapping[str, Sequence[str]],
) -> dict[str, int]:
    """A number for each text, the same for those that say the same."""
    used = sorted({*rows["category"].unique(), *rows["decision"].dropna().unique()})
    known = level.get(variable)
    declared = tuple(categories.get(variable) or ())
    if known is None or (known == "ordinal" and not declared):
        return {text: number for number, text in enumerate(used)}
    try:
        return scale(variable, known, used, declared).columns
    except MisfitError as misfit:
        raise StatisticsError(f"variable {variable}: category {misfit}") from misfit
