"""The pictures of the docs, made anew from the real screens: ``python -m benchmarks.pictures FOLDER [LABELLING ADJUDICATION]``.

Of ``exports/example``: report.png, ledger.png and workbook.png. With the links of a project's label stream and of an
adjudication's, which ``annotate assign`` (or ``push``) and ``annotate adjudicate`` print: labelling.png and adjudication.png;
the server's login is in ANNOTATE_EMAIL and ANNOTATE_PASSWORD. Needs Chromium, LibreOffice and pdftoppm.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from annotate.notebook import open_study

EXAMPLE = Path(__file__).parent.parent / "exports" / "example"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SECONDS = 60_000


def signed_in(browser: Browser, link: str) -> Page:
    """A page of Label Studio behind a login, with the instructions closed."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.set_default_timeout(SECONDS)
    page.goto("{0.scheme}://{0.netloc}/user/login/".format(urlsplit(link)))
    page.locator("input[name=email]").fill(os.environ["ANNOTATE_EMAIL"])
    page.locator("input[name=password]").fill(os.environ["ANNOTATE_PASSWORD"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/user/login" not in url, wait_until="commit")
    page.goto(link)
    page.get_by_text("Submit", exact=True).first.wait_for()
    page.keyboard.press("Escape")
    page.wait_for_timeout(1500)
    return page


def of_the_report(browser: Browser, study: Path, folder: Path) -> None:
    """report.png, the chart and the table of one question, and ledger.png, a claim through its sources."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(study.as_uri())
    box = page.get_by_role("heading", name="Evidentiary basis").first.bounding_box() or {"x": 0.0, "y": 0.0}
    left, top = box["x"] - 12, box["y"] - 12
    page.screenshot(
        path=folder / "report.png",
        full_page=True,
        clip={"x": left, "y": top, "width": 1160, "height": 640},
    )
    claim = page.locator("article[id^=claim-]", has_text="about 240 patients").first
    claim.scroll_into_view_if_needed()
    claim.screenshot(path=folder / "ledger.png")


def of_the_workbook(browser: Browser, study: Path, folder: Path) -> None:
    """workbook.png: its charts and its sources, as LibreOffice prints them."""
    with tempfile.TemporaryDirectory() as name:
        command = [
            "soffice",
            f"-env:UserInstallation=file://{name}/profile",
            "--headless",
            "--convert-to",
            "pdf",
        ]
        subprocess.run([*command, "--outdir", name, study], check=True, timeout=SECONDS / 100)
        pdf = Path(name) / f"{study.stem}.pdf"
        subprocess.run(["pdftoppm", "-r", "110", "-l", "4", "-png", pdf, Path(name) / "p"], check=True)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        shown = Path(name) / "pages.html"
        pictures = sorted(Path(name).glob("p-*.png"))[1::2]  # the charts, and the sources
        shown.write_text("".join(f'<img src="{one.name}" style="width:100%">' for one in pictures), "utf-8")
        page.goto(shown.as_uri())
        page.screenshot(
            path=folder / "workbook.png",
            full_page=True,
            clip={"x": 0, "y": 40, "width": 1280, "height": 1420},
        )


def main() -> None:
    """Make the pictures into the folder that is named."""
    folder, links = Path(sys.argv[1]), sys.argv[2:]
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        if links:
            for title, link in zip(("labelling", "adjudication"), links, strict=True):
                signed_in(browser, link).screenshot(path=folder / f"{title}.png")
        else:
            opened = open_study(EXAMPLE)
            opened.report(Path(name) / "study.html")
            opened.workbook(Path(name) / "study.xlsx")
            of_the_report(browser, Path(name) / "study.html", folder)
            of_the_workbook(browser, Path(name) / "study.xlsx", folder)
        browser.close()


if __name__ == "__main__":
    main()
