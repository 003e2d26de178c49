import hashlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.corpus import ingest, read_tasks, write_tasks
from annotate.corpus.readers import read_documents
from annotate.corpus.segment import UNITS, segment
from annotate.errors import InputError

TEXT = """The quarry list

By Ana Petrov, Sept. 14

“We were not allowed letters,” said Dr. Petrov. “They took our names.” Nine trucks left at dawn 🚚 and none came back!
A second line。第二句。尾
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "list.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def made(path: Path, **kwargs):
    return ingest([path], config_sha256="c", strict=True, **kwargs).tasks


def test_every_passage_is_a_slice_of_its_document(document):
    for unit in UNITS:
        for task in made(document, unit=unit):
            data = task["data"]
            assert TEXT[data["start"] : data["end"]] == data["text"]
            assert data["document_sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()


def test_a_headline_a_byline_abbreviations_and_other_scripts_are_cut_where_they_should_be(document):
    texts = [task["data"]["text"] for task in made(document)]
    assert texts[:2] == ["The quarry list", "By Ana Petrov, Sept. 14"]
    assert "“We were not allowed letters,” said Dr. Petrov." in texts
    assert texts[-3:] == ["A second line。", "第二句。", "尾"]


def test_paragraphs_are_lines_unless_the_text_is_hard_wrapped():
    wrapped = "One line of a paragraph\nand its second line.\n\nAnother\nparagraph.\n"
    assert [wrapped[a:b] for a, b in segment(wrapped, "paragraph")] == [
        "One line of a paragraph\nand its second line.",
        "Another\nparagraph.",
    ]
    long = "Title\n\n" + "word " * 40 + "\n" + "word " * 40
    assert len(segment(long, "paragraph")) == 3


def test_context_is_the_neighbouring_units(document):
    tasks = made(document, context=1)
    middle = tasks[1]["data"]
    assert middle["before"] == "The quarry list"
    assert middle["after"] == "“We were not allowed letters,” said Dr. Petrov."
    assert tasks[0]["data"]["before"] == ""
    assert tasks[-1]["data"]["after"] == ""
    assert all(task["data"]["before"] == task["data"]["after"] == "" for task in made(document, context=0))


@given(st.text(), st.sampled_from(UNITS))
def test_any_text_is_covered_by_disjoint_passages(text, unit):
    spans = segment(text, unit)
    covered = set()
    for (start, end), following in zip(spans, [*spans, (len(text), None)][1:], strict=True):
        assert start < end <= following[0]
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
    assert all(character.isspace() for at, character in enumerate(text) if at not in covered)


def test_ids_depend_on_the_text_and_not_on_names(document, tmp_path):
    other = tmp_path / "folder" / "renamed.txt"
    other.parent.mkdir()
    other.write_bytes(TEXT.replace("\n", "\r\n").encode())
    first, second = made(document, source="A"), made(other, source="B")
    assert [t["data"]["passage_id"] for t in first] == [t["data"]["passage_id"] for t in second]


def test_the_same_text_by_two_publishers_is_kept_twice_and_said(document, tmp_path):
    other = tmp_path / "copy.txt"
    other.write_text(TEXT, encoding="utf-8")
    result = ingest([document, other], config_sha256="c")
    ids = [task["data"]["passage_id"] for task in result.tasks]
    assert len(set(ids)) == len(ids) == 2 * len(made(document))
    assert "word for word" in result.notices[0]


def test_the_manifest_wins(document, tmp_path):
    manifest = tmp_path / "sources.csv"
    manifest.write_text(
        "file,source,title,published,url,document_id\n"
        "list.txt,The Gazette,The List,2020-09-14,https://gazette.example.org/list,gazette-1\n",
        encoding="utf-8",
    )
    data = made(document, manifest=manifest, source="somebody else")[0]["data"]
    assert (data["source"], data["title"], data["published"], data["document_id"]) == (
        "The Gazette", "The List", "2020-09-14", "gazette-1",
    )  # fmt: skip
    assert data["url"] == "https://gazette.example.org/list"


def test_further_columns_of_a_manifest_are_kept_and_digits_are_a_date(document, tmp_path):
    manifest = tmp_path / "sources.csv"
    manifest.write_text("file,country,published,type\nlist.txt,Kestovia,20240513,\n", encoding="utf-8")
    result = ingest([document], config_sha256="c", manifest=manifest)
    data = result.tasks[0]["data"]
    assert (data["country"], data["published"]) == ("Kestovia", "2024-05-13")
    assert "type" not in data
    assert f"{manifest}: the columns country, type are kept in the tasks" in result.notices


@pytest.mark.parametrize("date", ["20241399", "20240230", "45425", "2024051", "2024W201"])
def test_digits_that_are_no_day_are_refused(document, tmp_path, date):
    manifest = tmp_path / "sources.csv"
    manifest.write_text(f"file,published\nlist.txt,{date}\n", encoding="utf-8")
    with pytest.raises(InputError, match="is not a date; write it as 2020-09-14"):
        made(document, manifest=manifest)


def test_without_a_manifest_the_stem_stands_for_the_source_and_what_is_unknown_is_absent(document):
    data = made(document)[0]["data"]
    assert data["source"] == data["document_id"] == "list"
    assert data["guessed"] == ["source"]
    assert not {"title", "author", "published", "url"} & set(data)


def test_a_file_that_the_manifest_does_not_name_is_said(document, tmp_path):
    manifest = tmp_path / "sources.csv"
    manifest.write_text("file,source\nother.txt,X\n", encoding="utf-8")
    result = ingest([document], config_sha256="c", manifest=manifest)
    assert result.tasks[0]["data"]["source"] == "list"
    assert "not in" in result.notices[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("source\nX\n", "no column file"),
        ("file,kind\na,b\n", "the column kind is one that every task has; rename it"),
        ("file,source\na,b\na,c\n", "line 3: a stands here a second time"),
        ("file,published\na,14 Sept\n", "line 2: published '14 Sept' is not a date"),
        ("file,source\na,b,c\n", "line 2 has 3 cells, the header 2"),
        ("", "the file is empty"),
    ],
)
def test_a_bad_manifest_is_one_clear_line(document, tmp_path, content, message):
    manifest = tmp_path / "sources.csv"
    manifest.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        made(document, manifest=manifest)
    assert "\n" not in str(caught.value)
    assert str(manifest) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.txt", None, "no such file"),
        ("empty.txt", b" \n\n ", "the document is empty"),
        ("half.txt", b"\xff\xfea\0b", "line 1, byte 4: not UTF-16, as its first bytes say"),
        ("nul.txt", b"a\0b", "NUL"),
        ("bytes.txt", b"\xff\0\x81", "NUL character at byte 1; it is not a text file"),
        (
            "page.odt",
            b"PK",
            "documents are read from .html, .htm, .pdf, .docx, .txt, .md, .csv, .xlsx, .jsonl files",
        ),
    ],
)
def test_a_bad_document_is_one_clear_line(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        made(path)
    assert str(caught.value).startswith(str(path))


def test_a_folder_without_a_document_is_said(tmp_path):
    with pytest.raises(InputError, match="holds no document"):
        made(tmp_path)


def test_a_file_twice_and_an_id_twice_are_refused(document, tmp_path):
    result = ingest([document, document], config_sha256="c")
    assert [failure.message for failure in result.failures] == [
        f"{document}: given twice; name each file once"
    ]
    assert result.documents == 1
    other = tmp_path / "b" / "list.txt"
    other.parent.mkdir()
    other.write_text("Other text.", encoding="utf-8")
    result = ingest([document, other], config_sha256="c")
    assert "has the document id list, as has" in result.failures[0].message
    assert (result.documents, result.failures[0].path) == (1, other)


def test_utf16_with_a_mark_and_a_utf8_mark_are_read(tmp_path):
    for encoding in ("utf-16", "utf-8-sig"):
        path = tmp_path / f"{encoding}.txt"
        path.write_bytes("Ærlig talt.".encode(encoding))
        assert made(path)[0]["data"]["text"] == "Ærlig talt."


def test_tasks_come_back_as_they_were_written(document, tmp_path):
    tasks = made(document)
    path = tmp_path / "deep" / "tasks.json"
    write_tasks(tasks, path)
    assert read_tasks(path) == tasks
    assert [p.name for p in path.parent.iterdir()] == ["tasks.json"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[{", "line 1: not JSON"),
        ("{}", "not a list of tasks"),
        ("[]", "not a list of tasks"),
        ('[{"text": "x"}]', 'task 1 has no "data"'),
        ('[{"data": {"text": "x", "source": "s"}}]', "task 1 has no passage_id"),
        ('[{"data": {"passage_id": "a", "source": "s", "text": " "}}]', "task 1 has no text"),
    ],
)
def test_a_bad_task_file_is_one_clear_line(tmp_path, content, message):
    path = tmp_path / "tasks.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_tasks(path)


def test_an_id_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "tasks.json"
    task = {"data": {"passage_id": "a", "source": "s", "text": "x"}}
    path.write_text(json.dumps([task, task]), encoding="utf-8")
    with pytest.raises(InputError, match="tasks 1 and 2 have the same passage_id a"):
        read_tasks(path)


@pytest.mark.parametrize(
    ("line", "title"),
    [("# About C#", "About C#"), ("# Title ##", "Title"), ("#  Two  words \t", "Two words")],
)
def test_a_heading_is_the_title(tmp_path, line, title):
    (tmp_path / "a.md").write_text(f"{line}\n\nBody.\n", encoding="utf-8")
    assert read_documents(tmp_path / "a.md")[0].guessed["title"] == title


def test_a_document_of_signs_that_nobody_sees_is_empty(tmp_path):
    (tmp_path / "a.txt").write_text("\u200b\n\ufeff", encoding="utf-8")
    with pytest.raises(InputError, match="the document is empty"):
        read_documents(tmp_path / "a.txt")


def test_a_file_that_leads_nowhere_and_a_name_that_is_no_text_are_refused(tmp_path):
    loop, odd = tmp_path / "loop.txt", Path(os.fsdecode(bytes(tmp_path) + b"/\xff.txt"))
    loop.symlink_to(loop)
    with pytest.raises(InputError, match=r"loop\.txt"):
        ingest([loop], config_sha256="", strict=True)
    odd.write_text("A claim.", encoding="utf-8")
    with pytest.raises(InputError, match="its document_id is not UTF-8 text"):
        ingest([odd], config_sha256="", strict=True)


def test_a_blank_source_and_a_file_named_in_two_ways_are_refused(tmp_path):
    (tmp_path / "a.txt").write_text("A claim.", encoding="utf-8")
    (tmp_path / "m.csv").write_text("file,source\na.txt,S\n./a.txt,T\n", encoding="utf-8")
    with pytest.raises(InputError, match="the source is blank"):
        ingest([tmp_path / "a.txt"], config_sha256="", source=" ")
    with pytest.raises(InputError, match=r"line 3: \./a\.txt stands here a second time, after line 2"):
        ingest([tmp_path / "a.txt"], config_sha256="", manifest=tmp_path / "m.csv", strict=True)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ('"x": NaN', "task 1: holds NaN"),
        ('"x": "\\ud800"', "task 1: holds half a character"),
        (f'"x": {"1" * 5000}', "more than 4300 digits"),
        (f'"x": {"[" * 100_000}', "nested too deeply"),
    ],
)
def test_a_task_file_that_no_server_takes_is_refused(tmp_path, extra, message):
    path = tmp_path / "t.json"
    path.write_text(
        f'[{{"data": {{"passage_id": "p", "source": "s", "text": "t", {extra}}}}}]', encoding="utf-8"
    )
    with pytest.raises(InputError, match=message):
        read_tasks(path)
