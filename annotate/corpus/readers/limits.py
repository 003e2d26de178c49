"""Files that are larger than any document is are not opened."""

from pathlib import Path

from annotate.errors import InputError
from annotate.files import read_bytes


def read_within(path: Path, largest: int, kind: str) -> bytes:
    """Read a file whole, if it is no larger than ``largest`` bytes.

    Raises
    ------
    InputError
        If it is larger, missing or unreadable.

    """
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        size = 0  # reading it will say what is wrong
    if size > largest:
        msg = f"{path}: {size / 2**20:.0f} MB of {kind}, {largest // 2**20} at most; split it, or save its text as .txt"
        raise InputError(msg)
    data = read_bytes(path)
    if not data.strip(b"\0 \t\r\n"):
        raise InputError(f"{path}: the file is empty; leave it out or fetch it again")
    return data
