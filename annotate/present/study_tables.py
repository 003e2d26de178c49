"""What is measured from a study as tables for reading: labels for ids, measures side by side, few columns.

An estimate and its interval stand in one cell. What is the same in every row stands below the table, with
what the reader must know of its words.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from annotate.agreement import MEANINGS
from annotate.agreement.permutation import NO_LOW_P
from annotate.codebook.read import Codebook
from annotate.frames import plain, records
from annotate.present.tables import cell, with_words
from annotate.present.wording import COEFFICIENTS, cautions_once, measured_lines, term
from annotate.study.ratings import encode_set
from annotate.study.words import choice, in_words

ALL = "(all)"
_CATEGORIES = ("category", "category_a", "category_b", "true_category", "member", "prevalent_category")
_HEADINGS = {
    "n_items": "passages",
    "n_pairable_items": "n",
    "n_pairable_rest": "n of the rest",
    "n_annotators": "annotators",
    "annotator_a": "annotator",
    "annotator_b": "and",
    "reference": "against",
    "category_a": "category",
    "category_b": "confused with",
    "p_value": "p",
    "p_adjusted": "p corrected",
    "undefined": "undefined because",
}
_UNTOLD = ("level",)
"""What a reading table leaves out: the level of a variable stands in the codebook."""
_BELOW = (
    "variable",
    "coefficient",
    "interval",
    "n",
    "passages",
    "annotators",
    "method",
    "target",
    "undefined because",
)
"""What is named once, below the table, where it is the same in every row."""
_COUNTED = ("n_", "items_", "clusters_")
_RULED, _BELOW_THRESHOLD = "krippendorff_alpha", "p_below_"
_N = "n: passages with two ratings or more"
_FEW_WAYS = "too few to test"
_WAY_OUT = (
    "they are moved whole from group to group, and in so few ways no difference could be told from chance; code more of them, "
    "group by what has more, or say --cluster none to move single passages, whose p-values are too low where passages of one "
    "text resemble each other"
)


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
            text = estimate(record, lambda number: f"{100 * number:.0f}", "%")
        elif measure in counts:
            text = estimate(record, lambda number: f"{number:.0f}")
        else:
            text = estimate(record, lambda number: cell(float(number)))
        lines.setdefault(key, {})[measure] = text
    for key, why in reasons.items():
        lines[key]["undefined because"] = "; ".join(why)
    return pd.DataFrame([{**dict(zip(rows, key, strict=True)), **cells} for key, cells in lines.items()])


def readable(frame: pd.DataFrame, codebook: Codebook | None = None) -> pd.DataFrame:
    """Write a table as people read it.

    Labels stand for ids, words for names, whole numbers for counts, ``(all)`` for all sources or labels
    together. Columns in which nothing stands are left out; what is the same in every row stands below.
    """
    if frame.empty:
        return frame
    frame, told = _folded(frame)
    kept = frame.loc[:, [name for name in frame.columns if frame[name].notna().any() and name not in _UNTOLD]]
    shown = pd.DataFrame(index=kept.index)
    for name in kept.columns:
        shown[_heading(str(name))] = _column(kept, str(name), codebook)
    return with_words(_named_once(shown), *told)


def _folded(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Set the ends of each interval into the cell of its value, and how the intervals were made below the table."""
    own = {"value", "ci_low", "ci_high"} <= set(frame.columns)
    for low in [name for name in frame.columns if str(name).endswith("ci_low")]:
        start = low.removesuffix("ci_low")
        parts = {start.removesuffix("_") or "value": "value", low: "ci_low", f"{start}ci_high": "ci_high"}
        if {*parts} <= set(frame.columns):
            rows = records(frame[[*parts]].rename(columns=parts))
            said = [None if row["value"] is None else estimate(row, cell) for row in rows]
            frame = frame.drop(columns=[low, f"{start}ci_high"])
            frame[next(iter(parts))] = pd.Series(said, index=frame.index, dtype=object)
    if not own:
        return frame, []
    kinds = frame["interval"].dropna().astype("str") if "interval" in frame else pd.Series(dtype="str")
    kinds = kinds.str.replace(r", t with [\d.]+ degrees of freedom", "", regex=True)
    how = kinds.str.replace(r" over [\d,]+(?= )", " over", regex=True).unique()
    told = [f"intervals: {'; '.join(how)}"] if len(how) else []
    return frame.drop(columns="interval", errors="ignore"), told


def _heading(name: str) -> str:
    return _HEADINGS.get(name) or (
        COEFFICIENTS[name].short if name in COEFFICIENTS else name.removeprefix("n_")
    )


def _column(frame: pd.DataFrame, name: str, codebook: Codebook | None) -> Any:
    """One column in words; see :func:`readable`."""
    values = [plain(value) for value in frame[name]]
    if name in _CATEGORIES and "variable" in frame.columns:
        pairs = zip(frame["variable"], values, strict=True)
        values = [said if said in (None, ALL) else label(codebook, str(of), str(said)) for of, said in pairs]
    elif name in ("source", "label"):
        labels = _span_labels(codebook) if name == "label" else {}
        values = [ALL if value is None else labels.get(value, value) for value in values]
    elif name in ("variable", "coefficient", "measure"):
        values = [term(str(value)) for value in values]
    elif all(isinstance(value, bool) for value in values):
        values = ["yes" if value else "" for value in values]
    elif name.startswith((*_COUNTED, "ratings")) and all(
        value is None or float(value).is_integer() for value in values
    ):
        return pd.array(values, dtype="Int64")
    return values


def label(codebook: Codebook | None, variable: str, category: str) -> str:
    """A category as annotators saw it; of a set, also one of what may be in it."""
    levels = {} if codebook is None else codebook.levels
    one_of_set = levels.get(variable) == "set" and not category.startswith("[")
    return choice(codebook, variable, encode_set([category]) if one_of_set else category)


def _named_once(frame: pd.DataFrame, *notes: str) -> pd.DataFrame:
    """Set what is the same in every row below the table, and what the words of the others mean."""
    same = []
    if len(frame) > 1:
        same = [name for name in _BELOW if name in frame.columns and _same(frame[name])]
    told = [f"{name}: {cell(frame[name].iloc[0])}" for name in same]
    if "n" in frame.columns:
        parts = frame["n"].astype("str").str.contains("/").any()
        told.append(f"{_N}, of all that were rated" if parts else _N)
    everywhere: list[str] = []
    if "caution" in frame.columns:
        left, everywhere = cautions_once(
            frame["caution"].tolist(), (frame[str(frame.columns[0])] != ALL).tolist()
        )
        frame = frame.assign(caution=pd.Series(left, index=frame.index, dtype=object))
    cautions = frame["caution"].dropna() if "caution" in frame.columns else ()
    used = dict.fromkeys(one for said in cautions for one in str(said).split("; "))
    told += [*everywhere, *(f"{name}: {MEANINGS[name]}" for name in used if name in MEANINGS)]
    empty = ["caution"] if everywhere and not len(cautions) else []
    return with_words(frame.drop(columns=[*same, *empty]), *told, *notes)


def _same(column: "pd.Series[Any]") -> bool:
    return bool((column == column.iloc[0]).all() or column.isna().all())


def agreement_table(
    result: pd.DataFrame, by: Sequence[str] = (), codebook: Codebook | None = None
) -> pd.DataFrame:
    """Set the coefficients of each group and variable side by side, with n, the largest category and cautions."""
    keys = [*by, "variable", *(["category"] if "category" in result.columns else [])]
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for record in records(result):
        key = tuple(record[name] for name in keys)
        row = rows.setdefault(key, {**dict(zip(keys, key, strict=True)), **_counts(record, codebook)})
        said = [
            one for text in (row["caution"], record.get("caution")) if text for one in str(text).split("; ")
        ]
        row["caution"] = "; ".join(dict.fromkeys(said)) or None
        undefined = record["value"] is None
        named = f" {record['benchmark']}" if record.get("benchmark") else ""
        row[term(str(record["coefficient"]))] = "undefined" if undefined else estimate(record, cell) + named
        if record["coefficient"] == _RULED:
            chances = {name: value for name, value in record.items() if name.startswith(_BELOW_THRESHOLD)}
            row |= {_chance(name): None if value is None else cell(value) for name, value in chances.items()}
        if undefined:
            row["undefined"] = "; ".join(dict.fromkeys(filter(None, [row["undefined"], record["undefined"]])))
    frame = pd.DataFrame(rows.values())
    of_variable = [] if "category" in keys else ["most chosen"]
    last = [name for name in ("n", "annotators", *of_variable, "undefined", "caution") if name in frame]
    first = [name for name in frame.columns if name not in (*last, "most chosen")]
    return with_words(readable(frame[first + last], codebook), *measured_lines(result))


def _chance(name: str) -> str:
    """In words, how likely alpha is to be below a threshold.

    >>> _chance("p_below_0.667")
    'P(alpha < 0.667)'
    """
    return f"P(alpha < {name.removeprefix(_BELOW_THRESHOLD)})"


def _counts(record: Mapping[str, Any], codebook: Codebook | None) -> dict[str, Any]:
    """What stands once for all coefficients of a group and variable."""
    n, items = record["n_pairable_items"], record["n_items"]
    most = record.get("prevalent_category")
    named = None if most is None else label(codebook, str(record["variable"]), str(most))
    return {
        "n": f"{n}" if n == items else f"{n}/{items}",
        "annotators": str(record["n_annotators"]),
        "most chosen": named and f"{named} {100 * record['prevalence']:.0f}%",
        "undefined": None,
        "caution": record.get("caution"),
    }


def pairs_table(frame: pd.DataFrame, codebook: Codebook | None = None) -> pd.DataFrame:
    """Set each coefficient of two annotators and its interval, or that it is undefined, into one cell."""
    names = [column.removesuffix("_ci_low") for column in frame.columns if column.endswith("_ci_low")]
    rows = []
    for record in records(frame):
        kept = {key: value for key, value in record.items() if not key.startswith(tuple(names))}
        cells = {term(name): _of_pair(record, name) for name in names}
        rows.append(kept | cells)
    own = [name for name in frame.columns if not name.startswith(tuple(names))]
    columns = [name for name in dict.fromkeys([*own, *map(term, names)]) if name != "interval"]
    kinds = dict.fromkeys(frame["interval"].dropna()) if "interval" in frame else ()
    told = [f"intervals: {'; '.join(map(str, kinds))}"] if kinds else []
    return with_words(readable(pd.DataFrame(rows, columns=columns), codebook), *told)


def _of_pair(record: Mapping[str, Any], name: str) -> str:
    if record[name] is None:
        return f"undefined: {record[f'{name}_undefined']}"
    told = {
        "value": record[name],
        "ci_low": record[f"{name}_ci_low"],
        "ci_high": record[f"{name}_ci_high"],
    }
    return estimate(told, cell)


def icc_table(frame: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Set each intraclass correlation and its interval into one cell, with what it asks for."""
    rows = []
    for record in records(frame):
        value = None if record["value"] is None else estimate(record, cell)
        kept = {name: record[name] for name in (*by, "variable", "form")}
        rest = {
            name: record[name] for name in ("of", "asks_for", "n_pairable_items", "interval", "undefined")
        }
        rows.append(kept | {"ICC": value} | rest)
    k = sorted({round(one, 2) for one in frame["k"].dropna()})
    notes = [f"k: {', '.join(f'{one:g}' for one in k)}"] if k else []
    return with_words(readable(pd.DataFrame(rows)), *notes)


def kinds_tables(frame: pd.DataFrame, by: Sequence[str] = ()) -> list[pd.DataFrame]:
    """Agreement within and between kinds of annotators as one table, and the tests as another."""
    keys = [*by, "variable"]
    rows, tests = [], []
    for record in records(frame):
        key = {name: record[name] for name in keys} | {"coefficient": record["coefficient"]}
        value = None if record["value"] is None else estimate(record, cell)
        rest = {name: record[name] for name in ("n_items", "undefined")}
        if record["comparison"] == "difference":
            tests.append(
                key
                | {"of": f"{record['kind']} less {record['other']}", "difference": value}
                | {"p_value": record["p_value"], "p_adjusted": record["p_adjusted"]}
                | rest
            )
            continue
        kinds = str(record["kind"]) if record["other"] is None else f"{record['kind']} with {record['other']}"
        rows.append(key | {"of": kinds, "agreement": value} | rest)
    tables = [readable(pd.DataFrame(one)) for one in (rows, tests) if one]
    cross = "Cross-kappa: agreement of two kinds with each other (Wong, Paritosh & Aroyo 2021)"
    paired = "p: paired t-test on the passages that both kinds rated twice (Gwet 2016)"
    return [with_words(one, note) for one, note in zip(tables, (cross, paired), strict=False)]


def machines_table(frame: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Show how each machine agrees with people, and whether it may replace one of them."""
    rows = []
    for record in records(frame):
        told: dict[str, Any] = {name: record[name] for name in (*by, "variable", "machine")}
        for what, name in (("people_alpha", "people"), ("with_people", "with people")):
            start = what.removesuffix("_alpha")
            limits = {end: record[f"{start}_{end}"] for end in ("ci_low", "ci_high")}
            told[name] = None if record[what] is None else estimate({"value": record[what], **limits}, cell)
        tested, rate = record["n_tested"], record["winning_rate"]
        told["wins"] = None if rate is None else f"{round(rate * tested)} of {tested}"
        told["as close"] = None if rate is None else f"{100 * record['advantage']:.0f}%"
        told["may replace"] = None if rate is None else "yes" if record["replaces"] else "no"
        rows.append(told | {"undefined": record["undefined"]})
    epsilon = frame["epsilon"].iloc[0] if len(frame) else 0
    return with_words(
        readable(pd.DataFrame(rows)),
        "people: alpha without machines; with people: cross-kappa of the machine and people",
        f"wins: people against whom it wins (alternative annotator test, epsilon {epsilon:g}); it may replace one from half on",
        "as close: passages on which it is as close to the others as the person left out, or closer",
    )


def comparison_table(
    frame: pd.DataFrame, by: Sequence[str], codebook: Codebook | None = None
) -> pd.DataFrame:
    """Show agreement in each group and in the rest, and whether they differ."""
    shown = ["value", "rest", "difference", "p_value", "p_adjusted", "n_pairable_items", "n_pairable_rest"]
    kept = [*by, "variable", "coefficient", *shown, "caution", "undefined"]
    few = frame["undefined"].astype("str").str.contains(NO_LOW_P, na=False)
    reasons = dict.fromkeys(frame.loc[few, "undefined"])
    told = [f"{_FEW_WAYS}: {'; '.join(reasons)}; {_WAY_OUT}"] if reasons else []
    table = frame.assign(undefined=frame["undefined"].mask(few, _FEW_WAYS))
    table = readable(table[[name for name in kept if name in table.columns]], codebook)
    return with_words(table, *told, *measured_lines(frame))


def plan_table(frame: pd.DataFrame, codebook: Codebook | None = None) -> pd.DataFrame:
    """Show how many items, or documents, an interval takes."""
    table = readable(frame.drop(columns=["weights", "distance"], errors="ignore"), codebook)
    return with_words(table, *measured_lines(frame))


def spans_table(frame: pd.DataFrame, by: Sequence[str], codebook: Codebook | None = None) -> pd.DataFrame:
    """Set the coefficients of each label of marked text side by side."""
    if frame.empty:
        return frame
    counts = [name for name in ("n_pairable_items", "n_spans", "n_relations") if name in frame.columns]
    return readable(side_by_side(frame, [*by, "label", *counts], "coefficient"), codebook)


def span_pairs_table(
    frame: pd.DataFrame, by: Sequence[str] = (), codebook: Codebook | None = None
) -> pd.DataFrame:
    """Show how the marks of each annotator stand to those of each other one: precision, recall and F1 side by side."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for record in records(frame):
        measure, _, match = str(record["coefficient"]).partition("_")
        key = {name: record[name] for name in (*by, "label", "annotator", "reference")} | {"match": match}
        row = rows.setdefault(tuple(key.values()), {**key, "n_items": record["n_items"], "undefined": None})
        of = record.get({"precision": "n_spans", "recall": "n_reference_spans"}.get(measure, ""))
        parts = "" if of is None else f" ({record['n_matched']}/{of})"
        row[measure] = "undefined" if record["value"] is None else cell(record["value"]) + parts
        row["undefined"] = row["undefined"] or record["undefined"]
    shown = pd.DataFrame(rows.values())
    return with_words(
        readable(shown, codebook),
        *(["match: exact, the same words; overlap, at least a character in common"] if len(shown) else ()),
    )


def with_texts(frame: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Put its text into the place of each passage's id, where there is one."""
    if frame.empty:
        return frame
    texts = passages.dropna(subset=["text"]).set_index("item")["text"].to_dict()
    return frame.assign(passage=[texts.get(item, item) for item in frame["passage"]])


def _span_labels(codebook: Codebook | None) -> dict[str, str]:
    if codebook is None:
        return {}
    spans = {label.id: label.label for control in codebook.span_variables for label in control.labels}
    return spans | {one.id: in_words(one.label) for one in codebook.relations}


def estimate(record: Mapping[str, Any], written: Callable[[float], str], unit: str = "") -> str:
    """Without a space in the interval, so that a narrow terminal breaks the cell before it."""
    text = written(record["value"]) + unit
    if record["ci_low"] is None:
        return text
    return f"{text} [{written(record['ci_low'])},{written(record['ci_high'])}]"
