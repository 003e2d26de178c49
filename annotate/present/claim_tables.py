"""Claims as tables for reading: profiles of sources, reuse, figures and the ledger."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.frames import records
from annotate.present import counted
from annotate.present.study_tables import side_by_side
from annotate.present.tables import with_words
from annotate.present.wording import LEDGER_KINDS, RELATIONS, decided, relations
from annotate.present.wording import SHARES as TERMS
from annotate.provenance import MEANINGS
from annotate.provenance.ledger import VARIABLES
from annotate.provenance.profiles import CLAIM_TYPE, CLAIM_TYPES, COUNTS, SHARES
from annotate.study.words import choice

_ARROWS = {"a_to_b": "a → b", "b_to_a": "b → a"}


def profile_tables(
    profile: pd.DataFrame, codebook: Codebook | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set the profiles of sources side by side: the shares of each, and the spread of its claim types."""
    types = profile["measure"] == CLAIM_TYPES
    claims = profile["measure"] == "claims"
    shares = side_by_side(profile[~types], ["source"], "measure", shares=SHARES, counts=(*COUNTS, "claims"))
    kinds = side_by_side(
        profile[types | claims].assign(category=lambda rows: rows["category"].fillna("claims")),
        ["source"],
        "category",
        shares=set(profile.loc[types, "category"]),
        counts=("claims",),
    )
    short = {name: term.short.lower() for name, term in TERMS.items()}
    labels = {
        name: choice(codebook, CLAIM_TYPE, str(name)) for name in profile.loc[types, "category"].unique()
    }
    if len(set(labels.values())) < len(labels):  # two categories of one label: their names tell them apart
        labels = {}
    below = [
        "In per cent of claims, a passage counted by the share of its annotators who saw one; intervals in brackets"
    ]
    kinds = kinds.rename(columns=labels)
    tables = [shares.rename(columns=short), kinds]
    if "caution" in profile.columns:
        below += _drawn(profile)
        tables = [
            table.assign(caution=pd.Series(_cautions(rows), index=table.index, dtype=object))
            for table, rows in zip(tables, (profile[~types], profile[types | claims]), strict=True)
        ]
    return with_words(tables[0], *below), with_words(tables[1], *below)


def _cautions(rows: pd.DataFrame) -> list[str | None]:
    """What is said against the figures of each source."""
    found: dict[object, dict[str, None]] = {}
    for row in records(rows):
        met = str(row["caution"]).split("; ") if row["caution"] else []
        found.setdefault(row["source"], {}).update(dict.fromkeys(met))
    return ["; ".join(met) or None for met in found.values()]


def _drawn(profile: pd.DataFrame) -> list[str]:
    """How the intervals came about, and what the cautions mean."""
    kinds = sorted(
        {
            re.sub(r" over [0-9]+", " over", str(how).partition(", ")[0])
            for how in profile["interval"].dropna()
        }
    )
    met = dict.fromkeys(one for said in profile["caution"].dropna() for one in str(said).split("; "))
    return [
        *([f"intervals: {'; '.join(kinds)}"] if kinds else []),
        *(f"{one}: {MEANINGS[one]}" for one in met),
    ]


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


def documents_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Show what ties each two documents, and whether they count as one."""
    return pd.DataFrame(
        [
            {
                "a": row["a_document"],
                "b": row["b_document"],
                "passages": row["n_pairs"],
                "of a": f"{row['a_share']:.0%}",
                "of b": f"{row['b_share']:.0%}",
                "joined": "yes" if row["joined"] else "no",
                "because": "; ".join(row["because"]),
                "direction": _ARROWS.get(row["direction"] or "", ""),
            }
            for row in records(pairs)
        ]
    )


def _carried(row: Mapping[str, Any], side: str) -> str:
    dated = f", {row[f'{side}_published']}" if row[f"{side}_published"] else ""
    return f"{row[f'{side}_source']}{dated}: {row[f'{side}_text']}"


def quantities_table(figures: pd.DataFrame) -> pd.DataFrame:
    """Show each figure as it is worded, what it says, and its place."""
    said = ["unit", "rate", "currency", "hedge", *(["rules"] if "rules" in figures else [])]
    shown = pd.DataFrame({"figure": figures["surface"], "value": [_bounds(row) for row in records(figures)]})
    shown[said] = figures[said]
    shown["place"] = [f"{row['document']} {row['start']} to {row['end']}" for row in records(figures)]
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


def ledger_table(claims: pd.DataFrame, codebook: Codebook | None = None) -> pd.DataFrame:
    """Show each claim with all who carry it, in order of date."""
    return pd.DataFrame(
        [
            {
                "claim": row["claim"],
                "kind": LEDGER_KINDS[row["kind"]].lower(),
                "status": row["status"],
                "sources": row["n_sources"],
                "separate texts": row["n_separate_texts"],
                "figures": ", ".join(relations(row["relations"])),
                "attributions": attributions(row),
                "carried by": "\n".join(_mention(one, codebook) for one in row["mentions"]),
            }
            for row in records(claims)
        ]
    )


def attributions(claim: Mapping[str, Any]) -> str:
    """Whether whom a claim is put down to differs, and whether it changes from a mention to one that took it over."""
    differ = {True: "differ", False: "the same", None: ""}[claim["attributions_differ"]]
    return f"{differ}, and drift" if claim["drift"] else differ


def mentions_table(
    mentions: pd.DataFrame, codebook: Codebook | None = None, *, items: bool = False
) -> pd.DataFrame:
    """Show each mention of each claim, with the ids of the passages if asked."""
    kept = ["claim", *(["item"] if items else []), "published", "source", "wording"]
    return pd.DataFrame(
        [
            {name: row[name] for name in kept} | {name: decided(codebook, name, row) for name in VARIABLES}
            for row in records(mentions)
        ]
    )


def _mention(mention: Mapping[str, Any], codebook: Codebook | None) -> str:
    """Write a mention on a line: when, who, in what words, and whom and what it rests on, if coded."""
    coded = "; ".join(filter(None, (decided(codebook, name, mention) for name in VARIABLES)))
    dated = mention["published"] or "undated"
    return f"{dated} {mention['source']}: {mention['wording']}" + (f" [{coded}]" if coded else "")


def origins_table(names: pd.DataFrame) -> pd.DataFrame:
    """Show whom claims are put down to: each origin with its names, and what is offered for merging."""
    shown = pd.DataFrame(
        [
            {
                "name": row["name"],
                "origin": "" if row["origin"] == row["name"] else row["origin"],
                "kind": row["kind"],
                "passages": row["n_passages"],
                "sources": row["n_sources"],
                "note": _offered(row),
            }
            for row in records(names)
        ],
        columns=["name", "origin", "kind", "passages", "sources", "note"],
    )
    return with_words(
        shown,
        "origin: whom a name stands for, where it is not the name itself; note: what it may be, which nobody has accepted",
    )


def _offered(row: Mapping[str, Any]) -> str:
    if row["same_as"]:
        return f"may be {row['same_as']} ({row['because']}, {row['score']:.2f})"
    return row["reason"] or ""


_LONGEST = 60


def claims_table(figures: pd.DataFrame) -> pd.DataFrame:
    """Show the figures of each claim, with what is said no more if an annotator or a document is left out."""
    shown = pd.DataFrame(
        [
            {
                "claim": f"{row['claim']}: {_cut(row['what'])}",
                "mentions": row["n_mentions"],
                "sources": row["n_sources"],
                "origins": claim_range(row),
                "echo": _range(row["echo_low"], row["echo_high"]),
                "depth": row["depth"],
                "note": "; ".join(_remarks(row)),
            }
            for row in records(figures)
        ],
        columns=["claim", "mentions", "sources", "origins", "echo", "depth", "note"],
    )
    return with_words(
        shown,
        "origins: independent origins, if all that are not known are one, to if all are different; in brackets how far "
        "that moves with other annotators of the same passages and pairs",
        "echo: mentions an origin; depth: the most steps from a mention to where its chain ends; circular: passages that "
        "have it from each other; one root: the chains of all sources end in one origin; unconfirmed: as texts and dates "
        "show, which nobody has looked at",
        "None of it says whether a claim is true.",
        heading="claim",
    )


def _remarks(row: Mapping[str, Any]) -> Iterator[str]:
    if row["status"] != "linked":
        yield row["status"]
    if row["first_source"]:
        others = f", {counted(row['n_undated'], 'mention')} undated" if row["n_undated"] else ""
        yield f"first by date: {', '.join(row['first_source'])}{others}"
    for name, words in (("circular", "circular"), ("single_root", "one root")):
        if row[name] != "no":
            yield words if row[name] == "yes" else f"{words}, {row[name]}"
    if row["drift"]:
        yield f"drift of {', '.join(row['drift'])}"
    yield from row["flips"]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def claim_range(row: Mapping[str, Any]) -> str:
    """Write the independent origins of a claim, with their interval in brackets."""
    return f"{_range(row['origins_low'], row['origins_high'])}{_limits(row)}"


def _range(low: float | None, high: float | None) -> str:
    ends = [f"{end:.3g}" for end in (low, high) if end is not None]
    return " to ".join(dict.fromkeys(ends))


def _limits(row: Mapping[str, Any]) -> str:
    low, high = row["ci_low"], row["ci_high"]
    return "" if low is None or high is None else f" [{low:.3g}, {high:.3g}]"
