"""Labels that were decided elsewhere, such as by an adjudicator, before those of the majority."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from annotate.errors import InputError
from annotate.frames import read_frame

COLUMNS = ["item", "variable", "category"]
_KEY = COLUMNS[:2]


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
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise InputError(
            f"{path}: no column {', '.join(missing)}; a table of decided labels has {', '.join(COLUMNS)}"
        )
    table = table.loc[table["variable"].isin(list(variables)), COLUMNS]
    table = table.loc[table["category"].notna() & (table["category"].astype("str").str.strip() != "")]
    twice = table.duplicated(_KEY)
    if twice.any():
        row = table.loc[twice].iloc[0]
        raise InputError(f"{path}: item {row['item']}, variable {row['variable']}: decided twice; keep one")
    return table.astype("str").reset_index(drop=True)


def joined_decided(first: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """Join two tables of decided labels; where both decide, ``first`` holds."""
    both = pd.concat([first[COLUMNS], then[COLUMNS]], ignore_index=True)
    return both.drop_duplicates(_KEY, ignore_index=True)
