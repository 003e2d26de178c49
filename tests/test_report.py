import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from annotate.codebook.scale import Scale
from annotate.coordination.adjudication import decisions_of_table
from annotate.present.report import render_report, write_report
from annotate.present.summary import summarise, warnings_of
from annotate.present.wording import REFERENCES
from annotate.sampling import Interval
from annotate.study.study import read_study
from annotate.study.words import Choices, visible
from tests.study_example import FORMULA, HOSTILE, LONG, NOTE, export, study

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "exports" / "example"
SCRIPT = ROOT / "annotate" / "present" / "templates" / "report.js"


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
        if self.inside not in {"style", "script"}:
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


def test_nothing_is_loaded_and_nothing_from_outside_runs(page, source):
    links, scripts = [], []
    for tag, attributes in page.elements:
        scripts += [attributes] if tag == "script" else []
        assert tag not in {"iframe", "object", "embed", "base", "form", "img"}
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
    assert scripts == [{"type": "application/json", "id": "passages-data"}, {}]
    (run,) = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    assert run == SCRIPT.read_text(encoding="utf-8").rstrip()  # as it was written: nothing is put into it


def test_the_list_of_passages_is_data_in_which_no_text_can_end_the_element(source, made):
    (told,) = re.findall(
        r'<script type="application/json" id="passages-data">(.*?)</script>', source, re.DOTALL
    )
    assert not set("<>&") & set(told)
    listed = json.loads(told)
    labels = made.labels.set_index(["item", "variable"])
    words = Choices(made.study.codebook)
    passages = made.study.passages.set_index("item")
    items = [item for item in passages.index if item in labels.index.get_level_values("item")]
    assert [one["text"] for one in listed] == [visible(passages.loc[item, "text"]) for item in items]
    for one, item in zip(listed, items, strict=True):
        row = labels.loc[item, "claim_type"]
        if not row["tie"]:
            assert one["labels"]["Claim type"][0] == words.label("claim_type", row["category"])


def test_styles_load_nothing(source):
    assert "url(" not in source
    assert "@import" not in source


def test_the_policy_allows_our_script_by_its_hash_and_inline_styles_alone(page):
    policy = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(SCRIPT.read_bytes().rstrip()).digest()).decode()
    expected = f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    assert policy == [expected]


def test_texts_from_outside_are_shown_and_never_markup(source, page):
    assert HOSTILE in page.text
    assert "<script>alert" not in source
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
        assert chart["role"] == "group"
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


def test_the_same_study_gives_the_same_page(source, tmp_path):
    again = summarise(study(tmp_path), interval=Interval(replicates=50))
    assert render_report(again, notes=[NOTE, "<b>Second</b> note."]) == source


def test_what_has_no_variation_says_so_in_its_cell(made):
    rows = made.agreement.copy()
    place = rows.index[rows["ci_low"].notna()][0]
    rows.loc[place, ["ci_low", "ci_high"]] = rows.loc[place, "value"]
    shown = Page(render_report(replace(made, agreement=rows)))
    assert "no variation" in shown.text
    assert "no variation" not in Page(render_report(made)).text


def test_a_claim_whose_attributions_differ_says_so_and_can_be_cited():
    summary = summarise(read_study(EXAMPLE), interval=Interval(replicates=20))
    told = render_report(summary)
    page = Page(told)
    differing = summary.ledger.claims["attributions_differ"].eq(True).sum()
    assert page.text.count("Attributions differ:") == differing > 0
    assert "drift: yes" not in page.text
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    for number in summary.ledger.claims["claim"]:
        assert ids.count(f"claim-{number}") == 1
        assert f'href="#claim-{number}"' in told


def test_what_must_be_known_stands_before_the_figures(page, made):
    for warning in warnings_of(made):
        assert page.text.index(" ".join(warning.split())) < page.text.index("Agreement # Read percent")


def test_final_labels_say_who_decided(tmp_path):
    example = study(tmp_path)
    table = pd.DataFrame(
        [
            {
                "item": "p03",
                "variable": "claim_type",
                "category": "practice",
                "decided_by": "Mirel",
                "remark": "",
            }
        ]
    )
    decisions = decisions_of_table(table, example, where="here")
    told = render_report(summarise(example, interval=Interval(replicates=20), decisions=decisions))
    (data,) = re.findall(r'id="passages-data">(.*?)</script>', told, re.DOTALL)
    (one,) = [one for one in json.loads(data) if one["text"].startswith("The ministry denies")]
    assert one["labels"]["Claim type"] == ["Ongoing pattern", "A4 decided"]
    row = re.search(r"Claim type (\d+) (\d+) (\d+) (\d+) ", Page(told).text.split("Most frequent labels")[1])
    ways = summarise(example, interval=Interval(replicates=20), decisions=decisions).labels
    ways = ways[ways["variable"] == "claim_type"]
    assert [int(part) for part in row.groups()] == [
        int((ways["method"] == "unanimous").sum()),
        int(((ways["method"] == "majority") & ~ways["tie"]).sum()),
        1,
        int(ways["tie"].sum()),
    ]


def test_a_study_nobody_annotated_says_so(tmp_path, made):
    example = study(tmp_path, [{**task, "annotations": []} for task in export()])
    path = tmp_path / "folder" / "report.html"
    nothing = {
        name: getattr(made, name).head(0) for name in ("agreement", "provenance", "disagreements", "labels")
    }
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
