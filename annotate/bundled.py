"""The files that travel with the package: the label config, the guidelines and the example corpus."""

from pathlib import Path

from annotate.errors import InputError

_PACKAGE = Path(__file__).resolve().parent
_IN_CHECKOUT = {"codebook.md": "docs/codebook.md"}


def path(name: str) -> Path:
    """Where a bundled file or folder lies.

    Parameters
    ----------
    name
        ``label_config.xml``, ``codebook.md`` or ``tasks`` (also a path below it).

    Raises
    ------
    InputError
        If the installation lacks it.

    """
    installed = _PACKAGE / "bundled" / name
    checkout = _PACKAGE.parent / _IN_CHECKOUT.get(name, name)
    for candidate in (installed, checkout):
        if candidate.exists():
            return candidate
    msg = f"{name}: not found beside the package in {_PACKAGE}; install annotate again"
    raise InputError(msg)
