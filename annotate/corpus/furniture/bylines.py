# ruff: noqa: RUF001 - quotation marks and dashes of many languages
"""Lines that name who wrote a text, when, and for whom, and no more."""

import re

from annotate.corpus.furniture.datelines import is_calendar_word, is_date_word, is_dateline
from annotate.corpus.furniture.patterns import NAME, NAMES, NEWS_AGENCIES, any_of, words

_LONGEST = 45  # words
_OPENING = re.compile(
    any_of(
        (r"[Bb]y:?", r"BY:?", "By(?=[A-Z])"),
        (
            "(?:[Ww]ritten|[Ww]ords|[Ss]tory|[Aa]nalysis|[Tt]ext) by:?",
            "(?:[Cc]ompiled|[Ee]dited|[Rr]eport(?:ed|ing)?) by:?",
        ),
        ("[Tt]ext:", "[Aa]uthors?:?", "Autor(?:in|a)?:", "Von", "Par", "Por", "Di", "Door"),
    )
    + r"(?:\s|(?<=By)(?=[A-Z]))"
)
_PICTURES = re.compile(r",?\s(?:pictures|photographs|photos|illustrations?|video) by\b")
_ROLES = words(
    "our senior chief foreign political special science health staff guest associate managing deputy",
    "diplomatic economics business world desk agencies bureau wire services newsroom",
    "writer writers reporter reporters correspondent correspondents editor editors",
    "contributor contributors columnist columnists photographer photographers",
)
_TITLES = words(
    "writer writers reporter reporters correspondent correspondents editor editors contributor contributors",
    "columnist columnists agencies services reports",
)
_PARTICLES = words("de da di do du des del della van von der den ter ten le la el al bin ibn")
_PUBLISHED = words("published posted updated created modified veröffentlicht aktualisiert publié publicado")
_PERSON = re.compile(rf"{NAME}(?:\s{NAME}){{1,3}}(?: in {NAME}(?:\s{NAME}){{0,2}})?")
_AND = words("and und et y e & with")
_IN = words("in for at from à aus")
_MARKS = re.compile(r"\s*([,|·•–—;()/])\s*|\s(-)\s")
_NAMED = re.compile(r"t?D?[NR](?:[NRD,]|[&i]t?|o)*")
_ADDRESS = re.compile(r"\S+@\S+\.\w+|@\w+")

_AGENCY = any_of(NEWS_AGENCIES)
_LINES = re.compile(
    any_of(
        # desks
        (
            (
                r"\((?:[Rr]eporting|[Ww]riting|[Ee]diting|[Aa]dditional reporting)\s"
                r"(?:and\s\w+\s)?by\s[^()]{3,200}\)"
            ),
            r"(?:Additional r|R)eporting by\s[^.!?]{3,160}\.?",
            rf"\((?:{NAME}\s?){{1,4}}(?:,\s(?:\w+\s)?(?:edition|agencies))?\)",
            (
                rf"{NAME}(?:\s{NAME}){{1,3}},?\s(?:is|are)\s(?:an?|the)\s(?:[\w-]+\s){{0,4}}"
                r"(?:writer|reporter|correspondent|editor|columnist|contributor)s?"
                r"\s(?:at|for|with|in|based)\s[^.!?]{2,80}\.?"
            ),
            r"[^.!?\"“”]{3,160}\scontributed(?: reporting)? to this (?:report|story|article)\.?",
        ),
        # agencies
        (
            (
                rf"\(?(?:(?:[Ff]rom|[Ss]ource:|[Vv]ia|[Ww]ith)\s)?{_AGENCY}(?:\s?[/,|&]\s?(?:{_AGENCY}"
                r"|[Aa]gencies))?\)?"
            ),
            rf"{NAME}(?:\s{NAME}){{1,3}}(?:\s(?:and|&)\s{NAMES})?\s?[,|]\s?(?:The )?{_AGENCY}",
            (
                r"\(?[Ww]ith (?:inputs?|files|reporting|additional reporting) (?:from"
                r"|by)\s[^.!?()]{2,80}\.?\)?"
            ),
            (
                r"(?:[Ff]rom )?(?:[Oo]ur|[Ss]taff|[Ww]ire) (?:[Cc]orrespondents?|[Ww]riters?"
                r"|[Rr]eporters?|[Rr]eports?|[Ss]ervices)"
            ),
        ),
        # where it stood first
        (
            (
                r"(?:This|An earlier version of this) (?:article|story|report|piece|post)"
                r"\s(?:was |is |has been )?(?:also |originally |first )*"
                r"(?:published|republished|appeared|reproduced|reposted|syndicated)"
                r"\s(?:by|in|on|at|from|with)\b[^!?\"“”]{2,160}\.?"
            ),
            r"(?:Originally|First) (?:published|appeared) (?:by|in|on|at)\s[^.!?]{2,80}\.?",
        ),
    )
)
_DATED = re.compile(rf"({NAME}(?:\s{NAME}){{1,4}})\s?[,|·•–—]\s?(.{{4,60}})")


def is_byline(line: str) -> bool:
    """Whether a line names the writers, the agency or the date of publication, and no more."""
    if len(line.split()) > _LONGEST:
        return False
    return bool(is_dateline(line) or _names_writers(line) or _LINES.fullmatch(line) or _is_dated(line))


def is_role(line: str) -> bool:
    """Whether a line is the post of a writer: "Science correspondent"."""
    post, _, place = line.partition(", ")
    named = post.casefold().split()
    placed = not place or bool(re.fullmatch(NAMES, place))
    return placed and len(named) > 1 and named[-1] in _TITLES and _ROLES.issuperset(named)


def is_publication_label(line: str) -> bool:
    """Whether a line stands over a date: "Published"."""
    return line.casefold().rstrip(":") in _PUBLISHED


def is_bare_name(line: str) -> bool:
    """Whether a line could be the name of a person, and of a place: "Ana Petrov in Drellin"."""
    return bool(_PERSON.fullmatch(line)) and not any(map(str.isdigit, line))


def _names_writers(line: str) -> bool:
    opening = _OPENING.match(line)
    if opening is None:
        return False
    rest = _MARKS.sub(r" , ", _PICTURES.sub(" &", _ADDRESS.sub(",", line[opening.end() :])))
    classes = "".join(map(_class_of, rest.split(), [*rest.split()[1:], ""]))
    return bool(_NAMED.fullmatch(classes))


def _class_of(word: str, following: str) -> str:
    """Name the part of a word in a by-line: N a name, R a post, D a date, & i t o joints, x none."""
    small = word.casefold().rstrip(".")
    classes = (
        (word == ",", ","),
        (small in _AND, "&"),
        (word == "of" and following == "The", "o"),
        (small in _IN and word.islower(), "i"),
        (small == "the" and not word.istitle(), "t"),
        (small in _ROLES, "R"),
        (is_calendar_word(small) or (word[0].isdigit() and is_date_word(small)), "D"),
        (word in _PARTICLES or (word[0].isalpha() and not word[0].islower()), "N"),
        (is_date_word(small), "D"),
    )
    return next((name for fits, name in classes if fits), "x")


def _is_dated(line: str) -> bool:
    parts = _DATED.fullmatch(line)
    return parts is not None and is_dateline(parts[2]) and bool(re.search(r"\d{4}", parts[2]))
