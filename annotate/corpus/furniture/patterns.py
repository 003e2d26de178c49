# ruff: noqa: RUF001 - the apostrophes of names
"""How the rules of wording are built: short alternatives by topic and language, joined to one expression."""

import re
from collections.abc import Sequence

# A word of a name, and names of one to six words: "Jørn van der Åkervik".
NAME = (
    r"(?:(?:[^\W\d_a-z][\w'’.-]*|d[aeiou]s?|del|della|van|von|der|den|ter|ten|le|la|el|al|bin|ibn|y)(?!\w))"
)
NAMES = rf"{NAME}(?:\s{NAME}){{0,5}}"

NEWS_AGENCIES = (
    "AP", "(?:The )?Associated Press", "ASSOCIATED PRESS", "Reuters", "REUTERS", "AFP",
    "Agence France-Presse", "UPI", "United Press International", "dpa", "DPA", "EFE", "ANSA", "Xinhua", "TASS", "Interfax", "AAP",
    "PTI", "Press Trust of India", "ANI", "IANS", "PA", "PA Media", "Press Association", "EPA", "EPA-EFE",
    "CP", "(?:The )?Canadian Press", "Bloomberg", "Anadolu(?: Agency)?", "Kyodo", "Yonhap",
)  # fmt: skip
PICTURE_AGENCIES = (
    r"Getty(?: Images)?", "Shutterstock", "iStock(?:photo)?", "Alamy(?: Stock Photo)?", "Unsplash",
    "Wikimedia(?: Commons)?", "Flickr", "Pixabay", "Pexels", "NurPhoto", "AP Photo", "AP Images", "Corbis",
    "Zuma(?: Press)?", "Rex(?: Features)?", "Maxar(?: Technologies)?", "Planet Labs", "Creative Commons",
    "CC[ -]BY(?:-[A-Z]{2})*",
)  # fmt: skip


def any_of(*groups: Sequence[str]) -> str:
    """Join alternatives to one group of an expression."""
    return "(?:" + "|".join(alternative for group in groups for alternative in group) + ")"


def whole(*groups: Sequence[str]) -> re.Pattern[str]:
    """Compile alternatives, each for a whole line, without regard to case."""
    return re.compile(any_of(*groups), re.IGNORECASE)


def words(*lines: str) -> frozenset[str]:
    """Give the words of one or several lines."""
    return frozenset(" ".join(lines).split())
