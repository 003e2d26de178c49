"""The exports that are merged: read, held against each other, and who is who in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook, SpanVariable, Variable, load_codebook
from annotate.errors import ExportError, InputError
from annotate.files import bundled, read_json, sha256_of
from annotate.frames import read_frame
from annotate.study.people import NOBODY, PERSONS, addresses_of, annotator_id, identified
from annotate.study.snapshot import CONFIG, TASKS, read_manifest
from annotate.study.study import OnInvalid, Study, read_study

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One of the exports that are merged, numbered from 1 in the order in which they were named.

    ``sha256`` is that of its file of tasks; ``manifest`` is empty for a JSON export.
    ``addresses`` has the e-mail address of each annotator whose address stands in it.
    """

    number: int
    path: Path
    sha256: str
    manifest: Json
    tasks: Sequence[Json] = field(repr=False)
    study: Study = field(repr=False)
    codebook: Codebook = field(repr=False)
    addresses: Mapping[str, str] = field(repr=False)

    @property
    def annotators(self) -> set[str]:
        """Whoever has annotated, skipped or edited something, by the names they have in it."""
        return {
            annotator_id(one[role])
            for task in self.tasks
            for one in task["annotations"]
            for role in PERSONS
            if one.get(role) is not None
        } - {NOBODY}

    @property
    def server(self) -> str | None:
        """The address of the server that it was pulled from, if it says so."""
        return dict(self.manifest.get("server") or {}).get("url")

    @property
    def title(self) -> str:
        """The project's title, or the file's name."""
        return str(dict(self.manifest.get("project") or {}).get("title") or self.path.stem)


def read_part(number: int, path: Path, config: Path | None, on_invalid: OnInvalid) -> Part:
    """Read a snapshot folder or a JSON export.

    Raises
    ------
    InputError, ExportError, ConfigError
        If it is neither, or is refused as :func:`annotate.study.study.read_study` refuses it.

    """
    if not path.is_dir() and path.suffix.lower() != ".json":
        missing = f"{path}: no such file"
        what = f"{path}: neither a snapshot folder nor a Label Studio JSON export; only these have passages to merge"
        raise InputError(what if path.exists() else missing)
    study = read_study(path, config=None if path.is_dir() else config, on_invalid=on_invalid)
    if "adjudicated" in set(study.exclusions["reason"]):
        raise InputError(
            f"{path}: an adjudicator's decisions, which are merged with nothing; give them to annotate consensus "
            "with --adjudicated"
        )
    manifest, tasks = (read_manifest(path), path / TASKS) if path.is_dir() else ({}, path)
    own_config = path / CONFIG if path.is_dir() else config or bundled("label_config.xml")
    sha256 = sha256_of(tasks)
    read = read_json(tasks, remedy="export the project again as JSON", error=ExportError)
    book = load_codebook(own_config)
    return Part(number, path, sha256, manifest, identified(read), study, book, addresses_of(read))


def require_distinct(parts: Sequence[Part]) -> None:
    """See that no annotation stands in two parts, as in two pulls of one project.

    Raises
    ------
    InputError
        If one does.

    """
    files: dict[str, Part] = {}
    annotations: dict[str, Part] = {}
    for part in parts:
        twin = files.setdefault(part.sha256, part)
        for task in part.tasks:
            for one in task["annotations"]:
                identity = one.get("unique_id")
                twin = annotations.setdefault(str(identity), part) if identity and twin is part else twin
        if twin is not part:
            raise InputError(
                f"{part.path}: holds annotations that {twin.path} holds too, as two pulls of one project do; "
                "give the newest of them"
            )


def require_one_config(parts: Sequence[Part]) -> None:
    """See that all parts have one label config.

    Raises
    ------
    ExportError
        Naming what differs.

    """
    first = parts[0]
    for part in parts[1:]:
        if part.codebook.sha256 != first.codebook.sha256:
            differing = ", ".join(_differing(first.codebook, part.codebook)) or "the layout only"
            raise ExportError(
                f"{part.path}: another label config than {first.path}, different in {differing}; annotators who saw "
                "other choices are not to be compared, or read all with the first: --on-config-change first"
            )


def _differing(one: Codebook, other: Codebook) -> Iterator[str]:
    """Name the variables, lists of labels and relations that are not the same in both."""
    here, there = _controls(one), _controls(other)
    yield from (name for name in dict.fromkeys([*here, *there]) if here.get(name) != there.get(name))
    if one.relations != other.relations:
        yield "relations"


def _controls(book: Codebook) -> dict[str, Variable | SpanVariable]:
    answered: list[Variable | SpanVariable] = [*book.variables, *book.region_variables, *book.span_variables]
    return {each.name: each for each in answered}


COLUMNS = ("export", "annotator", "name")

Accounts = Mapping[tuple[int, str], str]
"""From the part's number and the annotator's name in it to the name in the merged study."""


def name_accounts(parts: Sequence[Part], mapping: Path | None) -> Accounts:
    """Name every account of every part: those that are one person get one name.

    One account of one server is one person, unless two addresses say otherwise, as on two machines of their own that
    both call themselves localhost; so are accounts of one e-mail address. The table goes before both.

    Parameters
    ----------
    parts
        What is merged.
    mapping
        A table: ``export`` (the part's number, path or file name), ``annotator`` (``A3``), ``name``.

    Raises
    ------
    InputError
        If a row of the table names no part or nobody in it, or gives a name that is not valid or is taken.

    """
    said = _read(mapping, parts) if mapping else {}
    accounts: dict[tuple[int, str], str] = {}
    people: list[
        tuple[str, set[tuple[str, str]], str | None]
    ] = []  # the name, accounts by server, the address
    for part in parts:
        addresses = part.addresses
        for name in sorted(part.annotators):
            if (part.number, name) in said:
                accounts[part.number, name] = said[part.number, name]
                continue
            account, address = (part.server or f"part {part.number}", name), addresses.get(name)
            same = next((one for one in people if _is_one(one[1], one[2], account, address)), None)
            if same is None:
                people.append(same := (f"{name}@{part.number}", set(), address))
            same[1].add(account)
            accounts[part.number, name] = same[0]
    given = set(said.values())
    for which, name in accounts.items():
        if which not in said and name in given:
            raise InputError(
                f"{mapping}: the name {name} is that of an account which is not listed; choose another"
            )
    return accounts


def _is_one(
    accounts: set[tuple[str, str]], known: str | None, account: tuple[str, str], address: str | None
) -> bool:
    if known and address:
        return known == address
    return account in accounts


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
                f"{where}: {name!r} is not the name of an annotator; such a name begins with A, such as A1 or A-north"
            )
        said[part.number, account] = name.strip()
    return said


def _part(export: str, parts: Sequence[Part], where: str) -> Part:
    found = [part for part in parts if export in {str(part.number), str(part.path), part.path.name}]
    if len(found) != 1:
        named = ", ".join(f"{part.number} ({part.path})" for part in parts)
        which = "several exports" if found else "not an export that is merged"
        raise InputError(f"{where}: {export!r} is {which}; write the number of one: {named}")
    return found[0]


def taken_as_one(parts: Sequence[Part], accounts: Accounts) -> list[str]:
    """Say which accounts count as one person, and which of one number do not."""
    met: dict[str, list[tuple[Part, str]]] = {}
    for part in parts:
        for name in sorted(part.annotators):
            met.setdefault(accounts[part.number, name], []).append((part, name))
    told = []
    for person, those in sorted(met.items()):
        if len(those) > 1 and "@" in person:  # a name of the table is not told again
            named = ", ".join(f"{name} of part {part.number}" for part, name in those)
            told.append(
                f"{named} count as one person, {person}; if they are several, say so with --annotators"
            )
    return told


def accounts_table(accounts: Accounts) -> pd.DataFrame:
    """Who was taken for whom, as a table to correct: it is read as it is written, see :func:`name_accounts`.

    Addresses stay out of it. A name that a table gives begins with A and is no other account's.
    """
    rows = [(number, name, person.replace("@", "-")) for (number, name), person in sorted(accounts.items())]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(str)
