"""The workbook: a study as sheets for Excel and LibreOffice; which there are, and in which order."""

from collections.abc import Sequence
from pathlib import Path

from annotate.files import whole
from annotate.present.summary import Summary
from annotate.present.workbook.cell import new_workbook
from annotate.present.workbook.guide_sheets import about, codebook
from annotate.present.workbook.passage_sheets import differences, exclusions, left_out, passages, ratings
from annotate.present.workbook.sheet import Sheet, add_sheet, check_rows
from annotate.present.workbook.source_sheets import agreed, claims, sources

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
