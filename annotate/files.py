"""Files read with one clear error, written whole or not at all, and those that travel with the package."""

import contextlib
import csv
import errno
import hashlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotate.errors import AnnotateError, InputError, counted

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PACKAGE = Path(__file__).resolve().parent
_IN_CHECKOUT = {f"{name}.md": f"docs/{name}.md" for name in ("codebook", "linking", "admiralty")}
SEPARATORS = ",;\t"
_SAID_SEPARATOR = re.compile(r'\n*"?sep=([^\n\w"])"?[ ,;\t]*(?:\n|\Z)', re.IGNORECASE)


def read_text(path: Path, *, cells: bool = False) -> str:
    r"""Read a text file: UTF-8, or UTF-16 with a byte order mark; line ends become ``\\n``.

    With ``cells`` a carriage return that stands alone between quotation marks is part of a cell, and stays.

    Raises
    ------
    InputError
        If the file is missing, a folder, unreadable or in another encoding (naming the byte).

    """
    data = read_bytes(path)
    encoding = "utf-16" if data.startswith(_UTF16_MARKS) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "UTF-16" if encoding == "utf-16" else "UTF-8"
        line = data.count(b"\n", 0, error.start) + 1
        msg = f"{path}: line {line}, byte {error.start}: not {name}; save the file as UTF-8"
        raise InputError(msg) from error
    text = text.replace("\r\n", "\n")
    if not cells:
        return text.replace("\r", "\n")
    parts = text.split('"')
    parts[::2] = [part.replace("\r", "\n") for part in parts[::2]]
    return '"'.join(parts)


def read_bytes(path: Path) -> bytes:
    """Read a file whole; a missing file, a folder or a refusal is an :class:`InputError`."""
    with _readable(path):
        return path.read_bytes()


def sha256_of(path: Path) -> str:
    """The hash of a file, which is read in pieces; refused as :func:`read_bytes` refuses it."""
    with _readable(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: is a folder, a file is needed") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def read_json(path: Path, *, remedy: str, error: type[AnnotateError] = InputError) -> Any:
    """Read a JSON file; what is not JSON, or cannot be held, is an ``error`` that ends with the remedy."""
    text = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as broken:
        reason = f"line {broken.lineno}: not JSON ({broken.msg})"
    except ValueError:  # what else Python's reader refuses
        reason = "holds a number of more than 4300 digits"
    except RecursionError:
        reason = "is nested too deeply"
    raise error(f"{path}: {reason}; {remedy}")


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``, and rename it into place only if the block succeeds.

    A link stays one, and what it leads to is replaced. A pipe or a device is written to and stays.
    A new file gets the permissions that any new file would get, an old one keeps its own.

    Raises
    ------
    InputError
        If the folder cannot be written to.

    """
    if path.exists() and not path.is_file() and not path.is_dir():
        yield path
        return
    path = Path(os.path.realpath(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror})"
        raise InputError(msg) from error
    os.close(handle)
    temporary = Path(name)
    try:
        try:
            yield temporary
            settle(temporary)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            raise InputError(f"{path}: cannot be written ({os.strerror(error.errno)})") from error
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        try:
            temporary.replace(path)
        except OSError as error:
            msg = f"{path}: cannot be written ({error.strerror})"
            raise InputError(msg) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole, or not at all."""
    with whole(path) as draft:
        draft.write_text(text, encoding="utf-8")


def settle(path: Path) -> None:
    """Have a file or a folder written to the disk itself, so that it is there after the power fails."""
    if sys.platform == "win32" and path.is_dir():
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """The mask for new files, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def refuse_ending(path: Path, ending: str, what: str) -> None:
    """Refuse a name that does not say what the file will be.

    Raises
    ------
    InputError
        If the name ends otherwise.

    """
    if path.suffix.lower() != ending:
        raise InputError(f"{path}: {what} is written to {ending}; name such a file")


def bundled(name: str) -> Path:
    """Where a file or folder that travels with the package lies.

    Parameters
    ----------
    name
        ``label_config.xml``, ``link_config.xml``, ``admiralty_config.xml``, their guidelines ``codebook.md``, ``linking.md``
        and ``admiralty.md``, or ``tasks`` (also a path below it).

    Raises
    ------
    InputError
        If the installation lacks it.

    """
    installed = _PACKAGE / "bundled" / name
    checkout = _PACKAGE.parent / _IN_CHECKOUT.get(name, name)
    for candidate in (installed, checkout):
        if candidate.exists():
            return candidate
    msg = f"{name}: not found beside the package in {_PACKAGE}; install annotate again"
    raise InputError(msg)


def lines(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    r"""Read rows of cells by Python's own reader, which knows the line; the first row names the columns.

    The separator is the one that the first line has most of, or what Excel's own first line ``sep=;`` says. Rows
    whose cells are all blank are passed over, and so are blank cells beyond the last column that has a name.

    Parameters
    ----------
    text
        With ``\\n`` at the end of a line.
    path
        Of the file, to be named in a message.

    Raises
    ------
    InputError
        If nothing stands in the file, a row has more or fewer cells than the first, or quotation marks are
        not closed.

    """
    said = _SAID_SEPARATOR.match(text)
    passed = 0 if said is None else text.count("\n", 0, said.end())
    text = text if said is None else text[said.end() :]
    first = text.lstrip("\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count) if said is None else said[1]
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    # Not str.splitlines: it breaks at further characters, such as U+2028, that may stand in a cell.
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=separator, strict=True)
    width = 0
    try:
        for cells in reader:
            held = len(cells)
            while held and not cells[held - 1].strip():
                held -= 1
            if not held:
                continue
            width = width or held
            if held > width or len(cells) < width:
                found = max(held, min(len(cells), width))
                msg = f"{path}: line {passed + reader.line_num} has {counted(found, 'cell')}, the header {width}; quote cells that hold a {separator!r}"
                raise InputError(msg)
            yield passed + reader.line_num, cells[:width]
    except csv.Error as error:
        raise InputError(
            f"{path}: line {passed + reader.line_num}: {error}; check the quotation marks"
        ) from error
    if not width:
        raise InputError(f"{path}: the file is empty; its first line names the columns")


def refuse_twins(path: Path, line: int, names: list[str]) -> None:
    """Refuse a header that gives two columns one name.

    Raises
    ------
    InputError
        With the names that occur twice.

    """
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{path}: line {line} names the column {', '.join(twice)} twice")
