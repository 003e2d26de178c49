"""Which documents depend on each other: they share several passages, or one names the other.

Two sources that say the same are two witnesses only if neither has it from the other. One sentence in common
ties two passages; several, or a good part of the shorter document, tie the documents, and so does a title, an
address or an outlet that one of them cites.

An outlet that is merely mentioned ("a reporter of the Observer was turned back") is not named in this sense:
words of citing must stand beside it ("the Observer reported", "told the Observer", "according to"). They are
those of English; titles and addresses are found in any language.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from annotate.corpus.dates import read_published
from annotate.corpus.languages import FUNCTION_WORDS
from annotate.errors import counted
from annotate.reuse.stems import places

How = Literal["title", "address", "outlet"]
FEWEST = 3  # words of a title that are not function words; a shorter one must stand in quotation marks

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
        hidden = _leads(row, addresses)
        for how, documents, start, end in [
            *_named(row["text"], names),
            *_linked(row["text"], addresses),
            *hidden,
        ]:
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


def _leads(
    row: Mapping[Any, Any], addresses: dict[str, list[str]]
) -> Iterator[tuple[How, tuple[str, ...], int, int]]:
    """Links of a web page, which stand behind words of the passage."""
    for url in str(row.get("links") or "").split():
        if documents := addresses.get(_address(url)):
            yield "address", tuple(documents), 0, len(row["text"])


def _address(url: str) -> str:
    """What is the same of an address however it is written."""
    return _BARE.sub("", url.strip()).partition("#")[0].rstrip("/").casefold()


STRONG = 0.45  # the score from which a pair ties two passages
GOOD_PART = 0.4  # of the shorter passage, that it shares
SEVERAL = 2  # passages of either document that are shared in strong pairs
HALF = 0.5  # of the shorter document
DOCUMENT_COLUMNS = (
    *("a_document", "b_document", "a_source", "b_source", "a_published", "b_published"),
    *("n_pairs", "n_strong", "n_quotations", "best_score", "a_share", "b_share"),
    *("a_names_b", "b_names_a", "joined", "because", "direction"),
)
_SPOKEN = {"title": "names the title of", "address": "links to", "outlet": "cites"}


def is_strong(pair: Mapping[Any, Any], length: Mapping[str, int]) -> bool:
    """Whether a pair of passages says one thing: a good score, or a quotation, and a good part of the shorter one.

    ``length`` is that of each item's text.
    """
    lengths = {side: length[pair[f"{side}_item"]] for side in ("a", "b")}
    shorter = "a" if lengths["a"] <= lengths["b"] else "b"
    shared: int = sum(span[f"{shorter}_end"] - span[f"{shorter}_start"] for span in spans_of(pair))
    good: bool = float(pair["score"]) >= STRONG or pair["kind"] == "quotation"
    return good and shared >= GOOD_PART * lengths[shorter]


def spans_of(pair: Mapping[Any, Any]) -> list[Mapping[Any, Any]]:
    """Every stretch that two passages share; of a table that does not list them, the best one."""
    return list(pair.get("spans") or [pair])


def text_lengths(passages: pd.DataFrame) -> dict[str, int]:
    """How long the text of each item is, without the white space around it."""
    return {item: len(text.strip()) for item, text in zip(passages["item"], passages["text"], strict=True)}


def document_pairs(passages: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Tell which documents depend on each other, and by what.

    Parameters
    ----------
    passages
        As :func:`~annotate.study.passages.read_passages` gives them.
    pairs
        Of :func:`annotate.reuse.reuse` of these passages.

    Returns
    -------
    DataFrame
        One row a pair of documents that share a passage, or of which one names the other, those that are
        joined first: ``a_document``, ``b_document`` (a is the earlier one, as far as the dates tell),
        their sources and dates, ``n_pairs`` (of passages), ``n_strong`` (those of them that tie two
        passages, quotations left out), ``n_quotations``, ``best_score``, ``a_share`` and ``b_share`` (what
        part of either document's text stands in spans that are shared), ``a_names_b`` and ``b_names_a``
        (title, address, outlet; a document that is older than what it would name does not name it),
        ``joined`` (whether they count as one where independent texts are counted), ``because`` (why, in
        words), ``direction`` (``a_to_b`` where the dates say that a was there first, or only b names a;
        ``b_to_a`` where only a names b; None where nothing tells, and where they are not joined).

    Notes
    -----
    Documents are joined if two passages of either are in strong pairs that are not quotations, if half of the
    shorter document is, or if one names the other. A strong pair has a score of 0.45 or more and two
    fifths of the shorter passage.

    """
    length = text_lengths(passages)
    body = passages.loc[passages["kind"] != "boilerplate"]
    size = dict.fromkeys(passages["document"], 0)
    for document, item in zip(body["document"], body["item"], strict=True):
        size[document] += length[item]
    known = {row["document"]: row for row in passages.drop_duplicates("document").to_dict("records")}
    shared: dict[frozenset[str], list[dict[Any, Any]]] = {}
    for pair in pairs.to_dict("records"):
        shared.setdefault(frozenset((pair["a_document"], pair["b_document"])), []).append(pair)
    named: dict[frozenset[str], list[Naming]] = {}
    for naming in namings(passages):
        if not _earlier(known[naming.document], known[naming.named]):
            named.setdefault(frozenset((naming.document, naming.named)), []).append(naming)
    rows = []
    for both in {**shared, **named}:
        one, other = sorted(both)
        a, b = (other, one) if _earlier(known[other], known[one]) else (one, other)
        rows.append(_row(known[a], known[b], shared.get(both, []), named.get(both, []), length, size))
    table = pd.DataFrame(rows, columns=list(DOCUMENT_COLUMNS)).astype(object)
    table = table.sort_values(
        ["joined", "n_strong", "best_score", "a_document", "b_document"],
        ascending=[False, False, False, True, True],
        kind="stable",
        ignore_index=True,
    )
    whole, real = ("n_pairs", "n_strong", "n_quotations"), ("best_score", "a_share", "b_share")
    table["direction"] = table["direction"].where(table["direction"].notna(), None)
    return table.astype(dict.fromkeys(whole, "int64") | dict.fromkeys(real, "float64") | {"joined": "bool"})


def _earlier(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    a, b = read_published(one["published"]), read_published(other["published"])
    return a is not None and b is not None and a.earlier_than(b)


def _row(
    a: Mapping[Any, Any],
    b: Mapping[Any, Any],
    pairs: list[dict[Any, Any]],
    found: list[Naming],
    length: Mapping[str, int],
    size: Mapping[str, int],
) -> dict[str, Any]:
    documents = {"a": a["document"], "b": b["document"]}
    strong = [pair for pair in pairs if pair["kind"] != "quotation" and is_strong(pair, length)]
    share = {side: _share(pairs, of, size) for side, of in documents.items()}
    half = max(_share(strong, of, size) for of in documents.values())
    names = {
        side: [how for how in _SPOKEN if any(one.how == how and one.document == of for one in found)]
        for side, of in documents.items()
    }
    several = min(len(_items(strong, of)) for of in documents.values())
    because = [f"{counted(several, 'shared passage')}"] if several >= SEVERAL else []
    because += [f"{half:.0%} of the shorter text"] if half >= HALF and not because else []
    because += [
        f"{documents[side]} {_SPOKEN[how]} {other['source' if how == 'outlet' else 'document']}"
        for side, other in (("a", b), ("b", a))
        for how in names[side]
    ]
    before = _earlier(a, b) or bool(names["b"] and not names["a"])
    after = bool(names["a"] and not names["b"])
    return {
        **{f"{side}_document": of for side, of in documents.items()},
        **{
            f"{side}_{key}": one[key] for key in ("source", "published") for side, one in (("a", a), ("b", b))
        },
        "n_pairs": len(pairs),
        "n_strong": len(strong),
        "n_quotations": sum(pair["kind"] == "quotation" for pair in pairs),
        "best_score": max((float(pair["score"]) for pair in pairs), default=float("nan")),
        **{f"{side}_share": part for side, part in share.items()},
        "a_names_b": names["a"],
        "b_names_a": names["b"],
        "joined": bool(because),
        "because": because,
        "direction": ("a_to_b" if before else "b_to_a" if after else None) if because else None,
    }


def _items(pairs: list[dict[Any, Any]], document: str) -> set[str]:
    return {
        pair[f"{side}_item"] for pair in pairs for side in ("a", "b") if pair[f"{side}_document"] == document
    }


def _share(pairs: list[dict[Any, Any]], document: str, size: Mapping[str, int]) -> float:
    """What part of a document's text stands in the spans of pairs; what is in several counts once."""
    spans = sorted(
        (int(span[f"{side}_start"]), int(span[f"{side}_end"]))
        for pair in pairs
        for side in ("a", "b")
        if pair[f"{side}_document"] == document
        for span in spans_of(pair)
    )
    covered = reach = 0
    for start, end in spans:
        covered += max(end - max(start, reach), 0)
        reach = max(reach, end)
    return min(covered / max(size.get(document, 0), 1), 1.0)
