"""Labels as tables for reading: the codebook, how far coding is, what is suggested, what was decided."""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from annotate.codebook.read import Category, Codebook
from annotate.consensus import NOT_ASKED
from annotate.coordination.adjudication.decisions import ADJUDICATED, UNANIMOUS
from annotate.coordination.changes import ADDED, CHANGED, REMOVED, SAME, STATES, Changes
from annotate.coordination.following import Followed, agreement_frame, part_frame
from annotate.coordination.linking import LinkProgress
from annotate.errors import counted
from annotate.frames import records
from annotate.present.study_tables import ALL, estimate, label, readable, side_by_side, with_texts
from annotate.present.tables import DIGITS, cell, with_words
from annotate.study.ratings import decode_set, encode_set
from annotate.study.words import Choices, in_words

_SHOWN_SHARE = 0.005


def labels_table(
    labels: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook | None = None
) -> pd.DataFrame | list[pd.DataFrame]:
    """Show the decided label of each variable under its passage; of a tie, all labels that have it.

    Of annotators, how reliable they are; see :func:`annotate.consensus.annotators`.
    """
    if "item" not in labels.columns:
        return reliability_tables(labels, codebook)
    decided = []
    for record in records(labels):
        tied = (
            [label(codebook, record["variable"], one) for one in decode_set(record["tied"])]
            if record["tied"]
            else []
        )
        category = record["category"]
        decided.append(
            "tie: " + " / ".join(tied)
            if tied
            else label(codebook, record["variable"], category)
            if category
            else ""
        )
    kept = [
        name for name in ("share", "probability", "n_ratings", "method", "caution") if name in labels.columns
    ]
    shown = labels[["item", "variable"]].rename(columns={"item": "passage"}).assign(label=decided)
    beside = labels[kept]
    if (hidden := labels["method"] == NOT_ASKED).any():
        in_plain = labels["caution"].str.replace("_", " ").where(hidden, labels["caution"])
        beside = beside.assign(caution=in_plain)
    shown = readable(with_texts(pd.concat([shown, beside], axis=1), passages), codebook)
    return with_words(shown, heading="passage")


def distribution_table(
    shares: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Show what was chosen on each passage, most first, and how far the choices are apart."""
    beside = ["n_ratings", "entropy", "normalised_entropy", "caution"]
    shown = shares.rename(columns={"item": "passage"})
    if "share" in shares.columns:
        ahead = shown.sort_values("n", ascending=False, kind="stable")
        words = [
            f"{label(codebook, variable, category)} {n}"
            for variable, category, n in zip(ahead["variable"], ahead["category"], ahead["n"], strict=True)
        ]
        keys = ["passage", "variable"]
        choices = ahead.assign(choices=words).groupby(keys)["choices"].agg(", ".join).reset_index()
        shown = choices.merge(shown[[*keys, *beside]].drop_duplicates(keys), on=keys)
    shown = shown.rename(columns={"normalised_entropy": "of the largest possible"})
    return with_words(readable(with_texts(shown, passages), codebook), heading="passage")


def reliability_tables(found: pd.DataFrame, codebook: Codebook | None) -> pd.DataFrame | list[pd.DataFrame]:
    """How often each annotator is right, how frequent categories are, and what each annotator calls each of them."""
    if "true_category" not in found.columns:
        return readable(found, codebook).rename(columns={"value": "agrees"})
    errors, common = found["figure"] == "error rate", found["figure"] == "prevalence"
    rest = found[~errors & ~common].drop(columns=["true_category"])
    alone = set(rest["figure"]) == {"accuracy"}
    if alone:
        rest = rest.drop(columns=["figure", "category"])
    right = readable(_rounded(rest), codebook).rename(columns={"value": "accuracy"} if alone else {})
    tables = [with_words(right, "accuracy: how often the model says that the annotator is right")]
    if common.any():
        often = found[common].drop(columns=["figure", "category", "annotator"])
        tables.append(readable(_rounded(often), codebook).rename(columns={"value": "prevalence"}))
    if errors.any():
        tables.append(_called(found[errors], codebook))
    return tables


def _called(errors: pd.DataFrame, codebook: Codebook | None) -> pd.DataFrame:
    """What each annotator calls each category, most first."""
    rows: dict[tuple[object, ...], dict[str, Any]] = {}
    for record in records(errors.sort_values("value", ascending=False, kind="stable")):
        key = {name: record[name] for name in ("variable", "member", "annotator", "true_category")}
        beside = {"called": [], "n_ratings": record["n_ratings"], "caution": record.get("caution")}
        row = rows.setdefault(tuple(key.values()), key | beside)
        if record["value"] is not None and record["value"] >= _SHOWN_SHARE:
            named = label(codebook, record["variable"], record["category"])
            row["called"].append(f"{named} {100 * record['value']:.0f}%")
    keys = errors[["variable", "member", "annotator", "true_category"]].drop_duplicates()
    ordered = [rows[tuple(key.values())] for key in records(keys)]
    shown = pd.DataFrame([row | {"called": ", ".join(row["called"])} for row in ordered])
    return with_words(
        readable(_rounded(shown), codebook),
        f"called: from {100 * _SHOWN_SHARE:g}% on; ratings: as many as the model expects of this category",
    )


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(n_ratings=frame["n_ratings"].astype("float64").round())


def shown_label(row: dict[str, object] | None, words: Choices) -> str | None:
    """A final label in words; of a tie, all that have it."""
    if row is None:
        return None
    variable = str(row["variable"])
    if row.get("tied"):
        return "Tie: " + " / ".join(words.label(variable, one) for one in decode_set(str(row["tied"])))
    return None if row["category"] is None else words.label(variable, str(row["category"]))


def how_decided(row: dict[str, object] | None) -> str | None:
    """How a final label came about, in words."""
    if row is None:
        return None
    if row["method"] == ADJUDICATED:
        return f"{row.get('decided_by') or 'an adjudicator'} decided"
    if row["method"] == NOT_ASKED or row.get("tie"):
        return "undecided" if row.get("tie") else NOT_ASKED
    ratings, share = row["n_ratings"], row.get("share")
    if row["method"] == UNANIMOUS:
        return "one annotator" if ratings == 1 else f"all {ratings}"
    if isinstance(share, float) and isinstance(ratings, int):
        return f"{round(share * ratings)} of {ratings}"
    return str(row["method"])


def quality_table(quality: pd.DataFrame, codebook: Codebook | None = None) -> tuple[pd.DataFrame, ...]:
    """Show how good suggestions are: of each variable beside the baseline, then of each category."""
    whole = quality["category"].isna()
    return tuple(
        _graded(quality.loc[rows].assign(category=quality["category"].fillna(ALL)), codebook)
        for rows in (whole, ~whole)
        if rows.any()
    )


def _graded(quality: pd.DataFrame, codebook: Codebook | None) -> pd.DataFrame:
    key = ["variable", "category"]
    table = side_by_side(quality, [*key, "n", "n_suggested", "n_documents"], "measure")
    table = table.drop(columns="undefined because", errors="ignore")
    for measure in ("accuracy", "macro_f1", "f1"):
        rows = quality.loc[(quality["measure"] == measure) & quality["baseline"].notna(), [*key, "baseline"]]
        if len(rows):
            named = rows.rename(columns={"baseline": f"{measure} of baseline"})
            table = table.merge(named, on=key, how="left")
    notes = quality.loc[quality["undefined"].notna(), [*key, "undefined"]].drop_duplicates(key)
    if len(notes):
        table = table.merge(notes.rename(columns={"undefined": "note"}), on=key, how="left")
    if (table["category"] == ALL).all():
        table = table.drop(columns="category")
    counts = {"n": "decided", "n_suggested": "suggested", "n_documents": "documents"}
    return readable(table.rename(columns=counts), codebook)


def queue_table(
    queue: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Show the passages that wait, in order, with the label suggested for each variable."""
    kept = ["rank", "item", "variable", "category", "probability", "undefined"]
    words = Choices(codebook)
    why = [
        None if row["undefined"] is None else _in_labels(row["undefined"], row["variable"], words)
        for row in records(queue[kept])
    ]
    shown = queue[kept].assign(undefined=pd.Series(why, index=queue.index, dtype=object))
    shown = shown.rename(columns={"item": "passage"})
    return with_words(readable(with_texts(shown, passages), codebook), heading="passage")


def _in_labels(reason: str, variable: str, words: Choices) -> str:
    """A reason with the label of the category that it names at its end."""
    said, of, category = reason.partition("examples of ")
    return f"{said}{of}{words.label(variable, category)}" if of else reason


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


def codebook_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Show a codebook: what annotators see first, then the name that stands in the tables."""
    variables = frame["variable"].map(in_words) + " (" + frame["level"] + ")"
    kept = ["label", "definition", "hotkey", "category"]
    shown = pd.concat([variables.rename("variable"), frame[kept]], axis=1)
    return with_words(shown.rename(columns={"category": "in tables"}), heading="variable")


def _category(category: Category) -> dict[str, str | None]:
    return {
        "category": category.id,
        "label": category.label,
        "definition": category.definition,
        "hotkey": category.hotkey,
    }


def progress_table(part: pd.DataFrame) -> pd.DataFrame:
    """Show how far annotators, sources or days are: whole seconds, and moments to the minute."""
    shown = part.copy()
    if "median_seconds" in shown.columns:
        shown["median_seconds"] = shown["median_seconds"].astype("Float64").round().astype("Int64")
    if "last" in shown.columns:
        moments = pd.to_datetime(shown["last"], utc=True, format="ISO8601")
        shown["last"] = moments.dt.strftime("%Y-%m-%d %H:%M").astype(object)
    return readable(shown.rename(columns={"median_seconds": "median seconds", "last": "last (UTC)"}))


def progress_lines(title: str, url: str, found: Followed) -> list[str]:
    """Say in a few lines how far a project is."""
    lines = [
        f"{title}: {url}",
        f"{found.complete} of {counted(found.tasks, 'task')} have all their annotations; {counted(found.skipped, 'skip')}; {counted(found.done, 'annotation')} done, {found.open} open",
    ]
    if found.median_seconds is not None:
        lines.append(f"median time for a passage: {found.median_seconds:.0f} s")
    if found.open:
        end, basis = found.pace.end, found.pace.basis
        lines.append(f"expected end: {end} ({basis})" if end else f"expected end {basis}")
    if found.agreement_undefined:
        lines.append(f"agreement: {found.agreement_undefined}")
    return [*lines, *(_link_lines(found.links) if found.links else ())]


def _link_lines(links: LinkProgress) -> Iterator[str]:
    """Say what the pairs have brought, what was missed, and whether to go on."""
    yield f"same claim: {links.same} of {links.coded} coded candidates, {links.candidates - links.coded} not coded yet"
    if links.enough:
        yield f"time to stop: of the last {links.last} coded candidates by rank none is the same claim"
    elif links.coded:
        yield f"go on: of the last {links.last} coded candidates by rank {links.same_in_last} are the same claim"
    if links.missed is not None:
        yield (
            f"missed below the cut: about {links.missed:,.0f} pairs of the same claim, {links.missed_low:,.0f} to "
            f"{links.missed_high:,.0f} with {links.confidence:.0%} confidence, by {counted(links.control_coded, 'coded pair')} drawn from there, "
            f"of which {links.control_same} are"
        )


def progress_tables(found: Followed, last: int | None = None) -> list[pd.DataFrame]:
    """Show how far a project is: annotators, agreement, sources, and the days, all or the last ones."""
    agreement = agreement_frame(found)
    if len(agreement):
        agreement = side_by_side(agreement, ["variable", "n_pairable_items"], "coefficient")
    days = found.days if last is None else found.days[-last:]
    people, sources, worked = (
        progress_table(part_frame(part)) for part in (found.annotators, found.sources, days)
    )
    return [table for table in (people, readable(agreement), sources, worked) if len(table)]


def disagreements_table(
    frame: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Show each passage that annotators differ on: its text, and what each of them chose."""
    rows = []
    for record in records(frame):
        choices = [
            f"{who}: {label(codebook, record['variable'], said if isinstance(said, str) else encode_set(said))}"
            for who, said in json.loads(record["choices"]).items()
        ]
        rows.append(
            {
                "variable": record["variable"],
                "passage": record["item"],
                "source": record["source"],
                "choices": "\n".join(choices),
                "share": f"{100 * record['share']:.0f}%",
                "alpha lost": record["alpha_lost"],
            }
        )
    shown = readable(with_texts(pd.DataFrame(rows), passages), codebook)
    words = (
        "share: of all disagreement on the variable",
        "alpha lost: what alpha would gain if all agreed here",
    )
    return with_words(shown, *(words if rows else ()), heading="variable")


def confusions_table(frame: pd.DataFrame, codebook: Codebook | None = None) -> pd.DataFrame:
    """Show which categories are confused with each other, beside what chance would give."""
    kept = ["variable", "category_a", "category_b", "n_pairs", "ratio", "share", "expected_share"]
    named = readable(frame[kept], codebook).rename(
        columns={
            "ratio": "times chance",
            "share": "of disagreement",
            "expected_share": "by chance",
        }
    )
    return with_words(
        named, "of disagreement: the share of the observed disagreement; by chance: of the expected one"
    )


def changes_lines(found: Changes) -> list[str]:
    """Say how much has changed of each, and what the two states differ in besides."""
    lines = []
    for what, counts in found.counts.items():
        parts = [f"{counts[kind]:,} {kind}" for kind in (ADDED, CHANGED, REMOVED) if counts[kind]]
        if parts or counts[SAME]:
            lines.append(f"{what}: {', '.join(parts) or 'none changed'}, {counts[SAME]:,} as before")
    return [*(f"caution: {one}" for one in found.notices), *lines]


def changes_tables(
    found: Changes, passages: pd.DataFrame, codebook: Codebook | None = None
) -> list[pd.DataFrame]:
    """Show agreement before and after, then the labels and the ratings that are not what they were."""
    tables = [
        changed_agreement(found.agreement),
        changed_labels(found.labels, passages, codebook),
        changed_ratings(found.ratings, passages, codebook),
    ]
    return [table for table in tables if len(table)]


def changed_agreement(agreement: pd.DataFrame) -> pd.DataFrame:
    """Show each coefficient with its interval before and after, and the difference."""
    columns = list(agreement.columns)
    keys = columns[: columns.index("coefficient") + 1]
    rows = []
    for record in records(agreement):
        row = {name: record[name] for name in keys}
        for state in STATES:
            of = {name: record[f"{name}_{state}"] for name in ("value", "ci_low", "ci_high")}
            row[state] = "undefined" if of["value"] is None else estimate(of, cell)
        row["difference"] = (
            None
            if record["difference"] is None
            else f"{round(record['difference'], DIGITS) + 0.0:+.{DIGITS}f}"
        )
        row["passages"] = " → ".join(str(record[f"n_pairable_items_{state}"] or 0) for state in STATES)
        rows.append(row)
    words = (
        "passages: with two ratings or more, before → after",
        "the intervals are no test of the difference: most ratings are the same in both",
    )
    return with_words(readable(pd.DataFrame(rows)), *(words if rows else ()))


def changed_labels(
    labels: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Show each label that is not what it was under its passage."""
    words = Choices(codebook)
    rows = []
    for record in records(labels):
        row = {"passage": record["item"], "variable": record["variable"]}
        for state in STATES:
            of = {name: record[f"{name}_{state}"] for name in ("category", "tied")}
            row[state] = shown_label({**of, "variable": record["variable"]}, words)
            if record[f"method_{state}"] == ADJUDICATED:
                row[state] = f"{row[state] or 'none'} (adjudicated)"
        rows.append(row | {"source": record["source"]})
    shown = readable(with_texts(pd.DataFrame(rows), passages))
    return with_words(shown, heading="passage") if rows else shown


def changed_ratings(
    ratings: pd.DataFrame, passages: pd.DataFrame, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Show each rating that is not what it was under its passage."""
    rows = [
        {
            "passage": record["item"],
            "annotator": record["annotator"] + (f", round {record['round']}" if record["round"] > 1 else ""),
            "variable": record["variable"],
            **{
                state: record[state] and label(codebook, record["variable"], record[state])
                for state in STATES
            },
            "left out as": record["left_out"],
        }
        for record in records(ratings)
    ]
    shown = readable(with_texts(pd.DataFrame(rows), passages))
    return with_words(shown, heading="passage") if rows else shown
