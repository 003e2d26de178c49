"""The sheets about sources: on what ground each one claims what, agreement on it, and the claims that recur."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.frames import records
from annotate.present import wording
from annotate.present.summary import Summary
from annotate.present.wording import LEDGER_KINDS, SHARES, coefficient, decided, relations, source_name
from annotate.present.workbook.cell import Column, Value, as_date
from annotate.present.workbook.sheet import Rows, Sheet
from annotate.provenance.ledger import VARIABLES, Ledger
from annotate.provenance.profiles import CLAIM_TYPE, NO_CLAIM
from annotate.study.study import Study
from annotate.study.words import choice, in_words

MOST_MENTIONS = 12  # side by side; further ones are counted


def sources(summary: Summary) -> Sheet:
    """One row a source, all of them together first: counts, shares, and agreement side by side."""
    study, agreement, provenance = summary.study, summary.agreement, summary.provenance
    shares = {(row["source"], row["measure"], row["category"]): row for row in records(provenance)}
    agreed_on = {(row["source"], row["variable"], row["coefficient"]): row for row in records(agreement)}
    measures = [name for name in SHARES if any(measure == name for _, measure, _ in shares)]
    kinds = _kinds(study, provenance)
    variables = list(dict.fromkeys(agreement["variable"]))
    coefficients = list(dict.fromkeys(agreement["coefficient"]))
    columns = _source_columns(
        study,
        measures=measures,
        kinds=kinds,
        variables=variables,
        coefficients=coefficients,
        profiled=not provenance.empty,
    )
    rows: Rows = []
    for name in _names(study):
        own = study.passages if name is None else study.passages.loc[study.passages["source"] == name]
        rated = study.ratings if name is None else study.ratings.loc[study.ratings["source"] == name]
        row: list[Value] = [
            source_name(name),
            len(own),
            int((own["n_annotations"] > 0).sum()),
            int(rated["annotator"].nunique()),
            len(rated),
        ]
        if not provenance.empty:
            row += _parts(shares.get((name, "claims", None)))
        for measure in measures:
            row += [*_parts(found := shares.get((name, measure, None))), found["n"] if found else None]
        for kind in kinds:
            row += _parts(shares.get((name, "claim_type_share", kind)))
        for variable in variables:
            of_one = [agreed_on.get((name, variable, key)) for key in coefficients]
            row.append(next((found["n_pairable_items"] for found in of_one if found), None))
            row += [found["value"] if found else None for found in of_one]
        row.append(_reasons(name, list(shares.values()), list(agreed_on.values())))
        rows.append(row)
    return columns, rows


def _source_columns(
    study: Study,
    *,
    measures: Sequence[str],
    kinds: Sequence[str],
    variables: Sequence[str],
    coefficients: Sequence[str],
    profiled: bool,
) -> list[Column]:
    columns = [
        Column("Source", "name", 30, "Who published the passages."),
        Column("Passages", "count", 11, "Passages of the source, annotated or not."),
        Column("Annotated passages", "count", 12, "Passages that at least one annotator has coded."),
        Column("Annotators", "count", 12, "Annotators who coded at least one passage of the source."),
        Column("Judgements", "count", 12, "Rows of the sheet Ratings."),
    ]
    if profiled:
        columns += _triple("Claims", wording.COUNTS["claims"].definition, "number", band=True)
    for place, name in enumerate(measures):
        term, band = SHARES[name], bool(place % 2)
        columns += _triple(term.name, term.definition, "share", band=band)
        columns.append(Column(f"{term.name}: n", "count", 12, band=band))
    for place, kind in enumerate(kinds):
        label = choice(study.codebook, CLAIM_TYPE, kind)
        meaning = f"Claims of the kind “{label}”, over all claims."
        columns += _triple(f"Kind: {label}", meaning, "share", band=bool((place + len(measures)) % 2))
    for place, name in enumerate(variables):
        words, band = in_words(name), bool((place + len(measures) + len(kinds)) % 2)
        columns.append(Column(f"{words}: n", "count", 12, "Passages with two annotators or more.", band=band))
        columns += [
            Column(f"{words}: {coefficient(key).name}", "number", 15, band=band) for key in coefficients
        ]
    return [
        *columns,
        Column("Undefined, and why", "long", 60, "What has no number in this row, and the reason."),
    ]


def _triple(name: str, meaning: str, kind: Any, *, band: bool) -> list[Column]:
    return [
        Column(name, kind, 13, meaning, band=band),
        Column(f"{name}: low", kind, 12, band=band),
        Column(f"{name}: high", kind, 12, band=band),
    ]


def _parts(row: dict[str, Any] | None) -> list[Value]:
    return [row["value"], row["ci_low"], row["ci_high"]] if row else [None, None, None]


def _kinds(study: Study, provenance: pd.DataFrame) -> list[str]:
    used = set(provenance.loc[provenance["measure"] == "claim_type_share", "category"])
    order = [kind for kind in study.categories.get(CLAIM_TYPE, ()) if kind in used and kind != NO_CLAIM]
    return [*order, *sorted(used - set(order))]


def _reasons(
    name: str | None, provenance: list[dict[str, Any]], agreement: list[dict[str, Any]]
) -> str | None:
    """Everything undefined in a source's row, told by reason."""
    found: dict[str, list[str]] = {}
    for row in provenance:
        if row["source"] == name and row["undefined"]:
            term = SHARES.get(row["measure"])
            what = term.name if term else wording.CLAIM_TYPES.name
            found.setdefault(row["undefined"], []).append(what)
    for row in agreement:
        if row["source"] == name and row["undefined"]:
            what = f"{in_words(row['variable'])}: {coefficient(row['coefficient']).name}"
            found.setdefault(row["undefined"], []).append(what)
    told = [f"{', '.join(dict.fromkeys(what))}: {reason}" for reason, what in found.items()]
    return "\n".join(told) or None


def agreed(agreement: pd.DataFrame) -> Sheet:
    """One row a source, variable and coefficient, with what it is to be read with set beside it."""
    columns = [
        Column("Source", "name", 30, "Who published the passages."),
        Column("Variable", "text", 19, "What was asked, see the sheet Codebook."),
        Column("Coefficient", "text", 21, "Defined below."),
        Column("Value", "number", 9, "Empty where undefined."),
        Column("Low", "number", 9, "Lower end of the interval."),
        Column("High", "number", 9, "Upper end of the interval."),
        Column("Observed agreement", "number", 12, "Before the correction for chance."),
        Column("Expected agreement", "number", 12, "What chance gives; none for percent agreement."),
        Column("Passages", "count", 11, "Passages with a rating."),
        Column("n", "count", 8, "Passages with two ratings or more, on which the value rests."),
        Column("Ratings", "count", 10, "Ratings on the variable."),
        Column("Annotators", "count", 12, "Annotators who rated it."),
        Column("Most chosen", "text", 24, wording.MOST_CHOSEN),
        Column("Most chosen: share", "share", 12),
        Column("Level", "text", 10, "Level of measurement of the variable."),
        Column("Undefined because", "long", 30, "Why there is no value."),
        Column("Interval", "long", 62, "How the interval was made."),
    ]
    rows: Rows = []
    for row in records(agreement):
        rows.append(
            [source_name(row["source"]), row["variable"], coefficient(row["coefficient"]).name]
            + [row[key] for key in ("value", "ci_low", "ci_high", "observed", "expected", "n_items")]
            + [row[key] for key in ("n_pairable_items", "n_ratings", "n_annotators")]
            + [row[key] for key in ("prevalent_category", "prevalence", "level", "undefined", "interval")]
        )
    return columns, rows


def _names(study: Study) -> list[str | None]:
    found = set(study.passages["source"]) | set(study.ratings["source"])
    return [None, *sorted(found, key=lambda name: (name.casefold(), name))]


def claims(found: Ledger, codebook: Codebook | None) -> Sheet:
    """One row a claim."""
    across = min(MOST_MENTIONS, max((len(row) for row in found.claims["mentions"]), default=0))
    columns = [
        Column("Claim", "count", 9),
        Column(
            "Kind", "long", 16, "A figure that recurs, a text that was reused, or a quotation of one origin."
        ),
        Column("First worded", "long", 40, "The wording of the first mention by date."),
        Column("Sources", "count", 11, "Who carry it."),
        Column("Passages", "count", 11, "That carry it."),
        Column("Separate texts", "count", 12, "Passages that share text with one another counted once."),
        Column("First", "date", 13, "The earliest date of publication."),
        Column("Last", "date", 13, "The latest date of publication."),
        Column("Figures", "long", 20, "How the figures of different sources relate."),
        Column("Put down to", "long", 30, "The different attributions by majority, in order of date."),
        Column("Drift", "text", 11, "Whether it is put down to different kinds of origin."),
        *(
            Column(f"Mention {place}", "long", 44, "Date, source, words, attribution and basis.", band=True)
            for place in range(1, across + 1)
        ),
        Column("Further mentions", "count", 12, "Not shown here; annotate ledger --mentions lists them."),
    ]
    rows: Rows = []
    for row in records(found.claims):
        cells: list[Value] = [row["claim"], LEDGER_KINDS[row["kind"]], row["what"]]
        cells += [row["n_sources"], row["n_mentions"], row["n_separate_texts"]]
        cells += [as_date(row["first_published"]), as_date(row["last_published"])]
        cells.append(", ".join(relations(row["relations"])) or None)
        cells.append(" → ".join(choice(codebook, "attribution", one) for one in row["attributions"]) or None)
        cells.append({True: "yes", False: "no", None: None}[row["drift"]])
        told = [_mention(one, codebook) for one in row["mentions"]]
        cells += [*told[:across], *[None] * (across - len(told)), max(0, len(told) - across) or None]
        rows.append(cells)
    return columns, rows


def _mention(mention: Mapping[str, Any], codebook: Codebook | None) -> str:
    coded = "; ".join(filter(None, (decided(codebook, name, mention) for name in VARIABLES)))
    head = f"{mention['published'] or 'undated'}, {mention['source']}"
    return "\n".join(filter(None, [head, f"“{mention['wording']}”", coded]))
