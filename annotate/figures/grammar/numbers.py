"""Numbers in digits and words, with their scales, and those that name only a magnitude."""

from annotate.figures.grammar import lexicon as lex
from annotate.figures.grammar.magnitudes import couple, half, magnitude
from annotate.figures.grammar.number import Form, Number
from annotate.figures.grammar.numerals import comma_decimal, numeral
from annotate.figures.grammar.tokens import LINE_BREAK, Token

_CARDINAL = frozenset(lex.DIGIT_WORDS) | frozenset(lex.TENS)
_NUMBER_WORDS = _CARDINAL | frozenset(lex.SCALES) | frozenset(lex.PLURAL_SCALES)
STARTS = _NUMBER_WORDS | lex.SOME_SCALES | frozenset(lex.VULGAR) | {"half", "a", "an", "multi", "couple"}
_KEYCAPS = frozenset("\ufe0f\u20e3")
_LARGEST_DENOMINATOR = 10
LONG_MEASURES = frozenset(lex.MEASURES.values()) - {"second", "degree"}
_PLACES = 6
_LONGEST_WHOLE = 3  # digits before a fraction: no year
_MOST_SCALES = 2  # hundred thousand
_TELLS = frozenset({"of", "were", "was", "are", "said", "say"})  # a quarter were unsure
_SHORT_SCALES = lex.words("mn mln bn tn trn")
_OF_ALL = lex.words("the these those them its their our his her all us you people")  # 3m of the 5m homes
_BETWEEN = frozenset({"to", "and", "or", *lex.DASHES})
_FIRST_YEARS = range(10, 21)  # nineteen eighty, twenty ten


def number_at(t: list[Token], i: int, *, conjoin: bool = True) -> Number | None:
    """Read the number that begins at token ``i``, if one does.

    ``conjoin=False`` keeps "and" for "between a hundred and two hundred".
    """
    token = t[i]
    if token.kind == "num":
        return _digits(t, i)
    if token.kind != "word" or token.lower not in STARTS:
        return None
    if token.text in lex.VULGAR:
        return Number(i, i + 1, lex.VULGAR[token.text], "fraction", lex.VULGAR[token.text])
    return half(t, i) or magnitude(t, i) or couple(t, i) or _cardinal(t, i, conjoin=conjoin)


def _digits(t: list[Token], i: int) -> Number:
    value, j = numeral(t[i].text), i + 1
    if value is None and (_scale(t, j) is not None or t[j].text == "%"):
        value = comma_decimal(t[i].text)
    after = t[j]
    if value is None or (after.gap == 0 and after.text in _KEYCAPS):
        return _locator(i, j)
    if after.text in lex.VULGAR and after.gap < LINE_BREAK:
        value, j = value + lex.VULGAR[after.text], j + 1
    elif after.text == "/" and after.gap == 0 and t[j + 1].kind == "num" and t[j + 1].gap == 0:
        return _slashed(t, i, value)
    elif len(t[i].text) <= _LONGEST_WHOLE and t[i].text.isdecimal() and (part := _part(t, j)) is not None:
        value, j = value + part, j + 3
    elif _is(t, j, "and", "a", "half"):
        value, j = value + 0.5, j + 3
    return _scaled(t, i, j, value, "digits")


def _slashed(t: list[Token], i: int, above: float) -> Number:
    below, behind = numeral(t[i + 2].text), t[i + 3]
    proper = below is not None and above < below <= _LARGEST_DENOMINATOR and behind.text != "/"
    if below is None or not proper or behind.kind == "num":
        return _locator(i, i + 3)
    return Number(i, i + 3, above / below, "fraction", above / below, weak=behind.lower != "of")


def _part(t: list[Token], j: int) -> float | None:
    """The fraction of a mixed number, 2 1/2, that begins at token ``j``."""
    slashed = t[j + 1].text == "/" and t[j + 1].gap == t[j + 2].gap == 0 and t[j + 2].kind == "num"
    if t[j].kind != "num" or t[j].gap != 1 or not slashed:
        return None
    above = numeral(t[j].text)
    part = _slashed(t, j, above) if above else None
    return part.value if part and part.form == "fraction" else None


def _scaled(t: list[Token], i: int, j: int, value: float, form: Form) -> Number:
    coefficient = value
    for _ in range(_MOST_SCALES):
        if (step := _scale(t, j)) is None:
            break
        value, j = round(value * step[0], _PLACES), step[1]  # 16.4 million is 16,400,000
    if t[j].kind == "word" and t[j].gap == 0 and not _unit_letters(t[j], coefficient != value):
        return _locator(i, j + 1)
    return Number(i, j, value, form, coefficient)


def _unit_letters(token: Token, scaled: bool) -> bool:
    written = token.text
    return (
        token.lower in lex.MEASURES
        or token.lower in lex.SPEEDS
        or written in lex.CODES
        or written in ("C", "F", "p", "pc", "pct", "percent")
        or (scaled and token.lower in lex.CURRENCY_NAMES)
    )


def _scale(t: list[Token], j: int) -> tuple[float, int] | None:
    token = t[j]
    if token.kind == "word" and token.gap < LINE_BREAK:
        if token.lower in lex.SCALES:
            return lex.SCALES[token.lower], j + 1
        if token.gap == 0 and token.lower in lex.SCALE_LETTERS and _letter_scales(t, j):
            return lex.SCALE_LETTERS[token.lower], j + 1
        if token.text in ("m", "b") and _money_before(t, j) and t[j + 1].kind != "word":
            return lex.SCALE_LETTERS[token.text], j + 1
    hyphen = token.text in lex.HYPHENS and token.gap == 0 and t[j + 1].gap == 0
    if hyphen and t[j + 1].lower in lex.SCALES:
        return lex.SCALES[t[j + 1].lower], j + 2
    return None


def _letter_scales(t: list[Token], j: int) -> bool:
    """£30m and 30m people are millions, 30m alone are metres, 30b alone is a label."""
    letter = t[j].text
    if letter in "kK" or _money_before(t, j):
        return True
    if letter in "bB":
        return False
    return _millions(t, j) or _beside_millions(t, j)


def _beside_millions(t: list[Token], j: int) -> bool:
    """Whether the m at token ``j`` goes with millions before or behind it: 3m to 5 million."""
    if t[j - 2].lower in _BETWEEN and t[j - 3].lower == "million":
        return True
    beside = t[j + 1].lower in _BETWEEN and t[j + 2].kind == "num"
    return beside and (t[j + 3].lower == "million" or (t[j + 3].lower == "m" and _millions(t, j + 3)))


def _millions(t: list[Token], j: int) -> bool:
    """Whether the letter m at token ``j`` means millions, by what is counted behind it."""
    letter, behind = t[j].text, t[j + 1]
    shared = behind.lower == "of" and t[j + 2].lower in _OF_ALL
    counted = behind.kind == "word" and behind.gap == 1 and behind.lower not in lex.STOPS
    return (
        letter == "M"
        or behind.lower in ("died", "were")
        or shared
        or (counted and behind.lower.endswith(("s", "people", "men", "women", "children")))
    )


def _money_before(t: list[Token], j: int) -> bool:
    """Whether a currency stands before the number that ends at ``j``, or before the range it ends."""
    before = t[j - 2]
    if before.text in lex.DASHES and t[j - 3].kind == "num":
        before = t[j - 4]
    return before.text in lex.SIGNS or before.text in lex.CODES


def _cardinal(t: list[Token], i: int, *, conjoin: bool) -> Number | None:  # noqa: PLR0911 - a return for each form
    article = t[i].lower in ("a", "an")
    if article and t[i + 1].lower not in lex.SCALES:
        return _one_of(t, i)
    joined = t[i + 2].text in lex.HYPHENS and t[i + 2].gap == 0 and t[i + 3].lower != "plus"
    if article and (t[i + 1].lower in _SHORT_SCALES or joined):
        return None  # a million-dollar business
    if not article and t[i].lower not in _CARDINAL:
        return None
    value, j, small = _spoken(t, i + 1 if article else i, article=article, conjoin=conjoin)
    hyphen = t[j].text in lex.HYPHENS and t[j].gap == 0 and t[j + 1].gap == 0
    k = j + 1 if hyphen else j
    if (
        t[k].lower in (lex.FRACTION_PLURALS if value > 1 else lex.FRACTION_NAMES)
        and t[k].gap < LINE_BREAK
        and value
    ):
        return _fraction(t, i, value, k + 1, weak=not hyphen and value == 1 and t[k + 1].lower != "of")
    if hyphen and t[k].lower in lex.ORDINALS:
        return _locator(i, k + 1)
    if (
        small
        and value in _FIRST_YEARS
        and t[j].gap == 1
        and t[j].lower in _CARDINAL
        and t[j].lower not in ("one", "zero")
    ):
        _, end, _ = _spoken(t, j, article=False, conjoin=False)
        return _locator(i, end)
    if hyphen and _is(t, j, "-", "and", "-", "a", "-", "half"):
        return _scaled(t, i, j + 6, value + 0.5, "words")
    if conjoin and _is(t, j, "and", "a", "half"):
        last = lex.SCALES.get(t[j - 1].lower, 1.0)
        return _scaled(t, i, j + 3, value + last / 2, "words")
    return Number(i, j, value, "words", value if small else value / lex.SCALES.get(t[j - 1].lower, 1.0))


def _one_of(t: list[Token], i: int) -> Number | None:
    """A third, at least a decade, nearly a mile: weak, unless what follows tells."""
    word, behind = t[i + 1].lower, t[i + 2].lower
    if word in lex.FRACTION_NAMES and word not in ("half", "second"):
        return _fraction(t, i, 1.0, i + 2, weak=behind not in _TELLS)
    if word in lex.DURATIONS or word in LONG_MEASURES:
        return Number(i, i + 1, 1.0, "words", 1.0, weak=True)
    return None


def _spoken(t: list[Token], i: int, *, article: bool, conjoin: bool) -> tuple[float, int, bool]:
    """Add up number words from token ``i``: the value, the token behind, and whether no scale was met."""
    total, current, last, j = 0.0, 1.0 if article else 0.0, "unit" if article else "", i
    scaled = False
    while True:
        word = t[j].lower
        if word in lex.DIGIT_WORDS and (
            last in ("", "scale") or (last == "tens" and 0 < lex.DIGIT_WORDS[word] < lex.DIGIT_WORDS["ten"])
        ):
            current, last = current + lex.DIGIT_WORDS[word], "unit"
        elif word in lex.TENS and last in ("", "scale"):
            current, last = current + lex.TENS[word], "tens"
        elif word == "hundred" and last in ("unit", "tens"):
            current, last, scaled = current * 100, "scale", True
        elif word in lex.SCALES and word != "hundred" and current:
            total, current, last, scaled = total + current * lex.SCALES[word], 0.0, "scale", True
        else:
            return total + current, j, not scaled
        j += 1
        if t[j].gap == 0 and t[j].text in lex.HYPHENS and t[j + 1].gap == 0:
            if t[j + 1].lower not in _CARDINAL and t[j + 1].lower not in lex.SCALES:
                return total + current, j, not scaled
            j += 1
        elif conjoin and last == "scale" and t[j].lower == "and" and t[j + 1].lower in _CARDINAL:
            j += 1
        elif t[j].gap > 1 or t[j].lower not in _NUMBER_WORDS:
            return total + current, j, not scaled


def _fraction(t: list[Token], i: int, above: float, j: int, *, weak: bool) -> Number:
    name = t[j - 1].lower
    value = above / (lex.FRACTION_NAMES.get(name) or lex.FRACTION_PLURALS[name])
    if t[j].lower == "of" and t[j + 1].lower in ("a", "an") and t[j + 2].lower in lex.SCALES:
        return Number(i, j + 3, value * lex.SCALES[t[j + 2].lower], "words", value)
    return Number(i, j, value, "fraction", value, weak=weak)


def _locator(i: int, j: int) -> Number:
    return Number(i, j, 0.0, "locator", 0.0)


def _is(t: list[Token], j: int, *words: str) -> bool:
    return all(t[j + k].lower == word for k, word in enumerate(words))
