"""The labels that are learnt from: decided elsewhere, such as by an adjudicator, and coded without a suggestion."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd

from annotate.errors import InputError
from annotate.frames import read_frame
from annotate.study.study import Study

PREFIX = "annotate-suggest "
"""What the version of each of our models begins with."""


def without_suggested(ratings: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Leave out the ratings that were made with a suggestion in sight.

    Parameters
    ----------
    ratings
        The ratings table. Its column ``suggested`` names the version of the model whose suggestion the
        annotator had; where there is no such column, nobody had one.

    Returns
    -------
    DataFrame, int
        The other ratings, in their order, and how many were left out.

    """
    if "suggested" not in ratings.columns:
        return ratings, 0
    said = ratings["suggested"]
    seen = said.notna() & (said.astype("str").str.strip() != "")
    return (ratings.loc[~seen], int(seen.sum())) if seen.any() else (ratings, 0)


def unsuggested(study: Study) -> Study:
    """Put the ratings that were made with a suggestion in sight among what is left out of a study.

    Their reason is ``suggested``. The marked text of their annotations goes too.
    """
    ratings, count = without_suggested(study.ratings)
    if not count:
        return study
    left_out = study.ratings.drop(ratings.index).assign(
        reason="suggested", detail=lambda rows: rows["suggested"]
    )
    exclusions = pd.concat(
        [study.exclusions, left_out.reindex(columns=study.exclusions.columns)], ignore_index=True
    )
    if "annotation" not in study.ratings:  # a plain table may not name them, and has no marks
        return replace(study, ratings=ratings, exclusions=exclusions)
    seen = set(study.ratings["annotation"]) - set(ratings["annotation"])
    spans = study.spans.loc[~study.spans["annotation"].isin(seen)]
    annotated = study.annotated.loc[~study.annotated["annotation"].isin(seen)]
    return replace(study, ratings=ratings, spans=spans, annotated=annotated, exclusions=exclusions)


DECIDED_COLUMNS = ["item", "variable", "category"]
_DECIDED_KEY = DECIDED_COLUMNS[:2]


def read_decided(path: Path, variables: Collection[str]) -> pd.DataFrame:
    """Read the decided labels of these variables from a table, ``.csv`` or ``.parquet``.

    Returns
    -------
    DataFrame
        ``item``, ``variable``, ``category``, all ``str``. Rows without a category are left out, as are other
        variables and columns.

    Raises
    ------
    InputError
        If a column is missing, or an item is decided twice on a variable.

    """
    table = read_frame(path)
    missing = [name for name in DECIDED_COLUMNS if name not in table.columns]
    if missing:
        raise InputError(
            f"{path}: no column {', '.join(missing)}; a table of decided labels has {', '.join(DECIDED_COLUMNS)}"
        )
    table = table.loc[table["variable"].isin(list(variables)), DECIDED_COLUMNS]
    table = table.loc[table["category"].notna() & (table["category"].astype("str").str.strip() != "")]
    twice = table.duplicated(_DECIDED_KEY)
    if twice.any():
        row = table.loc[twice].iloc[0]
        raise InputError(f"{path}: item {row['item']}, variable {row['variable']}: decided twice; keep one")
    return table.astype("str").reset_index(drop=True)


def joined_decided(first: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """Join two tables of decided labels; where both decide, ``first`` holds."""
    both = pd.concat([first[DECIDED_COLUMNS], then[DECIDED_COLUMNS]], ignore_index=True)
    return both.drop_duplicates(_DECIDED_KEY, ignore_index=True)
