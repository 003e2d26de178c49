"""The thing counted: the noun phrase behind a number, found without a part-of-speech tagger.

English puts a plural behind every number but one, and what follows the plural is no noun of the same
phrase unless it is a plural as well ("human rights groups"). So the head is the first run of plurals
before a word that ends the phrase. Where there is none, nothing is said of what is counted.
"""

from dataclasses import dataclass
from functools import lru_cache

from annotate.figures import words as lex
from annotate.figures.tokens import Token

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
    word = word.lower().replace("\u2019", "'").removesuffix("'s")
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
