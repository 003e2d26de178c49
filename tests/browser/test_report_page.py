"""The report in a real browser: nothing leaves, nothing complains, nothing sticks out on a telephone."""

import pytest

from annotate.present.report import write_report
from annotate.present.summary import summarise
from annotate.sampling import Interval
from tests.study_example import HOSTILE, NOTE, study

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
@pytest.mark.parametrize("width", [1440, 390, 320])
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
    assert page.locator("svg[role=img]").count() == 8
    assert page.locator("th", has_text=HOSTILE).first.is_visible()


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
    assert page.evaluate("getComputedStyle(document.querySelector('.scroll')).overflowX") == "visible"
