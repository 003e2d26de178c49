"""Claims, each with the passages that make it: by links that annotators drew, or unconfirmed, by what recurs.

What recurs is a figure that several sources carry, or a text that was reused. A figure that says no more than how
long, or only of what order ("three months", "millions"), or a number of nothing ("12"), makes no claim.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import pandas as pd

from annotate.errors import InputError
from annotate.provenance.claims.corrections import Corrections
from annotate.provenance.claims.pairs import Pairs, groups, most
from annotate.study.links import SAME

LINKED, UNCONFIRMED, CORRECTED = STATUSES = ("linked", "unconfirmed", "corrected")
CLAIM, FIGURE, TEXT, QUOTATION = KINDS = ("claim", "figure", "text", "quotation")
_FEWEST = 2  # passages that make a claim which recurs


@dataclass(frozen=True)
class Claim:
    """A claim: the place and wording of each mention by item, how its figures relate, and who says that it is one.

    ``status`` is ``linked`` (annotators said so), ``corrected`` (a person did) or ``unconfirmed`` (nobody was asked).
    """

    kind: str
    spans: dict[str, dict[str, Any]]
    relations: tuple[str, ...] = ()
    status: str = UNCONFIRMED
    title: str | None = None


def recurring(
    figures: pd.DataFrame, comparisons: pd.DataFrame, pairs: pd.DataFrame, chained: dict[str, str]
) -> Iterator[Claim]:
    """Recurring figures, then the reused texts that are not part of one of them."""
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
        yield Claim(FIGURE, spans, tuple(sorted(set(group["relation"]))))
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
            yield Claim(QUOTATION if kinds[chain] == {"quotation"} else TEXT, spans)


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


def told_apart(comparisons: pd.DataFrame, figures: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Leave out the groups of figures that make no claim: bare durations, bare numbers, and orders of magnitude alone.

    Returns the comparisons that are left, and how many groups were left out.
    """
    if comparisons.empty or "quantity_type" not in figures:
        return comparisons, 0
    trivial = figures["quantity_type"].isin(("duration", "number")) | (figures["hedge"] == "indefinite")
    places = set(zip(figures["document"][trivial], figures["start"][trivial], strict=True))
    sides = [
        zip(comparisons[f"{side}_document"], comparisons[f"{side}_start"], strict=True) for side in ("a", "b")
    ]
    is_trivial = [a in places and b in places for a, b in zip(*sides, strict=True)]
    left_out = pd.Series(is_trivial, index=comparisons.index).groupby(comparisons["group"]).transform("all")
    return comparisons.loc[~left_out], int(comparisons.loc[left_out, "group"].nunique())


def linked(pairs: Pairs, passages: pd.DataFrame, spans: pd.DataFrame | None = None) -> list[Claim]:
    """The claims that pairs join which most annotators call the same claim.

    ``spans`` are the marks of the study: the wording of a mention is the CLAIM that most marked alike there, or else the
    passage.
    """
    decided = {both: answer for both, said in pairs.items() if (answer := most(said)) is not None}
    same = [both for both, answer in decided.items() if answer.relation == SAME]
    corrected = {item for both, said in pairs.items() if "corrected" in said for item in both}
    where = _wordings(passages, spans)
    return [
        Claim(
            CLAIM,
            {item: where[item] for item in sorted(group)},
            status=CORRECTED if group & corrected else LINKED,
        )
        for group in groups(same)
    ]


def unasked(claims: Iterable[Claim], linked: Iterable[Claim], pairs: Pairs) -> Iterator[Claim]:
    """What is left of claims that recur, once annotators were asked: passages in no linked claim, of which nobody was asked."""
    decided = {item for claim in linked for item in claim.spans}
    asked = {frozenset(both) for both in pairs}
    for claim in claims:
        left = sorted(set(claim.spans) - decided)
        open_pairs = [both for both in combinations(left, 2) if frozenset(both) not in asked]
        for group in groups(open_pairs):
            yield replace(claim, spans={item: span for item, span in claim.spans.items() if item in group})


def _wordings(passages: pd.DataFrame, spans: pd.DataFrame | None) -> dict[str, dict[str, Any]]:
    """The place in its document and the wording of what each passage claims."""
    where = {
        row["item"]: {"start": row["start"], "end": row["end"], "wording": row["text"]}
        for row in passages.to_dict("records")
    }
    if spans is None or spans.empty:
        return where
    marked = spans.loc[(spans["label"] == "CLAIM") & (spans["round"] == 1) & spans["item"].isin(where)]
    for item, group in marked.groupby("item"):
        votes = group.groupby(["start", "end"])["annotator"].nunique().sort_index().sort_values(kind="stable")
        start, end = votes.index[-1]
        passage = where[str(item)]
        where[str(item)] = {
            "start": passage["start"] + start, "end": passage["start"] + end, "wording": passage["wording"][start:end],
        }  # fmt: skip
    return where


def corrected(
    claims: Iterable[Claim], corrections: Corrections, passages: pd.DataFrame
) -> tuple[list[Claim], int]:
    """Correct claims as a person says, and count those that the person rejects.

    A passage that is split off leaves every claim that it is in; what is left of a claim with one mention is none that
    recurs. Joined passages are in one claim with all that theirs have.
    """
    found = [_without(claim, corrections.split) for claim in claims]
    where = _wordings(passages, None)
    for one, other in corrections.join:
        theirs = [claim for claim in found if {one, other} & set(claim.spans)]
        spans = {item: span for claim in reversed(theirs) for item, span in claim.spans.items()}
        spans = {**{item: where[item] for item in (one, other) if item in where}, **spans}
        relations = tuple(sorted({relation for claim in theirs for relation in claim.relations}))
        kinds = {claim.kind for claim in theirs}
        kind = kinds.pop() if len(kinds) == 1 else CLAIM
        at = min((found.index(claim) for claim in theirs), default=len(found))
        found = [claim for claim in found if claim not in theirs]
        found.insert(at, Claim(kind, spans, relations, CORRECTED))
    found = [claim for claim in found if len(claim.spans) >= _FEWEST]
    kept = [claim for claim in found if not corrections.reject & set(claim.spans)]
    by_claim: dict[int, tuple[str, str]] = {}
    for item, title in corrections.titles:
        for at in (at for at, claim in enumerate(kept) if item in claim.spans):
            other, earlier = by_claim.setdefault(at, (item, title))
            if earlier != title:
                raise InputError(
                    f"corrections: {other} and {item} are in one claim, which is titled “{earlier}” and “{title}”; leave one"
                )
        kept = [replace(claim, title=title) if item in claim.spans else claim for claim in kept]
    return kept, len(found) - len(kept)


def _without(claim: Claim, split: frozenset[str]) -> Claim:
    if not split & set(claim.spans):
        return claim
    spans = {item: span for item, span in claim.spans.items() if item not in split}
    return replace(claim, spans=spans, status=CORRECTED)
