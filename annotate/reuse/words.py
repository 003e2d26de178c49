"""Words of a text, where they stand, and the stems by which they are compared."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np
import snowballstemmer

from annotate.errors import StatisticsError
from annotate.reuse.arrays import BoolArray, Int32Array, IntArray
from annotate.reuse.function_words import FUNCTION_WORDS

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
_ELIDING = ("catalan", "french", "italian")  # the article before the apostrophe is no part of the word
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
        known = snowballstemmer.algorithms()
        if language not in known:
            raise StatisticsError(
                f"language {language}: there is no stemmer for it; choose one of {', '.join(sorted(known))}"
            )
        self.codes: list[int] = []
        self.capitals: list[bool] = []
        self.stems: dict[str, int] = {}
        self._stemmer: _Stemmer = snowballstemmer.stemmer(language)
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
            code = self.stems.setdefault(self._stemmer.stemWord(plain), len(self.stems))
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
