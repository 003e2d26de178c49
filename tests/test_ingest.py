"""Folders of all kinds of files in, tasks out; what is wrong with one file keeps no other from being read."""

import hashlib
import os
import tempfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.corpus import ingest, read_tasks, write_texts
from annotate.corpus.dates import date_in_address, read_published
from annotate.corpus.folders import find_files
from annotate.corpus.readers.document import host_of
from annotate.corpus.segment import FURNITURE
from annotate.errors import InputError
from annotate.files import bundled
from annotate.study.passages import read_passages
from tests.endless import ENDLESS
from tests.pdf_example import column, pdf

CORPUS = bundled("tasks/example")

PAGE = """<!doctype html><html><head><meta property="og:site_name" content="The Gazette"><title>The barges</title>
<link rel="canonical" href="https://gazette.example.org/2021/03/04/barges"></head><body><article><h1>The barges</h1>
<p>The harbour office counted the barges twice on that day. Both counts were sent to the upper house.</p>
</article></body></html>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    (root / "deeper" / ".git").mkdir(parents=True)
    (root / "page_files").mkdir()
    (root / "page.html").write_text(PAGE, encoding="utf-8")
    (root / "page_files" / "frame.html").write_text(PAGE, encoding="utf-8")
    (root / "plain.txt").write_text("One claim. Another claim.", encoding="utf-8")
    (root / "rows.csv").write_text("text,document_id,source\nOne.,r1,A\nTwo.,r2,B\n", encoding="utf-8")
    (root / "deeper" / "paper.pdf").write_bytes(pdf([column("A line of a paper.")]))
    document = docx.Document()
    document.add_paragraph("A line of a letter.")
    document.save(root / "deeper" / "letter.docx")
    (root / "deeper" / ".hidden.txt").write_text("No.", encoding="utf-8")
    (root / "deeper" / ".git" / "x.txt").write_text("No.", encoding="utf-8")
    (root / "deeper" / "picture.png").write_bytes(b"\x89PNG")
    return root


def done(*files, **kwargs):
    return ingest(list(files), config_sha256="c", **kwargs)


def data(made, identity):
    return next(task["data"] for task in made.tasks if task["data"]["document_id"] == identity)


def test_a_folder_of_every_kind_becomes_tasks(folder):
    made = done(folder)
    assert made.failures == ()
    assert list(made.texts) == ["letter", "paper", "page", "plain", "r1", "r2"]
    assert made.passed == {"hidden files": 2, ".png files": 1, "parts of saved pages": 1}
    assert "passed over: 1 .png files (picture.png)" in made.notices
    for task in made.tasks:
        one = task["data"]
        text = made.texts[one["document_id"]]
        assert text[one["start"] : one["end"]] == one["text"]
        assert hashlib.sha256(text.encode()).hexdigest() == one["document_sha256"]
        assert one["kind"] in {"body", "heading"}
    assert sum(made.kinds.values()) == len(made.tasks)


def test_what_is_guessed_is_named_in_the_task_and_counted(folder):
    made = done(folder)
    page = data(made, "page")
    assert (page["source"], page["title"], page["published"]) == ("The Gazette", "The barges", "2021-03-04")
    assert page["guessed"] == ["source", "title", "published", "url"]
    assert data(made, "plain")["guessed"] == ["source"]
    assert "guessed" not in data(made, "r1")
    assert made.guessed == {"source": 4, "title": 1, "published": 1, "url": 1}
    assert made.notices[-1].startswith("guessed: the source of 4, ")


def test_the_manifest_wins_over_the_table_that_over_the_option_and_that_over_guesses(folder):
    manifest = folder / "sources.csv"
    manifest.write_text(
        "file,source,url\nrows.csv,M,\nplain.txt,,https://www.daily.example.org/2020/sep/14/x\n",
        encoding="utf-8",
    )
    made = done(folder, manifest=manifest, source="S")
    found = {name: data(made, name)["source"] for name in ("r1", "r2", "plain", "page")}
    assert found == {"r1": "M", "r2": "M", "plain": "S", "page": "S"}
    assert data(made, "plain")["published"] == "2020-09-14"
    assert data(made, "plain")["guessed"] == ["published"]
    assert data(done(folder / "plain.txt", manifest=manifest), "plain")["source"] == "daily.example.org"


def test_rows_for_no_file_are_named_and_a_row_is_never_that_of_a_namesake(folder, tmp_path):
    namesake = tmp_path / "plain.txt"
    namesake.write_text("Another text.", encoding="utf-8")
    manifest = folder / "sources.csv"
    manifest.write_text("file,source,document_id\nplain.txt,P,p\ngone.txt,G,\n", encoding="utf-8")
    made = done(folder / "plain.txt", namesake, manifest=manifest)
    assert (data(made, "p")["source"], data(made, "plain")["source"]) == ("P", "plain")
    assert any("1 row is for files that are not among these (gone.txt)" in notice for notice in made.notices)


def test_a_name_that_may_be_either_of_two_files_is_refused(folder, tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.txt").write_text(f"Text {name}.", encoding="utf-8")
    manifest = folder / "sources.csv"
    manifest.write_text("file,source\nsame.txt,S\n", encoding="utf-8")
    made = done(tmp_path / "a" / "same.txt", tmp_path / "b" / "same.txt", manifest=manifest)
    assert made.documents == 0
    assert all("same.txt may be " in failure.message for failure in made.failures)


def test_a_row_by_the_name_and_another_by_the_path_of_a_file_are_refused(folder, tmp_path):
    manifest = tmp_path / "sources.csv"
    manifest.write_text("file,source\nplain.txt,A\nin/plain.txt,B\n", encoding="utf-8")
    made = done(folder / "plain.txt", manifest=manifest)
    assert [failure.message.removeprefix(f"{manifest}: ") for failure in made.failures] == [
        f"{folder / 'plain.txt'} stands here twice, as plain.txt and as in/plain.txt; keep one row a file"
    ]
    assert not made.notices
    namesake = folder / "deeper" / "plain.txt"
    namesake.write_text("Another text.", encoding="utf-8")
    manifest.write_text("file,source,document_id\nplain.txt,A,a\nin/plain.txt,B,b\n", encoding="utf-8")
    made = done(folder / "plain.txt", namesake, manifest=manifest)
    assert (data(made, "a")["source"], data(made, "b")["source"]) == ("A", "B")


def test_a_bad_row_of_the_manifest_costs_its_file_only(folder):
    manifest = folder / "sources.csv"
    manifest.write_text(
        "file,published\npage.html,14 Sept\nplain.txt,2020\nrows.csv,2020-09\nrows.csv,2020-10\ngone.txt,soon\n",
        encoding="utf-8",
    )
    made = done(folder, manifest=manifest)
    assert sorted(made.texts) == ["letter", "paper", "plain"]
    assert [failure.message.removeprefix(f"{manifest}: ") for failure in made.failures] == [
        "line 2: published '14 Sept' is not a date; write it as 2020-09-14",
        "line 5: rows.csv stands here a second time, after line 4; keep one row a file",
        "line 6: published 'soon' is not a date; write it as 2020-09-14",
    ]
    assert data(made, "plain")["published"] == "2020"


def test_the_others_are_done_when_some_files_cannot_be_read(folder, tmp_path):
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 cut")
    (folder / "lines.jsonl").write_text('{"text": "a"}\n{', encoding="utf-8")
    made = done(folder, tmp_path / "gone.txt", folder / "plain.txt")
    assert made.documents == 6
    assert {failure.path.name for failure in made.failures} == {
        "broken.pdf",
        "lines.jsonl",
        "gone.txt",
        "plain.txt",
    }
    assert all("\n" not in failure.message for failure in made.failures)
    with pytest.raises(InputError, match=r"plain\.txt: given twice"):
        done(folder / "plain.txt", folder / "plain.txt", strict=True)
    with pytest.raises(InputError, match=r"broken\.pdf: is cut short"):
        done(folder, strict=True)


def test_a_table_whose_second_document_clashes_leaves_nothing_behind(folder):
    (folder / "r2.txt").write_text("Here first.", encoding="utf-8")
    made = done(folder / "r2.txt", folder / "rows.csv")
    assert list(made.texts) == ["r2"]
    assert "has the document id r2, as has" in made.failures[0].message


def test_ready_passages_are_not_cut_and_see_their_neighbours(folder):
    (folder / "rows.csv").write_text("text,document_id\nOne. Two.,r\nThree.,r\n", encoding="utf-8")
    one, two = done(folder / "rows.csv").tasks
    assert (one["data"]["text"], one["data"]["after"]) == ("One. Two.", "Three.")
    assert (two["data"]["start"], two["data"]["before"]) == (10, "One. Two.")


def test_boilerplate_is_left_out_on_request_and_counted(folder):
    (folder / "plain.txt").write_text(
        "The office counted the barges.\nSubscribe to our newsletter\nNobody kept the list.", encoding="utf-8"
    )
    kept, without = done(folder / "plain.txt"), done(folder / "plain.txt", skip=["boilerplate"])
    assert (len(kept.tasks), dict(kept.left_out), kept.kinds["boilerplate"]) == (3, {}, 1)
    assert (len(without.tasks), dict(without.left_out)) == (2, {"boilerplate": 1})
    assert without.tasks[0]["data"]["after"] == kept.tasks[0]["data"]["after"]
    assert "left out: 1 boilerplate" in without.notices


def test_of_the_example_all_that_is_no_body_can_be_left_out():
    files = sorted(path for path in CORPUS.glob("*.*") if path.suffix in (".txt", ".md"))
    made = ingest(files, config_sha256="c", manifest=CORPUS / "sources.csv", skip=FURNITURE)
    assert dict(made.kinds) == {"body": 82}
    assert dict(made.left_out) == {"heading": 13, "byline": 3, "caption": 1, "boilerplate": 1}


@settings(deadline=None, max_examples=60)
@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200),
    st.sampled_from([0, 1, 3]),
)
def test_any_text_goes_through_with_stable_ids_and_true_offsets(tmp_path_factory, text, context):
    path = tmp_path_factory.mktemp("any") / "a.txt"
    path.write_bytes(text.encode())
    first, second = done(path, context=context), done(path, context=context)
    assert first.tasks == second.tasks
    canonical = first.texts.get("a", "")
    assert canonical or "the document is empty" in first.failures[0].message
    covered = set()
    for task in first.tasks:
        one = task["data"]
        assert canonical[one["start"] : one["end"]] == one["text"]
        covered.update(range(one["start"], one["end"]))
    assert all(sign.isspace() for at, sign in enumerate(canonical) if at not in covered)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["page.html", "paper.pdf", "letter.docx"]), st.integers(0, 10**6), st.binary(max_size=40)
)
def test_damaged_bytes_are_read_or_refused_in_one_line(tmp_path_factory, name, at, other):
    root = tmp_path_factory.mktemp("damaged")
    path = root / name
    if name == "letter.docx":
        document = docx.Document()
        document.add_paragraph("A line of a letter.")
        document.save(path)
    else:
        path.write_bytes(PAGE.encode() if name == "page.html" else pdf([column("A line of a paper.")]))
    whole = path.read_bytes()
    place = at % len(whole)
    path.write_bytes(whole[:place] + other + whole[place + len(other) :])
    made = done(path)
    assert made.documents + len(made.failures) == 1
    assert all("\n" not in failure.message and str(path) in failure.message for failure in made.failures)


@pytest.mark.parametrize("piece", ENDLESS)
def test_the_work_of_a_long_line_grows_with_its_length_only(tmp_path, piece, calls):
    work = []
    for size in (2_000, 10_000):
        path = tmp_path / f"{size}.txt"
        path.write_text(piece * (size // len(piece)), encoding="utf-8")
        work.append(calls(lambda path=path: ingest([path], config_sha256="c")))
    assert work[1] < 5.5 * work[0] + 200


def test_the_texts_can_be_written_and_never_over_what_was_read(folder, tmp_path):
    odd = {"a/b": "x\n", "..": "y", "plain": "z"}
    paths = write_texts(odd, tmp_path / "texts")
    assert {identity: path.read_text(encoding="utf-8") for identity, path in paths.items()} == odd
    assert {path.parent for path in paths.values()} == {tmp_path / "texts"}
    assert paths["plain"].name == "plain.txt"
    with pytest.raises(InputError, match="would write over what is read"):
        write_texts({"plain": "z"}, folder, sources=[folder / "plain.txt"])


def test_nothing_to_read_is_refused_at_once(tmp_path):
    with pytest.raises(InputError, match="no files"):
        ingest([], config_sha256="c")
    with pytest.raises(InputError, match="between 0 and 100"):
        done(tmp_path, context=101)


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("2020-09-14", True), ("2020-09-14T10:00:00+02:00", True), ("2020-09", True), ("2020", True),
        ("2020-13", False), ("2020-02-30", False), ("14.9.2020", False), ("", False), ("0000", False),
    ],
)  # fmt: skip
def test_dates_are_iso_and_as_coarse_as_a_year(value, known):
    assert (read_published(value) is not None) is known


@pytest.mark.parametrize(
    ("url", "date"),
    [
        ("https://example.org/2020/09/14/title", "2020-09-14"),
        ("https://example.org/news/2020-9-4-title", "2020-09-04"),
        ("https://example.org/2020/sep/14/title", "2020-09-14"),
        ("https://example.org/2020/13/14/title", None),
        ("https://example.org/12020/09/14", None),
        ("https://example.org/?d=2020/09/14", None),
        ("http://[broken/2020/09/14", None),
        (None, None),
    ],
)
def test_a_day_in_an_address_is_found(url, date):
    assert date_in_address(url) == date


def test_the_host_of_an_address_is_named_without_www():
    assert host_of("https://www.gazette.example.org:8080/x") == "gazette.example.org"
    assert host_of("http://[broken") is host_of("") is host_of(None) is None


def test_folders_are_walked_in_the_order_of_their_names_and_what_is_ignored_is_not_seen(folder):
    found = find_files(folder, {".txt", ".csv"}, ignored=[folder / "rows.csv", folder / "deeper"])
    assert [path.name for path in found.files] == ["plain.txt"]
    (folder / "loop").symlink_to(folder)
    assert find_files(folder, {".txt"}).passed["linked folders"] == [folder / "loop"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_and_not_waited_for(folder):
    os.mkfifo(folder / "pipe.txt")
    made = done(folder)
    assert [failure.message for failure in made.failures] == [
        f"{folder / 'pipe.txt'}: is a pipe or a device; write what comes from it into a file"
    ]
    assert "plain" in made.texts


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no permissions of this kind here")
def test_a_folder_that_cannot_be_looked_into_costs_its_files_only():
    with tempfile.TemporaryDirectory() as name:  # not below pytest's, which is closed to others
        folder, closed = Path(name), Path(name) / "closed"
        closed.mkdir()
        for place in (folder, closed):
            (place / f"{place.name}.txt").write_text("One claim.", encoding="utf-8")
        assert len(done(folder).texts) == 2  # and all that reading imports is imported
        folder.chmod(0o755)
        closed.chmod(0)
        me = os.geteuid()
        try:
            if me == 0:  # root looks into every folder
                os.seteuid(65534)
            made = done(folder)
        finally:
            os.seteuid(me)
            closed.chmod(0o700)
    assert [failure.path for failure in made.failures] == [closed]
    assert list(made.texts) == [folder.name]


def test_a_name_of_two_lines_is_a_source_on_one(tmp_path):
    (tmp_path / "two\nlines.txt").write_text("One claim.", encoding="utf-8")
    assert data(done(tmp_path), "two\nlines")["source"] == "two lines"


def test_the_command_says_what_it_did_lists_what_it_could_not_and_ends_with_status_1(run, folder, tmp_path):
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 cut")
    arguments = ("in", "-o", "t.json", "--texts", "in/texts")
    code, out, err = run("ingest", *arguments, "gone.txt")
    assert (code, out) == (1, "")
    said = err.splitlines()
    assert said[-4:-1] == [
        "annotate: in/broken.pdf: is cut short; fetch it again",
        "annotate: gone.txt: no such file",
        "not read, 2: in/broken.pdf, gone.txt",
    ]
    assert said[-1].endswith("passages from 6 documents by 6 sources")
    assert len(read_tasks(tmp_path / "t.json")) == len(read_passages(tmp_path / "t.json"))
    assert (folder / "texts" / "plain.txt").read_text(encoding="utf-8") == "One claim. Another claim."
    (folder / "broken.pdf").unlink()
    before = (tmp_path / "t.json").read_bytes()
    assert run("ingest", *arguments)[0] == 0
    assert (tmp_path / "t.json").read_bytes() == before


def test_a_named_file_that_may_not_be_read_costs_itself_only(run, folder, monkeypatch):
    closed = folder / "closed.txt"
    closed.write_text("One claim.", encoding="utf-8")
    allowed, read = os.access, Path.read_bytes

    def refuse(path):
        if path.name == closed.name:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path).name != closed.name and allowed(path, mode)
    )
    monkeypatch.setattr(Path, "read_bytes", refuse)
    code, _, err = run("ingest", "in/closed.txt", "in/plain.txt", "-o", "t.json")
    assert code == 1
    assert err.splitlines()[-3:] == [
        "annotate: in/closed.txt: cannot be read (Permission denied)",
        "not read, 1: in/closed.txt",
        "t.json: 2 passages from 1 document by 1 source",
    ]


def test_a_named_file_in_a_closed_folder_costs_itself_only(run, folder, monkeypatch):
    stat = Path.stat

    def refuse(path, **options):
        if path.parent.name == "closed":
            raise PermissionError(13, "Permission denied")
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    code, _, err = run("ingest", "closed/a.txt", "in/plain.txt", "-o", "t.json")
    assert code == 1
    assert "not read, 1: closed/a.txt" in err.splitlines()
    assert "1 document by" in err


def test_the_command_writes_nothing_if_nothing_was_read_or_if_it_is_strict(run, folder, tmp_path):
    (folder / "a.pdf").write_bytes(b"%PDF-1.4 cut")
    for arguments in (("in/a.pdf",), ("in", "--strict")):
        assert run("ingest", *arguments, "-o", "t.json") == (
            1,
            "",
            "annotate: in/a.pdf: is cut short; fetch it again\n",
        )
    assert not (tmp_path / "t.json").exists()


def test_a_coding_beside_the_documents_keeps_out_none_that_the_manifest_names(tmp_path):
    """A table of their passages names the same documents, and comes first by name."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("harbour", "quarry"):
        (folder / f"{name}.txt").write_text(f"The {name} was closed in May.", "utf-8")
    (folder / "codes.csv").write_text("document_id,text\nharbour,The harbour was closed in May.\n", "utf-8")
    (folder / "sources.csv").write_text("file,source\nquarry.txt,Gazette\nharbour.txt,Courier\n", "utf-8")
    made = ingest([folder], config_sha256="0", manifest=folder / "sources.csv")
    assert [task["data"]["source"] for task in made.tasks] == ["Courier", "Gazette"]
    assert [failure.path.name for failure in made.failures] == ["codes.csv"]
