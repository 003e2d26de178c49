"""One decided category for each item and variable, and how often each annotator chose what was decided."""

from collections.abc import Collection, Mapping, Sequence
from itertools import compress, groupby
from typing import Any

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from annotate.codebook.read import Codebook
from annotate.codebook.scale import Scale
from annotate.consensus._cautions import MEANINGS, ONE_RATING
from annotate.consensus._fits import PRESENT, STARTS, TOLERANCE, Fit, fitted
from annotate.consensus._models import MODELS
from annotate.consensus._votes import (
    as_texts,
    drawn_by,
    first_round,
    item_names,
    joined,
    judged,
    records,
    said,
    vote,
)
from annotate.counts.groups import MisfitError, place_texts
from annotate.counts.judgements import Judgements
from annotate.counts.shares import shares_of_each
from annotate.counts.table import bring_home
from annotate.errors import InputError, StatisticsError, TableError
from annotate.sampling import FloatArray, IntArray, Interval
from annotate.study.annotations import hidden_by
from annotate.study.ratings import encode_set

MAJORITY = "majority"
METHODS = (MAJORITY, *MODELS)

TIED = 1e-6
"""Posteriors that differ by less are equal: a climb ends when they are known about so well."""


def resolve(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    method: str = MAJORITY,
    variables: Sequence[str] | None = None,
    seed: int = 0,
    starts: int = STARTS,
    keep: str = "votes",
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Decide on a category for each item and variable.

    Parameters
    ----------
    ratings, scales, variables, seed, starts, keep, tolerance
        See :func:`~annotate.consensus.fitted`; the last four are of that method only.
    method
        ``majority``: every annotator has one vote, that of the first round in which they rated the item; a set
        is one category. ``dawid-skene``: annotators count by the error rates that they turn out to have;
        ``one-coin``: by one accuracy each; ``mace``: by how often they know and do not guess; ``glad``: by their
        ability, and items by how easy they are. In these, repeats are further observations, and a set is decided
        member by member, which takes annotators to judge of each member for itself.

    Returns
    -------
    DataFrame
        One row an item and variable, sorted by both: item, variable, category (None in a tie), share (of the
        votes) or posterior (its probability; of a set the product over its members) of the category that
        is ahead or of each that is, n_ratings (that counted), tie (bool), tied (the categories that are
        ahead, as a JSON array, or None; of sets the smallest and the largest possible), method, caution (keys
        of :data:`~annotate.consensus._cautions.MEANINGS`, joined by ``; ``, or None; of a set those of the
        members that somebody chose on that item).

    Raises
    ------
    TableError, StatisticsError
        See :func:`~annotate.consensus.fitted`; and if the method is not known.

    """
    if method == MAJORITY:
        return _by_votes(ratings, scales, variables)
    if method in MODELS:
        fits = fitted(
            ratings,
            scales=scales,
            method=method,
            variables=variables,
            seed=seed,
            starts=starts,
            keep=keep,
            tolerance=tolerance,
        )
        return decisions(fits)
    raise StatisticsError(f"method: {method!r} is not known; there are {', '.join(METHODS)}")


def turned(labels: pd.DataFrame, without: pd.DataFrame) -> tuple[int, int, int]:
    """How many labels some annotators turned: of the records of :func:`resolve` with and without them.

    Returns how many are decided otherwise (a tie that is broken, or made, among them), how many there are without them,
    and how many there are with them only.
    """
    keys = ["item", "variable"]
    both = labels.merge(without, on=keys, suffixes=("", "_without"))
    same = (both["category"] == both["category_without"]) | (
        both["category"].isna() & both["category_without"].isna()
    )
    return int((~same).sum()), len(without), len(labels) - len(both)


NOT_ASKED = "not asked"


def without_hidden(labels: pd.DataFrame, codebook: Codebook | None) -> pd.DataFrame:
    """Take the category from each question that the label config hides, given the labels of the others.

    Where most say that there is no claim, the few who saw one do not decide whose it is.

    Parameters
    ----------
    labels
        As :func:`resolve` or :func:`majority` makes them, with ``decided_by`` or without.
    codebook
        What says when a question is asked (``visibleWhen``); None leaves all as it is.

    Returns
    -------
    DataFrame
        The same rows. Of a hidden question, category, tied and decided_by are None, share or posterior NaN, tie
        false, method ``not asked``, and caution says whose label hides it. What hangs on a tie, on marked
        words, or on a question that has no label here, stays.

    """
    conditions = () if codebook is None else [one for of in codebook.variables for one in of.conditions]
    if codebook is None or labels.empty or not conditions:
        return labels
    named = {one.control for one in conditions}
    asked = [one.name for one in codebook.variables if "" in named or one.name in named]
    known = labels.loc[labels["category"].notna() & labels["variable"].isin(asked)]
    answers: dict[str, dict[str, str]] = {}
    for item, variable, category in zip(known["item"], known["variable"], known["category"], strict=True):
        answers.setdefault(item, {})[variable] = category
    told: dict[tuple[tuple[str, str], ...], dict[str, tuple[str, ...] | None]] = {}
    hiding: dict[str, dict[str, tuple[str, ...] | None]] = {}
    for item, given in answers.items():
        key = tuple(given.items())
        hiding[item] = told[key] if key in told else told.setdefault(key, hidden_by(codebook, given))
    there = labels["category"].notna() | labels["tie"]
    by = [
        hiding.get(item, {}).get(variable) if has else None
        for item, variable, has in zip(labels["item"], labels["variable"], there, strict=True)
    ]
    hidden = np.array([bool(names) for names in by])
    if not hidden.any():
        return labels
    return _emptied(labels, hidden, [_hidden_words(names) for names in by if names])


def _emptied(labels: pd.DataFrame, hidden: NDArray[np.bool_], why: Sequence[str]) -> pd.DataFrame:
    """The labels without those that are hidden, and why, as far as there are columns for it."""
    columns = labels.columns
    made = labels.astype({name: object for name in ("category", "tied", "caution") if name in columns})
    for column in {"category", "tied", "decided_by"} & {*columns}:
        made[column] = made[column].where(~hidden, None)
    told: dict[str, Any] = {
        "share": float("nan"),
        "posterior": float("nan"),
        "tie": False,
        "method": NOT_ASKED,
        "caution": why,
    }
    for column in told.keys() & {*columns}:
        made.loc[hidden, column] = told[column]
    return made


def _hidden_words(names: Sequence[str]) -> str:
    many = len(names) > 1
    return f"{NOT_ASKED}: the final label{'s' if many else ''} of {' and '.join(names)} {'hide' if many else 'hides'} it"


def decisions(fits: Sequence[Fit]) -> pd.DataFrame:
    """Make the records of :func:`resolve` from fits that were made before: all those of a table."""
    parts = []
    for _, ones in groupby(fits, key=lambda fit: fit.variable):
        of = tuple(ones)
        if of[0].member is None:
            parts.append(_told(_category(of[0]), of[0].method, of[0].cautions))
            continue
        named, which = np.unique(np.column_stack([_named(fit) for fit in of]), axis=0, return_inverse=True)
        cautions = [[name for fit in compress(of, row) for name in fit.cautions] for row in named]
        parts.append(_told(_set(of), of[0].method, *cautions, which=which.reshape(-1)))
    return joined(parts)


def _by_votes(
    ratings: IntoFrame,
    scales: Mapping[str, Scale],
    variables: Sequence[str] | None,
) -> pd.DataFrame:
    counted = vote(judged(ratings, scales=scales, variables=variables))
    return joined([_told(part, MAJORITY, ()) for part in counted])


def _category(fit: Fit) -> pd.DataFrame:
    posterior = fit.posterior
    top = posterior.max(axis=1)
    item, category = np.nonzero(posterior >= (top - TIED)[:, None])
    return records(
        fit.items, fit.variable, fit.categories, (item, category), fit.n_ratings, {"posterior": top}
    )


def _set(fits: Sequence[Fit]) -> pd.DataFrame:
    """Each member by itself; what is tied may be left out of the set or taken in."""
    present = np.column_stack([_present(fit) for fit in fits])
    certain = np.maximum(present, 1 - present).prod(axis=1)
    least, most = present > 0.5 + TIED / 2, present >= 0.5 - TIED / 2
    chosen, of = np.unique(np.concatenate([least, most]), axis=0, return_inverse=True)
    order = [str(fit.member) for fit in fits]
    names = [encode_set(np.compress(row, order).tolist(), order) for row in chosen]
    small, large = np.split(of.reshape(-1), 2)
    item = np.repeat(np.arange(len(least)), 1 + (small != large))
    again = np.diff(item, prepend=-1) == 0
    leading = (item, np.where(again, large[item], small[item]))
    return records(fits[0].items, fits[0].variable, names, leading, fits[0].n_ratings, {"posterior": certain})


def _present(fit: Fit) -> FloatArray:
    if PRESENT not in fit.categories:
        return np.zeros(len(fit.items))
    return fit.posterior[:, fit.categories.index(PRESENT)]


def _named(fit: Fit) -> NDArray[np.bool_]:
    """For each item, whether somebody chose this member; the cautions of the fit concern these items only."""
    said = np.array([[name == PRESENT] for name in fit.categories] * len(fit.annotators), dtype=float)
    return np.asarray(fit.responses.sums(said)[fit.responses.pattern, 0] > 0)


def _told(
    part: pd.DataFrame, method: str, *cautions: Sequence[str], which: IntArray | None = None
) -> pd.DataFrame:
    """Add by what method it was, and ``which`` of the cautions apply to a record, besides a single rating."""
    told: list[str | None] = []
    for found in cautions:
        applies = [name for name in MEANINGS if name in found]
        told += ["; ".join(names) or None for names in (applies, [ONE_RATING, *applies])]
    place = np.zeros(len(part), dtype=np.int64) if which is None else 2 * which
    caution = np.array(told, dtype=object)[place + (part["n_ratings"] == 1).to_numpy()]
    return part.assign(
        method=pd.Series(method, index=part.index, dtype="str"),
        caution=pd.Series(caution, index=part.index, dtype=object),
    )


NOTHING_DECIDED = "no item that the annotator rated is decided"
_DECISION = ("item", "variable", "category")


def with_gold(
    ratings: pd.DataFrame,
    gold: pd.DataFrame,
    *,
    scales: Mapping[str, Scale] | None = None,
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure how often each annotator chose what is starred as ground truth.

    Where the star is on an annotator's own annotation, that annotator's own rating of the passage is left out: it
    would agree with itself.

    Parameters
    ----------
    ratings, gold
        Of :class:`~annotate.study.study.Study`; of two starred annotations of a passage, the first counts.
    scales, interval
        As of :func:`with_decided`.

    Returns
    -------
    DataFrame
        As of :func:`with_decided`.

    Raises
    ------
    InputError
        If nothing is starred.
    TableError, StatisticsError
        As of :func:`with_decided`.

    """
    if gold.empty:
        raise InputError(
            "no annotation is starred as ground truth; star the right annotation of some tasks in Label Studio, and pull again"
        )
    own = pd.MultiIndex.from_frame(gold[["item", "annotator"]])
    others = ratings.loc[~pd.MultiIndex.from_frame(ratings[["item", "annotator"]]).isin(own)]
    return with_decided(others, gold.drop_duplicates(["item", "variable"]), scales=scales, interval=interval)


def with_decided(
    ratings: IntoFrame,
    decided: pd.DataFrame,
    *,
    scales: Mapping[str, Scale] | None = None,
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure how often each annotator chose the decided category.

    Parameters
    ----------
    ratings
        The ratings table. Of an annotator's rounds the first counts.
    decided
        item, variable, category, such as :func:`~annotate.consensus.resolve` returns or an adjudicator
        made; None where nothing is decided.
    scales
        As of :func:`~annotate.agreement.measure`, so that ``3`` and ``3.0``, or a set in another order, are
        the same. Of a variable that has no scale here, texts are compared as they stand.
    interval
        Its confidence, and what is drawn: documents where they are known, items otherwise.

    Returns
    -------
    DataFrame
        One row a variable and annotator, sorted by both: annotator, variable, n_rated (items that they
        rated), n_items (of these, the decided ones), n_agreeing (of these), value (``n_agreeing /
        n_items``), undefined (None, or why the value is NaN), ci_low, ci_high, interval, n_clusters where documents are
        drawn, and caution, as of :func:`~annotate.agreement.majority`; the decisions are taken as they are. A decision that the annotator had a part in
        agrees with that annotator more easily.

    Raises
    ------
    TableError
        If a column is missing, the ratings are empty, or an item has two decisions on a variable.
    StatisticsError
        If a category does not fit the level or what was declared.

    """
    home = bring_home(ratings, also=("round", *drawn_by(interval.cluster)))
    missing = [column for column in _DECISION if column not in decided.columns]
    if missing:
        found = ", ".join(map(str, decided.columns)) or "none"
        raise TableError(f"decided: no column {', '.join(missing)}; the table has {found}")
    told = decided.loc[decided["category"].notna(), list(_DECISION)].astype("str")
    twice = told.duplicated(["item", "variable"])
    if twice.any():
        one = told.loc[twice].iloc[0]
        raise TableError(
            f"decided: item {one['item']}, variable {one['variable']}: decided more than once; keep one decision"
        )
    parts = [
        _held(one, told.loc[told["variable"] == one.variable], (scales or {}).get(one.variable), interval)
        for one in as_texts(home, interval.cluster)
    ]
    whole = pd.concat(parts, ignore_index=True)
    return whole[[*(name for name in whole.columns if name != "caution"), "caution"]]


def _held(judged: Judgements, told: pd.DataFrame, scale: Scale | None, interval: Interval) -> pd.DataFrame:
    """Hold the annotators of a variable to what was decided (item, category) on it."""
    first = first_round(judged)
    place = _places(judged.variable, {*judged.categories, *told["category"]}, scale)
    decision = pd.Series([place[text] for text in told["category"]], told["item"], dtype="Int64")
    of_unit = decision.reindex(item_names(judged)).to_numpy(dtype=np.int64, na_value=-1)
    chosen = np.array([place[text] for text in judged.categories], dtype=np.int64)[judged.category[first]]
    annotator, decided = judged.annotator[first], of_unit[judged.unit[first]]
    people = len(judged.annotators)
    n_items = np.bincount(annotator[decided >= 0], minlength=people)
    n_agreeing = np.bincount(annotator[decided == chosen], minlength=people)
    none, there = n_items == 0, decided >= 0
    shares = shares_of_each(
        annotator[there],
        decided[there] == chosen[there],
        people,
        None if judged.cluster is None else judged.cluster[first][there],
        judged.clustered_by,
        interval.confidence,
    )
    data = {
        "annotator": judged.annotators,
        "variable": pd.Series([judged.variable] * people, dtype="str"),
        "n_rated": np.bincount(annotator, minlength=people),
        "n_items": n_items,
        "n_agreeing": n_agreeing,
        "value": np.where(none, np.nan, n_agreeing / np.maximum(n_items, 1)),
        "undefined": said(none, NOTHING_DECIDED),
        **shares.columns(),
    }
    return pd.DataFrame(data)


def _places(variable: str, texts: Collection[str], scale: Scale | None) -> dict[str, int]:
    """A number for each text, the same for those that say the same."""
    used = sorted(texts)
    if scale is None or (scale.level == "ordinal" and not scale.categories):
        return {text: number for number, text in enumerate(used)}
    try:
        return place_texts(variable, scale, used).columns
    except MisfitError as misfit:
        raise StatisticsError(f"variable {variable}: category {misfit}") from misfit
