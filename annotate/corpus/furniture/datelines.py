# ruff: noqa: RUF001 - dashes between the parts of a date
"""Lines that state when a page was published or changed, and no more."""

import re

from annotate.corpus.furniture.patterns import words

_LONGEST = 24  # words
_LABELS = words(
    "story article published posted updated update last first originally modified issued created date",
    "veröffentlicht aktualisiert stand am um vom publié publiée mis à jour le",
    "publicado actualizado el de del du",
)
_JOINTS = words("on at")
_MONTHS = words(
    "jan january januar janvier enero feb february februar février febrero",
    "mar march märz mars marzo apr april avril abril",
    "may mai mayo jun june juni juin junio jul july juli juillet julio aug august août agosto",
    "sep sept september septembre septiembre oct okt october oktober octobre octubre",
    "nov november novembre noviembre dec dez december dezember décembre diciembre",
)
_DAYS = words(
    "mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
)
_ZONES = words(
    "gmt utc bst ist cet cest est edt cst cdt mst mdt pst pdt et pt ct msk aest aedt wat eat sast uk z",
    "am pm a.m p.m noon midnight uhr h",
)
_AGO = words("second seconds minute minutes min mins hour hours day days week weeks ago read")
_NUMBER = re.compile(r"\d{1,4}(?:st|nd|rd|th)?")
_CLOCK = re.compile(r"\d{1,2}(?:[:.h]\d\d){1,2}(?:[ap]\.?m\.?|z)?|\d{1,2}[ap]\.?m\.?|[+-]\d\d:?\d\d")
_FULL = re.compile(
    r"\d{4}-\d\d-\d\d(?:t\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:z|[+-]\d\d:?\d\d)?)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
)
_APART = re.compile(r"[\s,|·•–—()]+|(?<=[a-zé]):|\s-\s|(?<=\s)/(?=\s)")


def is_dateline(line: str) -> bool:
    """Whether every word belongs to a date, a time, or a label such as "updated", and a day is named."""
    parts = [word.rstrip(".") for word in _APART.split(line.casefold()) if word]
    if not 0 < len(parts) <= _LONGEST or parts[0] in _JOINTS or not all(map(is_date_word, parts)):
        return False
    if line.endswith(".") and parts[0] not in _LABELS and parts[-1] not in _ZONES | _MONTHS:
        return False
    return _names_a_day(parts)


def is_date_word(word: str) -> bool:
    """Whether a word in small letters can stand in a date."""
    known = word in _LABELS or word in _JOINTS or word in _AGO or is_calendar_word(word)
    return known or any(form.fullmatch(word) for form in (_NUMBER, _CLOCK, _FULL))


def is_calendar_word(word: str) -> bool:
    """Whether a word in small letters is the name of a month, a day or a time zone."""
    return word in _MONTHS or word in _DAYS or word in _ZONES


def _names_a_day(words: list[str]) -> bool:
    numbered = any(_NUMBER.fullmatch(word) for word in words)
    return any(map(_FULL.fullmatch, words)) or (
        numbered and ("ago" in words or not _MONTHS.isdisjoint(words))
    )
