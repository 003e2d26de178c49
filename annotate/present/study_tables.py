"""What is measured from a study as tables for reading: measures side by side, a value and its interval in a cell."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from annotate.codebook.read import Category, Codebook
from annotate.frames import plain, records
from annotate.present.tables import cell
from annotate.provenance.profiles import CLAIM_TYPES, COUNTS, SHARES
from annotate.study.ratings import decode_set

ALL = "(all)"
_GRADED = ["variable", "category"]


def side_by_side(
    frame: pd.DataFrame,
    rows: Sequence[str],
    across: str,
    *,
    shares: Collection[str] = (),
    counts: Collection[str] = (),
) -> pd.DataFrame:
    """Set measures beside each other, for reading: a row for each ``rows``, a column for each ``across``.

    A cell holds the value with its interval; where one is undefined, a last column says why. An empty
    group stands for all of them and is written ``(all)``. The measures in ``shares`` are written in
    per cent, those in ``counts`` as whole numbers.
    """
    lines: dict[tuple[Any, ...], dict[str, str]] = {}
    reasons: dict[tuple[Any, ...], dict[str, None]] = {}
    for record in records(frame):
        key = tuple(ALL if record[name] is None else record[name] for name in rows)
        measure = str(record[across])
        if record["value"] is None:
            text = "undefined"
            reasons.setdefault(key, {})[str(record["undefined"])] = None
        elif measure in shares:
            text = _estimate(record, lambda number: f"{100 * number:.0f}", "%")
        elif measure in counts:
            text = _estimate(record, lambda number: f"{number:.0f}")
        else:
            text = _estimate(record, lambda number: cell(float(number)))
        lines.setdefault(key, {})[measure] = text
    for key, why in reasons.items():
        lines[key]["undefined because"] = "; ".join(why)
    return pd.DataFrame([{**dict(zip(rows, key, strict=True)), **cells} for key, cells in lines.items()])


def agreement_table(result: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Set the coefficients of each group and variable side by side, with n, prevalence and cautions."""
    of = [name for name in ("category",) if name in result.columns]
    counts = ["n_items", "n_pairable_items", "n_annotators"]
    shown = [*by, "variable", *of, *counts, *(["prevalence"] if "prevalence" in result.columns else [])]
    wide = side_by_side(result, shown, "coefficient")
    if "caution" in result.columns and result["caution"].notna().any():
        first = result.drop_duplicates([*by, "variable", *of, *counts])
        wide["caution"] = list(first["caution"])
    return wide


def pairs_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Set each coefficient of two annotators and its interval, or that it is undefined, into one cell."""
    names = [column.removesuffix("_ci_low") for column in frame.columns if column.endswith("_ci_low")]
    rows = []
    for record in records(frame):
        kept = {key: value for key, value in record.items() if not key.startswith(tuple(names))}
        cells = {name: _of_pair(record, name) for name in names}
        rows.append(kept | cells | {"interval": kept.get("interval")})
    return readable(pd.DataFrame(rows))


def _of_pair(record: Mapping[str, Any], name: str) -> str:
    if record[name] is None:
        return f"undefined: {record[f'{name}_undefined']}"
    estimate = {
        "value": record[name],
        "ci_low": record[f"{name}_ci_low"],
        "ci_high": record[f"{name}_ci_high"],
    }
    return _estimate(estimate, cell)


def readable(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the columns in which nothing stands, and write all sources or labels as ``(all)``, for reading."""
    kept = frame.loc[:, frame.notna().any()] if len(frame) else frame
    whole = [column for column in ("source", "label") if column in kept.columns]
    return kept.assign(
        **{column: [ALL if row is None else row for row in map(plain, kept[column])] for column in whole}
    )


def quality_table(quality: pd.DataFrame) -> pd.DataFrame:
    """Set the measures of each category side by side, then the baseline's, then what is to be said of it."""
    shown = quality.assign(category=quality["category"].fillna(ALL))
    table = side_by_side(shown, [*_GRADED, "n", "n_suggested", "n_documents"], "measure")
    table = table.drop(columns="undefined because", errors="ignore")
    for measure in ("accuracy", "macro_f1", "f1"):
        rows = shown.loc[(shown["measure"] == measure) & shown["baseline"].notna(), [*_GRADED, "baseline"]]
        if len(rows):
            named = rows.rename(columns={"baseline": f"{measure} of baseline"})
            table = table.merge(named, on=_GRADED, how="left")
    notes = shown.loc[shown["undefined"].notna(), [*_GRADED, "undefined"]].drop_duplicates(_GRADED)
    notes = notes.rename(columns={"undefined": "note"})
    return table.merge(notes, on=_GRADED, how="left") if len(notes) else table


def labels_table(labels: pd.DataFrame) -> pd.DataFrame:
    """Show decided labels; the categories of a tie stand side by side."""
    if "tied" in labels.columns:
        tied = [None if row is None else " / ".join(decode_set(row)) for row in labels["tied"]]
        labels = labels.assign(tied=pd.Series(tied, index=labels.index, dtype=object))
    return readable(labels)


def profile_tables(profile: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set the profiles of sources side by side: the shares of each, and the spread of its claim types."""
    types = profile["measure"] == CLAIM_TYPES
    claims = profile["measure"] == "claims"
    return (
        side_by_side(profile[~types], ["source"], "measure", shares=SHARES, counts=(*COUNTS, "claims")),
        side_by_side(
            profile[types | claims].assign(category=lambda rows: rows["category"].fillna("claims")),
            ["source"],
            "category",
            shares=set(profile.loc[types, "category"]),
            counts=("claims",),
        ),
    )


def _estimate(record: Mapping[str, Any], written: Callable[[float], str], unit: str = "") -> str:
    """Without a space in the interval, so that a narrow terminal breaks the cell before it."""
    text = written(record["value"]) + unit
    if record["ci_low"] is None:
        return text
    return f"{text} [{written(record['ci_low'])},{written(record['ci_high'])}]"


def codebook_frame(codebook: Codebook) -> pd.DataFrame:
    """List a codebook: one row a category, in the order in which annotators see them."""
    rows: list[dict[str, str | None]] = []
    for variable in codebook.variables:
        of = {"variable": variable.name, "level": variable.level or "free text"}
        rows += [{**of, **_category(category)} for category in variable.categories or (Category("", ""),)]
    for spans in codebook.span_variables:
        rows += [{"variable": spans.name, "level": "span", **_category(label)} for label in spans.labels]
    rows += [{"variable": "relations", "level": "relation", **_category(r)} for r in codebook.relations]
    return pd.DataFrame(rows)


def _category(category: Category) -> dict[str, str | None]:
    return {
        "category": category.id,
        "label": category.label,
        "definition": category.definition,
        "hotkey": category.hotkey,
    }
