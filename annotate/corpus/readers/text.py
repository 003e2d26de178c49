# ruff: noqa: RUF001 - letters, quotation marks and dashes of one code page
"""Bytes become text: by byte order mark, as UTF-8, as declared, or as it is likely; and files that are nothing but text."""

import codecs
import re
from collections import Counter
from pathlib import Path

from annotate.corpus.readers.document import Document, facts
from annotate.errors import InputError, counted
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
# Python's codecs that hold all that browsers read by these names (WHATWG Encoding Standard, section 4.2).
_WIDER = {"gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949", "big5": "big5hkscs"}
# The letters beyond ASCII of the languages that are written in each code page; of equals the first is taken.
_WESTERN = (
    "äöüß áéíñóúü¿¡ªº àâæçéèêëîïôœùûüÿ ãáâàçéêíõóôúü àèéìíòóùú åäöé æøåé éëïóöüĳ ðéáíóúýþæö àçèéíïòóúü·"
)
_CENTRAL = "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ čćđšž äöüß"
_CYRILLIC = (
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё абвгдежзийклмнопрстуфхцчшщьюяґєії абвгдђежзијклљмнњопрстћуфхцчџш"
)
_GREEK = "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ"
_ALPHABETS = {
    "cp1252": _WESTERN, "cp1250": _CENTRAL, "iso8859-2": _CENTRAL, "cp1254": "çğıiöşüâî", "cp1257": "āčēģīķļņšūž ąčęėįšųūž äõöüšž",
    "cp1251": _CYRILLIC, "koi8-r": _CYRILLIC, "koi8-u": _CYRILLIC, "cp866": _CYRILLIC, "iso8859-5": _CYRILLIC,
    "cp1253": _GREEK, "iso8859-7": _GREEK, "cp1255": "אבגדהוזחטיךכלםמןנסעףפץצקרשת", "cp1256": "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآأإؤئ،؛؟ًٌٍَُِّْ",
}  # fmt: skip
_SIGNS = frozenset("\xa0«»‘’‚“”„…–—•™§©®°·€£½²³№‹›×")
_FREQUENT = frozenset(
    "оеаинтсрвлαοιετσνηυρוהילאתרמבנاليمنوتربه"
)  # in the scripts that have a page for themselves
_FITTING = 0.97  # of the signs beyond ASCII belong to one language
_OFTEN = (
    0.4  # of the letters of such a script are frequent ones; of letters that are mistaken for others, fewer
)
_SEVERAL = 0.02  # by so much a text in the letters of several languages fits less
_OWN_SCRIPT = 0.5  # of the letters are beyond ASCII
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
        If the bytes are not text in any encoding that is known.

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
    import webencodings

    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    found = webencodings.lookup(match.group(1).decode("ascii", "ignore")) if match else None
    return _WIDER.get(found.name, found.codec_info.name) if found else None


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
    except (LookupError, UnicodeError):  # a codec that is not for text, such as base64
        return None
    broken = text.count("\ufffd")
    if broken > _TOLERATED * len(text):
        return None
    name = _name(encoding)
    if broken:
        return text, (
            f"{path}: read as {name}, as it declares; {broken} places cannot be read so, and show as \ufffd",
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
        raise InputError(f"{path}: holds a NUL character at byte {data.index(0)}; it is not a text file")
    encoding = _by_letters(data)
    if encoding is None:
        from charset_normalizer import from_bytes

        best = from_bytes(data, cp_isolation=[*_ALPHABETS, *_WIDER.values(), "euc_jp", "cp874"]).best()
        encoding = best.encoding if best else None
    if encoding is None:
        raise InputError(f"{path}: is not text in any known encoding; save it as UTF-8")
    return _strictly(data, encoding, path), (_guess(path, encoding),)


def _by_letters(data: bytes) -> str | None:
    """The code page in which the letters of a text are those of one of its languages."""
    found = []
    for encoding, alphabets in _ALPHABETS.items():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        beyond = Counter(sign for sign in text if not sign.isascii())
        if letters := _fitting(text, beyond, alphabets):
            found.append((letters, encoding))
    return max(found, key=lambda each: each[0])[1] if found else None


def _fitting(text: str, beyond: Counter[str], alphabets: str) -> float:
    """How well the signs beyond ASCII fit the best of some alphabets; 0 if they do not."""

    def share(alphabet: frozenset[str]) -> float:
        fits = (
            count
            for sign, count in beyond.items()
            if sign in _SIGNS or sign.lower() in alphabet or sign == "İ"
        )
        return sum(fits) / max(beyond.total(), 1)

    letters = sum(count for sign, count in beyond.items() if sign.isalpha())
    if letters and alphabets[0] in _FREQUENT:
        frequent = sum(count for sign, count in beyond.items() if sign.lower() in _FREQUENT)
        enough = (
            frequent > _OFTEN * letters
            and max(share(frozenset(one)) for one in alphabets.split(" ")) >= _FITTING
        )
        return frequent / letters if enough else 0.0
    if letters > _OWN_SCRIPT * sum(map(str.isalpha, text)):
        return 0.0
    best = max(share(frozenset(one)) for one in alphabets.split(" "))
    several = share(frozenset(alphabets)) - _SEVERAL  # a text with words of several languages
    return max(best, several) if max(best, several) >= _FITTING else 0.0


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
        raise InputError(
            f"{path}: holds a NUL character at offset {text.index(chr(0))}; it is not a text file"
        )
    return Document(path, text, notices=notices)


_FRONT = re.compile(r"\A---[ \t]*\n((?:[^\n]*\n){1,200}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_SAYS = re.compile(
    r"^(title|author|date|published|url|link|source|publisher)[ \t]*:[ \t]*(\S[^\n]*)$",
    re.MULTILINE | re.IGNORECASE,
)
_FACT = {"date": "published", "link": "url", "publisher": "source"}


def read_markdown(path: Path) -> Document:
    """Read a ``.md`` file as it stands; its first heading of the first level is its title.

    What stands between two rules at its very beginning says of the document who wrote it and when: guesses, and no text.
    """
    document = read_plain(path)
    text, notices, said = document.text, document.notices, {}
    if front := _FRONT.match(text):
        found = {name.lower(): value.strip().strip("\"'").strip() for name, value in _SAYS.findall(front[1])}
        said = {_FACT.get(name, name): value for name, value in found.items()}
        text = text[front.end() :]
        notices += (
            f"{path}: left out: {counted(front[1].count(chr(10)), 'line')} about the document before its text",
        )
    heading = _MARKDOWN_TITLE.search(text)
    title = _CLOSING.sub("", heading.group(1)) if heading else None
    guessed = facts(**{"title": title, **said})
    return Document(path, text, guessed=guessed, notices=notices)
