"""The manifest: what the coordinator says about each file; what it says wins."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from annotate.errors import InputError
from annotate.frames import read_frame

COLUMNS = ("file", "source", "title", "published", "url", "document_id")


@dataclass(frozen=True)
class Entry:
    """One row: empty cells are None."""

    source: str | None = None
    title: str | None = None
    published: str | None = None
    url: str | None = None
    document_id: str | None = None


def read_manifest(path: Path) -> dict[str, Entry]:
    """Read a CSV with the column ``file`` and any of source, title, published, url, document_id.

    ``file`` is a file's name, or a path relative to the manifest's folder.

    Returns
    -------
    dict
        From the file's name as written to what is said of it.

    Raises
    ------
    InputError
        On an unknown or missing column, a file named twice, or a date that is not ISO 8601.

    """
    frame = read_frame(path)
    unknown = [column for column in frame.columns if column not in COLUMNS]
    if "file" not in frame.columns or unknown:
        what = f"unknown column {', '.join(unknown)}" if unknown else "no column file"
        msg = f"{path}: {what}; a manifest has {', '.join(COLUMNS)}, and only file is required"
        raise InputError(msg)
    entries: dict[str, Entry] = {}
    places: dict[Path, int] = {}
    for number, row in enumerate(frame.to_dict("records"), start=2):
        cells = {str(key): str(value).strip() or None for key, value in row.items()}
        name = cells.pop("file")
        if name is None:
            msg = f"{path}: line {number} names no file"
            raise InputError(msg)
        if name in entries:
            msg = f"{path}: line {number}: {name} stands here a second time; keep one row a file"
            raise InputError(msg)
        place = resolved_path(path.parent / name)
        if place in places:
            msg = f"{path}: line {number}: {name} is the file of line {places[place]}; keep one row a file"
            raise InputError(msg)
        places[place] = number
        _check_date(cells.get("published"), f"{path}: line {number}")
        entries[name] = Entry(**cells)
    return entries


def _check_date(value: str | None, where: str) -> None:
    if value is None:
        return
    try:
        dt.datetime.fromisoformat(value)
    except ValueError as error:
        msg = f"{where}: published {value!r} is no date; write it as 2020-09-14"
        raise InputError(msg) from error


def entry_of(entries: dict[str, Entry], file: Path, manifest: Path) -> Entry | None:
    """Find what the manifest says of a file: by its path from the manifest's folder, or by its name."""
    resolved = resolved_path(file)
    for name, entry in entries.items():
        if resolved_path(manifest.parent / name) == resolved:
            return entry
    return entries.get(file.name)


def resolved_path(path: Path) -> Path:
    """Say where a path leads; what leads nowhere (a loop, a NUL) is an :class:`InputError`."""
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{str(path)!r}: is no path to a file ({error}); correct it") from error
