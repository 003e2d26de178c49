"""In which language a text is written, told by its function words, and by its script.

One that is not among :data:`FUNCTION_WORDS`, or of which there is too little, is None: nothing is guessed at.
"""

import re
import tomllib
from collections import Counter
from importlib.resources import files

import pandas as pd

from annotate.errors import counted

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(listed.split())
    for language, listed in tomllib.loads(
        files(__package__).joinpath("function_words.toml").read_text(encoding="utf-8")
    ).items()
}
LANGUAGES = tuple(FUNCTION_WORDS)
_FEWEST = 12  # words: from fewer nothing is told
_SHARE = (
    0.15  # of the words: a text in a language has as many function words of it (English and German news: 0.4)
)
_AHEAD = 1.3  # times as many as of the next language
_MOST = 20_000  # characters: enough to tell a language by
_HAN, _KANA = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]"), re.compile(r"[\u3040-\u30ff]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_HALF = 0.5


def language_of(text: str) -> str | None:
    """Name the language of a text, in lower case, or None.

    >>> language_of("Niemand weiß, wer das am Montag auf der Brücke war, und warum es die Polizei nicht gesagt hat.")
    'german'
    """
    text = text[:_MOST]
    letters = sum(map(str.isalpha, text))
    if len(_HAN.findall(text)) > _HALF * letters:
        return None if _KANA.search(text) else "chinese"
    words = _WORD.findall(text.casefold().replace("\u2019", "'"))
    if len(words) < _FEWEST:
        return None
    hits = Counter({name: sum(word in listed for word in words) for name, listed in FUNCTION_WORDS.items()})
    (best, most), (_, second) = hits.most_common(2)
    return best if most >= _SHARE * len(words) and most >= _AHEAD * second else None


def languages_of(passages: pd.DataFrame) -> Counter[str | None]:
    """How many documents there are of each language; ``passages`` have the columns document and text."""
    joined = passages.groupby("document", sort=False)["text"].agg(" ".join)
    return Counter(language_of(text) for text in joined)


def told(found: Counter[str | None], known: str) -> str:
    """Say how many documents are in other languages than the ``known`` one: "3 of 4 (2 German, 1 unknown)"; or ""."""
    others = {name: count for name, count in found.most_common() if name != known}
    if not others or set(others) == {None}:
        return ""  # texts too short to tell are not a reason to speak
    names = ", ".join(
        f"{count} {name.capitalize() if name else 'not known'}" for name, count in others.items()
    )
    return f"{sum(others.values())} of {counted(found.total(), 'document')} {'is' if sum(others.values()) == 1 else 'are'} not in {known.capitalize()} ({names})"
