"""What was decided, read from the adjudication's project or from a table, and the final labels that it makes with the consensus."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.codebook.scale import Scale
from annotate.consensus import majority, with_decided, without_hidden
from annotate.consensus._resolve import MAJORITY
from annotate.consensus._votes import first_rounds
from annotate.errors import ExportError, InputError
from annotate.files import read_json
from annotate.frames import READABLE, read_frame, records
from annotate.study.annotations import hidden_by
from annotate.study.exported import ADJUDICATION, item_id
from annotate.study.exports import EXCLUSION_COLUMNS, tabulate
from annotate.study.people import identified
from annotate.study.queried import QueriedStudy
from annotate.study.snapshot import TASKS
from annotate.study.study import Study, read_study
from annotate.study.words import Choices

DECISION_COLUMNS = ("item", "variable", "category", "decided_by", "remark")
"""The columns of a table of decisions. ``category`` may be an id or a label of the codebook; ``remark`` may be absent."""


@dataclass(frozen=True)
class Decisions:
    """The decisions of an adjudication.

    ``categories`` has a row for each item and variable that was answered: item, variable, category, decided_by.
    ``whole`` says that a decided passage was decided in all its variables, so that an answer which is not there is
    one too; otherwise only the variables in ``open`` were decided.
    ``open`` gives the decided items with the variables that were open when they were pushed. ``waiting``
    counts the passages without a decision, ``again`` those that were decided more than once, where the last
    decision counts. ``strangers`` counts the decided passages that the study has no ratings of.
    ``exclusions`` lists what was left out, such as a skip, as the table of a study does.
    """

    categories: pd.DataFrame
    open: Mapping[str, tuple[str, ...]]
    waiting: int
    again: int
    strangers: int
    exclusions: pd.DataFrame
    whole: bool = True


def read_decisions(
    path: Path, *, config: Path | None = None, study: Study | QueriedStudy | None = None
) -> Decisions:
    """Read the decisions of an adjudication.

    Parameters
    ----------
    path
        A snapshot folder, a JSON export, or a table of decisions (.csv, .parquet; :data:`DECISION_COLUMNS`).
    config
        The label config of an export.
    study
        The study on which was decided; None to ask nothing of the passages. A table needs it.

    Raises
    ------
    InputError
        If it holds no adjudication, or decides on no passage that has ``ratings``.
    ExportError, ConfigError
        As :func:`~annotate.study.study.read_study` does.

    """
    if path.suffix.lower() in READABLE:
        return _of_file(path, study)
    codebook = read_study(path, config=None if path.is_dir() else config, on_invalid="exclude").codebook
    tasks = [] if codebook is None else export_tasks(path)
    put = [task for task in tasks if task["data"].get(ADJUDICATION)]
    if codebook is None or not put:
        raise InputError(
            f"{path}: holds no adjudication; pull the project that annotate adjudicate pushed into"
        )
    tables = tabulate([_unmarked(task) for task in put], codebook, where=str(path))
    answered = tables.passages.loc[tables.passages["n_annotations"] > 0, "item"]
    opened = {item_id(task["data"]): _open(task["data"], path) for task in put}
    last = tables.ratings.sort_values(["updated_at", "annotation"], kind="stable").drop_duplicates(
        "item", keep="last"
    )
    rated = set(answered) if study is None else set(study.ratings["item"])
    strangers = sum(item not in rated for item in answered)
    if strangers and strangers == len(answered):
        raise InputError(
            f"{path}: holds decisions, but on no passage of this study; give the adjudication of this study's export"
        )
    kept = tables.ratings.merge(last[["item", "annotation"]], on=["item", "annotation"])
    return Decisions(
        categories=kept[["item", "variable", "category", "annotator"]].rename(
            columns={"annotator": "decided_by"}
        ),
        open={item: opened[item] for item in answered},
        waiting=len(tables.passages) - len(answered),
        again=int((tables.passages["n_annotations"] > 1).sum()),
        strangers=strangers,
        exclusions=tables.exclusions,
    )


def _of_file(path: Path, study: Study | QueriedStudy | None) -> Decisions:
    frame = read_frame(path)
    if study is None or not {"decided_by", *_KEY, "category"} <= set(frame.columns):
        raise InputError(
            f"{path}: holds no adjudication; pull the project that annotate adjudicate pushed into, or give the table "
            "that annotate adjudicate --from-workbook writes"
        )
    return decisions_of_table(frame, study, where=str(path))


def decisions_of_table(frame: pd.DataFrame, study: Study | QueriedStudy, *, where: str) -> Decisions:
    """Take decisions from a table, one row a passage and variable; see :data:`DECISION_COLUMNS`.

    A row without a category is not decided yet. What the codebook does not ask after these decisions, such as the
    origin of a passage without a claim, counts as decided too, and is left without an answer.

    Raises
    ------
    InputError
        If a category is not of the codebook, nobody is named who decided, a passage has two decisions on one
        variable, or none of the passages is of the study.

    """
    words, rated = Choices(study.codebook), set(study.ratings["item"])
    found: dict[tuple[str, str], tuple[str, str, str | None]] = {}
    waiting: set[str] = set()
    levels = study.levels or dict.fromkeys(study.ratings["variable"].unique())
    for number, row in enumerate(records(frame), start=1):
        item, variable, said, who = (
            str(row.get(name) or "").strip() for name in ("item", "variable", "category", "decided_by")
        )
        place = f"{where}: decision {number}, passage {item}, {variable}"
        if not said:
            waiting.add(item)
            continue
        if variable not in levels:
            raise InputError(f"{place}: no such variable; there are {', '.join(levels)}")
        category = words.category(variable, said)
        if category is None:
            raise InputError(
                f"{place}: {said!r} is not in the codebook, which has {', '.join(words.offered(variable))}"
            )
        if not who:
            raise InputError(f"{place}: nobody is named who decided; write a name into the column beside it")
        if found.setdefault((item, variable), (category, who, row.get("remark")))[0] != category:
            raise InputError(f"{place}: decided twice, and not the same; keep one of the rows")
    known = {key: made for key, made in found.items() if key[0] in rated}
    if found and not known:
        raise InputError(
            f"{where}: holds decisions, but on no passage of this study; give those of this study"
        )
    categories = pd.DataFrame(
        [(*key, *made) for key, made in known.items()], columns=list(DECISION_COLUMNS), dtype=object
    )
    items = dict.fromkeys(item for item, _ in known)
    return Decisions(
        categories=categories,
        open=_decided_or_hidden(categories, study),
        waiting=len(waiting - set(items)),
        again=0,
        strangers=len({item for item, _ in found} - rated),
        exclusions=pd.DataFrame(columns=list(EXCLUSION_COLUMNS)),
        whole=False,
    )


def _decided_or_hidden(categories: pd.DataFrame, study: Study | QueriedStudy) -> dict[str, tuple[str, ...]]:
    """For each decided item its decided variables, and those that are out of sight with these decisions."""
    rated = study.ratings.loc[study.ratings["item"].isin(categories["item"])]
    most: dict[str, dict[str, str]] = {}
    for row in [] if rated.empty else records(majority(rated)):
        if row["category"] is not None:
            most.setdefault(row["item"], {})[row["variable"]] = row["category"]
    opened = {}
    for item, rows in categories.groupby("item", sort=False):
        decided = dict(zip(rows["variable"], rows["category"], strict=True))
        chosen = {**most.get(str(item), {}), **decided}
        told = {} if study.codebook is None else hidden_by(study.codebook, chosen)
        hidden = {name for name in most.get(str(item), {}) if told.get(name)}
        opened[str(item)] = tuple(sorted({*decided, *hidden}))
    return opened


def export_tasks(path: Path) -> list[Mapping[str, Any]]:
    """The tasks of a snapshot folder or a JSON export that :func:`~annotate.study.study.read_study` has read."""
    file = path / TASKS if path.is_dir() else path
    return identified(read_json(file, remedy="export the project again as JSON", error=ExportError))


def _unmarked(task: Mapping[str, Any]) -> Mapping[str, Any]:
    """The task without the mark of an adjudication, so that its answers are checked as ratings are."""
    return {**task, "data": {key: value for key, value in task["data"].items() if key != ADJUDICATION}}


def _open(data: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    names = data[ADJUDICATION]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(
            f"{path}: item {item_id(data)}: {ADJUDICATION} is not a list of variables; pull again"
        )
    return tuple(names)


ADJUDICATED, UNANIMOUS = "adjudicated", "unanimous"
NOT_ANSWERED = "not answered in the decision"
"""For example: the decision is that there is no claim, so the question of its source is not asked."""

_KEY = ["item", "variable"]


def final_labels(
    consensus: pd.DataFrame,
    decisions: Decisions | None,
    ratings: pd.DataFrame,
    codebook: Codebook | None = None,
) -> pd.DataFrame:
    """Replace the consensus by the decisions, where there are some, and empty what the label config hides given the rest.

    Parameters
    ----------
    consensus
        As :func:`annotate.consensus.resolve` makes it of the annotators' ratings.
    decisions
        Those of the adjudicator. Decisions on items that the consensus does not have are left out.
    ratings
        The annotators' ratings.
    codebook
        What says when a question is asked, see :func:`annotate.consensus.without_hidden`; None if that is not known.

    Returns
    -------
    DataFrame
        The columns of ``consensus``, sorted by item and variable, and with decisions ``decided_by``: who decided
        what the adjudication decided. ``method`` is ``adjudicated`` where a
        variable was open, or the adjudicator changed it; else that of the consensus, where ``unanimous``
        stands for a majority of all. Of an adjudicated record, share is the share of the votes for the
        decided category, posterior NaN, tie false, and n_ratings 0 where no annotator answered. category
        is None, and caution says so, where the decision leaves the variable unanswered.

    """
    labels = consensus.copy()
    if "share" in labels.columns:
        labels.loc[(labels["method"] == MAJORITY) & (labels["share"] == 1), "method"] = UNANIMOUS
    if decisions is None:
        return without_hidden(labels, codebook)
    known = decisions.categories.loc[decisions.categories["item"].isin(consensus["item"])]
    told = known[[*_KEY, "category", "decided_by"]].rename(columns={"category": "decision"})
    labels = labels.merge(told, on=_KEY, how="outer", sort=True)
    labels = labels.astype({"decision": object, "category": object, "tied": object, "caution": object})
    pairs = {(item, name) for item, names in decisions.open.items() for name in names}
    was_open = pd.Series([pair in pairs for pair in zip(labels["item"], labels["variable"], strict=True)])
    changed = labels["decision"].notna() & (labels["decision"] != labels["category"])
    asked = labels["item"].isin(list(decisions.open)) if decisions.whole else was_open
    unanswered = asked & labels["decision"].isna()
    by_decision = unanswered | changed | (was_open & labels["decision"].notna())
    labels.loc[by_decision, "category"] = labels["decision"].where(labels["decision"].notna(), None)
    labels.loc[by_decision, "method"] = ADJUDICATED
    labels.loc[by_decision, ["tied", "caution"]] = None
    labels.loc[unanswered, "caution"] = NOT_ANSWERED
    labels["tie"] = labels["tie"].eq(True) & ~by_decision
    labels["n_ratings"] = labels["n_ratings"].fillna(0).astype("int64")
    if "share" in labels.columns:
        labels.loc[by_decision, "share"] = _shares(labels.loc[by_decision], ratings)
    else:
        labels.loc[by_decision, "posterior"] = float("nan")
    deciders = known.drop_duplicates("item").set_index("item")["decided_by"]
    who = labels["decided_by"].fillna(labels["item"].map(deciders))
    labels["decided_by"] = who.astype(object).where(by_decision & who.notna(), None)
    return without_hidden(labels.loc[:, [*consensus.columns, "decided_by"]], codebook)


def _shares(labels: pd.DataFrame, ratings: pd.DataFrame) -> "pd.Series[float]":
    """Compute which share of the votes each category has."""
    first = first_rounds(ratings)
    cast = first.groupby([*_KEY, "category"]).size().rename("votes").reset_index()
    votes = labels[[*_KEY, "category"]].merge(cast, on=[*_KEY, "category"], how="left")["votes"].fillna(0)
    known = labels["category"].notna() & (labels["n_ratings"] > 0)
    share = pd.Series(votes.to_numpy(dtype=float), index=labels.index) / labels["n_ratings"]
    return share.where(known)


def decided_ratings(ratings: pd.DataFrame, decisions: Decisions | None) -> pd.DataFrame:
    """The ratings of the first round, in which the decision stands in the place of each vote that it settles.

    For what is computed from the categories of passages, such as profiles and ledgers; of agreement it says nothing.
    """
    first = ratings.loc[ratings["round"] == 1]
    if decisions is None:
        return first
    pairs = {(item, name) for item, names in decisions.open.items() for name in names}
    settled = (
        first["item"].isin(list(decisions.open))
        if decisions.whole
        else pd.Series(
            [pair in pairs for pair in zip(first["item"], first["variable"], strict=True)], first.index
        )
    )
    kept = first.loc[~settled.to_numpy(dtype=bool)]
    people = first.drop_duplicates(["item", "annotator"]).drop(columns=["variable", "category"])
    made = people.merge(decisions.categories[[*_KEY, "category"]], on="item")
    return pd.concat([kept, made[first.columns]], ignore_index=True) if len(made) else kept


def against(
    ratings: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    scales: Mapping[str, Scale] | None = None,
) -> pd.DataFrame:
    """Measure how often each annotator chose the decided category.

    Returns
    -------
    DataFrame
        The columns of :func:`annotate.consensus.with_decided` after ``labels``: ``adjudicated``, only what
        was decided by the adjudicator, and ``final``, all that is decided. On the former annotators differ
        by their choice, so the latter says how reliable they are.

    """
    parts = {"adjudicated": labels.loc[labels["method"] == ADJUDICATED], "final": labels}
    return pd.concat(
        [
            with_decided(ratings, decided, scales=scales).assign(labels=name)
            for name, decided in parts.items()
        ],
        ignore_index=True,
    ).pipe(lambda frame: frame[["labels", *frame.columns.drop("labels")]])
