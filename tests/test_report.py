from dataclasses import replace
from html.parser import HTMLParser

import pytest

from annotate.codebook.scale import Scale
from annotate.present.report import render_report, write_report
from annotate.present.summary import summarise
from annotate.present.wording import REFERENCES
from annotate.sampling import Interval
from annotate.study.study import read_study
from tests.study_example import FORMULA, HOSTILE, LONG, NOTE, export, study


class Page(HTMLParser):
    """Every element of a page with its attributes, and the text that a reader sees."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.words = []
        self.inside = None
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.inside = tag

    def handle_data(self, data):
        if self.inside != "style":
            self.words.append(data)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return summarise(study(tmp_path_factory.mktemp("report")), interval=Interval(replicates=50))


@pytest.fixture(scope="module")
def source(made):
    return render_report(made, notes=[NOTE, "<b>Second</b> note."])


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


def test_nothing_is_loaded_and_nothing_runs(page):
    links = []
    for tag, attributes in page.elements:
        assert tag not in {"script", "iframe", "object", "embed", "base", "form", "img"}
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
            if name not in attributes:
                continue
            if tag == "a" and not attributes[name].startswith("#"):
                links.append(attributes[name])
                assert attributes["rel"] == "noopener noreferrer"
            else:
                assert attributes[name].startswith(("#", "data:"))
    assert links == ["https://kestwire.example/a?b=1&c=2"]


def test_styles_load_nothing(source):
    assert "url(" not in source
    assert "@import" not in source


def test_the_policy_forbids_everything_but_inline_styles(page):
    policy = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    ]


def test_texts_from_outside_are_shown_and_never_markup(source, page):
    assert HOSTILE in page.text
    assert "<script" not in source
    assert "<b>Second</b> note." in page.text


def test_notes_stand_before_everything_else(page):
    assert page.text.index(NOTE) < page.text.index("What was read")


def test_counts_and_numbers_are_those_of_the_tables(page, made):
    agreement = made.agreement.set_index(["source", "variable", "coefficient"])
    row = agreement.loc["Kestwire", "claim_type", "krippendorff_alpha"]
    assert f"{row['value']:.3f} {row['ci_low']:.3f} to {row['ci_high']:.3f}" in page.text
    assert "0.571" in page.text  # Kestwire's attributed share, 4 of 7
    assert "15 Passages 4 Sources" in page.text


def test_what_is_undefined_says_why(page):
    assert "undefined only one category was used" in page.text
    assert "undefined no item has two ratings" in page.text
    assert "undefined no claim was coded" in page.text


def test_each_chart_has_a_text_alternative_and_a_table(page):
    charts = [attributes for tag, attributes in page.elements if tag == "svg"]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(charts) == 5 + 3  # variables; whom, grounds, kinds
    assert len(set(ids)) == len(ids)
    for chart in charts:
        assert chart["role"] == "img"
        assert set(chart["aria-labelledby"].split()) <= set(ids)
    captions = [tag for tag, _ in page.elements if tag == "caption"]
    assert len(captions) >= len(charts)


def test_sources_stand_in_the_order_of_the_alphabet(page):
    rows = page.text[page.text.index("Provenance by source Source") :]
    places = [rows.index(name) for name in ("All sources", HOSTILE, "Kestwire", "Ommerlight", LONG)]
    assert places == sorted(places)


def test_disagreements_show_the_passage_and_every_answer(page):
    text = page.text[page.text.index("Where annotators differ") :]
    assert "5 passages have at least one differing answer; all are shown." in text
    assert text.index("The ministry denies") < text.index("The bridge was closed")
    assert "A1 Specific event A2 Ongoing pattern A3 Specific event" in text


def test_methods_references_and_what_was_left_out(page):
    for reference in REFERENCES:
        assert reference in page.text
    assert "Cancelled skipped by the annotator 2" in page.text
    assert "All intervals are 95 % intervals." in page.text


def test_formulas_and_control_characters_are_plain_text(tmp_path, made):
    tasks = export()
    tasks[0]["data"]["text"] = FORMULA + "\x0b"
    example = study(tmp_path, tasks)
    page = Page(render_report(replace(made, study=example)))
    assert FORMULA + "\\x0b" in page.text


def test_the_same_study_gives_the_same_page_but_for_the_time(made, source):
    again = render_report(made, notes=[NOTE, "<b>Second</b> note."])
    differing = [(a, b) for a, b in zip(source.splitlines(), again.splitlines(), strict=True) if a != b]
    assert all("UTC" in a for a, _ in differing)


def test_a_study_nobody_annotated_says_so(tmp_path, made):
    example = study(tmp_path, [{**task, "annotations": []} for task in export()])
    path = tmp_path / "folder" / "report.html"
    nothing = {name: getattr(made, name).head(0) for name in ("agreement", "provenance", "disagreements")}
    write_report(path, replace(made, study=example, **nothing))
    page = Page(path.read_text(encoding="utf-8"))
    assert "There is nothing to measure" in page.text
    assert "No profile" in page.text
    assert "Nothing was left out." in page.text


def test_a_plain_table_of_ratings_makes_a_report_too(tmp_path):
    table = tmp_path / "ratings.csv"
    table.write_text("item,source,annotator,variable,category\n1,S,A1,kind,a\n1,S,A2,kind,b\n2,S,A1,kind,a\n")
    plain = read_study(table)
    summary = summarise(
        plain, scales={"kind": Scale("nominal")}, interval=Interval(replicates=20, confidence=0.9)
    )
    page = Page(render_report(summary))
    assert "The text is not part of what was read." in page.text
    assert "All intervals are 90 % intervals." in page.text
    assert "it has no codebook" in page.text
