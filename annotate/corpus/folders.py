"""What was named on the command line becomes the files to read, each once, and a count of what is passed over."""

import os
import stat
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from annotate.errors import InputError, some

_SAVED_PAGE = "_files"  # what browsers put beside a saved page: its pictures, scripts and frames


class Found(NamedTuple):
    """The files to read, those passed over by the reason, and the folders that cannot be looked into."""

    files: list[Path]
    passed: dict[str, list[Path]]
    closed: dict[Path, InputError]


def is_folder(path: Path) -> bool:
    """Whether a path is that of a folder; of what lies in a closed folder nothing is known."""
    try:
        return path.is_dir()
    except PermissionError:
        return False


def find_files(path: Path, endings: Collection[str], ignored: Iterable[Path] = ()) -> Found:
    """Find the documents in a folder and the folders in it, in the order of their names.

    Hidden files, files with other endings, linked folders and the parts of saved web pages are passed over.

    Parameters
    ----------
    path
        A folder; a file is found as it is.
    endings
        The endings of documents, in small letters, with their dot.
    ignored
        Files and folders that are not looked at, such as the manifest.

    """
    if not is_folder(path):
        return Found([path], {}, {})
    files: list[Path] = []
    passed: dict[str, list[Path]] = defaultdict(list)
    closed: dict[Path, InputError] = {}
    away = {os.path.realpath(one) for one in ignored}
    for file in _within(path, passed, closed, away):
        if file.suffix.lower() in endings:
            files.append(file)
        else:
            passed[f"{file.suffix.lower()} files" if file.suffix else "files without ending"].append(file)
    return Found(files, dict(passed), closed)


def _within(
    folder: Path, passed: dict[str, list[Path]], closed: dict[Path, InputError], away: Collection[str]
) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        closed[folder] = InputError(f"{folder}: cannot be looked into ({error.strerror}); allow reading it")
        return
    names = {entry.name for entry in entries}
    for entry in entries:
        if os.path.realpath(entry) in away:
            continue
        if entry.name.startswith((".", "~$")):
            passed["hidden files"].append(entry)
        elif not entry.is_dir():
            yield entry
        elif entry.is_symlink():
            passed["linked folders"].append(entry)
        elif _of_a_page(entry.name, names):
            passed["parts of saved pages"].append(entry)
        else:
            yield from _within(entry, passed, closed, away)


def _of_a_page(name: str, beside: Collection[str]) -> bool:
    page = name.removesuffix(_SAVED_PAGE)
    return page != name and (f"{page}.html" in beside or f"{page}.htm" in beside)


def words_for(passed: dict[str, list[Path]]) -> Iterator[str]:
    """Say what was passed over, each kind with a count and the first names."""
    for reason, paths in sorted(passed.items()):
        yield f"passed over: {len(paths)} {reason} ({some(path.name for path in paths)})"


@dataclass(frozen=True)
class Failure:
    """A file that was not read, and why, in one line."""

    path: Path
    message: str


@dataclass
class Failures:
    """The failures so far; if ``strict``, the first is raised."""

    strict: bool
    found: list[Failure] = field(default_factory=list)

    def add(self, path: Path, error: InputError) -> None:
        """Take down a failure, or stop at it."""
        if self.strict:
            raise error
        self.found.append(Failure(path, str(error)))


@dataclass(frozen=True)
class Collected:
    """Files to read, in order, and those of folders that are passed over, by the reason."""

    files: list[Path]
    passed: dict[str, list[Path]]


def collect(
    paths: Sequence[Path], failures: Failures, *, endings: Collection[str], ignored: Sequence[Path] = ()
) -> Collected:
    """Look into folders, and refuse what leads nowhere or is named twice.

    Raises
    ------
    InputError
        If nothing is named; if ``failures`` are strict, on the first.

    """
    if not paths:
        raise InputError("no files: name documents, or folders of them")
    files: dict[Path, Path] = {}
    passed: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        found = find_files(path, endings, ignored)
        for folder, error in found.closed.items():
            failures.add(folder, error)
        if not found.files and not found.closed:
            there = ", ".join(endings)
            failures.add(path, InputError(f"{path}: holds no document; documents are {there} files"))
            continue
        for reason, left_out in found.passed.items():
            passed[reason] += left_out
        for file in found.files:
            try:
                _take(file, files)
            except InputError as error:
                failures.add(file, error)
    return Collected(list(files.values()), dict(passed))


def _take(file: Path, files: dict[Path, Path]) -> None:
    place = resolved_path(file)
    if place in files:
        raise InputError(f"{file}: given twice; name each file once")
    if _waits(place):
        raise InputError(f"{file}: is a pipe or a device; write what comes from it into a file")
    files[place] = file


def _waits(place: Path) -> bool:
    """Whether reading may wait for ever: neither a file nor a folder is there."""
    try:
        mode = place.stat().st_mode
    except OSError:  # reading it will say what is wrong
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def resolved_path(path: Path) -> Path:
    """Say where a path leads; what leads nowhere (a loop, a NUL) is an :class:`InputError`."""
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{str(path)!r}: is not a path to a file ({error}); correct it") from error
