"""Progress, running agreement and warnings, put together, and as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from annotate.agreement import measure
from annotate.codebook.read import config_hash, read_codebook
from annotate.coordination.following.irregular import Warned, irregular
from annotate.coordination.following.outliers import far_from_others, too_fast
from annotate.coordination.following.progress import (
    AnnotatorProgress,
    DayProgress,
    Pace,
    SourceProgress,
    by_annotator,
    by_day,
    by_source,
    latest_of_each,
    median_seconds,
    whole_pace,
)
from annotate.coordination.following.work import Passage, Work, read_passages
from annotate.coordination.linking import LinkProgress, link_progress
from annotate.errors import AnnotateError
from annotate.frames import records
from annotate.sampling import Interval
from annotate.study.links import asks_for_links, is_pair
from annotate.study.people import annotator_id
from annotate.study.study import study_of_tasks

ALPHA = "krippendorff_alpha"
AGREEMENT_COLUMNS = (
    *("variable", "level", "value", "ci_low", "ci_high", "interval"),
    *("n_items", "n_pairable_items", "n_ratings", "n_annotators", "undefined"),
)


@dataclass(frozen=True)
class Followed:
    """How far a study is.

    A task is a passage, and one that comes a second time is counted again. ``complete`` ones have the
    ``overlap`` annotators that the project asks for; ``open`` is how many annotations lack until all have.
    ``done`` counts a passage once an annotator, skips in ``skipped``. ``annotations`` counts what stands
    in the project, doubles too. ``by_number[k]`` passages have k annotators.
    ``agreement`` has one row a variable, or none where ``agreement_undefined`` says why. ``links`` is there for a
    project in which pairs of passages are linked.
    """

    at: str
    overlap: int
    tasks: int
    complete: int
    annotations: int
    done: int
    open: int
    skipped: int
    by_number: tuple[int, ...]
    median_seconds: float | None
    pace: Pace
    annotators: tuple[AnnotatorProgress, ...]
    sources: tuple[SourceProgress, ...]
    days: tuple[DayProgress, ...]
    agreement: pd.DataFrame
    agreement_undefined: str | None
    warnings: tuple[Warned, ...]
    links: LinkProgress | None = None

    def as_json(self) -> dict[str, Any]:
        """The same as lists, objects, numbers and text; what is undefined is None."""
        fields = {name: value for name, value in vars(self).items() if name != "agreement"}
        simple = {
            name: _simple(value) for name, value in fields.items() if value is not None or name != "links"
        }
        return {**simple, "agreement": records(self.agreement)}


def _simple(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_simple(one) for one in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def follow(
    tasks: Sequence[Mapping[str, Any]],
    *,
    overlap: int,
    config: str,
    now: datetime,
    addresses: Mapping[int, str] | None = None,
    salt: str = "",
    interval: Interval = Interval(),
) -> Followed:
    """Say how far a study is, and what to look at.

    Parameters
    ----------
    tasks
        Label Studio's export, with the tasks that nobody has annotated.
    overlap
        How many annotators the project gives each task to.
    config
        The label config that the project has now.
    now
        The time of the export, with its zone.
    addresses
        The accounts' e-mail addresses by number, by which assignments are told; they are in ``annotators``
        of the result.
    salt
        Of the pseudonyms in the assignments.
    interval
        Of alpha, see :func:`annotate.agreement.measure`.

    Raises
    ------
    InputError
        If ``assigned`` in a task is not as ``annotate assign`` writes it.

    """
    known = addresses or {}
    passages = read_passages(tasks, overlap, known, salt)
    by_name = {annotator_id(number): email for number, email in known.items()}
    annotators = by_annotator(passages, by_name, now.date())
    agreement, undefined, apart, links = _measured(tasks, config, interval)
    numbers = [len(passage.done) for passage in passages]
    return Followed(
        at=now.isoformat(timespec="seconds"),
        overlap=overlap,
        tasks=len(passages),
        complete=sum(not passage.open for passage in passages),
        annotations=sum(not one.skipped for passage in passages for one in passage.work),
        done=sum(numbers),
        open=sum(passage.open for passage in passages),
        skipped=sum(len(passage.skipped) for passage in passages),
        by_number=tuple(numbers.count(k) for k in range(max([overlap, *numbers]) + 1)),
        median_seconds=median_seconds(one for p in passages for one in p.work if not one.skipped),
        pace=whole_pace(passages, annotators, now.date()),
        annotators=tuple(annotators),
        sources=tuple(by_source(passages)),
        days=tuple(by_day(passages)),
        agreement=agreement,
        agreement_undefined=undefined,
        warnings=(
            *apart,
            *too_fast(_own_work(passages)),
            *irregular(passages, config_hash(config), salted=bool(salt)),
        ),
        links=links,
    )


def _own_work(passages: Sequence[Passage]) -> dict[str, list[tuple[Passage, Work]]]:
    work: dict[str, list[tuple[Passage, Work]]] = {}
    for passage in passages:
        for one in passage.work:
            work.setdefault(one.annotator, []).append((passage, one))
    return {name: latest_of_each(own) for name, own in sorted(work.items())}


def _measured(
    tasks: Sequence[Mapping[str, Any]], config: str, interval: Interval
) -> tuple[pd.DataFrame, str | None, list[Warned], LinkProgress | None]:
    """Compute alpha of the first round by variable, and who is far from the others; or why there is no alpha.

    Where pairs are linked, also how far that is.
    """
    nothing = pd.DataFrame(columns=list(AGREEMENT_COLUMNS))
    try:
        codebook = read_codebook(config)
        study = study_of_tasks(tasks, codebook)
    except AnnotateError as error:  # progress is there all the same
        return nothing, str(error), [], None
    ratings, datas = study.first_round, [task["data"] for task in tasks]
    links = link_progress(datas, ratings) if asks_for_links(codebook) and all(map(is_pair, datas)) else None
    if ratings.empty:
        return nothing, "nothing was rated yet", [], links
    found = measure(ratings, scales=study.scales, coefficients=ALPHA, interval=interval)
    far = far_from_others(ratings, scales=study.scales)
    return found.loc[:, list(AGREEMENT_COLUMNS)], None, far, links


_COUNTS = ("passages", "complete", "annotations", "open", "skipped")
_COLUMNS = ("of", "name", *_COUNTS, "median_seconds", "expected_end")


def progress_frame(followed: Followed) -> pd.DataFrame:
    """All progress as one table: a row for each source, then for each annotator, then for each day."""
    rows = [{"of": "source", "name": one.source, **_cells(one)} for one in followed.sources]
    rows += [
        {"of": "annotator", "name": f"{one.annotator} {one.email or ''}".strip(), **_cells(one)}
        for one in followed.annotators
    ]
    rows += [{"of": "day", "name": one.day, **_cells(one)} for one in followed.days]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype(dict.fromkeys(_COUNTS, "Int64")).astype({"median_seconds": "float64"})


def _cells(one: object) -> dict[str, object]:
    cells = {**vars(one)}
    return {**cells, "annotations": cells["done"]}


def part_frame(part: Sequence[AnnotatorProgress | SourceProgress | DayProgress]) -> pd.DataFrame:
    """The annotators, the sources or the days as a table."""
    return pd.DataFrame([asdict(one) for one in part])


def agreement_frame(followed: Followed) -> pd.DataFrame:
    """The running agreement as :func:`annotate.present.study_tables.side_by_side` takes it."""
    return followed.agreement.assign(coefficient=ALPHA)
