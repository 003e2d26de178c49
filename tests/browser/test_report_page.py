"""The report in a real browser: nothing leaves, nothing complains, nothing sticks out on a telephone."""

from dataclasses import replace

import pytest

from annotate.codebook.scale import Scale
from annotate.present.report import write_report
from annotate.present.summary import summarise
from annotate.sampling import Interval
from annotate.study.study import read_study
from tests.patience import PATIENCE_SECONDS, until
from tests.study_example import FORMULA, HOSTILE, NOTE, study

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    example = study(folder)
    summary = summarise(example, interval=Interval(replicates=50))
    path = folder / "report.html"
    write_report(path, summary, notes=[NOTE])
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [2560, 1440, 768, 390, 320])
def test_the_page_stands_alone_and_fits(new_page, address, width, scheme):
    page = new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    asked, said, dialogs = [], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(address, wait_until="load")
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert (said, dialogs) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_text(NOTE, exact=True).bounding_box()["y"] < 844  # in sight without scrolling
    assert page.locator("svg.marks").count() == 8
    assert page.locator("tbody th", has_text=HOSTILE).first.is_visible()


def test_colours_follow_light_and_dark_in_the_charts_too(new_page, address):
    fills = []
    for scheme in ("light", "dark"):
        page = new_page(color_scheme=scheme)
        page.goto(address)
        fills.append(page.locator("svg text").first.evaluate("element => getComputedStyle(element).fill"))
    assert len(set(fills)) == 2


def test_it_prints_without_cutting_a_table(new_page, address):
    page = new_page(viewport={"width": 720, "height": 1000})
    page.goto(address)
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert page.evaluate("getComputedStyle(document.querySelector('.scroll')).overflowX") == "visible"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_screen_reader_finds_nothing_in_its_way(new_page, address, axe, width, scheme):
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page.goto(address)
    page.add_script_tag(content=axe)
    found = page.evaluate("axe.run()")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_disagreements_are_found_by_words_source_and_question(new_page, address):
    page = new_page()
    page.goto(address)
    cards = page.locator("#found-disagreements .card:visible")
    every = cards.count()
    form = page.get_by_role("search", name="Search disagreements")
    form.get_by_label("Search").fill("ministry denies")
    assert cards.count() == 1 < every
    assert "The ministry denies" in cards.first.text_content()
    form.get_by_label("Search").fill("")
    form.get_by_label("Source").select_option("Ommerlight")
    assert {card.get_attribute("data-source") for card in cards.all()} == {"Ommerlight"}
    assert form.get_by_role("status").inner_text() == f"{cards.count()} of {every} passages"


def test_passages_are_found_by_their_label_and_are_plain_text(new_page, address):
    page = new_page()
    page.goto(address)
    rows = page.locator(".passages li")
    assert rows.count() == 14
    form = page.get_by_role("search", name="Search passages")
    form.get_by_label("Label").select_option("Claim type: No claim")
    assert FORMULA in rows.all_inner_texts()[0]
    assert page.locator(".passages img, .passages script").count() == 0


def test_a_table_is_sorted_by_a_click_and_all_sources_stay_on_top(new_page, address):
    page = new_page()
    page.goto(address)
    table = page.locator("table", has_text="Provenance by source").first
    head = table.get_by_role("columnheader").filter(has_text="Passages").first
    head.get_by_role("button").click()
    counts = [int(row.locator("td").first.inner_text()) for row in table.locator("tbody tr").all()]
    assert counts[0] == 15
    assert counts[1:] == sorted(counts[1:])
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    counts = [int(row.locator("td").first.inner_text()) for row in table.locator("tbody tr").all()]
    assert counts[1:] == sorted(counts[1:], reverse=True)


def test_charts_answer_to_the_keyboard_and_to_the_pointer(new_page, address):
    page = new_page(viewport={"width": 1440, "height": 900})
    page.goto(address)
    chart, tip = page.locator("svg.marks").first, page.locator("#tip")
    chart.focus()
    page.keyboard.press("ArrowDown")
    assert tip.inner_text() == chart.locator("title").nth(1).text_content()
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    chart.locator(".mark").nth(2).hover()
    assert ", n = " in tip.inner_text()


def test_a_table_is_cards_on_a_telephone_in_which_every_value_has_its_name(new_page, address):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(address)
    cells = page.locator("main table td")
    assert cells.count() > 100
    names = page.evaluate(
        "[...document.querySelectorAll('main td')].map(cell => getComputedStyle(cell, '::before').content)"
    )
    assert not [name for name in names if name in ("none", '""', "normal")]
    stick_out = page.evaluate(
        "[...document.querySelectorAll('main td, main th')].filter(c => c.getBoundingClientRect().right > 391).length"
    )
    assert stick_out == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_the_menu_stays_in_sight(new_page, address, width):
    page = new_page(viewport={"width": width, "height": 844})
    page.goto(address)
    page.locator("nav a", has_text="Methods").click()
    until(lambda: page.evaluate("scrollY") > 1000, "the page did not scroll")
    assert 0 <= page.locator("nav").bounding_box()["y"] < 200
    assert page.locator("#methods-h").is_visible()


def test_five_thousand_passages_open_in_time_and_in_few_bytes(new_page, tmp_path):
    rows = [
        f"p{n},Source {n % 9},A{who},kind,{'abc'[(n + (who * n) % 7 // 5) % 3]}"
        for n in range(5000)
        for who in (1, 2, 3)
    ]
    (tmp_path / "r.csv").write_text("item,source,annotator,variable,category\n" + "\n".join(rows) + "\n")
    made = read_study(tmp_path / "r.csv")
    texts = [
        f"Passage {n}. " + "The harbour office said on Monday that the ferry had stopped. " * 4
        for n in range(5000)
    ]
    made = replace(
        made, passages=made.passages.assign(text=texts, document=[f"d{n // 20}" for n in range(5000)])
    )
    summary = summarise(
        made, scales={"kind": Scale("nominal")}, interval=Interval(replicates=20), ledger=False
    )
    path = tmp_path / "large.html"
    write_report(path, summary)
    assert path.stat().st_size < 5_000_000
    page = new_page(viewport={"width": 1440, "height": 900})
    page.goto(path.as_uri(), wait_until="load")
    took = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert took < 2000 * PATIENCE_SECONDS / 120
    assert page.get_by_text("5000 of 5000 passages").is_visible()
