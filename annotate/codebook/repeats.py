"""Questions that a label config repeats, once for each entry of a list in the task's data, and how data are named.

``<Repeater on="$turns" indexFlag="{{idx}}">`` shows what it holds once for each of ``turns``, with the number of the
entry, from 0, in place of the flag: the control ``stance_{{idx}}`` is ``stance_0``, ``stance_1`` in an export.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FLAG = "{{idx}}"  # what Label Studio takes if the config names none


@dataclass(frozen=True, slots=True)
class Repeat:
    """A Repeater: ``key`` names the list in the task's data, ``flag`` stands for the number in names and values."""

    key: str
    flag: str

    def numbers(self, data: Mapping[str, Any]) -> range:
        """The numbers of the entries in a task's data."""
        entries = look_up(data, self.key)
        return range(len(entries)) if isinstance(entries, list) else range(0)

    def number_in(self, name: str, pattern: str) -> int | None:
        """The number that a name has where the pattern has the flag, or None.

        >>> Repeat("turns", "{{idx}}").number_in("stance_12", "stance_{{idx}}")
        12
        """
        parts = [re.escape(part) for part in pattern.split(self.flag)]
        if len(parts) == 1:
            return None
        found = re.fullmatch(parts[0] + "([0-9]+)" + r"\1".join(parts[1:]), name)
        return int(found[1]) if found else None


def repeat_of(tag: Any) -> Repeat | None:
    """The Repeater that an XML element stands in, the outermost."""
    around = [one for one in tag.iterancestors() if one.tag == "Repeater"]
    if not around:
        return None
    return Repeat((around[-1].get("on") or "").removeprefix("$"), around[-1].get("indexFlag") or FLAG)


def look_up(data: Mapping[str, Any], key: str) -> Any:
    """What a label config names with ``$key``: a key of the data, or a path; None if it is not there.

    >>> look_up({"turns": [{"text": "No."}]}, "turns[0].text")
    'No.'
    """
    if key in data:
        return data[key]
    here: Any = data
    for step in _steps(key):
        if isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(here, list) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
        else:
            return None
    return here


def _steps(key: str) -> Iterator[str]:
    return (found[0] for found in re.finditer(r"[^.\[\]]+", key))
