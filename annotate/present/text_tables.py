"""What texts share and what figures they state, as tables for reading."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from annotate.frames import records
from annotate.present.wording import RELATIONS

_ARROWS = {"a_to_b": "a → b", "b_to_a": "b → a"}


def reuse_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Show each pair of passages with both aligned spans."""
    return pd.DataFrame(
        [
            {
                "score": row["score"],
                "kind": row["kind"],
                **{name: _carried(row, name[0]) for name in ("a", "b")},
                "by date": _ARROWS.get(row["direction"] or "", ""),
            }
            for row in records(pairs)
        ]
    )


def candidates_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Show each pair of passages with what speaks for it."""
    return pd.DataFrame(
        [
            {
                "rank": row["rank"],
                "score": row["score"],
                **{name: _carried(row, name[0]) for name in ("a", "b")},
                "because": "; ".join(_because(row)),
            }
            for row in records(pairs)
        ]
    )


def _because(row: Mapping[str, Any]) -> Iterator[str]:
    figures = ", ".join(f"{one['a']} and {one['b']}" for one in row["figures"])
    told = {
        "text": f"shared text ({row['shared_text'] or 0:.2f})",
        "figure": f"figures: {figures}",
        "names": f"names: {', '.join(row['shared_names'])}",
        "likeness": f"alike ({row['likeness']:.2f})",
        "vectors": "the vectors given",
    }
    yield from (told[reason] for reason in row["reasons"])


def against_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Show each pair of passages with who found it, and both scores."""
    return pd.DataFrame(
        [
            {
                "found by": row["found_by"],
                "score": row["score"],
                "their score": row["their_score"],
                **{name: _carried(row, name[0]) for name in ("a", "b")},
            }
            for row in records(pairs)
        ]
    )


def documents_table(pairs: pd.DataFrame, passages: pd.DataFrame | None = None) -> pd.DataFrame:
    """Show what ties each two documents, and whether they count as one; a document is named by source and title."""
    named = {} if passages is None else _document_names(passages)
    return pd.DataFrame(
        [
            {
                "a": named.get(row["a_document"], row["a_document"]),
                "b": named.get(row["b_document"], row["b_document"]),
                "passages": row["n_pairs"],
                "of a": f"{row['a_share']:.0%}",
                "of b": f"{row['b_share']:.0%}",
                "joined": "yes" if row["joined"] else "no",
                "because": "; ".join(_unnamed(one, row) for one in row["because"]),
                "direction": _ARROWS.get(row["direction"] or "", ""),
            }
            for row in records(pairs)
        ]
    )


def _document_names(passages: pd.DataFrame) -> dict[str, str]:
    """Each document by its source and title, where it has one."""
    first = passages.drop_duplicates("document")
    return {
        str(row["document"]): ": ".join(filter(None, [row["source"], row["title"]])) for row in records(first)
    }


def _unnamed(reason: str, row: Mapping[str, Any]) -> str:
    """A reason in which a document is called a or b, as the columns are."""
    for side in ("a", "b"):
        reason = re.sub(rf"(?<![\w-]){re.escape(row[f'{side}_document'])}(?![\w-])", side, reason)
    return reason


def _carried(row: Mapping[str, Any], side: str) -> str:
    dated = f", {row[f'{side}_published']}" if row[f"{side}_published"] else ""
    return f"{row[f'{side}_source']}{dated}: {row[f'{side}_text']}"


def quantities_table(figures: pd.DataFrame) -> pd.DataFrame:
    """Show each figure as it is worded, what it says, and whose text it stands in; its place is in the other formats."""
    said = ["unit", "rate", "currency", "hedge", *(["rules"] if "rules" in figures else [])]
    shown = pd.DataFrame({"figure": figures["surface"], "value": [_bounds(row) for row in records(figures)]})
    shown[said] = figures[said]
    shown["source"] = figures["source"]
    return shown.loc[:, [name for name in shown.columns if not shown[name].fillna("").eq("").all()]]


def _bounds(row: Mapping[str, Any]) -> str:
    if row["quantity_type"] == "not understood":
        return "not understood"
    low, high = (number(float("nan") if row[end] is None else row[end]) for end in ("low", "high"))
    return low if low == high else " ".join(filter(None, [low and f"from {low}", high and f"up to {high}"]))


def number(value: float) -> str:
    """Write a figure as a person would: no decimals that say nothing; nothing where it is open.

    >>> number(1500000.0), number(0.25), number(float("nan"))
    ('1,500,000', '0.25', '')
    """
    return "" if pd.isna(value) else f"{value:,.12g}"


def comparisons_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Show how each two figures of a group relate."""
    return pd.DataFrame(
        [
            {
                "group": row["group"],
                "a": f"{row['a_source']}: {row['a_surface']}",
                "b": f"{row['b_source']}: {row['b_surface']}",
                "relation": RELATIONS[row["relation"]],
                "in common": row["context"],
            }
            for row in records(pairs)
        ]
    )


def arithmetic_table(found: pd.DataFrame) -> pd.DataFrame:
    """Show what each text states, beside what its parts give."""
    return pd.DataFrame(
        [
            {
                "source": row["source"],
                "operation": row["operation"],
                "inputs": row["inputs"],
                "finding": row["finding"],
                "agrees": "yes" if row["agrees"] else "in part" if row["in_part"] else "no",
                "text": row["text"],
            }
            for row in records(found)
        ]
    )
