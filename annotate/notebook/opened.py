"""A study with methods: each one line over the function that the command line calls."""

from dataclasses import dataclass, fields
from html import escape
from pathlib import Path
from typing import get_args

import pandas as pd

from annotate.codebook.read import load_codebook
from annotate.coordination.suggestion import unsuggested
from annotate.errors import InputError
from annotate.notebook.asked import path_of
from annotate.notebook.rated import By, RatedStudy
from annotate.notebook.told import ToldStudy
from annotate.present.wording import study_lines
from annotate.study.annotations import OnEdited
from annotate.study.study import OnInvalid, Study, read_study, study_of_ratings


@dataclass(frozen=True, repr=False)
class OpenStudy(RatedStudy, ToldStudy):
    """A study that answers questions.

    It is a :class:`~annotate.study.study.Study`, with its tables ``ratings``, ``spans``, ``comments``,
    ``passages`` and ``exclusions``. Every method computes from them anew; nothing is changed.

    Where a method takes ``level``, it is a level of measurement for all variables, such as ``"nominal"``, or one
    for each of some variables; by default the codebook says it. ``order`` gives the categories of a variable, in
    order, where the codebook does not. ``by`` is a column of the ratings, or several.
    """

    def __repr__(self) -> str:
        return "\n".join(study_lines(self))

    def _repr_html_(self) -> str:
        return "<br>".join(map(escape, study_lines(self)))

    def without_suggested(self) -> "OpenStudy":
        """Leave out what was coded with a suggested label in sight; it is counted among the exclusions."""
        return _opened(unsuggested(self))


def open_study(
    ratings: Path | str | pd.DataFrame,
    *,
    config: Path | str | None = None,
    on_invalid: OnInvalid = "error",
    on_edited: OnEdited = "keep",
    missing: By = (),
) -> OpenStudy:
    """Open a study: a snapshot, a Label Studio JSON export, or a table of ratings.

    Parameters
    ----------
    ratings
        A snapshot folder, a JSON export, or a table of ratings: a file (.csv, .parquet) or a data frame, with
        the columns item, source, annotator, variable and category.
    config, on_invalid, on_edited, missing
        See :func:`annotate.read_study`.

    Returns
    -------
    OpenStudy
        It prints what it holds and what was left out, and its methods compute what the commands do.

    Raises
    ------
    InputError, ExportError, ConfigError, TableError
        In one line: what, where, what to do.

    """
    for name, said, known in (
        ("on_invalid", on_invalid, get_args(OnInvalid)),
        ("on_edited", on_edited, get_args(OnEdited)),
    ):
        if said not in known:
            raise InputError(f"{name}: {said!r} is not known; there are {', '.join(known)}")
    label_config = None if config is None else path_of(config, "config")
    if isinstance(ratings, pd.DataFrame):
        codebook = None if label_config is None else load_codebook(label_config)
        found = study_of_ratings(ratings, codebook, "data frame", missing=missing)
    else:
        path = path_of(ratings, "open_study")
        found = read_study(
            path, config=label_config, on_invalid=on_invalid, on_edited=on_edited, missing=missing
        )
    return _opened(found)


def _opened(study: Study) -> OpenStudy:
    return OpenStudy(**{one.name: getattr(study, one.name) for one in fields(Study)})
