# ruff: noqa: RUF001 - quotation marks, dashes and full stops of many languages
"""What kind of line each line of a page is: the text, or what stands around it; by words, by form, and by place.

The words stand in ``phrases/``, one file a language, in classes that mean the same in each: what a page asks of its
reader, what pages are made of, who says something. Two small linear models, whose weights stand in ``weights.json``,
tell the kinds apart: the first by the words and the form of a line alone, the second by what the first
says of the line, of its neighbours, and of where the text begins and ends. ``benchmarks/fit_furniture.py``
fits them to a committed set of marked pages, and ``benchmarks/text_furniture.py`` measures them on others.
"""

import json
import math
import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

Kind = Literal["body", "heading", "byline", "caption", "boilerplate"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Floats = NDArray[np.float64]

LONGEST = 600  # characters: no line of furniture is longer
_CLASSES = (
    *("ask", "page", "label", "reader", "we", "said", "report", "role", "by", "made", "published", "picture"),
    *("numbered", "agency", "rights", "calendar", "notice", "signed", "pictured"),
)
_SHORTEST_STEM, _LONGEST_STEM = 4, 16
_TOKEN = re.compile(r"[^\W_]+(?:['’.+-][^\W_]+)*|©")
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"[.!?…。][\"'”’»)\]]*$",  # a full stop
        r":$",
        r"\?[\"'”’»)\]]*$",
        r"[\"“„«”»]",
        r"^[\"“„«‘]",
        r"https?://|www\.|\S\.example\b",
        r"\S@\S+\.\S|^@\w+$",
        r"©|\([cC]\)|℗",
        r"\s[|•·›»>/]\s|^[|•·›»>/]|[|•·›»>/]$",
        r"[(\[][^()\[\]]*[)\]]\.?$",
        r"^[^\W\d_]*[a-zß-ÿа-я]",  # a small letter begins
        r"\b(?:19|20)\d\d\b",
        r"\b\d{1,2}(?::|[.h](?=\d\d\b))\d\d\b|\b\d{1,2}\s?[ap]\.?m\b",
        r"\b\d{4}-\d\d-\d\d|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b",
        r"\s/\s?[A-Z]|[^\W\d]/[A-Z]",
        r",",
        r";|\s[—–-]\s",
        r"^[-*+•–—>]\s|^\(?(?:\d{1,3}|[a-zA-Z])[.)]\s",
        r"^[^\W\d]+(?: [^\W\d]+){0,2}:\s?\S",
        r"^[\W_]*$",
        r"^\W*\d[\d.,:]*\s*(?:[^\W\d]+)?(?:\s[^\W\d]+)?\W*$",
        r"\+\d[\d ()-]{6,}|\b0\d[\d /-]{5,}",
        r"\*$|\*\s",
        r"[$£€]|\d\s?%",
        r"…$|\.\.\.$",
    )
)
_LABEL = len(_CLASSES) + _CLASSES.index("label")  # of the features: the share of words over links
_NUMBER = 3 * len(_CLASSES) + 8  # the share of numbers
_STOP = _NUMBER + 1  # a full stop
_OF_A_PAGE = [
    _CLASSES.index(name)
    for name in (
        "ask",
        "page",
        "notice",
        "rights",
        "signed",
        "by",
        "published",
        "picture",
        "pictured",
        "numbered",
        "agency",
        "calendar",
    )
]
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\S|©")
_MOSTLY = 0.7
_FEW, _SENTENCE, _HEADING = 4, 5, 16  # words
_PROSE = 8  # words: a line with as many that reads like the text says where it begins and ends
_FAR = 6  # lines: farther away is as good as nowhere
# By so much more likely than the text, as logarithm of the odds, must furniture be, up to so many words. Chosen on half
# of 400 real pages: less cost too much of the text, more takes pleas and captions for it.
_CAUTIONS = ((12, 1.1), (25, 4.0), (np.inf, 6.0))
_CAUTION_OF_A_HEADING = 0.5
_CAUTION_WITHOUT_A_WORD = 1.0  # of a page: so much more


class _Phrases(NamedTuple):
    """Classes by phrase, how long the longest phrase is that begins with a word, and classes by the beginning of a word."""

    whole: dict[str, tuple[int, ...]]
    longest: dict[str, int]
    stems: dict[str, tuple[int, ...]]


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    whole: dict[str, set[int]] = {}
    stems: dict[str, set[int]] = {}
    for file in (files("annotate.corpus") / "phrases").iterdir():
        if not file.name.endswith(".toml"):
            continue
        for name, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for entry in filter(None, (part.strip() for part in entries.split(";"))):
                bare = entry.removesuffix("*")
                words = " ".join(_TOKEN.findall(bare))
                (stems if bare != entry else whole).setdefault(words, set()).add(_CLASSES.index(name))
    longest: dict[str, int] = {}
    for phrase in whole:
        first, *others = phrase.split(" ")
        longest[first] = max(longest.get(first, 0), 1 + len(others))
    return _Phrases(
        {entry: tuple(sorted(found)) for entry, found in whole.items()},
        longest,
        {entry: tuple(sorted(found)) for entry, found in stems.items()},
    )


def _words(line: str) -> tuple[list[str], list[float]]:
    """The words of a line and, for each class: how many there are, their share, and whether the line begins so."""
    phrases, classes = _phrases(), len(_CLASSES)
    shown = _TOKEN.findall(line)
    tokens = [token.casefold() for token in shown]
    counts, covered, begins = [0] * classes, [0] * classes, [0.0] * classes
    for at, token in enumerate(tokens):
        for length in range(min(phrases.longest.get(token, 1), len(tokens) - at), 0, -1):
            phrase = token if length == 1 else " ".join(tokens[at : at + length])
            for one in phrases.whole.get(phrase, ()) or (_of_stem(token) if length == 1 else ()):
                counts[one] += 1
                covered[one] += length
                begins[one] = begins[one] or float(at == 0)
    number = max(len(tokens), 1)
    return shown, [*(min(n, 3) / 3 for n in counts), *(min(n / number, 1) for n in covered), *begins]


def _of_stem(token: str) -> tuple[int, ...]:
    stems = _phrases().stems
    ends = range(_SHORTEST_STEM, min(len(token), _LONGEST_STEM) + 1)
    return next((stems[token[:end]] for end in ends if token[:end] in stems), ())


def _described(line: str) -> list[float]:
    """What the first model knows of a line, by its beginning if it is longer than any furniture."""
    line = line[:LONGEST]
    words, classes = _words(line)
    number = max(len(words), 1)
    capital = sum(word[0].isupper() for word in words) / number
    shape = [
        math.log1p(len(words)) / 4,
        *(len(words) <= most for most in (2, 5, 12, 25)),
        capital,
        capital > _MOSTLY,
        bool(words) and line.isupper(),
        sum(word[0].isdigit() for word in words) / number,
        *(bool(form.search(line)) for form in _FORMS),
    ]
    count = len(_CLASSES)
    starts = dict(zip(_CLASSES, classes[2 * count :], strict=True))
    share = dict(zip(_CLASSES, classes[count : 2 * count], strict=True))
    stop, few = bool(_FORMS[0].search(line)), len(words) < _FEW
    joint = [
        starts["by"] * capital,
        starts["ask"] * (share["page"] > 0),
        starts["ask"] * (share["reader"] > 0),
        starts["ask"] * (1 - stop),
        (share["reader"] > 0) * (share["page"] > 0),
        (share["we"] > 0) * (share["page"] > 0),
        (share["we"] > 0) * (share["reader"] > 0),
        stop * (len(words) > _SENTENCE),
        stop * (share["said"] > 0),
        stop * (share["report"] > 0),
        (share["said"] > 0) * (share["page"] > 0),
        (1 - stop) * (1 - few) * (len(words) <= _HEADING),
        share["calendar"] * (len(words) > 1),
        share["page"] * few,
        share["ask"] * few,
        starts["picture"] * bool(_FORMS[18].search(line)),
        starts["numbered"] * any(word[0].isdigit() for word in words[1:2]),
        (share["picture"] > 0) * bool(_FORMS[9].search(line)),
        (share["agency"] > 0) * capital,
    ]
    return [*classes, *map(float, shape), *map(float, joint)]


def described(lines: Sequence[str]) -> Floats:
    """What the first model knows of each line, as an array (lines, features)."""
    return np.array([_described(line) for line in lines])


def placed(lines: Sequence[str], alone: Floats, features: Floats) -> Floats:
    """What the second model knows of each line, as an array (lines, features).

    Parameters
    ----------
    lines
        The lines of a page, in order.
    alone
        (lines, kinds): the logarithms of the probabilities that the first model gives.
    features
        As :func:`described` gives them.

    """
    count = len(lines)
    prose = [
        alone[n].argmax() == 0 and len(line.split()) >= _PROSE and bool(_FORMS[0].search(line))
        for n, line in enumerate(lines)
    ]
    above, below = _distances(prose), _distances(prose[::-1])[::-1]
    edge = np.full(len(KINDS), 0.0)
    probable = np.exp(alone)
    rows = []
    for n, line in enumerate(lines):
        words = len(line.split())
        stop = bool(_FORMS[0].search(line))
        short = words <= _HEADING and not stop
        head, foot = above[n] == np.inf, below[n] == np.inf
        around = [probable[m] if 0 <= m < count else edge for m in (n - 3, n - 2, n - 1, n + 1, n + 2, n + 3)]
        earlier = probable[max(0, n - 8) : n, 4].max(initial=0)
        near_above = probable[max(0, n - 4) : n, 4].mean() if n else 0.0
        near_below = probable[n + 1 : n + 5, 4].mean() if n + 1 < count else 0.0
        place = [
            n == 0,
            n == count - 1,
            n == 1,
            head, foot, head and foot,
            min(above[n], _FAR) / _FAR,
            min(below[n], _FAR) / _FAR,
            below[n] == 1, above[n] == 1,
            short * (below[n] == 1), short * (above[n] == 1), short * (below[n] == 1) * (above[n] == 1),
            short * head * (n == 0), short * head, short * foot * (not head), short * foot * earlier, foot * (not head) * earlier,
            short * (below[n] > 1), short * (above[n] > 1) * (below[n] > 1) * (not head) * (not foot),
            near_above, near_below, near_above * near_below, near_above * near_below * short,
            short * features[n - 1, _LABEL] if n else 0.0, features[n - 1, _LABEL] if n else 0.0,
            features[n - 1, _NUMBER] if n else 0.0, features[n + 1, _NUMBER] if n + 1 < count else 0.0,
            short * features[n - 1, _NUMBER] if n else 0.0, short * features[n - 1, _NUMBER] * foot if n else 0.0,
        ]  # fmt: skip
        rows.append(np.concatenate([alone[n], features[n], *around, np.asarray(place, dtype=float)]))
    return np.stack(rows)


def _distances(prose: Sequence[bool]) -> list[float]:
    """How many lines above each line the nearest line of prose stands."""
    found: list[float] = []
    last = -np.inf
    for number, fits in enumerate(prose):
        found.append(number - last)
        if fits:
            last = number
    return found


def log_shares(scores: Floats) -> Floats:
    """The logarithms of the probabilities that belong to scores, (lines, kinds)."""
    highest = scores.max(axis=1, keepdims=True)
    shares: Floats = scores - highest - np.log(np.exp(scores - highest).sum(axis=1, keepdims=True))
    return shares


@lru_cache(maxsize=1)
def _weights() -> tuple[Floats, Floats]:
    """The two models, each (features + 1, kinds); the last row stands alone."""
    found = json.loads((files("annotate.corpus") / "weights.json").read_text(encoding="utf-8"))
    return np.asarray(found["alone"]), np.asarray(found["placed"])


def _scored(features: Floats, weights: Floats) -> Floats:
    return log_shares(features @ weights[:-1] + weights[-1])


def kinds_of_lines(lines: Sequence[str]) -> list[Kind]:
    """Tell what kind each line of a page is; where that is not clear, it is the text."""
    if not lines:
        return []
    alone, by_place = _weights()
    features = described(lines)
    scores = _scored(placed(lines, _scored(features, alone), features), by_place)
    return [_decided(*each) for each in zip(lines, features, scores, strict=True)]


def _decided(line: str, features: Floats, scores: Floats) -> Kind:
    best, words = int(scores.argmax()), len(line.split())
    lead = scores[best] - scores[0]
    if len(line) > LONGEST:
        return "body"
    if KINDS[best] == "heading":
        return KINDS[best] if lead > _CAUTION_OF_A_HEADING else "body"
    if not features[_OF_A_PAGE].any() and not _ADDRESS.search(line):
        if words >= _SENTENCE and features[_STOP]:
            return "body"
        lead -= _CAUTION_WITHOUT_A_WORD
    return KINDS[best] if lead > next(lead for most, lead in _CAUTIONS if words < most) else "body"


def is_boilerplate(line: str) -> bool:
    """Whether a line is boilerplate by its words and form alone."""
    features = described([line])
    return _decided(line, features[0], _scored(features, _weights()[0])[0]) == "boilerplate"
