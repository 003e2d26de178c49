"""Agreement on the answers inside marked stretches, over the stretches that two annotators marked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import pandas as pd

from annotate.agreement._measure import measure
from annotate.agreement.registry import DEFAULT
from annotate.agreement.spans.relations import Mark, marked_end, matching_marks
from annotate.codebook.scale import Scale
from annotate.errors import TableError
from annotate.sampling import AUTO, Interval


def measure_inside(
    inside: pd.DataFrame,
    spans: pd.DataFrame,
    *,
    scales: Mapping[str, Scale],
    coefficients: str | Sequence[str] = DEFAULT,
    by: str | Sequence[str] = (),
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Measure agreement on the answers inside marked stretches, over the stretches that two annotators marked.

    Parameters
    ----------
    inside, spans
        The tables of a study, one round of either.
    scales
        How each variable is measured; answers to others, which are free text, are left out.
    coefficients, by
        As of :func:`annotate.agreement.measure`; ``by`` may be ``source``.
    interval
        As of :func:`annotate.agreement.measure`. By default documents are drawn where there are two or more, and
        otherwise passages, for the matched stretches of one passage are not independent.

    Returns
    -------
    DataFrame
        As of :func:`annotate.agreement.measure`, an item being two matched stretches.
        ``attrs["unmatched"]`` counts the answers inside stretches that nobody else marked.

    Raises
    ------
    TableError
        If no stretch with such an answer was marked by two annotators.
    StatisticsError
        As of :func:`annotate.agreement.measure`.

    """
    units = inside_units(inside.loc[inside["variable"].isin(list(scales))], spans)
    if units.empty:
        raise TableError("answers inside marked text: no stretch with one was marked by two annotators")
    if interval.cluster == AUTO:
        documents = set(units["document"])
        several = len(documents) > 1 and "" not in documents
        interval = replace(interval, cluster="document" if several else "passage")
    if (units[interval.cluster or "item"] == units[interval.cluster or "item"].iloc[0]).all():
        interval = replace(
            interval, kind="none"
        )  # of one passage its stretches are all there is, and not independent
    found = measure(units, scales=scales, by=by, coefficients=coefficients, interval=interval)
    found.attrs["unmatched"] = units.attrs["unmatched"]
    return found


def inside_units(inside: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """Make ratings of answers inside marked stretches, so that they can be measured as others are.

    Parameters
    ----------
    inside, spans
        The tables of a study, one round of either.

    Returns
    -------
    DataFrame
        item (two matched stretches of two annotators, who are its only ones), source, annotator, variable,
        category, passage, document (empty where it is not known). ``attrs["unmatched"]`` counts the answers inside stretches that no other annotator
        of the passage marked, which agreement says nothing of.

    Notes
    -----
    Stretches of one label that share a character are matched one to one, annotator by annotator. Of three
    annotators, one stretch is in up to three pairs, which are not independent: what is measured on these units
    has an interval only where passages, or documents, are drawn whole.

    """
    marks: dict[str, dict[str, set[Mark]]] = {}
    for row in spans.to_dict("records"):
        of = marks.setdefault(row["item"], {}).setdefault(row["annotator"], set())
        of.add((row["label"], row["start"], row["end"]))
    answers: dict[tuple[str, str, Mark], list[dict[object, object]]] = {}
    for row in inside.to_dict("records"):
        mark = min(marked_end(row, ""))  # a stretch with several labels is one stretch
        answers.setdefault((row["item"], row["annotator"], mark), []).append(dict(row))
    rows, used = [], set()
    for item, of_item in sorted(marks.items()):
        for pair in combinations(sorted(of_item), 2):
            for match in sorted(matching_marks(of_item[pair[0]], of_item[pair[1]]).items()):
                unit = f"{item} {match[0][0]} {match[0][1]}-{match[0][2]} {pair[0]} {pair[1]}"
                for annotator, mark in zip(pair, match, strict=True):
                    for row in answers.get((item, annotator, mark), ()):
                        used.add((item, annotator, row["region"], row["variable"]))
                        kept = {
                            "item": unit,
                            "source": row["source"],
                            "annotator": annotator,
                            "passage": item,
                            "document": row.get("document") or "",
                        }
                        rows.append(kept | {"variable": row["variable"], "category": row["value"]})
    columns = ["item", "source", "annotator", "variable", "category", "passage", "document"]
    units = pd.DataFrame(rows, columns=columns, dtype="str").drop_duplicates(
        ["item", "annotator", "variable"], ignore_index=True
    )
    units.attrs["unmatched"] = len(inside) - len(used)
    return units
