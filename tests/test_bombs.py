"""Files that are small and would fill the memory: refused in one clear line, before a library loads them."""

import base64
import re
import resource
import struct
import subprocess
import sys
import zipfile

import docx
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotate.corpus.readers import read_documents
from annotate.errors import InputError
from annotate.frames import read_frame

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
FAR = '<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c></row>'
GIGABYTE = 2**30


def workbook(path, sheet, texts=None, declared=None):
    """A real workbook whose sheet, or texts, are replaced; ``declared`` is the size that the archive states."""
    book = openpyxl.Workbook()
    book.active.append(["text", "source"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet if isinstance(sheet, bytes) else sheet.encode()
    if texts is not None:
        parts["xl/sharedStrings.xml"] = texts.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    if declared is not None:
        raw = path.read_bytes()
        size = struct.pack("<I", len(parts["xl/worksheets/sheet1.xml"]))
        assert size in raw
        path.write_bytes(raw.replace(size, struct.pack("<I", declared)))
    return path


def cell(place, text="x", **more):
    written = "".join(f' {name}="{value}"' for name, value in more.items())
    where = f' r="{place}"' if place else ""
    return f'<c{where}{written} t="inlineStr"><is><t>{text}</t></is></c>'


def shared(length):
    strings = "".join(f"<si><t>{one}</t></si>" for one in ["text", "y" * length])
    return f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>'


FAR_OFF = {
    "a far cell": FAR + f'<row r="1048576">{cell("XFD1048576")}</row>',
    "in small letters": FAR + f'<row r="1048576">{cell("xfd1048576")}</row>',
    "in simple quotes": FAR + f'<row r="1048576">{cell("XFD1048576")}</row>'.replace('"', "'"),
    "a far row, and a far column": FAR + f'<row r="2">{cell("XFD2")}</row><row r="9999">{cell("A9999")}</row>',
    "an end of a tag in an attribute": FAR + f"<row>{cell('XFD1048576', s='/>')}</row>",
    "rows that count on": FAR + '<row r="1048575"/><row>' + cell("") * 9 + "</row><row>" + cell("") * 9 + "</row>",
    "columns that count on": FAR + "<row>" + cell("") * 20_000 + "</row>" + "<row/>" * 600 + f"<row>{cell('')}</row>",
}  # fmt: skip


@pytest.mark.parametrize("rows", FAR_OFF.values(), ids=FAR_OFF)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_sheet_of_few_cells_far_off_is_refused(tmp_path, rows, encoding):
    path = workbook(tmp_path / "a.xlsx", SHEET.format(rows).encode(encoding))
    assert path.stat().st_size < 100_000
    with pytest.raises(
        InputError, match=r"a sheet goes to row [\d,]+ and column [\d,]+, .* cells are read"
    ) as caught:
        read_documents(path)
    assert "\n" not in str(caught.value)


def test_a_sheet_that_is_only_coloured_far_off_is_read(tmp_path):
    coloured = '<row r="1048576" s="1"><c r="XFD1048576" s="1"/></row>'
    body = f'<row r="2">{cell("A2", "One.")}</row>{coloured}'
    (document,) = read_documents(workbook(tmp_path / "a.xlsx", SHEET.format(FAR + body)))
    assert document.text == "One."


def test_one_text_in_very_many_cells_is_refused(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>1</v></c></row>' for n in range(2, 10_000))
    path = workbook(tmp_path / "a.xlsx", SHEET.format(FAR + rows), shared(30_000))
    with pytest.raises(InputError, match="the texts of a sheet have 300,129,962 signs"):
        read_documents(path)
    few = SHEET.format(
        FAR + rows.replace("<v>1</v>", "<v>0</v>") + '<row r="10001"><c r="A10001" t="s"><v>1</v></c></row>'
    )
    assert len(read_documents(workbook(tmp_path / "b.xlsx", few, shared(30_000)))[0].text) > 30_000


def test_an_archive_that_lies_about_its_sizes_is_refused(tmp_path):
    rows = FAR + "".join(f'<row r="{n}">{cell(f"A{n}")}</row>' for n in range(2, 3000))
    path = workbook(tmp_path / "a.xlsx", SHEET.format(rows), declared=5000)
    with pytest.raises(InputError, match="unpacks to more than it says"):
        read_documents(path)


def test_an_entry_cannot_hide_behind_another(tmp_path):
    """Dense as a whole is not the measure: one entry of zeros beside a large picture is a bomb too."""
    path = tmp_path / "a.docx"
    docx.Document().save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("word/media/image1.png"), bytes(range(256)) * 4000)
        archive.writestr("word/extra.xml", b" " * 50 * 2**20)
    with pytest.raises(InputError, match="would unpack to 5"):
        read_documents(path)


@pytest.mark.parametrize("element", ["<w:p/>", '<w:p w:a="" w:b="" w:c="" w:d="" w:e=""/>'])
def test_a_document_of_millions_of_empty_elements_is_refused(tmp_path, element):
    path = tmp_path / "a.docx"
    docx.Document().save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts["word/document.xml"]
    parts["word/document.xml"] = body.replace(b"<w:body>", b"<w:body>" + element.encode() * 5_000_001)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr(zipfile.ZipInfo("pad"), bytes(range(256)) * 8000)  # so that density does not tell
    with pytest.raises(InputError, match=r"more than 5,000,000 elements|would unpack to"):
        read_documents(path)


def test_far_too_many_files_in_an_archive_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        for number in range(10_001):
            archive.writestr(str(number), b"")
    with pytest.raises(InputError, match="holds 10,001 files"):
        read_documents(tmp_path / "a.docx")


PARQUETS = {
    "one long text in every row": lambda: pa.table({"item": pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, "int32"), pa.array(["x" * 500_000]))}),
    "very many rows of one text": lambda: pa.table({"item": pa.DictionaryArray.from_arrays(pa.nulls(200_000_000, "int8").fill_null(0), pa.array(["x"]))}),
    "very many rows of nothing": lambda: pa.table({"item": pa.nulls(400_000_000, "int8")}),
    "lists without end": lambda: pa.table({"item": pa.array([[0] * 1_000_000], pa.list_(pa.int8())).take(pa.array([0] * 300))}),
}  # fmt: skip


@pytest.mark.parametrize(
    "kind", ["one long text in every row", "very many rows of one text", "lists without end"]
)
def test_a_parquet_file_that_would_fill_the_memory_is_refused(tmp_path, kind):
    path = tmp_path / "a.parquet"
    pq.write_table(PARQUETS[kind](), path, compression="zstd")
    assert path.stat().st_size < 2**20
    with pytest.raises(
        InputError, match=r"would take [\d,]+ MB of memory, [\d,]+ are allowed a file of its size"
    ) as caught:
        read_frame(path)
    assert "\n" not in str(caught.value)


def test_a_parquet_file_of_real_ratings_is_read_however_well_it_packs(tmp_path):
    codes = pa.array([n // 5 for n in range(1_000_000)], "int32")
    items = pa.DictionaryArray.from_arrays(codes, pa.array([f"passage-{n:08}" for n in range(200_000)]))
    category = pa.DictionaryArray.from_arrays(
        pa.array([0] * 1_000_000, "int8"), pa.array(["an incident of some length"])
    )
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"item": items, "category": category}), path, compression="zstd")
    assert len(read_frame(path)) == 1_000_000


RESERVES_LITTLE = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",  # else each thread reserves 64 MB
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # else pyarrow reserves 1 GB
}
"""What libraries reserve and do not use counts as address space: by chance the limit was met before a file was read."""


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited only there")
def test_refusing_takes_little_memory(tmp_path):
    """Each in a process that may not take more than 1.5 GB; loading any of them would need 4 to 500."""
    far = workbook(tmp_path / "far.xlsx", SHEET.format(FAR_OFF["a far cell"]))
    pq.write_table(PARQUETS["one long text in every row"](), tmp_path / "long.parquet", compression="zstd")
    code = (
        "import sys; from pathlib import Path; from annotate.errors import InputError\n"
        "from annotate.frames import read_frame; from annotate.corpus.readers import read_documents\n"
        "for name in sys.argv[1:]:\n"
        "    try: (read_frame if name.endswith('parquet') else read_documents)(Path(name))\n"
        "    except InputError as error: print('refused')\n"
    )
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (3 * GIGABYTE // 2,) * 2)  # noqa: E731
    done = subprocess.run(
        [sys.executable, "-c", code, str(far), str(tmp_path / "long.parquet")],
        capture_output=True, text=True, check=False, preexec_fn=limit, env=RESERVES_LITTLE,
    )  # fmt: skip
    assert done.stdout.split() == ["refused"] * 2, done.stderr


CONTRADICTS_ITSELF = (
    "UEFSMRUAFSQVJCwVBhUAFQYVBhw2AigCcDIYAnAxEREAAAACAAAAAwUCAAAAcDECAAAAcDIVBBksNQAYBnNjaGVtYRUCABUMJQIYBGl0ZW0lAEwc"
    "AAAAFgYZHBkcJgAcFQwZJQYAGRgEaXRlbRUAFgYWYhZiJgg8NgIoAnAyGAJwMRERABkcFQAVABUCADwWCBkpGSYCBAAAABZiFgYmCBZiACggcGFy"
    "cXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNC4wLjAZHBwAAACWAAAAUEFSMQ=="
)
"""A Parquet file of one column of which one byte, in what it says of the levels, is another: pyarrow 24 ends the process."""


def test_a_parquet_file_that_ends_the_process_of_others_is_one_clear_line(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(base64.b64decode(CONTRADICTS_ITSELF))
    code = (
        "import sys; from pathlib import Path; from annotate.errors import InputError\n"
        "from annotate.frames import read_frame\n"
        "try: read_frame(Path(sys.argv[1]))\n"
        "except InputError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r".*a\.parquet: not a readable parquet file \(.+\)\n", done.stdout)


ODD = {
    "bytes": (pa.array([b"\xff\x00"]), "the column item holds no texts, numbers or dates"),
    "structs": (pa.array([{"a": 1}]), "the column item holds no texts"),
    "maps": (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int8())), "the column item holds no texts"),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_column_of_anything_but_texts_numbers_and_dates_is_named(tmp_path, kind):
    column, message = ODD[kind]
    pq.write_table(pa.table({"item": column}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=message):
        read_frame(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    "said",
    [
        *(
            b'{"index_columns": [{"kind": "range", "name": null, "start": 0, "stop": %s, "step": 1}], "columns": []}'
            % stop
            for stop in (b"1e400", b"9" * 400, b'"' + b"9" * 5000 + b'"')
        ),
        b"{",
        b"[]",
        b'{"columns": 3}',
        b'{"index_columns": ["no"], "columns": [{}]}',
        b"\xff",
        (
            b'{"index_columns": [], "columns": [{"name": "1", "field_name": "1", "pandas_type": "unicode", "numpy_type": "str"}], '
            b'"column_indexes": [{"name": null, "field_name": null, "pandas_type": "float16", "numpy_type": "float16"}]}'
        ),
    ],
)
def test_damaged_notes_of_pandas_are_one_clear_line(tmp_path, said):
    table = pa.table({"1": ["a"]}).replace_schema_metadata({b"pandas": said})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="its columns is damaged; write it again"):
        read_frame(tmp_path / "a.parquet")


def test_names_of_columns_that_are_no_texts_are_texts(tmp_path):
    """What pandas noted of them may be a number or a date; a name that cannot be compared was a traceback."""
    pd.DataFrame([["p1"]], columns=pd.Index([2024])).to_parquet(tmp_path / "a.parquet")
    assert list(read_frame(tmp_path / "a.parquet").columns) == ["2024"]
