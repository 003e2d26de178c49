"""Documents in, tasks out: the station ``annotate ingest``."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotate.corpus.manifest import Entry, entry_of, read_manifest, resolved_path
from annotate.corpus.readers import Document, read_document
from annotate.corpus.segment import Unit, segment
from annotate.corpus.tasks import Task
from annotate.errors import InputError


@dataclass(frozen=True)
class Ingested:
    """The tasks and what a coordinator should know about how they came to be."""

    tasks: list[Task]
    documents: int
    sources: int
    notices: tuple[str, ...]


def ingest(  # noqa: D417 - the manifest and the rest are described together
    files: Sequence[Path],
    *,
    config_sha256: str,
    source: str | None = None,
    manifest: Path | None = None,
    unit: Unit = "sentence",
    context: int = 2,
) -> Ingested:
    """Cut documents into passages and make a Label Studio task of each.

    Parameters
    ----------
    files
        ``.txt`` and ``.md`` files.
    config_sha256
        The hash of the label config that the passages are meant for; it goes into every task.
    source, manifest
        Who published the documents: one name for all, or a CSV (see :func:`read_manifest`). The
        file's stem where nobody says.
    context
        How many units before and after are shown with each passage.

    Returns
    -------
    Ingested
        ``document[start:end] == text`` holds for every task. The passage id depends on the
        document's text and the passage's place in it, not on names.

    Raises
    ------
    InputError
        On the first file that cannot be used; two files with one document id; a file given twice.

    """
    if source is not None and not source.strip():
        raise InputError("the source is blank; name who published the documents, or leave --source out")
    entries = read_manifest(manifest) if manifest else {}
    read = _read_all(files)
    notices: list[str] = []
    tasks: list[Task] = []
    taken: dict[str, Path] = {}
    texts: dict[str, Path] = {}
    for document in read:
        entry = entry_of(entries, document.path, manifest) if manifest else Entry()
        if entry is None:
            notices.append(f"{document.path}: not in {manifest}; its name stands for its source")
            entry = Entry()
        identity = entry.document_id or document.path.stem
        if identity in taken:
            msg = f"{document.path}: has the document id {identity}, as has {taken[identity]}; give each its own in a manifest"
            raise InputError(msg)
        taken[identity] = document.path
        salt = ""
        if document.sha256 in texts:
            salt = identity
            notices.append(
                f"{document.path}: the same text as {texts[document.sha256]}, word for word; both are kept"
            )
        texts.setdefault(document.sha256, document.path)
        known = {
            "document_id": identity,
            "source": entry.source or (source or document.path.stem).strip(),
            "title": entry.title or document.title,
            "published": entry.published,
            "url": entry.url,
        }
        _check_names(known, document.path)
        tasks.extend(_passages(document, known, unit, context, config_sha256, salt))
    sources = len({task["data"]["source"] for task in tasks})
    return Ingested(tasks, len(read), sources, tuple(notices))


def _read_all(files: Sequence[Path]) -> list[Document]:
    seen: set[Path] = set()
    for path in files:
        place = resolved_path(path)
        if place in seen:
            msg = f"{path}: given twice; name each file once"
            raise InputError(msg)
        seen.add(place)
    return [read_document(path) for path in files]


def _check_names(known: dict[str, str | None], path: Path) -> None:
    for key, value in known.items():
        try:
            (value or "").encode()
        except UnicodeEncodeError as error:
            msg = f"{path}: its {key} is no UTF-8 text; rename the file, or give the {key} in a manifest"
            raise InputError(msg) from error


def _passages(
    document: Document, known: dict[str, str | None], unit: Unit, context: int, config_sha256: str, salt: str
) -> Iterator[Task]:
    spans = segment(document.text, unit)
    text = document.text
    for number, (start, end) in enumerate(spans):
        first = spans[max(0, number - context)][0]
        last = spans[min(len(spans) - 1, number + context)][1]
        yield {
            "data": {
                "passage_id": passage_id(document.sha256, start, end, salt),
                **{key: value for key, value in known.items() if value is not None},
                "text": text[start:end],
                "before": text[first:start].rstrip(),
                "after": text[end:last].lstrip(),
                "start": start,
                "end": end,
                "document_sha256": document.sha256,
                "config_sha256": config_sha256,
            }
        }


def passage_id(document_sha256: str, start: int, end: int, salt: str = "") -> str:
    """Name a passage by its document's text and its place: 16 hexadecimal digits.

    ``salt`` tells the passages of a second document with the very same text apart.
    """
    return hashlib.sha256(f"{document_sha256}:{start}:{end}:{salt}".encode()).hexdigest()[:16]
