"""What a bare number counts, where the text has said it before."""

from annotate.figures.grammar import lexicon as lex
from annotate.figures.grammar.nouns import noun_at, plural, singular
from annotate.figures.grammar.tokens import Token
from annotate.figures.grammar.units import Unit

_TOTALS = lex.words("number numbers total totals count counts tally")
_REACH = 14  # tokens from "the number of transplants" to its figure
_JOINS = frozenset({",", "and", "but", ";", "or"})


def carried_unit(t: list[Token], begin: int, last: Unit | None, last_end: int, end: int) -> str | None:
    """The unit of a bare figure at tokens ``begin`` to ``end``, or None.

    "The number of transplants is 60,000"; "a death toll of 60"; "12 deaths in May, 9 in June", where the
    figure before is ``last``.
    """
    if t[end].kind == "word" and t[end].gap == 1 and t[end].lower not in lex.STOPS:
        return None
    if t[begin - 1].text == ":" and plural(t[begin - 2]):  # Deaths: 1,234
        return singular(t[begin - 2].lower)
    named = _named_before(t, begin, max(begin - _REACH, last_end, 0))
    gapped = t[begin - 1].lower in _JOINS and t[end].lower in lex.PREPOSITIONS
    if named is None and gapped and last is not None and last.kind == "count" and last.rate is None:
        return last.unit
    return named


def _named_before(t: list[Token], begin: int, floor: int) -> str | None:
    """The number of transplants, a death toll, a population, within the sentence."""
    for k in range(begin - 1, floor - 1, -1):
        word = t[k].lower
        if word in _TOTALS and t[k + 1].lower == "of":
            noun = noun_at(t, k + 2)
            return noun.lemma if noun and noun.end <= begin else None
        if word == "toll" and t[k - 1].lower == "death":
            return "death"
        if word == "population":
            return "people"
        if t[k].text in (".", "!", "?", ";") or t[k].gap > 1:
            break
    return None
