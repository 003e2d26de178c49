"""What the words around a figure say of it: when it was, of what part it is, and what was done to the counted."""

import re

from annotate.figures import words as lex

_OF = 12  # code points behind a figure: "12 of the people"
_SHORTEST = 3
_LETTERS = re.compile(r"[^\W\d_]+")
_MONTH = re.compile(
    r"\b(?:(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?)?"
    r"(?P<month>Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)"
    r"(?:uary|ruary|ch|il|ust|tember|ober|ember)?\b\.?(?:\s+(?P<behind>[0-3]?\d)(?:st|nd|rd|th)?\b(?![,.:]?\d))?"
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
_ANIMALS = re.compile(
    r"\b(?:animal|beast|bird|cattle|livestock|cow|calf|calve|goat|sheep|lamb|pig|hog|horse|mule|donkey|camel|dog|cat|hen|"
    r"chicken|duck|geese|goose|fish|trout|salmon|whale|seal|deer|bee|tree)s?\b",
    re.IGNORECASE,
)
_DEEDS = {
    word: deed
    for deed, listed in {
        "hold": "hold holds held holding detain detained detains imprisoned jailed",
        "free": "free frees freed freeing release releases released pardoned",
        "hire": "hire hires hired recruit recruits recruited",
        "dismiss": "dismiss dismissed sacked",
        "employ": "employ employs employed employing",
        "buy": "buy buys bought purchase purchased",
        "sell": "sell sells sold selling",
        "import": "import imports imported",
        "export": "export exports exported",
        "cost": "cost costs costing pay pays paid paying spend spends spent spending price",
        "give": "give gives gave given donate donated donates grant granted grants pledge pledged contribute contributed",
        "gain": "raise raised raises collect collected earn earned earns profit profits revenue income",
        "lose": "lose loses lost losing loss losses stole stolen",
        "owe": "owe owes owed debt debts loan loans borrowed lent",
        "plan": "earmarked allocated budget budgeted",
        "fine": "fine fined fines",
        "injure": "injure injured injures injuring wounded wounding hurt",
        "miss": "missing vanished unaccounted disappeared",
        "house": "homeless displaced evacuated",
        "rescue": "rescue rescued saved survived",
        "arrest": "arrest arrested arrests",
        "bear": "born births",
    }.items()
    for word in listed.split()
}  # what is said of the counted: two figures with nothing of it in common speak of two things


def of_part(text: str, begin: int, start: int, end: int) -> bool:
    """Whether a figure, ``start`` to ``end``, is of a part: 12 of the people, including 12 children."""
    return bool(_PART_BEFORE.search(text[begin:start]) or _PART_BEHIND.search(text[start : end + _OF]))


def counts_the_dead(text: str, window: tuple[int, int], start: int, end: int) -> bool:
    """Whether it is said of a figure that so many were killed, and no animal is near."""
    dead = _DIED_BEHIND.match(text, end) or _KILLED_BEFORE.search(text[window[0] : start])
    return bool(dead) and not _ANIMALS.search(text, *window)


def deeds(around: str) -> frozenset[str]:
    """What is said of the counted or of the money: that it is held or freed, paid or given."""
    return frozenset(_DEEDS[word] for word in _LETTERS.findall(around.lower()) if word in _DEEDS)


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
