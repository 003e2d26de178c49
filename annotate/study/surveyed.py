"""The first pass through an export: what must be known of all tasks before the first of them is read.

It keeps numbers of tasks and never tasks, so that an export may be larger than memory.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotate.codebook.read import Codebook
from annotate.errors import ExportError, counted
from annotate.study.annotations import made_for
from annotate.study.exported import (
    ADJUDICATION,
    OWN_KEYS,
    as_cell,
    check_task,
    item_id,
    passage_of,
    round_of,
    said_twice,
)
from annotate.study.marks import Unit, Units, marks_with_text
from annotate.study.people import Addresses

RANK = "uncertainty_rank"
"""The key of a task's data that holds its place in the order of annotate suggest, in six digits."""

Which = tuple[str, int]
"""An item, and the round in which tasks bring it."""
_LONGEST_FACT = 200  # characters: what is longer is a text
_ENOUGH = 100  # characters of a text, for a message


@dataclass(slots=True)
class _Item:
    """An item: the number of the task that brings it first, a hash of its text and source, and its latest round."""

    first: int
    sha: bytes
    latest: int = 0


@dataclass
class Survey:
    """What a pass through all tasks found.

    ``which`` has of each task what it brings, None for one put before an adjudicator; ``groups`` the tasks that bring
    it, by their numbers from 0; ``numbers`` the number of each address; ``facts`` the keys of the data that say one more
    fact of a passage; ``units`` what the offsets of the export may count.
    """

    which: list[Which | None] = field(default_factory=list)
    groups: dict[Which, list[int]] = field(default_factory=dict)
    items: dict[str, _Item] = field(default_factory=dict)
    ranked: set[Which] = field(default_factory=set)
    numbers: dict[str, object] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()
    twins: tuple[str, ...] = ()


def survey(tasks: Sequence[Any], codebook: Codebook, where: str) -> Survey:
    """Go through the tasks of an export once.

    Raises
    ------
    ExportError
        As :func:`annotate.study.exports.tabulate`.

    """
    found = Survey()
    addresses, units, twins = Addresses(), Units(), _Twins()
    facts: dict[str, bool] = {}
    controls = {one.name: one for one in codebook.span_variables}
    for number, task in enumerate(tasks, start=1):
        told = f"{where}: task {number}"
        check_task(task, told)
        passage, data = passage_of(task), task["data"]
        which = None if data.get(ADJUDICATION) else _which(found, passage, data, number, told)
        found.which.append(which)
        for annotation in made_for(task, told):
            addresses.add(annotation)
        for mark in marks_with_text([task], controls):
            units.add(mark)
        if which is None:
            continue
        _note_facts(data, facts)
        twins.add(task, number)
    found.numbers, found.units, found.twins = addresses.numbers, units.possible, tuple(twins.told())
    answered = (*codebook.variables, *codebook.region_variables)
    asked = {one.shows for one in answered} | {one.shows for one in codebook.span_variables}
    found.facts = _further_facts(facts, asked)
    return found


def _which(
    found: Survey, passage: Mapping[str, Any], data: Mapping[str, Any], number: int, where: str
) -> Which:
    """What a task brings, which is noted."""
    item = passage["item"]
    sha = hashlib.sha256(repr((passage["text"], passage["source"])).encode()).digest()
    known = found.items.setdefault(item, _Item(number - 1, sha))
    if known.sha != sha:
        msg = f"{where}: item {item} stands for another text or source before; export one project at a time"
        raise ExportError(msg)
    which = (item, round_of(data, where))
    of_which = found.groups.setdefault(which, [])
    of_which.append(number - 1)
    known.latest = max(which[1], known.latest)
    if which[1] == 1 and len(of_which) == 1 and data.get(RANK):
        found.ranked.add(which)
    return which


def _note_facts(data: Mapping[str, Any], facts: dict[str, bool]) -> None:
    """Note which keys of the data hold a short text or a number in each task that has them."""
    for key, value in data.items():
        if facts.setdefault(key, True):
            short = len(value) <= _LONGEST_FACT if isinstance(value, str) else isinstance(value, int | float)
            facts[key] = short


def _further_facts(facts: Mapping[str, bool], asked: Collection[str]) -> tuple[str, ...]:
    """The keys of tasks' data that say one more fact of a passage, such as a country, in order.

    They are the short ones, but what annotators are ``asked`` about.
    """
    return tuple(
        key for key, short in facts.items() if short and key.casefold() not in OWN_KEYS and key not in asked
    )


class _Twins:
    """Tasks without a passage_id that have one text, and are several passages all the same."""

    def __init__(self) -> None:
        self._named: dict[bytes, tuple[str, dict[str, str]]] = {}

    def add(self, task: Mapping[str, Any], number: int) -> None:
        data = task["data"]
        if not data.get("passage_id") and (text := as_cell(data.get("text"))):
            sha = hashlib.sha256(text.encode()).digest()
            _, of_text = self._named.setdefault(sha, (text[:_ENOUGH], {}))
            of_text.setdefault(item_id(data), str(task.get("id") or number))

    def told(self) -> Iterator[str]:
        """Say which these are."""
        alike = [(text, twins) for text, twins in self._named.values() if len(twins) > 1]
        for text, twins in alike[:1]:
            more = f" (and {len(alike) - 1} more such)" if len(alike) > 1 else ""
            yield (
                f"{said_twice(list(twins.values()), {'text': text}).partition(', and count')[0]}, and count as "
                f"{counted(len(twins), 'passage')}, for what else they hold differs{more}; give each task a passage_id"
            )
