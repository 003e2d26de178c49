"""Links: what annotators said of pairs of passages, whether they make the same claim and who has it from whom.

A pair is an item like any other: its answers are ratings, and all that reads ratings reads them. What a and b mean
in an answer is said by the task that was answered: a is the passage that stood on the left.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from annotate.codebook.read import Codebook, load_codebook
from annotate.errors import ExportError, InputError, some
from annotate.files import bundled, read_json
from annotate.frames import READABLE, read_frame, records
from annotate.study.exported import NO_SOURCE, item_id
from annotate.study.snapshot import TASKS
from annotate.study.study import Study, read_study, study_of_ratings

CONFIG = "link_config.xml"
RELATION, DERIVATION = "relation", "derivation"
Relation = Literal["same_claim", "narrower", "contradict", "topic_only"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)
SAME, NARROWER, CONTRADICT, TOPIC = RELATIONS
Derivation = Literal["a_from_b", "b_from_a", "common_origin", "independent", "cannot_tell"]
DERIVATIONS: tuple[Derivation, ...] = get_args(Derivation)
A_FROM_B, B_FROM_A, COMMON, INDEPENDENT, CANNOT_TELL = DERIVATIONS
Stratum = Literal["candidate", "control"]
CANDIDATE, CONTROL = STRATA = get_args(Stratum)

_SIDES = ("item", "document", "source", "published", "text")
PAIR_COLUMNS = (
    "item",
    *(f"{side}_{name}" for name in _SIDES for side in ("a", "b")),
    *("score", "rank", "reasons", "stratum", "drawn"),
)
LABEL_COLUMNS = ("item", "a_item", "b_item", "annotator", RELATION, DERIVATION)
_IN_TABLE = ("a_item", "b_item", "annotator", RELATION, DERIVATION)


@dataclass(frozen=True)
class Links:
    """The pairs of a link project, what each annotator said of them, and the project as a study.

    ``pairs`` has one row a pair, coded or not: ``item``; of either side ``a_item``, ``a_document``, ``a_source``,
    ``a_published``, ``a_text``; ``score``, ``rank`` (1 for the best) and ``reasons`` of the candidate; ``stratum``
    (``candidate``, or ``control`` for one that was drawn from below the cut) and ``drawn``, the probability with
    which it came in. ``labels`` has one row a pair and annotator of the first round: ``relation`` and ``derivation``,
    None where it was not asked or not answered.
    """

    pairs: pd.DataFrame
    labels: pd.DataFrame
    study: Study


def pair_id(one: str, other: str) -> str:
    """Name the pair of two passages, whichever is named first.

    >>> pair_id("p1", "p2") == pair_id("p2", "p1")
    True
    """
    return hashlib.sha256("\n".join(sorted((one, other))).encode()).hexdigest()[:16]


def is_pair(data: Mapping[str, Any]) -> bool:
    """Whether the data of a task are those of a pair of passages."""
    return isinstance(data.get("a_item"), str) and isinstance(data.get("b_item"), str)


def asks_for_links(codebook: Codebook) -> bool:
    """Whether a label config asks the questions of a link project."""
    return {RELATION, DERIVATION} <= codebook.levels.keys()


def of_pairs(study: Study) -> bool:
    """Whether a study is a link project: its items are pairs of passages, whose texts and sources are those of two."""
    return study.codebook is not None and asks_for_links(study.codebook)


def pairs_for_passages(where: str) -> InputError:
    """Say that pairs were given where passages are asked for: two texts in one would be taken for a text of its own."""
    return InputError(
        f"{where}: holds pairs of passages, which were linked; give the study that they are of, and this one as its links, with --links"
    )


def read_links(path: Path | str, passages: pd.DataFrame | None = None) -> Links:
    """Read a snapshot or JSON export of a link project, or a table of links (.csv, .parquet).

    Parameters
    ----------
    path
        A table has the columns a_item, b_item, annotator, relation and derivation (empty where it was not asked).
    passages
        Of :func:`~annotate.study.passages.read_passages`: the study that the links are about.

    Raises
    ------
    InputError
        If it is not a link project, nobody has coded a pair, or a pair names a passage that the study does not have or
        that has another text there.
    ExportError, ConfigError, TableError
        As :func:`~annotate.study.study.read_study` raises them.

    """
    path = Path(path)
    table = path.suffix.lower() in READABLE and not path.is_dir()
    pairs, study = _of_table(path) if table else _of_project(path)
    if passages is not None:
        _hold_against(pairs, passages, str(path))
    if study.first_round.empty:
        raise InputError(f"{path}: nobody has coded a pair yet; pull again when somebody has")
    return Links(pairs, _labels(pairs, study), study)


def _of_project(path: Path) -> tuple[pd.DataFrame, Study]:
    if path.is_dir():
        study = read_study(path)  # which holds the snapshot to its manifest, before anything else is read
        tasks = _pairs_in(path / TASKS, path)
    else:
        tasks = _pairs_in(path, path)  # before answers to other questions are held against the config
        study = read_study(path, config=bundled(CONFIG))
    if study.codebook is None or not asks_for_links(study.codebook):
        raise _no_link_project(path)
    return pairs_of(task["data"] for task in tasks), study


def _pairs_in(file: Path, path: Path) -> list[Any]:
    """Read the tasks of an export; one whose tasks are something else than pairs is refused."""
    tasks = read_json(file, remedy="export the project again as JSON", error=ExportError)
    listed = tasks if isinstance(tasks, list) else []
    datas = [task.get("data") for task in listed if isinstance(task, dict)]
    if any(isinstance(data, dict) and not is_pair(data) for data in datas):
        raise _no_link_project(path)
    return listed


def _no_link_project(path: Path) -> InputError:
    return InputError(
        f"{path}: not a link project; make one with annotate link, and give the snapshot that annotate pull makes of it"
    )


def pairs_of(datas: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Make the table of pairs (:class:`Links`) of the data of tasks; a repeat of a pair is not a pair of its own."""
    rows = [{**data, "item": item_id(data)} for data in datas if not data.get("repeat_of")]
    table = pd.DataFrame(rows, columns=list(PAIR_COLUMNS), dtype=object)
    table["stratum"] = table["stratum"].where(table["stratum"].notna(), CANDIDATE)
    table["drawn"] = table["drawn"].where(table["drawn"].notna(), 1.0)
    table["reasons"] = [[*one] if isinstance(one, Sequence) else [] for one in table["reasons"]]
    known = table.where(table.notna(), None)
    return known.astype({"score": "float64", "rank": "Int64", "drawn": "float64"}).reset_index(drop=True)


def _of_table(path: Path) -> tuple[pd.DataFrame, Study]:
    table = read_frame(path).reindex(columns=list(_IN_TABLE))
    empty = [name for name in _IN_TABLE[:-1] if table[name].isna().any() or (table[name] == "").any()]
    if empty:
        raise InputError(
            f"{path}: a table of links has {', '.join(_IN_TABLE)}, and only {DERIVATION} may be empty; "
            f"look at {', '.join(empty)}"
        )
    table[DERIVATION] = table[DERIVATION].where(table[DERIVATION] != "", None)
    table["item"] = [pair_id(*both) for both in zip(table["a_item"], table["b_item"], strict=True)]
    sides = table.drop_duplicates(["item", "a_item"])
    if turned := sides["item"][sides["item"].duplicated()].tolist():
        a, b = sides.loc[sides["item"] == turned[0], ["a_item", "b_item"]].iloc[0]
        raise InputError(f"{path}: {a} and {b} stand in both orders; name a and b in one order throughout")
    answered = table.melt(["item", "annotator"], [RELATION, DERIVATION], "variable", "category")
    ratings = answered.dropna(subset="category").assign(source=NO_SOURCE)
    study = study_of_ratings(ratings, load_codebook(bundled(CONFIG)), str(path))
    named = sides.assign(passage_id=sides["item"])[["passage_id", "a_item", "b_item"]]
    return pairs_of(records(named)), study


def _labels(pairs: pd.DataFrame, study: Study) -> pd.DataFrame:
    rows = study.first_round.loc[study.first_round["variable"].isin((RELATION, DERIVATION))]
    wide = rows.pivot_table("category", ["item", "annotator"], "variable", aggfunc="first")
    wide = wide.reindex(columns=[RELATION, DERIVATION]).astype(object).reset_index()
    table = wide.merge(pairs[["item", "a_item", "b_item"]], on="item", validate="many_to_one")
    table = table[list(LABEL_COLUMNS)].sort_values(["item", "annotator"], ignore_index=True)
    return table.where(table.notna(), None)


def _hold_against(pairs: pd.DataFrame, passages: pd.DataFrame, where: str) -> None:
    """See that the passages of the pairs are those of the study.

    Raises
    ------
    InputError
        If one is missing there, or has another text.

    """
    text = dict(zip(passages["item"], passages["text"], strict=True))
    documents = set(passages["document"])
    sides = [
        tuple(row[f"{side}_{name}"] for name in ("item", "document", "text"))
        for row in pairs.to_dict("records")
        for side in ("a", "b")
    ]
    changed = {
        item: None
        for item, document, said in sides
        if (item in text and said is not None and text[item] != said)
        or (item not in text and document in documents)
    }
    foreign = {item: None for item, document, _ in sides if item not in text and document not in documents}
    if changed:
        raise InputError(
            f"{where}: {len(changed)} of its passages have changed in the study since: {some(changed)}; "
            "make the pairs anew with annotate link"
        )
    if foreign:
        raise InputError(
            f"{where}: links of another study: {len(foreign)} of its passages are not in this one: {some(foreign)}; "
            "give the links that were made of this study"
        )
