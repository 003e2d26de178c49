"""One row a source: how well annotators agreed on it, what it attributes and on what ground, and what becomes of its claims.

No row has a rank and no source one number: the columns stand side by side, each with what it rests on.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from annotate.agreement import measure, with_cautions
from annotate.codebook.scale import Scale
from annotate.errors import StatisticsError
from annotate.provenance.claims import by_source as claim_shares
from annotate.provenance.claims.by_source import by_source
from annotate.provenance.claims.by_source import without_each_part as without_of_claims
from annotate.provenance.claims.measured import Claims, flips_in_words
from annotate.provenance.profiles import SHARES, profile
from annotate.provenance.profiles import VARIABLES as PROFILED
from annotate.provenance.profiles import without_each_part as without_of_profile
from annotate.sampling import Interval

AGREEMENT = ("percent_agreement", "krippendorff_alpha", "gwet_ac1")
ESTIMATES = (*AGREEMENT, *SHARES, *claim_shares.SHARES, *claim_shares.SPREADS)
"""What has an interval: ``_low`` and ``_high`` stand behind each."""
COUNTS = ("passages", "annotated_passages", "n", "claims", "origins_low", "origins_high", "origins_named")
COLUMNS = (
    *("source", "passages", "annotated_passages", "variable", "n"),
    *(f"{name}{end}" for name in AGREEMENT for end in ("", "_low", "_high")),
    *("prevalence", "prevalent_category"),
    *(f"{name}{end}" for name in (*SHARES, *claim_shares.SHARES) for end in ("", "_low", "_high")),
    *("claims", "origins_low", "origins_high", "origins_named"),
    *(f"{name}{end}" for name in claim_shares.SPREADS for end in ("", "_low", "_high")),
    *("caution", "flips"),
)
HEADLINES = {
    "attributed_share": "most claims attributed",
    "named_source_share": "most put down to somebody by name",
    "primary_share": "most on primary ground",
    "secondary_share": "most on secondary ground",
    "unsupported_share": "most unsupported",
    "claims_first": "first to publish most of its claims",
    "claims_taken_over": "most of its claims taken over",
    "claims_single_rooted": "most of its claims of one origin",
    "claims_circular": "in a circle",
    "origins_low": "two independent origins or more",
}
"""What is said of a source first, by the figure that it rests on, and looked at again with each part left out."""
OUT_COLUMNS = ("source", "left_out", "name", *HEADLINES, "flips")


def source_table(
    claims: Claims,
    *,
    variable: str | None = None,
    scales: Mapping[str, Scale] | None = None,
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Set agreement and provenance of each source side by side.

    Parameters
    ----------
    claims
        Of :func:`annotate.provenance.claims.measured.gather`.
    variable
        On which agreement is measured; default: attribution, or else the first that was coded.
    scales
        How it is measured; default: as the study's codebook says.
    interval
        Of every interval.

    Returns
    -------
    DataFrame
        One row a source, in the order of the names, and the columns of :data:`COLUMNS`: ``n`` is the number of passages with two
        ratings or more of ``variable``, ``prevalence`` the share of its most frequent category; the shares are those
        of :func:`annotate.provenance.profile` and of :func:`annotate.provenance.claims.by_source.by_source`; ``caution``
        names those of agreement, and of each share; ``flips`` what is said no more, or only then, without one annotator
        of passages, one of pairs (linker) or one document (:func:`leave_one_out`). NaN is what has no value.

    Raises
    ------
    StatisticsError
        If nobody rated the variable.

    """
    ratings = claims.study.rated
    coded = list(dict.fromkeys(ratings["variable"]))
    chosen = variable or next((name for name in PROFILED[1:] if name in coded), coded[0])
    if chosen not in coded:
        raise StatisticsError(f"{chosen}: no such variable; there are {', '.join(coded)}")
    scale = dict(claims.study.scales if scales is None else scales)
    some = ratings.loc[ratings["variable"] == chosen]
    agreed = measure(some, scales=scale, by="source", coefficients=AGREEMENT, interval=interval)
    agreed = with_cautions(agreed, some, scales=scale, by="source")
    rows: dict[str, dict[str, Any]] = {
        source: {"source": source, "variable": chosen}
        for source in sorted(claims.study.passages["source"].unique())
    }
    cautions: dict[str, dict[str, None]] = {source: {} for source in rows}
    for row in agreed.dropna(subset="source").to_dict("records"):
        told = {"prevalence": row["prevalence"], "prevalent_category": row["prevalent_category"]}
        rows[row["source"]] |= _estimate(row["coefficient"], row) | told | {"n": row["n_pairable_items"]}
        cautions[row["source"]] |= dict.fromkeys(_cautions(row, "agreement"))
    profiled = any(name in PROFILED for name in coded)
    tables = [profile(ratings, claims.study.passages, interval=interval)] if profiled else []
    for table in (*tables, by_source(claims, interval)):
        for row in table.to_dict("records"):
            source, measured = row["source"], row["measure"]
            if (
                source in rows
                and (measured in ESTIMATES or measured in COUNTS)
                and not _is_count_of_passages(table, measured)
            ):
                rows[source] |= _estimate(measured, row)
                cautions[source] |= dict.fromkeys(_cautions(row, measured))
    flips = _flips(leave_one_out(claims))
    found = [
        {**row, "caution": "; ".join(cautions[source]) or None, "flips": flips.get(source, [])}
        for source, row in rows.items()
    ]
    frame = pd.DataFrame(found, columns=list(COLUMNS), dtype=object)
    counts = dict.fromkeys(COUNTS, "Int64")
    words = ("source", "variable", "prevalent_category", "caution", "flips")
    real = {name: "float64" for name in COLUMNS if name not in counts and name not in words}
    for name in counts:
        frame[name] = pd.to_numeric(frame[name])
    return frame.astype({**real, **counts})


def leave_one_out(claims: Claims) -> pd.DataFrame:
    """Look at each source again without each annotator of passages, each of pairs, and each document.

    Returns
    -------
    DataFrame
        One row a source and what is left out (``left_out``: annotator, linker or document; ``name``): the figures on
        which its headlines rest then, NaN where nothing is left to tell them by, and ``flips``, those whose headline is not
        what it is with everything: a share that is on the other side of one half, a circle that is gone or only then there,
        two independent origins or more. A document that has no part in a claim of the source, and is none of its own, is not listed.

    """
    ratings, passages = claims.study.rated, claims.study.passages
    parts: list[Iterator[tuple[str, str, str, dict[str, float]]]] = [without_of_claims(claims)]
    if ratings["variable"].isin(PROFILED).any() and passages["document"].notna().all():
        parts.append(without_of_profile(ratings, passages))
    values: dict[tuple[str, str, str], dict[str, float]] = {}
    for source, kind, name, some in chain.from_iterable(parts):
        values.setdefault((source, kind, name), {}).update(some)
    rows = []
    for (source, kind, name), then in sorted(values.items()):
        if kind:
            before = values.get((source, "", ""), {})
            flips = [
                one
                for one in HEADLINES
                if _said(one, then) != _said(one, before) and _said(one, then) is not None
            ]
            rows.append((source, kind, name, *(then.get(one, np.nan) for one in HEADLINES), flips))
    return pd.DataFrame(rows, columns=list(OUT_COLUMNS))


def _said(headline: str, values: Mapping[Any, Any]) -> bool | None:
    """Whether a headline is said; None where there is nothing to tell it by."""
    value = values.get(headline, np.nan)
    if np.isnan(value):
        return None
    least = {"claims_circular": 0, "origins_low": 1}.get(headline, 1 / 2)
    return bool(value > least)


def _flips(found: pd.DataFrame) -> dict[str, list[str]]:
    """What flips of each source, in words."""
    told: dict[str, list[str]] = {}
    for source, rows in found.groupby("source"):
        told[str(source)] = flips_in_words(
            (f"{'' if _said(one, row) else 'not '}{HEADLINES[one]}", row["left_out"], row["name"])
            for row in rows.to_dict("records")
            for one in row["flips"]
        )
    return told


def _is_count_of_passages(table: pd.DataFrame, measured: str) -> bool:
    """The profile's own number of claims is of passages with a claim; here it is that of claims that recur."""
    return measured == "claims" and "category" in table


def _estimate(name: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    if name in COUNTS:
        return {name: row["value"]}
    low, high = row["ci_low"], row["ci_high"]
    return {
        name: row["value"],
        f"{name}_low": np.nan if low is None else low,
        f"{name}_high": np.nan if high is None else high,
    }


def _cautions(row: Mapping[Any, Any], of: str) -> list[str]:
    said = row.get("caution")
    return [f"{of}: {one}" for one in str(said).split("; ")] if isinstance(said, str) and said else []
