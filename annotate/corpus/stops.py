# ruff: noqa: RUF001 - quotation marks, dashes and full stops of many languages
"""Where a sentence ends: nupunkt with abbreviations that can be answered for, and where it is wrong about a full stop."""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from nupunkt import PunktParameters, PunktSentenceTokenizer, load_default_model

from annotate.corpus.dates import MONTHS

_ABBREVIATIONS_LIST = """
mr mrs ms mx dr prof rev hon st messrs mme mlle mgr sr jr sra srta gen col lt capt cpt sgt maj cmdr adm
brig gov sen rep pres supt insp pvt cpl atty msgr fr hr dipl vs cf viz approx ca incl resp bzw vgl z.b
d.h u.a o.ä med jur phil habil rer dent em inc ltd co corp bros cos plc llc gmbh cie assoc assn dept univ inst govt dist div ave blvd rd
ln hwy mt ft sts bldg apt jan feb mar apr jun jul aug sep sept oct nov dec tue tues thu thur thurs fri
ph.d m.d esq etc al ibid cit eds repr avg u.s u.k u.n e.u d.c a.m p.m b.c a.d calif ariz fla ala okla
tenn tex minn wis conn colo nev neb kan oreg ont mich intl natl usw usf evtl ggf inkl allg geb gest jh
jhd febr märz okt dez janv févr juil déc ud uds vd vds dña env édit sigg dott ecc د أ
"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS_LIST.split())
# An abbreviation before a number, a word elsewhere ("He said no.").
_NUMBERING_LIST = """
no nos nr núm num nº vol vols p pp ch chap sec art arts fig figs eq eqs para paras ref refs abb kap bd
aufl pop pos tel ext op
"""
NUMBERING = frozenset(_NUMBERING_LIST.split())
# Function words: after an abbreviation that may end a sentence, a capital at one of them begins the next. None
# is a name ("George F. Will") or begins one ("K. Von Orne").
_OPENERS_LIST = """
the this that these those he she it they we you i his her its their our your my there here and but or nor
yet so if when while where why how what who which whose because since although though until unless once
after before during under over between among through without within despite according in on at for from
by with to as of about against some many most few several all both each every no none not nobody nothing
one another other others such only even still also then now later meanwhile however moreover therefore
thus instead indeed nevertheless finally yesterday today tomorrow is are was were do does did has have
had can could would should might must shall let a der die das ein eine er sie es wir ihr und aber auch im
am bei nach mit für auf dann dort hier doch les une il elle ils elles nous vous ce cette ces mais et dans
en pour selon puis una ella ellos pero y según por
"""
OPENERS = frozenset(_OPENERS_LIST.split())
_KEPT = re.compile(r"[b-df-hj-np-tv-xz]{2,}|[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2})+|[^\W\d_]|\.\.\.")


@lru_cache(maxsize=1)
def tokenizer() -> PunktSentenceTokenizer:
    """Give nupunkt's tokenizer with the abbreviations and openers of this module."""
    learnt = load_default_model().parameters
    return PunktSentenceTokenizer(
        PunktParameters(
            abbrev_types={*ABBREVIATIONS, *filter(_KEPT.fullmatch, learnt.abbrev_types)},
            collocations=set(),
            sent_starters=set(OPENERS),
            ortho_context=learnt.ortho_context,
        )
    )


def is_abbreviation(word: str) -> bool:
    """Whether a word, without its full stop, is a known abbreviation or a single letter."""
    return len(word) == 1 or word.lower() in ABBREVIATIONS


CLOSING = "\"'”’»›)]}」』》）］〉】*_"
_CLOSERS = f"[{re.escape(CLOSING)}]*"
_OPENING = "“‘«„‚‹\"'([{¿¡"
_QUIET = ","  # stands for a stop that ends no sentence
_LONG = 300  # characters: no word is as long, and nupunkt takes quadratic time for the stops in one
_LONG_LINE = 1000  # characters: in a shorter line that does not matter
_LONG_RUN = re.compile(rf"\S{{{_LONG},}}")
_ANY_STOP = re.compile(r"[.!?…]")
# A day has a full stop in German ("3. Mai", in Austria "3. Jänner") and in Danish ("3. maj").
_MONTHS = "|".join(
    ("Jän", *(name[:3].title() for name in MONTHS["de"]), *(name[:3] for name in MONTHS["da"]))
)
_SAYING = (
    "said|says|asked|asks|cried|shouted|yelled|screamed|added|replied|answered|told|wrote|exclaimed|wondered"
    "|recalled|demanded|continued|called|joked|insisted|explained|remarked|whispered|muttered|murmured|warned|responded"
    "|begged|announced|argued|recounted|sighed|fragte|sagte|rief|meinte|antwortete|erklärte|schrie|demande|demanda|dit"
    "|répondit|répond|affirme|raconte|dijo|preguntó|gritó|respondió|explicó|disse|perguntou|chiese|rispose"
)
# Stops inside a sentence, each by what stands around it. Every pattern begins with a set of characters, so that
# the search for it is quick, and looks back by a fixed width.
_INNER = re.compile(
    r"[.!?…](?:"
    r"(?:(?<=Lt\.)|(?<=Maj\.)|(?<=Gen\.)|(?<=Brig\.)|(?<=Prof\.)|(?<=Sgt\.))(?=\s(?:Col|Gen|Lt|Maj|Sgt|Gov|Adm|Prof|Dr)\.)"
    rf"|(?<=[\s(]\d\.|\d\d\.)(?=\s(?:{_MONTHS}))"
    r"|(?<=, (?:Ill|Ind|Ore)\.)(?=,?\s[a-z]|,)|(?<=, (?:Mass|Miss|Wash)\.)(?=,?\s[a-z]|,)|(?<=, (?:La|Me)\.)(?=,?\s[a-z]|,)"
    r"|(?<=[\s(][zdusoip]\.)(?=\s?(?:B|h|a|o|Ä|ä|ej)\.)|(?<=[Ee]\.\sg\.)|(?<=[Ii]\.\se\.)|(?<=\b(?:[Ee]\.g|[Ii]\.e|[Vv]iz)\.)|(?<=\b(?:[Cc]f|[Vv]s)\.)|(?<=EE\.)(?=\sUU\.)"
    rf"|(?<!\.)(?=[\"”’“»]+\s(?:(?:[A-Z][\w.'’-]*|the|of|an?)\s){{1,5}}(?:{_SAYING})(?:[.,;:]|\s(?:in|on|at|during|from|after|as|through|over)\s|$))"
    rf"|(?<!\.)[!?]*(?=[{re.escape(CLOSING)}]+\s+[a-zà-ÿ])"
    r"|(?<=!)(?=\s[a-zà-ÿ])"
    r"|(?=\s?[\])]\s+[a-z])|(?<=\.)(?=[\"”’)]*[,;])"
    r")"
)
_BEFORE_FIGURE = re.compile(r"\.(?=\s?\d|\s[IVX]+\b)")
_NUMBERED = re.compile(r"[.!?;:](?<=[^\W_].)[\"”’)]*\s+\(?(?:\d{1,2}|[a-hA-H]|[ivx]{1,4})\.(?=\s)")
_OPENERS = re.escape(_OPENING)
_BEFORE_OPENING = re.compile(rf"[{_OPENERS}](?<=\s.)[{_OPENERS}]*(?=\w)")
_GERMAN_CLOSE = re.compile(r"[“«‘‹](?<=[.!?…].)(?!\S)")


def masked(text: str) -> str:
    """Copy a text for nupunkt, in the same length: stops inside a sentence, and what hides its start, are gone."""
    copy = text
    if len(text) > _LONG_LINE and max(map(len, text.split()), default=0) >= _LONG:
        copy = _LONG_RUN.sub(lambda run: _ANY_STOP.sub(_QUIET, run.group()), text)
    copy = _INNER.sub(lambda stop: _QUIET * len(stop.group()), copy)
    copy = _BEFORE_FIGURE.sub(_keep_with_figure, copy)
    copy = _NUMBERED.sub(_keep_with_item, copy)
    copy = _GERMAN_CLOSE.sub("”", copy)
    return _BEFORE_OPENING.sub(lambda marks: " " * len(marks.group()), copy)


def _keep_with_figure(match: re.Match[str]) -> str:
    """Quiet the stop of "No. 3"."""
    return _QUIET if _word_before(match).lower() in NUMBERING else match.group()


def _keep_with_item(match: re.Match[str]) -> str:
    """Quiet the stop after the number of a list item, unless the number belongs to the word before it."""
    word = _word_before(match)
    belongs = is_abbreviation(word) or word.lower() in NUMBERING
    return match.group() if belongs else match.group()[:-1] + _QUIET


def _word_before(match: re.Match[str]) -> str:
    """Give the word that ends where a match starts: its last 20 characters, if it is longer."""
    found = _WORD_END.search(match.string, max(0, match.start() - 20), match.start())
    return found[0] if found else ""


_WORD_END = re.compile(r"[^\W_]*\Z")
# nupunkt is made for the Latin script: these end a sentence elsewhere.
_OTHER_STOPS = "。！？｡؟۔।॥።"
_OTHER_SCRIPTS = re.compile(rf"[。！？｡؟۔।॥]++{_CLOSERS}+(?![とっ、，])")
_DOMAIN = r"(?!(?:Com|Org|Net|Edu|Gov|Info|Io|Html?|Js|Pdf|Docx?|Txt|Php)\b)"
_GLUED = re.compile(
    rf"[.!?…](?<=[^\W_].|[)\]%].)(?!\s)[.!?…]*{_CLOSERS}(?={_DOMAIN}[“‘«(\"]?([A-ZÀ-Þ][a-zß-ÿ]*)(?:[’'][a-z]+)?[,;:]?\s)"
)
_NO_PROSE = re.compile(r"[@/\\_]|www\.|\.\w+\.")
_INITIAL = re.compile(
    rf"\.(?:(?<=[a-z\d]\s[A-Z]\.){_CLOSERS}(?=\s+([A-Z][a-z]*)\b)|(?<=[a-z]\sI\.)(?=\s+[“\"‘]))"
)
_YEAR = re.compile(r"(?<=\d\d\s[гr])\.(?=\s+[A-ZÀ-ÞĄĆĘŁŃÓŚŹŻА-Я])")  # a year, in Russian and Polish
_FOOTNOTE = re.compile(r"[.!?](?<=[^\W\d_]{2}.)[\"”’]?\d{1,3}(?=\s+[“‘\"(]?[A-ZÀ-Þ])")


def missed_ends(text: str) -> Iterator[int]:
    """Yield the ends of sentences that nupunkt does not look for, in no order."""
    if any(stop in text for stop in _OTHER_STOPS):
        yield from (match.end() for match in _OTHER_SCRIPTS.finditer(text))
    yield from (match.end() for match in _GLUED.finditer(text) if _is_glued(match))
    for match in _INITIAL.finditer(text):
        if match[1] is None or match[1].lower() in OPENERS:
            yield match.end()
    yield from (match.end() for match in _YEAR.finditer(text))
    yield from (match.end() for match in _FOOTNOTE.finditer(text) if not is_abbreviation(_word_before(match)))


def _is_glued(match: re.Match[str]) -> bool:
    """Whether a full stop without a space after it ends a sentence: no name of a file, site or person."""
    before, after = _word_before(match), match[1]
    if before.isalpha() and is_abbreviation(before):
        return False
    if not before[-2:].islower() and after.lower() not in OPENERS:
        return False
    start = max(0, match.start() - 40)
    chunk = match.string[start : match.end() + 40]
    return not _NO_PROSE.search(chunk[: match.end() - start].rsplit(maxsplit=1)[-1])


_KNOWN: dict[str, dict[str, frozenset[str]]] = {
    language: {kind: frozenset(listed.split()) for kind, listed in kinds.items()}
    for language, kinds in tomllib.loads(
        files(__package__).joinpath("abbreviations.toml").read_text(encoding="utf-8")
    ).items()
}
LANGUAGES = tuple(_KNOWN)
_NEAR = 40  # characters in which a word and the one before it stand
_ORDINAL = re.compile(r"\d{1,3}")


def _is_inside(language: str, words: list[str], behind: str) -> bool:
    """Whether a full stop is that of an abbreviation or an ordinal number of a language: im 2. Weltkrieg."""
    known, last = _KNOWN.get(language, {}), re.split("['’]", words[-1].lstrip(CLOSING + _OPENING))[-1]
    opens = re.split(r"\W", behind, maxsplit=1)[0].lower() in OPENERS
    if _ORDINAL.fullmatch(last):
        return words[0] in known.get("ordinals", ()) and not opens
    counted = len(last) == 1 and words[0].isdigit()  # of a year: 1998 r.
    leads = last in known.get("leading", ()) and not opens and not counted
    return leads or (last in known.get("ending", ()) and (behind[0].islower() or behind[0].isdigit()))


_GOES_ON = ",;،、，；"
_DASHES = " \t\xa0\u202f—–-"
_ASIDE = 90  # characters: a "the old clerk of the court muttered" is no longer
_WHO_SAID = re.compile(
    r"(?!(?:He|She|They|It|We|I|You|But|And|When|Then|Nobody|Er|Il|Elle|Ella)\b)"
    rf"[A-Z](?:[\w.'’-]+\s){{1,6}}?(?:{_SAYING})\b"
)
# A name or a word for a person, and that they said it; what follows is the end of the sentence, and no new one.
_SAID_BEHIND = re.compile(r"[\u4e00-\u9fff·]{1,10}(?:说道?|表示|问道?|喊道|称|回答|补充说|指出)[。！？]")
_STOPPED = re.compile(rf"(?P<stop>[.!?…])[\s\xa0\u202f]?(?P<closed>{_CLOSERS})\s*\Z")


def goes_on(text: str, end: int, language: str | None = None) -> bool:
    """Whether a sentence goes on behind what looks like its end, in a language if it is known.

    So it does before a comma; in a small letter, behind a quotation or an abbreviation; and in the name of who said what was
    asked or shouted.
    """
    after = text[end : end + _ASIDE].lstrip()
    bare = after.lstrip(_DASHES)
    if not bare:
        return False
    if after[0] in _GOES_ON or (text[end - 1] in CLOSING and _SAID_BEHIND.match(after)):
        return True
    stopped = _STOPPED.search(text, max(0, end - 20), end)
    if stopped is None:
        return False
    if language and stopped["stop"] == "." and not stopped["closed"]:
        words = text[max(0, stopped.start() - _NEAR) : stopped.start()].lower().split()
        if words and _is_inside(language, words[-2:], bare):
            return True
    if bare[0].islower():
        word = _WORD_END.search(text, max(0, stopped.start() - 20), stopped.start())
        known = (
            word is not None and bool(word[0]) and (is_abbreviation(word[0]) or word[0].lower() in NUMBERING)
        )
        return bool(stopped["closed"]) or (stopped["stop"] == "." and known)
    return bool(stopped["closed"]) and stopped["stop"] != "." and bool(_WHO_SAID.match(after))
