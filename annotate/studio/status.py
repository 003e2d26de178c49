"""How far a project is: by task, by annotator, by source."""

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from annotate.studio.accounts import people
from annotate.studio.client import Connection
from annotate.studio.export import Progress, export_tasks
from annotate.studio.projects import find_project


@dataclass(frozen=True)
class AnnotatorCount:
    """What one account has done in the project."""

    id: int
    email: str
    annotations: int
    skipped: int


@dataclass(frozen=True)
class SourceCount:
    """How far the passages of one source are; a ``complete`` one has as many annotations as the overlap."""

    source: str
    tasks: int
    annotations: int
    complete: int


@dataclass(frozen=True)
class StatusReport:
    """A project's progress.

    ``tasks_by_annotations[k]`` is the number of tasks with k annotations, for k from 0 to the overlap
    or the most there are. Skips are no annotations; they are counted in ``skipped``.
    """

    project_id: int
    title: str
    url: str
    overlap: int
    tasks: int
    complete: int
    annotations: int
    skipped: int
    tasks_by_annotations: tuple[int, ...]
    annotators: tuple[AnnotatorCount, ...]
    sources: tuple[SourceCount, ...]


def status(
    project: str | int, connection: Connection, *, on_progress: Progress | None = None
) -> StatusReport:
    """Count what has been done in a project, given by title or number.

    ``on_progress`` is called with how many tasks have come, and how many there are.

    Raises
    ------
    ServerError
        If there is no such project or the server refuses.

    """
    home = find_project(connection, project)
    by_count: Counter[int] = Counter()
    made: Counter[int] = Counter()
    skipped: Counter[int] = Counter()
    sources: dict[str, Counter[str]] = {}
    for task in export_tasks(connection, home.id, on_progress):
        done = [one["completed_by"] for one in task["annotations"] if not one["was_cancelled"]]
        made.update(done)
        skipped.update(one["completed_by"] for one in task["annotations"] if one["was_cancelled"])
        by_count[len(done)] += 1
        source = sources.setdefault(str(task["data"].get("source", "")), Counter())
        source.update(tasks=1, annotations=len(done), complete=int(len(done) >= home.overlap))
    addresses = people(connection)
    return StatusReport(
        project_id=home.id,
        title=home.title,
        url=home.url,
        overlap=home.overlap,
        tasks=by_count.total(),
        complete=sum(count for done, count in by_count.items() if done >= home.overlap),
        annotations=made.total(),
        skipped=skipped.total(),
        tasks_by_annotations=tuple(by_count[k] for k in range(max([home.overlap, *by_count]) + 1)),
        annotators=tuple(
            AnnotatorCount(person, addresses.get(person, ""), made[person], skipped[person])
            for person in sorted(made.keys() | skipped.keys())
        ),
        sources=tuple(
            SourceCount(name, counts["tasks"], counts["annotations"], counts["complete"])
            for name, counts in sorted(sources.items())
        ),
    )


def progress_frame(report: StatusReport) -> pd.DataFrame:
    """The report as one table: a row for each source, then one for each annotator."""
    rows = [
        {
            "of": "source",
            "name": one.source,
            "passages": one.tasks,
            "complete": one.complete,
            "annotations": one.annotations,
        }
        for one in report.sources
    ]
    rows += [
        {
            "of": "annotator",
            "name": f"A{one.id} {one.email}".strip(),
            "annotations": one.annotations,
            "skipped": one.skipped,
        }
        for one in report.annotators
    ]
    return pd.DataFrame(
        rows, columns=["of", "name", "passages", "complete", "annotations", "skipped"]
    ).astype(dict.fromkeys(("passages", "complete", "annotations", "skipped"), "Int64"))
