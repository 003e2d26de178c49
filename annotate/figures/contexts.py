"""What stands around a figure: stems, names and dates; when it was, and what was done to the counted."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

import pandas as pd
import snowballstemmer

from annotate.figures import words as lex

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_SENTENCE_END = re.compile(r"[.!?。！？؟](?=\s)|\n")  # noqa: RUF001 - these very characters
_REACH = 240  # code points to either side: a passage may be a whole document
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NUMBERED = re.compile(r"([^\W\d_]+)\s+(?:[Nn]o\.?\s*)?(\d{1,4})\b")
_OF_ALL = re.compile(
    r"\W+(?:in|of|at|across|for|from|by) (?:all|every) \w|\W+(?:nation|country|world)wide|\W+throughout|\W+all over"
)
_ADDED = re.compile(
    r"(?:another|additional|further|a further|an additional|an extra)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_MORE = re.compile(r"\b(?:more(?! than)|others?|another|further|additional|extra)\b", re.IGNORECASE)
_BEFORE = 40  # code points in which "another" stands before a figure
_NEAR = 60  # code points behind a figure in which it is said that the counted died
_JUST = 12  # code points before it: "killed at least 40 people"
_SHORTEST = 3
_TITLE = 0.6  # share of capitals from which they say nothing
_NEIGHBOURS = 8
_JOINED = re.compile(r"[\s,;(/\u2013-]*(?:(?:and|or|of|out|the|these|those|all|some|about|to)\s+)*")
_NAMES = lex.NUMBERED | lex.NUMBERED_IF_BARE
_STEMMER = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one figure."""

    stems: frozenset[str]
    anchors: frozenset[str]  # those of the stems that are names, dates or the numbers of things
    years: frozenset[str]
    numbered: frozenset[tuple[str, str]]  # ("ward", "3") of Ward No. 3
    of_all: bool  # the figure is of a whole: "in all hospitals"
    dying: bool  # it counts the dead
    added: bool  # it comes on top of another: "another 40 people"
    part: bool  # it is of a part: "12 of the people", "including 12 children"
    persons: bool  # a bare number of which is said that they died
    times: tuple[frozenset[str], ...]  # weekdays, months, days of the month, and "last year", "now"
    deeds: frozenset[str]  # what is said of the counted, or of the money: hold, free, cost, give
    publisher: frozenset[str]  # stems of the source's name, by which another text may cite it


@dataclass
class _Stems:
    """Stems, each made once; the words of death and of dying have one."""

    known: dict[str, str] = field(default_factory=dict)

    def of(self, word: str) -> str:
        lower = word.lower().replace("\u2019", "'").removesuffix("'s")
        if lower not in self.known:
            plain = lex.SYNONYMS.get(lower) or lex.SYNONYMS.get(lower.removesuffix("s"), lower)
            stem = _STEMMER.stemWord("lorry" if plain == "lorries" else plain)
            self.known[lower] = "die" if stem in lex.DYING else stem
        return self.known[lower]


def contexts(quantities: pd.DataFrame, passages: pd.DataFrame) -> list[Context]:
    """The context of each figure, in the order of the table."""
    texts = dict(zip(passages["item"], zip(passages["start"], passages["text"], strict=True), strict=True))
    spans: dict[str, list[tuple[int, int]]] = {}
    for item, start, end in zip(*(quantities[name] for name in ("item", "start", "end")), strict=True):
        spans.setdefault(item, []).append((start - texts[item][0], end - texts[item][0]))
    places: Counter[str] = Counter()
    stems, found = _Stems(), []
    for item, unit, source in zip(quantities["item"], quantities["unit"], quantities["source"], strict=True):
        around = _context(texts[item][1], spans[item], places[item], unit, stems)
        found.append(replace(around, publisher=_publisher(str(source), stems)))
        places[item] += 1
    return found


def _context(text: str, spans: list[tuple[int, int]], place: int, unit: str | None, known: _Stems) -> Context:
    start, end = spans[place]
    begin, stop = _window(text, start, end)
    figures = spans[max(place - _NEIGHBOURS, 0) : place + _NEIGHBOURS + 1]
    own = known.of(unit) if unit else ""
    stems, anchors = set(), set()
    dying = own == "die"
    words = [word for word in _WORD.findall(text, begin, stop) if word.isalpha() and len(word) > _SHORTEST]
    titled = sum(word[0].isupper() for word in words) >= _TITLE * len(words)
    for match in _WORD.finditer(text, begin, stop):
        if any(a <= match.start() < b for a, b in figures):
            continue
        word, stem = match.group(), known.of(match.group())
        dying = dying or (
            stem == "die"
            and (_reaches(text, spans, place, match.start()) or 0 <= start - match.end() < _JUST)
        )
        if word.isdigit() or (
            len(stem) >= _SHORTEST and stem not in lex.SAYING and not _says_nothing(word, stem, own)
        ):
            stems.add(stem)
            if word.isdigit() or (
                not titled and word[0].isupper() and not _opens(text, match.start(), begin)
            ):
                anchors.add(stem)
    around = text[begin:stop]
    numbered = frozenset(
        (name.lower(), number) for name, number in _NUMBERED.findall(around) if name.lower() in _NAMES
    )
    return Context(
        stems=frozenset(stems),
        anchors=frozenset(anchors),
        years=frozenset(stem for stem in anchors if _YEAR.fullmatch(stem)),
        numbered=numbered,
        of_all=bool(_OF_ALL.match(text, end)),
        dying=dying,
        part=of_part(text, begin, start, end),
        persons=counts_the_dead(text, (begin, stop), start, end),
        times=times(text, (begin, stop), start),
        deeds=deeds(around),
        publisher=frozenset(),
        added=bool(_ADDED.search(text[max(begin, start - _BEFORE) : start]) or _MORE.search(text[start:end])),
    )


def _reaches(text: str, spans: list[tuple[int, int]], place: int, at: int) -> bool:
    """Whether what stands behind a figure is said of it, and not of another figure in between."""
    end = spans[place][1]
    if not 0 <= at - end < _NEAR:
        return False
    for start, stop in spans[place + 1 : place + _NEIGHBOURS + 1]:
        if start >= at:
            break
        if start >= end and not _JOINED.fullmatch(text, end, start):
            return False
        end = max(end, stop)
    return True


def _publisher(source: str, known: _Stems) -> frozenset[str]:
    words = _WORD.findall(source)
    return frozenset(
        known.of(word) for word in words if len(word) > _SHORTEST and word.lower() not in lex.STOPS
    )


def _says_nothing(word: str, stem: str, own: str) -> bool:
    return word.lower() in lex.STOPS or stem == own


def _opens(text: str, at: int, begin: int) -> bool:
    """Whether a word opens a sentence, where a capital says nothing."""
    before = text[begin:at].rstrip()[-1:]
    return before in ("", ".", "!", "?", '"', "“")


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """The passage, or of a long one the sentence that the figure stands in."""
    if len(text) <= _REACH:
        return 0, len(text)
    begin, stop = max(start - _REACH, 0), min(end + _REACH, len(text))
    ends = [match.end() for match in _SENTENCE_END.finditer(text, begin, start)]
    behind = next((match.end() for match in _SENTENCE_END.finditer(text, end, stop)), stop)
    return (ends[-1] if ends else begin), behind


_OF = 12  # code points behind a figure: "12 of the people"
_LETTERS = re.compile(r"[^\W\d_]+")
_MONTH = re.compile(
    r"\b(?:(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?)?"
    rf"(?P<month>{'|'.join(word.title() for word in sorted(lex.MONTHS))})\b\.?"
    r"(?:\s+(?P<behind>[0-3]?\d)(?:st|nd|rd|th)?\b(?![,.:]?\d))?"
)
_LED_TO_MONTH = re.compile(
    r"\b(?:in|of|on|by|since|until|till|from|last|this|early|late|mid|and)[\s-]+$", re.IGNORECASE
)
_WEEKDAY = re.compile(r"\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b")
_WHEN = re.compile(
    r"\b(?:(?:last|this|next|previous)\s+(?:year|month|week|season|spring|summer|autumn|winter|decade|"
    r"century)|(?P<now>now|nowadays|today|currently|at present|to date|so far)|(?:yesterday|tomorrow|formerly|used to|"
    r"once|originally|(?:years?|decades?|months?|weeks?) (?:ago|earlier|before|later)))\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(r"\b(?:has|have|employs?|is home to)\s+(?:(?:now|only|just)\s+)?$")  # "has 210 pupils"
_PART_BEFORE = re.compile(
    r"(?:\bincluding|\bamong (?:them|whom|those|these)|\bof (?:them|whom|which|these|those)|"
    r"(?:^|[.,;:(]\s*)of (?:the|those|these|its|their|all)\b[^.;]{1,60},)\W*(?:\w+ ){0,2}$",
    re.IGNORECASE,
)
_NUMBER_WORDS = "|".join((*lex.DIGIT_WORDS, *lex.TENS, *lex.SCALES, "dozens"))
_PART_BEHIND = re.compile(
    rf"(?:\d|\b(?:{_NUMBER_WORDS}))\s+of\s+(?:the|these|those|them|its|their|his|her|our|all the)\b",
    re.IGNORECASE,
)
_DEAD = r"(?:killed|died|dead|perished|slain|murdered|drowned)\b"
_DIED_BEHIND = re.compile(
    rf"\s+(?:(?:of them|have|had|has|were|was|are|is|been|being|be|may|might|also|feared|thought|known|believed|to)\s+)*{_DEAD}"
)
_KILLED_BEFORE = re.compile(r"\b(?:killed|killing|kills|kill)\s+$", re.IGNORECASE)
_ANIMALS = re.compile(rf"\b(?:{'|'.join(sorted(lex.ANIMALS))})s?\b", re.IGNORECASE)


def of_part(text: str, begin: int, start: int, end: int) -> bool:
    """Whether a figure, ``start`` to ``end``, is of a part: 12 of the people, including 12 children."""
    return bool(_PART_BEFORE.search(text[begin:start]) or _PART_BEHIND.search(text[start : end + _OF]))


def counts_the_dead(text: str, window: tuple[int, int], start: int, end: int) -> bool:
    """Whether it is said of a figure that so many were killed, and no animal is near."""
    dead = _DIED_BEHIND.match(text, end) or _KILLED_BEFORE.search(text[window[0] : start])
    return bool(dead) and not _ANIMALS.search(text, *window)


def deeds(around: str) -> frozenset[str]:
    """What is said of the counted or of the money: that it is held or freed, paid or given."""
    return frozenset(lex.DEEDS[word] for word in _LETTERS.findall(around.lower()) if word in lex.DEEDS)


def times(text: str, window: tuple[int, int], start: int) -> tuple[frozenset[str], ...]:
    """The weekdays, months and days of the month, and what is said of the time from where the writer stands."""
    months, days = set(), set()
    for match in _MONTH.finditer(text, *window):
        day = match["day"] or match["behind"]
        if day or len(match.group()) > _SHORTEST or _LED_TO_MONTH.search(text[window[0] : match.start()]):
            months.add(match["month"][:3])
            days |= {f"{int(day)} {match['month'][:3]}"} if day else set()
    told = {
        "now" if match["now"] else " ".join(match.group().lower().split())
        for match in _WHEN.finditer(text, *window)
    }
    if _PRESENT.search(text[window[0] : start]):
        told.add("now")
    return frozenset(_WEEKDAY.findall(text, *window)), frozenset(months), frozenset(days), frozenset(told)
