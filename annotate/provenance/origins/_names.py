"""The names that annotators marked as sources and cited works, each once, and the origin that each stands for.

A name is the marked text, with white space as one blank and without quotation marks and commas around it.
Two names are two origins until a coordinator says otherwise, with two exceptions that the table states in
``reason``: a name that is a source of the corpus, but for an article, capitals and a word such as "the newspaper"
before it, is that source; and "I", "we" and their like are the source that publishes the passage.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from annotate.study.study import Study

SOURCE, CITED = "SOURCE", "CITED"
AUTHOR, PERSON, ORGANISATION, DOCUMENT, OUTLET, UNNAMED = KINDS = (
    *("author", "person", "organisation", "document", "outlet", "unnamed"),
)
"""What an origin is. ``author``: the source that publishes the passage. ``unnamed``: it is not known who it is, so
each passage may have one of its own."""

COLUMNS = (
    *("name", "origin", "kind", "n_marks", "n_passages", "n_sources", "n_annotators", "labels", "reason"),
    *("same_as", "score", "because", "example", "item"),
)
_CODED = {
    "named_person": PERSON,
    "named_organisation": ORGANISATION,
    "named_document_or_outlet": DOCUMENT,
    "unnamed_specific": UNNAMED,
    "vague_or_impersonal": UNNAMED,
}
_FIRST_PERSON = frozenset({"i", "me", "my", "we", "us", "our"})
_PRONOUNS = frozenset(
    {"he", "she", "they", "him", "her", "them", "it", "who", "this", "that", "these", "those"}
)
ARTICLES = frozenset({"the", "a", "an"})
_OUTLETS = frozenset(
    {
        "blog",
        "newspaper",
        "paper",
        "magazine",
        "daily",
        "weekly",
        "agency",
        "news",
        "website",
        "outlet",
        "journal",
    }
)
_AROUND = " \t\n,;:.\"'()[]\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a"
_LONGEST = 200  # code points of an example


@dataclass(frozen=True)
class Origin:
    """Whom a claim is put down to: ``name`` is a source of the corpus where ``is_source`` says so."""

    name: str
    kind: str
    is_source: bool = False

    @property
    def is_known(self) -> bool:
        """Whether one can tell it from another."""
        return self.is_source or self.kind not in (UNNAMED, AUTHOR)


@dataclass(frozen=True)
class Origins:
    """The table of names (:data:`COLUMNS`), and the sources of the corpus.

    ``unread`` are names that a coordinator's file does not have; they stand for themselves. ``unmarked`` are names of the file
    that nobody marked and no other name stands for, a slip perhaps.
    """

    table: pd.DataFrame
    sources: tuple[str, ...]
    unread: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Look names up once."""
        rows = zip(*(self.table[column] for column in ("name", "origin", "kind")), strict=True)
        known = {str(name): (str(origin), str(kind)) for name, origin, kind in rows}
        object.__setattr__(self, "_known", known)

    def of(self, marked: str, source: str) -> Origin | None:
        """The origin that a marked text stands for in a passage of this source; None if it is not a name."""
        known: Mapping[str, tuple[str, str]] = self._known  # type: ignore[attr-defined]
        found = known.get(name_of(marked))
        if found is None:
            return None
        origin, kind = found
        return (
            Origin(source, kind, is_source=True)
            if kind == AUTHOR
            else Origin(origin, kind, origin in self.sources)
        )


def name_of(marked: str) -> str:
    """The name in a marked text.

    >>> name_of(' the  “Gazette”, ')
    'the “Gazette'
    """
    return unicodedata.normalize("NFC", " ".join(marked.split())).strip(_AROUND)


def folded(name: str) -> str:
    """What is the same of a name with or without an article and capitals."""
    words = name.casefold().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ARTICLES else words)


def as_source(name: str, sources: Mapping[str, str]) -> str | None:
    """The source of the corpus that a name is; ``sources`` has them by their folded name."""
    words = folded(name).split()
    while len(words) > 1 and words[0] in _OUTLETS and " ".join(words) not in sources:
        words = words[1:]
    return sources.get(" ".join(words))


def origins_of(study: Study) -> Origins:
    """List the names that annotators marked as SOURCE or CITED, over all of them.

    Returns
    -------
    Origins
        ``table`` has one row a name, those in most passages first: ``name``; ``origin`` (whom it stands for; at
        first the name itself, or the source of the corpus that it is) and ``kind`` (one of :data:`KINDS`, from how
        most who marked it coded ``attribution``); ``n_marks``, ``n_passages``, ``n_sources`` (who publish them) and
        ``n_annotators``; ``labels``; ``reason`` (why ``origin`` is not the name); ``same_as``, ``score`` and
        ``because``, the best offer of :func:`offers`, which nobody has accepted; ``example``, a passage, and its
        ``item``.

    """
    from annotate.provenance.origins._offers import offers  # which reads what is defined here

    sources = tuple(sorted(study.passages["source"].unique()))
    by_fold = {folded(source): source for source in sources}
    marks = study.spans.loc[(study.spans["round"] == 1) & study.spans["label"].isin((SOURCE, CITED))]
    marks = marks.assign(name=[name_of(text) for text in marks["text"]])
    marks = marks.loc[marks["name"] != ""]
    coded = study.first_round.loc[study.first_round["variable"] == "attribution"]
    coders = zip(coded["item"], coded["annotator"], strict=True)
    answers = dict(zip(coders, coded["category"], strict=True))
    texts = study.passages.drop_duplicates("item").set_index("item")["text"].to_dict()
    rows = []
    for name, group in marks.groupby("name", sort=True):
        source = as_source(str(name), by_fold)
        first = group.sort_values(["item", "start"], kind="stable").iloc[0]
        kind = _kind(str(name), group, answers)
        rows.append(
            {
                "name": name,
                "origin": name if source is None else source,
                "kind": kind if source is None else OUTLET,
                "n_marks": len(group),
                **{f"n_{column}s": group[column].nunique() for column in ("source", "annotator")},
                "n_passages": group["item"].nunique(),
                "labels": ", ".join(sorted(group["label"].unique())),
                "reason": _reason(str(name), source, kind),
                "example": _example(texts.get(first["item"]), str(first["text"])),
                "item": first["item"],
            }
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    table = table.sort_values(
        ["n_passages", "n_marks", "name"], ascending=[False, False, True], ignore_index=True
    )
    best = offers(table, sources).drop_duplicates("name").set_index("name")
    for column in ("same_as", "score", "because"):
        table[column] = pd.Series([best[column].get(name) for name in table["name"]], dtype=object)
    whole = [column for column in COLUMNS if column.startswith("n_")]
    return Origins(table.astype(dict.fromkeys(whole, "int64") | {"score": "float64"}), sources)


def _reason(name: str, source: str | None, kind: str) -> str | None:
    if source is not None:
        return None if name == source else "is a source of the corpus"
    return "is the source that publishes the passage" if kind == AUTHOR else None


def _kind(name: str, marks: pd.DataFrame, answers: Mapping[tuple[str, str], str]) -> str:
    word = name.casefold()
    if word in _FIRST_PERSON:
        return AUTHOR
    if word in _PRONOUNS:
        return UNNAMED
    speaks = marks.loc[marks["label"] == SOURCE]
    said = [answers.get(pair) for pair in zip(speaks["item"], speaks["annotator"], strict=True)]
    if voted := _most(_CODED[category] for category in said if category in _CODED):
        return voted
    if (marks["label"] == CITED).any():
        return DOCUMENT
    return UNNAMED if word == name else PERSON  # without one capital it names nobody


def _most(kinds: Iterable[str]) -> str | None:
    """The most frequent kind; in a tie, the one that stands first in the list of kinds."""
    found = list(kinds)
    return max(KINDS, key=found.count) if found else None


def _example(text: object, marked: str) -> str | None:
    """The passage around the mark, on one line."""
    if not isinstance(text, str):
        return None
    line = " ".join(text.split())
    if len(line) <= _LONGEST:
        return line
    at = max(0, line.find(re.sub(r"\s+", " ", marked)) - _LONGEST // 3)
    return f"{'…' if at else ''}{line[at : at + _LONGEST]}{'…' if at + _LONGEST < len(line) else ''}"
