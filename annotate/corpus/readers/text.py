# ruff: noqa: RUF001 - letters, quotation marks and dashes of one code page
"""Bytes become text: by byte order mark, as UTF-8, as declared, or as it is likely; and files that are nothing but text."""

import codecs
import re
from pathlib import Path

from annotate.corpus.readers.document import Document, facts
from annotate.errors import InputError
from annotate.files import read_bytes

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE
)
_DECLARED_WITHIN = 4096
# What browsers take these names for (WHATWG Encoding Standard, section 4.2).
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
# What no Western text holds, or not there: letters that are others in the code pages of Europe's centre and east,
# quotation marks and dashes within words, a pound before a word.
_LETTERS = "àáâäåçèéêëíîïñóôöúüßÀÁÂÄÅÇÉÍÎÑÓÔÖÚÜ"
_FOREIGN = re.compile(
    rf"[^\x00-\x7f{_LETTERS}\xa0£€§©®°·«»‘’‚“”„…–—•™]"
    r"|(?<=[^\W\d_])(?:[“„‚]|[”–](?=[^\W\d_]))|£(?=[^\W\d_]{2})"
)
_SPARSE = 0.1  # of a Western text's letters have accents at most
_TOLERATED = 0.005  # of the signs of a page may be undecodable


def decode(data: bytes, path: Path, *, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Decode a file's bytes.

    Returns
    -------
    (text, notices)
        A notice says which encoding was taken, unless it is a Unicode encoding.

    Raises
    ------
    InputError
        If the bytes are no text in any encoding that is known.

    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, path), ()
    if wide := _without_mark(data):
        return _strictly(data, wide, path), (_guess(path, wide),)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    if declared and (found := _as_declared(data, declared, path)):
        return found
    return _as_likely(data, path)


def declared_in(data: bytes) -> str | None:
    """Read the encoding that a page declares, as Python names it; None where it declares none that exists."""
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    try:
        name = codecs.lookup(match.group(1).decode("ascii", "ignore")).name if match else None
    except LookupError:
        return None
    return _MEANT.get(name, name) if name else None


def _strictly(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = encoding.removesuffix("-sig").upper()
        msg = f"{path}: line {line}, byte {error.start}: not {name}, as its first bytes say; save the file as UTF-8"
        raise InputError(msg) from error


def _as_declared(data: bytes, encoding: str, path: Path) -> tuple[str, tuple[str, ...]] | None:
    try:
        text = data.decode(encoding, "replace")
    except (LookupError, UnicodeError):  # a codec that is none for text, such as base64
        return None
    broken = text.count("\ufffd")
    if broken > _TOLERATED * len(text):
        return None
    name = _name(encoding)
    if broken:
        return text, (
            f"{path}: read as {name}, as it declares; {broken} places are none, and show as \ufffd",
        )
    return text, (f"{path}: read as {name}, as it declares",)


def _without_mark(data: bytes) -> str | None:
    """Tell UTF-16 without a byte order mark by the zeros that are half of each Latin letter."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if len(data) % 2 or max(even, odd) * 4 < len(data) or min(even, odd) * 100 > len(data):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _as_likely(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    if b"\0" in data:
        raise InputError(f"{path}: holds a NUL character at byte {data.index(0)}; it is no text file")
    if _is_western(data):
        return _strictly(data, "cp1252", path), (_guess(path, "cp1252"),)
    from charset_normalizer import from_bytes

    found = from_bytes(data)
    best = found.best()
    if best is None:
        raise InputError(f"{path}: is no text in any known encoding; save it as UTF-8")
    # Of encodings that are as likely as each other, this one is by far the most common.
    likely = [match for match in found if (match.chaos, match.coherence) == (best.chaos, best.coherence)]
    alike = any("cp1252" in match.could_be_from_charset for match in likely)
    encoding = "cp1252" if alike else best.encoding
    return _strictly(data, encoding, path), (_guess(path, encoding),)


def _is_western(data: bytes) -> bool:
    """Whether bytes are plain Western text in cp1252, of which detectors make others where its accents are few."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    accents = sum(map(text.count, _LETTERS))
    return accents <= _SPARSE * sum(map(str.isalpha, text)) and not _FOREIGN.search(text)


def _guess(path: Path, encoding: str) -> str:
    return f"{path}: read as {_name(encoding)}, which is a guess; save it as UTF-8 if signs look wrong"


def _name(encoding: str) -> str:
    return re.sub(r"^cp(?=125)", "windows-", encoding).replace("_", "-")


_MARKDOWN_TITLE = re.compile(r"^#[ \t]+(\S.*)$", re.MULTILINE)
_CLOSING = re.compile(
    r"(?<![ \t])[ \t]+#*$"
)  # of a heading such as "# Title ##"; in "# C#" the sign belongs to it


def read_plain(path: Path) -> Document:
    """Read a ``.txt`` file; only line ends are made alike.

    Raises
    ------
    InputError
        If it is missing, empty, no text, or holds a NUL.

    """
    text, notices = decode(read_bytes(path), path)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise InputError(f"{path}: holds a NUL character at offset {text.index(chr(0))}; it is no text file")
    return Document(path, text, notices=notices)


def read_markdown(path: Path) -> Document:
    """Read a ``.md`` file as it stands; its first heading of the first level is its title."""
    document = read_plain(path)
    heading = _MARKDOWN_TITLE.search(document.text)
    title = _CLOSING.sub("", heading.group(1)) if heading else None
    return Document(path, document.text, guessed=facts(title=title), notices=document.notices)
