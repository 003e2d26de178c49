"""Who is who: accounts of several exports as the annotators of one study."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from annotate.errors import InputError
from annotate.frames import read_frame
from annotate.study.merging.parts import Part

COLUMNS = ("export", "annotator", "name")

Accounts = Mapping[tuple[int, str], str]
"""From the part's number and the annotator's name in it to the name in the merged study."""


def name_accounts(parts: Sequence[Part], mapping: Path | None) -> Accounts:
    """Give every account of every part a name of its own, but those that the table says are one person.

    Parameters
    ----------
    parts
        What is merged.
    mapping
        A table: ``export`` (the part's number, path or file name), ``annotator`` (``A3``), ``name``.

    Raises
    ------
    InputError
        If a row of the table names no part or nobody in it, or gives a name that is none or is taken.

    """
    said = _read(mapping, parts) if mapping else {}
    accounts = {
        (part.number, name): said.get((part.number, name), f"{name}@{part.number}")
        for part in parts
        for name in sorted(part.annotators)
    }
    given = set(said.values())
    for which, name in accounts.items():
        if which not in said and name in given:
            raise InputError(
                f"{mapping}: the name {name} is that of an account which is not listed; choose another"
            )
    return accounts


def _read(mapping: Path, parts: Sequence[Part]) -> dict[tuple[int, str], str]:
    frame = read_frame(mapping)
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise InputError(f"{mapping}: no column {', '.join(missing)}; it has {', '.join(COLUMNS)}")
    said: dict[tuple[int, str], str] = {}
    rows = frame.loc[:, list(COLUMNS)].astype("str").itertuples(index=False, name=None)
    for row, (export, annotator, name) in enumerate(rows, start=1):
        where = f"{mapping}: row {row}"
        part = _part(export.strip(), parts, where)
        account = annotator.strip() if annotator.strip().startswith("A") else f"A{annotator.strip()}"
        if account not in part.annotators:
            there = ", ".join(sorted(part.annotators)) or "nobody"
            raise InputError(f"{where}: {part.path} has no annotator {account}; it has {there}")
        if (part.number, account) in said:
            raise InputError(f"{where}: {account} of {part.path} is listed twice; keep one row")
        if not name.strip().startswith("A") or len(name.strip()) == 1:
            raise InputError(
                f"{where}: {name!r} is no name of an annotator; it begins with A, such as A1 or A-north"
            )
        said[part.number, account] = name.strip()
    return said


def _part(export: str, parts: Sequence[Part], where: str) -> Part:
    found = [part for part in parts if export in {str(part.number), str(part.path), part.path.name}]
    if len(found) != 1:
        named = ", ".join(f"{part.number} ({part.path})" for part in parts)
        which = "several exports" if found else "no export that is merged"
        raise InputError(f"{where}: {export!r} is {which}; write the number of one: {named}")
    return found[0]


def same_numbers(parts: Sequence[Part], accounts: Accounts) -> list[str]:
    """Say which accounts count as two people though they have one number on servers of one address."""
    met: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        for name in part.annotators if part.server else ():
            if accounts[part.number, name] == f"{name}@{part.number}":
                met.setdefault((str(part.server), name), []).append(part)
    return [
        f"{name} of parts {', '.join(str(part.number) for part in those)} count as {len(those)} people, though all are "
        f"account {name[1:]} of {server}; if it is one person, say so with --annotators"
        for (server, name), those in sorted(met.items())
        if len(those) > 1
    ]
