"""Phrases around a number: the thing counted behind it, found without a part-of-speech tagger, and hedges.

English puts a plural behind every number but one, and what follows the plural is not a noun of the same
phrase unless it is a plural as well ("human rights groups"). So the head is the first run of plurals
before a word that ends the phrase. Where there is none, nothing is said of what is counted.
"""

from dataclasses import dataclass
from functools import lru_cache

from annotate.figures import words as lex
from annotate.figures.grammar import Token

_LONGEST = 6  # words before the head: behind more of them, a plural belongs to something else
_SHORTEST_PLURAL = 4
_ONE_NOUN = lex.PERSONS - lex.ALONE


@dataclass(frozen=True, slots=True)
class Noun:
    """A head noun: the token behind it, and its singular."""

    end: int
    lemma: str


@lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """The singular of a noun, lower case: a form to compare by, right for most.

    >>> [singular(word) for word in ("patients", "families", "branches", "people", "houses")]
    ['patient', 'family', 'branch', 'people', 'house']
    """
    word = word.lower().replace("\u2019", "'").removesuffix("'s").removeprefix("d'")
    if word in lex.IRREGULAR:
        return lex.IRREGULAR[word]
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def plural(token: Token) -> bool:
    """Whether a word looks like a plural noun."""
    word = token.lower
    if token.kind != "word" or word in lex.NOT_PLURAL:
        return False
    if word in lex.IRREGULAR:
        return True
    regular = word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "\u2019s"))
    return regular and len(word) >= _SHORTEST_PLURAL and word not in lex.STOPS


def noun_at(t: list[Token], j: int) -> Noun | None:
    """The plural head of the noun phrase that begins at token ``j``."""
    alone: Noun | None = None
    head = -1
    for _ in range(_LONGEST):
        end = _word_end(t, j)
        if end is None or (t[j].lower in lex.STOPS and t[j].lower not in lex.PASS_OVER):
            break
        last = t[end - 1]
        possessive = t[end].text in "'\u2019" and t[end].gap == 0 and t[end].text != ""
        if possessive and plural(last):
            return Noun(end, singular(last.lower))
        if possessive:
            end += 1
        elif last.lower in lex.ALONE:
            alone = Noun(end, singular(last.lower))
        elif plural(last):
            head = end
            modifies = last.lower in lex.PLURAL_MODIFIERS and not t[end].lower.endswith(("ing", "ed"))
            if not modifies and not _compound(t, end):
                break
        elif head >= 0 and not _plural_ahead(t, j):
            break
        j = end
        if t[j].gap > 1:
            break
    return Noun(head, singular(t[head - 1].text)) if head >= 0 else alone


def single_noun_at(t: list[Token], j: int) -> Noun | None:
    """The noun behind "one": a person or a measure, the only ones that are told from a pronoun's."""
    for k in (j, j + 1):
        if t[k].kind != "word" or t[k].gap > 1 or t[k].lower in lex.STOPS:
            return None
        if t[k].lower in _ONE_NOUN:
            return Noun(k + 1, t[k].lower)
    return None


def _word_end(t: list[Token], j: int) -> int | None:
    """The token behind a word, hyphens within it and all."""
    if t[j].kind != "word" or t[j].gap > 1:
        return None
    j += 1
    while (
        t[j].text in lex.HYPHENS and t[j].gap == 0 and t[j + 1].kind in ("word", "num") and t[j + 1].gap == 0
    ):
        j += 2
    return j


def _compound(t: list[Token], j: int) -> bool:
    """Whether another plural of the same phrase follows at once."""
    return t[j].gap == 1 and plural(t[j])


def _plural_ahead(t: list[Token], j: int) -> bool:
    """Whether a plural comes within the next two words."""
    for k in (j, j + 1):
        if t[k].kind != "word" or t[k].gap > 1 or t[k].lower in lex.STOPS:
            return False
        if plural(t[k]):
            return True
    return False


LOWER = frozenset({"at least", "more than"})  # the value is a lower bound
UPPER = frozenset({"up to", "less than"})  # the value is an upper bound
_DENIED = {"more than": "up to", "less than": "at least"}
_LONGEST_HEDGE = max(map(len, lex.HEDGES_BEFORE))
_ENDS = frozenset(phrase[-1] for phrase in lex.HEDGES_BEFORE)
_STARTS = frozenset(phrase[0] for phrase in lex.HEDGES_BEHIND)
_MULTIPLIERS = frozenset({"times", "twice", "half", "fold", "percent"})
_PLACES = frozenset({"over", "above", "below", "under", "beyond"})


def hedge_before(t: list[Token], i: int, kind: str) -> tuple[int, str | None]:
    """The hedge that ends before token ``i``: its first token, or ``i``, and its name, or None."""
    if t[i - 1].lower not in _ENDS or t[i].gap > 1:
        return i, None
    for length in range(_LONGEST_HEDGE, 0, -1):
        hedge = lex.HEDGES_BEFORE.get(tuple(token.lower for token in t[max(i - length, 0) : i]))
        if hedge is None:
            continue
        first, before = i - length, t[i - length - 1].lower
        local = kind == "duration" and t[first].lower in _PLACES and before not in lex.BEFORE_OVER
        compared = t[first].lower == "as" and before in _MULTIPLIERS
        if local or compared:
            return i, None
        if t[i - 1].lower == "than" and before in ("no", "not") and hedge in _DENIED:  # no higher than
            return first - 1, _DENIED[hedge]
        outer, bound = hedge_before(t, first, kind) if hedge in ("about", "nearly") else (first, None)
        return (outer, bound) if bound in LOWER | UPPER else (first, hedge)  # at least some 40
    return i, None


def hedge_behind(t: list[Token], j: int) -> tuple[int, str | None]:
    """The hedge that begins at token ``j``: the token behind it, or ``j``, and its name, or None."""
    if t[j].text == "+" and (t[j].gap == 0 or t[j + 1].kind != "num"):
        return j + 1, "at least"
    if t[j].lower == "ish" and t[j].gap == 0:
        return j + 1, "about"
    if t[j].text in lex.HYPHENS and t[j].gap == 0 and t[j + 1].lower in lex.HEDGES_JOINED:
        return j + 2, lex.HEDGES_JOINED[t[j + 1].lower]
    if t[j].lower not in _STARTS or t[j].gap > 1:
        return j, None
    for length in (3, 2, 1):
        words, behind = tuple(token.lower for token in t[j : j + length]), t[j + length]
        hedge = lex.HEDGES_BEHIND.get(words)
        goes_on = behind.kind == "num" or behind.lower in lex.CARDINALS or behind.text in lex.SIGNS
        if hedge and behind.lower != "than" and (words[0] == "or" or not goes_on):
            return j + length, hedge
    return j, None
