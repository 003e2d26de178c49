"""Office files are zip archives: those that would fill the memory are not opened.

What an archive says of itself may be a lie, so every entry is unpacked once, within bounds, and looked at before a
library loads it. The bounds stand in SECURITY.md.
"""

import re
import struct
import zipfile
import zlib
from pathlib import Path

from annotate.errors import InputError, counted

_LARGEST = 200 * 2**20  # bytes, unpacked, of an entry and of all together
_DENSEST = 200  # bytes unpacked for each byte packed; text in office files reaches about 20
_HARMLESS = 10 * 2**20  # bytes, unpacked, at any density
_MOST_ENTRIES = 10_000
_MOST_NODES = 5_000_000  # elements and attributes; a book of 500 pages has about a million
_MOST_CELLS = 10_000_000  # rows times columns, empty ones too
_MOST_SIGNS = 200_000_000  # in the texts of a sheet; a text may stand in many cells
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE: .doc, .xls, and any office file with a password
_LOCAL = struct.Struct(
    "<4s22xHH"
)  # the head of an entry: its signature, and the lengths of its name and its extras

_ROW = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])")
_TEXT = re.compile(rb"<(?:[\w.-]+:)?si(?=[\s/>])")
_PLACE = re.compile(
    rb"\br\s*=\s*[\"']([A-Za-z]{0,7})(\d{1,18})[\"'](?P<empty>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*/>)?"
)
_SHARED = re.compile(rb"\bt\s*=\s*[\"']s[\"']")
_INDEX = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^<]*<(?:(?!v[\s>])[^<]*<){0,3}v[^>]*>\s*(\d{1,9})")


def check_archive(path: Path, kind: str) -> None:
    """Refuse what is not a zip archive, is cut short, or would take more memory than any document needs.

    Parameters
    ----------
    path
        The file.
    kind
        ``.docx`` or ``.xlsx``. Of the latter, rows times columns of a sheet are bounded too, and its texts.

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
            _check_sizes(path, archive.infolist())
            _check_contents(path, kind, archive)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, LookupError, ValueError) as error:
        raise InputError(f"{path}: is not a {kind} file, or is cut short; save or fetch it again") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _check_sizes(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    dense = any(entry.file_size > max(_HARMLESS, _DENSEST * entry.compress_size) for entry in entries)
    if unpacked > _LARGEST or dense or unpacked > max(_HARMLESS, _DENSEST * packed):
        raise InputError(
            f"{path}: would unpack to {_megabytes(unpacked)}, more than a document is; it is not opened"
        )
    if len(entries) > _MOST_ENTRIES:
        raise InputError(
            f"{path}: holds {counted(len(entries), 'file')}, {_MOST_ENTRIES:,} at most; it is not opened, save it again"
        )


def _check_contents(path: Path, kind: str, archive: zipfile.ZipFile) -> None:
    nodes = 0
    sheets: list[bytes] = []
    texts: list[int] = [0]
    for entry in archive.infolist():
        content = _unpacked(path, archive, entry)
        if not content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<"):
            continue  # a picture, which nobody opens
        content = content.replace(b"\0", b"")  # UTF-16 is read like ASCII
        nodes += content.count(b"<") - content.count(b"</") + content.count(b'="') + content.count(b"='")
        if nodes > _MOST_NODES:
            raise InputError(
                f"{path}: has more than {_MOST_NODES:,} elements, more than a document has; it is not opened"
            )
        if kind == ".xlsx":
            _check_cells(path, content)
            sheets += [content] if _SHARED.search(content) else []
            texts += [len(text) for text in _TEXT.split(content)[1:]]
    for sheet in sheets:
        if len(_SHARED.findall(sheet)) * max(texts) <= _MOST_SIGNS:
            continue
        signs = sum(
            texts[1 + int(number)] for number in _INDEX.findall(sheet) if int(number) < len(texts) - 1
        )
        if signs > _MOST_SIGNS:
            raise InputError(
                f"{path}: the texts of a sheet have {signs:,} signs, {_MOST_SIGNS:,} at most; it is not opened"
            )


def _unpacked(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack an entry as far as it says that it goes; one that goes on is refused.

    Python's reader stops there, others do not.
    """
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(f"{path}: is packed in a way that office files are not; save it again")
    file = archive.fp
    if file is None:
        raise zipfile.BadZipFile
    file.seek(entry.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
        raise zipfile.BadZipFile
    _, name, extra = _LOCAL.unpack(head)
    file.seek(name + extra, 1)
    packed = file.read(entry.compress_size)
    if entry.compress_type == zipfile.ZIP_STORED:
        return packed
    unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.file_size + 1)
    if len(unpacked) > entry.file_size:
        raise InputError(f"{path}: unpacks to more than it says; it is not opened, save it again")
    return unpacked


def _check_cells(path: Path, sheet: bytes) -> None:
    """Hold rows times columns to the bound: readers of workbooks make room for all cells up to the last."""
    rows = columns = placed = last = 0
    for letters, digits, empty in _PLACE.findall(sheet):
        if not letters:
            last = max(last, int(digits))
            continue
        placed += 1
        if not empty:  # a cell that is only coloured takes no room
            rows = max(rows, int(digits))
            columns = max(columns, _column(letters))
    if len(_CELL.findall(sheet)) > placed:  # those without a place count on from the one before
        rows = max(rows, last) + len(_ROW.findall(sheet))
        columns += max(len(_CELL.findall(row)) for row in _ROW.split(sheet))
    if rows * columns > _MOST_CELLS:
        raise InputError(
            f"{path}: a sheet goes to row {rows:,} and column {columns:,}, {_MOST_CELLS:,} cells are read at most; "
            "delete the cells far off, or save it as .csv"
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"
