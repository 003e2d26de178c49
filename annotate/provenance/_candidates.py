"""Pairs of passages of different documents that may make the same claim, best first, each with its reasons.

Four things speak for a pair: how alike the two are (:mod:`annotate.reuse.likeness`), text that they share
(:mod:`annotate.reuse`), figures that may be one (:mod:`annotate.figures.recurring`), and names. They are added up. The
weights were chosen on tests/claims/tuned.txt, texts written for it, and measured on others: see
benchmarks/README.md. The score puts pairs in order. It is not a probability, and scores of two corpora are not to be compared.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from annotate.corpus.dates import read_published
from annotate.errors import InputError, StatisticsError, counted, some
from annotate.figures import quantities
from annotate.figures.recurring import recurring
from annotate.files import read_json
from annotate.frames import read_frame
from annotate.reuse import reuse
from annotate.reuse.likeness import Vectors, distinct, likeness
from annotate.reuse.stems import FloatArray, IntArray, places
from annotate.study.exported import item_id
from annotate.study.snapshot import TASKS

COLUMNS = (
    "rank", "score", "reasons",
    "a_item", "b_item", "a_document", "b_document", "a_source", "b_source", "a_published", "b_published",
    "likeness", "shared_text", "a_start", "a_end", "b_start", "b_end", "spans", "shared_names", "figures",
    "a_text", "b_text",
)  # fmt: skip
REASONS = ("text", "figure", "names", "likeness", "vectors")
AROUND = 0.5  # of what is near anyhow is taken from likeness; with 1 it is CSLS
TEXT, FIGURE, NAMES = (
    0.3,
    0.5,
    0.01,
)  # what the score of reuse, the weight of figures and the rarity of names count
MOST_NAMES = 6.0  # rarity, beyond which further names add nothing
TELLING_NAMES = 3.0  # from which shared names are a reason
ALIKE = 0.12  # from which likeness is a reason beside others
NEAREST = 10  # passages that are looked at for each passage, where there are many
_OFFSETS = ("a_start", "a_end", "b_start", "b_end")
_SIDES = ("item", "document", "source", "published", "text")


def candidates(
    passages: pd.DataFrame,
    *,
    most: int = 1000,
    vectors: Mapping[str, FloatArray] | None = None,
    language: str = "english",
) -> pd.DataFrame:
    """Find pairs of passages of different documents that may make the same claim, best first.

    Parameters
    ----------
    passages
        Of :func:`~annotate.study.passages.read_passages`. Boilerplate is left out, and counted.
    most
        How many pairs are given.
    vectors
        A vector of each passage by item, such as a model's embedding; all of one length. Their cosine counts one
        third of the likeness.
    language
        Of the texts; one of snowballstemmer's.

    Returns
    -------
    DataFrame
        One row a pair: ``rank`` (from 1), ``score``, ``reasons`` (text, figure, names, likeness, vectors: what
        speaks for it, text first), ``a_item``, ``b_item`` (a is the earlier by date; where the dates do not tell, the
        one whose document id comes first), ``a_document``, ``b_document``, ``a_source``, ``b_source``,
        ``a_published``, ``b_published``, ``likeness`` (the cosine), ``shared_text`` (the score of
        :func:`annotate.reuse.reuse`, NaN where none is shared), ``a_start``, ``a_end``, ``b_start``, ``b_end`` (of
        the best shared stretch, in code points of the document, NA where there is none), ``spans`` (all of them),
        ``shared_names``, ``figures`` (dictionaries of a, b and relation), ``a_text``, ``b_text`` (the passages).

        ``attrs``: ``pairs``, how many pairs of passages of different documents there are; ``left_out``, the passages
        of boilerplate.

    Raises
    ------
    TableError, StatisticsError
        As :func:`annotate.reuse.reuse` raises them; and if ``most`` is below 1.
    InputError
        If a passage has no vector, or vectors differ in length or are not finite.

    """
    if most < 1:
        raise StatisticsError(f"most {most}: ask for 1 pair or more")
    body = passages.loc[passages["kind"] != "boilerplate"]
    body = body.sort_values(["document", "start", "item"], kind="stable").reset_index(drop=True)
    documents = pd.factorize(body["document"])[0].astype(np.int64)
    number = {item: place for place, item in enumerate(body["item"])}
    shared = _by_pair(reuse(body, language=language), number)
    figures = _by_pair(recurring(quantities(body), body), number)
    alike = likeness(
        body["text"].tolist(), documents, language=language, vectors=_stacked(vectors, body["item"].tolist())
    )
    found = [np.array(list(table), dtype=np.int64).reshape(-1, 2) for table in (shared, figures)]
    pairs = distinct(np.concatenate([alike.nearest(NEAREST), *found]))
    cosine, names = alike.of(pairs), alike.shared_names(pairs)
    added = NAMES * np.minimum(names, MOST_NAMES)
    for place, both in enumerate(map(tuple, pairs.tolist())):
        if both in shared:
            added[place] += TEXT * shared[both]["score"]
        if both in figures:
            added[place] += FIGURE * figures[both]["weight"]
    # What stands far below is not looked at more closely.
    kept = _order(cosine + added, pairs)[: 3 * most]
    score = 2 * (cosine[kept] - AROUND * alike.around(pairs[kept])) + added[kept]
    best = _order(score, pairs[kept])[:most]
    rows = []
    for place in best.tolist():
        which = int(kept[place])
        both = (int(pairs[which, 0]), int(pairs[which, 1]))
        row = _row(body, both, shared.get(both), figures.get(both), float(names[which]))
        rows.append(row | {"score": float(score[place]), "likeness": float(cosine[which])})
    table = _framed(rows, with_vectors=vectors is not None)
    sizes = np.bincount(documents)
    table.attrs["pairs"] = (len(body) ** 2 - int((sizes**2).sum())) // 2
    table.attrs["left_out"] = len(passages) - len(body)
    return table


_Pairs = dict[tuple[int, int], dict[Any, Any]]


def _by_pair(table: pd.DataFrame, number: Mapping[str, int]) -> _Pairs:
    """Rows of a table of pairs by the numbers of the two passages, the lower first; of several the first."""
    found: _Pairs = {}
    for row in table.to_dict("records"):
        one, other = sorted((number[row["a_item"]], number[row["b_item"]]))
        found.setdefault((one, other), row)
    return found


def _order(score: FloatArray, pairs: IntArray) -> IntArray:
    """Put pairs in order, the best first; differences in the last digits of a sum do not count."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -np.round(score, 6)))
    return np.asarray(order, dtype=np.int64)


def _row(
    body: pd.DataFrame,
    both: tuple[int, int],
    text: dict[Any, Any] | None,
    figure: dict[Any, Any] | None,
    names: float,
) -> dict[str, Any]:
    sides = [body.loc[place, list(_SIDES)].to_dict() for place in both]
    if _earlier(sides[1]["published"], sides[0]["published"]):
        sides.reverse()
    row = {f"{name}_{key}": side[key] for name, side in zip("ab", sides, strict=True) for key in _SIDES}
    row["reasons"] = [
        reason
        for reason, holds in (("text", text), ("figure", figure), ("names", names >= TELLING_NAMES))
        if holds
    ]
    row["shared_names"] = _shared_names(row["a_text"], row["b_text"])
    row["shared_text"] = text["score"] if text else None
    # reuse puts the earlier one first too, by the same rule
    row |= {name: text[name] if text else None for name in _OFFSETS}
    row["spans"] = list(text["spans"]) if text else []
    turned = figure is not None and figure["a_item"] != row["a_item"]
    row["figures"] = [_figures(figure, turned=turned)] if figure else []
    return row


def _figures(figure: dict[Any, Any], *, turned: bool) -> dict[str, str]:
    a, b = ("b", "a") if turned else ("a", "b")
    return {"a": figure[f"{a}_surface"], "b": figure[f"{b}_surface"], "relation": figure["relation"]}


def _earlier(one: object, other: object) -> bool:
    a, b = read_published(one), read_published(other)
    return a is not None and b is not None and a.earlier_than(b)


def _shared_names(one: str, other: str) -> list[str]:
    """Words with a capital that stand in both, not as the first word, as the first text writes them."""
    there = {name.casefold() for name in _capitals(other)}
    return list(dict.fromkeys(name for name in _capitals(one) if name.casefold() in there))


def _capitals(text: str) -> list[str]:
    words = [text[start:end] for start, end in places(text)[1:]]
    return [word.removesuffix("'s").removesuffix("\u2019s") for word in words if word[0].isupper()]


def _framed(rows: list[dict[str, Any]], *, with_vectors: bool) -> pd.DataFrame:
    for row in rows:
        if row["likeness"] >= ALIKE or not row["reasons"]:
            row["reasons"] += ["likeness", "vectors"] if with_vectors else ["likeness"]
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    table["rank"] = np.arange(1, len(table) + 1)
    table = table.where(table.notna(), None)
    whole = {"rank": "int64", **dict.fromkeys(_OFFSETS, "Int64")}
    return table.astype({**whole, "score": "float64", "likeness": "float64", "shared_text": "float64"})


def _stacked(vectors: Mapping[str, FloatArray] | None, items: list[str]) -> Vectors | None:
    """Put the vectors of passages below each other.

    Raises
    ------
    InputError
        If one is missing or is not a vector like the others.

    """
    if vectors is None:
        return None
    if lacking := [item for item in items if item not in vectors]:
        raise InputError(
            f"vectors: none for {counted(len(lacking), 'passage')}: {some(lacking)}; give one for each"
        )
    rows = [np.asarray(vectors[item], dtype=np.float32).reshape(-1) for item in items]
    if len({len(row) for row in rows}) > 1:
        raise InputError("vectors: of several lengths; make them all with one model")
    if wrong := [item for item, row in zip(items, rows, strict=True) if not np.isfinite(row).all()]:
        raise InputError(f"vectors: {len(wrong)} hold NaN or infinity: {some(wrong)}; make them again")
    return np.stack(rows) if rows else None


def read_vectors(path: Path, texts: Path) -> dict[str, FloatArray]:
    """Read the vectors of passages.

    Parameters
    ----------
    path
        ``.npy``: an array (passages x dimensions), a row for each task of ``texts`` in its order, without those that
        repeat a passage. ``.parquet``: the column ``item``, and ``vector`` (a list of numbers) or one column a
        dimension.
    texts
        The task file, export or snapshot folder that they were made of.

    Raises
    ------
    InputError
        If the file is neither, or has another number of rows.

    """
    items = _items_in_order(texts)
    if path.suffix.lower() == ".npy":
        try:
            array = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise InputError(
                f"{path}: not a numpy array ({str(error).splitlines()[0]}); write it with numpy.save"
            ) from error
        if array.ndim != 2 or not np.issubdtype(array.dtype, np.number):  # noqa: PLR2004 - passages x dimensions
            raise InputError(
                f"{path}: an array of shape {array.shape} and type {array.dtype}; give passages x dimensions"
            )
    elif path.suffix.lower() == ".parquet":
        frame = read_frame(path)
        if "item" not in frame.columns:
            raise InputError(f"{path}: no column item; name the passage of each vector there")
        items, rows = frame["item"].astype("str").tolist(), frame.drop(columns="item")
        try:
            listed = rows["vector"].tolist() if "vector" in rows.columns else rows.to_numpy()
            array = np.array(listed, dtype=np.float64).reshape(len(items), -1)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{path}: its columns are not numbers of one length; give vector, or one column a dimension"
            ) from error
    else:
        raise InputError(f"{path}: vectors are read from .npy or .parquet")
    if len(array) != len(items):
        raise InputError(
            f"{path}: {counted(len(array), 'row')}, but {texts} has {counted(len(items), 'passage')}; make them of this file"
        )
    return dict(zip(items, array, strict=True))


def _items_in_order(texts: Path) -> list[str]:
    tasks = read_json(
        texts / TASKS if texts.is_dir() else texts, remedy="give a task file or an export, which has an order"
    )
    return list(dict.fromkeys(item_id(task["data"]) for task in tasks))
