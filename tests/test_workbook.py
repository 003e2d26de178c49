import csv
import datetime as dt
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from annotate.codebook.scale import Scale
from annotate.errors import InputError
from annotate.present.summary import summarise
from annotate.present.workbook import write_workbook
from annotate.present.workbook.cell import MOST_LETTERS, as_date, as_text
from annotate.present.workbook.sheet import MOST_ROWS
from annotate.sampling import Interval
from annotate.study.study import read_study
from tests.patience import PATIENCE_SECONDS
from tests.study_example import FORMULA, HOSTILE, LONG, NOTE, export, study

SHEETS = [
    "Sources", "Agreement", "Ledger", "Passages", "Ratings", "Disagreements", "Exclusions", "Codebook", "About",
]  # fmt: skip
TOP = {"Exclusions": 2}  # sentences above the header: the note, and there the count


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workbook")
    example = study(folder)
    summary = summarise(example, interval=Interval(replicates=50))
    path = folder / "study.xlsx"
    write_workbook(path, summary, notes=[NOTE])
    return path, example, summary


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written[0])


def table(book, name):
    """The rows below the header, as dictionaries."""
    skip = TOP.get(name, 1)
    header, *rows = list(book[name].iter_rows(min_row=skip + 1, values_only=True))
    return [dict(zip(header, row, strict=True)) for row in rows]


def column(book, name, title):
    sheet, header = book[name], TOP.get(name, 1) + 1
    place = [cell.value for cell in sheet[header]].index(title) + 1
    return [sheet.cell(row, place) for row in range(header + 1, sheet.max_row + 1)]


def test_the_sheets_stand_in_order_each_with_the_note_on_top(book):
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet["A1"].value == NOTE


@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_has_a_header_in_view_a_filter_and_widths(book, name):
    sheet, header = book[name], TOP.get(name, 1) + 1
    assert re.fullmatch(rf"[B-D]{header + 1}", sheet.freeze_panes)
    assert (
        sheet.auto_filter.ref
        == f"A{header}:{sheet.cell(header, sheet.max_column).column_letter}{sheet.max_row}"
    )
    assert all(cell.value and cell.font.b for cell in sheet[header])
    assert all(5 < sheet.column_dimensions[cell.column_letter].width <= 110 for cell in sheet[header])
    assert sheet.print_title_rows == f"$1:${header}"


def test_sources_are_counted_and_never_ranked(book, written):
    rows = table(book, "Sources")
    assert [row["Source"] for row in rows] == ["All sources", HOSTILE, "Kestwire", "Ommerlight", LONG]
    assert [row["Passages"] for row in rows] == [15, 5, 5, 3, 2]
    assert [row["Annotated passages"] for row in rows] == [14, 4, 5, 3, 2]
    kestwire = rows[2]
    assert kestwire["Attributed"] == pytest.approx(4 / 7)
    assert kestwire["Attributed: n"] == 5
    assert kestwire["Attributed: low"] <= kestwire["Attributed"] <= kestwire["Attributed: high"]
    agreement = written[2].agreement.set_index(["source", "variable", "coefficient"])["value"]
    assert kestwire["Claim type: Gwet's AC1"] == pytest.approx(
        agreement["Kestwire", "claim_type", "gwet_ac1"], rel=1e-14
    )
    assert kestwire["Claim type: n"] == 5


def test_what_is_undefined_is_an_empty_cell_and_a_reason(book):
    hostile = table(book, "Sources")[1]
    assert hostile["Attributed"] is None
    assert "Attributed" in hostile["Undefined, and why"]
    assert "no claim was coded" in hostile["Undefined, and why"]
    for row in table(book, "Agreement"):
        assert (row["Value"] is None) == (row["Undefined because"] is not None)
    alone = [row for row in table(book, "Agreement") if row["Source"] == LONG]
    assert {row["Undefined because"] for row in alone} == {"no item has two ratings"}
    assert {row["n"] for row in alone} == {0}


def test_agreement_holds_every_row_and_every_digit_of_a_spreadsheet(book, written):
    measured = written[2].agreement
    rows = table(book, "Agreement")
    assert len(rows) == len(measured)
    values = [float("nan") if row["Value"] is None else row["Value"] for row in rows]
    assert values == pytest.approx(measured["value"].tolist(), rel=1e-14, nan_ok=True)
    assert rows[0]["Most chosen"] == "practice"
    assert rows[0]["Most chosen: share"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("sheet", "title", "form"),
    [
        ("Sources", "Attributed", "0.0%"),
        ("Sources", "Passages", "#,##0"),
        ("Agreement", "Value", "0.000"),
        ("Agreement", "n", "#,##0"),
        ("Ratings", "Created (UTC)", "yyyy-mm-dd hh:mm:ss"),
        ("Disagreements", "Agreeing pairs", "0.0%"),
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


def test_ratings_are_the_ratings(book, written):
    rows = table(book, "Ratings")
    assert [(row["Item"], row["Annotator"], row["Variable"], row["Category"]) for row in rows] == list(
        written[1].ratings[["item", "annotator", "variable", "category"]].itertuples(index=False, name=None)
    )
    assert isinstance(rows[0]["Annotation"], int)


def test_passages_say_what_was_answered_commented_and_marked(book):
    rows = table(book, "Passages")
    assert len(rows) == 15
    assert rows[0]["Claim type"] == "quantity 2, incident 1"
    assert rows[0]["Flags"] == "unsure + boilerplate 3"
    assert rows[0]["Comments"].startswith("A1: =1+1")
    assert rows[0]["Marked words"].splitlines()[0] == "A1 SOURCE: The harbour office"
    assert "🚢" in rows[2]["Text"]
    assert rows[14]["Annotators"] == 0
    assert rows[14]["Claim type"] is None


def test_only_web_addresses_become_links(book):
    cells = column(book, "Passages", "Address")
    assert [cell.value for cell in cells if cell.hyperlink] == ["https://kestwire.example/a?b=1&c=2"] * 2
    assert cells[0].hyperlink.target == cells[0].value
    assert {cells[3].value, cells[4].value} == {"ftp://kestwire.example/x", "javascript:alert(1)"}


def test_disagreements_fall_and_show_the_answers_side_by_side(book):
    rows = table(book, "Disagreements")
    falling = [row["Disagreement"] for row in rows]
    assert falling == sorted(falling, reverse=True)
    first = rows[0]
    assert (first["Item"], first["Variable"]) == ("p03", "claim_type")
    assert (first["A1"], first["A2"], first["A3"]) == ("incident", "practice", "incident")
    assert first["Agreeing pairs"] == pytest.approx(1 / 3)
    assert all(row["Agreeing pairs"] < 1 for row in rows)


def test_exclusions_are_counted_and_listed(book):
    assert book["Exclusions"]["A2"].value == "Left out: 3 (2 cancelled, 1 unknown category)."
    rows = table(book, "Exclusions")
    assert [(row["Reason"], row["How many with this reason"]) for row in rows] == [
        ("cancelled", 2), ("cancelled", 2), ("unknown_category", 1),
    ]  # fmt: skip


def test_the_codebook_has_every_category_and_about_every_sheet(book, written):
    rows = table(book, "Codebook")
    for variable in written[1].codebook.variables:
        found = [row["Category"] for row in rows if row["Variable"] == variable.name]
        assert found == ([category.id for category in variable.categories] or [None])
    about = table(book, "About")
    assert about[0] == {"Part": "Note", "What": None, "Says": NOTE}
    parts = {row["Part"] for row in about}
    assert parts >= {f"Sheet {name}" for name in SHEETS} | {"Method", "Reference", "Undefined here"}
    assert any("Krippendorff, K. (2019)" in row["Says"] for row in about if row["Part"] == "Reference")


@pytest.mark.parametrize("number", [11, 12, 13, 14])
def test_no_text_becomes_a_formula(book, number):
    text = {11: FORMULA, 12: "+1", 13: "@SUM(A1:A9)", 14: "-2"}[number]
    cell = column(book, "Passages", "Text")[number - 1]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_no_sheet_holds_a_formula_or_an_error(written):
    with zipfile.ZipFile(written[0]) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == len(SHEETS)
    assert not any(re.search(r"<f[ >]|t=\"e\"|t=\"str\"", sheet) for sheet in sheets)


def test_control_characters_are_shown_and_escapes_stay_what_they_are(book):
    text = column(book, "Passages", "Text")[14].value
    assert text.startswith("\t=1+1\\x0bwith a control character")
    assert text.endswith("_x005F_x0041_")  # which a spreadsheet shows as _x0041_
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
    nothing = {name: getattr(summary, name).head(0) for name in ("agreement", "provenance", "disagreements")}
    write_workbook(path, replace(summary, study=bare, **nothing))
    book = openpyxl.load_workbook(path)
    assert book["Ratings"]["A2"].value == "No ratings yet."
    assert book["Agreement"]["A2"].value.startswith("Nothing to measure")
    assert book["Exclusions"]["A1"].value == "Left out: nothing."
    assert [cell.value for cell in book["Sources"]["B"]] == ["Passages", 15, 5, 5, 3, 2]


def test_a_plain_table_of_ratings_makes_a_workbook_too(tmp_path):
    table = tmp_path / "ratings.csv"
    table.write_text(
        "item,source,annotator,variable,category\n1,S,A1,kind,a\n1,S,A2,kind,b\n2,S,A1,kind,a\n2,S,A2,kind,a\n"
    )
    plain = read_study(table)
    summary = summarise(plain, scales={"kind": Scale("nominal")}, interval=Interval(replicates=20))
    path = tmp_path / "plain.xlsx"
    write_workbook(path, summary)
    book = openpyxl.load_workbook(path)
    assert book["Codebook"]["A2"].value == "A plain table of ratings was read: it has no codebook."
    assert [cell.value for cell in book["Sources"][1]][5:] == [
        "Kind: n", "Kind: Percent agreement", "Kind: Krippendorff's alpha", "Kind: Gwet's AC1", "Undefined, and why",
    ]  # fmt: skip


def test_many_annotators_share_a_column(tmp_path):
    table = tmp_path / "ratings.csv"
    lines = [f"1,S,A{n},kind,{'a' if n % 2 else 'b'}" for n in range(1, 101)]
    table.write_text("item,source,annotator,variable,category\n" + "\n".join(lines) + "\n")
    plain = read_study(table)
    summary = summarise(plain, scales={"kind": Scale("nominal")}, interval=Interval(replicates=20))
    path = tmp_path / "crowd.xlsx"
    write_workbook(path, summary)
    header, row = openpyxl.load_workbook(path)["Disagreements"].iter_rows(values_only=True)
    assert header[-1] == "Answers"
    assert row[-1].splitlines()[:3] == ["A1: a", "A2: b", "A3: a"]


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice: apt-get install libreoffice-calc")
def test_libreoffice_opens_it_and_computes_nothing(written, tmp_path):
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,4"
    done = subprocess.run(
        [SOFFICE, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", form,
         "--outdir", tmp_path, written[0]],
        capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    found = tmp_path / "study-Passages.csv"
    assert found.exists(), done.stderr + done.stdout
    with found.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file.readlines()[1:]))
    assert [row["Text"] for row in rows][10:14] == [FORMULA, "+1", "@SUM(A1:A9)", "-2"]
    assert rows[14]["Text"].endswith("_x0041_")
