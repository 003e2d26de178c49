"""The words of the grammar, read from ``words.toml``: numbers, units, currencies, hedges and what ends a phrase."""

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from unicodedata import numeric

from annotate.corpus import dates

_READ = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
_SIZES: dict[str, dict[str, float]] = _READ.pop("sizes")
_DATA: dict[str, dict[str, str]] = _READ


def words(text: str) -> frozenset[str]:
    """The words of a list, with spaces between them."""
    return frozenset(text.split())


def _listed(name: str) -> frozenset[str]:
    return words(_DATA["lists"][name])


def _meanings(table: str) -> dict[str, str]:
    """What each word of a table means."""
    return {
        word.replace("_", " "): meant for meant, listed in _DATA[table].items() for word in listed.split()
    }


def _values(table: str) -> dict[str, float]:
    return {word: float(value) for word, value in _meanings(table).items()}


def _phrases(table: str) -> dict[tuple[str, ...], str]:
    return {
        tuple(phrase.split()): hedge
        for hedge, phrases in _DATA[table].items()
        for phrase in phrases.split(",")
    }


DIGIT_WORDS = {word: value for value, word in enumerate(_DATA["numbers"]["small"].split())}
TENS = {word: 10 * value for value, word in enumerate(_DATA["numbers"]["tens"].split()) if word != "_"}
SCALES = _values("scales")
SUFFIXES = SCALES | _values("suffixes")  # scales behind a number
SCALE_LETTERS = _values("scale_letters")
PLURAL_SCALES = _values("plural_scales")
COLLECTIONS = _values("collections")
UNCLEAR_MONEY = _listed("unclear_money")
ZEROS = _listed("zeros")
OF_A_WHOLE, SAID_AGAIN, CHANGES_NAMED = (
    frozenset(word.replace("_", " ") for word in _listed(name))
    for name in ("of_a_whole", "said_again", "changes_named")
)
SOME_SCALES = _listed("some_scales")
SHORT_SCALES = _listed("short_scales")
FRACTION_NAMES = {word: int(value) for word, value in _meanings("fractions").items()}
FRACTION_PLURALS = {name + "s": value for name, value in FRACTION_NAMES.items() if not name.startswith("hal")}
ORDINALS = _listed("ordinals")
VULGAR = {mark: numeric(mark) for mark in "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
DASHES = frozenset("-‐‑‒–—−~")  # noqa: RUF001 - these very characters
MINUS = frozenset("-−")  # noqa: RUF001 - these very characters
HYPHENS = frozenset("-‐‑")  # noqa: RUF001 - these very characters
CARDINALS = frozenset(DIGIT_WORDS) | frozenset(TENS)
NUMBER_WORDS = CARDINALS | frozenset(SCALES) | frozenset(PLURAL_SCALES)

SIGNS = _meanings("currency_signs")
SIGN_PREFIXES = _meanings("dollar_prefixes")
CODES = _listed("codes")
AMBIGUOUS_CODES = _listed("ambiguous_codes")
CURRENCY_LETTERS = _meanings("currency_letters")
CURRENCY_NAMES = _meanings("currency_names")
DOLLARS_OF = _meanings("dollars")
NATIONAL = _meanings("national_currencies")  # "swiss franc"
LARGE = _listed("large")  # "5 million pounds" is money, 5 pounds may weigh

PERIODS = _meanings("periods")
PERIOD_ADVERBS = _meanings("period_adverbs")
DURATIONS = _listed("durations")
SPANS = _listed("spans")
BEFORE_SPANS = _listed("before_spans")
SPELLS = _listed("spells")
MEASURES = _meanings("measures")
LONG_MEASURES = frozenset(MEASURES.values()) - {"second", "degree"}
SPEEDS = {
    "mph": ("mile", "hour"),
    "kph": ("kilometre", "hour"),
    "kmh": ("kilometre", "hour"),
    "rpm": ("revolution", "minute"),
    "bpd": ("barrel", "day"),
}
SQUARES = _meanings("squares")
SIZES = {unit: (kind, size) for kind, units in _SIZES.items() for unit, size in units.items()}
PRICED = _listed("priced")
NOT_A_RATE = _listed("not_a_rate")

MONTHS = frozenset(dates.MONTHS["en"]) | {name[:3] for name in dates.MONTHS["en"]} | {"sept"}
WEEKDAYS = _listed("weekdays")
CLOCK = _listed("clock")
BEFORE_YEAR = _listed("before_year")
CALIBRES = _listed("calibres")
GROWING_OLD = _listed("growing_old")
NUMBERED = _listed("numbered")
NUMBERED_IF_BARE = _listed("numbered_if_bare")
NAMED_BEHIND = _listed("named_behind")
IDENTIFIERS = _listed("identifiers")
ABBREVIATED = _listed("abbreviated")

STOPS = _listed("stops")
FOLLOW = _listed("follow")
PASS_OVER = _listed("pass_over")
PREPOSITIONS = _listed("prepositions")
BE = _listed("be")
DETERMINERS = _listed("determiners")
OF_ALL = _listed("of_all")
PRONOUNS_BEFORE = _listed("pronouns_before")
EVIDENCE_FOR_ONE = _listed("evidence_for_one")
HYPHEN_BLOCKED = _listed("hyphen_blocked")
ALLOWED_AFTER_ONE = _listed("allowed_after_one")

IRREGULAR = _meanings("irregular")
ALONE = _listed("alone")
NOT_PLURAL = _listed("not_plural")
PLURAL_MODIFIERS = _listed("plural_modifiers")
PERSONS = _listed("persons")
BELONGING = _listed("belonging")
DEATHS = _listed("deaths")
TOTALS = _listed("totals")
SYNONYMS = _meanings("synonyms")

HEDGES_BEFORE = _phrases("hedges_before")
HEDGES_BEHIND = _phrases("hedges_behind")
HEDGES_JOINED = _meanings("hedges_joined")
BEFORE_OVER = _listed("before_over")
CHANGES = _listed("changes")
CHANGE_STEMS = tuple(_listed("change_stems"))

DYING = _listed("dying")
SAYING = _listed("saying")
ANIMALS = _listed("animals")
DEEDS = _meanings("deeds")


def _any(some: Iterable[str]) -> str:
    """An expression for one of the words, which may not go on in another letter."""
    ordered = sorted(some, key=lambda word: (-len(word), word))
    return rf"(?:{'|'.join(map(re.escape, ordered))})(?![^\W\d_])"


_NOUNS = {"pound", *(name.partition(" ")[2] for name in NATIONAL)}
_CLASSES = {
    "n": r"\.?\d++(?:[.,'\u2019\u00a0\u2007\u2009\u202f·\u066b]\d++)*+",  # a number in digits, as tokens have it
    "word": r"[^\W\d_]++(?:['\u2019][^\W\d_]++)*+",
    "hyphen": r"[-\u2010\u2011]",
    "dash": r"[-\u2010\u2011\u2012\u2013\u2014\u2212~]",
    "vulgar": r"[¼½¾⅐-⅞]",
    "of_a_whole": _any(OF_A_WHOLE),
    "said_again": _any(SAID_AGAIN),
    "changes_named": _any(CHANGES_NAMED),
    "scale": _any(SCALES),
    "plural_scale": _any(PLURAL_SCALES),
    "any_scale": _any({*SCALES, *PLURAL_SCALES} - {"tens"}),
    "some": _any(SOME_SCALES),
    "collection": _any(COLLECTIONS),
    "cardinal": _any(CARDINALS),
    "zero": _any(ZEROS),
    "fraction": _any(FRACTION_NAMES),
    "ordinal": _any(ORDINALS),
    "currency": _any(name + end for name in (*CURRENCY_NAMES, *_NOUNS) for end in ("", "s")),
    "code": _any(CODES),
    "currency_letters": _any(CURRENCY_LETTERS),
    "whose": _any({*DOLLARS_OF, "hong", "new", "sri", *(name.partition(" ")[0] for name in NATIONAL)}),
    "duration": _any(DURATIONS),
    "long_measure": _any(LONG_MEASURES),
    "period": _any(name + end for name in PERIODS for end in ("", "s")),
    "adverb": _any(PERIOD_ADVERBS),
    "measure": _any(MEASURES),
    "square": _any(SQUARES),
    "speed": _any(SPEEDS),
    "month": _any(MONTHS),
    "clock": _any(CLOCK),
}


def pattern(written: str, flags: int = 0) -> re.Pattern[str]:
    """Compile an expression in which ``{scale}`` and the like stand for the words of a class."""
    return re.compile(re.sub(r"\{([a-z_]+)\}", lambda match: _CLASSES[match[1]], written), flags)
