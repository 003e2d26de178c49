"""Documents in, tasks out: the station ``annotate ingest``."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotate.corpus.folders import Failure, Failures, collect, words_for
from annotate.corpus.manifest import Entry, Manifest, Settled, read_manifest, settle, unclaimed
from annotate.corpus.readers import FORMATS, TEXT, read_documents
from annotate.corpus.readers.document import Document
from annotate.corpus.segment import FURNITURE, Unit, kinds_of, segment
from annotate.corpus.tasks import Task
from annotate.errors import InputError, counted, some

MOST_CONTEXT = 100  # units: so many passages hold a copy of each
_IN_WORDS = {"published": "date", "url": "address"}


@dataclass(frozen=True)
class Ingested:
    """The tasks and what a coordinator should know about how they came to be.

    ``files`` are those that were looked at, folders resolved. ``texts`` are the canonical texts by document id, which all offsets refer to. ``guessed`` counts the
    documents for each fact that was guessed, ``kinds`` the tasks of each kind, ``passed`` the files of folders
    that were passed over, by the reason, ``left_out`` the passages of each kind that were not wanted.
    """

    tasks: list[Task]
    documents: int
    sources: int
    notices: tuple[str, ...]
    failures: tuple[Failure, ...]
    files: tuple[Path, ...]
    texts: Mapping[str, str]
    guessed: Mapping[str, int]
    kinds: Mapping[str, int]
    passed: Mapping[str, int]
    left_out: Mapping[str, int]


def ingest(  # noqa: D417 - the manifest and the rest are described together
    files: Sequence[Path],
    *,
    config_sha256: str,
    source: str | None = None,
    manifest: Path | None = None,
    unit: Unit = "sentence",
    context: int = 2,
    text_column: str = TEXT,
    skip: Collection[str] = (),
    strict: bool = False,
    ignored: Sequence[Path] = (),
    language: str | None = None,
) -> Ingested:
    """Cut documents into passages and make a Label Studio task of each.

    Parameters
    ----------
    files
        Files with the endings in :data:`annotate.corpus.readers.FORMATS`, and folders of them.
    config_sha256
        The hash of the label config that the passages are meant for; it goes into every task.
    source, manifest
        Who published the documents: one name for all, or a table (see :func:`read_manifest`). The manifest wins
        over what a table of ready passages says, that over ``source``, and that over guesses (see
        :func:`settle`), which are named in the task's ``guessed``.
    context
        How many units before and after are shown with each passage, 100 at most.
    text_column
        The column that holds the passages, in tables of ready passages; these are not cut further.
    skip
        Leave out the passages of these kinds, but body. They stay in the text and in the context.
    strict
        Stop at the first file that cannot be used.
    ignored
        Files and folders within the folders that are not documents.
    language
        In which all documents are written (see :func:`annotate.corpus.segment.segment`); by default each tells it.

    Returns
    -------
    Ingested
        ``texts[document_id][start:end] == text`` holds for every task. The passage id depends on the
        document's text and the passage's place in it, not on names. A file that cannot be used is one of the
        ``failures``, and the others are done; it may be that none was left.

    Raises
    ------
    InputError
        On a manifest that cannot be used, a blank source, an unknown kind or language, no file at all; if ``strict``, on the first failure.

    """
    if source is not None and not source.strip():
        raise InputError("the source is blank; name who published the documents, or leave --source out")
    if not 0 <= context <= MOST_CONTEXT:
        raise InputError(f"a context of {context} units: it is between 0 and {MOST_CONTEXT}")
    for kind in skip:
        if kind not in FURNITURE:
            raise InputError(f"{kind!r} cannot be left out; what can are {', '.join(FURNITURE)}")
    rows = read_manifest(manifest) if manifest else None
    failures = Failures(strict)
    found = collect(files, failures, endings=FORMATS, ignored=(*ignored, *([manifest] if manifest else [])))
    entries = rows.entries(found.files) if rows else {}
    notices = list(words_for(found.passed))
    settled: dict[str, Settled] = {}
    for file in sorted(
        found.files, key=lambda file: file not in entries
    ):  # the manifest knows what is a document
        try:
            for new in _read(file, entries.get(file, Entry()), source, text_column):
                _check_identity(new, settled)
                settled[new.identity] = new
        except InputError as error:
            settled = {name: one for name, one in settled.items() if one.document.path != file}
            failures.add(file, error)
    places = {file: place for place, file in enumerate(found.files)}
    settled = dict(sorted(settled.items(), key=lambda known: places[known[1].document.path]))
    if rows:
        if rows.further:
            notices.append(f"{rows.path}: the columns {', '.join(rows.further)} are kept in the tasks")
        notices += _unnamed(rows, [file for file in found.files if file not in entries])
        notices += _unused(rows, list(entries.values()), failures)
    salts, same = _salts(list(settled.values()))
    notices += [*(notice for one in settled.values() for notice in one.document.notices), *same]
    tasks = [
        task
        for one, salt in zip(settled.values(), salts, strict=True)
        for task in _passages(one, unit, context, config_sha256, salt, language)
    ]
    kept = [task for task in tasks if task["data"]["kind"] not in skip]
    left_out = Counter(task["data"]["kind"] for task in tasks if task["data"]["kind"] in skip)
    guessed = Counter(fact for one in settled.values() for fact in one.guessed)
    notices += _counted(list(settled.values()), guessed, left_out)
    return Ingested(
        tasks=kept,
        documents=len(settled),
        sources=len({one.facts["source"] for one in settled.values()}),
        notices=tuple(notices),
        failures=tuple(failures.found),
        files=tuple(found.files),
        texts={name: one.document.text for name, one in settled.items()},
        guessed=guessed,
        kinds=Counter(task["data"]["kind"] for task in kept),
        passed={reason: len(paths) for reason, paths in found.passed.items()},
        left_out=left_out,
    )


def _read(file: Path, entry: Entry, source: str | None, text_column: str) -> list[Settled]:
    if entry.problem:
        raise InputError(entry.problem)
    documents = read_documents(file, text_column=text_column)
    if entry.document_id and len(documents) > 1:
        what = f"holds {counted(len(documents), 'document')}, and the manifest gives one document_id"
        raise InputError(f"{file}: {what}; leave it out, or split the file")
    return [settle(document, entry, source) for document in documents]


def _check_identity(new: Settled, settled: Mapping[str, Settled]) -> None:
    if other := settled.get(new.identity):
        path = new.document.path
        msg = f"{path}: has the document id {new.identity}, as has {other.document.path}; give each its own in a manifest"
        raise InputError(msg)


def _unnamed(manifest: Manifest, files: list[Path]) -> Iterator[str]:
    if files:
        names = some(map(str, files))
        yield f"{counted(len(files), 'file is', 'files are')} not in {manifest.path} ({names}); what they say of themselves stands for it"


def _unused(manifest: Manifest, used: list[Entry], failures: Failures) -> Iterator[str]:
    """Rows about none of the files: counted, and a failure if there is something wrong with them."""
    others = list(unclaimed(manifest, used))
    for entry in others:
        if entry.problem:
            failures.add(manifest.path, InputError(entry.problem))
    if names := [entry.name for entry in others if not entry.problem]:
        yield f"{manifest.path}: {counted(len(names), 'row is', 'rows are')} for files that are not among these ({some(names)})"


def _salts(settled: list[Settled]) -> tuple[list[str], list[str]]:
    """What tells the passages of documents with the very same text apart: nothing for the first of them."""
    first: dict[str, Settled] = {}
    salts, notices = [], []
    for one in settled:
        other = first.setdefault(one.document.sha256, one)
        salts.append("" if other is one else one.identity)
        if other is not one:
            paths = f"{one.document.path}: the same text as {other.document.path}"
            notices.append(f"{paths}, word for word; both are kept")
    return salts, notices


def _counted(
    settled: list[Settled], guessed: Mapping[str, int], left_out: Mapping[str, int]
) -> Iterator[str]:
    running = [one.document.running for one in settled if one.document.running]
    if running:
        yield f"left out: {sum(running)} running heads, feet and page numbers of {len(running)} PDF documents"
    around = [one.document.around for one in settled if one.document.around]
    if around:
        yield f"left out: {counted(sum(around), 'letter or digit', 'letters and digits')} around the articles of {counted(len(around), 'web page')}"
    for kind, count in left_out.items():
        yield f"left out: {count} {kind}"
    if guessed:
        facts = ", ".join(f"the {_IN_WORDS.get(fact, fact)} of {count}" for fact, count in guessed.items())
        yield f"guessed: {facts} of {counted(len(settled), 'document')}; a manifest says it for sure"


def _passages(
    one: Settled, unit: Unit, context: int, config_sha256: str, salt: str, language: str | None
) -> Iterator[Task]:
    document, text = one.document, one.document.text
    spans = list(document.pieces) if document.pieces else segment(text, unit, language)
    links = _links_of(document, spans)
    kinds = kinds_of(text, spans, title=one.facts.get("title"), headings=document.headings)
    for number, ((start, end), kind) in enumerate(zip(spans, kinds, strict=True)):
        first = spans[max(0, number - context)][0]
        last = spans[min(len(spans) - 1, number + context)][1]
        yield {
            "data": {
                "passage_id": passage_id(document.sha256, start, end, salt),
                "document_id": one.identity,
                **one.facts,
                **one.further,
                **(document.further[number] if document.further else {}),
                **({"guessed": list(one.guessed)} if one.guessed else {}),
                "text": text[start:end],
                "before": text[first:start].rstrip(),
                "after": text[end:last].lstrip(),
                "start": start,
                "end": end,
                "kind": kind,
                **({"links": " ".join(links[number])} if number in links else {}),
                **({"page": page} if (page := document.page_of(start)) else {}),
                "document_sha256": document.sha256,
                "config_sha256": config_sha256,
            }
        }


def _links_of(document: Document, spans: Sequence[tuple[int, int]]) -> dict[int, dict[str, None]]:
    """The addresses to which each passage links, by its number: where the words of a link first stand in the text."""
    found: dict[int, dict[str, None]] = {}
    starts = [start for start, _ in spans]
    for words, address in document.links:
        at = document.text.find(words)
        number = bisect_right(starts, at) - 1
        if at >= 0 and number >= 0 and at < spans[number][1]:
            found.setdefault(number, {})[address] = None
    return found


def passage_id(document_sha256: str, start: int, end: int, salt: str = "") -> str:
    """Name a passage by its document's text and its place: 16 hexadecimal digits.

    ``salt`` tells the passages of a second document with the very same text apart.
    """
    return hashlib.sha256(f"{document_sha256}:{start}:{end}:{salt}".encode()).hexdigest()[:16]
