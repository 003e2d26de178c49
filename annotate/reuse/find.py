"""Which passages were taken from another text, span by span."""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from annotate.errors import StatisticsError, TableError, counted
from annotate.reuse.candidates import candidates, evidence
from annotate.reuse.reading import NEEDED, Reader
from annotate.reuse.stems import Forms, forms_of, read_words
from annotate.reuse.stretches import Stretches, copies, joined, stretches

COLUMNS = (
    *("a_item", "b_item", "a_document", "b_document", "a_source", "b_source"),
    *("a_start", "a_end", "b_start", "b_end", "score", "shared_stems", "kind"),
    *("a_published", "b_published", "direction", "a_text", "b_text"),
    *("n_spans", "spans"),
)
_WHOLE = ("a_start", "a_end", "b_start", "b_end", "shared_stems", "n_spans")
_TEXT = ("a_item", "b_item", "a_document", "b_document", "kind", "a_text", "b_text")
_MAY_LACK = ["a_source", "b_source", "a_published", "b_published", "direction"]
_TYPES = dict.fromkeys(_WHOLE, "int64") | dict.fromkeys(_TEXT, "str") | dict.fromkeys(_MAY_LACK, "object")
_TYPES |= {"score": "float64", "spans": "object"}
MIN_SCORE = 0.3
EVERY = 1000  # pairs of passages with the same words that are all listed


def reuse(
    passages: pd.DataFrame, *, min_score: float = MIN_SCORE, max_passages: int = 8, language: str = "english"
) -> pd.DataFrame:
    """Find the pairs of passages of different documents that share wording, and the spans they share.

    Parameters
    ----------
    passages
        As :func:`~annotate.study.passages.read_passages` gives them. Boilerplate is left out, and counted.
    min_score
        Weaker pairs are left out, from 0 to 1. The score is near 1 for a long copy, about 0.5 for a short
        sentence of which most is shared, and below 0.3 for most of what texts on one topic share anyhow:
        names, dates, terms. It says how much wording two passages have in common beyond that, not how
        probable it is that one was taken from the other. Words count by their rarity among the passages
        given, so the scores of different corpora compare only roughly.
    max_passages
        Pairs of stems that stand close together in more passages than this do not lead to a pair of
        passages. Word-for-word copies are one passage here, and are always found.
    language
        Of the texts; one of snowballstemmer's. Only English has a list of function words.

    Returns
    -------
    DataFrame
        One row a pair of passages, by score: ``a_item``, ``b_item`` (a is the earlier one by date; where the
        dates do not tell, the one whose document id comes first), ``a_document``, ``b_document``,
        ``a_source``, ``b_source``, ``a_start``, ``a_end``, ``b_start``, ``b_end`` (of the best aligned
        stretch, in code points of the document), ``score`` (of all stretches), ``shared_stems`` (content
        words in common, in all of them), ``kind`` (``quotation``: every stretch is mostly within quotation
        marks on both sides, so both may have it from one origin; otherwise ``text``), ``a_published``, ``b_published``, ``direction`` (``a_to_b``
        where the dates say that a was there first; that agrees with b taking from a, and does not prove it;
        None for a quotation, and where the dates do not say), ``a_text``, ``b_text`` (the best stretch),
        ``n_spans``, ``spans`` (every stretch, the best first: a dictionary of a_start, a_end, b_start and
        b_end).

        ``attrs["left_out"]`` counts the passages of boilerplate; ``attrs["cut"]`` the rows whose stretch
        may go on, because no more than about 1,000 words around the strongest place were aligned.

    Raises
    ------
    TableError
        If a column is missing, or the column of texts holds something else.
    StatisticsError
        If ``min_score`` is not within 0 and 1, ``max_passages`` below 2, or the language not known.

    Notes
    -----
    Stems are those of Porter's Snowball. Two passages are compared if they share two unordered pairs of
    content stems, at most one other between them, that are rare; this is the fingerprinting of Seo and Croft
    (2008), Local text reuse detection, SIGIR, pp. 571-578, made tolerant of exchanged words. The stretch is a local
    alignment (Smith and Waterman 1981), as Smith, Cordell and Dillon (2013), Infectious texts, IEEE Big
    Data, pp. 86-94, have it for reprinted news, with words weighted by their rarity. Passages that have the
    same words in more than 1,000 pairs of documents are paired with the first of them only.

    """
    _check(passages, min_score, max_passages)
    body = passages.loc[passages["kind"] != "boilerplate"]
    table = _ordered(body)
    words = read_words(table["text"].tolist(), language)
    document, _ = pd.factorize(table["document"])
    forms = forms_of(words, document.astype(np.int64))
    weights = evidence(forms.words)
    found = stretches(forms.words, weights, candidates(forms.words, forms.documents, max_passages))
    repeated = np.flatnonzero(forms.documents < 0)
    rows = _rows(table, forms, joined(copies(forms.words, weights, repeated), found).at_least(min_score))
    result = pair_table(rows)
    result.attrs["left_out"] = len(passages) - len(body)
    return result


def pair_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make the table of rows as :class:`~annotate.reuse.reading.Reader` makes them, by score."""
    pairs = pd.DataFrame(rows, columns=[*COLUMNS, "cut"]).astype(_TYPES)
    pairs[_MAY_LACK] = pairs[_MAY_LACK].where(pairs[_MAY_LACK].notna(), None)
    pairs = pairs.assign(rank=-pairs["score"]).sort_values(
        ["rank", "a_document", "a_start", "b_document", "b_start", "a_item", "b_item"], ignore_index=True
    )
    result = pairs[list(COLUMNS)]
    result.attrs["cut"] = int(pairs["cut"].sum())
    return result


def _check(passages: pd.DataFrame, min_score: float, max_passages: int) -> None:
    missing = [column for column in NEEDED if column not in passages.columns]
    if missing:
        raise TableError(f"passages: no column {', '.join(missing)}; read them with read_passages")
    for column in ("item", "document", "text"):
        wrong = [value for value in passages[column] if not isinstance(value, str)]
        if wrong:
            raise TableError(
                f"passages: {column} is not text in {counted(len(wrong), 'row')}; read them with read_passages"
            )
    if not 0 <= min_score <= 1:
        raise StatisticsError(f"min_score {min_score}: a score is from 0 to 1; give a number between them")
    if max_passages < 2:  # noqa: PLR2004 - a pair
        raise StatisticsError(
            f"max_passages {max_passages}: what two passages share is in 2 at least; give 2 or more"
        )


def _ordered(body: pd.DataFrame) -> pd.DataFrame:
    """Passages by text, then by document and place: no other order, and no name, may sway the result."""
    placed = body[list(NEEDED)].sort_values(["document", "start", "item", "text"], kind="stable")
    texts = placed["text"].tolist()
    return placed.iloc[sorted(range(len(texts)), key=texts.__getitem__)].reset_index(drop=True)


def _rows(table: pd.DataFrame, forms: Forms, found: Stretches) -> list[dict[str, Any]]:
    """One row a pair of passages."""
    reader = Reader(table)
    order = np.argsort(forms.of, kind="stable")
    bounds = np.searchsorted(forms.of[order], np.arange(len(forms.documents) + 1))
    rows = []
    for number, (one, other) in enumerate(found.forms.tolist()):
        known = {
            "score": float(found.score[number]),
            "shared_stems": int(found.matches[number]),
            "cut": bool(found.cut[number]),
        }
        best = np.column_stack([found.start[number], found.end[number]]).reshape(1, 4)
        ends = np.concatenate([best, found.further[number]]).tolist()
        members = [order[bounds[form] : bounds[form + 1]].tolist() for form in (one, other)]
        for a, b in _passages(*members, same=one == other):
            if reader.documents[a] != reader.documents[b]:
                words = [((first, last), (start, end)) for first, last, start, end in ends]
                rows.append(reader.row(a, b, words) | known)
    return rows


def _passages(one: list[int], other: list[int], *, same: bool) -> Iterator[tuple[int, int]]:
    """Pairs of passages of two forms, or of one; where they are very many, those with the first ones."""
    if len(one) * len(other) <= EVERY:
        yield from combinations(one, 2) if same else product(one, other)
        return
    yield from ((one[0], passage) for passage in other)
    yield from ((passage, other[0]) for passage in one[1:] if not same)
