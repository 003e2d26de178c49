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
import psutil
import pytest

from annotate.demo.planted import held_against
from annotate.demo.scripted import CAST
from annotate.files import bundled
from annotate.present.summary import summarise
from annotate.provenance.claims.measured import gather, measure
from annotate.provenance.origins import origins_of, read_origins
from annotate.sampling import Interval
from annotate.studio import server
from annotate.study.links import read_links
from annotate.study.passages import passages_of_study
from annotate.study.study import read_study
from tests.patience import PATIENCE_SECONDS
from tests.planted_example import PLANTED

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
        cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
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


def snapshot(home: Path, title: str = "demo-1") -> Path:
    (folder,) = (home / "a demo" / "exports").glob(f"{title}-*")
    return folder


def test_the_demo_says_what_it_did_and_that_nobody_real_did_it(served):
    _, done = served
    assert done.returncode == 0, done.stderr
    assert "13 invented documents became 100 passages" in done.stderr
    assert "three scripted annotators, not people" in done.stderr
    assert "Alpha" in done.stdout
    assert "Ministry of Health" in done.stdout


def test_what_was_planted_is_found_through_the_links_that_were_coded_on_the_server(served):
    home, done = served
    study = read_study(snapshot(home))
    links = read_links(snapshot(home, "same-claim-1"), passages_of_study(study))
    claims = gather(study, links, read_origins(bundled("tasks/example/origins.csv"), origins_of(study)))
    found = held_against(PLANTED, claims, measure(claims, Interval(replicates=0)))
    assert found["n_found"].tolist() == found["n_planted"].tolist()
    assert (
        found[["low", "high"]].to_numpy().tolist()
        == found[["low_planted", "high_planted"]].to_numpy().tolist()
    )
    assert found.loc[found["circular"].astype(bool), "id"].tolist() == ["claim-trucks"]
    end = done.stdout[done.stdout.index("planted  ") :]
    assert "not found" not in end
    assert "(one claim in five wordings)" in end


def test_every_scripted_annotator_coded_every_passage_once_with_an_account_of_their_own(served):
    home, _ = served
    study = read_study(snapshot(home))
    assert len(study.passages) == 100
    coded = study.ratings[study.ratings["variable"] == "claim_type"].groupby("annotator")["item"].nunique()
    assert len(coded) == len(CAST)
    skipped = study.exclusions["reason"].value_counts().to_dict()
    assert coded.sum() + skipped["cancelled"] == 3 * 100
    assert set(skipped) == {"cancelled"}


def test_the_two_outputs_say_so_in_plain_words(served):
    home, _ = served
    page = (home / "a demo" / "annotate-demo.html").read_text(encoding="utf-8")
    assert "scripted, not people" in page
    book = openpyxl.load_workbook(home / "a demo" / "annotate-demo.xlsx")
    named = [
        "Overview",
        "Sources",
        "Agreement",
        "Annotators",
        "Disagreements",
        "Final labels",
        "Claims",
        "Origins",
        "Passages",
    ]
    assert book.sheetnames[: len(named)] == named
    assert book.sheetnames[-2:] == ["About", "Lists"]
    assert any("scripted, not people" in str(cell.value) for row in book["About"] for cell in row)


def test_agreement_shows_the_habits_that_were_stated(served):
    """The hasty annotator overlooks sources and grounds: those agree less than the kind of claim."""
    home, _ = served
    agreement = summarise(read_study(snapshot(home)), interval=Interval(replicates=1)).agreement
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
    assert "0 of 100 tasks have all their annotations" in status.stderr
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


def begun(home: Path, until: str) -> tuple["subprocess.Popen[str]", str]:
    """A demo in a session of its own, when it has said what is waited for, and what it said so far."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("LABEL_STUDIO", "ANNOTATE"))
    }
    demo = subprocess.Popen(
        [sys.executable, "-m", "annotate", "demo"],
        cwd=home, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert demo.stderr is not None
    said = ""
    while until not in said:
        line = demo.stderr.readline()
        assert line, said
        said += line
    return demo, said


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent to a group of processes otherwise there")
@pytest.mark.parametrize(
    ("name", "ran_before"), [("SIGINT", False), ("SIGINT", True), ("SIGTERM", False), ("SIGHUP", False)]
)
def test_stopped_while_the_annotators_work_it_ends_soon_and_leaves_the_server_as_it_was(
    template: Path, tmp_path: Path, name: str, ran_before: bool
) -> None:
    number = getattr(signal, name)
    data = tmp_path / "demo" / "server"
    shutil.copytree(template, data)
    if ran_before:
        server.start(data)
    try:
        demo, said = begun(tmp_path, "   hasty: ")
        with demo:
            time.sleep(2)
            os.killpg(demo.pid, number)
            if name == "SIGHUP":  # a shell and its terminal send one each
                time.sleep(0.2)
                os.killpg(demo.pid, number)
            _, rest = demo.communicate(timeout=PATIENCE_SECONDS)
        assert demo.returncode == 128 + number
        assert rest.splitlines()[-1] == "annotate: stopped"
        assert "Traceback" not in said + rest
        assert server.status(data).running is ran_before
        assert not (tmp_path / "demo" / "exports").exists()
    finally:
        server.stop(data)


@pytest.mark.skipif(sys.platform == "win32", reason="signals end no command there")
def test_stopped_while_the_server_comes_up_it_leaves_none(tmp_path: Path) -> None:
    data = tmp_path / "demo" / "server"
    try:
        demo, _ = begun(tmp_path, "starting an embedded Label Studio")
        with demo:
            while (pid := server.status(data).pid) is None:
                assert demo.poll() is None
                time.sleep(0.05)
            demo.terminate()
            _, rest = demo.communicate(timeout=PATIENCE_SECONDS)
        assert (demo.returncode, rest) == (128 + signal.SIGTERM, "annotate: stopped\n")
        assert not psutil.pid_exists(pid)
        assert not server.status(data).running
    finally:
        server.stop(data)
