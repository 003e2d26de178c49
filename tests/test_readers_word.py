"""Word documents: paragraphs and tables in their order, and archives that are none."""

import re
import zipfile

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from annotate.corpus.readers import read_documents
from annotate.errors import InputError

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(tmp_path, document=None):
    if document is not None:
        document.save(tmp_path / "a.docx")
    return read_documents(tmp_path / "a.docx")[0]


def test_paragraphs_headings_and_tables_come_in_their_order(tmp_path):
    document = docx.Document()
    document.add_heading("The barges", 0)
    document.add_paragraph("A first paragraph.")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Yard", "Barges", "Upper", "9"], strict=True):
        cell.text = text
    document.add_paragraph("An item", style="List Bullet")
    document.add_paragraph("Two\nlines\tand a tab")
    assert read(tmp_path, document).text.split("\n") == [
        "The barges", "A first paragraph.", "Yard | Barges", "Upper | 9", "An item", "Two",
        "lines and a tab",
    ]  # fmt: skip


def test_merged_cells_stand_once_and_a_table_of_one_column_is_paragraphs(tmp_path):
    document = docx.Document()
    table = document.add_table(1, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Wide"
    table.cell(0, 2).text = "Last"
    frame = document.add_table(1, 1).cell(0, 0)
    frame.text = "One."
    frame.add_paragraph("Two.")
    assert read(tmp_path, document).text.split("\n") == ["Wide | Last", "One.", "Two."]


def test_tracked_changes_are_read_as_accepted_and_content_controls_are_opened(tmp_path):
    document = docx.Document()
    document.add_paragraph("Start.")
    body = document.element.body
    changed = parse_xml(
        f'<w:p {W}><w:r><w:t xml:space="preserve">The </w:t></w:r><w:ins><w:r><w:t>new</w:t></w:r></w:ins>'
        f"<w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:r><w:t> word.</w:t></w:r></w:p>"
    )
    control = parse_xml(
        f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>Controlled.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    body.insert(1, changed)
    body.insert(2, control)
    assert read(tmp_path, document).text.split("\n") == ["Start.", "The new word.", "Controlled."]


def test_footnotes_and_text_boxes_are_read_once(tmp_path):
    document = docx.Document()
    document.add_paragraph("The text.")
    box = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:txbxContent><w:p><w:r><w:t>Boxed.</w:t></w:r></w:p>"
        "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>Boxed.</w:t></w:r></w:p></w:txbxContent>"
        "</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Around it.</w:t></w:r></w:p>"
    )
    spaces = f'{W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    document.element.body.insert(1, parse_xml(box.replace("<w:p>", f"<w:p {spaces}>", 1)))
    notes = f"<w:footnotes {W}><w:footnote w:type='separator'><w:p><w:r><w:t>-</w:t></w:r></w:p></w:footnote>"
    notes += "<w:footnote w:id='1'><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    assert read(tmp_path, document).text.split("\n") == ["The text.", "Around it.", "Boxed.", "A note."]


def test_the_template_is_no_author_and_the_day_of_the_template_no_date(tmp_path):
    document = docx.Document()
    document.add_paragraph("A line.")
    assert read(tmp_path, document).guessed == {}
    document.core_properties.title, document.core_properties.author = "The barges", "Mira Tal"
    assert read(tmp_path, document).guessed == {"title": "The barges", "author": "Mira Tal"}


def bomb(path, size):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<x/>")
        archive.writestr("word/document.xml", b" " * size)


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: bomb(path, 300 * 2**20), "would unpack to 300 MB"),
        (lambda path: bomb(path, 20 * 2**20), "would unpack to 20 MB"),
        (lambda path: path.write_bytes(path.read_bytes()[:-300]), "or is cut short"),
        (lambda path: path.write_bytes(b"Not an archive at all."), "or is cut short"),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100), "has a password or is of the old kind"),
        (lambda path: bomb(path, 10), "or is damaged"),
        (lambda path: path.unlink(), "no such file"),
    ],
    ids=["bomb", "small bomb", "cut", "text", "old", "other", "gone"],
)  # fmt: skip
def test_a_bad_archive_is_one_clear_line(tmp_path, kind, damage, message):
    path = tmp_path / f"a.{kind}"
    docx.Document().save(path)
    damage(path)
    with pytest.raises(InputError, match=message) as caught:
        read_documents(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("part", ["_rels/.rels", "word/_rels/document.xml.rels"])
@pytest.mark.parametrize("attribute", ["Target", "Type"])
def test_parts_without_a_name_are_one_clear_line(tmp_path, part, attribute):
    document = docx.Document()
    document.add_paragraph("A line.")
    document.save(tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = re.sub(rf' {attribute}="[^"]*"'.encode(), b"", parts[part])
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match="is not a Word document, or is damaged; save or fetch it again"):
        read_documents(tmp_path / "b.docx")


def test_an_empty_document_is_said(tmp_path):
    with pytest.raises(InputError, match="the document is empty"):
        read(tmp_path, docx.Document())


def paragraph(runs, mark=""):
    return parse_xml(f"<w:p {W}><w:pPr><w:rPr>{mark}</w:rPr></w:pPr>{runs}</w:p>")


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize("mark", ["del", "moveFrom"])
def test_a_deleted_end_of_a_paragraph_joins_it_to_the_next(tmp_path, mark):
    document = docx.Document()
    parts = [("One ", f"<w:{mark}/>"), ("two ", f"<w:{mark}/>"), ("three.", ""), ("Four ", f"<w:{mark}/>")]
    for number, (text, change) in enumerate(parts):
        document.element.body.insert(number, paragraph(run(text), change))
    document.element.body.insert(1, parse_xml(f"<w:bookmarkStart {W} w:id='1' w:name='a'/>"))
    assert read(tmp_path, document).text.split("\n") == ["One two three.", "Four"]


@pytest.mark.parametrize("how", ["vanish", "strike", "dstrike"])
def test_hidden_and_struck_text_is_left_out_and_counted(tmp_path, how):
    document = docx.Document()
    shown = run(" Shown too.", f'<w:{how} w:val="0"/>')
    document.element.body.insert(0, paragraph(run("Shown.") + run("Secret.", f"<w:{how}/>") + shown))
    made = read(tmp_path, document)
    assert made.text == "Shown. Shown too."
    assert [notice.partition(": ")[2] for notice in made.notices] == [
        "left out: 7 letters of hidden or struck text"
    ]


def test_headers_and_footers_are_left_out_and_counted(tmp_path):
    document = docx.Document()
    document.add_paragraph("The well was closed.")
    document.sections[0].header.paragraphs[0].text = "Draft of May"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    made = read(tmp_path, document)
    assert made.text == "The well was closed."
    assert [notice.partition(": ")[2] for notice in made.notices] == [
        "left out: 15 letters of headers and footers"
    ]


def test_what_is_raised_is_an_exponent_an_ordinal_or_the_mark_of_a_note(tmp_path):
    document = docx.Document()
    high = '<w:vertAlign w:val="superscript"/>'
    runs = [
        ("It found 10", "6"),
        (" grains on 3 km", "2"),
        (" in 2019", "3"),
        (", the 1", "st"),
        (" time.", "*"),
    ]
    document.element.body.insert(0, paragraph("".join(run(text) + run(mark, high) for text, mark in runs)))
    made = read(tmp_path, document)
    assert made.text == "It found 10^6 grains on 3 km² in 2019, the 1st time."
    assert [notice.partition(": ")[2] for notice in made.notices] == ["left out: 2 marks of notes"]


def test_formulas_are_read_and_signs_of_a_font_are_said(tmp_path):
    document = docx.Document()
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    formula = f'<m:oMath xmlns:m="{math}"><m:r><m:t>r = 0.5</m:t></m:r></m:oMath>'
    sign = '<w:r><w:t>5</w:t><w:sym w:font="Symbol" w:char="F0A3"/><w:t>6</w:t></w:r>'
    document.element.body.insert(0, paragraph(run("The rate is ") + formula + run(" a year: ") + sign))
    made = read(tmp_path, document)
    assert made.text == "The rate is r = 0.5 a year: 5\ufffd6"
    assert [notice.partition(": ")[2] for notice in made.notices] == [
        "1 sign of a font of symbols, shown as \ufffd"
    ]


def test_how_signs_are_spoken_is_no_part_of_the_text(tmp_path):
    document = docx.Document()
    sign = run("\u6f22")
    ruby = f"<w:ruby><w:rt>{run('kan')}</w:rt><w:rubyBase>{sign}</w:rubyBase></w:ruby>"
    document.element.body.insert(0, paragraph(ruby + run("\u5b57.")))
    assert read(tmp_path, document).text == "\u6f22\u5b57."
