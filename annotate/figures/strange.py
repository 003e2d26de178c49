"""What is not understood at an amount: such a figure has no value, lest the bare number stand for another."""

from unicodedata import category

from annotate.figures import words as lex
from annotate.figures.candidates import Candidate
from annotate.figures.nouns import singular
from annotate.figures.tokens import Token

_LAST_LATIN = "\u024f"
_ABBREVIATION = 5  # letters of an abbreviation
_KNOWN = (
    lex.STOPS
    | lex.FOLLOW
    | lex.PREPOSITIONS
    | lex.BE
    | lex.NOT_PLURAL
    | lex.NUMBER_WORDS
    | lex.ORDINALS
    | lex.CLOCK
    | lex.NOT_A_RATE
    | frozenset(lex.PERIODS)
    | frozenset(word for phrase in lex.HEDGES_BEFORE for word in phrase)
    | frozenset(word for phrase in lex.HEDGES_BEHIND for word in phrase)
)
_KNOWN = frozenset(word for word in _KNOWN if len(word) > 1 or word in ("a", "i"))
_MONEY = frozenset(lex.CURRENCY_NAMES) | frozenset(name.rpartition(" ")[2] for name in lex.NATIONAL)


def not_understood(c: Candidate, start: int) -> int | None:  # noqa: PLR0911 - a return for each reason
    """The token behind what is not understood at a figure whose currency or number begins at token ``start``.

    None where all is understood. Not understood are letters, digits and signs that touch the amount, a sign of a
    currency that is not known, a word between the number and its currency, and a word right behind a bare number
    that is neither a noun that it counts nor one that may stand there.
    """
    t, unit, j = c.reading.line.t, c.unit, c.unit.end
    token = t[j]
    if t[start].text == "$" and t[start].gap == 0 and t[start - 1].kind == "word" and start:
        return j
    if (
        start
        and t[start].gap == 0
        and category(t[start - 1].text[0]) == "Sc"
        and t[start - 1].text not in lex.SIGNS
    ):
        return j
    if start and t[start - 1].lower in lex.UNCLEAR_MONEY and t[start].kind == "num":
        return j
    if (
        unit.kind == "measure"
        and token.text == "/"
        and token.gap == t[j + 1].gap == 0
        and t[j + 1].kind == "word"
    ):
        return j + 2
    if token.lower == "to" and t[j + 1].lower == "the" and t[j + 2].kind == "num":  # 10 to the 6th
        return j + 3
    if token.gap == 0 and (token.kind in ("word", "num") or category(token.text[:1] or " ") in ("Sc", "So")):
        return j + 1
    if token.gap == 1 and category(token.text[0]) == "Sc" and token.text not in lex.SIGNS:
        return j + 1
    if (
        unit.kind == "count"
        and unit.unit in _MONEY
        and singular(t[c.end].lower) not in ("of", "de", "di", unit.unit)
    ):
        return j
    if token.kind != "word" or token.gap != 1 or unit.kind not in ("", "money"):
        return None
    ratio = c.number.form == "fraction" or (c.pair is not None and c.pair.ratio)
    bare = not unit.kind and unit.rate is None and c.number.form != "open" and not ratio
    return j + 1 if _odd(t, j) or (bare and not _known(t, j)) else None


def _odd(t: list[Token], j: int) -> bool:
    """Whether a word looks like a unit or a magnitude: a foreign script, -illion, kWp, TEU, qtl."""
    token, low = t[j], t[j].lower
    if low in _KNOWN:
        return False
    if any(letter > _LAST_LATIN or category(letter) == "No" for letter in token.text):
        return True
    if low.endswith(("illion", "illions", "illiard", "illiards")):
        return True
    short = len(low) <= _ABBREVIATION
    capitals = token.text[1:] != token.text[1:].lower() and not (
        t[j + 1].text.isupper() and t[j + 1].kind == "word"
    )
    return (short and capitals) or (short and not set(low) & set("aeiouyáéíóúàèìòùäöüâêîôûåøæ"))


def _known(t: list[Token], j: int) -> bool:
    """Whether a word may stand right behind a bare number and says nothing of what it is an amount of."""
    low = t[j].lower
    return low in _KNOWN or low.endswith(("ed", "ing", "ly", "n't", "'s", "\u2019s", "wards"))
