"""The workbook: a study as sheets for Excel and LibreOffice; which there are, and in which order."""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from annotate.files import refuse_ending, whole
from annotate.present.summary import Summary
from annotate.present.workbook.annotator_sheet import annotators
from annotate.present.workbook.cell import as_date
from annotate.present.workbook.explained import about, codebook, overview
from annotate.present.workbook.label_sheets import (
    DISAGREEMENTS,
    differences,
    final_labels_sheet,
    lists_of,
    read_decisions_sheet,
)
from annotate.present.workbook.passage_sheets import exclusions, passages, ratings, spans
from annotate.present.workbook.sheet import Book, Sheet, check_rows
from annotate.present.workbook.source_sheets import agreed, claims, origins, sources

__all__ = ["read_decisions_sheet", "write_workbook"]

_LISTS = "Lists"
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 (a file's date has no zone)


def write_workbook(path: Path, summary: Summary, *, notes: Sequence[str] = (), command: str = "") -> None:
    """Write a study as a workbook (.xlsx), whole or not at all. The same summary gives the same bytes.

    Parameters
    ----------
    path
        Where to.
    summary
        Of :func:`annotate.present.summary.summarise`.
    notes
        Sentences that a reader must not miss: they stand on the first sheet.
    command
        The command that makes it, for the last sheet.

    Raises
    ------
    InputError
        If the name does not end in .xlsx, a sheet would have more rows than a workbook can hold, or the file cannot be written.

    """
    refuse_ending(path, ".xlsx", "a workbook")
    study = summary.study
    variables = list(dict.fromkeys(summary.disagreements["variable"]))
    offered = lists_of(study, variables)
    ranges = {name: _range(place, len(labels)) for place, (name, labels) in enumerate(offered.items())}
    sheets: dict[str, Sheet] = {
        "Sources": sources(summary),
        "Agreement": agreed(summary),
        DISAGREEMENTS: differences(summary, ranges),
        "Final labels": final_labels_sheet(summary),
        "Claims": claims(summary),
        "Origins": origins(summary),
        "Passages": passages(study),
        "Ratings": ratings(study),
        "Spans": spans(study),
        "Exclusions": exclusions(study),
        "Codebook": codebook(study),
    }
    sheets["About"] = about(summary, notes, sheets, command)
    for name, sheet in sheets.items():
        check_rows(name, sheet.count)
    with whole(path) as temporary, tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "book.xlsx"
        book = Book(made, title=str(study.about.get("project title", "annotate")), created=_created(summary))
        overview(book, summary, notes, sheets)
        for name, sheet in sheets.items():
            book.add(name, sheet)
            if name == "Agreement":
                annotators(book, summary)
        _lists(book, offered)
        book.file.close()
        temporary.write_bytes(made.read_bytes())


def _created(summary: Summary) -> datetime:
    """When the data were pulled: a file's own date would make two of the same study differ."""
    pulled = summary.study.about.get("pulled_at") or summary.study.about.get("merged_at")
    found = as_date(pulled)
    return found if isinstance(found, datetime) else _EPOCH


def _range(place: int, count: int) -> str:
    from xlsxwriter.utility import xl_range_abs

    return f"='{_LISTS}'!{xl_range_abs(1, place, count, place)}"


def _lists(book: Book, offered: dict[str, tuple[str, ...]]) -> None:
    """What the drop-down lists offer, on a hidden sheet of its own."""
    if not offered:
        return
    page = book.file.add_worksheet(_LISTS)
    page.hide()
    for row in range(1 + max(map(len, offered.values()))):
        for place, (name, labels) in enumerate(offered.items()):
            line = [name, *labels]
            if row < len(line):
                book.text(page, row, place, line[row])
