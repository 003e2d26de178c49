"""Claims in the report and on pages of their own: what is drawn is told in words, nothing runs, nothing is loaded."""

import re
from html.parser import HTMLParser

import openpyxl
import pytest

from annotate.errors import InputError
from annotate.present.claim_cards import claim_page
from annotate.present.report import render_report
from annotate.present.summary import summarise
from annotate.present.workbook import write_workbook
from annotate.provenance.claims.measured import gather, measure
from annotate.sampling import Interval
from tests import claim_example

FEW = Interval(replicates=50)


class Ids(HTMLParser):
    """The ids of a page, and where its links lead."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.tags = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.tags.add(tag)
        self.ids += [told["id"]] if "id" in told else []
        self.links += [told["href"]] if tag == "a" and "href" in told else []


@pytest.fixture
def claims(tmp_path):
    return gather(claim_example.study(tmp_path), claim_example.links(tmp_path))


def words(page):
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)).split())


def test_a_page_tells_who_says_it_from_whom_and_how_many_origins(claims):
    page = claim_page(claims, 1, FEW)
    told = words(page)
    for source in ("Kestwire", "Varrin Daily", "Tide Blog", "Ommer Magazine", "Lock Weekly", "Gazette"):
        assert source in told
    assert "Independent origins 1 to 3 [1,3]" in told
    assert "Circular yes" in told
    assert "Ana Mirel counted the barges" in told
    assert "50 draws" in told
    found = Ids(page)
    assert "script" not in found.tags
    assert page.count("<mark>") > 0
    assert len(found.ids) == len(set(found.ids))
    assert "default-src 'none'" in page


def test_a_text_cannot_write_into_the_page(tmp_path):
    evil = '<script>alert(1)</script> & "barges" sunk at the weir.'
    tasks = claim_example.tasks()
    tasks[1]["data"] |= {"text": evil, "source": "<b>Daily</b>"}
    claims = gather(claim_example.study(tmp_path, tasks), claim_example.links(tmp_path))
    for page in (
        claim_page(claims, 1, FEW),
        render_report(summarise(claims.study, claims=claims, interval=FEW)),
    ):
        assert "<script>alert" not in page
        assert "<b>Daily" not in page
        assert "&lt;script&gt;alert" in page


def test_a_claim_that_is_not_there_is_one_line(claims, run, tmp_path):
    with pytest.raises(InputError, match=r"claim 9: there is none; .* has claims 1 to 1"):
        claim_page(claims, 9)
    told = ["claims", "export.json", "--links", "links.csv", "--replicates", "20", "--page"]
    code, _, said = run(*told, "9", "-o", "nine.html")
    assert (code, said.strip().splitlines()[-1]) == (
        1,
        "annotate: claim 9: there is none; export.json has claims 1 to 1",
    )
    assert not (tmp_path / "nine.html").exists()
    code, _, said = run(*told, "1", "-o", "one.txt")
    assert (code, "a page is written to .html" in said) == (1, True)
    assert run(*told, "1")[0] == 2
    code, _, said = run(*told, "1", "-o", "one.html")
    assert (code, "one.html: written" in said) == (0, True)
    assert "Ana Mirel" in (tmp_path / "one.html").read_text("utf-8")


def test_the_network_of_the_report_leads_to_its_claims_and_stands_in_a_table(claims):
    page = render_report(summarise(claims.study, claims=claims, interval=FEW))
    found = Ids(page)
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    network = page[page.index('class="network"') : page.index('id="network-table"')]
    table = page[page.index('id="network-table"') : page.index('id="claim-1"')]
    for source in ("Kestwire", "Gazette", "Tide Blog", "Ana Mirel"):
        assert source in network
        assert source in table
    assert network.count('aria-label="') == 1 + 6 + 1 + 1  # the drawing, sources, the claim, the origin
    assert "1 to 3 [1,3]" in words(table)


def test_a_study_whose_texts_are_not_there_has_a_report(tmp_path):
    tasks = claim_example.tasks()
    study = claim_example.study(tmp_path, tasks[-1:])  # one passage: nothing recurs
    assert "network" not in Ids(render_report(summarise(study, interval=FEW))).ids


def test_the_sheet_of_origins_says_what_the_command_says(claims, tmp_path):
    summary = summarise(claims.study, claims=claims, interval=FEW)
    write_workbook(tmp_path / "study.xlsx", summary)
    _, header, *rows = openpyxl.load_workbook(tmp_path / "study.xlsx")["Origins"].iter_rows(values_only=True)
    figures = measure(claims, FEW)
    assert [row[header.index("Origins, most")] for row in rows] == figures["origins_high"].tolist()
    assert [row[header.index("Circular")] for row in rows] == figures["circular"].tolist()
    assert rows[0][header.index("Where chains end")] == "Ana Mirel"


def test_what_nobody_linked_keeps_its_mentions_whatever_few_called_the_same(tmp_path):
    rows = [("wire", "daily", "L1", "same_claim", "cannot_tell"), ("wire", "daily", "L2", "topic_only", "")]
    found = gather(claim_example.study(tmp_path), claim_example.links(tmp_path, rows))
    assert (measure(found, FEW)["n_mentions"] == found.book.claims["n_mentions"]).all()
