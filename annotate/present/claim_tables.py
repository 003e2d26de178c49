"""Claims as tables for reading: profiles of sources, reuse, figures and the ledger."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.errors import counted
from annotate.frames import records
from annotate.present.study_tables import side_by_side
from annotate.present.tables import with_words
from annotate.present.wording import LEDGER_KINDS, decided, relations
from annotate.present.wording import SHARES as TERMS
from annotate.provenance import MEANINGS
from annotate.provenance.ledger import VARIABLES
from annotate.provenance.profiles import CLAIM_TYPE, CLAIM_TYPES, COUNTS, SHARES
from annotate.study.words import choice, in_words


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


def ledger_table(claims: pd.DataFrame, codebook: Codebook | None = None) -> pd.DataFrame:
    """Show each claim, and under it all who carry it, in order of date."""
    shown = pd.DataFrame(
        [
            {
                "claim": _headed(row),
                "date": mention["published"] or "undated",
                "source": mention["source"],
                "in the words": mention["wording"],
                **{in_words(name).lower(): decided(codebook, name, mention) for name in VARIABLES},
            }
            for row in records(claims)
            for mention in row["mentions"]
        ],
        columns=["claim", "date", "source", "in the words", *(in_words(name).lower() for name in VARIABLES)],
    )
    coded = shown.loc[:, [name for name in shown.columns if shown.empty or shown[name].notna().any()]]
    return with_words(coded, heading="claim")


def attributions(claim: Mapping[str, Any]) -> str:
    """Whether whom a claim is put down to differs, and whether it changes from a mention to one that took it over."""
    differ = {True: "differ", False: "the same", None: ""}[claim["attributions_differ"]]
    return f"{differ}, and drift" if claim["drift"] else differ


def _headed(row: Mapping[str, Any]) -> str:
    """What is to be said of a claim as a whole."""
    told = [
        f"{row['claim']}: {LEDGER_KINDS[row['kind']].lower()}, {row['status']}",
        f"{counted(row['n_sources'], 'source')} in {counted(row['n_separate_texts'], 'separate text')}",
        *([f"figures: {', '.join(relations(row['relations']))}"] if row["relations"] else []),
        *([f"attributions {said}"] if (said := attributions(row)) else []),
    ]
    return "; ".join(told)


def mentions_table(mentions: pd.DataFrame, codebook: Codebook | None = None) -> pd.DataFrame:
    """Show each mention of each claim; the ids of the passages stand in the other formats."""
    shown = pd.DataFrame(
        [
            {name: row[name] for name in ("claim", "published", "source", "wording")}
            | {name: decided(codebook, name, row) for name in VARIABLES}
            for row in records(mentions)
        ]
    )
    return with_words(shown, heading="claim")


def steps_table(steps: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Show which passage has its claim from which, in their words."""
    named = passage_names(passages)
    shown = pd.DataFrame(
        [
            {
                "claim": row["claim"],
                "passage": named.get(row["item"], row["item"]),
                "has it from": named.get(row["from_item"], row["from_item"]),
                "by": row["how"],
                "confirmed": "yes" if row["confirmed"] else "",
            }
            for row in records(steps)
        ],
        columns=["claim", "passage", "has it from", "by", "confirmed"],
    )
    return with_words(shown, "confirmed: annotators say so, or one passage cites the other", heading="claim")


def drift_table(
    drift: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Show what changes from a passage to the one that took it over."""
    named = passage_names(passages)
    shown = pd.DataFrame(
        [
            {
                "claim": row["claim"],
                "passage": named.get(row["item"], row["item"]),
                "has it from": named.get(row["from_item"], row["from_item"]),
                "what changes": row["type"],
                "from": choice(codebook, row["type"], str(row["before"])),
                "to": choice(codebook, row["type"], str(row["after"])),
            }
            for row in records(drift)
        ],
        columns=["claim", "passage", "has it from", "what changes", "from", "to"],
    )
    return with_words(shown, "A later text may know more: a change is listed, not judged.", heading="claim")


def contradictions_table(pairs: pd.DataFrame, passages: pd.DataFrame, links: Codebook) -> pd.DataFrame:
    """Show the pairs within a claim that most do not call the same claim."""
    named = passage_names(passages)
    return pd.DataFrame(
        [
            {
                "passage": named.get(row["a_item"], row["a_item"]),
                "and": named.get(row["b_item"], row["b_item"]),
                "relation": choice(links, "relation", str(row["relation"])),
                "votes": row["votes"],
                "joined by": row["chain"],
            }
            for row in records(pairs)
        ],
        columns=["passage", "and", "relation", "votes", "joined by"],
    )


def rated_table(
    rated: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Show what each annotator rated, by the scales' own letters and numbers, and what is not accepted; the scales stay apart."""
    names = passage_names(passages)
    shown = pd.DataFrame(
        [
            {
                "passage": names.get(row["item"], row["item"]),
                "annotator": row["annotator"],
                "source": row["source-reliability"],
                "information": row["information-credibility"],
                "origins": _range(row["origins_low"], row["origins_high"]),
                "note": "" if row["accepted"] else f"1 not accepted: {row['because']}",
            }
            for row in records(rated)
        ],
        columns=["passage", "annotator", "source", "information", "origins", "note"],
    )
    steps = [
        f"{name}: {', '.join(f'{one.id} {one.label.lower()}' for one in variable.categories)}"
        for name, variable in zip(
            ("source", "information"), codebook.variables if codebook else (), strict=False
        )
    ]
    return with_words(
        shown, *steps, "origins: independent origins of the claim, as the blind pass knows them"
    )


def leave_one_out_table(figures: pd.DataFrame) -> pd.DataFrame:
    """Show each claim without each annotator and each document, and what is then said no more."""
    shown = pd.DataFrame(
        [
            {
                "claim": row["claim"],
                "without": f"{row['left_out']} {row['name']}",
                "mentions": row["n_mentions"],
                "origins": _range(row["origins_low"], row["origins_high"]),
                "circular": "yes" if row["circular"] else "",
                "one root": "yes" if row["single_root"] else "",
                "note": "; ".join(f"changes {one.replace('_', ' ')}" for one in row["flips"]),
            }
            for row in records(figures)
        ],
        columns=["claim", "without", "mentions", "origins", "circular", "one root", "note"],
    )
    return with_words(shown, heading="claim")


def passage_names(passages: pd.DataFrame) -> dict[str, str]:
    """Each passage by its source and how it begins."""
    return {
        str(row["item"]): f"{row['source']}: {_cut(row['text'] or row['item'])}" for row in records(passages)
    }


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
        *(f"intervals: {how}" for how in sorted(set(figures["interval"].dropna()))),
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
    yield from filter(None, [row["caution"], *row["flips"]])


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
    return "" if low is None or high is None else f" [{low:.3g},{high:.3g}]"
