"""What is taken from annotators who leave, so that the next design gives it to others."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from annotate.coordination.assignment.annotator_list import annotator_key
from annotate.coordination.assignment.design import FIRST, SECOND
from annotate.coordination.assignment.tasks import is_repeat, passage_of

_WHO = ["item", "round", "annotator"]

Work = Collection[tuple[str, int, str]]
"""Passage, round and annotator."""


def work_in(tasks: Iterable[Mapping[str, Any]], addresses: Mapping[int, str]) -> Work:
    """Find who has annotated what; a passage that was only skipped is not done.

    Parameters
    ----------
    tasks
        Exported, with annotations.
    addresses
        The accounts: e-mail address by number.

    """
    return {
        (
            passage_of(task["data"]),
            SECOND if is_repeat(task["data"]) else FIRST,
            annotator_key(addresses[who]),
        )
        for task in tasks
        for one in task["annotations"]
        if (who := one.get("completed_by")) in addresses and not one.get("was_cancelled")
    }


def release(
    done: pd.DataFrame, items: Collection[str], stay: Collection[str], work: Work
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take what is not done from annotators who are not among those who ``stay``.

    Parameters
    ----------
    done
        The design so far, as :func:`annotate.coordination.assignment.read_plan` gives it.
    items
        The passages that can be given to others; those of other passages stay where they are.
    stay
        The annotators of the next design.
    work
        Who has done what. Nothing of it is ever taken.

    Returns
    -------
    (kept, taken)
        The two parts of ``done``. A second time that nobody else has stays: only who coded a passage can
        code it again.

    """
    which = pd.MultiIndex.from_frame(done[_WHO])
    free = ~done["annotator"].isin(list(stay)) & done["item"].isin(list(items)) & ~which.isin(list(work))
    left = (~free).groupby([done["item"], done["round"]]).transform("sum")
    free &= (done["round"] == FIRST) | (left > 0)
    return done.loc[~free].reset_index(drop=True), done.loc[free].reset_index(drop=True)
