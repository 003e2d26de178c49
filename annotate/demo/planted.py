"""What was planted in the example corpus, beside what was found of it: claims, their mentions, and independent origins."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from annotate.frames import records
from annotate.present.tables import with_words
from annotate.provenance.claims.measured import Claims

COLUMNS = (
    *("id", "what", "shows", "n_planted", "claim", "n_found", "n_others", "low_planted", "high_planted"),
    *("low", "high", "circular_planted", "circular", "single_root_planted", "single_root"),
)


def held_against(planted: Sequence[Mapping[str, Any]], claims: Claims, figures: pd.DataFrame) -> pd.DataFrame:
    """Set each planted claim beside the claim of the study that has most of its mentions.

    Parameters
    ----------
    planted
        The list ``claims`` of ``planted.json``.
    claims
        Of :func:`annotate.provenance.claims.measured.gather`, with links: a claim that nobody linked is not found.
    figures
        Of :func:`annotate.provenance.claims.measured.measure`.

    Returns
    -------
    DataFrame
        One row a planted claim: ``n_planted`` mentions, ``n_found`` of them in ``claim`` (its number, None if none of
        them was linked), and ``n_others`` mentions there that were not planted; independent origins, circular and
        single_root as planted and as found.

    """
    place = {
        (row["document"], row["text"]): row["item"]
        for row in claims.passages[["document", "text", "item"]].to_dict("records")
    }
    linked = {
        claim["claim"]: {mention["item"] for mention in claim["mentions"]}
        for claim in claims.book.claims.to_dict("records")
        if claim["status"] != "unconfirmed"
    }
    measured = {row["claim"]: row for row in records(figures)}
    rows = []
    for one in planted:
        items = {place.get((mention["document"], mention["sentence"])) for mention in one["mentions"]}
        best = max(
            linked, key=lambda number: (len(linked[number] & items), -len(linked[number])), default=None
        )
        found = linked[best] if best is not None and linked[best] & items else set()
        told = measured[best] if found else {}
        rows.append(
            {
                **{name: one.get(name) for name in ("id", "what", "shows")},
                "n_planted": len(items),
                "claim": best if found else None,
                "n_found": len(found & items),
                "n_others": len(found - items),
                "low_planted": one["origins_low"],
                "high_planted": one["origins_high"],
                "low": told.get("origins_low"),
                "high": told.get("origins_high"),
                **{f"{name}_planted": one[name] for name in ("circular", "single_root")},
                **{name: told[name] == "yes" if told else None for name in ("circular", "single_root")},
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def planted_table(found: pd.DataFrame) -> pd.DataFrame:
    """Show what was planted beside what was found."""
    shown = pd.DataFrame(
        [
            {
                "planted": row["what"] + (f" ({row['shows']})" if row["shows"] else ""),
                "claim": "not found" if row["claim"] is None else row["claim"],
                "mentions found": f"{row['n_found']} of {row['n_planted']}"
                + (f", {row['n_others']} others" if row["n_others"] else ""),
                "origins planted": _range(row["low_planted"], row["high_planted"]),
                "origins found": _range(row["low"], row["high"]),
                "found as": ", ".join(
                    words
                    for name, words in (("circular", "circular"), ("single_root", "one root"))
                    if row[name]
                ),
            }
            for row in records(found)
        ]
    )
    return with_words(shown, "origins: independent ones, at least and at most")


def _range(low: int | None, high: int | None) -> str:
    return " to ".join(dict.fromkeys(str(end) for end in (low, high) if end is not None))
