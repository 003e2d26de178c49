"""Hedges before a number and behind it, in one word each."""

from annotate.figures.grammar import lexicon as lex
from annotate.figures.grammar.tokens import Token

LOWER = frozenset({"at least", "more than"})  # the value is a lower bound
UPPER = frozenset({"up to", "less than"})  # the value is an upper bound

_PHRASES = {
    "about": (
        "about; around; approximately; approx; approx .; roughly; some; circa; ca; ca .; c .; ~; ≈; estimated; "
        "an estimated; perhaps; something like; in the region of; something in the region of; in the order of; "
        "on the order of; in the neighbourhood of; in the neighborhood of; in the vicinity of; "
        "somewhere around; somewhere between; more or less; an average of; on average; average of; "
        "in the area of; to the tune of"
    ),
    "at least": (
        "at least; no fewer than; no less than; not less than; not fewer than; a minimum of; minimum of; as few as; "
        "as little as; ≥; upwards of; upward of; at the very least"
    ),
    "up to": (
        "up to; as many as; as much as; at most; at the most; no more than; not more than; a maximum of; maximum of; "
        "≤; not exceeding; anything up to; as high as; capped at"
    ),
    "nearly": (
        "nearly; almost; close to; close on; just under; just short of; a little under; a little less than; "
        "slightly less than; slightly under; virtually; just below; not quite; well nigh; approaching; nearing"
    ),
    "more than": (
        "more than; over; above; in excess of; well over; just over; a little over; slightly more than; "
        "well more than; far more than; greater than; slightly over; just above; exceeding; north of; "
        "a little more than; just more than; well past; just past; >; better than; much more than; well above; beyond; upwards"
    ),
    "less than": "less than; fewer than; under; below; well under; far fewer than; lower than; well below; <; "
    "south of; much less than; far less than",
}
_BEHIND = {
    "at least": "or more; or above; or over; or greater; at least; at minimum; at a minimum; upwards; and more; plus",
    "up to": "or fewer; or less; at most; at the most; at maximum; or under; or below; tops",
    "about": "or so; or thereabouts; or thereabout; approximately; more or less; give or take",
}
_JOINED_BEHIND = {"odd": "about", "plus": "at least"}  # 30-odd, 60-plus
_LONGEST = 6
_FULL = {
    tuple(words.split()): hedge
    for hedge, phrases in _PHRASES.items()
    for words in phrases.split(";")
    if words.strip()
}
_FULL_BEHIND = {
    tuple(words.split()): hedge for hedge, phrases in _BEHIND.items() for words in phrases.split(";")
}
_LAST_WORDS = frozenset(phrase[-1] for phrase in _FULL)
_FIRST_BEHIND = frozenset(phrase[0] for phrase in _FULL_BEHIND)
_MULTIPLIERS = frozenset({"times", "twice", "half", "fold", "percent"})
_PLACES = frozenset({"over", "above", "below", "under", "beyond"})
_BEFORE_OVER = lex.words(
    "for of just well after than lasted lasting last lasts spent spend took take takes taking is was are were "
    "spanning been with and has have had in covering"
)


def hedge_before(t: list[Token], i: int, kind: str) -> tuple[int, str | None]:
    """The hedge that ends before token ``i``: its first token, or ``i``, and its name, or None."""
    if t[i - 1].lower not in _LAST_WORDS or t[i].gap > 1:
        return i, None
    for length in range(_LONGEST, 0, -1):
        hedge = _FULL.get(tuple(token.lower for token in t[max(i - length, 0) : i]))
        if hedge is None:
            continue
        first = i - length
        if kind == "duration" and t[first].lower in _PLACES and t[first - 1].lower not in _BEFORE_OVER:
            return i, None
        if t[first].lower == "as" and t[first - 1].lower in _MULTIPLIERS:
            return i, None
        return first, hedge
    return i, None


def hedge_behind(t: list[Token], j: int) -> tuple[int, str | None]:
    """The hedge that begins at token ``j``: the token behind it, or ``j``, and its name, or None."""
    if t[j].text == "+" and (t[j].gap == 0 or t[j + 1].kind != "num"):
        return j + 1, "at least"
    if t[j].text in lex.HYPHENS and t[j].gap == 0 and t[j + 1].lower in _JOINED_BEHIND:
        return j + 2, _JOINED_BEHIND[t[j + 1].lower]
    if t[j].lower not in _FIRST_BEHIND or t[j].gap > 1:
        return j, None
    for length in (3, 2, 1):
        words = tuple(token.lower for token in t[j : j + length])
        hedge = _FULL_BEHIND.get(words)
        if hedge and t[j + length].lower != "than" and (words[0] == "or" or not _goes_on(t[j + length])):
            return j + length, hedge
    return j, None


def _goes_on(token: Token) -> bool:
    """Whether a number comes: "40, at least 12 of them"."""
    number_word = token.lower in lex.DIGIT_WORDS or token.lower in lex.TENS
    return token.kind == "num" or number_word or token.text in lex.SIGNS
