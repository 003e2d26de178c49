"""The embedded server kept in one file while it works, and made anew from it."""

import io
import json
import shutil
import sqlite3
import stat
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

import annotate
from annotate.errors import InputError, ServerError
from annotate.studio import server
from annotate.studio.accounts import submit
from annotate.studio.backup import back_up, restore
from annotate.studio.client import connect_embedded
from annotate.studio.projects import list_tasks
from annotate.studio.pull import pull
from annotate.studio.push import push

pytestmark = pytest.mark.server
RESULT = {"from_name": "claim_type", "to_name": "text", "type": "choices", "value": {"choices": ["incident"]}}
UPLOAD = "data/media/upload/1/0a1b2c3d-guide.csv"


@pytest.fixture(scope="module")
def kept(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a server that has an account, and nothing else."""
    home = tmp_path_factory.mktemp("kept")
    shutil.copytree(template, home / "server")
    back_up(home / "backup.zip", home / "server")
    return home / "backup.zip"


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Path]:
    """Where a server is restored to; it is stopped in the end."""
    folder = tmp_path / "restored" / "server"
    yield folder
    server.stop(folder)


def ratings(folder: Path) -> pd.DataFrame:
    return annotate.read_study(folder).ratings.drop(columns="round", errors="ignore")


def test_a_restored_server_has_the_same_annotations(
    copied: Path,
    restored: Path,
    tmp_path: Path,
    config: str,
    make_tasks: Callable[..., list[dict[str, Any]]],
    run: Callable[..., tuple[int, str, str]],
) -> None:
    """The backup is made while somebody annotates: what was done before it is in it."""
    server.start(copied)
    upload = copied / UPLOAD
    upload.parent.mkdir(parents=True)
    upload.write_text("a,b\n")
    file = tmp_path / "study-server.zip"
    ended = threading.Event()
    with connect_embedded(copied) as connection:
        home = push(
            make_tasks(40), project="Kept", config=config, overlap=2, instructions="", connection=connection
        )
        numbers = [task["id"] for task in list_tasks(connection, home.project_id)]
        for number in numbers[:10]:
            submit(connection, number, [RESULT], 2.0)
        before = pull("Kept", output=tmp_path / "before", connection=connection)

        def go_on() -> None:
            for number in numbers[10:]:
                if ended.is_set():
                    return
                submit(connection, number, [RESULT], 2.0)

        busy = threading.Thread(target=go_on)
        busy.start()
        status, _, said = run("server", "backup", str(file), "--data-dir", str(copied))
        ended.set()
        busy.join()
    assert status == 0, said
    assert "1 project, 40 tasks, 1" in said
    assert sys.platform == "win32" or stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    server.stop(copied)
    shutil.rmtree(copied)

    status, _, said = run("server", "restore", str(file), "--data-dir", str(restored))
    assert status == 0, said
    assert (restored / UPLOAD).read_text() == "a,b\n"
    if sys.platform != "win32":
        modes = {
            path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in [restored, *restored.rglob("*")]
        }
        assert modes == {True: 0o700, False: 0o600}
    state = server.start(restored)
    with connect_embedded(restored) as connection:
        after = pull("Kept", output=tmp_path / "after", connection=connection)
    old, new = ratings(before), ratings(after)
    assert len(old) == 10
    assert len(new) >= 10
    pd.testing.assert_frame_equal(old, new[new["item"].isin(old["item"])].reset_index(drop=True))
    login = server.credentials(restored)
    with httpx.Client(base_url=state.url or "", trust_env=False) as browser:
        browser.get("/user/login/")
        form = {
            "email": login.email,
            "password": login.password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        assert browser.post("/user/login/", data=form).status_code == 302


def test_nothing_is_overwritten(kept: Path, copied: Path, tmp_path: Path) -> None:
    before = kept.read_bytes()
    with pytest.raises(InputError, match="is there already, and a backup overwrites nothing"):
        back_up(kept, copied)
    assert kept.read_bytes() == before
    with pytest.raises(ServerError, match="holds a server already"):
        restore(kept, copied)
    (tmp_path / "empty").mkdir()
    restore(kept, tmp_path / "empty")
    with pytest.raises(ServerError, match="holds a server already"):
        restore(kept, tmp_path / "empty")


def test_the_restored_server_keeps_its_port(copied: Path, tmp_path: Path) -> None:
    (copied / "state.json").write_text('{"port": 45871, "pid": null, "created": null}')
    back_up(tmp_path / "b.zip", copied)
    restore(tmp_path / "b.zip", tmp_path / "r")
    assert server.status(tmp_path / "r").port == 45871


def test_where_no_server_was_started_nothing_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="no embedded server has been started here"):
        back_up(tmp_path / "b.zip", tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert not (tmp_path / "b.zip").exists()


def test_a_damaged_database_or_a_link_is_not_kept(copied: Path, tmp_path: Path) -> None:
    (copied / "data" / "media" / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(ServerError, match="elsewhere: is a link"):
        back_up(tmp_path / "b.zip", copied)
    (copied / "data" / "media" / "elsewhere").unlink()
    (copied / "data" / "label_studio.sqlite3").write_bytes(b"no database at all, " * 100)
    with pytest.raises(ServerError, match=r"cannot be copied \(file is not a database\)"):
        back_up(tmp_path / "b.zip", copied)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["server"]


def test_a_database_that_stays_locked_is_said(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotate.studio.backup._BUSY_SECONDS", 0.3)
    with sqlite3.connect(copied / "data" / "label_studio.sqlite3", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ServerError, match="database is locked"):
            back_up(tmp_path / "b.zip", copied)
        other.execute("ROLLBACK")
    other.close()
    assert back_up(tmp_path / "b.zip", copied).tasks == 0


def changed(kept: Path, target: Path, **entries: bytes | None) -> Path:
    """A backup in which entries are others, added (also under a name that the manifest knows), or left out."""
    with zipfile.ZipFile(kept) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        held: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
        for name, data in (held | entries).items():
            if data is not None:
                made.writestr(name, data)
    return target


def named(kept: Path, **said: object) -> bytes:
    with zipfile.ZipFile(kept) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    return json.dumps(manifest | said).encode()


@pytest.mark.parametrize(
    "name", ["../out", "data/../../out", "/out", "data//out", "state.json", "data/./out", "data"]
)
def test_a_backup_writes_nowhere_else(name: str, kept: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(kept) as archive:
        files = json.loads(archive.read("manifest.json"))["files"]
    hostile = changed(
        kept, tmp_path / "h.zip", **{name: b"x", "manifest.json": named(kept, files={**files, name: ""})}
    )
    with pytest.raises(InputError, match="is not a whole backup"):
        restore(hostile, tmp_path / "a" / "r")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["h.zip"]


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ({"data/.env": b"SECRET_KEY=another"}, "data/.env has another sha256"),
        ({"data/.env": None}, "not those that manifest.json names"),
        ({"data/more": b""}, "not those that manifest.json names"),
        ({"manifest.json": None}, "manifest.json"),
        ({"manifest.json": b"[1]"}, "not what annotate wrote"),
        ({"manifest.json": b"\xff{"}, "not what annotate wrote"),
    ],
)
def test_a_changed_backup_is_refused(
    entries: dict[str, bytes | None], why: str, kept: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="is not a whole backup") as caught:
        restore(changed(kept, tmp_path / "h.zip", **entries), tmp_path / "r")
    assert why in str(caught.value)
    assert not (tmp_path / "r").exists()


def test_a_cut_or_foreign_file_is_refused(kept: Path, tmp_path: Path) -> None:
    data = kept.read_bytes()
    spoilt = bytearray(data)
    spoilt[len(data) // 3] ^= 0xFF
    for number, one in enumerate((data[: len(data) // 2], b"", b"PK\x05\x06", bytes(spoilt), b"%PDF-1.7")):
        (tmp_path / f"{number}.zip").write_bytes(one)
        with pytest.raises(InputError, match="is not a whole backup") as caught:
            restore(tmp_path / f"{number}.zip", tmp_path / "r")
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="no such file"):
        restore(tmp_path / "none.zip", tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_a_newer_label_studio_and_too_little_room_are_said(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = changed(kept, tmp_path / "n.zip", **{"manifest.json": named(kept, label_studio="99.1.0")})
    with pytest.raises(ServerError, match=r"is of Label Studio 99\.1\.0, and"):
        restore(newer, tmp_path / "r")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=r"needs \d+ MB, and"):
        restore(kept, tmp_path / "r")


def test_where_nothing_can_be_written(kept: Path, copied: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"below.b\.zip: cannot be written"):
        back_up(kept / "below" / "b.zip", copied)
    with pytest.raises(ServerError, match="is or lies in a file"):
        restore(kept, kept / "below")
    back_up(tmp_path / "new" / "folder" / "b.zip", copied)


def test_what_a_backup_holds(kept: Path) -> None:
    with zipfile.ZipFile(kept) as archive:
        names = archive.namelist()
        data = archive.read("data/label_studio.sqlite3")
    assert {"credentials.json", "data/.env", "data/label_studio.sqlite3", "manifest.json"} <= set(names)
    assert not [name for name in names if "journal" in name or name.startswith(("data/export", "server.log"))]
    assert io.BytesIO(data).read(15) == b"SQLite format 3"
