"""What is drawn: agreement, shares of claims, and kinds of claim, each by source."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from annotate.present.charts.dots import Dot, Group, dot_chart
from annotate.present.charts.heat import Strip, heat_map
from annotate.present.wording import COEFFICIENTS, SHARES, coefficient, source_name


def agreement_chart(rows: pd.DataFrame, *, key: str, title: str) -> str | None:
    """Draw the agreement on one variable, by source: each coefficient as a dot with its interval.

    Parameters
    ----------
    rows
        Rows of :func:`annotate.agreement.measure` of one variable.
    key
        A name for the ids inside the SVG, its own on a page.
    title
        What the chart shows, in words.

    Returns
    -------
    str or None
        SVG; None if there are more than ``MOST_SOURCES`` sources, which no chart can hold.

    """
    order = [name for name in COEFFICIENTS if name in set(rows["coefficient"])]
    order += [name for name in rows["coefficient"].unique() if name not in order]
    labels = {name: coefficient(name).short for name in order}
    return dot_chart(
        _groups(rows, "coefficient", labels, "n_pairable_items"),
        key=key,
        title=title,
        description="For each source, a dot for each coefficient and a line for its interval; the number at the end of a line is n, the passages with two or more annotators.",
    )


def share_chart(provenance: pd.DataFrame, measures: Sequence[str], *, key: str, title: str) -> str | None:
    """Draw shares of claims by source, each a dot with its interval; see :func:`agreement_chart`."""
    rows = provenance.loc[provenance["measure"].isin(measures)]
    labels = {measure: SHARES[measure].short for measure in measures if measure in set(rows["measure"])}
    return dot_chart(
        _groups(rows, "measure", labels, "n"),
        key=key,
        title=title,
        description="For each source, a dot for each share and a line for its interval; the number at the end of a line is n, the passages it rests on.",
    )


def claim_type_chart(
    provenance: pd.DataFrame, labels: Mapping[str, str], *, key: str, title: str
) -> str | None:
    """Draw how the claims of each source spread over the kinds of claim, as a heat map with figures.

    ``labels`` are the kinds and their names, in order.
    """
    rows = provenance.loc[provenance["measure"] == "claim_type_share"]
    strips = []
    for name, of_one in _by_source(rows):
        shares = of_one.set_index("category")["value"]
        n = int(of_one["n"].iloc[0])
        nothing = 0.0 if n else None  # a kind that nobody used has no row
        strips.append(Strip(name, n, tuple(_number(shares[c]) if c in shares else nothing for c in labels)))
    return heat_map(
        strips,
        list(labels.values()),
        key=key,
        title=title,
        description="For each source, the share of its claims in each kind, in percent: the darker the cell, the larger the share.",
    )


def _groups(rows: pd.DataFrame, column: str, labels: Mapping[str, str], n: str) -> list[Group]:
    groups = []
    for name, of_one in _by_source(rows):
        found = {row[column]: row for row in of_one.to_dict("records")}
        dots = [_dot(label, found[key], n) for key, label in labels.items() if key in found]
        groups.append(Group(name, tuple(dots)))
    return groups


def _dot(label: str, row: Mapping[Any, Any], n: str) -> Dot:
    return Dot(label, _number(row["value"]), _number(row["ci_low"]), _number(row["ci_high"]), int(row[n]))


def _by_source(rows: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    """All sources together, then each in the order of the alphabet."""
    together = rows["source"].isna()
    if together.any():
        yield source_name(None), rows.loc[together]
    for name in sorted(rows.loc[~together, "source"].unique(), key=lambda name: (str(name).casefold(), name)):
        yield source_name(name), rows.loc[rows["source"] == name]


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
