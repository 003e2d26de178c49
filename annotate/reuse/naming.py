"""Which documents name which others: by title, by address, or by their outlet as whom they have it from.

An outlet that is merely mentioned ("a reporter of the Observer was turned back") is not named in this sense:
words of citing must stand beside it ("the Observer reported", "told the Observer", "according to"). They are
those of English; titles and addresses are found in any language.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from annotate.reuse.stems import FUNCTION_WORDS, places

How = Literal["title", "address", "outlet"]
FEWEST = 3  # words of a title that are no function words; a shorter one must stand in quotation marks

_PART = re.compile(r"\s*(?::|\s[-\u2013\u2014|])\s")  # what follows it is a subtitle, or the outlet
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
_BARE = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_QUOTES = "\"'\u2018\u2019\u201a\u201c-\u201e\u00ab\u00bb\u2039\u203a"
_OPENED, _CLOSED = re.compile(f"[{_QUOTES}]\\s*$"), re.compile(f"^[,.]?\\s*[{_QUOTES}]")
_SAYS = (
    "report(?:s|ed)?|sa(?:ys|id)|writes|wrote|written|f(?:inds|ound)|reveal(?:s|ed)|publish(?:es|ed)|quot(?:es|ed)"
    "|conclude[sd]|estimate[sd]|claim(?:s|ed)|state[sd]|disclose[sd]|documented|counted|noted|put"
)
_WORK = "reports?|reporting|articles?|story|stories|investigations?|interviews?|findings|figures|data|accounts?|research|survey|study"
_BEFORE = re.compile(
    rf"\b(?:according to|cit(?:es|ed|ing)|quot(?:es|ed|ing)|told|via|as per|first in|(?:{_SAYS}) (?:in|by)|seen by"
    rf"|obtained by|interview(?:ed)? (?:with|by)|(?:{_WORK}) (?:by|from|of|in))\s+(?:the\s+)?(?:[a-z]+\s+){{0,2}}$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^(?:\s+(?:has|had|have|also|first|later|itself|which|that))*\s+(?:{_SAYS})\b"
    rf"|^['\u2019]s?\s+(?:[\w-]+\s+){{0,2}}(?:{_WORK})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Naming:
    """A document names another one, or the outlet of it: how, and the words with their place there."""

    document: str
    named: str
    how: How
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class _Name:
    words: tuple[str, ...]
    how: How
    documents: tuple[str, ...]
    plain: bool  # found without quotation marks around it


def namings(passages: pd.DataFrame) -> list[Naming]:
    """Find where documents name others, in order of document and place.

    Parameters
    ----------
    passages
        As :func:`~annotate.study.passages.read_passages` gives them; headings are not read, for two
        documents may have one title, nor is boilerplate. An outlet does not name itself.

    """
    known = passages.drop_duplicates("document").to_dict("records")
    source = {row["document"]: row["source"] for row in known}
    names = _index(known)
    addresses: dict[str, list[str]] = {}
    for row in known:
        if row.get("url"):
            addresses.setdefault(_address(row["url"]), []).append(row["document"])
    found = []
    read = passages.loc[~passages["kind"].isin(("heading", "boilerplate"))]
    for row in read.sort_values(["document", "start"], kind="stable").to_dict("records"):
        for how, documents, start, end in [*_named(row["text"], names), *_linked(row["text"], addresses)]:
            place = row["start"] + start, row["start"] + end, row["text"][start:end]
            found += [
                Naming(row["document"], other, how, *place)
                for other in documents
                if other != row["document"] and source[other] != row["source"]
            ]
    return found


def _index(known: Sequence[Mapping[Any, Any]]) -> dict[str, list[_Name]]:
    """Names by their first word, the longest first."""
    index: dict[str, list[_Name]] = {}
    outlets: dict[str, list[str]] = {}
    for row in known:
        document = str(row["document"])
        if row.get("source"):
            outlets.setdefault(str(row["source"]), []).append(document)
        title = row.get("title") or ""
        whole = tuple(word.casefold() for word in _words(title))
        head = tuple(word.casefold() for word in _words(_PART.split(title)[0]))
        for words in dict.fromkeys((whole, head)):
            content = [word for word in words if word not in FUNCTION_WORDS["english"]]
            if len(content) >= FEWEST or len(words) > 1:
                name = _Name(words, "title", (document,), len(content) >= FEWEST)
                index.setdefault(words[0], []).append(name)
    for outlet, documents in outlets.items():
        words = tuple(_words(outlet))
        words = words[1:] if len(words) > 1 and words[0].casefold() == "the" else words
        if words and any(word[0].isupper() for word in words):
            index.setdefault(words[0].casefold(), []).append(_Name(words, "outlet", tuple(documents), True))
    return {first: sorted(of, key=lambda name: -len(name.words)) for first, of in index.items()}


def _words(text: str) -> list[str]:
    return [text[start:end] for start, end in places(text)]


def _named(text: str, names: dict[str, list[_Name]]) -> Iterator[tuple[How, tuple[str, ...], int, int]]:
    spans = places(text)
    words = [text[start:end].removesuffix("'s").removesuffix("\u2019s") for start, end in spans]
    folded = [word.casefold() for word in words]
    for at, first in enumerate(folded):
        for name in names.get(first, ()):
            last = at + len(name.words)
            if tuple((words if name.how == "outlet" else folded)[at:last]) != name.words:
                continue
            start = spans[at][0]
            end = spans[last - 1][0] + len(words[last - 1])
            if _counts(name, text[:start], text[end:]):
                yield name.how, name.documents, start, end


def _counts(name: _Name, before: str, after: str) -> bool:
    if name.how == "outlet":
        return bool(_BEFORE.search(before[-80:]) or _AFTER.search(after[:80]))
    return name.plain or bool(_OPENED.search(before) and _CLOSED.search(after))


def _linked(text: str, addresses: dict[str, list[str]]) -> Iterator[tuple[How, tuple[str, ...], int, int]]:
    for match in _ADDRESS.finditer(text):
        if documents := addresses.get(_address(match[0].rstrip(".,;:!?"))):
            yield "address", tuple(documents), match.start(), match.end()


def _address(url: str) -> str:
    """What is the same of an address however it is written."""
    return _BARE.sub("", url.strip()).partition("#")[0].rstrip("/").casefold()
