"""Who annotated: one pseudonym for each person, whatever an export calls them, and the key to it.

``A3`` is account 3 of the server; ``A3@2`` that of the second of merged exports; ``A-north`` a name that a coordinator
gave in a merge. All that is made from a study goes by these. Names and addresses stand in the snapshot's manifest,
where they were asked for, and in an export as it came.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotate.errors import InputError
from annotate.study.exported import as_meant

NOBODY = "A?"
PERSONS = ("completed_by", "updated_by", "last_created_by")
_BESIDE = "created_username"
_NUMBER_AND_ADDRESS = 2
_LONG = 18  # digits of a number of an account
_OF_MERGED = re.compile(r"\S+@\d+")  # account 3 of the second of several merged exports is 3@2
_PSEUDONYM = re.compile(r"A(\d+)(?:@\d+)?|A\?")


def annotator_id(completed_by: object) -> str:
    """Give an annotator the pseudonym that stays: A and Label Studio's number of the user.

    Exports have a number, an object with a number or an address, an address, or nothing. Addresses become numbers in
    :func:`identified`; one that is still there is nobody, so that it is in no table.
    """
    if type(completed_by) is int:
        return f"A{completed_by}"
    completed_by = _listed(completed_by)
    person = completed_by.get("id") if isinstance(completed_by, Mapping) else completed_by
    if isinstance(person, bool) or not isinstance(person, int | float | str):
        return NOBODY
    name = str(person).strip()
    return NOBODY if not name or _is_address(name) else f"A{name.removesuffix('.0')}"


def _listed(person: object) -> object:
    """Who alone stands in a list or as an object's ``user``: by a number, object or address, or by number and address."""
    while (isinstance(person, list) and len(person) == 1) or (
        isinstance(person, Mapping) and {*person} == {"user"}
    ):
        person = person[0] if isinstance(person, list) else person["user"]
    if isinstance(person, list) and len(person) == _NUMBER_AND_ADDRESS:
        for number, address in (person, person[::-1]):
            if type(number) is int and isinstance(address, str) and _is_address(address):
                return {"id": number, "email": address}
    return person


def _is_address(name: str) -> bool:
    return "@" in name and not _OF_MERGED.fullmatch(name)


def identified(tasks: Sequence[Any], numbers: Mapping[str, object] | None = None) -> list[Any]:
    """Write the number of a person in the place of every name and address in an export.

    ``numbers`` are those of :func:`numbers_by_address`. Where an export does not name the annotator, their name may
    stand beside: ``created_username`` is an address and a number, as in ``nora@example.org, 3``. What is neither a task nor
    an annotation stays as it is.
    """
    numbers = numbers_by_address(tasks) if numbers is None else numbers
    return [
        {**task, "annotations": [_identified(one, numbers) for one in task["annotations"]]}
        if isinstance(task, Mapping) and isinstance(task.get("annotations"), list)
        else task
        for task in map(as_meant, tasks)
    ]


def _identified(annotation: Any, numbers: Mapping[str, object]) -> Any:
    if not isinstance(annotation, Mapping):
        return annotation
    found = {key: value for key, value in annotation.items() if key != _BESIDE}
    for role in PERSONS:
        address, number = _person(annotation, role)
        if role in annotation or number is not None or address is not None:
            found[role] = numbers.get(address or "") if number is None else number
    return found


class Addresses:
    """Gathers who is named in annotations, one by one."""

    def __init__(self) -> None:
        self._known: dict[str, object] = {}
        self._others: dict[str, tuple[str, int]] = {}
        self._most = self._place = 0

    def add(self, annotation: Mapping[str, Any]) -> None:
        """Look at an annotation, in the order of the export."""
        for role in PERSONS:
            self._place += 1
            address, number = _person(annotation, role)
            if isinstance(number, int):
                self._most = max(self._most, number)
            if address is not None and number is not None:
                self._known[address] = number
            elif address is not None:
                first = (str(annotation.get("created_at") or ""), self._place)
                self._others[address] = min(first, self._others.get(address, first))

    @property
    def numbers(self) -> dict[str, object]:
        """The number of each address: its own where it has one, else the next free, the first to annotate first.

        So nothing that is made of an address goes further, and the same export gives the same numbers.
        """
        free = sorted((when, address) for address, when in self._others.items() if address not in self._known)
        return self._known | {
            address: self._most + number for number, (_, address) in enumerate(free, start=1)
        }


def numbers_by_address(tasks: Sequence[Any]) -> dict[str, object]:
    """The number of each address in an export, see :class:`Addresses`."""
    found = Addresses()
    for annotation in _annotations(tasks):
        found.add(annotation)
    return found.numbers


def addresses_of(tasks: Sequence[Any]) -> dict[str, str]:
    """The key to the pseudonyms of an export: the address or name of each, where it says so."""
    return key_of(numbers_by_address(tasks))


def key_of(numbers: Mapping[str, object]) -> dict[str, str]:
    """The key to the pseudonyms, of the number of each address."""
    return {annotator_id(number): address for address, number in numbers.items()}


def _annotations(tasks: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    for task in tasks:
        made = task.get("annotations") if isinstance(task, Mapping) else None
        yield from (one for one in (made if isinstance(made, list) else ()) if isinstance(one, Mapping))


def _person(annotation: Mapping[str, Any], role: str) -> tuple[str | None, Any]:
    """The address, or failing that the name, and the number of who made or changed an annotation."""
    person = _listed(annotation.get(role))
    if role == "completed_by" and isinstance(said := annotation.get(_BESIDE), str):
        before, _, number = said.rpartition(",")
        beside = before.strip() or (number.strip() if _is_address(number) else "")
        numbered = int(number) if number.strip().isdecimal() and len(number) < _LONG else None
        if role not in annotation:
            return beside.lower() or None, numbered
        if beside and numbered is not None and numbered == person:
            return beside.lower(), person
    if isinstance(person, Mapping):
        name = next((str(person[key]).strip() for key in ("email", "username") if person.get(key)), "")
        return name.lower() or None, person.get("id") if person.get("id") != "" else None
    if isinstance(person, str) and _is_address(person):
        return person.strip().lower(), None
    if isinstance(person, str) and person.strip().isdecimal() and len(person) < _LONG:
        return None, int(person)
    return None, person


def pseudonyms(names: Iterable[str]) -> dict[str, str]:
    """Give a pseudonym to each name that is not one: A and the next free number, in the order in which they come.

    >>> pseudonyms(["Nora", "A2", "Ben", "Nora"])
    {'Nora': 'A3', 'Ben': 'A4'}
    """
    every = list(dict.fromkeys(names))
    found = {name: _PSEUDONYM.fullmatch(name) for name in every}
    most = max((int(match[1] or 0) for match in found.values() if match), default=0)
    return {
        name: f"A{most + number}"
        for number, name in enumerate((name for name in every if not found[name]), start=1)
    }


def require_machines(names: Iterable[str], annotators: Collection[str]) -> None:
    """Refuse the name of a machine that is not among the annotators, with an :class:`InputError`."""
    for name in names:
        if name not in annotators:
            known = ", ".join(sorted(annotators)[:10])
            raise InputError(f"machine {name}: no annotator has this name; there are {known}")
