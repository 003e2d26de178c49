"""Files read with one clear error, and written whole or not at all."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotate.errors import AnnotateError, InputError

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: Path) -> str:
    r"""Read a text file: UTF-8, or UTF-16 with a byte order mark; line ends become ``\\n``.

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
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path) -> bytes:
    """Read a file whole; a missing file, a folder or a refusal is an :class:`InputError`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        reason = "no such file"
    except IsADirectoryError:
        reason = "is a folder, a file is needed"
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
    msg = f"{path}: {reason}"
    raise InputError(msg)


def read_json(path: Path, *, remedy: str, error: type[AnnotateError] = InputError) -> Any:
    """Read a JSON file; what is no JSON, or cannot be held, is an ``error`` that ends with the remedy."""
    text = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as broken:
        reason = f"line {broken.lineno}: no JSON ({broken.msg})"
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
        yield temporary
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        try:
            temporary.replace(path)
        except OSError as error:
            msg = f"{path}: cannot be written ({error.strerror})"
            raise InputError(msg) from error
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    """The mask for new files, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
