"""Learn from what is decided, measure how well, and order what waits."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from annotate.codebook.scale import Scale
from annotate.consensus import resolve
from annotate.coordination.suggestion._quality import frame, quality
from annotate.coordination.suggestion.labels import PREFIX, joined_decided, without_suggested
from annotate.coordination.suggestion.learning import (
    LEAST_OF_CATEGORY,
    SETTINGS,
    Examples,
    examples,
    held_out,
    learn_and_tell,
    learnable,
)
from annotate.errors import InputError
from annotate.sampling import FloatArray
from annotate.study.passages import passages_of_study
from annotate.study.study import Study

QUEUE_COLUMNS = (
    "rank",
    "item",
    "variable",
    "category",
    "probability",
    "uncertainty",
    "document",
    "undefined",
)


def told(examples: Examples, texts: Sequence[str]) -> FloatArray:
    """The probability of each category for each text (M x K), from all examples."""
    return learn_and_tell(examples.texts, examples.codes, texts, len(examples.categories))


def uncertainty(probabilities: FloatArray) -> FloatArray:
    """How unsure rows of probabilities (M x K) are: their entropy over its largest, 0 to 1."""
    of = np.where(probabilities > 0, probabilities, 1.0)
    entropy = -(of * np.log(of)).sum(axis=1) / np.log(max(2, probabilities.shape[1]))
    return np.asarray(np.clip(entropy, 0.0, 1.0), dtype=float)


def ordered(passages: pd.DataFrame, learnt: Sequence[tuple[Examples, FloatArray]]) -> pd.DataFrame:
    """Order passages (M) by their mean uncertainty over the variables, the most uncertain first.

    Returns
    -------
    DataFrame
        :data:`QUEUE_COLUMNS`, a row a passage and variable. ``rank`` is the passage's, from 1; equal ones stand
        as the passages do. ``category`` is None where the most probable one has too few examples
        to be suggested, which ``undefined`` says.

    """
    if not learnt or passages.empty:
        return pd.DataFrame({name: pd.Series(dtype=_KINDS.get(name, object)) for name in QUEUE_COLUMNS})
    unsure = np.array([uncertainty(probabilities) for _, probabilities in learnt])
    rank = np.empty(len(passages), dtype=np.int64)
    rank[np.argsort(-unsure.mean(axis=0).round(12), kind="stable")] = np.arange(1, len(passages) + 1)
    parts = []
    for (taught, probabilities), own in zip(learnt, unsure, strict=True):
        top = probabilities.argmax(axis=1)
        few = taught.counts[top] < LEAST_OF_CATEGORY
        named = np.array([*taught.categories, None], dtype=object)[np.where(few, -1, top)]
        why = np.array([*(f"too few examples of {name}" for name in taught.categories), None], dtype=object)
        part = {
            "rank": rank,
            "item": passages["item"].to_numpy(),
            "variable": np.full(len(passages), taught.variable, dtype=object),
            "category": named,
            "probability": np.where(few, np.nan, probabilities.max(axis=1)),
            "uncertainty": own,
            "document": passages["document"].to_numpy(),
            "undefined": why[np.where(few, top, -1)],
        }
        parts.append(
            pd.DataFrame(
                {name: pd.Series(part[name], dtype=_KINDS.get(name, object)) for name in QUEUE_COLUMNS}
            )
        )
    return pd.concat(parts).sort_values("rank", kind="stable", ignore_index=True)


_KINDS = {"rank": "int64", "probability": "float64", "uncertainty": "float64"}


_DIGITS = 12


@dataclass(frozen=True, eq=False)
class Suggestions:
    """What was learnt: the quality of each variable, and the passages that wait, in order.

    ``version`` names the model by what it was made from. Not learnt from are ``ties``, the ``in_sight``
    ratings that were made with a suggestion in sight, and, so many times by variable, the ``copies`` of a
    passage that was held out. ``waiting`` passages wait, also where nothing was learnt.
    """

    quality: pd.DataFrame
    queue: pd.DataFrame
    version: str
    copies: Mapping[str, int]
    ties: int
    waiting: int
    in_sight: int = 0


def suggest(
    passages: pd.DataFrame,
    decided: pd.DataFrame,
    waiting: Collection[str],
    *,
    scales: Mapping[str, Scale],
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
    scales
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
        ``quality`` as :func:`annotate.coordination.suggestion._quality.quality` and ``queue`` as
        :func:`annotate.coordination.suggestion._suggest.ordered` make them. A variable with too few labels has one row
        of quality that says so, and none in the queue.

    Raises
    ------
    InputError
        If one of ``variables`` is not there, or an item is decided twice on a variable.

    """
    _check(decided, scales, variables)
    found = list(examples(passages, decided, scales=scales, variables=variables))
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
        ties=int(decided["category"].isna().sum()),
        waiting=len(wanted),
    )


def suggest_for(
    study: Study,
    *,
    overlap: int,
    further: pd.DataFrame | None = None,
    decided: pd.DataFrame | None = None,
    variables: Sequence[str] | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Suggestions:
    """Learn from what the annotators of a study agree on, and order its passages that wait.

    Learnt from is the majority of the first round, without ratings that were made with a suggestion in sight.
    Nominal and ordinal variables are learnt.

    Parameters
    ----------
    study
        With texts.
    overlap
        A passage waits if it has fewer annotations than this.
    further
        Passages that nobody has annotated yet, as :func:`annotate.study.passages.passages_of` makes them of
        tasks; those of the study are passed over.
    decided
        Labels that go before those of the majority, see :func:`annotate.coordination.suggestion.read_decided`.
    variables, confidence, seed
        See :func:`suggest`.

    Raises
    ------
    InputError
        If the study holds no texts, or as :func:`suggest` raises it.

    """
    passages = passages_of_study(study)
    if passages.empty:
        raise InputError(f"{study.name}: holds no texts to learn from; give a JSON export or a snapshot")
    ratings, in_sight = without_suggested(study.first_round)
    voted = ratings.loc[ratings["variable"].isin(learnable(study.scales))]
    labels = voted if voted.empty else resolve(voted, scales=study.scales)
    if decided is not None:
        labels = joined_decided(decided, labels)
    done = study.passages.loc[study.passages["n_annotations"] >= overlap, "item"]
    if further is not None:
        new = further.loc[~further["item"].isin(set(passages["item"]))]
        passages = pd.concat([passages, new], ignore_index=True) if len(new) else passages
    made = suggest(
        passages,
        labels,
        set(passages["item"]) - set(done),
        scales=study.scales,
        variables=variables,
        confidence=confidence,
        seed=seed,
    )
    return replace(made, in_sight=in_sight)


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


def _check(decided: pd.DataFrame, scales: Mapping[str, Scale], variables: Sequence[str] | None) -> None:
    known = dict.fromkeys([*scales, *decided["variable"]])
    for variable in variables or ():
        if variable not in known:
            raise InputError(
                f"{variable}: no such variable; there are {', '.join(map(str, known)) or 'none'}"
            )
    twice = decided.duplicated(["item", "variable"])
    if twice.any():
        row = decided.loc[twice].iloc[0]
        raise InputError(f"item {row['item']}, variable {row['variable']}: decided twice; keep one")
