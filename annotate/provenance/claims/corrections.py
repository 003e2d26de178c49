"""The file with which a person corrects what coding left: claims joined, mentions split off, claims rejected or named."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from annotate.errors import InputError
from annotate.frames import read_frame

JOIN, SPLIT, REJECT, TITLE = ACTIONS = ("join", "split", "reject", "title")
COLUMNS = ("action", "item", "other", "title")


@dataclass(frozen=True)
class Corrections:
    """What a person says of claims, by the passages that make them.

    ``join``: the claims of two passages are one. ``split``: a passage leaves its claim. ``reject``: what the passage is in is no
    claim. ``titles``: what to call the claim of a passage.
    """

    join: tuple[tuple[str, str], ...] = ()
    split: frozenset[str] = frozenset()
    reject: frozenset[str] = frozenset()
    titles: tuple[tuple[str, str], ...] = ()


def read_corrections(path: Path, items: Collection[str]) -> Corrections:
    """Read a file of corrections (.csv, .parquet), one row each.

    Parameters
    ----------
    path
        With the columns action (join, split, reject or title), item (a passage), other (with which to join it) and
        title; those that no row needs may be missing.
    items
        The passages of the study.

    Raises
    ------
    InputError
        With the first row that says what cannot be done, or twice, or two that contradict each other.

    """
    table = read_frame(path)
    unknown = [str(column) for column in table.columns if column not in COLUMNS]
    if unknown or not {"action", "item"} <= set(table.columns):
        what = f"unknown column {', '.join(unknown)}" if unknown else "no column action or item"
        raise InputError(f"{path}: {what}; corrections have the columns {', '.join(COLUMNS)}")
    table = table.reindex(columns=list(COLUMNS)).astype(object)
    table = table.where(table.notna(), "").astype(str)
    rows = [tuple(cell.strip() for cell in row) for row in table.itertuples(index=False, name=None)]
    for number, (action, item, other, title) in enumerate(rows, start=2):
        if problem := _problem(action, item, other, title, items):
            raise InputError(f"{path}: row {number}: {problem}")
        if (action, item, other, title) in rows[: number - 2]:
            raise InputError(f"{path}: row {number} says what an earlier row says; take one of them out")
    titled = [item for action, item, _, _ in rows if action == TITLE]
    if twice := sorted({item for item in titled if titled.count(item) > 1}):
        raise InputError(f"{path}: {twice[0]} is given two titles; give one")
    joined = {side for action, item, other, _ in rows if action == JOIN for side in (item, other)}
    split, rejected = ({item for action, item, _, _ in rows if action == what} for what in (SPLIT, REJECT))
    for item, what in (
        *((item, "joined and rejected") for item in sorted(rejected & joined)),
        *((item, "given a title and rejected") for item in sorted(rejected & set(titled))),
        *((item, "split off and rejected") for item in sorted(rejected & split)),
        *(
            (item, "split off and given a title, but joined with no other")
            for item in sorted(split & set(titled) - joined)
        ),
    ):
        raise InputError(f"{path}: {item} is {what}, which contradict each other; take one of them out")
    return Corrections(
        tuple((item, other) for action, item, other, _ in rows if action == JOIN),
        frozenset(item for action, item, _, _ in rows if action == SPLIT),
        frozenset(item for action, item, _, _ in rows if action == REJECT),
        tuple((item, title) for action, item, _, title in rows if action == TITLE),
    )


def _problem(action: str, item: str, other: str, title: str, items: Collection[str]) -> str | None:
    if action not in ACTIONS:
        return f"the action {action!r} is not known; there are {', '.join(ACTIONS)}"
    for name in filter(None, (item or "(none)", other)):
        if name not in items:
            return f"passage {name} is not in this study; annotate claims --mentions lists them"
    if (action == JOIN) != bool(other):
        return (
            "join names another passage in the column other"
            if action == JOIN
            else f"{action} names one passage only; other is for join"
        )
    if item == other:
        return f"joins {item} with itself"
    if (action == TITLE) != bool(title):
        return (
            "title says nothing in the column title"
            if action == TITLE
            else f"{action} takes no title; write a row with the action title"
        )
    return None
