"""The quality of suggestions as a table for reading."""

import pandas as pd

from annotate.present.tables import ALL, side_by_side

_KEY = ["variable", "category"]
_BASELINES = ("accuracy", "macro_f1", "f1")


def quality_table(quality: pd.DataFrame) -> pd.DataFrame:
    """Set the measures of each category side by side, then the baseline's, then what is to be said of it."""
    shown = quality.assign(category=quality["category"].fillna(ALL))
    table = side_by_side(shown, [*_KEY, "n", "n_suggested", "n_documents"], "measure")
    table = table.drop(columns="undefined because", errors="ignore")
    for measure in _BASELINES:
        rows = shown.loc[(shown["measure"] == measure) & shown["baseline"].notna(), [*_KEY, "baseline"]]
        if len(rows):
            named = rows.rename(columns={"baseline": f"{measure} of baseline"})
            table = table.merge(named, on=_KEY, how="left")
    notes = shown.loc[shown["undefined"].notna(), [*_KEY, "undefined"]].drop_duplicates(_KEY)
    notes = notes.rename(columns={"undefined": "note"})
    return table.merge(notes, on=_KEY, how="left") if len(notes) else table
