"""Questions that a label config repeats: each entry of the task's list is an item of its own.

The control ``stance_{{idx}}`` is one variable of that name. What stands in ``stance_0`` is its rating of the item
``p1/turns[0]``, whose text is that of the entry, and whose document is the task's. What the config asks once a task
stays with the task's own item.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.codebook.read import Codebook, SpanVariable, Variable
from annotate.codebook.repeats import Repeat, look_up
from annotate.study.exported import as_cell
from annotate.study.pages import shown_text

Row = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """A task as a whole, or one entry of a list in it: the item that it is, and the data that its controls show."""

    passage: Row
    data: Mapping[str, Any]
    repeat: Repeat | None = None
    number: int = 0


class Sections:
    """Splits tasks, and what was answered in them, by the Repeaters of a label config."""

    def __init__(self, codebook: Codebook) -> None:
        """Look which controls are repeated."""
        self._codebook = codebook
        controls: tuple[Variable | SpanVariable, ...] = (
            *codebook.variables,
            *codebook.region_variables,
            *codebook.span_variables,
        )
        self._repeated = codebook.repeated
        self._keys = {key for one in controls if one.repeat for key in (one.shows, one.offered_by) if key}
        self._asks_whole = not controls or any(one.repeat is None for one in controls)

    def of(self, passage: Row, data: Mapping[str, Any]) -> list[Section]:
        """The sections of a task, the task itself first."""
        whole = {**passage, "text": self._text(data, None)}
        if self._repeated:
            whole["document"] = passage["document"] or passage["item"]
        found = [Section(whole, data)]
        for repeat in dict.fromkeys(repeat for _, repeat in self._repeated):
            for number in repeat.numbers(data):
                own = {key: look_up(data, key.replace(repeat.flag, str(number))) for key in self._keys}
                row = {
                    **whole,
                    "item": f"{passage['item']}/{repeat.key}[{number}]",
                    "start": None,
                    "end": None,
                    "text": self._text({**data, **own}, repeat),
                }
                found.append(Section(row, {**data, **own}, repeat, number))
        return found

    def items(self, sections: Sequence[Section]) -> Iterator[Row]:
        """The passages that are judged: not the task where all its questions are repeated."""
        yield from (one.passage for one in sections if one.repeat or self._asks_whole)

    def _text(self, data: Mapping[str, Any], repeat: Repeat | None) -> str | None:
        text = shown_text(data, self._codebook, repeat)
        return text if text is not None or repeat else as_cell(data.get("text"))

    def split(
        self, annotation: Mapping[str, Any], sections: Sequence[Section]
    ) -> Iterator[tuple[Section, Mapping[str, Any]]]:
        """Give each section of a task its part of an annotation, with the names of controls as the config has them.

        What belongs to no section, such as an answer to an entry that is not there, stays with the task.
        """
        results = annotation.get("result") or []
        if not self._repeated:
            yield sections[0], annotation
            return
        own: dict[tuple[Repeat | None, int], list[object]] = {
            (one.repeat, one.number): [] for one in sections
        }
        where: dict[str, tuple[Repeat | None, int]] = {}
        for result in results:
            named, which = self._named(result)
            which = which if which in own else (None, 0)
            if isinstance(result, Mapping) and result.get("type") != "relation":
                where.setdefault(str(result.get("id")), which)
            if which != (None, 0):
                own[which].append({**dict(result), "from_name": named})
            elif not _is_relation(result):
                own[which].append(result)
        for result in results:
            if _is_relation(result):
                own[where.get(str(result.get("from_id")), (None, 0))].append(result)
        for section in sections:
            found = own[section.repeat, section.number]
            if found or section.repeat or self._asks_whole:
                yield section, {**annotation, "result": found}

    def _named(self, result: Any) -> tuple[str, tuple[Repeat | None, int]]:
        name = result.get("from_name") if isinstance(result, Mapping) else None
        if isinstance(name, str):
            for pattern, repeat in self._repeated:
                number = repeat.number_in(name, pattern)
                if number is not None:
                    return pattern, (repeat, number)
        return "", (None, 0)


def _is_relation(result: object) -> bool:
    return isinstance(result, Mapping) and result.get("type") == "relation"
