"""A snapshot: one pull of one project, in a folder that is written whole and never changed.

::

    exports/<project>-<time>/
        tasks.json            Label Studio's export: every task, annotated or not
        label_config.xml      the project's label config at that time
        manifest.json         server, project, config hash, counts, sha256 of each file, time
        ratings.parquet       the judgements
        spans.parquet         the marked text
        relations.parquet     the relations drawn between marked stretches, if there are any
        inside.parquet        the answers inside marked stretches, if there are any
        exclusions.csv        what is left out of the tables, and why
"""

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NotRequired

import psutil
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # pydantic takes typing's only from Python 3.12 on

from annotate.codebook.read import Codebook, config_hash, load_codebook, read_codebook
from annotate.errors import ExportError, InputError, counted, some
from annotate.files import read_json, read_text, settle, sha256_of
from annotate.frames import count_rows, write_frame
from annotate.study.exports import Tables, tabulate

MANIFEST = "manifest.json"
TASKS = "tasks.json"
CONFIG = "label_config.xml"
_ALWAYS = frozenset({TASKS, CONFIG, "ratings.parquet", "spans.parquet", "exclusions.csv"})
_SOMETIMES = frozenset({"relations.parquet", "inside.parquet"})
_DRAFT = ".draft-"
_ABANDONED_SECONDS = 3600.0
_Object = dict[str, Any]


@with_config(ConfigDict(extra="allow"))
class _Counts(TypedDict):
    tasks: int
    ratings: int
    spans: int
    exclusions: NotRequired[dict[str, int]]


@with_config(ConfigDict(extra="allow"))
class _Part(TypedDict):
    part: int
    server: NotRequired[_Object | None]
    project: NotRequired[_Object | None]


@with_config(ConfigDict(extra="allow"))
class _Manifest(TypedDict):
    """What is used of a manifest; what it says besides stays."""

    config_sha256: str
    counts: _Counts
    sha256: dict[str, str]
    server: NotRequired[_Object]
    project: NotRequired[_Object]
    annotators: NotRequired[list[_Object]]
    parts: NotRequired[list[_Part]]
    drafts_left_out: NotRequired[int]
    cautions: NotRequired[list[str]]


_SHAPE = TypeAdapter(_Manifest)


def write_snapshot(
    parent: Path, name: str, tasks: Sequence[Mapping[str, Any]], config: str, meta: Mapping[str, object]
) -> Path:
    """Write a snapshot beside its place and rename it there, so that no crash leaves half of one.

    Parameters
    ----------
    parent
        The folder of snapshots, such as ``exports/``.
    name
        The new folder's name; it must not exist yet.
    tasks, config
        The export and the label config.
    meta
        What the manifest says besides: server version, project, time.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    InputError
        If the place is taken or cannot be written to.
    ExportError, ConfigError
        If the export or the config cannot be read.

    """
    codebook = read_codebook(config)
    tables = tabulate(tasks, codebook)
    target = parent / name
    if target.exists():
        msg = f"{target}: exists already; a snapshot is never changed, pull again for a new one"
        raise InputError(msg)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _remove_old_drafts(parent)
        draft = Path(tempfile.mkdtemp(prefix=f"{_DRAFT}{_machine()}-{os.getpid()}-", dir=parent))
    except OSError as error:
        msg = f"{parent}: cannot be written to ({error.strerror})"
        raise InputError(msg) from error
    try:
        _fill(
            draft,
            tasks,
            config,
            tables,
            {**meta, "config_sha256": codebook.sha256, "cautions": [*tables.cautions]},
        )
        for written in (*sorted(draft.iterdir()), draft):
            settle(written)
        draft.chmod(0o755)
        draft.rename(target)
        settle(parent)
    except OSError as error:
        msg = f"{target}: cannot be written ({error.strerror})"
        raise InputError(msg) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _remove_old_drafts(parent: Path) -> None:
    """Remove what writers left that were killed.

    A draft is named after the machine and the process of its writer. Where another process has that number by now,
    or another machine shares the folder, what has not been touched for an hour goes: writing takes minutes at most.
    """
    for draft in parent.glob(f"{_DRAFT}*"):
        with contextlib.suppress(OSError):  # of another user, or gone meanwhile
            of = re.match(rf"{re.escape(_DRAFT)}{_machine()}-(\d+)-", draft.name)
            touched = max(path.stat().st_mtime for path in (draft, *draft.iterdir()))
            if (of and not psutil.pid_exists(int(of[1]))) or time.time() - touched > _ABANDONED_SECONDS:
                shutil.rmtree(draft)


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _fill(
    folder: Path,
    tasks: Sequence[Mapping[str, Any]],
    config: str,
    tables: Tables,
    meta: Mapping[str, object],
) -> None:
    text = json.dumps(list(tasks), ensure_ascii=False, indent=1)
    (folder / TASKS).write_bytes(text.encode("utf-8", errors="surrogatepass"))
    (folder / CONFIG).write_text(config, encoding="utf-8", newline="")
    write_frame(tables.ratings, folder / "ratings.parquet")
    write_frame(tables.spans, folder / "spans.parquet")
    # What few projects have is written where there is some: earlier snapshots stay as they are.
    few = {name: table for name in ("relations", "inside") if len(table := getattr(tables, name))}
    for name, table in few.items():
        write_frame(table, folder / f"{name}.parquet")
    write_frame(tables.exclusions, folder / "exclusions.csv")
    manifest = {
        **meta,
        "counts": {
            "tasks": len(tasks),
            "passages": len(tables.passages),
            "annotated_passages": int((tables.passages["n_annotations"] > 0).sum()),
            "ratings": len(tables.ratings),
            "spans": len(tables.spans),
            **{name: len(table) for name, table in few.items()},
            "exclusions": {
                str(reason): int(count)
                for reason, count in tables.exclusions["reason"].value_counts().items()
            },
        },
        "sha256": {path.name: sha256_of(path) for path in sorted(folder.iterdir())},
    }
    (folder / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


LATEST = "latest"
"""What stands for the newest snapshot."""


def known_snapshots(folder: Path = Path("exports")) -> list[tuple[Path, str]]:
    """List the snapshots below a folder with the title of their project, the newest first; nothing is checked."""
    found = []
    for manifest in folder.glob(f"*/{MANIFEST}"):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            said = json.loads(manifest.read_text(encoding="utf-8"))
            title = str((said.get("project") or {}).get("title") or "")
            found.append((str(said.get("pulled_at") or said.get("merged_at") or ""), manifest.parent, title))
    return [(path, title) for _, path, title in sorted(found, reverse=True)]


def named_snapshot(named: str, folder: Path = Path("exports")) -> Path:
    """Find what a person names: a path, ``latest``, or the title of a project, which is its newest snapshot.

    Anything else is taken for a path, which its reader refuses.
    """
    path = Path(named)
    if path.exists():
        return path
    known = known_snapshots(folder)
    of = [one for one, title in known if named == LATEST or title.casefold() == named.casefold()]
    return of[0] if of else path


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a snapshot's manifest and hold its files to it.

    Raises
    ------
    ExportError
        If the folder is not a snapshot, a file in it is not what was pulled or is not recorded, or the manifest
        contradicts them.

    """
    path = folder / MANIFEST
    if not path.is_file():
        msg = f"{folder}: not a snapshot, it has no {MANIFEST}; make one with annotate pull"
        raise ExportError(msg)
    said = read_json(path, remedy="pull the project again", error=ExportError)
    try:
        manifest = _SHAPE.validate_python(said, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "all of it"
        msg = f"{path}: not the manifest of a snapshot ({where}: {first['msg'][:1].lower()}{first['msg'][1:]}); pull the project again"
        raise ExportError(msg) from error
    _check_files(folder, manifest["sha256"])
    if config_hash(read_text(folder / CONFIG)) != manifest["config_sha256"]:
        msg = f"{path}: names another label config than {CONFIG} beside it; pull the project again"
        raise ExportError(msg)
    for name in ("ratings", "spans"):
        if (rows := count_rows(folder / f"{name}.parquet")) != manifest["counts"][name]:
            msg = f"{folder / name}.parquet: has {counted(rows, 'row')}, its manifest says {manifest['counts'][name]}; pull again"
            raise ExportError(msg)
    return {**manifest}


def about_snapshot(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """What is said of a snapshot, by its manifest."""
    about = {"read": str(folder), "kind": "snapshot of a Label Studio project"}
    about |= dict(_flat(manifest, ("project", "server", "pulled_at", "merged_at", "config_sha256")))
    about["sha256"] = str(dict(manifest["sha256"]).get(TASKS, ""))
    return about | {f"part {part['part']}": _told(part) for part in manifest.get("parts") or ()}


def _flat(manifest: Mapping[str, Any], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        value = manifest.get(name)
        if isinstance(value, Mapping):
            yield from ((f"{name} {key}", str(inner)) for key, inner in value.items())
        elif value is not None:
            yield name, str(value)


def _told(part: Mapping[str, Any]) -> str:
    """One of the exports that were merged, in a line."""
    server, pulled = dict(part.get("server") or {}).get("url"), part.get("pulled_at")
    more = [f"of {server}" if server else "", f"pulled at {pulled}" if pulled else ""]
    return ", ".join(filter(None, [str(part.get("name")), *more]))


def snapshot_codebook(folder: Path, config: Path | None) -> Codebook:
    """The codebook of a snapshot; another ``config`` is an :class:`InputError`, for it would be ignored."""
    codebook = load_codebook(folder / CONFIG)
    if config is not None and load_codebook(config).sha256 != codebook.sha256:
        raise InputError(
            f"{folder}: a snapshot is read with its own label config, and {config} is another; leave it out"
        )
    return codebook


def _check_files(folder: Path, recorded: Mapping[str, str]) -> None:
    """See that exactly the files of a snapshot are recorded, and that each is as it was pulled.

    A name that leads elsewhere is not followed, and nothing but a plain file is opened: a pipe would never end.
    """
    path = folder / MANIFEST
    if lacking := sorted(_ALWAYS - recorded.keys()):
        msg = (
            f"{path}: records no sha256 of {', '.join(lacking)}; it may hold anything, pull the project again"
        )
        raise ExportError(msg)
    if unknown := sorted(recorded.keys() - _ALWAYS - _SOMETIMES):
        msg = f"{path}: records {some(map(repr, unknown))}, which no snapshot has; pull the project again"
        raise ExportError(msg)
    if unrecorded := sorted(name for name in _SOMETIMES - recorded.keys() if (folder / name).exists()):
        msg = f"{path}: records no sha256 of {', '.join(unrecorded)}, which is there; pull the project again"
        raise ExportError(msg)
    for name, digest in recorded.items():
        if (folder / name).exists() and not (folder / name).is_file():
            msg = f"{folder / name}: is not a plain file; a snapshot is never edited, pull again"
            raise ExportError(msg)
        if sha256_of(folder / name) != digest:
            msg = f"{folder / name}: has been changed since it was pulled; a snapshot is never edited, pull again"
            raise ExportError(msg)
