"""The canonical texts on disk, so that anybody can check where an offset leads."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from annotate.corpus.manifest import resolved_path
from annotate.errors import InputError
from annotate.files import whole

_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST = 80  # characters of a file's name


def write_texts(texts: Mapping[str, str], folder: Path, *, sources: Sequence[Path] = ()) -> dict[str, Path]:
    r"""Write each text to ``folder/<document id>.txt``, in UTF-8 with ``\\n`` for line ends.

    An id that is no name for a file is written with ``_`` for what cannot stand there, and with the beginning of
    its sha256.

    Returns
    -------
    dict
        From document id to the file.

    Raises
    ------
    InputError
        If one of the files would be written over a file among ``sources``, or cannot be written.

    """
    paths = {identity: folder / f"{_name(identity)}.txt" for identity in texts}
    read = {resolved_path(source) for source in sources}
    for path in paths.values():
        if resolved_path(path) in read:
            raise InputError(f"{path}: would write over what is read; choose another folder for the texts")
    for identity, path in paths.items():
        with whole(path) as temporary:
            temporary.write_bytes(texts[identity].encode())
    return paths


def _name(identity: str) -> str:
    name = _UNSAFE.sub("_", identity).strip(".")[:_LONGEST]
    return name if name == identity else f"{name}-{sha256(identity.encode()).hexdigest()[:8]}"
