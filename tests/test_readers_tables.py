"""Tables of ready passages, and plain files in any encoding."""

import datetime as dt
import json

import openpyxl
import pytest

from annotate.corpus import ingest
from annotate.corpus.readers import read_documents
from annotate.errors import InputError

CSV = """document_id,text,source,published,note
b1,"The first, of b.",The Gazette,2020-09-14,x
c1,The first of c.,,,
b1, The second of b. ,The Gazette,,y
"""


def written(tmp_path, name, content):
    path = tmp_path / name
    if name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        for row in content:
            book.active.append(row)
        book.save(path)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def texts(documents):
    return {one.label: [one.text[a:b] for a, b in one.pieces] for one in documents}


def test_rows_of_one_document_are_its_text_and_each_row_is_a_passage(tmp_path):
    documents = read_documents(written(tmp_path, "a.csv", CSV))
    assert texts(documents) == {"b1": ["The first, of b.", "The second of b."], "c1": ["The first of c."]}
    assert documents[0].text == "The first, of b.\nThe second of b."
    assert documents[0].said == {"source": "The Gazette", "published": "2020-09-14"}
    assert documents[0].notices == (f"{tmp_path / 'a.csv'}: the column note is kept in the tasks",)


def test_a_workbook_and_json_lines_say_the_same_as_a_csv(tmp_path):
    rows = [
        ["Text", "document_id", "published"],
        ["One.", 7, dt.date(2020, 9, 14)],
        ["Two.", 7, dt.datetime(2020, 9, 14)],  # noqa: DTZ001 - a spreadsheet knows no zones
        [12, 8, None],
    ]
    lines = [
        {"text": "One.", "document_id": 7, "published": "2020-09-14"},
        {"text": "Two.", "document_id": 7, "published": None},
        {"text": 12, "document_id": 8},
    ]
    workbook = read_documents(written(tmp_path, "a.xlsx", rows))
    jsonl = read_documents(written(tmp_path, "a.jsonl", "\n\n".join(map(json.dumps, lines))))
    assert texts(workbook) == texts(jsonl) == {"7": ["One.", "Two."], "8": ["12"]}
    assert workbook[0].said == jsonl[0].said == {"published": "2020-09-14"}


def test_rows_without_an_id_are_one_document_for_each_that_they_tell_apart(tmp_path):
    one = read_documents(written(tmp_path, "a.csv", "text\nOne.\nTwo.\n"))
    assert texts(one) == {None: ["One.", "Two."]}
    several = read_documents(written(tmp_path, "b.csv", "text;source\nOne.;A\nTwo.;B\nThree.;A\n"))
    assert texts(several) == {"b-1": ["One.", "Three."], "b-2": ["Two."]}


def test_the_column_can_be_named(tmp_path):
    path = written(tmp_path, "a.csv", "sentence,text\nOne.,not me\n")
    assert read_documents(path, text_column="sentence")[0].text == "One."


def test_rows_without_a_text_are_counted(tmp_path):
    document = read_documents(written(tmp_path, "a.csv", "text,source\nOne.,A\n ,A\n"))[0]
    assert "left out: 1 of 2 rows without text" in document.notices[0]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "sentence,id\nx,1\n", "no column text; there are sentence, id; name one with --text-column"),
        ("a.csv", "text,source\na,b,c\n", "line 2 has 3 cells, the header 2"),
        ("a.csv", 'text\n"a\n', "check the quotation marks"),
        ("a.csv", "text,text\na,b\n", "names the column text twice"),
        ("a.csv", " \n", "the file is empty"),
        ("a.csv", ",,\n , \n", "the file is empty"),
        ("a.csv", "text\n", "no row holds a text"),
        ("a.csv", 'text,published\n"a\nb",2020\nb,2020-02-30\n', "line 4: published '2020-02-30' is not a date"),
        ("a.csv", "text,document_id,source\na,1,A\nb,1,B\n", "line 3: the source of document 1 is 'B' here and 'A' before"),
        ("a.xlsx", [["sentence"], ["One."]], "no column text; there are sentence"),
        ("a.xlsx", [], "the workbook is empty"),
        ("a.jsonl", '{"text": "a"}\n{"text": \n', "line 2: not JSON"),
        ("a.jsonl", '{"text": "a"}\n["b"]\n', "line 2: no object"),
        ("a.jsonl", f'{{"text": {"[" * 100_000}', "line 1: not JSON"),
        ("a.jsonl", '{"sentence": "a"}', "no column text; there are sentence"),
        ("a.jsonl", "\n", "the file is empty"),
    ],
)  # fmt: skip
def test_a_bad_table_is_one_clear_line(tmp_path, name, content, message):
    with pytest.raises(InputError, match=message) as caught:
        read_documents(written(tmp_path, name, content))
    assert "\n" not in str(caught.value)


def test_half_a_character_in_json_becomes_a_sign_that_can_be_written(tmp_path):
    document = read_documents(written(tmp_path, "a.jsonl", '{"text": "a\\ud800b"}'))[0]
    assert document.text == "a\ufffdb"


def test_a_number_that_is_none_in_json_says_nothing(tmp_path):
    document = read_documents(written(tmp_path, "a.jsonl", '{"text": "One.", "source": NaN}'))[0]
    assert document.said == {}


RUSSIAN = "Вчера вечером портовая служба дважды пересчитала баржи, и никто не сохранил список. " * 3
GERMAN = (
    "Am Abend zählte die Hafenbehörde die Kähne zweimal, und niemand bewahrte die Liste auf – so hieß es. "  # noqa: RUF001 - a dash
)
ACCENTS = (
    "The price of milk rose to £1.90 a litre at the café in Zürich Street, said Mr Müller, who had paid £1.20 before. "
    "The naïve clerk of the mill kept the list of it in a drawer, and nobody at the Köln office knows why. "
)
QUOTES = (
    "“The price of milk at the mill is too high,” said the clerk – and nobody answered. The office had paid €12,400, and "  # noqa: RUF001
    "“nothing at all” for the miller’s house. "  # noqa: RUF001 - an apostrophe
)
POLISH = (
    "Wójt gminy powiedział, że mieszkańcy zapłacą więcej za wodę i śmieci. Radni głosowali późną "
    "nocą, a większość była przeciw. Żaden z nich nie chciał mówić z dziennikarzami o pieniądzach, "
    "które zniknęły z kasy urzędu. Część dokumentów spłonęła w pożarze. "
)
CZECH = "Starosta řekl, že obyvatelé zaplatí za vodu více než loni, a žádný z nich nechtěl o požáru úřadu mluvit. "
HUNGARIAN = (
    "A polgármester azt mondta, hogy a lakosok többet fizetnek majd a vízért, mint tavaly. A "
    "képviselők késő éjjel szavaztak, és a többség ellene volt. Egyikük sem akart beszélni az "
    "újságíróknak a pénzről, amely eltűnt a hivatal pénztárából. Erdőtűz és nagy hő is volt. "
)
GREEK = "Ο δήμαρχος είπε ότι οι κάτοικοι θα πληρώσουν περισσότερα για το νερό, και κανείς δεν μίλησε. "  # noqa: RUF001 - Greek
JAPANESE = "港の役所はその日、はしけを二度数えた。名簿はだれも保管しなかった。" * 4


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (GERMAN, "cp1252", "windows-1252"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (JAPANESE, "cp932", "cp932"),
        (ACCENTS * 4, "latin-1", "windows-1252"),
        (QUOTES * 4, "cp1252", "windows-1252"),
        (POLISH * 2, "cp1250", "windows-1250"),
        (CZECH * 2, "cp1250", "windows-1250"),
        (HUNGARIAN * 2, "cp1250", "windows-1250"),
        (GREEK * 2, "cp1253", "windows-1253"),
        ("El niño lo contó dos veces, según dijo el jefe de la estación.", "cp1252", "windows-1252"),
        ("Café owners said “we lost 40 euros” – and the € fell. Naïve façade.", "cp1252", "windows-1252"),  # noqa: RUF001
        ("They counted the barges twice.", "utf-16-le", "utf-16-le"),
        ("They counted the barges twice.", "utf-16-be", "utf-16-be"),
        (GERMAN, "utf-16", None),
        (GERMAN, "utf-32", None),
        (GERMAN, "utf-8-sig", None),
    ],
)
def test_the_encoding_is_found_and_a_guess_is_said(tmp_path, text, encoding, said):
    document = read_documents(written(tmp_path, "a.txt", text.encode(encoding)))[0]
    assert document.text == text
    assert [f"read as {said}, which is a guess" in notice for notice in document.notices] == [True] * bool(
        said
    )


def test_bytes_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(InputError, match="it is not a text file"):
        read_documents(written(tmp_path, "a.txt", bytes(range(127, 255)) * 40 + b"\0"))


def test_what_else_a_table_says_of_each_passage_is_kept_with_it(tmp_path):
    rows = "text,country,page\nThe mill is shut.,DE,1\nThe inn is open.,,2\n"
    (one,) = read_documents(written(tmp_path, "a.csv", rows))
    assert one.further == ({"country": "DE"}, {})
    assert one.notices == (
        f"{tmp_path / 'a.csv'}: the column country is kept in the tasks",
        f"{tmp_path / 'a.csv'}: the column page is not used: every task has its own",
    )
    tasks = ingest([tmp_path / "a.csv"], source="S", config_sha256="").tasks
    assert [each["data"].get("country") for each in tasks] == ["DE", None]
