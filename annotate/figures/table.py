"""The table of figures: one row a figure, with its place in the document."""

import pandas as pd

from annotate.figures.read import readings

OPTIONAL = ("unit", "rate", "currency", "hedge")
COLUMNS = (
    *(
        "item",
        "document",
        "source",
        "start",
        "end",
        "surface",
        "low",
        "high",
        "unit",
        "rate",
        "currency",
        "hedge",
    ),
    "quantity_type",
)


def plain(quantities: pd.DataFrame) -> pd.DataFrame:
    """The table with None for what is not known, however it was read."""
    known = {name: quantities[name].astype(object).where(quantities[name].notna(), None) for name in OPTIONAL}
    return quantities.assign(**known).reset_index(drop=True)


def quantities(passages: pd.DataFrame, *, explain: bool = False) -> pd.DataFrame:
    """Find every figure in the passages.

    Parameters
    ----------
    passages
        As :func:`annotate.study.passages.read_passages` makes it: item, document, source, start (code points
        of the document) and text are used.
    explain
        Add the column ``rules``: the names of the rules that read the figure, parted by semicolons.

    Returns
    -------
    DataFrame
        One row a figure, by document and place: ``item``, ``document``, ``source``; ``start`` and ``end``
        (code points of the document); ``surface`` (the text between them, from the hedge to the end of
        unit and rate); ``low`` and ``high`` (NaN where open); ``unit`` (singular, lower case; None where
        the text does not say, and for money, where ``currency`` says it); ``rate`` (year, day ..., or what
        a figure is *per*); ``currency`` (ISO 4217; a bare ``$`` is USD); ``hedge`` (about, at least, up to,
        nearly, more than, less than, indefinite) and ``quantity_type`` (count, percent, money, duration,
        measure, ratio, multiple, number where nothing is said, or not understood).

        A share is its value: 0.2 for "one in five", 20 for "20 percent" (its unit says percent). "About" and
        "nearly" leave the value as it is; "at least" and "more than" have no high, "up to" and "less than" no
        low. A bare magnitude ("thousands", "several dozen") is indefinite: one of it, and no high.

        What is not understood at an amount (letters that touch it, an unknown word where its unit or currency
        stands) makes the figure one that is not understood: its surface takes the word in, it has no bounds and
        no unit, and it is left out of comparisons and arithmetic.

    Notes
    -----
    Years, dates, times, ages and the numbers of things that have one (Ward No. 3) are not figures, nor are
    ordinals, scores and pronouns ("one of them").

    """
    rows = [
        (
            *(item, document, source, start + found.start, start + found.end, text[found.start : found.end]),
            *(found.low, found.high, found.unit, found.rate, found.currency, found.hedge, found.kind),
            *(["; ".join(read.rules)] if explain else []),
        )
        for item, document, source, start, text in zip(
            *(passages[name] for name in ("item", "document", "source", "start", "text")), strict=True
        )
        for read in readings(text)
        if (found := read.figure) is not None
    ]
    table = pd.DataFrame(rows, columns=[*COLUMNS, *(["rules"] if explain else [])], dtype=object)
    table = table.astype({"start": "int64", "end": "int64", "low": "float64", "high": "float64"})
    return table.sort_values(["document", "start", "end", "item"], kind="stable", ignore_index=True)
