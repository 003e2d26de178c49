"""What is done and what is open, by annotator, source and day, and when the study ends at the pace of the last days."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from statistics import median

from annotate.coordination.following.work import Passage, Work
from annotate.errors import counted

DAYS = 7
_FURTHEST = 36_500  # days; an end after more than a century is not given


@dataclass(frozen=True)
class Pace:
    """How much was done in the last days, and on which day the rest will be done at this pace.

    ``end`` is an ISO date, or None if it is not known. ``basis`` says from what it was computed, or why there is
    none.
    """

    done: int
    days: int
    open: int
    per_day: float | None
    end: str | None
    basis: str

    def ending(self, end: str, basis: str) -> "Pace":
        """The same with another end."""
        return replace(self, end=end, basis=f"{self.basis}; {basis}")

    def without_end(self, reason: str) -> "Pace":
        """The same without an end."""
        return replace(self, end=None, basis=f"unknown: {reason}")


def pace(done_on: Iterable[date], open_: int, today: date) -> Pace:
    """Compute the pace from the annotations of the last seven days, or of all days since the first if these are fewer.

    Days without work count. Today counts too, although it is not over, so that the expected end is rather too
    late than too early.

    Parameters
    ----------
    done_on
        The day of each annotation.
    open_
        How many are lacking.
    today
        The day from which the end is computed.

    """
    all_days = [day for day in done_on if day <= today]
    first = max(min(all_days, default=today), today - timedelta(days=DAYS - 1))
    days = (today - first).days + 1
    done = sum(day >= first for day in all_days)
    if not open_:
        return Pace(done, days, 0, done / days, None, "nothing is open")
    if not done:
        reason = (
            f"unknown: nothing was done in the last {DAYS} days"
            if all_days
            else "unknown: nothing was done yet"
        )
        return Pace(0, days, open_, None, None, reason)
    per_day = done / days
    left = math.ceil(open_ / per_day)
    basis = (
        f"{open_} open, {done} done in the last {counted(days, 'day')}"
        if days > 1
        else f"{open_} open, {done} done today"
    )
    if left > _FURTHEST:
        return Pace(done, days, open_, per_day, None, f"unknown: {basis}, which would take a century")
    return Pace(done, days, open_, per_day, (today + timedelta(days=left)).isoformat(), basis)


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class AnnotatorProgress:
    """What one annotator has done.

    ``open`` counts the passages that lack annotators and that this one has neither done nor skipped. With an
    assignment, these are passages assigned to this annotator. Without one, others may take them first, so do not
    add up ``open`` over annotators. ``median_seconds`` is of the passages done; it is a median because a page left
    open over lunch distorts a mean.
    """

    annotator: str
    email: str | None
    done: int
    open: int
    skipped: int
    median_seconds: float | None
    last: str | None
    expected_end: str | None


@dataclass(frozen=True)
class SourceProgress:
    """Progress of one source. ``complete`` passages have all their annotators; ``open`` annotations are lacking."""

    source: str
    passages: int
    complete: int
    done: int
    open: int
    skipped: int
    median_seconds: float | None


@dataclass(frozen=True)
class DayProgress:
    """A day (UTC) on which there was work; ``open`` annotations were lacking at its end."""

    day: str
    done: int
    skipped: int
    open: int
    annotators: int


def by_annotator(
    passages: Sequence[Passage], addresses: Mapping[str, str], today: date
) -> list[AnnotatorProgress]:
    """Count by annotator, for all who have annotated or skipped something, or to whom something is assigned."""
    names = {one.annotator for passage in passages for one in passage.work}
    names = names.union(*(passage.assigned for passage in passages))
    return [_annotator(name, passages, addresses.get(name), today) for name in sorted(names, key=_natural)]


def _annotator(name: str, passages: Sequence[Passage], email: str | None, today: date) -> AnnotatorProgress:
    own = [(passage, one) for passage in passages for one in passage.work if one.annotator == name]
    made = latest_of_each(own)
    open_ = sum(passage.open_to(name) for passage in passages)
    moments = [one.at for _, one in own if one.at is not None]
    return AnnotatorProgress(
        annotator=name,
        email=email,
        done=len(made),
        open=open_,
        skipped=sum(name in passage.skipped for passage in passages),
        median_seconds=median_seconds(one for _, one in made),
        last=max(moments).isoformat(timespec="seconds") if moments else None,
        expected_end=pace((one.at.date() for _, one in made if one.at), open_, today).end,
    )


def latest_of_each(work: Iterable[tuple[Passage, Work]]) -> list[tuple[Passage, Work]]:
    """Keep the last annotation of each passage, and no skips: the work of one annotator."""
    last: dict[int, tuple[Passage, Work]] = {}
    for passage, one in work:
        _, known = last.get(id(passage), (passage, None))
        if not one.skipped and (known is None or (one.at or _LONG_AGO) >= (known.at or _LONG_AGO)):
            last[id(passage)] = (passage, one)
    return list(last.values())


def median_seconds(work: Iterable[Work]) -> float | None:
    """The median time, or None if nothing says how long it took."""
    seconds = [one.seconds for one in work if one.seconds is not None]
    return median(seconds) if seconds else None


def by_source(passages: Sequence[Passage]) -> list[SourceProgress]:
    """Count by source, by name."""
    groups: dict[str, list[Passage]] = {}
    for passage in passages:
        groups.setdefault(passage.source, []).append(passage)
    return [
        SourceProgress(
            source=source,
            passages=len(members),
            complete=sum(not passage.open for passage in members),
            done=sum(len(passage.done) for passage in members),
            open=sum(passage.open for passage in members),
            skipped=sum(len(passage.skipped) for passage in members),
            median_seconds=median_seconds(
                one for passage in members for one in passage.work if not one.skipped
            ),
        )
        for source, members in sorted(groups.items())
    ]


def by_day(passages: Sequence[Passage]) -> list[DayProgress]:
    """Count by day, oldest first. The first annotation of an annotator on a passage is what counts."""
    done: Counter[date] = Counter()
    skipped: Counter[date] = Counter()
    filled: Counter[date] = Counter()
    people: dict[date, set[str]] = {}
    for passage in passages:
        firsts = _firsts(passage)
        for place, (day, name) in enumerate(firsts):
            done[day] += 1
            filled[day] += place < passage.wanted
            people.setdefault(day, set()).add(name)
        for one in passage.work:
            if one.skipped and one.annotator in passage.skipped and one.at:
                skipped[one.at.date()] += 1
                people.setdefault(one.at.date(), set()).add(one.annotator)
    # what has no time was there from the beginning
    left = sum(passage.open for passage in passages) + filled.total()
    rows = []
    for day in sorted(people):
        left -= filled[day]
        rows.append(DayProgress(day.isoformat(), done[day], skipped[day], left, len(people[day])))
    return rows


def _firsts(passage: Passage) -> list[tuple[date, str]]:
    """When each annotator was first done with a passage, in that order."""
    moments: dict[str, date] = {}
    for one in passage.work:
        if not one.skipped and one.at is not None:
            moments[one.annotator] = min(moments.get(one.annotator, one.at.date()), one.at.date())
    return sorted((day, name) for name, day in moments.items())


def whole_pace(passages: Sequence[Passage], annotators: Sequence[AnnotatorProgress], today: date) -> Pace:
    """Compute the pace of all together. With an assignment, the study ends when the last annotator does."""
    days = (day for passage in passages for day, _ in _firsts(passage))
    found = pace(days, sum(passage.open for passage in passages), today)
    if found.end is None:
        return found
    if not any(one.open for one in annotators):
        return found.without_end("all who annotate are finished with what is open")
    if not any(passage.assigned for passage in passages):
        return found
    idle = [one.annotator for one in annotators if one.open and one.expected_end is None]
    if idle:
        return found.without_end(
            f"{', '.join(idle)} did nothing in these days and still {_have(idle)} passages"
        )
    ends = [one.expected_end for one in annotators if one.expected_end is not None]
    return (
        found.ending(max(ends), "by annotator, each at their own pace: the last of them") if ends else found
    )


def _have(names: Sequence[str]) -> str:
    return "have" if len(names) > 1 else "has"


def _natural(name: str) -> tuple[int, int, str]:
    """Sort A2 before A10, and accounts before pseudonyms."""
    number = name[1:]
    return (0, int(number), name) if number.isdecimal() else (1, 0, name)
