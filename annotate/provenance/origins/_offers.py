"""Names that may stand for one origin, each offer with its score and its reason; nobody has accepted one.

The score is rapidfuzz's weighted ratio of the two names, 0 to 1, without articles, capitals, titles and what
follows a comma; 1 for letters that are the initials of the other name.
"""

import re
from collections.abc import Sequence

import pandas as pd
from rapidfuzz import fuzz, process

from annotate.provenance.origins._names import ARTICLES, UNNAMED, folded

OFFER_COLUMNS = ("name", "same_as", "score", "because")
ALIKE = 0.86  # from which two spellings are offered
_AT_ONCE = 512  # names compared with all others at a time
_TITLES = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "dame",
        "lord",
        "lady",
        "judge",
        "justice",
    }
    | {"president", "minister", "senator", "general", "colonel"}
)
_SMALL = frozenset(
    {"of", "the", "for", "and", "de", "du", "des", "la", "le", "von", "van", "der", "on", "in"}
)
_LETTERS = re.compile(r"[\w\u2019'.-]+")
_INITIALS = range(2, 9)
_FEWEST = 4  # letters of a name that may be a part of another


def offers(table: pd.DataFrame, sources: Sequence[str] = ()) -> pd.DataFrame:
    """Offer names for merging.

    Parameters
    ----------
    table
        With ``name``, ``origin`` and ``kind``; names that already have one origin are not offered.
    sources
        The sources of the corpus, which names may also stand for.

    Returns
    -------
    DataFrame
        One row an offer, the best of each name first: ``name``, ``same_as`` (the other name, which is more frequent
        or stands in ``sources``), ``score``, ``because``.

    """
    names = list(dict.fromkeys([*sources, *table["name"]]))
    origin = {
        **{source: source for source in sources},
        **dict(zip(table["name"], table["origin"], strict=True)),
    }
    kind = dict(zip(table["name"], table["kind"], strict=True))
    cores = [_core(name) for name in names]
    rows = []
    for start in range(0, len(names), _AT_ONCE):
        some = cores[start : start + _AT_ONCE]
        lines = [" ".join(core) for core in some], [" ".join(core) for core in cores]
        spelled, near = (
            process.cdist(*lines, scorer=fuzz.WRatio),
            process.cdist(*lines, scorer=fuzz.ratio) >= 100 * ALIKE,
        )
        for at, core in enumerate(some):
            for other in range(start + at):
                name, same_as = names[start + at], names[other]
                if origin[name] == origin[same_as]:
                    continue
                if UNNAMED in (kind.get(name), kind.get(same_as)) and folded(name) != folded(same_as):
                    continue  # two who are not named are not told by their words
                if because := _why(core, cores[other], name, same_as, near=bool(near[at, other])):
                    score = 1.0 if because == "initials" else float(spelled[at, other]) / 100
                    rows.append((name, same_as, score, because))
    found = pd.DataFrame(rows, columns=list(OFFER_COLUMNS))
    return found.sort_values(["score", "name", "same_as"], ascending=[False, True, True], ignore_index=True)


def _why(one: list[str], other: list[str], name: str, same_as: str, *, near: bool) -> str | None:
    short, long = sorted((one, other), key=len)
    tells = sum(map(len, short)) >= _FEWEST
    inside = any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))
    reasons = {
        "the same but for article or capitals": folded(name) == folded(same_as),
        "initials": _initials(name, other) or _initials(same_as, one),
        "the same but for title or description": tells and short == long,
        "surname": tells and len(short) == 1 and short[0] == long[-1],
        "short form": tells
        and (inside or (len(short) > 1 and set(short) <= set(long) and short[-1] == long[-1])),
        "spelled alike": tells and near,
    }
    return next((because for because, holds in reasons.items() if holds), None)


def _core(name: str) -> list[str]:
    """The words of a name that tell it from others: without apposition, titles, articles and describing words."""
    parts = [_LETTERS.findall(part) for part in name.split(",")]
    words, at = next(((words, at) for words in parts if (at := _capitals(words))), (parts[0], []))
    if at and any(words[0][:1].islower() or word.casefold() in ARTICLES for word in words[:1]):
        words = words[at[0] : at[-1] + 1]
    plain = [re.sub(r"['\u2019]s?$", "", word.strip(".-")).casefold() for word in words]
    return [word for word in plain if word and word not in _TITLES and word not in ARTICLES]


def _capitals(words: Sequence[str]) -> list[int]:
    """Where the words with a capital stand, articles left out."""
    return [at for at, word in enumerate(words) if word[:1].isupper() and word.casefold() not in ARTICLES]


def _initials(short: str, long: Sequence[str]) -> bool:
    """Whether a name of capitals only has the first letters of the other's words."""
    letters = short.replace(".", "").removeprefix("the ").removeprefix("The ")
    if not letters.isupper() or not letters.isalpha() or len(letters) not in _INITIALS:
        return False
    content = [word for word in long if word not in _SMALL]
    return letters.casefold() in ("".join(word[0] for word in content), "".join(word[0] for word in long))
