"""Files and folders become a list of files to read, and a count of what is passed over."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from annotate.errors import InputError

_NAMED = 5  # names said of a kind that is passed over
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


def some(names: Iterable[str]) -> str:
    """Name the first few."""
    every: Sequence[str] = list(names)
    more = len(every) - _NAMED
    return ", ".join(every[:_NAMED]) + (f" and {more} more" if more > 0 else "")
