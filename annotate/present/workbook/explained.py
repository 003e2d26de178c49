"""The sheets that explain: the overview with its charts, the codebook, and what was read and how it was measured."""

import importlib.metadata
import math
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from annotate.frames import records
from annotate.present import wording
from annotate.present.summary import Summary, warnings_of
from annotate.present.wording import SHARES, coefficient
from annotate.present.workbook import annotator_sheet
from annotate.present.workbook.cell import Column, Value
from annotate.present.workbook.sheet import NOTE, PALETTE, Book, Sheet
from annotate.present.workbook.source_sheets import SHOWN, main_variable
from annotate.study.study import Study
from annotate.study.words import Choices, in_words, visible

MOST_SOURCES = 25  # that a chart can show
_PRINTED = 64  # per cent: what is read stands on one page, the charts on the next
READING: Mapping[str, str] = {
    "Overview": "The key figures, charts, what must be known before reading them, and where what stands.",
    "Sources": "One row a source, all sources together first: agreement and provenance side by side.",
    "Agreement": "One row a source and question: the coefficients side by side, with n and the most chosen answer.",
    "Annotators": "How much each annotator did, and how every two agree.",
    "Disagreements": "Where annotators differ: the passage, each one's choice, and a place for the decision of a meeting.",
    "Final labels": "The label of each passage, and who decided it.",
    "Origins": "One row for each claim: how many independent origins it has, who they are, and what hangs on one annotator or document.",
    "Claims": "One row for each passage that carries a claim which recurs, by date: whom it puts it down to.",
    "Passages": "One row a passage, annotated or not, and how often each answer was given.",
    "Ratings": "One row a judgement: an annotator answered a question on a passage. All else is computed from these.",
    "Spans": "One row a marked stretch of text.",
    "Exclusions": "One row for each annotation or answer that was left out, with the reason.",
    "Codebook": "One row a category: what annotators could choose, and what it means.",
    "About": "What was read, with hashes, versions and the seed; how it was measured; what each column means.",
}


def overview(book: Book, summary: Summary, notes: Sequence[str], sheets: Mapping[str, Sheet]) -> Any:
    """Write the first sheet: key figures, warnings in words, agreement over all sources, charts, how to read on."""
    page = book.file.add_worksheet("Overview")
    page.hide_gridlines(2)
    for first, last, width in ((0, 0, 36), (1, 5, 12), (6, 6, 27), (7, 7, 9), (8, 8, 22)):
        page.set_column(first, last, width)
    book.print_setup(page)
    page.set_print_scale(_PRINTED)  # not fitted to the width: then a spreadsheet takes no page break of ours
    page.set_tab_color(PALETTE[0])
    study = summary.study
    title = str(study.about.get("project title", "")) or "Agreement and provenance, by source"
    book.text(page, 0, 0, title, bold=True, font_size=20)
    page.set_row(0, 32)
    row = 1
    for sentence in (wording.NEUTRAL, *notes):
        row = _across(book, page, row, sentence, noted=sentence in notes)
    row = _heading(book, page, row + 1, "Key figures")
    for place, (what, number) in enumerate(wording.counts(study)):
        line, left = row + place // 3, (0, 2, 6)[place % 3]
        book.text(page, line, left, what, font_color="#5C6673", indent=1)
        page.write_number(
            line, left + 1, number, book.look(num_format="#,##0", bold=True, align="left", font_size=13)
        )
        page.set_row(line, 19)
    row += (len(wording.counts(study)) + 2) // 3
    row = _heading(book, page, row + 1, "Know before you read")
    for sentence in warnings_of(summary) or ():
        row = _across(book, page, row, sentence, noted=True)
    row = _heading(book, page, row + 1, "Agreement, all sources together")
    row, table = _agreement(book, page, row, summary)
    row = _heading(book, page, row + 1, "How to read this file")
    for sentence in (wording.READING, wording.UNDEFINED):
        row = _across(book, page, row, sentence)
    for name, said in READING.items():
        if name in sheets or name in ("Annotators", "About"):
            page.write_url(
                row, 0, f"internal:'{name}'!A1", book.look(font_color="#1D5B8F", underline=1, indent=1), name
            )
            page.merge_range(row, 1, row, 8, "", book.look(text_wrap=True))
            page.write_string(row, 1, said, book.look(text_wrap=True))
            row += 1
    _charts(book, page, row + 1, summary, sheets, table)
    return page


def _heading(book: Book, page: Any, row: int, text: str) -> int:
    page.set_row(row, 26)
    book.text(page, row, 0, text, bold=True, font_size=14, valign="bottom")
    return row + 1


def _across(book: Book, page: Any, row: int, sentence: str, *, noted: bool = False) -> int:
    look = book.look(text_wrap=True, align="left", indent=1, **({"bg_color": NOTE} if noted else {}))
    page.merge_range(row, 0, row, 8, "", look)
    page.write_string(row, 0, visible(sentence), look)
    page.set_row(row, 3 + 15.5 * max(1, -(-len(sentence) // 135)))
    return row + 1


def _agreement(book: Book, page: Any, row: int, summary: Summary) -> tuple[int, tuple[int, int, int]]:
    """The table of all sources together; gives the row behind it, its rows and how many coefficients it has."""
    agreement, words = summary.agreement, Choices(summary.study.codebook)
    whole = agreement[agreement["source"].isna()] if len(agreement) else agreement
    if whole.empty:
        book.text(page, row, 0, "Nothing to measure: no passage has been coded yet.", indent=1)
        return row + 1, (row, row, 0)
    names = list(dict.fromkeys(whole["coefficient"]))[:3]
    heads = ["Question", "n", *(coefficient(name).short for name in names)]
    for place, head in enumerate([*heads, *[""] * (5 - len(names) - 1)]):
        book.text(page, row, place, head, bold=True, bottom=2, align="right" if place else "left", indent=1)
    for place, head, side in ((6, "Most chosen answer", "left"), (7, "Its share", "right")):
        book.text(page, row, place, head, bold=True, bottom=2, align=side, indent=1)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for one in records(whole):
        found.setdefault(one["variable"], {})[one["coefficient"]] = one
    first = row + 1
    number, count = book.look(num_format="0.000", align="right"), book.look(num_format="#,##0", align="right")
    error = book.look(num_format="0.000", font_color="#FFFFFF")
    for line, (variable, of) in enumerate(found.items(), start=first):
        one = next(iter(of.values()))
        book.text(page, line, 0, in_words(variable), indent=1)
        page.write_number(line, 1, one["n_pairable_items"], count)
        for place, name in enumerate(names):
            got = of.get(name, {})
            if got.get("value") is None:
                book.text(
                    page, line, 2 + place, "undefined", italic=True, font_color="#5C6673", align="right"
                )
                continue
            page.write_number(line, 2 + place, got["value"], number)
            if got["ci_low"] is not None:  # behind the edge of the page, for the bars of the chart
                page.write_number(line, 26 + 2 * place, got["ci_high"] - got["value"], error)
                page.write_number(line, 27 + 2 * place, got["value"] - got["ci_low"], error)
        if one["prevalent_category"] is not None:
            book.text(page, line, 6, words.label(variable, one["prevalent_category"]), indent=1)
            page.write_number(line, 7, one["prevalence"], book.look(num_format="0%", align="right"))
    page.set_column(26, 31, 9, None, {"hidden": True})
    said = f"{wording.interval_level(summary.confidence)} They stand on the sheet Agreement, and as lines in the chart."
    return _across(book, page, first + len(found), said), (first, first + len(found) - 1, len(names))


def _charts(
    book: Book,
    page: Any,
    row: int,
    summary: Summary,
    sheets: Mapping[str, Sheet],
    table: tuple[int, int, int],
) -> None:
    """Native charts, on a printed page of their own."""
    drawn = []
    first, last, count = table
    if count:
        chart = book.file.add_chart({"type": "column"})
        for place in range(count):
            plus, minus = (
                f"='Overview'!{_cells(first, 26 + 2 * place + end, last, 26 + 2 * place + end)}"
                for end in (0, 1)
            )
            chart.add_series({
                "name": ["Overview", first - 1, 2 + place],
                "categories": ["Overview", first, 0, last, 0],
                "values": ["Overview", first, 2 + place, last, 2 + place],
                "fill": {"color": PALETTE[place]},
                "y_error_bars": {"type": "custom", "plus_values": plus, "minus_values": minus, "line": {"color": "#444444"}},
            })  # fmt: skip
        chart.show_hidden_data()
        _dress(
            chart,
            "Agreement by question, all sources",
            "0.0",
            least=_least(_whole(summary), "value", "ci_low"),
        )
        drawn.append(chart)
    sheet = sheets["Sources"]
    names = sum(1 for _ in _source_names(summary))
    titles = {column.title for column in sheet.columns}
    if 0 < names <= MOST_SOURCES:
        top = sheet.header + 2  # behind the row of all sources together
        shares = [SHARES[name].name for name in SHOWN[1:] if SHARES[name].name in titles]
        for title, series, kind in (
            (
                _AGREED.format(in_words(main_variable(summary.agreement) or "").lower()),
                _short(summary, titles),
                "clustered",
            ),
            ("Ground offered for claims, by source", shares, "percent_stacked"),
        ):
            if not series:
                continue
            chart = book.file.add_chart(
                {"type": "bar", **({} if kind == "clustered" else {"subtype": "stacked"})}
            )
            for place, name in enumerate(series):
                at = sheet.place(name)
                chart.add_series({
                    "name": name,
                    "categories": ["Sources", top, 0, top + names - 1, 0],
                    "values": ["Sources", top, at, top + names - 1, at],
                    "fill": {"color": PALETTE[place]},
                    "gap": 60,
                })  # fmt: skip
            least = 0.0 if series == shares else _least(_by_source(summary), "value")
            _dress(chart, title, "0%" if series == shares else "0.0", least=least, bars=True)
            drawn.append(chart)
    if not drawn:
        return
    page.set_h_pagebreaks([row])
    height = min(max(300, 90 + 36 * names), _PAGE) if names <= MOST_SOURCES else 300
    for chart, (down, left, width) in zip(
        drawn, ((0, 0, 1140), (_DOWN, 0, 560), (_DOWN, 5, 560)), strict=False
    ):
        chart.set_size({"width": width, "height": 320 if not down else height})
        page.insert_chart(row + down, left, chart, {"x_offset": 6, "y_offset": 4})


_DOWN, _PAGE = (
    17,
    700,
)  # rows that the upper chart is high, and pixels that are left below it on a printed page
_AGREED = "Agreement on {}, by source"


def _short(summary: Summary, titles: set[str]) -> list[str]:
    names = [coefficient(name).short for name in dict.fromkeys(summary.agreement["coefficient"])]
    return [name for name in names if name in titles][:3]


def _source_names(summary: Summary) -> set[str]:
    return set(summary.study.passages["source"]) | set(summary.study.ratings["source"])


def _whole(summary: Summary) -> pd.DataFrame:
    return summary.agreement[summary.agreement["source"].isna()]


def _by_source(summary: Summary) -> pd.DataFrame:
    """What the chart of the sources shows."""
    agreement = summary.agreement
    return agreement[agreement["source"].notna() & (agreement["variable"] == main_variable(agreement))]


def _least(rows: pd.DataFrame, *columns: str) -> float:
    """Where an axis starts: at 0, or lower where a coefficient or its interval goes below it, but not below -1."""
    found = rows[list(columns)].apply(pd.to_numeric, errors="coerce").min().min()
    return 0.0 if pd.isna(found) or found >= 0 else max(-1.0, math.floor(10 * found) / 10)


def _dress(chart: Any, title: str, form: str, *, least: float, bars: bool = False) -> None:
    chart.set_title({"name": title, "name_font": {"size": 12, "bold": True}, "overlay": False})
    chart.set_legend({"position": "bottom"})
    value = {
        "min": least,
        "max": 1,
        "num_format": form,
        "major_gridlines": {"visible": True, "line": {"color": "#D9DCE1"}},
    }
    # at the edge, not over bars below 0, and every one of them
    names = {"num_font": {"size": 8 if bars else 9}, "label_position": "low", "interval_unit": 1}
    chart.set_y_axis(names | {"reverse": True} if bars else value)
    chart.set_x_axis(value | {"label_position": "high"} if bars else names)


def _cells(top: int, left: int, bottom: int, right: int) -> str:
    from xlsxwriter.utility import xl_range_abs

    found: str = xl_range_abs(top, left, bottom, right)
    return found


def codebook(study: Study) -> Sheet:
    """One row a category: what could be chosen, and what it means."""
    columns = [
        Column("Question", "text", 20, "What was asked."),
        Column("Label", "long", 28, "What annotators saw."),
        Column("Definition", "long", 80),
        Column("Key", "text", 8, "The key that chooses it."),
        Column(
            "Level", "text", 14, "Nominal, ordinal, interval, ratio, set, free text, marked text or relation."
        ),
        Column("Required", "text", 11),
        Column("In tables", "text", 26, "The id of the category in .csv and .parquet."),
        Column("Variable", "text", 20, "The name of the question in .csv and .parquet."),
    ]
    rows: list[list[Value]] = []

    def add(name: str, categories: Any, level: str, required: str) -> None:
        rows.extend(
            [in_words(name), c.label, c.definition, c.hotkey or None, level, required, c.id, name]
            for c in categories
        )
        if not categories:
            rows.append([in_words(name), None, None, None, level, required, None, name])

    book = study.codebook
    for variable in () if book is None else book.variables:
        add(
            variable.name,
            variable.categories,
            str(variable.level or "free text"),
            "yes" if variable.required else "no",
        )
    for control in () if book is None else book.span_variables:
        add(control.name, control.labels, "marked text", "no")
    if book is not None and book.relations:
        add("relations", book.relations, "relation", "no")
    return Sheet(
        columns, rows, len(rows), empty="A plain table of ratings was read: it has no codebook.", frozen=2
    )


def about(summary: Summary, notes: Sequence[str], sheets: Mapping[str, Sheet], command: str) -> Sheet:
    """Say what was read, how it was measured, and how to read each sheet and column."""
    study, agreement = summary.study, summary.agreement
    columns = [Column("Part", "text", 21), Column("What", "long", 36), Column("Says", "long", 110)]
    rows: list[list[Value]] = [["Note", None, note] for note in notes]
    rows.append(["Note", "What this is not", wording.NEUTRAL])
    rows += [["Read", what, said] for what, said in wording.about(study)]
    rows += [["Read", what, number] for what, number in wording.counts(study)]
    version = f"{importlib.metadata.version('annotate')}, on Python {platform.python_version()}"
    rows += [["Made", "annotate", version], ["Made", "Seed", summary.seed]]
    rows += [["Made", "Command", command]] if command else []
    rows += [["Method", "Side by side", wording.READING]]
    for name in dict.fromkeys(agreement["coefficient"]):
        term = coefficient(name)
        said = f"{term.definition} ({term.reference})" if term.reference else term.definition
        rows.append(["Method", term.name, said])
    rows.append(["Method", "Intervals", f"{wording.interval_level(summary.confidence)} {wording.INTERVALS}"])
    rows.append(["Method", "Undefined", wording.UNDEFINED])
    rows += [["Method", f"{term.name}", term.definition] for term in SHARES.values()]
    rows += [
        ["Method", "Weights of passages", wording.WEIGHTS],
        ["Method", "Disagreement", wording.DISAGREEMENT],
    ]
    rows += [["Method", "Claims that recur", wording.LEDGER]]
    rows += _undefined(agreement)
    for name, reading in READING.items():
        rows.append([f"Sheet {name}", None, reading])
        shown = (
            sheets[name].columns
            if name in sheets
            else annotator_sheet.COLUMNS
            if name == "Annotators"
            else ()
        )
        rows += [[f"Sheet {name}", column.title, column.meaning] for column in shown if column.meaning]
    rows += [["Reference", None, reference] for reference in wording.REFERENCES]
    return Sheet(columns, rows, len(rows), frozen=2)


def _undefined(agreement: pd.DataFrame) -> list[list[Value]]:
    """What is undefined, counted by reason; the rows themselves are on the sheet Agreement."""
    counted = agreement["undefined"].dropna().value_counts()
    return [
        ["Undefined here", f"{number:,} values of agreement", f"{reason} (see the sheet Agreement)"]
        for reason, number in counted.items()
    ]
