"""The lock between processes: who waits, who is told what, and that it ends with its holder."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from annotate.errors import ServerError
from annotate.studio.folder import exclusive

HOLD = """
import sys
from pathlib import Path
from annotate.studio.folder import exclusive
with exclusive(Path(sys.argv[1]), wait=60, busy="busy"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "one.lock"


def test_another_process_is_waited_for_and_a_killed_one_lets_go(place: Path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(ServerError, match=r"^a push still runs; wait$"),
            exclusive(place, wait=0.2, busy="a push still runs; wait"),
        ):
            pytest.fail("two have the lock")
        holder.kill()
        holder.wait()
        with exclusive(place, wait=60, busy="still held"):
            pass


def test_two_threads_have_it_one_after_the_other(place: Path):
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(5):
            with exclusive(place, wait=60, busy="still held"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 15


def test_an_error_within_lets_go(place: Path):
    with pytest.raises(ZeroDivisionError), exclusive(place, wait=1, busy="busy"):
        raise ZeroDivisionError
    with exclusive(place, wait=0, busy="busy"):
        pass


def test_a_place_that_cannot_be_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "one.lock", tmp_path):
        with (
            pytest.raises(ServerError, match="the lock file cannot be made"),
            exclusive(path, wait=5, busy="busy"),
        ):
            pytest.fail("a lock without a file")
