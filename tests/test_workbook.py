import csv
import datetime as dt
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

from annotate.codebook.scale import Scale
from annotate.coordination.adjudication import decisions_of_table
from annotate.errors import InputError
from annotate.present.summary import summarise
from annotate.present.workbook import read_decisions_sheet, write_workbook
from annotate.present.workbook.cell import MOST_LETTERS, as_date, as_text
from annotate.present.workbook.explained import READING
from annotate.present.workbook.sheet import MOST_ROWS
from annotate.sampling import Interval
from annotate.study.study import read_study
from annotate.study.words import Choices
from tests.patience import PATIENCE_SECONDS
from tests.study_example import FORMULA, HOSTILE, LONG, NOTE, export, study

EXAMPLE = Path(__file__).parent.parent / "exports" / "example"
SHEETS = [
    "Overview", "Sources", "Agreement", "Annotators", "Disagreements", "Final labels", "Claims", "Origins", "Passages", "Ratings",
    "Spans", "Exclusions", "Codebook", "About", "Lists",
]  # fmt: skip
TABLES = [name for name in SHEETS if name not in ("Overview", "Lists")]
FIRST = {  # the first heading of each table, by which its row of headings is found
    "Sources": "Source", "Agreement": "Source", "Annotators": "Annotator", "Disagreements": "Passage",
    "Final labels": "Passage", "Claims": "Claim", "Origins": "Claim", "Passages": "Passage", "Ratings": "Source", "Spans": "Marked words",
    "Exclusions": "Reason", "Codebook": "Question", "About": "Part",
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workbook")
    example = study(folder)
    summary = summarise(example, interval=Interval(replicates=50))
    path = folder / "study.xlsx"
    write_workbook(path, summary, notes=[NOTE], command="annotate workbook export.json --seed 0")
    return path, example, summary


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written[0])


def header_of(book, name):
    """The row of the headings: it is bold, and has a filter."""
    sheet = book[name]
    return next(
        row for row in range(1, 12) if sheet.cell(row, 1).value == FIRST[name] and sheet.cell(row, 1).font.b
    )


def table(book, name):
    """The rows below the header, as dictionaries."""
    header, *rows = list(book[name].iter_rows(min_row=header_of(book, name), values_only=True))
    return [dict(zip(header, row, strict=True)) for row in rows]


def column(book, name, title):
    sheet, header = book[name], header_of(book, name)
    place = [cell.value for cell in sheet[header]].index(title) + 1
    return [sheet.cell(row, place) for row in range(header + 1, sheet.max_row + 1)]


def test_the_sheets_stand_in_order_the_overview_first_and_about_last(book):
    assert book.sheetnames == SHEETS
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["Lists"]
    said = [cell.value for row in book["Overview"].iter_rows(max_row=6) for cell in row if cell.value]
    assert NOTE in said


@pytest.mark.parametrize("name", TABLES)
def test_every_sheet_has_a_header_in_view_a_filter_and_widths(book, name):
    sheet, header = book[name], header_of(book, name)
    assert re.fullmatch(rf"[B-D]{header + 1}", sheet.freeze_panes)
    assert sheet.auto_filter.ref.startswith(f"A{header}:")
    titles = [cell for cell in sheet[header] if cell.value]
    assert all(cell.font.b for cell in titles)
    widths = expanded_widths(sheet)
    for cell in titles:
        longest = max(map(len, cell.value.split()))
        assert widths[cell.column] >= longest + 4, cell.value  # with the button of the filter beside it
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    if name == "Annotators":  # matrices with headings of their own stand below
        assert sheet.print_title_rows is None
        assert sheet.page_setup.fitToHeight != 0  # as many pages as are said, not as many as it takes
    else:
        assert sheet.print_title_rows.endswith(f"${header}")


def expanded_widths(sheet):
    """The width of each column: a file gives one for a run of them."""
    return {
        place: found.width
        for found in sheet.column_dimensions.values()
        for place in range(found.min, found.max + 1)
    }


def visible_titles(book, name):
    sheet, header = book[name], header_of(book, name)
    hidden = {
        place
        for found in sheet.column_dimensions.values()
        if found.hidden
        for place in range(found.min, found.max + 1)
    }
    return [cell.value for cell in sheet[header] if cell.value and cell.column not in hidden]


def test_of_a_source_ten_figures_stand_in_sight_and_the_rest_is_folded(book):
    assert visible_titles(book, "Sources") == [
        "Source", "Passages", "Coded by two", "Percent", "Alpha", "AC1", "Claims", "Attributed", "Primary ground",
        "Secondary ground", "No ground offered", "Undefined, and why",
    ]  # fmt: skip
    titles = [cell.value for cell in book["Sources"][header_of(book, "Sources")]]
    assert {"Attributed: low", "Attributed: high", "Attributed: n", "Claim type: Alpha"} <= set(titles)


@pytest.mark.parametrize(
    "name", ["Sources", "Agreement", "Disagreements", "Final labels", "Claims", "Passages"]
)
def test_no_id_stands_in_sight_of_a_reading_sheet(book, written, name):
    study_read = written[1]
    ids = set(study_read.passages["item"]) | {
        c.id for v in study_read.codebook.variables for c in v.categories
    }
    ids -= {c.label for v in study_read.codebook.variables for c in v.categories}
    for title in visible_titles(book, name):
        assert not ids & {cell.value for cell in column(book, name, title)}, title


def test_sources_are_counted_and_never_ranked(book, written):
    rows = table(book, "Sources")
    assert [row["Source"] for row in rows] == ["All sources", HOSTILE, "Kestwire", "Ommerlight", LONG]
    assert [row["Passages"] for row in rows] == [15, 5, 5, 3, 2]
    assert [row["Annotated"] for row in rows] == [14, 4, 5, 3, 2]
    shares = written[2].provenance.set_index(["source", "measure"])
    agreement = written[2].agreement.set_index(["source", "variable", "coefficient"])
    kestwire, counted = rows[2], shares.loc[("Kestwire", "attributed_share")]
    assert kestwire["Attributed"] == pytest.approx(4 / 7)
    assert kestwire["Attributed: n"] == 5
    assert [kestwire["Attributed: low"], kestwire["Attributed: high"]] == pytest.approx(
        [counted["ci_low"], counted["ci_high"]]
    )
    for title, key in (
        ("Percent", "percent_agreement"),
        ("Alpha", "krippendorff_alpha"),
        ("AC1", "gwet_ac1"),
    ):
        measured = agreement.loc[("Kestwire", "evidentiary_basis", key)]
        assert kestwire[title] == pytest.approx(measured["value"], rel=1e-14)
        assert kestwire[f"{title}: low"] == pytest.approx(measured["ci_low"], rel=1e-14)
        other = agreement.loc[("Kestwire", "claim_type", key), "value"]
        assert kestwire[f"Claim type: {title}"] == pytest.approx(other, rel=1e-14)


def test_what_is_undefined_is_an_empty_cell_and_a_reason(book):
    hostile = table(book, "Sources")[1]
    assert hostile["Attributed"] is None
    assert "Attributed" in hostile["Undefined, and why"]
    assert "no claim was coded" in hostile["Undefined, and why"]
    for row in table(book, "Agreement"):
        empty = any(row[name] is None for name in ("Percent", "Alpha", "AC1"))
        assert empty == (row["Undefined because"] is not None)
    alone = [row for row in table(book, "Agreement") if row["Source"] == LONG]
    assert {row["Undefined because"] for row in alone} == {"no item has two ratings"}
    assert {row["n"] for row in alone} == {0}


def test_agreement_holds_every_value_and_every_digit_of_a_spreadsheet(book, written):
    measured = written[2].agreement
    rows = table(book, "Agreement")
    shown = [
        float("nan") if row[f"{name}{part}"] is None else row[f"{name}{part}"]
        for row in rows
        for name in ("Percent", "Alpha", "AC1")
        for part in ("", ": low", ": high")
    ]
    wanted = [
        value
        for _, of in measured.groupby(["source", "variable"], sort=False, dropna=False)
        for value in of[["value", "ci_low", "ci_high"]].to_numpy().ravel()
    ]
    assert shown == pytest.approx(wanted, rel=1e-14, nan_ok=True)
    assert rows[0]["Most chosen"] == "Ongoing pattern"
    assert rows[0]["Its share"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("sheet", "title", "form"),
    [
        ("Sources", "Attributed", "0%"),
        ("Sources", "Passages", "#,##0"),
        ("Agreement", "Alpha", "0.000"),
        ("Agreement", "n", "#,##0"),
        ("Ratings", "Changed (UTC)", "yyyy-mm-dd hh:mm:ss"),
        ("Disagreements", "Agreeing pairs", "0%"),
    ],
)
def test_numbers_have_their_formats(book, sheet, title, form):
    assert {cell.number_format for cell in column(book, sheet, title) if cell.value is not None} == {form}


def test_dates_are_dates_and_moments_are_in_utc(book):
    published = [cell.value for cell in column(book, "Passages", "Published")]
    assert published[0] == dt.datetime.fromisoformat("2024-05-01")  # openpyxl reads a day as its midnight
    assert published[3] == "2024"
    assert published[4] == "May 2024"
    assert published[5] == dt.datetime.fromisoformat("2024-06-10T06:30")
    assert published[8] == "1899-12-01"
    assert table(book, "Ratings")[0]["Changed (UTC)"] == dt.datetime.fromisoformat("2026-01-01T10:30")


def test_ratings_are_the_ratings_in_the_words_of_the_codebook(book, written):
    rows = table(book, "Ratings")
    assert [(row["Item"], row["Annotator"]) for row in rows] == list(
        written[1].ratings[["item", "annotator"]].itertuples(index=False, name=None)
    )
    words = Choices(written[1].codebook)
    for row, rating in zip(rows, written[1].ratings.to_dict("records"), strict=True):
        assert words.category(rating["variable"], row["Answer"]) == rating["category"]
    assert isinstance(rows[0]["Annotation"], int)


def test_passages_say_what_was_answered_commented_and_marked(book):
    rows = table(book, "Passages")
    assert len(rows) == 15
    assert rows[0]["Claim type"] == "Number or rank 2, Specific event 1"
    assert rows[0]["Flags"] == "Unsure + Boilerplate 3"
    assert rows[0]["Comments"].startswith("A1: =1+1")
    assert rows[0]["Marked words"].splitlines()[0] == "A1 SOURCE: The harbour office"
    assert "🚢" in rows[2]["Passage"]
    assert rows[14]["Annotators"] == 0
    assert rows[14]["Claim type"] is None


def test_only_web_addresses_become_links(book):
    cells = column(book, "Passages", "Address")
    assert [cell.value for cell in cells if cell.hyperlink] == ["https://kestwire.example/a?b=1&c=2"] * 2
    assert cells[0].hyperlink.target == cells[0].value
    assert {cells[3].value, cells[4].value} == {"ftp://kestwire.example/x", "javascript:alert(1)"}


def test_disagreements_show_the_passage_and_the_choices_side_by_side(book, written):
    rows = table(book, "Disagreements")
    assert len(rows) == len(written[2].disagreements)
    first = rows[0]
    assert (first["Item"], first["Question"]) == ("p03", "Claim type")
    assert first["Passage"].startswith("The ministry denies")
    assert (first["A1"], first["A2"], first["A3"]) == ("Specific event", "Ongoing pattern", "Specific event")
    assert first["Agreeing pairs"] == pytest.approx(1 / 3)
    assert all(row["Agreeing pairs"] < 1 for row in rows)
    assert {row["Decision"] for row in rows} == {None}


def test_each_decision_offers_the_codebook_s_own_words(book, written):
    sheet, lists = book["Disagreements"], book["Lists"]
    offered = {
        str(cells): one.formula1
        for one in sheet.data_validations.dataValidation
        for cells in one.sqref.ranges
    }
    words = Choices(written[1].codebook)
    rows = table(book, "Disagreements")
    cells = column(book, "Disagreements", "Decision")
    assert len(cells) == len(rows)
    for cell, row in zip(cells, rows, strict=True):
        place = offered[cell.coordinate].removeprefix("'Lists'!").replace("$", "")
        told = [one.value for (one,) in lists[place]]
        assert tuple(told) == words.offered(row["Variable"])


def decide(path, decisions, to):
    """Fill in the yellow columns as a person does."""
    book = openpyxl.load_workbook(path)
    sheet, header = book["Disagreements"], header_of(book, "Disagreements")
    places = {cell.value: cell.column for cell in sheet[header]}
    for row in range(header + 1, sheet.max_row + 1):
        key = (sheet.cell(row, places["Item"]).value, sheet.cell(row, places["Variable"]).value)
        for title, value in zip(("Decision", "Decided by", "Remark"), decisions.get(key, ()), strict=False):
            sheet.cell(row, places[title]).value = value
    book.save(to)


def test_decisions_of_a_meeting_come_back_with_who_made_them(written, tmp_path):
    path, example, _ = written
    filled = tmp_path / "filled.xlsx"
    given = {
        ("p03", "claim_type"): ("Ongoing pattern", "Mirel", "it recurs"),
        ("p05", "claim_type"): ("No claim", "Mirel", None),
    }
    decide(path, given, filled)
    made = decisions_of_table(read_decisions_sheet(filled), example, where="filled.xlsx")
    assert made.categories[["item", "variable", "category", "decided_by"]].to_numpy().tolist() == [
        ["p03", "claim_type", "practice", "Mirel"], ["p05", "claim_type", "no_claim", "Mirel"],
    ]  # fmt: skip
    assert made.categories["remark"].tolist() == ["it recurs", ""]
    summary = summarise(example, interval=Interval(replicates=20), decisions=made)
    labels = summary.labels.set_index(["item", "variable"])
    assert labels.loc[("p03", "claim_type"), ["category", "method", "decided_by"]].tolist() == [
        "practice", "adjudicated", "A4",
    ]  # fmt: skip
    assert labels.loc[("p03", "certainty"), "method"] != "adjudicated"
    # no claim: what is asked of claims only has no answer any more
    assert labels.loc[("p05", "attribution"), ["category", "method"]].tolist() == [None, "adjudicated"]
    again = tmp_path / "again.xlsx"
    write_workbook(again, summary)
    rows = {row["Item"]: row for row in table(openpyxl.load_workbook(again), "Final labels")}
    assert rows["p03"]["Claim type"] == "Ongoing pattern"
    assert rows["p03"]["Claim type: decided"] == "A4 decided"
    assert "A4 decided: Claim type" in rows["p03"]["Decided by"]
    assert rows["p05"]["Attribution"] is None
    shown = {
        (row["Item"], row["Variable"]): row for row in table(openpyxl.load_workbook(again), "Disagreements")
    }
    assert shown["p03", "claim_type"]["Decision"] == "Ongoing pattern"
    assert shown["p03", "claim_type"]["Decided by"] == "A4"


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (("A riddle", "Mirel"), "'A riddle' is not in the codebook, which has No claim, Call for action"),
        (("No claim", None), "nobody is named who decided; write a name into the column beside it"),
    ],
)
def test_a_decision_that_cannot_be_read_is_said_with_its_place(written, tmp_path, decision, words):
    filled = tmp_path / "filled.xlsx"
    decide(written[0], {("p03", "claim_type"): decision}, filled)
    with pytest.raises(InputError, match=r"passage p03, claim_type: ") as raised:
        decisions_of_table(read_decisions_sheet(filled), written[1], where="filled.xlsx")
    assert words in str(raised.value)


def test_what_is_no_workbook_of_ours_is_refused(tmp_path):
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    for name, words in (
        ("other.xlsx", "has no sheet Disagreements"),
        ("text.xlsx", "not a .xlsx file"),
        ("none.xlsx", "no such file"),
    ):
        with pytest.raises(InputError, match=words):
            read_decisions_sheet(tmp_path / name)


def test_claims_have_a_row_for_each_mention(tmp_path):
    example = read_study(EXAMPLE)
    summary = summarise(example, interval=Interval(replicates=20))
    write_workbook(tmp_path / "example.xlsx", summary)
    rows = table(openpyxl.load_workbook(tmp_path / "example.xlsx"), "Claims")
    mentions = summary.ledger.mentions
    assert len(rows) == len(mentions) > 20
    assert [(row["Claim"], row["Source"], row["In these words"], row["Item"]) for row in rows] == list(
        mentions[["claim", "source", "wording", "item"]].itertuples(index=False, name=None)
    )
    assert {row["Attributions"] for row in rows} <= {"differ", "the same", None}


def test_annotators_have_a_matrix_for_each_question(book, written):
    rows = table(book, "Annotators")
    assert [row["Annotator"] for row in rows[:3]] == ["A1", "A2", "A3"]
    first = written[1].first_round
    assert [row["Judgements"] for row in rows[:3]] == first["annotator"].value_counts().loc[
        ["A1", "A2", "A3"]
    ].tolist()
    sheet = book["Annotators"]
    top = next(
        row for row in range(1, 20) if str(sheet.cell(row, 1).value).startswith("Claim type: Krippendorff")
    )
    pairs = written[2].pairs.set_index(["variable", "annotator_a", "annotator_b"])["krippendorff_alpha"]
    assert sheet.cell(top + 2, 3).value == pytest.approx(pairs["claim_type", "A1", "A2"], rel=1e-14)
    assert sheet.cell(top + 3, 2).value == sheet.cell(top + 2, 3).value
    assert len(sheet.conditional_formatting) == written[2].pairs["variable"].nunique()


def test_repeats_are_counted_apart(tmp_path):
    tasks = export()
    again = {
        **tasks[0],
        "id": 99,
        "data": {**tasks[0]["data"], "passage_id": "p01-2", "repeat_of": "p01", "round": 2},
        "annotations": [{**one, "id": 900 + one["id"]} for one in tasks[0]["annotations"]],
    }
    once, twice = study(tmp_path, tasks), study(tmp_path, [*tasks, again])
    assert len(twice.ratings) > len(once.ratings)
    write_workbook(tmp_path / "twice.xlsx", summarise(twice, interval=Interval(replicates=20)))
    write_workbook(tmp_path / "once.xlsx", summarise(once, interval=Interval(replicates=20)))
    books = [openpyxl.load_workbook(tmp_path / f"{name}.xlsx") for name in ("once", "twice")]
    for name in ("Sources", "Agreement", "Disagreements", "Final labels", "Passages"):
        assert table(books[0], name) == table(books[1], name), name
    said = [
        cell.value for row in books[1]["Overview"].iter_rows() for cell in row if isinstance(cell.value, str)
    ]
    assert any("of passages that came a second time are counted apart" in one for one in said)
    assert table(books[1], "Annotators")[0]["A second time"] == 1
    assert table(books[1], "Annotators")[0]["Judgements"] == table(books[0], "Annotators")[0]["Judgements"]


def test_exclusions_are_counted_and_listed(book):
    assert book["Exclusions"]["A1"].value == "Left out: 3 (2 cancelled, 1 unknown category)."
    rows = table(book, "Exclusions")
    assert [(row["Reason"], row["How many with this reason"]) for row in rows] == [
        ("Cancelled", 2), ("Cancelled", 2), ("Unknown category", 1),
    ]  # fmt: skip


def test_the_codebook_has_every_category_and_about_every_sheet(book, written):
    rows = table(book, "Codebook")
    for variable in written[1].codebook.variables:
        found = [row["In tables"] for row in rows if row["Variable"] == variable.name]
        assert found == ([category.id for category in variable.categories] or [None])
    about = table(book, "About")
    assert about[0] == {"Part": "Note", "What": None, "Says": NOTE}
    parts = {row["Part"] for row in about}
    assert parts >= {f"Sheet {name}" for name in SHEETS if name != "Lists"} | {
        "Method",
        "Reference",
        "Undefined here",
    }
    explained = {row["What"] for row in about if row["Part"] == "Sheet Annotators"}
    assert {"Annotator", "Passages", "Median seconds", "With the others"} <= explained
    told = {row["What"]: row["Says"] for row in about if row["Part"] in ("Read", "Made")}
    assert told["Read from"] == "export.json"
    assert re.fullmatch("[0-9a-f]{64}", told["Data, SHA-256"])
    assert (told["Seed"], told["Command"]) == (0, "annotate workbook export.json --seed 0")
    assert any("Krippendorff, K. (2019)" in row["Says"] for row in about if row["Part"] == "Reference")


def test_the_overview_has_native_charts_and_the_figures_of_the_library(written, book):
    with zipfile.ZipFile(written[0]) as archive:
        charts = [
            archive.read(name).decode() for name in archive.namelist() if re.match(r"xl/charts/chart\d", name)
        ]
    assert len(charts) == 3
    assert sum("errBars" in chart for chart in charts) == 1
    assert all('<c:tickLblSkip val="1"/>' in chart for chart in charts)  # every name, not every second one
    rows = [[cell.value for cell in row] for row in book["Overview"].iter_rows()]
    row = next(row for row in rows if row[0] == "Claim type")
    whole = written[2].agreement[written[2].agreement["source"].isna()].set_index(["variable", "coefficient"])
    order = ("percent_agreement", "krippendorff_alpha", "gwet_ac1")
    assert row[2:5] == pytest.approx([whole.loc[("claim_type", name), "value"] for name in order])
    assert row[1] == whole.loc[("claim_type", "gwet_ac1"), "n_pairable_items"]


def test_the_overview_prints_what_is_read_on_one_page_and_the_charts_on_the_next(book):
    sheet = book["Overview"]
    assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage
    (one,) = sheet.row_breaks.brk
    named = [cell.row for cell in sheet["A"] if cell.hyperlink]
    assert [sheet.cell(row, 1).value for row in named] == list(READING)[1:]
    assert max(named) <= one.id < 62  # rows of a page at this scale


def test_a_chart_shows_a_coefficient_below_0(tmp_path):
    ratings = tmp_path / "ratings.csv"
    lines = [f"{n},S,{who},kind,{'ab'[(n + (who == 'A2')) % 2]}" for n in range(12) for who in ("A1", "A2")]
    ratings.write_text("item,source,annotator,variable,category\n" + "\n".join(lines) + "\n")
    summary = summarise(
        read_study(ratings), scales={"kind": Scale("nominal")}, interval=Interval(replicates=20)
    )
    assert summary.agreement["value"].min() < -0.5
    write_workbook(tmp_path / "apart.xlsx", summary)
    with zipfile.ZipFile(tmp_path / "apart.xlsx") as archive:
        charts = [
            archive.read(one).decode() for one in archive.namelist() if re.match(r"xl/charts/chart\d", one)
        ]
    least = [float(one) for chart in charts for one in re.findall(r'<c:min val="([^"]+)"', chart)]
    assert len(least) == 2
    assert max(least) <= -0.9


def test_a_passage_that_stood_in_the_row_above_is_on_one_line(book):
    cells = column(book, "Disagreements", "Passage")
    again = [one for before, one in pairwise(cells) if before.value == one.value]
    assert again
    assert not any(one.alignment.wrap_text for one in again)


@pytest.mark.parametrize("number", [11, 12, 13, 14])
def test_no_text_becomes_a_formula(book, number):
    text = {11: FORMULA, 12: "+1", 13: "@SUM(A1:A9)", 14: "-2"}[number]
    cell = column(book, "Passages", "Passage")[number - 1]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_no_sheet_holds_a_formula_or_an_error(written):
    with zipfile.ZipFile(written[0]) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == len(SHEETS)
    assert not any(re.search(r"<f[ >]|t=\"e\"|t=\"str\"", sheet) for sheet in sheets)


def test_hostile_texts_are_plain_text_on_every_sheet(tmp_path):
    tasks = export()
    hostile = {
        2: '=HYPERLINK("http://x.invalid","click")</t></is><script>alert(1)</script>',
        3: "\x1b[31mred\x1b[0m \u202eesrever\x00 javascript:alert(1) _x0041_",
        4: "x" * 40_000,
    }
    for place, text in hostile.items():
        tasks[place]["data"] |= {"text": text, "source": text[:60], "title": text[:80]}
    example = study(tmp_path, tasks)
    path = tmp_path / "hostile.xlsx"
    write_workbook(path, summarise(example, interval=Interval(replicates=20)))
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n", "d", "inlineStr"}, cell
                assert not (isinstance(cell.value, str) and re.search("[\x00-\x08\x0b-\x1f\x7f]", cell.value))
    texts = [cell.value for cell in column(book, "Passages", "Passage")]
    assert texts[2] == hostile[2]
    assert texts[3].startswith("\\x1b[31mred\\x1b[0m ")
    assert texts[3].endswith(
        "\\x00 javascript:alert(1) _x005F_x0041_"
    )  # which a spreadsheet shows as _x0041_
    assert texts[4].endswith("… [cut: 40,000 characters in all]")
    assert len(texts[4]) <= MOST_LETTERS


def test_the_same_study_gives_the_same_bytes(written, tmp_path):
    for name in ("one.xlsx", "other.xlsx"):
        again = study(tmp_path)
        write_workbook(tmp_path / name, summarise(again, interval=Interval(replicates=50)), notes=[NOTE])
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()


def test_control_characters_are_shown_and_escapes_stay_what_they_are(book):
    text = column(book, "Passages", "Passage")[14].value
    assert text.startswith("\t=1+1\\x0bwith a control character")
    assert text.endswith("_x0041_")
    assert column(book, "Passages", "Title")[14].value == "#N/A"
    assert column(book, "Passages", "Title")[14].data_type == "s"


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark():
    cut = as_text("🚢" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= MOST_LETTERS
    assert cut.endswith(" … [cut: 20,000 characters in all]")
    assert as_text("x" * MOST_LETTERS) == "x" * MOST_LETTERS


@pytest.mark.parametrize(
    "text", ["2024-13-01", "2024-05-01T99:00", "0001-01-01", "9999-12-31T23:59:59-23:59", "20240501"]
)
def test_what_is_no_date_stays_text(text):
    assert as_date(text) == text


def test_more_rows_than_a_sheet_holds_is_refused_before_anything_is_written(written, tmp_path):
    _, example, summary = written
    many = example.ratings.iloc[[0] * (MOST_ROWS + 1)]
    path = tmp_path / "much.xlsx"
    with pytest.raises(InputError, match=r"^workbook: 1,048,577 rows .* sheet Ratings, .*\.parquet instead$"):
        write_workbook(path, replace(summary, study=replace(example, ratings=many)))
    assert list(tmp_path.iterdir()) == []


def test_a_study_nobody_annotated_says_so(tmp_path, written):
    _, _, summary = written
    bare = study(tmp_path, [{**task, "annotations": []} for task in export()])
    path = tmp_path / "bare.xlsx"
    names = ("agreement", "provenance", "disagreements", "pairs", "labels")
    nothing = {name: getattr(summary, name).head(0) for name in names}
    write_workbook(path, replace(summary, study=bare, **nothing))
    book = openpyxl.load_workbook(path)
    assert table(book, "Ratings")[0]["Source"] == "No ratings yet."
    assert table(book, "Agreement")[0]["Source"].startswith("Nothing to measure")
    assert book["Exclusions"]["A1"].value == "Left out: nothing."
    assert [row["Passages"] for row in table(book, "Sources")] == [15, 5, 5, 3, 2]


def test_a_plain_table_of_ratings_makes_a_workbook_too(tmp_path):
    ratings = tmp_path / "ratings.csv"
    ratings.write_text(
        "item,source,annotator,variable,category\n1,S,A1,kind,a\n1,S,A2,kind,b\n2,S,A1,kind,a\n2,S,A2,kind,a\n"
    )
    plain = read_study(ratings)
    summary = summarise(plain, scales={"kind": Scale("nominal")}, interval=Interval(replicates=20))
    path = tmp_path / "plain.xlsx"
    write_workbook(path, summary)
    book = openpyxl.load_workbook(path)
    assert table(book, "Codebook")[0]["Question"] == "A plain table of ratings was read: it has no codebook."
    assert visible_titles(book, "Sources") == [
        "Source", "Passages", "Coded by two", "Percent", "Alpha", "AC1", "Undefined, and why",
    ]  # fmt: skip


def test_many_annotators_share_a_column(tmp_path):
    ratings = tmp_path / "ratings.csv"
    lines = [f"1,S,A{n},kind,{'a' if n % 2 else 'b'}" for n in range(1, 101)]
    ratings.write_text("item,source,annotator,variable,category\n" + "\n".join(lines) + "\n")
    plain = read_study(ratings)
    summary = summarise(plain, scales={"kind": Scale("nominal")}, interval=Interval(replicates=20))
    path = tmp_path / "crowd.xlsx"
    write_workbook(path, summary)
    (row,) = table(openpyxl.load_workbook(path), "Disagreements")
    assert row["Answers"].splitlines()[:3] == ["A1: a", "A2: b", "A3: a"]


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice: apt-get install libreoffice-calc")
def test_libreoffice_opens_it_and_computes_nothing(written, tmp_path):
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,9"
    done = subprocess.run(
        [SOFFICE, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", form,
         "--outdir", tmp_path, written[0]],
        capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    found = tmp_path / "study-Passages.csv"
    assert found.exists(), done.stderr + done.stdout
    with found.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file.readlines()[1:]))
    assert [row["Passage"] for row in rows][10:14] == [FORMULA, "+1", "@SUM(A1:A9)", "-2"]
    assert rows[14]["Passage"].endswith("_x0041_")
