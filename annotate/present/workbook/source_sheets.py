"""The sheets about sources: on what ground each one claims what, agreement on it, and the claims that recur."""

from typing import Any

import pandas as pd

from annotate.agreement import MEANINGS
from annotate.frames import records
from annotate.present import wording
from annotate.present.claim_tables import attributions
from annotate.present.methods import correlated
from annotate.present.summary import Summary
from annotate.present.wording import (
    LEDGER_KINDS,
    SHARES,
    but,
    coefficient,
    decided,
    in_each,
    relations,
    source_name,
)
from annotate.present.workbook.cell import Column, Kind, Value, as_date
from annotate.present.workbook.sheet import Sheet
from annotate.provenance.claims.measured import measure
from annotate.provenance.ledger import VARIABLES
from annotate.provenance.profiles import BASIS, CLAIM_TYPE, NO_CLAIM
from annotate.study.study import Study
from annotate.study.words import Choices, in_words

SHOWN = ("attributed_share", "primary_share", "secondary_share", "unsupported_share")
"""The shares that stand in sight; the others are folded away."""
_ENDS = (("ci_low", "low"), ("ci_high", "high"))
_SIDES = (("low", "Lower"), ("high", "Upper"))


def main_variable(agreement: pd.DataFrame) -> str | None:
    """The variable whose agreement stands beside provenance: the ground that is offered, else the first."""
    names = list(dict.fromkeys(agreement["variable"]))
    return BASIS if BASIS in names else next(iter(names), None)


def sources(summary: Summary) -> Sheet:
    """One row a source, all of them together first: what matters in sight, intervals and the rest folded."""
    study, agreement, provenance = summary.study, summary.agreement, summary.provenance
    values: dict[str, dict[tuple[str | None, ...], dict[str, Any]]] = {
        "share": {(row["source"], row["measure"], row["category"]): row for row in records(provenance)},
        "agreement": {
            (row["source"], row["variable"], row["coefficient"]): row for row in records(agreement)
        },
    }
    main = main_variable(agreement)
    columns, cells = _source_columns(summary, main)
    rows: list[list[Value]] = []
    names = _names(study)
    own_reasons = _reasons(values["share"].values(), values["agreement"].values())
    first = study.first_round
    counts = {
        name: _counted(study.passages, first)
        if name is None
        else _counted(
            study.passages.loc[study.passages["source"] == name], first.loc[first["source"] == name]
        )
        for name in names
    }
    for name in names:
        row: list[Value] = [source_name(name), *counts[name]]
        for table, key, part in cells:
            found = values[table].get((name, *key))
            row.append(found[part] if found else None)
        row.append(own_reasons.get(name))
        rows.append(row)
    return Sheet(
        columns,
        rows,
        len(rows),
        top=[
            "Sources stand in the order of the alphabet: nothing here ranks them. Plus signs above unfold intervals.",
        ],
        first_bold=True,
        explained=True,
    )


def _counted(passages: pd.DataFrame, ratings: pd.DataFrame) -> list[Value]:
    coders = ratings.groupby("item")["annotator"].nunique()
    return [
        len(passages),
        int((passages["n_annotations"] > 0).sum()),
        int((coders > 1).sum()),
        int(ratings["annotator"].nunique()),
        len(ratings),
    ]


def _source_columns(
    summary: Summary, main: str | None
) -> tuple[list[Column], list[tuple[str, tuple[str | None, ...], str]]]:
    """The columns, and for those behind the counts where each takes its value."""
    study, agreement, provenance = summary.study, summary.agreement, summary.provenance
    words = Choices(study.codebook)
    columns = [
        Column("Source", "long", 26, "Who published the passages."),
        Column("Passages", "count", 9, "Of the source, annotated or not."),
        Column("Annotated", "count", 11, "Coded by one annotator or more.", folded=True),
        Column("Coded by two", "count", 10, "Passages with two annotators or more."),
        Column("Annotators", "count", 11, "Who coded a passage of the source.", folded=True),
        Column("Judgements", "count", 11, "Rows of the sheet Ratings, first round.", folded=True),
    ]
    cells: list[tuple[str, tuple[str | None, ...], str]] = []

    def add(
        table: str, key: tuple[str | None, ...], column: Column, n: str | None, *, last: bool = False
    ) -> None:
        columns.append(column)
        cells.append((table, key, "value"))
        for part, end in (*_ENDS, *([(n, "n")] if n and not last else [])):
            kind: Kind = "count" if end == "n" else column.kind
            columns.append(Column(f"{column.title}: {end}", kind, 10, band=column.band, folded=True))
            cells.append((table, key, str(part)))

    names = list(dict.fromkeys(agreement["variable"]))
    coefficients = list(dict.fromkeys(agreement["coefficient"]))
    for name in ([main] if main else []) + [one for one in names if one != main]:
        for key in coefficients:
            term = coefficient(key)
            title = term.short if name == main else f"{in_words(name)}: {term.short}"
            band = f"Agreement on {in_words(name).lower()}"
            meaning = _MEANT.get(key, "") if name == main else ""
            add(
                "agreement",
                (name, key),
                Column(title, "number", 9, meaning, band, folded=name != main),
                "n_pairable_items" if key == coefficients[-1] else None,
            )
    if provenance.empty:
        return [
            *columns,
            Column("Undefined, and why", "long", 44, "What has no number, and the reason."),
        ], cells
    add("share", ("claims", None), Column("Claims", "amount", 9, _COUNTED), None)
    measures = [name for name in SHARES if (provenance["measure"] == name).any()]
    for name in sorted(measures, key=lambda one: (one not in SHOWN, measures.index(one))):
        term = SHARES[name]
        add(
            "share",
            (name, None),
            Column(term.name, "share", 11, _OF_CLAIMS.get(name, ""), _CLAIMS, folded=name not in SHOWN),
            "n",
        )
    for kind in kinds_of_claim(study, provenance):
        title = f"Kind: {words.label(CLAIM_TYPE, kind)}"
        add("share", ("claim_type_share", kind), Column(title, "share", 12, "", _KINDS, folded=True), None)
    return [*columns, Column("Undefined, and why", "long", 44, "What has no number, and the reason.")], cells


_COUNTED = "Passages with a claim; one that two of three annotators took for a claim counts two thirds."
_CLAIMS, _KINDS = "Of the claims, the share that is …", "Of the claims, the share of each kind"
_MEANT = {
    "percent_agreement": "Pairs of annotators with the same answer.",
    "krippendorff_alpha": "Corrected for chance; low where one answer prevails.",
    "gwet_ac1": "Corrected for chance; steady where one answer prevails.",
}
_OF_CLAIMS = {
    "attributed_share": "put down to somebody, named or not",
    "named_source_share": "put down to a named person, body, document or outlet",
    "primary_share": "resting on a witness, a record or official data",
    "secondary_share": "resting on what others say, found or reasoned",
    "unsupported_share": "given without any ground; that does not make it wrong",
}


def kinds_of_claim(study: Study, provenance: pd.DataFrame) -> list[str]:
    """The kinds of claim that somebody chose, in the order of the codebook."""
    used = set(provenance.loc[provenance["measure"] == "claim_type_share", "category"])
    order = [kind for kind in study.categories.get(CLAIM_TYPE, ()) if kind in used and kind != NO_CLAIM]
    return [*order, *sorted(used - set(order))]


def _reasons(provenance: Any, agreement: Any) -> dict[str | None, str]:
    """Everything undefined in a source's row, told by reason."""
    found: dict[str | None, dict[str, list[str]]] = {}
    for row in provenance:
        if row["undefined"]:
            term = SHARES.get(row["measure"])
            what = term.name if term else wording.CLAIM_TYPES.name
            found.setdefault(row["source"], {}).setdefault(row["undefined"], []).append(what)
    for row in agreement:
        if row["undefined"]:
            what = f"{in_words(row['variable'])}: {coefficient(row['coefficient']).short}"
            found.setdefault(row["source"], {}).setdefault(row["undefined"], []).append(what)
    return {
        name: "\n".join(f"{', '.join(dict.fromkeys(what))}: {reason}" for reason, what in of.items())
        for name, of in found.items()
    }


def agreed(summary: Summary) -> Sheet:
    """One row a source and variable: its coefficients side by side, and what they are to be read with."""
    agreement, words = summary.agreement, Choices(summary.study.codebook)
    coefficients = list(dict.fromkeys(agreement["coefficient"]))
    below = [str(name) for name in agreement.columns if str(name).startswith("p_below_")]
    benchmarked = ["benchmark"] if "benchmark" in agreement.columns else []
    columns = [
        Column("Source", "long", 26, "Who published the passages."),
        Column("Question", "text", 18, "See the sheet Codebook."),
        Column("n", "count", 8, "With two ratings or more."),
        Column("Passages", "count", 9, "With a rating.", folded=True),
        Column("Ratings", "count", 9, "Of the first round.", folded=True),
        Column("Annotators", "count", 12, "Who rated it.", folded=True),
    ]
    for key in coefficients:
        term = coefficient(key)
        columns.append(Column(term.short, "number", 9, _MEANT.get(key, "")))
        columns += [
            Column(f"{term.short}: {end}", "number", 9, f"{side} end of its interval.")
            for end, side in _SIDES
        ]
        columns += [
            Column(f"{term.short}: {part}", "number", 10, meant, folded=True)
            for part, meant in (("observed", "Before chance is taken off."), ("expected", "By chance alone."))
        ]
        columns += [
            Column(
                f"{term.short} below {name.removeprefix('p_below_')}",
                "number",
                10,
                "How likely that is.",
                folded=True,
            )
            for name in below
        ]
        if benchmarked:
            columns.append(Column(f"{term.short}: benchmark", "text", 16, "In words: a convention."))
        columns.append(Column(f"{term.short}: interval", "text", 40, "How it was made.", folded=True))
    columns += [
        Column("Most chosen", "long", 19, "The answer given most often."),
        Column("Its share", "share", 8, "Of all answers."),
        Column("Level", "text", 10, "Of measurement.", folded=True),
        Column("Read with care", "long", 30, "The words stand above."),
        Column("Undefined because", "long", 26, "Why there is no value."),
    ]
    cautions: dict[str, None] = {}
    found: dict[tuple[str | None, str], dict[str, dict[str, Any]]] = {}
    for row in records(agreement):
        found.setdefault((row["source"], row["variable"]), {})[row["coefficient"]] = row
    firsts = {key: next(iter(of.values())) for key, of in found.items()}
    of_each = in_each([one.get("caution") for (source, _), one in firsts.items() if source is not None])
    rows: list[list[Value]] = []
    for (source, variable), of in found.items():
        one = firsts[source, variable]
        cells: list[Value] = [source_name(source), in_words(variable)]
        cells += [one[key] for key in ("n_pairable_items", "n_items", "n_ratings", "n_annotators")]
        for key in coefficients:
            parts = ("value", "ci_low", "ci_high", "observed", "expected", *below, *benchmarked, "interval")
            cells += [of[key][part] if key in of else None for part in parts]
        most = one["prevalent_category"]
        cells += [None if most is None else words.label(variable, most), one["prevalence"], one["level"]]
        said = but(one.get("caution"), () if source is None else of_each)
        cautions.update(dict.fromkeys((said or "").split("; ") if said else ()))
        cells.append(said)
        reasons = dict.fromkeys(row["undefined"] for row in of.values() if row["undefined"])
        cells.append("; ".join(reasons) or None)
        rows.append(cells)
    others = [name for name in cautions if name in MEANINGS and name not in of_each]
    return Sheet(
        columns,
        rows,
        len(rows),
        top=[
            *correlated(summary.icc),
            *(f"Every source on its own, {name}: {MEANINGS[name]}." for name in of_each if name in MEANINGS),
            *(
                ["Read with care: " + "; ".join(f"{name}: {MEANINGS[name]}" for name in others) + "."]
                if others
                else []
            ),
        ],
        empty="Nothing to measure: no passage has been coded yet.",
        frozen=2,
        explained=True,
        quiet_again="Source",
    )


def _names(study: Study) -> list[str | None]:
    found = set(study.passages["source"]) | set(study.ratings["source"])
    return [None, *sorted(found, key=lambda name: (name.casefold(), name))]


def claims(summary: Summary) -> Sheet:
    """One row a mention of a claim, claims that most sources carry first, in each the mentions by date."""
    book, found = summary.study.codebook, summary.ledger
    columns = [
        Column("Claim", "count", 7, "Its number."),
        Column("What recurs", "long", 30, "In the words of the first mention by date."),
        Column("Kind", "long", 13, "A figure, a reused text, or a quotation of one origin."),
        Column("Sources", "count", 8, "Who carry it."),
        Column("Separate texts", "count", 9, "Those that share text counted once."),
        Column("Published", "date", 12, "Of this mention."),
        Column("Source", "long", 22, "Who carries it here."),
        Column("In these words", "long", 34, "The figure, or the stretch that is shared."),
        Column("Put down to", "long", 18, "By most annotators of the passage."),
        Column("Ground offered", "long", 18, "By most annotators of the passage."),
        Column("Figures", "long", 22, "How the figures of different sources relate."),
        Column("Attributions", "text", 12, "Whether the mentions are put down to different origins."),
        Column("Passage", "long", 60, "The whole passage.", folded=True),
        Column("Shares text with", "text", 16, "Mentions of one name share text.", folded=True),
        Column("Document", "text", 22, folded=True),
        Column("Item", "text", 20, "The id of the passage.", folded=True),
    ]
    claimed = {row["claim"]: row for row in records(found.claims)}
    rows: list[list[Value]] = []
    for row in records(found.mentions):
        claim = claimed[row["claim"]]
        cells: list[Value] = [row["claim"], row["what"], LEDGER_KINDS[row["kind"]]]
        cells += [claim["n_sources"], claim["n_separate_texts"], as_date(row["published"])]
        cells += [
            source_name(row["source"]),
            row["wording"],
            *(decided(book, name, row) for name in VARIABLES),
        ]
        cells.append(", ".join(relations(claim["relations"])) or None)
        cells.append(attributions(claim) or None)
        cells += [row["text"], row["shared_text"], row["document"], row["item"]]
        rows.append(cells)
    return Sheet(
        columns,
        rows,
        len(rows),
        empty="No figure and no text recurs across documents.",
        frozen=2,
        explained=True,
        quiet_again="What recurs",
    )


def origins(summary: Summary) -> Sheet:
    """One row a claim: how many independent origins it has, who they are, and what hangs on one annotator or document."""
    columns = [
        Column("Claim", "count", 9, "Its number, as on the sheet Claims."),
        Column("What recurs", "long", 34, "In the words of the first mention by date, or its title."),
        Column("Known by", "text", 12, "Linked by annotators, corrected by a person, or unconfirmed."),
        Column("Mentions", "count", 12, "Passages that make it."),
        Column("Sources", "count", 12, "Who make it."),
        Column("Origins, least", "count", 12, "Independent ones, if all that are not known are one."),
        Column("Origins, most", "count", 12, "If all that are not known are different."),
        Column(
            "Interval, low",
            "count",
            13,
            "How far that moves with other annotators of the same passages and pairs.",
        ),
        Column("Interval, high", "count", 13, "The same, upwards."),
        Column("Where chains end", "long", 34, "The origins that are known."),
        Column("Steps", "count", 10, "The most from a mention to where its chain ends."),
        Column("First by date", "long", 22, "Who published it first; undated mentions may be earlier."),
        Column("Circular", "text", 13, "Whether mentions have it from each other."),
        Column("One root", "text", 12, "Whether the chains of all sources end in one origin."),
        Column(
            "Hangs on one",
            "long",
            44,
            "What is said no more, or only then, without one annotator or document.",
        ),
    ]
    figures = pd.DataFrame() if summary.claims is None else measure(summary.claims, summary.interval)
    rows: list[list[Value]] = [
        [
            *(
                row[name]
                for name in (
                    "claim",
                    "what",
                    "status",
                    "n_mentions",
                    "n_sources",
                    "origins_low",
                    "origins_high",
                )
            ),
            *(None if row[name] is None else round(row[name], 1) for name in ("ci_low", "ci_high")),
            *(", ".join(row["origins"]) or None, row["depth"], ", ".join(row["first_source"]) or None),
            *(
                row["circular"],
                row["single_root"],
                "; ".join(filter(None, [row["caution"], *row["flips"]])) or None,
            ),
        ]
        for row in records(figures)
    ]
    return Sheet(
        columns,
        rows,
        len(rows),
        empty="No claim recurs across documents.",
        frozen=2,
        explained=True,
    )
