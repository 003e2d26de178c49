"""The judgements that decide, records of what was decided with ties kept as ties, and the vote of the majority."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from annotate.codebook.scale import Scale
from annotate.counts.clusters import DOCUMENT
from annotate.counts.judgements import Judgements, judgements
from annotate.counts.table import bring_home
from annotate.errors import StatisticsError
from annotate.sampling import AUTO, FloatArray, IntArray
from annotate.study.ratings import decode_set, encode_set

FIRST = ("item", "variable", "category")
LAST = ("n_ratings", "tie", "tied")


def records(
    items: "pd.Index[str]",
    variable: str,
    names: Sequence[str],
    leading: tuple[IntArray, IntArray],
    n_ratings: IntArray,
    measure: Mapping[str, FloatArray],
) -> pd.DataFrame:
    """One record an item.

    Parameters
    ----------
    items, variable
        Of the records.
    names
        The categories, in order.
    leading
        The place of an item and of a category that is ahead there, sorted; each item has one or, in a
        tie, several.
    n_ratings, measure
        Of each item, a number and what says how far ahead the leading category is, by the column's name.

    """
    item, category = leading
    ahead = np.bincount(item, minlength=len(items))
    tie = ahead > 1
    place = np.cumsum(ahead) - ahead
    named = np.array([*names, None], dtype=object)
    decided = named[category[place]]
    decided[tie] = None
    tied = np.full(len(items), None, dtype=object)
    of = np.flatnonzero(tie)
    told: dict[tuple[int, ...], str] = {}
    for one, start, number in zip(of.tolist(), place[of].tolist(), ahead[of].tolist(), strict=True):
        codes = tuple(category[start : start + number].tolist())
        if codes not in told:
            told[codes] = encode_set([names[code] for code in codes], names)
        tied[one] = told[codes]
    data: dict[str, object] = {
        "item": items,
        "variable": pd.Series(variable, index=range(len(items)), dtype="str"),
        "category": pd.Series(decided, dtype=object),
        **measure,
        "n_ratings": n_ratings,
        "tie": tie,
        "tied": pd.Series(tied, dtype=object),
    }
    return pd.DataFrame(data)


def joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The records of several variables as one frame, sorted by item and variable."""
    whole = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return whole.sort_values(["item", "variable"], kind="stable", ignore_index=True)


def said(applies: NDArray[np.bool_], words: str) -> "pd.Series[str]":
    """A column that says the words where they apply, and None elsewhere."""
    column = np.full(len(applies), None, dtype=object)
    column[applies] = words
    return pd.Series(column, dtype=object)


def judged(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
    variables: Sequence[str] | None,
    cluster: str | None = None,
) -> Iterator[Judgements]:
    """Read a table of ratings as agreement does, with a column ``round`` if it has one.

    An ordinal variable whose order is not known is read as a nominal one: consensus is about the same
    category or another.

    Raises
    ------
    TableError, StatisticsError
        As :func:`~annotate.counts.judgements.judgements`; and if one of ``variables`` is not
        in the table.

    """
    read_as = {name: without_order(scale) for name, scale in scales.items()}
    home = bring_home(ratings, also=("round", *drawn_by(cluster)))
    if variables is not None:
        there = home["variable"].astype("str")
        missing = sorted(set(variables) - set(there.unique()))
        if missing:
            known = ", ".join(sorted(there.unique())) or "none"
            raise StatisticsError(f"variable {', '.join(missing)} is not in the ratings; they have {known}")
        home = home.loc[there.isin(list(variables))]
    repeat = "round" if "round" in home.columns else None
    yield from judgements(home, scales=read_as, repeat=repeat, cluster=cluster)


def drawn_by(cluster: str | None) -> tuple[str, ...]:
    """The column that may tell what is drawn together."""
    return () if cluster is None else (DOCUMENT if cluster == AUTO else cluster,)


def or_nominal(scales: Mapping[str, Scale], variables: Iterable[str]) -> dict[str, Scale]:
    """Add a nominal scale for each of the variables whose scale is not known.

    Consensus asks whether two ratings are the same, for which that is enough.
    """
    unknown = [str(name) for name in variables if name not in scales]
    return {**dict.fromkeys(unknown, Scale("nominal")), **scales}


def without_order(scale: Scale) -> Scale:
    """An ordinal scale whose order is not known as a nominal one; any other as it is."""
    return Scale("nominal") if scale.level == "ordinal" and not scale.categories else scale


def item_names(one: Judgements) -> "pd.Index[Any]":
    """The item of each unit."""
    item = np.empty(int(one.unit.max()) + 1, dtype=np.int64)
    item[one.unit] = one.item
    return one.items[item]


def first_round(one: Judgements) -> IntArray:
    """The judgements that are the first of an annotator on an item, as places."""
    order = np.lexsort((one.repeat, one.annotator, one.unit))
    change = np.diff(one.unit[order], prepend=-1) | np.diff(one.annotator[order], prepend=-1)
    return np.sort(order[np.flatnonzero(change)])


def members(one: Judgements, declared: Sequence[str]) -> tuple[str, ...]:
    """The categories that sets hold, in order."""
    used = (one.categories[place] for place in np.unique(one.category))
    return decode_set(encode_set((member for text in used for member in decode_set(text)), declared))


COLUMNS = (*FIRST, "share", *LAST)


def majority(ratings: IntoFrame) -> pd.DataFrame:
    """Take the category that most annotators chose, for each item and variable.

    Parameters
    ----------
    ratings
        The ratings table. An annotator has one vote, the one of the first round in which they rated the
        item. A set is one category, so two sets are the same choice if they are the same text.

    Returns
    -------
    DataFrame
        One row an item and variable, sorted by both: item, variable, category (None where two are
        ahead), share (of the votes, for the category that is ahead or each of those that are), n_ratings,
        tie (bool), tied (the categories that are ahead, as a JSON array; None if it is not a tie).

    """
    home = bring_home(ratings, also=("round",))
    if home.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    return joined(list(vote(as_texts(home))))


def vote(judgements_: Iterable[Judgements]) -> Iterator[pd.DataFrame]:
    """Let each annotator of a variable vote once, with the first of their rounds."""
    for one in judgements_:
        first = first_round(one)
        yield votes(item_names(one), one.variable, one.categories, one.unit[first], one.category[first])


def as_texts(home: pd.DataFrame, cluster: str | None = None) -> Iterator[Judgements]:
    """The judgements of each variable, by the alphabet, where two are the same if their texts are."""
    variables = sorted(home["variable"].astype("str").unique())
    return judged(home, scales=dict.fromkeys(variables, Scale("nominal")), variables=None, cluster=cluster)


def first_rounds(ratings: pd.DataFrame) -> pd.DataFrame:
    """The ratings of the first round in which an annotator rated an item on a variable."""
    if "round" not in ratings.columns or (ratings["round"] == 1).all():
        return ratings
    of = [ratings[column] for column in ("item", "annotator", "variable")]
    return ratings.loc[ratings["round"] == ratings["round"].groupby(of).transform("min")]


def votes(
    items: "pd.Index[str]", variable: str, names: tuple[str, ...], item: IntArray, category: IntArray
) -> pd.DataFrame:
    """Count the votes of a variable: places in ``items`` and ``names``, one each a vote.

    The frame is that of :func:`majority`, in the order of ``items``.
    """
    cells, number = np.unique(item * len(names) + category, return_counts=True)
    of = cells // len(names)
    most = np.maximum.reduceat(number, np.flatnonzero(np.diff(of, prepend=-1)))
    ahead = number == most[of]
    cast = np.bincount(item, minlength=len(items))
    leading = (of[ahead], cells[ahead] % len(names))
    return records(items, variable, names, leading, cast, {"share": most / cast})
