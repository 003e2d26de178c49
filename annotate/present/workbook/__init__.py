"""The workbook: a study as sheets for Excel and LibreOffice; which there are, in which order, and those that explain."""

import importlib.metadata
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from annotate.files import whole
from annotate.present import wording
from annotate.present.summary import Summary
from annotate.present.wording import SHARES, coefficient
from annotate.present.workbook.cell import Column, new_workbook
from annotate.present.workbook.passage_sheets import differences, exclusions, left_out, passages, ratings
from annotate.present.workbook.sheet import Rows, Sheet, add_sheet, check_rows
from annotate.present.workbook.source_sheets import agreed, claims, sources
from annotate.study.study import Study

__all__ = ["write_workbook"]

_FROZEN = {"Agreement": 2, "Codebook": 2, "About": 2, "Ledger": 3}
_EMPTY = {
    "Agreement": "Nothing to measure: no passage has been coded yet.",
    "Passages": "No passages.",
    "Ratings": "No ratings yet.",
    "Ledger": "No figure and no text recurs across documents.",
    "Disagreements": "No two annotators gave different answers to one passage.",
    "Exclusions": "Nothing was left out.",
    "Codebook": "A plain table of ratings was read: it has no codebook.",
}


def write_workbook(path: Path, summary: Summary, *, notes: Sequence[str] = ()) -> None:
    """Write a study as a workbook (.xlsx), whole or not at all.

    Parameters
    ----------
    path
        Where to.
    summary
        Of :func:`annotate.present.summary.summarise`.
    notes
        Sentences that a reader must not miss: they stand on top of every sheet.

    Raises
    ------
    InputError
        If a sheet would have more rows than a workbook can hold, or the file cannot be written.

    """
    study = summary.study
    for name, frame in (
        ("Ratings", study.ratings),
        ("Passages", study.passages),
        ("Exclusions", study.exclusions),
        ("Disagreements", summary.disagreements),
    ):
        check_rows(name, len(frame))
    sheets: dict[str, Sheet] = {
        "Sources": sources(summary),
        "Agreement": agreed(summary.agreement),
        "Ledger": claims(summary.ledger, study.codebook),
        "Passages": passages(study),
        "Ratings": ratings(study),
        "Disagreements": differences(study, summary.disagreements),
        "Exclusions": exclusions(study),
        "Codebook": codebook(study),
    }
    for name, (_, rows) in sheets.items():
        check_rows(name, len(rows))
    sheets["About"] = about(summary, notes, sheets)
    top = {"Exclusions": [left_out(study)]}
    book = new_workbook()
    for name, (columns, rows) in sheets.items():
        add_sheet(
            book,
            name,
            columns,
            rows,
            top=[*notes, *top.get(name, [])],
            empty=_EMPTY.get(name, ""),
            bold_first=name == "Sources",
            frozen=_FROZEN.get(name, 1),
        )
    book.properties.title = "Agreement and provenance by source"
    book.properties.creator = "annotate"
    with whole(path) as temporary:
        book.save(temporary)


READING = {
    "Sources": "One row a source, all sources together first. Each share has the ends of its interval and n, the passages it rests on. The order is that of the alphabet: nothing here ranks sources.",
    "Agreement": "One row for each source, variable and coefficient. Read the coefficients of one variable side by side, with n and the most chosen category.",
    "Ledger": "One row a claim: a figure that several sources carry, or a text that documents share, with each passage that carries it in order of date. It follows claims; it does not say which is right.",
    "Passages": "One row a passage, annotated or not, with its text and how often each answer was given.",
    "Ratings": "One row a judgement: an annotator gave a passage a category on a variable. Everything else is computed from these.",
    "Disagreements": "One row for each passage and variable on which annotators differ, passages with most disagreement first, each annotator's answer in a column of its own.",
    "Exclusions": "One row for each annotation or answer that was left out, with the reason.",
    "Codebook": "One row a category: what annotators could choose, and what it means.",
    "About": "What was read and when, and how to read the other sheets.",
}


def codebook(study: Study) -> Sheet:
    """One row a category: what could be chosen, and what it means."""
    columns = [
        Column("Variable", "text", 20, "As it stands in the sheet Ratings."),
        Column("Category", "text", 30, "As it stands in the sheet Ratings."),
        Column("Label", "long", 28, "What annotators saw."),
        Column("Definition", "long", 80),
        Column("Key", "text", 10, "The key that chooses it."),
        Column(
            "Level", "text", 14, "Nominal, ordinal, interval, ratio, set, free text, marked text or relation."
        ),
        Column("Required", "text", 11),
    ]
    if study.codebook is None:
        return columns, []
    rows: Rows = []
    for variable in study.codebook.variables:
        level = str(variable.level or "free text")
        required = "yes" if variable.required else "no"
        rows += [
            [variable.name, c.id, c.label, c.definition, c.hotkey or None, level, required]
            for c in variable.categories
        ] or [[variable.name, None, None, None, None, level, required]]
    further = [(spans.name, spans.labels, "marked text") for spans in study.codebook.span_variables]
    further.append(("relations", study.codebook.relations, "relation"))
    for name, categories, level in further:
        rows += [[name, c.id, c.label, c.definition, c.hotkey or None, level, "no"] for c in categories]
    return columns, rows


def about(summary: Summary, notes: Sequence[str], sheets: dict[str, Sheet]) -> Sheet:
    """Say what was read, how it was measured, and how to read each sheet and column."""
    study, agreement = summary.study, summary.agreement
    columns = [Column("Part", "text", 21), Column("What", "long", 36), Column("Says", "long", 110)]
    rows: Rows = [["Note", None, note] for note in notes]
    rows.append(["Note", "What this is not", wording.NEUTRAL])
    rows += [["Read", wording.ABOUT.get(key, key), str(value)] for key, value in study.about.items()]
    rows += [["Read", what, number] for what, number in wording.counts(study)]
    made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    version = f"{importlib.metadata.version('annotate')}, on Python {platform.python_version()}"
    rows += [["Made", "When", made], ["Made", "annotate", version]]
    rows += [["Method", "Side by side", wording.READING]]
    for name in dict.fromkeys(agreement["coefficient"]):
        term = coefficient(name)
        rows.append(
            [
                "Method",
                term.name,
                f"{term.definition} ({term.reference})" if term.reference else term.definition,
            ]
        )
    rows.append(["Method", "Intervals", f"{wording.interval_level(summary.confidence)} {wording.INTERVALS}"])
    rows.append(["Method", "Undefined", wording.UNDEFINED])
    rows += [["Method", f"{term.name}", term.definition] for term in SHARES.values()]
    rows += [
        ["Method", "Weights of passages", wording.WEIGHTS],
        ["Method", "Disagreement", wording.DISAGREEMENT],
    ]
    rows += _undefined(agreement)
    for name, reading in READING.items():
        rows.append([f"Sheet {name}", None, reading])
        shown = sheets[name][0] if name in sheets else []
        rows += [[f"Sheet {name}", column.title, column.meaning] for column in shown if column.meaning]
    rows += [["Reference", None, reference] for reference in wording.REFERENCES]
    return columns, rows


def _undefined(agreement: pd.DataFrame) -> Rows:
    """What is undefined, counted by reason; the rows themselves are on the sheet Agreement."""
    counted = agreement["undefined"].dropna().value_counts()
    return [
        ["Undefined here", f"{number:,} values of agreement", f"{reason} (see the sheet Agreement)"]
        for reason, number in counted.items()
    ]
