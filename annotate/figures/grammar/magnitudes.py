"""Halves, magnitudes without a number (thousands, several dozen) and "a couple of"."""

from annotate.figures.grammar import lexicon as lex
from annotate.figures.grammar.number import Number
from annotate.figures.grammar.tokens import Token

_OF_WHICH = lex.words("of the his her its their our my all these those")
_BE = lex.words("are were is was have had")
_LONGEST = 4  # tokens: tens of thousands of millions


def half(t: list[Token], i: int) -> Number | None:
    """Half a million, half-million, half an hour, half of the beds."""
    if t[i].lower != "half" or t[i - 1].lower in lex.ORDINALS or t[i - 1].lower in ("other", "latter", "a"):
        return None
    j = i + 1
    if t[j].text in lex.HYPHENS and t[j].gap == 0:
        j += 1
    elif t[j].lower in ("a", "an"):
        j += 1
        if t[j].lower not in lex.SCALES:
            return Number(i, j, 0.5, "fraction", 0.5, weak=t[j].lower not in lex.PERIODS | lex.MEASURES)
    if t[j].lower in lex.SCALES:
        return Number(i, j + 1, 0.5 * lex.SCALES[t[j].lower], "words", 0.5)
    return (
        Number(i, i + 1, 0.5, "fraction", 0.5, weak=t[i + 1].lower not in _OF_WHICH | _BE)
        if j == i + 1
        else None
    )


def magnitude(t: list[Token], i: int) -> Number | None:
    """Thousands, tens of thousands, several dozen, multi-million: open above from one of the scale."""
    j = i
    if t[j].lower == "a" and t[j + 1].lower == "few":
        j += 1
    if t[j].lower in lex.SOME_SCALES:
        known = lex.SCALES | lex.PLURAL_SCALES
        behind = t[j + 1].lower
        return Number(i, j + 2, known[behind], "open", 1.0) if behind in known and behind != "tens" else None
    if t[i].lower in lex.PLURAL_SCALES:
        return _plural_scale(t, i)
    j = i + 2 if t[i].lower == "multi" and t[i + 1].text in lex.HYPHENS else i
    word, hyphen, noun = t[j : j + 3]
    if word.lower in ("million", "billion", "trillion") and hyphen.text in lex.HYPHENS and hyphen.gap == 0:
        money = _singular_currency(noun.lower)
        return Number(i, j + 1, lex.SCALES[word.lower], "open", 1.0) if money and noun.gap == 0 else None
    return None


def _singular_currency(word: str) -> bool:
    return word in lex.CURRENCY_NAMES or word.removesuffix("s") in lex.CURRENCY_NAMES or word == "pound"


def _plural_scale(t: list[Token], i: int) -> Number | None:
    value, j = lex.PLURAL_SCALES[t[i].lower], i + 1
    while j - i < _LONGEST and t[j].lower == "of" and t[j + 1].lower in lex.PLURAL_SCALES:
        value, j = value * lex.PLURAL_SCALES[t[j + 1].lower], j + 2
    needs_of = j == i + 1 and t[i].lower in ("tens", "scores")
    return None if needs_of and t[j].lower != "of" else Number(i, j, value, "open", 1.0)


def couple(t: list[Token], i: int) -> Number | None:
    """A couple of hours, a couple of hundred."""
    if t[i].lower != "a" or t[i + 1].lower != "couple":
        return None
    j = i + 3 if t[i + 2].lower == "of" else i + 2
    if t[j].lower in lex.SCALES:
        return Number(i, j + 1, 2 * lex.SCALES[t[j].lower], "words", 2)
    return Number(i, j, 2.0, "words", 2.0) if j == i + 3 else None
