"""A few seeded faults on each verb that talks to a server; ``benchmarks/faults.py`` tries as many as one likes."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotate.errors import InputError, ServerError
from annotate.studio import server
from annotate.studio.client import Connection
from annotate.studio.pull import pull
from tests.integration.faults import (
    LATEST_SECONDS,
    PASSAGES,
    VERBS,
    Fault,
    Laboratory,
    Place,
    short_waits,
    verb_of,
)

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def laboratory(
    connection: Connection, studio: server.ServerState, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Laboratory]:
    assert studio.port is not None
    with short_waits():
        opened = Laboratory(
            connection, studio.port, server.credentials().token, tmp_path_factory.mktemp("laboratory")
        )
        yield opened
        opened.close()


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_on_the_way_nothing_is_lost_and_nothing_doubled(
    seed: int, laboratory: Laboratory
) -> None:
    outcome = laboratory.try_out(verb_of(seed), seed)
    assert outcome.good, outcome


@pytest.mark.parametrize("moment", [0.35, 0.85])
@pytest.mark.parametrize("verb", ["push", "pull", "assign", "adjudicate"])
def test_killed_by_the_clock_and_run_again_everything_is_there_once(
    verb: str, moment: float, laboratory: Laboratory
) -> None:
    outcome = laboratory.try_fault(
        verb, Fault("killed by the clock", 0, writes=False, seconds=moment * LATEST_SECONDS)
    )
    assert outcome.good, outcome


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A disk of a few kilobytes, or one that cannot be written to."""
    if sys.platform != "linux" or os.geteuid():
        pytest.skip("mounting a small disk needs root on Linux: run the tests as root to try a full disk")
    place = tmp_path / "disk"
    place.mkdir()

    def mounted(options: str) -> Path:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=False, capture_output=True
        )
        if made.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {made.stderr.decode().strip()}")
        return place

    yield mounted
    subprocess.run(["umount", place], check=False, capture_output=True)


@pytest.mark.parametrize("options", ["size=4k", "size=16k", "size=64k", "ro"])
def test_a_disk_that_is_full_or_read_only(
    options: str, small_disk: Callable[[str], Path], laboratory: Laboratory
) -> None:
    """One clear line, and nothing half made stays."""
    disk = small_disk(options)
    filler = disk / "filler"
    with contextlib.suppress(OSError):
        filler.write_bytes(bytes({"size=64k": 40_000}.get(options, 0)))
    for output in (disk, disk / "exports"):
        with pytest.raises(InputError, match=r"cannot be written") as caught:
            pull(laboratory.coded[0], output=output, connection=laboratory.direct)
        assert "\n" not in str(caught.value)
    assert [path for path in disk.rglob("*") if path != filler and path.is_file()] == []


@pytest.mark.parametrize("options", ["size=4k", "ro"])
def test_a_push_that_cannot_note_what_it_sends_sends_nothing(
    options: str,
    small_disk: Callable[[str], Path],
    laboratory: Laboratory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = small_disk(options)
    with contextlib.suppress(OSError):
        (disk / "filler").write_bytes(bytes(4096))
    monkeypatch.setenv("XDG_CACHE_HOME", str(disk))
    place = Place(f"A full disk {options}", disk, ())
    with pytest.raises(ServerError, match=r"cannot be (made|written)"):
        VERBS["push"].run(laboratory.direct, place)
    monkeypatch.undo()
    assert VERBS["push"].run(laboratory.direct, place).created == PASSAGES
    assert VERBS["push"].there(laboratory.direct, place)[0].total() == PASSAGES + 1
