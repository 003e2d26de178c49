"""Links of web pages: kept with the passage that has their words, not shown, and an edge where they lead to a document."""

from annotate.codebook.read import load_codebook
from annotate.corpus import ingest, write_tasks
from annotate.files import bundled
from annotate.reuse.documents import namings
from annotate.study.passages import passages_of, read_passages

BOOK = load_codebook(bundled("label_config.xml"))
PAGE = """<html><head><title>On the weir</title></head><body>
<nav><a href="https://blog.example.org/other">Other posts</a> <a href="/home">Home</a></nav>
<article><h1>On the weir</h1>
<p>The river rose by two metres in the night of the third of May, the lock keeper wrote in her log.</p>
<p>Nine barges went down at the weir, <a href="https://www.wire.example.org/barges/#top">as was reported</a> on the day after the flood.</p>
<p>Nobody has said so far <a href="#note">who opened</a> the gate, and <a href="javascript:alert(1)">the council</a> keeps its minutes to itself.</p>
</article></body></html>"""


def made(tmp_path):
    (tmp_path / "blog.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "wire.txt").write_text(
        "Barges lost\n\nNine barges were lost at the weir on Monday.", encoding="utf-8"
    )
    (tmp_path / "sources.csv").write_text(
        "file,source,title,url\nblog.html,Tide Blog,On the weir,https://blog.example.org/weir\n"
        "wire.txt,Kestwire,Barges lost,http://wire.example.org/barges\n",
        encoding="utf-8",
    )
    files = [tmp_path / "blog.html", tmp_path / "wire.txt"]
    return ingest(files, config_sha256=BOOK.sha256, manifest=tmp_path / "sources.csv").tasks


def test_a_link_is_kept_with_the_passage_that_has_its_words(tmp_path):
    linked = {
        task["data"]["text"]: task["data"]["links"] for task in made(tmp_path) if "links" in task["data"]
    }
    assert list(linked.values()) == ["https://www.wire.example.org/barges/#top"]
    assert "Nine barges went down" in next(iter(linked))


def test_annotators_do_not_see_links():
    assert "$links" not in BOOK.config


def test_a_link_to_a_document_of_the_corpus_names_it(tmp_path):
    tasks = made(tmp_path)
    path = tmp_path / "tasks.json"
    write_tasks(tasks, path)
    for passages in (passages_of(tasks), read_passages(path)):
        (naming,) = namings(passages)
        assert (naming.how, naming.document, naming.named) == (
            "address",
            *_documents(tasks, "Tide Blog", "Kestwire"),
        )
    bare = passages_of([{"data": {**task["data"], "links": ""}} for task in tasks])
    assert namings(bare) == []


def _documents(tasks, *sources):
    of = {task["data"]["source"]: task["data"]["document_id"] for task in tasks}
    return tuple(of[source] for source in sources)
