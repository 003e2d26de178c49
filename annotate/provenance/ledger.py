"""The claims ledger: which claims recur, who carries each, when, and in what words.

A claim of the ledger is what annotators linked: passages that most of them call the same claim. Where nobody was asked, it
is what recurs, and is marked as unconfirmed: a figure that recurs across sources, a group of
:func:`annotate.figures.compare`, or a text that was reused, passages that pairs of
:func:`annotate.reuse.reuse` chain together. Of these pairs only strong ones count: of a score of
0.45 or more, or a quotation, and with shared stretches that are two fifths of the shorter passage or more.
Weaker ones often join texts on one matter that say different things of it. A reused text whose passages all
carry one recurring figure is part of that figure's claim and has no row of its own.

The ledger says who carries a claim and whom each text puts it down to, so that drift of attribution is
seen. It does not say which of them is right.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.consensus import majority, without_hidden
from annotate.corpus.dates import read_published
from annotate.provenance import MIN_SCORE, compare, quantities, reuse
from annotate.provenance.claims._found import (
    Claim,
    chained_by,
    corrected,
    linked,
    recurring,
    told_apart,
    unasked,
)
from annotate.provenance.claims.corrections import Corrections
from annotate.provenance.claims.pairs import Pairs, most, taken
from annotate.reuse.documents import document_pairs, is_strong, text_lengths
from annotate.study.ratings import decode_set

VARIABLES = ("attribution", "evidentiary_basis")
MENTION_COLUMNS = (
    *(
        "claim",
        "kind",
        "status",
        "what",
        "item",
        "document",
        "source",
        "published",
        "start",
        "end",
        "wording",
        "text",
        "text_start",
    ),
    *("low", "high", "shared_text"),
    *(f"{variable}{part}" for variable in VARIABLES for part in ("", "_share", "_tied")),
)
CLAIM_COLUMNS = (
    *("claim", "kind", "status", "what", "n_mentions", "n_sources", "n_separate_texts", "first_published"),
    *("last_published", "relations", "attributions", "attributions_differ", "drift", "mentions"),
)
_UNDATED = ((9999, 99), "")  # behind every date


@dataclass(frozen=True)
class Ledger:
    """The claims, one row each (:data:`CLAIM_COLUMNS`), and their mentions (:data:`MENTION_COLUMNS`).

    ``n_trivial`` counts the recurring figures that make no claim (bare durations, orders of magnitude), ``n_rejected`` the claims that
    a person rejected. ``comparisons`` and ``pairs`` are the figures that were compared and the text that is shared, as they
    were given.
    """

    claims: pd.DataFrame
    mentions: pd.DataFrame
    comparisons: pd.DataFrame
    pairs: pd.DataFrame
    n_trivial: int = 0
    n_rejected: int = 0


def ledger(
    passages: pd.DataFrame,
    figures: pd.DataFrame,
    comparisons: pd.DataFrame,
    pairs: pd.DataFrame,
    ratings: pd.DataFrame | None = None,
    *,
    spans: pd.DataFrame | None = None,
    coded: Pairs = MappingProxyType({}),
    corrections: Corrections = Corrections(),
    codebook: Codebook | None = None,
) -> Ledger:
    """Gather claims: what annotators linked, and recurring figures and reused passages of which nobody was asked.

    Parameters
    ----------
    passages
        Of :func:`annotate.study.passages.read_passages`.
    figures, comparisons
        Of :func:`annotate.figures.quantities` and of its ``compare``.
    pairs
        Of :func:`annotate.reuse.reuse`; those count that are strong enough to make a claim.
    ratings
        The ratings of these passages, once there are any.
    spans
        What was marked in them, for the wording of linked mentions.
    coded
        What annotators said of pairs of passages: :func:`annotate.provenance.claims.pairs.answers`.
    corrections
        What a person says of claims: :func:`annotate.provenance.claims.corrections.read_corrections`.
    codebook
        What says when a question is asked; an attribution that it hides, given what most chose elsewhere, is none.

    Returns
    -------
    Ledger
        ``mentions``: one row a claim and passage that carries it, claims with most sources first, in each
        the mentions by date, undated ones last. ``kind`` is claim (linked), figure, text or quotation; ``status``
        linked, corrected (by a person) or unconfirmed; ``what`` the title, or the wording of the first mention that is more than a number; ``wording`` the figure or the reused span, at ``start`` to ``end`` of
        the document and ``text`` the passage, from ``text_start`` on; ``shared_text`` a
        name that passages of the claim have in common which share text, be it through a third, None for others; ``attribution`` and ``evidentiary_basis`` what most annotators chose
        (None where nobody coded, or it is a tie), with their share of the votes and the categories tied.

        ``claims``: one row a claim. ``n_separate_texts`` counts the documents that carry it, those once that share its text or depend on
        each other by :func:`annotate.reuse.document_pairs`;
        ``relations`` says how the figures relate (same, overlap, shared_bound, conflict);
        ``attributions`` are the different ones in order of date; ``attributions_differ`` is whether there is more than
        one, None where fewer than two mentions have one; ``drift`` whether the attribution changes from a mention to
        one of which most annotators of the pair say that it was taken from it, None where they say it of no two
        mentions that have one; ``mentions`` are its rows of the other table, as dictionaries.

    """
    known = {row["item"]: row for row in passages.to_dict("records")}
    decided = _decided(ratings, codebook)
    depend = document_pairs(passages, pairs)
    joined = depend.loc[depend["joined"], ["a_document", "b_document"]].itertuples(index=False, name=None)
    dependent = {frozenset(both) for both in joined}
    length = text_lengths(passages)
    strong = pairs.loc[[is_strong(pair, length) for pair in pairs.to_dict("records")]]
    chained = chained_by(zip(strong["a_item"], strong["b_item"], strict=True))
    telling, n_trivial = told_apart(comparisons, figures)
    by_link = linked(coded, passages, spans)
    recurs = unasked(recurring(figures, telling, strong, chained), by_link, coded)
    ways = list(taken({both: answer for both, said in coded.items() if (answer := most(said)) is not None}))
    every, n_rejected = corrected([*by_link, *recurs], corrections, passages)
    found = []
    for claim in every:
        rows = [_mention(item, span, known[item], decided) for item, span in claim.spans.items()]
        rows.sort(key=lambda row: (_when(row), row["document"], row["start"]))
        chains = Counter(chained.get(row["item"]) for row in rows)
        for row in rows:
            own = chained.get(row["item"])
            row["shared_text"] = own if own and chains[own] > 1 else None
        found.append((claim, rows))
    found.sort(key=lambda one: (-len({row["source"] for row in one[1]}), -len(one[1]), _place(one[1][0])))
    claims, mentions = [], []
    for number, (claim, rows) in enumerate(found, start=1):
        head = {"claim": number, "kind": claim.kind, "status": claim.status}
        head["what"] = claim.title or _called(rows)
        claims.append(head | _summary(claim, rows, _separate(rows, chained, dependent), ways))
        mentions += [head | row for row in rows]
    tables = _frame(claims, CLAIM_COLUMNS), _frame(mentions, MENTION_COLUMNS)
    return Ledger(*tables, comparisons, pairs, n_trivial, n_rejected)


_AROUND = 3  # words on each side of a bare number


def _called(rows: Sequence[Mapping[str, Any]]) -> str:
    """The wording of the first mention that has words; of bare numbers, the first with the words around it."""
    worded = [str(row["wording"]) for row in rows if any(map(str.isalpha, row["wording"]))]
    if worded:
        return worded[0]
    first = rows[0]
    start = first["start"] - first["text_start"]
    before, behind = first["text"][:start].split(), first["text"][start + len(first["wording"]) :].split()
    some = [*before[-_AROUND:], first["wording"], *behind[:_AROUND]]
    return " ".join(["…"] * (len(before) > _AROUND) + some + ["…"] * (len(behind) > _AROUND))


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Make a table in which what is not known is None, and counts are whole numbers."""
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    whole = [
        name for name in columns if name.startswith("n_") or name in ("claim", "start", "end", "text_start")
    ]
    real = [name for name in columns if name in ("low", "high") or name.endswith("_share")]
    return frame.astype({**dict.fromkeys(whole, "int64"), **dict.fromkeys(real, "float64")})


def _mention(
    item: str,
    span: dict[str, Any],
    passage: Mapping[Any, Any],
    decided: dict[tuple[str, str], dict[str, Any]],
) -> dict[str, Any]:
    said = {name: passage[name] for name in ("document", "source", "published", "text")}
    row = {"item": item, "low": None, "high": None, "text_start": passage["start"], **said, **span}
    for name in VARIABLES:
        vote = decided.get((item, name), {})
        row |= {name: vote.get("category"), f"{name}_share": vote.get("share")}
        row[f"{name}_tied"] = list(decode_set(vote["tied"])) if vote.get("tie") else []
    return row


def _place(row: dict[str, Any]) -> tuple[str, int]:
    return row["document"], row["start"]


def _when(row: Mapping[str, Any]) -> tuple[tuple[int, ...], str]:
    """Put dates in order, and what is not a date behind them."""
    date = read_published(row["published"])
    return (date.days, date.moment.isoformat() if date.moment else "") if date else _UNDATED


def _summary(
    claim: Claim, rows: list[dict[str, Any]], n_separate: int, ways: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    dates = [row["published"] for row in rows if _when(row) != _UNDATED]
    attributions = [row["attribution"] for row in rows if row["attribution"]]
    different = list(dict.fromkeys(attributions))
    of = {row["item"]: row["attribution"] for row in rows if row["attribution"]}
    changes = [of[taker] != of[giver] for taker, giver in ways if taker in of and giver in of]
    return {
        "n_mentions": len(rows),
        "n_sources": len({row["source"] for row in rows}),
        "n_separate_texts": n_separate,
        "first_published": dates[0] if dates else None,
        "last_published": dates[-1] if dates else None,
        "relations": list(claim.relations),
        "attributions": different,
        "attributions_differ": len(different) > 1 if len(attributions) > 1 else None,
        "drift": any(changes) if changes else None,
        "mentions": rows,
    }


def _separate(rows: list[dict[str, Any]], chained: Mapping[str, str], dependent: set[frozenset[str]]) -> int:
    """Count the documents of a claim, those once that share its text or depend on each other."""
    documents = {row["document"] for row in rows}
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(chained.get(row["item"], row["item"]), []).append(row["document"])
    ties = [(document, document) for document in documents]
    ties += [(of[0], other) for of in texts.values() for other in of]
    ties += [both for both in combinations(sorted(documents), 2) if frozenset(both) in dependent]
    return len(set(chained_by(ties).values()))


def _decided(
    ratings: pd.DataFrame | None, codebook: Codebook | None
) -> dict[tuple[str, str], dict[str, Any]]:
    """How most annotators coded each item on the variables of provenance, where most are asked of them."""
    if ratings is None or ratings.empty:
        return {}
    voted = without_hidden(majority(ratings), codebook)
    return {
        (row["item"], row["variable"]): {str(key): value for key, value in row.items()}
        for row in voted.loc[voted["variable"].isin(VARIABLES)].to_dict("records")
    }


def ledger_of(
    passages: pd.DataFrame,
    ratings: pd.DataFrame | None = None,
    *,
    min_score: float = MIN_SCORE,
    spans: pd.DataFrame | None = None,
    coded: Pairs = MappingProxyType({}),
    corrections: Corrections = Corrections(),
    codebook: Codebook | None = None,
) -> Ledger:
    """Find the claims of these passages but for boilerplate, and keep the ledger of them; see :func:`ledger`."""
    passages = passages.loc[passages["kind"] != "boilerplate"].reset_index(drop=True)
    figures = quantities(passages)
    return ledger(
        passages,
        figures,
        compare(figures, passages),
        reuse(passages, min_score=min_score),
        ratings,
        spans=spans,
        coded=coded,
        corrections=corrections,
        codebook=codebook,
    )
