"""Words of a text, where they stand, the stems by which they are compared, and the forms that passages have.

Passages that read the same are one form: it is looked at once, however many outlets carry it.
Function words carry grammar, not matter: two texts that share them share nothing. The list is that of the
closed classes of its language (articles, pronouns, prepositions, conjunctions, auxiliaries, particles) and the verbs
and adverbs with which any report is told, see :mod:`annotate.corpus.languages`. Where a language has no list, only
rarity tells what matters.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np
import pandas as pd
import snowballstemmer
from numpy.typing import NDArray

from annotate.corpus.languages import FUNCTION_WORDS
from annotate.errors import StatisticsError

IntArray = NDArray[np.int64]
Int32Array = NDArray[np.int32]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


UNSTEMMED = ("chinese",)  # a character is a word, and has no forms


# Marks that belong to the letter before them; Python's \w leaves them out.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0963\u0966-\u0df3\u0e31-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe20-\ufe2f"
)
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # kana and Han: a character is a word
_LETTER, _SIGN = rf"[^\W\d_{_UNSPACED}]", rf"[^\W_{_UNSPACED}]"
_WORD = re.compile(
    rf"{_LETTER}{_SIGN}*(?:[{_MARKS}]+{_SIGN}*)*(?:['\u2019\u02bc]{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*)*"
    r"|\d+(?:[.,\u066b\u066c]\d+)*"
    rf"|[{_UNSPACED}]"
)
_ELIDING = ("catalan", "french", "italian")  # the article before the apostrophe is not part of the word
_DATES = tuple(map(str, [*range(32), *range(1900, 2100)]))  # days and years, as are small counts
_BLOCK = 20_000  # texts whose words are in memory at one time
_NOUNS = ("german",)  # all nouns have capitals, not names alone
_NOT_IN_A_NUMBER = str.maketrans("", "", ",\u066c")


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str:  # noqa: N802 - snowballstemmer's name
        """Give the stem of a word."""


class Vocabulary(dict[str, int]):
    """The number of each word as it is written; a word is looked at once.

    ``codes`` has the code of its stem by number, below 0 for a function word, and ``capitals`` whether it
    has a capital.
    """

    def __init__(self, language: str = "english") -> None:
        """Learn words of one language.

        Raises
        ------
        StatisticsError
            If there is no stemmer for the language.

        """
        super().__init__()
        known = (*snowballstemmer.algorithms(), *UNSTEMMED)
        if language not in known:
            raise StatisticsError(
                f"language {language}: there is no stemmer for it; choose one of {', '.join(sorted(known))}"
            )
        self.codes: list[int] = []
        self.capitals: list[bool] = []
        self.stems: dict[str, int] = {}
        self._stemmer: _Stemmer | None = None if language in UNSTEMMED else snowballstemmer.stemmer(language)
        self._ignored = FUNCTION_WORDS.get(language, frozenset())
        self._function_words: dict[str, int] = {}
        self._elides = language in _ELIDING
        self._names_alone = language not in _NOUNS

    def __missing__(self, word: str) -> int:
        plain = unicodedata.normalize("NFKC", word).casefold().replace("\u2019", "'").replace("\u02bc", "'")
        plain = plain.rsplit("'", 1)[-1] if self._elides else plain
        if plain[:1].isdigit():
            plain = plain.translate(_NOT_IN_A_NUMBER)
            code = self.stems.setdefault(plain, len(self.stems))
        elif plain in self._ignored or (len(plain) == 1 and plain.isascii()):
            code = -1 - self._function_words.setdefault(plain, len(self._function_words))
        else:
            stem = plain if self._stemmer is None else self._stemmer.stemWord(plain)
            code = self.stems.setdefault(stem, len(self.stems))
        self.codes.append(code)
        self.capitals.append(self._names_alone and code >= 0 and word[0].isupper())
        self[word] = len(self.codes) - 1
        return self[word]


@dataclass(frozen=True, eq=False)
class Words:
    """Words of passages in order: passage p has those from ``bounds[p]`` to ``bounds[p + 1]``, excluded.

    ``codes`` are their stems, content stems from 0 to ``n_stems`` - 1 and function words below 0;
    ``capitals`` tells the words with a capital; ``dates`` are the codes of numbers of which dates are made.
    """

    codes: IntArray
    capitals: BoolArray
    bounds: IntArray
    n_stems: int
    dates: IntArray

    def of(self, passage: int) -> slice:
        """Where the words of a passage are."""
        return slice(int(self.bounds[passage]), int(self.bounds[passage + 1]))


def read_words(texts: Sequence[str], language: str = "english") -> Words:
    """Read the words of each text.

    Raises
    ------
    StatisticsError
        If there is no stemmer for the language.

    """
    vocabulary = Vocabulary(language)
    counts = np.zeros(len(texts) + 1, dtype=np.int64)
    pieces: list[Int32Array] = [np.zeros(0, dtype=np.int32)]
    for first in range(0, len(texts), _BLOCK):
        found = [_WORD.findall(text) for text in texts[first : first + _BLOCK]]
        counts[first + 1 : first + 1 + len(found)] = list(map(len, found))
        pieces.append(np.fromiter(map(vocabulary.__getitem__, chain.from_iterable(found)), dtype=np.int32))
    number = np.concatenate(pieces)
    return Words(
        np.array(vocabulary.codes, dtype=np.int64)[number],
        np.array(vocabulary.capitals, dtype=np.bool_)[number],
        np.cumsum(counts),
        len(vocabulary.stems),
        np.array([vocabulary.stems[n] for n in _DATES if n in vocabulary.stems], dtype=np.int64),
    )


def places(text: str) -> list[tuple[int, int]]:
    """Where each word of a text starts and ends, in code points."""
    return [match.span() for match in _WORD.finditer(text)]


@dataclass(frozen=True, eq=False)
class Forms:
    """The words of each form, the form of each passage (-1: it has no content word), and its document.

    ``documents`` has a number below 0, and no other form's, for a form that several documents have.
    """

    words: Words
    of: IntArray
    documents: IntArray


def forms_of(words: Words, document: IntArray) -> Forms:
    """Gather passages with the same words; ``document`` numbers the document of each passage."""
    numbers: dict[tuple[bytes, bytes], int] = {}
    of = np.full(len(document), -1, dtype=np.int64)
    has_content = np.diff(np.concatenate([[0], np.cumsum(words.codes >= 0)])[words.bounds]) > 0
    for passage in np.flatnonzero(has_content).tolist():
        here = words.of(passage)
        key = words.codes[here].tobytes(), words.capitals[here].tobytes()
        of[passage] = numbers.setdefault(key, len(numbers))
    table = pd.DataFrame({"form": of, "document": document}).loc[of >= 0]
    documents = table.groupby("form")["document"].agg(["min", "max"])
    alone = (documents["min"] == documents["max"]).to_numpy()
    of_one = np.where(alone, documents["min"].to_numpy(), -1 - documents.index.to_numpy())
    _, chosen = np.unique(of, return_index=True)
    chosen = chosen[1:] if (of < 0).any() else chosen
    return Forms(_chosen(words, chosen), of, of_one.astype(np.int64))


def _chosen(words: Words, passages: IntArray) -> Words:
    lengths = np.diff(words.bounds)[passages]
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    place = np.arange(bounds[-1]) - np.repeat(bounds[:-1] - words.bounds[passages], lengths)
    return Words(words.codes[place], words.capitals[place], bounds, words.n_stems, words.dates)
