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

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.codebook.read import read_codebook
from annotate.errors import ExportError, InputError
from annotate.files import read_bytes, read_json
from annotate.frames import write_frame
from annotate.study.exports import Tables, tabulate

MANIFEST = "manifest.json"
TASKS = "tasks.json"
CONFIG = "label_config.xml"


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
        draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=parent))
    except OSError as error:
        msg = f"{parent}: cannot be written to ({error.strerror})"
        raise InputError(msg) from error
    try:
        _fill(draft, tasks, config, tables, {**meta, "config_sha256": codebook.sha256})
        draft.chmod(0o755)
        draft.rename(target)
    except OSError as error:
        msg = f"{target}: cannot be written ({error.strerror})"
        raise InputError(msg) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


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
        "sha256": {path.name: _sha256(path) for path in sorted(folder.iterdir())},
    }
    (folder / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a snapshot's manifest and hold its files to it.

    Raises
    ------
    ExportError
        If the folder is no snapshot, or a file in it is not what was pulled.

    """
    path = folder / MANIFEST
    if not path.is_file():
        msg = f"{folder}: no snapshot, it has no {MANIFEST}; make one with annotate pull"
        raise ExportError(msg)
    manifest = read_json(path, remedy="pull the project again", error=ExportError)
    try:
        recorded = dict(manifest["sha256"])
    except (KeyError, TypeError, ValueError) as error:
        msg = f"{path}: no manifest of a snapshot; pull the project again"
        raise ExportError(msg) from error
    for name, digest in recorded.items():
        if hashlib.sha256(read_bytes(folder / name)).hexdigest() != digest:
            msg = f"{folder / name}: has been changed since it was pulled; a snapshot is never edited, pull again"
            raise ExportError(msg)
    return dict(manifest)
