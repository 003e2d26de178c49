"""The coordinator's file of origins: what annotate wrote, with the columns origin and kind corrected."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from annotate.errors import InputError, some
from annotate.frames import read_frame
from annotate.provenance.origins._names import AUTHOR, COLUMNS, KINDS, Origins, name_of

NEEDED = ("name", "origin", "kind")


def read_origins(path: Path, found: Origins) -> Origins:
    """Read a coordinator's file on top of the names that were found.

    Parameters
    ----------
    path
        A table (.csv, .parquet) with the columns name, origin and kind, and none that ``annotate origins`` does
        not write. An empty ``origin`` is the name itself.
    found
        Of :func:`origins_of`, of the study that the file is for.

    Returns
    -------
    Origins
        The names of ``found`` with the file's ``origin`` and ``kind``; ``unread`` are those that it does not have, ``unmarked``
        those that only it has.

    Raises
    ------
    InputError
        If a column is missing or unknown, a name stands twice, a kind is unknown, an origin has two kinds, or merges
        lead back to where they began.

    """
    table = read_frame(path)
    unknown = [str(column) for column in table.columns if column not in COLUMNS]
    missing = [column for column in NEEDED if column not in table.columns]
    if unknown or missing:
        what = f"unknown column {', '.join(unknown)}" if unknown else f"no column {', '.join(missing)}"
        raise InputError(
            f"{path}: {what}; it has the columns {', '.join(COLUMNS)}, of which {', '.join(NEEDED)} are needed"
        )
    cells = {column: [str(cell).strip() for cell in table[column].fillna("")] for column in NEEDED}
    table = table.assign(**cells)
    table["kind"] = [kind.lower() for kind in table["kind"]]
    table = table.assign(name=[name_of(name) for name in table["name"]])
    table["origin"] = [
        name_of(origin) or name for name, origin in zip(table["name"], table["origin"], strict=True)
    ]
    _check(table, path)
    stands_for = dict(zip(table["name"], table["origin"], strict=True))
    marked, meant = (
        set(found.table["name"]),
        {origin for name, origin in stands_for.items() if name != origin},
    )
    table["origin"] = [_last(origin, stands_for) for origin in table["origin"]]
    _check_kinds(table, found.sources, path)
    told, kinds = table.set_index("name"), dict(zip(table["origin"], table["kind"], strict=True))
    merged = found.table.copy()
    there = {source.casefold(): source for source in found.sources}
    read = [
        told["origin"].get(name, before)
        for name, before in zip(merged["name"], merged["origin"], strict=True)
    ]
    merged["kind"] = [
        told["kind"].get(name, kinds.get(origin, before))
        for name, origin, before in zip(merged["name"], read, merged["kind"], strict=True)
    ]
    merged["origin"] = pd.Series([there.get(origin.casefold(), origin) for origin in read], dtype=object)
    unread = tuple(name for name in merged["name"] if name not in told.index)
    unmarked = tuple(name for name in table["name"] if name not in marked | meant)
    return Origins(merged, found.sources, unread, unmarked)


def _check(table: pd.DataFrame, path: Path) -> None:
    if (table["name"] == "").any():
        raise InputError(
            f"{path}: row {int((table['name'] == '').to_numpy().argmax()) + 2} has no name; write one, or take the row out"
        )
    twice = [name for name, count in Counter(table["name"]).items() if count > 1]
    if twice:
        raise InputError(
            f"{path}: {some(map(repr, twice))} stands twice; one row says what a name stands for"
        )
    wrong = table.loc[~table["kind"].isin(KINDS)]
    if len(wrong):
        row = wrong.iloc[0]
        raise InputError(
            f"{path}: {row['name']!r} has the kind {row['kind']!r}; there are {', '.join(KINDS)}"
        )
    _refuse_circles(dict(zip(table["name"], table["origin"], strict=True)), path)


def _check_kinds(table: pd.DataFrame, sources: Sequence[str], path: Path) -> None:
    """One origin is of one kind; what is a source of the corpus is that, whatever kind it has."""
    names = {source.casefold() for source in sources}
    is_source = pd.Series([origin.casefold() in names for origin in table["origin"]], table.index, dtype=bool)
    for origin, kinds in table.loc[~is_source & (table["kind"] != AUTHOR)].groupby("origin")["kind"]:
        if len(set(kinds)) > 1:
            raise InputError(
                f"{path}: the origin {origin!r} has the kinds {' and '.join(sorted(set(kinds)))}; give all its names one"
            )


def _last(origin: str, stands_for: Mapping[str, str]) -> str:
    """The end of the way from name to name; there are no circles."""
    while (further := stands_for.get(origin, origin)) != origin:
        origin = further
    return origin


def _refuse_circles(origin: dict[str, str], path: Path) -> None:
    """A name may stand for another, and this for a third, but not for one on the way."""
    for name in origin:
        way = [name]
        while (further := origin.get(way[-1], way[-1])) not in way:
            way.append(further)
        if further != way[-1]:
            circle = [*way[way.index(further) :], further]
            raise InputError(
                f"{path}: {' stands for '.join(map(repr, circle))}; merges must not lead back: give one name to all of them"
            )
