"""The table of sources for reading: agreement, grounds, and claims and origins side by side, one row a source."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.errors import counted
from annotate.frames import records
from annotate.present.tables import with_words
from annotate.study.words import choice, in_words

_SHARES = {
    "attributed_share": "attributed",
    "named_source_share": "named",
    "primary_share": "primary",
    "secondary_share": "secondary",
    "unsupported_share": "unsupported",
}
_CLAIMS = {
    "claims_first": "first",
    "claims_taken_over": "taken over",
    "claims_single_rooted": "one root",
    "claims_circular": "circular",
}
_AGREED = {"percent_agreement": "percent", "krippendorff_alpha": "alpha", "gwet_ac1": "AC1"}


def sources_table(sources: pd.DataFrame, codebook: Codebook | None = None) -> pd.DataFrame:
    """Show each source: how well annotators agreed, what it attributes, and what becomes of its claims."""
    rows = records(sources)
    variable = str(rows[0]["variable"]) if rows else ""
    shown = pd.DataFrame(
        [
            {
                "source": row["source"],
                "agreement": "\n".join(_agreement(row, codebook)),
                "attributed, on what ground": "\n".join(_shares(row, _SHARES)),
                "claims": "\n".join(
                    [counted(row["claims"] or 0, "claim"), *_shares(row, _CLAIMS), *_origins(row)]
                ),
                "caution": "\n".join(_cautions(row)),
            }
            for row in rows
        ],
        columns=["source", "agreement", "attributed, on what ground", "claims", "caution"],
    )
    return with_words(
        shown,
        f"agreement on {in_words(variable).lower()}; n: passages with two ratings or more; prevalence: share of the most "
        "frequent category; intervals in brackets",
        "claims: those that recur; first: nobody published it before; taken over: from another source, as annotators say; "
        "origins: independent origins of all its claims, if all that are not known are one, to if all are different",
        "caution: on which of these figures each stands, the formats csv and json say; below it what is said no more, or only "
        "then, without one annotator, one who links (linker) or one document",
        "Rows are in the order of the names. None of it says whether a claim is true, or a source good.",
    )


def _cautions(row: Mapping[str, Any]) -> list[str]:
    met = dict.fromkeys(one.partition(": ")[2] for one in (row["caution"] or "").split("; "))
    return [*filter(None, [", ".join(met)]), *row["flips"]]


def _agreement(row: Mapping[str, Any], codebook: Codebook | None) -> list[str]:
    said = [f"n {row['n'] or 0}", *(f"{words} {_number(row, name)}" for name, words in _AGREED.items())]
    if row["prevalence"] is not None:
        category = choice(codebook, str(row["variable"]), str(row["prevalent_category"]))
        said.append(f"prevalence {row['prevalence']:.2f}, {category}")
    return said


def _shares(row: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    return [
        f"{words} {_number(row, name, per_cent=True)}"
        for name, words in names.items()
        if row[name] is not None
    ]


def _origins(row: Mapping[str, Any]) -> list[str]:
    if row["origins_low"] is None or not row["claims"]:
        return []
    ends = dict.fromkeys((row["origins_low"], row["origins_high"]))
    return [f"origins {' to '.join(map(str, ends))}"]


def _number(row: Mapping[str, Any], name: str, *, per_cent: bool = False) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if value is None:
        return "undefined"
    shown = f"{value:.0%}" if per_cent else f"{value:.2f}"
    if low is None or high is None:
        return shown
    return f"{shown} [{low:.0%}, {high:.0%}]" if per_cent else f"{shown} [{low:.2f}, {high:.2f}]"
