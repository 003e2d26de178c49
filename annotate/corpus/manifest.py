"""What the coordinator says of each file, which wins over what a table, the command line and guesses say."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotate.corpus.dates import check_date, date_in_address, read_published
from annotate.corpus.folders import resolved_path
from annotate.corpus.readers import FACTS, Document
from annotate.corpus.readers.document import TAKEN, host_of
from annotate.corpus.readers.tables import Row, read_table
from annotate.errors import InputError, some

COLUMNS = ("file", "source", "title", "author", "published", "url", "document_id")


@dataclass(frozen=True)
class Entry:
    """One row: empty cells are None. ``further`` holds what it says beyond; ``problem``, why it cannot be used."""

    name: str = ""
    source: str | None = None
    title: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    document_id: str | None = None
    further: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True)
class Manifest:
    """The rows by the place of the file that each is about, and the columns beyond :data:`COLUMNS`."""

    path: Path
    further: tuple[str, ...] = ()
    places: dict[Path, Entry] = field(default_factory=dict)

    def entries(self, files: Sequence[Path]) -> dict[Path, Entry]:
        """Find what is said of each file: by its path from the manifest's folder, or else by its name.

        A file is known by its name only if no file of that name stands where the row says, so that a
        row is never taken for that of another file. Of several files with that name none is meant. A file
        with a row by its path and another by its name cannot be used.
        """
        found = {file: self.places[place] for file in files if (place := resolved_path(file)) in self.places}
        homeless = {entry.name: entry for place, entry in self.places.items() if not place.exists()}
        by_name: dict[str, list[Path]] = defaultdict(list)
        for file in files:
            if file not in found and file.name in homeless:
                by_name[file.name].append(file)
        for name, named in by_name.items():
            problem = f"{self.path}: {name} may be {some(map(str, named))}; write its path from the manifest's folder"
            entry = homeless[name] if len(named) == 1 else Entry(name, problem=problem)
            found |= dict.fromkeys(named, entry)
        return found | dict(self._twice(found, homeless.keys() - by_name))

    def _twice(self, found: Mapping[Path, Entry], names: Collection[str]) -> Iterator[tuple[Path, Entry]]:
        """The files that are found by their path, though a row has nothing but their name."""
        for file, entry in found.items():
            if file.name in names:
                said = f"{self.path}: {file} stands here twice, as {file.name} and as {entry.name}"
                yield file, Entry(entry.name, problem=f"{said}; keep one row a file")


def read_manifest(path: Path) -> Manifest:
    """Read a table with the column ``file`` and any of source, title, author, published, url, document_id, and others.

    ``file`` is a file's name, or a path relative to the manifest's folder. A row whose date is not a date,
    and rows for one file, hold a ``problem``: only that file cannot be read.

    Raises
    ------
    InputError
        If there is no column file, or one that tasks have already, or a row names no file.

    """
    table = read_table(path)
    further = tuple(column for column in table.columns if column not in COLUMNS)
    taken = [column for column in further if column.casefold() in TAKEN]
    if "file" not in table.columns or taken:
        what = (
            f"the column {', '.join(taken)} is one that every task has; rename it"
            if taken
            else "no column file"
        )
        raise InputError(f"{path}: {what}; a manifest has {', '.join(COLUMNS)}, and only file is required")
    lines: dict[Path, int] = {}
    manifest = Manifest(path, further)
    for row in table.rows:
        entry = _entry(path, row)
        place = resolved_path(path.parent / entry.name)
        if place in lines:
            said = (
                f"{path}: line {row.line}: {entry.name} stands here a second time, after line {lines[place]}"
            )
            entry = Entry(entry.name, problem=f"{said}; keep one row a file")
        lines.setdefault(place, row.line)
        manifest.places[place] = entry
    return manifest


def _entry(path: Path, row: Row) -> Entry:
    cells: dict[str, str | None] = {name: cell.strip() for name, cell in row.cells.items()}
    name = cells.pop("file", None)
    if name is None:
        raise InputError(f"{path}: line {row.line} names no file")
    further = {column: str(cells.pop(column)) for column in list(cells) if column not in COLUMNS}
    try:
        cells["published"] = check_date(cells.get("published"), f"{path}: line {row.line}")
    except InputError as error:
        return Entry(name, problem=str(error))
    return Entry(name, **cells, further=further)


def unclaimed(manifest: Manifest, claimed: Sequence[Entry]) -> Iterator[Entry]:
    """The rows that are about none of the files, nor part of what keeps one from being used."""
    taken = {entry.name for entry in claimed}
    taken |= {Path(entry.name).name for entry in claimed if entry.problem}
    return (entry for entry in manifest.places.values() if entry.name not in taken)


@dataclass(frozen=True)
class Settled:
    """A document, its id, the facts that are known of it, and the names of those that are guessed."""

    document: Document
    identity: str
    facts: dict[str, str]
    guessed: tuple[str, ...]
    further: Mapping[str, str] = field(default_factory=dict)


def settle(document: Document, entry: Entry, source: str | None) -> Settled:
    """Settle what is known of a document: the manifest wins, then the table, then the command line.

    A fact that nobody states is guessed: source, title, author, date and address from the file's
    metadata; the date also from a day in the address; the source also from the address, or the file's stem.

    Raises
    ------
    InputError
        If a fact is not UTF-8, as the name of a file may be.

    """
    stated = {fact: getattr(entry, fact) or document.said.get(fact) for fact in FACTS}
    stated["source"] = stated["source"] or (source.strip() if source else None)
    guesses = _guesses(document, stated["url"])
    facts = {fact: value for fact in FACTS if (value := stated[fact] or guesses.get(fact))}
    identity = entry.document_id or document.label or document.path.stem
    for name, value in {"document_id": identity, **facts}.items():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            path = document.path
            msg = f"{path}: its {name} is not UTF-8 text; rename the file, or give the {name} in a manifest"
            raise InputError(msg) from error
    return Settled(
        document, identity, facts, tuple(fact for fact in facts if not stated[fact]), entry.further
    )


def _guesses(document: Document, url: str | None) -> dict[str, str | None]:
    found: dict[str, str | None] = dict(document.guessed)
    url = url or found.get("url")
    if not read_published(found.get("published")):
        found["published"] = date_in_address(url)
    found["source"] = found.get("source") or host_of(url) or " ".join(document.path.stem.split())
    return found
