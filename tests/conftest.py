"""The command line, a real Chromium for the tests that need one, and signals as a terminal has them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from annotate import cli
from tests.patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

# Processes side by side that each want all cores wait for each other. Numpy, which nothing above loads, reads it.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
collect_ignore = ["typing"]  # a script that mypy reads, and nobody runs
# By default an example that takes 200 ms fails, and so do inputs that are slow to make: both by the clock.
settings.register_profile("by no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("by no clock")

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# As root in a container there is no sandbox; and nothing is to be fetched in the background.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Say on how many processes a run is spread: four at most, and a few named files are not worth a second.

    Each may start a Label Studio and a Chromium of its own, and takes up to 2 GB.
    """
    if all(".py" in argument for argument in config.args):
        return 0
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Spread over several processes, order the files so that none of these waits for another.

    The first file that needs a server has its database made, for all. Files that need none fill that minute, then
    come the others that need one, which take longest, and short files even out the end.
    """
    if not hasattr(config, "workerinput"):
        return
    served = list(dict.fromkeys(item.path for item in items if item.get_closest_marker("server")))
    others = list(dict.fromkeys(item.path for item in items if item.path not in set(served)))
    third = len(others) // 3
    place = {path: n for n, path in enumerate([*served[:1], *others[:third], *served[1:], *others[third:]])}
    items.sort(key=lambda item: place[item.path])


@pytest.fixture(scope="session", autouse=True)
def _signals_end_what_is_started() -> None:
    """In the background, or under nohup, signals are ignored, and what tests start would ignore them too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)  # for us as before; it is not handed down


@pytest.fixture(scope="session")
def calls() -> "Callable[[Callable[[], object]], int]":
    """Count the calls that an act makes, of Python's functions and of C's: work, by no clock.

    What a regular expression does within one call is not counted: benchmarks/text_growth.py measures that.
    """

    def count(act: "Callable[[], object]") -> int:
        number = 0

        def seen(_frame: object, event: str, _function: object) -> None:
            nonlocal number
            number += event in {"call", "c_call"}

        before = sys.getprofile()
        sys.setprofile(seen)
        try:
            act()
        finally:
            sys.setprofile(before)
        return number

    return count


@pytest.fixture(scope="session", autouse=True)
def _commands_are_compiled_once(pytestconfig: pytest.Config) -> "Iterator[None]":
    """Where Python is told to keep no compiled code, each command that a test starts would compile all again."""
    with pytest.MonkeyPatch.context() as patch:
        if sys.dont_write_bytecode:
            patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
            patch.setenv("PYTHONPYCACHEPREFIX", str(pytestconfig.cache.mkdir("bytecode")))
        yield


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> "Callable[..., tuple[int, str, str]]":
    """The command line in an empty folder: its arguments in; its status, output and words out."""
    monkeypatch.chdir(tmp_path)
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANNOTATE_SERVER_DIR", str(tmp_path / "server"))

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["annotate", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """The browser that the machine has."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or put any Chrome on the PATH")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * PATIENCE_SECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: "Browser") -> "Iterator[Callable[..., Page]]":
    """Open a page in a window of its own, which shares no log-in with another; all are closed in the end."""
    with contextlib.ExitStack() as stack:

        def opened(**options: object) -> "Page":
            context = chromium.new_context(**options)
            stack.callback(context.close)
            context.set_default_timeout(1000 * PATIENCE_SECONDS)
            return context.new_page()

        yield opened


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core from npm, which finds what keeps a page from a screen reader."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine, which brings axe-core: apt-get install npm")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        [npm, "pack", "axe-core@4.10"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"npm cannot fetch axe-core: {done.stderr.strip().splitlines()[-1:]}")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()
