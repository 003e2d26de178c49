"""Learn from what is decided, measure how well, and order what waits."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from annotate.coordination.suggestion.classifier import SETTINGS
from annotate.coordination.suggestion.examples import Examples, examples
from annotate.coordination.suggestion.held_out import held_out
from annotate.coordination.suggestion.marked import PREFIX
from annotate.coordination.suggestion.quality import frame, quality
from annotate.coordination.suggestion.waiting import ordered, told
from annotate.errors import InputError

if TYPE_CHECKING:
    from annotate.codebook.read import Level

_DIGITS = 12


@dataclass(frozen=True, eq=False)
class Suggestions:
    """What was learnt: the quality of each variable, and the passages that wait, in order.

    ``version`` names the model by what it was made from, and ``copies`` counts, by variable, the times that
    a passage was not learnt from because it copies one that was held out.
    """

    quality: pd.DataFrame
    queue: pd.DataFrame
    version: str
    copies: Mapping[str, int]


def suggest(
    passages: pd.DataFrame,
    decided: pd.DataFrame,
    waiting: Collection[str],
    *,
    level: Mapping[str, "Level"],
    categories: Mapping[str, Sequence[str]] | None = None,
    variables: Sequence[str] | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Suggestions:
    """Train a classifier for each variable on decided labels and apply it to the passages that wait.

    Parameters
    ----------
    passages
        ``item``, ``document`` and ``text``.
    decided
        ``item``, ``variable``, ``category``; None is a tie, which is not learnt from. One row an item and
        variable.
    waiting
        Items of ``passages`` to be ordered.
    level, categories
        Of each variable; see :class:`annotate.study.study.Study`. Nominal and ordinal ones are learnt.
    variables
        Only these (default: all).
    confidence
        Of the intervals of quality.
    seed
        Of the parts in which documents are held out: the same seed gives the same figures.

    Returns
    -------
    Suggestions
        ``quality`` as :func:`annotate.coordination.suggestion.quality.quality` and ``queue`` as
        :func:`annotate.coordination.suggestion.waiting.ordered` make them. A variable with too few labels has one row
        of quality that says so, and none in the queue.

    Raises
    ------
    InputError
        If one of ``variables`` is not there, or an item is decided twice on a variable.

    """
    _check(decided, level, variables)
    found = list(examples(passages, decided, level=level, categories=categories or {}, variables=variables))
    wanted = passages.loc[passages["item"].isin(set(waiting))].drop_duplicates("item")
    texts = list(map(str, wanted["text"]))
    rows, learnt, copies = [], [], {}
    for one in found:
        tested = None if one.undefined else held_out(one, seed)
        rows.append(quality(one, tested, confidence))
        if tested is not None:
            copies[one.variable] = tested.copies
            learnt.append((one, told(one, texts)))
    return Suggestions(
        quality=pd.concat(rows, ignore_index=True) if rows else frame([]),
        queue=ordered(wanted, learnt),
        version=version([one for one, _ in learnt]),
        copies=copies,
    )


def version(learnt: Sequence[Examples]) -> str:
    """Name a model by the settings and the texts and labels that it was made from."""
    made_from = [
        [one.variable, [list(row) for row in zip(one.items, one.texts, _named(one), strict=True)]]
        for one in learnt
    ]
    written = json.dumps([SETTINGS, made_from])
    return PREFIX + hashlib.sha256(written.encode()).hexdigest()[:_DIGITS]


def _named(one: Examples) -> list[str]:
    return [one.categories[code] for code in one.codes.tolist()]


def _check(decided: pd.DataFrame, level: Mapping[str, "Level"], variables: Sequence[str] | None) -> None:
    known = dict.fromkeys([*level, *decided["variable"]])
    for variable in variables or ():
        if variable not in known:
            raise InputError(
                f"{variable}: no such variable; there are {', '.join(map(str, known)) or 'none'}"
            )
    twice = decided.duplicated(["item", "variable"])
    if twice.any():
        row = decided.loc[twice].iloc[0]
        raise InputError(f"item {row['item']}, variable {row['variable']}: decided twice; keep one")
