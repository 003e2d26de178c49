"""The marked texts of tests/claims: passages, and which pairs of them make the same claim."""

from itertools import combinations
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent / "claims"
Pair = frozenset[str]


def marked_claims(name: str) -> tuple[pd.DataFrame, set[Pair]]:
    """Read a file of marked texts: the passages as read_passages gives them, and the pairs."""
    rows: list[dict[str, object]] = []
    claims: dict[tuple[str, str], list[str]] = {}
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("=="):
            _, document, published = line.split()
            start = 0
        elif line and not line.startswith("#"):
            numbers, text = line.split(" ", 1)
            item = f"{document}:{start}"
            place = {"start": start, "end": start + len(text), "kind": "body", "text": text}
            known = {"published": None if published == "-" else published, "title": None, "url": None}
            rows.append({"item": item, "document": document, "source": document, **known, **place})
            start += len(text) + 1
            for number in numbers.split(",") if numbers != "-" else ():
                claims.setdefault((document.split("/")[0], number), []).append(item)
    both = {
        frozenset(pair)
        for items in claims.values()
        for pair in combinations(items, 2)
        if pair[0].split(":")[0] != pair[1].split(":")[0]
    }
    return pd.DataFrame(rows), both


def average_precision(ranked: list[Pair], right: set[Pair]) -> float:
    """The mean, over the right pairs, of the share of right ones among all up to it; 0 for one that is not listed."""
    hits, total = 0, 0.0
    for rank, pair in enumerate(ranked, 1):
        if pair in right:
            hits += 1
            total += hits / rank
    return total / len(right)
