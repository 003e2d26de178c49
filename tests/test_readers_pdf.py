"""PDF files: lines become paragraphs, and what runs over the pages is left out."""

import html
import io
import random
from pathlib import Path

import pypdf
import pytest

from annotate.corpus import ingest
from annotate.corpus.readers import read_documents
from annotate.errors import InputError
from tests.pdf_example import column, pdf

FIRST = """The harbour office counted the barges twice on that day, and
both counts were sent to Ostrava Bay before noon. Nobody kept
the list.
The second paragraph begins with a short line before it, and it
goes on over the end of the page because its sen-"""
SECOND = """tence is not over. Here it is, the sentence.
A third one, of two lines, which is long enough to be taken for
running text."""


def read(tmp_path: Path, data: bytes):
    (tmp_path / "a.pdf").write_bytes(data)
    return read_documents(tmp_path / "a.pdf")[0]


def with_edges(pages: list[str]) -> bytes:
    return pdf(
        [
            [(50, 570, 8, "The Harbour Gazette"), *column(page), (200, 20, 8, f"Page {n} of {len(pages)}")]
            for n, page in enumerate(pages, start=1)
        ]
    )


def test_lines_are_joined_hyphens_undone_and_what_runs_over_the_pages_left_out(tmp_path):
    document = read(tmp_path, with_edges([FIRST, SECOND, "The end of it."]))
    assert document.text.split("\n") == [
        "The harbour office counted the barges twice on that day, and both counts were sent to Ostrava Bay before noon. Nobody kept the list.",
        "The second paragraph begins with a short line before it, and it goes on over the end of the page because its sentence is not over. Here it is, the sentence.",
        "A third one, of two lines, which is long enough to be taken for running text.",
        "The end of it.",
    ]
    assert document.running == 6


def test_each_passage_has_the_page_on_which_it_begins(tmp_path):
    (tmp_path / "a.pdf").write_bytes(with_edges([FIRST, SECOND, "The end of it."]))
    tasks = ingest([tmp_path / "a.pdf"], config_sha256="").tasks
    found = [(task["data"]["text"].split()[0], task["data"]["page"]) for task in tasks]
    assert found == [("The", 1), ("Nobody", 1), ("The", 1), ("Here", 2), ("A", 2), ("The", 3)]


def test_a_heading_a_gap_and_an_indented_line_begin_a_paragraph(tmp_path):
    body = column("This line is as long as a line of this column may ever be here.\nAnd this.", top=480)
    gap = column("After a gap there is a new paragraph, which is as long as others.", top=440)
    indent = [(62, 428, 10, "Indented, after a full stop, it is another one of these paragraphs.")]
    rest = column("Its second line stands at the margin again and is no new one, so.", top=416)
    document = read(tmp_path, pdf([[(50, 510, 18, "A heading"), *body, *gap, *indent, *rest]]))
    assert [line.split()[0] for line in document.text.split("\n")] == ["A", "This", "After", "Indented,"]


def test_a_note_at_the_foot_comes_after_the_paragraph_that_goes_on(tmp_path):
    first = [
        *column("The barges went on to the north and were never seen again by the"),
        (50, 60, 7, "1 A note."),
    ]
    document = read(
        tmp_path, pdf([first, column("people of the harbour, who had built all of them in those years.")])
    )
    assert document.text.split("\n") == [
        "The barges went on to the north and were never seen again by the people of the harbour, who had built all of them in those years.",
        "1 A note.",
    ]


@pytest.mark.parametrize("number", ["", "2. "])
def test_a_heading_that_opens_a_page_or_a_column_stays_there(tmp_path, number):
    text = "The barges went on to the north and were never seen again by the\npeople of the harbour."
    first = [(50, 510, 14, f"{number}The northern barges"), *column(text, top=480)]
    right = [(250, 510, 14, f"{number}Costs"), *column(text, x=250, top=480), (50, 60, 7, "1 A note.")]
    second = [(50, 510, 14, f"{number}The other harbour"), *column("Nobody saw it.", top=480)]
    document = read(tmp_path, pdf([[*first, *right], second]))
    assert document.text.split("\n") == [
        *(f"{number}The northern barges", text.replace("\n", " ")),
        *(f"{number}Costs", text.replace("\n", " "), "1 A note."),
        *(f"{number}The other harbour", "Nobody saw it."),
    ]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("This is the line that ends in a well-\nknown part of a compound word.", "a well-known part"),
        ("It is well known as state-owned land\nand this here is another state-\nowned place, they say.", "another state-owned"),
        ("A port for the Anglo-\nAmerican barges that nobody saw there.", "Anglo-American"),
        ("It was open from the year 1941–\n1945 and then it was closed for good.", "1941–1945"),  # noqa: RUF001 - a dash
        ("They built this office for the people\nin the harbour, and this of-\nfice is closed.", "this office is"),
    ],
)  # fmt: skip
def test_hyphens_that_belong_to_a_word_stay(tmp_path, text, joined):
    assert joined in read(tmp_path, pdf([column(text)])).text


def test_the_same_line_on_two_pages_is_kept_if_it_stands_within_the_text(tmp_path):
    page = "\n".join(f"{n} lines that are different on each page, number {n}." for n in "abcde")
    pages = [page.replace("different", word) for word in ("other", "quite other")]
    same = [text.replace("c lines", "The very same line stands here.\nc lines") for text in pages]
    document = read(tmp_path, pdf([column(text, top=300) for text in same]))
    assert document.text.count("The very same line stands here.") == 2


def test_the_properties_are_guesses_and_the_date_of_the_file_is_no_date_of_the_text(tmp_path):
    info = "/Title (The barges) /Author (Mira Tal) /CreationDate (D:20200101000000Z)"
    document = read(tmp_path, pdf([column("A line.")], info))
    assert document.guessed == {"title": "The barges", "author": "Mira Tal"}
    assert read(tmp_path, pdf([column("A line.")], "/Title (Microsoft Word - barges.docx)")).guessed == {}


def test_a_page_without_text_is_said(tmp_path):
    assert "no text on 1 of 2 pages (2)" in read(tmp_path, pdf([column("A line."), []])).notices[0]


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([column("A secret line.")])))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pdf([[], []], image=True), r"holds no text, pictures of it at most \(a scan\)"),
        (encrypted("password"), "is encrypted; save it without a password"),
        (pdf([column("A line.")])[:-200], "is cut short"),
        (b"<html>", "is not a PDF file"),
        (b"", "the file is empty"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 20 + b"%%EOF", "is damaged"),
        (pdf([]), "holds no pages"),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path, data, message):
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, data)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "a.pdf"))


def test_a_file_that_only_its_owner_may_change_is_read(tmp_path):
    assert read(tmp_path, encrypted("")).text == "A secret line."


WORDS = [
    "barges",
    "people",
    "winter",
    "river",
    "office",
    "ledgers",
    "harbour",
    "ferry",
    "letters",
    "bread",
    "houses",
    "stones",
    "nights",
]
PARAGRAPHS = [
    f"Of the {WORDS[n % 13]} it is told that {' and '.join(WORDS[(n * m) % 13] for m in range(2, 9 + n % 5))} were seen "
    f"with the {WORDS[(n + 5) % 13]} of the north; nobody counted the {WORDS[(n * 3 + 1) % 13]} in those {n + 10} cold years."
    for n in range(1, 61)
]
HEAD = "<div style='font-size:8px;width:100%'>The Harbour Gazette</div>"
FOOT = "<div style='font-size:8px;width:100%'>Page <span class=pageNumber></span> of <span class=totalPages></span></div>"


@pytest.mark.browser
@pytest.mark.parametrize(
    "style",
    [
        "p {margin: 0 0 1em}",
        "p {margin: 0; text-indent: 2em; text-align: justify}",
        "article {column-count: 2}",
    ],
)
def test_what_a_browser_prints_comes_back(new_page, tmp_path, style):
    page = new_page()
    body = "".join(f"<p>{html.escape(text)}</p>" for text in PARAGRAPHS)
    page.set_content(
        f"<!doctype html><style>{style}</style><article><h1>The winter of the barges</h1>{body}</article>"
    )
    margins = dict.fromkeys(("top", "bottom", "left", "right"), "60px")
    printed = page.pdf(
        format="A5", display_header_footer=True, header_template=HEAD, footer_template=FOOT, margin=margins
    )
    page.close()
    document = read(tmp_path, printed)
    assert document.text.split("\n") == ["The winter of the barges", *PARAGRAPHS]
    assert document.running >= 4


LEFT = """The dyke office counted the pumps
and found that nine of them had
not moved since the first frost
of the winter."""
RIGHT = """Farmers of the lower fields say
that they had asked for help in
the autumn and that nobody came
to see the water."""


def row_by_row(left, right, *, top=400.0):
    """Two columns whose lines stand in the file row by row."""
    pairs = zip(column(left, top=top), column(right, x=230, top=top), strict=True)
    return [part for pair in pairs for part in pair]


def test_two_columns_are_read_one_after_the_other(tmp_path):
    title = (50, 430, 18, "Who saw the water?")
    foot = column("A line over the whole of the page, which is below both of the columns of it.", top=300)
    document = read(tmp_path, pdf([[title, *row_by_row(LEFT, RIGHT), *foot]]))
    assert document.text.split("\n") == [
        "Who saw the water?",
        " ".join(LEFT.split()),
        " ".join(RIGHT.split()),
        "A line over the whole of the page, which is below both of the columns of it.",
    ]


THIRD = """The county has not said so far
what will be done, and when it
is to be done, with those of the
pumps that are still there."""


def test_three_columns_are_read_one_after_the_other(tmp_path):
    sides = [column(text, top=400, x=x, size=6) for text, x in ((LEFT, 30), (RIGHT, 160), (THIRD, 290))]
    rows = [part for row in zip(*sides, strict=True) for part in row]
    document = read(tmp_path, pdf([rows]))
    assert document.text.split("\n") == [" ".join(text.split()) for text in (LEFT, RIGHT, THIRD)]


@pytest.mark.parametrize("seed", range(5))
def test_lines_that_stand_in_the_file_in_no_order_are_read_as_they_stand_on_the_page(tmp_path, seed):
    sides = f"{LEFT}\n{RIGHT}\n{THIRD}", f"{THIRD}\n{LEFT}\n{RIGHT}"
    lines = [line for side, x in zip(sides, (50, 230), strict=True) for line in column(side, top=400, x=x)]
    random.Random(seed).shuffle(lines)
    document = read(tmp_path, pdf([[(50, 430, 18, "Who saw the water?"), *lines]]))
    assert document.text.split() == " ".join(("Who saw the water?", *sides)).split()


def test_a_table_of_two_columns_is_read_row_by_row(tmp_path):
    names = "Upper yard of the office\nLower yard of the office\nNorthern yard, by the gate\nOld yard, shut since May"
    counts = "Nine pumps, two of them new\nEleven pumps and a spare\nNo pumps are left there\nTwelve, none of them moving"
    document = read(tmp_path, pdf([row_by_row(names, counts)]))
    assert document.text.startswith("Upper yard of the office Nine pumps, two of them new")


def test_letters_that_the_file_does_not_name_are_counted_and_shown(tmp_path):
    pages = [[(50, 500, 10, "Nothing is missing here.")], [(50, 500, 10, "The of\x01cials con\x02rmed it.")]]
    document = read(tmp_path, pdf(pages))
    assert document.text.endswith("The of\ufffdcials con\ufffdrmed it.")
    assert document.notices == (
        f"{tmp_path / 'a.pdf'}: letters are missing, 2 on page 2: the file does not say which they are; they show as \ufffd",
    )


@pytest.mark.parametrize(
    ("upper", "lower", "whole"),
    [
        ("Aix-", "en-Provence", "Aix-en-Provence"),
        ("Aix-en-", "Provence", "Aix-en-Provence"),
        ("mother-in-", "law", "mother-in-law"),
        ("hos-", "pital", "hospital"),
    ],
)
def test_a_name_with_hyphens_keeps_them_over_the_end_of_a_line(tmp_path, upper, lower, whole):
    other = "A long line of text that ends within a word whose end is on the fol-\nlowing line, which is how this docu-\nment breaks its words, as one may no-\ntice."
    text = f"{other}\nThe clerk of the office went from there to see her in {upper}\n{lower} and stayed there for the winter."
    found = read(tmp_path, pdf([column(text)])).text
    assert f"to see her in {whole} and stayed" in " ".join(found.split())


RAISED = """<p>The dish held 3 x 10<sup>6</sup> cells and 40 km<sup>2</sup> of moor.<sup>12</sup> The union said that it had been
told,<sup>3</sup> on Monday, that the gate was shut on the 21<sup>st</sup> of May. Water is H<sub>2</sub>O and stays so.</p>
<p>Nobody knew why.</p>"""


@pytest.fixture(scope="module")
def printed(chromium):
    """A page with raised digits as a browser prints it: a tagged PDF file."""
    page = chromium.new_page()
    page.set_content(f"<body style='font: 12pt serif; width: 400px'>{RAISED}</body>")
    data = page.pdf(tagged=True)
    page.close()
    return data


@pytest.mark.browser
@pytest.mark.parametrize("by", ["not at all", "the page", "the letters"])
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_raised_digits_and_rotated_pages(printed, tmp_path, by, degrees):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(printed))
    if by != "not at all":
        writer.pages[0].rotate(degrees)
    if by == "the letters":
        writer.pages[0].transfer_rotation_to_content()
    writer.write(tmp_path / "b.pdf")
    document = read(tmp_path, (tmp_path / "b.pdf").read_bytes())
    text = (
        "The dish held 3 x 10^6 cells and 40 km² of moor. The union said that it had been told, on Monday, that the gate was "
        "shut on the 21st of May. Water is H2O and stays so.\nNobody knew why."
    )
    assert document.text == text
    assert document.notices == (f"{tmp_path / 'a.pdf'}: 2 marks of notes were left out",)


def test_digits_that_are_set_above_their_line_by_themselves(tmp_path):
    lines = [
        *[(50, 500, 10, "It held 3 x 10"), (118, 504, 7, "6"), (126, 500, 10, "cells, as they say."), (216, 504, 7, "4")],
        (50, 488, 10, "A line below in letters of one size."),
        (50, 464, 7, "4 In a letter to the office, which nobody has seen."),
    ]  # fmt: skip
    document = read(tmp_path, pdf([lines]))
    assert document.text.startswith(
        "It held 3 x 10^6 cells, as they say. A line below in letters of one size."
    )
    assert document.text.endswith("4 In a letter to the office, which nobody has seen.")
