"""Office files are zip archives: those that would unpack to more than a document is are not opened."""

import zipfile
from pathlib import Path

from annotate.errors import InputError

_LARGEST = 200 * 2**20  # bytes, unpacked
_DENSEST = 200  # bytes unpacked for each byte packed; text in office files reaches about 20
_HARMLESS = 10 * 2**20  # bytes, unpacked, at any density
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE: .doc, .xls, and any office file with a password


def check_archive(path: Path, kind: str) -> None:
    """Refuse what is no zip archive, is cut short, or would unpack to more than any document needs.

    Raises
    ------
    InputError
        In one line, with what to do.

    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
        if head == _OLD:
            raise InputError(
                f"{path}: has a password or is of the old kind; save it as {kind} without a password"
            )
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except (zipfile.BadZipFile, NotImplementedError, LookupError, ValueError) as error:
        raise InputError(f"{path}: is no {kind} file, or is cut short; save or fetch it again") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > _LARGEST or unpacked > max(_HARMLESS, _DENSEST * packed):
        size = f"{unpacked / 2**20:,.0f} MB"
        raise InputError(f"{path}: would unpack to {size}, more than a document is; it is not opened")
