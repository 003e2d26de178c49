"""What a person may write for an argument: each is read, or refused in one line."""

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import cast, get_args

import pandas as pd

from annotate.codebook.matrices import Matrix, matrix_of
from annotate.codebook.scale import Level, Measure
from annotate.errors import InputError, StatisticsError
from annotate.sampling import Interval

By = str | Sequence[str]
"""A name, or several."""


def path_of(value: object, what: str = "path") -> Path:
    """A path."""
    if not isinstance(value, str | Path):
        raise InputError(
            f"{what}: {_shown(value)} ({type(value).__name__}) is not a path; give a string or a pathlib.Path"
        )
    return Path(value)


def _shown(value: object) -> str:
    """A value in a message of one line: a series or a frame would print as several."""
    return " ".join(repr(value).split())[:60]


def flag(what: str, value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise StatisticsError(f"{what}: {_shown(value)} is neither True nor False")
    return value


def columns(by: object) -> tuple[str, ...]:
    """The columns to group by: one name, or several."""
    return names("by", by)


def names(what: str, value: object) -> tuple[str, ...]:
    """One name, or several."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Sequence) and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise StatisticsError(f"{what}: {_shown(value)} is neither a name nor a list of names")


def whole(what: str, value: object, least: int = 0) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise StatisticsError(f"{what}: {_shown(value)} is not a whole number of {least} or more")
    return int(value)


def number(what: str, value: object) -> float:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise StatisticsError(f"{what}: {_shown(value)} is not a number")
    return float(value)


def interval_of(
    kind: str = "percentile",
    replicates: object = 1000,
    confidence: object = 0.95,
    seed: object = 0,
    cluster: object = "auto",
    resample: str = "items",
    below: object = (),
) -> Interval:
    """How sure one wants to be."""
    if cluster is not None and not (isinstance(cluster, str) and cluster):
        raise StatisticsError(
            f"cluster: {_shown(cluster)} is neither the name of a column nor None for items"
        )
    return Interval(
        kind,
        whole("replicates", replicates),
        number("confidence", confidence),
        whole("seed", seed),
        cluster,
        resample,
        tuple(number("below", one) for one in (below if isinstance(below, Sequence) else [below])),
    )


def measures(what: str, value: object) -> "Measure | dict[str, Measure]":
    """What variables are measured with: a name or a frame for all, or a mapping of some."""
    if isinstance(value, Mapping):
        return {str(name): _measure(what, one) for name, one in value.items()}
    return _measure(what, value)


def _measure(what: str, value: object) -> Measure:
    if isinstance(value, pd.DataFrame):
        return matrix_of(value)
    if value is None or isinstance(value, str | Matrix):
        return value
    raise StatisticsError(
        f"{what}: {_shown(value)} is neither a name nor a frame of categories by categories"
    )


def level_of(value: object) -> Level:
    """A level of measurement."""
    for known in get_args(Level):
        if value == known:
            return cast("Level", known)
    raise StatisticsError(f"level: {_shown(value)} is not known; there are {', '.join(get_args(Level))}")
