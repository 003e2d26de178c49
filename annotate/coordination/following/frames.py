"""What was followed, as tables."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from annotate.coordination.following.follow import ALPHA, Followed
from annotate.coordination.following.progress import AnnotatorProgress, DayProgress, SourceProgress

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
    """The running agreement as :func:`annotate.present.tables.side_by_side` takes it."""
    return followed.agreement.assign(coefficient=ALPHA)
