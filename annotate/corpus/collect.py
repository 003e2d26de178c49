"""What was named on the command line becomes the files to read, each once."""

import stat
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotate.corpus.folders import find_files
from annotate.corpus.manifest import resolved_path
from annotate.corpus.readers import FORMATS
from annotate.errors import InputError


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


def collect(paths: Sequence[Path], failures: Failures, *, ignored: Sequence[Path] = ()) -> Collected:
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
        found = find_files(path, FORMATS, ignored)
        for folder, error in found.closed.items():
            failures.add(folder, error)
        if not found.files and not found.closed:
            there = ", ".join(FORMATS)
            failures.add(path, InputError(f"{path}: holds no document; documents are {there} files"))
            continue
        for reason, some in found.passed.items():
            passed[reason] += some
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
