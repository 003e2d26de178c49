"""Numbers in digits: thousands separators, decimals, and what only looks like a number."""

import re

_MOST = 15  # digits that a float holds exactly: longer ones are identifiers
_PLAIN = re.compile(r"\d+")
_GROUPED = re.compile(r"\d{1,3}(?:([,'\u2019 \u00a0\u2007\u2009\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")
_DECIMAL = re.compile(r"\d+\.\d+")
_CONTINENTAL = re.compile(
    r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}\.\d{3},\d{1,2}|\d{1,3}(?:[ \u00a0\u202f]\d{3})+,\d+"
)
COMMA_DECIMAL = re.compile(r"\d+,\d{1,2}")


def numeral(written: str) -> float | None:
    """The value of a number in digits; None if it is no number of things.

    A lone comma with three digits behind it and a lone full stop are read as English has them; continental
    separators only where nothing else is possible (``1.234.567``, ``1.234,56``). Leading zeros, several
    commas that do not group (``1,2,3``) and several stops (``1.2.3``) are no number.

    >>> numeral("60,000"), numeral("1.5"), numeral("1.234.567"), numeral("007")
    (60000.0, 1.5, 1234567.0, None)
    """
    if sum(map(str.isdigit, written)) > _MOST or (
        len(written) > 1 and _zero(written[0]) and "." not in written
    ):
        return None
    if _PLAIN.fullmatch(written) or (_DECIMAL.fullmatch(written) and not written.startswith("00")):
        return float(written)
    if _GROUPED.fullmatch(written) or _INDIAN.fullmatch(written):
        return float(re.sub(r"[^\d.]", "", written))
    if _CONTINENTAL.fullmatch(written):
        return float(re.sub(r"[^\d,]", "", written).replace(",", "."))
    return None


def comma_decimal(written: str) -> float | None:
    """The value of ``3,5``, which is a decimal only before a scale or a percent sign."""
    return float(written.replace(",", ".")) if COMMA_DECIMAL.fullmatch(written) else None


def _zero(character: str) -> bool:
    return character.isdigit() and int(character) == 0
