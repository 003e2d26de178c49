"""The tasks of an export as passages with their work: who has done, skipped, been assigned what, and when."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from annotate.coordination.assignment import annotator_key, earlier_key
from annotate.coordination.assignment.plan import people_of
from annotate.study.answers import is_number
from annotate.study.exported import NO_SOURCE
from annotate.study.people import annotator_id

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Work:
    """One annotation or skip.

    ``at`` is when it was submitted, ``seconds`` the time that it took, ``doubled`` how many marks stand in it
    that are there already, of the same words with the same label.
    """

    annotation: str
    annotator: str
    skipped: bool
    editor: str | None
    at: datetime | None
    seconds: float | None
    doubled: int = 0


@dataclass(frozen=True)
class Passage:
    """A task: a passage in one round.

    ``wanted`` is how many annotators it needs. ``assigned`` holds those to whom it is assigned; if it is empty,
    anyone may annotate it. ``characters`` is the length of its text. ``drafts`` holds those who have begun and
    not submitted.
    """

    item: str
    source: str
    characters: int
    wanted: int
    assigned: frozenset[str]
    work: tuple[Work, ...]
    drafts: tuple[str, ...]
    config_sha256: str | None

    @cached_property
    def done(self) -> frozenset[str]:
        """Who has annotated it."""
        return frozenset(one.annotator for one in self.work if not one.skipped)

    @cached_property
    def skipped(self) -> frozenset[str]:
        """Who has skipped it and not annotated it either."""
        return frozenset(one.annotator for one in self.work if one.skipped) - self.done

    @cached_property
    def open(self) -> int:
        """How many annotators it lacks."""
        return max(0, self.wanted - len(self.done))

    def open_to(self, annotator: str) -> bool:
        """Whether it lacks annotators and this one may still be one of them."""
        may = not self.assigned or annotator in self.assigned
        return bool(self.open) and may and annotator not in self.done | self.skipped


def read_passages(
    tasks: Sequence[Json], overlap: int, addresses: Mapping[int, str], salt: str = ""
) -> list[Passage]:
    """Read from an export who has done what, without looking at the answers.

    Parameters
    ----------
    tasks
        Label Studio's JSON, with every task, annotated or not.
    overlap
        How many annotators the project gives each task to; one that is assigned wants those it is
        assigned to.
    addresses
        The accounts' e-mail addresses by number: assignments and drafts name people by them. Whoever
        has no account yet goes by the pseudonym of the assignment.
    salt
        Of the pseudonyms.

    Raises
    ------
    InputError
        If ``assigned`` in a task is not as ``annotate assign`` writes it.

    """
    by_key = {
        key: annotator_id(number)
        for number, email in addresses.items()
        for key in (annotator_key(email, salt), earlier_key(email))
    }
    by_email = {email: annotator_id(number) for number, email in addresses.items()}
    return [_passage(task, overlap, by_key, by_email) for task in tasks]


def _passage(task: Json, overlap: int, by_key: Mapping[str, str], by_email: Mapping[str, str]) -> Passage:
    data = task["data"]
    assigned = frozenset(by_key.get(key, key) for key in people_of(data))
    return Passage(
        item=str(data.get("passage_id") or f"task {task.get('id')}"),
        source=str(data.get("source") or "").strip() or NO_SOURCE,
        characters=len(str(data.get("text") or "")),
        wanted=len(assigned) or overlap,
        assigned=assigned,
        work=tuple(_work(one) for one in task["annotations"]),
        drafts=tuple(
            _drafter(one, by_email) for one in task.get("drafts") or () if one.get("annotation") is None
        ),
        config_sha256=data.get("config_sha256"),
    )


def _work(annotation: Json) -> Work:
    editor, seconds = annotation.get("updated_by"), annotation.get("lead_time")
    return Work(
        annotation=str(annotation.get("id")),
        annotator=annotator_id(annotation.get("completed_by")),
        skipped=bool(annotation.get("was_cancelled")),
        editor=None if editor is None else annotator_id(editor),
        at=_moment(annotation.get("created_at")),
        seconds=float(seconds) if is_number(seconds) else None,
        doubled=_doubled(annotation.get("result")),
    )


def _doubled(result: object) -> int:
    """How many marks of an annotation are the same as one before."""
    marks = Counter(
        repr((one.get("from_name"), value.get("start"), value.get("end"), value.get("labels")))
        for one in (result if isinstance(result, list) else ())
        if isinstance(one, Mapping)
        and one.get("type") == "labels"
        and isinstance(value := one.get("value"), Mapping)
    )
    return sum(marks.values()) - len(marks)


def _drafter(draft: Json, by_email: Mapping[str, str]) -> str:
    user = draft.get("user")
    return by_email.get(user, "somebody") if isinstance(user, str) else annotator_id(user)


def _moment(said: object) -> datetime | None:
    """Read a time as UTC, also where it names no zone; None if it is not a time."""
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
