"""What has changed between two states of a study: ratings, agreement, labels, marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from annotate.agreement import DEFAULT, measure
from annotate.codebook.scale import Scale
from annotate.consensus import or_nominal, resolve, without_hidden
from annotate.coordination.adjudication import Decisions, final_labels
from annotate.errors import InputError
from annotate.sampling import Interval
from annotate.study.ratings import KEY
from annotate.study.study import Study

ADDED, CHANGED, REMOVED, SAME = "added", "changed", "removed", "same"
STATES = ("before", "after")
_MEASURED = (
    "value",
    "ci_low",
    "ci_high",
    "interval",
    "n_items",
    "n_pairable_items",
    "n_annotators",
    "undefined",
)
_DECIDED = ("category", "tied", "share", "method")
_LABEL = ["item", "variable"]


@dataclass(frozen=True)
class State:
    """A study at one time, how its variables are measured, and what an adjudicator had decided by then."""

    study: Study
    scales: Mapping[str, Scale]
    decisions: Decisions | None = None


@dataclass(frozen=True)
class Changes:
    """What :func:`changes` found.

    ``ratings`` has one row a rating that was added, changed or removed: change, item, source, annotator, variable, round,
    before, after (the categories, None where there was none), updated_at (when the later one was last changed, the
    earlier one if it is gone), left_out (why the later state leaves its annotation or answer out, if it does).
    ``agreement`` has one row for each group, variable and coefficient of either state: the columns of ``by``, variable,
    coefficient, and of each state value, ci_low, ci_high, interval, n_items, n_pairable_items, n_annotators and undefined,
    with _before and _after; difference is the later value less the earlier.
    ``labels`` has one row a label that was added, changed or removed: change, item, source, variable, and of each state
    category (None in a tie, or without a label), tied, share and method, with _before and _after.
    ``counts`` says how many ratings, labels, passages (with a rating) and marks were added, changed, removed, or are the
    same; a mark is its label and its place, so it cannot be changed. ``notices`` are sentences on what the two states
    differ in besides.
    """

    ratings: pd.DataFrame
    agreement: pd.DataFrame
    labels: pd.DataFrame
    counts: Mapping[str, Mapping[str, int]]
    notices: tuple[str, ...]


def changes(
    before: State,
    after: State,
    *,
    by: Sequence[str] = (),
    coefficients: str | Sequence[str] = DEFAULT,
    interval: Interval = Interval(),
) -> Changes:
    """Say what has changed from one state of a study to a later one.

    Two ratings are the same judgement if item, annotator, variable and round are the same. Labels are the majority of
    each state, with the decisions on top where a state has some. The agreement of each state is of all that was
    rated in it, so that its intervals are no test of the difference: the ratings are largely the same ones.

    Parameters
    ----------
    before, after
        The two states; as a rule two pulls of one project.
    by, coefficients, interval
        As of :func:`annotate.agreement.measure`.

    Raises
    ------
    InputError
        If nothing was rated in either, or the two have no passage in common.
    TableError, StatisticsError
        As :func:`annotate.agreement.measure` does.

    """
    _require_one_study(before.study, after.study)
    ratings, same = _ratings(before.study, after.study)
    labels, same_labels = _labels(before, after)
    parts = {
        "passages": _met(_items(before.study), _items(after.study)),
        "ratings": _tally(ratings, same),
        "labels": _tally(labels, same_labels),
        "marks": _met(_marks(before.study), _marks(after.study)),
    }
    agreement = _agreement(before, after, tuple(by), coefficients, interval)
    return Changes(ratings, agreement, labels, parts, tuple(_notices(before.study, after.study)))


def _require_one_study(before: Study, after: Study) -> None:
    if before.ratings.empty and after.ratings.empty:
        raise InputError(f"{before.name} and {after.name}: nobody has rated a passage in either")
    if not set(before.passages["item"]) & set(after.passages["item"]):
        raise InputError(
            f"{before.name} and {after.name} have no passage in common; give two pulls of one project"
        )


def _notices(before: Study, after: Study) -> list[str]:
    """What else differs, of which a reader would not think."""
    told = []
    for key, what in (("server url", "server"), ("project title", "project")):
        one, other = before.about.get(key), after.about.get(key)
        if one and other and one != other:
            told.append(f"another {what}: {one} before, {other} after; A1 in one may not be A1 in the other")
    pulled = [one.about.get("pulled_at") or one.about.get("merged_at") or "" for one in (before, after)]
    if all(pulled) and pulled[0] > pulled[1]:
        told.append(f"{before.name} is the later one, of {pulled[0]}; {after.name} is of {pulled[1]}")
    if before.codebook and after.codebook and before.codebook.sha256 != after.codebook.sha256:
        told.append("another label config: annotators may not have seen the same choices")
    return told


def _ratings(before: Study, after: Study) -> tuple[pd.DataFrame, int]:
    """The ratings that are not the same in both, and how many are."""
    kept = [*KEY, "source", "category", "updated_at"]
    both = (
        before.ratings.reindex(columns=kept)
        .merge(after.ratings.reindex(columns=kept), on=KEY, how="outer", suffixes=("_before", "_after"))
        .sort_values(["item", "variable", "annotator", "round"], kind="stable", ignore_index=True)
    )
    change = _change(both["category_before"], both["category_after"])
    ordered = {column: _later(both, column) for column in ("source", "updated_at")}
    table = pd.DataFrame(
        {
            "change": change,
            "item": both["item"],
            "source": ordered["source"],
            "annotator": both["annotator"],
            "variable": both["variable"],
            "round": both["round"],
            "before": _or_none(both["category_before"]),
            "after": _or_none(both["category_after"]),
            "updated_at": ordered["updated_at"],
        }
    )
    found = table.loc[table["change"] != SAME].reset_index(drop=True)
    return found.assign(left_out=_reasons(found, after)), int((change == SAME).sum())


def _reasons(found: pd.DataFrame, after: Study) -> "pd.Series[str]":
    """Why the later state leaves out what is gone: the reason of the answer, or else of the annotation."""
    known: dict[tuple[object, ...], str] = {}
    columns = ["item", "annotator", "variable", "reason"]
    for item, who, variable, reason in after.exclusions[columns].itertuples(index=False, name=None):
        known[item, who, None if pd.isna(variable) else variable] = str(reason)
    keys = zip(found["change"], found["item"], found["annotator"], found["variable"], strict=True)
    reasons = [
        known.get((item, who, variable)) or known.get((item, who, None)) if change == REMOVED else None
        for change, item, who, variable in keys
    ]
    return pd.Series(reasons, index=found.index, dtype=object)


def _labels(before: State, after: State) -> tuple[pd.DataFrame, int]:
    both = (
        _decided(before)
        .merge(_decided(after), on=_LABEL, how="outer", suffixes=("_before", "_after"))
        .sort_values(["item", "variable"], kind="stable", ignore_index=True)
    )
    said = [
        both[f"category_{one}"].where(both[f"category_{one}"].notna(), both[f"tied_{one}"]) for one in STATES
    ]
    change = _change(*said)
    sources = pd.concat([one.study.passages[["item", "source"]] for one in (before, after)])
    names = sources.drop_duplicates("item", keep="last").set_index("item")["source"]
    table = pd.DataFrame({"change": change, "item": both["item"], "source": both["item"].map(names)})
    table["variable"] = both["variable"]
    for column in _DECIDED:
        for one in STATES:
            values = both[f"{column}_{one}"]
            table[f"{column}_{one}"] = values if column == "share" else _or_none(values)
    there = (change != SAME) & (said[0].notna() | said[1].notna())
    return table.loc[there].reset_index(drop=True), int((change == SAME).sum())


def _decided(state: State) -> pd.DataFrame:
    study = state.study
    if study.ratings.empty:
        return pd.DataFrame(columns=[*_LABEL, *_DECIDED], dtype=object)
    made = resolve(study.ratings, scales=or_nominal(state.scales, study.variables))
    found = (
        without_hidden(made, study.codebook)
        if state.decisions is None
        else final_labels(made, state.decisions, study.ratings, study.codebook)
    )
    return found[[*_LABEL, *_DECIDED]]


def _agreement(
    before: State, after: State, by: tuple[str, ...], coefficients: str | Sequence[str], interval: Interval
) -> pd.DataFrame:
    keys = [*by, "variable", "coefficient"]
    found = [
        measure(
            state.study.first_round, scales=state.scales, by=by, coefficients=coefficients, interval=interval
        )
        for state in (before, after)
        if not state.study.first_round.empty
    ]
    empty = pd.DataFrame(columns=[*keys, *_MEASURED])
    first = empty if before.study.first_round.empty else found[0]
    second = empty if after.study.first_round.empty else found[-1]
    order = pd.concat([second[keys], first[keys]]).drop_duplicates()
    both = order
    for one, state in ((first, "before"), (second, "after")):
        named = {column: f"{column}_{state}" for column in _MEASURED}
        both = both.merge(one[[*keys, *_MEASURED]].rename(columns=named), on=keys, how="left")
    values = [pd.to_numeric(both[f"value_{one}"]) for one in STATES]
    columns = [f"{column}_{one}" for column in _MEASURED for one in STATES]
    return both[[*keys, *columns]].assign(difference=values[1] - values[0])


def _change(before: "pd.Series[str]", after: "pd.Series[str]") -> "pd.Series[str]":
    """What has become of each, from what it was and is; nothing in both is the same."""
    change = pd.Series(CHANGED, index=before.index, dtype=object)
    change[(before == after).fillna(value=False) | (before.isna() & after.isna())] = SAME
    change[before.isna() & after.notna()] = ADDED
    change[before.notna() & after.isna()] = REMOVED
    return change


def _later(both: pd.DataFrame, column: str) -> "pd.Series[str]":
    after = both[f"{column}_after"]
    return _or_none(after.where(after.notna(), both[f"{column}_before"]))


def _or_none(values: "pd.Series[str]") -> "pd.Series[str]":
    return values.astype(object).where(values.notna(), None)


def _tally(table: pd.DataFrame, same: int) -> dict[str, int]:
    counts = table["change"].value_counts()
    return {ADDED: 0, CHANGED: 0, REMOVED: 0} | {str(one): int(n) for one, n in counts.items()} | {SAME: same}


def _met(before: set[tuple[object, ...]], after: set[tuple[object, ...]]) -> dict[str, int]:
    return {
        ADDED: len(after - before),
        CHANGED: 0,
        REMOVED: len(before - after),
        SAME: len(before & after),
    }


def _items(study: Study) -> set[tuple[object, ...]]:
    return {(item,) for item in study.ratings["item"]}


def _marks(study: Study) -> set[tuple[object, ...]]:
    columns = ["item", "annotator", "round", "label", "start", "end"]
    return set(study.spans[columns].itertuples(index=False, name=None))
