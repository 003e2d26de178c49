"""A backup of the embedded server, made while it runs, and a server restored from one.

A backup is one zip file, mode 0600, for it holds the coordinator's login, the secret key of the sessions, and
everybody's addresses::

    credentials.json            the coordinator's login
    data/label_studio.sqlite3   the database as it stood at one moment, copied by SQLite itself
    data/...                    uploaded files and Label Studio's settings, without its former exports
    manifest.json               when, from which Label Studio, how much is in it, and the sha256 of each file
"""

import contextlib
import hashlib
import importlib.metadata
import json
import re
import shutil
import sqlite3
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Literal

from pydantic import TypeAdapter, ValidationError

from annotate.errors import InputError, ServerError, counted
from annotate.files import settle
from annotate.studio.folder import (
    Memory,
    ServerFolder,
    exclusive,
    read_credentials,
    read_memory,
    server_folder,
    write_memory,
)

_BUSY_SECONDS = 120.0
_DATABASE, _LOGIN, _MANIFEST = "label_studio.sqlite3", "credentials.json", "manifest.json"
_LEFT_OUT = re.compile(r"label_studio\.sqlite3.*|(?:export|test_data)/.*")
_COUNTED = ("project", "task", "task_completion")
_LONGEST_MANIFEST = 50_000_000
_PIECE = 1 << 20
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Backup:
    """What a backup holds: a count of projects, tasks and annotations, and the sha256 of each file by its name.

    ``label_studio`` is the version that the data are of, ``port`` where the server listened; either may be unknown.
    """

    format: Literal["annotate server backup 1"]
    made_at: str
    label_studio: str | None
    port: int | None
    projects: int
    tasks: int
    annotations: int
    files: dict[str, str]

    def __str__(self) -> str:
        held = (
            counted(self.projects, "project"),
            counted(self.tasks, "task"),
            counted(self.annotations, "annotation"),
        )
        return f"{', '.join(held)}, as of {self.made_at}"


_SHAPE = TypeAdapter(Backup)


def back_up(file: Path | str, data_dir: Path | str | None = None) -> Backup:
    """Copy the embedded server's database, files and login into one file; the server may run meanwhile.

    Parameters
    ----------
    file
        The backup; only you may read it (mode 0600). One that is there is never overwritten.
    data_dir
        The server's folder; ``ANNOTATE_SERVER_DIR`` or the user's data folder where not said.

    Raises
    ------
    InputError
        If the file is there already, or cannot be written.
    ServerError
        If no server was ever started in the folder, its database is damaged or stays locked, or a link lies in it.

    """
    file, folder = Path(file), server_folder(data_dir)
    if not (folder.data / _DATABASE).is_file() or read_credentials(folder) is None:
        raise ServerError(
            f"{folder.root}: no embedded server has been started here; there is nothing to keep"
        )
    _refuse_other(file)
    busy = f"{folder.root}: this server is being started or stopped; try again when that has ended"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with (
            exclusive(folder.lock, wait=_BUSY_SECONDS, busy=busy),
            tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.parent) as scratch,
        ):
            draft, database = Path(scratch) / "draft", Path(scratch) / _DATABASE
            draft.touch(mode=0o600)
            counts = _copy_database(folder.data / _DATABASE, database)
            memory = read_memory(folder)
            made = _pack(draft, folder, database, counts, memory.port if memory else None)
            settle(draft)
            _refuse_other(file)
            draft.replace(file)
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror})") from error
    return made


def restore(file: Path | str, data_dir: Path | str | None = None) -> Backup:
    """Make a server's folder from a backup; it is there whole or not at all, and is started like any other.

    Parameters
    ----------
    file
        A backup of :func:`back_up`.
    data_dir
        The folder to make; ``ANNOTATE_SERVER_DIR`` or the user's data folder where not said.

    Raises
    ------
    InputError
        If the file is not a backup, is damaged, or needs more room than there is.
    ServerError
        If something is in the folder already, it cannot be made, or an older Label Studio is installed than that
        which the data are of.

    """
    file, folder = Path(file), server_folder(data_dir)
    _refuse_server(folder)
    with _opened(file) as archive:
        made = _manifest(file, archive)
        _refuse_older(file, made)
        try:
            folder.root.parent.mkdir(parents=True, exist_ok=True)
            needed = sum(entry.file_size for entry in archive.infolist())
            free = shutil.disk_usage(folder.root.parent).free
            if needed > free:
                raise InputError(
                    f"{file}: needs {needed / 1e6:.0f} MB, and {folder.root.parent} has {free / 1e6:.0f} MB left"
                )
            with tempfile.TemporaryDirectory(prefix=".server-", dir=folder.root.parent) as scratch:
                draft = ServerFolder(Path(scratch) / "server")
                draft.prepare()
                for name, sha256 in made.files.items():
                    _unpack(file, archive, name, sha256, draft.root / name)
                if made.port is not None:  # so that the links that annotators have still lead there
                    write_memory(draft, Memory(made.port))
                if folder.root.is_dir():
                    folder.root.rmdir()  # empty; whoever began to use it meanwhile keeps it
                draft.root.rename(folder.root)
        except OSError as error:
            raise ServerError(f"{folder.root}: cannot be made ({error.strerror})") from error
    return made


def _refuse_other(file: Path) -> None:
    if file.exists() or file.is_symlink():
        raise InputError(f"{file}: is there already, and a backup overwrites nothing; name another file")


def _refuse_server(folder: ServerFolder) -> None:
    with contextlib.suppress(FileNotFoundError):
        if any(folder.root.iterdir()):
            raise ServerError(
                f"{folder.root}: holds a server already, and nothing is overwritten; "
                "restore into another folder with --data-dir, or move this one away"
            )


def _copy_database(source: Path, target: Path) -> dict[str, int]:
    """Copy a database that is in use as it stands at one moment, and count what is in it."""
    until = time.monotonic() + _BUSY_SECONDS

    def waiting(*_: int) -> None:
        if time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked")

    target.touch(mode=0o600)
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True)) as used,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            used.backup(copy, progress=waiting)
            ((state,),) = copy.execute("PRAGMA quick_check(1)").fetchall()
            if state != "ok":
                raise sqlite3.DatabaseError(state)
            copy.execute("PRAGMA journal_mode = delete")
            return {
                table: copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 (our own names)
                for table in _COUNTED
            }
    except sqlite3.Error as error:
        raise ServerError(f"{source}: cannot be copied ({' '.join(str(error).split())})") from error


def _pack(
    draft: Path, folder: ServerFolder, database: Path, counts: dict[str, int], port: int | None
) -> Backup:
    sources = {_LOGIN: folder.credentials, f"data/{_DATABASE}": database}
    for path in sorted(folder.data.rglob("*")):
        within = path.relative_to(folder.data).as_posix()
        if path.is_symlink():
            raise ServerError(
                f"{path}: is a link, which a backup does not follow; put what it leads to in its place"
            )
        if path.is_file() and not _LEFT_OUT.fullmatch(within):
            sources[f"data/{within}"] = path
    files: dict[str, str] = {}
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for name, path in sources.items():
            with contextlib.suppress(FileNotFoundError):  # an upload that was deleted in between
                files[name] = _put(archive, name, path)
        made = Backup(
            format="annotate server backup 1",
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            label_studio=_installed(),
            port=port,
            projects=counts["project"],
            tasks=counts["task"],
            annotations=counts["task_completion"],
            files=files,
        )
        archive.writestr(_MANIFEST, json.dumps(asdict(made), indent=1))
    return made


def _put(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Pack a file, and give the hash of what was packed."""
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(entry, "w") as packed:
        for piece in _pieces(source):
            digest.update(piece)
            packed.write(piece)
    return digest.hexdigest()


def _installed() -> str | None:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version("label-studio")
    return None


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        raise InputError(f"{file}: no such file") from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    except _UNREADABLE as error:
        raise _damaged(file, " ".join(str(error).split()) or type(error).__name__) from error


def _damaged(file: Path, why: str) -> InputError:
    return InputError(f"{file}: is not a whole backup of annotate server backup ({why}); use another one")


def _manifest(file: Path, archive: zipfile.ZipFile) -> Backup:
    """The manifest, if the archive holds just the files that it names, each where it may lie."""
    with archive.open(_MANIFEST) as packed:
        said = packed.read(_LONGEST_MANIFEST)
    try:
        made = _SHAPE.validate_json(said)
    except ValidationError as error:
        raise _damaged(file, f"{_MANIFEST} is not what annotate wrote") from error
    names = [entry.filename for entry in archive.infolist()]
    if sorted(names) != sorted([*made.files, _MANIFEST]):
        raise _damaged(file, f"the files are not those that {_MANIFEST} names")
    if not {_LOGIN, f"data/{_DATABASE}"} <= made.files.keys():
        raise _damaged(file, "the login or the database is not in it")
    for name in made.files:
        if not _has_its_place(name):
            raise _damaged(file, f"a file is called {name!r}")
    return made


def _has_its_place(name: str) -> bool:
    """Whether a name leads below ``data``, and nowhere else, or is that of the login."""
    parts = name.split("/")
    plain = not {"", ".", ".."} & set(parts) and (sys.platform != "win32" or not re.search(r"[\\:]", name))
    return name == _LOGIN or (plain and len(parts) > 1 and parts[0] == "data")


def _refuse_older(file: Path, made: Backup) -> None:
    """A database cannot be put back to an older version of Label Studio."""
    here = _installed()
    if here and made.label_studio and _release(here) < _release(made.label_studio):
        raise ServerError(
            f"{file}: is of Label Studio {made.label_studio}, and {here} is installed, which cannot read it; "
            f"pip install -U label-studio"
        )


def _release(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)[:3]]


def _unpack(file: Path, archive: zipfile.ZipFile, name: str, sha256: str, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(mode=0o600, exist_ok=False)
    digest = hashlib.sha256()
    with archive.open(name) as packed, target.open("wb") as made:
        for piece in _pieces(packed):
            digest.update(piece)
            made.write(piece)
    if digest.hexdigest() != sha256:
        raise _damaged(file, f"{name} has another sha256 than {_MANIFEST} says")


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
