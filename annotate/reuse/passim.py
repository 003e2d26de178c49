"""Pairs of reuse in the JSON of passim, out and in, so that either program can check the other.

passim (Smith, Cordell and Dillon 2013, Infectious texts, IEEE Big Data, pp. 86-94) reads documents as lines of
JSON (``id``, ``series``, ``text``) and writes, with ``--pairwise``, a line for each aligned stretch of two of
them in ``align.json``: ``id``, ``begin``, ``end`` (code points of the document), ``id2``, ``begin2``, ``end2``, and
``s1`` and ``s2``, the two texts with ``-`` where one has nothing. A hyphen of a text stands there as U+2010.
Without ``--pairwise`` it writes clusters in ``out.json``: a line for each stretch, with ``cluster``. Spark writes a
folder of files ``part-*`` under either name; all of these are read.
"""

import bz2
import gzip
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from annotate.errors import InputError
from annotate.files import read_bytes, whole
from annotate.reuse.find import COLUMNS, pair_table
from annotate.reuse.reading import Reader, Span
from annotate.reuse.stems import places

_GAP, _HYPHEN = "-", "\u2010"
_LEAST = 20  # characters that two passages must have in common of a stretch that runs over several
_PASSIM = "written for passim by this package, or by passim --pairwise"

Json = dict[str, Any]


def document_texts(passages: pd.DataFrame) -> dict[str, str]:
    """Put the text of each document together again, line breaks where nothing of it is known.

    Boilerplate is left out, as it is where reuse is looked for.
    """
    texts: dict[str, list[str]] = {}
    at: dict[str, int] = {}
    body = passages.loc[passages["kind"] != "boilerplate"].sort_values(["document", "start"], kind="stable")
    for document, start, text in zip(body["document"], body["start"], body["text"], strict=True):
        before = at.get(document, 0)
        if start < before:
            raise InputError(
                f"document {document}: two passages overlap at {start}, so its text cannot be put together; "
                "ingest the document again"
            )
        texts.setdefault(document, []).append("\n" * (int(start) - before) + text)
        at[document] = int(start) + len(text)
    return {document: "".join(parts) for document, parts in texts.items()}


def write_passim(folder: Path, passages: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """Write ``documents.json``, which passim reads, and ``align.json``, the pairs as passim writes them.

    ``pairs`` are those of :func:`annotate.reuse.reuse` of the passages. A line of ``align.json`` has besides
    ``item``, ``item2``, ``score``, ``shared_stems`` and ``kind``.

    Raises
    ------
    InputError
        If the folder cannot be written to, or passages of one document overlap.

    """
    texts = document_texts(passages)
    known = passages.drop_duplicates("document").set_index("document")
    uid = {document: number for number, document in enumerate(sorted(texts), start=1)}
    documents = [
        {"id": document, "series": known.loc[document, "source"], "text": text, **_dated(known, document)}
        for document, text in sorted(texts.items())
    ]
    aligned = [record for pair in pairs.to_dict("records") for record in _records(pair, texts, uid, known)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, records in (("documents.json", documents), ("align.json", aligned)):
            with whole(folder / name) as draft:
                lines = (json.dumps(record, ensure_ascii=False) for record in records)
                draft.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written to ({error.strerror})") from error


def _dated(known: pd.DataFrame, document: str, side: str = "") -> Json:
    date = known.loc[document, "published"]
    return {f"date{side}": date} if isinstance(date, str) else {}


def _records(
    pair: Mapping[Any, Any], texts: Mapping[str, str], uid: Mapping[str, int], known: pd.DataFrame
) -> Iterator[Json]:
    for span in pair["spans"]:
        record: Json = {}
        for name, side in (("a", ""), ("b", "2")):
            document = pair[f"{name}_document"]
            record |= {f"uid{side}": uid[document], f"id{side}": document}
            record |= {f"series{side}": known.loc[document, "source"], **_dated(known, document, side)}
            record |= {f"begin{side}": span[f"{name}_start"], f"end{side}": span[f"{name}_end"]}
            record[f"item{side}"] = pair[f"{name}_item"]
        one = texts[record["id"]][record["begin"] : record["end"]]
        other = texts[record["id2"]][record["begin2"] : record["end2"]]
        s1, s2 = _aligned(one, other)
        matches = sum(a == b for a, b in zip(s1, s2, strict=True))
        kept = {name: pair[name] for name in ("score", "shared_stems", "kind")}
        yield {**record, "s1": s1, "s2": s2, "matches": matches, **kept}


def _aligned(one: str, other: str) -> tuple[str, str]:
    """Write two texts below each other, with gaps."""
    one, other = one.replace(_GAP, _HYPHEN), other.replace(_GAP, _HYPHEN)
    s1 = s2 = ""
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    if len(one.casefold()) != len(one) or len(other.casefold()) != len(other):
        matcher = SequenceMatcher(None, one, other, autojunk=False)  # a letter that becomes two when folded
    for _, a, b, c, d in matcher.get_opcodes():
        size = max(b - a, d - c)
        s1, s2 = s1 + one[a:b].ljust(size, _GAP), s2 + other[c:d].ljust(size, _GAP)
    return s1, s2


def read_passim(path: Path, passages: pd.DataFrame) -> pd.DataFrame:
    """Read pairs that passim found in these documents, as the table of :func:`annotate.reuse.reuse`.

    Parameters
    ----------
    path
        ``align.json`` or ``out.json``, a file of JSON lines (also .gz, .bz2) or Spark's folder of them.
    passages
        Those of which ``documents.json`` was written.

    Returns
    -------
    DataFrame
        One row a pair of passages. A stretch that runs over several passages is one for each two of them
        that have 20 characters of it in common. ``score`` is that of a line that has one, and otherwise what
        share of the shorter passage passim aligned; the two are not the same measure.

    Raises
    ------
    InputError
        If a line is not passim's, or is of other documents or other texts.

    """
    table = passages.loc[passages["kind"] != "boilerplate"].sort_values(["document", "start"], kind="stable")
    table = table.reset_index(drop=True)
    texts = document_texts(table)
    starts: dict[str, tuple[list[int], list[int]]] = {}
    for row, (document, start) in enumerate(zip(table["document"], table["start"], strict=True)):
        of = starts.setdefault(document, ([], []))
        of[0].append(int(start))
        of[1].append(row)
    lengths = [len(text) for text in table["text"]]
    found: dict[tuple[int, int], list[tuple[Span, Span, Json]]] = {}
    for where, record in _pairs(path):
        _check(record, texts, where)
        for rows, spans in _split(record, texts, starts, lengths):
            turned = rows[0] > rows[1]
            key = (rows[1], rows[0]) if turned else rows
            found.setdefault(key, []).append((*(spans[::-1] if turned else spans), record))
    reader = Reader(table)
    made = []
    for (one, other), stretches in found.items():
        if reader.documents[one] == reader.documents[other]:
            continue
        stretches.sort(key=lambda of: -(of[0][1] - of[0][0]))
        words = [(_words(table, one, first), _words(table, other, second)) for first, second, _ in stretches]
        covered = sum(min(a[1] - a[0], b[1] - b[0]) for a, b, _ in stretches)
        record = stretches[0][2]
        score = record.get("score", min(covered / min(lengths[one], lengths[other]), 1.0))
        known = {"score": float(score), "shared_stems": int(record.get("shared_stems", 0)), "cut": False}
        made.append(reader.row(one, other, words) | known)
    return pair_table(made)


def _words(table: pd.DataFrame, passage: int, span: Span) -> Span:
    """The first and the last word, excluded, of a stretch given in code points of the passage."""
    inside = [
        n
        for n, (start, end) in enumerate(places(table["text"][passage]))
        if start < span[1] and end > span[0]
    ]
    return inside[0], inside[-1] + 1


def _pairs(path: Path) -> Iterator[tuple[str, Json]]:
    """Pairs of stretches, with the file and line they are from; of a cluster, all pairs of its members."""
    clusters: dict[object, list[tuple[str, Json]]] = {}
    for where, record in _lines(path):
        if "id2" in record:
            yield where, record
        elif "cluster" in record:
            clusters.setdefault(record["cluster"], []).append((where, record))
        else:
            raise InputError(
                f"{where}: neither a pair (id2) nor a member of a cluster; give what was {_PASSIM}"
            )
    for members in clusters.values():
        for (where, one), (_, other) in combinations(members, 2):
            if one.get("id") != other.get("id"):
                second = {f"{name}2": other.get(name) for name in ("id", "begin", "end")}
                yield where, {**{name: one.get(name) for name in ("id", "begin", "end")}, **second}


def _lines(path: Path) -> Iterator[tuple[str, Json]]:
    files = sorted(path.glob("part-*")) if path.is_dir() else [path]
    if not files:
        raise InputError(f"{path}: a folder without files part-*; give passim's align.json or out.json")
    for file in files:
        data = read_bytes(file)
        try:
            unpacked = {".gz": gzip.decompress, ".bz2": bz2.decompress}.get(file.suffix, bytes)(data)
            lines = unpacked.decode("utf-8").split("\n")
        except (OSError, EOFError, ValueError) as error:
            raise InputError(
                f"{file}: cannot be read ({error}); give passim's align.json or out.json"
            ) from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise InputError(f"{file}, line {number}: not JSON; give what was {_PASSIM}") from error
            if not isinstance(record, dict):
                raise InputError(f"{file}, line {number}: not a record; give what was {_PASSIM}")
            yield f"{file}, line {number}", record


def _check(record: Json, texts: Mapping[str, str], where: str) -> None:
    for side, aligned in (("", "s1"), ("2", "s2")):
        document, begin, end = (record.get(f"{name}{side}") for name in ("id", "begin", "end"))
        if not isinstance(document, str) or document not in texts:
            raise InputError(
                f"{where}: document {document!r} is not among these; give the tasks it was found in"
            )
        if type(begin) is not int or type(end) is not int or not 0 <= begin < end <= len(texts[document]):
            raise InputError(f"{where}: {begin!r} to {end!r} is not a place in document {document}")
        here = texts[document][begin:end].replace(_GAP, _HYPHEN)
        if aligned in record and str(record[aligned]).replace(_GAP, "") != here:
            raise InputError(
                f"{where}: document {document} has another text at {begin} to {end}; give the tasks it was found in"
            )


def _split(
    record: Json,
    texts: Mapping[str, str],
    starts: Mapping[str, tuple[list[int], list[int]]],
    lengths: list[int],
) -> Iterator[tuple[tuple[int, int], tuple[Span, Span]]]:
    """The rows of the passages that a pair of stretches touches, with its place in either."""
    ends = [(record[f"id{side}"], record[f"begin{side}"], record[f"end{side}"]) for side in ("", "2")]
    alone = [_passage(starts[document], begin) for document, begin, _ in ends]
    inside = [
        row is not None and end <= start + lengths[row]
        for (row, start), (_, _, end) in zip(alone, ends, strict=True)
    ]
    if all(inside):
        rows = alone[0][0], alone[1][0]
        spans = tuple((begin - at, end - at) for (_, at), (_, begin, end) in zip(alone, ends, strict=True))
        yield rows, (spans[0], spans[1])
        return
    one, other = (texts[document][begin:end] for document, begin, end in ends)
    s1, s2 = (record["s1"], record["s2"]) if "s1" in record and "s2" in record else _aligned(one, other)
    at = [ends[0][1], ends[1][1]]
    met: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for first, second in zip(s1, s2, strict=False):
        if _GAP not in (first, second) and first.casefold() == second.casefold() and not first.isspace():
            here = [
                _passage(starts[document], place) for (document, _, _), place in zip(ends, at, strict=True)
            ]
            met.setdefault((here[0][0], here[1][0]), []).append((at[0] - here[0][1], at[1] - here[1][1]))
        at = [at[0] + (first != _GAP), at[1] + (second != _GAP)]
    for rows, shared in met.items():
        if len(shared) >= _LEAST:
            (a, b), (c, d) = shared[0], shared[-1]
            yield rows, ((a, c + 1), (b, d + 1))


def _passage(starts: tuple[list[int], list[int]], place: int) -> tuple[int, int]:
    """The row of the passage that a place of a document is in, or behind, and where that begins."""
    number = max(bisect_right(starts[0], place) - 1, 0)
    return starts[1][number], starts[0][number]


def compare_pairs(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Put the pairs of two tables of reuse together, with who found each.

    Returns
    -------
    DataFrame
        The columns of :func:`annotate.reuse.reuse` (ours where both have a pair), ``found_by`` (both, annotate,
        passim) and ``their_score`` (NaN where only annotate has it).

    """
    keys = [
        [frozenset(pair) for pair in zip(table["a_item"], table["b_item"], strict=True)]
        for table in (ours, theirs)
    ]
    scores = dict(zip(keys[1], theirs["score"], strict=True))
    mine = ours.assign(
        found_by=["both" if key in scores else "annotate" for key in keys[0]],
        their_score=[scores.get(key, float("nan")) for key in keys[0]],
    )
    known = set(keys[0])
    rest = theirs.loc[[key not in known for key in keys[1]]]
    rest = rest.assign(found_by="passim", their_score=rest["score"], score=float("nan"))
    columns = [*COLUMNS, "found_by", "their_score"]
    return pd.DataFrame([*mine.to_dict("records"), *rest.to_dict("records")], columns=columns)
