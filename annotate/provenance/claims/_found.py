"""What recurs in passages: figures that agree or conflict, and texts that were reused, each with all who carry it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Claim:
    """What recurs: the place and wording of each mention by item, and how the figures relate."""

    kind: str
    spans: dict[str, dict[str, Any]]
    relations: tuple[str, ...] = ()


def recurring(
    figures: pd.DataFrame, comparisons: pd.DataFrame, pairs: pd.DataFrame, chained: dict[str, str]
) -> Iterator[Claim]:
    """Recurring figures, then the reused texts that are no part of one of them."""
    covered: list[set[str]] = []
    bounds = {
        (row.document, row.start): {"low": row.low, "high": row.high}
        for row in figures.itertuples(index=False)
    }
    for _, group in comparisons.groupby("group", sort=True):
        spans: dict[str, dict[str, Any]] = {}
        for side in ("a", "b"):
            names = [f"{side}_{name}" for name in ("item", "document", "start", "end", "surface")]
            for item, document, start, end, surface in group[names].itertuples(index=False):
                span = {"start": start, "end": end, "wording": surface, **bounds.get((document, start), {})}
                if item not in spans or start < spans[item]["start"]:
                    spans[item] = span
        covered.append(set(spans))
        yield Claim("figure", spans, tuple(sorted(set(group["relation"]))))
    texts: dict[str, dict[str, dict[str, Any]]] = {}
    kinds: dict[str, set[str]] = {}
    for pair in pairs.to_dict("records"):  # best first: a passage shows the span of its best pair
        chain = chained[pair["a_item"]]
        kinds.setdefault(chain, set()).add(pair["kind"])
        for side in ("a", "b"):
            span = {
                "start": pair[f"{side}_start"],
                "end": pair[f"{side}_end"],
                "wording": pair[f"{side}_text"],
            }
            texts.setdefault(chain, {}).setdefault(pair[f"{side}_item"], span)
    for chain, spans in texts.items():
        if not any(set(spans) <= items for items in covered):
            yield Claim("quotation" if kinds[chain] == {"quotation"} else "text", spans)


def chained_by(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name the chain of each item that is in a pair: items that lead to each other share a name."""
    above: dict[str, str] = {}

    def top(item: str) -> str:
        above.setdefault(item, item)
        while above[item] != item:
            above[item] = above[above[item]]  # halve the way for the next who asks
            item = above[item]
        return item

    for one, other in pairs:
        first, second = sorted((top(one), top(other)))
        above[second] = first
    return {item: top(item) for item in list(above)}
