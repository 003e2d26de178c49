"""The demo, run as a person runs it, and what a person does after it."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import openpyxl
import pytest

from annotate.demo.annotators import CAST
from annotate.studio import server
from annotate.study import read_study
from annotate.summary import summarise

pytestmark = pytest.mark.server


def annotate(*arguments: str, cwd: Path, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LABEL_STUDIO", "ANNOTATE", "UV"))
    }
    if data is not None:
        environment["ANNOTATE_SERVER_DIR"] = str(data)
    return subprocess.run(
        [sys.executable, "-m", "annotate", *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=400,
    )  # fmt: skip


@pytest.fixture(scope="module")
def served(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, subprocess.CompletedProcess[str]]]:
    """The demo with --serve; its database is a copy, to save the half minute that a new one takes."""
    home = tmp_path_factory.mktemp("demo")
    shutil.copytree(template, home / "a demo" / "server")
    yield home, annotate("demo", "--serve", "-o", "a demo", cwd=home)
    server.stop(home / "a demo" / "server")


def snapshot(home: Path) -> Path:
    (folder,) = (home / "a demo" / "exports").iterdir()
    return folder


def test_the_demo_says_what_it_did_and_that_nobody_real_did_it(served):
    _, done = served
    assert done.returncode == 0, done.stderr
    assert "8 invented documents became 78 passages" in done.stderr
    assert "three scripted annotators, not people" in done.stderr
    assert "krippendorff" in done.stdout
    assert "Ministry of Health" in done.stdout


def test_every_scripted_annotator_coded_every_passage_once_with_an_account_of_their_own(served):
    home, _ = served
    study = read_study(snapshot(home))
    assert len(study.passages) == 78
    coded = study.ratings[study.ratings["variable"] == "claim_type"].groupby("annotator")["item"].nunique()
    assert len(coded) == len(CAST)
    skipped = study.exclusions["reason"].value_counts().to_dict()
    assert coded.sum() + skipped["cancelled"] == 3 * 78
    assert set(skipped) == {"cancelled"}


def test_the_two_outputs_say_so_in_plain_words(served):
    home, _ = served
    page = (home / "a demo" / "annotate-demo.html").read_text(encoding="utf-8")
    assert "scripted, not people" in page
    book = openpyxl.load_workbook(home / "a demo" / "annotate-demo.xlsx")
    assert book.sheetnames == [
        "Sources",
        "Agreement",
        "Passages",
        "Ratings",
        "Disagreements",
        "Exclusions",
        "Codebook",
        "About",
    ]
    assert any("scripted, not people" in str(cell.value) for row in book["About"] for cell in row)


def test_agreement_shows_the_habits_that_were_stated(served):
    """The hasty annotator overlooks sources and grounds: those agree less than the kind of claim."""
    home, _ = served
    agreement = summarise(read_study(snapshot(home)), replicates=1).agreement
    alpha = agreement[agreement["source"].isna() & (agreement["coefficient"] == "krippendorff_alpha")]
    values = alpha.set_index("variable")["value"]
    assert 0.4 < values["evidentiary_basis"] < values["claim_type"] < 1


def test_with_serve_a_person_can_log_in_and_there_is_something_to_annotate(served):
    home, done = served
    data = home / "a demo" / "server"
    address = re.search(r"http://127\.0\.0\.1:\d+", done.stderr)[0]
    login, password = re.search(r"^   (careful@\S+) +(\S+)$", done.stderr, re.MULTILINE).groups()
    with httpx.Client(base_url=address, follow_redirects=True) as browser:
        form = browser.get("/user/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        answer = browser.post(
            "/user/login/", data={"email": login, "password": password, "csrfmiddlewaretoken": token}
        )
        assert "/login" not in answer.url.path
        assert browser.get("/api/current-user/whoami").json()["email"] == login
    title = re.search(r"The project “(.+?)”", done.stderr)[1]
    assert f'ANNOTATE_SERVER_DIR={shlex.quote("a demo/server")} annotate pull "{title}"' in done.stderr
    assert f"annotate server stop --data-dir {shlex.quote('a demo/server')}" in done.stderr
    status = annotate("status", title, "--format", "csv", cwd=home, data=data)
    assert "0 of 78 passages have their 3 annotations" in status.stderr
    pulled = annotate("pull", title, "-o", "mine", cwd=home, data=data)
    assert pulled.returncode == 0, pulled.stderr
    nothing = annotate("agreement", pulled.stdout.strip(), cwd=home)
    assert nothing.returncode == 1
    assert "nobody has annotated a passage yet" in nothing.stderr
    assert annotate("server", "status", "--data-dir", str(data), cwd=home).stdout.startswith(
        "running: http://127.0.0.1:"
    )
    assert annotate("server", "stop", "--data-dir", str(data), cwd=home).returncode == 0
    assert annotate("server", "status", "--data-dir", str(data), cwd=home).stdout == "not running\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent to a group of processes otherwise there")
@pytest.mark.parametrize("ran_before", [False, True])
def test_interrupted_while_the_annotators_work_it_ends_soon_and_leaves_the_server_as_it_was(
    template: Path, tmp_path: Path, ran_before: bool
) -> None:
    data = tmp_path / "demo" / "server"
    shutil.copytree(template, data)
    if ran_before:
        server.start(data)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("LABEL_STUDIO", "ANNOTATE"))
    }
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "annotate", "demo"],
            cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True,
        ) as demo:  # fmt: skip
            assert demo.stderr is not None
            said = ""
            while "   hasty: " not in said:
                line = demo.stderr.readline()
                assert line, said
                said += line
            time.sleep(2)
            os.killpg(demo.pid, signal.SIGINT)
            _, rest = demo.communicate(timeout=8)
        assert demo.returncode == 130
        assert "Traceback" not in said + rest
        assert server.status(data).running is ran_before
        assert not (tmp_path / "demo" / "exports").exists()
    finally:
        server.stop(data)
